"""Files to tables of plain cells: .xlsx, .csv, .json and .parquet, row by row."""

from __future__ import annotations

import codecs
import csv
import io
import json
import math
import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import IO, Any
from xml.parsers import expat

from generator.errors import SpreadsheetError
from generator.settings.sizes import format_size
from generator.spreadsheet.cells import Cell

Row = tuple[int, Sequence[Cell]]

#: A row's likeness to a header: how many fields it names.
HeaderScore = Callable[[Sequence[Cell]], int]

_EXCEL_ROWS = 1_048_576
_EXCEL_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#GETTING_DATA"})
_ESCAPED_CONTROL = re.compile("_x00([01][0-9A-Fa-f])_")
_MERGED = re.compile(rb'<(?:\w{1,20}:)?mergeCell\s[^>]{0,100}?ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
#: The longest text that `_MERGED` finds.
_MERGED_LENGTH = 200
#: Merged cells that count; a sheet made by people has a few, one made to keep a program busy has a million.
_MOST_MERGED = 10_000

#: A workbook is read into memory packed; so is a .json, as it is.
_MOST_BYTES = 500_000_000
#: What may come of a workbook: sheets are unpacked row by row, texts that cells share and all the rest at once.
_MOST_SHEETS, _MOST_TEXTS, _MOST_REST = 4_000_000_000, 250_000_000, 50_000_000
#: Columns of a sheet, and of a table of objects.
_MOST_COLUMNS = 16_384

_DELIMITERS = ",;\t|"
_SAMPLE = 1 << 16
_LONGEST_FIELD = 10_000_000


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a file. `rows()` reads it from the start: (row number, cells), the first row being 1.

    Row numbers are those a spreadsheet shows. In a .csv each record counts one, however many
    lines a quoted text spans, and so does each blank line: as it shows when opened in a spreadsheet. Records of
    .json and .parquet count from 2, as under a header.
    """

    name: str  # the sheet's; "" where the format has none
    hidden: bool
    rows: Callable[[], Iterator[Row]]


def read_workbook(path: Path) -> list[Table]:
    """The sheets of an .xlsx: values, not formulas; a merged cell's value counts for each row it spans."""
    from openpyxl import load_workbook

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and validations that are not read
        # unpacks rows as they are asked for; from memory, so that the file is free for other programs
        data = _read_whole(path)
        _refuse_bomb(data)
        workbook = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    return [
        Table(sheet.title, sheet.sheet_state != "visible", partial(_sheet_rows, data, sheet))
        for sheet in workbook.worksheets
        if hasattr(sheet, "reset_dimensions")  # a sheet of cells, not a chart
    ]


def _read_whole(path: Path) -> bytes:
    """A file's bytes. Raises ValueError where they are too many to hold."""
    if path.stat().st_size > _MOST_BYTES:
        raise ValueError(f"it is larger than {format_size(_MOST_BYTES)}")
    return path.read_bytes()


def _refuse_bomb(data: bytes) -> None:
    """Raises ValueError for a workbook that unpacks to more than a workbook can hold, or defines entities.

    zipfile unpacks no more of a part than it claims, and no program that writes workbooks defines entities, with
    which a few lines stand for any number.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        sizes: Counter[str] = Counter()
        for part in archive.infolist():
            name = part.filename.lower()
            kind = "sheets" if "worksheets/" in name else "texts" if "sharedstrings" in name else "rest"
            sizes[kind] += part.file_size if kind != "rest" or name.endswith((".xml", ".rels")) else 0
        for kind, most in (("sheets", _MOST_SHEETS), ("texts", _MOST_TEXTS), ("rest", _MOST_REST)):
            if sizes[kind] > most:
                raise ValueError(
                    f"it claims to hold {format_size(sizes[kind])} unpacked, more than {format_size(most)}"
                )
        for part in archive.infolist():
            if part.filename.lower().endswith((".xml", ".rels")):
                with archive.open(part) as stream:
                    _refuse_entities(stream)


def _refuse_entities(stream: IO[bytes]) -> None:
    """Raises ValueError where what comes before an XML document's first element defines its type."""
    parser = expat.ParserCreate()
    begun: list[str] = []

    def refuse(*declaration: object) -> None:
        raise ValueError("its XML defines a document type, which no spreadsheet program writes")

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda name, attributes: begun.append(name)
    with suppress(expat.ExpatError):  # damage is told where the part is read
        while not begun and (chunk := stream.read(512)):
            parser.Parse(chunk, False)


def _sheet_rows(data: bytes, sheet: Any) -> Iterator[Row]:
    spans = _merged_columns(data, sheet)
    held: dict[int, tuple[int, Cell]] = {}  # column -> last row of the merged cell it is in, and its value
    sheet.reset_dimensions()  # many programs write wrong ones
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for number, values in enumerate(sheet.iter_rows(values_only=True), 1):
            if number > _EXCEL_ROWS:
                raise ValueError("more rows than a sheet can have")
            cells = [_excel_cell(value) for value in values]
            for column, last in spans.get(number, ()):
                held[column] = last, cells[column] if column < len(cells) else None
            for column, (last, value) in list(held.items()):
                if last < number:
                    del held[column]
                    continue
                cells += [None] * (column + 1 - len(cells))
                cells[column] = value
            yield number, cells


def _merged_columns(data: bytes, sheet: Any) -> dict[int, list[tuple[int, int]]]:
    """Cells merged over several rows: first row -> (column, last row). openpyxl reads no merged cells row by row."""
    from openpyxl.utils import column_index_from_string

    inside = getattr(sheet, "_worksheet_path", None)
    found: dict[int, list[tuple[int, int]]] = {}
    if inside is None:
        return found
    with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open(inside) as stream:
        tail, count = b"", 0
        while chunk := stream.read(1 << 20):
            text = tail + chunk
            for left, top, _, bottom in _MERGED.findall(text):
                count += 1
                if int(bottom) > int(top) and count <= _MOST_MERGED:
                    found.setdefault(int(top), []).append((column_index_from_string(left.decode()) - 1, int(bottom)))
            # what may be the beginning of another
            rest = text[-_MERGED_LENGTH:]
            tail = rest[rest.rfind(b"<") :] if b"<" in rest else b""
    return found


def _excel_cell(value: object) -> Cell:
    if isinstance(value, str):
        if value in _EXCEL_ERRORS:
            return None
        return _ESCAPED_CONTROL.sub(lambda found: chr(int(found[1], 16)), value) if "_x00" in value else value
    return plain_cell(value)


def read_text_table(path: Path, header_score: HeaderScore) -> list[Table]:
    """The one table of a .csv, whatever its encoding and delimiter; `header_score` tells likely headers."""
    encoding, errors = _detect_encoding(path)
    with path.open(encoding=encoding, errors=errors, newline="") as file:
        sample = file.read(_SAMPLE)
    hint = re.match(r"sep=(.)\r?\n", sample, re.IGNORECASE)  # written for Excel, which does not show it
    delimiter = hint[1] if hint else _detect_delimiter(sample, header_score)

    def rows() -> Iterator[Row]:
        csv.field_size_limit(_LONGEST_FIELD)
        with path.open(encoding=encoding, errors=errors, newline="") as file:
            if hint:
                file.readline()
            yield from enumerate(csv.reader(file, delimiter=delimiter), 1)

    return [Table("", False, rows)]


def _detect_encoding(path: Path) -> tuple[str, str]:
    """(encoding, how to treat bytes that do not fit): by its mark, else UTF-8 where that fits, else Windows'."""
    with path.open("rb") as file:
        start = file.read(4096)
        if start.startswith(codecs.BOM_UTF8):
            return "utf-8-sig", "replace"
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16", "replace"
        for encoding, zeros in (("utf-16-le", start[1::2]), ("utf-16-be", start[::2])):
            if zeros.count(0) > len(start) // 4:
                return encoding, "replace"
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        file.seek(0)
        fitting = faulty = 0
        while chunk := file.read(1 << 20):
            text = decoder.decode(chunk)
            wrong = text.count("\ufffd")
            faulty += wrong
            fitting += 0 if text.isascii() else len(text) - wrong - len(text.encode("ascii", "ignore"))
    # a few bad bytes among many good ones are a damaged UTF-8 file, not another encoding
    return ("utf-8", "replace") if fitting >= 10 * faulty else ("cp1252", "replace")


def _detect_delimiter(sample: str, header_score: HeaderScore) -> str:
    """The delimiter with which one of the first rows names most fields, or with which rows are most alike and wide."""
    best, best_score = _DELIMITERS[0], (0, 0.0)
    for delimiter in _DELIMITERS:
        try:
            rows = [row for row in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter) if row][:50]
        except csv.Error:
            continue
        widths = [len(row) for row in rows]
        usual = max(set(widths), key=lambda width: (widths.count(width), width), default=1)
        alike = widths.count(usual) / len(widths) * (usual - 1) if widths else 0.0
        score = max((header_score(row) for row in rows[:10]), default=0), alike
        if score > best_score:
            best, best_score = delimiter, score
    return best


def read_json(path: Path) -> list[Table]:
    """The one table of a .json: a list of objects, alone or in an object (`{"data": […]}`), or one object a line.

    Objects within objects become columns like `owner/username`; of a list the first entry counts
    (`images/0`), which is the picture a post shows first.
    """
    data = _read_whole(path)
    try:
        content = json.loads(data)
    except json.JSONDecodeError:
        lines = data.decode("utf-8-sig").splitlines()
        content = [json.loads(line) for line in lines if line.strip()]
    records = _find_records(content)
    if records is None:
        raise ValueError("it holds no list of objects")
    return [_record_table(lambda: (_flatten(record) for record in records))]


def _find_records(content: object) -> list[dict[str, Any]] | None:
    inside = content.values() if isinstance(content, dict) else ()
    for candidate in (content, *inside):
        if isinstance(candidate, list) and any(isinstance(record, dict) for record in candidate):
            return [record if isinstance(record, dict) else {} for record in candidate]
    return None


def read_parquet(path: Path) -> list[Table]:
    """The one table of a .parquet. Raises SpreadsheetError where pyarrow is not installed."""
    try:
        from pyarrow import parquet
    except ImportError as error:
        raise SpreadsheetError(
            f"{path} cannot be read: reading .parquet needs pyarrow, which is not installed.",
            'Run pip install "brandscape[parquet]", or save the table as .csv or .xlsx.',
        ) from error

    def records() -> Iterator[dict[str, Cell]]:
        with parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=1000):
                yield from map(_flatten, batch.to_pylist())

    return [_record_table(records)]


def _record_table(records: Callable[[], Iterator[dict[str, Cell]]]) -> Table:
    def rows() -> Iterator[Row]:
        names: dict[str, None] = {}
        for record in records():
            names.update(dict.fromkeys(record))
            if len(names) > _MOST_COLUMNS:
                raise ValueError(f"its objects have more than {_MOST_COLUMNS:,} different fields")
        if names:
            yield 1, list(names)
        for number, record in enumerate(records(), 2):
            yield number, [record.get(name) for name in names]

    return Table("", False, rows)


def _flatten(record: Mapping[str, Any], prefix: str = "", depth: int = 0) -> dict[str, Cell]:
    flat: dict[str, Cell] = {}
    for key, value in record.items():
        name = f"{prefix}{key}"
        if isinstance(value, list):
            value = {"0": value[0]} if value else None
        if isinstance(value, dict):
            if depth < 8:
                flat.update(_flatten(value, f"{name}/", depth + 1))
        else:
            flat[name] = plain_cell(value)
    return flat


def plain_cell(value: object) -> Cell:
    """Any library's value as plain Python; times of the day and other odd things become text."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime):
        if type(value) is datetime:
            return value
        moment = datetime(value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond)
        return moment.replace(tzinfo=value.tzinfo) if value == value else None  # pandas' "not a time" is not itself
    if isinstance(value, date):
        return value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value.isoformat() if isinstance(value, time) else str(value)
