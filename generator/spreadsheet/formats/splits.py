"""Broken records cut into cells, in looser and looser ways."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.spreadsheet.formats.dialects import Dialect


def list_splits(text: str, dialect: Dialect) -> Iterator[tuple[list[str], list[str], bool]]:
    r"""Yield the cells of a broken record, read in looser and looser ways, as they stand, and if quotes are closed.

    First quotes count only at the ends of cells; then `\"` is a quote; then a cell begins wherever a quote follows a
    delimiter; then quotes are nothing.
    """
    mark, quote = dialect.delimiter, dialect.quote
    cells, closed = split_record(text, dialect)
    yield cells, cells, closed
    if not dialect.backslash and "\\" + quote in text:
        cells, closed = split_record(text.replace("\\" + quote, quote * 2), dialect)
        yield cells, cells, closed
    if text.startswith(quote):
        pieces = re.split(f"{quote}?{re.escape(mark)}{quote}", text.strip(quote))
        cells = [piece.replace(quote * 2, quote) for piece in pieces]
        yield cells, cells, False
    pieces = text.split(mark)
    yield [piece.strip(quote) for piece in pieces], pieces, False


def split_record(text: str, dialect: Dialect) -> tuple[list[str], bool]:
    """Return the cells of a record, and whether each quote at the beginning of a cell has one at its end.

    A quote that does not stand before a delimiter or the end is part of the text. A cell whose quote is never closed
    ends at the next delimiter.
    """
    mark, quote = dialect.delimiter, dialect.quote
    cells: list[str] = []
    place, closed = 0, True
    while True:
        end = stop = -1
        while dialect.spaced and text.startswith(" ", place):
            place += 1
        if closed and text.startswith(quote, place):
            end, stop = _find_closing(text, place + 1, dialect)
            closed = end >= 0
        if end >= 0:
            cells.append(text[place + 1 : end].replace(quote * 2, quote))
        else:
            stop = text.find(mark, place)
            stop = len(text) if stop < 0 else stop
            cells.append(text[place:stop].removeprefix(quote) if not closed else text[place:stop])
        if stop >= len(text):
            return cells, closed
        place = stop + 1


def _find_closing(text: str, place: int, dialect: Dialect) -> tuple[int, int]:
    """Return the positions of the quote that ends a cell whose text begins at `place`, and of the cell's end.

    Spaces may stand between them. Returns (-1, -1) if there is none.
    """
    while (place := text.find(dialect.quote, place)) >= 0:
        stop = place + 1
        while stop < place + 9 and text.startswith(" ", stop):
            stop += 1
        if stop >= len(text) or text[stop] == dialect.delimiter:
            return place, stop
        place += 2 if text[stop] == dialect.quote and stop == place + 1 else 1
    return -1, -1
