"""Draw the picture that services show beside a link to a report: the densest part of its map."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generator.maps.lattice import Lattice
from generator.mosaics.tiles import GROUND, fit_cell

#: The size that services ask for, in pixels.
WIDTH, HEIGHT = 1200, 630
_MOST_BYTES = 300_000
#: Sides that an image may have, in pixels; each divides the width.
_SIDES = (60, 75, 100, 120, 150, 200, 300)
#: Share of the picture that images cover where the map allows it.
_DENSE = 0.9


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a lattice, from its column `left` and line `top`; either is negative where the lattice is smaller."""

    side: int  # of an image, in pixels
    columns: int
    lines: int
    left: int
    top: int
    filled: float  # share of its cells that hold an image


def draw_social_image(lattice: Lattice, draw_cell: Callable[[int], Image.Image]) -> bytes:
    """Draw the part of the mosaic with the most images, as a JPEG of 1200 × 630 px under 300 KB.

    `draw_cell(i)` gives point i's image as a square. Images are as small as they can be while they cover the picture,
    so that it shows many. Borders are left out: they would be too thin to see.
    """
    part = _choose_part(lattice)
    image = Image.new("RGB", (WIDTH, HEIGHT), GROUND)
    overlap = (part.lines * part.side - HEIGHT) // 2  # of the first line, above the picture
    column, line = lattice.column - part.left, lattice.line - part.top
    inside = (column >= 0) & (column < part.columns) & (line >= 0) & (line < part.lines)
    for index in np.flatnonzero(inside).tolist():
        place = (int(column[index]) * part.side, int(line[index]) * part.side - overlap)
        image.paste(fit_cell(draw_cell(index), part.side), place)
    return _encode(image)


def _choose_part(lattice: Lattice) -> _Part:
    parts = [_find_densest(lattice, side) for side in _SIDES]
    return next((part for part in parts if part.filled >= _DENSE), max(parts, key=lambda part: part.filled))


def _find_densest(lattice: Lattice, side: int) -> _Part:
    """Return the part with the most images of `side` px; a smaller lattice is centred in it."""
    columns, lines = WIDTH // side, -(-HEIGHT // side)
    margins = max(0, columns - lattice.columns) // 2, max(0, lines - lattice.lines) // 2
    held: NDArray[np.int64] = np.zeros((max(lines, lattice.lines) + 1, max(columns, lattice.columns) + 1), np.int64)
    held[lattice.line + margins[1] + 1, lattice.column + margins[0] + 1] = 1
    held = held.cumsum(0).cumsum(1)
    inside = held[lines:, columns:] - held[:-lines, columns:] - held[lines:, :-columns] + held[:-lines, :-columns]
    top, left = (int(place) for place in np.unravel_index(int(inside.argmax()), inside.shape))
    return _Part(side, columns, lines, left - margins[0], top - margins[1], float(inside.max()) / (columns * lines))


def _encode(image: Image.Image) -> bytes:
    for quality in range(85, 9, -5):
        data = io.BytesIO()
        image.save(data, "JPEG", quality=quality, optimize=True, progressive=True)
        if data.tell() < _MOST_BYTES:
            break
    return data.getvalue()
