"""Measure each brand's share of posts in each cluster against those of the other members of its group."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.insights.posting.beside import Beside, set_beside
from generator.insights.posting.held import Strata
from generator.insights.posting.rates import find_median, list_rivals
from generator.insights.posting.shares import RANKED
from generator.insights.proportions import limit_share

#: Members that a group needs: of two, the median member is but the other one.
LEAST_MEMBERS = 3

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class GroupShares(Beside):
    """Arrays (brands, c), of brands in a group of at least LEAST_MEMBERS; NaN and 0 for others.

    Shares are of occasions, within categories if brands are compared so. Intervals are each for itself: nothing here is
    marked or told as a finding, so that groups take nothing from the chance of a false mark.
    """

    group: Ints  # (brands,) position of the brand's group; -1 for none, or one that is too small
    rank: Ints  # by rate, 1 for the highest, among members with at least RANKED occasions; 0 for none
    ranked: Ints  # (brands,) so many members of the brand's group have a rank
    of_group: Floats  # (groups, c) the median of all members' rates, drawn likewise; NaN for a group that is too small
    of_group_low: Floats
    of_group_high: Floats


def measure_group_shares(strata: Strata, group: Ints) -> GroupShares | None:
    """Return the shares of brands beside those of their groups; None if no group has enough members with posts.

    `group` (brands,) is the position of each brand's group, -1 for none. A brand is compared with the median of the
    other members as it is with its median rival in `compare_rates`, with the score interval of the ratio.
    """
    totals = strata.totals.sum(axis=0)
    brands, cells = len(totals), strata.occasions.shape[2]
    groups = int(group.max(initial=-1)) + 1
    sizes = np.bincount(group[(group >= 0) & (totals > 0)], minlength=groups)
    member = (group >= 0) & (totals > 0) & (sizes[group] >= LEAST_MEMBERS) if groups else group >= 0
    if not member.any():
        return None
    found = {name: np.full((brands, cells), np.nan) for name in ("rate", "median", "ratio", "low", "high")}
    is_bound = np.zeros((brands, cells), bool)
    for brand in np.flatnonzero(member).tolist():
        others = list_rivals(strata, brand)
        beside = set_beside(strata, brand, others[group[others] == group[brand]])
        is_bound[brand] = beside.is_bound
        for name, rows in found.items():
            rows[brand] = getattr(beside, name)
    compared = np.where(member, group, -1)
    rank, ranked = _rank(strata, compared, found["rate"])
    medians = _measure_groups(strata, group, sizes)
    return GroupShares(**found, is_bound=is_bound, group=compared, rank=rank, ranked=ranked, **medians)


def _rank(strata: Strata, group: Ints, rate: Floats) -> tuple[Ints, Ints]:
    """Return ranks within groups, among members that are compared in the same categories, and how many have one."""
    known = (np.where(strata.compared, strata.totals, 0).sum(axis=0) >= RANKED) & (group >= 0)
    rank, ranked = np.zeros(rate.shape, np.int64), np.zeros(len(rate), np.int64)
    for brand in np.flatnonzero(known):
        peers = known & (group == group[brand]) & (strata.compared == strata.compared[:, [brand]]).all(axis=0)
        rank[brand], ranked[brand] = (rate[peers] > rate[brand]).sum(axis=0) + 1, peers.sum()
    rank[ranked < LEAST_MEMBERS] = 0
    return rank, np.where(ranked < LEAST_MEMBERS, 0, ranked)


def _measure_groups(strata: Strata, group: Ints, sizes: Ints) -> dict[str, Floats]:
    """Return the median member's rate of each group, with both ends of its interval."""
    shape = len(sizes), strata.occasions.shape[2]
    median, size = np.full(shape, np.nan), np.zeros(shape)
    for place in np.flatnonzero(sizes >= LEAST_MEMBERS):
        members = np.flatnonzero((group == place) & (strata.totals.sum(axis=0) > 0))
        median[place], size[place] = find_median(strata, members)
    low, high = limit_share(median, size)
    return {"of_group": median, "of_group_low": low, "of_group_high": high}
