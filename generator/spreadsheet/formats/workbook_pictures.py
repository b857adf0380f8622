"""Pictures in a workbook, each with the cell that it lies in or over.

Floating pictures hang on anchors (ECMA-376, part 1, 20.5). Excel's "picture in cell" and the results of IMAGE are rich
values: a cell's metadata leads to them ([MS-XLSX], 2.3.6, and the parts of xl/richData). WPS Office keeps pictures in
xl/cellimages.xml, and cells look them up by name.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import Any

from generator.spreadsheet.formats.drawing_groups import WHOLE, Share, as_int, find_share
from generator.spreadsheet.formats.workbook_parts import Package, Relation, get_attribute, local_name
from generator.spreadsheet.formats.workbook_survey import EXCEL_ROWS, CellPlace, Survey

#: Pictures and rich values that are read.
_MOST_PICTURES = 200_000
_EXCEL_COLUMNS = 16_384
#: English metric units in a point, and in a pixel of 96 to the inch.
_POINT, _PIXEL = 12_700, 9_525
#: Widths count characters of this many pixels, and some around them (ECMA-376, part 1, 18.3.1.13; Calibri 11).
_CHARACTER, _PADDING = 7, 5


def find_floating(package: Package, drawings: Sequence[str], survey: Survey) -> Iterator[tuple[CellPlace, str]]:
    """Yield the cells that pictures lie over, each with the picture's address, in the order of the file.

    `drawings` are names of parts. A picture lies over the cell that it shares most of its area with, the first of equal
    ones. Pictures that are hidden are left out.
    """
    grid = _Grid(survey)
    count = 0
    for drawing in drawings:
        relations = package.relations(drawing)
        for kind in ("oneCellAnchor", "twoCellAnchor", "absoluteAnchor"):
            for anchor in package.parse(drawing, kind):
                seen: set[tuple[CellPlace, str]] = set()
                for picture, address in _list_pictures(anchor, relations):
                    place = grid.find_cell(anchor, find_share(picture, anchor))
                    if place is None or (place, address) in seen:
                        continue
                    seen.add((place, address))
                    count += 1
                    if count > _MOST_PICTURES:
                        raise ValueError(f"it has more than {_MOST_PICTURES:,} pictures on a sheet")
                    yield place, address


def _list_pictures(anchor: Any, relations: Mapping[str, Relation]) -> Iterator[tuple[Any, str]]:
    """Yield the pictures of an anchor, each with its address."""
    for element in anchor.iter():
        if local_name(element.tag) in ("pic", "sp") and not _is_hidden(element):
            for blip in element.iter():
                if local_name(blip.tag) == "blip" and (address := _read_blip(blip, relations)):
                    yield element, address
                    break


def _is_hidden(picture: Any) -> bool:
    return any(
        local_name(element.tag) == "cNvPr" and element.get("hidden") in ("1", "true") for element in picture.iter()
    )


def _read_blip(blip: Any, relations: Mapping[str, Relation]) -> str:
    for name in ("embed", "link", "id"):
        relation = relations.get(get_attribute(blip, name))
        if relation is not None:
            return relation.target if relation.external else f"#{relation.target}"
    return ""


class _Grid:
    """The edges of a sheet's rows and columns, in English metric units."""

    def __init__(self, survey: Survey) -> None:
        self._survey = survey

    def find_cell(self, anchor: Any, share: Share = WHOLE) -> CellPlace | None:
        """Return the cell under a picture that takes a share of its anchor; None if the anchor says no place."""
        start, end = _read_marker(anchor, "from"), _read_marker(anchor, "to")
        size = next((child for child in anchor if local_name(child.tag) == "ext"), None)
        width = as_int(size.get("cx")) if size is not None else 0
        height = as_int(size.get("cy")) if size is not None else 0
        if start is None:
            position = next((child for child in anchor if local_name(child.tag) == "pos"), None)
            if position is None:
                return None
            left, top = float(as_int(position.get("x"))), float(as_int(position.get("y")))
            first_row, first_column = _place(self._shown_rows, top), _place(self._columns, left)
            rows = self._shown_rows
        else:
            rows = self._rows
            first_row, first_column = min(start[0], EXCEL_ROWS - 1), min(start[1], _EXCEL_COLUMNS - 1)
            left = min(self._columns[first_column] + start[3], self._columns[first_column + 1])
            top = min(rows[first_row] + start[2], rows[first_row + 1])
        right, bottom = left + width, top + height
        if end is not None:
            right = self._columns[min(end[1], _EXCEL_COLUMNS - 1)] + end[3]
            bottom = rows[min(end[0], EXCEL_ROWS - 1)] + end[2]
        if share != WHOLE:
            left, right = left + share[0] * (right - left), left + (share[0] + share[2]) * (right - left)
            top, bottom = top + share[1] * (bottom - top), top + (share[1] + share[3]) * (bottom - top)
            first_row, first_column = _place(rows, top), _place(self._columns, left)
        return _overlap(rows, first_row, top, bottom) + 1, _overlap(self._columns, first_column, left, right)

    @cached_property
    def _rows(self) -> list[float]:
        """The upper edges of rows, those that are hidden in their full height."""
        heights = [self._survey.default_height * _POINT] * EXCEL_ROWS
        for row, height in self._survey.heights.items():
            heights[row - 1] = height * _POINT
        return [0.0, *accumulate(heights)]

    @cached_property
    def _shown_rows(self) -> list[float]:
        heights = [below - above for above, below in zip(self._rows, self._rows[1:], strict=False)]
        for row in self._survey.hidden:
            heights[row - 1] = 0.0
        return [0.0, *accumulate(heights)]

    @cached_property
    def _columns(self) -> list[float]:
        widths = [_as_length(self._survey.default_width)] * _EXCEL_COLUMNS
        for first, last, width in self._survey.widths:
            for column in range(first, min(last + 1, _EXCEL_COLUMNS)):
                widths[column] = _as_length(width)
        return [0.0, *accumulate(widths)]


def _as_length(characters: float) -> float:
    return (math.floor(characters * _CHARACTER + 0.5) + _PADDING) * _PIXEL if characters else 0.0


def _place(edges: Sequence[float], position: float) -> int:
    return min(max(bisect_right(edges, position) - 1, 0), len(edges) - 2)


def _overlap(edges: Sequence[float], first: int, start: float, end: float) -> int:
    """Return which row or column from `first` on a picture shares most with, the first of nearly equal ones."""
    best, most = first, 0.0
    for place in range(first, min(_place(edges, end), first + 200) + 1):
        shared = min(end, edges[place + 1]) - max(start, edges[place])
        if shared > most * 1.02 + _PIXEL:
            best, most = place, shared
    return best


def _read_marker(anchor: Any, name: str) -> tuple[int, int, int, int] | None:
    """Return (row, column, offset in the row, offset in the column) of a corner."""
    for child in anchor:
        if local_name(child.tag) == name:
            values = {local_name(part.tag): as_int(part.text) for part in child}
            row, column = values.get("row", 0), values.get("col", 0)
            return max(row, 0), max(column, 0), max(values.get("rowOff", 0), 0), max(values.get("colOff", 0), 0)
    return None


@dataclass(frozen=True)
class CellPictures:
    """The pictures of a whole workbook that are values of cells."""

    package: Package

    @cached_property
    def by_metadata(self) -> Mapping[int, str]:
        """Addresses of pictures, by the number of a cell's value metadata, counted from 1."""
        found: dict[int, str] = {}
        values = self._rich_values
        for number, value in enumerate(self._metadata, 1):
            if value is not None and (address := values.get(value, "")):
                found[number] = address
        return found

    @cached_property
    def by_name(self) -> Mapping[str, str]:
        """Addresses of pictures, by the names that DISPIMG looks up."""
        part = "xl/cellimages.xml"
        relations = self.package.relations(part)
        found: dict[str, str] = {}
        for image in self.package.parse(part, "cellImage"):
            names = [element.get("name", "") for element in image.iter() if local_name(element.tag) == "cNvPr"]
            address = next((address for _, address in _list_pictures(image, relations)), "")
            if names and address and len(found) < _MOST_PICTURES:
                found[names[0]] = address
        return found

    @cached_property
    def _metadata(self) -> list[int | None]:
        """The number of a rich value, for each of the value metadata; None for other kinds."""
        part = "xl/metadata.xml"
        kinds = [element.get("name", "") for element in self.package.parse(part, "metadataType")]
        futures: list[int] = []
        for future in self.package.parse(part, "futureMetadata"):
            if future.get("name") == "XLRICHVALUE":
                futures = [_read_index(block) for block in future if local_name(block.tag) == "bk"]
        found: list[int | None] = []
        for values in self.package.parse(part, "valueMetadata"):
            for block in values:
                record = next((child for child in block if local_name(child.tag) == "rc"), None)
                kind = as_int(record.get("t")) - 1 if record is not None else -1
                number = as_int(record.get("v")) if record is not None else -1
                if 0 <= kind < len(kinds) and kinds[kind] == "XLRICHVALUE" and number >= 0:
                    found.append(futures[number] if number < len(futures) else None if futures else number)
                else:
                    found.append(None)
                if len(found) >= _MOST_PICTURES:
                    return found
        return found

    @cached_property
    def _rich_values(self) -> Mapping[int, str]:
        """Addresses of pictures, by the number of a rich value."""
        structures = [
            [key.get("n", "") for key in structure if local_name(key.tag) == "k"]
            for structure in self._parse("rdrichvaluestructure.xml", "richvaluestructure.xml", tag="s")
        ]
        local, web = self._local_images, self._web_images
        found: dict[int, str] = {}
        for number, value in enumerate(self._parse("rdrichvalue.xml", "richvalue.xml", tag="rv")):
            if number >= _MOST_PICTURES:
                break
            cells = [child for child in value if local_name(child.tag) == "v"]
            kind = value.get("s", "")
            keys = structures[int(kind)] if kind.isdigit() and int(kind) < len(structures) else []
            for place, cell in enumerate(cells):
                key = keys[place] if place < len(keys) else ""
                images = web if key.endswith("WebImageIdentifier") else local
                is_image = key.endswith(("LocalImageIdentifier", "WebImageIdentifier")) or cell.get("kind") == "rel"
                index = as_int(cell.text) if is_image else -1
                if 0 <= index < len(images) and images[index]:
                    found[number] = images[index]
                    break
        return found

    @cached_property
    def _local_images(self) -> list[str]:
        relations = self.package.relations("xl/richData/richValueRel.xml")
        elements = self.package.parse("xl/richData/richValueRel.xml", "rel")
        return [_read_blip(element, relations) for element in elements]

    @cached_property
    def _web_images(self) -> list[str]:
        """The results of IMAGE: the picture that Excel kept, else its address."""
        part = "xl/richData/rdRichValueWebImage.xml"
        relations = self.package.relations(part)
        found = []
        for image in self.package.parse(part, "webImageSrd"):
            children = {local_name(child.tag): _read_blip(child, relations) for child in image}
            found.append(children.get("blip") or children.get("address") or "")
        return found

    def _parse(self, *names: str, tag: str) -> Iterator[Any]:
        for name in names:
            if f"xl/richdata/{name}" in self.package.names:
                yield from self.package.parse(f"xl/richData/{name}", tag)
                return


def _read_index(block: Any) -> int:
    return next((as_int(element.get("i")) for element in block.iter() if local_name(element.tag) == "rvb"), -1)
