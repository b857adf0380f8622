"""What the XML of a worksheet says besides values: merged and hidden cells, links, formulas and pictures.

openpyxl tells none of that when it reads row by row. The XML is scanned once, in pieces (ECMA-376, part 1, 18.3).
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from typing import IO

from generator.spreadsheet.values.formulas import is_linking, read_formula

EXCEL_ROWS = 1_048_576
EXCEL_COLUMNS = 16_384
#: Merged cells and links of several cells that are read: a sheet made by people has a few, one made to do harm has a
#: million.
MOST_RANGES = 10_000
_MOST_LINKED = 2_000_000
#: A link behind more cells than this does not tell its rows apart.
_MOST_IN_RANGE = 1_000
#: Examples of formulas that are kept.
_KEPT = 20

_CHUNK = 1 << 20
_ATTRIBUTE = re.compile(rb"""([\w:.-]{1,60})\s{0,9}=\s{0,9}(?:"([^"]*)"|'([^']*)')""")
_P = rb"(?:\w{1,20}:)?"  # the prefix of a namespace
_ROW = re.compile(rb"<" + _P + rb"row\b([^<>]{0,4000})>")
_TAGS = (b"mergeCell", b"hyperlink", b"drawing", b"col", b"sheetFormatPr")
_TAG = re.compile(rb"<" + _P + rb"(" + b"|".join(_TAGS) + rb")\s([^<>]{0,9000})>")
_FORMULA = re.compile(
    rb"<" + _P + rb"c\b([^<>]{0,400})>\s{0,20}<" + _P + rb"f\b([^<>]{0,2000}?)(?:/>|>([^<]{0,9000})</" + _P + rb"f>)"
    rb"\s{0,20}(?:<" + _P + rb"v(?:\s*/>|>([^<]{0,300})))?"
)
_VALUE_METADATA = re.compile(rb"<" + _P + rb"c\s([^<>]{0,400}?\bvm\s{0,9}=[^<>]{0,400})>")
_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")

#: A cell: row counted from 1, column from 0.
CellPlace = tuple[int, int]


@dataclass(slots=True)
class Survey:
    """What was found in a sheet. Rows count from 1, columns from 0, sizes are in the sheet's own units."""

    merged: dict[int, list[tuple[int, int]]] = field(default_factory=dict)  # first row -> (column, last row)
    hidden: set[int] = field(default_factory=set)  # rows
    links: dict[CellPlace, tuple[str, str]] = field(default_factory=dict)  # relationship's name, place in its target
    addresses: dict[CellPlace, str] = field(default_factory=dict)  # that formulas name
    cell_images: dict[CellPlace, str] = field(default_factory=dict)  # names that DISPIMG looks up
    values: dict[CellPlace, int] = field(default_factory=dict)  # number of a cell's value metadata
    unworked: int = 0  # formulas whose value is not known
    examples: list[str] = field(default_factory=list)  # of these
    drawings: list[str] = field(default_factory=list)  # names of relationships
    heights: dict[int, float] = field(default_factory=dict)  # points, by row
    widths: list[tuple[int, int, float]] = field(default_factory=list)  # first and last column, characters
    ranges: int = 0  # of merged cells and of links
    default_height: float = 15.0
    default_width: float = 8.43


def survey_sheet(stream: IO[bytes]) -> Survey:
    """Return what the XML of a sheet says. Raises ValueError for more rows than a sheet can have."""
    found = Survey()
    rows = _RowNumbers()
    shared: dict[bytes, str] = {}
    for text in _pieces(stream):
        for match in _ROW.finditer(text):
            _take_row(match[1], rows, found)
        if b"vm" in text:
            for match in _VALUE_METADATA.finditer(text):
                _take_metadata(_attributes(match[1]), found)
        if b"<f" in text or b":f" in text:
            for match in _FORMULA.finditer(text):
                _take_formula(match, shared, found)
        if any(name in text for name in _TAGS):
            for match in _TAG.finditer(text):
                _take_tag(match[1], _attributes(match[2]), found)
    return found


def read_range(reference: str) -> tuple[int, int, int, int] | None:
    """Return (first row, first column, last row, last column) of `B2` or `B2:C9`; None for anything else."""
    ends = [_CELL.fullmatch(end) for end in reference.split(":", 1)]
    if any(end is None for end in ends):
        return None
    places = [(int(end[2]), _column(end[1])) for end in ends if end is not None]
    (top, left), (bottom, right) = min(places), max(places)
    if left > right:
        left, right = right, left
    if top < 1 or bottom > EXCEL_ROWS or right >= EXCEL_COLUMNS:
        return None
    return top, left, bottom, right


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """Yield the XML as UTF-8 in pieces of whole rows where these are short, else of whole tags."""
    first = stream.read(_CHUNK)
    decoder = None
    if first[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        decoder = codecs.getincrementaldecoder("utf-16")("replace")
    tail = b""
    chunk = first
    while chunk:
        text = tail + (decoder.decode(chunk).encode("utf-8", "replace") if decoder else chunk)
        cut = max(text.rfind(b"<row"), text.rfind(b"<", 0, max(text.rfind(b":row "), 0)))
        if cut <= 0 or len(text) - cut > 4 * _CHUNK:
            cut = text.rfind(b"<")
        yield text[:cut] if cut >= 0 else b""
        tail = text[cut:] if cut >= 0 else b""
        chunk = stream.read(_CHUNK)
    yield tail


@dataclass(slots=True)
class _RowNumbers:
    last: int = 0


def _take_row(text: bytes, rows: _RowNumbers, found: Survey) -> None:
    if b"hidden" not in text and b"ht" not in text and b"zeroHeight" not in text:
        # most rows say nothing of interest but their number
        number = re.search(rb'(?:^|\s)r="(\d{1,12})"', text)
        rows.last = int(number[1]) if number else rows.last + 1
    else:
        attributes = _attributes(text)
        number_text = attributes.get("r", "")
        rows.last = int(number_text) if number_text.isascii() and number_text.isdigit() else rows.last + 1
        height = _as_number(attributes.get("ht", ""))
        if rows.last <= EXCEL_ROWS:
            if height is not None:
                found.heights[rows.last] = height
            if attributes.get("hidden") in ("1", "true", "on") or height == 0:
                found.hidden.add(rows.last)
    if rows.last > EXCEL_ROWS:
        raise ValueError("more rows than a sheet can have")


def _take_metadata(attributes: dict[str, str], found: Survey) -> None:
    place = read_range(attributes.get("r", ""))
    number = _as_number(attributes.get("vm", ""))
    if place is not None and number and len(found.values) < _MOST_LINKED:
        found.values[place[0], place[1]] = int(number)


def _take_formula(match: re.Match[bytes], shared: dict[bytes, str], found: Survey) -> None:
    text = unescape((match[3] or b"").decode("utf-8", "replace"))
    value = (match[4] or b"").strip()
    if b"shared" in match[2] and (group := re.search(rb'\bsi="(\d{1,9})"', match[2])):
        if text and is_linking(text) and len(shared) < _MOST_LINKED:
            shared[group[1]] = text
        text = text or shared.get(group[1], "")
    linking = is_linking(text)
    if value and not linking:
        return
    attributes = _attributes(match[1])
    place = read_range(attributes.get("r", ""))
    if place is None:
        return
    formula = read_formula(text) if linking else None
    if formula is not None:
        if len(found.addresses) + len(found.cell_images) < _MOST_LINKED:
            (found.cell_images if formula.is_name else found.addresses)[place[0], place[1]] = formula.address
        return
    # Excel keeps the picture that it found, and a text that is an address says all that a link could
    is_known = "vm" in attributes or value.startswith(b"http") if linking else attributes.get("t") == "str"
    if not is_known:
        found.unworked += 1
        if len(found.examples) < _KEPT:
            found.examples.append(f"{attributes.get('r', '')} ={text[:50]}")


def _take_tag(tag: bytes, attributes: dict[str, str], found: Survey) -> None:
    if tag == b"drawing":
        found.drawings.append(_relation_name(attributes))
    elif tag == b"sheetFormatPr":
        found.default_height = _as_number(attributes.get("defaultRowHeight", "")) or found.default_height
        found.default_width = _as_number(attributes.get("defaultColWidth", "")) or found.default_width
    elif tag == b"col":
        _take_width(attributes, found)
    elif (area := read_range(attributes.get("ref", ""))) is not None:
        if tag == b"mergeCell":
            top, left, bottom, _ = area
            found.ranges += 1
            if bottom > top and found.ranges <= MOST_RANGES:
                found.merged.setdefault(top, []).append((left, bottom))
        elif relation := _relation_name(attributes):
            take_link(area, (relation, attributes.get("location", "")), found)


def _relation_name(attributes: dict[str, str]) -> str:
    return next((value for name, value in attributes.items() if name.rpartition(":")[2] == "id"), "")


def take_link(area: tuple[int, int, int, int], link: tuple[str, str], found: Survey) -> None:
    """Note a link, (relationship's name, place in its target), behind the cells of an area as `read_range` gives it."""
    top, left, bottom, right = area
    size = (bottom - top + 1) * (right - left + 1)
    found.ranges += size > 1
    if size > _MOST_IN_RANGE or len(found.links) >= _MOST_LINKED or (size > 1 and found.ranges > MOST_RANGES):
        return
    for row in range(top, bottom + 1):
        for column in range(left, right + 1):
            found.links[row, column] = link


def _take_width(attributes: dict[str, str], found: Survey) -> None:
    first, last = _as_number(attributes.get("min", "")), _as_number(attributes.get("max", ""))
    width = _as_number(attributes.get("width", ""))
    if first and last and width is not None and len(found.widths) < EXCEL_COLUMNS:
        if attributes.get("hidden") in ("1", "true"):
            width = 0
        found.widths.append((int(first) - 1, int(last) - 1, width))


def _attributes(text: bytes) -> dict[str, str]:
    return {
        match[1].decode("ascii", "replace"): unescape((match[2] or match[3] or b"").decode("utf-8", "replace"))
        for match in _ATTRIBUTE.finditer(text)
    }


def _as_number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 <= number < 1e9 else None
