"""How much faster the mosaics are than the case study's way, on the same images in the same run.

    python tests/bench/bench_mosaic.py [--count 2000] [--images FOLDER] [--rounds 3]

The case study pastes two 5,000 px pictures, each from the original files, each image opened whole and reduced to
50 px. Against these two pictures stand, all from the small JPEGs that a build keeps of each image:

  scatter   the same two pictures (bar: 10 times as fast)
  pyramid   the deep-zoom pyramid of the whole map with borders, its flat picture and its overview

Then the tiles alone, by the processor's time over all cores: how many a second of one core, from images decoded
already, as they are for two of a report's three mosaics (bar: 300); and, where pyvips is installed, against libvips
dzsave on the same mosaic, both from the small JPEGs (bar: less).

The times are medians; the ratio is what travels between machines. The small JPEGs are made beforehand, in the decoding
that a build does once for everything.
"""

from __future__ import annotations

import argparse
import io
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageColor, ImageDraw, ImageOps

from generator.colour import distinct_colours
from generator.maps.lattice import Lattice, assign_cells
from generator.mosaics.pyramid import cell_size_for
from generator.mosaics.scatter import Scatter, write_scatters
from generator.mosaics.tiles import GROUND, fit_cell
from generator.mosaics.writer import overview, write_pyramid
from generator.settings import MosaicSettings

BAR = 10.0
_CLUSTERS = 12


def draw_images(folder: Path, count: int) -> list[Path]:
    """Photograph-like JPEGs of 400 × 533 px: soft shades, shapes and grain."""
    rng = np.random.default_rng(0)
    paths = []
    for index in range(count):
        soft = Image.fromarray(rng.integers(0, 256, (12, 9, 3), np.uint8)).resize((400, 533), Image.Resampling.BICUBIC)
        pen = ImageDraw.Draw(soft)
        for _ in range(12):
            left, top = (int(v) for v in rng.integers(0, 400, 2))
            pen.ellipse((left, top, left + 90, top + 90), fill=tuple(int(v) for v in rng.integers(0, 256, 3)))
        grain = rng.integers(-12, 13, (533, 400, 1))
        paths.append(folder / f"{index:05}.jpg")
        Image.fromarray(np.clip(np.asarray(soft, int) + grain, 0, 255).astype(np.uint8)).save(paths[-1], quality=88)
    return paths


def keep_small(path: Path) -> tuple[bytes, bytes]:
    """What a build keeps of an image for its pictures and mosaics: longest side 400 px, and a square of 128 px."""
    with Image.open(path) as opened:
        image = opened.convert("RGB")
    picture, cell = io.BytesIO(), io.BytesIO()
    reduced = image.copy()
    reduced.thumbnail((400, 400))
    reduced.save(picture, "JPEG", quality=82)
    ImageOps.fit(image, (128, 128)).save(cell, "JPEG", quality=85)
    return picture.getvalue(), cell.getvalue()


def paste_originals(
    target: Path, paths: Sequence[Path], points: NDArray[np.float64], borders: Sequence[str] | None
) -> None:
    """One picture the case study's way: 5,000 px, thumbnails of 50 px read from the original files."""
    canvas = Image.new("RGB", (5000, 5000), (255, 255, 255))
    shares = (points - points.min(axis=0)) / np.ptp(points, axis=0)
    for index, (path, (x, y)) in enumerate(zip(paths, shares.tolist(), strict=True)):
        image = Image.open(path).convert("RGB")
        scale = max(1, image.width / 50, image.height / 50)
        image = image.resize((int(image.width / scale), int(image.height / scale)), Image.Resampling.LANCZOS)
        if borders is not None:
            image = ImageOps.expand(image, border=2, fill=borders[index])
        canvas.paste(image, (int(4950 * x), int(4950 * y)), mask=image.convert("RGBA"))
    canvas.save(target)


def time_rounds(rounds: int, *ways: Callable[[], None]) -> list[float]:
    """Median seconds of each way, the ways taking turns so that a busy moment hits them alike."""
    taken: list[list[float]] = [[] for _ in ways]
    for _ in range(rounds):
        for way, seconds in zip(ways, taken, strict=True):
            start = time.perf_counter()
            way()
            seconds.append(time.perf_counter() - start)
    return [statistics.median(seconds) for seconds in taken]


def compare_tiles(
    folder: Path, kept: Sequence[bytes], lattice: Lattice, borders: Sequence[str], rounds: int
) -> tuple[int, float, float, float | None]:
    """Tiles, the processor's seconds that they take from decoded images and from JPEGs, and dzsave's from JPEGs."""
    settings = MosaicSettings(flat_size=100)
    cell = cell_size_for(len(kept), "auto")

    def draw(index: int) -> Image.Image:
        return fit_cell(Image.open(io.BytesIO(kept[index])), cell)

    def write(target: Path, draw_cell: Callable[[int], Image.Image]) -> None:
        write_pyramid(target / "all", lattice, cell, draw_cell, borders, settings)

    decoded = [draw(index) for index in range(len(kept))]
    alone = _spent(folder, rounds, lambda target: write(target, decoded.__getitem__))
    decoded.clear()
    whole = _spent(folder, rounds, lambda target: write(target, draw))
    written = sum(1 for _ in (folder / "0").rglob("*_*.jpg"))
    try:
        import pyvips
    except ImportError:
        return written, alone, whole, None

    def dzsave(target: Path) -> None:
        square = np.full((lattice.lines * cell, lattice.columns * cell, 3), ImageColor.getrgb(GROUND), np.uint8)
        for index, (column, line) in enumerate(zip(lattice.column.tolist(), lattice.line.tolist(), strict=True)):
            square[line * cell : (line + 1) * cell, column * cell : (column + 1) * cell] = draw(index)
        image = pyvips.Image.new_from_memory(square.data, square.shape[1], square.shape[0], 3, "uchar")
        image.dzsave(str(target / "all"), suffix=".jpg[Q=80]", tile_size=512, overlap=0, skip_blanks=5)

    return written, alone, whole, _spent(folder, rounds, dzsave)


def _spent(folder: Path, rounds: int, work: Callable[[Path], None]) -> float:
    """The processor's seconds for `work`, of all threads together: the median of `rounds`, each in a new folder."""
    taken = []
    for turn in range(rounds):
        target = folder / str(turn)
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        start = time.process_time()
        work(target)
        taken.append(time.process_time() - start)
    return statistics.median(taken)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=2_000, help="images drawn, or taken from --images")
    parser.add_argument("--images", type=Path, help="folder of JPEG images to use instead of drawn ones")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if options.images:
            paths = sorted(options.images.rglob("*.jpg"))[: options.count]
        else:
            paths = draw_images(folder, options.count)
        count = len(paths)
        rng = np.random.default_rng(1)
        labels = rng.integers(0, _CLUSTERS, count)
        points = rng.uniform(-60, 60, (_CLUSTERS, 2))[labels] + rng.normal(scale=8, size=(count, 2))
        colours = distinct_colours(_CLUSTERS)
        borders = [colours[label] for label in labels]
        kept = [keep_small(path) for path in paths]
        settings = MosaicSettings()

        def fresh() -> Path:  # writing over old files costs more than writing new ones
            return Path(tempfile.mkdtemp(dir=folder))

        def seed() -> None:
            paste_originals(fresh() / "seed.jpg", paths, points, None)
            paste_originals(fresh() / "seed-clusters.jpg", paths, points, borders)

        def scatter() -> None:
            def thumbnail(index: int) -> Image.Image:
                return Image.open(io.BytesIO(kept[index][0]))

            pictures = [Scatter(fresh() / "scatter.jpg"), Scatter(fresh() / "scatter-clusters.jpg", borders)]
            write_scatters(pictures, points, thumbnail, settings)

        def pyramid() -> None:
            lattice = assign_cells(points, settings.fill)
            cell = cell_size_for(count, settings.cell_size)
            target = fresh()
            written = write_pyramid(
                target / "all",
                lattice,
                cell,
                lambda index: Image.open(io.BytesIO(kept[index][1])),
                borders,
                settings,
            )
            overview(written, target)

        before, same, tiles = time_rounds(options.rounds, seed, scatter, pyramid)
        print(f"{count} images, median of {options.rounds}")
        print(f"case study's two pictures    {before:8.2f} s")
        print(f"scatter, the same two        {same:8.2f} s   {before / same:6.1f} times as fast (bar {BAR:g})")
        print(f"pyramid, flat and overview   {tiles:8.2f} s   {before / tiles:6.1f} times as fast")
        cells = [cell for _, cell in kept]
        lattice = assign_cells(points, settings.fill)
        written, alone, whole, theirs = compare_tiles(fresh(), cells, lattice, borders, options.rounds)
        print(f"{written:,} tiles of decoded images {alone:6.2f} s of a core, {written / alone:.0f} a second (bar 300)")
        print(f"the same from small JPEGs    {whole:8.2f} s of a core")
        if theirs is None:
            print("For libvips beside it: pip install pyvips-binary pyvips")
        else:
            print(
                f"libvips dzsave from them     {theirs:8.2f} s of a core   {theirs / whole:.1f} times as much (bar 1)"
            )


if __name__ == "__main__":
    main()
