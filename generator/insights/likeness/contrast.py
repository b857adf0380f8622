"""Compare two brands: find the images that set them apart, and what both post."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.insights.likeness.equal_draws import LEAST_IMAGES
from generator.insights.likeness.image_graph import ImageGraph
from generator.insights.representatives import choose_medoids

#: Posts that either brand needs in a cluster for the cluster to be shared.
LEAST_SHARED = 3
#: Images of a brand that are compared; of more, this many are sampled evenly over its posts.
_COMPARED = 600
#: A density is estimated by the distance to this nearest image.
_NEIGHBOUR = 5
#: Share of a brand's images, those that set it off most, among which central ones are chosen.
_SETTING_OFF = 0.25


@dataclass(frozen=True, slots=True)
class SharedCluster:
    """A cluster that two brands both post in; the first of two is `Contrast.brands[0]`'s."""

    cluster: int
    posts: tuple[float, float]  # a post of several images has the part of those that lie there
    shares: tuple[float, float]  # of each brand's posts


@dataclass(frozen=True, slots=True)
class Contrast:
    """The differences and common ground of two brands; the first of two is `brands[0]`'s."""

    brands: tuple[int, int]
    typical: tuple[tuple[int, ...], tuple[int, ...]]  # posts of each that are unlike the other's; () if withheld
    shared: tuple[SharedCluster, ...]  # by the smaller of both shares, largest first
    common: float  # sum of the smaller shares over all clusters; NaN if a brand has no clustered post
    same_images: int  # images that both posted


def contrast_brands(
    one: int,
    other: int,
    features: NDArray[np.float32],
    posts: NDArray[np.float64],
    graph: ImageGraph,
    count: int = 6,
) -> Contrast:
    """Return what sets the brands `one` and `other` apart, each shown by up to `count` posts.

    `posts` (brands, clusters + 1) are those of every brand in each cluster, the unclustered last, as `Shares` has them;
    `graph` is the result of `build_graph` for the same posts. An image sets its brand apart by how much nearer its own
    brand's images are than the other's: the ratio of the distances to the fifth nearest of each, which estimates a
    ratio of densities (Wang, Kulkarni & Verdu 2009, IEEE Trans. Inf. Theory 55, 2392-2405). An outlier is far from both
    and so never chosen. Images that have one of the other brand's among their nearest, or that both posted, are used
    only if there are too few others. `common` is the proportional similarity (Renkonen 1938) of clustered posts.
    """
    typical: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())
    if min(graph.sizes[one], graph.sizes[other]) >= LEAST_IMAGES:
        typical = (_set_off(one, other, features, graph, count), _set_off(other, one, features, graph, count))
    pair = posts[[one, other]]
    shares, pair = (pair / np.maximum(pair.sum(axis=1, keepdims=True), 1))[:, :-1], pair[:, :-1]
    lesser = shares.min(axis=0)
    both = np.flatnonzero(pair.min(axis=0) >= LEAST_SHARED)
    shared = [
        SharedCluster(
            int(index),
            (float(pair[0, index]), float(pair[1, index])),
            (float(shares[0, index]), float(shares[1, index])),
        )
        for index in both[np.argsort(-lesser[both], kind="stable")]
    ]
    clustered = pair.sum(axis=1, keepdims=True)
    common = float((pair / clustered).min(axis=0).sum()) if clustered.all() else float("nan")
    same = np.intersect1d(graph.image[graph.brand == one], graph.image[graph.brand == other])
    return Contrast((one, other), typical, tuple(shared), common, len(same))


def _set_off(one: int, other: int, features: NDArray[np.float32], graph: ImageGraph, count: int) -> tuple[int, ...]:
    """Return posts of `one` that are unlike those of `other`, the most central first."""
    mine, theirs = (_sample(np.flatnonzero(graph.brand == brand)) for brand in (one, other))
    own = features[graph.posts[mine]]
    # each is its own nearest
    ratios = _reach(own, features[graph.posts[theirs]], _NEIGHBOUR) / np.maximum(
        _reach(own, own, _NEIGHBOUR + 1), 1e-12
    )
    beside = ((graph.brand[graph.near[mine]] == other) & graph.counted[mine]).any(axis=1)
    both = np.isin(graph.image[mine], graph.image[graph.brand == other])
    unfit = beside + 2 * both
    wanted = max(count, round(_SETTING_OFF * len(mine)))
    order = np.lexsort((-ratios, unfit))[:wanted]
    order = order[unfit[order] <= unfit[order[min(count, len(order)) - 1]]]
    chosen = np.sort(order)
    return tuple(int(graph.posts[mine[chosen[row]]]) for row in choose_medoids(own[chosen], count))


def _sample(rows: NDArray[np.intp]) -> NDArray[np.intp]:
    if len(rows) <= _COMPARED:
        return rows
    return rows[np.linspace(0, len(rows) - 1, _COMPARED).round().astype(np.intp)]


def _reach(rows: NDArray[np.float32], others: NDArray[np.float32], place: int) -> NDArray[np.float64]:
    """Return the distance from each row to its `place`-th nearest of the others, or the farthest of fewer."""
    squares = (rows**2).sum(axis=1)[:, None] + (others**2).sum(axis=1) - 2 * (rows @ others.T)
    at = min(place, len(others)) - 1
    return np.sqrt(np.maximum(np.partition(squares, at, axis=1)[:, at], 0), dtype=np.float64)
