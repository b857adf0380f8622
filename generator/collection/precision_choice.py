"""Choose the precision in which a network runs, by trying it on some of the report's own images."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from generator.cache.store import Store
from generator.collection.fill import fill_images
from generator.collection.image_cache import ImageCache
from generator.collection.image_pool import ImagePool
from generator.digests import digest_of
from generator.embedding.precision import LEAST_COSINE, Agreement, compare_precisions
from generator.embedding.recipe import Recipe
from generator.images.fetch import FetchedImage, Outcome, find_images
from generator.images.places import ImagePlaces
from generator.processes import count_cores
from generator.progress import Progress
from generator.settings import Settings

if TYPE_CHECKING:
    from generator.embedding.interface import Engine

#: Images that are embedded in both precisions: enough to tell 98 % of ten neighbours each from 97 %. One vector that is
#: too far off decides against bfloat16, and mostly one of the first few is.
_PROBE, _SAMPLE = 32, 192
#: Fewer have no ten neighbours each to compare.
_LEAST = 20


@dataclass(frozen=True, slots=True)
class Settled:
    """The recipe with its precision, and what became of the images that were fetched to settle it, by address."""

    recipe: Recipe
    outcomes: dict[str, Outcome]


def _open_nothing(images: int) -> Engine:
    raise AssertionError("nothing is embedded")


@dataclass(frozen=True, slots=True)
class PrecisionChoice:
    """Settles the precision of recipes on images in `places`."""

    settings: Settings
    store: Store
    progress: Progress
    places: ImagePlaces
    is_withdrawn: Callable[[str], bool]

    def settle(self, recipe: Recipe, addresses: Sequence[str]) -> Settled:
        """Return `recipe` in bfloat16 where the processor has it and it agrees with float32, else in float32.

        They are compared on the same few images of `addresses` in every build, whose vectors are kept in both
        precisions, so that a rebuild decides as before and computes nothing.
        """
        from generator.embedding.engines import offers_bfloat16

        if recipe.precision != "auto":
            return Settled(recipe, {})
        exact = recipe.computed_in("float32")
        if self.settings.run.scheduler or not offers_bfloat16(recipe):
            return Settled(exact, {})
        if not self._convert(exact, addresses):
            return Settled(exact, {})
        ordered = sorted(set(addresses), key=digest_of)
        outcomes: dict[str, Outcome] = {}
        with ExitStack() as stack:
            recipes = (exact.computed_in("float32"), exact.computed_in("bfloat16"))
            pairs = [(self._make_cache(one), self._open_pool(one, stack)) for one in recipes]
            agreement = self._compare(pairs, ordered[:_PROBE], outcomes)
            if agreement is None or agreement.cosine >= LEAST_COSINE:
                agreement = self._compare(pairs, ordered[:_SAMPLE], outcomes)
        if agreement is None:
            return Settled(exact, outcomes)
        return Settled(recipe.computed_in("bfloat16" if agreement.is_enough else "float32", agreement), outcomes)

    def _compare(
        self, pairs: Sequence[tuple[ImageCache, ImagePool]], sample: Sequence[str], outcomes: dict[str, Outcome]
    ) -> Agreement | None:
        """Return how far two precisions agree on a sample; None if too few of its images can be read.

        `pairs` holds the cache of each precision and what fills it. What became of the images is added to `outcomes`.
        """
        found, wanted = find_images(sample, self.places, self.settings.fetch, self.store, self.is_withdrawn)
        for image_cache, image_pool in pairs:
            available = [image for image in found.values() if isinstance(image, FetchedImage)]
            found |= fill_images(
                image_cache, available, wanted, self.settings.fetch, image_pool, self.progress, self.is_withdrawn
            )
            wanted = []
        outcomes |= found
        images = {image.sha256: image for image in found.values() if isinstance(image, FetchedImage)}
        whole = [name for name, image in images.items() if all(cache.refusal(image) is None for cache, _ in pairs)]
        if len(whole) < _LEAST:
            return None
        return compare_precisions(*(cache.embeddings(whole).vectors for cache, _ in pairs))

    def _make_cache(self, recipe: Recipe) -> ImageCache:
        return ImageCache(recipe, self.settings.images, self.store, "Comparing precisions")

    def _open_pool(self, recipe: Recipe, stack: ExitStack) -> ImagePool:
        from generator.embedding.engines import open_engine

        def open_here(images: int) -> Engine:
            return open_engine(recipe, self.store, self.progress, images)

        return stack.enter_context(closing(ImagePool(open_here, count_cores())))

    def _convert(self, recipe: Recipe, addresses: Sequence[str]) -> bool:
        """Convert the network unless it is kept, and derive meanwhile what needs no network; return whether it can be.

        Conversion takes one core ten seconds, in a process of its own.
        """
        from generator.embedding.converted import convert_once, network_key

        if self.store.has("networks", network_key(recipe)):
            return True
        with ThreadPoolExecutor(1) as thread, closing(ImagePool(_open_nothing, count_cores())) as image_pool:
            converting = thread.submit(convert_once, recipe, self.store, self.progress)
            found, _ = find_images(addresses, self.places, self.settings.fetch, self.store, self.is_withdrawn)
            images = [image for image in found.values() if isinstance(image, FetchedImage)]
            waiting = itertools.takewhile(lambda image: not converting.done(), images)
            image_cache = ImageCache(recipe, self.settings.images, self.store).without_embeddings()
            image_cache.fill((), waiting, len(images), image_pool, self.progress)
            return converting.result() is not None
