"""The sheets of posts in a file: which of its tables are read, and the row of headers of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from generator.errors import BrandscapeError, SettingsError, SpreadsheetError, suggest_name
from generator.settings import ReadSettings
from generator.spreadsheet.date_parts import find_date_parts, join_dates
from generator.spreadsheet.formats.flattened import take_apart
from generator.spreadsheet.formats.tables import HeaderScore, Row, Table
from generator.spreadsheet.header_rows import MOST_ROWS, HeaderRows, as_headers, find_header_rows
from generator.spreadsheet.headers import (
    check_mapping,
    column_letters,
    describe_missing,
    find_columns,
    known_fields,
    list_headers,
    normalise_header,
)
from generator.spreadsheet.near_misses import SAMPLE, find_near_misses
from generator.spreadsheet.notices import Notice
from generator.spreadsheet.other_headers import find_order, may_be_headers
from generator.spreadsheet.phrases import FIELD_LABELS, Phrase, Where, _, name_sheet, phrase
from generator.spreadsheet.source_tables import open_source
from generator.spreadsheet.sources import Source
from generator.spreadsheet.table_shapes import names_fields_below_each_other, straighten
from generator.spreadsheet.values.cells import is_blank

#: Sheets of a file that are looked at, and columns of a sheet, of which Excel has no more.
_MOST_SHEETS, _MOST_COLUMNS = 1_000, 16_384


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table and its headers. `candidates` are the columns for each field, from `headers.find_columns`."""

    source: Source
    headers: tuple[str, ...]
    header_rows: HeaderRows
    candidates: Mapping[str, Sequence[Sequence[int]]]
    table: Table
    others: dict[int, Sequence[str]] = field(default_factory=dict)  # row of other headers -> those that have no column

    @property
    def header_row(self) -> int:
        """The number of the row of headers."""
        return self.header_rows.number

    @property
    def name(self) -> str:
        """The sheet's name, "" if the format has no sheets."""
        return self.table.name

    @property
    def where(self) -> Where:
        """What messages call it."""
        return name_sheet(self.source.name, self.name)

    def rows(self) -> Iterator[Row]:
        """Yield the data rows, (row number, cells), without blank rows and repeated headers.

        Below other headers, as where two exports were put together, cells are in the order of the first ones.
        """
        # most rows differ from the headers in their first cell, which spares the others
        repeated = {tuple(map(normalise_header, row)) for row in self.header_rows.rows}
        firsts = [next((place, name) for place, name in enumerate(row) if name) for row in repeated if any(row)]
        order: Sequence[int | None] | None = None
        begun = False
        for number, cells in self.table.rows():
            begun = begun or number > self.header_rows.last
            if not begun or all(map(is_blank, cells)):
                continue
            if any(
                len(cells) > place and isinstance(cell := cells[place], str) and normalise_header(cell[:200]) == name
                for place, name in firsts
            ) and (tuple(map(normalise_header, as_headers(cells))) in repeated):
                order = None
                continue
            if may_be_headers(cells) and (again := find_order(cells, self.headers, self.candidates)) is not None:
                order = again.places
                self.others.update({number: again.unknown} if again.unknown else {})
                continue
            if order is not None:
                cells = [cells[at] if at is not None and at < len(cells) else None for at in order]
            yield number, cells


def open_sheets(source: Source, settings: ReadSettings) -> tuple[list[Sheet], list[Notice]]:
    """Return the sheets of a file that hold posts, and a notice for each that is not read.

    A sheet holds posts if it has the columns that `settings` name and one for the image; the brand may come from
    elsewhere. Hidden sheets are read only if no other holds posts. With `settings.sheet` that sheet alone is read;
    formats without sheets ignore it. Raises SpreadsheetError for a file or sheet that cannot be used, and SettingsError
    for a mapping that fits no sheet.
    """
    check_mapping(settings.columns)
    tables = open_source(source, _score(settings), settings)
    if len(tables) > _MOST_SHEETS:
        raise SpreadsheetError(
            f"{source.name} has {len(tables):,} sheets, more than {_MOST_SHEETS:,}.",
            "Copy the sheets that hold posts into a file of their own.",
        )
    if settings.sheet is not None and any(table.name for table in tables):
        tables = [_find_named(source, tables, settings.sheet)]
    sheets = [sheet for table in tables if (sheet := _find_header(source, table, settings)) is not None]
    if not sheets and (others := _name_others(tables)):
        raise SpreadsheetError(f"{source.name} holds {others}, and no posts.", "Add files that hold posts.")
    if not sheets:
        where = f", sheet {settings.sheet}," if settings.sheet and len(tables) == 1 else ""
        raise SpreadsheetError(f"{source.name}{where} is empty.", "It needs a row of headers and a row for each post.")
    fitting = [sheet for sheet in sheets if sheet.candidates.keys() >= {"thumbnail", *settings.columns}]
    chosen = [sheet for sheet in fitting if not sheet.table.hidden] or fitting
    if not chosen:
        raise explain_unusable(max(sheets, key=_usefulness), settings)
    notices = [
        Notice("unread_table", {"where": sheet.where, "why": _explain_unread(sheet, sheet in fitting, settings)})
        for sheet in sheets
        if sheet not in chosen
    ]
    return chosen, notices


def _score(settings: ReadSettings) -> HeaderScore:
    return lambda cells: len(known_fields(as_headers(cells), settings.columns))


def _name_others(tables: Sequence[Table]) -> str:
    """Return what blank tables were left without, such as stories."""
    notices = [notice for table in tables for notice in table.notices()]
    return ", ".join(str(notice.values["names"]) for notice in notices if notice.code == "unread_lists")


def _explain_unread(sheet: Sheet, fits: bool, settings: ReadSettings) -> Phrase:
    if fits:
        return phrase(_("it is hidden"))
    missing = sorted({"thumbnail", *settings.columns} - sheet.candidates.keys())
    return phrase(_("it has no column for: %(fields)s"), fields=tuple(phrase(FIELD_LABELS[field]) for field in missing))


def _find_named(source: Source, tables: Sequence[Table], wanted: str) -> Table:
    for form in (str, lambda name: name.strip().casefold()):
        for table in tables:
            if form(table.name) == form(wanted):
                return table
    hint = suggest_name(wanted, [table.name for table in tables], "Its sheets are")
    raise SpreadsheetError(f"{source.name} has no sheet {wanted}.", hint)


def _find_header(source: Source, table: Table, settings: ReadSettings) -> Sheet | None:
    """Return the table with its rows of headers; None if it is blank."""
    filled = (row for row in table.rows() if not all(map(is_blank, row[1])))
    first = list(islice(filled, MOST_ROWS))
    if not first:
        return None
    where = name_sheet(source.name, table.name)
    if max(len(cells) for _, cells in first) > _MOST_COLUMNS:
        raise SpreadsheetError(
            f"{where} has more than {_MOST_COLUMNS:,} columns, which no spreadsheet of posts has.",
            "Copy the columns of the posts into a new spreadsheet, or look for a row that lost its quotation marks.",
        )
    straight = straighten(table, where, first, settings.columns)
    if straight is not table:
        table = straight
        first = list(islice((row for row in table.rows() if not all(map(is_blank, row[1]))), MOST_ROWS))
    found = find_header_rows(first, settings.columns)
    nested = take_apart(found.headers, first, found.last, table, _score(settings), where)
    if nested is not None:
        found, table = find_header_rows(list(islice(nested.rows(), 1)), settings.columns), nested
    pictures = table.pictures()
    headers = _name_pictures(found.headers, pictures)
    candidates = find_columns(headers, settings.columns)
    if parts := find_date_parts(headers, candidates.get("published", ())):
        table, headers = join_dates(table, headers, parts)
        candidates = {**find_columns(headers, settings.columns), "published": [[parts["year"]]]}
    candidates = _add_pictures(candidates, pictures, settings.columns)
    if names_fields_below_each_other(first, settings.columns):  # a list of what columns mean
        candidates = {}
    return Sheet(source, headers, found, candidates, table)


def _name_pictures(headers: Sequence[str], pictures: Sequence[int]) -> tuple[str, ...]:
    """Return the headers, with names for columns that have none and hold pictures."""
    named = [*headers, *[""] * (max(pictures, default=-1) + 1 - len(headers))]
    for column in pictures:
        named[column] = named[column] or f"{column_letters(column)} (pictures)"
    return tuple(named)


def _add_pictures(
    candidates: dict[str, list[list[int]]], pictures: Sequence[int], mapping: Mapping[str, str]
) -> dict[str, list[list[int]]]:
    """Return the columns for each field, with those in which pictures lie after the others for the image."""
    others = {
        column for field, groups in candidates.items() if field != "thumbnail" for group in groups for column in group
    }
    free = [column for column in pictures if column not in others]
    if not free or "thumbnail" in mapping:
        return candidates
    groups = candidates.get("thumbnail", [])
    place = next((place for place, group in enumerate(groups) if set(group) & set(free)), len(groups))
    shared = [*groups[place], *free] if place < len(groups) else free
    return {**candidates, "thumbnail": [*groups[:place], list(dict.fromkeys(shared)), *groups[place + 1 :]]}


def _usefulness(sheet: Sheet) -> tuple[int, int]:
    return sum(field in sheet.candidates for field in ("brand", "thumbnail")), len(sheet.candidates)


def explain_unusable(sheet: Sheet, settings: ReadSettings) -> BrandscapeError:
    """Return the error for `sheet`, which says what columns it lacks."""
    for name, header in settings.columns.items():
        if name not in sheet.candidates:
            hint = suggest_name(header, sheet.headers, key=normalise_header)
            return SettingsError(
                f"columns: {sheet.where} has no column {header} to take the {name} from.",
                hint or f"Its headers are: {list_headers(sheet.headers)}.",
            )
    needed = ("thumbnail",) if settings.brand else ("brand", "thumbnail")
    missing = [name for name in needed if name not in sheet.candidates]
    used = {column for groups in sheet.candidates.values() for group in groups for column in group}
    sample = [cells for _, cells in islice(sheet.rows(), SAMPLE)]
    near = find_near_misses(sheet.headers, sample, used, missing)
    likely = {miss.field: sheet.headers[miss.column] for miss in near if miss.column < len(sheet.headers)}
    what, hint = describe_missing(missing, sheet.headers, settings.columns, likely)
    return SpreadsheetError(
        f"{sheet.where}: no column holds {what}; row {sheet.header_row} was taken for the headers.", hint
    )
