"""Encode a report's images again, as WebP: a third smaller than JPEG at the same quality."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from PIL import Image

from generator.images.decode import crop_square, shrink_image
from generator.mosaics.pyramid import Pyramid, plan_pyramid
from generator.mosaics.tiles import draw_tiles
from generator.processes import count_cores
from generator.progress import Progress
from generator.site.edition.budget import Grade
from generator.site.edition.source import WHOLE, Source

Item = TypeVar("Item")

#: Images of a kind that are encoded to estimate the size of all.
_SAMPLE = 32
_OVERVIEW = re.compile(r"( data-overview src=\")data:image/\w+;base64,([^\"]*)")
_OVERVIEW_QUALITY = 60
_FIRST_OVERVIEW = 600
#: Below this cell size borders of one or two pixels need the slow conversion of colours.
_FULL_COLOUR_CELL = 32


@dataclass(frozen=True, slots=True)
class Images:
    """The images of an edition: the map's pyramid, its tiles by "LEVEL/COLUMN_ROW", and pictures by name, as WebP."""

    pyramid: Pyramid
    tiles: dict[str, bytes]
    pictures: dict[str, bytes]


def encode_images(source: Source, grade: Grade, progress: Progress) -> Images:
    """Encode all images of an edition from the report's pictures; the same source and grade give the same bytes."""
    pyramid = plan_pyramid(WHOLE, source.lattice, _cell_of(source, grade))
    tiles: dict[str, bytes] = {}

    def put(level: int, column: int, row: int, tile: Image.Image, side: int) -> None:
        tiles[f"{level}/{column}_{row}"] = _encode_tile(tile, grade, side)

    def draw_cell(index: int) -> Image.Image:
        with _open_picture(source, source.pictures[index], pyramid.cell) as picture:
            return crop_square(picture.convert("RGB"), pyramid.cell)

    with progress.step("Map", len(source.pictures)) as step:
        draw_tiles(pyramid, source.lattice, draw_cell, source.borders, put, step)
    names = sorted(source.all_pictures)
    with progress.step("Pictures", len(names)) as step, _workers() as pool:

        def encode(name: str) -> bytes:
            data = _encode_picture(source, name, grade)
            step.advance()
            return data

        pictures = dict(zip(names, pool.map(encode, names), strict=True))
    return Images(pyramid, dict(sorted(tiles.items())), pictures)


def guess_images(source: Source, grade: Grade) -> float:
    """Estimate the bytes of `encode_images`: the report's files times the ratio that a sample shrinks by."""
    names = source.all_pictures

    def encode_name(name: str) -> bytes:
        return _encode_picture(source, name, grade)

    def encode_again(path: Path) -> bytes:
        with Image.open(path, formats=("JPEG",)) as tile:
            return _encode_tile(tile.convert("RGB"), grade, _FULL_COLOUR_CELL)

    total = 0.0
    for kind in (names & source.shown, names - source.shown):
        total += _guess(sorted(kind), lambda name: _path_of(source, name), encode_name)
    return total + _guess(_find_tiles(source, grade), lambda path: path, encode_again)


def shrink_overviews(pages: Mapping[str, str], side: int) -> dict[str, str]:
    """Return pages by path, the mosaic's small picture in each encoded again, its longest side at most `side` pixels.

    The one of index.html, which a reader sees first, stays large.
    """

    def shrink(most: int, tag: re.Match[str]) -> str:
        with Image.open(io.BytesIO(base64.b64decode(tag[2]))) as image:
            small = _as_webp(shrink_image(image.convert("RGB"), most), _OVERVIEW_QUALITY)
        return f"{tag[1]}data:image/webp;base64,{base64.b64encode(small).decode()}"

    return {
        path: _OVERVIEW.sub(partial(shrink, _FIRST_OVERVIEW if path == "index.html" else side), text)
        for path, text in pages.items()
    }


def _guess(items: Sequence[Item], path_of: Callable[[Item], Path], encode: Callable[[Item], bytes]) -> float:
    """Estimate the bytes of all items, encoded, from a sample evenly spread over them."""
    if not items:
        return 0.0
    sizes = [path_of(item).stat().st_size for item in items]
    step = max(1, len(items) // _SAMPLE)
    with _workers() as pool:
        encoded = sum(len(data) for data in pool.map(encode, items[::step]))
    return sum(sizes) * encoded / max(1, sum(sizes[::step]))


def _find_tiles(source: Source, grade: Grade) -> list[Path]:
    """Return the paths of the report's own tiles with cells of this grade's size and smaller."""
    deeper = (source.cell // _cell_of(source, grade)).bit_length() - 1
    last = source.mosaics[WHOLE]["last"] - deeper
    folder = source.folder / "mosaics" / f"{WHOLE}_files"
    levels = [folder / str(level) for level in range(min(last, source.mosaics[WHOLE]["first"]), last + 1)]
    return [path for level in levels for path in sorted(level.glob("*.jpg"))]


def _cell_of(source: Source, grade: Grade) -> int:
    return min(grade.cell, source.cell)


def _path_of(source: Source, name: str) -> Path:
    return source.folder / "images" / f"{name}.jpg"


def _open_picture(source: Source, name: str, side: int) -> Image.Image:
    """Open a picture, decoded no larger than `side` pixels on its shorter side need."""
    image = Image.open(_path_of(source, name), formats=("JPEG",))
    scale = min(image.size) / (2 * side)
    if scale > 1:
        image.draft("RGB", (int(image.width / scale), int(image.height / scale)))
    return image


def _encode_picture(source: Source, name: str, grade: Grade) -> bytes:
    side = grade.shown if name in source.shown else grade.other
    with _open_picture(source, name, side) as picture:
        return _as_webp(shrink_image(picture.convert("RGB"), side), grade.picture_quality)


def _encode_tile(tile: Image.Image, grade: Grade, side: int) -> bytes:
    return _as_webp(tile, grade.tile_quality, sharp=side < _FULL_COLOUR_CELL)


def _as_webp(image: Image.Image, quality: int, sharp: bool = False) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=quality, method=4, use_sharp_yuv=sharp)
    return buffer.getvalue()


def _workers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=count_cores())
