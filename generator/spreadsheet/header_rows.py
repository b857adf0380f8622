"""The rows of headers of a table: below lines about the export, one or two of them, perhaps with units under them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from generator.folders import IMAGE_ENDING
from generator.spreadsheet.header_paths import is_foreign, split_words
from generator.spreadsheet.headers import known_fields, normalise_header
from generator.spreadsheet.values.cells import Cell, cell_text
from generator.text import clean_line

#: The first filled rows, among which the headers are looked for; there may be a title and lines about the export above.
MOST_ROWS = 30
#: Rows that make one header together: names of groups over names of columns.
_MOST_LEVELS = 3
#: Rows in which the same text in the same column is a value, such as "Photo" under "Kind".
_OFTEN = 3
_LONGEST_HEADER = 80
_MOST_UNITS = 0.7

_VALUE = re.compile(
    rf"https?://\S*|\S*(?:{IMAGE_ENDING}|\.mp4)(?:[?#]\S*)?|[\d\s.,:/%+-]*\d[\d\s.,:/%+-]*"
    r"|\d{4}-\d\d-\d\d[T ]\S*",
    re.IGNORECASE,
)
#: Words of a row that says in which form the values below are.
_UNITS = split_words(
    """text string str char varchar number numeric num int integer float double decimal count boolean bool url uri link
    image file path date datetime time timestamp utc required optional yyyy yy mm dd hh ss iso n nb nr no nombre chiffre
    texte entier lien fichier requis facultatif zahl anzahl ganzzahl zeichen zeichenkette datum bild datei pflicht
    número numero texto fecha enlace imagen obligatorio testo data collegamento immagine numerico imagem obrigatório
    aantal getal tekst afbeelding verplicht"""
)
_BRACKETED = re.compile(r"[(\[<{].*[)\]>}]")


@dataclass(frozen=True, slots=True)
class HeaderRows:
    """What the columns are called, and where that stands."""

    headers: tuple[str, ...]
    number: int  # of the row of headers, the lowest of several
    last: int  # row after which the data begins
    rows: tuple[tuple[str, ...], ...]  # the texts of each row of headers, by which repeats are known


def as_headers(cells: Sequence[Cell]) -> tuple[str, ...]:
    """Return cells as texts of one line, without blank ones at the end."""
    headers = [clean_line(cell_text(cell)) for cell in cells]
    while headers and not headers[-1]:
        headers.pop()
    return tuple(headers)


def find_header_rows(first: Sequence[tuple[int, Sequence[Cell]]], mapping: Mapping[str, str]) -> HeaderRows:
    """Return the headers among the `first` filled rows of a table: (row number, cells), at least one.

    They are the row, or the few rows under one another, that name most fields, the earliest of equal ones; rows that
    hold values are none. If no row names a field, it is the first with two cells or more. `mapping` is field -> header.
    """
    texts = [as_headers(cells) for _, cells in first]
    seen = Counter(cell for row in set(texts) for cell in enumerate(row) if cell[1])
    repeats = [{column for column, name in enumerate(row) if seen[column, name] >= _OFTEN} for row in texts]
    scores = [
        _score([name for column, name in enumerate(row) if column not in repeated], cells, mapping)
        for row, repeated, (_, cells) in zip(texts, repeats, first, strict=True)
    ]
    fit = [not repeated and _may_be_headers(row) for row, repeated in zip(texts, repeats, strict=True)]
    best = _Found(0, 1, texts[0], scores[0])
    place = 0
    while place < len(first):
        found = _join_rows(place, texts, scores, fit, mapping)
        best = found if found.score > best.score or place == 0 else best
        place += found.levels if found.whole else 1
    if best.score <= 0:
        place = next((place for place, row in enumerate(texts) if sum(map(bool, row)) > 1), 0)
        best = _Found(place, 1, texts[place], 0)
    end = best.place + best.levels
    after = end + 1 if end < len(first) and _names_units(first[end][1]) else end
    rows = tuple(row for row in texts[best.place : after] if any(row))
    return HeaderRows(best.headers, first[end - 1][0], first[after - 1][0], rows)


@dataclass(frozen=True, slots=True)
class _Found:
    """Rows that may be the headers, from the one at `place`."""

    place: int
    levels: int  # rows
    headers: tuple[str, ...]
    score: float
    whole: bool = False  # none of its rows could be the headers alone


def _score(texts: Sequence[str], cells: Sequence[Cell], mapping: Mapping[str, str]) -> float:
    """Return how much a row looks like headers: the fields that `texts` name, less the values among its cells."""
    values = sum(is_value(cell) for cell in cells)
    names = [text for text in texts if text and not is_value(text)]
    return _count_fields(names, mapping) - 1.5 * values if names else -1


def _count_fields(names: Sequence[str], mapping: Mapping[str, str]) -> float:
    fields = known_fields(names, mapping)
    return len(fields) + 0.5 * ("thumbnail" in fields)


def _join_rows(
    place: int,
    texts: Sequence[tuple[str, ...]],
    scores: Sequence[float],
    fit: Sequence[bool],
    mapping: Mapping[str, str],
) -> _Found:
    """Return the row at `place`, with those under it that name its groups' columns or make more fields of its names."""
    found = _Found(place, 1, texts[place], scores[place])
    for below in range(place + 1, min(place + _MOST_LEVELS, len(texts))):
        if not (fit[place] and fit[below]):
            break
        whole = _fills_groups(found.headers, texts[below])
        joined = _join(found.headers, texts[below], mapping)
        score = _count_fields(joined, mapping)
        if not whole and score <= max(found.score, scores[below]):
            break
        found = _Found(place, below - place + 1, joined, score, whole or found.whole)
    return found


def _fills_groups(groups: Sequence[str], names: Sequence[str]) -> bool:
    """Return whether `names` stand only below names of groups, and below the blank cells right of those."""
    filled = False
    column = 0
    while column < len(groups):
        end = column + 1
        while end < len(names) and names[end] and (end >= len(groups) or not groups[end]):
            end += 1
        name = names[column] if column < len(names) else ""
        if groups[column] and name and end > column + 1:
            filled = True
        elif name not in ("", groups[column]):
            return False
        column = end
    return filled and len(names) <= max(len(groups), column)


def _may_be_headers(texts: Sequence[str]) -> bool:
    return sum(map(bool, texts)) > 1 and not any(len(text) > _LONGEST_HEADER or is_value(text) for text in texts)


def _join(groups: Sequence[str], names: Sequence[str], mapping: Mapping[str, str]) -> tuple[str, ...]:
    """Return the names of columns under names of groups; a group's name may stand over its first column alone."""
    joined: list[str] = []
    group = ""
    for column in range(max(len(groups), len(names))):
        above = groups[column] if column < len(groups) else ""
        name = names[column] if column < len(names) else ""
        group = above or (group if name else "")
        joined.append(_name_column(group, name, mapping) if name and group != name else name or above)
    # two groups may have columns of the same name
    again = {name for name in joined if name and joined.count(name) > 1} if len(joined) < 1000 else set()
    if again:
        spread = _spread(groups, len(joined))
        joined = [f"{spread[place]} {name}".strip() if name in again else name for place, name in enumerate(joined)]
    return tuple(joined)


def _name_column(group: str, name: str, mapping: Mapping[str, str]) -> str:
    """Return what a column is called: its own name, unless the group's says what that means ("Image", "URL")."""
    whole = f"{group} {name}".strip()
    if not group or normalise_header(name) in map(normalise_header, mapping.values()):
        return name
    own, both = known_fields([name], mapping), known_fields([whole], mapping)
    if is_foreign(group) and not both:
        return whole
    return name if own == both or not both else whole


def _spread(groups: Sequence[str], width: int) -> list[str]:
    spread: list[str] = []
    for column in range(width):
        above = groups[column] if column < len(groups) else ""
        spread.append(above or (spread[-1] if spread else ""))
    return spread


def is_value(cell: Cell) -> bool:
    """Return whether a cell holds a number, a date, an address or the name of a file, as no header does."""
    if isinstance(cell, str):
        return len(cell) <= 500 and _VALUE.fullmatch(cell.strip()) is not None
    return isinstance(cell, int | float | date)


def _names_units(cells: Sequence[Cell]) -> bool:
    """Return whether a row under the headers says in which form the values are: "(number)", "text", "YYYY-MM-DD"."""
    texts = [text for text in as_headers(cells) if text]
    if len(texts) < 2 or any(is_value(cell) for cell in cells if cell is not None and cell != ""):
        return False
    units = [
        _BRACKETED.fullmatch(text) is not None or set(re.findall(r"[^\W\d_]+", text.casefold())) <= _UNITS
        for text in texts
        if len(text) <= _LONGEST_HEADER
    ]
    return sum(units) >= _MOST_UNITS * len(texts)
