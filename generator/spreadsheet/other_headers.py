"""Rows of other headers in the middle of a table, as where exports were put together or stand below each other."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from generator.spreadsheet.header_rows import as_headers, is_value
from generator.spreadsheet.headers import find_columns, known_fields, normalise_header
from generator.spreadsheet.values.cells import Cell

_LONGEST = 60
#: Most cells of posts have a digit or are longer, which spares them a closer look.
_HEADER = re.compile(r"\D{1,40}")
#: Fields that such a row names, and the share of those of the first headers.
_LEAST_FIELDS, _LEAST_SHARE = 3, 0.5


@dataclass(frozen=True, slots=True)
class Order:
    """Where the columns of the first headers are below others."""

    places: tuple[int | None, ...]  # for each column of the first headers
    unknown: tuple[str, ...]  # headers that no column of the first has


def may_be_headers(cells: Sequence[Cell]) -> bool:
    """Return whether the first filled cell names a field, as the first header of most exports and of few posts does."""
    first = next((cell for cell in cells if cell is not None and cell != ""), None)
    return isinstance(first, str) and _HEADER.fullmatch(first) is not None and bool(known_fields((first.strip(),), {}))


def find_order(
    cells: Sequence[Cell], headers: Sequence[str], candidates: Mapping[str, Sequence[Sequence[int]]]
) -> Order | None:
    """Return where the columns of `headers`, with their `candidates`, are below `cells`; None if these are no headers.

    A column is that of the same header, else that of the same field.
    """
    texts = as_headers(cells)
    if any(map(is_value, cells)) or any(len(text) > _LONGEST for text in texts):
        return None
    fields = known_fields(texts, {})
    if len(fields & candidates.keys()) < max(_LEAST_FIELDS, _LEAST_SHARE * len(candidates)):
        return None
    found = find_columns(texts, {})
    free = {place for place, text in enumerate(texts) if text}
    places: list[int | None] = [None] * len(headers)
    names = {normalise_header(text): place for place, text in reversed(list(enumerate(texts))) if text}
    for column, header in enumerate(headers):
        place = names.get(normalise_header(header))
        if place in free:
            places[column] = place
            free.discard(place)
    for field, groups in candidates.items():
        columns = [column for group in groups for column in group]
        others = [place for group in found.get(field, ()) for place in group if place in free]
        if others and all(places[column] is None for column in columns):
            places[columns[0]] = others[0]
            free.discard(others[0])
    return Order(tuple(places), tuple(texts[place] for place in sorted(free)))
