"""Fetch images by their addresses: from the cache, from disk or from the network, each only once."""

from __future__ import annotations

import hashlib
import io
import queue
import re
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from generator.cache.store import Store
from generator.digests import digest_of, hash_file
from generator.images.decode import is_video
from generator.images.file_finder import FileFinder
from generator.images.http_client import DownloadFailed, HttpClient
from generator.images.local_files import LocalFiles
from generator.images.places import ImagePlaces
from generator.progress import Progress
from generator.settings import FetchSettings

#: Hosts whose addresses carry a signature that changes with every export, while their path names the image.
SIGNED_HOSTS = re.compile(r"(^|\.)(cdninstagram\.com|fbcdn\.net)$")

#: Seconds that a caller waits for the next image before it may do something else.
_IDLE_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class FetchedImage:
    """An image's bytes: on the user's disk at `local`, or in the store where that is None."""

    sha256: str
    local: Path | None
    by_name: str = field(default="", compare=False)  # where it lies, if found by its name in another place


@dataclass(frozen=True, slots=True)
class FetchFailure:
    """The reason for which an image is not available, one of the ledger's codes."""

    reason: str
    detail: str  # specifics; of a withdrawn image its sha256, which no ledger may show


Outcome = FetchedImage | FetchFailure


def find_images(
    thumbnails: Sequence[str],
    places: ImagePlaces,
    settings: FetchSettings,
    store: Store,
    is_withdrawn: Callable[[str], bool] = lambda sha256: False,
    keeps: bool = True,
) -> tuple[dict[str, Outcome], list[str]]:
    """Return the outcome for addresses of images that need no download, and the addresses to download.

    Local paths never lead out of `places`. An address that was fetched once stays available. Images
    that are withdrawn by their sha256 fail.
    """
    outcomes: dict[str, Outcome] = {}
    wanted: list[str] = []
    texts = list(dict.fromkeys(thumbnails))
    links = [text for text in texts if is_link(text)]
    finder = FileFinder(places, [text for text in texts if not is_link(text)])
    files = LocalFiles(finder, settings.max_bytes, store, is_withdrawn, keeps)
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
            sha256, local = files.find(text)
            if isinstance(local, str):
                outcomes[text] = FetchFailure(sha256, local)
            else:
                outcomes[text] = FetchedImage(sha256, local, files.by_name.get(text, ""))
    files.remember()
    return outcomes, wanted


def download_images(
    urls: Sequence[str],
    settings: FetchSettings,
    store: Store,
    progress: Progress,
    is_withdrawn: Callable[[str], bool] = lambda sha256: False,
) -> Generator[tuple[str, Outcome] | None]:
    """Download images; yield each address with its outcome as it arrives, and None while none arrives.

    Downloads continue while the caller works. A failure costs only its own image. Closing the iterator ends the
    downloads and keeps what was fetched. Nothing is kept of withdrawn images.
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
            arrived: queue.SimpleQueue[tuple[str, Future[Outcome]]] = queue.SimpleQueue()
            for url in urls:
                pool.submit(download, url).add_done_callback(partial(_hand_over, arrived, url))
            left = len(urls)
            while left:
                try:
                    url, future = arrived.get(timeout=_IDLE_SECONDS)
                except queue.Empty:
                    yield None
                    continue
                left -= 1
                step.advance()
                yield url, future.result()
    finally:
        client.stop()
        pool.shutdown(wait=True, cancel_futures=True)


def _hand_over(arrived: queue.SimpleQueue[tuple[str, Future[Outcome]]], url: str, future: Future[Outcome]) -> None:
    arrived.put((url, future))


def is_link(text: str) -> bool:
    """Return whether a thumbnail is fetched from the network, not read from disk."""
    return text[:8].lower().startswith(("http://", "https://"))


def open_image(image: FetchedImage, store: Store) -> BinaryIO | None:
    """Open the image's or video's bytes; None if they are gone or have changed since they were found."""
    if image.local is None:
        data = store.get("images", image.sha256)
        return None if data is None else io.BytesIO(data)
    try:
        file = image.local.open("rb")
        if is_video(file.read(32)):  # too large to be held in memory
            file.seek(0)
            return file if hash_file(image.local) == image.sha256 else None
        file.seek(0)
        with file:
            data = file.read()
    except OSError:
        return None
    return io.BytesIO(data) if hashlib.sha256(data).hexdigest() == image.sha256 else None


def link_key(url: str) -> str:
    """Return the key of a link in the cache: a digest of the address without its signature."""
    parts = urlsplit(url)
    if SIGNED_HOSTS.search((parts.hostname or "").lower()):
        return digest_of("path", parts.path)
    return digest_of("url", url)


def _kept_image(sha256: bytes | None, store: Store) -> FetchedImage | None:
    if sha256 is None or not store.has("images", sha256.decode()):
        return None
    return FetchedImage(sha256.decode(), None)
