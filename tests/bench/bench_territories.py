"""How well territories agree with labels of photographs, beside k-means of the same features at the same number.

    python tests/bench/bench_territories.py [--truth LABELS.csv] [--image thumbnail] [--label label] --of ARGUMENTS …

Builds a report as `--of` says, such as `--of demo` or `--of build posts.xlsx`, up to its territories. Prints how many
there are, which share of the clustered posts each holds, and, with LABELS.csv, normalised mutual information with the
labels (bar: 0.44 on the photographs of garments that the thresholds of tags were measured on).
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import normalized_mutual_info_score

from generator.collection.collect import Collection, Collector
from generator.maps.territories import join_clusters
from generator.pipeline import map_stages

#: Labels that tell nothing.
UNSURE = ("", "Not sure")


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--truth", type=Path)
    arguments.add_argument("--image", default="thumbnail")
    arguments.add_argument("--label", default="label")
    arguments.add_argument("--of", nargs=argparse.REMAINDER, required=True)
    asked = arguments.parse_args()
    thumbnails, points, clusters, features = capture(asked.of)
    inside = clusters >= 0
    found = join_clusters(points, clusters, features)
    shares = np.bincount(found[clusters[inside]]) / inside.sum()
    print(f"{clusters.max() + 1} clusters, {len(shares)} territories:", ", ".join(f"{share:.0%}" for share in shares))
    if asked.truth:
        with asked.truth.open(newline="", encoding="utf-8") as file:
            label_of = {row[asked.image]: row[asked.label] for row in csv.DictReader(file)}
        labels = np.array([label_of.get(name, "") for name in thumbnails])
        known = inside & ~np.isin(labels, UNSURE)
        means = KMeans(len(shares), n_init=5, random_state=0).fit_predict(features)
        for name, groups in (("territories", found[clusters[known]]), ("k-means", means[known])):
            print(f"{name:<12} {normalized_mutual_info_score(labels[known], groups):.3f}")


def capture(arguments: Sequence[str]) -> tuple[list[str], np.ndarray, np.ndarray, np.ndarray]:
    """Build a report as the command would; return thumbnails, points, clusters and features of its posts."""
    from generator import cli

    found: dict[str, Any] = {}
    collect, find = Collector.collect, map_stages.find_territories

    def keep_posts(self: Collector, *given: Any) -> Collection:
        collection = collect(self, *given)
        found["thumbnails"] = [post.thumbnail for post in collection.posts]
        return collection

    def keep_map(run: Any, image_map: Any, clusters: Any, features: np.ndarray, before: Any) -> np.ndarray:
        found.update(points=image_map.points, clusters=clusters.labels, features=features)
        return find(run, image_map, clusters, features, before)

    Collector.collect, map_stages.find_territories = keep_posts, keep_map  # type: ignore[method-assign]
    with tempfile.TemporaryDirectory() as folder:
        cli.app([*arguments, "--out", f"{folder}/site", "-q"], standalone_mode=False)
    return found["thumbnails"], found["points"], found["clusters"], found["features"]


if __name__ == "__main__":
    main()
