"""Old Excel workbooks (.xls), read by xlrd, which tells of hidden rows, links and merged cells; and calamine's values.

xlrd is slower than calamine, but an .xls has 65,536 rows at most. Both come with the extra `sheets`.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from types import ModuleType
from typing import Any

from generator.errors import SpreadsheetError
from generator.spreadsheet.formats.tables import Row, Table, read_whole
from generator.spreadsheet.notices import Notice
from generator.spreadsheet.values.cells import Cell, LinkedText, plain_cell

#: How the names of an encrypted package's streams, and of a workbook's, stand in an OLE container ([MS-CFB], 2.6.1).
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_WORKBOOKS = tuple(name.encode("utf-16-le") for name in ("Workbook", "Book", "WORKBOOK"))
#: How pictures begin that lie in a workbook: PNG, JPEG.
_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"\xff\xd8\xff\xe1")
#: Cells with the same link that are merged.
_MOST_SPANS = 10_000
#: Cells from the first to the last of a sheet, blank ones too, that calamine keeps in a gigabyte.
_MOST_SPREAD = 30_000_000


def require(library: str, kind: str) -> ModuleType:
    """Import a library of the extra `sheets`. Raises SpreadsheetError if it is not installed."""
    import importlib

    try:
        return importlib.import_module(library)
    except ImportError as error:
        raise SpreadsheetError(
            f"Reading {kind} needs another library.",
            'Add it with: pip install "brandscape[sheets]". Or open the file in Excel or LibreOffice, and save it as '
            ".xlsx.",
        ) from error


def read_old_workbook(path: Path) -> list[Table]:
    """Return the sheets of an .xls. Raises SpreadsheetError for a protected one."""
    data = read_whole(path)
    protected = SpreadsheetError(
        f"{path.name} is protected by a password.", "Open it in Excel, remove the password, and save it as .xlsx."
    )
    if _ENCRYPTED in data:
        raise protected
    if not any(name in data for name in _WORKBOOKS):
        raise ValueError("it is protected by a password, or holds no workbook")
    xlrd = require("xlrd", "Excel files from before 2007 (.xls)")
    book = _open_old(xlrd, data, protected)
    said = _tell_pictures(path, any(mark in data for mark in _PICTURES))
    tables = []
    for number in range(book.nsheets):
        sheet = _OldSheet(book, number, xlrd)
        tables.append(
            Table(
                book.sheet_names()[number],
                sheet.hidden,
                sheet.rows,
                hidden_rows=lambda sheet=sheet: sheet.hidden_rows,  # type: ignore[misc]
                notices=lambda: said,
                days_from_1904=book.datemode == 1,
            )
        )
    return tables


def _open_old(xlrd: ModuleType, data: bytes, protected: SpreadsheetError) -> Any:
    for styled in (True, False):  # styles tell dates and hidden rows; other programs' are often damaged
        try:
            return xlrd.open_workbook(file_contents=data, formatting_info=styled, on_demand=True, logfile=io.StringIO())
        except xlrd.XLRDError as error:
            if "encrypted" in str(error).lower():
                raise protected from error
            if not styled:
                raise
        except Exception:
            if not styled:
                raise
    raise AssertionError


def _tell_pictures(path: Path, found: bool) -> tuple[Notice, ...]:
    return (Notice("unread_pictures", {"where": path.name}),) if found else ()


@dataclass(frozen=True)
class _OldSheet:
    """A sheet of an .xls."""

    book: Any
    number: int
    xlrd: ModuleType

    @cached_property
    def sheet(self) -> Any:
        return self.book.sheet_by_index(self.number)

    @property
    def hidden(self) -> bool:
        return bool(self.book._sheet_visibility[self.number])

    @cached_property
    def hidden_rows(self) -> frozenset[int]:
        """The numbers of hidden rows."""
        rows = self.sheet.rowinfo_map.items()
        return frozenset(
            row + 1 for row, info in rows if info.hidden or (info.height == 0 and info.has_default_height == 0)
        )

    def rows(self) -> Iterator[Row]:
        """Yield the rows, with blank ones."""
        sheet = self.sheet
        links: Mapping[tuple[int, int], Any] = sheet.hyperlink_map
        spans = {(top, left): bottom for top, bottom, left, _ in sheet.merged_cells[:_MOST_SPANS] if bottom > top + 1}
        merged: dict[int, tuple[int, Cell]] = {}
        for row in range(sheet.nrows):
            kinds, values = sheet.row_types(row), sheet.row_values(row)
            cells = [self._read(kind, value) for kind, value in zip(kinds, values, strict=True)]
            for column, cell in enumerate(cells) if links else ():
                link = links.get((row, column))
                address = _read_link(link) if link is not None and isinstance(cell, str) and cell.strip() else ""
                if address:
                    cells[column] = LinkedText(str(cell), address)
            for column in range(len(cells)) if spans else ():
                if (row, column) in spans:
                    merged[column] = spans[row, column], cells[column]
            for column, (end, value) in list(merged.items()):
                if row >= end:
                    del merged[column]
                elif column < len(cells):
                    cells[column] = value
            yield row + 1, cells

    def _read(self, kind: int, value: Any) -> Cell:
        if kind == self.xlrd.XL_CELL_DATE:
            try:
                moment: datetime = self.xlrd.xldate_as_datetime(value, self.book.datemode)
            except (ValueError, OverflowError):
                return float(value)
            return moment
        if kind in (self.xlrd.XL_CELL_EMPTY, self.xlrd.XL_CELL_BLANK, self.xlrd.XL_CELL_ERROR):
            return None
        if kind == self.xlrd.XL_CELL_BOOLEAN:
            return bool(value)
        return int(value) if isinstance(value, float) and value.is_integer() else plain_cell(value)


def _read_link(link: Any) -> str:
    address = link.url_or_path
    text = address.decode("utf-8", "replace") if isinstance(address, bytes) else str(address or "")
    text = text.strip().strip("\0")
    return f"{text}#{link.textmark}" if text and link.textmark and "#" not in text else text


def refuse_spread(rows: int, columns: int) -> None:
    """Raise ValueError for a sheet whose cells lie so far apart that calamine has no memory for what is between."""
    if rows * columns > _MOST_SPREAD:
        raise ValueError(
            f"its cells spread over {rows:,} rows and {columns:,} columns; delete what stands far from the posts, or "
            "save it as .xlsx"
        )


@contextmanager
def _tell_panic() -> Iterator[None]:
    """Raise ValueError where calamine breaks off, whose exceptions for that are no `Exception`."""
    try:
        yield
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise ValueError("its records contradict each other") from error


def read_by_calamine(calamine: ModuleType, data: bytes) -> list[Table]:
    """Return the sheets of a workbook that calamine reads, and that `refuse_spread` lets pass."""
    with _tell_panic():
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    kinds, shown = calamine.SheetTypeEnum, calamine.SheetVisibleEnum
    tables = []
    for number, meta in enumerate(book.sheets_metadata):
        if meta.typ == kinds.WorkSheet:

            def rows(number: int = number) -> Iterator[Row]:
                # opened anew each time, since a sheet lies in memory whole
                with _tell_panic():
                    found = book.get_sheet_by_index(number).to_python(skip_empty_area=False)
                for row, values in enumerate(found, 1):
                    yield row, [_read_value(value) for value in values]

            tables.append(Table(meta.name, meta.visible != shown.Visible, rows))
    return tables


def _read_value(value: Any) -> Cell:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, str):
        return (
            None if not value or (value[0] == "#" and value.rstrip("!?").isupper() and value[-1] in "!?A/0") else value
        )
    return plain_cell(value)
