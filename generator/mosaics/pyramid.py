"""Plan a mosaic's tiles, a deep-zoom pyramid, before anything is drawn.

A cell is a power-of-two fraction of a tile at every level, so a tile holds whole images. The pyramid goes down to the
level that is a single tile. Tiles without an image do not exist.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.errors import SettingsError
from generator.maps.lattice import Lattice

#: Side of a tile, in pixels.
TILE = 512
#: Above this many images, 64 px cells keep a report small enough to pass on.
MOST_LARGE_CELLS = 5_000


@dataclass(frozen=True, slots=True)
class Pyramid:
    """A mosaic as it is, or will be, written: its size in pixels at the deepest level, and the tiles that exist.

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
    """Return the cell size, in pixels, of a mosaic of `n` images: `setting`, or for "auto" 128, and 64 for large `n`.

    Raises SettingsError for a size that is not a power of two from 8 to 256.
    """
    if setting == "auto":
        return 128 if n <= MOST_LARGE_CELLS else 64
    if isinstance(setting, str) or not 8 <= setting <= 256 or setting & (setting - 1):
        raise SettingsError(f"cell_size = {setting} cannot be used.", "It takes 32, 64 or 128 pixels, or auto.")
    return setting


def plan_pyramid(name: str, lattice: Lattice, cell: int) -> Pyramid:
    """Plan the mosaic `name` of this lattice with cells of `cell` px."""
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
class TileAddress:
    """The position of one tile in a pyramid."""

    level: int
    column: int
    row: int


def children_of(pyramid: Pyramid, parent: TileAddress) -> Iterator[TileAddress]:
    """Yield the tiles right below `parent` that exist."""
    present = pyramid.tiles[parent.level + 1]
    rows, columns = present.shape
    for row in range(parent.row * 2, min(parent.row * 2 + 2, rows)):
        for column in range(parent.column * 2, min(parent.column * 2 + 2, columns)):
            if present[row, column]:
                yield TileAddress(parent.level + 1, column, row)


def walk_level(pyramid: Pyramid, top: TileAddress, level: int) -> Iterator[TileAddress]:
    """Yield the tiles of a level below `top`, depth first."""
    if top.level == level:
        yield top
    else:
        for child in children_of(pyramid, top):
            yield from walk_level(pyramid, child, level)
