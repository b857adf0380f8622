"""Write a whole site: pictures, data, pages, and the manifest of them all."""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.history.continuity import Continuity
from generator.pipeline.analyse import Analysis, analyse
from generator.pipeline.mosaics import Mosaic, Target, draw_mosaics, draw_scatters, write_further_maps
from generator.pipeline.run import Run
from generator.pipeline.sources import Sources
from generator.site.manifest import check_weight, write_manifest
from generator.site.staging import OldSite, staged_site
from generator.text import write_text

if TYPE_CHECKING:
    from generator.collection.collect import Collection
    from generator.collection.image_cache import ImageCache
    from generator.report.model import Report


@dataclasses.dataclass(frozen=True, slots=True)
class Request:
    """What a site shows and came about by, as its manifest remembers it: the same request changes nothing."""

    inputs: Mapping[str, str]  # see `stages.list_inputs`
    baseline: str  # what was asked of the map, see `Baseline.request_text`


def write_site(
    run: Run,
    collection: Collection,
    sources: Sources,
    image_cache: ImageCache,
    before: Continuity | None,
    out: Path,
    request: Request,
) -> None:
    """Map the collection and write its whole site, which replaces the one in `out` once it is complete.

    It continues the report `before`, and is known later by `request`.
    """
    from generator.history.compare import keep_pictures, tell_changes

    analysis = analyse(run, collection, sources, image_cache, before)
    changes = tell_changes(before, analysis.report, sources.notes.hidden)
    with staged_site(out) as folder:
        target = Target(folder, OldSite(out))
        _write_pictures(run, analysis, image_cache, target, request)
        if changes and before:
            pictured = keep_pictures(changes, before.previous, folder)
            analysis = dataclasses.replace(analysis, report=dataclasses.replace(analysis.report, changes=pictured))
        (folder / "data").mkdir()
        with ThreadPoolExecutor(1) as thread:
            data = thread.submit(_write_data, analysis, folder)  # while Pillow draws, which needs no Python for it
            mosaics = draw_mosaics(run, analysis, image_cache, before, target)
            write_further_maps(analysis, folder)
            scatter = draw_scatters(run, analysis, image_cache, target)
            _write_social_image(analysis, image_cache, folder)
        with run.progress.step("Writing pages"):
            data.result()
            _write_pages(analysis, mosaics, folder)
            facts = {
                "inputs": dict(request.inputs),
                "requested": request.baseline,
                "figures": _figures(analysis.report),
                "mosaics": {name: mosaic.key for name, mosaic in mosaics.items()},
                "scatter": scatter,
            }
            check_weight(write_manifest(folder, facts), run.settings.publish.max_report_size)


def _write_data(analysis: Analysis, folder: Path) -> None:
    """Write what does not depend on the mosaics: tables, the viewer's posts, styles and scripts."""
    from generator.site.assets import write_assets
    from generator.site.data_files import write_exports
    from generator.site.features import write_features
    from generator.site.viewer_data import encode_explanations, encode_posts

    report = analysis.report
    write_assets(folder)
    write_exports(report, folder / "data")
    write_features(analysis.mapped.features, folder / "data")
    for name, text in chain(encode_posts(report).items(), encode_explanations(report.maps, analysis.explanations)):
        write_text(folder / "data" / name, text)


def _write_pages(analysis: Analysis, mosaics: Mapping[str, Mosaic], folder: Path) -> None:
    from generator.site.pages import write_pages

    overviews = {
        name: "data:image/jpeg;base64," + base64.b64encode(mosaic.overview).decode() for name, mosaic in mosaics.items()
    }
    write_pages(analysis.report, folder, overviews)


def _write_social_image(analysis: Analysis, image_cache: ImageCache, folder: Path) -> None:
    """Write the picture that stands for a public report where a link to it is shown."""
    from generator.mosaics.social_image import draw_social_image
    from generator.report.address import SOCIAL_IMAGE

    if analysis.report.address:
        mapped = analysis.mapped
        picture = draw_social_image(mapped.lattice, lambda index: image_cache.cell(mapped.images[index]))
        (folder / SOCIAL_IMAGE).write_bytes(picture)


def _write_pictures(run: Run, analysis: Analysis, image_cache: ImageCache, target: Target, request: Request) -> None:
    """Write the picture of every image; those that the site before shows, made in the same way, are taken from it."""
    images = sorted(set(analysis.mapped.images))
    earlier = target.old.fact("inputs") or {}
    same = all(earlier.get(name) == request.inputs[name] for name in ("program", "images.picture_size"))
    (target.folder / "images").mkdir()
    with run.progress.step("Writing pictures", len(images)) as step:
        for sha256 in images:
            name = f"images/{sha256[:16]}.jpg"
            if not (same and target.old.reuse(name, target.folder)):
                (target.folder / name).write_bytes(image_cache.picture(sha256))
            step.advance()


def _figures(report: Report) -> dict[str, Any]:
    """Return what the command line prints of a finished report."""
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
        "examples": _example_figures(report),
        "map": {
            "made": report.history.made.isoformat(),
            "placed_since": report.history.placed,
            "fresh_would_be_better": report.history.is_worn(len(report.images)),
        },
        "benchmark": _benchmark_figures(report),
        "changes": _change_figures(report),
    }


def _example_figures(report: Report) -> dict[str, Any] | None:
    """Return what examples taught; None without any."""
    from generator.site.tables import finite

    learned = report.similarity.learned
    if learned is None:
        return None
    shares = {"before": finite(learned.before), "after": finite(learned.after)}
    return {"posts": learned.posts, "groups": learned.groups, **shares, "applied": learned.applied}


def _benchmark_figures(report: Report) -> dict[str, Any] | None:
    """Return what the brands are compared with; None without a benchmark."""
    beside = report.benchmark
    if beside is None:
        return None
    refused = beside.ledger.refused if beside.ledger else {}
    return {"title": beside.title, "posts": beside.posts, "brands": beside.brands, "refused": refused}


def _change_figures(report: Report) -> dict[str, Any] | None:
    """Return how many posts and clusters changed since the report before; None without one."""
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
