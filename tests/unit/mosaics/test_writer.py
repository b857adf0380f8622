"""A pyramid shows each image whole, once, in its cell, at every level; and only the tiles that hold one exist."""

import io
import os
import pickle
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from generator.errors import SettingsError
from generator.maps.lattice import Lattice, assign_cells
from generator.mosaics.pyramid import TILE, Pyramid, cell_size_for
from generator.mosaics.tiles import GROUND, draw_subtree
from generator.mosaics.writer import PyramidWriter, overview, write_pyramid
from generator.settings import MosaicSettings

SETTINGS = MosaicSettings(quality=95)
Drawing = Callable[[int], Image.Image]


def lattice_of(cells: list[tuple[int, int]]) -> Lattice:
    column, line = np.array(cells, np.int32).reshape(-1, 2).T
    return Lattice(int(column.max()) + 1, int(line.max()) + 1, column, line)


def plain(colour: str, side: int = 128) -> Drawing:
    return lambda index: Image.new("RGB", (side, side), colour)


def tile_files(folder: Path, pyramid: Pyramid) -> set[tuple[int, int, int]]:
    """(level, column, row) of every tile on disk."""
    found = set()
    for path in (folder / f"{pyramid.name}_files").rglob("*.jpg"):
        column, row = path.stem.split("_")
        found.add((int(path.parent.name), int(column), int(row)))
    return found


def tiles_said(pyramid: Pyramid) -> set[tuple[int, int, int]]:
    return {
        (level, column, row)
        for level, present in pyramid.tiles.items()
        for row, column in np.argwhere(present).tolist()
    }


def pixels_of(folder: Path, pyramid: Pyramid, level: int) -> np.ndarray:
    """One level put together from its tiles, (height, width, 3) int; missing tiles are -1."""
    shrink = 2 ** (pyramid.last_level - level)
    whole = np.full((-(-pyramid.height // shrink), -(-pyramid.width // shrink), 3), -1)
    for _, column, row in (spot for spot in tile_files(folder, pyramid) if spot[0] == level):
        with Image.open(folder / f"{pyramid.name}_files" / str(level) / f"{column}_{row}.jpg") as tile:
            part = np.asarray(tile, int)
        whole[row * TILE : row * TILE + len(part), column * TILE : column * TILE + part.shape[1]] = part
    return whole


def rgb(colour: str) -> np.ndarray:
    return np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)])


@given(
    cells=st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=1, max_size=30, unique=True),
    cell=st.sampled_from([16, 32]),
)
@settings(max_examples=12, deadline=None)
def test_the_tiles_on_disk_are_those_the_pyramid_names_and_each_holds_an_image(
    cells: list[tuple[int, int]], cell: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("mosaic")
    pyramid = write_pyramid(folder / "all", lattice_of(cells), cell, plain("#800000"), [None] * len(cells), SETTINGS)
    assert tile_files(folder, pyramid) == tiles_said(pyramid)
    for level, present in pyramid.tiles.items():
        span = TILE * 2 ** (pyramid.last_level - level) // cell
        assert {(line // span, column // span) for column, line in cells} == set(map(tuple, np.argwhere(present)))


@pytest.mark.parametrize("side", [1, 3, 17, 70])
def test_levels_follow_the_deep_zoom_numbering(side: int, tmp_path: Path) -> None:
    lattice = lattice_of([(0, 0), (side - 1, side // 2)] if side > 1 else [(0, 0)])
    pyramid = write_pyramid(tmp_path / "all", lattice, 32, plain("black"), [None] * len(lattice.column), SETTINGS)
    assert pyramid.width == side * 32
    assert pyramid.last_level == int(np.ceil(np.log2(max(pyramid.width, pyramid.height))))
    assert pyramid.tiles[pyramid.first_level].shape == (1, 1)
    assert sorted(pyramid.tiles) == list(range(pyramid.first_level, pyramid.last_level + 1))
    described = (tmp_path / "all.dzi").read_text("utf-8")
    assert f'Width="{pyramid.width}" Height="{pyramid.height}"' in described
    assert re.search(r'TileSize="512"', described)
    assert re.search(r'Overlap="0"', described)
    for level in pyramid.tiles:
        for _, column, row in (spot for spot in tile_files(tmp_path, pyramid) if spot[0] == level):
            shrink = 2 ** (pyramid.last_level - level)
            with Image.open(tmp_path / "all_files" / str(level) / f"{column}_{row}.jpg") as tile:
                assert tile.width == min(TILE, -(-pyramid.width // shrink) - column * TILE)
                assert tile.height == min(TILE, -(-pyramid.height // shrink) - row * TILE)


def test_each_image_fills_its_own_cell_and_no_other_at_every_level(tmp_path: Path) -> None:
    cells = [(0, 0), (1, 0), (5, 3), (18, 9), (19, 9)]
    colours = ["#c00000", "#00a000", "#0000c0", "#a0a000", "#00a0a0"]
    pyramid = write_pyramid(
        tmp_path / "all",
        lattice_of(cells),
        64,
        lambda i: Image.new("RGB", (128, 128), colours[i]),
        [None] * 5,
        SETTINGS,
    )
    for level in pyramid.tiles:
        whole = pixels_of(tmp_path, pyramid, level)
        side = 64 >> (pyramid.last_level - level)
        for (column, line), colour in zip(cells, colours, strict=True):
            block = whole[line * side : (line + 1) * side, column * side : (column + 1) * side]
            assert np.abs(block.mean(axis=(0, 1)) - rgb(colour)).max() < 8
        empty = whole[4 * side : 5 * side, 5 * side : 6 * side]
        assert (empty == -1).all() or np.abs(empty.mean(axis=(0, 1)) - rgb(GROUND)).max() < 8


def test_borders_lie_inside_their_cell_and_keep_their_colour_down_to_16_pixels(tmp_path: Path) -> None:
    cells = [(column, line) for column in range(24) for line in range(12)]
    borders = ["#2e75b7" if column % 2 else None for column, _ in cells]
    pyramid = write_pyramid(tmp_path / "all", lattice_of(cells), 128, plain("#ffffff"), borders, MosaicSettings())
    for level in pyramid.tiles:
        side = 128 >> (pyramid.last_level - level)
        if side < 16:
            continue
        whole = pixels_of(tmp_path, pyramid, level)
        bordered, bare = whole[:side, side : 2 * side], whole[:side, 2 * side : 3 * side]
        width = side // 16
        ring = np.concatenate([bordered[:width].reshape(-1, 3), bordered[:, :width].reshape(-1, 3)])
        assert np.abs(ring.mean(axis=0) - rgb("#2e75b7")).max() < 25
        assert np.abs(bordered[side // 4 : -side // 4, side // 4 : -side // 4].mean(axis=(0, 1)) - 255).max() < 8
        assert np.abs(bare[side // 4 : -side // 4, side // 4 : -side // 4].mean(axis=(0, 1)) - 255).max() < 8
        assert bare.mean() > 240


@pytest.mark.parametrize(("drawn", "cell"), [(128, 64), (256, 64), (100, 64), (64, 64), (40, 64)])
def test_images_of_any_size_fill_the_cell(drawn: int, cell: int, tmp_path: Path) -> None:
    half = Image.new("RGB", (drawn, drawn), "#c00000")
    half.paste("#0000c0", (drawn // 2, 0, drawn, drawn))
    data = io.BytesIO()
    half.save(data, "JPEG", quality=95)
    pyramid = write_pyramid(
        tmp_path / "all",
        lattice_of([(0, 0)]),
        cell,
        lambda i: Image.open(io.BytesIO(data.getvalue())),
        [None],
        SETTINGS,
    )
    whole = pixels_of(tmp_path, pyramid, pyramid.last_level)
    assert whole.shape == (cell, cell, 3)
    assert np.abs(whole[:, : cell // 4].mean(axis=(0, 1)) - rgb("#c00000")).max() < 10
    assert np.abs(whole[:, -cell // 4 :].mean(axis=(0, 1)) - rgb("#0000c0")).max() < 10


def test_grey_images_are_welcome(tmp_path: Path) -> None:
    pyramid = write_pyramid(
        tmp_path / "all", lattice_of([(0, 0)]), 64, lambda i: Image.new("L", (64, 64), 90), [None], SETTINGS
    )
    assert np.abs(pixels_of(tmp_path, pyramid, pyramid.last_level) - 90).max() < 4


@pytest.mark.parametrize("flat_size", [100, 333, 1000, 5000])
def test_the_flat_picture_keeps_whole_cells_within_its_size(flat_size: int, tmp_path: Path) -> None:
    cells = [(0, 0), (19, 3), (7, 9)]
    pyramid = write_pyramid(
        tmp_path / "all", lattice_of(cells), 64, plain("#c00000"), [None] * 3, MosaicSettings(flat_size=flat_size)
    )
    with Image.open(tmp_path / "all.jpg") as flat:
        side = flat.width // pyramid.columns
        assert flat.size == (pyramid.columns * side, pyramid.lines * side)
        assert flat_size - pyramid.columns < flat.width <= flat_size or side == pyramid.cell
        whole = np.asarray(flat.convert("RGB"), int)
    for column, line in cells:
        block = whole[line * side : (line + 1) * side, column * side : (column + 1) * side]
        assert np.abs(block.mean(axis=(0, 1)) - rgb("#c00000")).max() < 30
    assert np.abs(whole[5 * side : 6 * side, side : 2 * side].mean(axis=(0, 1)) - rgb(GROUND)).max() < 8


def test_the_overview_is_small_and_shows_the_whole(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    noise = [Image.fromarray(rng.integers(0, 256, (64, 64, 3), np.uint8)) for _ in range(8)]
    lattice = assign_cells(rng.normal(size=(900, 2)), 0.5)
    pyramid = write_pyramid(
        tmp_path / "all", lattice, 64, lambda i: noise[i % 8], ["#c00000"] * 900, MosaicSettings(flat_size=500)
    )
    data = overview(pyramid, tmp_path)
    assert len(data) < 40_000
    with Image.open(io.BytesIO(data)) as image:
        assert image.format == "JPEG"
        assert 480 <= max(image.size) <= 640
        assert image.width / image.height == pytest.approx(pyramid.width / pyramid.height, rel=0.01)


def test_the_bytes_do_not_depend_on_the_number_of_threads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    images = [Image.fromarray(rng.integers(0, 256, (32, 32, 3), np.uint8)) for _ in range(300)]
    lattice = assign_cells(rng.normal(size=(300, 2)), 0.3)
    written = []
    for cores in (1, 7):
        monkeypatch.setattr(os, "sched_getaffinity", lambda process, cores=cores: set(range(cores)), raising=False)
        folder = tmp_path / str(cores)
        folder.mkdir()
        write_pyramid(folder / "all", lattice, 32, lambda i: images[i].copy(), ["#c00000", None] * 150, SETTINGS)
        written.append({path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()})
    assert written[0] == written[1]


@pytest.mark.parametrize(("side", "cell"), [(1, 64), (9, 128), (70, 32), (150, 64)])
def test_subtrees_drawn_by_themselves_in_any_order_give_the_same_bytes(side: int, cell: int, tmp_path: Path) -> None:
    rng = np.random.default_rng(side)
    count = min(300, side * side // 2 + 1)
    images = [Image.fromarray(rng.integers(0, 256, (cell, cell, 3), np.uint8)) for _ in range(20)]
    lattice = lattice_of([(place % side, place // side) for place in rng.choice(side * side, count, False).tolist()])
    borders = [None if index % 3 else "#c00000" for index in range(count)]
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    whole.mkdir()
    pyramid = write_pyramid(whole / "all", lattice, cell, lambda i: images[i % 20].copy(), borders, SETTINGS)
    writer = PyramidWriter(parts / "all", lattice, cell, SETTINGS)
    subtrees = list(writer.split())
    assert sorted(np.concatenate([subtree.members for subtree in subtrees]).tolist()) == list(range(count))
    done = []
    for place in rng.permutation(len(subtrees)).tolist():
        subtree = pickle.loads(pickle.dumps(subtrees[place]))
        members = subtree.members.tolist()
        drawn = draw_subtree(
            subtree,
            lambda i, members=members: images[members[i] % 20].copy(),
            [borders[member] for member in members],
            SETTINGS.quality,
        )
        assert len(drawn.tiles) <= 64 + 16 + 4 + 1
        done.append(writer.add(subtree, drawn))
    assert done == [False] * (len(subtrees) - 1) + [True]
    assert tiles_said(writer.finish()) == tiles_said(pyramid)
    written = [
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for folder in (whole, parts)
    ]
    assert written[0] == written[1]


def test_few_tiles_are_held_at_a_time(tmp_path: Path) -> None:
    held: list[int] = []

    def draw(index: int) -> Image.Image:
        stats = Image.core.get_stats()  # Pillow's own count of the blocks that hold pixels
        held.append(stats["allocated_blocks"] - stats["freed_blocks"] - stats["blocks_cached"])
        return Image.new("RGB", (256, 256), "#c00000")

    cells = [(column, line) for column in range(40) for line in range(40)]
    before = Image.core.get_stats()
    base = before["allocated_blocks"] - before["freed_blocks"] - before["blocks_cached"]
    pyramid = write_pyramid(
        tmp_path / "all", lattice_of(cells), 256, draw, [None] * len(cells), MosaicSettings(flat_size=400)
    )
    assert pyramid.tiles[pyramid.last_level].sum() == 400
    assert max(held) - base < 70


def test_progress_counts_every_image(tmp_path: Path) -> None:
    class Counter:
        done = 0

        def advance(self, steps: int = 1) -> None:
            self.done += steps

    counter = Counter()
    lattice = assign_cells(np.random.default_rng(0).normal(size=(70, 2)), 0.5)
    write_pyramid(tmp_path / "all", lattice, 32, plain("black"), [None] * 70, SETTINGS, counter)
    assert counter.done == 70


def test_an_image_that_cannot_be_drawn_stops_the_pyramid(tmp_path: Path) -> None:
    def fail(index: int) -> Image.Image:
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        write_pyramid(tmp_path / "all", lattice_of([(0, 0)]), 64, fail, [None], SETTINGS)


def test_cell_sizes() -> None:
    assert cell_size_for(100, "auto") == 128
    assert cell_size_for(50_000, "auto") == 64
    assert cell_size_for(50_000, 32) == 32
    for wrong in (48, 0, 512, -64, "big"):
        with pytest.raises(SettingsError):
            cell_size_for(100, wrong)
