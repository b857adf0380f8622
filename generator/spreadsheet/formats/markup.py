"""Tables written as markup: web pages, and Excel's XML of 2003. Web exports give both to files called .xls.

Not by pandas: `read_html` turns `1.200` into 1.2, and drops the addresses of links and images.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from generator.errors import SpreadsheetError
from generator.settings.sizes import format_size
from generator.spreadsheet.formats.encodings import find_encoding
from generator.spreadsheet.formats.tables import HeaderScore, Row, Table
from generator.spreadsheet.values.cells import Cell, LinkedText

_MOST_BYTES = 60_000_000
_MOST_COLUMNS = 16_384
_MOST_SPAN = 10_000
_SHEET = "{urn:schemas-microsoft-com:office:spreadsheet}"


def read_web_page(path: Path, header_score: HeaderScore) -> list[Table]:
    """Return the tables of a web page that hold no other table. Raises SpreadsheetError if it has none."""
    from lxml import etree, html

    data = _read(path)
    declared = b"charset=" in data[:4096].lower()
    if not declared:
        data = data.decode(find_encoding(path, header_score).name, "replace").encode()
    parser = html.HTMLParser(encoding=None if declared else "utf-8")
    try:
        page = html.document_fromstring(data, parser=parser)
    except etree.ParserError:  # nothing but the beginning of a page
        page = html.Element("html")
    for line_break in page.iter("br"):
        line_break.tail = "\n" + (line_break.tail or "")
    tables = [table for table in page.iter("table") if next(table.iterdescendants("table"), None) is None]
    if not tables:
        raise SpreadsheetError(
            f"{path.name} is a web page without a table.", "Sign in where it comes from, and export it again."
        )
    named = len(tables) > 1
    return [
        Table(f"table {place}" if named else "", False, partial(_page_rows, table))
        for place, table in enumerate(tables, 1)
    ]


def read_excel_xml(path: Path) -> list[Table]:
    """Return the sheets of an "XML Spreadsheet 2003", as Microsoft documents its SpreadsheetML.

    Raises ValueError if it defines a document type, which no program that writes these does.
    """
    from lxml import etree

    data = _read(path)
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise ValueError("its XML defines a document type, which no spreadsheet program writes")
    book = etree.fromstring(data, etree.XMLParser(resolve_entities=False, no_network=True))
    return [
        Table(sheet.get(f"{_SHEET}Name", ""), False, partial(_xml_rows, sheet))
        for sheet in book.iter(f"{_SHEET}Worksheet")
    ]


def _read(path: Path) -> bytes:
    if path.stat().st_size > _MOST_BYTES:
        raise ValueError(f"it is larger than {format_size(_MOST_BYTES)}, which is too large for a table as markup")
    return path.read_bytes()


def _page_rows(table: Any) -> Iterator[Row]:
    above: dict[int, tuple[int, Cell]] = {}  # column -> rows that a cell still spans, and its value
    for number, row in enumerate(table.iter("tr"), 1):
        cells: list[Cell] = []
        for item in row.iterchildren("td", "th"):
            _take_spanned(cells, above)
            value, down = _page_cell(item), _span(item.get("rowspan"))
            for _ in range(_span(item.get("colspan"))):
                if down > 1:
                    above[len(cells)] = down - 1, value
                cells.append(value)
            if len(cells) > _MOST_COLUMNS:
                raise ValueError(f"a row has more than {_MOST_COLUMNS:,} cells")
        _take_spanned(cells, above)
        yield number, cells


def _take_spanned(cells: list[Cell], above: dict[int, tuple[int, Cell]]) -> None:
    while len(cells) in above:
        left, value = above.pop(len(cells))
        if left > 1:
            above[len(cells)] = left - 1, value
        cells.append(value)


def _span(text: str | None) -> int:
    return min(max(int(text), 1), _MOST_SPAN) if text and text.isascii() and text.isdigit() else 1


def _page_cell(item: Any) -> Cell:
    text: str = item.text_content().strip()
    for name, attribute in (("img", "src"), ("a", "href")):
        address = next((found for part in item.iter(name) if (found := part.get(attribute))), None)
        if address and not text:
            return str(address)
        if address and address != text:
            return LinkedText(text, address)
    return text


def _xml_rows(sheet: Any) -> Iterator[Row]:
    number = 0
    merged: dict[int, tuple[int, Cell]] = {}  # column -> last row of a merged cell, and its value
    for row in sheet.iter(f"{_SHEET}Row"):
        number = max(_span_index(row.get(f"{_SHEET}Index")), number + 1)
        cells: list[Cell] = []
        for item in row.iterchildren(f"{_SHEET}Cell"):
            place = max(_span_index(item.get(f"{_SHEET}Index")) - 1, len(cells))
            if place >= _MOST_COLUMNS:
                raise ValueError(f"a row has more than {_MOST_COLUMNS:,} cells")
            cells += [None] * (place - len(cells))
            cells.append(_xml_cell(item))
            if down := _span_index(item.get(f"{_SHEET}MergeDown")):
                merged[place] = number + down, cells[place]
            cells += [None] * min(_span_index(item.get(f"{_SHEET}MergeAcross")), _MOST_COLUMNS - len(cells))
        for place, (last, value) in merged.items():
            if number <= last:
                cells += [None] * (place + 1 - len(cells))
                cells[place] = value if cells[place] is None else cells[place]
        yield number, cells


def _span_index(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 8 else 0


def _xml_cell(item: Any) -> Cell:
    data = next(item.iterchildren(f"{_SHEET}Data"), None)
    text = "" if data is None else "".join(map(str, data.itertext()))
    address = item.get(f"{_SHEET}HRef")
    if address and address != text:
        return LinkedText(text, address) if text else str(address)
    kind = None if data is None else data.get(f"{_SHEET}Type")
    if kind == "Number":
        with suppress(ValueError):
            return int(text) if text.lstrip("-").isdigit() else float(text)
    return None if kind == "Error" else text
