"""Records (.json, .jsonl, .parquet) read as tables: nested objects become columns.

Not by pandas: `json_normalize` keeps lists whole, turns whole numbers beside gaps into fractions, and makes a table as
wide as all records together before its width can be checked.
"""

from __future__ import annotations

import json
import lzma
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from generator.errors import SpreadsheetError
from generator.settings.sizes import format_size
from generator.spreadsheet.formats.tables import Row, Table, read_whole
from generator.spreadsheet.values.cells import Cell, plain_cell

#: Columns of a sheet, and of a table of records.
_MOST_COLUMNS = 16_384
#: Objects within objects that are read.
_MOST_DEPTH = 8
#: Bytes of one post's record, unpacked.
_MOST_UNPACKED = 20_000_000


def read_json(path: Path) -> list[Table]:
    """Return the one table of a .json: a list of objects, alone or within an object, or one object a line.

    Nested objects become columns such as `owner/username`. Only the first entry of a list is read (`images/0`), which
    is the picture that a post shows first.
    """
    data = read_whole(path)
    try:
        content = json.loads(data)
    except json.JSONDecodeError:
        lines = data.decode("utf-8-sig").splitlines()
        content = [json.loads(line) for line in lines if line.strip()]
    records = _find_records(content)
    if records is None:
        raise ValueError("it holds no list of objects")
    return [_record_table(lambda: (_flatten(record) for record in records))]


def read_json_files(paths: Sequence[Path]) -> list[Table]:
    """Return one table of several .json, or packed .json.xz: row n + 2 is of the object in paths[n]."""

    def records() -> Iterator[dict[str, Cell]]:
        for path in paths:
            try:
                content = json.loads(_read_packed(path) if path.suffix == ".xz" else read_whole(path))
            except (lzma.LZMAError, EOFError, ValueError, RecursionError):
                content = None
            yield _flatten(content) if isinstance(content, dict) else {}

    return [_record_table(records)]


def _read_packed(path: Path) -> bytes:
    with lzma.open(path) as file:
        data = file.read(_MOST_UNPACKED + 1)
    if len(data) > _MOST_UNPACKED:
        raise ValueError(f"it unpacks to more than {format_size(_MOST_UNPACKED)}")
    return data


def _find_records(content: object) -> list[dict[str, Any]] | None:
    inside = content.values() if isinstance(content, dict) else ()
    for candidate in (content, *inside):
        if isinstance(candidate, list) and any(isinstance(record, dict) for record in candidate):
            return [record if isinstance(record, dict) else {} for record in candidate]
    return None


def read_parquet(path: Path) -> list[Table]:
    """Return the one table of a .parquet. Raises SpreadsheetError if pyarrow is not installed."""
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
            if depth < _MOST_DEPTH:
                flat.update(_flatten(value, f"{name}/", depth + 1))
        else:
            flat[name] = plain_cell(value)
    return flat
