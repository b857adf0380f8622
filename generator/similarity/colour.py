"""The colour facet: how much of an image has which colour, wherever in it."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from generator.colour import find_cells, grid_lab, to_hex

#: Tones lie this far apart in CIELAB: at about half of it, two colours no longer pass for one at a glance.
_STEP = 18.0
#: How far a colour counts for the tones around it, so that a small change of light moves no colour from one to another.
_WIDTH = 12.0
#: How much a difference of lightness counts beside one of hue or chroma: light changes more easily than colour.
_LIGHTNESS = 0.5
#: Images described at a time.
_BLOCK = 5_000


def describe_colours(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return the share of each image that every tone takes, as square roots, (n, tones); their squares sum to 1.

    A colour counts for the tones near it, the nearer the more: a histogram in CIELAB with soft bins, since tones of one
    hue would otherwise have nothing in common. Square roots make Euclidean distances those of Hellinger, in which large
    areas do not drown small ones.
    """
    from scipy.sparse import csr_array

    memberships = _memberships()
    shares = np.empty((len(pixels), memberships.shape[1]), np.float32)
    for start in range(0, len(pixels), _BLOCK):
        block = _inner_cells(pixels[start : start + _BLOCK])
        each = block.shape[1]
        ones = np.full(block.size, 1 / each, np.float32)
        starts = np.arange(0, block.size + 1, each)
        counts = csr_array((ones, block.ravel().astype(np.int32), starts), shape=(len(block), len(memberships)))
        shares[start : start + _BLOCK] = counts @ memberships
    return np.sqrt(shares)


def find_tones(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the tone nearest to each pixel but those at the edge, (n, 14 * 14), row by row."""
    nearest = _memberships().argmax(axis=1).astype(np.uint8)
    tones = np.empty((len(pixels), (pixels.shape[1] - 2) * (pixels.shape[2] - 2)), np.uint8)
    for start in range(0, len(pixels), _BLOCK):
        tones[start : start + _BLOCK] = nearest[_inner_cells(pixels[start : start + _BLOCK])]
    return tones


@cache
def list_tones() -> tuple[str, ...]:
    """Return the colour of every tone, "#rrggbb": the mean of all colours nearest to it."""
    nearest = _memberships().argmax(axis=1)
    return tuple(to_hex(grid_lab()[nearest == tone].mean(axis=0)) for tone in range(int(nearest.max()) + 1))


def _inner_cells(pixels: NDArray[np.uint8]) -> NDArray[np.uint16]:
    """Return the cells of the colour grid, (n, 14 * 14), without the edge, which may be a border."""
    return find_cells(pixels[:, 1:-1, 1:-1]).reshape(len(pixels), -1)


@cache
def _memberships() -> NDArray[np.float32]:
    """Return how much every colour of the grid counts for each tone, (cells, tones); rows sum to 1.

    Tones lie on a lattice. Those nearest to no colour of sRGB are left out.
    """
    scaled = grid_lab() * (_LIGHTNESS, 1, 1)
    tones = np.unique(np.round(scaled / _STEP), axis=0) * _STEP
    squares = np.square(scaled).sum(axis=1)[:, None] + np.square(tones).sum(axis=1) - 2 * scaled @ tones.T
    used = np.unique(squares.argmin(axis=1))
    weights = np.exp(-squares[:, used] / (2 * _WIDTH**2))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True), np.float32)
