"""Collect the posts that can be shown, each with its image, and every row that cannot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from generator.cache.store import Store
from generator.collection.exclusion import withdraw_rows
from generator.collection.fill import ShareContext, fill_by_workers, fill_images
from generator.collection.further_images import (
    FurtherImages,
    add_further,
    add_scenes,
    find_scenes,
    list_addresses,
    takes_all,
    tell_vectorless,
)
from generator.collection.image_cache import ImageCache
from generator.collection.image_pool import ImagePool
from generator.collection.missing import check_missing
from generator.collection.precision_choice import PrecisionChoice
from generator.collection.withdrawal import Withdrawal
from generator.digests import digest_of
from generator.embedding.recipe import Recipe
from generator.errors import MissingImagesError, SpreadsheetError
from generator.images.fetch import FetchedImage, FetchFailure, Outcome, find_images
from generator.images.perturb import choose_perturbed
from generator.images.places import ImagePlaces
from generator.processes import count_cores
from generator.progress import Progress
from generator.settings import Settings
from generator.similarity.examples import ExampleGroups, Examples, find_examples
from generator.spreadsheet.notices import Notice, sort_notices, tell_found_by_name
from generator.spreadsheet.posts import Post, PostTable, Refusal
from generator.spreadsheet.reasons import REASONS
from generator.text import clean_line
from generator.workers import Workers

if TYPE_CHECKING:
    from generator.embedding.interface import Engine


#: Fewer images than this cannot be mapped.
MIN_IMAGES = 5


@dataclass(frozen=True, slots=True)
class Collection:
    """The images that can be shown, each with its post, and every row that cannot.

    The first images of all posts come first, each at the position of its post. Then come the further ones, post by
    post, each with a record of its own: the post's, with the image's id and address.
    """

    table: PostTable
    recipe: Recipe
    posts: tuple[Post, ...]  # one for each image
    images: tuple[str, ...]  # sha256 of each
    owner: NDArray[np.intp]  # (n,) position of each one's post
    refusals: tuple[Refusal, ...]
    vectors: NDArray[np.float32] | None  # (n, d), the user's own
    examples: Examples
    perturbed: tuple[str, ...]  # sha256 of the images whose perturbed copies are kept

    @property
    def key(self) -> str:
        """Everything that a map of these images depends on besides its settings, as a digest."""
        return digest_of(self.recipe.key, *self.images, *(post.id for post in self.posts))

    @property
    def groups(self) -> ExampleGroups:
        """The examples among these posts. Raises SettingsError where they contradict each other."""
        return find_examples(self.examples, self.posts)


@dataclass(frozen=True, slots=True)
class Collector:
    """Collects the posts of a table that can be shown; `workers` share the work, if there are any."""

    settings: Settings
    store: Store
    progress: Progress
    withdrawal: Withdrawal
    workers: Workers | None = None

    def open_cache(self, table: PostTable, places: ImagePlaces, recipe: Recipe) -> ImageCache:
        """Return the cache of images whose embeddings `recipe` makes, in the precision that suits this report."""
        choice = PrecisionChoice(self.settings, self.store, self.progress, places, self.withdrawal.covers)
        settled = choice.settle(recipe, [post.thumbnail for post in table.posts])
        image_cache = ImageCache(settled.recipe, self.settings.images, self.store)
        image_cache.tried.update(settled.outcomes)
        return image_cache

    def collect(self, table: PostTable, places: ImagePlaces, image_cache: ImageCache, examples: Examples) -> Collection:
        """Fetch and process every post's image; a post whose image is missing or withdrawn becomes a refusal.

        Local images lie in `places`. Raises MissingImagesError or
        SpreadsheetError where too few images are left, and MissingImagesError where more are missing than the settings
        allow.
        """
        outcomes, perturbed = self._process_images(table.posts, places, image_cache)
        table = add_scenes(table, outcomes)
        further = FurtherImages(outcomes, image_cache.refusal)
        vectors, vector_rows = _match_vectors(image_cache.recipe, table)
        shown: list[tuple[Post, str]] = []
        rows: list[int] = []
        refusals = list(table.refusals)
        withdrawn: list[tuple[Post, str, str]] = []
        for index, post in enumerate(table.posts):
            image = outcomes[post.thumbnail]
            problem = image if isinstance(image, FetchFailure) else image_cache.refusal(image)
            if problem is None and vector_rows is not None and vector_rows[index] < 0:
                problem = FetchFailure("no_vector", "")
            gone = (
                (post.thumbnail, problem.detail)
                if problem is not None and problem.reason == "withdrawn"
                else further.find_withdrawn(post)
            )
            if gone:
                withdrawn.append((post, *gone))
                refusals.append(Refusal(post.row, "withdrawn", "", "", "", table=post.table))
            elif problem is not None:
                detail = clean_line(problem.detail)
                refusals.append(Refusal(post.row, problem.reason, detail, post.brand, post.thumbnail, table=post.table))
            elif isinstance(image, FetchedImage):
                shown.append((post, image.sha256))
                rows.append(index if vector_rows is None else int(vector_rows[index]))
        self.withdrawal.settle(withdrawn, table)
        shown = _mark_videos(shown, image_cache)
        table = self._tell_names(table, {post.thumbnail: outcomes[post.thumbnail] for post, _ in shown})
        shown_posts = [post for post, _ in shown]
        lacking = further.tell_lacking(shown_posts, table)
        left_out = tell_vectorless(shown_posts, self.settings, image_cache.recipe)
        table = self._add_notices(table, [*lacking, *left_out])
        if len(shown) < MIN_IMAGES:
            raise _too_few(table, len(shown), refusals)
        check_missing(table, refusals, self.settings.publish)
        posts, images, owner = add_further(shown, further)
        return Collection(
            table=withdraw_rows(table, {post.place for post, _, _ in withdrawn}),
            recipe=image_cache.recipe,
            posts=posts,
            images=images,
            owner=owner,
            refusals=tuple(sorted(refusals, key=lambda refusal: refusal.place)),
            vectors=None if vectors is None else vectors[rows],
            examples=examples,
            perturbed=perturbed,
        )

    def _tell_names(self, table: PostTable, images: Mapping[str, Outcome]) -> PostTable:
        """Return the table with a notice of the `images` that lie elsewhere than their addresses say, and warn once."""
        found = {text: image.by_name for text, image in images.items() if isinstance(image, FetchedImage)}
        moved = [(text, place) for text, place in found.items() if place]
        return self._add_notices(table, [tell_found_by_name(moved)] if moved else [])

    def _add_notices(self, table: PostTable, notices: Sequence[Notice]) -> PostTable:
        """Return the table with further notices, and warn of each."""
        for notice in notices:
            self.progress.warn(notice.text)
        return replace(table, notices=sort_notices([*table.notices, *notices])) if notices else table

    def _process_images(
        self, posts: Sequence[Post], places: ImagePlaces, image_cache: ImageCache
    ) -> tuple[dict[str, Outcome], tuple[str, ...]]:
        """Return the outcome for each image's address, and the sha256 of images whose perturbed copies are kept."""
        settings, store, workers = self.settings, self.store, self.workers
        recipe, covers = image_cache.recipe, self.withdrawal.covers
        all_images = takes_all(settings, recipe)
        addresses = list_addresses(posts, all_images)
        outcomes, wanted = find_images(addresses, places, settings.fetch, store, covers)
        # what failed a moment ago is not tried again
        failed = {text: image_cache.tried[text] for text in wanted if text in image_cache.tried}
        outcomes, wanted = outcomes | failed, [text for text in wanted if text not in failed]
        available = [image for image in outcomes.values() if isinstance(image, FetchedImage)]

        from generator.embedding.converted import open_converted
        from generator.embedding.engines import open_engine

        def open_here(images: int) -> Engine:
            return open_converted(recipe, store) if workers else open_engine(recipe, store, self.progress, images)

        with closing(ImagePool(open_here, count_cores())) as image_pool:
            if workers is None:
                outcomes |= fill_images(
                    image_cache, available, wanted, settings.fetch, image_pool, self.progress, covers
                )
            else:
                context = ShareContext(workers.cache, recipe, settings.fetch, settings.images, self.withdrawal.marks)
                outcomes |= fill_by_workers(image_cache, available, wanted, context, image_pool, workers, self.progress)
            if all_images and (scenes := find_scenes(posts, outcomes, image_cache, covers)):
                frames = [frame for frame in scenes.values() if isinstance(frame, FetchedImage)]
                image_cache.fill(frames, (), 0, image_pool, self.progress)
                outcomes |= scenes
            images = {image.sha256: image for image in outcomes.values() if isinstance(image, FetchedImage)}
            images = {sha256: image for sha256, image in images.items() if image_cache.refusal(image) is None}
            chosen = choose_perturbed(images, settings.similarity.disturbed)
            image_cache.perturb(chosen, image_pool, self.progress)
        return outcomes, tuple(image.sha256 for image in chosen if image_cache.has_perturbed(image.sha256))


def _mark_videos(shown: Sequence[tuple[Post, str]], image_cache: ImageCache) -> list[tuple[Post, str]]:
    """Return posts and their images, those as videos whose image is a frame of one, unless they are carousels."""
    unknown = {sha256 for post, sha256 in shown if post.format not in ("carousel", "video")}
    videos = image_cache.find_videos(unknown)
    return [
        (replace(post, format="video") if sha256 in videos and post.format != "carousel" else post, sha256)
        for post, sha256 in shown
    ]


def _match_vectors(recipe: Recipe, table: PostTable) -> tuple[NDArray[np.float32] | None, NDArray[np.intp] | None]:
    """Return the user's own vectors and each post's row among them, if there are any."""
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
    reasons = Counter(refusal.reason for refusal in refusals).most_common()
    counts = ", ".join(f"{reason} {count:,}" for reason, count in reasons)
    return MissingImagesError(
        f"Only {usable} of {len(table.posts):,} images could be read ({counts}); a map needs at least {MIN_IMAGES}.",
        next((hint for reason, _ in reasons if (hint := REASONS[reason].hint)), "See why with: brandscape check"),
    )
