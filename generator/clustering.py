"""Clusters on the map: DBSCAN, and parameters for it that suit maps of any size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

#: Below this many images a cluster says nothing, and `auto` finds none.
FEWEST_IMAGES = 50


@dataclass(frozen=True, slots=True)
class Clustering:
    """Cluster of each point: 0 the largest, then by size, -1 none; and the DBSCAN parameters that gave it."""

    labels: np.ndarray
    eps: float
    min_samples: int


def cluster_map(
    points: np.ndarray, eps: float | Literal["auto"] = "auto", min_samples: int | Literal["auto"] = "auto"
) -> Clustering:
    """Clusters of the map's `points` (n, 2): DBSCAN (Ester et al. 1996) as scikit-learn computes it.

    The partition with given values is scikit-learn's own; equal sizes are numbered by their first point.
    """
    least = 10 if min_samples == "auto" else min_samples
    radius = _choose_eps(points, least) if eps == "auto" else eps
    if len(points) < FEWEST_IMAGES and "auto" in (eps, min_samples):
        return Clustering(np.full(len(points), -1, np.int32), radius, least)
    return Clustering(_number_by_size(_dbscan(points, radius, least)), radius, least)


def _dbscan(points: np.ndarray, eps: float, min_samples: int) -> np.ndarray:
    from sklearn.cluster import DBSCAN

    return np.asarray(DBSCAN(eps=eps, min_samples=min_samples).fit(points).labels_)


def _choose_eps(points: np.ndarray, min_samples: int) -> float:
    from sklearn.neighbors import NearestNeighbors

    others = min(min_samples, len(points) - 1)
    if others < 1:
        return 1.0
    distances = NearestNeighbors(n_neighbors=others).fit(points).kneighbors()[0][:, -1]
    return float(np.quantile(distances, 0.65)) or 1.0


def _number_by_size(labels: np.ndarray) -> np.ndarray:
    found, first, sizes = np.unique(labels, return_index=True, return_counts=True)
    order = np.lexsort((first, -sizes))
    order = order[found[order] >= 0]
    numbers = np.full(int(labels.max(initial=-1)) + 2, -1, np.int32)
    numbers[found[order]] = np.arange(len(order))
    numbers[-1] = -1
    return np.asarray(numbers[labels])
