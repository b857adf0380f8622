"""Posts drawn at random, with campaigns, growth and effects that are known, to try the insights on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

#: Days that the posts of a simulation span, from this day on (days since 1970).
SPAN, START = 360.0, 20_000.0
#: Posts of a campaign.
CAMPAIGN_POSTS = (5, 10)
#: Of sizes with a long tail: the least, the tail's exponent (Pareto's), and the most, as a share of a brand's posts.
_LEAST, _TAIL, _MOST = 2, 1.3, 0.3
_DIMENSIONS = 16

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Simulation:
    """What posts are drawn from. Nothing sets brands apart unless it is asked for."""

    posts: Sequence[int]  # of each brand
    clusters: int = 10
    span: float = SPAN  # in days
    campaigns: float = 0.0  # share of the posts that come in campaigns
    spread: float = 0.5  # of the clusters' sizes, a standard deviation of logarithms
    growth: float = 1.0  # likes at the end of the span, as a multiple of those at its start
    hidden_likes: float = 0.0  # share of the posts
    missing_dates: float = 0.0
    runs: float = 0.0  # share of the posts that take on the theme of the brand's last, with images of their own
    campaign_likes: float = 0.4  # how much campaigns differ in likes, a standard deviation of logarithms
    campaign_days: float = 5.0  # that a campaign lasts
    long_tail: bool = False  # most campaigns are small and a few very large; otherwise all have 5 to 10 posts
    copies: float = 1.0  # share of a campaign's images that are near copies; the others only share its cluster
    apart: float = 0.0  # distance between brands' looks, in standard deviations within a cluster
    shares: Mapping[tuple[int, int], float] = field(default_factory=dict)  # (brand, cluster): times as often
    effects: Mapping[tuple[int | None, int], float] = field(default_factory=dict)  # (brand or all, cluster): of likes
    rises: Mapping[tuple[int, int], float] = field(default_factory=dict)  # (brand, cluster): share, end / start


@dataclass(frozen=True, eq=False)
class Drawn:
    """Aligned arrays, one entry a post, as `PostArrays` has them, and what they were drawn from."""

    brand: NDArray[np.int64]
    cluster: NDArray[np.int64]
    likes: Floats
    days: Floats
    features: NDArray[np.float32]
    near: NDArray[np.intp]
    image: NDArray[np.intp]
    campaign: NDArray[np.intp]  # equal for posts of one campaign; every other post has a number of its own
    shares: Floats  # (brands, clusters), the true ones


def draw_posts(simulation: Simulation, seed: int) -> Drawn:
    """Return posts drawn from `simulation`; the same seed draws the same."""
    random = np.random.default_rng(seed)
    brands = len(simulation.posts)
    shares = np.tile(np.exp(random.normal(0, simulation.spread, simulation.clusters)), (brands, 1))
    for cell, times in simulation.shares.items():
        shares[cell] *= times
    shares /= shares.sum(axis=1, keepdims=True)
    parts = [_draw_brand(simulation, position, shares[position], random) for position in range(brands)]
    brand = np.repeat(np.arange(brands), [len(part[0]) for part in parts])
    cluster, days, own = (np.concatenate([part[place] for part in parts]) for place in range(3))
    campaign = np.unique(np.stack([brand, own.astype(np.int64)]), axis=1, return_inverse=True)[1].ravel()
    cluster = cluster.astype(np.int64)
    features = _draw_features(simulation, brand, cluster, campaign, random)
    likes = _draw_likes(simulation, brand, cluster, days, random)
    liked = np.exp(random.normal(0, simulation.campaign_likes, int(campaign.max(initial=0)) + 1))[campaign]
    likes = np.where(np.bincount(campaign)[campaign] > 1, np.round(likes * liked), likes)
    days = np.where(random.random(len(days)) < simulation.missing_dates, np.nan, days)
    image = np.arange(len(brand))
    return Drawn(brand, cluster, likes, days, features, _find_nearest(features, 10), image, campaign, shares)


def choose_posts(drawn: Drawn, kept: NDArray[np.bool_]) -> Drawn:
    """Return the posts that are `kept` (n,), with the nearest among them."""
    arrays = {
        name: getattr(drawn, name)[kept] for name in ("brand", "cluster", "likes", "days", "features", "campaign")
    }
    campaign = np.unique(arrays.pop("campaign"), return_inverse=True)[1].ravel()
    near, image = _find_nearest(arrays["features"], 10), np.arange(int(kept.sum()))
    return Drawn(**arrays, near=near, image=image, campaign=campaign, shares=drawn.shares)


def _draw_brand(simulation: Simulation, brand: int, shares: Floats, random: np.random.Generator) -> list[Floats]:
    """Return the clusters, days and campaigns of a brand's posts."""
    count = simulation.posts[brand]
    sizes: list[int] = []
    while sum(sizes) < round(simulation.campaigns * count):
        sizes.append(_draw_size(simulation, count, random))
    size = np.array([*sizes, *[1] * max(count - sum(sizes), 0)])
    starts = START + random.uniform(0, simulation.span, len(size))
    rises = np.array([simulation.rises.get((brand, cluster), 1.0) for cluster in range(len(shares))])
    weights = shares * rises ** ((starts - START) / simulation.span - 0.5)[:, None]
    bounds = np.cumsum(weights / weights.sum(axis=1, keepdims=True), axis=1)
    theme = np.minimum((random.random(len(size))[:, None] > bounds).sum(axis=1), len(shares) - 1)
    if simulation.runs:
        order, goes_on = np.argsort(starts), random.random(len(size)) < simulation.runs
        for last, this in pairwise(order):
            theme[this] = theme[last] if goes_on[this] else theme[this]
    campaign = np.repeat(np.arange(len(size)), size)[:count]
    days = starts[campaign] + np.where(size[campaign] > 1, random.uniform(0, simulation.campaign_days, count), 0)
    return [theme[campaign].astype(np.float64), days, campaign.astype(np.float64)]


def _draw_size(simulation: Simulation, count: int, random: np.random.Generator) -> int:
    """Return how many posts a campaign of a brand with `count` posts has."""
    if simulation.long_tail:
        return int(min(_LEAST + _LEAST * random.pareto(_TAIL), max(_MOST * count, _LEAST + 1)))
    return int(random.integers(CAMPAIGN_POSTS[0], CAMPAIGN_POSTS[1] + 1))


def _draw_features(
    simulation: Simulation,
    brand: NDArray[np.int64],
    cluster: NDArray[np.int64],
    campaign: NDArray[np.intp],
    random: np.random.Generator,
) -> NDArray[np.float32]:
    centres = random.normal(0, 3, (simulation.clusters, _DIMENSIONS))
    looks = random.normal(0, simulation.apart, (len(simulation.posts), _DIMENSIONS))
    own = random.normal(0, 1, (len(brand), _DIMENSIONS))
    if simulation.copies:
        shot = random.normal(0, 1, (int(campaign.max(initial=0)) + 1, _DIMENSIONS))[campaign]
        is_copy = np.bincount(campaign)[campaign] > 1
        if simulation.copies < 1:
            is_copy &= random.random(len(brand)) < simulation.copies
        own = np.where(is_copy[:, None], shot + 0.1 * own, own)
    return np.asarray(centres[cluster] + looks[brand] + own, np.float32)


def _draw_likes(
    simulation: Simulation,
    brand: NDArray[np.int64],
    cluster: NDArray[np.int64],
    days: Floats,
    random: np.random.Generator,
) -> Floats:
    base = random.normal(6, 0.7, len(simulation.posts))[brand]
    values = base + random.normal(0, 0.6, len(brand)) + np.log(simulation.growth) * (days - START) / simulation.span
    for (only, of_cluster), times in simulation.effects.items():
        values[(cluster == of_cluster) & (only is None or brand == only)] += np.log(times)
    return np.where(random.random(len(brand)) < simulation.hidden_likes, np.nan, np.round(np.exp(values)))


def _find_nearest(features: NDArray[np.float32], count: int) -> NDArray[np.intp]:
    from sklearn.neighbors import NearestNeighbors

    model = NearestNeighbors(n_neighbors=min(count, len(features) - 1)).fit(features)
    return np.asarray(model.kneighbors(return_distance=False), np.intp)
