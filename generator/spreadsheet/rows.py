"""The rows of a sheet, reduced to the cells of fields; exports have hundreds of further columns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from generator.settings import ReadSettings
from generator.spreadsheet.headers import (
    FIELDS,
    choose_columns,
    column_letters,
    find_evidence,
    find_further_posts,
    find_shortcodes,
)
from generator.spreadsheet.near_misses import SAMPLE, SOUGHT, describe_columns, find_near_misses
from generator.spreadsheet.notices import Notice, list_examples
from generator.spreadsheet.post_formats import tells_format
from generator.spreadsheet.posts import Remark
from generator.spreadsheet.sheets import Sheet
from generator.spreadsheet.summary_rows import is_address, is_sum_word, is_summary
from generator.spreadsheet.values.cells import Cell, LinkedText, cell_text, is_blank
from generator.spreadsheet.values.image_cells import split_images
from generator.text import clean_line

T = TypeVar("T")

#: Of rows beyond this one only some are looked at for columns that are not used.
_SPARSE = 2000
#: A field is missing if fewer than one of so many rows has it.
_SCARCE = 20
#: How the addresses of pictures in a workbook begin.
_INSIDE = ("#xl/", "#Pictures/", "#media/")
_SHORTCODE = re.compile(r"[\w-]{5,64}", re.ASCII)


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
        cells = self.cells[row]
        for column in self.columns.get(field) or self.evidence.get(field, ()):
            if not is_blank(cell := cells[column.place]):
                return cell, column
        return None, None

    def all_of(self, field: str, row: int) -> list[tuple[Cell, str]]:
        """Return the values of all columns of a field in the row at position `row`, each with its header."""
        return [(self.cells[row][column.place], column.header) for column in self.columns.get(field, ())]

    def images(self, row: int) -> list[str]:
        """Return the addresses of the images in the row at position `row`, the post's own first.

        They are those of the first cell that has any, and pictures that lie over other cells for images. Pictures in
        the file begin with its name.
        """
        found: list[str] = []
        for column in self.columns.get("thumbnail", ()):
            cell = self.cells[row][column.place]
            if is_blank(cell):
                continue
            if not found or (isinstance(cell, LinkedText) and cell.address.startswith(_INSIDE)):
                found += split_images(cell)
        name = self.sheet.source.name
        # only of links and pictures an address begins with the sign of a place inside
        return list(dict.fromkeys(f"{name}{text}" if text.startswith(_INSIDE) else text for text in found))

    def read(self, field: str, row: int, reader: Callable[[Cell, Column], T], remarks: list[Remark]) -> T | None:
        """Return a field's value by `reader`; None, with a remark, if `reader` raises ValueError."""
        cell, column = self.pick(field, row)
        if column is None:
            return None
        try:
            return reader(cell, column)
        except ValueError:
            value, letters = clean_line(cell_text(cell))[:100], column_letters(column.column)
            remarks.append(Remark(self.numbers[row], field, value, letters, self.table))
            return None


def collect_rows(sheet: Sheet, table: int, settings: ReadSettings) -> SheetRows:
    """Read a sheet once and keep only the cells of fields.

    Rows of totals and notes are left out, and hidden ones if the settings say so. Notices name both, and the columns
    that are not used.
    """
    candidates = {**sheet.candidates, **find_evidence(sheet.headers)}
    shortcodes = [] if "permalink" in candidates else find_shortcodes(sheet.headers)
    if shortcodes:
        candidates["permalink"] = [shortcodes]
    reading = _Reading(sheet, candidates)
    for number, cells in sheet.rows():
        reading.take(number, cells)
    notices: list[Notice] = []
    left_out = reading.find_summaries()
    if left_out:
        numbers = [reading.numbers[place] for place in sorted(left_out)]
        examples = list_examples(map(str, numbers))
        notices.append(Notice("summary_rows", {"where": sheet.where, "count": len(numbers), "examples": examples}))
    hidden_numbers = sheet.table.hidden_rows()
    hidden = {place for place, number in enumerate(reading.numbers) if number in hidden_numbers} - left_out
    if hidden:
        code = "hidden_rows" if settings.hidden == "keep" else "skipped_rows"
        values: dict[str, str | int] = {"where": sheet.where, "count": len(hidden), "line": 'hidden = "skip"'}
        notices.append(Notice(code, values))
    left_out |= hidden if settings.hidden == "skip" else set()
    kept = [place for place in range(len(reading.numbers)) if place not in left_out]
    rows_kept = [reading.rows[place] for place in kept]
    for column in shortcodes:
        for row in rows_kept:
            row[reading.wanted.index(column)] = _as_permalink(row[reading.wanted.index(column)])
    columns = {
        field: [Column(sheet.headers[column], column, reading.wanted.index(column)) for column in chosen]
        for field, chosen in choose_columns(candidates, reading.filled).items()
    }
    columns = {
        field: _keep_winners(choice, rows_kept) if field != "format" else choice for field, choice in columns.items()
    }
    columns["format"] = [
        column
        for column in columns.get("format", ())
        if "format" in settings.columns or tells_format(column.header, (row[column.place] for row in rows_kept))
    ]
    notices += _describe_unused(sheet, reading, columns, settings)
    return SheetRows(
        sheet,
        table,
        [reading.numbers[place] for place in kept],
        rows_kept,
        [reading.alone[place] for place in kept],
        {field: chosen for field, chosen in columns.items() if chosen and field in FIELDS},
        {field: chosen for field, chosen in columns.items() if field not in FIELDS},
        frozenset(position for position, place in enumerate(kept) if place in hidden),
        tuple(notices),
    )


class _Reading:
    """The rows of a sheet while they are read. The lists have an entry for each row."""

    def __init__(self, sheet: Sheet, candidates: Mapping[str, Sequence[Sequence[int]]]) -> None:
        self.wanted = sorted({column for groups in candidates.values() for group in groups for column in group})
        self.filled: Counter[int] = Counter()  # rows with a value, by column
        self.numbers: list[int] = []
        self.rows: list[list[Cell]] = []
        self.alone: list[str] = []
        self.sample: list[Sequence[Cell]] = []
        self.blank = list(range(len(sheet.headers)))  # columns in which no value was seen
        self._images = frozenset(column for group in candidates.get("thumbnail", ()) for column in group)
        self._brands = sorted({column for group in candidates.get("brand", ()) for column in group})
        self._names: set[str] = set()  # in the brand columns of rows that have an image
        self._suspects: dict[int, str] = {}  # places of rows that look like totals or notes: the name they would be
        self._last = -1  # place of the last row with an image

    def take(self, number: int, cells: Sequence[Cell]) -> None:
        """Read a row."""
        place, width = len(self.numbers), len(cells)
        row = [cells[column] if column < width else None for column in self.wanted]
        if any(column < width and is_address(cells[column]) for column in self._images):
            suspect = False
        else:
            suspect = is_summary(cells, self._images)
        if suspect:
            first = next(cell for cell in cells if not is_blank(cell))
            self._suspects[place] = cell_text(first).casefold().strip() if is_sum_word(first) else ""
        else:
            for column, cell in zip(self.wanted, row, strict=True):
                if not is_blank(cell):
                    self.filled[column] += 1
            if any(column < width and not is_blank(cells[column]) for column in self._images):
                self._last = place
                self._names.update(
                    cell_text(cells[column]).casefold().strip() for column in self._brands if column < width
                )
            self._look(place, cells)
        self.numbers.append(number)
        self.rows.append(row)
        self.alone.append(_find_alone(cells))

    def _look(self, place: int, cells: Sequence[Cell]) -> None:
        """Keep some rows, and note which columns have values; later rows are only looked at now and then."""
        if len(self.sample) < SAMPLE and (place < SAMPLE // 2 or place % _SPARSE == 0):
            self.sample.append(cells)
        if place < _SPARSE or place % 10 == 0:
            self.blank = [column for column in self.blank if column >= len(cells) or is_blank(cells[column])]

    def find_summaries(self) -> set[int]:
        """Return the places of rows of totals and notes: those that look so, and lone texts below the last image.

        A name that has images elsewhere is a brand, even if it is "Total".
        """
        found = {place for place, name in self._suspects.items() if name not in self._names}
        if self._last >= 0:
            below = range(self._last + 1, len(self.alone))
            found |= {place for place in below if self.alone[place] and self.alone[place].casefold() not in self._names}
        return found


def _describe_unused(
    sheet: Sheet, reading: _Reading, columns: Mapping[str, Sequence[Column]], settings: ReadSettings
) -> list[Notice]:
    """Return notices of the columns that are not used, those first that look like a field that is missing."""
    used = {column.column for chosen in columns.values() for column in chosen}
    missing = [
        field
        for field in SOUGHT
        if all(reading.filled[column.column] * _SCARCE < len(reading.rows) for column in columns.get(field, ()))
    ]
    near = [
        miss
        for miss in find_near_misses(sheet.headers, reading.sample, used, missing)
        if miss.named or miss.field != "brand"
    ]
    further = find_further_posts(sheet.headers, (column.column for column in columns.get("thumbnail", ())))
    notices = []
    if further := [column for column in further if column not in reading.blank]:
        examples = list_examples(sheet.headers[column] for column in further)
        notices.append(Notice("further_posts", {"where": sheet.where, "count": len(further), "examples": examples}))
    taken = used | {miss.column for miss in near} | {*reading.blank, *further}
    unused = [column for column in range(len(sheet.headers)) if column not in taken]
    return notices + describe_columns(sheet.where, sheet.headers, near, unused, settings.columns)


def _as_permalink(cell: Cell) -> Cell:
    """Return the address of the post that Instagram's short code names; other texts as they are."""
    return f"https://www.instagram.com/p/{cell}/" if isinstance(cell, str) and _SHORTCODE.fullmatch(cell) else cell


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
    # pictures beside the first one of a row are kept too
    winners |= {
        column
        for column in columns
        if any(
            isinstance(cell := cells[column.place], LinkedText) and cell.address.startswith(_INSIDE) for cells in rows
        )
    }
    return [column for column in columns if column in winners] or columns[:1]
