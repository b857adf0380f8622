"""Dates as exports and people write them. The order of day and month is decided from all values of a column."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone

from generator.spreadsheet.values.cells import Cell, is_missing

_TIME = r"""
    (?:(?:\s*[T,]\s*|\s+(?:at\s+|à\s+)?)
       (?P<hour>\d{1,2})\s?[:h]\s?(?P<minute>\d{2})(?::(?P<second>\d{2}))?
       (?:[.,](?P<fraction>\d+))?(?:\.\d+)*          # Apify's sample has two fractions
       (?:\s*(?P<half>[ap])\.?m\.?)?
       (?:\s*(?:(?P<offset>(?:UTC|GMT)?[+-]\d{2}(?::?\d{2})?(?::\d{2})?)|(?P<zone>[A-Z]{1,5})))?
    )?\s*"""
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})" + _TIME, re.VERBOSE | re.I)
_YEAR_LAST = re.compile(r"(?P<a>\d{1,2})([-/.])(?P<b>\d{1,2})\2(?P<year>\d{4}|\d{2})" + _TIME, re.VERBOSE | re.I)
_WORDED = re.compile(
    r"(?:[^\W\d_]+\.?,?\s+)??"  # the day of the week
    r"(?:(?P<day>\d{1,2})(?:er|st|nd|rd|th)?[\s-]+(?P<name>[^\W\d_]+)\.?"
    r"|(?P<name2>[^\W\d_]+)\.?\s+(?P<day2>\d{1,2})(?:st|nd|rd|th)?)"
    r",?[\s-]+(?P<year>\d{4})" + _TIME,
    re.VERBOSE | re.I,
)
_DIGITS = re.compile(r"\d{5,19}(?:\.\d+)?")

_MONTHS = (
    ("january", "janvier"), ("february", "fevrier"), ("march", "mars"), ("april", "avril"), ("may", "mai"),
    ("june", "juin"), ("july", "juillet"), ("august", "aout"), ("september", "septembre"), ("october", "octobre"),
    ("november", "novembre"), ("december", "decembre"),
)  # fmt: skip

#: Hours ahead of UTC of the abbreviations that exports print.
_ZONES = {
    "Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "MSK": 3,
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "JST": 9,
}  # fmt: skip

_EXCEL_EPOCH = datetime(1899, 12, 30)  # one day early, since Excel counts a 29 February 1900
_UNIX_EPOCH = datetime(1970, 1, 1)
_EARLIEST, _LATEST = 1970, 2199


def is_month_first(cells: Iterable[Cell], expected: bool = False) -> bool:
    """Return whether a column writes 11/02/2025 for 2 November.

    The order that fits more of its values counts. If both fit equally many, the month is first if any value has a.m. or
    p.m., or if it is `expected`.
    """
    day_first = month_first = halves = 0
    for cell in cells:
        match = _YEAR_LAST.fullmatch(cell.strip()) if isinstance(cell, str) else None
        if match is not None:
            first, second = int(match["a"]), int(match["b"])
            day_first += second <= 12 and first <= 31
            month_first += first <= 12 and second <= 31
            halves += match["half"] is not None
    if day_first != month_first:
        return month_first > day_first
    return expected or halves > 0


def read_date(cell: Cell, month_first: bool = False) -> datetime | None:
    """Return a date and time without offset; None if the cell is empty.

    The time is in UTC if the cell has an offset or a time zone. Reads native dates, ISO 8601 and looser forms of it,
    numeric dates with the year last (in the order that `month_first` tells), English and French names of months,
    Excel's serial days, YYYYMMDD, and Unix times in seconds, milliseconds or microseconds. Raises ValueError for
    anything else, and for years before 1970 or after 2199.
    """
    if is_missing(cell):
        return None
    try:
        moment = _parse(cell, month_first)
        if moment.tzinfo is not None:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
    except OverflowError as error:
        raise ValueError(f"not a date: {cell!r}") from error
    if not _EARLIEST <= moment.year <= _LATEST:
        raise ValueError(f"no post is from {moment.year}")
    return moment


def _parse(cell: Cell, month_first: bool) -> datetime:
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day)
    if isinstance(cell, bool) or cell is None:
        raise ValueError(f"not a date: {cell!r}")
    if isinstance(cell, int | float):
        return _from_number(cell)
    text = unicodedata.normalize("NFKC", cell).strip()
    if len(text) > 80:
        raise ValueError(f"not a date: {text[:80]!r}")
    if _DIGITS.fullmatch(text):
        return _from_number(float(text) if "." in text else int(text))
    if match := _YEAR_FIRST.fullmatch(text):
        return _assemble(match, int(match["year"]), int(match["month"]), int(match["day"]))
    if match := _YEAR_LAST.fullmatch(text):
        first, second = int(match["a"]), int(match["b"])
        year = int(match["year"]) + (2000 if len(match["year"]) == 2 else 0)
        return _assemble(match, year, *((first, second) if month_first else (second, first)))
    if match := _WORDED.fullmatch(text):
        return _assemble(
            match, int(match["year"]), _month(match["name"] or match["name2"]), int(match["day"] or match["day2"])
        )
    raise ValueError(f"not a date: {cell!r}")


def _from_number(number: float) -> datetime:
    if 20_000 <= number < 80_000:  # days: 1954 to 2119
        return _EXCEL_EPOCH + timedelta(seconds=round(number * 86_400, 3))
    if 19_700_101 <= number <= 21_991_231 and number == int(number):
        return datetime(int(number) // 10_000, int(number) // 100 % 100, int(number) % 100)
    for unit in (1, 10**3, 10**6, 10**9):
        if 10**8 <= number / unit < 10**10:  # 1973 to 2286
            return _UNIX_EPOCH + timedelta(microseconds=round(number * 10**6 / unit))
    raise ValueError(f"not a date: {number!r}")


def _assemble(match: re.Match[str], year: int, month: int, day: int) -> datetime:
    hour = int(match["hour"] or 0)
    if match["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(f"not an hour: {hour}")
        hour = hour % 12 + (12 if match["half"].lower() == "p" else 0)
    micro = int(((match["fraction"] or "0") + "000000")[:6])
    moment = datetime(year, month, day, hour, int(match["minute"] or 0), int(match["second"] or 0), micro)
    zone = _offset(match["offset"], match["zone"])
    return moment if zone is None else moment.replace(tzinfo=zone)


def _offset(offset: str | None, zone: str | None) -> timezone | None:
    if offset:
        sign, digits = (-1 if "-" in offset else 1), re.sub(r"\D", "", offset).ljust(4, "0")
        return timezone(sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:4])))
    if zone:
        if zone.upper() not in _ZONES:
            raise ValueError(f"not a time zone: {zone}")
        return timezone(timedelta(hours=_ZONES[zone.upper()]))
    return None


def _month(name: str) -> int:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    numbers = [number for number, names in enumerate(_MONTHS, 1) if any(full.startswith(plain) for full in names)]
    if len(plain) < 3 or len(numbers) != 1:
        raise ValueError(f"not a month: {name}")
    return numbers[0]
