"""Images fetched and made: all on this machine, or in shares on workers, with the same outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from generator.cache.store import Store, mark_image
from generator.collection.image_cache import ImageCache, ImagePool
from generator.embedding.engines import keep_converted, open_converted
from generator.embedding.recipe import Recipe
from generator.images.fetch import FetchedImage, FetchFailure, Outcome, download_images, find_images
from generator.progress import Progress, SilentProgress
from generator.settings import FetchSettings, ImageSettings
from generator.workers import Workers, count_own_threads, keep

#: Images to a share: so many that handing them out costs little, so few that losing one does too.
_MOST, _LEAST = 256, 16
#: Shares to each thread of the workers, so that all end at about the same time.
_ROUNDS = 4


def fill_images(
    image_cache: ImageCache,
    at_hand: Sequence[FetchedImage],
    wanted: Sequence[str],
    settings: FetchSettings,
    store: Store,
    image_pool: ImagePool,
    progress: Progress,
    is_withdrawn: Callable[[str], bool] = lambda sha256: False,
) -> dict[str, Outcome]:
    """Make what is missing of images `at_hand` and of those at the addresses `wanted`, while these are downloaded.

    Returns what became of each address.
    """
    fetched: dict[str, Outcome] = {}
    with closing(download_images(wanted, settings, store, progress, is_withdrawn)) as downloads:

        def come() -> Iterator[FetchedImage | None]:
            for arrival in downloads:
                if arrival is None:
                    yield None
                    continue
                url, outcome = arrival
                fetched[url] = outcome
                if isinstance(outcome, FetchedImage):
                    yield outcome

        image_cache.fill(at_hand, come(), len(wanted), image_pool, progress)
    return fetched


@dataclass(frozen=True, slots=True)
class Share:
    """Images for one worker at a time: some at hand, some to be downloaded; and all that it needs to make them."""

    at_hand: tuple[FetchedImage, ...]
    wanted: tuple[str, ...]
    cache: Path | str
    recipe: Recipe
    fetch: FetchSettings
    images: ImageSettings
    withdrawn: frozenset[str]  # marks of images that are kept out


@dataclass(frozen=True, slots=True)
class ShareMade:
    """What came of a share besides what the cache now keeps of it."""

    fetched: dict[str, Outcome]  # by address, of those that were wanted
    failures: dict[str, FetchFailure]  # by sha256; may not happen again
    warnings: tuple[str, ...]


def fill_by_workers(
    image_cache: ImageCache,
    at_hand: Sequence[FetchedImage],
    wanted: Sequence[str],
    whole: Share,
    store: Store,
    image_pool: ImagePool,
    workers: Workers,
    progress: Progress,
) -> dict[str, Outcome]:
    """As `fill_images`, by workers; `whole` is a share without images.

    What no worker can see of the images on this machine's disk is made here, and said.
    """
    missing = image_cache.missing(at_hand)
    if not missing and not wanted:
        return {}
    keep_converted(whole.recipe, store, progress)
    size = len(missing) + len(wanted)
    size = min(_MOST, max(_LEAST, -(-size // (_ROUNDS * workers.threads()))))
    fetched: dict[str, Outcome] = {}
    unseen: list[FetchedImage] = []
    said: set[str] = set()

    def warn_once(warning: str) -> None:
        if warning not in said:
            said.add(warning)
            progress.warn(warning)

    with progress.step("Images", len(missing) + len(wanted)) as step:
        for share, made in workers.map(make_share, _cut_shares(whole, missing, wanted, size)):
            fetched.update(made.fetched)
            hidden = [image for image in share.at_hand if _is_unseen(image, made)]
            if hidden and not unseen:
                progress.warn(
                    "Workers cannot see images that are on this machine's disk, such as "
                    f"{hidden[0].local}, so they are made here. Let workers see the folder at the same path."
                )
            unseen += hidden
            own = {image.sha256 for image in hidden}
            image_cache.failures.update({sha256: lost for sha256, lost in made.failures.items() if sha256 not in own})
            for warning in made.warnings:
                warn_once(warning)
            step.advance(len(share.at_hand) - len(hidden) + len(share.wanted))
    store.refresh()
    image_cache.fill(unseen, (), 0, image_pool, progress)
    return fetched


def _is_unseen(image: FetchedImage, made: ShareMade) -> bool:
    lost = made.failures.get(image.sha256)
    return image.local is not None and lost is not None and lost.reason == "missing_file"


def _cut_shares(whole: Share, missing: Sequence[FetchedImage], wanted: Sequence[str], size: int) -> Iterator[Share]:
    common = (whole.cache, whole.recipe, whole.fetch, whole.images, whole.withdrawn)
    for start in range(0, len(missing), size):
        yield Share(tuple(missing[start : start + size]), (), *common)
    for start in range(0, len(wanted), size):
        yield Share((), tuple(wanted[start : start + size]), *common)


def make_share(share: Share) -> ShareMade:
    """Make a share of the images, on a worker. What an earlier, lost worker kept of it is not made again."""
    progress = SilentProgress()
    store = Store(share.cache, progress.warn, asks=True)
    image_cache = ImageCache(share.recipe, share.images, store)

    def is_withdrawn(sha256: str) -> bool:
        return mark_image(sha256) in share.withdrawn

    fetched, wanted = find_images(share.wanted, Path(), share.fetch, store, is_withdrawn)
    found = [image for image in fetched.values() if isinstance(image, FetchedImage)]
    image_pool = keep(lambda: ImagePool(lambda images: open_converted(share.recipe, store), count_own_threads()))
    at_hand = [*share.at_hand, *found]
    fetched |= fill_images(image_cache, at_hand, wanted, share.fetch, store, image_pool, progress, is_withdrawn)
    return ShareMade(fetched, image_cache.failures, tuple(progress.warnings))
