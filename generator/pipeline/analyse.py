"""What a collection's report is made of: its maps, what its images share, and all that the pages show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np

from generator import __version__
from generator.cache.store import Store
from generator.collection.image_cache import ImageCache
from generator.errors import SettingsError
from generator.history.continuity import Continuity
from generator.insights.duplicates import find_copies
from generator.pipeline.explain import describe_maps, describe_similarity, explain_all
from generator.pipeline.layouts import MapLayout, keep_images, lay_out
from generator.progress import Progress
from generator.report.builder import build_report
from generator.report.cluster_notes import ClusterNotes
from generator.report.mapped_posts import MappedPosts, keep_posts
from generator.report.model import Method, Quality, Report
from generator.settings import PostSettings, Settings
from generator.similarity.explanation import Explanations
from generator.spreadsheet.posts import Refusal

if TYPE_CHECKING:
    from generator.collection.collect import Collection


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """A report, and what is written beside its pages."""

    mapped: MappedPosts
    report: Report
    charts: tuple[MapLayout, ...]  # of the report's posts, the main map first
    sharing: Explanations


def make_report(
    collection: Collection,
    notes: ClusterNotes,
    image_cache: ImageCache,
    before: Continuity | None,
    settings: Settings,
    store: Store,
    built: datetime,
    progress: Progress,
) -> Analysis:
    """Map the collection, find what sets its brands apart, and say it as a report that goes on from `before`."""
    recipe = collection.recipe
    atlas = lay_out(collection, image_cache, before, settings, store, built, progress)
    main, clusters, trust = atlas.main, atlas.clusters, atlas.trust

    fresh_numbers = tuple(range(1, len(trust.together) + 1))
    numbers = before.number_clusters(clusters.labels) if before else fresh_numbers
    signatures = atlas.source.signatures
    mapped = MappedPosts(
        posts=collection.posts,
        images=collection.images,
        features=main.features,
        points=main.points,
        labels=clusters.labels,
        cluster_numbers=numbers,
        together=trust.together,
        lattice=main.lattice,
        near=main.near,
        signatures=signatures,
        copies=find_copies(collection.images, signatures.hashes, main.near, atlas.features.facets["content"].scores),
    )
    omitted = omit_posts(mapped, notes, settings.posts)
    kept = np.array([post.id not in omitted for post in mapped.posts])
    charts = atlas.charts
    if omitted:
        if kept.sum() < 2:
            raise SettingsError("Every post is hidden.", "Take ids out of [hidden] in the file of cluster notes.")
        charts = tuple(keep_images(chart, kept, omitted, store, progress) for chart in charts)
        mapped = keep_posts(mapped, kept, charts[0].near)
    sharing = explain_all(atlas, charts, kept, settings.map.seed, store, progress)
    method = Method(
        model=recipe.model,
        weights_sha256=recipe.weights_sha256,
        pooling=recipe.pooling,
        precision=recipe.precision,
        pca=settings.map.pca,
        perplexity=settings.map.perplexity,
        eps=clusters.eps,
        min_samples=clusters.min_samples,
        seed=settings.map.seed,
        versions={"brandscape": __version__, **main.versions, "pillow": version("pillow")},
        dimensions=atlas.features.dimensions,
        fallback=recipe.fallback,
        repeats=settings.posts.repeats,
    )
    quality = Quality(
        noise_share=float(np.mean(mapped.labels < 0)),
        trustworthiness=main.trustworthiness,
        lattice_trustworthiness=main.lattice_trustworthiness,
        stability=trust.stability,
        neighbours_kept=trust.neighbours_kept,
        neighbours_in_cluster=trust.neighbours_in_cluster,
    )
    refusals = tuple(sorted((*collection.refusals, *omitted.values()), key=lambda refusal: refusal.row))
    known_names = before.name_clusters(settings.site.lang) if before else {}
    maps = describe_maps(charts, max(numbers, default=0), settings.site.lang)
    similarity = describe_similarity(atlas, collection, image_cache, sharing.marked, settings, store)
    report = build_report(
        collection.table, refusals, mapped, notes, method, quality, maps, similarity, settings.site, built, known_names
    )
    _warn_of_unused(notes, [cluster.key for cluster in report.clusters], collection, progress)
    return Analysis(mapped, report, charts, sharing)


def omit_posts(mapped: MappedPosts, notes: ClusterNotes, settings: PostSettings) -> dict[str, Refusal]:
    """The posts that the report is to leave out, by id, each with the reason: hidden ones, and repeats counted once."""
    omitted = {}
    firsts: dict[tuple[int, str], int] = {}
    for post, code in zip(mapped.posts, mapped.copies.tolist(), strict=True):
        if post.id in notes.hidden:
            omitted[post.id] = Refusal(post.row, "hidden", "", post.brand, "")
            continue
        first = firsts.setdefault((code, post.brand), post.row)
        if first != post.row and settings.repeats == "once":
            omitted[post.id] = Refusal(post.row, "repeat", f"row {first}", post.brand, post.thumbnail)
    return omitted


def _warn_of_unused(notes: ClusterNotes, keys: list[str], collection: Collection, progress: Progress) -> None:
    """So that a name or note that fits nothing any more is not lost unseen."""
    if unknown := notes.unknown_keys(keys):
        progress.warn(f"The cluster notes name {', '.join(unknown)}, but this report has no such cluster.")
    if unknown := notes.unknown_posts([post.id for post in collection.posts]):
        shown = ", ".join(unknown[:5]) + (f" and {len(unknown) - 5} more" if len(unknown) > 5 else "")
        progress.warn(f"The cluster notes hide {shown}, but there is no such post.")
