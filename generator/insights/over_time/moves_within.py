"""Compare groups with all else in time, and within categories too, so that a turn to another market moves nothing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from generator.insights.over_time.moves import Bools, Ints, compare_times, judge_times
from generator.insights.ranks import Floats

#: A group moves one way if its rank sum is further than this from what is expected, in standard errors.
_SURE_WAY = 1.96

#: Compares groups in time, as `compare_times` does.
_Test = Callable[[Floats, Ints, int, float], tuple[Floats, Floats]]


def compare_columns(days: Floats, shows: Bools, category: Ints | None = None, runs: float = 1.0) -> Floats:
    """Return p of each column of `shows` (o, columns) against all other occasions; `days` (o,) in ascending order.

    With `category` (o,), -1 for none, p holds both of all occasions and within categories, where each stands at its
    place among those of its category, from 0 to 1: an aligned rank test (Hodges, J. L. & Lehmann, E. L. (1962), Rank
    methods for combination of independent experiments in analysis of variance, Ann. Math. Statist. 33, 482-497). What
    surely moves one way must not move the other way there. As many as `runs` occasions say as much as one that is
    decided by itself.
    """
    p, z = _test(compare_times, days, shows, runs)
    if category is None:
        return p
    p_within, z_within = _test(judge_times, *_align(days, shows, category), runs)
    with np.errstate(invalid="ignore"):
        is_opposed = (np.abs(z) > _SURE_WAY) & (z * z_within < 0)
    return np.where(is_opposed, 1.0, np.maximum(p, p_within))


def _align(days: Floats, shows: Bools, category: Ints) -> tuple[Floats, Bools]:
    """Return the places of occasions among those of their category, in ascending order, and what each shows."""
    from scipy.stats import rankdata

    place = np.full(len(days), np.nan)
    for one in np.unique(category[category >= 0]):
        inside = category == one
        place[inside] = (rankdata(days[inside]) - 0.5) / inside.sum()
    order = np.argsort(place, kind="stable")[: int((category >= 0).sum())]
    return place[order], shows[order]


def _test(test: _Test, days: Floats, shows: Bools, runs: float) -> tuple[Floats, Floats]:
    """Return p and z of each column; at once if no two overlap."""
    columns = shows.shape[1]
    if shows.sum(axis=1).max(initial=0) <= 1:
        group = np.where(shows.any(axis=1), shows.argmax(axis=1), -1) if columns else np.full(len(shows), -1)
        return test(days, group, columns, runs)
    found = [test(days, np.where(column, 0, -1), 1, runs) for column in shows.T]
    return np.array([p[0] for p, _ in found]), np.array([z[0] for _, z in found])
