"""The report's language: translated messages, and numbers and dates in its readers' form."""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache

from babel import Locale
from babel.dates import format_date, format_skeleton, get_day_names
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent
from babel.support import NullTranslations, Translations

from generator.resources import find_resources

#: Languages of reports, each with the region whose dates and numbers it follows.
LANGUAGES = {"en": "en_GB", "fr": "fr_FR"}
#: Formatted numbers that are kept: a report shows the same ones on many pages.
_KEPT = 1 << 14


@dataclass(frozen=True, slots=True)
class Language:
    """A language: its messages, numbers and dates."""

    code: str
    locale: Locale
    translations: NullTranslations

    @property
    def region(self) -> str:
        """The language with its region as office programs name it: en-GB, fr-FR."""
        return str(self.locale).replace("_", "-")

    def gettext(self, message: str) -> str:
        """Return `message` in this language."""
        return str(self.translations.ugettext(message))

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        """Return the form of a message for `count`, in this language."""
        return str(self.translations.ungettext(singular, plural, count))

    def number(self, value: float, decimals: int = 0) -> str:
        """Return `value` with `decimals` places: 1,234 or 1 234."""
        return _format_number(str(value), decimals, self.locale)

    def plain(self, value: float) -> str:
        """Return `value` with up to four significant digits and no trailing zeros: 0.3427, 12.5, 3."""
        digits = 0 if value == 0 or not math.isfinite(value) else max(0, 3 - math.floor(math.log10(abs(value))))
        return str(format_decimal(round(value, digits), "#,##0." + "#" * max(digits, 1), locale=self.locale))

    def percent(self, share: float) -> str:
        """Return `share` (0 to 1) in whole percent; <1% and >99% near the ends."""
        space = self._space_after_sign
        if share > 0 and round(share * 100) < 1:
            return f"<{space}{self._percent(0.01)}"
        if 0.995 <= share < 1:
            return f">{space}{self._percent(0.99)}"
        return self._percent(share)

    def small_percent(self, share: float) -> str:
        """Return a small `share` in percent with two digits that tell: 0.042%, 1.9%, 12%."""
        places = max(0, 1 - math.floor(math.log10(abs(share) * 100))) if share > 0 else 0
        pattern = "0" + ("." + "0" * min(places, 4) if places else "") + "%"
        told = str(format_percent(share, pattern, locale=self.locale))
        return told.replace("%", "\N{NO-BREAK SPACE}%") if self.code == "fr" else told

    def points(self, change: float) -> str:
        """Return a change of a share in percentage points: +12, −3, −0.4, 0; a dash if it is not known.

        Below one point a decimal says on which side of 0 it lies.
        """
        if not math.isfinite(change):
            return "–"
        places = 1 if abs(change) < 0.01 else 0
        told = round(change * 100, places)
        sign = "+" if told > 0 else "\N{MINUS SIGN}" if told < 0 else ""
        return sign + self.number(abs(told), places if told else 0)

    def score(self, value: float) -> str:
        """Return a measure from 0 to 1 with two decimals; a dash if it is not finite."""
        return self.number(value, 2) if math.isfinite(value) else "–"

    def ratio(self, value: float) -> str:
        """Return a ratio with about two digits: 0, <0.01, 0.05, 0.84, 1.04, 3.1, 12, >100 or ∞.

        Near 1 a second decimal says on which side it lies. Beyond the ends no digit of a sample's ratio tells anything.
        """
        if value == 0 or math.isinf(value):
            return "∞" if value else "0"
        space = self._space_after_sign
        if 0 < value <= 0.005:
            return f"<{space}{self.number(0.01, 2)}"
        if value > 100:
            return f">{space}{self.number(100)}"
        return self.number(value, 2 if value < 1.095 else 1 if value < 9.95 else 0)

    @property
    def _space_after_sign(self) -> str:
        return "\N{NO-BREAK SPACE}" if self.code == "fr" else ""

    def _percent(self, share: float) -> str:
        return _format_percent(str(share), self.locale)

    def day(self, value: date | datetime, precision: str = "day") -> str:
        """Return a day in words: 3 March 2026, 1er mars 2026; with precision "week" or "month" what is known of it."""
        return self._format_coarse(value, precision, "MMMM y") or self._format_day(value, "d MMMM y")

    def short_day(self, value: date | datetime, precision: str = "day") -> str:
        """Return a day for narrow places: 3 Mar 2026, 3 mars 2026; with precision as for `day`."""
        return self._format_coarse(value, precision, "MMM y") or self._format_day(value, "d MMM y")

    def short_days(self, first: date | datetime, last: date | datetime) -> tuple[str, str]:
        """Return two days for narrow places, the first without the month and year that both have: 10, 15 Mar 2026."""
        is_year, is_month = first.year == last.year, first.month == last.month
        pattern = "d MMM y" if not is_year else "d MMM" if not is_month else "d"
        return self._format_day(first, pattern), self.short_day(last)

    def period(self, start: float, unit: str) -> str:
        """Return the month or quarter that begins `start` days after 1 January 1970: Nov 2025, T4 2025."""
        day = date.fromordinal(date(1970, 1, 1).toordinal() + int(start))
        if unit == "month":
            return str(format_date(day, "MMM y", locale=self.locale))
        return f"{'T' if self.code == 'fr' else 'Q'}{(day.month + 2) // 3} {day.year}"

    def weekday(self, number: int) -> str:
        """Return the name of a day of the week, Monday being 0."""
        return str(get_day_names("wide", "stand-alone", self.locale)[number])

    def _format_coarse(self, value: date | datetime, precision: str, month: str) -> str:
        """Return a week, as CLDR names it, or a month; "" for finer precisions."""
        if precision == "week":
            return str(format_skeleton("yw", value, locale=self.locale))
        return str(format_date(value, month, locale=self.locale)) if precision == "month" else ""

    def _format_day(self, value: date | datetime, pattern: str) -> str:
        text = str(format_date(value, pattern, locale=self.locale))
        return f"1er{text[1:]}" if self.code == "fr" and value.day == 1 else text


@lru_cache(_KEPT)
def _format_number(value: str, decimals: int, locale: Locale) -> str:
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return str(format_decimal(Decimal(value), pattern, locale=locale))


@lru_cache(_KEPT)
def _format_percent(share: str, locale: Locale) -> str:
    return str(format_percent(Decimal(share), locale=locale))


@cache
def open_language(code: str) -> Language:
    """Return the language `code`, one of LANGUAGES; its catalogue is compiled in memory."""
    locale = Locale.parse(LANGUAGES[code])
    path = find_resources("translations") / code / "LC_MESSAGES" / "brandscape.po"
    if not path.is_file():
        return Language(code, locale, NullTranslations())  # the language the messages are written in
    compiled = io.BytesIO()
    with open(path, "rb") as file:
        write_mo(compiled, read_po(file, locale=code))
    compiled.seek(0)
    return Language(code, locale, Translations(compiled))
