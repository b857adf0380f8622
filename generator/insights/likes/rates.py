"""Measure what posts get for each follower, so that brands of unlike size compare."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.insights.likes.medians import find_medians

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Rates:
    """Likes and comments for each follower, by post (n,) and in the middle of each brand (b,); NaN if not known.

    A campaign counts once in the middle of a brand, by its own middle. The ends are a 95 % interval of that middle.
    """

    rate: Floats  # (n,)
    middle: Floats  # (b,)
    low: Floats  # (b,)
    high: Floats  # (b,)
    occasions: Ints  # (b,)


def follow_counts(days: Floats, known: Floats, counts: Floats) -> Floats:
    """Return the followers on `days` (n,), given `counts` on the days `known` (k,): on a line between two of them.

    NaN before the first known day and after the last, where nothing says how many there were, and for days of NaN.
    """
    order = np.argsort(known, kind="stable")
    if not len(order):
        return np.full(len(days), np.nan)
    found: Floats = np.interp(days, known[order], counts[order], left=np.nan, right=np.nan)
    return np.where(np.isnan(days), np.nan, found)


def measure_rates(brand: Ints, reactions: Floats, followers: Floats, burst: NDArray[np.intp]) -> Rates | None:
    """Return the engagement rates of aligned arrays (n,), NaN where not known; None if no post has one.

    `reactions` are likes and comments together, `burst` codes that posts of one burst share.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        rate = np.where(followers > 0, reactions / followers, np.nan)
    shown = np.flatnonzero(np.isfinite(rate))
    if not len(shown):
        return None
    found, place = np.unique(np.stack([brand[shown], burst[shown]]), axis=1, return_inverse=True)
    single = find_medians(rate[shown], place.ravel().astype(np.int64), found.shape[1]).middle
    brands = int(brand.max()) + 1
    medians = find_medians(single, found[0].astype(np.int64), brands)
    occasions = np.bincount(found[0], minlength=brands).astype(np.int64)
    return Rates(rate, medians.middle, medians.low, medians.high, occasions)


@dataclass(frozen=True, slots=True, eq=False)
class BesideRates:
    """Arrays (brands,): the middle rate of the brands that each is set beside, and its rank; NaN and 0 for none."""

    median: Floats  # of the others' rates
    rank: Ints  # 1 for the highest
    ranked: Ints  # others that have a rate with an interval, and the brand itself


def rank_beside(rates: Rates, there: Rates, others: Sequence[NDArray[np.intp]], least: int) -> BesideRates:
    """Return each brand's rate beside those in `there` of its `others`, positions, of which it needs `least`.

    Those whose rate rests on too few posts for an interval are left out.
    """
    median = np.full(len(others), np.nan)
    rank, ranked = np.zeros(len(others), np.int64), np.zeros(len(others), np.int64)
    for brand, rivals in enumerate(others):
        known = rivals[~np.isnan(there.low[rivals])]
        if len(known) >= least and not np.isnan(rates.low[brand]):
            median[brand] = np.median(there.middle[known])
            rank[brand] = (there.middle[known] > rates.middle[brand]).sum() + 1
            ranked[brand] = len(known) + 1
    return BesideRates(median, rank, ranked)


def rank_in_groups(rates: Rates, group: Ints, least: int) -> BesideRates:
    """Return each brand's rate beside those of its group, (brands,) its position or -1, of at least so many members."""
    places = np.arange(len(group))
    others = [np.flatnonzero((group == group[brand]) & (group >= 0) & (places != brand)) for brand in places]
    return rank_beside(rates, rates, others, least - 1)
