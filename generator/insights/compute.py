"""Compute all insights of one report."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from generator.insights.brand_map import BrandMap, map_brands
from generator.insights.bursts import Bursts, find_bursts, list_bursts
from generator.insights.contrast import Contrast, contrast_brands
from generator.insights.distinctiveness import Distinctiveness, measure_distinctiveness
from generator.insights.drift import Drifts, measure_drift
from generator.insights.engagement import PARTS, Engagement, measure_engagement
from generator.insights.image_graph import ImageGraph, build_graph
from generator.insights.image_units import gather_units
from generator.insights.inference import BUDGET
from generator.insights.momentum import Momentum, measure_momentum
from generator.insights.openings import Opening, find_openings
from generator.insights.seasons import Season, measure_seasons
from generator.insights.share_of_voice import ShareOfVoice, measure_share_of_voice
from generator.insights.share_seasons import ShareSeasons, compare_share_seasons
from generator.insights.shares import Shares, measure_shares
from generator.insights.timing import Timing, measure_timing
from generator.insights.white_space import OwnGround, WhiteSpace, find_own_ground, find_white_space

#: With up to 15 brands, every pair is compared; with more, each brand and the 5 rivals that look most like it.
_PAIRED = 15
_RIVALS = 5


@dataclass(frozen=True, slots=True, eq=False)
class PostArrays:
    """Aligned arrays that insights are computed from, one entry a post. Brands and clusters are positions."""

    brand: NDArray[np.int64]  # (n,)
    cluster: NDArray[np.int64]  # (n,), -1 for none
    likes: NDArray[np.float64]  # (n,), NaN if not shown
    comments: NDArray[np.float64]  # (n,), NaN if not shown
    days: NDArray[np.float64]  # (n,), since 1970, NaN for no date
    features: NDArray[np.float32]  # (n, k)
    near: NDArray[np.integer]  # (n, m) positions of the nearest others by features
    image: NDArray[np.integer]  # (n,) codes, equal where two posts show the same image


@dataclass(frozen=True, slots=True, eq=False)
class Insights:
    """Everything that comparing the brands shows. Brands and clusters are positions in the report."""

    burst: NDArray[np.intp]  # (n,) codes, equal for posts of one burst
    bursts: Bursts
    shares: Shares
    white_space: tuple[WhiteSpace, ...]
    own_ground: tuple[OwnGround, ...]
    engagement: Engagement | None  # by likes; None if no post shows them
    timing: Timing  # likes by weekday and time of day
    openings: tuple[Opening, ...]  # what brands could try, the surest first
    seasons: tuple[Season, ...]  # likes against the year before, of brands whose posts span more than one
    comments: Engagement | None  # the same by comments
    drift: Drifts | None  # None if no post has a date
    momentum: Momentum | None  # None if no two brands have enough posts with a date
    voice: ShareOfVoice | None  # None if no post has a date
    share_seasons: ShareSeasons | None  # None if no brand posted in one month of two years
    distinctiveness: Distinctiveness
    brand_map: BrandMap
    contrasts: tuple[Contrast, ...]  # pairs in the brands' order, the first of a pair before the second


def find_insights(arrays: PostArrays) -> Insights | None:
    """Return all insights; None with fewer than two brands or without clusters."""
    brand, cluster = arrays.brand, arrays.cluster
    if brand.max(initial=0) < 1 or cluster.max(initial=-1) < 0:
        return None
    burst = find_bursts(brand, cluster, arrays.days, arrays.features, arrays.near, arrays.image)
    shares = measure_shares(brand, cluster, burst)
    graph = build_graph(arrays.near, brand, arrays.image)
    units = gather_units(arrays.features, brand, arrays.image, burst, arrays.days)
    distinctiveness = measure_distinctiveness(units)
    engagement = _measure(arrays, arrays.likes, burst, BUDGET["likes"] * PARTS["clusters"])
    return Insights(
        burst=burst,
        bursts=list_bursts(burst, brand, cluster, arrays.days, arrays.features),
        shares=shares,
        white_space=find_white_space(shares),
        own_ground=find_own_ground(shares),
        engagement=engagement,
        timing=measure_timing(brand, arrays.likes, arrays.days, burst, BUDGET["likes"] * PARTS["timing"]),
        openings=find_openings(engagement, shares.posts[:, :-1], distinctiveness.overlap) if engagement else (),
        seasons=measure_seasons(brand, arrays.likes, arrays.days, burst),
        comments=_measure(arrays, arrays.comments, burst, BUDGET["comments"] * PARTS["clusters"]),
        drift=None if np.isnan(arrays.days).all() else measure_drift(brand, cluster, arrays.days, burst),
        momentum=measure_momentum(brand, cluster, arrays.days, burst),
        voice=measure_share_of_voice(brand, cluster, arrays.days, burst),
        share_seasons=compare_share_seasons(brand, cluster, arrays.days, burst),
        distinctiveness=distinctiveness,
        brand_map=map_brands(distinctiveness),
        contrasts=_contrast(arrays, graph, distinctiveness),
    )


def _measure(
    arrays: PostArrays, values: NDArray[np.float64], burst: NDArray[np.intp], budget: float
) -> Engagement | None:
    if np.isnan(values).all():
        return None
    return measure_engagement(arrays.brand, arrays.cluster, values, arrays.days, burst, budget)


def _contrast(arrays: PostArrays, graph: ImageGraph, distinctiveness: Distinctiveness) -> tuple[Contrast, ...]:
    shown = np.flatnonzero(~distinctiveness.withheld).tolist()
    pairs = set(combinations(shown, 2))
    if len(shown) > _PAIRED:
        closest = {
            brand: sorted(shown, key=lambda rival: -distinctiveness.overlap[brand, rival])[: _RIVALS + 1]
            for brand in shown
        }
        pairs = {pair for pair in pairs if pair[1] in closest[pair[0]] or pair[0] in closest[pair[1]]}
    return tuple(
        contrast_brands(one, two, arrays.features, arrays.cluster, arrays.brand, graph) for one, two in sorted(pairs)
    )
