"""Records (.json, .jsonl) read as tables: a row for each post, nested objects as columns.

Not by pandas: `json_normalize` keeps lists whole, turns whole numbers beside gaps into fractions, and makes a table as
wide as all records together before its width can be checked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from generator.spreadsheet.formats.json_texts import read_json_text
from generator.spreadsheet.formats.network_logs import find_answers
from generator.spreadsheet.formats.post_records import PERMALINK, PostRecords
from generator.spreadsheet.formats.record_fields import MOST_COLUMNS, Names
from generator.spreadsheet.formats.record_grids import find_grid, find_transposed
from generator.spreadsheet.formats.record_shapes import find_posts
from generator.spreadsheet.formats.tables import HeaderScore, Row, Table
from generator.spreadsheet.notices import Notice, list_examples
from generator.spreadsheet.phrases import Where, list_values
from generator.spreadsheet.values.cells import Cell, is_blank

_NO_TABLE = Table("", False, lambda: iter(()))


def read_json(path: Path, header_score: HeaderScore) -> list[Table]:
    """Return the one table of a .json: the posts in it, wherever they lie (see `record_shapes`).

    Of a browser's log (.har) the answers are read. Nested objects become columns such as `owner/username`, and what
    surrounds a list of posts becomes columns such as `profile/username`. Only the first entry of other lists is
    read (`hashtags/0`). The image's cell holds all pictures of a post, as a list in JSON. Raises ValueError for
    what is no JSON, and for JSON without records.
    """
    text = read_json_text(path, header_score)
    values = find_answers(text.values[0]) if len(text.values) == 1 else None
    if values is not None:
        return [make_table(values, path.name, header_score)]
    roots = text.values[0] if len(text.values) == 1 and isinstance(text.values[0], list) else text.values
    notices = []
    if text.broken:
        lines = list_examples(map(str, text.broken))
        notices.append(Notice("broken_records", {"where": path.name, "count": len(text.broken), "lines": lines}))
    if text.repeated:
        notices.append(Notice("repeated_fields", {"where": path.name, "count": text.repeated}))
    return [replace_notices(make_table(roots, path.name, header_score), notices)]


def make_table(roots: Sequence[Any], where: Where, header_score: HeaderScore) -> Table:
    """Return the table of the posts in records. Raises ValueError if there are no records."""
    if (grid := find_grid(roots)) is not None:
        return Table("", False, lambda: iter(list(enumerate(grid, 1))))
    if (transposed := find_transposed(roots, header_score)) is not None:
        roots = transposed
    return tabulate(lambda: roots, where, header_score)


def tabulate(records: Callable[[], Iterable[Any]], where: Where, header_score: HeaderScore) -> Table:
    """Return the table of the posts in records that are read one after another.

    Raises ValueError if there are none.
    """
    names = Names(header_score)
    plan = find_posts(records(), names)
    if plan is None:
        raise ValueError("it holds no list of objects")
    return tabulate_posts(records, PostRecords(plan, names), where)


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows while they wait for the columns of all: their names, which most share, and their values."""

    columns: dict[str, None]
    rows: list[tuple[tuple[str, ...], list[Cell]]]
    origins: list[int]  # of each row the place of its record at the top


def tabulate_posts(
    records: Callable[[], Iterable[Any]],
    posts: PostRecords,
    where: Where,
    source: Table = _NO_TABLE,
    hidden: Callable[[], Set[int]] = frozenset,
) -> Table:
    """Return the table of the posts in records, which may be the rows of the table `source`.

    `hidden` returns the places of records whose posts are hidden, once all were read.
    """
    read: list[_Rows] = []

    def rows() -> Iterator[Row]:
        if not read:
            read.append(_read_rows(records(), posts))
        if read[0].columns:
            yield 1, list(read[0].columns)
            yield from _fill_rows(read[0], posts)

    def hidden_rows() -> Set[int]:
        places = hidden()
        return {number for rows in read for number, place in enumerate(rows.origins, 2) if place in places}

    return replace(
        source,
        rows=rows,
        hidden_rows=hidden_rows,
        notices=lambda: (*source.notices(), *_tell_unread(posts, where)),
    )


def _read_rows(records: Iterable[Any], posts: PostRecords) -> _Rows:
    """Return the rows of all records. Raises ValueError if they have too many columns."""
    read = _Rows({}, [], [])
    known: dict[tuple[str, ...], tuple[str, ...]] = {}
    for place, root in enumerate(records):
        posts.count_unread(root)
        for record in posts.take(root):
            names = tuple(record)
            if names not in known:
                known[names] = names
                read.columns.update(dict.fromkeys(names))
                if len(read.columns) > MOST_COLUMNS:
                    raise ValueError(f"its objects have more than {MOST_COLUMNS:,} different fields")
            read.rows.append((known[names], list(record.values())))
            read.origins.append(place)
    return read


def _fill_rows(read: _Rows, posts: PostRecords) -> Iterator[Row]:
    """Yield the rows as wide as all columns; if some have a made address, that of the others is beside it."""
    places = {name: place for place, name in enumerate(read.columns)}
    address = places.get(PERMALINK)
    last: tuple[str, ...] = ()
    targets: list[int] = []
    links: list[int] = []
    for number, (names, values) in enumerate(read.rows, 2):
        if names is not last:
            last, targets = names, [places[name] for name in names]
            links = [places[name] for name in posts.names.layout(names).get("permalink", ())]
        cells: list[Cell] = [None] * len(places)
        for place, value in zip(targets, values, strict=True):
            cells[place] = value
        if address is not None and not cells[address]:
            cells[address] = next((cells[place] for place in links if not is_blank(cells[place])), None)
        yield number, cells


def _tell_unread(posts: PostRecords, where: Where) -> Iterator[Notice]:
    if posts.empty:
        count, examples = posts.empty.total(), list_examples(posts.empty)
        yield Notice("empty_accounts", {"where": where, "count": count, "examples": examples})
    if unread := {name: count for name, count in posts.unread.items() if count}:
        names = ", ".join(f"{name[:60]} ({count})" for name, count in list(unread.items())[:20])
        yield Notice("unread_lists", {"where": where, "names": names})
    if posts.unused:
        yield Notice(
            "account_fields", {"where": where, "columns": list_values([name[:60] for name in posts.unused], 20)}
        )


def replace_notices(table: Table, notices: Sequence[Notice]) -> Table:
    """Return a table with further notices before its own."""
    return replace(table, notices=lambda: (*notices, *table.notices())) if notices else table
