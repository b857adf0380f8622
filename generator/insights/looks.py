"""Measure how groups of images look: their colours, lightness and contrast."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.colour import find_cells, grid_lab, to_hex
from generator.numerics import one_thread

#: Tones of a palette at most.
MOST_TONES = 6
#: Tones nearer than this in Lab are merged; a difference of two or three times this is visible at a glance.
_ALIKE = 10.0
#: A tone with a smaller share of the images is merged into the nearest.
_LEAST_SHARE = 0.02
#: The tones are fitted to this many of the commonest colours of the grid.
_MOST_COLOURS = 3_000
#: Images whose colours are computed at a time.
_BLOCK = 20_000

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Tone:
    """A colour of a palette."""

    colour: str  # "#rrggbb"
    share: float  # of the images' area


@dataclass(frozen=True, slots=True)
class Spread:
    """The median and quartiles of a figure over images."""

    median: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Look:
    """The colours, lightness and contrast of a group of images."""

    palette: tuple[Tone, ...]  # the largest first; shares sum to 1
    brightness: Spread  # mean L* of an image, 0 to 100
    contrast: Spread  # standard deviation of L* within an image
    colourfulness: Spread  # mean chroma C*ab of an image


@dataclass(frozen=True, slots=True, eq=False)
class Tints:
    """Figures of n images, (n,) each: mean L*, its standard deviation within the image, and mean C*ab."""

    brightness: Floats
    contrast: Floats
    colourfulness: Floats


def measure_tints(pixels: NDArray[np.uint8]) -> Tints:
    """Measure how light, contrasty and colourful each of `pixels` (n, side, side, 3), sRGB, is."""
    count = len(pixels)
    tints = Tints(np.zeros(count), np.zeros(count), np.zeros(count))
    lab = grid_lab()
    for start in range(0, count, _BLOCK):
        block = slice(start, start + _BLOCK)
        of_pixel = lab[find_cells(pixels[block].reshape(-1, pixels[0].size // 3, 3))]
        tints.brightness[block] = of_pixel[..., 0].mean(axis=1)
        tints.contrast[block] = of_pixel[..., 0].std(axis=1)
        tints.colourfulness[block] = np.hypot(of_pixel[..., 1], of_pixel[..., 2]).mean(axis=1)
    return tints


def measure_looks(pixels: NDArray[np.uint8], tints: Tints, groups: Sequence[Sequence[int]]) -> tuple[Look, ...]:
    """Return the look of each of `groups`, positions of the n images of `pixels` and `tints`, which weigh the same.

    A palette's tones are the centres of k-means in CIELAB (D65), so that colours that look alike are one tone.
    """
    cells = find_cells(pixels.reshape(len(pixels), -1, 3))
    lab = grid_lab()
    looks = []
    for group in groups:
        members = np.asarray(group, np.intp)
        weights = np.bincount(cells[members].ravel(), minlength=len(lab)).astype(np.float64)
        spreads = (_spread(values[members]) for values in (tints.brightness, tints.contrast, tints.colourfulness))
        looks.append(Look(_find_palette(lab, weights / weights.sum()), *spreads))
    return tuple(looks)


def _spread(values: Floats) -> Spread:
    low, middle, high = np.quantile(values, (0.25, 0.5, 0.75))
    return Spread(float(middle), float(low), float(high))


def _find_palette(lab: Floats, weights: Floats) -> tuple[Tone, ...]:
    """Return tones of the colours `lab` (m, 3) with the `weights` (m,), which sum to 1."""
    from sklearn.cluster import KMeans

    used = np.flatnonzero(weights)
    used = used[np.argsort(-weights[used], kind="stable")]
    colours, shares = lab[used], weights[used]
    most = slice(_MOST_COLOURS)
    model = KMeans(min(MOST_TONES, len(used)), n_init=1, random_state=0, max_iter=60)

    @one_thread  # for few colours, several threads take twenty times as long
    def group_colours() -> NDArray[np.intp]:
        return np.asarray(model.fit(colours[most], sample_weight=shares[most]).predict(colours), np.intp)

    tone = group_colours()
    while True:
        parts = np.bincount(tone, shares)
        sums = np.stack([np.bincount(tone, shares * colours[:, axis]) for axis in range(3)], axis=1)
        centres = sums / np.maximum(parts, 1e-12)[:, None]
        kept = np.flatnonzero(parts)
        if len(kept) == 1:
            break
        apart = np.linalg.norm(centres[kept][:, None] - centres[kept][None, :], axis=-1)
        np.fill_diagonal(apart, np.inf)
        smallest = int(np.argmin(parts[kept]))
        one, other = (int(at) for at in np.unravel_index(np.argmin(apart), apart.shape))
        if parts[kept[smallest]] < _LEAST_SHARE:
            one, other = smallest, int(np.argmin(apart[smallest]))
        elif apart[one, other] >= _ALIKE:
            break
        tone[tone == kept[one]] = kept[other]
    order = kept[np.argsort(-parts[kept], kind="stable")]
    return tuple(Tone(to_hex(centres[at]), float(parts[at])) for at in order)
