r"""How a text with separators is written: delimiter, quotation mark, and whether a backslash stands before quotes.

RFC 4180 doubles a quote within a text. Many scrapers and MySQL write `\"` instead. Python's own `csv.Sniffer` looks at
single characters, and is misled by captions; here each way of reading is tried on the beginning of the file.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from generator.spreadsheet.formats.layouts import Layout, find_layout, trim
from generator.spreadsheet.formats.tables import HeaderScore

_DELIMITERS = ",;\t|"
_LONGEST_FIELD = 10_000_000
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?[;,\t]*\s*', re.IGNORECASE)
_ESCAPED = {quote: re.compile(rf"\\(?:\\|{quote}|(?=[\r\n]))") for quote in "\"'"}
_NULL = re.compile(r"(?<![^,;\t|])\\N(?=[,;\t|\r\n]|$)")  # MySQL's sign for no value
#: Records that are tried, and those among which the headers are looked for.
_RECORDS, _HEADERS = 300, 10


@dataclass(frozen=True, slots=True)
class Dialect:
    """A way to write tables as text."""

    delimiter: str
    quote: str = '"'
    backslash: bool = False  # `\"` is a quote within a text
    spaced: bool = False  # spaces stand between a delimiter and a quote

    def prepare(self, line: str) -> str:
        """Return a line as csv.reader expects it: with doubled quotes within texts, without zero bytes."""
        if "\0" in line:
            line = line.replace("\0", "")
        if "\\" not in line:
            return line
        if self.backslash:
            line = _ESCAPED[self.quote].sub(self._unescape, line)
        return _NULL.sub("", line) if "\\N" in line else line

    def _unescape(self, match: re.Match[str]) -> str:
        if match[0] == "\\":  # before a line break, as MySQL writes it
            return ""
        return match[0] if match[0] == "\\\\" else self.quote * 2

    def read(self, lines: Iterable[str], strict: bool = True) -> Any:
        """Return a csv.reader of prepared lines. If `strict`, a quote in the wrong place is a csv.Error."""
        csv.field_size_limit(_LONGEST_FIELD)
        return csv.reader(
            lines, delimiter=self.delimiter, quotechar=self.quote, skipinitialspace=self.spaced, strict=strict
        )


def is_separator_line(line: str) -> str | None:
    """Return the delimiter of a line such as `sep=;`, which is written for Excel and which Excel does not show."""
    match = _SEPARATOR_LINE.fullmatch(line)
    return match[1] if match else None


def choose_dialect(
    lines: Sequence[str], header_score: HeaderScore, delimiter: str | None = None
) -> tuple[Dialect, Layout | None]:
    """Return how `lines`, the beginning of a text, are written, and the layout of their rows.

    It is the way with which a row names most fields; of equal ones that with the most alike and wide rows, and fewest
    quotes in wrong places. The layout is None if no row names a field.
    """
    text = "".join(lines)
    best: tuple[Dialect, Layout | None] = (Dialect(delimiter or _DELIMITERS[0]), None)
    best_score = (0, 0.0)
    for dialect in _list_dialects(text, delimiter):
        records = _try_dialect(lines, dialect)
        if not any(records):
            continue
        scores = [header_score(cells) for cells in records[:_HEADERS]]
        header = max(range(len(scores)), key=lambda place: (scores[place], -place))
        score = scores[header], _rate_rows(records)
        if score > best_score:
            best_score = score
            best = dialect, find_layout(records, header) if scores[header] else None
    return best


def unwrap(cells: Sequence[str], dialect: Dialect) -> list[str] | None:
    """Return the cells within a row that is one cell, as when a table opened in one column was saved again."""
    if len(cells) == 1 and dialect.delimiter in cells[0]:
        rows = list(islice(dialect.read(cells[0].splitlines(keepends=True), strict=False), 2))
        return rows[0] if len(rows) == 1 else None
    return None


def _list_dialects(text: str, delimiter: str | None) -> Iterator[Dialect]:
    for mark in delimiter or _DELIMITERS:
        if mark not in text:
            continue
        yield Dialect(mark)
        if '\\"' in text:
            yield Dialect(mark, backslash=True)
        if f'{mark} "' in text:
            yield Dialect(mark, spaced=True)
            if '\\"' in text:
                yield Dialect(mark, backslash=True, spaced=True)
        # a cell between apostrophes within a line: those at the edges of lone cells may be a word's
        sign = re.escape(mark)
        if re.search(rf"(?:^|{sign})'(?!{sign})[^'\r\n]+'(?:{sign}|\r|$)", text, re.MULTILINE):
            yield Dialect(mark, quote="'")
            if "\\'" in text:
                yield Dialect(mark, quote="'", backslash=True)


def _try_dialect(lines: Sequence[str], dialect: Dialect) -> list[list[str]]:
    """Return the first records, without blank ones; [] stands for one with a quote in a wrong place."""
    records: list[list[str]] = []
    reader = dialect.read(map(dialect.prepare, lines))
    while len(records) < _RECORDS:
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error:
            records.append([])
            continue
        if cells:
            records.append(unwrap(trim(cells), dialect) or cells)
    return records


def _rate_rows(records: Sequence[Sequence[str]]) -> float:
    """Return how alike, wide and well read rows are."""
    widths = Counter(len(cells) for cells in records if cells)
    usual = max(widths, key=lambda width: (widths[width], width))
    # cells that still have their quotation marks were written in another way
    marks = ("'", '"')
    quoted = sum(cell.strip().startswith(marks) or cell.strip().endswith(marks) for row in records for cell in row)
    share = quoted / max(sum(map(len, records)), 1)
    return (widths[usual] / len(records) - share) * (usual - 1)
