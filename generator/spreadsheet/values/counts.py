"""Numbers of likes and comments as people and exports write them."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal

from generator.spreadsheet.values.cells import Cell, is_missing
from generator.text import INVISIBLE

#: No count on Instagram is larger than a few times the number of people.
_MOST = 10**11

_SPACE_IN_NUMBER = re.compile(r"(?<=\d)\s(?=\d{3}(?!\d))")
_PLAIN = re.compile(r"\d+")
_GROUPED = re.compile(r"(?P<whole>[1-9]\d{0,2}(?P<mark>[.,'])(?:\d{2,3}(?P=mark))*\d{3})(?:[.,]0{1,2})?")
_DECIMAL = re.compile(r"\d+[.,]0+")
_ABBREVIATED = re.compile(r"(\d+(?:[.,]\d+)?)\s*(k|m|mio|mln|b|bn|md|mds)", re.IGNORECASE)
_FACTORS = {"k": 10**3, "m": 10**6, "mio": 10**6, "mln": 10**6, "b": 10**9, "bn": 10**9, "md": 10**9, "mds": 10**9}


def read_count(cell: Cell) -> int | None:
    """Return a number of likes or comments; None if the cell is empty or hides it (-1).

    Reads `1,234`, `1.234`, `1 234` with any kind of space, `1'234`, `219.0`, and Instagram's own `1.2k` and `1,2 M`. A
    point or comma before the last three digits separates thousands, since no post has a fraction of a like. Before `k`
    or `M` it is a decimal mark. Raises ValueError for anything else.
    """
    if is_missing(cell):
        return None
    if isinstance(cell, bool | date):
        raise ValueError(f"not a count: {cell!r}")
    number = _parse_number(cell) if isinstance(cell, str) else Decimal(str(cell))
    if number == -1:
        return None
    if not 0 <= number <= _MOST or number != number.to_integral_value():
        raise ValueError(f"not a count: {cell!r}")
    return int(number)


def _parse_number(text: str) -> Decimal:
    plain = unicodedata.normalize("NFKC", text.strip().strip(INVISIBLE)).strip().replace("’", "'").replace("−", "-")
    plain = _SPACE_IN_NUMBER.sub("", plain)
    if plain in ("-1", "-1.0", "-1,0"):
        return Decimal(-1)
    if len(plain) > 30:
        raise ValueError(f"not a number: {text[:30]!r}")
    plain = plain.removeprefix("+")
    if _PLAIN.fullmatch(plain):
        return Decimal(plain)
    if grouped := _GROUPED.fullmatch(plain):
        return Decimal(re.sub(r"\D", "", grouped["whole"]))
    if _DECIMAL.fullmatch(plain):
        return Decimal(plain.replace(",", "."))
    if short := _ABBREVIATED.fullmatch(plain):
        scaled = Decimal(short[1].replace(",", ".")) * _FACTORS[short[2].lower()]
        return scaled.to_integral_value()
    raise ValueError(f"not a number: {text!r}")
