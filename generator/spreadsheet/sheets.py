"""The sheet of posts: checks of its file, the choice of the sheet, and the row of its headers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path

from generator.errors import BrandscapeError, SettingsError, SpreadsheetError, suggest_name
from generator.settings import ReadSettings
from generator.spreadsheet.cells import Cell, cell_text, is_blank
from generator.spreadsheet.headers import (
    REQUIRED,
    check_mapping,
    describe_missing,
    find_columns,
    known_fields,
    list_headers,
    normalise_header,
)
from generator.spreadsheet.records import read_json, read_parquet
from generator.spreadsheet.tables import Row, Table
from generator.spreadsheet.text_tables import read_text_table
from generator.spreadsheet.workbooks import read_workbook
from generator.text import clean_line

_WORKBOOKS = (".xlsx", ".xlsm")
_TEXTS = (".csv", ".tsv", ".txt")
_OBJECTS = (".json", ".jsonl", ".ndjson")
_COLUMNAR = ".parquet"
_KNOWN = ".xlsx, .csv, .parquet or .json"

#: The first rows, among which the headers are looked for; there may be a title above them.
_HEADER_ROWS = 10
#: A hundred thousand posts in an export's two thousand columns.
_MOST_CELLS = 200_000_000

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of old Excel files and of encrypted new ones


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table and its headers. `candidates` are the columns for each field, from `headers.find_columns`."""

    name: str  # "" if the format has no sheets
    headers: tuple[str, ...]
    header_row: int
    candidates: Mapping[str, Sequence[Sequence[int]]]
    table: Table

    def rows(self) -> Iterator[Row]:
        """Yield the data rows, (row number, cells), without blank rows and repeated headers."""
        first = next((place for place, header in enumerate(self.headers) if header), 0)
        for number, cells in self.table.rows():
            if number <= self.header_row or all(map(is_blank, cells)):
                continue
            # most rows differ in their first cell, which spares the others
            may_repeat = len(cells) > first and clean_line(cell_text(cells[first])[:200]) == self.headers[first]
            if not (may_repeat and _as_headers(cells) == self.headers):
                yield number, cells


def open_sheet(path: Path, settings: ReadSettings) -> Sheet:
    """Return the sheet called `settings.sheet`, else the first with the required columns; hidden sheets come last.

    `settings.sheet` is ignored for formats without sheets. Raises SpreadsheetError for a file or sheet that cannot be
    used, and SettingsError for a mapping that fits no sheet.
    """
    check_mapping(settings.columns)
    tables = _open_tables(path, settings)
    if settings.sheet is not None and path.suffix.lower() in _WORKBOOKS:
        tables = [_find_named(path, tables, settings.sheet)]
    sheets = [sheet for table in tables if (sheet := _find_header(table, settings)) is not None]
    if not sheets:
        where = f", sheet {settings.sheet}," if settings.sheet and len(tables) == 1 else ""
        raise SpreadsheetError(f"{path.name}{where} is empty.", "It needs a row of headers and a row for each post.")
    for sheet in sheets:
        if sheet.candidates.keys() >= {*REQUIRED, *settings.columns}:
            return sheet
    raise _explain_unusable(path, max(sheets, key=_usefulness), settings)


def _open_tables(path: Path, settings: ReadSettings) -> list[Table]:
    suffix = path.suffix.lower()
    start = _read_start(path)
    if suffix not in (*_WORKBOOKS, *_TEXTS, *_OBJECTS, _COLUMNAR):
        old = " Open it in Excel or LibreOffice and save it as .xlsx." if suffix in (".xls", ".xlsb", ".ods") else ""
        raise SpreadsheetError(f"{path.name} is not a spreadsheet Brandscape reads.", f"It reads {_KNOWN}.{old}")
    if not start:
        raise SpreadsheetError(f"{path.name} is empty (0 bytes).", "Export or save it again.")
    _refuse_disguise(path, suffix, start)
    try:
        if suffix in _WORKBOOKS:
            tables = sorted(read_workbook(path), key=lambda table: table.hidden)
        elif suffix in _TEXTS:
            tables = read_text_table(path, lambda cells: len(known_fields(_as_headers(cells), settings.columns)))
        else:
            tables = read_parquet(path) if suffix == _COLUMNAR else read_json(path)
    except (BrandscapeError, MemoryError):
        raise
    except Exception as error:  # a damaged file makes the parsers raise nearly anything
        raise _explain_damage(path, error) from error
    return [Table(table.name, table.hidden, partial(_guarded_rows, path, table)) for table in tables]


def _guarded_rows(path: Path, table: Table) -> Iterator[Row]:
    read = 0
    try:
        for number, cells in table.rows():
            read += len(cells)
            if read > _MOST_CELLS:
                raise SpreadsheetError(
                    f"{path.name} has more than {_MOST_CELLS:,} cells, which no spreadsheet of posts has.",
                    "Copy the rows and columns of the posts into a new spreadsheet.",
                )
            yield number, cells
    except (BrandscapeError, MemoryError):
        raise
    except Exception as error:  # rows are parsed one by one, so damage shows late
        raise _explain_damage(path, error) from error


def _read_start(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(8192)
    except FileNotFoundError as error:
        hint = suggest_name(path.name, _list_files(path.parent), cutoff=0.7) or "Check its name and folder."
        raise SpreadsheetError(f"There is no file {path}.", hint) from error
    except IsADirectoryError as error:
        raise SpreadsheetError(f"{path} is a folder.", f"Give the spreadsheet in it: {_KNOWN}.") from error
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise SpreadsheetError(f"{path} cannot be opened: {reason}.", "Close other programs that use it.") from error


def _list_files(folder: Path) -> list[str]:
    try:
        return [entry.name for entry in islice(folder.iterdir(), 1000)]
    except (OSError, ValueError):
        return []


def _refuse_disguise(path: Path, suffix: str, start: bytes) -> None:
    """Raise SpreadsheetError if the first bytes of a file do not go with its suffix."""
    if start.startswith(_OLE):
        raise SpreadsheetError(
            f"{path.name} is protected by a password, or an Excel file from before 2007.",
            "Open it in Excel, remove the password, and save it as .xlsx.",
        )
    head = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html", b"<table", b"<?xml", b"<meta")):
        raise SpreadsheetError(
            f"{path.name} is a web page or XML, not a {suffix} file.",
            "Open it in Excel or LibreOffice and save it as .xlsx, or export it again.",
        )
    zipped = start.startswith(b"PK\x03\x04")
    if suffix in _WORKBOOKS and not zipped:
        raise SpreadsheetError(
            f"{path.name} is not an Excel file, though its name says so.",
            "If it is text with separators, rename it to end in .csv; else save it as .xlsx again.",
        )
    if suffix not in _WORKBOOKS and zipped:
        raise SpreadsheetError(
            f"{path.name} is an Excel file or another archive, not a {suffix} file.",
            "If it is an Excel file, rename it to end in .xlsx.",
        )
    if suffix in _TEXTS and start.startswith((b"PAR1", b"\x89PNG", b"\xff\xd8\xff", b"%PDF", b"\x1f\x8b")):
        raise SpreadsheetError(
            f"{path.name} is not a text file, though its name says so.", f"Brandscape reads {_KNOWN}."
        )


def _explain_damage(path: Path, error: BaseException) -> SpreadsheetError:
    reason = " ".join((str(error) or type(error).__name__).split())[:200].rstrip(".")
    return SpreadsheetError(
        f"{path.name} is damaged or not a {path.suffix.lower()} file: {reason}.",
        "Open it in the program that made it and save it again.",
    )


def _find_named(path: Path, tables: Sequence[Table], wanted: str) -> Table:
    for form in (str, lambda name: name.strip().casefold()):
        for table in tables:
            if form(table.name) == form(wanted):
                return table
    hint = suggest_name(wanted, [table.name for table in tables], "Its sheets are")
    raise SpreadsheetError(f"{path.name} has no sheet {wanted}.", hint)


def _as_headers(cells: Sequence[Cell]) -> tuple[str, ...]:
    headers = [clean_line(cell_text(cell)) for cell in cells]
    while headers and not headers[-1]:
        headers.pop()
    return tuple(headers)


def _find_header(table: Table, settings: ReadSettings) -> Sheet | None:
    """Return the table with its row of headers: of its first rows, without blank ones, the one that names most fields.

    If no row names a field, it is the first with two cells or more. Returns None for a blank table.
    """
    filled = (row for row in table.rows() if not all(map(is_blank, row[1])))
    first = [(number, _as_headers(cells)) for number, cells in islice(filled, _HEADER_ROWS)]
    if not first:
        return None
    score = {number: len(known_fields(headers, settings.columns)) for number, headers in first}
    if any(score.values()):
        number, headers = max(first, key=lambda row: (score[row[0]], -row[0]))
    else:
        number, headers = next((row for row in first if sum(map(bool, row[1])) > 1), first[0])
    return Sheet(table.name, headers, number, find_columns(headers, settings.columns), table)


def _usefulness(sheet: Sheet) -> tuple[int, int]:
    return sum(field in sheet.candidates for field in REQUIRED), len(sheet.candidates)


def _explain_unusable(path: Path, sheet: Sheet, settings: ReadSettings) -> BrandscapeError:
    """Return the error for `sheet`, which says what columns it lacks."""
    where = f"{path.name}, sheet {sheet.name}" if sheet.name else path.name
    for field, header in settings.columns.items():
        if field not in sheet.candidates:
            hint = suggest_name(header, sheet.headers, key=normalise_header)
            return SettingsError(
                f"columns: {where} has no column {header} to take the {field} from.",
                hint or f"Its headers are: {list_headers(sheet.headers)}.",
            )
    missing = [field for field in REQUIRED if field not in sheet.candidates]
    what, hint = describe_missing(missing, sheet.headers, settings.columns)
    return SpreadsheetError(f"{where}: no column holds {what}; row {sheet.header_row} was taken for the headers.", hint)
