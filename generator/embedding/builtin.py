"""Features that need no weights, edges and a little colour, so that a report needs no network.

Histograms of oriented gradients (Dalal & Triggs 2005) describe shapes and where they are, colour histograms their
colours. Both are computed of the image and its mirror image together, since a flipped picture shows the same thing.
Over a whole set their principal components are half-whitened: divided by the square root of their standard deviation.
That lies midway between keeping the spread, which a few strong components dominate, and whitening it away, which
amplifies noise (Jégou & Chum 2012 study the full whitening).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from generator.embedding.interface import Embedded, Prepared, pair_outputs
from generator.embedding.pca import Components, fit_components, normalise_rows

#: Raised whenever the same input would give another result.
VERSION = 2

_SIDE = 64
_CELLS = 8
_ORIENTATIONS = 9
_EDGES = _CELLS * _CELLS // 2 * _ORIENTATIONS
_HUES, _SATURATIONS, _VALUES = 12, 3, 3
_COLOURS = 2 * _HUES * _SATURATIONS * _VALUES
_EDGE_COMPONENTS, _COLOUR_COMPONENTS = 256, 64
_COLOUR_WEIGHT = 0.3


def _spread_weights() -> np.ndarray:
    """Return how much a pixel row counts for each row of cells, (_CELLS, _SIDE), fading from a cell's centre."""
    place = (np.arange(_SIDE) + 0.5) * _CELLS / _SIDE - 0.5
    return np.asarray(np.maximum(0, 1 - np.abs(place - np.arange(_CELLS)[:, None])), np.float32)


_SPREAD = _spread_weights()
_PIXELS = np.arange(_SIDE * _SIDE) * _ORIENTATIONS


def describe_image(image: Image.Image) -> np.ndarray:
    """Return the raw descriptor of one image, (504,) float32: edges, then colours. `Combination` makes features of it.

    The image is squashed to 64 pixels square: finer edges describe texture more than content.
    """
    small = image.convert("RGB").resize((_SIDE, _SIDE), Image.Resampling.BOX)
    return np.concatenate([_describe_edges(small), _describe_colours(small)])


def _describe_edges(small: Image.Image) -> np.ndarray:
    """Return histograms of edge directions in 8 × 4 cells, each with its mirror image: (288,), as square roots."""
    pixels = np.asarray(small, np.float32) / 255
    across = np.zeros_like(pixels)
    down = np.zeros_like(pixels)
    across[:, 1:-1] = pixels[:, 2:] - pixels[:, :-2]
    down[1:-1] = pixels[2:] - pixels[:-2]
    # the channel with the strongest edge stands for the pixel, as in Dalal and Triggs
    power = across**2 + down**2
    strongest = power.argmax(axis=2)[..., None]
    across = np.take_along_axis(across, strongest, axis=2).ravel()
    down = np.take_along_axis(down, strongest, axis=2).ravel()
    strength = np.sqrt(power.max(axis=2)).ravel()

    # each edge counts for the two directions nearest to its own
    turn = np.arctan2(down, across) % np.pi * (_ORIENTATIONS / np.pi)
    lower = turn.astype(np.intp)
    share = strength * (turn - lower)
    planes = np.zeros(_SIDE * _SIDE * _ORIENTATIONS, np.float32)
    planes[_PIXELS + lower % _ORIENTATIONS] = strength - share
    planes[_PIXELS + (lower + 1) % _ORIENTATIONS] = share

    by_line = _SPREAD @ planes.reshape(_SIDE, _SIDE * _ORIENTATIONS)
    cells = _SPREAD @ by_line.reshape(_CELLS, _SIDE, _ORIENTATIONS)
    # direction k of n, mirrored, is direction n - k
    mirrored = cells[:, ::-1, -np.arange(_ORIENTATIONS) % _ORIENTATIONS]
    both = (cells + mirrored)[:, : _CELLS // 2].ravel()
    return np.asarray(np.sqrt(both / max(float(both.sum()), 1e-6)), np.float32)


def _describe_colours(small: Image.Image) -> np.ndarray:
    """Return histograms of hue, saturation and value, 12 x 3 x 3, of the upper and lower half: (216,), square roots."""
    hsv = np.asarray(small.convert("HSV"), np.intp)
    hue, saturation, value = hsv[..., 0] * _HUES, hsv[..., 1] * _SATURATIONS, hsv[..., 2] * _VALUES
    code = ((hue >> 8) * _SATURATIONS + (saturation >> 8)) * _VALUES + (value >> 8)
    code[_SIDE // 2 :] += _COLOURS // 2
    shares = np.bincount(code.ravel(), minlength=_COLOURS) / (_SIDE * _SIDE // 2)
    return np.sqrt(shares).astype(np.float32)


class BuiltinEngine:
    """The engine whose features need no weights."""

    batch = 16
    apart = False

    prepare = staticmethod(describe_image)

    def embed(self, prepared: Sequence[Prepared]) -> Embedded:
        """Return the descriptors, which `prepare` has made already."""
        return pair_outputs(np.stack(prepared).astype(np.float32, copy=False))


@dataclass(frozen=True, slots=True, eq=False)
class HalfWhitening:
    """Principal components, and the root of each one's standard deviation, `spread` (k,), that it is divided by."""

    components: Components
    spread: np.ndarray

    def apply(self, part: np.ndarray) -> np.ndarray:
        """Return unit rows (n, k), float32, of `part` (n, d)."""
        # components without spread hold only rounding errors and become zeros
        spread = np.where(self.spread > 1e-3, self.spread, np.inf)
        return normalise_rows((self.components.project(part) / spread).astype(np.float32))


@dataclass(frozen=True, slots=True, eq=False)
class Combination:
    """The way in which the descriptors of a set's images become features."""

    edges: HalfWhitening
    colours: HalfWhitening

    def combine(self, descriptors: np.ndarray) -> np.ndarray:
        """Return features (n, k) float32 of `descriptors` (n, 504); k is at most 320, less for small sets."""
        edges, colours = self.edges.apply(descriptors[:, :_EDGES]), self.colours.apply(descriptors[:, _EDGES:])
        return np.concatenate([edges, np.float32(_COLOUR_WEIGHT) * colours], axis=1)


def fit_combination(descriptors: np.ndarray, seed: int) -> Combination:
    """Fit the combination of a set's `descriptors` (n, 504), on a sample drawn by `seed` where the set is large."""
    edges = _fit_half_whitening(descriptors[:, :_EDGES], _EDGE_COMPONENTS, seed)
    return Combination(edges, _fit_half_whitening(descriptors[:, _EDGES:], _COLOUR_COMPONENTS, seed))


def _fit_half_whitening(part: np.ndarray, components: int, seed: int) -> HalfWhitening:
    fitted = fit_components(part, components, seed)
    return HalfWhitening(fitted, np.sqrt(fitted.project(part).std(axis=0, dtype=np.float64)))
