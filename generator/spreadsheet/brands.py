"""Who is who: the spellings of one brand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence


def merge_spellings(written: Sequence[str]) -> dict[str, str]:
    """Return spelling -> the brand's name: its most frequent spelling, of equal ones the earliest.

    Spellings that differ in case and spaces are one brand.
    """
    spellings: dict[str, Counter[str]] = {}
    for name in written:
        spellings.setdefault(name.casefold(), Counter())[name] += 1
    return {name: max(spellings[name.casefold()].items(), key=lambda item: item[1])[0] for name in set(written)}
