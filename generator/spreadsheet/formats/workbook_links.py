"""The addresses behind the cells of a worksheet: links, those that formulas name, and pictures in the file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from generator.spreadsheet.formats.tables import Row
from generator.spreadsheet.formats.workbook_parts import Package, Relation
from generator.spreadsheet.formats.workbook_pictures import CellPictures, find_floating
from generator.spreadsheet.formats.workbook_survey import Survey
from generator.spreadsheet.values.cells import Cell, LinkedText, cell_text, is_blank

_ABSOLUTE = re.compile(r"(?:https?|ftp|file)://|mailto:", re.IGNORECASE)

#: Rows of a merged cell over which pictures may lie.
_MOST_SPANNED = 50


@dataclass(frozen=True, slots=True)
class LinkedCells:
    """The addresses of a sheet's cells: row, counted from 1, then column, counted from 0."""

    links: Mapping[int, Mapping[int, str]]  # behind texts
    images: Mapping[int, Mapping[int, str]]  # shown in or over cells; several are on lines of their own
    columns: tuple[int, ...]  # in which pictures lie, those with most first

    def fill(self, row: int, cells: list[Cell]) -> None:
        """Put the addresses of a row into its cells."""
        for column, address in self.links.get(row, {}).items():
            if column < len(cells) and isinstance(text := cells[column], str) and text.strip():
                cells[column] = LinkedText(text, address)
        for column, address in self.images.get(row, {}).items():
            cells += [None] * (column + 1 - len(cells))
            shown = cells[column]
            # of formulas that were never worked out, some programs write the value 0
            cells[column] = LinkedText(cell_text(shown) if shown != 0 else "", address)


def find_linked(package: Package, part: str, survey: Survey, pictures: CellPictures) -> LinkedCells:
    """Return the addresses of a sheet, whose XML is `part` and says what `survey` holds."""
    relations = package.relations(part) if survey.links or survey.drawings else {}
    links: dict[int, dict[int, str]] = {}
    for (row, column), (name, place) in survey.links.items():
        if address := _read_link(relations.get(name), place):
            links.setdefault(row, {})[column] = address
    found: dict[tuple[int, int], list[str]] = {}
    for spot, number in survey.values.items():
        if address := pictures.by_metadata.get(number, ""):
            found.setdefault(spot, []).append(address)
    drawings = [relation.target for name in survey.drawings if (relation := relations.get(name)) is not None]
    spans = {
        (row, column): top
        for top, spanned in (survey.merged.items() if drawings else ())
        for column, last in spanned
        for row in range(top, min(last, top + _MOST_SPANNED) + 1)
    }
    for (row, column), address in find_floating(package, drawings, survey):
        # over the middle of a merged cell, which is in its first row
        found.setdefault((spans.get((row, column), row), column), []).append(address)
    for spot, name in survey.cell_images.items():
        if address := pictures.by_name.get(name, ""):
            found.setdefault(spot, []).append(address)
    columns = Counter(column for _, column in found)
    for spot, address in survey.addresses.items():
        found.setdefault(spot, [address])
    images: dict[int, dict[int, str]] = {}
    for (row, column), addresses in found.items():
        images.setdefault(row, {})[column] = "\n".join(dict.fromkeys(addresses))
    ordered = sorted(columns, key=lambda column: (-columns[column], column))
    return LinkedCells(links, images, tuple(ordered))


def _read_link(relation: Relation | None, place: str) -> str:
    """Return the address of a link; "" if it leads to a place in the file."""
    if relation is None or not (relation.external or _ABSOLUTE.match(relation.target)):
        return ""
    address = relation.target.strip()
    if address.startswith("#"):
        return ""
    return f"{address}#{place}" if place and "#" not in address else address


def fill_rows(
    rows: Iterable[Row], linked: LinkedCells, merged: Mapping[int, Sequence[tuple[int, int]]]
) -> Iterator[Row]:
    """Yield rows with the addresses of their cells, and rows below them that hold nothing but pictures.

    A merged cell has its value in each row that it spans: `merged` is first row -> its columns and last rows. A row
    that has nothing of its own below such cells is blank.
    """
    special = linked.links.keys() | linked.images.keys()
    spans: dict[int, tuple[int, Cell]] = {}  # column -> last row and value of its merged cell
    number = 0
    for number, values in rows:
        cells = list(values)
        if number in special:
            linked.fill(number, cells)
        for column, last in merged.get(number, ()):
            spans[column] = last, cells[column] if column < len(cells) else None
        for column, (last, value) in list(spans.items()) if spans else ():
            if last < number:
                del spans[column]
                continue
            cells += [None] * (column + 1 - len(cells))
            cells[column] = value
        carried = spans.keys() - {column for column, _ in merged.get(number, ())} if spans else set()
        if carried and all(column in carried or is_blank(cell) for column, cell in enumerate(cells)):
            cells = []
        yield number, cells
    for below in sorted(row for row in linked.images if row > number):
        cells = []
        linked.fill(below, cells)
        yield below, cells
