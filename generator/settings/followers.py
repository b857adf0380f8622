"""Followers of brands as the settings count them: a number for each of some days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any


class FollowerCounts(dict[str, dict[str, int]]):
    """Followers by brand and day, a date in ISO 8601."""


def parse_followers(value: Any) -> FollowerCounts | None:
    """Return a table of tables as follower counts; None if a day or a count in it is none."""
    if not isinstance(value, Mapping):
        return None
    counts = FollowerCounts()
    for brand, days in value.items():
        if not isinstance(days, Mapping):
            return None
        counts[str(brand)] = {}
        for day, count in days.items():
            if not isinstance(count, int) or isinstance(count, bool) or count < 1 or not _is_day(day):
                return None
            counts[str(brand)][day] = count
    return counts


def _is_day(text: Any) -> bool:
    try:
        return bool(date.fromisoformat(text).isoformat() == text)
    except (TypeError, ValueError):
        return False
