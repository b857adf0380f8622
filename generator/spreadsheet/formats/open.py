"""Files opened as tables: the choice of the format, and what is said of a file that cannot be used."""

from __future__ import annotations

import errno
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path

from generator.errors import BrandscapeError, SpreadsheetError, suggest_name
from generator.spreadsheet.formats.archives import read_archive
from generator.spreadsheet.formats.instagram_archive import read_instagram_archive
from generator.spreadsheet.formats.json_texts import SCRIPT
from generator.spreadsheet.formats.legacy_workbooks import read_old_workbook
from generator.spreadsheet.formats.markup import read_excel_xml, read_web_page
from generator.spreadsheet.formats.open_documents import read_open_document
from generator.spreadsheet.formats.parquet import read_parquet
from generator.spreadsheet.formats.records import read_json
from generator.spreadsheet.formats.tables import HeaderScore, Row, Table
from generator.spreadsheet.formats.text_tables import is_text, read_text_table
from generator.spreadsheet.formats.texts import TextRepair
from generator.spreadsheet.formats.unpacked import Unpacked
from generator.spreadsheet.formats.workbooks import read_workbook
from generator.spreadsheet.notices import Notice
from generator.spreadsheet.phrases import _, phrase

_KNOWN = ".xlsx, .csv, .parquet, .json, or a .zip of such files"

#: A hundred thousand posts in an export's two thousand columns.
_MOST_CELLS = 200_000_000

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # the container of old Excel files and of encrypted new ones
_BLANK = b"\xef\xbb\xbf \t\r\n"
_JSON = re.compile(rb'(?:\xef\xbb\xbf)?\s*(?:\{\s*["}]|\[\s*[\[{\]])')
_NAME = re.compile(rb'(?:\xef\xbb\xbf)?["\w]')  # how headers begin
#: JSON that is one value, which holds no posts.
_SCALAR = re.compile(rb'(?:\xef\xbb\xbf)?\s*(?:null|true|false|-?\d[\d.eE+-]{0,40}|"(?:[^"\\\r\n]|\\.)*+")\s*')
_PAGE = re.compile(rb"<(?:!doctype html|html|table|meta|head|body|style|div)\b", re.IGNORECASE)
_NO_TABLE = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"%PDF", b"\x1f\x8b", b"{\\rtf", b"SQLite format 3")


#: How the first names begin in the archives that office programs write.
_OFFICE = (b"[Content_Types].xml", b"_rels/", b"docProps/", b"xl/", b"theme/", b"customXml/", b"mimetype", b"word/")


@dataclass(frozen=True, slots=True)
class Format:
    """A format of files: the names that it goes by, how its beginning tells it, and what reads it."""

    label: str
    suffixes: tuple[str, ...]
    begins: Callable[[bytes], object]
    read: Callable[[Path, HeaderScore], list[Table]]


#: Formats that are read. The first that a file's beginning fits is taken, whatever the file is called.
FORMATS = (
    Format(
        _("an archive"),
        (".zip",),
        lambda start: start.startswith((b"PK\x03\x04", b"PK\x05\x06")) and not start[30:].startswith(_OFFICE),
        lambda path, score: read_archive(path, score, open_tables),
    ),
    Format(
        _("an OpenDocument spreadsheet"),
        (".ods", ".ots"),
        lambda start: start.startswith(b"PK\x03\x04") and b"opendocument.spreadsheet" in start[:200],
        lambda path, score: sorted(read_open_document(path), key=lambda table: table.hidden),
    ),
    Format(
        _("an Excel workbook from before 2007"),
        (".xls", ".xlt"),
        lambda start: start.startswith(_OLE),
        lambda path, score: sorted(read_old_workbook(path), key=lambda table: table.hidden),
    ),
    Format(
        _("an Excel workbook"),
        (".xlsx", ".xlsm", ".xltx", ".xltm", ".xlsb"),
        lambda start: start.startswith(b"PK\x03\x04"),
        lambda path, score: sorted(read_workbook(path), key=lambda table: table.hidden),
    ),
    Format(_("Parquet"), (".parquet",), lambda start: start.startswith(b"PAR1"), read_parquet),
    Format(
        _("Excel's XML of 2003"),
        (),
        lambda start: start.lstrip(_BLANK).startswith(b"<?xml") and b"office:spreadsheet" in start,
        lambda path, score: read_excel_xml(path),
    ),
    Format(
        _("a web page"),
        (".html", ".htm"),
        lambda start: start.lstrip(_BLANK).startswith(b"<") and _PAGE.search(start[:2000]),
        read_web_page,
    ),
    Format(_("JSON"), (".json", ".jsonl", ".ndjson", ".json5", ".har"), _JSON.match, read_json),
    Format(_("text with separators"), (".csv", ".tsv", ".txt", ".tab"), is_text, read_text_table),
)
#: Endings of archives that are not opened.
_PACKED = frozenset({".gz", ".xz", ".bz2", ".zst", ".7z", ".rar", ".tar", ".tgz"})
#: What files are called that hold text or markup as often as what their names say.
_MISNAMED = ("",)
_ANY_TEXT = ".txt"


def open_tables(path: Path, header_score: HeaderScore, parts: Sequence[Path] = ()) -> list[Table]:
    """Return the tables of a file, of which `parts` are the others of one download.

    Raises SpreadsheetError for one that cannot be used.
    """
    start = _read_start(path)
    form = _choose_format(path, start)
    try:
        tables = read_archive(path, header_score, open_tables, parts) if parts else form.read(path, header_score)
    except (BrandscapeError, MemoryError):
        raise
    except Exception as error:  # a damaged file makes the parsers raise nearly anything
        raise _explain_damage(path, error) from error
    named = path.suffix.lower() in (*form.suffixes, _ANY_TEXT)
    said = [] if named else [Notice("other_content", {"where": path.name, "kind": phrase(form.label)})]
    return [_guard(path, table, said) for table in tables]


def open_own_archive(folder: Path, files: Sequence[str], header_score: HeaderScore) -> list[Table]:
    """Return the table of an account's own archive in a folder, whose lists are `files`. Raises SpreadsheetError."""
    try:
        table = read_instagram_archive(Unpacked(folder, tuple(files)), header_score)
    except (OSError, ValueError) as error:
        raise SpreadsheetError(
            f"The archive in {folder} cannot be read: {error}.", "Unpack it again, and give its folder."
        ) from error
    return [_guard(folder, table, ())]


def _guard(path: Path, table: Table, said: Sequence[Notice]) -> Table:
    texts = TextRepair(replace(table, rows=partial(_guarded_rows, path, table)), path.name)
    return replace(table, rows=texts.rows, notices=lambda: (*said, *texts.notices()))


def _choose_format(path: Path, start: bytes) -> Format:
    """Return the format of a file. Raises SpreadsheetError if it is none that is read."""
    suffix = path.suffix.lower()
    known = [name for form in FORMATS for name in form.suffixes]
    if suffix not in (*known, *_MISNAMED):
        way = " In Numbers, choose File, Export To, Excel." if suffix == ".numbers" else ""
        way = " Unpack it, and give what is inside." if suffix in _PACKED else way
        raise SpreadsheetError(f"{path.name} is not a spreadsheet Brandscape reads.", f"It reads {_KNOWN}.{way}")
    if not start:
        raise SpreadsheetError(f"{path.name} is empty (0 bytes).", "Export or save it again.")
    own = next((form for form in FORMATS if suffix in form.suffixes), None)
    form = next((form for form in FORMATS if form.begins(start)), None)
    if form is None or start.startswith(_NO_TABLE):
        raise SpreadsheetError(
            f"{path.name} is no spreadsheet, though its name says so.", f"Brandscape reads {_KNOWN}."
        )
    # damaged objects look like text
    if (
        own is not None
        and own.label == "JSON"
        and (_is_script(start) or not _NAME.match(start) or _SCALAR.fullmatch(start))
    ):
        return own
    return form


def _is_script(start: bytes) -> bool:
    """Return whether JSON stands in a script, or in a text of JSON."""
    return SCRIPT.match(start.decode("utf-8", "replace").lstrip("\ufeff")) is not None or start[:2] in (b'"[', b'"{')


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


def _explain_damage(path: Path, error: BaseException) -> SpreadsheetError:
    """Return what is said of a file that cannot be read. Raises MemoryError if that is what was missing."""
    if isinstance(error, OSError) and error.errno == errno.ENOMEM:
        raise MemoryError from error
    reason = " ".join((str(error) or type(error).__name__).split())[:200].rstrip(".")
    return SpreadsheetError(
        f"{path.name} is damaged or not a {path.suffix.lower()} file: {reason}.",
        "Open it in the program that made it and save it again.",
    )
