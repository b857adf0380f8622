"""Text with separators (.csv, .tsv) read as tables; encoding and delimiter are detected."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from generator.spreadsheet.formats.tables import HeaderScore, Row, Table

_DELIMITERS = ",;\t|"
_SAMPLE = 1 << 16
_LONGEST_FIELD = 10_000_000


def read_text_table(path: Path, header_score: HeaderScore) -> list[Table]:
    """Return the one table of a .csv in any encoding and with any delimiter; `header_score` recognises headers."""
    encoding, errors = _detect_encoding(path)
    with path.open(encoding=encoding, errors=errors, newline="") as file:
        sample = file.read(_SAMPLE)
    hint = re.match(r"sep=(.)\r?\n", sample, re.IGNORECASE)  # written for Excel, which does not show it
    delimiter = hint[1] if hint else _detect_delimiter(sample, header_score)

    def rows() -> Iterator[Row]:
        csv.field_size_limit(_LONGEST_FIELD)
        with path.open(encoding=encoding, errors=errors, newline="") as file:
            if hint:
                file.readline()
            yield from enumerate(csv.reader(file, delimiter=delimiter), 1)

    return [Table("", False, rows)]


def _detect_encoding(path: Path) -> tuple[str, str]:
    """Return (encoding, treatment of bytes that do not fit it).

    The encoding is that of the byte order mark, else UTF-16 if many bytes are zero, else UTF-8 if it fits, else the
    one of Windows.
    """
    with path.open("rb") as file:
        start = file.read(4096)
        if start.startswith(codecs.BOM_UTF8):
            return "utf-8-sig", "replace"
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16", "replace"
        for encoding, zeros in (("utf-16-le", start[1::2]), ("utf-16-be", start[::2])):
            if zeros.count(0) > len(start) // 4:
                return encoding, "replace"
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        file.seek(0)
        fitting = faulty = 0
        while chunk := file.read(1 << 20):
            text = decoder.decode(chunk)
            wrong = text.count("\ufffd")
            faulty += wrong
            fitting += 0 if text.isascii() else len(text) - wrong - len(text.encode("ascii", "ignore"))
    # a few bad bytes among many good ones are a damaged UTF-8 file, not another encoding
    return ("utf-8", "replace") if fitting >= 10 * faulty else ("cp1252", "replace")


def _detect_delimiter(sample: str, header_score: HeaderScore) -> str:
    """Return the delimiter with which a row names most fields; of equal ones that with the most alike and wide rows."""
    best, best_score = _DELIMITERS[0], (0, 0.0)
    for delimiter in _DELIMITERS:
        try:
            rows = [row for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if row][:50]
        except csv.Error:
            continue
        widths = [len(row) for row in rows]
        usual = max(set(widths), key=lambda width: (widths.count(width), width), default=1)
        alike = widths.count(usual) / len(widths) * (usual - 1) if widths else 0.0
        score = max((header_score(row) for row in rows[:10]), default=0), alike
        if score > best_score:
            best, best_score = delimiter, score
    return best
