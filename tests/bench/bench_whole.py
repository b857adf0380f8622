"""The case study's way against Brandscape, whole and step by step, on the same images and weights in one run.

    python tests/bench/bench_whole.py [--sizes 2000,10000] [--images FOLDER] [--model mobilenetv2] [--weights FILE]
        [--baseline-to 10000] [--out FOLDER] [--compare RESULTS.json]

For each size: the case study's way (`case_study.py`), a first build, and the same build again with nothing new, each a
process of its own, with the most memory that it and its children held at once, the seconds of processor that they took
(Linux counts them all) and the share of the cores that this kept busy. Prints a table with ratios and, over
several sizes, how time and memory grow with the number of images (the exponent fitted on logarithmic axes); keeps all
of it in `--out` as JSON and, with matplotlib, as a plot. Sizes above `--baseline-to` are built by Brandscape alone.
`--compare` prints this run's seconds over those of an earlier one, of the same machine.

Bars on two cores with AVX2: whole builds of 10,000 images 2.2 times as fast with ResNet50 and 5 times with MobileNetV2;
a build with nothing new in at most 3 s at 10,000; 100,000 images in at most 3 GB; no exponent above 1.2 unexplained.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import json
import math
import os
import platform
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, NamedTuple

from collection import write_posts

HERE = Path(__file__).parent
#: The case study has no network that comes along; MobileNetV2 is of its size.
_BASELINE = {"builtin": "mobilenetv2"}
#: The steps of both, by what they are called here.
STEPS = {
    "images": (("import", "decode", "embed"), ("Reading images", "Comparing precisions")),
    "features": (("features",), ("Describing images",)),
    "similarity": ((), ("Checking how robust likeness is", "Finding similar images", "Explaining likeness")),
    "tags": ((), ("Finding what images show",)),
    "map": (("map",), ("Laying out the map",)),
    "clusters": (("clusters",), ("Finding clusters",)),
    "mosaics": (("mosaics",), ("Giving images their cells", "Drawing mosaics", "Drawing flat pictures")),
}
_BUILD = """
import json, sys, time
from contextlib import contextmanager
from pathlib import Path
from generator.progress import SilentProgress
from generator import cli
from generator.commands import context

class Timing(SilentProgress):
    seconds = {}
    @contextmanager
    def step(self, name, total=None):
        start = time.perf_counter()
        with super().step(name, total) as step:
            yield step
        name = name.partition(":")[0]  # "Laying out the map: Colour"
        Timing.seconds[name] = Timing.seconds.get(name, 0.0) + time.perf_counter() - start

context.open_progress = lambda quiet: Timing()
try:
    cli.app()
except SystemExit as stop:
    assert not stop.code, stop.code
print(json.dumps(Timing.seconds))
"""


class Measured(NamedTuple):
    """What a command took, and what it printed."""

    seconds: float
    processor: float  # seconds, of the command and all processes below it
    memory: float  # the most MB that they held at once
    said: str


def measure(command: list[str]) -> Measured:
    """Run a command, and wait for all processes below it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER: what outlives the command becomes our child
    start, before = time.perf_counter(), os.times()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    most, over = [0.0], threading.Event()

    def watch() -> None:
        while not over.wait(0.3):
            most[0] = max(most[0], _held(process.pid))

    watcher = threading.Thread(target=watch)
    watcher.start()
    said = process.communicate()[0]
    over.set()
    watcher.join()
    seconds = time.perf_counter() - start
    if process.returncode:
        os.killpg(process.pid, signal.SIGKILL)
        raise SystemExit(f"{' '.join(command)[:200]} failed")
    with contextlib.suppress(ChildProcessError):
        while sys.platform == "linux":
            os.waitpid(-1, 0)
    after = os.times()
    processor = sum(after[2:4]) - sum(before[2:4])
    return Measured(seconds, processor, most[0], said)


def _held(session: int) -> float:
    """MB that the processes of a session hold, what they share counted once; Linux alone tells."""
    total = 0
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if os.getsid(int(entry.name)) != session:
                continue
            rollup = (entry / "smaps_rollup").read_text()
            total += next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
        except (OSError, StopIteration):
            continue
    return total / 1024


def run_size(size: int, asked: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """Both ways on `size` images."""
    posts = write_posts(folder, asked.images, size)
    result: dict[str, Any] = {"images": size}
    weights = str(asked.weights or "")
    theirs = _BASELINE.get(asked.model, asked.model)
    if size <= asked.baseline_to:
        command = [sys.executable, str(HERE / "case_study.py"), str(posts), theirs, weights, str(folder / "study")]
        result["baseline"] = _gather(measure(command), 0)
    build = [sys.executable, "-c", _BUILD, "build", str(posts), "--model", asked.model, "-q"]
    build += ["--out", str(folder / f"site-{size}"), "--cache-dir", str(folder / f"cache-{size}")]
    build += ["--weights", weights] if theirs == asked.model else []
    result["brandscape"] = _gather(measure(build), 1)
    result["again"] = sorted(measure(build).seconds for _ in range(3))[1]
    return result


def _gather(found: Measured, way: int) -> dict[str, Any]:
    steps = json.loads(found.said.splitlines()[-1])
    named = {name: sum(steps.get(part, 0.0) for part in parts[way]) for name, parts in STEPS.items()}
    taken = {"whole": found.seconds, "processor": found.processor, "memory_mb": found.memory}
    return {**taken, **named, "rest": found.seconds - sum(named.values()), "steps": steps}


def print_table(results: list[dict[str, Any]]) -> None:
    for result in results:
        ours, theirs = result["brandscape"], result.get("baseline")
        print(f"\n{result['images']:,} images{'case study':>18}{'Brandscape':>14}{'ratio':>9}")
        for name in (*STEPS, "rest", "whole", "processor"):
            print(f"  {name:<12}" + _row(theirs and theirs[name], ours[name], "s"))
        print(f"  {'memory':<12}" + _row(theirs and theirs["memory_mb"], ours["memory_mb"], "MB"))
        busy = [way and way["processor"] / way["whole"] / (os.cpu_count() or 1) for way in (theirs, ours)]
        print(f"  {'busy cores':<12}" + _row(busy[0] and busy[0] * 100, busy[1] * 100, "%"))
        print(f"  nothing new: {result['again']:.2f} s (median of 3), {ours['whole'] / result['again']:.0f}x")


def _row(theirs: float | None, ours: float, unit: str) -> str:
    if theirs is None:
        return f"{'':>18}{ours:>11,.1f} {unit}"
    return f"{theirs:>15,.1f} {unit}{ours:>11,.1f} {unit}{theirs / max(ours, 1e-3):>8.1f}x"


def fit_exponents(results: list[dict[str, Any]]) -> dict[str, float]:
    """How time and memory of Brandscape's steps grow: the slope of log(cost) over log(images), least squares."""
    found = {}
    for name in (*STEPS, "rest", "whole", "memory_mb"):
        points = [(math.log(r["images"]), math.log(max(r["brandscape"][name], 1e-3))) for r in results]
        mean_x, mean_y = (sum(values) / len(points) for values in zip(*points, strict=True))
        spread = sum((x - mean_x) ** 2 for x, _ in points)
        found[name] = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread
    return found


def plot(results: list[dict[str, Any]], target: Path) -> None:
    """Seconds by images, both ways, on logarithmic axes."""
    try:
        from matplotlib import pyplot
    except ImportError:
        print("For a plot: pip install matplotlib")
        return
    figure, (time_axes, memory_axes) = pyplot.subplots(1, 2, figsize=(11, 4.5))
    sizes = [result["images"] for result in results]
    for name in (*STEPS, "whole"):
        time_axes.loglog(sizes, [r["brandscape"][name] for r in results], "o-", label=name)
    both = [result for result in results if "baseline" in result]
    time_axes.loglog([r["images"] for r in both], [r["baseline"]["whole"] for r in both], "k^--", label="case study")
    memory_axes.loglog(sizes, [r["brandscape"]["memory_mb"] for r in results], "o-", label="Brandscape")
    memory_axes.loglog(
        [r["images"] for r in both], [r["baseline"]["memory_mb"] for r in both], "k^--", label="case study"
    )
    time_axes.set(xlabel="images", ylabel="seconds")
    memory_axes.set(xlabel="images", ylabel="MB")
    for axes in (time_axes, memory_axes):
        axes.legend(fontsize=8)
        axes.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(target)
    print(f"Plot: {target}")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--sizes", default="2000,10000")
    arguments.add_argument("--images", type=Path)
    arguments.add_argument("--model", default="mobilenetv2")
    arguments.add_argument("--weights", type=Path)
    arguments.add_argument("--baseline-to", type=int, default=10_000)
    arguments.add_argument("--out", type=Path)
    arguments.add_argument("--compare", type=Path)
    arguments.add_argument("--work", type=Path, help="folder for the collections, kept for the next run")
    asked = arguments.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = asked.work or Path(name)
        weights = asked.weights
        if weights is None:
            theirs = _BASELINE.get(asked.model, asked.model)
            asked.weights = folder / f"{theirs}.weights.h5"
            _save_untrained(theirs, asked.weights)
        results = [run_size(int(size), asked, folder) for size in asked.sizes.split(",")]
    print_table(results)
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    kept = {"machine": machine, "model": asked.model, "results": results}
    if len(results) > 1:
        kept["exponents"] = fit_exponents(results)
        print("\nGrowth with the number of images (exponents):")
        print("  " + ", ".join(f"{name} {value:.2f}" for name, value in kept["exponents"].items()))
    if asked.compare:
        before = {result["images"]: result["brandscape"] for result in json.loads(asked.compare.read_text())["results"]}
        for result in results:
            if result["images"] in before:
                ratio = result["brandscape"]["whole"] / before[result["images"]]["whole"]
                print(f"{result['images']:,} images: {ratio:.2f} of the seconds of {asked.compare}")
    if asked.out:
        asked.out.mkdir(parents=True, exist_ok=True)
        (asked.out / "results.json").write_text(json.dumps(kept, indent=1) + "\n")
        plot(results, asked.out / "results.png")


def _save_untrained(model: str, path: Path) -> None:
    """Weights as they are before training: the arithmetic is the same."""
    code = (
        "import sys; from generator.embedding.backends import import_keras;"
        "from generator.embedding.networks import NETWORKS; keras = import_keras();"
        "n = NETWORKS[sys.argv[1]]; keras.utils.set_random_seed(0);"
        "getattr(keras.applications, n.builder)(weights=None, include_top=False,"
        " input_shape=(n.side, n.side, 3)).save_weights(sys.argv[2])"
    )
    subprocess.run([sys.executable, "-c", code, model, str(path)], check=True)


if __name__ == "__main__":
    main()
