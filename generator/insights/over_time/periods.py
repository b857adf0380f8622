"""Place posts in time: occasions, and counts by month or quarter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from generator.insights.inference import BUDGET
from generator.insights.ranks import Floats

#: Longer spans, in months, are counted in quarters.
_MOST_MONTHS = 24
#: The parts of the chance of error of everything in time: what each brand's clusters do, and what its images show and
#: captions say, what clusters do in all brands, who led, and this year against the last.
TIME_BUDGET = {
    name: BUDGET["drift"] * part
    for name, part in (
        ("drift", 0.4), ("subject drift", 0.1), ("market", 0.3), ("leads", 0.08), ("seasons", 0.12)
    )
}  # fmt: skip

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Periods:
    """Posts by brand, cluster and calendar period in UTC, from the first dated post's period to the last one's."""

    unit: Literal["month", "quarter"]
    starts: Floats  # (periods,) days since 1970
    counts: Ints  # (brands, clusters + 1, periods); the unclustered last
    totals: Ints  # (brands, periods)


@dataclass(frozen=True, slots=True, eq=False)
class Occasions:
    """Aligned arrays (o,) of independent decisions to post: a post by itself, or a burst's posts in one cluster."""

    brand: Ints
    cluster: Ints  # -1 for the unclustered
    days: Floats  # the middle of the posts with a date, since 1970
    posts: Ints  # with a date
    first: Ints  # position of the first of these among all posts


def gather_occasions(
    brand: NDArray[np.integer], cluster: NDArray[np.integer], days: Floats, burst: NDArray[np.integer] | None
) -> Occasions:
    """Return the dated occasions of aligned arrays (n,), in order of brand, then time.

    `days` since 1970, NaN without a date; `burst` codes, None if every post is one by itself.
    """
    dated = np.flatnonzero(np.isfinite(days))
    burst = np.arange(len(brand)) if burst is None else burst
    keys = np.stack([np.asarray(values, np.int64)[dated] for values in (brand, burst, cluster)], axis=1)
    found, first, place = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    posts = np.bincount(place.ravel(), minlength=len(found)).astype(np.int64)
    middle = np.bincount(place.ravel(), weights=days[dated], minlength=len(found)) / np.maximum(posts, 1)
    order = np.lexsort((found[:, 2], middle, found[:, 0]))
    middle = np.asarray(middle[order], np.float64)
    return Occasions(found[order, 0], found[order, 2], middle, posts[order], dated[first[order]])


def count_periods(brand: Ints, cluster: Ints, days: Floats, shape: tuple[int, int]) -> Periods:
    """Count the posts of aligned arrays (n,), all dated; `shape` is (brands, clusters)."""
    shows = cluster[:, None] == np.arange(shape[1])
    return count_shown_periods(brand, shows, days, shape[0])


def count_shown_periods(brand: Ints, shows: NDArray[np.bool_], days: Floats, brands: int) -> Periods:
    """Count posts, all dated, by what each of them shows, (n, columns): any number of them."""
    columns = shows.shape[1]
    if not len(days):
        return Periods(
            "month", np.zeros(0), *(np.zeros(shape, np.int64) for shape in ((brands, columns + 1, 0), (brands, 0)))
        )
    month = find_months(days)
    size = 1 if month.max() - month.min() < _MOST_MONTHS else 3
    period = month // size
    first, last = int(period.min()), int(period.max())
    starts = start_months(np.arange(first, last + 1) * size)
    counts = np.zeros((brands, columns + 1, len(starts)), np.int64)
    post, column = np.nonzero(np.column_stack([shows, ~shows.any(axis=1)]))
    np.add.at(counts, (brand[post], column, period[post] - first), 1)
    totals = np.zeros((brands, len(starts)), np.int64)
    np.add.at(totals, (brand, period - first), 1)
    return Periods("month" if size == 1 else "quarter", starts, counts, totals)


def find_months(days: Floats) -> Ints:
    """Return the calendar month in UTC of days since 1970, in months since then."""
    return np.asarray(np.floor(days).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64))


def start_months(months: Ints) -> Floats:
    """Return the first days, since 1970, of months since then."""
    return np.asarray(months.astype("datetime64[M]").astype("datetime64[D]").astype(np.float64))
