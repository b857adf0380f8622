"""Whether clusters that are called set apart are groups, and stay when the map is made anew.

    python tests/bench/bench_structure.py [--seeds 20] [--points 500]

Draws images' features without groups, of five shapes, and with six round groups whose centres lie 0.7 to 2 of their
radii apart; maps and clusters them as a build does. Prints for each: maps, clusters, the share of maps in which any
cluster is called set apart and that of clusters, and the share of pairs that stay together, in clusters that are set
apart and in the others, when the map is made from another start without a tenth of the points.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from generator.maps.dbscan import cluster_map
from generator.maps.structure import measure_structure
from generator.maps.tsne import project_map

PERPLEXITY, GROUPS, WIDTH = 10, 6, 24
Features = NDArray[np.float32]
Draw = Callable[[np.random.Generator, int], NDArray[np.float64]]

WITHOUT: dict[str, Draw] = {
    "normal": lambda random, count: random.normal(size=(count, 50)) * np.linspace(3, 0.3, 50),
    "normal, few directions": lambda random, count: random.normal(size=(count, 5)),
    "uniform": lambda random, count: random.uniform(-1, 1, (count, 8)),
    "heavy tails": lambda random, count: random.standard_t(5, (count, 12)),
    "a curved band": lambda random, count: _bend(random, count),
}


def _bend(random: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Points along a bent line, with noise: a range without groups that is no normal distribution."""
    along = random.uniform(0, 3, count)
    bent = np.stack([np.sin(along), np.cos(along), along], axis=1) * 4
    return np.hstack([bent, np.zeros((count, 9))]) + random.normal(0, 0.5, (count, 12))


def draw_groups(apart: float) -> Draw:
    """Return a way to draw groups of a normal shape whose centres lie about `apart` of their radii from each other."""

    def draw(random: np.random.Generator, count: int) -> NDArray[np.float64]:
        centres = random.normal(size=(GROUPS, WIDTH))
        centres *= apart / np.sqrt(2 * WIDTH)
        return centres[random.integers(0, GROUPS, count)] + random.normal(size=(count, WIDTH)) / np.sqrt(WIDTH)

    return draw


def measure(draw: Draw, points: int, seed: int) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Return which clusters of one map are set apart, and which share of each one's pairs a second map keeps."""
    random = np.random.default_rng(seed)
    features: Features = draw(random, points).astype(np.float32)
    labels = cluster_map(project_map(features, PERPLEXITY, seed)).labels
    found = measure_structure(features, labels, seed)
    part = np.sort(random.choice(points, points * 9 // 10, replace=False))
    again = cluster_map(project_map(features[part], PERPLEXITY, seed + 1000)).labels
    kept = np.array([_pairs_kept(again[labels[part] == cluster]) for cluster in range(labels.max() + 1)])
    return found.set_apart, kept


def _pairs_kept(again: NDArray[np.integer]) -> float:
    """Return the share of pairs of posts that are in one cluster of the second map; `again` is where they lie."""
    sizes = np.bincount(again[again >= 0])
    pairs = len(again) * (len(again) - 1)
    return float((sizes * (sizes - 1)).sum() / pairs) if pairs else float("nan")


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--seeds", type=int, default=20)
    arguments.add_argument("--points", type=int, default=500)
    asked = arguments.parse_args()
    ways = WITHOUT | {f"groups {apart:g} radii apart": draw_groups(apart) for apart in (0.7, 1, 1.4, 2)}
    print(f"{'':<28} maps clusters  any apart  apart  pairs kept: apart, others")
    for name, draw in ways.items():
        found = [measure(draw, asked.points, seed) for seed in range(asked.seeds)]
        apart, kept = (np.concatenate(parts) for parts in zip(*found, strict=True))
        maps = np.mean([one.any() for one, _ in found])
        means = [np.nanmean(kept[those]) if those.any() else float("nan") for those in (apart, ~apart)]
        print(
            f"{name:<28}{len(found):5}{len(apart):9}{maps:11.1%}{apart.mean():7.1%}{means[0]:12.1%}{means[1]:8.1%}",
            flush=True,
        )


if __name__ == "__main__":
    main()
