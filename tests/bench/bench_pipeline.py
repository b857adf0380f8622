"""A whole build, the same again with nothing new, then with 1 % more posts: seconds, their ratios, and peak memory.

    python tests/bench/bench_pipeline.py [--count 10000] [--images FOLDER] [--model builtin] [--weights FILE]

The posts are `--count` different images made from a folder of images (or from drawn ones) by crops, mirrors and shifts
of colour. Each build is a process of its own, as a user would run it; memory is the largest of its processes.
Bars: with nothing new at least 20 times as fast, with 1 % more posts in at most a tenth of the time; the first in at
most 2 GB at 10,000 images.
"""

from __future__ import annotations

import argparse
import csv
import os
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

BRANDS = 12


def draw_originals(count: int) -> list[Image.Image]:
    """Stand-ins for photographs: soft grounds with a few shapes and grain."""
    drawn = []
    for seed in range(count):
        random = np.random.default_rng(seed)
        small = random.integers(40, 216, (4, 3, 3), dtype=np.uint8)
        image = Image.fromarray(small).resize((400, 533), Image.Resampling.BICUBIC)
        pen = ImageDraw.Draw(image)
        for _ in range(int(random.integers(2, 7))):
            x, y, side = (int(value) for value in random.integers(20, 320, 3))
            colour = tuple(int(value) for value in random.integers(0, 256, 3))
            shape = pen.ellipse if random.random() < 0.5 else pen.rectangle
            shape((x, y, x + side // 2 + 10, y + side), fill=colour)
        grain = random.normal(0, 6, (533, 400, 3))
        drawn.append(Image.fromarray(np.clip(np.asarray(image) + grain, 0, 255).astype(np.uint8)))
    return drawn


def write_posts(folder: Path, originals: list[Image.Image] | list[Path], count: int) -> Path:
    """A spreadsheet of `count` posts over variations of the originals; images that are there are kept."""
    (folder / "images").mkdir(exist_ok=True)

    def write(index: int) -> None:
        source = originals[index % len(originals)]
        image = Image.open(source).convert("RGB") if isinstance(source, Path) else source
        random = np.random.default_rng(index)
        left, top = (int(side * random.uniform(0, 0.12)) for side in image.size)
        varied = image.crop((left, top, image.width - left // 2, image.height - top // 2))
        if random.random() < 0.5:
            varied = varied.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        shift = random.uniform(0.85, 1.15, 3)
        table = [int(min(255, level * gain)) for gain in shift for level in range(256)]
        varied.point(table).save(folder / "images" / f"{index:06d}.jpg", quality=85)

    there = sum(1 for _ in (folder / "images").iterdir())
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(write, range(there, count)))
    path = folder / "posts.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["brand", "thumbnail", "caption", "likes"])
        rows.writerows(
            [f"House {index % BRANDS}", f"images/{index:06d}.jpg", f"Look {index}", 100 + index % 900]
            for index in range(count)
        )
    return path


def run_build(command: list[str]) -> tuple[float, float]:
    """Seconds, and the peak memory in MB of the largest child process so far."""
    start = time.perf_counter()
    subprocess.run(command, check=True)
    return time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--count", type=int, default=10_000)
    arguments.add_argument("--images", type=Path)
    arguments.add_argument("--model", default="builtin")
    arguments.add_argument("--weights", type=Path)
    asked = arguments.parse_args()
    originals: list[Path] | list[Image.Image] = (
        sorted(path for path in asked.images.iterdir() if path.is_file()) if asked.images else draw_originals(400)
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        spreadsheet = write_posts(folder, originals, asked.count)
        command = [sys.executable, "-m", "generator", "build", str(spreadsheet), "--model", asked.model]
        command += ["--out", str(folder / "site"), "--cache-dir", str(folder / "cache")]
        command += ["--weights", str(asked.weights)] if asked.weights else []
        first, memory = run_build(command)
        again = sorted(run_build([*command, "-q"])[0] for _ in range(3))[1]
        write_posts(folder, originals, asked.count + asked.count // 100)
        more, _ = run_build([*command, "-q"])
        size = sum(path.stat().st_size for path in (folder / "site").rglob("*") if path.is_file())
    print(f"{asked.count:,} images with {asked.model}: first build {first:.1f} s, at most {memory:,.0f} MB a process")
    print(f"with 1 % more posts {more:.1f} s: {more / first:.1%} of the first build")
    print(f"second build {again:.2f} s (median of 3): {first / again:.0f}x; site {size / 1e6:,.0f} MB")


if __name__ == "__main__":
    main()
