"""Embed prepared images in the network's batches while others are still being decoded."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from generator.collection.derive import PreparedImage
from generator.collection.image_pool import ImagePool
from generator.embedding.interface import Engine

#: Memory that prepared images may take while they wait for the network.
_HELD_BYTES = 200_000_000


class EmbeddingQueue:
    """Prepared images on their way to the network: held until it is open, then embedded in batches by `embed`."""

    def __init__(
        self, opening: Future[Engine], image_pool: ImagePool, embed: Callable[[Engine, Sequence[PreparedImage]], None]
    ) -> None:
        self._opening = opening
        self._image_pool = image_pool
        self._embed = embed
        self._held: list[PreparedImage] = []
        self._under_way: deque[Future[None]] = deque()

    def add(self, prepared: Sequence[PreparedImage]) -> None:
        """Add images; wait for the network only if too many are held."""
        self._held += prepared
        full = bool(prepared) and prepared[0].network_input.nbytes * len(self._held) > _HELD_BYTES
        if full or self._opening.done():
            self._submit(self._opening.result().batch)

    def finish(self) -> None:
        """Embed all that is held, and wait for it."""
        self._submit(1)
        while self._under_way:
            self._under_way.popleft().result()

    def _submit(self, least: int) -> None:
        """Hand over batches as long as at least `least` images are held."""
        engine, pool = self._opening.result(), self._image_pool
        # a GPU is busy with one batch to compute and one to follow, and threads that wait for it decode nothing
        threads, most = (pool.waiting_threads, 2) if engine.apart else (pool.threads, 2 * pool.cores)
        while len(self._held) >= least:
            self._under_way.append(threads.submit(self._embed, engine, self._held[: engine.batch]))
            del self._held[: engine.batch]
            while len(self._under_way) > most:
                self._under_way.popleft().result()
