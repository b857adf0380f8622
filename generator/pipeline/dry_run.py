"""Say what a build would do: which stage is cached, which is not, and why."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.collection.collect import Collection, Collector
from generator.collection.further_images import list_addresses, takes_all
from generator.collection.image_cache import ImageCache
from generator.collection.image_places import find_places
from generator.collection.withdrawal import Withdrawal
from generator.embedding.engines import offers_bfloat16
from generator.embedding.networks import network_name
from generator.embedding.recipe import Recipe, choose_recipe
from generator.history.continuity import Continuity
from generator.history.previous import PreviousReport
from generator.images.fetch import FetchedImage, FetchFailure, find_images
from generator.images.places import ImagePlaces
from generator.pipeline import map_stages, stages
from generator.pipeline.benchmark_posts import (
    BenchmarkTable,
    choose_network,
    collect_benchmark,
    find_benchmark_inputs,
    read_benchmark,
)
from generator.pipeline.build import Baseline, continue_report, shows_all
from generator.pipeline.run import Run
from generator.pipeline.sources import Sources, read_sources
from generator.pipeline.stages import CELLS, CLUSTERS, FEATURES, MAP, NEIGHBOURS, Stage
from generator.pipeline.table_stage import read_table
from generator.pipeline.write_site import Request
from generator.progress import SilentProgress
from generator.report.within import check_within
from generator.settings import Precision, Settings
from generator.site.manifest import is_intact, read_manifest
from generator.spreadsheet.posts import FURTHER, PostTable
from generator.spreadsheet.sources import Inputs

#: The stages that it names, in the order of a build.
_NAMED = (FEATURES, NEIGHBOURS, MAP, CLUSTERS, CELLS)
#: Changes of what a site depends on in words; a setting says its two values.
_CHANGES = {
    "program": "Brandscape has another version",
    "features": "the network changed",
    "images": "images changed",
    "posts": "posts changed",
    "rows": "the other rows of the spreadsheet changed",
    "notes": "the notes on clusters changed",
    "examples": "the examples changed",
    "tags": "the corrections of tags changed",
    "marks": "your tags and notes on posts changed",
    "benchmark": "the benchmark changed",
    "vocabulary": "your own terms changed",
    "maps": "the maps changed",
}
_MAP_REASONS = {
    "": "the earlier map stays and only new images are placed",
    "asked": "you asked for a fresh map",
    "features": "the earlier map was made by another network or with other settings",
    "few": "too few of the posts were on the earlier map",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a build: how much of it is cached, how much is left to do, and why."""

    name: str
    kept: int
    to_do: int
    said: str


def plan_build(inputs: Inputs, out: Path, run: Run, baseline: Baseline | None = None) -> list[Step]:
    """Return what `build_site` would do. Ask the network for nothing and keep only digests of local files.

    Raises SpreadsheetError and SettingsError as a build would.
    """
    baseline = baseline or Baseline()
    run = dataclasses.replace(run, progress=SilentProgress())
    settings = run.settings
    sources = read_sources(inputs.folder, settings)
    places = find_places(inputs, settings)
    withdrawal = Withdrawal(places, settings, run.store, run.progress, writes=False)
    compared = find_benchmark_inputs(settings)
    benchmark = read_benchmark(run, compared, withdrawal) if compared else None
    table = read_table(inputs, settings, run.store, withdrawal)
    check_within(settings, table)
    recipe = choose_recipe(settings.embedding, True, run.progress)
    steps, image_cache = _plan_images(run, table, places, withdrawal, recipe)
    absent, missing = steps[1].to_do, steps[2].to_do
    if benchmark:
        step, digest = _plan_benchmark(benchmark, image_cache.recipe, sources, out)
        steps, sources = [*steps, step], dataclasses.replace(sources, benchmark_digest=digest)

    if missing or absent > _count_lost(out):
        new = missing + absent
        why = f"to do, because {new:,} image{' is' if new == 1 else 's are'} new"
        return [*steps, *(Step(name, 0, 1, why) for name in (*(stage.label for stage in _NAMED), "site"))]
    collector = Collector(_work_offline(settings), run.store, run.progress, withdrawal)
    collection = collector.collect(table, places, image_cache, sources.examples)
    shown = stages.list_inputs(run, collection, sources)
    previous = baseline.find(out)
    manifest = read_manifest(out) or {}
    if absent:  # as many as failed before: a build tries them again, and will most likely fail again
        shown["rows"] = (manifest.get("inputs") or {}).get("rows", shown["rows"])
    if shows_all(out, Request(shown, baseline.request_text(previous))):
        up_to_date = "up to date" + (f", unless one of {absent:,} missing images is available now" if absent else "")
        return [*steps, *(Step(stage.label, 1, 0, "kept") for stage in _NAMED), Step("site", 1, 0, up_to_date)]
    before = continue_report(run, previous, collection, image_cache, baseline)
    changes = _describe_changes(manifest.get("inputs") or {}, shown, before)
    steps += _plan_stages(run, collection, changes, before)
    return [*steps, Step("site", 0, 1, _site_reason(out, manifest, changes, previous))]


def _work_offline(settings: Settings) -> Settings:
    """Return the settings for a look at what is kept: nothing is fetched or perturbed."""
    similarity = dataclasses.replace(settings.similarity, disturbed=0)
    return dataclasses.replace(settings, similarity=similarity, fetch=dataclasses.replace(settings.fetch, offline=True))


def _plan_images(
    run: Run, table: PostTable, places: ImagePlaces, withdrawal: Withdrawal, recipe: Recipe
) -> tuple[list[Step], ImageCache]:
    """Return the steps until the images of a table are embedded, and the cache that holds them."""
    steps = [Step("posts", len(table.posts), 0, f"{len(table.posts):,} posts, {len(table.refusals):,} rows refused")]
    settings = _work_offline(run.settings)
    addresses = list_addresses(table.posts, takes_all(settings, recipe))
    outcomes, _ = find_images(addresses, places, settings.fetch, run.store, withdrawal.covers, keeps=False)
    present = [image for image in outcomes.values() if isinstance(image, FetchedImage)]
    failures = [image for image in outcomes.values() if isinstance(image, FetchFailure)]
    absent = sum(failure.reason == "not_in_cache" for failure in failures)
    steps.append(Step("downloads", len(present), absent, f"{len(present):,} images here, {absent:,} to download"))
    image_cache, missing = _open_cache(recipe, run, present)
    cached = len({image.sha256 for image in present}) - missing
    text = f"{cached:,} kept, {missing:,} to decode and embed with {network_name(recipe.model)}"
    return [*steps, Step("images", cached, missing, text)], image_cache


def _plan_benchmark(benchmark: BenchmarkTable, recipe: Recipe, sources: Sources, out: Path) -> tuple[Step, str]:
    """Return what is to do for a benchmark's posts, as one step, and its digest; "" if something is missing."""
    table, places, withdrawal = benchmark.table, benchmark.places, benchmark.withdrawal
    steps, _ = _plan_images(benchmark.run, table, places, withdrawal, choose_network(benchmark.run, recipe))
    step = Step("benchmark", steps[-1].kept, sum(one.to_do for one in steps), "; ".join(one.said for one in steps))
    absent, missing = steps[1].to_do, steps[2].to_do
    if missing or absent > _count_lost(out, "benchmark"):
        return step, ""
    offline = dataclasses.replace(benchmark.run, settings=_work_offline(benchmark.run.settings))
    collected = collect_benchmark(dataclasses.replace(benchmark, run=offline), recipe, sources, None)
    digest = dataclasses.replace(collected, run=benchmark.run).digest
    if absent:  # as many as failed before: those rows are as they were
        former = str(((read_manifest(out) or {}).get("inputs") or {}).get("benchmark", ""))
        digest = f"{digest.partition(' ')[0]} {former.partition(' ')[2]}"
    return step, digest


def _open_cache(recipe: Recipe, run: Run, present: Sequence[FetchedImage]) -> tuple[ImageCache, int]:
    """Return the cache of images, and how many are missing; of two precisions, that in which fewer are."""
    precisions: list[Precision] = ["float32", "bfloat16"] if offers_bfloat16(recipe) else ["float32"]
    recipes = [recipe.computed_in(precision) for precision in precisions] if recipe.precision == "auto" else [recipe]
    caches = [ImageCache(one, run.settings.images, run.store) for one in recipes]
    return min(((cache, len(cache.missing(present))) for cache in caches), key=lambda pair: pair[1])


def _count_lost(out: Path, part: str = "") -> int:
    """Return how many images of the report in the output folder, or of a part of it, failed to download."""
    figures = (read_manifest(out) or {}).get("figures") or {}
    figures = (figures.get(part) or {}) if part else figures
    refused = figures.get("refused") or {}
    return int(sum(refused.get(reason, 0) for reason in ("download_failed", "private_address", "not_in_cache")))


def _plan_stages(run: Run, collection: Collection, changes: Mapping[str, str], before: Continuity | None) -> list[Step]:
    # every post has its place and cell on the earlier map
    is_whole = before is not None and before.stays and bool((before.positions >= 0).all())
    steps = []
    for stage, key in _stage_keys(run, collection, before).items():
        given = is_whole and (stage is MAP or (stage is CELLS and "mosaic.fill" not in changes))
        if given or run.store.has(stage.name, key):
            steps.append(Step(stage.label, 1, 0, "kept"))
            continue
        reasons = [why for name, why in changes.items() if name in stage.inputs()]
        if stage is MAP and before is not None:
            reasons.append(_MAP_REASONS[before.why])
        text = "to do, because " + ("; ".join(reasons) or "it was never done or is gone")
        steps.append(Step(stage.label, 0, 1, text))
    return steps


def _stage_keys(run: Run, collection: Collection, before: Continuity | None) -> dict[Stage, str]:
    """Return the key of each named stage of the main map."""
    mix_key = stages.mix_key(run, collection, run.maps[0])
    map_key = map_stages.map_key(run, mix_key, before)
    neighbours = map_stages.count_neighbours(collection.owner, run.settings)
    return {
        FEATURES: FEATURES.key(run.settings, collection.key),
        NEIGHBOURS: map_stages.neighbours_key(run, mix_key, neighbours),
        MAP: map_key,
        CLUSTERS: map_stages.clusters_key(run, map_key, collection.owner),
        CELLS: CELLS.key(run.settings, map_key),
    }


def _describe_changes(old: Mapping[str, str], new: Mapping[str, str], before: Continuity | None) -> dict[str, str]:
    """Return what changed since the site in the output folder, by input, each in a few words."""
    changes = {}
    for name, value in new.items():
        if old and old.get(name) != value:
            plain = f"{name.rpartition('.')[2]} was {old.get(name, 'not known')} and is {value}"
            changes[name] = _CHANGES.get(name, plain)
    if "images" in changes and before is not None:
        added = int((before.positions < 0).sum())
        gone = len(before.previous.posts) - (len(before.positions) - added)
        ids = (*before.ids, *(post.id for post in before.previous.posts))
        kind = "images" if any(FURTHER in one for one in ids) else "posts"
        changes["images"] = f"{added:,} {kind} are new and {gone:,} gone"
        changes.pop("posts", None)
    return changes


def _site_reason(
    out: Path, manifest: Mapping[str, object], changes: Mapping[str, str], previous: PreviousReport | None
) -> str:
    if not manifest:
        return f"to write: there is no report in {out}"
    if changes:
        return "to write, because " + "; ".join(changes.values())
    if not is_intact(out, dict(manifest)):
        return f"to write, because files of the report in {out} are missing or altered"
    return "to write, because the map continues another report" if previous else "to write"
