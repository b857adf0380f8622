"""Dates as exports and people write them. The order of day and month is decided from all values of a column."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from generator.spreadsheet.values.calendar_names import read_month
from generator.spreadsheet.values.cells import Cell, is_missing
from generator.spreadsheet.values.date_texts import list_forms, tidy_date
from generator.spreadsheet.values.time_zones import read_zone

#: The finest unit that a date is known to.
Precision = Literal["second", "day", "week", "month"]

_FLAGS = re.VERBOSE | re.IGNORECASE
_END = r"(?![\w:]|[.-]\d)|(?=T\d)"
_OF = r"(?:(?:de|del|di|do|of)\s+)?"
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}")
_YEAR_FIRST = re.compile(
    rf"(?P<year>\d{{4}})([-/.:])\s?(?P<month>\d{{1,2}})\2\s?(?P<day>\d{{1,2}})\.?(?:{_END})", _FLAGS
)
_YEAR_LAST = re.compile(rf"(?P<a>\d{{1,2}})([-/.])\s?(?P<b>\d{{1,2}})\2\s?(?P<year>\d{{4}}|\d{{2}})(?:{_END})", _FLAGS)
_WORDED = (
    re.compile(
        rf"(?P<day>\d{{1,2}})(?:er|st|nd|rd|th|[oaº°])?\.?(?:[oaº°])?[\s./-]*{_OF}(?P<name>[^\W\d_]{{3,12}})\.?,?[\s./-]*{_OF}"
        rf"(?P<year>\d{{4}}|'?\d{{2}})(?:{_END})",
        _FLAGS,
    ),
    re.compile(
        rf"(?P<name>[^\W\d_]{{3,12}})\.?\s?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:,\s?|\s)(?P<year>\d{{4}}|'\d{{2}})(?:{_END})",
        _FLAGS,
    ),
    re.compile(
        rf"(?P<year>\d{{4}})[\s./-]+(?P<name>[^\W\d_]{{3,12}})\.?[\s./-]+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:{_END})",
        _FLAGS,
    ),
)
_NUMERIC = re.compile(r"\d[-/.]\s?\d{1,2}[-/.]\s?\d{2}")
#: The hour, and the words and marks around it: "a las 13:21 h", "um 13.21 Uhr", "1:21 p. m.", with a zone behind.
_TIME = re.compile(
    r"""(?:\s*[T,·|–-]\s*|\s+)
    (?:(?:at|à|um|a\sl[ae]s?|alle(?:\sore)?|ore|às|as|om|kl\.?|@)\s*)?
    (?P<hour>\d{1,2})(?:\s?(?P<mark>[:h.])\s?(?P<minute>\d{2})(?:(?:(?P=mark)|[:m])\s?(?P<second>\d{2})s?)?)?
    (?:[.,](?P<fraction>\d{1,12}))?(?:\.\d{1,12})?          # Apify's sample has two fractions
    (?:\s*(?P<half>[ap])\.?\s?m\b\.?)?
    (?:\s*(?P<word>Uhr|uur|hrs?|h|heures)\b\.?)?
    (?P<zone>.*)""",
    _FLAGS | re.DOTALL,
)
#: A week: ISO 8601's form, and those of German and French, which count as it does.
_WEEK = re.compile(
    r"(?P<year>\d{4})[-\s/]?(?:W|KW|S)\s?(?P<week>\d{1,2})(?:-?(?P<day>[1-7]))?"
    r"|(?:W|KW|S|Woche|Kalenderwoche|semaine|semana|settimana)\.?\s?(?P<week2>\d{1,2})[\s,/.-]+(?P<year2>\d{4})",
    re.IGNORECASE,
)
_WEEK_OF = re.compile(
    r"(?:week of|semaine du|woche vom|semana d[eo]l?|settimana del|week van)\s+(?P<rest>.+)", re.IGNORECASE
)
_MONTH = re.compile(
    rf"(?P<year>\d{{4}})[-/.](?P<month>\d{{1,2}})|(?P<month2>\d{{1,2}})[-/.](?P<year2>\d{{4}})"
    rf"|(?P<name>[^\W\d_]{{3,12}})\.?,?[\s/-]{{1,3}}{_OF}(?P<year3>\d{{4}}|'\d{{2}})"
    r"|(?P<year4>\d{4})[\s/-]{1,3}(?P<name2>[^\W\d_]{3,12})\.?",
    _FLAGS,
)
_DIGITS = re.compile(r"\d{5,19}(?:[.,]\d{1,12})?")
#: A Unix time as a fraction times a power: Java writes all digits that tell, other programs those that are shown.
_SCIENTIFIC = re.compile(r"(?P<number>\d[.,](?P<digits>\d{1,16}))E(?P<sign>\+?)(?P<power>\d{1,2})", re.IGNORECASE)
_ENOUGH_DIGITS = 9
#: As Google's visualisation API writes dates in JSON, the months counted from 0:
#: https://developers.google.com/chart/interactive/docs/datesandtimes
_GOOGLE = re.compile(r"Date\((\d{4}),\s?(\d{1,2})((?:,\s?\d{1,2}){1,4})(?:,\s?\d{1,3})?\)")
#: Milliseconds, as .NET writes dates in JSON.
_NET = re.compile(r"\\?/Date\((\d{9,14})(?:[+-]\d{4})?\)\\?/")

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
    year_first: bool = False  # 25-11-02 is 2 November 2025
    days_from_1904: bool = False  # numbers count days from 1904


#: The first year of two digits that is one of posts on Instagram, and the last that is looked for.
_FIRST_YEAR, _LAST_YEAR = 10, 39

_DAY_FIRST = DateOrder()


def is_month_first(cells: Iterable[Cell], expected: bool = False) -> bool:
    """Return whether a column writes 11/02/2025 for 2 November.

    The order that fits more of its values counts. If both fit equally many, the month is first if any value has a.m. or
    p.m., or if it is `expected`.
    """
    day_first = month_first = halves = 0
    for cell in cells:
        match = _match_year_last(cell) if isinstance(cell, str) else None
        if match is not None:
            first, second = int(match["a"]), int(match["b"])
            day_first += second <= 12 and first <= 31
            month_first += first <= 12 and second <= 31
            time = _TIME.fullmatch(match.string[match.end() :])
            halves += time is not None and time["half"] is not None
    if day_first != month_first:
        return month_first > day_first
    return expected or halves > 0


def is_year_first(cells: Iterable[Cell]) -> bool:
    """Return whether a column writes 25-11-02 for 2 November 2025.

    So it does if all its values can be read so, and with the year last some would be of years before 2010.
    """
    is_early = False
    for cell in cells:
        match = _match_year_last(cell) if isinstance(cell, str) else None
        if match is None:
            continue
        year, month, day = int(match["a"]), int(match["b"]), int(match["year"])
        if len(match["year"]) > 2 or not (_FIRST_YEAR <= year <= _LAST_YEAR and 1 <= month <= 12 and 1 <= day <= 31):
            return False
        is_early = is_early or day < _FIRST_YEAR
    return is_early


def _match_year_last(text: str) -> re.Match[str] | None:
    if text[:4].isdigit() or not _NUMERIC.search(text[:200]):  # the first of these is the year
        return None
    try:
        tidy = tidy_date(text)
    except ValueError:
        return None
    return next((match for form in list_forms(tidy) if (match := _YEAR_LAST.match(form))), None)


def read_date(cell: Cell, order: DateOrder = _DAY_FIRST) -> Moment | None:
    """Return a date and what it is known to; None if the cell is empty.

    The time is in UTC if the cell has an offset or a known time zone; of an unknown zone the day is kept. Reads native
    dates (those at midnight are days), ISO 8601 and looser forms of it with weeks and months, numeric dates with the
    year last, names of months in seven languages, dates of Chinese, Japanese and Korean, the forms of RFC 2822,
    JavaScript, C and .NET, spreadsheets' serial days, YYYYMMDD, and Unix times in seconds, milliseconds or
    microseconds. Raises ValueError for anything else, and for years before 1970 or after 2199.
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
        is_day = cell.tzinfo is None and (cell.hour, cell.minute, cell.second, cell.microsecond) == (0, 0, 0, 0)
        return Moment(cell, "day" if is_day else "second")
    if isinstance(cell, date):
        return Moment(datetime(cell.year, cell.month, cell.day), "day")
    if isinstance(cell, bool) or cell is None:
        raise ValueError(f"not a date: {cell!r}")
    if isinstance(cell, int | float):
        return _from_number(cell, order)
    if _ISO.match(cell):
        try:
            return Moment(datetime.fromisoformat(cell), "second")
        except ValueError:
            pass  # looser forms are read below
    return _parse_text(cell, order)


def _parse_text(cell: str, order: DateOrder) -> Moment:
    text = tidy_date(cell)
    if _DIGITS.fullmatch(text):
        return _from_number(int(text) if text.isdigit() else float(text.replace(",", ".")), order)
    if (match := _SCIENTIFIC.fullmatch(text)) and (not match["sign"] or len(match["digits"]) >= _ENOUGH_DIGITS):
        return _from_number(float(match["number"].replace(",", ".")) * 10 ** int(match["power"]), order)
    if match := _GOOGLE.fullmatch(text):
        day, hour, minute, second = ([int(part) for part in match[3].split(",") if part] + [0, 0, 0])[:4]
        time = datetime(int(match[1]), int(match[2]) + 1, day, hour, minute, second)
        return Moment(time, "second" if match[3].count(",") > 1 else "day")
    if match := _NET.fullmatch(text):
        return Moment(_UNIX_EPOCH + timedelta(milliseconds=int(match[1])), "second")
    if moment := _from_digits(text, order):
        return moment
    for form in list_forms(text):
        if moment := _from_period(form) or _from_text(form, order):
            return moment
    if (match := _WEEK_OF.fullmatch(text)) and (first := _from_text(match["rest"], order)) and first.precision == "day":
        return Moment(first.time, "week")
    raise ValueError(f"not a date: {cell!r}")


def _from_text(text: str, order: DateOrder) -> Moment | None:
    """Return the day that a text begins with, and the time behind it; None if it begins with no day."""
    if moment := _from_digits(text, order):
        return moment
    for pattern in _WORDED:
        if match := pattern.match(text):
            day_of = datetime(_read_year(match["year"]), read_month(match["name"]), int(match["day"]))
            return _add_time(day_of, text[match.end() :])
    return None


def _from_digits(text: str, order: DateOrder) -> Moment | None:
    if match := _YEAR_FIRST.match(text):
        return _add_time(datetime(int(match["year"]), int(match["month"]), int(match["day"])), text[match.end() :])
    if match := _YEAR_LAST.match(text):
        first, second = int(match["a"]), int(match["b"])
        if order.year_first and len(match["year"]) == 2:
            return _add_time(datetime(2000 + first, second, int(match["year"])), text[match.end() :])
        month, day = (first, second) if order.month_first else (second, first)
        return _add_time(datetime(_read_year(match["year"]), month, day), text[match.end() :])
    return None


def _from_period(text: str) -> Moment | None:
    """Return the first day of a week or month; None if the text is none."""
    if match := _WEEK.fullmatch(text):
        day = int(match["day"] or 1)
        time = datetime.fromisocalendar(int(match["year"] or match["year2"]), int(match["week"] or match["week2"]), day)
        return Moment(time, "day" if match["day"] else "week")
    if match := _MONTH.fullmatch(text):
        name = match["name"] or match["name2"]
        month = read_month(name) if name else int(match["month"] or match["month2"])
        year = match["year"] or match["year2"] or match["year3"] or match["year4"]
        return Moment(datetime(_read_year(year), month, 1), "month")
    return None


def _read_year(text: str) -> int:
    digits = text.removeprefix("'")
    return int(digits) + (2000 if len(digits) == 2 else 0)


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


def _add_time(day: datetime, rest: str) -> Moment:
    """Return a day with the time that `rest` says. Raises ValueError if it says something else."""
    if not rest.strip(" .,;"):
        return Moment(day, "day")
    match = _TIME.fullmatch(rest)
    if match is None or not (match["minute"] or match["half"] or match["word"]):
        raise ValueError(f"not a time: {rest}")
    hour = int(match["hour"])
    if match["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(f"not an hour: {hour}")
        hour = hour % 12 + (12 if match["half"].lower() == "p" else 0)
    micro = int(((match["fraction"] or "0") + "000000")[:6])
    time = day.replace(hour=hour, minute=int(match["minute"] or 0), second=int(match["second"] or 0), microsecond=micro)
    if not match["zone"].strip(" .,;"):
        return Moment(time, "second")
    zone = read_zone(match["zone"], time)
    return Moment(time.replace(tzinfo=zone), "second") if zone else Moment(day, "day")
