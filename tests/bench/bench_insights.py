"""What the figures of a report cost, part by part, beside the exact nearest neighbours they start from.

    python tests/bench/bench_insights.py [--posts 100000] [--images 1] [--brands 50] [--clusters 60]

Posts are drawn: features around a centre a cluster, likes, dates, captions of a small vocabulary, and pixels at random,
which is the worst case for palettes. Prints each part's seconds, their sum as a ratio to the neighbours, and the peak
of memory (on Linux).
"""

from __future__ import annotations

import argparse
import hashlib
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from generator.images.signature import Signatures
from generator.insights.duplicates import find_copies
from generator.maps.history import MapHistory
from generator.maps.lattice import Lattice
from generator.maps.stability import measure_stability, neighbours_kept
from generator.maps.structure import measure_structure
from generator.report.builder import ReportFacts, build_report
from generator.report.map_facts import Quality
from generator.report.mapped_posts import MappedPosts
from generator.settings import SiteSettings
from generator.similarity.neighbours import nearest_images
from generator.spreadsheet.posts import PostTable, TableRead
from tests.support.sample_report import BUILT, METHOD, NO_NOTES, SIMILARITY, make_map, make_post

T = TypeVar("T")
WORDS = ("robe", "soie", "lin", "coton", "manteau", "hiver", "maille", "satin", "cuir", "bleu", "noir", "plage")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--posts", type=int, default=100_000)
    arguments.add_argument("--images", type=int, default=1, help="of each post")
    arguments.add_argument("--brands", type=int, default=50)
    arguments.add_argument("--clusters", type=int, default=60)
    asked = arguments.parse_args()
    count, random = asked.posts * asked.images, np.random.default_rng(0)

    labels = np.sort(random.integers(0, asked.clusters, count) * (random.random(count) < 0.95))
    labels = np.where(random.random(count) < 0.05, -1, labels)
    features = random.normal(0, 3, (asked.clusters, 50))[labels] + random.normal(0, 1, (count, 50))
    features = features.astype(np.float32)
    points = random.uniform(-100, 100, (asked.clusters, 2))[labels] + random.normal(0, 3, (count, 2))
    images = [hashlib.sha256(str(index).encode()).hexdigest() for index in range(count)]
    hashes = np.array([int(image[:16], 16) for image in images], np.uint64)
    posts = tuple(
        make_post(
            index,
            f"House {random.integers(asked.brands):02d}",
            caption=" ".join(random.choice(WORDS, 6)),
            likes=int(random.lognormal(5, 0.6)),
            published=datetime(2025, 11, 1) + timedelta(days=int(random.integers(360))),
        )
        for index in range(asked.posts)
    )
    owner = np.concatenate([np.arange(asked.posts), np.repeat(np.arange(asked.posts), asked.images - 1)])
    further = zip(owner[asked.posts :].tolist(), images[asked.posts :], strict=True)
    records = (*posts, *(replace(posts[post], id=f"{posts[post].id}.{image[:16]}") for post, image in further))

    spent: dict[str, float] = {}

    def measure(name: str, work: Callable[[], T]) -> T:
        start = time.perf_counter()
        result = work()
        spent[name] = time.perf_counter() - start
        print(f"{name:<12} {spent[name]:7.1f} s", flush=True)
        return result

    near = measure("neighbours", lambda: nearest_images(features))
    steady = measure("stability", lambda: measure_stability(points, labels, 1.0, 60, 0))
    groups = measure("structure", lambda: measure_structure(features, labels, 0))
    measure("kept", lambda: neighbours_kept(near, points, labels))
    copies = measure("copies", lambda: find_copies(images, hashes, near, features))
    side = int(np.ceil(np.sqrt(2 * count)))
    mapped = MappedPosts(
        posts=records,
        images=tuple(images),
        owner=owner,
        features=features,
        points=points,
        labels=labels,
        cluster_numbers=tuple(range(1, asked.clusters + 1)),
        together=steady.together,
        set_apart=groups.set_apart,
        lattice=Lattice(side, side, np.arange(count) % side, np.arange(count) // side),
        near=near,
        near_posts=near if asked.images == 1 else nearest_images(features[: asked.posts]),
        signatures=Signatures(hashes, random.integers(0, 256, (count, 16, 16, 3), dtype=np.uint8)),
        copies=copies,
    )
    table = PostTable(
        "posts.xlsx",
        (TableRead("posts.xlsx", "posts", asked.posts, {"brand": "brand", "thumbnail": "image"}),),
        posts,
        (),
        (),
    )
    quality = Quality(0.05, 0.97, 0.95, steady.overall, 0.5, 0.7, groups.overall_reference)
    history = MapHistory("cd" * 32, BUILT, count, 0.97, 0, side, side, 0.5, asked.clusters)
    maps = (make_map("overall", "Overall", mapped, history),)
    facts = ReportFacts(table, (), METHOD, quality, maps, SIMILARITY, BUILT)
    measure("report", lambda: build_report(facts, mapped, NO_NOTES, SiteSettings(title="Bench"), {}))
    total = sum(seconds for name, seconds in spent.items() if name != "neighbours")
    print(f"{'figures':<12} {total:7.1f} s, {total / spent['neighbours']:.2f} times the neighbours")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # KB on Linux
    print(f"{'memory':<12} {peak / 1024:7.0f} MB at most")


if __name__ == "__main__":
    main()
