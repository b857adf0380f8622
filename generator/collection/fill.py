"""Fetch and process missing images, here or on workers."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from generator.cache.store import Store, mark_image
from generator.collection.image_cache import ImageCache
from generator.collection.image_pool import ImagePool
from generator.embedding.converted import keep_converted, open_converted
from generator.embedding.recipe import Recipe
from generator.images.fetch import FetchedImage, FetchFailure, Outcome, download_images, find_images
from generator.images.places import ImagePlaces
from generator.progress import Progress, SilentProgress
from generator.settings import FetchSettings, ImageSettings
from generator.workers import Workers, count_own_threads, keep

#: Images in a share: enough that handing shares out costs little, few enough that losing one does too.
_MOST, _LEAST = 256, 16
#: Shares for each thread of the workers, so that all end at about the same time.
_ROUNDS = 4


def fill_images(
    image_cache: ImageCache,
    available: Sequence[FetchedImage],
    wanted: Sequence[str],
    settings: FetchSettings,
    image_pool: ImagePool,
    progress: Progress,
    is_withdrawn: Callable[[str], bool] = lambda sha256: False,
) -> dict[str, Outcome]:
    """Process `available` images, and those at the addresses `wanted` while they are downloaded.

    Returns the outcome for each address.
    """
    outcomes: dict[str, Outcome] = {}
    with closing(download_images(wanted, settings, image_cache.store, progress, is_withdrawn)) as downloads:

        def arrivals() -> Iterator[FetchedImage | None]:
            for arrival in downloads:
                if arrival is None:
                    yield None
                    continue
                url, outcome = arrival
                outcomes[url] = outcome
                if isinstance(outcome, FetchedImage):
                    yield outcome

        image_cache.fill(available, arrivals(), len(wanted), image_pool, progress)
    return outcomes


@dataclass(frozen=True, slots=True)
class ShareContext:
    """What a worker needs to know besides the images of its share."""

    cache: Path | str
    recipe: Recipe
    fetch: FetchSettings
    images: ImageSettings
    withdrawn: frozenset[str]  # marks of images that are kept out


@dataclass(frozen=True, slots=True)
class Share:
    """Images for one worker at a time: some available, some to be downloaded."""

    available: tuple[FetchedImage, ...]
    wanted: tuple[str, ...]
    context: ShareContext


@dataclass(frozen=True, slots=True)
class ShareResult:
    """The results of a share that are not in the cache."""

    outcomes: dict[str, Outcome]  # by address, of those that were wanted
    failures: dict[str, FetchFailure]  # by sha256; may not happen again
    warnings: tuple[str, ...]


def fill_by_workers(
    image_cache: ImageCache,
    available: Sequence[FetchedImage],
    wanted: Sequence[str],
    context: ShareContext,
    image_pool: ImagePool,
    workers: Workers,
    progress: Progress,
) -> dict[str, Outcome]:
    """Do as `fill_images` does, on workers.

    Images on this machine's disk that no worker can see are processed here, with a warning.
    """
    missing = image_cache.missing(available)
    if not missing and not wanted:
        return {}
    keep_converted(context.recipe, image_cache.store, progress)
    size = len(missing) + len(wanted)
    size = min(_MOST, max(_LEAST, -(-size // (_ROUNDS * workers.threads()))))
    outcomes: dict[str, Outcome] = {}
    unseen: list[FetchedImage] = []
    warned: set[str] = set()
    with progress.step("Reading images", len(missing) + len(wanted)) as step:
        for share, result in workers.map(fill_share, _cut_shares(context, missing, wanted, size)):
            outcomes.update(result.outcomes)
            hidden = [image for image in share.available if _is_unseen(image, result)]
            if hidden and not unseen:
                progress.warn(
                    "Workers cannot see images that are on this machine's disk, such as "
                    f"{hidden[0].local}, so they are read here. Let workers see the folder at the same path."
                )
            unseen += hidden
            own = {image.sha256 for image in hidden}
            image_cache.failures.update({sha256: why for sha256, why in result.failures.items() if sha256 not in own})
            for warning in result.warnings:
                if warning not in warned:
                    warned.add(warning)
                    progress.warn(warning)
            step.advance(len(share.available) - len(hidden) + len(share.wanted))
    image_cache.store.refresh()
    image_cache.fill(unseen, (), 0, image_pool, progress)
    return outcomes


def _is_unseen(image: FetchedImage, result: ShareResult) -> bool:
    failure = result.failures.get(image.sha256)
    return image.local is not None and failure is not None and failure.reason == "missing_file"


def _cut_shares(
    context: ShareContext, missing: Sequence[FetchedImage], wanted: Sequence[str], size: int
) -> Iterator[Share]:
    for start in range(0, len(missing), size):
        yield Share(tuple(missing[start : start + size]), (), context)
    for start in range(0, len(wanted), size):
        yield Share((), tuple(wanted[start : start + size]), context)


def fill_share(share: Share) -> ShareResult:
    """Process a share of the images, on a worker, except for what an earlier, lost worker kept of it."""
    context = share.context
    progress = SilentProgress()
    store = Store(context.cache, progress.warn, asks=True)
    image_cache = ImageCache(context.recipe, context.images, store)

    def is_withdrawn(sha256: str) -> bool:
        return mark_image(sha256) in context.withdrawn

    outcomes, wanted = find_images(share.wanted, ImagePlaces(Path()), context.fetch, store, is_withdrawn)
    fetched = [image for image in outcomes.values() if isinstance(image, FetchedImage)]
    image_pool = keep(lambda: ImagePool(lambda images: open_converted(context.recipe, store), count_own_threads()))
    available = [*share.available, *fetched]
    outcomes |= fill_images(image_cache, available, wanted, context.fetch, image_pool, progress, is_withdrawn)
    return ShareResult(outcomes, image_cache.failures, tuple(progress.warnings))
