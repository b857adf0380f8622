"""The map at scale: t-SNE against scikit-learn's, and the cells: seconds, memory, and how they keep likeness.

    python tests/bench/bench_map.py [--count 50000] [--cells 100000] [--features FILE.npy] [--of ARGUMENTS …]

Makes features of many groups in 50 dimensions, or takes them from a file, as they are after their reduction. Prints
seconds and trustworthiness of both maps (bars: 2.5 times as fast at 50,000, trustworthiness within 0.005), then seconds
and memory of the cells (bars: 20 s at 100,000, 5 s at 10,000) and of the clusters of `--cells` points. Then prints
DPQ_16 and trustworthiness of cells by points alone and after images exchanged them, for random colours on 32 × 32 full
cells (bar: 0.93), and for the maps of a report that `--of` builds, such as `--of demo` or `--of build posts.xlsx`.
`--count 0` leaves the first part out.
"""

from __future__ import annotations

import argparse
import tempfile
import time
import tracemalloc
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from sklearn.manifold import TSNE

from generator.maps import tsne
from generator.maps.cell_exchange import exchange_cells
from generator.maps.dbscan import cluster_map
from generator.maps.lattice import ASPECT, Lattice, assign_cells
from generator.settings import MosaicSettings
from generator.similarity.neighbours import nearest_images
from tests.support.grid_quality import distance_preservation

T = TypeVar("T")
FILL = MosaicSettings().fill


def draw_features(count: int, groups: int = 300, seed: int = 0) -> np.ndarray:
    """Rows (count, 50), float32: groups of unlike size and spread, whose later dimensions matter ever less."""
    random = np.random.default_rng(seed)
    scale = 1 / np.sqrt(1 + np.arange(50))
    centres = random.normal(size=(groups, 50))
    kind = np.minimum(random.geometric(5 / groups, count) - 1, groups - 1)
    spread = random.uniform(0.15, 0.6, groups)[kind, None]
    return ((centres[kind] + spread * random.normal(size=(count, 50))) * scale).astype(np.float32)


def timed(work: Callable[[], T]) -> tuple[float, T]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def measure_cells(name: str, features: np.ndarray, points: np.ndarray, fill: float, aspect: float) -> None:
    """Print how cells by points alone, and after images exchanged them, keep likeness."""

    def say(lattice: Lattice, seconds: float) -> str:
        cells = np.stack([lattice.column, lattice.line], axis=1)
        kept = tsne.trustworthiness(features, cells.astype(float))
        return f"DPQ16 {distance_preservation(features, cells):.4f}, trustworthiness {kept:.4f} ({seconds:.1f} s)"

    placing, plain = timed(lambda: assign_cells(points, fill, aspect))
    exchange, better = timed(lambda: exchange_cells(plain, features))
    filled = len(points) / (plain.columns * plain.lines)
    print(f"{name}: {len(points):,} images on {plain.columns} × {plain.lines} cells, {filled:.0%} filled")
    print(f"  points alone {say(plain, placing)}\n  exchanged    {say(better, exchange)}")


def capture_maps(arguments: Sequence[str]) -> list[tuple[str, np.ndarray, np.ndarray]]:
    """Build a report as the command would; return name, features and points of its maps."""
    from generator import cli
    from generator.pipeline import map_stages

    found: list[tuple[str, np.ndarray, np.ndarray]] = []
    place = map_stages.place_cells

    def capture(run: Any, image_map: Any, features: np.ndarray, before: Any, name: str) -> Any:
        found.append((name, features, image_map.points))
        return place(run, image_map, features, before, name)

    map_stages.place_cells = capture
    with tempfile.TemporaryDirectory() as folder:
        cli.app([*arguments, "--out", f"{folder}/site", "-q"], standalone_mode=False)
    return found


def compare_maps(reduced: np.ndarray) -> np.ndarray:
    """Print how our map compares with scikit-learn's, and return its points."""
    search, near = timed(lambda: nearest_images(reduced, tsne.map_neighbours(10, len(reduced))))
    ours, points = timed(lambda: tsne.project_map(reduced, 10, 0, near))
    print(f"t-SNE of {len(reduced):,}: neighbours {search:.1f} s, map {ours:.1f} s")
    theirs, tree = timed(lambda: TSNE(perplexity=10, random_state=0, n_jobs=-1).fit_transform(reduced))
    ratio = theirs / (search + ours)
    print(f"  scikit-learn {theirs:.1f} s, {ratio:.1f} times as long (bar 2.5)")
    kept, kept_by_tree = (tsne.trustworthiness(reduced, found) for found in (points, tree))
    print(f"  trustworthiness {kept:.4f} against {kept_by_tree:.4f} (bar: within 0.005)")
    return points


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--count", type=int, default=50_000)
    arguments.add_argument("--cells", type=int, default=100_000)
    arguments.add_argument("--features", type=Path)
    arguments.add_argument("--of", nargs=argparse.REMAINDER, default=[])
    asked = arguments.parse_args()
    features = np.load(asked.features) if asked.features else draw_features(max(asked.count, asked.cells))
    points = compare_maps(features[: asked.count]) if asked.count else features[:, :2].astype(float) * 40

    random = np.random.default_rng(1)
    count = asked.cells
    many = np.concatenate([points] * (count // len(points) + 1))[:count]
    many = (many + random.normal(scale=np.ptp(points) / np.sqrt(len(points)), size=many.shape)) * np.sqrt(
        count / len(points)
    )
    rows = np.concatenate([features] * (count // len(features) + 1))[:count]
    for name, work in (
        ("cells", lambda: exchange_cells(assign_cells(many, FILL), rows)),
        ("clusters", lambda: cluster_map(many)),
    ):
        tracemalloc.start()
        seconds, _ = timed(work)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        print(f"{name} of {count:,}: {seconds:.1f} s, {most / 1e6:,.0f} MB")

    colours = np.random.default_rng(0).random((1024, 3)).astype(np.float32)
    laid = tsne.project_map(colours - colours.mean(axis=0), 10, 0)
    measure_cells("random colours (bar: 0.93)", colours, laid, 1, 1)
    for name, found, places in capture_maps(asked.of) if asked.of else ():
        measure_cells(name, found, places, FILL, ASPECT)


if __name__ == "__main__":
    main()
