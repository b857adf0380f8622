"""Cluster a map that stayed while images came and went: incremental DBSCAN, and pairs of old and new clusters."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from generator.maps.dbscan import NeighbourGraph, number_by_size

#: Raised whenever the same input would give another result.
VERSION = 1

Labels = NDArray[np.integer]

#: Label of an image that the map did not have before.
UNKNOWN = -2
#: Two clusters become one only where this share of the smaller one's core images touches the other, and at least
#: min_samples of them.
_BROAD = 0.2
#: A part of a cluster splits off only where the gap is wider than eps by this much.
_GAP = 1.25


def recluster_map(points: NDArray[np.float64], earlier: Labels, eps: float, min_samples: int) -> NDArray[np.int32]:
    """Return labels (n,) of the `points` (n, 2), 0 the largest, -1 none, that keep `earlier` clusters where they can.

    `earlier` (n,) holds the labels that `eps` and `min_samples` gave before, -1 none, UNKNOWN for new images. As in
    incremental DBSCAN (Ester, Kriegel, Sander, Wimmer & Xu 1998) an image with `min_samples` images within `eps` is a
    core image and joins the cluster it touches; a dense place that touches none is a new cluster. But readers know the
    clusters by name. So where one image between two clusters would join them in DBSCAN, here they stay two until they
    touch broadly (_BROAD), and a cluster that lost images falls apart only at a gap (_GAP).
    """
    graph = NeighbourGraph(np.asarray(points, np.float64))
    count = len(points)
    # an image is its own neighbour too, as in scikit-learn
    core = graph.tree.query_ball_point(graph.points, eps, return_length=True, workers=-1) >= min_samples
    labels = np.full(count, -1, np.int64)
    known = core & (earlier >= 0)
    labels[known] = earlier[known]
    links, lengths = graph.link(core, _GAP * eps)
    close = links[lengths <= eps]
    _spread(labels, core, close, lengths[lengths <= eps])
    _split(labels, links)
    _merge(labels, core, close, min_samples)
    _join_border(labels, core, earlier, graph.points, eps)
    return number_by_size(labels)


def _spread(labels: Labels, core: NDArray[np.bool_], links: NDArray[np.intp], lengths: NDArray[np.float64]) -> None:
    """Give core images without a label that of the nearest one along links; groups linked to none are new clusters."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components, dijkstra

    count = len(labels)
    # a sparse array takes zeros for missing links
    weights = np.maximum(lengths, 1e-9)
    graph = coo_array((weights, (links[:, 0], links[:, 1])), shape=(count, count)).tocsr()
    seeds = np.flatnonzero(labels >= 0)
    if len(seeds):
        sources = dijkstra(graph, directed=False, indices=seeds, min_only=True, return_predecessors=True)[2]
        reached = np.flatnonzero((sources >= 0) & core & (labels < 0))
        labels[reached] = labels[sources[reached]]
    left = np.flatnonzero(core & (labels < 0))
    if len(left):
        groups = connected_components(graph, directed=False)[1][left]
        labels[left] = int(labels.max()) + 1 + np.unique(groups, return_inverse=True)[1]


def _split(labels: Labels, links: NDArray[np.intp]) -> None:
    """Separate groups of core images that have one label but no link between them; the largest keeps the label."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    count = len(labels)
    inside = links[(labels[links[:, 0]] == labels[links[:, 1]]) & (labels[links[:, 0]] >= 0)]
    graph = coo_array((np.ones(len(inside), bool), (inside[:, 0], inside[:, 1])), shape=(count, count))
    group = connected_components(graph, directed=False)[1]
    sizes = np.bincount(group)
    free = int(labels.max(initial=-1)) + 1
    for label in range(free):
        groups = np.unique(group[labels == label])
        for part in groups[np.argsort(-sizes[groups], kind="stable")][1:]:
            labels[(group == part) & (labels == label)] = free
            free += 1


def _merge(labels: Labels, core: NDArray[np.bool_], links: NDArray[np.intp], min_samples: int) -> None:
    """Merge clusters that touch broadly: the smaller one takes the larger one's label."""
    sizes = np.bincount(labels[core], minlength=int(labels.max(initial=-1)) + 1)
    across = links[labels[links[:, 0]] != labels[links[:, 1]]]
    ends = np.concatenate([across, across[:, ::-1]])
    touching = np.unique(np.column_stack([ends[:, 0], labels[ends[:, 1]]]), axis=0)  # (image, cluster it touches)
    pairs, counts = np.unique(
        np.column_stack([labels[touching[:, 0]], touching[:, 1]]).reshape(-1, 2), axis=0, return_counts=True
    )
    target = np.arange(len(sizes))
    for (small, large), touches in sorted(zip(pairs.tolist(), counts.tolist(), strict=True), key=lambda item: -item[1]):
        if (sizes[small], -small) <= (sizes[large], -large) and touches >= max(min_samples, _BROAD * sizes[small]):
            target[target == target[small]] = target[large]
    labels[core] = target[labels[core]]


def _join_border(
    labels: Labels, core: NDArray[np.bool_], earlier: Labels, points: NDArray[np.float64], eps: float
) -> None:
    """Label other images by the nearest core image within `eps`, preferably one of their own cluster."""
    from scipy.spatial import cKDTree

    inside, outside = np.flatnonzero(core), np.flatnonzero(~core)
    if not len(inside) or not len(outside):
        return
    distance, nearest = cKDTree(points[inside]).query(points[outside])
    near = distance <= eps
    labels[outside[near]] = labels[inside[nearest[near]]]
    for label in np.unique(earlier[outside]):
        own = inside[labels[inside] == label]
        mine = outside[earlier[outside] == label]
        if label >= 0 and len(own):
            stays = cKDTree(points[own]).query(points[mine])[0] <= eps
            labels[mine[stays]] = label


def pair_clusters(earlier: Labels, labels: Labels) -> dict[int, int]:
    """Pair clusters of `labels` (n,) with those of `earlier` (n,), -1 none, that they continue: new -> earlier.

    The pairs share the most images in all (one to one). Two are a pair only where they share more than half of either.
    """
    from scipy.optimize import linear_sum_assignment

    both = (earlier >= 0) & (labels >= 0)
    if not both.any():
        return {}
    shared = np.zeros((int(labels.max()) + 1, int(earlier.max()) + 1), np.int64)
    np.add.at(shared, (labels[both], earlier[both]), 1)
    ours = np.bincount(labels[(labels >= 0) & (earlier > UNKNOWN)], minlength=shared.shape[0])
    theirs = np.bincount(earlier[earlier >= 0], minlength=shared.shape[1])
    rows, columns = linear_sum_assignment(shared, maximize=True)
    return {
        int(new): int(old)
        for new, old in zip(rows, columns, strict=True)
        if 2 * shared[new, old] > min(ours[new], theirs[old])
    }
