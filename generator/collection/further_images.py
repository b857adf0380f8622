"""The further images of posts: fetched and shown, without a place on the map."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from generator.collection.fill import ShareContext, fill_by_workers, fill_images
from generator.collection.image_cache import ImageCache
from generator.collection.image_pool import ImagePool
from generator.images.fetch import FetchedImage, FetchFailure, Outcome, find_images
from generator.images.places import ImagePlaces
from generator.processes import count_cores
from generator.progress import Progress
from generator.settings import Settings
from generator.spreadsheet.notices import Notice, list_examples
from generator.spreadsheet.posts import Post, PostTable
from generator.text import clean_line
from generator.workers import Workers

if TYPE_CHECKING:
    from generator.embedding.interface import Engine


@dataclass(frozen=True, slots=True)
class FurtherImages:
    """What became of the further images of posts, by their addresses."""

    outcomes: Mapping[str, Outcome] = field(default_factory=dict)

    def list_shown(self, post: Post, first: str) -> tuple[str, ...]:
        """Return the sha256 of each further image of a post that can be shown, once; `first` is its own image's."""
        found = (self.outcomes.get(text) for text in post.more_images)
        shown = dict.fromkeys(image.sha256 for image in found if isinstance(image, FetchedImage))
        shown.pop(first, None)
        return tuple(shown)

    def find_withdrawn(self, post: Post) -> tuple[str, str] | None:
        """Return the address and sha256 of a further image of the post that is withdrawn; None if none is."""
        for text in post.more_images:
            failure = self.outcomes.get(text)
            if isinstance(failure, FetchFailure) and failure.reason == "withdrawn":
                return text, failure.detail
        return None

    def tell_lacking(self, posts: Sequence[Post], table: PostTable) -> list[Notice]:
        """Return a notice of the further images that `posts` of the table lack, if there are any."""
        lacking = []
        for post in posts:
            for place, text in enumerate(post.more_images, 2):
                failure = self.outcomes.get(text)
                if isinstance(failure, FetchFailure):
                    why = f"{failure.reason} {clean_line(failure.detail)[:60]}".strip()
                    lacking.append(f"{table.name_row(post.place)}, image {place} of {len(post.more_images) + 1}: {why}")
        if not lacking:
            return []
        return [Notice("lacking_images", {"count": len(lacking), "examples": list_examples(lacking)})]


def fetch_further(
    posts: Sequence[Post],
    places: ImagePlaces,
    image_cache: ImageCache,
    settings: Settings,
    covers: Callable[[str], bool],
    sharing: tuple[Workers | None, frozenset[str]],
    progress: Progress,
) -> FurtherImages:
    """Fetch the further images of posts and keep a picture of each.

    `covers` says of a sha256 whether it is withdrawn. `sharing` holds the workers, if any, and the marks of withdrawn
    images for them.
    """
    addresses = list(dict.fromkeys(text for post in posts for text in post.more_images))
    if not addresses:
        return FurtherImages()
    shown = image_cache.only_shown()
    store, recipe = shown.store, shown.recipe
    outcomes, wanted = find_images(addresses, places, settings.fetch, store, covers)
    available = [image for image in outcomes.values() if isinstance(image, FetchedImage)]
    workers, marks = sharing

    def open_none(images: int) -> Engine:
        raise AssertionError("no network is needed for pictures")

    with closing(ImagePool(open_none, count_cores())) as image_pool:
        if workers is None:
            outcomes |= fill_images(shown, available, wanted, settings.fetch, image_pool, progress, covers)
        else:
            context = ShareContext(workers.cache, recipe, settings.fetch, settings.images, marks, shown_only=True)
            outcomes |= fill_by_workers(shown, available, wanted, context, image_pool, workers, progress)
    refused = {text: shown.refusal(image) for text, image in outcomes.items() if isinstance(image, FetchedImage)}
    return FurtherImages(outcomes | {text: failure for text, failure in refused.items() if failure is not None})
