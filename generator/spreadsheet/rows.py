"""The rows of a sheet, reduced to the cells of fields; exports have hundreds of further columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from generator.settings import ReadSettings
from generator.spreadsheet.headers import choose_columns, column_letters
from generator.spreadsheet.notices import Notice
from generator.spreadsheet.posts import Remark
from generator.spreadsheet.sheets import Sheet
from generator.spreadsheet.values.cells import Cell, cell_text, is_blank
from generator.text import clean_line

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a field's values; `place` is its position in the cells of SheetRows."""

    header: str
    column: int
    place: int


@dataclass(frozen=True, slots=True)
class SheetRows:
    """The data rows of a sheet. The lists have an entry for each of the n rows."""

    sheet: Sheet
    table: int  # position among the tables that are read
    numbers: list[int]
    cells: list[list[Cell]]
    alone: list[str]  # the text of a row's only filled cell, else ""
    columns: Mapping[str, Sequence[Column]]  # by field; the first with a value wins
    #: Columns that tell who is who, by "account" (the account asked for), "handle" and "full_name" (of the owner).
    evidence: Mapping[str, Sequence[Column]] = field(default_factory=dict)
    hidden: frozenset[int] = frozenset()  # positions of rows that a filter or a person hid
    notices: tuple[Notice, ...] = ()  # what was left unread

    def pick(self, field: str, row: int) -> tuple[Cell, Column | None]:
        """Return a field's value in the row at position `row`, and its column; (None, None) if it has none.

        Fields are those of a post and of `evidence`.
        """
        for column in self.columns.get(field) or self.evidence.get(field, ()):
            if not is_blank(self.cells[row][column.place]):
                return self.cells[row][column.place], column
        return None, None

    def read(self, field: str, row: int, reader: Callable[[Cell], T], remarks: list[Remark]) -> T | None:
        """Return a field's value by `reader`; None, with a remark, if `reader` raises ValueError."""
        cell, column = self.pick(field, row)
        if column is None:
            return None
        try:
            return reader(cell)
        except ValueError:
            value, letters = clean_line(cell_text(cell))[:100], column_letters(column.column)
            remarks.append(Remark(self.numbers[row], field, value, letters, self.table))
            return None


def collect_rows(sheet: Sheet, table: int, settings: ReadSettings) -> SheetRows:
    """Read a sheet once and keep only the cells of fields."""
    wanted = sorted({column for groups in sheet.candidates.values() for group in groups for column in group})
    filled: Counter[int] = Counter()
    numbers: list[int] = []
    rows: list[list[Cell]] = []
    alone: list[str] = []
    for number, cells in sheet.rows():
        row = [cells[column] if column < len(cells) else None for column in wanted]
        filled.update(column for column, cell in zip(wanted, row, strict=True) if not is_blank(cell))
        numbers.append(number)
        rows.append(row)
        alone.append(_find_alone(cells))
    columns = {
        field: [Column(sheet.headers[column], column, wanted.index(column)) for column in chosen]
        for field, chosen in choose_columns(sheet.candidates, filled).items()
    }
    columns = {field: _keep_winners(choice, rows) for field, choice in columns.items()}
    return SheetRows(sheet, table, numbers, rows, alone, columns)


def _find_alone(cells: Sequence[Cell]) -> str:
    found = None
    for cell in cells:
        if not is_blank(cell):
            if found is not None:
                return ""
            found = cell
    return clean_line(cell_text(found))


def _keep_winners(columns: list[Column], rows: Sequence[Sequence[Cell]]) -> list[Column]:
    """Return the columns that any row takes its value from, at least the first."""
    if len(columns) == 1:
        return columns
    winners = {next((column for column in columns if not is_blank(cells[column.place])), None) for cells in rows}
    return [column for column in columns if column in winners] or columns[:1]
