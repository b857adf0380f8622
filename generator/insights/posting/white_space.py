"""Find clusters that a brand lacks, and those it has nearly to itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.insights.inference import CONFIDENCE
from generator.insights.posting.shares import Shares

#: A brand lacks a cluster if the upper end of its over-index is below this.
LACKING = 0.8
#: A cluster's owners are the fewest rivals that hold this share of all rivals' occasions in it.
OWNED = 0.5
#: A cluster is a brand's own if it has this share of the cluster's occasions ...
ALONE = 0.8
#: ... and at least this many.
LEAST_POSTS = 10


@dataclass(frozen=True, slots=True)
class Owner:
    """A rival with many of a cluster's occasions."""

    brand: int
    occasions: int  # in the cluster
    share: float  # of the cluster's occasions


@dataclass(frozen=True, slots=True)
class WhiteSpace:
    """A cluster that rivals post and the brand hardly or never does, a campaign counted once."""

    brand: int
    cluster: int
    posts: int  # the brand's
    occasions: int  # the same, a campaign counted once
    expected: float  # occasions it would have at its median rival's rate
    missing: float  # occasions it has too few, at the upper end of the over-index
    over_index: float  # like its ends: adjusted, since the clearest are picked
    low: float
    high: float
    p: float  # adjusted
    rivals: int  # brands other than it with a post in the cluster
    rests_on: int  # the rival without whom little would show it, -1 for none
    owners: tuple[Owner, ...]  # most occasions first


@dataclass(frozen=True, slots=True)
class OwnGround:
    """A cluster that the brand has nearly to itself."""

    brand: int
    cluster: int
    posts: int
    occasions: int  # the same, a campaign counted once
    share: float  # of the cluster's occasions
    low: float
    high: float
    rests_on: int  # the rival without whom little would show it, -1 for none


def find_white_space(shares: Shares) -> tuple[WhiteSpace, ...]:
    """Return the clusters that each brand lacks, by brand, those where it surely misses most first.

    They are among the cells marked in the shares, so they need no tests of their own. The unclustered are never among
    them. What one rival alone has is none: the median rival has to have it.
    """
    clustered = shares.occasions[:, :-1]
    totals = clustered.sum(axis=0)
    expected = shares.expected[:, :-1]
    spaces = []
    with np.errstate(invalid="ignore"):
        missing = expected * (1 - shares.picked_high[:, :-1])
        lacking = shares.marked[:, :-1] & (shares.picked_high[:, :-1] < LACKING)
    for brand in range(len(clustered)):
        clusters = np.flatnonzero(lacking[brand])
        for cluster in clusters[np.argsort(-missing[brand, clusters], kind="stable")]:
            cell = brand, cluster
            rivals = clustered[:, cluster].copy()
            rivals[brand] = 0
            spaces.append(
                WhiteSpace(
                    brand=brand,
                    cluster=int(cluster),
                    posts=round(shares.posts[cell]),
                    occasions=round(clustered[cell]),
                    expected=float(expected[cell]),
                    missing=float(missing[cell]),
                    over_index=float(shares.picked[cell]),
                    low=float(shares.picked_low[cell]),
                    high=float(shares.picked_high[cell]),
                    p=float(shares.p[cell]),
                    rivals=int((rivals > 0).sum()),
                    rests_on=int(shares.rests_on[cell]),
                    owners=_find_owners(rivals, float(totals[cluster])),
                )
            )
    return tuple(spaces)


def _find_owners(rivals: NDArray[np.int64] | NDArray[np.float64], total: float) -> tuple[Owner, ...]:
    order = np.argsort(-rivals, kind="stable")
    held = np.cumsum(rivals[order])
    count = int(np.searchsorted(held, OWNED * held[-1])) + 1
    return tuple(Owner(int(brand), round(rivals[brand]), float(rivals[brand] / total)) for brand in order[:count])


def find_own_ground(shares: Shares) -> tuple[OwnGround, ...]:
    """Return the clusters that a brand has nearly to itself, by brand, those of most occasions first.

    They are among the cells marked in the shares: a brand with nine in ten of all posts does not own a cluster because
    it has nine in ten there. The interval of the share is Clopper and Pearson's (1934), which is never too narrow.
    """
    from scipy.stats import beta

    clustered = shares.occasions[:, :-1]
    totals = clustered.sum(axis=0)
    with np.errstate(invalid="ignore"):
        own = shares.marked[:, :-1] & (shares.over_index[:, :-1] > 1) & (clustered >= ALONE * totals)
    own &= clustered >= LEAST_POSTS
    grounds = []
    for brand in range(len(clustered)):
        clusters = np.flatnonzero(own[brand])
        for cluster in clusters[np.argsort(-clustered[brand, clusters], kind="stable")]:
            cell, count, total = (brand, cluster), float(clustered[brand, cluster]), float(totals[cluster])
            low = float(beta.ppf((1 - CONFIDENCE) / 2, count, total - count + 1))
            high = 1.0 if count == total else float(beta.ppf((1 + CONFIDENCE) / 2, count + 1, total - count))
            posts, rests_on = round(shares.posts[cell]), int(shares.rests_on[cell])
            grounds.append(OwnGround(brand, int(cluster), posts, round(count), count / total, low, high, rests_on))
    return tuple(grounds)
