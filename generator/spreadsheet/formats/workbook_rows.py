"""The rows of a worksheet, parsed by openpyxl one by one from XML that lxml reads.

openpyxl alone parses the whole sheet by itself: with a parser of Python's own wherever the package defusedxml is
installed, each cell as a record, and each text inside a cell as an object of its own. All that takes several times as
long, and so does its search for the size of sheets.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from functools import cached_property
from typing import IO, Any

from lxml import etree
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils.cell import coordinate_to_tuple
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet._reader import ROW_TAG, VALUE_TAG, WorkSheetParser
from openpyxl.xml.constants import SHEET_MAIN_NS

_INLINE = f"{{{SHEET_MAIN_NS}}}is"
_TEXT = f"{{{SHEET_MAIN_NS}}}t"
_RUN = f"{{{SHEET_MAIN_NS}}}r"
_DIGITS = "0123456789"
_FRACTION = frozenset(".eE")


class RowParser(WorkSheetParser):
    """openpyxl's parser, for the values of rows alone."""

    def parse_values(self) -> Iterator[tuple[int, list[Any]]]:
        """Yield each row: its number, and the values of its cells from the first column on."""
        rows = etree.iterparse(
            self.source, tag=ROW_TAG, resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
        )
        for _, element in rows:
            number = element.get("r", "")
            # anything else is openpyxl's to read or refuse
            self.row_counter = int(number) if number.isdecimal() else self.parse_row(element)[0]
            yield self.row_counter, self._read_cells(element)
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]

    def _read_cells(self, row: Any) -> list[Any]:
        """Return the values of a row: numbers and shared texts here, since nearly all are, and others by openpyxl."""
        texts, dates, columns = self.shared_strings, self.date_formats, self._columns
        values: list[Any] = []
        self.col_counter = 0
        for element in row:
            reference = element.get("r", "")
            column = columns.get(reference.rstrip(_DIGITS))
            if column is None:
                column = self._find_column(reference)
            self.col_counter = column
            kind = element.get("t", "n")
            if kind == "s" or (kind == "n" and (not dates or int(element.get("s", 0)) not in dates)):
                value: Any = None
                for part in element:
                    if part.tag == VALUE_TAG and (text := part.text):
                        value = texts[int(text)] if kind == "s" else _read_number(text)
                        break
            elif kind == "inlineStr":
                value = _read_inline(element)
            else:
                value = self.parse_cell(element)["value"]
            if column == len(values) + 1:
                values.append(value)
            else:
                values += [None] * (column - len(values))
                values[column - 1] = value
        return values

    @cached_property
    def _columns(self) -> dict[str, int]:
        """Columns by their letters, as far as they were met."""
        return {}

    def _find_column(self, reference: str) -> int:
        if not reference:
            return self.col_counter + 1
        _, column = coordinate_to_tuple(reference)
        return self._columns.setdefault(reference.rstrip(_DIGITS), column)


def _read_number(text: str) -> int | float:
    return int(text) if text.isdecimal() or _FRACTION.isdisjoint(text) else float(text)


def _read_inline(element: Any) -> str | None:
    """Return a text that stands in the cell itself, without the readings over Asian letters."""
    texts = []
    for inline in element:
        for part in inline if inline.tag == _INLINE else ():
            if part.tag == _TEXT:
                texts.append(part.text or "")
            elif part.tag == _RUN:
                texts += [text.text or "" for text in part if text.tag == _TEXT]
    return "".join(texts) or None


class _Worksheet(ReadOnlyWorksheet):
    """A sheet that is read for its rows alone."""

    def _get_size(self) -> None:
        """Look for no size: where a sheet does not say it, all of it would be parsed."""


class _Reader(ExcelReader):
    """openpyxl's reader, for sheets of cells."""

    def read_worksheets(self) -> None:
        """Open the sheets of cells, in the order of the workbook."""
        for sheet, relation in self.parser.find_sheets():
            if relation.target in self.valid_files and "chartsheet" not in relation.Type:
                worksheet: Any = _Worksheet(self.wb, sheet.name, relation.target, self.shared_strings)
                worksheet.sheet_state = sheet.state
                book: Any = self.wb
                book._sheets.append(worksheet)


def open_workbook(data: bytes) -> Any:
    """Return a workbook of openpyxl, with stored values of formulas, whose sheets are read by `read_rows`."""
    reader = _Reader(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    reader.read()
    return reader.wb


def read_rows(worksheet: Any, stream: IO[bytes]) -> Iterator[tuple[int, list[Any]]]:
    """Yield (row number, values) of a sheet that openpyxl opened to read; rows that are not there are left out."""
    book = worksheet.parent
    parser = RowParser(
        stream,
        worksheet._shared_strings,
        data_only=True,
        epoch=book.epoch,
        date_formats=book._date_formats,
        timedelta_formats=book._timedelta_formats,
    )
    last = 0
    for number, values in parser.parse_values():
        if number > last:  # else a row that is there already
            last = number
            yield number, values
