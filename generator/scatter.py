"""The case study's own two pictures: thumbnails pasted at their points on the map, on a white square."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from generator.settings import MosaicSettings

#: Width of a border, in pixels, around the thumbnail.
BORDER = 2
#: Thumbnails held at a time: 8 MB at 50 px, however many images there are.
_CHUNK = 1_000


def write_scatter(
    path: Path,
    points: NDArray[Any],
    thumbnail: Callable[[int], Image.Image],
    borders: Sequence[str | None] | None,
    keep: NDArray[np.bool_] | None,
    settings: MosaicSettings,
) -> None:
    """Write a JPEG of `settings.scatter_size` px square with each image at its point of `points` (n, 2).

    `thumbnail(i)` gives image i at any size, from any thread; it is reduced to `settings.scatter_thumbnail` px on its
    longest side, its aspect kept, and never enlarged. Its top left corner lies at (size - thumbnail) × its place
    between the least and the greatest coordinate of the images drawn; y runs downwards, as in the mosaics. Later images
    cover earlier ones. `borders[i]` is the colour of a frame of BORDER px, None for no frame; `keep` (n,) bool says
    which images are drawn, None for all.
    """
    size, side = settings.scatter_size, settings.scatter_thumbnail
    chosen = np.arange(len(points)) if keep is None else np.flatnonzero(keep)
    canvas = Image.new("RGB", (size, size), "white")
    corners = _place_corners(np.asarray(points, np.float64)[chosen], max(0, size - side))

    def draw(index: int) -> Image.Image:
        reduced = _reduce_image(thumbnail(index), side)
        colour = None if borders is None else borders[index]
        return reduced if colour is None else ImageOps.expand(reduced, BORDER, colour)

    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        for start in range(0, len(chosen), _CHUNK):
            part = slice(start, start + _CHUNK)
            for image, corner in zip(pool.map(draw, chosen[part].tolist()), corners[part], strict=True):
                canvas.paste(image, corner)
    canvas.save(path, "JPEG", quality=settings.quality)


def _place_corners(points: NDArray[np.float64], room: int) -> list[tuple[int, int]]:
    """Top left corners in pixels: each axis stretched to 0..room; points that share a coordinate go to 0."""
    if len(points) == 0:
        return []
    low, extent = points.min(axis=0), np.ptp(points, axis=0)
    share = (points - low) / np.where(extent > 0, extent, 1)
    return [(x, y) for x, y in (room * share).astype(int).tolist()]


def _reduce_image(image: Image.Image, side: int) -> Image.Image:
    """`image` as RGB, its longest side at most `side` px."""
    scale = max(1.0, max(image.size) / side)
    target = (max(1, int(image.width / scale)), max(1, int(image.height / scale)))
    # a JPEG is decoded at about twice the size wanted: cheap, and the filter still has detail to weigh
    image.draft("RGB", (target[0] * 2, target[1] * 2))
    square = image.convert("RGB")
    return square if square.size == target else square.resize(target, Image.Resampling.LANCZOS)
