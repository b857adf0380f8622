"""Medians of many groups at once, and ratios of them, with intervals that need no assumption about the values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.insights.inference import CONFIDENCE

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Medians:
    """Arrays of one shape, an entry a group. NaN where a group is empty; for the ends, where it has fewer than six."""

    middle: Floats
    low: Floats
    high: Floats


def find_medians(values: Floats, group: NDArray[np.int64], groups: int) -> Medians:
    """The medians of the `values` (n,) of each `group` (n,), with 95 % intervals.

    The interval's ends are values of the group themselves, as many places from either end as the binomial
    distribution allows, whatever the values' own (Thompson 1936).
    """
    from scipy.stats import binom

    ordered = values[np.lexsort((values, group))]
    count = np.bincount(group, minlength=groups)
    start = np.cumsum(count) - count
    # six values are the fewest between whose ends the median lies with 95 %
    place = binom.ppf((1 - CONFIDENCE) / 2, count, 0.5).astype(np.int64) if groups else count
    some, enough = count > 0, place > 0
    middle, low, high = (np.full(groups, np.nan) for _ in range(3))
    lower, upper = start + (count - 1) // 2, start + count // 2
    middle[some] = (ordered[lower[some]] + ordered[upper[some]]) / 2
    low[enough] = ordered[(start + place - 1)[enough]]
    high[enough] = ordered[(start + count - place)[enough]]
    return Medians(middle, low, high)


def divide(above: Medians, below: Medians) -> Medians:
    """The ratios of independent medians of zero or more, those `below` above zero, shapes as numpy joins them.

    Intervals are joined on a log scale: each end is as far from the ratio as both medians' ends on that side together,
    by Pythagoras (Zou, G. Y. & Donner, A. (2008), Construction of confidence limits about effect measures, Statistics
    in Medicine 27, 1693-1702). Where the one holds values of the other, the interval is wider than it had to be.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = above.middle / below.middle
        low = ratio * np.exp(-np.hypot(np.log(above.middle / above.low), np.log(below.high / below.middle)))
        high = ratio * np.exp(np.hypot(np.log(above.high / above.middle), np.log(below.middle / below.low)))
        # of a median of zero, a multiple cannot be told
        none = ratio == 0
        low = np.where(none, 0, low)
        high = np.where(none, above.high / below.low, high)
    return Medians(ratio, low, high)
