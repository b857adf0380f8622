"""Cells to mosaics: a deep-zoom pyramid of tiles, one flat picture for slides, a small overview for the first paint.

A cell is a power-of-two fraction of a tile at every level, so an image never crosses a tile's edge and a tile is also
a sheet of whole images. The layout is Deep Zoom's (`NAME.dzi`, `NAME_files/LEVEL/COLUMN_ROW.jpg`), overlap 0,
down to the level that is a single tile. Tiles without an image are not written.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generator.errors import SettingsError
from generator.lattice import Lattice
from generator.progress import Stage
from generator.settings import MosaicSettings

#: Side of a tile, in pixels.
TILE = 512
#: What shows where a mosaic has no image: a little darker than the paper, so that white-ground images keep their edge.
#: It is in the tiles, so a viewer lays the same colour under missing tiles, in its dark theme too.
GROUND = "#edebe6"
#: A border takes this share of its cell on each side: a power of two, so that halving keeps whole pixels down to
#: 1 px on a cell of 16.
BORDER_SHARE = 1 / 16
#: Above this many images, 64 px cells keep a report small enough to pass on.
MOST_LARGE_CELLS = 5_000
_OVERVIEW_SIDE = 600
_OVERVIEW_BYTES = 40_000
#: Colour at full resolution below this cell size, or borders of one or two pixels lose theirs.
_FULL_COLOUR_CELL = 32
#: Levels of a branch that is drawn by itself below its topmost.
_BRANCH_LEVELS = 3
#: Tiles read ahead while a flat picture is put together: 25 MB.
_PARTS_HELD = 32

DrawCell = Callable[[int], Image.Image]
#: Takes one tile: its level, column, row, pixels, and the side of a cell in it.
PutTile = Callable[[int, int, int, Image.Image, int], None]


@dataclass(frozen=True, slots=True)
class Pyramid:
    """A written mosaic: its measures in pixels at the deepest level, and which tiles exist.

    `cell` is the side of an image at `last_level`; one level up it is half. `tiles` maps each level from `first_level`
    (a single tile) to `last_level` to a bool array (rows, columns).
    """

    name: str
    tile: int
    cell: int
    columns: int
    lines: int
    width: int
    height: int
    first_level: int
    last_level: int
    tiles: Mapping[int, NDArray[np.bool_]]


def cell_size_for(n: int, setting: int | str) -> int:
    """The cell size, in pixels, of a mosaic of `n` images: `setting`, or for "auto" 128, and 64 for large `n`.

    Raises SettingsError for a size that is not a power of two from 8 to 256.
    """
    if setting == "auto":
        return 128 if n <= MOST_LARGE_CELLS else 64
    if isinstance(setting, str) or not 8 <= setting <= 256 or setting & (setting - 1):
        raise SettingsError(f"cell_size = {setting} cannot be used.", "It takes 32, 64 or 128 pixels, or auto.")
    return setting


def write_pyramid(
    folder: Path,
    name: str,
    lattice: Lattice,
    cell: int,
    draw_cell: DrawCell,
    borders: Sequence[str | None],
    settings: MosaicSettings,
    stage: Stage | None = None,
) -> Pyramid:
    """Write `NAME.dzi`, its tiles and `NAME.jpg` into `folder`, and return what was written.

    `draw_cell(i)` gives point i's image as a square of at least `cell` px (from any thread; an opened, not yet decoded
    JPEG is decoded no larger than needed). `borders[i]` is the colour of its border, or None. `stage` advances by one
    an image.

    The tiles are drawn depth first, each parent from its four children halved, so memory does not grow with the mosaic;
    the bytes do not depend on how many threads draw.
    """
    writer = PyramidWriter(folder, name, lattice, cell, settings)
    draw_tiles(writer.pyramid, lattice, draw_cell, borders, writer.put, stage)
    return writer.finish()


@dataclass(frozen=True, slots=True)
class Branch:
    """A part of a pyramid that can be drawn by itself, in another process too: one tile and all below it."""

    level: int
    column: int
    row: int
    cell: int  # side of a cell at the deepest level, in pixels
    lattice: Lattice  # the cells of its n images, in the measures of the whole mosaic
    members: NDArray[np.intp]  # (n,) their positions in the mosaic


@dataclass(frozen=True, slots=True)
class DrawnBranch:
    """The tiles of a branch, each with its level, column, row and JPEG; and its topmost at half its size, as RGB."""

    tiles: Sequence[tuple[int, int, int, bytes]]
    half: bytes


def draw_branch(branch: Branch, draw_cell: DrawCell, borders: Sequence[str | None], quality: int) -> DrawnBranch:
    """Draw a branch's tiles as `write_pyramid` would; `draw_cell` and `borders` go by its own n images."""
    tiles: list[tuple[int, int, int, bytes]] = []

    def put(level: int, column: int, row: int, tile: Image.Image, side: int) -> None:
        tiles.append((level, column, row, _encode_tile(tile, side, quality)))

    pyramid = plan_pyramid("", branch.lattice, branch.cell)
    painter = _Painter(pyramid, branch.lattice, draw_cell, borders, put, None)
    half = painter.draw_branch(_Spot(branch.level, branch.column, branch.row))
    return DrawnBranch(tiles, half.tobytes())


class PyramidWriter:
    """Writes one mosaic into `folder`: tiles as they are put or branches as they are added, then all else."""

    def __init__(self, folder: Path, name: str, lattice: Lattice, cell: int, settings: MosaicSettings) -> None:
        self.pyramid = plan_pyramid(name, lattice, cell)
        self._folder = folder
        self._lattice = lattice
        self._settings = settings
        # draws no cell, only what lies above the branches
        above = _Painter(self.pyramid, Lattice(0, 0, *np.zeros((2, 0), np.int32)), _no_cell, (), self.put, None)
        self._crown = _Crown(above, self.pyramid)
        for level in self.pyramid.tiles:
            self._level(level).mkdir(parents=True, exist_ok=True)

    def split(self) -> Iterator[Branch]:
        """The mosaic in branches of at most 64 tiles at the deepest level; those that share a parent come together."""
        pyramid = self.pyramid
        level = max(pyramid.first_level, pyramid.last_level - _BRANCH_LEVELS)
        span = TILE // pyramid.cell << (pyramid.last_level - level)  # cells to a branch's side
        across = pyramid.tiles[level].shape[1]
        places = (self._lattice.line // span).astype(np.intp) * across + self._lattice.column // span
        order = np.argsort(places, kind="stable")
        parts = np.split(order, np.flatnonzero(np.diff(places[order])) + 1)
        by_place = {int(places[part[0]]): part for part in parts}
        for spot in _walk(pyramid, _Spot(pyramid.first_level, 0, 0), level):
            members = by_place[spot.row * across + spot.column]
            column, line = self._lattice.column[members], self._lattice.line[members]
            lattice = Lattice(pyramid.columns, pyramid.lines, column, line)
            yield Branch(spot.level, spot.column, spot.row, pyramid.cell, lattice, members)

    def put(self, level: int, column: int, row: int, tile: Image.Image, side: int) -> None:
        """Write one tile; `side` is that of a cell in it."""
        self._write(level, column, row, _encode_tile(tile, side, self._settings.quality))

    def add(self, branch: Branch, drawn: DrawnBranch) -> bool:
        """Write a branch's tiles and those above it that can be drawn now. True once none is left."""
        for tile in drawn.tiles:
            self._write(*tile)
        half = Image.frombytes("RGB", (TILE // 2, TILE // 2), drawn.half)
        return self._crown.add(_Spot(branch.level, branch.column, branch.row), half)

    def finish(self) -> Pyramid:
        """Write what stands beside the tiles, all of which are there."""
        pyramid, settings = self.pyramid, self._settings
        (self._folder / f"{pyramid.name}.dzi").write_text(
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<Image xmlns="http://schemas.microsoft.com/deepzoom/2008" Format="jpg" Overlap="0" TileSize="{TILE}">'
            f'<Size Width="{pyramid.width}" Height="{pyramid.height}"/></Image>\n',
            encoding="utf-8",
        )
        side = max(1, min(settings.flat_size // max(pyramid.columns, pyramid.lines), pyramid.cell))
        flat = _assemble(pyramid, self._folder, side)
        flat.save(
            self._folder / f"{pyramid.name}.jpg", "JPEG", quality=settings.quality, subsampling=_subsampling(side)
        )
        return pyramid

    def _write(self, level: int, column: int, row: int, tile: bytes) -> None:
        (self._level(level) / f"{column}_{row}.jpg").write_bytes(tile)

    def _level(self, level: int) -> Path:
        return self._folder / f"{self.pyramid.name}_files" / str(level)


def _no_cell(index: int) -> Image.Image:
    raise IndexError(index)


def _encode_tile(tile: Image.Image, side: int, quality: int) -> bytes:
    data = io.BytesIO()
    tile.save(data, "JPEG", quality=quality, subsampling=_subsampling(side))
    return data.getvalue()


def draw_tiles(
    pyramid: Pyramid,
    lattice: Lattice,
    draw_cell: DrawCell,
    borders: Sequence[str | None],
    put: PutTile,
    stage: Stage | None = None,
) -> None:
    """Draw every tile of `pyramid` and hand it to `put`, from any thread; all else is as in `write_pyramid`."""
    _Painter(pyramid, lattice, draw_cell, borders, put, stage).draw_tiles()


def overview(pyramid: Pyramid, folder: Path) -> bytes:
    """The whole mosaic as one small JPEG: longest side at most 600 px, under 40 KB, for inlining in a page."""
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


def plan_pyramid(name: str, lattice: Lattice, cell: int) -> Pyramid:
    """What `write_pyramid` writes of this lattice with cells of `cell` px, without writing it."""
    width, height = lattice.columns * cell, lattice.lines * cell
    last = (max(width, height) - 1).bit_length()
    first = min(last, TILE.bit_length() - 1)
    per_tile = TILE // cell
    rows, columns = -(-lattice.lines // per_tile), -(-lattice.columns // per_tile)
    present = np.zeros((rows, columns), np.bool_)
    present[lattice.line // per_tile, lattice.column // per_tile] = True
    tiles = {last: present}
    for level in range(last - 1, first - 1, -1):
        rows, columns = (rows + 1) // 2, (columns + 1) // 2
        parent = np.zeros((rows, columns), np.bool_)
        row, column = np.nonzero(tiles[level + 1])
        parent[row // 2, column // 2] = True
        tiles[level] = parent
    return Pyramid(name, TILE, cell, lattice.columns, lattice.lines, width, height, first, last, tiles)


@dataclass(frozen=True, slots=True)
class _Spot:
    """One tile of a pyramid."""

    level: int
    column: int
    row: int


class _Painter:
    """Draws the tiles of one pyramid and gives them away."""

    def __init__(
        self,
        pyramid: Pyramid,
        lattice: Lattice,
        draw_cell: DrawCell,
        borders: Sequence[str | None],
        put: PutTile,
        stage: Stage | None,
    ) -> None:
        self._pyramid = pyramid
        self._lattice = lattice
        self._draw_cell = draw_cell
        self._borders = borders
        self._put = put
        self._stage = stage
        per_tile = TILE // pyramid.cell
        self._members: dict[tuple[int, int], list[int]] = {}
        places = zip(lattice.column.tolist(), lattice.line.tolist(), strict=True)
        for index, (column, line) in enumerate(places):
            self._members.setdefault((column // per_tile, line // per_tile), []).append(index)

    def draw_tiles(self) -> None:
        """Draw every tile, branches of the tree in as many threads as there are cores."""
        root = _Spot(self._pyramid.first_level, 0, 0)
        branches = [root]
        while len(branches) < 16 and branches[0].level < self._pyramid.last_level:
            branches = [child for spot in branches for child in _children(self._pyramid, spot)]
        crown = _Crown(self, self._pyramid)
        pool = ThreadPoolExecutor(max_workers=os.cpu_count() or 1)
        try:
            for spot, half in zip(branches, pool.map(self.draw_branch, branches), strict=True):
                crown.add(spot, half)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)

    def draw_branch(self, spot: _Spot) -> Image.Image:
        """Draw the tile and all below it; returns it at half its size, as its parent needs it."""
        if spot.level == self._pyramid.last_level:
            tile = self._draw_leaf(spot)
        else:
            tile = self._join(spot, [(child, self.draw_branch(child)) for child in _children(self._pyramid, spot)])
        return self._give(spot, tile)

    def join(self, spot: _Spot, children: Sequence[tuple[_Spot, Image.Image]]) -> Image.Image:
        """Draw the tile from those right below it at half their size; returns it at half its size."""
        return self._give(spot, self._join(spot, children))

    def _join(self, spot: _Spot, children: Sequence[tuple[_Spot, Image.Image]]) -> Image.Image:
        tile = Image.new("RGB", (TILE, TILE), GROUND)
        for child, half in children:
            tile.paste(half, ((child.column - spot.column * 2) * TILE // 2, (child.row - spot.row * 2) * TILE // 2))
        return tile

    def _draw_leaf(self, spot: _Spot) -> Image.Image:
        cell = self._pyramid.cell
        per_tile = TILE // cell
        tile = Image.new("RGB", (TILE, TILE), GROUND)
        members = self._members[spot.column, spot.row]
        for index in members:
            left = int(self._lattice.column[index]) % per_tile * cell
            top = int(self._lattice.line[index]) % per_tile * cell
            tile.paste(fit_cell(self._draw_cell(index), cell), (left, top))
            colour = self._borders[index]
            if colour is not None:
                _draw_border(tile, (left, top, left + cell, top + cell), int(cell * BORDER_SHARE), colour)
        if self._stage is not None:
            self._stage.advance(len(members))
        return tile

    def _give(self, spot: _Spot, tile: Image.Image) -> Image.Image:
        pyramid = self._pyramid
        shrink = 1 << (pyramid.last_level - spot.level)
        width = min(TILE, -(-pyramid.width // shrink) - spot.column * TILE)
        height = min(TILE, -(-pyramid.height // shrink) - spot.row * TILE)
        whole = tile if (width, height) == (TILE, TILE) else tile.crop((0, 0, width, height))
        self._put(spot.level, spot.column, spot.row, whole, pyramid.cell // shrink)
        return tile.reduce(2)


class _Crown:
    """Draws the tiles above a pyramid's branches as soon as all below them are there, so that few are held."""

    def __init__(self, painter: _Painter, pyramid: Pyramid) -> None:
        self._painter = painter
        self._pyramid = pyramid
        self._held: dict[_Spot, list[tuple[_Spot, Image.Image]]] = {}

    def add(self, spot: _Spot, half: Image.Image) -> bool:
        """Take a drawn tile at half its size. True once the topmost tile is drawn."""
        while spot.level > self._pyramid.first_level:
            parent = _Spot(spot.level - 1, spot.column // 2, spot.row // 2)
            held = self._held.setdefault(parent, [])
            held.append((spot, half))
            if len(held) < len(list(_children(self._pyramid, parent))):
                return False
            spot, half = parent, self._painter.join(parent, self._held.pop(parent))
        return True


def _children(pyramid: Pyramid, spot: _Spot) -> Iterator[_Spot]:
    """The tiles right below, of those that are written."""
    present = pyramid.tiles[spot.level + 1]
    rows, columns = present.shape
    for row in range(spot.row * 2, min(spot.row * 2 + 2, rows)):
        for column in range(spot.column * 2, min(spot.column * 2 + 2, columns)):
            if present[row, column]:
                yield _Spot(spot.level + 1, column, row)


def _walk(pyramid: Pyramid, spot: _Spot, level: int) -> Iterator[_Spot]:
    """The tiles of a level below `spot`, depth first."""
    if spot.level == level:
        yield spot
    else:
        for child in _children(pyramid, spot):
            yield from _walk(pyramid, child, level)


def _subsampling(cell: int) -> int:
    """Pillow's number for 4:4:4 where cells of `cell` px are small, 4:2:0 where they are not."""
    return 0 if cell < _FULL_COLOUR_CELL else 2


def fit_cell(image: Image.Image, cell: int) -> Image.Image:
    """`image` as RGB of cell × cell pixels."""
    image.draft("RGB", (cell, cell))
    square = image.convert("RGB")
    if square.size == (cell, cell):
        return square
    factor = min(square.size) // cell
    if factor > 1:
        square = square.reduce(factor)
    return square if square.size == (cell, cell) else square.resize((cell, cell), Image.Resampling.LANCZOS)


def _draw_border(tile: Image.Image, box: tuple[int, int, int, int], width: int, colour: str) -> None:
    """A frame just inside `box`, (left, top, right, bottom)."""
    left, top, right, bottom = box
    for part in (
        (left, top, right, top + width),
        (left, bottom - width, right, bottom),
        (left, top, left + width, bottom),
        (right - width, top, right, bottom),
    ):
        tile.paste(colour, part)


def _assemble(pyramid: Pyramid, folder: Path, side: int) -> Image.Image:
    """The whole mosaic with cells of `side` px (at most the pyramid's own), from the tiles just large enough."""
    level = pyramid.last_level
    while level > pyramid.first_level and pyramid.cell >> (pyramid.last_level - level + 1) >= side:
        level -= 1
    drawn = pyramid.cell >> (pyramid.last_level - level)
    per_tile = TILE // drawn
    files = folder / f"{pyramid.name}_files" / str(level)

    def read_part(spot: list[int]) -> Image.Image:
        row, column = spot
        with Image.open(files / f"{column}_{row}.jpg", formats=("JPEG",)) as tile:
            tile.load()
            size = (tile.width // drawn * side, tile.height // drawn * side)
            # whole cells only, at a scale between a half and one, where a triangle filter is as good as a longer one
            return tile if tile.size == size else tile.resize(size, Image.Resampling.BILINEAR)

    whole = Image.new("RGB", (pyramid.columns * side, pyramid.lines * side), GROUND)
    spots = np.argwhere(pyramid.tiles[level]).tolist()
    with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
        for start in range(0, len(spots), _PARTS_HELD):
            held = spots[start : start + _PARTS_HELD]
            for (row, column), part in zip(held, pool.map(read_part, held), strict=True):
                whole.paste(part, (column * per_tile * side, row * per_tile * side))
    return whole
