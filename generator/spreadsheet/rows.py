"""The rows of a sheet, reduced to the cells of fields; exports have hundreds of further columns."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from generator.settings import ReadSettings
from generator.spreadsheet.header_lists import find_named, list_others
from generator.spreadsheet.headers import (
    FIELDS,
    choose_columns,
    column_letters,
    find_evidence,
    find_further_images,
    find_shortcodes,
    normalise_header,
)
from generator.spreadsheet.image_lists import ImageList
from generator.spreadsheet.known_headers import VIDEOS
from generator.spreadsheet.near_misses import SOUGHT, describe_columns, find_near_misses
from generator.spreadsheet.notices import Notice, list_examples
from generator.spreadsheet.phrases import Value, list_values
from generator.spreadsheet.post_formats import tells_format
from generator.spreadsheet.posts import Remark
from generator.spreadsheet.sheet_reading import SheetReading
from generator.spreadsheet.sheets import Sheet
from generator.spreadsheet.values.cells import Cell, LinkedText, cell_text, is_blank
from generator.spreadsheet.values.image_cells import split_images
from generator.text import clean_line

T = TypeVar("T")

#: A field is missing if fewer than one of so many rows has it.
_SCARCE = 20
#: How the addresses of pictures in a workbook begin.
_INSIDE = ("#xl/", "#Pictures/", "#media/")
#: Fields that are read from one column of several. Other texts beside a caption are fields of their own.
_TOLD_ONCE = tuple(field for field in FIELDS if field not in ("caption", "format"))
#: Headers that a notice names.
_MOST_NAMED = 40
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
    others: tuple[Column, ...] = ()  # columns that may be fields, in the sheet's order
    further: Sequence[ImageList] = ()  # further images, by places in `cells`
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

        They are those of the first cell that has any, pictures that lie over other cells for images, and those of the
        first list of further images that has any. Pictures in the file begin with its name.
        """
        found: list[str] = []
        for column in self.columns.get("thumbnail", ()):
            cell = self.cells[row][column.place]
            if is_blank(cell):
                continue
            if not found or (isinstance(cell, LinkedText) and cell.address.startswith(_INSIDE)):
                found += split_images(cell)
        if len(found) < 2:
            found = self._add_further(found, row)
        name = self.sheet.source.name
        # only of links and pictures an address begins with the sign of a place inside
        return list(dict.fromkeys(f"{name}{text}" if text.startswith(_INSIDE) else text for text in found))

    def _add_further(self, found: list[str], row: int) -> list[str]:
        cells = self.cells[row]
        for images in self.further:
            filled = [cells[place] for place in images.columns if not is_blank(cells[place])]
            listed = [text for cell in filled for text in split_images(cell)]
            if listed and len(more := images.follow(found[0] if found else "", listed)) > len(found):
                return more
        return found

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


def collect_rows(sheet: Sheet, table: int, settings: ReadSettings, named: Collection[str] = ()) -> SheetRows:
    """Read a sheet once and keep only the cells of fields.

    `named` are headers that the settings name as fields. Rows of totals and notes are left out, and hidden ones if the
    settings say so. Notices name both, and the columns that are not used.
    """
    candidates = {**sheet.candidates, **find_evidence(sheet.headers)}
    shortcodes = [] if "permalink" in candidates else find_shortcodes(sheet.headers)
    if shortcodes:
        candidates["permalink"] = [shortcodes]
    pictures = [column for group in candidates.get("thumbnail", ()) for column in group]
    further = find_further_images(sheet.headers, pictures)
    if further:
        candidates["further"] = [list(one.columns) for one in further]
    used = {column for groups in candidates.values() for group in groups for column in group}
    reading = SheetReading(sheet, candidates, list_others(sheet.headers, used, named))
    for number, cells in sheet.rows():
        reading.take(number, cells)
    notices = [
        Notice(
            "other_headers",
            {
                "where": sheet.where,
                "row": number,
                "columns": list_values([name[:60] for name in names if name], _MOST_NAMED),
            },
        )
        for number, names in sheet.others.items()
    ]
    left_out = reading.find_summaries()
    if left_out:
        numbers = [reading.numbers[place] for place in sorted(left_out)]
        examples = list_examples(map(str, numbers))
        notices.append(Notice("summary_rows", {"where": sheet.where, "count": len(numbers), "examples": examples}))
    hidden_numbers = sheet.table.hidden_rows()
    hidden = {place for place, number in enumerate(reading.numbers) if number in hidden_numbers} - left_out
    if hidden:
        code = "hidden_rows" if settings.hidden == "keep" else "skipped_rows"
        values: dict[str, Value] = {"where": sheet.where, "count": len(hidden), "line": 'hidden = "skip"'}
        notices.append(Notice(code, values))
    left_out |= hidden if settings.hidden == "skip" else set()
    kept = [place for place in range(len(reading.numbers)) if place not in left_out]
    rows_kept = [reading.rows[place] for place in kept]
    for column in shortcodes:
        for row in rows_kept:
            row[reading.wanted.index(column)] = _as_permalink(row[reading.wanted.index(column)])
    chosen_columns = choose_columns(candidates, reading.filled)
    if images := chosen_columns.get("thumbnail"):
        images += _find_videos(sheet.headers, candidates["thumbnail"], images, reading.filled)
    columns = {
        field: [Column(sheet.headers[column], column, reading.wanted.index(column)) for column in chosen]
        for field, chosen in chosen_columns.items()
    }
    columns = {
        field: _keep_winners(choice, rows_kept) if field != "format" else choice for field, choice in columns.items()
    }
    columns["format"] = [
        column
        for column in columns.get("format", ())
        if "format" in settings.columns or tells_format(column.header, (row[column.place] for row in rows_kept))
    ]
    further = [one for one in further if any(reading.filled[column] for column in one.columns)]
    columns["further"] = [Column(sheet.headers[column], column, 0) for one in further for column in one.columns]
    others, unused = _find_others(sheet, reading, columns, settings, named)
    notices += unused
    return SheetRows(
        sheet,
        table,
        [reading.numbers[place] for place in kept],
        rows_kept,
        [reading.alone[place] for place in kept],
        {field: chosen for field, chosen in columns.items() if chosen and field in FIELDS},
        {field: chosen for field, chosen in columns.items() if field not in (*FIELDS, "further")},
        tuple(Column(sheet.headers[column], column, reading.wanted.index(column)) for column in others),
        [replace(one, columns=tuple(map(reading.wanted.index, one.columns))) for one in further],
        frozenset(position for position, place in enumerate(kept) if place in hidden),
        tuple(notices),
    )


def _find_others(
    sheet: Sheet,
    reading: SheetReading,
    columns: Mapping[str, Sequence[Column]],
    settings: ReadSettings,
    named: Collection[str],
) -> tuple[list[int], list[Notice]]:
    """Return the columns that may be fields, and notices of columns that are not used.

    Those come first that look like a known field that is missing.
    """
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
    numbers = {column for column, header in enumerate(sheet.headers) if reading.counts_rows(column, header)}
    # the address of a post says all that its short code does
    codes = set(find_shortcodes(sheet.headers)) if "permalink" in columns else set()
    codes -= set(find_named(sheet.headers, named))
    taken = used | {miss.column for miss in near} | {*reading.blank, *numbers, *codes}
    unused = [column for column in range(len(sheet.headers)) if column not in taken]
    # another column for a known field, such as a second date, tells nothing new
    again = {column for field in _TOLD_ONCE for group in sheet.candidates.get(field, ()) for column in group}
    again -= set(find_named(sheet.headers, named))
    others = [column for column in unused if column in reading.wanted and sheet.headers[column] and column not in again]
    unused = [column for column in unused if column not in others]
    return others, describe_columns(sheet.where, sheet.headers, near, unused, settings.columns)


def _find_videos(
    headers: Sequence[str], groups: Sequence[Sequence[int]], images: Sequence[int], filled: Mapping[int, int]
) -> list[int]:
    """Return the columns of videos beside those of images, since a video stands for a post that has no image."""
    known = {normalise_header(name) for name in VIDEOS}
    named = {column for group in groups for column in group if normalise_header(headers[column]) in known}
    return sorted(column for column in named.difference(images) if filled.get(column))


def _as_permalink(cell: Cell) -> Cell:
    """Return the address of the post that Instagram's short code names; other texts as they are."""
    return f"https://www.instagram.com/p/{cell}/" if isinstance(cell, str) and _SHORTCODE.fullmatch(cell) else cell


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
