"""How brands and clusters look: their colours, how light they are, and how strong their contrasts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.colour import find_cells, grid_lab, to_hex

#: Tones of a palette at most.
MOST_TONES = 6
#: Tones nearer than this in Lab are one: two or three such steps are what one sees at a glance.
_ALIKE = 10.0
#: A tone that takes less of the images than this goes to the nearest.
_LEAST_SHARE = 0.02
#: Of the grid's colours, so many of the commonest say where the groups lie.
_MOST_COLOURS = 3_000
#: Images whose colours are worked out at a time.
_BLOCK = 20_000

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Tone:
    colour: str  # "#rrggbb"
    share: float  # of the images' area


@dataclass(frozen=True, slots=True)
class Spread:
    """A figure over images: the middle one and the quartiles."""

    median: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Look:
    palette: tuple[Tone, ...]  # the largest first; shares sum to 1
    brightness: Spread  # mean L* of an image, 0 to 100
    contrast: Spread  # standard deviation of L* within an image
    colourfulness: Spread  # mean chroma C*ab of an image


@dataclass(frozen=True, slots=True, eq=False)
class Tints:
    """Of n images, (n,) each: mean L*, its standard deviation within the image, and mean C*ab."""

    brightness: Floats
    contrast: Floats
    colourfulness: Floats


def measure_tints(pixels: NDArray[np.uint8]) -> Tints:
    """How light, contrasty and colourful each of `pixels` (n, side, side, 3), sRGB, is."""
    count = len(pixels)
    found = Tints(np.zeros(count), np.zeros(count), np.zeros(count))
    lab = grid_lab()
    for start in range(0, count, _BLOCK):
        block = slice(start, start + _BLOCK)
        of_pixel = lab[find_cells(pixels[block].reshape(-1, pixels[0].size // 3, 3))]
        found.brightness[block] = of_pixel[..., 0].mean(axis=1)
        found.contrast[block] = of_pixel[..., 0].std(axis=1)
        found.colourfulness[block] = np.hypot(of_pixel[..., 1], of_pixel[..., 2]).mean(axis=1)
    return found


def measure_looks(pixels: NDArray[np.uint8], tints: Tints, groups: Sequence[Sequence[int]]) -> tuple[Look, ...]:
    """The look of each of `groups`, positions among the n images of `pixels` and `tints`; every image weighs the same.

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
    """Tones of the colours `lab` (m, 3) that take up `weights` (m,), which sum to 1."""
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    used = np.flatnonzero(weights)
    used = used[np.argsort(-weights[used], kind="stable")]
    colours, shares = lab[used], weights[used]
    most = slice(_MOST_COLOURS)
    model = KMeans(min(MOST_TONES, len(used)), n_init=1, random_state=0, max_iter=60)
    with threadpool_limits(1):  # on so few colours threads wait for each other twenty times as long as they work
        tone = model.fit(colours[most], sample_weight=shares[most]).predict(colours).astype(np.intp)
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
