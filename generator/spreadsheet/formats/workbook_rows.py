"""The rows of a worksheet, parsed by openpyxl one by one from XML that lxml reads.

openpyxl alone parses the whole sheet by itself: with a parser of Python's own wherever the package defusedxml is
installed, and each text inside a cell as an object of its own. Both take several times as long, and so does its search
for the size of sheets.
"""

from __future__ import annotations

import io
from collections.abc import Generator, Iterator
from typing import IO, Any

from lxml import etree
from openpyxl.reader.excel import ExcelReader
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet._reader import ROW_TAG, WorkSheetParser
from openpyxl.xml.constants import SHEET_MAIN_NS

_INLINE = f"{{{SHEET_MAIN_NS}}}is"
_TEXT = f"{{{SHEET_MAIN_NS}}}t"
_RUN = f"{{{SHEET_MAIN_NS}}}r"


class RowParser(WorkSheetParser):
    """openpyxl's parser, for the rows alone."""

    def parse(self) -> Generator[Any, None, None]:
        """Yield each row: its number, and its cells."""
        rows = etree.iterparse(
            self.source, tag=ROW_TAG, resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
        )
        for _, element in rows:
            yield self.parse_row(element)
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]

    def parse_cell(self, element: Any) -> dict[str, Any]:
        """Return a cell; its text, if that stands in the cell itself, without the readings over Asian letters."""
        cell: dict[str, Any] = super().parse_cell(element) if element.get("t") != "inlineStr" else {}
        if not cell:
            element.set("t", "str")
            cell = super().parse_cell(element)
            inline = element.find(_INLINE)
            texts = [] if inline is None else [*inline.iterfind(_TEXT), *inline.iterfind(f"{_RUN}/{_TEXT}")]
            cell["value"] = "".join(text.text or "" for text in texts) or None
        return cell


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
    for number, cells in parser.parse():
        if number <= last:  # a row that is there already
            continue
        last = number
        width = max((cell["column"] for cell in cells), default=0)
        values: list[Any] = [None] * width
        for cell in cells:
            values[cell["column"] - 1] = cell["value"]
        yield number, values
