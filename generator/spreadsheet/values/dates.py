"""Dates as exports and people write them. The order of day and month is decided from all values of a column."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Literal

from generator.spreadsheet.values.cells import Cell, is_missing
from generator.spreadsheet.values.months import read_month

#: The finest unit that a date is known to.
Precision = Literal["second", "day", "week", "month"]

_TIME = r"""
    (?:(?:\s*[T,]\s*|\s+)
       (?P<hour>\d{1,2})\s?[:h.]\s?(?P<minute>\d{2})(?::(?P<second>\d{2}))?
       (?:[.,](?P<fraction>\d+))?(?:\.\d+)*          # Apify's sample has two fractions
       (?:\s*(?P<half>[ap])\.?\s?m\b\.?)?
       (?:\s*(?:(?P<offset>(?:UTC|GMT)?\s?[+-]\d{1,2}(?::?\d{2})?(?::\d{2})?)
          |(?P<zone>[A-Z][A-Z_/-]{0,40}(?:\s[A-Z]+){0,5})))?
    )?\s*"""
_FLAGS = re.VERBOSE | re.I
_YEAR_FIRST = re.compile(r"(?P<year>\d{4})([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})" + _TIME, _FLAGS)
_YEAR_LAST = re.compile(r"(?P<a>\d{1,2})([-/.])(?P<b>\d{1,2})\2(?P<year>\d{4}|\d{2})" + _TIME, _FLAGS)
_WORDED = re.compile(
    r"(?:[^\W\d_]+\.?,?\s+)??"  # the day of the week
    r"(?:(?P<day>\d{1,2})(?:er|st|nd|rd|th|[.oa])?[\s-]*(?P<name>[^\W\d_]+)\.?"
    r"|(?P<name2>[^\W\d_]+)\.?\s+(?P<day2>\d{1,2})(?:st|nd|rd|th)?)"
    r",?[\s-]+(?P<year>\d{4})" + _TIME,
    _FLAGS,
)
#: `Sun Nov 02 13:21:00 +0000 2025`, as Twitter and C write it.
_YEAR_AFTER_TIME = re.compile(
    r"[^\W\d_]{2,9},?\s+(?P<name>[^\W\d_]+)\s+(?P<day>\d{1,2})" + _TIME + r"\s(?P<year>\d{4})", _FLAGS
)
_WEEK = re.compile(r"(?P<year>\d{4})-?W(?P<week>\d{2})(?:-?(?P<day>[1-7]))?", re.I)
_MONTH = re.compile(
    r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})|(?P<month2>\d{1,2})[-/.](?P<year2>\d{4})"
    r"|(?P<name>[^\W\d_]{3,})\.?,?[\s-]+(?P<year3>\d{4})|(?P<year4>\d{4})\s+(?P<name2>[^\W\d_]{3,})\.?"
)
_DIGITS = re.compile(r"\d{5,19}(?:\.\d+)?")
#: `(Central European Standard Time)`, behind the offset in JavaScript's form.
_ZONE_IN_BRACKETS = re.compile(r"\s*\([^()]{1,60}\)$")
_WORD = re.compile(r"[^\W\d_]{2}|[年(]")
#: Words between the parts of a date: "2 de noviembre de 2025 a las 13:21 h", "um 13:21 Uhr", "om 13:21 uur".
_BETWEEN = re.compile(r"(?<=[^\W_.])\.?\s+(?:de|del|di|do|of)\s+(?=[^\W_])", re.I)
_BEFORE_TIME = re.compile(
    r",?\s+(?:at|à|um|a\sl[ae]s?|a|alle(?:\sore)?|ore|às|as|om|kl\.?|-|–)\s+(?=\d{1,2}\s?[:h.])", re.I
)
_AFTER_TIME = re.compile(r"(?<=\d)\s*(?:Uhr|uur|hrs?|h|heures)\.?$", re.I)

#: Hours ahead of UTC of the abbreviations that exports print; those of several zones, such as IST, are left out.
_ZONES = {
    "Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2, "EET": 2,
    "EEST": 3, "MSK": 3, "SAST": 2, "GST": 4, "PKT": 5, "SGT": 8, "HKT": 8, "AWST": 8, "KST": 9, "JST": 9, "AEST": 10,
    "AEDT": 11, "NZST": 12, "NZDT": 13, "BRT": -3, "ART": -3, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7,
    "MDT": -6, "PST": -8, "PDT": -7,
}  # fmt: skip

_EXCEL_EPOCH = datetime(1899, 12, 30)  # one day early, since Excel counts a 29 February 1900
_MAC_EPOCH = datetime(1904, 1, 1)
_UNIX_EPOCH = datetime(1970, 1, 1)
_EARLIEST, _LATEST = 1970, 2199


@dataclass(frozen=True, slots=True)
class Moment:
    """A date and time without offset, in UTC if the cell has one; the first of a week or month."""

    time: datetime
    precision: Precision


@dataclass(frozen=True, slots=True)
class DateOrder:
    """How a column writes dates that can be read in two ways."""

    month_first: bool = False  # 11/02/2025 is 2 November
    days_from_1904: bool = False  # numbers count days from 1904


def is_month_first(cells: Iterable[Cell], expected: bool = False) -> bool:
    """Return whether a column writes 11/02/2025 for 2 November.

    The order that fits more of its values counts. If both fit equally many, the month is first if any value has a.m. or
    p.m., or if it is `expected`.
    """
    day_first = month_first = halves = 0
    for cell in cells:
        match = _YEAR_LAST.fullmatch(cell.strip()) if isinstance(cell, str) and len(cell) <= 80 else None
        if match is not None:
            first, second = int(match["a"]), int(match["b"])
            day_first += second <= 12 and first <= 31
            month_first += first <= 12 and second <= 31
            halves += match["half"] is not None
    if day_first != month_first:
        return month_first > day_first
    return expected or halves > 0


def read_date(cell: Cell, order: DateOrder = DateOrder()) -> Moment | None:
    """Return a date and what it is known to; None if the cell is empty.

    The time is in UTC if the cell has an offset or a known time zone; of an unknown zone the day is kept. Reads native
    dates, ISO 8601 and looser forms of it with weeks and months, numeric dates with the year last, names of months in
    seven languages, the forms of RFC 2822, JavaScript and C, Excel's serial days, YYYYMMDD, and Unix times in seconds,
    milliseconds or microseconds. Raises ValueError for anything else, and for years before 1970 or after 2199.
    """
    if is_missing(cell):
        return None
    try:
        moment = _parse(cell, order)
        if moment.time.tzinfo is not None:
            moment = Moment(moment.time.astimezone(UTC).replace(tzinfo=None), moment.precision)
    except OverflowError as error:
        raise ValueError(f"not a date: {cell!r}") from error
    if not _EARLIEST <= moment.time.year <= _LATEST:
        raise ValueError(f"no post is from {moment.time.year}")
    return moment


def _parse(cell: Cell, order: DateOrder) -> Moment:
    if isinstance(cell, datetime):
        return Moment(cell, "second")
    if isinstance(cell, date):
        return Moment(datetime(cell.year, cell.month, cell.day), "day")
    if isinstance(cell, bool) or cell is None:
        raise ValueError(f"not a date: {cell!r}")
    if isinstance(cell, int | float):
        return _from_number(cell, order)
    text = unicodedata.normalize("NFKC", cell).strip()
    if len(text) > 120:
        raise ValueError(f"not a date: {text[:80]!r}")
    if _DIGITS.fullmatch(text):
        return _from_number(float(text) if "." in text else int(text), order)
    return _from_text(_simplify(text) if _WORD.search(text) else text, order) or _from_period(text)


def _simplify(text: str) -> str:
    """Return a date without the words between its parts."""
    text = _ZONE_IN_BRACKETS.sub("", text)
    text = _AFTER_TIME.sub("", text)
    text = text.replace("年", "-").replace("月", "-").replace("日", "")
    return _BEFORE_TIME.sub(" ", _BETWEEN.sub(" ", text))


def _from_text(text: str, order: DateOrder) -> Moment | None:
    if match := _YEAR_FIRST.fullmatch(text):
        return _assemble(match, int(match["year"]), int(match["month"]), int(match["day"]))
    if match := _YEAR_LAST.fullmatch(text):
        first, second = int(match["a"]), int(match["b"])
        year = int(match["year"]) + (2000 if len(match["year"]) == 2 else 0)
        return _assemble(match, year, *((first, second) if order.month_first else (second, first)))
    if match := _WORDED.fullmatch(text):
        month = read_month(match["name"] or match["name2"])
        return _assemble(match, int(match["year"]), month, int(match["day"] or match["day2"]))
    if match := _YEAR_AFTER_TIME.fullmatch(text):
        return _assemble(match, int(match["year"]), read_month(match["name"]), int(match["day"]))
    return None


def _from_period(text: str) -> Moment:
    """Return the first day of a week or month. Raises ValueError if the text is none."""
    if match := _WEEK.fullmatch(text):
        day = int(match["day"] or 1)
        time = datetime.fromisocalendar(int(match["year"]), int(match["week"]), day)
        return Moment(time, "day" if match["day"] else "week")
    if match := _MONTH.fullmatch(_BETWEEN.sub(" ", text)):
        name = match["name"] or match["name2"]
        month = read_month(name) if name else int(match["month"] or match["month2"])
        year = int(match["year"] or match["year2"] or match["year3"] or match["year4"])
        return Moment(datetime(year, month, 1), "month")
    raise ValueError(f"not a date: {text!r}")


def _from_number(number: float, order: DateOrder) -> Moment:
    if 20_000 <= number < 80_000:  # days: 1954 to 2119, or four years later
        epoch = _MAC_EPOCH if order.days_from_1904 else _EXCEL_EPOCH
        time = epoch + timedelta(seconds=round(number * 86_400, 3))
        return Moment(time, "day" if number == int(number) else "second")
    if 19_700_101 <= number <= 21_991_231 and number == int(number):
        return Moment(datetime(int(number) // 10_000, int(number) // 100 % 100, int(number) % 100), "day")
    for unit in (1, 10**3, 10**6, 10**9):
        if 10**8 <= number / unit < 10**10:  # 1973 to 2286
            return Moment(_UNIX_EPOCH + timedelta(microseconds=round(number * 10**6 / unit)), "second")
    raise ValueError(f"not a date: {number!r}")


def _assemble(match: re.Match[str], year: int, month: int, day: int) -> Moment:
    if match["hour"] is None:
        return Moment(datetime(year, month, day), "day")
    hour = int(match["hour"])
    if match["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(f"not an hour: {hour}")
        hour = hour % 12 + (12 if match["half"].lower() == "p" else 0)
    micro = int(((match["fraction"] or "0") + "000000")[:6])
    moment = datetime(year, month, day, hour, int(match["minute"]), int(match["second"] or 0), micro)
    if not (match["offset"] or match["zone"]):
        return Moment(moment, "second")
    zone = _find_zone(match["offset"], match["zone"])
    return Moment(moment.replace(tzinfo=zone), "second") if zone else Moment(datetime(year, month, day), "day")


def _find_zone(offset: str | None, name: str | None) -> tzinfo | None:
    """Return a time zone; None for a name that is unknown or stands for several."""
    if offset:
        sign, digits = (-1 if "-" in offset else 1), re.sub(r"\D", "", offset)
        digits = digits.zfill(2) if len(digits) < 3 else digits
        return timezone(sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:4] or 0)))
    assert name is not None
    if name.upper() in _ZONES:
        return timezone(timedelta(hours=_ZONES[name.upper()]))
    if "/" not in name:
        return None
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
