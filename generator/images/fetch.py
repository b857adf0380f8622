"""Image addresses to image bytes: from the cache, from disk or from the network, each fetched once and for good."""

from __future__ import annotations

import hashlib
import queue
import re
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from generator.cache.store import Store
from generator.digests import digest_of
from generator.images.http_client import DownloadFailed, HttpClient
from generator.images.local_files import LocalFiles
from generator.progress import Progress
from generator.settings import FetchSettings

#: Hosts whose addresses carry a signature that changes with every export, while their path names the image.
SIGNED_HOSTS = re.compile(r"(^|\.)(cdninstagram\.com|fbcdn\.net)$")

#: How long a caller waits for the next image before it is let do something else.
_IDLE_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class FetchedImage:
    """An image's bytes: on the user's disk at `local`, or in the store where that is None."""

    sha256: str
    local: Path | None


@dataclass(frozen=True, slots=True)
class FetchFailure:
    """Why an image could not be had; `reason` is one of the ledger's codes."""

    reason: str
    detail: str  # specifics; of a withdrawn image its sha256, which is for no ledger


Outcome = FetchedImage | FetchFailure


def find_images(
    thumbnails: Sequence[str],
    folder: Path,
    settings: FetchSettings,
    store: Store,
    is_withdrawn: Callable[[str], bool] = lambda sha256: False,
) -> tuple[dict[str, Outcome], list[str]]:
    """What is at hand of these images by their addresses, or why not; and the addresses to be downloaded.

    Local paths start from `folder` and never lead out of it. An address that was fetched once is at hand for good.
    Images that are withdrawn by their sha256 fail.
    """
    outcomes: dict[str, Outcome] = {}
    wanted: list[str] = []
    files = LocalFiles(folder, settings.max_bytes, store, is_withdrawn)
    texts = list(dict.fromkeys(thumbnails))
    links = [text for text in texts if is_link(text)]
    known = dict(zip(links, store.get_many("links", map(link_key, links)), strict=True))
    for text in texts:
        if is_link(text):
            kept = _kept_image(known[text], store)
            if kept is not None and is_withdrawn(kept.sha256):
                outcomes[text] = FetchFailure("withdrawn", kept.sha256)
            elif kept is not None:
                outcomes[text] = kept
            elif settings.offline:
                outcomes[text] = FetchFailure("not_in_cache", "downloads are switched off")
            else:
                wanted.append(text)
        else:
            found = files.find(text)
            outcomes[text] = FetchedImage(*found) if isinstance(found[1], Path) else FetchFailure(*found)
    files.remember()
    return outcomes, wanted


def download_images(
    urls: Sequence[str],
    settings: FetchSettings,
    store: Store,
    progress: Progress,
    is_withdrawn: Callable[[str], bool] = lambda sha256: False,
) -> Generator[tuple[str, Outcome] | None]:
    """Download images and say what became of each, in the order in which they come; None while none comes.

    They go on coming while the caller is at work. A failure costs its own image, never the run; closing the iterator
    ends them, and keeps what was fetched. Nothing is kept of images that are withdrawn.
    """
    if not urls:
        return
    client = HttpClient(settings)

    def download(url: str) -> Outcome:
        try:
            data = client.get(url)
        except DownloadFailed as failure:
            return FetchFailure(failure.reason, failure.detail)
        if is_withdrawn(sha256 := hashlib.sha256(data).hexdigest()):
            return FetchFailure("withdrawn", sha256)
        store.put_image(data)
        store.put("links", link_key(url), sha256.encode())
        return FetchedImage(sha256, None)

    pool = ThreadPoolExecutor(max_workers=settings.workers)
    try:
        with progress.step("Downloading images", len(urls)) as step:
            come: queue.SimpleQueue[tuple[str, Future[Outcome]]] = queue.SimpleQueue()
            for url in urls:
                pool.submit(download, url).add_done_callback(partial(_hand_over, come, url))
            left = len(urls)
            while left:
                try:
                    url, future = come.get(timeout=_IDLE_SECONDS)
                except queue.Empty:
                    yield None
                    continue
                left -= 1
                step.advance()
                yield url, future.result()
    finally:
        client.stop()
        pool.shutdown(wait=True, cancel_futures=True)


def _hand_over(come: queue.SimpleQueue[tuple[str, Future[Outcome]]], url: str, future: Future[Outcome]) -> None:
    come.put((url, future))


def is_link(text: str) -> bool:
    """Whether a thumbnail is fetched from the network, not read from disk."""
    return text[:8].lower().startswith(("http://", "https://"))


def read_image(image: FetchedImage, store: Store) -> bytes | None:
    """The image's bytes; None where they have gone, or are others, since they were found."""
    if image.local is None:
        return store.get("images", image.sha256)
    try:
        data = image.local.read_bytes()
    except OSError:
        return None
    return data if hashlib.sha256(data).hexdigest() == image.sha256 else None


def link_key(url: str) -> str:
    """What a link is remembered under: the address, without what only signs it."""
    parts = urlsplit(url)
    if SIGNED_HOSTS.search((parts.hostname or "").lower()):
        return digest_of("path", parts.path)
    return digest_of("url", url)


def _kept_image(sha256: bytes | None, store: Store) -> FetchedImage | None:
    if sha256 is None or not store.has("images", sha256.decode()):
        return None
    return FetchedImage(sha256.decode(), None)
