"""Names of months and days of the week in the languages of exports, from CLDR's tables through Babel."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from functools import cache

#: English, French, German, Spanish, Italian, Portuguese and Dutch, with regions that have names of their own.
_LOCALES = ("en", "en_GB", "fr", "fr_CA", "de", "de_AT", "es", "es_MX", "it", "pt", "pt_PT", "nl")
_WIDTHS = ("wide", "abbreviated")
#: Forms that CLDR does not have: Excel's in German, and German without its dots.
_MORE_MONTHS: Mapping[str, int] = {"mrz": 3, "maerz": 3, "jaenner": 1}
_SHORTEST = 3


def read_month(name: str) -> int:
    """Return the number of a month from its name or the beginning of it, 3 letters at least. Raises ValueError."""
    plain = plain_name(name)
    found = _list_months().get(plain)
    if found is None:
        raise ValueError(f"not a month: {name}")
    return found


def is_weekday(name: str) -> bool:
    """Return whether a word names a day of the week, in full or short: "Sunday", "dim.", "segunda-feira"."""
    return plain_name(name) in _list_weekdays()


def plain_name(name: str) -> str:
    """Return the letters of a name without case and accents."""
    folded = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in folded if letter.isalpha())


@cache
def _list_months() -> Mapping[str, int]:
    """Return the number of each month by its names and their beginnings, without those that stand for two months."""
    from babel.dates import get_month_names

    numbers: dict[str, int] = dict(_MORE_MONTHS)
    for locale in _LOCALES:
        for context in ("format", "stand-alone"):
            for width in _WIDTHS:
                for number, name in get_month_names(width, context, locale).items():  # type: ignore[arg-type]
                    numbers.setdefault(plain_name(name), number)
    found: dict[str, set[int]] = {}
    for name, number in numbers.items():
        for start in _starts(name):
            found.setdefault(start, set()).add(number)
    certain = {name: months.pop() for name, months in found.items() if len(months) == 1}
    return {**certain, **numbers}


@cache
def _list_weekdays() -> frozenset[str]:
    from babel.dates import get_day_names

    names = {
        plain_name(name)
        for locale in _LOCALES
        for context in ("format", "stand-alone")
        for width in (*_WIDTHS, "short")
        for name in get_day_names(width, context, locale).values()  # type: ignore[arg-type]
    }
    return frozenset({start for name in names for start in _starts(name)} | {name for name in names if len(name) > 1})


def _starts(name: str) -> Iterator[str]:
    """Yield the beginnings of a name that may stand for it."""
    return (name[:length] for length in range(_SHORTEST, len(name) + 1))
