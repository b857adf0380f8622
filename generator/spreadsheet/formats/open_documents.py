"""OpenDocument spreadsheets (.ods): values by calamine, and links, pictures and hidden rows from the XML beside them.

The format is OpenDocument 1.3, part 3, chapter 9.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

from generator.spreadsheet.formats.legacy_workbooks import read_by_calamine, refuse_spread, require
from generator.spreadsheet.formats.tables import Row, Table, read_whole
from generator.spreadsheet.formats.workbook_links import LinkedCells, fill_rows
from generator.spreadsheet.formats.workbook_parts import Package, get_attribute, local_name, refuse_bomb
from generator.spreadsheet.values.formulas import is_linking, read_formula

_LIMITS = (("content.xml", 100_000_000), ("", 50_000_000))
_MOST_ROWS, _MOST_COLUMNS = 1_048_576, 16_384
#: Links, pictures and merged cells that are kept of a sheet.
_MOST_KEPT = 1_000_000
#: The cells that repeat a link; more tell no rows apart.
_MOST_REPEATS = 100


def read_open_document(path: Path) -> list[Table]:
    """Return the sheets of an .ods, with the addresses behind cells as `read_workbook` gives them."""
    data = read_whole(path)
    refuse_bomb(data, _LIMITS)
    calamine = require("python_calamine", "OpenDocument spreadsheets (.ods)")
    marks = _Marks(Package(data))
    for sheet in marks.sheets:
        refuse_spread(sheet.bottom, sheet.right)
    return [
        replace(
            table,
            rows=partial(_fill_rows, table, marks, number),
            hidden_rows=partial(marks.hidden_rows, number),
            pictures=partial(marks.pictures, number),
            hidden=table.hidden,
        )
        for number, table in enumerate(read_by_calamine(calamine, data))
    ]


def _fill_rows(table: Table, marks: _Marks, number: int) -> Iterator[Row]:
    sheet = marks.sheet(number)
    yield from fill_rows(table.rows(), sheet.linked, sheet.merged)


@dataclass(slots=True)
class _SheetMarks:
    """What the XML of a sheet says besides values."""

    hidden: set[int] = field(default_factory=set)
    merged: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    links: dict[int, dict[int, str]] = field(default_factory=dict)
    images: dict[int, dict[int, str]] = field(default_factory=dict)
    counts: dict[int, int] = field(default_factory=dict)  # pictures, by column
    kept: int = 0
    bottom: int = 0  # rows and columns to the last filled cell
    right: int = 0

    @property
    def linked(self) -> LinkedCells:
        return LinkedCells(
            self.links, self.images, tuple(sorted(self.counts, key=lambda column: (-self.counts[column], column)))
        )


@dataclass(frozen=True)
class _Marks:
    """The marks of all sheets of a document, read once they are asked for."""

    package: Package

    @cached_property
    def sheets(self) -> list[_SheetMarks]:
        found: list[_SheetMarks] = [_SheetMarks()]
        number = 0
        for row in self.package.parse("content.xml", "table-row", "table"):
            if local_name(row.tag) == "table":
                found.append(_SheetMarks())
                number = 0
                continue
            number = _take_row(row, number, found[-1])
        return found

    def sheet(self, number: int) -> _SheetMarks:
        return self.sheets[number] if number < len(self.sheets) else _SheetMarks()

    def hidden_rows(self, number: int) -> Set[int]:
        return self.sheet(number).hidden

    def pictures(self, number: int) -> Sequence[int]:
        return self.sheet(number).linked.columns


def _take_row(row: Any, before: int, found: _SheetMarks) -> int:
    """Note what a row says; return the number of the last row that it stands for."""
    repeats = _repeats(row, "number-rows-repeated", _MOST_ROWS)
    first, last = before + 1, min(before + repeats, _MOST_ROWS)
    # rows below the last that are hidden too have nothing in them
    if get_attribute(row, "visibility") in ("collapse", "filter") and any(len(cell) for cell in row):
        found.hidden.update(range(first, last + 1))
    column = 0
    for cell in row:
        if local_name(cell.tag) not in ("table-cell", "covered-table-cell"):
            continue
        width = _repeats(cell, "number-columns-repeated", _MOST_COLUMNS)
        rows, columns = (
            range(first, min(last, first + _MOST_REPEATS - 1) + 1),
            range(column, column + min(width, _MOST_REPEATS)),
        )
        if found.kept < _MOST_KEPT and column < _MOST_COLUMNS:
            _take_cell(cell, rows, columns, found)
        column += width
        if len(cell) or get_attribute(cell, "value-type"):
            found.bottom, found.right = last, max(found.right, column)
    return last


def _take_cell(cell: Any, rows: range, columns: range, found: _SheetMarks) -> None:
    spanned = _repeats(cell, "number-rows-spanned", _MOST_ROWS)
    if spanned > 1:
        found.merged.setdefault(rows[0], []).append((columns[0], rows[0] + spanned - 1))
        found.kept += 1
    formula = get_attribute(cell, "formula")
    named = read_formula(formula) if formula and is_linking(formula) else None
    link = named.address if named is not None and not named.is_name else ""
    pictures = []
    for element in cell.iter():
        name = local_name(element.tag)
        if name == "a" and not link:
            link = get_attribute(element, "href")
        elif name == "image" and (href := get_attribute(element, "href")):
            pictures.append(href if "://" in href else f"#{posixpath.normpath(href.lstrip('/'))}")
    for row in rows if link or pictures else ():
        for column in columns:
            found.kept += 1
            if pictures:
                found.images.setdefault(row, {})[column] = "\n".join(dict.fromkeys(pictures))
                found.counts[column] = found.counts.get(column, 0) + 1
            elif link and not link.startswith("#"):
                (found.images if named else found.links).setdefault(row, {})[column] = link


def _repeats(element: Any, name: str, most: int) -> int:
    text = get_attribute(element, name)
    return min(max(int(text), 1), most) if text.isascii() and text.isdigit() and len(text) < 9 else 1
