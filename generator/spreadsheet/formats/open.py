"""Files opened as tables: the choice of the format, and what is said of a file that cannot be used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path

from generator.errors import BrandscapeError, SpreadsheetError, suggest_name
from generator.spreadsheet.formats.records import read_json, read_parquet
from generator.spreadsheet.formats.tables import HeaderScore, Row, Table
from generator.spreadsheet.formats.text_tables import read_text_table
from generator.spreadsheet.formats.workbooks import read_workbook

_WORKBOOKS = (".xlsx", ".xlsm")
_TEXTS = (".csv", ".tsv", ".txt")
_OBJECTS = (".json", ".jsonl", ".ndjson")
_COLUMNAR = ".parquet"
_KNOWN = ".xlsx, .csv, .parquet or .json"

#: A hundred thousand posts in an export's two thousand columns.
_MOST_CELLS = 200_000_000

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of old Excel files and of encrypted new ones


def open_tables(path: Path, header_score: HeaderScore) -> list[Table]:
    """Return the tables of a file. Raises SpreadsheetError for one that cannot be used."""
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
            tables = read_text_table(path, header_score)
        else:
            tables = read_parquet(path) if suffix == _COLUMNAR else read_json(path)
    except (BrandscapeError, MemoryError):
        raise
    except Exception as error:  # a damaged file makes the parsers raise nearly anything
        raise _explain_damage(path, error) from error
    return [replace(table, rows=partial(_guarded_rows, path, table)) for table in tables]


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
