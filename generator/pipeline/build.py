"""The plan: rows → posts → images → embeddings → map → clusters → cells → tiles → report → pages.

Work on one image is keyed by the image's bytes; a stage is keyed by its settings, its inputs'
digests and its version; so a change re-runs only what depends on it, and a run that was
interrupted goes on where it stopped.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from generator.cache.lock import sole_build
from generator.cache.store import Store, digest_of
from generator.collection.exclusion import withdraw_rows
from generator.collection.fill import Share, fill_by_workers, fill_gallery
from generator.collection.image_cache import Gallery, Workshop
from generator.collection.missing import check_missing
from generator.collection.withdrawal import Withdrawal
from generator.embedding.recipe import Recipe, choose_recipe
from generator.errors import DamagedCacheError, MissingImagesError, SettingsError, SpreadsheetError
from generator.history.continuity import Continuity, compare_reports
from generator.history.previous import PreviousReport, find_previous, open_previous
from generator.images.fetch import FetchedImage, FetchFailure, find_images
from generator.images.perturb import choose_disturbed
from generator.pipeline import map_stages, similarity_stages
from generator.pipeline.write_site import assemble_site, list_ingredients
from generator.progress import Progress
from generator.report.cluster_notes import FILE_NAME, read_cluster_notes
from generator.settings import Settings
from generator.similarity import examples as examples_file
from generator.similarity.examples import ExampleGroups, Examples, find_examples, read_examples
from generator.similarity.mixes import Mix, plan_maps
from generator.site.staging import check_output, check_weight, is_intact, read_manifest, recover_site
from generator.spreadsheet.cells import clean_line
from generator.spreadsheet.posts import Post, PostTable, Refusal
from generator.workers import Workers, parse_scheduler

if TYPE_CHECKING:
    from generator.embedding.engines import Engine

#: Fewer images than this cannot be mapped.
MIN_IMAGES = 5


@dataclass(frozen=True, slots=True)
class Collection:
    """The posts that can be shown, each with its image, and every row that cannot."""

    table: PostTable
    recipe: Recipe
    posts: tuple[Post, ...]
    images: tuple[str, ...]  # sha256 of each post's image
    refusals: tuple[Refusal, ...]
    vectors: NDArray[np.float32] | None  # (n, d), where the user brought them
    examples: Examples
    disturbed: tuple[str, ...]  # sha256 of images of which disturbed copies were looked at too

    @property
    def key(self) -> str:
        """All that a map of these posts depends on besides its settings."""
        return digest_of(self.recipe.key, *self.images, *(post.id for post in self.posts))

    @property
    def groups(self) -> ExampleGroups:
        """The examples among these posts. Raises SettingsError where they contradict each other."""
        return find_examples(self.examples, self.posts)

    def basis(self, settings: Settings, mix: Mix, is_main: bool = False) -> str:
        """What a map of such posts depends on besides which they are: maps of another basis have nothing in common.

        Only the main map is taught by examples.
        """
        # a file of vectors is another file whenever posts are added
        kind = f"vectors {self.vectors.shape[1]}" if self.vectors is not None else self.recipe.key
        taught = self.examples.said if is_main else ""
        return map_stages.map_basis(similarity_stages.mix_basis(kind, mix, taught, settings.map), settings.map)


@dataclass(frozen=True, slots=True)
class Summary:
    """What a build did, for the terminal and for scripts."""

    site: Path
    changed: bool  # False where the site already showed all this
    seconds: float
    bytes: int
    figures: dict[str, Any]  # title, rows, posts, images, brands, clusters, noise_share, refused, model


@dataclass(frozen=True, slots=True)
class Origin:
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
    origin: Origin = Origin(),
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
    origin: Origin,
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
    gallery = Gallery(recipe, settings.images, store)
    folder = spreadsheet.resolve().parent
    with contextlib.ExitStack() as stack:
        workers = stack.enter_context(closing(Workers(scheduler, store, progress))) if scheduler else None
        collection = collect_posts(
            table, folder, gallery, recipe, examples, settings, store, withdrawal, progress, workers
        )
        if unknown := collection.groups.unknown:
            said = ", ".join(unknown[:5]) + (f" and {len(unknown) - 5} more" if len(unknown) > 5 else "")
            progress.warn(f"The examples name {said}, but there is no such post.")
        withdrawal.warn_of_copies(collection.posts, lambda: gallery.traits(collection.images).hashes)
        _save_vectors_if_asked(collection, gallery, settings)

        ingredients, asked = list_ingredients(collection, notes, settings), origin.say(previous)
        changed = not shows_all(out, ingredients, asked)
        if changed:
            before = compare_with(shown, collection, gallery, settings, origin)
            assemble_site(
                collection, notes, gallery, before, out, ingredients, asked, settings, store, built, progress, workers
            )
    archive = out.resolve().with_suffix(".zip")
    if withdrawal.swept and archive.is_file():
        progress.warn(f"{archive.name} was packed before and still holds what was withdrawn. Pack it again.")
    manifest = read_manifest(out)
    assert manifest is not None
    size = check_weight(manifest["files"], settings.publish.fail_over)
    return Summary(out, changed, time.monotonic() - start, size, manifest["figures"])


def open_withdrawal(
    spreadsheet: Path, settings: Settings, store: Store, progress: Progress, writes: bool = True
) -> Withdrawal:
    """What the settings take out of a report of `spreadsheet`."""
    return Withdrawal(settings.fetch.images_root or spreadsheet.resolve().parent, settings, store, progress, writes)


def shows_all(out: Path, ingredients: Mapping[str, str], asked: str) -> bool:
    """Whether the whole site in `out` shows all this, and came about as `asked`, if anything is."""
    manifest = read_manifest(out)
    if manifest is None or manifest.get("ingredients") != ingredients or not is_intact(out, manifest):
        return False
    return not asked or manifest.get("asked") == asked


def compare_with(
    previous: PreviousReport | None, collection: Collection, gallery: Gallery, settings: Settings, origin: Origin
) -> Continuity | None:
    """What stays of the earlier report; None where there is none, or none of its posts is left."""
    if previous is None:
        return None
    basis = collection.basis(settings, plan_maps(settings)[0], is_main=True)

    def hash_of(image: str) -> int:
        return int(gallery.traits([image]).hashes[0])

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


def collect_posts(
    table: PostTable,
    folder: Path,
    gallery: Gallery,
    recipe: Recipe,
    examples: Examples,
    settings: Settings,
    store: Store,
    withdrawal: Withdrawal,
    progress: Progress,
    workers: Workers | None = None,
) -> Collection:
    """Fetch and look at every post's image; a post whose image cannot be had or is withdrawn becomes a refusal.

    `folder` is where local paths start from unless the settings say otherwise; `workers` do the work where there are
    any. Raises MissingImagesError where too few are left, or more are missing than the settings allow.
    """
    root = settings.fetch.images_root or folder
    thumbnails = [post.thumbnail for post in table.posts]
    fetched, wanted = find_images(thumbnails, root, settings.fetch, store, withdrawal.covers)
    found = [image for image in fetched.values() if isinstance(image, FetchedImage)]

    from generator.embedding.engines import open_converted, open_engine

    def open_here(images: int) -> Engine:
        return open_converted(recipe, store) if workers else open_engine(recipe, store, progress, images)

    with closing(Workshop(open_here, os.cpu_count() or 1)) as workshop:
        if workers is None:
            fetched |= fill_gallery(
                gallery, found, wanted, settings.fetch, store, workshop, progress, withdrawal.covers
            )
        else:
            whole = Share((), (), workers.cache, recipe, settings.fetch, settings.images, withdrawal.marks)
            fetched |= fill_by_workers(gallery, found, wanted, whole, store, workshop, workers, progress)
        shown = {image.sha256: image for image in fetched.values() if isinstance(image, FetchedImage)}
        shown = {sha256: image for sha256, image in shown.items() if gallery.refusal(image) is None}
        chosen = choose_disturbed(shown, settings.similarity.disturbed)
        gallery.disturb(chosen, workshop, progress)
    disturbed = tuple(image.sha256 for image in chosen if gallery.has_disturbed(image.sha256))

    vectors, places = _match_vectors(recipe, table)
    kept: list[tuple[Post, str]] = []
    rows: list[int] = []
    refusals = list(table.refusals)
    withdrawn: list[tuple[Post, str]] = []
    for index, post in enumerate(table.posts):
        image = fetched[post.thumbnail]
        problem = image if isinstance(image, FetchFailure) else gallery.refusal(image)
        if problem is None and places is not None and places[index] < 0:
            problem = FetchFailure("no_vector", "")
        if problem is not None and problem.reason == "withdrawn":
            withdrawn.append((post, problem.detail))
            refusals.append(Refusal(post.row, problem.reason, "", "", ""))
        elif problem is not None:
            refusals.append(Refusal(post.row, problem.reason, clean_line(problem.detail), post.brand, post.thumbnail))
        elif isinstance(image, FetchedImage):
            kept.append((post, image.sha256))
            rows.append(index if places is None else int(places[index]))
    withdrawal.settle(withdrawn)
    if len(kept) < MIN_IMAGES:
        raise _too_few(table, len(kept), refusals)
    check_missing(table, refusals, settings.publish)
    return Collection(
        table=withdraw_rows(table, {post.row for post, _ in withdrawn}),
        recipe=recipe,
        posts=tuple(post for post, _ in kept),
        images=tuple(sha256 for _, sha256 in kept),
        refusals=tuple(sorted(refusals, key=lambda refusal: refusal.row)),
        vectors=None if vectors is None else vectors[rows],
        examples=examples,
        disturbed=disturbed,
    )


def _match_vectors(recipe: Recipe, table: PostTable) -> tuple[NDArray[np.float32] | None, NDArray[np.intp] | None]:
    if recipe.model != "vectors" or recipe.weights is None:
        return None, None
    from generator.embedding.vector_files import match_vectors, read_vectors

    file = read_vectors(recipe.weights)
    return file.vectors, match_vectors(file, table)


def _too_few(table: PostTable, usable: int, refusals: list[Refusal]) -> MissingImagesError | SpreadsheetError:
    if len(table.posts) < MIN_IMAGES:
        return SpreadsheetError(
            f"{table.source} has {len(table.posts)} usable posts; a map needs at least {MIN_IMAGES}.",
            "See why rows were refused with: brandscape check",
        )
    reasons: dict[str, int] = {}
    for refusal in refusals:
        reasons[refusal.reason] = reasons.get(refusal.reason, 0) + 1
    said = ", ".join(f"{reason} {count:,}" for reason, count in sorted(reasons.items(), key=lambda item: -item[1]))
    return MissingImagesError(
        f"Only {usable} of {len(table.posts):,} images could be had ({said}); a map needs at least {MIN_IMAGES}.",
        "Local paths start from the spreadsheet's folder; say another one with --images-root.",
    )


def _save_vectors_if_asked(collection: Collection, gallery: Gallery, settings: Settings) -> None:
    path = settings.embedding.save_vectors
    if path is not None:
        from generator.embedding.vector_files import save_vectors

        brought = collection.vectors
        vectors = gallery.embeddings(collection.images).vectors if brought is None else brought
        save_vectors(path, [post.id for post in collection.posts], vectors)
