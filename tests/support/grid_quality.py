"""Measure how well a lattice keeps likeness: the distance preservation quality of Barthel et al. 2023."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def distance_preservation(
    features: NDArray[Any], cells: NDArray[np.integer], p: int = 16, sample: int = 3_000
) -> float:
    """Return DPQ_p of images with `features` (n, k) at `cells` (n, 2), 1 the best that no lattice reaches.

    For each k the mean distance of images to their k nearest on the lattice is set against the mean distance of all:
    the gain. DPQ is the p-norm of the gains over that of the gains if the k nearest by features lay nearest. Of images
    equally far on the lattice the likest comes first. Cells without an image do not count. (Barthel, Hezel, Jung &
    Schall 2023, Improved Evaluation and Generation of Grid Layouts using Distance Preservation Quality and Linear
    Assignment Sorting, Computer Graphics Forum 42.) Of more than `sample` images, as many drawn ones are measured,
    each against all others.
    """
    rows, places = np.asarray(features, np.float64), np.asarray(cells, np.int64)
    count = len(rows)
    drawn = np.arange(count)
    if count > sample:
        drawn = np.sort(np.random.default_rng(0).choice(count, sample, replace=False))
    squares = (rows**2).sum(axis=1)
    by_place, by_features = np.zeros(count - 1), np.zeros(count - 1)
    for part in np.array_split(drawn, -(-len(drawn) * count // 4_000_000)):
        distances = np.sqrt(np.maximum(squares[part, None] - 2 * rows[part] @ rows.T + squares, 0))
        others = np.ones(distances.shape, np.bool_)
        others[np.arange(len(part)), part] = False
        distances = distances[others].reshape(len(part), -1)
        apart = ((places[part, None] - places[None]) ** 2).sum(axis=2)[others].reshape(len(part), -1)
        order = np.lexsort((distances, apart), axis=1)
        by_place += np.take_along_axis(distances, order, axis=1).sum(axis=0)
        by_features += np.sort(distances, axis=1).sum(axis=0)
    numbers = np.arange(1, count)
    mean = by_features.sum() / (count - 1)

    def gains(sums: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.clip(1 - np.cumsum(sums) / numbers / mean, 0, None))

    return float(np.linalg.norm(gains(by_place), p) / np.linalg.norm(gains(by_features), p))
