"""Collect the posts that can be shown, each with its image, and every row that cannot."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from generator.cache.store import Store
from generator.collection.exclusion import withdraw_rows
from generator.collection.fill import Share, fill_by_workers, fill_images
from generator.collection.image_cache import ImageCache, ImagePool
from generator.collection.missing import check_missing
from generator.collection.withdrawal import Withdrawal
from generator.digests import digest_of
from generator.embedding.recipe import Recipe
from generator.errors import MissingImagesError, SpreadsheetError
from generator.images.fetch import FetchedImage, FetchFailure, find_images
from generator.images.perturb import choose_perturbed
from generator.progress import Progress
from generator.settings import Settings
from generator.similarity.examples import ExampleGroups, Examples, find_examples
from generator.spreadsheet.posts import Post, PostTable, Refusal
from generator.text import clean_line
from generator.workers import Workers

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


def collect_posts(
    table: PostTable,
    folder: Path,
    image_cache: ImageCache,
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

    with closing(ImagePool(open_here, os.cpu_count() or 1)) as image_pool:
        if workers is None:
            fetched |= fill_images(
                image_cache, found, wanted, settings.fetch, store, image_pool, progress, withdrawal.covers
            )
        else:
            whole = Share((), (), workers.cache, recipe, settings.fetch, settings.images, withdrawal.marks)
            fetched |= fill_by_workers(image_cache, found, wanted, whole, store, image_pool, workers, progress)
        shown = {image.sha256: image for image in fetched.values() if isinstance(image, FetchedImage)}
        shown = {sha256: image for sha256, image in shown.items() if image_cache.refusal(image) is None}
        chosen = choose_perturbed(shown, settings.similarity.disturbed)
        image_cache.disturb(chosen, image_pool, progress)
    disturbed = tuple(image.sha256 for image in chosen if image_cache.has_perturbed(image.sha256))

    vectors, places = _match_vectors(recipe, table)
    kept: list[tuple[Post, str]] = []
    rows: list[int] = []
    refusals = list(table.refusals)
    withdrawn: list[tuple[Post, str]] = []
    for index, post in enumerate(table.posts):
        image = fetched[post.thumbnail]
        problem = image if isinstance(image, FetchFailure) else image_cache.refusal(image)
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
