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
    """Return the medians of the `values` (n,) of each `group` (n,), with 95 % intervals.

    The ends of an interval are values of the group, as many ranks from either end as the binomial distribution allows,
    whatever the distribution of the values (Thompson 1936).
    """
    from scipy.stats import binom

    ordered = values[np.lexsort((values, group))]
    count = np.bincount(group, minlength=groups)
    start = np.cumsum(count) - count
    # with fewer than six values, even their range holds the median with less than 95 %
    place = binom.ppf((1 - CONFIDENCE) / 2, count, 0.5).astype(np.int64) if groups else count
    some, enough = count > 0, place > 0
    middle, low, high = (np.full(groups, np.nan) for _ in range(3))
    lower, upper = start + (count - 1) // 2, start + count // 2
    middle[some] = (ordered[lower[some]] + ordered[upper[some]]) / 2
    low[enough] = ordered[(start + place - 1)[enough]]
    high[enough] = ordered[(start + count - place)[enough]]
    return Medians(middle, low, high)


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
