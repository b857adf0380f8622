"""One build from start to end: rows → posts → images → embeddings → maps → clusters → cells → tiles → report → pages.

Work on one image is keyed by the bytes of the image; a stage is keyed by its settings, what it is given and its
version. So a change runs again only what depends on it, and an interrupted run continues where it stopped.
"""

from __future__ import annotations

import contextlib
import time
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from generator.cache.lock import sole_build
from generator.collection.collect import Collection, Collector
from generator.collection.image_cache import ImageCache
from generator.collection.image_places import find_places
from generator.collection.withdrawal import Withdrawal
from generator.embedding.recipe import choose_recipe
from generator.errors import DamagedCacheError
from generator.history.continuity import Continuity, match_reports
from generator.history.previous import PreviousReport, find_previous, open_previous
from generator.insights.posting.group_shares import LEAST_MEMBERS
from generator.pipeline.benchmark_posts import collect_benchmark, find_benchmark_inputs, read_benchmark
from generator.pipeline.own_terms import check_own_terms
from generator.pipeline.run import Run
from generator.pipeline.sources import read_sources
from generator.pipeline.stages import list_inputs, map_bases
from generator.pipeline.table_stage import read_table
from generator.pipeline.write_site import Request, write_site
from generator.report.within import check_within
from generator.site.manifest import check_weight, is_intact, read_manifest
from generator.site.staging import check_output, recover_site
from generator.spreadsheet.sources import Inputs
from generator.text import list_names
from generator.workers import Workers, parse_scheduler


@dataclass(frozen=True, slots=True)
class Summary:
    """What a build did, for the terminal and for scripts."""

    site: Path
    changed: bool  # False if the site already showed all this
    seconds: float
    bytes: int
    figures: dict[str, Any]  # title, rows, posts, images, brands, clusters, noise_share, refused, model


@dataclass(frozen=True, slots=True)
class Baseline:
    """The earlier report that a build continues: the one in `previous`, else the one in the output folder.

    `fresh` makes a new map all the same; clusters then keep their keys where they can.
    """

    previous: Path | None = None
    fresh: bool = False

    def find(self, out: Path) -> PreviousReport | None:
        """Return the earlier report. Raises SettingsError if one was named that cannot be read."""
        return open_previous(self.previous) if self.previous else find_previous(out)

    def request_text(self, earlier: PreviousReport | None) -> str:
        """Return what was asked of the map, as a site remembers it."""
        digest = earlier.digest if self.previous and earlier else ""
        return f"{digest} fresh".strip() if self.fresh else digest


def build_site(inputs: Inputs, out: Path, run: Run, baseline: Baseline = Baseline()) -> Summary:
    """Build the report of `inputs` into the folder `out`, doing only what is not yet done.

    The site in `out` is replaced by a complete new one, or left as it was. Raises BrandscapeError for whatever the
    user can fix.
    """
    check_output(out)
    with sole_build(out, run.store):
        recover_site(out)
        try:
            return _build(inputs, out, run, baseline)
        except DamagedCacheError:
            # damage shows when an entry is read; all damaged entries are removed at once
            run.progress.warn("The cache is damaged. Its damaged entries are being made again.")
            run.store.sweep()
            return _build(inputs, out, run, baseline)


def _build(inputs: Inputs, out: Path, run: Run, baseline: Baseline) -> Summary:
    start = time.monotonic()
    scheduler = parse_scheduler(run.settings.run.scheduler)
    sources = read_sources(inputs.folder, run.settings)
    check_own_terms(run, sources.vocabulary)
    compared = find_benchmark_inputs(run.settings)
    places = find_places(inputs, run.settings)
    withdrawal = Withdrawal(places, run.settings, run.store, run.progress)
    previous = baseline.find(out)
    shown = previous and withdrawal.withhold(previous)
    benchmark = read_benchmark(run, compared, withdrawal) if compared else None
    table = read_table(inputs, run.settings, run.store, withdrawal)
    withdrawal.warn_of_unused()
    check_within(run.settings, table)
    faults = run.settings.brands.groups.list_faults({post.brand for post in table.posts}, LEAST_MEMBERS)
    for text in (*(notice.text for notice in table.notices), *faults):
        run.progress.warn(text)
    recipe = choose_recipe(run.settings.embedding, run.settings.fetch.offline, run.progress)
    with contextlib.ExitStack() as stack:
        if scheduler:
            workers = stack.enter_context(closing(Workers(scheduler, run.store, run.progress)))
            run = replace(run, workers=workers)
        collector = Collector(run.settings, run.store, run.progress, withdrawal, run.workers)
        image_cache = collector.open_cache(table, places, recipe)
        collection = collector.collect(table, places, image_cache, sources.examples)
        if unknown := collection.groups.unknown:
            run.progress.warn(f"The examples name {list_names(unknown, 5)}, but there is no such post.")
        withdrawal.warn_of_copies(
            collection.posts, lambda: image_cache.signatures(collection.images).hashes, collection.table
        )
        _save_vectors(run, collection, image_cache)
        others = collect_benchmark(benchmark, image_cache.recipe, sources, run.workers) if benchmark else None
        if others:
            sources = replace(sources, benchmark_digest=others.digest)

        request = Request(list_inputs(run, collection, sources), baseline.request_text(previous))
        changed = not shows_all(out, request)
        if changed:
            if others:
                sources = replace(sources, benchmark=others.summarise())
            before = continue_report(run, shown, collection, image_cache, baseline)
            write_site(run, collection, sources, image_cache, before, out, request)
    archive = out.resolve().with_suffix(".zip")
    if withdrawal.swept and archive.is_file():
        run.progress.warn(f"{archive.name} was packed before and still holds what was withdrawn. Pack it again.")
    manifest = read_manifest(out)
    assert manifest is not None
    size = check_weight(manifest["files"], run.settings.publish.max_report_size)
    return Summary(out, changed, time.monotonic() - start, size, manifest["figures"])


def shows_all(out: Path, request: Request) -> bool:
    """Return whether the site in `out` is complete, shows all that is requested, and came about as requested."""
    manifest = read_manifest(out)
    if manifest is None or manifest.get("inputs") != request.inputs or not is_intact(out, manifest):
        return False
    return not request.baseline or manifest.get("requested") == request.baseline


def continue_report(
    run: Run, previous: PreviousReport | None, collection: Collection, image_cache: ImageCache, baseline: Baseline
) -> Continuity | None:
    """Match the collection with the earlier report; None without one, or if none of its posts is left."""
    if previous is None:
        return None

    def hash_of(image: str) -> int:
        return int(image_cache.signatures([image]).hashes[0])

    bases = map_bases(run, collection, run.maps[0])
    return match_reports(previous, collection.posts, collection.images, hash_of, bases, baseline.fresh)


def _save_vectors(run: Run, collection: Collection, image_cache: ImageCache) -> None:
    """Write the vectors of the network to the file that the settings name, if any."""
    path = run.settings.embedding.save_vectors
    if path is None:
        return
    from generator.embedding.vector_files import save_vectors

    vectors = collection.vectors
    if vectors is None:
        vectors = image_cache.embeddings(collection.images).vectors
    save_vectors(path, [post.id for post in collection.posts], vectors)
