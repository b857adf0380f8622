"""The plan: rows → posts → images → embeddings → map → clusters → cells → tiles → report → pages.

Work on one image is keyed by the image's bytes; a stage is keyed by its settings, its inputs'
digests and its version; so a change re-runs only what depends on it, and a run that was
interrupted goes on where it stopped.
"""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator import stages
from generator.assembly import assemble_site, site_key
from generator.cluster_notes import FILE_NAME, read_cluster_notes
from generator.download import FetchedImage, FetchFailure, fetch_images
from generator.embedding.choose import Recipe, choose_recipe
from generator.errors import MissingImagesError, SettingsError, SpreadsheetError
from generator.exclusion import withdraw_rows
from generator.gallery import Gallery
from generator.posts import Post, PostTable, Refusal
from generator.progress import Progress, SilentProgress
from generator.settings import Settings
from generator.staging import check_output, is_intact, read_manifest, recover_site
from generator.store import Store, digest_of
from generator.withdrawal import Withdrawal

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

    @property
    def key(self) -> str:
        """All that a map of these posts depends on besides its settings."""
        return digest_of(self.recipe.key, *self.images, *(post.id for post in self.posts))


@dataclass(frozen=True, slots=True)
class Summary:
    """What a build did, for the terminal and for scripts."""

    site: Path
    changed: bool  # False where the site already showed all this
    seconds: float
    bytes: int
    figures: dict[str, Any]  # title, rows, posts, images, brands, clusters, noise_share, refused, model


def build_site(
    spreadsheet: Path, out: Path, settings: Settings, store: Store, built: datetime, progress: Progress
) -> Summary:
    """Build the report of `spreadsheet` into the folder `out`, doing only what is not yet done.

    The site in `out` is replaced by a whole new one, or left as it was. Raises BrandscapeError for
    whatever the user can mend.
    """
    start = time.monotonic()
    check_output(out)
    recover_site(out)
    notes = read_cluster_notes(find_notes(spreadsheet, settings))
    withdrawal = _open_withdrawal(spreadsheet, settings, store, progress)
    table = stages.read_table(spreadsheet, settings.read, store, withdrawal)
    recipe = choose_recipe(settings.embedding, settings.fetch.offline, progress)
    gallery = Gallery(recipe, settings.images, store)
    folder = spreadsheet.resolve().parent
    collection = collect_posts(table, folder, gallery, recipe, settings, store, withdrawal, progress)
    withdrawal.warn_of_copies(collection.posts, lambda: gallery.traits(collection.images).hashes)
    _save_vectors_if_asked(collection, gallery, settings)

    key = site_key(collection, notes, settings)
    manifest = read_manifest(out)
    changed = manifest is None or manifest.get("key") != key or not is_intact(out, manifest)
    if changed:
        assemble_site(collection, notes, gallery, out, key, settings, store, built, progress)
        manifest = read_manifest(out)
    archive = out.resolve().with_suffix(".zip")
    if withdrawal.swept and archive.is_file():
        progress.warn(f"{archive.name} was packed before and still holds what was withdrawn. Pack it again.")
    assert manifest is not None
    size = sum(entry["bytes"] for entry in manifest["files"].values())
    return Summary(out, changed, time.monotonic() - start, size, manifest["figures"])


def _open_withdrawal(
    spreadsheet: Path, settings: Settings, store: Store, progress: Progress, writes: bool = True
) -> Withdrawal:
    return Withdrawal(settings.fetch.images_root or spreadsheet.resolve().parent, settings, store, progress, writes)


def find_notes(spreadsheet: Path, settings: Settings) -> Path:
    """Where the names and notes of clusters are kept. Raises SettingsError where a file named in settings is not."""
    named = settings.clusters.notes
    if named is not None and not named.is_file():
        raise SettingsError(f"There is no file {named}, which [clusters] notes names.", "Write it, or name another.")
    return named or spreadsheet.resolve().parent / FILE_NAME


def collect_posts(
    table: PostTable,
    folder: Path,
    gallery: Gallery,
    recipe: Recipe,
    settings: Settings,
    store: Store,
    withdrawal: Withdrawal,
    progress: Progress,
) -> Collection:
    """Fetch and look at every post's image; a post whose image cannot be had or is withdrawn becomes a refusal.

    `folder` is where local paths start from unless the settings say otherwise. Raises MissingImagesError
    where too few are left.
    """
    root = settings.fetch.images_root or folder
    thumbnails = [post.thumbnail for post in table.posts]
    fetched = fetch_images(thumbnails, root, settings.fetch, store, progress, withdrawal.covers)
    found = [image for image in fetched.values() if isinstance(image, FetchedImage)]

    from generator.embedding.engines import open_engine

    gallery.fill(found, lambda: open_engine(recipe, store, progress), progress)

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
            refusals.append(Refusal(post.row, problem.reason, problem.detail, post.brand, post.thumbnail))
        elif isinstance(image, FetchedImage):
            kept.append((post, image.sha256))
            rows.append(index if places is None else int(places[index]))
    withdrawal.settle(withdrawn)
    if len(kept) < MIN_IMAGES:
        raise _too_few(table, len(kept), refusals)
    return Collection(
        table=withdraw_rows(table, {post.row for post, _ in withdrawn}),
        recipe=recipe,
        posts=tuple(post for post, _ in kept),
        images=tuple(sha256 for _, sha256 in kept),
        refusals=tuple(sorted(refusals, key=lambda refusal: refusal.row)),
        vectors=None if vectors is None else vectors[rows],
    )


def _match_vectors(recipe: Recipe, table: PostTable) -> tuple[NDArray[np.float32] | None, NDArray[np.intp] | None]:
    if recipe.model != "vectors" or recipe.weights is None:
        return None, None
    from generator.embedding.vectors import match_vectors, read_vectors

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
        from generator.embedding.vectors import save_vectors

        vectors = collection.vectors if collection.vectors is not None else gallery.embeddings(collection.images)
        save_vectors(path, [post.id for post in collection.posts], vectors)


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of a build as it stands: what is kept from earlier runs, what is yet to do, and why."""

    name: str
    kept: int
    to_do: int
    said: str


def plan_build(spreadsheet: Path, out: Path, settings: Settings, store: Store) -> list[Step]:
    """What `build_site` would do, without asking the network or keeping anything but local files' digests.

    Raises SpreadsheetError and SettingsError as a build would.
    """
    silent = SilentProgress()
    notes = read_cluster_notes(find_notes(spreadsheet, settings))
    withdrawal = _open_withdrawal(spreadsheet, settings, store, silent, writes=False)
    table = stages.read_table(spreadsheet, settings.read, store, withdrawal)
    steps = [Step("posts", len(table.posts), 0, f"{len(table.posts):,} posts, {len(table.refusals):,} rows refused")]

    folder = settings.fetch.images_root or spreadsheet.resolve().parent
    offline = dataclasses.replace(settings.fetch, offline=True)
    thumbnails = [post.thumbnail for post in table.posts]
    fetched = fetch_images(thumbnails, folder, offline, store, silent, withdrawal.covers)
    found = [image for image in fetched.values() if isinstance(image, FetchedImage)]
    absent = sum(isinstance(image, FetchFailure) and image.reason == "not_in_cache" for image in fetched.values())
    steps.append(Step("downloads", len(found), absent, f"{len(found):,} images at hand, {absent:,} to download"))

    recipe = choose_recipe(settings.embedding, True, silent)
    gallery = Gallery(recipe, settings.images, store)
    missing = len(gallery.missing(found))
    kept = len({image.sha256 for image in found}) - missing
    steps.append(Step("images", kept, missing, f"{kept:,} kept, {missing:,} to decode and embed with {recipe.model}"))

    if missing or absent:
        why = "to do, because there are new images"
        return [*steps, *(Step(name, 0, 1, why) for name in ("map", "clusters", "cells", "neighbours", "site"))]
    collection = collect_posts(table, folder, gallery, recipe, settings, store, withdrawal, silent)
    map_key = stages.map_key(collection.key, settings.map)
    kinds = {
        "map": ("maps", map_key),
        "clusters": ("clusters", stages.clusters_key(map_key, settings.clusters)),
        "cells": ("lattices", stages.lattice_key(map_key, settings.mosaic.fill)),
        "neighbours": ("neighbours", stages.neighbours_key(map_key)),
    }
    for name, (kind, key) in kinds.items():
        has = store.has(kind, key)
        steps.append(Step(name, int(has), int(not has), "kept" if has else "to do, because posts or settings changed"))
    manifest = read_manifest(out)
    if manifest is None:
        said, fresh = f"to write: there is no report in {out}", False
    else:
        fresh = manifest.get("key") == site_key(collection, notes, settings) and is_intact(out, manifest)
        said = "up to date" if fresh else "to write, because posts, settings or Brandscape changed"
    return [*steps, Step("site", int(fresh), int(not fresh), said)]
