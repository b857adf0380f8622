"""Posts of brands in markets that differ, so that brands seem to differ, or the other way round."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: How often each of eight clusters is posted in each of three markets. The first grows from market to market.
SHARES = np.array(
    [
        [0.05, 0.25, 0.20, 0.15, 0.12, 0.10, 0.08, 0.05],
        [0.15, 0.10, 0.22, 0.18, 0.05, 0.12, 0.10, 0.08],
        [0.40, 0.06, 0.08, 0.10, 0.14, 0.07, 0.05, 0.10],
    ]
)
#: The part of its posts that each of five brands has in each market. The first is mostly where its cluster is rare.
MIXES = np.array([[0.5, 0.3, 0.2], [0.2, 0.3, 0.5], [0.1, 0.4, 0.5], [0.3, 0.2, 0.5], [0.2, 0.2, 0.6]])

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class MarketPosts:
    """Arrays (n,) of posts; `burst` is equal for posts of one campaign, which are of one cluster and market."""

    brand: Ints
    cluster: Ints
    market: Ints
    burst: Ints


def draw_market_posts(seed: int, posts: int = 1400, ratio: float = 1.0, campaign: int = 1) -> MarketPosts:
    """Draw `posts` of each brand; in every market the first posts the first cluster `ratio` times as often as others.

    Posts come in campaigns of so many. Where `ratio` is 1, only markets differ.
    """
    random = np.random.default_rng(seed)
    brand = np.repeat(np.arange(len(MIXES)), posts // campaign)
    market = _draw(MIXES[brand], random)
    shares = SHARES[market]
    more = shares[:, 0] * np.where(brand == 0, ratio, 1)
    shares = np.column_stack([more, shares[:, 1:] * ((1 - more) / shares[:, 1:].sum(axis=1))[:, None]])
    drawn = brand, _draw(shares, random), market, np.arange(len(brand))
    return MarketPosts(*(np.repeat(values, campaign) for values in drawn))


@dataclass(frozen=True, slots=True)
class MarketLooks:
    """Arrays of n images, by themselves: brand, market, days, and features (n, 6), those of each market around one."""

    brand: Ints
    market: Ints
    days: NDArray[np.float64]
    features: NDArray[np.float32]


def draw_market_looks(seed: int, posts: int = 300, look: float = 0.0) -> MarketLooks:
    """Draw `posts` of each brand in two years; the first looks `look` standard deviations apart in every market."""
    random = np.random.default_rng(seed)
    brand = np.repeat(np.arange(len(MIXES)), posts)
    market = _draw(MIXES[brand], random)
    centres = np.random.default_rng(99).normal(0, 2, (len(SHARES), 6))
    features = centres[market] + random.normal(0, 1, (len(brand), 6))
    features[brand == 0, 0] += look
    return MarketLooks(brand, market, random.uniform(0, 730, len(brand)), features.astype(np.float32))


def draw_market_times(
    seed: int, posts: int = 1400, turns: bool = False, growth: float = 1.0
) -> tuple[MarketPosts, NDArray[np.float64]]:
    """Draw `posts` of each brand in two years, and their days.

    The first brand `turns` from the first market to the last, and posts the first cluster `growth` times as often in
    the end as in the beginning, in every market.
    """
    random = np.random.default_rng(seed)
    brand = np.repeat(np.arange(len(MIXES)), posts)
    days = random.uniform(0, 730, len(brand))
    time, own = days[:, None] / 730, brand[:, None] == 0
    turning = (1 - time) * np.array([0.7, 0.2, 0.1]) + time * np.array([0.1, 0.2, 0.7])
    market = _draw(np.where(own & turns, turning, MIXES[brand]), random)
    shares = SHARES[market]
    more = np.minimum(shares[:, 0] * np.where(brand == 0, growth ** (time[:, 0] - 0.5), 1), 0.9)
    shares = np.column_stack([more, shares[:, 1:] * ((1 - more) / shares[:, 1:].sum(axis=1))[:, None]])
    return MarketPosts(brand, _draw(shares, random), market, np.arange(len(brand))), days


def _draw(shares: NDArray[np.float64], random: np.random.Generator) -> Ints:
    bounds = np.cumsum(shares, axis=1)
    return np.minimum((random.random(len(shares))[:, None] > bounds).sum(axis=1), shares.shape[1] - 1)
