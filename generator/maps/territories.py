"""Join clusters that lie side by side and look alike to territories, few enough to take in at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Raised whenever the same input would give another result.
VERSION = 2

#: Territories at least and at most.
FEWEST, MOST = 5, 12
#: Share of the variance between clusters that territories keep at least, as long as there are at most MOST.
KEPT = 0.5
#: Share of the clustered posts that two are joined up to, as long as others can be joined.
LARGEST = 1 / 3
#: With fewer clusters, there is nothing to join.
_LEAST_CLUSTERS = 2 * FEWEST


def join_clusters(
    points: NDArray[np.float64], labels: NDArray[np.integer], features: NDArray[np.float32]
) -> NDArray[np.intp]:
    """Return the territory of each cluster, (clusters,), the one with most posts first; empty with few clusters.

    `points` (n, 2) are the map, `labels` (n,) the clusters, -1 for none, and `features` (n, k) what the map was made
    from. The two that are joined first are those whose posts' features then vary least more (Ward, J. H. (1963),
    Hierarchical grouping to optimize an objective function, J. Amer. Statist. Assoc. 58, 236-244), among those that
    touch on the map, where a territory must be one region (Murtagh, F. (1985), A survey of algorithms for
    contiguity-constrained clustering, Computer Journal 28, 82-88). Joining stops when half of the variance between
    clusters would be lost, and at the latest when there are as many territories as each holds clusters on average: the
    root of the number of clusters. None grows over a third of the posts while others can be joined.

    Measured on 2,088 photographs of garments with 19 labels, 61 clusters: mutual information with the labels 0.46 for 8
    territories, 0.41 for k-means of the features at the same number. On the drawn sample, 27 clusters, the root alone
    gave 5 territories, the last of them by joining two of 25 % and 20 % of the posts that have little in common: a
    twelfth of the variance. Seven keep 55 % of it, and the largest holds 24 % of the posts.
    """
    clusters = int(labels.max(initial=-1)) + 1
    if clusters < _LEAST_CLUSTERS:
        return np.zeros(0, np.intp)
    centres, size, touching = _describe(points, labels, features, clusters)
    fewest = min(max(round(clusters**0.5), FEWEST), MOST)
    return _rank(_join(centres, size, touching, fewest), size)


def extend_territories(
    points: NDArray[np.float64],
    labels: NDArray[np.integer],
    features: NDArray[np.float32],
    earlier: NDArray[np.integer],
) -> NDArray[np.intp]:
    """Return the territory of each cluster as `join_clusters` does, where those in `earlier` stay.

    `earlier` (clusters,) holds codes, one of which at least is 0 or more, and -1 for new clusters. These join, one by
    one and the largest first, the territory beside them on the map that then varies least more.
    """
    clusters = len(earlier)
    centres, size, touching = _describe(points, labels, features, clusters)
    group = np.unique(earlier, return_inverse=True)[1] - int(earlier.min() < 0)
    for cluster in sorted(np.flatnonzero(group < 0), key=lambda new: -size[new]):
        codes = group[touching[cluster] & (group >= 0)]
        growth = {}
        for code in np.unique(codes if len(codes) else group[group >= 0]):
            inside = group == code
            centre = np.average(centres[inside], axis=0, weights=size[inside])
            weight = size[inside].sum() * size[cluster] / (size[inside].sum() + size[cluster])
            growth[int(code)] = weight * ((centre - centres[cluster]) ** 2).sum()
        group[cluster] = min(growth, key=lambda code: growth[code])
    return _rank(group, size)


def _describe(
    points: NDArray[np.float64], labels: NDArray[np.integer], features: NDArray[np.float32], clusters: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Return the centre of each cluster by features, (clusters, k), its posts, and which clusters are neighbours."""
    inside = labels >= 0
    size = np.bincount(labels[inside], minlength=clusters).astype(np.float64)
    total = np.zeros((clusters, features.shape[1]))
    np.add.at(total, labels[inside], features[inside])
    return total / size[:, None], size, _find_touching(points[inside], labels[inside], clusters)


def _rank(groups: NDArray[np.intp], size: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the groups numbered by their posts, 0 the one with most."""
    posts = np.bincount(groups, size)
    rank = np.empty(len(posts), np.intp)
    rank[np.argsort(-posts, kind="stable")] = np.arange(len(posts))
    return rank[groups]


def _find_touching(points: NDArray[np.float64], labels: NDArray[np.integer], clusters: int) -> NDArray[np.bool_]:
    """Return which clusters are neighbours in the Delaunay triangulation of their points, (clusters, clusters)."""
    from scipy.spatial import Delaunay

    # points that coincide would make no triangle
    corners = Delaunay(points, qhull_options="QJ Pp").simplices
    touching = np.zeros((clusters, clusters), bool)
    for one, other in ((0, 1), (1, 2), (0, 2)):
        touching[labels[corners[:, one]], labels[corners[:, other]]] = True
    touching |= touching.T
    np.fill_diagonal(touching, False)
    return touching


def _join(
    centres: NDArray[np.float64], size: NDArray[np.float64], touching: NDArray[np.bool_], fewest: int
) -> NDArray[np.intp]:
    """Join until `fewest` groups are left, or too much would be lost; return the group of each cluster, (clusters,)."""
    centres, size, touching = centres.copy(), size.copy(), touching.copy()
    group = np.arange(len(size))
    posts, middle = size.sum(), np.average(centres, axis=0, weights=size)
    left = (1 - KEPT) * float(size @ ((centres - middle) ** 2).sum(axis=1))
    while len(size) > fewest:
        squares = (centres**2).sum(axis=1)
        apart = squares[:, None] + squares - 2 * centres @ centres.T
        growth = np.maximum(apart, 0) * size[:, None] * size / (size[:, None] + size)
        growth[~touching] = np.inf
        small = np.where(size[:, None] + size <= LARGEST * posts, growth, np.inf)
        growth = small if np.isfinite(small).any() else growth
        one, other = sorted(int(place) for place in np.unravel_index(int(growth.argmin()), growth.shape))
        left -= float(growth[one, other])
        if left < 0 and len(size) <= MOST:
            break
        weight = size[[one, other]]
        centres[one] = weight @ centres[[one, other]] / weight.sum()
        size[one] += size[other]
        touching[one] |= touching[other]
        touching[:, one] |= touching[:, other]
        touching[one, one] = False
        kept = np.arange(len(size)) != other
        centres, size, touching = centres[kept], size[kept], touching[kept][:, kept]
        group[group == other] = one
        group[group > other] -= 1
    return group
