"""Set one brand's shares beside the median of chosen others: of its group, or of a benchmark. Nothing is marked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.insights.posting.held import Strata
from generator.insights.posting.rates import compare_rates
from generator.insights.posting.ratios import ratio_interval
from generator.insights.posting.shares import FEW, LEAST_POSTS

#: A rank among so many brands or more is told as a percentile too.
LEAST_FOR_PERCENTILE = 20

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Beside:
    """Arrays (c,) of one brand, or (brands, c). Intervals are each for itself."""

    rate: Floats  # of occasions, within categories if brands are compared so
    median: Floats  # of the others' rates, each drawn to what these have in common
    ratio: Floats  # rate / median; NaN with its ends if there are too few occasions to tell
    low: Floats
    high: Floats
    is_bound: Bools  # there are so few occasions that only one end tells anything


def set_beside(strata: Strata, brand: int, others: NDArray[np.intp]) -> Beside:
    """Compare a brand with the median of `others` as `compare_rates` does, with the score interval of the ratio."""
    rates = compare_rates(strata, brand, others, np.arange(strata.occasions.shape[2]))
    second = rates.typical * rates.typical_of
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = rates.count / rates.of
        ratio = rate / rates.typical
    told = (rates.of * rates.all_brands >= LEAST_POSTS) & (rates.typical_of > 0)
    ends = ratio_interval(rates.count, rates.of, second, rates.typical_of)
    ratio, low, high = (np.where(told, values, np.nan) for values in (ratio, *ends))
    return Beside(rate, rates.typical, ratio, low, high, told & (np.minimum(rates.count, np.nan_to_num(second)) < FEW))


def find_percentile(rank: int, ranked: int) -> int | None:
    """Return what part of the others has less, in per cent; None if there are too few brands to say so."""
    return round(100 * (ranked - rank) / (ranked - 1)) if rank and ranked >= LEAST_FOR_PERCENTILE else None
