"""The map at scale: t-SNE against scikit-learn's, cells and clusters of many images.

    python tests/bench/bench_map.py [--count 50000] [--cells 100000] [--features FILE.npy]

Makes features of many groups in 50 dimensions, or takes them from a file, as they are after their reduction. Prints
seconds and trustworthiness of both maps (bars: 2.5 times as fast at 50,000, trustworthiness within 0.005), then seconds
and memory of the cells (bar: 20 s at 100,000) and of the clusters of `--cells` points.
"""

from __future__ import annotations

import argparse
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
from sklearn.manifold import TSNE

from generator.maps import tsne
from generator.maps.dbscan import cluster_map
from generator.maps.lattice import assign_cells
from generator.similarity.neighbours import nearest_images

T = TypeVar("T")


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


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--count", type=int, default=50_000)
    arguments.add_argument("--cells", type=int, default=100_000)
    arguments.add_argument("--features", type=Path)
    asked = arguments.parse_args()
    features = np.load(asked.features) if asked.features else draw_features(max(asked.count, asked.cells))
    reduced = features[: asked.count]

    search, near = timed(lambda: nearest_images(reduced, tsne.map_neighbours(10, len(reduced))))
    ours, points = timed(lambda: tsne.project_map(reduced, 10, 0, near))
    print(f"t-SNE of {len(reduced):,}: neighbours {search:.1f} s, map {ours:.1f} s")
    theirs, tree = timed(lambda: TSNE(perplexity=10, random_state=0, n_jobs=-1).fit_transform(reduced))
    ratio = theirs / (search + ours)
    print(f"  scikit-learn {theirs:.1f} s, {ratio:.1f} times as long (bar 2.5)")
    kept, kept_by_tree = (tsne.trustworthiness(reduced, found) for found in (points, tree))
    print(f"  trustworthiness {kept:.4f} against {kept_by_tree:.4f} (bar: within 0.005)")

    random = np.random.default_rng(1)
    count = asked.cells
    many = np.concatenate([points] * (count // len(points) + 1))[:count]
    many = (many + random.normal(scale=np.ptp(points) / np.sqrt(len(points)), size=many.shape)) * np.sqrt(
        count / len(points)
    )
    for name, work in (("cells", lambda: assign_cells(many, 0.5)), ("clusters", lambda: cluster_map(many))):
        tracemalloc.start()
        seconds, _ = timed(work)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        print(f"{name} of {count:,}: {seconds:.1f} s, {most / 1e6:,.0f} MB")


if __name__ == "__main__":
    main()
