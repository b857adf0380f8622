"""Names of months in the languages of exports, from Babel's tables."""

from __future__ import annotations

import unicodedata
from functools import cache

#: English, French, German, Spanish, Italian, Portuguese and Dutch.
_LANGUAGES = ("en", "fr", "de", "es", "it", "pt", "nl")


def read_month(name: str) -> int:
    """Return the number of a month from its name or the beginning of it, 3 letters at least. Raises ValueError."""
    plain = _simplify(name)
    names = _list_months()
    if plain in names:
        return names[plain]
    numbers = {number for full, number in names.items() if full.startswith(plain)} if len(plain) >= 3 else set()
    if len(numbers) != 1:
        raise ValueError(f"not a month: {name}")
    return numbers.pop()


@cache
def _list_months() -> dict[str, int]:
    """Return name -> number of every month; a name that stands for two months is left out."""
    from babel.dates import get_month_names

    numbers: dict[str, set[int]] = {}
    for language in _LANGUAGES:
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for number, name in get_month_names(width, context, language).items():
                    numbers.setdefault(_simplify(name), set()).add(number)
    return {name: next(iter(found)) for name, found in numbers.items() if len(found) == 1}


def _simplify(name: str) -> str:
    """Return letters without case and accents."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in plain if letter.isalpha())
