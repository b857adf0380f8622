"""Nearest rows, in an order that is the same on every machine."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from generator.numerics import one_thread, row_blocks

#: Raised whenever the same input would give another result.
VERSION = 3

#: Number of an image's nearest others that a report shows, and judges its map by.
SHOWN = 10
#: Candidates beyond those wanted, so that their order can be settled from exact distances.
_SPARE = 8
#: How far a candidate's squared distance may be off, as a share of the largest squared length.
_ERROR = 1e-9


def nearest_images(features: NDArray[np.float32], k: int = SHOWN) -> NDArray[np.int32]:
    """Return the positions of the `k` other rows nearest to each row of `features` (n, d): (n, min(k, n - 1)), int32.

    They are sorted by Euclidean distance, and by position where that is equal. A row's exact duplicates are among its
    neighbours, the row itself never is.
    """
    count = len(features)
    k = min(k, count - 1)
    if k < 1:
        return np.zeros((count, 0), np.int32)
    from sklearn.neighbors import NearestNeighbors

    features = np.ascontiguousarray(features, np.float32)
    model = NearestNeighbors(n_neighbors=min(k + 1 + _SPARE, count), algorithm="brute").fit(features)
    # products of rows find the candidates, but are too inexact to order those equally near: differences do that
    candidates = np.sort(model.kneighbors(return_distance=False, X=features), axis=1)
    limit = _ERROR * float(np.square(features, dtype=np.float64).sum(axis=1).max())
    near = np.empty((count, k + 1), np.intp)
    unsettled = np.zeros(count, bool)
    for rows in row_blocks(count, candidates.shape[1] * features.shape[1]):
        squares = _squares(features[rows, None], features[candidates[rows]])
        order = np.argsort(squares, axis=1, kind="stable")
        near[rows] = np.take_along_axis(candidates[rows], order[:, : k + 1], axis=1)
        squares = np.take_along_axis(squares, order, axis=1)
        unsettled[rows] = squares[:, k] + limit >= squares[:, -1]
    if candidates.shape[1] < count and unsettled.any():
        _settle(features, np.flatnonzero(unsettled), near)
    return without_self(near, np.arange(count)).astype(np.int32)


def leave_out_own(near: NDArray[np.int32], owner: NDArray[np.intp], k: int = SHOWN) -> NDArray[np.int32]:
    """Return the first `k` of each row's `near` (n, m) that have another owner than the row, by `owner` (n,).

    There are fewer of all rows if one has fewer.
    """
    other = owner[near] != owner[:, None]
    width = min(k, int(other.sum(axis=1).min(initial=near.shape[1])))
    places = np.argsort(~other, axis=1, kind="stable")[:, :width]
    return np.take_along_axis(near, places, axis=1)


def _settle(features: NDArray[np.float32], rows: NDArray[np.intp], near: NDArray[np.intp]) -> None:
    """Fill `near` for `rows`, which may have more rows equally near than candidates; identical rows share the work."""
    different, places = np.unique(features[rows], axis=0, return_inverse=True)
    lengths = np.square(features).sum(axis=1)
    rounding = 16 * features.shape[1] * np.finfo(np.float32).eps * lengths.max()
    wanted = near.shape[1]
    settled = np.empty((len(different), wanted), np.intp)
    for index, row in enumerate(different):
        rough = lengths - 2 * (features @ row)
        within = np.flatnonzero(rough <= np.partition(rough, wanted - 1)[wanted - 1] + rounding)
        settled[index] = within[np.argsort(_squares(row, features[within]), kind="stable")[:wanted]]
    near[rows] = settled[places.ravel()]


def _squares(rows: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return squared distances along the last axis; those of equal rows are equal to the bit."""
    return np.asarray(np.square(np.subtract(rows, others, dtype=np.float64)).sum(axis=-1))


@one_thread
def nearest(
    rows: NDArray[np.float32], others: NDArray[np.float32], k: int, without: NDArray[np.intp] | None = None
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Return the positions of the `k` of `others` nearest to each of `rows`, and their squared distances: (m, k) each.

    The nearest comes first. `without` (m,) is a position that a row does not count among its neighbours.
    """
    wide = others.astype(np.float64)
    lengths = np.square(wide).sum(axis=1)
    near, squares = np.empty((len(rows), k), np.intp), np.empty((len(rows), k))
    for part in row_blocks(len(rows), len(others)):
        block = rows[part].astype(np.float64)
        distances = np.maximum(np.square(block).sum(axis=1)[:, None] + lengths - 2 * (block @ wide.T), 0)
        if without is not None:
            distances[np.arange(len(block)), without[part]] = np.inf
        places = np.sort(np.argpartition(distances, k - 1, axis=1)[:, :k], axis=1)
        values = np.take_along_axis(distances, places, axis=1)
        order = np.argsort(values, axis=1, kind="stable")
        near[part] = np.take_along_axis(places, order, axis=1)
        squares[part] = np.take_along_axis(values, order, axis=1)
    return near, squares


def without_self(near: NDArray[np.intp], rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """Drop from `near` (m, k) the index of each of `rows` (m,), or its last entry where identical rows replace it."""
    own = near == rows[:, None]
    own[~own.any(axis=1), -1] = True
    others: NDArray[np.intp] = near[~own]
    return others.reshape(len(near), -1)
