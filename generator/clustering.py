"""Clusters on the map: DBSCAN, and parameters for it that suit maps of any size."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

Auto = Literal["auto"]

#: Below this many images a cluster says nothing, and `auto` finds none.
FEWEST_IMAGES = 50
#: What a reader can take in: `auto` avoids more clusters, and a larger share of unclustered images.
MANY_CLUSTERS = 60
MOST_NOISE = 0.12

_FEWEST_SAMPLES = 5
_SAMPLES_TRIED = 12
_EPS_QUANTILES = (0.3, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
_NEIGHBOURS = 10
_RESOLUTION = 2.0
_PRICE_OF_DOUBLING = 0.25


@dataclass(frozen=True, slots=True)
class Clustering:
    """Cluster of each point (n,), int32: 0 the largest, then by size, -1 none; and DBSCAN's parameters that gave it."""

    labels: np.ndarray
    eps: float
    min_samples: int


def cluster_map(points: np.ndarray, eps: float | Auto = "auto", min_samples: int | Auto = "auto") -> Clustering:
    """Clusters of the map's `points` (n, 2): DBSCAN (Ester et al. 1996) as scikit-learn computes it.

    The partition is scikit-learn's own for the parameters returned; equal sizes are numbered by their first point.
    `auto` takes the parameters that cut the fewest links between neighbours (see `choose_parameters`), and leaves
    fewer than FEWEST_IMAGES points unclustered.
    """
    from sklearn.cluster import DBSCAN

    points = np.asarray(points, np.float64)
    if eps != "auto" and min_samples != "auto":
        radius, least = float(eps), int(min_samples)
    else:
        radius, least = choose_parameters(points, eps, min_samples)
        if len(points) < FEWEST_IMAGES:
            return Clustering(np.full(len(points), -1, np.int32), radius, least)
    return Clustering(_number_by_size(DBSCAN(eps=radius, min_samples=least).fit(points).labels_), radius, least)


def choose_parameters(points: np.ndarray, eps: float | Auto, min_samples: int | Auto) -> tuple[float, int]:
    """`eps` and `min_samples` for the map's `points` (n, 2), keeping whichever is given.

    Tries min_samples from 5 up, each with quantiles of the distance to the min_samples-th neighbour as eps. Takes
    the partition of highest modularity (Newman & Girvan 2004; resolution as in Reichardt & Bornholdt 2006) of the
    graph that joins each point to its 10 nearest, among those that leave at most MOST_NOISE unclustered where there
    are any; each doubling of MANY_CLUSTERS costs a quarter, so that a large map is cut finely only where coarser cuts
    fuse what is apart. Memory grows with n, not n².
    """
    map_ = _NeighbourMap(points)
    best: tuple[tuple[bool, float], float, int] | None = None
    for radius, least, core in _candidates(map_, eps, min_samples):
        labels = map_.partition(core, radius)
        excess = math.log2(max((int(labels.max()) + 1) / MANY_CLUSTERS, 1))
        merit = (
            bool((labels < 0).mean() <= MOST_NOISE),
            map_.modularity(labels) - _PRICE_OF_DOUBLING * excess,
        )
        if best is None or merit > best[0]:
            best = merit, radius, least
    assert best is not None, "there is always a candidate"
    return best[1:]


def _candidates(
    map_: _NeighbourMap, eps: float | Auto, min_samples: int | Auto
) -> Iterator[tuple[float, int, np.ndarray]]:
    """Pairs of eps and min_samples worth trying, each with the mask (n,) of its core points."""
    count = len(map_.points)
    if min_samples != "auto":
        tried = np.array([min_samples])
    else:
        most = max(_FEWEST_SAMPLES, min(max(30, count // 300), count // 5))
        tried = np.unique(np.geomspace(_FEWEST_SAMPLES, most, _SAMPLES_TRIED).round().astype(int))
    # a point counts among its own neighbours, as in scikit-learn
    reach = map_.tree.query(map_.points, k=np.minimum(tried, count), workers=-1)[0]
    for column, least in enumerate(tried):
        if eps != "auto":
            radii = [eps]
        else:
            radii = sorted({_round_up(radius) for radius in np.quantile(reach[:, column], _EPS_QUANTILES)})
        for radius in radii:
            yield radius, int(least), (reach[:, column] <= radius) & (least <= count)


def _round_up(radius: float) -> float:
    """Four significant digits and above zero: what a report prints then gives the same clusters."""
    radius = max(radius, 1e-6)
    unit = 10.0 ** (math.floor(math.log10(radius)) - 3)
    return float(f"{math.ceil(radius / unit) * unit:.4g}")


class _NeighbourMap:
    """What partitions of one map are tried and judged on, made once for all of them."""

    def __init__(self, points: np.ndarray) -> None:
        from scipy.spatial import cKDTree  # type: ignore[import-untyped, unused-ignore]

        count = len(points)
        self.points = points
        self.tree = cKDTree(points)
        near = self.tree.query(points, k=np.arange(1, min(_NEIGHBOURS + 1, count) + 1), workers=-1)[1]
        others = near[near != np.arange(count)[:, None]]
        own = np.repeat(np.arange(count), (near != np.arange(count)[:, None]).sum(axis=1))
        self._links = own, others
        self._degrees = np.bincount(own, minlength=count) + np.bincount(others, minlength=count)
        pairs = np.concatenate([np.column_stack(self._links), _triangulate(points)])
        self._pairs = np.unique(np.sort(pairs, axis=1), axis=0)
        self._lengths = np.linalg.norm(points[self._pairs[:, 0]] - points[self._pairs[:, 1]], axis=1)

    def partition(self, core: np.ndarray, eps: float) -> np.ndarray:
        """DBSCAN's labels (n,) for these core points, found along the links at hand instead of all pairs within eps.

        Core points within eps of each other are linked through Delaunay edges no longer than eps where nothing but
        core points lies between; the nearest neighbours bridge the rest, so that few partitions differ from DBSCAN's.
        """
        from scipy.sparse import coo_array  # type: ignore[import-untyped, unused-ignore]
        from scipy.sparse.csgraph import connected_components  # type: ignore[import-untyped, unused-ignore]
        from scipy.spatial import cKDTree

        count = len(core)
        labels = np.full(count, -1)
        inside = np.flatnonzero(core)
        if not len(inside):
            return labels
        kept = self._pairs[(self._lengths <= eps) & core[self._pairs].all(axis=1)]
        joined = coo_array((np.ones(len(kept), bool), (kept[:, 0], kept[:, 1])), shape=(count, count))
        labels[inside] = np.unique(connected_components(joined, directed=False)[1][inside], return_inverse=True)[1]
        outside = np.flatnonzero(~core)
        distance, nearest = cKDTree(self.points[inside]).query(self.points[outside])
        border = distance <= eps
        labels[outside[border]] = labels[inside[nearest[border]]]
        return labels

    def modularity(self, labels: np.ndarray) -> float:
        """Share of links inside clusters, less _RESOLUTION times what chance would put there; noise counts nothing."""
        own, others = self._links
        inside = (labels[own] == labels[others]) & (labels[own] >= 0)
        degrees = np.bincount(labels[labels >= 0], self._degrees[labels >= 0]) / self._degrees.sum()
        return float(inside.mean() - _RESOLUTION * (degrees**2).sum())


def _triangulate(points: np.ndarray) -> np.ndarray:
    """Edges (m, 2) of the points' Delaunay triangulation; none where the points lie on a line or a spot."""
    from scipy.spatial import Delaunay, QhullError

    try:
        corners = Delaunay(points).simplices
    except (QhullError, ValueError):
        return np.empty((0, 2), np.intp)
    return np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]])


def _number_by_size(labels: np.ndarray) -> np.ndarray:
    found, first, sizes = np.unique(labels, return_index=True, return_counts=True)
    order = np.lexsort((first, -sizes))
    order = order[found[order] >= 0]
    # one more place than labels, so that -1 falls on the last one and stays -1
    numbers = np.full(int(labels.max(initial=-1)) + 2, -1, np.int32)
    numbers[found[order]] = np.arange(len(order))
    return np.asarray(numbers[labels])
