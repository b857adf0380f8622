"""The composition facet: where an image's masses lie, and where edges run in which direction."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from generator.colour import to_lab

#: Cells on a side: thirds, each halved.
CELLS = 6
#: Directions of edges.
_DIRECTIONS = 6
#: Differences in CIELAB of less than this, on the mean of all points, count as less the fainter they are: nobody sees
#: them, and a plain image has no composition.
_FAINT = 1.0
#: Images described at a time.
_BLOCK = 2_000

Floats = NDArray[np.float32]


def describe_composition(pixels: NDArray[np.uint8]) -> Floats:
    """Return the shares of masses, then of edges, in each cell, as square roots: (n, CELLS² + CELLS² * directions).

    A point's mass is the difference in CIELAB between its colour and the ground, the median colour of the image's
    margin. Edges are gradients in CIELAB by direction, as in histograms of oriented gradients (Dalal & Triggs 2005).
    Both fade linearly from one cell to the next, so that a slight shift changes little. Colours themselves and the
    strength of contrasts do not count. Points at the very edge have no mass, since they may be a border; edges beside
    them, and the ground, still show it.
    """
    blocks = (pixels[start : start + _BLOCK] for start in range(0, len(pixels), _BLOCK))
    return np.concatenate([_describe(to_lab(block.astype(np.float32))) for block in blocks])


def _describe(lab: Floats) -> Floats:
    """Do the same for colours (n, side, side, 3) in CIELAB."""
    inner = slice(1, -1)
    margin = np.ones(lab.shape[1:3], bool)
    margin[2:-2, 2:-2] = False
    ground = np.median(lab[:, margin], axis=1)
    masses = np.linalg.norm(lab[:, inner, inner] - ground[:, None, None], axis=-1)

    across, down = lab[:, inner, 2:] - lab[:, inner, :-2], lab[:, 2:, inner] - lab[:, :-2, inner]
    # the axis with the strongest edge stands for the point
    strongest = (across**2 + down**2).argmax(axis=-1)[..., None]
    across, down = (np.take_along_axis(part, strongest, axis=-1)[..., 0] for part in (across, down))
    turn = np.arctan2(down, across) % np.pi * (_DIRECTIONS / np.pi)
    # each edge counts for the two directions nearest to its own
    apart = np.abs(turn[..., None] - np.arange(_DIRECTIONS + 1))
    shares = np.maximum(0, 1 - apart)
    shares[..., 0] += shares[..., -1]  # half a turn on, a direction is itself again
    edges = np.hypot(across, down)[..., None] * shares[..., :-1]
    return np.concatenate([_spread(masses[..., None]), _spread(edges)], axis=1)


def _spread(weights: Floats) -> Floats:
    """Return the cells' shares of `weights` (n, side, side, k), as square roots: (n, CELLS² * k)."""
    side = weights.shape[1]
    fade = fade_cells((np.arange(side) + 0.5) / side, CELLS)
    by_cell = np.einsum("gy,nyxk,hx->nghk", fade, weights, fade, optimize=True).reshape(len(weights), -1)
    whole = np.maximum(by_cell.sum(axis=1, keepdims=True), _FAINT * side**2)
    return np.asarray(np.sqrt(by_cell / whole), np.float32)


def fade_cells(places: NDArray[np.floating], cells: int) -> Floats:
    """Return how much a point at each of `places` (p,), from 0 to 1, counts for each of `cells` in a row: (cells, p).

    It counts for the two cells whose middles are nearest, the nearer the more. Columns sum to 1.
    """
    near = np.maximum(0, 1 - np.abs(places * cells - 0.5 - np.arange(cells)[:, None]))
    return np.asarray(near / near.sum(axis=0), np.float32)
