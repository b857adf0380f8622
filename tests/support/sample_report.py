"""A small report made without a build, for tests of pages and exports."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from generator.embedding.precision import Agreement
from generator.images.signature import Signatures
from generator.insights.duplicates import find_copies
from generator.maps.history import MapHistory
from generator.maps.lattice import assign_cells
from generator.maps.territories import join_clusters
from generator.report.benchmark import Benchmark
from generator.report.builder import ReportFacts, build_report
from generator.report.cluster_notes import ClusterNotes
from generator.report.map_facts import Method, Quality, ShownFacet, ShownMap, SimilarityFacts
from generator.report.mapped_posts import MappedPosts
from generator.report.model import Report
from generator.settings import SiteSettings
from generator.settings.brand_groups import BrandGroups
from generator.similarity.neighbours import nearest_images
from generator.similarity.robustness import Robustness
from generator.site.assets import write_assets
from generator.site.pages import write_pages
from generator.spreadsheet.fields import Field
from generator.spreadsheet.posts import Post, PostTable, Refusal, Remark, TableRead
from generator.tags.model import Tags

BUILT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
#: The smallest GIF, in place of a mosaic's overview.
PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="
BRANDS = ("Maison Ambre", "Björn/Söhne", "NOIR <Studio>")


def make_post(index: int, brand: str, **facts: Any) -> Post:
    """Return post `index` of a spreadsheet whose first row is the header."""
    usual: dict[str, Any] = {
        "id": f"P{index:05d}",
        "row": index + 2,
        "brand": brand,
        "thumbnail": f"images/{index:04d}.jpg",
        "caption": f"Look {index} #season",
        "likes": 100 + 37 * index % 400,
        "comments": index % 9,
        "published": datetime(2025, 11, 1) + timedelta(days=index),
        "permalink": f"https://www.instagram.com/p/P{index:05d}/",
    }
    return Post(**{**usual, **facts})


def make_mapped(
    posts: Sequence[Post],
    labels: Sequence[int],
    images: Sequence[str] | None = None,
    owner: Sequence[int] | None = None,
) -> MappedPosts:
    """Place images at random, but reproducibly; those with one label lie near each other.

    `owner` is each one's post, if posts have several; those of further images come last.
    """
    owners = np.arange(len(posts)) if owner is None else np.array(owner)
    random = np.random.default_rng(7)
    centres = random.normal(0, 20, (max(labels, default=0) + 2, 2))
    points = centres[list(labels)] + random.normal(0, 1, (len(posts), 2))
    features = np.concatenate([points, random.normal(0, 1, (len(posts), 3))], axis=1).astype(np.float32)
    names = images or [hashlib.sha256(post.id.encode()).hexdigest() for post in posts]
    clusters = max(labels, default=-1) + 1
    near = nearest_images(features)
    territories = tuple(join_clusters(points, np.array(labels), features).tolist())
    # posts of one label have one background; each image has its own hash
    tones = random.integers(0, 256, (clusters + 1, 3))
    pixels = np.clip(tones[list(labels)][:, None, None] + random.integers(-9, 9, (len(posts), 16, 16, 3)), 0, 255)
    hashes = np.array([int(name[:16], 16) for name in names], np.uint64)
    return MappedPosts(
        posts=tuple(posts),
        images=tuple(names),
        owner=owners,
        features=features,
        points=points,
        labels=np.array(labels, np.int32),
        cluster_numbers=tuple(range(1, clusters + 1)),
        together=np.linspace(0.95, 0.4, clusters),
        set_apart=np.arange(clusters) % 2 == 0,
        lattice=assign_cells(points, 0.5),
        near=near,
        near_posts=near if owner is None else nearest_images(features[: owners.max() + 1]),
        signatures=Signatures(hashes, pixels.astype(np.uint8)),
        copies=find_copies(names, hashes, near, features),
        territories=territories,
        territory_numbers=tuple(range(1, max(territories, default=-1) + 2)),
    )


NO_NOTES = ClusterNotes()
NO_TAGS = Tags()
METHOD = Method(
    model="resnet50",
    weights_sha256="ab" * 32,
    pooling="max",
    precision="float32",
    network="ResNet50",
    agreement=Agreement(192, 0.9972, 0.971),
    pca=50,
    perplexity=10.0,
    eps=3.25,
    min_samples=12,
    seed=0,
    versions={"numpy": "2.0", "scikit-learn": "1.5"},
    dimensions=2048,
    fallback="",
    repeats="each",
)


SIMILARITY = SimilarityFacts(
    facets=(
        ShownFacet("content", "Content", True),
        ShownFacet("colour", "Colour", True),
        ShownFacet("composition", "Composition", True),
    ),
    learned=None,
    perturbed=34,
    robustness=(
        Robustness("jpeg", 0.9, 0.87, 0.93),
        Robustness("half", 0.92, 0.89, 0.95),
        Robustness("crop", 0.87, 0.84, 0.9),
        Robustness("brighter", 0.94, 0.92, 0.96),
        Robustness("darker", 0.94, 0.92, 0.96),
        Robustness("border", 0.8, 0.75, 0.85),
        Robustness("noise", 0.82, 0.77, 0.87),
    ),
)


def make_report(
    posts: Sequence[Post] | None = None,
    labels: Sequence[int] | None = None,
    *,
    images: Sequence[str] | None = None,
    owner: Sequence[int] | None = None,
    refusals: tuple[Refusal, ...] = (),
    remarks: tuple[Remark, ...] = (),
    method: Method = METHOD,
    lang: str = "en",
    title: str = "Three houses",
    notes: ClusterNotes = NO_NOTES,
    url: str = "",
    further: Sequence[str] = (),
    similarity: SimilarityFacts = SIMILARITY,
    tags: Tags = NO_TAGS,
    fields: tuple[Field, ...] = (),
    groups: BrandGroups | None = None,
    within: str = "",
    benchmark: Benchmark | None = None,
) -> Report:
    """Return a report of `posts`; by default 60 of three brands in two clusters, with five unclustered.

    A report with a `url` is public. `owner` is as in `make_mapped`. `further` are the names of maps beside the main
    one, each of one facet.
    """
    posts = posts or [make_post(index, BRANDS[index % 3 if index < 50 else 0]) for index in range(60)]
    if labels is None:
        labels = [-1 if index % 12 == 11 else 0 if index % 5 < 3 else 1 for index in range(len(posts))]
    table = PostTable(
        source="posts.xlsx",
        tables=(
            TableRead(
                "posts.xlsx",
                "posts",
                len(posts) + len(refusals),
                {"brand": "House", "thumbnail": "Image URL", "likes": "J'aime"},
            ),
        ),
        posts=tuple(posts),
        refusals=refusals,
        remarks=remarks,
        fields=fields,
    )
    quality = Quality(float(np.mean(np.array(labels) < 0)), 0.972, 0.951, 0.88, 0.61, 0.74, 0.42)
    settings = SiteSettings(title=title, lang=lang, url=url, public=bool(url))  # type: ignore[arg-type]
    mapped = make_mapped(posts, labels, images, owner)
    history = MapHistory(
        basis="cd" * 32,
        made=BUILT,
        posts=len(posts),
        trustworthiness=0.972,
        placed=0,
        columns=mapped.lattice.columns,
        lines=mapped.lattice.lines,
        fill=0.5,
        numbers=max(labels, default=-1) + 1,
    )
    maps = [make_map("overall", "Overall", mapped, history)]
    for name in further:
        maps.append(make_map(f"m-{name.lower()}", name, mapped, history, turn=len(maps)))
    more = {"groups": groups or BrandGroups(), "within": within, "benchmark": benchmark}
    facts = ReportFacts(table, refusals, method, quality, tuple(maps), similarity, BUILT, tags, **more)
    return build_report(facts, mapped, notes, settings, {})


def make_map(key: str, name: str, mapped: MappedPosts, history: MapHistory, turn: int = 0) -> ShownMap:
    """Return a map of the mapped posts; all but the main one, `turn` 0, are turned."""
    points = mapped.points if turn == 0 else np.roll(mapped.points, turn, axis=0)[:, ::-1]
    lattice = mapped.lattice if turn == 0 else assign_cells(points, 0.5)
    weights = {"content": 0.5, "colour": 0.15, "composition": 0.35} if turn == 0 else {name.lower(): 1.0}
    history = replace(history, columns=lattice.columns, lines=lattice.lines)
    near = mapped.near if turn == 0 else nearest_images(points.astype(np.float32))
    return ShownMap(key, name, weights, points, lattice, near, 0.972, history)


def write_site(report: Report, folder: Path) -> Path:
    """Write the report's pages and assets, without pictures, mosaics or data."""
    groups = [("brand", group) for group in report.brands]
    groups += [("territory", group) for group in report.territories]
    groups += [("cluster", group) for group in [*report.clusters, *([report.noise] if report.noise else [])]]
    write_pages(report, folder, {"all": PIXEL, **{f"{kind}-{group.key}": PIXEL for kind, group in groups}})
    write_assets(folder)
    return folder
