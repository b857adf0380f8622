"""Give each point of a map a cell of a lattice, near the point and its own, so that no image hides another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.maps.turning import spread_points, turn_points

#: Raised whenever the same input would give another result.
VERSION = 4

#: Columns to a line of every lattice: about as wide screens are. On a tall screen the viewer swaps lines and columns.
ASPECT = 1.7
#: Side, in cells, of the windows inside which points are placed optimally.
_WINDOW = 12
#: Rounds of shifted windows; each can only lower the squared displacement.
_ROUNDS = 12
#: A round that lowers the squared displacement by less than this share is the last.
_WORTHWHILE = 0.01
#: Nearest old points that tell where on a lattice a new one belongs.
_GUIDES = 6
#: Free cells that each new point may choose from at first; doubled until all have one.
_CHOICES = 32
#: New points that choose at a time.
_TOGETHER = 1_000
#: Share of a kept lattice's cells that stays free; otherwise lines are added below it.
_LEAST_FREE = 0.1


@dataclass(frozen=True, slots=True)
class Lattice:
    """The cell of each of n points on a lattice of `columns` × `lines` square cells.

    `column` and `line` are (n,) int32, in the order of the points. Column 0 is the left one, line 0 the top one. No two
    points share a cell.
    """

    columns: int
    lines: int
    column: NDArray[np.int32]
    line: NDArray[np.int32]


def assign_cells(points: NDArray[Any], fill: float, aspect: float = ASPECT) -> Lattice:
    """Give each of `points` (n, 2) a cell of its own on a lattice of about n / `fill` cells (0 < fill <= 1).

    The points are turned so that their longest axis is x, and stretched over a lattice `aspect` times as wide as high,
    which is trimmed to the cells in use. y runs from the top down. The same points always give the same cells. A
    lattice more than half full has no room for all gaps of the map: the fuller it is, the further the points move from
    their place on the map towards one in an even spread over the lattice. So the gaps narrow evenly, and dense places
    crowd no neighbours out.

    Points are first dealt to blocks of cells by halving the lattice; overflow crosses the dividing line nearest first.
    Then windows of cells, shifted from round to round, are solved as linear assignment problems (squared displacement,
    scipy's modified Jonker-Volgenant after Crouse 2016) until a round gains next to nothing.

    Raises ValueError for a wrong shape, values that are not finite, or a `fill` out of range.
    """
    points = points.astype(np.float64)
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f"points must be (n, 2), not {points.shape}")
    if not np.isfinite(points).all():
        raise ValueError("points must be finite")
    if not 0 < fill <= 1:
        raise ValueError(f"fill must be above 0 and at most 1, not {fill}")
    if len(points) == 0:
        return Lattice(0, 0, np.zeros(0, np.int32), np.zeros(0, np.int32))
    columns, lines = _choose_sides(len(points) / fill, aspect)
    targets = _scale_points(turn_points(points), columns, lines, max(0.0, 2 * fill - 1))
    cells = _deal_points(targets, columns, lines)
    _settle_points(targets, cells, columns, lines)
    low = cells.min(axis=0)
    cells -= low
    columns, lines = (int(side) + 1 for side in cells.max(axis=0))
    return Lattice(columns, lines, cells[:, 0].astype(np.int32), cells[:, 1].astype(np.int32))


def extend_cells(points: NDArray[Any], kept: Lattice, fill: float) -> Lattice:
    """Give cells to the points that have none in `kept` (column -1); all others stay exactly where they are.

    `points` are (n, 2), `kept` their cells on the old lattice. A new point goes to a free cell near its nearest old
    points. New points share the free cells so that their squared displacement is least, _TOGETHER at a time. The
    lattice grows to the right and downwards only, so that no cell is renamed. Without any old point it is made anew, as
    by `assign_cells` with `fill`.
    """
    points = points.astype(np.float64)
    old = kept.column >= 0
    if not old.any():
        return assign_cells(points, fill)
    new = np.flatnonzero(~old)
    if not len(new):
        return kept
    cells = np.stack([kept.column, kept.line], axis=1).astype(np.int64)
    # a new point may lie beyond the old ones, but no farther out than a lattice of all of them would reach
    farthest = int(np.sqrt(ASPECT * len(points) / fill))
    targets = np.clip(_guide_points(points[old], cells[old], points[new]), 0, farthest)
    outermost = np.ceil(targets.max(axis=0)).astype(int)
    columns, lines = max(kept.columns, int(outermost[0]) + 1), max(kept.lines, int(outermost[1]) + 1)
    lines = max(lines, -(-len(points) // max(1, int((1 - _LEAST_FREE) * columns))))
    free = np.ones((lines, columns), bool)
    free[cells[old, 1], cells[old, 0]] = False
    for start in range(0, len(new), _TOGETHER):
        part = slice(start, start + _TOGETHER)
        chosen = _choose_free(targets[part], free)
        cells[new[part]] = chosen
        free[chosen[:, 1], chosen[:, 0]] = False
    return Lattice(columns, lines, cells[:, 0].astype(np.int32), cells[:, 1].astype(np.int32))


def _guide_points(
    points: NDArray[np.float64], cells: NDArray[np.int64], new: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return where the points `new` (m, 2) belong, in cells, by the `cells` (n, 2) of the old `points` (n, 2).

    That is the plane that fits all old points, plus how far the nearest of them lie beside it.
    """
    from scipy.spatial import cKDTree

    def lift(places: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack([places, np.ones(len(places))])

    plane = np.linalg.lstsq(lift(points), cells.astype(np.float64), rcond=None)[0]
    beside = cells - lift(points) @ plane
    distance, near = cKDTree(points).query(new, k=np.arange(1, min(_GUIDES, len(points)) + 1))
    weight = 1 / (distance + 1e-6)
    weight /= weight.sum(axis=1, keepdims=True)
    return np.asarray(lift(new) @ plane + (weight[:, :, None] * beside[near]).sum(axis=1))


def _choose_free(targets: NDArray[np.float64], free: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return a different free cell for each of `targets` (m, 2), with the least squared displacement in all: (m, 2)."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching
    from scipy.spatial import cKDTree

    line, column = np.nonzero(free)
    cells = np.stack([column, line], axis=1)
    tree = cKDTree(cells)
    choices = _CHOICES
    while True:
        choices = min(choices, len(cells))
        distance, near = tree.query(targets, k=np.arange(1, choices + 1))
        rows = np.repeat(np.arange(len(targets)), choices)
        # one more, since a sparse array takes a cost of zero for a missing link
        costs = coo_array((np.square(distance).ravel() + 1, (rows, near.ravel())), shape=(len(targets), len(cells)))
        try:
            order, chosen = min_weight_full_bipartite_matching(costs.tocsr())
        except ValueError:  # too many want the same few cells
            if choices == len(cells):
                raise
            choices *= 2
            continue
        return np.asarray(cells[chosen[np.argsort(order)]], np.int64)


def _choose_sides(cells: float, aspect: float) -> tuple[int, int]:
    """Return columns and lines of the smallest lattice of this aspect with at least so many cells."""
    columns = max(1, round(float(np.sqrt(cells * aspect))))
    return columns, int(np.ceil(cells / columns))


def _scale_points(points: NDArray[np.float64], columns: int, lines: int, evenness: float) -> NDArray[np.float64]:
    """Return the points in units of cells: the outermost ones at the centres of the outermost cells.

    `evenness` from 0 to 1 moves each from there towards its place in an even spread.
    """
    low, extent = points.min(axis=0), np.ptp(points, axis=0)
    sides = np.array([columns - 1, lines - 1], np.float64)
    places = np.where(extent > 0, (points - low) / np.where(extent > 0, extent, 1), 0.5) * sides
    if evenness:
        places += evenness * (spread_points(places, columns, lines) - places)
    return np.asarray(places)


def _deal_points(targets: NDArray[np.float64], columns: int, lines: int) -> NDArray[np.int64]:
    """Return a first cell for each point, (n, 2): halve the lattice until blocks are small, then solve each block."""
    cells = np.zeros((len(targets), 2), np.int64)
    todo = [(np.array([0, 0]), np.array([columns, lines]), np.arange(len(targets)))]
    while todo:
        low, high, members = todo.pop()
        if len(members) == 0:
            continue
        sides = high - low
        if (sides <= _WINDOW).all():
            cells[members] = _solve_block(targets[members], low, sides)
            continue
        axis = int(np.argmax(sides))
        middle = int(low[axis] + sides[axis] // 2)
        room_before = (middle - low[axis]) * sides[1 - axis]
        room_after = (high[axis] - middle) * sides[1 - axis]
        along = targets[members, axis]
        order = np.argsort(along, kind="stable")
        before = int(np.searchsorted(along[order], middle - 0.5))
        before = int(np.clip(before, len(members) - room_after, room_before))
        split_high, split_low = high.copy(), low.copy()
        split_high[axis] = split_low[axis] = middle
        todo.append((low, split_high, members[order[:before]]))
        todo.append((split_low, high, members[order[before:]]))
    return cells


def _settle_points(targets: NDArray[np.float64], cells: NDArray[np.int64], columns: int, lines: int) -> None:
    """Move points between cells, in place, window by window, while that lowers their squared displacement."""
    cost = float(((targets - cells) ** 2).sum())
    for turn in range(_ROUNDS):
        # golden-ratio shifts: window edges fall somewhere else every round
        shift = np.array([int(turn * 0.618034 * _WINDOW), int(turn * 0.754878 * _WINDOW)]) % _WINDOW
        for members in _group_windows(cells + shift):
            low = np.maximum((cells[members[0]] + shift) // _WINDOW * _WINDOW - shift, 0)
            high = np.minimum((cells[members[0]] + shift) // _WINDOW * _WINDOW - shift + _WINDOW, [columns, lines])
            if (np.abs(targets[members] - cells[members]) > 0.5).any():
                cells[members] = _solve_block(targets[members], low, high - low)
        before, cost = cost, float(((targets - cells) ** 2).sum())
        if cost >= before * (1 - _WORTHWHILE):
            return


def _group_windows(cells: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Return the indices of the points of each window that has any."""
    windows = cells // _WINDOW
    keys = windows[:, 1] * (windows[:, 0].max() + 1) + windows[:, 0]
    order = np.argsort(keys, kind="stable")
    edges = np.flatnonzero(np.diff(keys[order])) + 1
    return np.split(order, edges)


def _solve_block(targets: NDArray[np.float64], low: NDArray[np.int64], sides: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the cells, (n, 2), of one block that give its points the least squared displacement in all."""
    from scipy.optimize import linear_sum_assignment

    across = (targets[:, :1] - (low[0] + np.arange(sides[0]))) ** 2
    down = (targets[:, 1:] - (low[1] + np.arange(sides[1]))) ** 2
    costs = (across[:, None, :] + down[:, :, None]).reshape(len(targets), -1)
    _, chosen = linear_sum_assignment(costs)
    line, column = np.divmod(chosen, sides[0])
    return np.stack([low[0] + column, low[1] + line], axis=1)
