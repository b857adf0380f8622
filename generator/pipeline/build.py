"""The plan: rows → posts → images → embeddings → map → clusters → cells → tiles → report → pages.

Work on one image is keyed by the image's bytes; a stage is keyed by its settings, its inputs'
digests and its version; so a change re-runs only what depends on it, and a run that was
interrupted goes on where it stopped.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from generator.cache.lock import sole_build
from generator.cache.store import Store
from generator.collection.collect import Collection, collect_posts
from generator.collection.image_cache import ImageCache
from generator.collection.withdrawal import Withdrawal
from generator.embedding.recipe import choose_recipe
from generator.errors import DamagedCacheError, SettingsError
from generator.history.continuity import Continuity, compare_reports
from generator.history.previous import PreviousReport, find_previous, open_previous
from generator.pipeline import map_stages, similarity_stages
from generator.pipeline.write_site import assemble_site, list_inputs
from generator.progress import Progress
from generator.report.cluster_notes import FILE_NAME, read_cluster_notes
from generator.settings import Settings
from generator.similarity import examples as examples_file
from generator.similarity.examples import Examples, read_examples
from generator.similarity.mixes import plan_maps
from generator.site.manifest import check_weight, is_intact, read_manifest
from generator.site.staging import check_output, recover_site
from generator.workers import Workers, parse_scheduler


@dataclass(frozen=True, slots=True)
class Summary:
    """What a build did, for the terminal and for scripts."""

    site: Path
    changed: bool  # False where the site already showed all this
    seconds: float
    bytes: int
    figures: dict[str, Any]  # title, rows, posts, images, brands, clusters, noise_share, refused, model


@dataclass(frozen=True, slots=True)
class Baseline:
    """Which earlier report a build goes on from: the one in `previous`, else the one in the output folder.

    `fresh` asks for a new map all the same; clusters then keep their keys where they can.
    """

    previous: Path | None = None
    fresh: bool = False

    def find(self, out: Path) -> PreviousReport | None:
        """The earlier report. Raises SettingsError where one was named that cannot be read."""
        return open_previous(self.previous) if self.previous else find_previous(out)

    def say(self, found: PreviousReport | None) -> str:
        """What was asked of the map, as a site remembers it: the same asked again changes nothing."""
        given = found.digest if self.previous and found else ""
        return f"{given} fresh".strip() if self.fresh else given


def build_site(
    spreadsheet: Path,
    out: Path,
    settings: Settings,
    store: Store,
    built: datetime,
    progress: Progress,
    origin: Baseline = Baseline(),
) -> Summary:
    """Build the report of `spreadsheet` into the folder `out`, doing only what is not yet done.

    The site in `out` is replaced by a whole new one, or left as it was. Raises BrandscapeError for
    whatever the user can mend.
    """
    check_output(out)
    with sole_build(out, store):
        recover_site(out)
        try:
            return _build(spreadsheet, out, settings, store, built, progress, origin)
        except DamagedCacheError:
            # what is damaged shows when it is read; all of it is made again at once
            progress.warn("The cache is damaged. What is damaged of it is being made again.")
            store.sweep()
            return _build(spreadsheet, out, settings, store, built, progress, origin)


def _build(
    spreadsheet: Path,
    out: Path,
    settings: Settings,
    store: Store,
    built: datetime,
    progress: Progress,
    origin: Baseline,
) -> Summary:
    start = time.monotonic()
    scheduler = parse_scheduler(settings.run.scheduler)
    notes = read_cluster_notes(find_notes(spreadsheet, settings))
    examples = load_examples(spreadsheet, settings)
    withdrawal = open_withdrawal(spreadsheet, settings, store, progress)
    previous = origin.find(out)
    shown = previous and withdrawal.withhold(previous)
    table = map_stages.read_table(spreadsheet, settings.read, store, withdrawal)
    recipe = choose_recipe(settings.embedding, settings.fetch.offline, progress)
    image_cache = ImageCache(recipe, settings.images, store)
    folder = spreadsheet.resolve().parent
    with contextlib.ExitStack() as stack:
        workers = stack.enter_context(closing(Workers(scheduler, store, progress))) if scheduler else None
        collection = collect_posts(
            table, folder, image_cache, recipe, examples, settings, store, withdrawal, progress, workers
        )
        if unknown := collection.groups.unknown:
            said = ", ".join(unknown[:5]) + (f" and {len(unknown) - 5} more" if len(unknown) > 5 else "")
            progress.warn(f"The examples name {said}, but there is no such post.")
        withdrawal.warn_of_copies(collection.posts, lambda: image_cache.signatures(collection.images).hashes)
        _save_vectors_if_asked(collection, image_cache, settings)

        inputs, asked = list_inputs(collection, notes, settings), origin.say(previous)
        changed = not shows_all(out, inputs, asked)
        if changed:
            before = compare_with(shown, collection, image_cache, settings, origin)
            assemble_site(
                collection, notes, image_cache, before, out, inputs, asked, settings, store, built, progress, workers
            )
    archive = out.resolve().with_suffix(".zip")
    if withdrawal.swept and archive.is_file():
        progress.warn(f"{archive.name} was packed before and still holds what was withdrawn. Pack it again.")
    manifest = read_manifest(out)
    assert manifest is not None
    size = check_weight(manifest["files"], settings.publish.max_report_size)
    return Summary(out, changed, time.monotonic() - start, size, manifest["figures"])


def open_withdrawal(
    spreadsheet: Path, settings: Settings, store: Store, progress: Progress, writes: bool = True
) -> Withdrawal:
    """What the settings take out of a report of `spreadsheet`."""
    return Withdrawal(settings.fetch.images_root or spreadsheet.resolve().parent, settings, store, progress, writes)


def shows_all(out: Path, inputs: Mapping[str, str], asked: str) -> bool:
    """Whether the whole site in `out` shows all this, and came about as `asked`, if anything is."""
    manifest = read_manifest(out)
    if manifest is None or manifest.get("inputs") != inputs or not is_intact(out, manifest):
        return False
    return not asked or manifest.get("asked") == asked


def compare_with(
    previous: PreviousReport | None,
    collection: Collection,
    image_cache: ImageCache,
    settings: Settings,
    origin: Baseline,
) -> Continuity | None:
    """What stays of the earlier report; None where there is none, or none of its posts is left."""
    if previous is None:
        return None
    basis = similarity_stages.collection_basis(collection, settings, plan_maps(settings)[0], is_main=True)

    def hash_of(image: str) -> int:
        return int(image_cache.signatures([image]).hashes[0])

    return compare_reports(previous, collection.posts, collection.images, hash_of, basis, origin.fresh)


def find_notes(spreadsheet: Path, settings: Settings) -> Path:
    """Where the names and notes of clusters are kept. Raises SettingsError where a file named in settings is not."""
    return _find_beside(spreadsheet, settings.clusters.notes, "[clusters] notes", FILE_NAME)


def load_examples(spreadsheet: Path, settings: Settings) -> Examples:
    """The posts that somebody says belong together or do not. Raises SettingsError for what does not fit."""
    named = settings.similarity.examples
    return read_examples(_find_beside(spreadsheet, named, "[similarity] examples", examples_file.FILE_NAME))


def _find_beside(spreadsheet: Path, named: Path | None, setting: str, usual: str) -> Path:
    if named is not None and not named.is_file():
        raise SettingsError(f"There is no file {named}, which {setting} names.", "Write it, or name another.")
    return named or spreadsheet.resolve().parent / usual


def _save_vectors_if_asked(collection: Collection, image_cache: ImageCache, settings: Settings) -> None:
    path = settings.embedding.save_vectors
    if path is not None:
        from generator.embedding.vector_files import save_vectors

        brought = collection.vectors
        vectors = image_cache.embeddings(collection.images).vectors if brought is None else brought
        save_vectors(path, [post.id for post in collection.posts], vectors)
