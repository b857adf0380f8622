"""Measure which clusters rise or fall, for brands in general and for each, month by month."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from generator.insights.inference import SIGNIFICANT
from generator.insights.over_time.market_moves import Market
from generator.insights.over_time.moves import LEAST_OCCASIONS, Bools
from generator.insights.over_time.periods import Ints, Occasions, count_periods, gather_occasions
from generator.insights.over_time.smooth_shares import Curves, Smoother, draw_brand, draw_market
from generator.insights.over_time.take_up import Lead, TakeUp, find_leads, time_take_up
from generator.insights.proportions import limit_mean_difference
from generator.insights.ranks import Floats

#: A brand with fewer dated occasions has no curves and is no part of the market.
LEAST_OF_BRAND = 30


@dataclass(frozen=True, slots=True)
class NewCluster:
    """A cluster whose first post lies in the last quarter of the time, beyond chance."""

    cluster: int
    first_day: float  # since 1970
    occasions: int
    brands: tuple[int, ...]  # the one that posted it first, first
    p: float


@dataclass(frozen=True, slots=True, eq=False)
class Momentum:
    """Shares of occasions over time; an occasion is a post by itself, or a burst's posts in one cluster.

    In the market each brand that is `counted` has the same weight. Its change is the mean of the brands' changes from
    the first third of the whole time to the last. NaN if withheld.
    """

    unit: Literal["month", "quarter"]
    times: Floats  # (t,) days since 1970: the middle of each month or quarter, or of what the data span of it
    counted: Bools  # (brands,)
    market: Curves  # (clusters, t)
    brands: Curves  # (brands, clusters, t); NaN where a usual brand would have few occasions
    change: Floats  # (clusters,)
    low: Floats
    high: Floats
    picked_low: Floats  # ends of the change of what surely rises or falls, which hold although it was picked; else NaN
    picked_high: Floats
    p: Floats  # (clusters,) of no trend within brands, adjusted, with the brand left out that supports it most
    direction: Ints  # (clusters,) 1 if a cluster surely rises, -1 if it falls, else 0
    emerging: Bools  # (clusters,) those that surely rise, and at least to double their share
    new: tuple[NewCluster, ...]  # the earliest first
    leads: tuple[Lead, ...]  # of clusters that surely rise


def measure_momentum(
    brand: Ints,
    cluster: Ints,
    days: Floats,
    burst: Ints | None = None,
    part: float = 1.0,
    clusters: int | None = None,
    runs: float = 1.0,
) -> Momentum | None:
    """Measure aligned arrays (n,): `cluster` -1 for the unclustered, `days` since 1970, NaN without a date.

    Posts with one code of `burst` are one occasion; None: every post is one. `part` is that of the family's chance of a
    false finding that may be used here; `clusters` their number, if the last may be empty; as many as `runs` occasions
    say as much as one that is decided by itself. Return None if no two brands have enough posts with a date, or all are
    of one day.
    """
    clusters = int(cluster.max(initial=-1)) + 1 if clusters is None else clusters
    occasions = gather_occasions(brand, cluster, days, burst)
    shape = (int(brand.max(initial=-1)) + 1, clusters)
    counted = np.bincount(occasions.brand, minlength=shape[0]) >= LEAST_OF_BRAND
    if counted.sum() < 2 or not shape[1]:
        return None
    start, end = float(occasions.days.min()), float(occasions.days.max())
    if not end > start:
        return None
    unit, times = _place_times(occasions, shape, start, end)
    brands, market = _draw(occasions, counted, shape, times, runs)
    table = Market(occasions, counted, shape[1], part, runs)
    z, p = table.find()
    first, last = _count_thirds(occasions, shape, start, end)
    change, low, high, earlier, later = _measure_change(first, last, counted, runs)
    is_found = np.nan_to_num(p, nan=1) < SIGNIFICANT
    direction = np.where(is_found, np.sign(z), 0).astype(np.int64)
    for values in (change, low, high):
        values[np.isnan(p)] = np.nan
    picked_low, picked_high = table.pick((change, low, high), z, direction != 0)
    return Momentum(
        unit=unit,
        times=times,
        counted=counted,
        market=market,
        brands=brands,
        change=change,
        low=low,
        high=high,
        picked_low=picked_low,
        picked_high=picked_high,
        p=p,
        direction=direction,
        emerging=(direction > 0) & (later >= 2 * earlier),
        new=_list_new(table, table.adjust_new(z)),
        leads=find_leads(_time_take_ups(occasions, direction, counted, first, last), part),
    )


def _place_times(
    occasions: Occasions, shape: tuple[int, int], start: float, end: float
) -> tuple[Literal["month", "quarter"], Floats]:
    periods = count_periods(occasions.brand, occasions.cluster, occasions.days, shape)
    ends = np.append(periods.starts[1:], end)
    return periods.unit, np.asarray((np.maximum(periods.starts, start) + ends) / 2, np.float64)


def _draw(
    occasions: Occasions, counted: Bools, shape: tuple[int, int], times: Floats, runs: float
) -> tuple[Curves, Curves]:
    """Return the curves of brands and of the market."""
    empty = np.full((*shape, len(times)), np.nan)
    brands = Curves(empty, empty.copy(), empty.copy())
    start, end = float(occasions.days.min()), float(occasions.days.max())
    counts = np.zeros((shape[0], shape[1] + 1))
    np.add.at(counts, (occasions.brand, occasions.cluster), 1)  # -1, the unclustered, is the last
    total = counts.sum(axis=1, keepdims=True)
    overall = counts[counted, :-1] / total[counted]
    # by what the other brands post, since cells chosen by their own counts would be too high
    others = np.zeros((shape[0], shape[1]))
    others[counted] = (overall.sum(axis=0) - overall) / (len(overall) - 1)
    expected = total * others
    smoothers, shares = [], []
    for brand in np.flatnonzero(counted):
        mine = occasions.brand == brand
        smoother = Smoother(occasions.days[mine], times, start, end, runs)
        curves = draw_brand(smoother, occasions.cluster[mine], shape[1])
        smoothers.append(smoother)
        shares.append(smoother.smooth(occasions.cluster[mine], shape[1]))
        enough = expected[brand] >= LEAST_OCCASIONS
        for kept, drawn in ((brands.share, curves.share), (brands.low, curves.low), (brands.high, curves.high)):
            kept[brand, enough] = drawn[enough]
    return brands, draw_market(smoothers, np.stack(shares), overall)


def _count_thirds(occasions: Occasions, shape: tuple[int, int], start: float, end: float) -> tuple[Ints, Ints]:
    """Return occasions of the first and the last third of the time, (brands, clusters + 1), the unclustered last."""
    third = (end - start) / 3
    parts = []
    for inside in (occasions.days <= start + third, occasions.days >= end - third):
        counts = np.zeros((shape[0], shape[1] + 1), np.int64)
        # -1, the unclustered, is the last
        np.add.at(counts, (occasions.brand[inside], occasions.cluster[inside]), 1)
        parts.append(counts)
    return parts[0], parts[1]


def _measure_change(
    first: Ints, last: Ints, counted: Bools, runs: float
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Return the change of every cluster, both its ends, and the mean shares of the first and the last third.

    As many as `runs` occasions say as much as one that is decided by itself.
    """
    usable = counted & (first.sum(axis=1) > 0) & (last.sum(axis=1) > 0)
    one, two = (counts[usable, :-1].astype(np.float64) for counts in (first, last))
    of_one, of_two = (
        np.broadcast_to(counts[usable].sum(axis=1, keepdims=True), one.shape).astype(np.float64)
        for counts in (first, last)
    )
    change, low, high = limit_mean_difference(one / runs, of_one / runs, two / runs, of_two / runs, np.ones(one.shape))
    count = max(int(usable.sum()), 1)
    return change, low, high, (one / of_one).sum(axis=0) / count, (two / of_two).sum(axis=0) / count


def _list_new(table: Market, p: Floats) -> tuple[NewCluster, ...]:
    found = []
    for cluster in np.flatnonzero(np.nan_to_num(p, nan=1) < SIGNIFICANT):
        own = np.flatnonzero(table.cluster == cluster)
        own = own[np.argsort(table.days[own], kind="stable")]
        brands = tuple(dict.fromkeys(table.brand[own].tolist()))
        found.append(NewCluster(int(cluster), float(table.days[own[0]]), len(own), brands, float(p[cluster])))
    return tuple(sorted(found, key=lambda new: (new.first_day, new.cluster)))


def _time_take_ups(
    occasions: Occasions, direction: Ints, counted: Bools, first: Ints, last: Ints
) -> dict[int, list[TakeUp]]:
    """Return when brands whose own share surely rose took up each cluster that surely rises."""
    start, end = float(occasions.days.min()), float(occasions.days.max())
    take_ups: dict[int, list[TakeUp]] = {}
    for cluster in np.flatnonzero(direction > 0):
        found = []
        for brand in np.flatnonzero(counted & (first.sum(axis=1) > 0) & (last.sum(axis=1) > 0)):
            one, of_one, two, of_two = (
                np.array([float(count)])
                for count in (first[brand, cluster], first[brand].sum(), last[brand, cluster], last[brand].sum())
            )
            _, low, _ = limit_mean_difference(one, of_one, two, of_two, np.ones(1))
            mine = occasions.brand == brand
            inside = occasions.cluster[mine] == cluster
            if low > 0 and inside.sum() >= LEAST_OCCASIONS:
                take_up = time_take_up(int(brand), occasions.days[mine], inside, start, end)
                found += [take_up] if take_up else []
        take_ups[int(cluster)] = found
    return take_ups
