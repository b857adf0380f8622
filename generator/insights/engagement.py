"""Measure which clusters get more likes, or fewer, than a brand's ordinary posts got at that time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.insights.effects import LEAST_UNITS, Bools, Comparisons, drop_contrasts, step_forward
from generator.insights.inference import BUDGET, CONFIDENCE, SIGNIFICANT, adjust
from generator.insights.medians import Medians
from generator.insights.ranks import two_sided
from generator.insights.ratios import Relative, divide_cells, divide_pooled, relate
from generator.insights.typical_likes import Floats, Ints, fit_robustly
from generator.insights.units import gather_units


@dataclass(frozen=True, slots=True)
class Rivals:
    """What a cluster gets for all brands but one, beside what it gets for that one."""

    ratio: float
    low: float
    high: float
    apart: bool  # the brand's ratio differs from this one beyond chance


@dataclass(frozen=True, slots=True)
class Effect:
    """A cluster that gets other likes than ordinary posts of the same brand, beyond chance."""

    cluster: int
    brand: int | None  # None: brands in general
    brands: int  # with posts in it that were compared
    posts: int
    ratio: float
    low: float
    high: float
    p: float
    units: int = 0  # independent ones: single posts and bursts
    rivals: Rivals | None = None  # None: brands in general, or too few posts of rivals to say


@dataclass(frozen=True, slots=True, eq=False)
class Engagement:
    """Arrays of (brands, clusters), and `pooled` ones of (clusters,). Only posts with likes count.

    A ratio is a cell's median of likes over what the brand's ordinary posts in other clusters got at that time; every
    burst counts once. A pooled ratio is the same median over the cluster's posts of all brands, without brands that
    have an effect of their own in that cluster.
    """

    typical: (
        Floats  # (n,) of each post: the likes that its brand's ordinary posts, those in no finding, got at its time
    )
    baseline: Floats  # (brands,) median likes of the brand's ordinary posts
    posts: Ints
    units: Ints  # independent ones: single posts and bursts
    ratio: Floats
    low: Floats
    high: Floats
    p: Floats  # adjusted for all comparisons, pooled ones included
    withheld: Bools  # too few units in it, or too few ordinary ones beside it
    pooled_posts: Ints
    pooled_units: Ints
    pooled_ratio: Floats
    pooled_low: Floats
    pooled_high: Floats
    pooled_p: Floats  # of at most one brand having an effect; adjusted
    pooled_withheld: Bools
    findings: tuple[Effect, ...]  # least p first


def measure_engagement(
    brand: Ints, cluster: Ints, likes: Floats, days: Floats, burst: Ints, budget: float = BUDGET["likes"]
) -> Engagement:
    """Measure the engagement of aligned arrays (n,): `cluster` -1 for the unclustered, `likes` NaN if not shown.

    `days` are since 1970, NaN for no date; `burst` is a code, equal for posts of one burst; `budget` is the part of the
    report's 5 % chance of a false finding that may be used here.

    Likes are compared within a brand only, with what was typical of the brand at the time, by normal scores of their
    ranks. A group that gets more makes all others look worse beside it. So findings are made one at a time: the
    strongest effect is removed from the posts that the rest is compared with, until nothing is significant. Then each
    finding is tested against ordinary posts alone, those in no finding.
    """
    brands, clusters = int(brand.max(initial=-1)) + 1, int(cluster.max(initial=-1)) + 1
    units = gather_units(brand, cluster, np.asarray(likes, np.float64), days, burst)
    table = Comparisons(units, brands, clusters, budget)
    general, own = step_forward(table)
    cell_p, pooled_p = drop_contrasts(table, general, own)
    relative = relate(table)
    in_general = (table.variance > 0) & ~own
    cells, pooled = divide_cells(table, relative), divide_pooled(table, relative, in_general)
    withheld = (table.variance == 0) | (table.units < LEAST_UNITS) | np.isnan(cells.middle)
    pooled_withheld = np.isnan(pooled_p)
    for figures, hidden in ((cells, withheld), (pooled, pooled_withheld)):
        for values in (figures.middle, figures.low, figures.high):
            values[hidden] = np.nan
    pooled_posts, pooled_units = (np.where(in_general, count, 0).sum(axis=0) for count in (table.posts, table.units))
    effects = [
        Effect(
            cluster=int(cluster),
            brand=None,
            brands=int(in_general[:, cluster].sum()),
            posts=int(pooled_posts[cluster]),
            ratio=float(pooled.middle[cluster]),
            low=float(pooled.low[cluster]),
            high=float(pooled.high[cluster]),
            p=float(pooled_p[cluster]),
            units=int(pooled_units[cluster]),
        )
        for cluster in np.flatnonzero(general)
    ]
    effects += [
        Effect(
            cluster=int(cluster),
            brand=int(brand),
            brands=1,
            posts=int(table.posts[brand, cluster]),
            ratio=float(cells.middle[brand, cluster]),
            low=float(cells.low[brand, cluster]),
            high=float(cells.high[brand, cluster]),
            p=float(cell_p[brand, cluster]),
            units=int(table.units[brand, cluster]),
            rivals=rivals,
        )
        for (brand, cluster), rivals in zip(np.argwhere(own), _compare_rivals(table, relative, cells, own), strict=True)
    ]
    typical, baseline = _describe_ordinary(table)
    return Engagement(
        typical=typical,
        baseline=baseline,
        posts=table.posts,
        units=table.units,
        ratio=cells.middle,
        low=cells.low,
        high=cells.high,
        p=cell_p,
        withheld=withheld,
        pooled_posts=pooled_posts,
        pooled_units=pooled_units,
        pooled_ratio=pooled.middle,
        pooled_low=pooled.low,
        pooled_high=pooled.high,
        pooled_p=pooled_p,
        pooled_withheld=pooled_withheld,
        findings=tuple(sorted(effects, key=lambda effect: effect.p)),
    )


def _compare_rivals(table: Comparisons, relative: Relative, cells: Medians, own: Bools) -> list[Rivals | None]:
    """Return what rivals get for each brand's own effect, and whether that differs beyond chance.

    The brand was picked from all that post in the cluster, so p is multiplied by their number, and then adjusted for
    all such comparisons. The error of the difference follows from both intervals (Zou & Donner 2008).
    """
    from scipy.special import ndtri

    found: list[tuple[float, float, float] | None] = []
    p = np.full(int(own.sum()), np.nan)
    for place, (brand, cluster) in enumerate(np.argwhere(own)):
        others = np.zeros(table.shape, bool)
        others[:, cluster] = table.variance[:, cluster] > 0
        picked_from = int(others.sum())
        others[brand, cluster] = False
        rivals = divide_pooled(table, relative, others)
        ratio, low, high = (float(values[cluster]) for values in (rivals.middle, rivals.low, rivals.high))
        if not np.isfinite([ratio, low, high]).all():
            found.append(None)
            continue
        found.append((ratio, low, high))
        mine = cells.middle[brand, cluster]
        more = mine > ratio
        with np.errstate(divide="ignore", invalid="ignore"):
            ends = (cells.low if more else cells.high)[brand, cluster], high if more else low
            error = np.hypot(np.log(mine / ends[0]), np.log(ratio / ends[1])) / ndtri((1 + CONFIDENCE) / 2)
            z = np.log(mine / ratio) / error
        p[place] = min(float(two_sided(np.asarray(z))) * picked_from, 1.0) if np.isfinite(z) else 1.0
    adjusted = adjust(p, table.budget)
    return [
        None if rivals is None else Rivals(*rivals, apart=bool(adjusted[place] < SIGNIFICANT))
        for place, rivals in enumerate(found)
    ]


def _describe_ordinary(table: Comparisons) -> tuple[Floats, Floats]:
    """Return what is typical at each post's time (n,), and each brand's median likes (brands,)."""
    data = table.data
    typical, baseline = np.full(len(data.brand_posts), np.nan), np.full(table.shape[0], np.nan)
    for brand in range(table.shape[0]):
        rows = table.ordinary(brand)
        if not len(rows):
            continue
        curve, _, _ = fit_robustly(data.support[rows], data.counted[rows])
        height = np.median(data.counted[rows] - data.support[rows] @ curve)
        mine = data.brand_posts == brand
        typical[mine] = np.exp(data.support_posts[mine] @ curve + height)
        baseline[brand] = np.exp(np.median(data.level[rows]))
    return typical, baseline
