"""What spreading a build over workers gains, and what it costs, on the same images in the same run.

    python tests/bench/bench_workers.py [--count 2000] [--images FOLDER] [--model builtin] [--ways local:1 local:2]

Each way builds the same report from an empty cache: without workers, which uses every core by itself, then with each
of `--ways`. Printed are the seconds of the two steps that workers do, how much faster than the first of the ways they
are, and what a step costs an image beside the work itself: the cores' seconds over those of the build without workers.
That all reports are the same, byte for byte, is checked.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from collection import write_posts

from generator.cache.store import Store
from generator.pipeline.build import build_site
from generator.pipeline.run import Run
from generator.progress import SilentProgress, Step
from generator.settings.load import load_settings
from generator.spreadsheet.sources import find_inputs

BUILT = datetime(2026, 1, 2, tzinfo=UTC)
STEPS = ("Reading images", "Mosaics")


class TimedProgress(SilentProgress):
    """Keeps how long each step took."""

    def __init__(self) -> None:
        super().__init__()
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str, total: int | None = None) -> Iterator[Step]:
        start = time.perf_counter()
        with super().step(name, total) as step:
            yield step
        self.seconds[name] = time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--count", type=int, default=2_000)
    parser.add_argument("--images", type=Path, help="folder of images to vary instead of drawn ones")
    parser.add_argument("--model", default="builtin")
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--ways", nargs="+", default=["local:1", "local:2"])
    options = parser.parse_args()
    cores = os.cpu_count() or 1
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        spreadsheet = write_posts(folder, options.images, options.count)
        print(f"{options.count:,} images, {options.model}, {cores} cores")
        first: dict[str, float] = {}
        alone: dict[str, float] = {}
        sites = []
        for way in ("", *options.ways):
            place = folder / (way.replace(":", "-") or "alone")
            flags = {"model": options.model, "weights": options.weights, "scheduler": way}
            settings = load_settings(environment={}, flags=flags)
            progress = TimedProgress()
            start = time.perf_counter()
            build_site(
                find_inputs([spreadsheet]), place / "site", Run(settings, Store(place / "cache"), progress, BUILT)
            )
            whole = time.perf_counter() - start
            sites.append((place / "site/data/manifest.json").read_bytes())
            threads = int(way.partition(":")[2]) if way else cores
            said = [f"{way or 'no workers':<12} whole build {whole:7.1f} s"]
            for name in STEPS:
                seconds = progress.seconds[name]
                if not way:
                    alone[name] = seconds
                    said.append(f"{name} {seconds:6.1f} s")
                    continue
                gain = first.setdefault(name, seconds) / seconds
                cost = 1000 * (seconds * threads - alone[name] * cores) / options.count
                said.append(f"{name} {seconds:6.1f} s, {gain:4.2f} times as fast, {cost:+5.2f} ms of a core an image")
            print("   ".join(said), flush=True)
        assert len(set(sites)) == 1, "the reports differ"


if __name__ == "__main__":
    main()
