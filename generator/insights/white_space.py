"""Find clusters that a brand lacks, and those it has nearly to itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.insights.inference import CONFIDENCE
from generator.insights.shares import Shares

#: A brand lacks a cluster if the upper end of its over-index is below this.
LACKING = 0.8
#: A cluster's owners are the fewest rivals that hold this share of all rivals' posts in it.
OWNED = 0.5
#: A cluster is a brand's own if it has this share of the cluster's posts ...
ALONE = 0.8
#: ... and at least this many.
LEAST_POSTS = 10


@dataclass(frozen=True, slots=True)
class Owner:
    """A rival with many of a cluster's posts."""

    brand: int
    posts: int  # in the cluster
    share: float  # of the cluster's posts


@dataclass(frozen=True, slots=True)
class WhiteSpace:
    """A cluster that rivals post and the brand hardly or never does."""

    brand: int
    cluster: int
    posts: int  # the brand's
    expected: float  # posts it would have at its rivals' rate
    missing: float  # expected - posts
    over_index: float
    low: float
    high: float
    p: float  # adjusted
    rivals: int  # brands other than it with a post in the cluster
    owners: tuple[Owner, ...]  # most posts first


@dataclass(frozen=True, slots=True)
class OwnGround:
    """A cluster that the brand has nearly to itself."""

    brand: int
    cluster: int
    posts: int
    share: float  # of the cluster's posts
    low: float
    high: float


def find_white_space(shares: Shares) -> tuple[WhiteSpace, ...]:
    """Return the clusters that each brand lacks, by brand, those where it misses most posts first.

    Clusters withheld for the brand, and the unclustered, are never among them. The favourite of one rival is a white
    space as much as a cluster of all rivals; `owners` and `rivals` tell them apart.
    """
    clustered = shares.posts[:, :-1]
    totals = clustered.sum(axis=0)
    expected = shares.others[:, :-1] * shares.posts.sum(axis=1, keepdims=True)
    missing = expected - clustered
    spaces = []
    with np.errstate(invalid="ignore"):
        lacking = shares.high[:, :-1] < LACKING
    for brand in range(len(clustered)):
        clusters = np.flatnonzero(lacking[brand])
        for cluster in clusters[np.argsort(-missing[brand, clusters], kind="stable")]:
            rivals = clustered[:, cluster].copy()
            rivals[brand] = 0
            spaces.append(
                WhiteSpace(
                    brand=brand,
                    cluster=int(cluster),
                    posts=int(clustered[brand, cluster]),
                    expected=float(expected[brand, cluster]),
                    missing=float(missing[brand, cluster]),
                    over_index=float(shares.over_index[brand, cluster]),
                    low=float(shares.low[brand, cluster]),
                    high=float(shares.high[brand, cluster]),
                    p=float(shares.p[brand, cluster]),
                    rivals=int((rivals > 0).sum()),
                    owners=_find_owners(rivals, int(totals[cluster])),
                )
            )
    return tuple(spaces)


def _find_owners(rivals: NDArray[np.int64], total: int) -> tuple[Owner, ...]:
    order = np.argsort(-rivals, kind="stable")
    held = np.cumsum(rivals[order])
    count = int(np.searchsorted(held, OWNED * held[-1])) + 1
    return tuple(Owner(int(brand), int(rivals[brand]), float(rivals[brand] / total)) for brand in order[:count])


def find_own_ground(shares: Shares) -> tuple[OwnGround, ...]:
    """Return the clusters that a brand has nearly to itself, by brand, those of most posts first.

    The interval of the share is Clopper and Pearson's (1934), which is never too narrow. It must lie above the brand's
    share of all posts: a brand with nine in ten of all posts does not own a cluster because it has nine in ten there.
    """
    from scipy.stats import beta

    clustered = shares.posts[:, :-1]
    totals = clustered.sum(axis=0)
    everything = shares.posts.sum()
    grounds = []
    for brand in range(len(clustered)):
        clusters = np.flatnonzero((clustered[brand] >= LEAST_POSTS) & (clustered[brand] >= ALONE * totals))
        for cluster in clusters[np.argsort(-clustered[brand, clusters], kind="stable")]:
            posts, total = int(clustered[brand, cluster]), int(totals[cluster])
            low = float(beta.ppf((1 - CONFIDENCE) / 2, posts, total - posts + 1))
            high = 1.0 if posts == total else float(beta.ppf((1 + CONFIDENCE) / 2, posts + 1, total - posts))
            if low > shares.posts[brand].sum() / everything:
                grounds.append(OwnGround(brand, int(cluster), posts, posts / total, low, high))
    return tuple(grounds)
