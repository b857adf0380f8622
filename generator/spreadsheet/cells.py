"""Cells of a spreadsheet: plain values, and the counts and addresses that people and exports write in them."""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import date, datetime, time
from decimal import Decimal
from urllib.parse import urlsplit

from generator.text import INVISIBLE, clean_address

#: A cell of any format.
Cell = str | int | float | datetime | date | None

#: No count on Instagram is larger than a few times the number of people.
_MOST = 10**11

#: Written for an unknown number or date.
_NOTHING = frozenset({"", "-", "–", "—", "?", "n/a", "na", "nan", "nat", "null", "none", "hidden", "masqué", "masque"})

_SPACE_IN_NUMBER = re.compile(r"(?<=\d)\s(?=\d{3}(?!\d))")
_PLAIN = re.compile(r"\d+")
_GROUPED = re.compile(r"(?P<whole>[1-9]\d{0,2}(?P<mark>[.,'])(?:\d{2,3}(?P=mark))*\d{3})(?:[.,]0{1,2})?")
_DECIMAL = re.compile(r"\d+[.,]0+")
_ABBREVIATED = re.compile(r"(\d+(?:[.,]\d+)?)\s*(k|m|mio|mln|b|bn|md|mds)", re.IGNORECASE)
_FACTORS = {"k": 10**3, "m": 10**6, "mio": 10**6, "mln": 10**6, "b": 10**9, "bn": 10**9, "md": 10**9, "mds": 10**9}

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):(//)?")
#: Schemes written without `//`; other text before a colon may be the name of a file.
_BARE_SCHEMES = frozenset(
    {"about", "blob", "cid", "data", "file", "ftp", "http", "https", "javascript", "mailto", "urn", "vbscript"}
)


def is_blank(cell: Cell) -> bool:
    """Return whether a cell shows nothing."""
    return cell is None or (isinstance(cell, str) and not cell.strip().strip(INVISIBLE))


def is_missing(cell: Cell) -> bool:
    """Return whether a cell holds no number or date: it is empty, or says "n/a" or the like."""
    return cell is None or (isinstance(cell, str) and cell.strip().strip(INVISIBLE).casefold() in _NOTHING)


def cell_text(cell: Cell) -> str:
    """Return the text that a spreadsheet shows for a cell: whole numbers without a fraction, dates in ISO form."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.isoformat() if isinstance(cell, date) else str(cell)


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


def why_invalid(address: str) -> str:
    """Return why `address` is neither an http(s) URL nor a local path; "" if it is one.

    Fetching checks that a local path exists and stays inside its folder.
    """
    if address.startswith("//"):
        return "begins with //: write https:// in full"
    scheme = _SCHEME.match(address)
    if scheme is None or not (scheme[2] or scheme[1].lower() in _BARE_SCHEMES):
        return ""
    if scheme[1].lower() not in ("http", "https"):
        return f"{scheme[1].lower()}: is not a web address or a file"
    return "" if _has_host(address) else "not a complete web address"


def read_permalink(cell: Cell) -> str | None:
    """Return the http(s) address of a post; None if the cell is empty.

    A bare `instagram.com/…` gets its `https://`. Raises ValueError for anything else.
    """
    address = clean_address(cell_text(cell))
    if not address:
        return None
    if re.match(r"(www\.)?instagram\.com/", address, re.IGNORECASE):
        address = "https://" + address
    if not re.match(r"https?://", address, re.IGNORECASE) or not _has_host(address) or re.search(r"\s", address):
        raise ValueError(f"not a web address: {address!r}")
    return address


def _has_host(address: str) -> bool:
    try:
        return bool(urlsplit(address).hostname)
    except ValueError:  # an open bracket without an IPv6 address
        return False


def plain_cell(value: object) -> Cell:
    """Return a library's value as a cell; times of day and values of other types become text."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, datetime):
        if type(value) is datetime:
            return value
        moment = datetime(value.year, value.month, value.day, value.hour, value.minute, value.second, value.microsecond)
        return moment.replace(tzinfo=value.tzinfo) if value == value else None  # pandas' "not a time" is not itself
    if isinstance(value, date):
        return value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return value.isoformat() if isinstance(value, time) else str(value)
