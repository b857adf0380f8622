"""Tables written as JSON: rows as lists, or columns as objects or lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from generator.spreadsheet.formats.record_fields import MOST_COLUMNS, is_image
from generator.spreadsheet.formats.tables import HeaderScore
from generator.spreadsheet.values.cells import Cell, plain_cell

#: Keys of the names of columns beside the rows, as pandas' `to_json(orient="split")` and Google's API write them.
_HEADERS = ("columns", "headers", "header", "fields", "cols")


def find_grid(roots: Sequence[Any]) -> list[list[Cell]] | None:
    """Return the rows of a table whose rows are lists of plain values, the headers first; None for other records."""
    rows: Any = roots
    headers: Any = None
    if len(roots) == 1 and (google := _read_google(roots[0])) is not None:
        headers, rows = google
    elif len(roots) == 1 and isinstance(roots[0], dict):
        rows = next((value for value in roots[0].values() if _is_grid(value)), None)
        headers = next((roots[0][key] for key in _HEADERS if isinstance(roots[0].get(key), list)), None)
    if not _is_grid(rows):
        return None
    if headers is not None:
        rows = [[one.get("name") if isinstance(one, dict) else one for one in headers], *rows]
    return [[plain_cell(cell) for cell in row[:MOST_COLUMNS]] for row in rows]


def _read_google(root: Any) -> tuple[list[Any], list[Any]] | None:
    """Return headers and rows of a table of Google's visualisation API, as the address of a sheet gives it.

    https://developers.google.com/chart/interactive/docs/reference#dataparam
    """
    table = root.get("table", root) if isinstance(root, dict) else None
    columns, rows = (table.get("cols"), table.get("rows")) if isinstance(table, dict) else (None, None)
    if not isinstance(columns, list) or not isinstance(rows, list) or not all(isinstance(one, dict) for one in columns):
        return None
    cells = [row.get("c") if isinstance(row, dict) else None for row in rows]
    if not all(isinstance(row, list) for row in cells):
        return None
    values = [[cell.get("v") if isinstance(cell, dict) else cell for cell in row or ()] for row in cells]
    return [column.get("label") or column.get("id") for column in columns], values


def _is_grid(rows: Any) -> bool:
    return (
        isinstance(rows, list)
        and len(rows) > 0
        and all(isinstance(row, list) and not any(isinstance(cell, dict | list) for cell in row) for row in rows)
        and any(len(row) > 1 for row in rows)
    )


def find_transposed(roots: Sequence[Any], header_score: HeaderScore) -> list[dict[str, Any]] | None:
    """Return the records of an object that has an object or list for each column, as pandas' `to_json` writes it.

    None for other records. https://pandas.pydata.org/docs/reference/api/pandas.DataFrame.to_json.html
    """
    if len(roots) != 1 or not isinstance(roots[0], dict) or not 1 < len(roots[0]) <= MOST_COLUMNS:
        return None
    columns: Mapping[str, Any] = roots[0]
    first = next(iter(columns.values()))
    kind = dict if isinstance(first, dict) else list
    if not first or not all(isinstance(column, kind) and len(column) == len(first) for column in columns.values()):
        return None
    if any(isinstance(value, dict) for column in columns.values() for value in _values(column)):
        return None
    if header_score(list(columns)) < 2 or any(map(is_image, columns)):
        return None
    if kind is list:
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    return [{name: column.get(key) for name, column in columns.items()} for key in first]


def _values(column: Any) -> Sequence[Any]:
    return list(column.values() if isinstance(column, dict) else column)[:100]
