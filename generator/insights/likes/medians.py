"""Compute medians of many groups at once, and their ratios, with distribution-free intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.insights.inference import CONFIDENCE

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Medians:
    """Arrays of one shape, one entry per group. NaN for empty groups; the ends are NaN for groups of fewer than six."""

    middle: Floats
    low: Floats
    high: Floats


def find_medians(values: Floats, group: NDArray[np.int64], groups: int) -> Medians:
    """Return the medians of the `values` (n,), zero or more, of each `group` (n,), with 95 % intervals.

    An end of an interval lies between two values of the group, as many ranks from either end as the binomial
    distribution allows, whatever the distribution of the values (Hettmansperger, T. P. & Sheather, S. J. (1986),
    Confidence intervals based on interpolated order statistics, Statistics & Probability Letters 4, 75-79).
    """
    ordered = values[np.lexsort((values, group))]
    count = np.bincount(group, minlength=groups)
    start = np.cumsum(count) - count
    # with fewer than six values, even their range holds the median with less than 95 %
    place, inwards = _rank_ends(count)
    some, enough = count > 0, place > 0
    middle, low, high = (np.full(groups, np.nan) for _ in range(3))
    lower, upper = start + (count - 1) // 2, start + count // 2
    middle[some] = _between(ordered[lower[some]], ordered[upper[some]], np.full(int(some.sum()), 0.5))
    start, count, place, inwards = start[enough], count[enough], place[enough], inwards[enough]
    low[enough] = _between(ordered[start + place - 1], ordered[start + place], inwards)
    high[enough] = _between(ordered[start + count - place], ordered[start + count - place - 1], inwards)
    return Medians(middle, low, high)


def find_row_medians(ordered: Floats, count: NDArray[np.int64]) -> Medians:
    """Return `find_medians` of the first `count` (g,) of each row of logarithms (g, n), in ascending order."""
    place, inwards = _rank_ends(count)
    ranks = np.stack([(count - 1) // 2, count // 2, place - 1, place, count - place, count - place - 1], axis=1).clip(
        0, max(ordered.shape[1] - 1, 0)
    )
    if not ordered.shape[1]:
        return Medians(*(np.full(len(count), np.nan) for _ in range(3)))
    found = np.exp(np.take_along_axis(ordered, ranks, axis=1))
    halves = np.full(len(count), 0.5)
    # beyond the count, there is infinity
    with np.errstate(invalid="ignore"):
        ends = zip((0, 2, 4), (halves, inwards, inwards), strict=True)
        middle, low, high = (_between(found[:, first], found[:, first + 1], part) for first, part in ends)
    return Medians(np.where(count > 0, middle, np.nan), low, high)


def _rank_ends(count: NDArray[np.integer]) -> tuple[NDArray[np.int64], Floats]:
    """Return the rank that an interval's lower end lies at, from 1, and how far towards the next one.

    The rank is 0 if there are too few values.
    """
    from scipy.stats import binom

    place = binom.ppf((1 - CONFIDENCE) / 2, count, 0.5).astype(np.int64)
    held, fewer = (1 - 2 * binom.cdf(rank - 1, count, 0.5) for rank in (place, place + 1))
    part = (held - CONFIDENCE) / (held - fewer)
    inwards = (count - place) * part / np.maximum(place + (count - 2 * place) * part, 1e-12)
    return place, np.where(place > 0, inwards, np.nan)


def _between(one: Floats, two: Floats, part: Floats) -> Floats:
    """Return what lies `part` of the way from one to two: by ratios, or by differences if one of them is 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        by_ratio = one * (two / one) ** part
    return np.where((one > 0) & (two > 0), by_ratio, one + (two - one) * part)


def divide(above: Medians, below: Medians) -> Medians:
    """Return the ratios of independent medians, zero or more `above`, positive `below`; shapes broadcast.

    Intervals combine on a log scale: the distance of an end from the ratio is the root of the summed squares of the
    distances of both medians' ends on that side (Zou, G. Y. & Donner, A. (2008), Construction of confidence limits
    about effect measures, Statistics in Medicine 27, 1693-1702). If one median includes values of the other, the
    interval is wider than necessary.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = above.middle / below.middle
        low = ratio * np.exp(-np.hypot(np.log(above.middle / above.low), np.log(below.high / below.middle)))
        high = ratio * np.exp(np.hypot(np.log(above.high / above.middle), np.log(below.middle / below.low)))
        # a median of zero has no logarithm
        none = ratio == 0
        low = np.where(none, 0, low)
        high = np.where(none, above.high / below.low, high)
    return Medians(ratio, low, high)
