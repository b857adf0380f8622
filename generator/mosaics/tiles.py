"""Draw the tiles of a pyramid from cells: depth first, each parent from its four children at half their size.

So memory does not grow with the mosaic, and subtrees can be drawn apart, in threads or on other machines.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generator.maps.lattice import Lattice
from generator.mosaics.pyramid import TILE, Pyramid, TileAddress, children_of, plan_pyramid
from generator.processes import count_cores
from generator.progress import Step

#: Colour of empty cells: a little darker than the paper, so that images on white keep their edge. It is part of the
#: tiles, so a viewer lays the same colour under missing tiles, in its dark theme too.
GROUND = "#edebe6"
#: A border takes this share of its cell on each side: a power of two, so that halving keeps whole pixels down to
#: 1 px on a cell of 16.
BORDER_SHARE = 1 / 16
#: Below this cell size colour has full resolution, since borders of one or two pixels would lose theirs.
_FULL_COLOUR_CELL = 32

DrawCell = Callable[[int], Image.Image]
#: Takes one tile: its level, column, row, pixels, and the side of a cell in it.
PutTile = Callable[[int, int, int, Image.Image, int], None]


def draw_tiles(
    pyramid: Pyramid,
    lattice: Lattice,
    draw_cell: DrawCell,
    borders: Sequence[str | None],
    put: PutTile,
    step: Step | None = None,
) -> None:
    """Draw every tile of `pyramid` and pass it to `put`, from any thread; all else is as in `write_pyramid`."""
    _Painter(pyramid, lattice, draw_cell, borders, put, step).draw_tiles()


@dataclass(frozen=True, slots=True)
class Subtree:
    """A part of a pyramid that can be drawn by itself, in another process too: one tile and all below it."""

    level: int
    column: int
    row: int
    cell: int  # side of a cell at the deepest level, in pixels
    lattice: Lattice  # the cells of its n images, in the measures of the whole mosaic
    members: NDArray[np.intp]  # (n,) the images' positions in the mosaic


@dataclass(frozen=True, slots=True)
class DrawnSubtree:
    """The tiles of a subtree, each with its level, column, row and JPEG; and its topmost at half its size, as RGB."""

    tiles: Sequence[tuple[int, int, int, bytes]]
    half: bytes


def draw_subtree(subtree: Subtree, draw_cell: DrawCell, borders: Sequence[str | None], quality: int) -> DrawnSubtree:
    """Draw a subtree's tiles as `write_pyramid` would; `draw_cell` and `borders` count its own n images."""
    tiles: list[tuple[int, int, int, bytes]] = []

    def put(level: int, column: int, row: int, tile: Image.Image, side: int) -> None:
        tiles.append((level, column, row, encode_tile(tile, side, quality)))

    pyramid = plan_pyramid("", subtree.lattice, subtree.cell)
    painter = _Painter(pyramid, subtree.lattice, draw_cell, borders, put, None)
    half = painter.draw_subtree(TileAddress(subtree.level, subtree.column, subtree.row))
    return DrawnSubtree(tiles, half.tobytes())


class _Painter:
    """Draws the tiles of one pyramid and passes them on."""

    def __init__(
        self,
        pyramid: Pyramid,
        lattice: Lattice,
        draw_cell: DrawCell,
        borders: Sequence[str | None],
        put: PutTile,
        step: Step | None,
    ) -> None:
        self._pyramid = pyramid
        self._lattice = lattice
        self._draw_cell = draw_cell
        self._borders = borders
        self._put = put
        self._step = step
        per_tile = TILE // pyramid.cell
        self._members: dict[tuple[int, int], list[int]] = {}
        places = zip(lattice.column.tolist(), lattice.line.tolist(), strict=True)
        for index, (column, line) in enumerate(places):
            self._members.setdefault((column // per_tile, line // per_tile), []).append(index)

    def draw_tiles(self) -> None:
        """Draw every tile, subtrees in as many threads as there are cores."""
        tops = [TileAddress(self._pyramid.first_level, 0, 0)]
        while len(tops) < 16 and tops[0].level < self._pyramid.last_level:
            tops = [child for top in tops for child in children_of(self._pyramid, top)]
        upper_tiles = UpperTiles(self._pyramid, self._put)
        pool = ThreadPoolExecutor(max_workers=count_cores())
        try:
            for top, half in zip(tops, pool.map(self.draw_subtree, tops), strict=True):
                upper_tiles.add(top, half)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def draw_subtree(self, address: TileAddress) -> Image.Image:
        """Draw the tile and all below it; return it at half its size, as its parent needs it."""
        if address.level == self._pyramid.last_level:
            tile = self._draw_leaf(address)
        else:
            tile = _join(address, [(child, self.draw_subtree(child)) for child in children_of(self._pyramid, address)])
        return _pass_on(self._pyramid, address, tile, self._put)

    def _draw_leaf(self, address: TileAddress) -> Image.Image:
        cell = self._pyramid.cell
        per_tile = TILE // cell
        tile = Image.new("RGB", (TILE, TILE), GROUND)
        members = self._members[address.column, address.row]
        for index in members:
            left = int(self._lattice.column[index]) % per_tile * cell
            top = int(self._lattice.line[index]) % per_tile * cell
            tile.paste(fit_cell(self._draw_cell(index), cell), (left, top))
            colour = self._borders[index]
            if colour is not None:
                _draw_border(tile, (left, top, left + cell, top + cell), int(cell * BORDER_SHARE), colour)
        if self._step is not None:
            self._step.advance(len(members))
        return tile


def _join(address: TileAddress, children: Sequence[tuple[TileAddress, Image.Image]]) -> Image.Image:
    """Return a tile made of those right below it at half their size."""
    tile = Image.new("RGB", (TILE, TILE), GROUND)
    for child, half in children:
        tile.paste(half, ((child.column - address.column * 2) * TILE // 2, (child.row - address.row * 2) * TILE // 2))
    return tile


def _pass_on(pyramid: Pyramid, address: TileAddress, tile: Image.Image, put: PutTile) -> Image.Image:
    """Pass a tile, trimmed to the mosaic, to `put`; return it at half its size, for its parent."""
    shrink = 1 << (pyramid.last_level - address.level)
    width = min(TILE, -(-pyramid.width // shrink) - address.column * TILE)
    height = min(TILE, -(-pyramid.height // shrink) - address.row * TILE)
    whole = tile if (width, height) == (TILE, TILE) else tile.crop((0, 0, width, height))
    put(address.level, address.column, address.row, whole, pyramid.cell // shrink)
    return tile.reduce(2)


class UpperTiles:
    """Draws the tiles above a pyramid's subtrees as soon as all below them are drawn, so that few are held."""

    def __init__(self, pyramid: Pyramid, put: PutTile) -> None:
        self._pyramid = pyramid
        self._put = put
        self._held: dict[TileAddress, list[tuple[TileAddress, Image.Image]]] = {}

    def add(self, address: TileAddress, half: Image.Image) -> bool:
        """Take a drawn tile at half its size; return True once the topmost tile is drawn."""
        while address.level > self._pyramid.first_level:
            parent = TileAddress(address.level - 1, address.column // 2, address.row // 2)
            held = self._held.setdefault(parent, [])
            held.append((address, half))
            if len(held) < len(list(children_of(self._pyramid, parent))):
                return False
            address, half = parent, _pass_on(self._pyramid, parent, _join(parent, self._held.pop(parent)), self._put)
        return True


def encode_tile(tile: Image.Image, side: int, quality: int) -> bytes:
    """Return a tile with cells of `side` px as a JPEG."""
    data = io.BytesIO()
    tile.save(data, "JPEG", quality=quality, subsampling=subsampling_for(side))
    return data.getvalue()


def subsampling_for(cell: int) -> int:
    """Return Pillow's number for 4:4:4 where cells of `cell` px are small, 4:2:0 where they are not."""
    return 0 if cell < _FULL_COLOUR_CELL else 2


def fit_cell(image: Image.Image, cell: int) -> Image.Image:
    """Return `image` as RGB of cell × cell pixels."""
    image.draft("RGB", (cell, cell))
    square = image.convert("RGB")
    if square.size == (cell, cell):
        return square
    factor = min(square.size) // cell
    if factor > 1:
        square = square.reduce(factor)
    return square if square.size == (cell, cell) else square.resize((cell, cell), Image.Resampling.LANCZOS)


def _draw_border(tile: Image.Image, box: tuple[int, int, int, int], width: int, colour: str) -> None:
    """Draw a frame just inside `box`, (left, top, right, bottom)."""
    left, top, right, bottom = box
    for part in (
        (left, top, right, top + width),
        (left, bottom - width, right, bottom),
        (left, top, left + width, bottom),
        (right - width, top, right, bottom),
    ):
        tile.paste(colour, part)
