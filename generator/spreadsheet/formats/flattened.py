"""Tables whose rows hold lists of posts: in columns such as `latestPosts/0/displayUrl`, or as JSON in one cell.

Programs flatten nested records so for CSV and Excel. The records are nested again, and read as those of a .json are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from generator.spreadsheet.formats.json_texts import parse_json
from generator.spreadsheet.formats.post_records import PostRecords
from generator.spreadsheet.formats.record_fields import Names
from generator.spreadsheet.formats.record_shapes import find_posts
from generator.spreadsheet.formats.records import tabulate_posts
from generator.spreadsheet.formats.tables import HeaderScore, Row, Table
from generator.spreadsheet.header_paths import split_path
from generator.spreadsheet.headers import REQUIRED, column_letters, known_fields
from generator.spreadsheet.phrases import Where
from generator.spreadsheet.values.cells import Cell, is_blank

#: Rows that tell whether there are lists of posts.
_SAMPLE = 300
#: How a cell begins that holds records as text.
_RECORDS = ("[{", '{"', "{'")


def take_apart(
    headers: Sequence[str], first: Sequence[Row], last: int, table: Table, header_score: HeaderScore, where: Where
) -> Table | None:
    """Return the table of the posts in a table's rows; None if each row is one post that its columns name.

    Else its brand or image may be in a record in a cell. `first` are its first rows, and `last` is the number of the
    row after which its data begins.
    """
    paths = [tuple(split_path(header)) or (f"column {column_letters(place)}",) for place, header in enumerate(headers)]
    if not any(map(_names_place, paths)) and not any(_holds_records(cell) for _, cells in first for cell in cells):
        return None
    numbers: list[int] = []

    def records() -> Iterator[dict[str, Any]]:
        numbers.clear()
        for number, cells in table.rows():
            if number > last and not all(map(is_blank, cells)):
                numbers.append(number)
                yield _nest(paths, cells)

    names = Names(header_score)
    plan = find_posts(islice(records(), _SAMPLE), names)
    if plan is None or not plan.sure or not (any(plan.posts) or _lacks(headers, header_score)):
        return None

    def hidden() -> set[int]:
        found = table.hidden_rows()
        return {place for place, number in enumerate(numbers) if number in found}

    return tabulate_posts(records, PostRecords(plan, names), where, table, hidden)


def _lacks(headers: Sequence[str], header_score: HeaderScore) -> bool:
    """Return whether no header names the image, or none the brand."""
    return not known_fields(headers, {}) >= set(REQUIRED) and header_score(headers) > 0


def _names_place(path: Sequence[str]) -> bool:
    """Return whether a path leads through a list."""
    return any(part.isdecimal() for part in path[1:])


def _holds_records(cell: Cell) -> bool:
    return isinstance(cell, str) and cell.startswith(_RECORDS)


def _nest(paths: Sequence[tuple[str, ...]], cells: Sequence[Cell]) -> dict[str, Any]:
    """Return a row as a nested record, without its blank cells."""
    record: dict[str, Any] = {}
    for column, (path, cell) in enumerate(zip(paths, cells, strict=False)):
        if is_blank(cell):
            continue
        if not _put(record, path, cell):
            record[f"{'/'.join(path)} ({column_letters(column)})"] = cell
    return {key: _complete(value) for key, value in record.items()}


def _put(record: dict[str, Any], path: Sequence[str], cell: Cell) -> bool:
    """Put a cell to its place; return whether that was free."""
    for part in path[:-1]:
        record = record.setdefault(part, {})
        if not isinstance(record, dict):
            return False
    if path[-1] in record:
        return False
    record[path[-1]] = cell
    return True


def _complete(value: Any) -> Any:
    """Return a value with the records that its texts hold, and lists for objects whose keys are places of a list."""
    if not isinstance(value, dict):
        return _read_records(value) if _holds_records(value) else value
    nested = {key: _complete(entry) for key, entry in value.items()}
    if all(key.isdecimal() for key in nested):
        return [nested[key] for key in sorted(nested, key=lambda key: (len(key), key))]
    return nested


def _read_records(text: str) -> Any:
    """Return the records in a cell, as JSON or as Python writes them; the text as it is if it is neither, or cut."""
    try:
        found = parse_json(text)
    except ValueError:
        return text
    return text if found.broken or len(found.values) != 1 else found.values[0]
