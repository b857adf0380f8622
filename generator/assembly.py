"""A whole site from everything that was found: pictures, data, pages, and the manifest of them all."""

from __future__ import annotations

import base64
import dataclasses
import json
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from generator import __version__, resources, stages
from generator.cluster_notes import ClusterNotes
from generator.continuity import Continuity
from generator.errors import SettingsError
from generator.gallery import Gallery
from generator.insights.duplicates import find_copies
from generator.mapped import Mapped, keep_posts
from generator.neighbours import SHOWN
from generator.posts import Refusal
from generator.progress import Progress
from generator.settings import PostSettings, Settings
from generator.staging import OldSite, check_weight, staged_site, write_manifest
from generator.store import Store, digest_of

if TYPE_CHECKING:
    from generator.pipeline import Collection
    from generator.report import Report
    from generator.workers import Workers


def list_ingredients(collection: Collection, notes: ClusterNotes, settings: Settings) -> dict[str, str]:
    """Everything a site depends on, by name, so that one that already shows it all need not be built again."""
    written = [sorted(notes.names.items()), sorted(notes.notes.items()), sorted(notes.hidden)]
    table = dataclasses.asdict(collection.table)
    posts = table.pop("posts")
    rows = [table, [dataclasses.asdict(refusal) for refusal in collection.refusals]]
    chosen = {
        f"{section}.{name}": str(value)
        for section in ("posts", "map", "mosaic", "images", "site")
        for name, value in dataclasses.asdict(getattr(settings, section)).items()
        if name != "exclude"  # would name in the site what was withdrawn from it; the posts say what it did
    }
    return {
        "program": digest_of(__version__, resources.source_digest()),
        "features": digest_of(collection.recipe.key, collection.recipe.fallback),
        "images": digest_of(*collection.images),
        "posts": digest_of(json.dumps(posts, default=str, sort_keys=True)),
        "rows": digest_of(json.dumps(rows, default=str, sort_keys=True)),
        "notes": digest_of(json.dumps(written)),
        "clusters.eps": str(settings.clusters.eps),
        "clusters.min_samples": str(settings.clusters.min_samples),
        **chosen,
    }


def assemble_site(
    collection: Collection,
    notes: ClusterNotes,
    gallery: Gallery,
    before: Continuity | None,
    out: Path,
    ingredients: Mapping[str, str],
    asked: str,
    settings: Settings,
    store: Store,
    built: datetime,
    progress: Progress,
    workers: Workers | None = None,
) -> None:
    """Map the collection and write its whole site, which replaces the one in `out` once it is complete.

    `before` is the report it goes on from; `ingredients` and `asked` are what the site is to be known by later;
    `workers` draw its mosaics where there are any.
    """
    from generator.card import draw_card
    from generator.changes_file import keep_pictures, tell_changes
    from generator.exports import write_exports
    from generator.mosaics import draw_mosaics, draw_scatters
    from generator.public_site import CARD
    from generator.site import write_assets, write_pages
    from generator.viewer_data import encode_posts

    mapped, report = _make_report(collection, notes, gallery, before, settings, store, built, progress)
    changes = tell_changes(before, report, notes.hidden)
    with staged_site(out) as folder:
        old = OldSite(out)
        _write_pictures(mapped, gallery, folder, old, ingredients, progress)
        if changes and before:
            report = dataclasses.replace(report, changes=keep_pictures(changes, before.previous, folder))
        colours = [report.clusters[label].colour if label >= 0 else None for label in mapped.labels.tolist()]
        mosaics = draw_mosaics(
            report, mapped, colours, gallery, before, folder, old, settings.mosaic, progress, workers
        )
        scatter = draw_scatters(mapped, colours, gallery, folder, old, settings.mosaic, progress)
        if report.address:
            card = draw_card(mapped.lattice, lambda index: gallery.cell(mapped.images[index]))
            (folder / CARD).write_bytes(card)
        with progress.stage("Pages"):
            overviews = {
                name: "data:image/jpeg;base64," + base64.b64encode(mosaic.overview).decode()
                for name, mosaic in mosaics.items()
            }
            write_pages(report, folder, overviews)
            write_assets(folder)
            write_exports(report, folder / "data")
            for name, text in encode_posts(report).items():
                (folder / "data" / name).write_text(text, encoding="utf-8", newline="\n")
            facts = {
                "ingredients": dict(ingredients),
                "asked": asked,
                "figures": _figures(report),
                "mosaics": {name: mosaic.key for name, mosaic in mosaics.items()},
                "scatter": scatter,
            }
            check_weight(write_manifest(folder, facts), settings.publish.fail_over)


def _make_report(
    collection: Collection,
    notes: ClusterNotes,
    gallery: Gallery,
    before: Continuity | None,
    settings: Settings,
    store: Store,
    built: datetime,
    progress: Progress,
) -> tuple[Mapped, Report]:
    from generator.report import MapHistory, Method, Quality
    from generator.report_builder import build_report

    recipe = collection.recipe

    def vectors() -> np.ndarray:
        if collection.vectors is not None:
            return collection.vectors
        embeddings = gallery.embeddings(collection.images)
        if recipe.model != "builtin":
            return embeddings
        from generator.embedding.builtin import combine_descriptors

        return combine_descriptors(embeddings, settings.map.seed)

    features_key = stages.features_key(collection.key, settings.map)
    features = stages.reduce_vectors(features_key, vectors, settings.map, store, progress)
    reduced = features.reduced
    map_key = stages.map_key(features_key, settings.map, before)
    wanted = stages.count_neighbours(len(reduced), settings.map)
    neighbours_key = stages.neighbours_key(features_key, wanted)
    nearest = stages.find_neighbours(neighbours_key, reduced, wanted, store, progress)
    image_map = stages.make_map(map_key, reduced, nearest, settings.map, before, store, progress)
    clusters_key = stages.clusters_key(map_key, settings.clusters)
    clusters = stages.find_clusters(clusters_key, image_map.points, settings.clusters, before, store, progress)
    lattice_key = stages.lattice_key(map_key, settings.mosaic.fill)
    cells = stages.place_cells(lattice_key, image_map, reduced, settings.mosaic.fill, before, store, progress)
    near = nearest[:, :SHOWN]
    trust = stages.measure_trust(clusters_key, near, image_map.points, clusters, settings.map.seed, store)

    fresh_numbers = tuple(range(1, len(trust.together) + 1))
    numbers = before.number_clusters(clusters.labels) if before else fresh_numbers
    traits = gallery.traits(collection.images)
    mapped = Mapped(
        posts=collection.posts,
        images=collection.images,
        features=reduced,
        points=image_map.points,
        labels=clusters.labels,
        cluster_numbers=numbers,
        together=trust.together,
        lattice=cells.lattice,
        near=near,
        traits=traits,
        copies=find_copies(collection.images, traits.hashes, near, reduced),
    )
    omitted = omit_posts(mapped, notes, settings.posts)
    if omitted:
        kept = np.array([post.id not in omitted for post in mapped.posts])
        if kept.sum() < 2:
            raise SettingsError("Every post is hidden.", "Take ids out of [hidden] in the file of cluster notes.")
        key = stages.neighbours_key(features_key, SHOWN, *sorted(omitted))
        mapped = keep_posts(mapped, kept, stages.find_neighbours(key, reduced[kept], SHOWN, store, progress))
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
        versions={"brandscape": __version__, **image_map.versions, "pillow": version("pillow")},
        dimensions=features.dimensions,
        fallback=recipe.fallback,
        repeats=settings.posts.repeats,
    )
    quality = Quality(
        noise_share=float(np.mean(mapped.labels < 0)),
        trustworthiness=image_map.trustworthiness,
        lattice_trustworthiness=cells.trustworthiness,
        stability=trust.stability,
        neighbours_kept=trust.neighbours_kept,
        neighbours_in_cluster=trust.neighbours_in_cluster,
    )
    refusals = tuple(sorted((*collection.refusals, *omitted.values()), key=lambda refusal: refusal.row))
    history = MapHistory(
        basis=collection.basis(settings.map),
        made=built,
        posts=len(collection.posts),
        trustworthiness=image_map.trustworthiness,
        placed=0,
        columns=cells.lattice.columns,
        lines=cells.lattice.lines,
        fill=settings.mosaic.fill,
        numbers=max(numbers, default=0),
    )
    if before is not None:
        history = before.go_on(history)
    known_names = before.name_clusters(settings.site.lang) if before else {}
    report = build_report(
        collection.table, refusals, mapped, notes, method, quality, history, settings.site, built, known_names
    )
    _warn_of_unused(notes, [cluster.key for cluster in report.clusters], collection, progress)
    return mapped, report


def omit_posts(mapped: Mapped, notes: ClusterNotes, settings: PostSettings) -> dict[str, Refusal]:
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


def _write_pictures(
    mapped: Mapped, gallery: Gallery, folder: Path, old: OldSite, ingredients: Mapping[str, str], progress: Progress
) -> None:
    """Write every post's picture; those that `old` shows, made in the same way, are taken from there."""
    images = sorted(set(mapped.images))
    made = old.tell("ingredients") or {}
    same = all(made.get(name) == ingredients[name] for name in ("program", "images.picture_size"))
    (folder / "images").mkdir()
    with progress.stage("Pictures", len(images)) as stage:
        for sha256 in images:
            name = f"images/{sha256[:16]}.jpg"
            if not (same and old.give(name, folder)):
                (folder / name).write_bytes(gallery.picture(sha256))
            stage.advance()


def _figures(report: Report) -> dict[str, Any]:
    """What the command line prints of a finished report."""
    return {
        "title": report.title,
        "rows": report.counts.rows,
        "posts": report.counts.posts,
        "images": report.counts.images,
        "refused": dict(report.counts.refused),
        "brands": len(report.brands),
        "clusters": len(report.clusters),
        "noise_share": report.quality.noise_share,
        "trustworthiness": report.quality.trustworthiness,
        "model": report.method.model,
        "map": {
            "made": report.history.made.isoformat(),
            "placed_since": report.history.placed,
            "fresh_would_be_better": report.history.is_worn(len(report.posts)),
        },
        "changes": _count_changes(report),
    }


def _count_changes(report: Report) -> dict[str, Any] | None:
    """How many posts and clusters are other than in the report before; None without one."""
    changes = report.changes
    if changes is None:
        return None
    counts = {
        "new": len(changes.new),
        "gone": len(changes.gone),
        "moved": len(changes.moved),
        "clusters": len(changes.clusters),
    }
    return {"since": changes.since.isoformat(), "map": changes.why or "stays", **counts}
