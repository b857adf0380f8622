"""A whole site from everything that was found: pictures, data, pages, and the manifest of them all."""

from __future__ import annotations

import base64
import dataclasses
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator import __version__, resources
from generator.cache.store import Store
from generator.collection.image_cache import ImageCache
from generator.digests import digest_of
from generator.history.continuity import Continuity
from generator.progress import Progress
from generator.report.cluster_notes import ClusterNotes
from generator.report.mapped_posts import MappedPosts
from generator.settings import Settings
from generator.similarity.mixes import plan_maps
from generator.site.manifest import check_weight, write_manifest
from generator.site.staging import OldSite, staged_site

if TYPE_CHECKING:
    from generator.collection.collect import Collection
    from generator.report.model import Report
    from generator.workers import Workers


def list_inputs(collection: Collection, notes: ClusterNotes, settings: Settings) -> dict[str, str]:
    """Everything a site depends on, by name, so that one that already shows it all need not be built again."""
    written = [sorted(notes.names.items()), sorted(notes.notes.items()), sorted(notes.hidden)]
    table = dataclasses.asdict(collection.table)
    posts = table.pop("posts")
    rows = [table, [dataclasses.asdict(refusal) for refusal in collection.refusals]]
    chosen = {
        f"{section}.{name}": str(value)
        for section in ("posts", "similarity", "map", "mosaic", "images", "site")
        for name, value in dataclasses.asdict(getattr(settings, section)).items()
        # would name in the site what was withdrawn from it; the posts say what it did, as do the examples
        if name not in ("exclude", "examples")
    }
    return {
        "program": digest_of(__version__, resources.source_digest()),
        "features": digest_of(collection.recipe.key, collection.recipe.fallback),
        "images": digest_of(*collection.images),
        "posts": digest_of(json.dumps(posts, default=str, sort_keys=True)),
        "rows": digest_of(json.dumps(rows, default=str, sort_keys=True)),
        "notes": digest_of(json.dumps(written)),
        "examples": digest_of(collection.examples.said),
        "maps": "; ".join(f"{mix.name}: {mix.said}" for mix in plan_maps(settings)),
        "clusters.eps": str(settings.clusters.eps),
        "clusters.min_samples": str(settings.clusters.min_samples),
        **chosen,
    }


def assemble_site(
    collection: Collection,
    notes: ClusterNotes,
    image_cache: ImageCache,
    before: Continuity | None,
    out: Path,
    inputs: Mapping[str, str],
    asked: str,
    settings: Settings,
    store: Store,
    built: datetime,
    progress: Progress,
    workers: Workers | None = None,
) -> None:
    """Map the collection and write its whole site, which replaces the one in `out` once it is complete.

    `before` is the report it goes on from; `inputs` and `asked` are what the site is to be known by later;
    `workers` draw its mosaics where there are any.
    """
    from generator.history.compare import keep_pictures, tell_changes
    from generator.mosaics.social_image import draw_social_image
    from generator.pipeline.analyse import make_report
    from generator.pipeline.mosaics import draw_mosaics, draw_scatters, write_further_maps
    from generator.report.address import SOCIAL_IMAGE
    from generator.site.assets import write_assets
    from generator.site.data_files import write_exports
    from generator.site.pages import write_pages
    from generator.site.viewer_data import encode_posts, encode_shared

    making = make_report(collection, notes, image_cache, before, settings, store, built, progress)
    mapped, report = making.mapped, making.report
    changes = tell_changes(before, report, notes.hidden)
    with staged_site(out) as folder:
        old = OldSite(out)
        _write_pictures(mapped, image_cache, folder, old, inputs, progress)
        if changes and before:
            report = dataclasses.replace(report, changes=keep_pictures(changes, before.previous, folder))
        colours = [report.clusters[label].colour if label >= 0 else None for label in mapped.labels.tolist()]
        mosaics = draw_mosaics(
            report, mapped, colours, image_cache, before, folder, old, settings.mosaic, progress, workers
        )
        write_further_maps(report, mapped, making.charts, folder)
        scatter = draw_scatters(mapped, colours, image_cache, folder, old, settings.mosaic, progress)
        if report.address:
            card = draw_social_image(mapped.lattice, lambda index: image_cache.cell(mapped.images[index]))
            (folder / SOCIAL_IMAGE).write_bytes(card)
        with progress.step("Pages"):
            overviews = {
                name: "data:image/jpeg;base64," + base64.b64encode(mosaic.overview).decode()
                for name, mosaic in mosaics.items()
            }
            write_pages(report, folder, overviews)
            write_assets(folder)
            write_exports(report, folder / "data")
            for name, text in {**encode_posts(report), **encode_shared(report.maps, making.sharing)}.items():
                (folder / "data" / name).write_text(text, encoding="utf-8", newline="\n")
            facts = {
                "inputs": dict(inputs),
                "asked": asked,
                "figures": _figures(report),
                "mosaics": {name: mosaic.key for name, mosaic in mosaics.items()},
                "scatter": scatter,
            }
            check_weight(write_manifest(folder, facts), settings.publish.max_report_size)


def _write_pictures(
    mapped: MappedPosts,
    image_cache: ImageCache,
    folder: Path,
    old: OldSite,
    inputs: Mapping[str, str],
    progress: Progress,
) -> None:
    """Write every post's picture; those that `old` shows, made in the same way, are taken from there."""
    images = sorted(set(mapped.images))
    made = old.tell("inputs") or {}
    same = all(made.get(name) == inputs[name] for name in ("program", "images.picture_size"))
    (folder / "images").mkdir()
    with progress.step("Pictures", len(images)) as step:
        for sha256 in images:
            name = f"images/{sha256[:16]}.jpg"
            if not (same and old.give(name, folder)):
                (folder / name).write_bytes(image_cache.picture(sha256))
            step.advance()


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
        "maps": [shown.name for shown in report.maps],
        "examples": _tell_examples(report),
        "map": {
            "made": report.history.made.isoformat(),
            "placed_since": report.history.placed,
            "fresh_would_be_better": report.history.is_worn(len(report.posts)),
        },
        "changes": _count_changes(report),
    }


def _tell_examples(report: Report) -> dict[str, Any] | None:
    """What examples taught; None without any."""
    from generator.site.tables import finite

    taught = report.similarity.taught
    if taught is None:
        return None
    judged = {"before": finite(taught.before), "after": finite(taught.after)}
    return {"posts": taught.posts, "groups": taught.groups, **judged, "applied": taught.applied}


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
