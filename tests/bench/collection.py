"""Collections of any size, made from a folder of images, for the benchmarks of whole builds."""

from __future__ import annotations

import csv
import os
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

BRANDS = 12


def draw_original(seed: int) -> Image.Image:
    """A stand-in for a photograph, 400 × 533 px: a soft ground with a few shapes and grain."""
    random = np.random.default_rng(seed)
    image = Image.fromarray(random.integers(40, 216, (4, 3, 3), dtype=np.uint8))
    image = image.resize((400, 533), Image.Resampling.BICUBIC)
    pen = ImageDraw.Draw(image)
    for _ in range(int(random.integers(2, 7))):
        x, y, side = (int(value) for value in random.integers(20, 320, 3))
        colour = tuple(int(value) for value in random.integers(0, 256, 3))
        shape = pen.ellipse if random.random() < 0.5 else pen.rectangle
        shape((x, y, x + side // 2 + 10, y + side), fill=colour)
    grain = random.normal(0, 6, (533, 400, 3))
    return Image.fromarray(np.clip(np.asarray(image) + grain, 0, 255).astype(np.uint8))


def write_posts(folder: Path, originals: Path | None, count: int) -> Path:
    """A spreadsheet of `count` posts over variations of the images in `originals`, or of drawn ones.

    No two are alike: cropped, mirrored or not, with other colours. Images that are there are kept.
    """
    images = folder / "images"
    images.mkdir(parents=True, exist_ok=True)
    sources = sorted(path for path in originals.iterdir() if path.is_file()) if originals else []
    missing = [index for index in range(count) if not (images / f"{index:06d}.jpg").exists()]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(partial(_vary, sources, images), missing, chunksize=64))
    path = folder / "posts.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["brand", "thumbnail", "caption", "likes", "published"])
        rows.writerows(
            [
                f"House {index % BRANDS}",
                f"images/{index:06d}.jpg",
                f"Look {index} #season{index % 7}",
                100 + index * 7919 % 900,
                f"2026-{index % 12 + 1:02d}-{index % 28 + 1:02d}",
            ]
            for index in range(count)
        )
    return path


def _vary(sources: list[Path], images: Path, index: int) -> None:
    if sources:
        with Image.open(sources[index % len(sources)]) as opened:
            image = opened.convert("RGB")
    else:
        image = draw_original(index % 400)
    random = np.random.default_rng(index)
    left, top = (int(side * random.uniform(0, 0.12)) for side in image.size)
    varied = image.crop((left, top, image.width - left // 2, image.height - top // 2))
    if random.random() < 0.5:
        varied = varied.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    table = [int(min(255, level * gain)) for gain in random.uniform(0.85, 1.15, 3) for level in range(256)]
    varied.point(table).save(images / f"{index:06d}.jpg", quality=85)
