"""Excel workbooks (.xlsx, .xlsm, .xltx, .xltm) read as tables, with guards against files made to fill memory."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from generator.spreadsheet.formats.binary_workbooks import read_binary_workbook
from generator.spreadsheet.formats.tables import Row, Table, read_whole
from generator.spreadsheet.formats.workbook_links import LinkedCells, fill_rows, find_linked
from generator.spreadsheet.formats.workbook_parts import Package, as_transitional, refuse_bomb, refuse_entities
from generator.spreadsheet.formats.workbook_pictures import CellPictures
from generator.spreadsheet.formats.workbook_survey import EXCEL_ROWS, Survey, survey_sheet
from generator.spreadsheet.notices import Notice, list_examples
from generator.spreadsheet.phrases import name_sheet
from generator.spreadsheet.values.cells import Cell, plain_cell

__all__ = ["read_workbook", "refuse_entities"]

_EXCEL_ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#GETTING_DATA", "#SPILL!", "#CALC!",
     "#FIELD!", "#BLOCKED!", "#CONNECT!", "#BUSY!", "#UNKNOWN!", "#EXTERNAL!", "#PYTHON!"}
)  # fmt: skip
_ESCAPED_CONTROL = re.compile("_x00([01][0-9A-Fa-f])_")

#: Bytes of an unpacked workbook: of its sheets, which are unpacked row by row, of its shared texts, and of the rest.
_LIMITS = (("worksheets/", 4_000_000_000), ("sharedstrings", 250_000_000), ("", 50_000_000))


def read_workbook(path: Path) -> list[Table]:
    """Return the sheets of an .xlsx: values, not formulas.

    A merged cell has its value in each row that it spans. A cell with a link, with a picture in or over it, or with a
    formula that names an address is a LinkedText. Addresses of pictures in the file begin with #.
    """
    from openpyxl.utils.datetime import MAC_EPOCH

    from generator.spreadsheet.formats.workbook_rows import open_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about styles and validations, which are not read
        # rows are unpacked one by one, from memory, so that other programs can use the file
        data = read_whole(path)
        refuse_bomb(data, _LIMITS)
        if "xl/workbook.bin" in Package(data).names:
            return read_binary_workbook(data)
        data = as_transitional(data)
        workbook = open_workbook(data)
    package = Package(data)
    pictures = CellPictures(package)
    tables = []
    for worksheet in workbook.worksheets:
        sheet = _Sheet(worksheet, package, pictures, path.name)
        tables.append(
            Table(
                worksheet.title,
                worksheet.sheet_state != "visible",
                sheet.rows,
                hidden_rows=sheet.hidden_rows,
                notices=sheet.notices,
                days_from_1904=workbook.epoch == MAC_EPOCH,
                pictures=sheet.pictures,
            )
        )
    return tables


@dataclass(frozen=True)
class _Sheet:
    """A sheet of a workbook, whose XML is scanned once for all that openpyxl leaves out."""

    worksheet: Any
    package: Package
    cell_pictures: CellPictures
    where: str

    @cached_property
    def survey(self) -> Survey:
        with self.package.open(self._part) as stream:
            return survey_sheet(stream)

    @cached_property
    def linked(self) -> LinkedCells:
        return find_linked(self.package, self._part, self.survey, self.cell_pictures)

    @property
    def _part(self) -> str:
        return getattr(self.worksheet, "_worksheet_path", None) or ""

    def hidden_rows(self) -> Set[int]:
        """Return the numbers of hidden rows."""
        return self.survey.hidden

    def pictures(self) -> Sequence[int]:
        """Return the columns in which pictures lie, those with most first."""
        return self.linked.columns

    def notices(self) -> Sequence[Notice]:
        """Return what the sheet holds and is not read."""
        if not self.survey.unworked:
            return ()
        where = name_sheet(self.where, self.worksheet.title)
        examples = list_examples(self.survey.examples)
        return (Notice("unworked_formulas", {"where": where, "count": self.survey.unworked, "examples": examples}),)

    def rows(self) -> Iterator[Row]:
        """Yield the rows that have cells or pictures."""
        from generator.spreadsheet.formats.workbook_rows import read_rows

        with warnings.catch_warnings(), self.package.open(self._part) as stream:
            warnings.simplefilter("ignore")
            yield from fill_rows(self._values(read_rows(self.worksheet, stream)), self.linked, self.survey.merged)

    def _values(self, rows: Iterator[tuple[int, list[Any]]]) -> Iterator[Row]:
        for number, values in rows:
            if number > EXCEL_ROWS:
                raise ValueError("more rows than a sheet can have")
            yield number, [_excel_cell(value) for value in values]


def _excel_cell(value: object) -> Cell:
    if isinstance(value, str):
        if value in _EXCEL_ERRORS:
            return None
        return _ESCAPED_CONTROL.sub(lambda match: chr(int(match[1], 16)), value) if "_x00" in value else value
    return plain_cell(value)
