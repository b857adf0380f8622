"""Choose the images that represent a group: its medoids, and those least like the rest of it."""

from __future__ import annotations

import math

import numpy as np

#: Members compared with each other; a larger group is sampled evenly from its centre outwards.
_COMPARED = 800
#: Share of a group, the farthest from its mean, that is left out when representatives are chosen.
_OUTLYING = 0.1


def choose_medoids(features: np.ndarray, count: int) -> list[int]:
    """Return up to `count` rows of `features` (n, k) that represent all of them, the most central one first.

    The first row has the least total distance to all others; each next one most reduces the total distance of rows to
    their nearest chosen row (the BUILD step of PAM, Kaufman & Rousseeuw 1987). So the choice covers a group of several
    kinds and holds no two equal rows. The tenth farthest from the mean is left out. Deterministic.
    """
    from_centre = np.linalg.norm(features - features.mean(axis=0), axis=1)
    inner = max(count, math.ceil(len(features) * (1 - _OUTLYING)))
    order = np.argsort(from_centre, kind="stable")[:inner]
    sample = order
    if len(order) > _COMPARED:
        sample = order[np.linspace(0, len(order) - 1, _COMPARED).round().astype(int)]
    distances = _measure_distances(features[sample])
    nearest = np.full(len(sample), np.inf)
    chosen: list[int] = []
    while len(chosen) < min(count, len(sample)):
        if chosen:
            gains = np.maximum(nearest[:, None] - distances, 0).sum(axis=0)
            best = int(np.argmax(gains))
            if gains[best] <= 1e-9 * len(sample):
                break
        else:
            best = int(np.argmin(distances.sum(axis=0)))
        chosen.append(best)
        nearest = np.minimum(nearest, distances[:, best])
    return [int(sample[index]) for index in chosen]


def rank_least_typical(features: np.ndarray, count: int) -> list[int]:
    """Return up to `count` rows of `features` (n, k), those farthest from the mean of all, the farthest first."""
    from_centre = np.linalg.norm(features - features.mean(axis=0), axis=1)
    return [int(index) for index in np.argsort(-from_centre, kind="stable")[:count]]


def _measure_distances(rows: np.ndarray) -> np.ndarray:
    """Return Euclidean distances between all rows, (n, n); equal rows are exactly 0 apart."""
    wide = rows.astype(np.float64)
    squares = (wide**2).sum(axis=1)
    squared = squares[:, None] + squares[None, :] - 2 * wide @ wide.T
    # rounding leaves equal rows a trace apart
    squared[squared < 1e-9 * max(float(squares.max(initial=0)), 1e-12)] = 0
    return np.asarray(np.sqrt(squared))
