"""Draw the case study's two pictures: thumbnails pasted at their points on the map, on a white square."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from generator.processes import count_cores
from generator.settings import MosaicSettings

#: Width of a border, in pixels, around the thumbnail.
BORDER = 2
#: Thumbnails held at a time: 8 MB at 50 px, however many images there are.
_CHUNK = 1_000


@dataclass(frozen=True, slots=True)
class Scatter:
    """One picture to draw: its file, the colour of each image's frame (None: no frame), and the images in it.

    Without `borders` no image has a frame; without `keep`, (n,) bool, all images are drawn.
    """

    path: Path
    borders: Sequence[str | None] | None = None
    keep: NDArray[np.bool_] | None = None


def write_scatters(
    scatters: Sequence[Scatter],
    points: NDArray[Any],
    thumbnail: Callable[[int], Image.Image],
    settings: MosaicSettings,
) -> None:
    """Write JPEGs of `settings.scatter_size` px square with each image at its point of `points` (n, 2).

    `thumbnail(i)` gives image i at any size. It is called once, from any thread. The image is reduced to
    `settings.scatter_thumbnail` px on its longest side, its aspect kept, and never enlarged. Its top left corner lies
    at (size - thumbnail) × its share of the way from the least to the greatest coordinate in the picture; y runs
    downwards, as in the mosaics. Later images cover earlier ones. A frame is BORDER px wide and goes around the image.
    """
    size, side = settings.scatter_size, settings.scatter_thumbnail
    room = max(0, size - side)
    drawn = [np.ones(len(points), np.bool_) if scatter.keep is None else scatter.keep for scatter in scatters]
    corners = [_place_corners(np.asarray(points, np.float64), keep, room) for keep in drawn]
    canvases = [Image.new("RGB", (size, size), "white") for _ in scatters]
    wanted = np.flatnonzero(np.any(drawn, axis=0)).tolist()
    with ThreadPoolExecutor(max_workers=count_cores()) as pool:
        for start in range(0, len(wanted), _CHUNK):
            part = wanted[start : start + _CHUNK]
            for index, image in zip(part, pool.map(lambda i: _reduce_image(thumbnail(i), side), part), strict=True):
                for scatter, keep, corner, canvas in zip(scatters, drawn, corners, canvases, strict=True):
                    if keep[index]:
                        colour = None if scatter.borders is None else scatter.borders[index]
                        framed = image if colour is None else ImageOps.expand(image, BORDER, colour)
                        canvas.paste(framed, corner[index])
    for scatter, canvas in zip(scatters, canvases, strict=True):
        canvas.save(scatter.path, "JPEG", quality=settings.quality)


def _place_corners(points: NDArray[np.float64], keep: NDArray[np.bool_], room: int) -> list[tuple[int, int]]:
    """Return top left corners in pixels: the kept points stretched to 0..room on each axis; 0 where all are equal."""
    if not keep.any():
        return [(0, 0)] * len(points)
    low, extent = points[keep].min(axis=0), np.ptp(points[keep], axis=0)
    share = (points - low) / np.where(extent > 0, extent, 1)
    return [(x, y) for x, y in (room * share).astype(int).tolist()]


def _reduce_image(image: Image.Image, side: int) -> Image.Image:
    """Return `image` as RGB, its longest side at most `side` px."""
    scale = max(1.0, max(image.size) / side)
    target = (max(1, int(image.width / scale)), max(1, int(image.height / scale)))
    # a JPEG is decoded no larger than it needs to be: its reduced sizes are true averages
    image.draft("RGB", target)
    reduced = image.convert("RGB")
    return reduced if reduced.size == target else reduced.resize(target, Image.Resampling.LANCZOS)
