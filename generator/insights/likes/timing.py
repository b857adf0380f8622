"""Measure when posts get more likes: by weekday and hour, within each brand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.insights.likes.engagement import Engagement, measure_engagement
from generator.insights.likes.typical_likes import Floats, Ints

WEEKDAYS = 7
#: Hours in each part of the day. A brand seldom has the posts to tell single hours apart.
PART_HOURS = 3
#: If more posts than this share one time of day, times are not those of posting.
_SAME_TIME = 0.5
#: Days since 1970 count from a Thursday.
_FIRST_WEEKDAY = 3


@dataclass(frozen=True, slots=True, eq=False)
class Timing:
    """Engagement with weekdays, Monday first, or parts of the day, from 0 o'clock, in the place of clusters."""

    weekday: Engagement | None  # None if nothing can be compared
    hour: Engagement | None  # of `PART_HOURS` each; None, too, if dates carry no times


def measure_timing(brand: Ints, likes: Floats, days: Floats, burst: Ints, budget: float) -> Timing:
    """Compare likes by weekday and part of the day in aligned arrays (n,), as `measure_engagement` does by cluster.

    `budget` is for both, a half each. A burst counts once for each weekday that it falls on. Times are as `days`
    has them, and may be (n, 1 + k) with what else is held equal. What is posted on a weekday is not held equal: a
    weekday may get more because of the images kept for it.
    """
    held, days = days, days if days.ndim == 1 else days[:, 0]
    dated = np.isfinite(days)
    whole = np.floor(np.where(dated, days, 0))
    weekday = np.where(dated, (whole.astype(np.int64) + _FIRST_WEEKDAY) % WEEKDAYS, -1)
    hour = np.where(dated, ((np.where(dated, days, 0) - whole) * 24 / PART_HOURS + 1e-9).astype(np.int64), -1)
    parts = 24 // PART_HOURS
    by_weekday = measure_by(brand, weekday, likes, held, burst, budget / 2, WEEKDAYS)
    by_hour = measure_by(brand, hour, likes, held, burst, budget / 2, parts) if has_times(days) else None
    return Timing(by_weekday, by_hour)


def has_times(days: Floats) -> bool:
    """Return whether dates tell the time of day."""
    dated = days[np.isfinite(days)]
    if not len(dated):
        return False
    _, often = np.unique(np.round((dated - np.floor(dated)) * 24 * 60), return_counts=True)
    return bool(often.max() <= _SAME_TIME * len(dated))


def measure_by(
    brand: Ints, category: Ints, likes: Floats, days: Floats, burst: Ints, budget: float, categories: int
) -> Engagement | None:
    """Compare likes by any category, -1 for none, as `measure_engagement` does by cluster; None if all is withheld."""
    found = measure_engagement(brand, category, likes, days, burst, budget, categories)
    return None if found.withheld.all() and found.pooled_withheld.all() else found
