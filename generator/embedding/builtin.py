"""Features that need no weights: edges and a little colour, so that a report can be had without a network.

Histograms of oriented gradients (Dalal & Triggs 2005) say what shape is where; colour histograms say
what it is dyed in. Over a whole set their principal components are half-whitened: divided by the
square root of their standard deviation, between leaving them (power 0) and whitening (power 1),
as `p`-whitening does for retrieval (Jégou & Chum 2012 discuss the full case).
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from generator.projection import normalise_rows, principal_components

NAME = "builtin"
VERSION = 1

_SIDE = 128
_CELLS = 8
_ORIENTATIONS = 9
_EDGES = _CELLS * _CELLS * _ORIENTATIONS
_COLOUR_WEIGHT = 0.3


def describe_image(image: Image.Image) -> np.ndarray:
    """Raw descriptor of one image, (1008,) float32: edges, then colour; `combine_descriptors` makes the features."""
    small = image.convert("RGB").resize((_SIDE, _SIDE), Image.Resampling.BOX, reducing_gap=2.0)
    grey = np.asarray(small.convert("L"), np.float32) / 255
    return np.concatenate([_edges(grey), _colours(small)])


def _edges(grey: np.ndarray) -> np.ndarray:
    across = np.zeros_like(grey)
    down = np.zeros_like(grey)
    across[:, 1:-1] = grey[:, 2:] - grey[:, :-2]
    down[1:-1] = grey[2:] - grey[:-2]
    strength = np.hypot(across, down)
    angle = np.arctan2(down, across) % np.pi * (_ORIENTATIONS / np.pi)
    lower = np.floor(angle)
    share = angle - lower
    lower = lower.astype(np.intp) % _ORIENTATIONS
    place = np.arange(_SIDE) // (_SIDE // _CELLS)
    cell = (place[:, None] * _CELLS + place) * _ORIENTATIONS
    bins = np.bincount((cell + lower).ravel(), (strength * (1 - share)).ravel(), _EDGES)
    bins += np.bincount((cell + (lower + 1) % _ORIENTATIONS).ravel(), (strength * share).ravel(), _EDGES)
    return np.asarray(np.sqrt(bins / max(bins.sum(), 1e-9)), np.float32)


def _colours(small: Image.Image) -> np.ndarray:
    hsv = np.asarray(small.resize((64, 64), Image.Resampling.BOX).convert("HSV"), np.intp)
    place = np.arange(64) // 32
    region = (place[:, None] * 2 + place) * 108
    code = region + (hsv[..., 0] * 12 // 256) * 9 + (hsv[..., 1] * 3 // 256) * 3 + hsv[..., 2] * 3 // 256
    return np.asarray(np.sqrt(np.bincount(code.ravel(), minlength=432) / 1024), np.float32)


def combine_descriptors(descriptors: np.ndarray, seed: int) -> np.ndarray:
    """Features (n, k) float32 of a set of images from their `descriptors` (n, 1008)."""
    edges = _half_whiten(descriptors[:, :_EDGES], 256, seed)
    colours = _half_whiten(descriptors[:, _EDGES:], 64, seed)
    return np.concatenate([edges, np.float32(_COLOUR_WEIGHT) * colours], axis=1)


def _half_whiten(part: np.ndarray, components: int, seed: int) -> np.ndarray:
    scores = principal_components(part, components, seed)
    spread = np.sqrt(scores.std(axis=0))
    return normalise_rows(scores / np.where(spread > 1e-6, spread, 1))
