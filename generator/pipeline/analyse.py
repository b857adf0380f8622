"""Analyse a collection: its maps, what its images share, and the report that all of it gives."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from generator import __version__
from generator.embedding.networks import network_name
from generator.errors import SettingsError
from generator.history.continuity import Continuity
from generator.insights.duplicates import find_copies
from generator.pipeline.explain import describe_maps, describe_similarity, explain_all
from generator.pipeline.layouts import MapLayout, MapLayouts, keep_images, lay_out
from generator.pipeline.map_stages import find_neighbours, neighbours_key
from generator.pipeline.own_terms import score_own_terms
from generator.pipeline.run import Run
from generator.pipeline.sources import Sources
from generator.pipeline.tag_stages import score_meanwhile, tag_posts
from generator.report.builder import ReportFacts, build_report
from generator.report.cluster_notes import ClusterNotes
from generator.report.map_facts import Method, Quality
from generator.report.mapped_posts import MappedPosts, keep_posts, renumber
from generator.report.model import Report
from generator.report.post_marks import find_marks
from generator.settings import PostSettings
from generator.similarity.explanation import Explanations
from generator.similarity.neighbours import SHOWN
from generator.spreadsheet.posts import Place, Refusal
from generator.text import list_names

if TYPE_CHECKING:
    from generator.collection.collect import Collection
    from generator.collection.image_cache import ImageCache


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """A report, and what is written beside its pages."""

    mapped: MappedPosts
    report: Report
    layouts: tuple[MapLayout, ...]  # of the report's posts, the main map first
    explanations: Explanations


def analyse(
    run: Run, collection: Collection, sources: Sources, image_cache: ImageCache, before: Continuity | None
) -> Analysis:
    """Map the collection and find what sets its brands apart, as a report that continues the one `before`."""
    notes = sources.notes
    with score_meanwhile(run, image_cache, sorted(set(collection.images))):
        maps = lay_out(run, collection, image_cache, before)
    mapped = _map_posts(run, collection, maps, before)
    omitted = omit_posts(mapped, notes, run.settings.posts)
    kept = np.array([mapped.posts[owner].id not in omitted for owner in mapped.owner.tolist()])
    layouts = maps.layouts
    # of all: a number is never given again, even if all posts of its cluster are hidden
    numbers = max(mapped.cluster_numbers, default=0), max(mapped.territory_numbers, default=0)
    if omitted:
        if kept.sum() < 2:
            raise SettingsError("Every post is hidden.", "Take ids out of [hidden] in the file of cluster notes.")
        owner = renumber(mapped.owner[kept])
        layouts = tuple(keep_images(run, layout, kept, owner, omitted) for layout in layouts)
        mapped = keep_posts(mapped, kept, layouts[0].near, _find_near_posts(run, layouts[0], owner, omitted))
    explanations = explain_all(run, maps, layouts, kept)
    own = score_own_terms(run, collection, image_cache, sources.vocabulary)
    if own is not None:
        own = [scored for scored, shown in zip(own, kept.tolist(), strict=True) if shown]
    tags = tag_posts(run, image_cache, mapped.posts, mapped.images, sources, own)
    if tags.unknown:
        run.progress.warn(f"The corrections of tags name {list_names(tags.unknown, 5)}, but there is no such post.")
    marks = find_marks(sources.marks, mapped.posts)
    if marks.unknown:
        run.progress.warn(
            f"Your tags and notes name {len(marks.unknown):,} posts that are not there: {list_names(marks.unknown, 5)}."
        )
    lang = run.settings.site.lang
    facts = ReportFacts(
        table=collection.table,
        refusals=tuple(sorted((*collection.refusals, *omitted.values()), key=lambda refusal: refusal.place)),
        method=_describe_method(run, collection, maps),
        quality=_describe_quality(mapped, maps),
        maps=describe_maps(layouts, numbers, lang),
        similarity=describe_similarity(run, maps, collection, image_cache, explanations.marked),
        built=run.built,
        tags=tags,
        marks=marks,
        followers=run.settings.brands.followers,
        groups=run.settings.brands.groups,
        within=run.settings.compare.within,
        benchmark=sources.benchmark,
    )
    known_names = before.name_groups(lang) if before else {}
    report = build_report(facts, mapped, notes, run.settings.site, known_names)
    if report.insights is None and (facts.within or facts.benchmark):
        run.progress.warn("Brands are not compared, since there is only one or no cluster; [compare] has no effect.")
    _warn_of_unused(run, notes, [group.key for group in (*report.clusters, *report.territories)], collection)
    return Analysis(mapped, report, layouts, explanations)


def _map_posts(run: Run, collection: Collection, maps: MapLayouts, before: Continuity | None) -> MappedPosts:
    main, signatures = maps.main, maps.source.signatures
    labels, together = maps.clusters.labels, maps.trust.together
    mapped = MappedPosts(
        posts=collection.posts,
        images=collection.images,
        owner=collection.owner,
        features=main.features,
        points=main.image_map.points,
        labels=labels,
        cluster_numbers=before.number_clusters(labels) if before else tuple(range(1, len(together) + 1)),
        together=together,
        set_apart=maps.trust.set_apart,
        lattice=main.lattice,
        near=main.near,
        near_posts=_find_near_posts(run, main, collection.owner, ()),
        signatures=signatures,
        copies=find_copies(collection.images, signatures.hashes, main.near, maps.features.facets["content"].scores),
        territories=tuple(maps.territories.tolist()),
        territory_numbers=tuple(range(1, int(maps.territories.max(initial=-1)) + 2)),
    )
    if before and mapped.territory is not None:
        return replace(mapped, territory_numbers=before.number_territories(mapped.territory))
    return mapped


def _find_near_posts(
    run: Run, layout: MapLayout, owner: NDArray[np.intp], omitted: Iterable[str]
) -> NDArray[np.integer]:
    """Return the posts whose first images are nearest to each post's: looks are compared by these."""
    posts = int(owner.max()) + 1
    if posts == len(owner):
        return layout.near
    key = neighbours_key(run, layout.key, SHOWN, "first images", *sorted(omitted))
    return find_neighbours(run, key, layout.features[:posts], SHOWN, "first images")


def _describe_method(run: Run, collection: Collection, maps: MapLayouts) -> Method:
    recipe, settings = collection.recipe, run.settings
    return Method(
        model=recipe.model,
        weights_sha256=recipe.weights_sha256,
        pooling=recipe.pooling,
        precision=recipe.precision,
        network=network_name(recipe.model),
        agreement=recipe.agreement,
        pca=settings.map.pca,
        perplexity=settings.map.perplexity,
        eps=maps.clusters.eps,
        min_samples=maps.clusters.min_samples,
        seed=settings.map.seed,
        versions={"brandscape": __version__, **maps.main.image_map.versions, "pillow": version("pillow")},
        dimensions=maps.features.dimensions,
        fallback=recipe.fallback,
        repeats=settings.posts.repeats,
    )


def _describe_quality(mapped: MappedPosts, maps: MapLayouts) -> Quality:
    return Quality(
        noise_share=float(np.mean(mapped.labels < 0)),
        trustworthiness=maps.main.image_map.trustworthiness,
        lattice_trustworthiness=maps.main.cells.trustworthiness,
        stability=maps.trust.stability,
        neighbours_kept=maps.trust.neighbours_kept,
        neighbours_in_cluster=maps.trust.neighbours_in_cluster,
        reference=maps.trust.reference,
    )


def omit_posts(mapped: MappedPosts, notes: ClusterNotes, settings: PostSettings) -> dict[str, Refusal]:
    """Return the posts that the report leaves out, by id: hidden ones, and repeats that count once.

    A post is a repeat if its first image is.
    """
    omitted = {}
    firsts: dict[tuple[int, str], Place] = {}
    for post, code in zip(mapped.posts[: mapped.count], mapped.copies[: mapped.count].tolist(), strict=True):
        if post.id in notes.hidden:
            omitted[post.id] = Refusal(post.row, "hidden", "", post.brand, "", table=post.table)
            continue
        first = firsts.setdefault((code, post.brand), post.place)
        if first != post.place and settings.repeats == "once":
            detail = f"row {first[1]}" + (" of another table" if first[0] != post.table else "")
            omitted[post.id] = Refusal(post.row, "repeat", detail, post.brand, post.thumbnail, table=post.table)
    return omitted


def _warn_of_unused(run: Run, notes: ClusterNotes, keys: list[str], collection: Collection) -> None:
    """Warn of names and notes that fit nothing any more, so that they are not lost unseen."""
    if unknown := notes.unknown_keys(keys):
        run.progress.warn(f"The cluster notes name {', '.join(unknown)}, but this report has no such cluster.")
    if unknown := notes.unknown_posts([post.id for post in collection.posts]):
        run.progress.warn(f"The cluster notes hide {list_names(unknown, 5)}, but there is no such post.")
