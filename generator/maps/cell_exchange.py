"""Let images exchange the cells that their points gave them, so that neighbours on a lattice look alike.

The cells in use stay the same, and with them the gaps that part clusters. Features decide who sits where.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from generator.maps.lattice import Lattice
from generator.numerics import limit_threads

#: Raised whenever the same input would give another result.
VERSION = 1

#: Radii, in cells, of the neighbourhoods whose mean each image is compared with, one a round.
_RADII = (1.5, 1.5, 1.5, 1.5, 1.2, 1.2, 1.0, 1.0)
#: Side, in cells, of the windows inside which images change places.
_WINDOW = 8
#: Images no farther apart than this many cells may change places in the end.
_REACH = 3
_SWEEPS = 3
#: A sweep in which a smaller share of the images changes places is the last.
_WORTHWHILE = 0.01
#: Principal components of the features that are compared: more cost time and change little.
_MOST_COMPONENTS = 48
#: The four cells beside one: down and across.
_BESIDE = np.array([(-1, 0), (0, -1), (0, 1), (1, 0)])

Floats = NDArray[np.float32]
Grid = NDArray[np.int64]


def exchange_cells(
    lattice: Lattice, features: NDArray[np.floating], movable: NDArray[np.bool_] | None = None
) -> Lattice:
    """Return the lattice with its images in an order that `features` (n, k) improve; only `movable` (n,) ones move.

    First, as in linear assignment sorting (Barthel, Hezel, Jung & Schall 2023, Computer Graphics Forum 42), windows of
    the lattice are solved as assignment problems: each image goes where the smoothed features of its surroundings are
    nearest to its own. The radius is small, since the map has settled everything larger. This brings like to like, but
    parts some near copies. So then pairs of images change places for as long as that lowers the sum of the distances
    between images beside each other. The same input gives the same order on any number of cores.
    """
    count = len(lattice.column)
    able = np.ones(count, np.bool_) if movable is None else movable
    if able.sum() < 2:
        return lattice
    cells = np.stack([lattice.line, lattice.column], axis=1).astype(np.int64)
    with limit_threads(1):
        rows = _reduce_features(features)
        for turn, radius in enumerate(_RADII):
            wanted = _smooth(rows, cells, (lattice.lines, lattice.columns), radius)
            # golden-ratio shifts: window edges fall somewhere else every round
            shift = np.array([int(turn * 0.618034 * _WINDOW), int(turn * 0.754878 * _WINDOW)])
            for members in _group_windows(cells + shift, able):
                cells[members] = cells[members[_assign(rows[members], wanted[members])]]
        cells = _Board(rows, cells, able, (lattice.lines, lattice.columns)).settle()
    return Lattice(lattice.columns, lattice.lines, cells[:, 1].astype(np.int32), cells[:, 0].astype(np.int32))


def _reduce_features(features: NDArray[np.floating]) -> Floats:
    """Return the leading principal components of `features` (n, k), which keep nearly all of their distances."""
    rows = np.asarray(features, np.float32) - features.mean(axis=0, dtype=np.float64).astype(np.float32)
    if rows.shape[1] <= _MOST_COMPONENTS:
        return np.asarray(rows)
    axes = np.linalg.eigh(rows.T @ rows)[1][:, : -_MOST_COMPONENTS - 1 : -1]
    return np.ascontiguousarray(rows @ axes, np.float32)


def _smooth(rows: Floats, cells: Grid, shape: tuple[int, int], radius: float) -> Floats:
    """Return the Gaussian mean of the features around each image's cell, (n, k); empty cells do not count."""
    from scipy.ndimage import gaussian_filter

    line, column = cells.T
    held = np.zeros(shape, np.float32)
    held[line, column] = 1
    weight = gaussian_filter(held, radius, mode="constant", truncate=3)[line, column]
    layer = np.zeros(shape, np.float32)
    means = np.empty_like(rows)
    for component in range(rows.shape[1]):
        layer[line, column] = rows[:, component]
        means[:, component] = gaussian_filter(layer, radius, mode="constant", truncate=3)[line, column] / weight
    return means


def _group_windows(cells: Grid, able: NDArray[np.bool_]) -> Iterator[NDArray[np.intp]]:
    """Yield the movable images of each window that has at least two."""
    windows = cells // _WINDOW
    keys = windows[:, 0] * (windows[:, 1].max() + 1) + windows[:, 1]
    moving = np.flatnonzero(able)
    order = moving[np.argsort(keys[moving], kind="stable")]
    for members in np.split(order, np.flatnonzero(np.diff(keys[order])) + 1):
        if len(members) > 1:
            yield members


def _assign(rows: Floats, wanted: Floats) -> NDArray[np.intp]:
    """Return for each image, (m,), whose place it takes, so that features lie nearest to what places ask for in all."""
    from scipy.optimize import linear_sum_assignment

    chosen: NDArray[np.intp] = linear_sum_assignment((wanted**2).sum(axis=1) - 2 * (rows @ wanted.T))[1]
    return chosen


class _Board:
    """Images on a lattice that change places in pairs."""

    def __init__(self, rows: Floats, cells: Grid, able: NDArray[np.bool_], shape: tuple[int, int]) -> None:
        count = len(rows)
        # one more row, of no image, for empty cells and what lies beyond the edge
        self._rows = np.concatenate([rows, np.zeros((1, rows.shape[1]), np.float32)])
        self._squares = (self._rows**2).sum(axis=1)
        self._able = np.append(able, False)
        self._none = count
        self._held = np.full((shape[0] + 2 * _REACH, shape[1] + 2 * _REACH), count)
        self._held[cells[:, 0] + _REACH, cells[:, 1] + _REACH] = np.arange(count)

    def settle(self) -> Grid:
        """Exchange images until hardly any pair gains by it; return each image's line and column, (n, 2)."""
        steps = [
            (down, across)
            for down in range(_REACH + 1)
            for across in range(-_REACH, _REACH + 1)
            if (down > 0 or across > 0) and down**2 + across**2 <= _REACH**2
        ]
        fresh = np.ones(self._held.shape, np.bool_)  # cells whose surroundings have changed since they were tried
        for _ in range(_SWEEPS):
            changed = np.zeros(self._held.shape, np.bool_)
            moved = sum(self._sweep(step, fresh, changed) for step in steps)
            if moved < _WORTHWHILE * self._none:
                break
            fresh = changed
        line, column = np.nonzero(self._held < self._none)
        cells = np.empty((self._none, 2), np.int64)
        cells[self._held[line, column]] = np.stack([line, column], axis=1) - _REACH
        return cells

    def _sweep(self, step: tuple[int, int], fresh: NDArray[np.bool_], changed: NDArray[np.bool_]) -> int:
        """Exchange images a `step` apart where that helps; mark what `changed`, and return how many pairs did."""
        line, column = np.nonzero(self._able[self._held])
        able = self._able[self._held[line + step[0], column + step[1]]]
        new = fresh | changed
        able &= new[line, column] | new[line + step[0], column + step[1]]
        line, column = line[able], column[able]
        # pairs of one class lie so far apart that none changes what the others gain
        apart = 3 + max(abs(step[0]), abs(step[1]))
        classes = line % apart * apart + column % apart
        order = np.argsort(classes, kind="stable")
        moved = 0
        for part in np.split(order, np.flatnonzero(np.diff(classes[order])) + 1):
            first = np.stack([line[part], column[part]], axis=1)
            second = first + np.array(step)
            better = self._weigh(first, second) < -1e-6
            first, second = first[better], second[better]
            one, other = self._held[*first.T], self._held[*second.T]
            self._held[*first.T], self._held[*second.T] = other, one
            for cells in (first, second):
                changed[*cells.T] = True
                for beside in _BESIDE:
                    changed[*(cells + beside).T] = True
            moved += len(first)
        return moved

    def _weigh(self, first: Grid, second: Grid) -> Floats:
        """Return by how much the distances between neighbours grow if images at two cells change places, (m,)."""
        pair = np.stack([self._held[*first.T], self._held[*second.T]], axis=1)
        around = np.concatenate([first[:, None] + _BESIDE, second[:, None] + _BESIDE], axis=1)
        near = self._held[around[..., 0], around[..., 1]]
        # two that lie beside each other stay so
        counts = (near != self._none) & (near != pair[:, :1]) & (near != pair[:, 1:])
        products = np.take(self._rows, pair, axis=0) @ np.take(self._rows, near, axis=0).transpose(0, 2, 1)
        squares = np.take(self._squares, pair)[:, :, None] + np.take(self._squares, near)[:, None] - 2 * products
        lengths = np.sqrt(np.maximum(squares, 0)) * counts[:, None]
        gain = lengths[:, 1] - lengths[:, 0]
        half = len(_BESIDE)
        weighed: Floats = gain[:, :half].sum(axis=1) - gain[:, half:].sum(axis=1)
        return weighed
