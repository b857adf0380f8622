"""Measure which clusters get more likes, or fewer, than a brand's ordinary posts do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.insights.effects import LEAST_POSTS, Bools, Comparisons, Ints, drop_contrasts, step_forward
from generator.insights.medians import Floats, Medians, divide, find_medians


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


@dataclass(frozen=True, slots=True, eq=False)
class Engagement:
    """Arrays of (brands, clusters), and `pooled` ones of (clusters,). Only posts with likes count.

    A ratio is that of a cell's median to the brand's baseline. A pooled ratio is the median, over the cluster's posts,
    of likes divided by their brand's baseline, without brands that have an effect of their own in that cluster.
    """

    baseline: Floats  # (brands,) median likes of the brand's ordinary posts, those in no finding
    posts: Ints
    ratio: Floats
    low: Floats
    high: Floats
    p: Floats  # adjusted for all comparisons, pooled ones included
    withheld: Bools  # too few posts in it, or too few ordinary ones beside it
    pooled_posts: Ints
    pooled_ratio: Floats
    pooled_low: Floats
    pooled_high: Floats
    pooled_p: Floats  # of at most one brand having an effect; adjusted
    pooled_withheld: Bools
    findings: tuple[Effect, ...]  # least p first


def measure_engagement(brand: Ints, cluster: Ints, likes: Floats) -> Engagement:
    """Measure the engagement of aligned arrays (n,): `cluster` -1 for the unclustered, `likes` NaN if not shown.

    Likes are compared within a brand only, by normal scores of their ranks. A group that gets more makes all others
    look worse beside it. So findings are made one at a time: the strongest effect is removed from the posts that the
    rest is compared with, until nothing is significant. Then each finding is tested against ordinary posts alone, those
    in no finding.
    """
    brands, clusters = int(brand.max(initial=-1)) + 1, int(cluster.max(initial=-1)) + 1
    with np.errstate(invalid="ignore"):
        shown = np.isfinite(likes) & (likes >= 0)
    table = Comparisons(brand[shown], cluster[shown], np.asarray(likes[shown], np.float64), brands, clusters)
    general, own = step_forward(table)
    cell_p, pooled_p = drop_contrasts(table, general, own)
    baseline = _measure_baselines(table)
    cells, pooled = _divide_cells(table, baseline), _divide_pooled(table, baseline, own)
    withheld = (table.variance == 0) | (table.posts < LEAST_POSTS)
    pooled_posts = np.where(_is_pooled(table, own), table.posts, 0).sum(axis=0)
    pooled_withheld = np.isnan(pooled_p)
    for figures, hidden in ((cells, withheld), (pooled, pooled_withheld)):
        for values in (figures.middle, figures.low, figures.high):
            values[hidden] = np.nan
    effects = [
        Effect(
            cluster=int(cluster),
            brand=None,
            brands=int(_is_pooled(table, own)[:, cluster].sum()),
            posts=int(pooled_posts[cluster]),
            ratio=float(pooled.middle[cluster]),
            low=float(pooled.low[cluster]),
            high=float(pooled.high[cluster]),
            p=float(pooled_p[cluster]),
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
        )
        for brand, cluster in np.argwhere(own)
    ]
    return Engagement(
        baseline=baseline.middle,
        posts=table.posts,
        ratio=cells.middle,
        low=cells.low,
        high=cells.high,
        p=cell_p,
        withheld=withheld,
        pooled_posts=pooled_posts,
        pooled_ratio=pooled.middle,
        pooled_low=pooled.low,
        pooled_high=pooled.high,
        pooled_p=pooled_p,
        pooled_withheld=pooled_withheld,
        findings=tuple(sorted(effects, key=lambda effect: effect.p)),
    )


def _measure_baselines(table: Comparisons) -> Medians:
    ordinary = [table.ordinary(brand) for brand in range(table.shape[0])]
    of_brand = np.repeat(np.arange(table.shape[0]), [len(rows) for rows in ordinary])
    rows = np.concatenate([*ordinary, np.zeros(0, np.intp)])
    return find_medians(table.likes[rows], of_brand, table.shape[0])


def _divide_cells(table: Comparisons, baseline: Medians) -> Medians:
    inside = table.cluster >= 0
    group = table.brand[inside] * table.shape[1] + table.cluster[inside]
    flat = find_medians(table.likes[inside], group, table.posts.size)
    cells = Medians(*(values.reshape(table.shape) for values in (flat.middle, flat.low, flat.high)))
    return divide(cells, Medians(baseline.middle[:, None], baseline.low[:, None], baseline.high[:, None]))


def _is_pooled(table: Comparisons, own: Bools) -> Bools:
    """Return the cells that go into the pooled figures of their cluster."""
    return (table.variance > 0) & ~own


def _divide_pooled(table: Comparisons, baseline: Medians, own: Bools) -> Medians:
    """Divide pooled likes by baselines, whose uncertainty counts by each brand's share of the cluster's posts."""
    pooled = _is_pooled(table, own)
    inside = np.flatnonzero(table.cluster >= 0)
    inside = inside[pooled[table.brand[inside], table.cluster[inside]]]
    brand, cluster = table.brand[inside], table.cluster[inside]
    relative = find_medians(table.likes[inside] / baseline.middle[brand], cluster, table.shape[1])
    posts = np.where(pooled, table.posts, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = posts / posts.sum(axis=0)
        ends = []
        for end in (baseline.low, baseline.high):
            squares = np.where(pooled, (weight * np.log(end / baseline.middle)[:, None]) ** 2, 0)
            ends.append(np.sqrt(squares.sum(axis=0)))
    return divide(relative, Medians(np.ones(table.shape[1]), np.exp(-ends[0]), np.exp(ends[1])))
