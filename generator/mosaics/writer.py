"""Write mosaics: a deep-zoom pyramid of tiles, one flat picture for slides, a small overview for the first paint.

The layout is Deep Zoom's (`NAME.dzi`, `NAME_files/LEVEL/COLUMN_ROW.jpg`), overlap 0.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

from generator.maps.lattice import Lattice
from generator.mosaics.pyramid import TILE, Pyramid, TileAddress, plan_pyramid, walk_level
from generator.mosaics.tiles import (
    GROUND,
    DrawCell,
    DrawnSubtree,
    Subtree,
    UpperTiles,
    draw_tiles,
    encode_tile,
    subsampling_for,
)
from generator.processes import count_cores
from generator.progress import Step
from generator.settings import MosaicSettings
from generator.text import write_text

_OVERVIEW_SIDE = 600
_OVERVIEW_BYTES = 40_000
#: Levels of a subtree below its topmost tile.
_SUBTREE_LEVELS = 3
#: Tiles read ahead while a flat picture is assembled: 25 MB.
_PARTS_HELD = 32


def write_pyramid(
    target: Path,
    lattice: Lattice,
    cell: int,
    draw_cell: DrawCell,
    borders: Sequence[str | None],
    settings: MosaicSettings,
    step: Step | None = None,
) -> Pyramid:
    """Write `TARGET.dzi`, its tiles and `TARGET.jpg`, and return what was written.

    `draw_cell(i)` gives point i's image as a square of at least `cell` px, and is called from any thread. An opened,
    not yet decoded JPEG is decoded no larger than needed. `borders[i]` is the colour of its border, or None. `step`
    advances by one an image.

    The bytes do not depend on the number of threads.
    """
    writer = PyramidWriter(target, lattice, cell, settings)
    draw_tiles(writer.pyramid, lattice, draw_cell, borders, writer.put, step)
    return writer.finish()


class PyramidWriter:
    """Writes one mosaic as `target`: tiles as they are put or subtrees as they are added, then all else."""

    def __init__(self, target: Path, lattice: Lattice, cell: int, settings: MosaicSettings) -> None:
        self.pyramid = plan_pyramid(target.name, lattice, cell)
        self._folder = target.parent
        self._lattice = lattice
        self._settings = settings
        self._upper_tiles = UpperTiles(self.pyramid, self.put)
        for level in self.pyramid.tiles:
            self._level(level).mkdir(parents=True, exist_ok=True)

    def split(self) -> Iterator[Subtree]:
        """Yield subtrees of at most 64 tiles at the deepest level; those with one parent follow each other."""
        pyramid = self.pyramid
        level = max(pyramid.first_level, pyramid.last_level - _SUBTREE_LEVELS)
        span = TILE // pyramid.cell << (pyramid.last_level - level)  # cells to a subtree's side
        across = pyramid.tiles[level].shape[1]
        places = (self._lattice.line // span).astype(np.intp) * across + self._lattice.column // span
        order = np.argsort(places, kind="stable")
        parts = np.split(order, np.flatnonzero(np.diff(places[order])) + 1)
        by_place = {int(places[part[0]]): part for part in parts}
        for top in walk_level(pyramid, TileAddress(pyramid.first_level, 0, 0), level):
            members = by_place[top.row * across + top.column]
            column, line = self._lattice.column[members], self._lattice.line[members]
            lattice = Lattice(pyramid.columns, pyramid.lines, column, line)
            yield Subtree(top.level, top.column, top.row, pyramid.cell, lattice, members)

    def put(self, level: int, column: int, row: int, tile: Image.Image, side: int) -> None:
        """Write one tile; `side` is that of a cell in it."""
        self._write(level, column, row, encode_tile(tile, side, self._settings.quality))

    def add(self, subtree: Subtree, drawn: DrawnSubtree) -> bool:
        """Write a subtree's tiles and those above it that can be drawn now; return True once all are written."""
        for tile in drawn.tiles:
            self._write(*tile)
        half = Image.frombytes("RGB", (TILE // 2, TILE // 2), drawn.half)
        return self._upper_tiles.add(TileAddress(subtree.level, subtree.column, subtree.row), half)

    def finish(self) -> Pyramid:
        """Write the files beside the tiles, once these are all written."""
        pyramid, settings = self.pyramid, self._settings
        write_text(
            self._folder / f"{pyramid.name}.dzi",
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<Image xmlns="http://schemas.microsoft.com/deepzoom/2008" Format="jpg" Overlap="0" TileSize="{TILE}">'
            f'<Size Width="{pyramid.width}" Height="{pyramid.height}"/></Image>\n',
        )
        side = max(1, min(settings.flat_size // max(pyramid.columns, pyramid.lines), pyramid.cell))
        flat = _assemble(pyramid, self._folder, side)
        flat.save(
            self._folder / f"{pyramid.name}.jpg", "JPEG", quality=settings.quality, subsampling=subsampling_for(side)
        )
        return pyramid

    def _write(self, level: int, column: int, row: int, tile: bytes) -> None:
        (self._level(level) / f"{column}_{row}.jpg").write_bytes(tile)

    def _level(self, level: int) -> Path:
        return self._folder / f"{self.pyramid.name}_files" / str(level)


def overview(pyramid: Pyramid, folder: Path) -> bytes:
    """Return the whole mosaic as one small JPEG to inline in a page: longest side at most 600 px, under 40 KB."""
    longest = max(pyramid.columns, pyramid.lines)
    side = max(1, min(-(-_OVERVIEW_SIDE // longest), pyramid.cell))
    image = _assemble(pyramid, folder, side)
    image.thumbnail((_OVERVIEW_SIDE, _OVERVIEW_SIDE), Image.Resampling.BOX)
    for quality in range(75, 4, -5):
        data = io.BytesIO()
        image.save(data, "JPEG", quality=quality, optimize=True)
        if data.tell() < _OVERVIEW_BYTES:
            break
    return data.getvalue()


def _assemble(pyramid: Pyramid, folder: Path, side: int) -> Image.Image:
    """Return the whole mosaic with cells of `side` px, at most the pyramid's own, from the tiles just large enough."""
    level = pyramid.last_level
    while level > pyramid.first_level and pyramid.cell >> (pyramid.last_level - level + 1) >= side:
        level -= 1
    drawn = pyramid.cell >> (pyramid.last_level - level)
    per_tile = TILE // drawn
    files = folder / f"{pyramid.name}_files" / str(level)

    def read_part(address: list[int]) -> Image.Image:
        row, column = address
        with Image.open(files / f"{column}_{row}.jpg", formats=("JPEG",)) as tile:
            tile.load()
            size = (tile.width // drawn * side, tile.height // drawn * side)
            # whole cells only, at a scale between a half and one, where a triangle filter is as good as a longer one
            return tile if tile.size == size else tile.resize(size, Image.Resampling.BILINEAR)

    whole = Image.new("RGB", (pyramid.columns * side, pyramid.lines * side), GROUND)
    addresses = np.argwhere(pyramid.tiles[level]).tolist()
    with ThreadPoolExecutor(max_workers=count_cores()) as pool:
        for start in range(0, len(addresses), _PARTS_HELD):
            held = addresses[start : start + _PARTS_HELD]
            for (row, column), part in zip(held, pool.map(read_part, held), strict=True):
                whole.paste(part, (column * per_tile * side, row * per_tile * side))
    return whole
