"""Turn a map so that it lies along a wide screen, and spread its points, so that they fill a lattice."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Raised whenever the same input would give another result.
VERSION = 1

Floats = NDArray[np.float64]


def turn_points(points: Floats) -> Floats:
    """Return `points` (n, 2) about their mean, turned so that they spread most along x: their principal axes.

    A map is turned by a quarter at most, and never mirrored.
    """
    centred = points - points.mean(axis=0)
    lengths, axes = np.linalg.eigh(centred.T @ centred)
    if lengths[1] <= lengths[0] * (1 + 1e-9):  # no axis is longer
        return np.asarray(centred)
    along = axes[:, 1]
    if along[0] < 0 or (along[0] == 0 and along[1] < 0):
        along = -along
    return np.stack([centred @ along, centred @ [-along[1], along[0]]], axis=1)


def spread_points(points: Floats, columns: int, lines: int) -> Floats:
    """Return a place for each of `points` (n, 2) so that all parts of a lattice hold equally many: (n, 2), in cells.

    The points are halved along the longer side of their part of the lattice, which is divided in proportion, until each
    is alone in a part (as in Eppstein et al. 2015 and Hilasaca & Paulovich 2019); its place is the middle.
    """
    places = np.zeros((len(points), 2))
    todo = [(np.zeros(2), np.array([columns, lines], np.float64), np.arange(len(points)))]
    while todo:
        low, high, members = todo.pop()
        if len(members) <= 1:
            places[members] = (low + high - 1) / 2
            continue
        axis = int(np.argmax(high - low))
        ordered = members[np.argsort(points[members, axis], kind="stable")]
        half = len(ordered) // 2
        middle = low[axis] + (high[axis] - low[axis]) * half / len(ordered)
        split_high, split_low = high.copy(), low.copy()
        split_high[axis] = split_low[axis] = middle
        todo.append((low, split_high, ordered[:half]))
        todo.append((split_low, high, ordered[half:]))
    return places
