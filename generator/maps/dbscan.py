"""Cluster a map by DBSCAN, with parameters that suit maps of any size."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from generator.settings import Auto

#: Raised whenever the same input would give another result.
VERSION = 3

#: Below this many images a cluster says nothing, and `auto` finds none.
FEWEST_IMAGES = 50
#: `auto` leaves no larger share of images unclustered if it can.
MOST_NOISE = 0.12
#: Readers take in no more clusters than this: beyond, each further one counts against `auto`'s choice.
MANY_CLUSTERS = 60

#: Pairs of neighbours that scikit-learn may list: 400 MB.
_MOST_PAIRS = 50_000_000
_FEWEST_SAMPLES = 5
_SAMPLES_TRIED = 12
_EPS_QUANTILES = (0.3, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
_NEIGHBOURS = 10
#: Share of cut links that is no loss, since it may be chance.
_CUTS_FORGIVEN = 0.02


@dataclass(frozen=True, slots=True)
class Clustering:
    """The cluster of each point (n,), int32, 0 the largest, -1 none; and the parameters of DBSCAN that gave it."""

    labels: np.ndarray
    eps: float
    min_samples: int


def cluster_map(points: np.ndarray, eps: float | Auto = "auto", min_samples: int | Auto = "auto") -> Clustering:
    """Cluster the map's `points` (n, 2) by DBSCAN (Ester et al. 1996) as scikit-learn computes it.

    The partition is scikit-learn's own for the parameters returned, unless its lists of points within eps of each other
    would not fit into memory. Clusters of one size are numbered by their first point. `auto` takes
    the parameters that `choose_parameters` finds, and makes no clusters of fewer than FEWEST_IMAGES points.
    """
    from sklearn.cluster import DBSCAN

    points = np.asarray(points, np.float64)
    if eps != "auto" and min_samples != "auto":
        radius, least = float(eps), int(min_samples)
    elif len(points) < FEWEST_IMAGES:
        radius, least, _ = next(_candidates(NeighbourGraph(points), eps, min_samples))
        return Clustering(np.full(len(points), -1, np.int32), radius, least)
    else:
        radius, least = choose_parameters(points, eps, min_samples)
    if _count_within(points, radius) > _MOST_PAIRS:
        return Clustering(number_by_size(partition_map(points, radius, least)), radius, least)
    return Clustering(number_by_size(DBSCAN(eps=radius, min_samples=least).fit(points).labels_), radius, least)


def _count_within(points: np.ndarray, eps: float) -> int:
    """Count the pairs of `points` within `eps`, each from both sides."""
    from scipy.spatial import cKDTree

    tree = cKDTree(points)
    return int(tree.count_neighbors(tree, eps))


def partition_map(points: np.ndarray, eps: float, min_samples: int) -> np.ndarray:
    """Return DBSCAN's labels (n,) of `points` (n, 2), -1 none: faster than `cluster_map`, and hardly ever different."""
    graph = NeighbourGraph(np.asarray(points, np.float64))
    within = graph.tree.query_ball_point(graph.points, eps, return_length=True, workers=-1)
    return graph.partition(within >= min_samples, eps)


def choose_parameters(points: np.ndarray, eps: float | Auto, min_samples: int | Auto) -> tuple[float, int]:
    """Choose `eps` and `min_samples` for the map's `points` (n, 2), except those that are given.

    Tries min_samples from 5 up, each with quantiles of the distance to the min_samples-th neighbour as eps, and judges
    each partition by the graph that joins every point to its 10 nearest. A good partition cuts few of these links, yet
    seldom puts two points together by chance. The difference of these two terms is modularity (Newman & Girvan 2004).
    Here they are multiplied, so that a coarse partition wins where it cuts next to nothing and a fine one where cuts
    are unavoidable. One cluster that holds nearly all, and more clusters than MANY_CLUSTERS, count against a partition.
    More than MOST_NOISE unclustered or more than √(2n) clusters are taken only where nothing else is left.

    Time and memory grow with n, not n².
    """
    graph = NeighbourGraph(points)
    best: tuple[tuple[bool, float], float, int] | None = None
    for radius, least, core in _candidates(graph, eps, min_samples):
        merit = graph.judge(graph.partition(core, radius))
        if best is None or merit > best[0]:
            best = merit, radius, least
    assert best is not None, "there is always a candidate"
    return best[1:]


def _candidates(
    graph: NeighbourGraph, eps: float | Auto, min_samples: int | Auto
) -> Iterator[tuple[float, int, np.ndarray]]:
    """Yield pairs of eps and min_samples worth trying, each with the mask (n,) of its core points."""
    count = len(graph.points)
    if min_samples != "auto":
        tried = np.array([min_samples])
    else:
        most = max(_FEWEST_SAMPLES, min(max(30, count // 300), count // 5))
        tried = np.unique(np.geomspace(_FEWEST_SAMPLES, most, _SAMPLES_TRIED).round().astype(int))
    # a point counts among its own neighbours, as in scikit-learn
    reach = graph.tree.query(graph.points, k=np.minimum(tried, count), workers=-1)[0]
    for column, least in enumerate(tried):
        if eps != "auto":
            radii = [eps]
        else:
            radii = sorted({_round_up(radius) for radius in np.quantile(reach[:, column], _EPS_QUANTILES)})
        for radius in radii:
            yield radius, int(least), (reach[:, column] <= radius) & (least <= count)


def _round_up(radius: float) -> float:
    """Round up to four significant digits, above zero, so that the number a report prints gives the same clusters."""
    radius = max(radius, 1e-6)
    unit = 10.0 ** (math.floor(math.log10(radius)) - 3)
    return float(f"{math.ceil(radius / unit) * unit:.4g}")


class NeighbourGraph:
    """Links between a map's neighbouring points, on which partitions of the map are tried and judged."""

    def __init__(self, points: np.ndarray) -> None:
        from scipy.spatial import cKDTree

        count = len(points)
        self.points = points
        self.tree = cKDTree(points)
        near = self.tree.query(points, k=np.arange(1, min(_NEIGHBOURS + 1, count) + 1), workers=-1)[1]
        foreign = near != np.arange(count)[:, None]
        own, others = np.repeat(np.arange(count), foreign.sum(axis=1)), near[foreign]
        self._links = own, others
        self._degrees = np.bincount(own, minlength=count) + np.bincount(others, minlength=count)
        pairs = np.concatenate([np.column_stack(self._links), _triangulate(points)])
        self._pairs = np.unique(np.sort(pairs, axis=1), axis=0)
        self._lengths = np.linalg.norm(points[self._pairs[:, 0]] - points[self._pairs[:, 1]], axis=1)

    def partition(self, core: np.ndarray, eps: float) -> np.ndarray:
        """Return DBSCAN's labels (n,) for these core points, found along links instead of all pairs within eps.

        Core points no more than eps apart are joined through edges of the Delaunay triangulation no longer than eps,
        unless other points lie between. Links to the nearest neighbours bridge nearly all such gaps.
        """
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components
        from scipy.spatial import cKDTree

        count = len(core)
        labels = np.full(count, -1)
        inside = np.flatnonzero(core)
        if not len(inside):
            return labels
        links, _ = self.link(core, eps)
        joined = coo_array((np.ones(len(links), bool), (links[:, 0], links[:, 1])), shape=(count, count))
        labels[inside] = np.unique(connected_components(joined, directed=False)[1][inside], return_inverse=True)[1]
        outside = np.flatnonzero(~core)
        distance, nearest = cKDTree(self.points[inside]).query(self.points[outside])
        border = distance <= eps
        labels[outside[border]] = labels[inside[nearest[border]]]
        return labels

    def link(self, core: np.ndarray, longest: float) -> tuple[np.ndarray, np.ndarray]:
        """Return the links between core points no more than `longest` apart, (m, 2) positions, and their lengths."""
        chosen = (self._lengths <= longest) & core[self._pairs].all(axis=1)
        return self._pairs[chosen], self._lengths[chosen]

    def judge(self, labels: np.ndarray) -> tuple[bool, float]:
        """Return whether a partition is fit to read, and its merit; the greater pair is the better partition."""
        own, others = self._links
        clustered = labels >= 0
        if not clustered.any():
            return False, -math.inf
        cut = 1 - float(((labels[own] == labels[others]) & clustered[own]).mean())
        shares = np.bincount(labels[clustered], self._degrees[clustered]) / self._degrees.sum()
        largest = np.bincount(labels[clustered]).max() / len(labels)
        count = len(shares)
        fit = float(clustered.mean()) >= 1 - MOST_NOISE and count <= math.sqrt(2 * len(labels))
        chance = float((shares**2).sum()) * max(1.0, count / MANY_CLUSTERS) ** 2 / (1 - largest + 1e-3) ** 2
        return fit, -math.log((cut + _CUTS_FORGIVEN) * chance)


def _triangulate(points: np.ndarray) -> np.ndarray:
    """Return the edges (m, 2) of the points' Delaunay triangulation; none where the points lie on a line or a spot."""
    from scipy.spatial import Delaunay, QhullError

    try:
        corners = Delaunay(points).simplices
    except (QhullError, ValueError):
        return np.empty((0, 2), np.intp)
    return np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]])


def drop_few(labels: np.ndarray, owner: np.ndarray, least: int) -> np.ndarray:
    """Return `labels` (n,) without clusters of fewer than `least` posts, of which `owner` (n,) is each image's.

    DBSCAN counts images, so that one post of many like images would be a cluster by itself.
    """
    inside = labels >= 0
    pairs = np.unique(np.stack([labels[inside], owner[inside]]), axis=1)
    posts = np.bincount(pairs[0], minlength=int(labels.max(initial=-1)) + 1)
    few = np.append(posts < least, False)  # the last is for -1
    return number_by_size(np.where(few[labels], -1, labels))


def number_by_size(labels: np.ndarray) -> np.ndarray:
    """Return the labels renumbered by size, 0 the largest; equal sizes by their first point. -1 stays."""
    numbers_before, first, sizes = np.unique(labels, return_index=True, return_counts=True)
    order = np.lexsort((first, -sizes))
    order = order[numbers_before[order] >= 0]
    # one more entry than labels, so that -1 falls on the last one and stays -1
    numbers = np.full(int(labels.max(initial=-1)) + 2, -1, np.int32)
    numbers[numbers_before[order]] = np.arange(len(order))
    return np.asarray(numbers[labels])
