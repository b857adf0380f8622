"""A whole build, the same again with nothing new, then with 1 % more posts: seconds, their ratios, and peak memory.

    python tests/bench/bench_rebuild.py [--count 10000] [--images FOLDER] [--model builtin] [--weights FILE]

The posts are `--count` different images made from a folder of images (or from drawn ones) by crops, mirrors and shifts
of colour. Each build is a process of its own, as a user would run it; memory is the largest of its processes.
Bars: with nothing new at least 20 times as fast, with 1 % more posts in at most a tenth of the time; the first in at
most 2 GB at 10,000 images.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from collection import write_posts


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
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        spreadsheet = write_posts(folder, asked.images, asked.count)
        command = [sys.executable, "-m", "generator", "build", str(spreadsheet), "--model", asked.model]
        command += ["--out", str(folder / "site"), "--cache-dir", str(folder / "cache")]
        command += ["--weights", str(asked.weights)] if asked.weights else []
        first, memory = run_build(command)
        again = sorted(run_build([*command, "-q"])[0] for _ in range(3))[1]
        write_posts(folder, asked.images, asked.count + asked.count // 100)
        more, _ = run_build([*command, "-q"])
        size = sum(path.stat().st_size for path in (folder / "site").rglob("*") if path.is_file())
    print(f"{asked.count:,} images with {asked.model}: first build {first:.1f} s, at most {memory:,.0f} MB a process")
    print(f"with 1 % more posts {more:.1f} s: {more / first:.1%} of the first build")
    print(f"second build {again:.2f} s (median of 3): {first / again:.0f}x; site {size / 1e6:,.0f} MB")


if __name__ == "__main__":
    main()
