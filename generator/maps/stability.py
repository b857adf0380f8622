"""Measure how stable the clusters are, and how much of the images' similarity the map keeps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Raised whenever the same input would give another result.
VERSION = 2

#: Share of the posts that a draw takes.
_DRAWN = 0.8
#: Draws, the fewest, and the most points that they take together of a large map. Smaller parts than _DRAWN mislead: of
#: 100,000 points in 54 clusters, parts of a fifth keep 91 % of pairs where parts of four fifths keep 97 %.
DRAWS, _FEWEST_DRAWS, _MOST_POINTS = 20, 5, 400_000


@dataclass(frozen=True, slots=True, eq=False)
class Stability:
    """The share of pairs of one cluster that are in one cluster again when the map is clustered without some posts."""

    together: NDArray[np.float64]  # (clusters,): share of each cluster's pairs
    overall: float  # their mean, each cluster weighted by its posts; NaN without clusters
    draws: int
    drawn: float  # share of the posts in a draw


def measure_stability(
    points: NDArray[np.float64], labels: NDArray[np.integer], eps: float, min_samples: int, seed: int
) -> Stability:
    """Cluster random parts of the map's `points` (n, 2) again and compare with `labels` (n,), -1 none.

    Each part is drawn without replacement and clustered with the same eps, and with min_samples in proportion to its
    size. Resampling as in Hennig, C. (2007), Cluster-wise assessment of cluster stability, Computational Statistics &
    Data Analysis 52, 258-271; pairs that stay together as in Ben-Hur, Elisseeff & Guyon (2002). The points stay, so
    this does not say what another layout would change.
    """
    from generator.maps.dbscan import partition_map

    count, clusters = len(labels), int(labels.max(initial=-1)) + 1
    drawn = round(_DRAWN * count)
    draws = min(DRAWS, max(_FEWEST_DRAWS, _MOST_POINTS // max(drawn, 1)))
    share = drawn / max(count, 1)
    if not clusters:
        return Stability(np.zeros(0), float("nan"), 0, share)
    random = np.random.default_rng(seed)
    kept, pairs = np.zeros(clusters), np.zeros(clusters)
    for _ in range(draws):
        part = random.choice(count, drawn, replace=False)
        again = partition_map(points[part], eps, max(2, round(min_samples * share)))
        before = labels[part]
        both = (before >= 0) & (again >= 0)
        cells = before[both].astype(np.int64) * (int(again.max(initial=-1)) + 1) + again[both]
        cell, sizes = np.unique(cells, return_counts=True)
        kept += np.bincount(cell // (int(again.max(initial=-1)) + 1), _pairs_of(sizes), clusters)
        pairs += _pairs_of(np.bincount(before[before >= 0], minlength=clusters))
    together = kept / np.maximum(pairs, 1)
    sizes = np.bincount(labels[labels >= 0], minlength=clusters)
    return Stability(together, float(np.average(together, weights=sizes)), draws, share)


def _pairs_of(sizes: NDArray[np.integer]) -> NDArray[np.float64]:
    return np.asarray(sizes * (sizes - 1) / 2, np.float64)


def neighbours_kept(
    near: NDArray[np.integer], points: NDArray[np.float64], labels: NDArray[np.integer]
) -> tuple[float, float]:
    """Return the mean shares of posts' nearest `near` (n, m) that the map and the clusters keep.

    The first is the share among the m nearest of the map's `points` (n, 2). The second is the share in the post's own
    cluster by `labels` (n,), over clustered posts; NaN without clusters.
    """
    from scipy.spatial import cKDTree

    count, most = near.shape
    # one more, since each is its own nearest; others at the same point may come before it
    close = cKDTree(points).query(points, k=np.arange(1, most + 2), workers=-1)[1]
    close = np.where(close == np.arange(count)[:, None], -1, close)
    kept = (near[:, :, None] == close[:, None, :]).any(axis=2).mean()
    clustered = labels >= 0
    own = (labels[near[clustered]] == labels[clustered, None]).mean() if clustered.any() else float("nan")
    return float(kept), float(own)
