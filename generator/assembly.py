"""A whole site from everything that was found: pictures, data, pages, and the manifest of them all."""

from __future__ import annotations

import base64
import dataclasses
import json
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from generator import __version__, resources, stages
from generator.gallery import Gallery
from generator.progress import Progress
from generator.settings import Settings
from generator.staging import staged_site, write_manifest
from generator.store import Store, digest_of

if TYPE_CHECKING:
    from generator.pipeline import Collection
    from generator.report import Mapped, Report


def site_key(collection: Collection, settings: Settings) -> str:
    """Everything a site depends on, so that one that already shows it all need not be built again."""
    content = [dataclasses.asdict(collection.table), [dataclasses.asdict(refusal) for refusal in collection.refusals]]
    chosen = [
        dataclasses.asdict(part)
        for part in (settings.map, settings.clusters, settings.mosaic, settings.images, settings.site)
    ]
    return digest_of(
        __version__,
        resources.source_digest(),
        collection.key,
        collection.recipe.fallback,
        json.dumps([content, chosen], default=str, sort_keys=True),
    )


def assemble_site(
    collection: Collection,
    gallery: Gallery,
    out: Path,
    key: str,
    settings: Settings,
    store: Store,
    built: datetime,
    progress: Progress,
) -> None:
    """Map the collection and write its whole site, which replaces the one in `out` once it is complete."""
    from generator.exports import write_exports
    from generator.mosaics import draw_mosaics, draw_scatters
    from generator.site import write_assets, write_pages
    from generator.viewer_data import encode_posts

    mapped, report = _make_report(collection, gallery, settings, store, built, progress)
    with staged_site(out) as folder:
        _write_pictures(mapped, gallery, folder, progress)
        colours = [report.clusters[label].colour if label >= 0 else None for label in mapped.labels.tolist()]
        mosaics = draw_mosaics(report, mapped, colours, gallery, folder, out, settings.mosaic, progress)
        scatter = draw_scatters(mapped, colours, gallery, folder, out, settings.mosaic, progress)
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
                "key": key,
                "figures": _figures(report),
                "mosaics": {name: mosaic.key for name, mosaic in mosaics.items()},
                "scatter": scatter,
            }
            write_manifest(folder, facts)


def _make_report(
    collection: Collection,
    gallery: Gallery,
    settings: Settings,
    store: Store,
    built: datetime,
    progress: Progress,
) -> tuple[Mapped, Report]:
    from generator.report import Mapped, Method, Quality, build_report

    recipe = collection.recipe

    def features() -> np.ndarray:
        if collection.vectors is not None:
            return collection.vectors
        embeddings = gallery.embeddings(collection.images)
        if recipe.model != "builtin":
            return embeddings
        from generator.embedding.builtin import combine_descriptors

        return combine_descriptors(embeddings, settings.map.seed)

    map_key = stages.map_key(collection.key, settings.map)
    image_map = stages.make_map(map_key, features, settings.map, store, progress)
    clusters_key = stages.clusters_key(map_key, settings.clusters)
    clusters = stages.find_clusters(clusters_key, image_map.points, settings.clusters, store, progress)
    lattice_key = stages.lattice_key(map_key, settings.mosaic.fill)
    cells = stages.place_cells(lattice_key, image_map, settings.mosaic.fill, store, progress)
    near = stages.find_neighbours(stages.neighbours_key(map_key), image_map.reduced, store, progress)

    mapped = Mapped(
        posts=collection.posts,
        images=collection.images,
        features=image_map.reduced,
        points=image_map.points,
        labels=clusters.labels,
        lattice=cells.lattice,
        near=near,
    )
    method = Method(
        model=recipe.model,
        weights_sha256=recipe.weights_sha256,
        pooling=recipe.pooling,
        pca=settings.map.pca,
        perplexity=settings.map.perplexity,
        eps=clusters.eps,
        min_samples=clusters.min_samples,
        seed=settings.map.seed,
        versions={"brandscape": __version__, **image_map.versions, "pillow": version("pillow")},
        dimensions=image_map.dimensions,
        fallback=recipe.fallback,
    )
    quality = Quality(
        noise_share=float(np.mean(clusters.labels < 0)),
        trustworthiness=image_map.trustworthiness,
        lattice_trustworthiness=cells.trustworthiness,
    )
    report = build_report(collection.table, collection.refusals, mapped, method, quality, settings.site, built)
    return mapped, report


def _write_pictures(mapped: Mapped, gallery: Gallery, folder: Path, progress: Progress) -> None:
    images = sorted(set(mapped.images))
    (folder / "images").mkdir()
    with progress.stage("Pictures", len(images)) as stage:
        for sha256 in images:
            (folder / "images" / f"{sha256[:16]}.jpg").write_bytes(gallery.picture(sha256))
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
    }
