"""The threads, decoder processes and network that images are processed with."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from generator.collection.derive import Derived, Deriver, PendingImage
from generator.embedding.interface import Engine
from generator.images.decode import open_decoders
from generator.images.fetch import FetchFailure
from generator.processes import ProcessPool, TaskFailed
from generator.settings import ImageSettings

#: Images that a decoder process is given at a time.
_CHUNK = 16

_T = TypeVar("_T")

Decoders = ProcessPool[Sequence[PendingImage], Derived]


class ImagePool:
    """As many threads as `cores`, decoder processes, and one network.

    A pool serves one image cache after another, or several at once, of the same recipe and image settings.
    `open_engine` is called once, when the network is first needed, with the approximate number of images.
    """

    def __init__(self, open_engine: Callable[[int], Engine], cores: int) -> None:
        self.cores = cores
        self.threads = ThreadPoolExecutor(cores)
        self.waiting_threads = ThreadPoolExecutor(2)  # open the network, and wait for one that computes elsewhere
        self._open_engine = open_engine
        self._opening: Future[Engine] | None = None
        self._decoders: dict[bool, Decoders] = {}
        self._lock = threading.Lock()

    def open_engine(self, images: int) -> Future[Engine]:
        """Start to open the network, unless that is done, and return its future."""
        with self._lock:
            self._opening = self._opening or self.waiting_threads.submit(self._open_engine, images)
            return self._opening

    def open_decoders(self, deriver: Deriver, settings: ImageSettings) -> Decoders:
        """Return the processes that decode images; those that prepare network inputs are separate."""
        prepares = deriver.prepare is not None
        with self._lock:
            if prepares not in self._decoders:
                self._decoders[prepares] = open_decoders(deriver, settings)
            return self._decoders[prepares]

    def derive_all(
        self, decoders: Decoders, images: Iterable[PendingImage | None]
    ) -> Iterator[tuple[list[PendingImage], Derived]]:
        """Yield images in chunks, in order, with what was derived of them.

        None among `images` says that none follows for now. Chunks are taken at most twice as many as there are cores
        ahead of those that were yielded.
        """

        def derive(chunk: list[PendingImage]) -> Derived:
            return derive_images(decoders, chunk)

        ahead: deque[tuple[list[PendingImage], Future[Derived]]] = deque()
        for chunk in _in_chunks(images, _CHUNK):
            if chunk:
                ahead.append((chunk, self.threads.submit(derive, chunk)))
            while ahead and (len(ahead) > 2 * self.cores or ahead[0][1].done()):
                done, future = ahead.popleft()
                yield done, future.result()
        for chunk, future in ahead:
            yield chunk, future.result()

    def close(self) -> None:
        """End threads and processes; tasks under way fail."""
        for decoders in self._decoders.values():
            decoders.close()
        self.threads.shutdown(wait=True, cancel_futures=True)
        self.waiting_threads.shutdown(wait=True, cancel_futures=True)


def derive_images(decoders: Decoders, images: Sequence[PendingImage], again: bool = False) -> Derived:
    """Derive what is missing of images as Deriver does; if the decoder fails, of each image separately.

    A single image is tried `again`, in a new process, if its decoder died or used up its memory: earlier
    images may have left some in use.
    """
    try:
        return decoders.run(images)
    except (TaskFailed, MemoryError) as failure:
        final = isinstance(failure, TaskFailed) and (failure.timed_out or failure.killed)
        if len(images) == 1 and (final or again):
            return Derived(failures={images[0].image.sha256: _explain(failure, decoders.seconds)})
    result = Derived()
    for image in images:
        result.add(derive_images(decoders, [image], again=len(images) == 1))
    return result


def _explain(failure: TaskFailed | MemoryError, seconds: float) -> FetchFailure:
    if isinstance(failure, MemoryError):
        return FetchFailure("too_many_pixels", "it does not fit into the memory that an image may take")
    if failure.timed_out:
        return FetchFailure("decoder_failed", f"it took longer than {seconds:g} seconds")
    if failure.killed:
        return FetchFailure("decoder_failed", "its decoder was killed every time; is memory short?")
    return FetchFailure("decoder_failed", "its decoder broke down")


def _in_chunks(items: Iterable[_T | None], size: int) -> Iterator[list[_T]]:
    """Yield lists of `size` items, and a shorter or empty one wherever None says that none follows for now."""
    chunk: list[_T] = []
    for item in items:
        if item is not None:
            chunk.append(item)
        if item is None or len(chunk) == size:
            yield chunk
            chunk = []
    yield chunk
