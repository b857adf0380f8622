"""Records of a text whose quotes, separators or line breaks stand in wrong places, put together again.

csv.reader reads sound records. Where it meets a quote in a wrong place, or a row is wider than its layout, the lines of
that record are read in looser ways, from one line on, until the row fits its layout. Of a quote that is never closed,
only the first line is taken so, and the lines that it swallowed are read anew: there are no rows made of captions.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from generator.spreadsheet.formats.dialects import Dialect, unwrap
from generator.spreadsheet.formats.layouts import Layout, trim
from generator.spreadsheet.formats.splits import list_splits, split_record
from generator.spreadsheet.values.cells import Cell

#: Lines and characters of a broken record that are tried together, and characters of all tries of a file.
_MOST_LINES, _MOST_LENGTH, _MOST_WORK = 60, 100_000, 10_000_000
#: Lines between the two halves of a row that was cut at line breaks.
_MOST_BETWEEN = 200
#: Blank rows behind each other that are read, since texts may have some inside. Programs save up to a million of them.
_MOST_BLANK = 100


@dataclass(slots=True)
class Findings:
    """What reading a text found, by the lines of the file where the rows begin."""

    mended: list[int] = field(default_factory=list)  # rows put together again
    partial: list[int] = field(default_factory=list)  # rows some cells of which may belong to several columns
    misfits: list[int] = field(default_factory=list)  # rows left out
    first_text: str = ""  # the beginning of the first misfit


class _Lines:
    """Lines that can be given back."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._again: deque[str] = deque()
        self.number = 0
        self.taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines)
        self.number += 1
        self.taken.append(line)
        return line

    def keep(self, count: int) -> None:
        """Give back all taken lines but the first `count`."""
        rest = self.taken[count:]
        self._again.extendleft(reversed(rest))
        self.number -= len(rest)


@dataclass(slots=True)
class _Record:
    number: int
    line: int
    cells: Sequence[Cell]


def read_records(
    lines: Iterable[str], dialect: Dialect, layout: Layout | None, findings: Findings, first_line: int = 1
) -> Iterator[tuple[int, Sequence[Cell]]]:
    """Yield the records of prepared lines, (number from 1, cells), of blank ones the first few; add to `findings`."""
    records = _Reader(lines, dialect, layout, findings, first_line).read()
    if layout is not None:
        records = _join_halves(records, layout, findings)
    for record in records:
        yield record.number, record.cells


class _Reader:
    """The records of a text, the broken ones mended each by itself."""

    def __init__(
        self, lines: Iterable[str], dialect: Dialect, layout: Layout | None, findings: Findings, first_line: int
    ) -> None:
        self._source = _Lines(lines)
        self._dialect = dialect
        self._layout = layout
        self._findings = findings
        self._offset = first_line
        self._work = 0
        self._lost = False  # the last row fitted nothing, and lines of it may follow

    def read(self) -> Iterator[_Record]:
        layout, source = self._layout, self._source
        reader = self._dialect.read(source, strict=layout is not None)
        number = filled = blank = 0
        while True:
            source.taken.clear()
            line = source.number + self._offset
            cells: list[str] | None
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                if layout is None:
                    raise
                cells = None
            number += 1
            blank = blank + 1 if cells is not None and not any(cells) else 0
            if blank > _MOST_BLANK:
                continue
            if layout is None:
                yield _Record(number, line, cells or [])
                continue
            row: Sequence[Cell] | None = cells
            if filled <= layout.header_record:
                row = self._read_head(cells, layout, filled == layout.header_record)
                filled += bool(row)
            elif cells is None or len(cells) > layout.width or len(cells) == 1 or self._lost:
                row = self._read_odd(cells, layout, line)
            if row is not None:
                yield _Record(number, line, row)

    def _read_head(self, cells: list[str] | None, layout: Layout, is_header: bool) -> list[str]:
        """Return a title or the headers."""
        if cells is None:
            cells = split_record(self._source.taken[0].rstrip("\r\n"), self._dialect)[0]
            self._source.keep(1)
        if is_header:
            return [""] * layout.shifted + (unwrap(trim(cells), self._dialect) or cells)
        return cells

    def _read_odd(self, cells: list[str] | None, layout: Layout, line: int) -> Sequence[Cell] | None:
        """Return a row that is too wide, too narrow or not sound, or one below such a row."""
        if cells is not None:
            trimmed = trim(cells)
            inner = unwrap(trimmed, self._dialect)
            if inner is not None and layout.fits(trim(inner)):
                return inner
            if self._lost:
                self._lost = bool(trimmed) and not layout.begins(trimmed, True)
                if self._lost and len(trimmed) <= layout.width:
                    return None  # the rest of a row that fits nothing
            # a blank cell at the end of a row that is too wide may be one of its own
            if len(trimmed) <= layout.width and (len(cells) <= layout.width or layout.agrees(trimmed) is not None):
                return trimmed
        return self._mend(cells, layout, line)

    def _mend(self, cells: list[str] | None, layout: Layout, line: int) -> Sequence[Cell] | None:
        """Return the row of the taken lines, and give back the lines that are not its own; None if it fits nothing."""
        taken = self._source.taken
        best: list[Cell] | None = None
        spent = self._work
        count = used = len(taken) if cells is not None else 1
        while True:
            text = "".join(taken[:count]).rstrip("\r\n")
            if len(text) > _MOST_LENGTH:
                break
            row, whole = self._try(text, count, layout)
            if row is not None and whole:
                self._source.keep(count)
                self._findings.mended.append(line)
                self._work = spent  # only tries that lead nowhere count
                return row
            if row is not None and best is None:
                best, used = row, count
            count += 1
            # more lines help only a text whose quote is not closed
            if cells is not None or count > _MOST_LINES or split_record(text, self._dialect)[1]:
                break
            self._work += len(text) + 500
            if self._work > _MOST_WORK:
                break
            if count > len(taken) and next(self._source, None) is None:
                break
        self._source.keep(used)
        self._lost = best is None
        if best is None:
            self._findings.first_text = self._findings.first_text or taken[0].strip()[:60]
            self._findings.misfits.append(line)
        else:
            self._findings.partial.append(line)
        return best

    def _try(self, text: str, count: int, layout: Layout) -> tuple[list[Cell] | None, bool]:
        """Return the row that the first `count` taken lines make, and whether it is whole; None if they make none."""
        splits = [
            (cells, pieces)
            for cells, pieces, closed in list_splits(text, self._dialect)
            if closed or self._ends_at(count, layout)
        ]
        for cells, _ in splits:
            if layout.fits(trimmed := trim(cells)):
                return list(trimmed), True
        best: list[Cell] | None = None
        for cells, pieces in reversed(splits):  # the cells as they stand first, since they have all their quotes
            for width in sorted({len(trim(cells)), len(cells)}):
                if layout.width < width <= 2 * layout.width + 50:
                    row, whole = layout.rejoin(cells[:width], pieces[:width], self._dialect.delimiter)
                    if row is not None and whole:
                        return [self._unquote(cell) for cell in row], True
                    best = best or row
        return best, False

    def _unquote(self, cell: Cell) -> Cell:
        quote = self._dialect.quote
        if isinstance(cell, str) and len(cell) > 1 and cell.startswith(quote) and cell.endswith(quote):
            return cell[1:-1].replace(quote * 2, quote)
        return cell

    def _ends_at(self, count: int, layout: Layout) -> bool:
        """Return whether another row begins behind `count` of the taken lines."""
        if count >= len(self._source.taken):
            return True
        cells, closed = split_record(self._source.taken[count].rstrip("\r\n"), self._dialect)
        return layout.begins(trim(cells), closed)


def _join_halves(records: Iterable[_Record], layout: Layout, findings: Findings) -> Iterator[_Record]:
    """Yield rows, those that were cut at line breaks of a text without quotes put together.

    Such a row ends early; lines of text follow, and then the rest of its cells, which fit only behind it.
    """
    waiting: list[_Record] = []
    for record in records:
        width = len(record.cells)
        if not waiting:
            if 0 < width < layout.width:
                waiting.append(record)
            else:
                yield record
            continue
        if width <= 1 and len(waiting) < _MOST_BETWEEN:
            waiting.append(record)
            continue
        joined = _join([*waiting, record], layout)
        if joined is not None:
            findings.mended.append(joined.line)
            waiting.clear()
            yield joined
            continue
        yield from waiting
        waiting.clear()
        if 0 < width < layout.width:
            waiting.append(record)
        else:
            yield record
    yield from waiting


def _join(records: Sequence[_Record], layout: Layout) -> _Record | None:
    """Return the row whose pieces `records` are; None if they are rows of their own."""
    first, last = records[0], records[-1]
    begin, end = first.cells, last.cells
    if len(begin) + len(end) - 1 > layout.width or len(end) < 2 or layout.kinds[len(begin) - 1]:
        return None
    lines = [str(record.cells[0]) if record.cells else "" for record in records[1:-1]]
    text = "\n".join([str(begin[-1]), *lines, str(end[0])])
    cells = [*begin[:-1], text, *end[1:]]
    # a row of its own has its values in its own columns
    if (
        not layout.agrees(cells[len(begin) :], len(begin))
        or layout.agrees(end) is not None
        or layout.agrees(begin) is None
    ):
        return None
    return _Record(first.number, first.line, cells)
