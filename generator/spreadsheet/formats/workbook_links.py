"""The addresses behind the cells of a worksheet: links, those that formulas name, and pictures in the file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from generator.spreadsheet.formats.workbook_parts import Package, Relation
from generator.spreadsheet.formats.workbook_pictures import CellPictures, find_floating
from generator.spreadsheet.formats.workbook_survey import Survey
from generator.spreadsheet.values.cells import Cell, LinkedText, cell_text

_ABSOLUTE = re.compile(r"(?:https?|ftp|file)://|mailto:", re.IGNORECASE)


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
    for spot, address in find_floating(package, drawings, survey):
        found.setdefault(spot, []).append(address)
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


def list_rows(linked: LinkedCells, after: int) -> Sequence[int]:
    """Return the rows below row `after` that hold nothing but pictures."""
    return sorted(row for row in linked.images if row > after)
