"""The layout that the rows of a text share: how wide they are, and what kind of value each column holds.

A row that was cut in the wrong places is told by it, and put together again if it then fits in one way alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from generator.folders import IMAGE_ENDING
from generator.spreadsheet.headers import known_fields
from generator.spreadsheet.values.cells import Cell

_NUMBER = re.compile(r"[-+]?\d[\d\s.,'’]{0,30}\s?[kKmM%]?")
_DATE = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}\b.{0,40}|\d{4}-?\d{2}-?\d{2}T.{0,30}")
_ADDRESS = re.compile(
    r"(?:https?://|www\.|[A-Za-z]:[\\/])[^\n]{0,5000}"
    rf"|[^\n]{{0,500}}(?:{IMAGE_ENDING}|\.mp4)(?:\?[^\s]{{0,5000}})?",
    re.IGNORECASE,
)
#: The kind that the values of a field have, for texts none of whose rows fit as they stand.
_KIND_OF_FIELD = {
    "thumbnail": "address",
    "permalink": "address",
    "likes": "number",
    "comments": "number",
    "followers": "number",
}
#: Share of a column's values that are of one kind if the column is.
_TYPICAL = 0.9


@dataclass(frozen=True, slots=True)
class Layout:
    """The layout of the rows below `header_record`, the position of the headers among the records from 0."""

    header_record: int
    width: int
    kinds: tuple[str, ...]  # of each column: "number", "date", "address", or "" for any text
    captions: frozenset[int]  # columns of captions, which may hold separators
    shifted: bool = False  # the column of the rows' names has no header, as R's write.table does it

    def fits(self, cells: Sequence[Cell]) -> bool:
        """Return whether a row is as wide as the layout and has values of the right kinds."""
        return len(cells) == self.width and self.agrees(cells) is not None

    def begins(self, cells: Sequence[str], closed: bool) -> bool:
        """Return whether cells are a row, or its beginning if not `closed`, rather than a part of a caption."""
        agreed = self.agrees(cells)
        if agreed is None or (closed and len(cells) > self.width):
            return False
        return agreed > 0 if any(self.kinds) else len(cells) == self.width

    def agrees(self, cells: Sequence[Cell], first: int = 0) -> int | None:
        """Return how many cells from column `first` on have their column's kind; None if one has another."""
        found = 0
        for cell, kind in zip(cells, self.kinds[first:], strict=False):
            if kind and isinstance(cell, str) and (text := cell.strip()):
                if kind_of(text) != kind:
                    return None
                found += 1
        return found

    def rejoin(self, cells: Sequence[str], pieces: Sequence[str], separator: str) -> tuple[list[Cell] | None, bool]:
        """Return a row whose text was cut at separators, put together, and whether it is whole.

        `pieces` are the cells as the file has them. The text is that of a column without kind after which all values
        have their kinds, the captions' if others could be. If that is not certain, the cells that might belong to
        several columns are left out, and if no column can have been cut, the row is None.
        """
        extra = len(cells) - self.width
        places = self._find_cuts(cells, extra)
        places = [place for place in places if place in self.captions] or places
        if not places:
            return None, False
        # a separator in a sentence has a space behind it
        spoken = [p for p in places if all(piece[:1] in " \n" for piece in cells[p + 1 : p + extra + 1])]
        for choice in (places, spoken):
            if len(choice) == 1:
                place = choice[0]
                text = separator.join(pieces[place : place + extra + 1])
                return [*cells[:place], text, *cells[place + extra + 1 :]], True
        first, last = places[0], places[-1]
        return [*cells[:first], *[None] * (last - first + 1), *cells[last + extra + 1 :]], False

    def _find_cuts(self, cells: Sequence[str], extra: int) -> list[int]:
        """Return the columns whose text may be in `extra` cells too many."""
        places = []
        for place in range(self.width):
            if not self.kinds[place]:
                after = self.agrees(cells[place + extra + 1 :], place + 1)
                if after is not None and (after or place == self.width - 1):
                    places.append(place)
            elif cells[place].strip() and kind_of(cells[place].strip()) != self.kinds[place]:
                break
        return places


def kind_of(text: str) -> str:
    """Return the kind of value that a text is, "" for any."""
    if _NUMBER.fullmatch(text):
        return "date" if text.count(".") == 2 and _DATE.fullmatch(text) else "number"
    if _DATE.fullmatch(text):
        return "date"
    return "address" if _ADDRESS.fullmatch(text) else ""


def find_layout(records: Sequence[Sequence[str]], header: int) -> Layout:
    """Return the layout of records whose headers are at position `header`."""
    headers = trim(records[header])
    rows = [trim(cells) for cells in records[header + 1 :]]
    width, shifted = len(headers), False
    widths = Counter(len(cells) for cells in rows if cells)
    usual, often = max(widths.items(), key=lambda item: item[1], default=(width, 0))
    if usual > width and often >= _TYPICAL * sum(widths.values()):
        alike = [cells for cells in rows if len(cells) == usual]
        shifted = usual == width + 1 and _has_row_names(headers, alike)
        if shifted or _stand_under(headers, alike):
            width = usual  # columns without a header, rather than texts that were cut in each row
    headers = [""] * shifted + headers
    fields = [known_fields((name,), {}) for name in headers] + [set()] * (width - len(headers))
    kinds = []
    for place, field in enumerate(fields):
        values = [text for cells in rows if len(cells) == width and (text := cells[place].strip())]
        kinds.append(_usual_kind(values) if values else next((_KIND_OF_FIELD.get(name, "") for name in field), ""))
    captions = frozenset(place for place, field in enumerate(fields) if "caption" in field)
    kinds = ["" if place in captions else kind for place, kind in enumerate(kinds)]
    return Layout(header, width, tuple(kinds), captions, shifted)


def _has_row_names(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Return whether the first cells of rows are numbers that differ, and images stand behind their header."""
    names = [cells[0].strip() for cells in rows if cells]
    if len(names) < 2 or len(set(names)) < len(names) or not all(name.isdigit() for name in names):
        return False
    places = [place for place, name in enumerate(headers) if "thumbnail" in known_fields((name,), {})]
    return any(
        all(kind_of(cells[place + 1].strip()) == "address" for cells in rows if len(cells) > place + 1)
        and not any(kind_of(cells[place].strip()) == "address" for cells in rows if len(cells) > place)
        for place in places
    )


def _stand_under(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    """Return whether the values of rows that are wider than the headers are of the headers' kinds."""
    for place, name in enumerate(headers):
        kind = next((_KIND_OF_FIELD.get(field, "") for field in known_fields((name,), {})), "")
        values = [cells[place].strip() for cells in rows if cells[place].strip()]
        if kind and values and _usual_kind(values) != kind:
            return False
    return True


def trim(cells: Sequence[str]) -> list[str]:
    """Return a row without the blank cells at its end, which programs write or not."""
    end = len(cells)
    while end and not cells[end - 1].strip():
        end -= 1
    return list(cells[:end])


def _usual_kind(values: Sequence[str]) -> str:
    kind, count = Counter(map(kind_of, values)).most_common(1)[0]
    return kind if count >= _TYPICAL * len(values) else ""
