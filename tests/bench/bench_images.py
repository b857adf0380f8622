"""Decoding and small images against the case study's way, on the same files in the same run.

    python tests/bench/bench_images.py [--images FOLDER] [--sides 640,1080] [--count 1500] [--rounds 3]

The case study opens every file whole three times: for the network, squashed to 224 px with LANCZOS, and for each of its
two pictures, reduced to 50 px. Brandscape opens it once, keeps a picture, a cell and traits, and makes the network's
input; the pictures and the mosaic's cell are drawn from what was kept. Files are JPEGs of `--sides` px by five
quarters of that, as Instagram delivers them. In the processor's milliseconds an image, medians; the bar is 3.
"""

from __future__ import annotations

import argparse
import io
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from collection import draw_original
from PIL import Image

from generator.cache.store import Store
from generator.collection.derive import Deriver, PendingImage
from generator.collection.image_cache import ImageCache
from generator.digests import hash_file
from generator.embedding.recipe import Recipe
from generator.images.decode import network_input
from generator.images.fetch import FetchedImage
from generator.mosaics.scatter import _reduce_image
from generator.mosaics.tiles import fit_cell
from generator.settings import ImageSettings

BAR = 3.0
_SMALL = 50


def study(paths: Sequence[Path]) -> None:
    """What the case study does with each file."""
    for path in paths:
        with Image.open(path) as image:
            image.convert("RGB").resize((224, 224), Image.Resampling.LANCZOS)
        for _ in range(2):
            with Image.open(path) as image:
                whole = image.convert("RGB")
            scale = max(whole.size) / _SMALL
            whole.resize((int(whole.width / scale), int(whole.height / scale)), Image.Resampling.LANCZOS)


def brandscape(paths: Sequence[Path]) -> None:
    """What Brandscape does with each, in one process."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder))
        image_cache = ImageCache(Recipe("mobilenetv2", None, "", "max"), ImageSettings(), store)
        images = [FetchedImage(hash_file(path), path) for path in paths]
        deriver = Deriver(
            Path(folder),
            image_cache.methods,
            ImageSettings(),
            image_cache.sides,
            partial(network_input, size=(224, 224)),
        )
        made = deriver([PendingImage(image, frozenset(image_cache.methods) - {"refused"}) for image in images])
        assert len(made.prepared) == len(paths) and not made.failures
        for image in images:
            _reduce_image(Image.open(io.BytesIO(image_cache.picture(image.sha256))), _SMALL)
            fit_cell(image_cache.cell(image.sha256), 64)


def spent(rounds: int, paths: Sequence[Path], *ways: Callable[[Sequence[Path]], None]) -> list[float]:
    """The processor's milliseconds for an image of each way, the ways taking turns: medians."""
    taken: list[list[float]] = [[] for _ in ways]
    for _ in range(rounds):
        for way, milliseconds in zip(ways, taken, strict=True):
            start = time.process_time()
            way(paths)
            milliseconds.append((time.process_time() - start) * 1000 / len(paths))
    return [statistics.median(milliseconds) for milliseconds in taken]


def write_files(folder: Path, originals: Path | None, side: int, count: int) -> list[Path]:
    """JPEGs of `side` × 5/4 `side` pixels, from the images in `originals` or drawn ones."""
    sources = sorted(path for path in originals.rglob("*.jpg"))[:count] if originals else list(range(count))
    paths = []
    for index, source in enumerate(sources):
        image = Image.open(source).convert("RGB") if isinstance(source, Path) else draw_original(source)
        image = image.resize((side, side * 5 // 4), Image.Resampling.BICUBIC)
        paths.append(folder / f"{side}-{index}.jpg")
        image.save(paths[-1], quality=85)
    return paths


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--images", type=Path)
    arguments.add_argument("--sides", default="400,640,1080")
    arguments.add_argument("--count", type=int, default=1_500)
    arguments.add_argument("--rounds", type=int, default=3)
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for side in map(int, asked.sides.split(",")):
            paths = write_files(Path(folder), asked.images, side, asked.count)
            theirs, ours = spent(asked.rounds, paths, study, brandscape)
            ratio = theirs / ours
            print(
                f"{side:>5} px: case study {theirs:6.2f} ms, Brandscape {ours:6.2f} ms, {ratio:.1f} times (bar {BAR:g})"
            )


if __name__ == "__main__":
    main()
