"""Excel workbooks (.xlsx, .xlsm) read as tables, with guards against files made to fill memory."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import IO, Any
from xml.parsers import expat

from generator.settings.sizes import format_size
from generator.spreadsheet.formats.tables import Row, Table, read_whole
from generator.spreadsheet.values.cells import Cell, plain_cell

_EXCEL_ROWS = 1_048_576
_EXCEL_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#GETTING_DATA"})
_ESCAPED_CONTROL = re.compile("_x00([01][0-9A-Fa-f])_")
_MERGED = re.compile(rb'<(?:\w{1,20}:)?mergeCell\s[^>]{0,100}?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
#: The longest text that `_MERGED` finds.
_MERGED_LENGTH = 200
#: Merged cells that are read: a sheet made by people has a few, one made to do harm has a million.
_MOST_MERGED = 10_000

#: Bytes of an unpacked workbook: of its sheets, which are unpacked row by row, of its shared texts, and of the rest.
_MOST_SHEETS, _MOST_TEXTS, _MOST_REST = 4_000_000_000, 250_000_000, 50_000_000


def read_workbook(path: Path) -> list[Table]:
    """Return the sheets of an .xlsx: values, not formulas.

    A merged cell has its value in each row that it spans.
    """
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and validations, which are not read
        # rows are unpacked one by one, from memory, so that other programs can use the file
        data = read_whole(path)
        _refuse_bomb(data)
        workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    return [
        Table(sheet.title, sheet.sheet_state != "visible", partial(_sheet_rows, data, sheet))
        for sheet in workbook.worksheets
        if hasattr(sheet, "reset_dimensions")  # a sheet of cells, not a chart
    ]


def _refuse_bomb(data: bytes) -> None:
    """Raise ValueError for a workbook that unpacks to more than the limits, or that defines entities.

    Claimed sizes can be trusted, since zipfile unpacks no more of a part than it claims. Entities let a few lines stand
    for any number; no program that writes workbooks defines them.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sizes: Counter[str] = Counter()
        for part in archive.infolist():
            name = part.filename.lower()
            kind = "sheets" if "worksheets/" in name else "texts" if "sharedstrings" in name else "rest"
            sizes[kind] += part.file_size if kind != "rest" or name.endswith((".xml", ".rels")) else 0
        for kind, most in (("sheets", _MOST_SHEETS), ("texts", _MOST_TEXTS), ("rest", _MOST_REST)):
            if sizes[kind] > most:
                raise ValueError(
                    f"it claims to hold {format_size(sizes[kind])} unpacked, more than {format_size(most)}"
                )
        for part in archive.infolist():
            if part.filename.lower().endswith((".xml", ".rels")):
                with archive.open(part) as stream:
                    _refuse_entities(stream)


def _refuse_entities(stream: IO[bytes]) -> None:
    """Raise ValueError if an XML document has a document type before its first element."""
    parser = expat.ParserCreate()
    begun: list[str] = []

    def refuse(*declaration: object) -> None:
        raise ValueError("its XML defines a document type, which no spreadsheet program writes")

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda name, attributes: begun.append(name)
    with suppress(expat.ExpatError):  # damage is reported where the part is read
        while not begun and (chunk := stream.read(512)):
            parser.Parse(chunk, False)


def _sheet_rows(data: bytes, sheet: Any) -> Iterator[Row]:
    spans = _merged_columns(data, sheet)
    merged: dict[int, tuple[int, Cell]] = {}  # column -> last row and value of its merged cell
    sheet.reset_dimensions()  # many programs write wrong ones
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number, values in enumerate(sheet.iter_rows(values_only=True), 1):
            if number > _EXCEL_ROWS:
                raise ValueError("more rows than a sheet can have")
            cells = [_excel_cell(value) for value in values]
            for column, last in spans.get(number, ()):
                merged[column] = last, cells[column] if column < len(cells) else None
            for column, (last, value) in list(merged.items()):
                if last < number:
                    del merged[column]
                    continue
                cells += [None] * (column + 1 - len(cells))
                cells[column] = value
            yield number, cells


def _merged_columns(data: bytes, sheet: Any) -> dict[int, list[tuple[int, int]]]:
    """Return cells merged over several rows: first row -> (column, last row).

    openpyxl finds no merged cells when it reads row by row.
    """
    from openpyxl.utils import column_index_from_string

    inside = getattr(sheet, "_worksheet_path", None)
    spans: dict[int, list[tuple[int, int]]] = {}
    if inside is None:
        return spans
    with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(inside) as stream:
        tail, count = b"", 0
        while chunk := stream.read(1 << 20):
            text = tail + chunk
            for left, top, _, bottom in _MERGED.findall(text):
                count += 1
                if int(bottom) > int(top) and count <= _MOST_MERGED:
                    spans.setdefault(int(top), []).append((column_index_from_string(left.decode()) - 1, int(bottom)))
            # it may be the beginning of another merged cell
            rest = text[-_MERGED_LENGTH:]
            tail = rest[rest.rfind(b"<") :] if b"<" in rest else b""
    return spans


def _excel_cell(value: object) -> Cell:
    if isinstance(value, str):
        if value in _EXCEL_ERRORS:
            return None
        return _ESCAPED_CONTROL.sub(lambda match: chr(int(match[1], 16)), value) if "_x00" in value else value
    return plain_cell(value)
