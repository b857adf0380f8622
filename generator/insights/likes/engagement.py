"""Measure which clusters get more likes, or fewer, than a brand's ordinary posts got at that time."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from generator.insights.inference import BUDGET, CONFIDENCE, SIGNIFICANT, adjust
from generator.insights.likes.effects import LEAST_OCCASIONS, Comparisons, drop_contrasts, step_forward
from generator.insights.likes.medians import Medians
from generator.insights.likes.occasions import gather_occasions
from generator.insights.likes.ratios import Relative, divide_cells, divide_pooled, relate
from generator.insights.likes.typical_likes import Bools, Floats, Ints
from generator.insights.ranks import two_sided
from generator.insights.selection import adjust_for_selection

#: How comparisons of likes, and those of comments, divide their family's part of the chance of a false finding.
PARTS = {"clusters": 0.7, "timing": 0.2, "subjects": 0.1}


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
    occasions: int = 0  # a post by itself is one, and so is a burst
    picked: float = float("nan")  # the ratio, freed of the luck that got it found
    picked_low: float = float("nan")  # its interval
    picked_high: float = float("nan")
    rivals: Rivals | None = None  # None: brands in general, or too few posts of rivals to say


@dataclass(frozen=True, slots=True, eq=False)
class Engagement:
    """Arrays of (brands, clusters), and `pooled` ones of (clusters,). Only posts with likes count.

    A ratio is a cell's median of likes over what the brand's ordinary posts in other clusters got at that time; every
    burst counts once. A pooled ratio is the same median over the cluster's posts of all brands, without brands that
    have an effect of their own in that cluster.
    """

    posts: Ints
    occasions: Ints  # a post by itself is one, and so is a burst
    ratio: Floats
    low: Floats
    high: Floats
    p: Floats  # adjusted for all comparisons, pooled ones included
    withheld: Bools  # too few occasions in it, or too few ordinary ones beside it
    pooled_posts: Ints
    pooled_occasions: Ints
    pooled_ratio: Floats
    pooled_low: Floats
    pooled_high: Floats
    pooled_p: Floats  # of at most one brand having an effect; adjusted
    pooled_withheld: Bools
    findings: tuple[Effect, ...]  # least p first


def measure_engagement(
    brand: Ints,
    groups: Ints | Bools,
    likes: Floats,
    days: Floats,
    burst: Ints,
    budget: float = BUDGET["likes"],
    clusters: int | None = None,
) -> Engagement:
    """Measure the engagement of aligned arrays (n,): `likes` are NaN if not shown.

    `days` are since 1970, NaN for no date, or (n, 1 + k) with what else is held equal (see `hold_equal`); `burst`
    is a code, equal for posts of one burst; `budget` is the part of the report's 5 % chance of a false finding that
    may be used here. `groups` are each post's cluster (n,), -1 for none, or any other code below `clusters`; or
    which terms it shows (n, terms), several or none, each compared with the ordinary posts without it. `likes` may
    be any other count.

    Likes are compared within a brand only, with what was typical of the brand at the time, by normal scores of their
    ranks. A group that gets more makes all others look worse beside it. So findings are made one at a time: the
    strongest effect is removed from the posts that the rest is compared with, until nothing is significant. Then each
    finding is tested against ordinary posts alone, those in no finding.
    """
    brands = int(brand.max(initial=-1)) + 1
    if groups.ndim == 2:
        clusters = groups.shape[1]
    clusters = int(groups.max(initial=-1)) + 1 if clusters is None else clusters
    occasions = gather_occasions(brand, groups, np.asarray(likes, np.float64), days, burst)
    table = Comparisons(occasions, brands, clusters, budget)
    general, own = step_forward(table)
    cell_p, pooled_p, p = drop_contrasts(table, general, own)
    relative = relate(table)
    in_general = (table.variance > 0) & ~own
    cells, pooled = divide_cells(table, relative), divide_pooled(table, relative, in_general)
    withheld = (table.variance == 0) | (table.occasions < LEAST_OCCASIONS) | np.isnan(cells.middle)
    pooled_withheld = np.isnan(pooled_p)
    for figures, hidden in ((cells, withheld), (pooled, pooled_withheld)):
        for values in (figures.middle, figures.low, figures.high):
            values[hidden] = np.nan
    effects = _list_effects(table, cells, pooled, general, own)
    rivals = _compare_rivals(table, relative, cells, own)
    effects = _adjust_effects(effects, rivals, (cells, pooled), p, budget)
    return Engagement(
        posts=table.posts,
        occasions=table.occasions,
        ratio=cells.middle,
        low=cells.low,
        high=cells.high,
        p=cell_p,
        withheld=withheld,
        pooled_posts=np.where(in_general, table.posts, 0).sum(axis=0),
        pooled_occasions=np.where(in_general, table.occasions, 0).sum(axis=0),
        pooled_ratio=pooled.middle,
        pooled_low=pooled.low,
        pooled_high=pooled.high,
        pooled_p=pooled_p,
        pooled_withheld=pooled_withheld,
        findings=tuple(sorted(effects, key=lambda effect: effect.p)),
    )


def _list_effects(table: Comparisons, cells: Medians, pooled: Medians, general: Bools, own: Bools) -> list[Effect]:
    """Return the findings, those in general first; the others in order of brand and cluster. p is still missing."""
    in_general = (table.variance > 0) & ~own
    found: list[tuple[int | None, int, Bools, Medians, tuple[int, ...]]] = [
        (None, cluster, in_general[:, cluster], pooled, (cluster,)) for cluster in np.flatnonzero(general).tolist()
    ]
    found += [
        (brand, cluster, np.arange(table.shape[0]) == brand, cells, (brand, cluster))
        for brand, cluster in np.argwhere(own).tolist()
    ]
    return [
        Effect(
            cluster=cluster,
            brand=brand,
            brands=int(counted.sum()),
            posts=int(table.posts[counted, cluster].sum()),
            ratio=float(figures.middle[at]),
            low=float(figures.low[at]),
            high=float(figures.high[at]),
            p=float("nan"),
            occasions=int(table.occasions[counted, cluster].sum()),
        )
        for brand, cluster, counted, figures, at in found
    ]


def _adjust_effects(
    effects: list[Effect], rivals: list[Rivals | None], figures: tuple[Medians, Medians], p: Floats, budget: float
) -> list[Effect]:
    """Return the findings with adjusted p, with what rivals get, and with ratios freed of the luck of being found.

    `figures` are those of cells and of clusters, `p` (brands x clusters + clusters,) those of their tests.
    """
    cells, pooled = figures
    shape = cells.middle.shape
    places = np.array(
        [cells.middle.size + e.cluster if e.brand is None else e.brand * shape[1] + e.cluster for e in effects], np.intp
    )
    shown = np.zeros(len(p), bool)
    shown[places] = True
    with np.errstate(divide="ignore"):
        middle, low, high = (
            np.log(np.concatenate([getattr(cells, name).ravel(), getattr(pooled, name)]))
            for name in ("middle", "low", "high")
        )
    picked = adjust_for_selection((middle, low, high), p, shown, budget)
    adjusted = adjust(p, budget)
    of_rivals = [None] * (len(effects) - len(rivals)) + rivals
    return [
        replace(
            effect,
            p=float(adjusted[place]),
            picked=float(np.exp(picked.estimate[place])),
            picked_low=float(np.exp(picked.low[place])),
            picked_high=float(np.exp(picked.high[place])),
            rivals=beside,
        )
        for effect, place, beside in zip(effects, places, of_rivals, strict=True)
    ]


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
