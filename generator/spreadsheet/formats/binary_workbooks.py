"""Binary Excel workbooks (.xlsb): values by calamine, and links, pictures, merged and hidden cells from the records.

A sheet is a row of records, each with its number and its length ([MS-XLSB], 2.1.4). Formulas are not read: calamine
gives the values that Excel kept of them.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache, partial

from generator.settings.sizes import format_size
from generator.spreadsheet.formats.legacy_workbooks import read_by_calamine, refuse_spread, require
from generator.spreadsheet.formats.tables import Row, Table
from generator.spreadsheet.formats.workbook_links import LinkedCells, fill_rows, find_linked
from generator.spreadsheet.formats.workbook_parts import Package
from generator.spreadsheet.formats.workbook_pictures import CellPictures
from generator.spreadsheet.formats.workbook_survey import EXCEL_COLUMNS, EXCEL_ROWS, MOST_RANGES, Survey, take_link

_WORKBOOK = "xl/workbook.bin"
#: The largest part that is looked at, unpacked.
_MOST_BYTES = 1_000_000_000
#: Numbers of records ([MS-XLSB], 2.3.2).
_ROW, _COLUMNS, _WORKBOOK_PROPERTIES, _SHEET, _MERGED, _FORMAT, _LINK, _DRAWING = 0, 60, 153, 156, 176, 485, 494, 550
#: Cells with a value.
_CELLS = frozenset({*range(2, 12), 62})
#: The bit of a hidden row in the byte of its record with the flags.
_FLAGS, _HIDDEN = 11, 0x10
#: A height is in twentieths of a point, a width in parts of a character.
_TWIPS, _PARTS = 20, 256


def read_binary_workbook(data: bytes) -> list[Table]:
    """Return the sheets of an .xlsb, whose package was found harmless, as `read_workbook` does."""
    calamine = require("python_calamine", "binary Excel files (.xlsb)")
    package = Package(data)
    parts, from_1904 = _read_workbook(package)
    pictures = CellPictures(package)

    @cache
    def survey(part: str) -> tuple[Survey, LinkedCells]:
        found = _survey_part(package, part)
        return found, find_linked(package, part, found, pictures)

    def rows(table: Table, part: str) -> Iterator[Row]:
        found, linked = survey(part)
        return fill_rows(table.rows(), linked, found.merged)

    return [
        replace(
            table,
            rows=partial(rows, table, part),
            hidden_rows=partial(lambda part: survey(part)[0].hidden, part),
            pictures=partial(lambda part: survey(part)[1].columns, part),
            days_from_1904=from_1904,
        )
        for table in read_by_calamine(calamine, data)
        for part in (parts.get(table.name, ""),)
    ]


def _read_workbook(package: Package) -> tuple[Mapping[str, str], bool]:
    """Return the parts of the sheets by their names, and whether numbers that are dates count days from 1904."""
    relations = package.relations(_WORKBOOK)
    parts: dict[str, str] = {}
    from_1904 = False
    for kind, record in _read_records(package, _WORKBOOK):
        if kind == _WORKBOOK_PROPERTIES:
            from_1904 = bool(record[0] & 1)
        elif kind == _SHEET:
            relation, end = _read_text(record, 8)
            name, _ = _read_text(record, end)
            if relation in relations:
                parts[name] = relations[relation].target
    return parts, from_1904


def _survey_part(package: Package, part: str) -> Survey:
    """Return what the records of a sheet say besides values. Raises ValueError for more rows than a sheet can have."""
    found = Survey()
    row = right = bottom = 0
    for kind, record in _read_records(package, part):
        if kind == _ROW:
            row = _take_row(record, row, found)
        elif kind in _CELLS:
            right, bottom = max(right, 1 + int.from_bytes(record[:4], "little")), row
        else:
            _take_record(kind, record, found)
    refuse_spread(bottom, right)
    return found


def _take_record(kind: int, record: bytes, found: Survey) -> None:
    if kind == _MERGED:
        top, left, bottom, _ = _read_area(record)
        found.ranges += 1
        if bottom > top and found.ranges <= MOST_RANGES:
            found.merged.setdefault(top, []).append((left, bottom))
    elif kind == _LINK:
        relation, end = _read_text(record, 16)
        place, _ = _read_text(record, end)
        if relation:
            take_link(_read_area(record), (relation, place), found)
    elif kind == _DRAWING:
        found.drawings.append(_read_text(record, 0)[0])
    elif kind == _COLUMNS:
        first, last, width = struct.unpack_from("<3I", record)
        if last < EXCEL_COLUMNS:
            found.widths.append((first, last, width / _PARTS))
    elif kind == _FORMAT:
        found.default_height = struct.unpack_from("<H", record, 6)[0] / _TWIPS or found.default_height


def _read_area(record: bytes) -> tuple[int, int, int, int]:
    """Return (first row, first column, last row, last column), rows from 1. Raises ValueError if no sheet has them."""
    top, bottom, left, right = struct.unpack_from("<4I", record)
    if not (top <= bottom < EXCEL_ROWS and left <= right < EXCEL_COLUMNS):
        raise ValueError("more rows or columns than a sheet can have")
    return top + 1, left, bottom + 1, right


def _take_row(record: bytes, before: int, found: Survey) -> int:
    """Note a row; return its number. Raises ValueError if that is not beyond the one before."""
    row, _, height = struct.unpack_from("<2IH", record)
    if row >= EXCEL_ROWS:
        raise ValueError("more rows than a sheet can have")
    if row < before:
        raise ValueError("its rows are out of order")
    found.heights[row + 1] = height / _TWIPS
    if record[_FLAGS] & _HIDDEN or height == 0:
        found.hidden.add(row + 1)
    return int(row) + 1


def _read_records(package: Package, part: str) -> Iterator[tuple[int, bytes]]:
    """Yield (number, content) of the records in a part. Raises ValueError for a part that is too large, or damaged."""
    with package.open(part) as stream:
        data = stream.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise ValueError(f"{part} has more than {format_size(_MOST_BYTES)} unpacked")
    place = 0
    try:
        while place < len(data):
            kind, place = _read_varied(data, place, 2)
            length, place = _read_varied(data, place, 4)
            yield kind, data[place : place + length]
            place += length
    except (IndexError, struct.error) as error:
        raise ValueError(f"the records of {part} are damaged") from error


def _read_varied(data: bytes, place: int, most: int) -> tuple[int, int]:
    """Return a number of up to `most` bytes with seven bits each, the last of which has no eighth; and its end."""
    number = 0
    for shift in range(0, 7 * most, 7):
        byte = data[place]
        place += 1
        number |= (byte & 0x7F) << shift
        if not byte & 0x80:
            break
    return number, place


def _read_text(record: bytes, place: int) -> tuple[str, int]:
    """Return a text with its length before it, "" if there is none ([MS-XLSB], 2.5.166), and its end."""
    (length,) = struct.unpack_from("<I", record, place)
    place += 4
    if length == 0xFFFFFFFF:
        return "", place
    if length > (len(record) - place) // 2:
        raise IndexError
    end = place + 2 * length
    return record[place:end].decode("utf-16-le", "replace"), end
