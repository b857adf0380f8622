"""Parquet read as tables: nested columns as in JSON."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from generator.errors import SpreadsheetError
from generator.spreadsheet.formats.records import tabulate
from generator.spreadsheet.formats.tables import HeaderScore, Table


def read_parquet(path: Path, header_score: HeaderScore) -> list[Table]:
    """Return the one table of a .parquet. Raises SpreadsheetError if pyarrow is not installed."""
    try:
        from pyarrow import parquet
    except ImportError as error:
        raise SpreadsheetError(
            f"{path} cannot be read: reading .parquet needs pyarrow, which is not installed.",
            'Run pip install "brandscape[parquet]", or save the table as .csv or .xlsx.',
        ) from error

    def records() -> Iterator[Any]:
        with parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=1000):
                yield from batch.to_pylist()

    return [tabulate(records, path.name, header_score)]
