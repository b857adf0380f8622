"""Text with separators (.csv, .tsv, .txt) read as tables: the encoding and the way it is written are found."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TextIO

from generator.settings.sizes import format_size
from generator.spreadsheet.formats.dialects import choose_dialect, is_separator_line
from generator.spreadsheet.formats.encodings import Encoding, find_encoding, find_wide
from generator.spreadsheet.formats.mending import Findings, read_records
from generator.spreadsheet.formats.tables import HeaderScore, Row, Table
from generator.spreadsheet.notices import EXAMPLES, Notice

#: The beginning of a text that tells how it is written, in characters.
_SAMPLE = 1 << 17
_LONGEST_LINE = 50_000_000
_MARK = "\ufeff"
_GUARDED = re.compile(r'="(?:[^"]|"")*"')
#: Of these consists the line between headers and rows in Markdown's tables: "|---|:--|".
_RULE_MARKS = frozenset(" \t\r\n|:+-")
_END_OF_FILE = "\x1a"  # of DOS


def read_text_table(path: Path, header_score: HeaderScore) -> list[Table]:
    """Return the one table of a .csv in any encoding and with any delimiter; `header_score` recognises headers."""
    encoding = find_encoding(path, header_score)
    with _open(path, encoding) as file:
        sample = _read_sample(file)
    delimiter = is_separator_line(sample[0]) if sample else None
    dialect, layout = choose_dialect(sample[bool(delimiter) :], header_score, delimiter)
    findings = [Findings()]
    ruled = any(map(_is_rule, sample[:4]))
    guarded = any('="' in line for line in sample)

    def rows() -> Iterator[Row]:
        findings[0] = Findings()
        with _open(path, encoding) as file:
            lines = _read_lines(file)
            if delimiter:
                next(lines)
            if ruled:
                lines = ("\n" if _is_rule(line) else line for line in lines)
            prepared = map(dialect.prepare, lines)
            records = read_records(prepared, dialect, layout, findings[0], 1 + bool(delimiter))
            yield from map(_undo_guards, records) if guarded else records

    return [Table("", False, rows, notices=lambda: _list_notices(path, encoding, findings[0]))]


def _is_rule(line: str) -> bool:
    return "-" in line and ("|" in line or "+" in line) and _RULE_MARKS.issuperset(line)


def _undo_guards(row: Row) -> Row:
    """Return a row whose cells such as `="0012"`, which keep Excel from changing a text, are that text."""
    number, cells = row
    return number, [
        cell[2:-1].replace('""', '"') if isinstance(cell, str) and _GUARDED.fullmatch(cell) else cell for cell in cells
    ]


def _open(path: Path, encoding: Encoding) -> TextIO:
    return path.open(encoding=encoding.name, errors=encoding.errors, newline="")


def _read_lines(file: TextIO) -> Iterator[str]:
    """Yield lines, which end in a line feed, a carriage return or both. Raises ValueError for an endless one."""
    while line := file.readline(_LONGEST_LINE):
        if len(line) == _LONGEST_LINE:
            raise ValueError(f"it has a line longer than {format_size(_LONGEST_LINE)}")
        if line.strip() != _END_OF_FILE:
            yield line.lstrip(_MARK)  # of each of the files that were put together


def _read_sample(file: TextIO) -> list[str]:
    """Return the first lines of a text, at least one, of which an endless one is cut."""
    lines: list[str] = []
    length = 0
    for line in _read_lines(file):
        lines.append(line[: _SAMPLE * 2])
        length += len(line)
        if length > _SAMPLE:
            break
    return lines


def _list_notices(path: Path, encoding: Encoding, findings: Findings) -> Sequence[Notice]:
    notices = []
    where = path.name
    if encoding.label:
        examples = ", ".join(encoding.examples)
        notices.append(Notice("likely_encoding", {"where": where, "encoding": encoding.label, "examples": examples}))
    for code, count in (("mixed_letters", encoding.western), ("damaged_letters", encoding.damaged)):
        if count:
            notices.append(Notice(code, {"where": where, "count": count}))
    for code, lines in (
        ("mended_rows", findings.mended),
        ("partial_rows", findings.partial),
        ("misfit_rows", findings.misfits),
    ):
        if lines:
            values: dict[str, str | int] = {
                "where": where,
                "count": len(lines),
                "lines": ", ".join(map(str, islice(lines, EXAMPLES))),
            }
            if code == "misfit_rows":
                values["text"] = findings.first_text
            notices.append(Notice(code, values))
    return notices


def is_text(start: bytes) -> bool:
    """Return whether a file that begins with `start` may be text: it has few control characters."""
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    controls = sum(byte < 32 and byte not in b"\t\n\r\x0b\x0c\x1a\x1b\0" for byte in start)
    return controls <= len(start) // 50 and (start.count(0) <= len(start) // 50 or find_wide(start) is not None)
