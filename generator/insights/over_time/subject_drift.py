"""Find what a brand's images show, and its captions say, more at one time than at another."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from generator.insights.over_time.drift import Drifts, find_drifts
from generator.insights.over_time.periods import TIME_BUDGET, count_shown_periods
from generator.insights.over_time.thirds import Dated
from generator.insights.ranks import Floats


def measure_subject_drift(
    brand: NDArray[np.integer],
    shows: NDArray[np.bool_],
    days: Floats,
    burst: NDArray[np.integer],
    category: NDArray[np.integer] | None = None,
) -> Drifts:
    """Find drifts of subjects: `shows` (n, subjects) says which each post has, `days` is NaN without a date.

    "Cluster" stands for a subject in what is returned. A burst is one occasion, at the middle of its dates, and speaks
    by its first post with a date, as in shares of what images show. Once the strongest subject is found, its posts are
    taken out before the others are looked at, so that a wider term, or a word that comes with it, must move by itself.
    `category` is as in `measure_drift`.
    """
    dated = np.flatnonzero(np.isfinite(days))
    of, first, place = np.unique(burst[dated], return_index=True, return_inverse=True)
    posts = np.bincount(place.ravel(), minlength=len(of)).astype(np.int64)
    middle = np.bincount(place.ravel(), weights=days[dated], minlength=len(of)) / np.maximum(posts, 1)
    owner = np.asarray(brand, np.int64)[dated[first]]
    order = np.lexsort((middle, owner))
    firsts = dated[first[order]]
    held = None if category is None else category[firsts]
    found = Dated(owner[order], middle[order], posts[order], shows[firsts], held)
    brands = int(brand.max(initial=-1)) + 1
    periods = count_shown_periods(np.asarray(brand, np.int64)[dated], shows[dated], days[dated], brands)
    return find_drifts(found, periods, TIME_BUDGET["subject drift"])
