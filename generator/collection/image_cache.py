"""What is kept of each image: a picture for the post card, a square cell for the mosaics, its traits and its embedding.

An image is decoded once for all four, in a process that may die of it. What is kept is never made again, and an image
that was refused is remembered with its reason.
"""

from __future__ import annotations

import io
import itertools
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generator.cache.store import Store, image_key
from generator.collection.derive import CELL_SIDE, Derived, Deriver, PendingImage, PreparedImage, missing_kinds
from generator.digests import digest_of
from generator.embedding.engines import Embedded, Engine, Preparation, decoded_side, early_preparation
from generator.embedding.recipe import Recipe
from generator.errors import DamagedCacheError
from generator.images import perturb
from generator.images.decode import open_decoders
from generator.images.fetch import FetchedImage, FetchFailure
from generator.images.perturb import PERTURBATIONS
from generator.images.signature import SIZE as TRAITS_SIZE
from generator.images.signature import Signatures, read_signatures
from generator.processes import ProcessPool, TaskFailed
from generator.progress import Progress
from generator.settings import ImageSettings

#: Changes whenever the same image would be decoded or reduced to other pixels.
_VERSION = "4"
#: Images to a worker's turn.
_CHUNK = 16
#: What prepared images that wait for the network may take.
_HELD_BYTES = 200_000_000

_T = TypeVar("_T")
_U = TypeVar("_U")


class ImagePool:
    """What images are made with: as many threads as `cores`, decoders in processes of their own, and a network.

    It serves one gallery after another, or several at once, of the same recipe and image settings. `open_engine` is
    called once, when the network is first asked for, with about how many images it is for.
    """

    def __init__(self, open_engine: Callable[[int], Engine], cores: int) -> None:
        self.cores = cores
        self.pool = ThreadPoolExecutor(cores)
        self.aside = ThreadPoolExecutor(2)  # opens the network, and waits for one that computes apart
        self._open_engine = open_engine
        self._opening: Future[Engine] | None = None
        self._decoders: dict[bool, ProcessPool[Sequence[PendingImage], Derived]] = {}
        self._lock = threading.Lock()

    def open_engine(self, images: int) -> Future[Engine]:
        """The network, once it is open."""
        with self._lock:
            self._opening = self._opening or self.aside.submit(self._open_engine, images)
            return self._opening

    def open_decoders(self, maker: Deriver, settings: ImageSettings) -> ProcessPool[Sequence[PendingImage], Derived]:
        """The processes that decode images; those that prepare nothing for a network are others."""
        prepares = maker.prepare is not None
        with self._lock:
            if prepares not in self._decoders:
                self._decoders[prepares] = open_decoders(maker, settings)
            return self._decoders[prepares]

    def close(self) -> None:
        """End it all; what is under way fails."""
        for decoders in self._decoders.values():
            decoders.close()
        self.pool.shutdown(wait=True, cancel_futures=True)
        self.aside.shutdown(wait=True, cancel_futures=True)


class ImageCache:
    """The kept pictures, cells and embeddings of images, by the sha256 of their bytes."""

    def __init__(self, recipe: Recipe, settings: ImageSettings, store: Store) -> None:
        self._recipe = recipe
        self._settings = settings
        self._store = store
        self.failures: dict[str, FetchFailure] = {}  # by sha256, of this run alone
        self._sides = decoded_side(recipe), settings.picture_size
        # how each kind is made, as the keys say it
        self._made = {
            "pictures": digest_of(_VERSION, str(self._sides), str(settings.picture_size)),
            "cells": digest_of(_VERSION, str(self._sides), str(CELL_SIDE)),
            "traits": digest_of(_VERSION, str(self._sides)),
            "refused": digest_of(_VERSION, str(settings.max_pixels)),
        }
        if recipe.model != "vectors":  # vectors brought by the user need no embedding
            self._made["embeddings"] = digest_of(_VERSION, str(self._sides), recipe.key)
            self._made["disturbed"] = digest_of(perturb.VERSION, self._made["traits"], self._made["embeddings"])

    def missing(self, images: Iterable[FetchedImage]) -> list[FetchedImage]:
        """The images of which something is yet to be made, each once."""
        return [unmade.image for unmade in self._sift_missing(images) if unmade is not None]

    def fill(
        self,
        at_hand: Sequence[FetchedImage],
        coming: Iterable[FetchedImage | None],
        expected: int,
        image_pool: ImagePool,
        progress: Progress,
    ) -> None:
        """Make whatever is missing of images, keeping each piece once it is made.

        First of those `at_hand`, then of those that are `coming`, about `expected` of them and None while none comes:
        each is decoded and embedded while others are downloaded. The workshop's network is opened only when something
        must be embedded; images are decoded meanwhile.
        """
        missing = [unmade for unmade in self._sift_missing(at_hand) if unmade is not None]
        if not missing and not expected:
            return
        wanted = "embeddings" in self._made  # whoever brings vectors needs none
        embeds = wanted and (expected > 0 or any("embeddings" in unmade.kinds for unmade in missing))
        opening = image_pool.open_engine(len(missing) + expected) if embeds else None
        prepare = early_preparation(self._recipe) or (opening.result().prepare if opening else None)
        make = partial(self._make, self._open_decoders(image_pool, prepare))
        with progress.step("Images", len(missing) + expected) as step:

            def embed(engine: Engine, waiting: Sequence[PreparedImage]) -> None:
                self._embed(engine, waiting)
                step.advance(len(waiting))

            ahead = 2 * image_pool.cores
            queue = _EmbeddingQueue(opening, image_pool.pool, image_pool.aside, embed, ahead) if opening else None
            chunks = _in_chunks(itertools.chain(missing, self._sift_missing(coming)), _CHUNK)
            for chunk, made in _map_ahead(image_pool.pool, make, chunks, ahead):
                step.advance(len(chunk) - len(made.waiting))
                self.failures.update(made.failures)
                for warning in made.warnings:
                    progress.warn(warning)
                if queue is not None:
                    queue.add(made.waiting)
            if queue is not None:
                queue.finish()

    def disturb(self, images: Sequence[FetchedImage], image_pool: ImagePool, progress: Progress) -> None:
        """Make what is missing of the disturbed copies of images; vectors that the user brought have none."""
        if "disturbed" not in self._made:
            return
        lacking = {
            key for _, key in self._store.lacks([("disturbed", self._key("disturbed", one.sha256)) for one in images])
        }
        missing = [
            PendingImage(one, frozenset({"disturbed"}))
            for one in images
            if self._key("disturbed", one.sha256) in lacking
        ]
        if not missing:
            return
        opening = image_pool.open_engine(len(missing))
        decoders = self._open_decoders(image_pool, early_preparation(self._recipe) or opening.result().prepare)

        def make(unmade: PendingImage) -> None:
            for copies in self._make(decoders, [unmade]).disturbed:
                embedded = opening.result().embed(copies.prepared)
                parts = zip(copies.signatures, *embedded, strict=True)
                kept = b"".join(signatures + pack_embedding(vector, places) for signatures, vector, places in parts)
                self._store.put("disturbed", self._key("disturbed", copies.sha256), kept)

        with progress.step("PerturbedImage", len(missing)) as step:
            for _ in image_pool.pool.map(make, missing):
                step.advance()

    def disturbed(self, sha256s: Sequence[str]) -> tuple[Signatures, NDArray[np.float32]]:
        """Of the disturbed copies of these images, one image's after the other's: traits, and vectors (copies, d)."""
        copies = [
            whole[start : start + len(whole) // len(PERTURBATIONS)]
            for whole in self._kept_many("disturbed", sha256s)
            for start in range(0, len(whole), len(whole) // len(PERTURBATIONS))
        ]
        signatures = read_signatures([copy[:TRAITS_SIZE] for copy in copies])
        return signatures, np.stack([unpack_embedding(copy[TRAITS_SIZE:]).vectors for copy in copies])

    def has_perturbed(self, sha256: str) -> bool:
        """Whether the disturbed copies of an image are kept."""
        return "disturbed" in self._made and self._store.has("disturbed", self._key("disturbed", sha256))

    def _open_decoders(
        self, image_pool: ImagePool, prepare: Preparation | None
    ) -> ProcessPool[Sequence[PendingImage], Derived]:
        maker = Deriver(self._store.place, self._made, self._settings, self._sides, prepare)
        return image_pool.open_decoders(maker, self._settings)

    def _sift_missing(self, images: Iterable[FetchedImage | None]) -> Iterator[PendingImage | None]:
        """Those of which something is yet to be made, each once, as they come."""
        seen: set[str] = set()
        for image in images:
            if image is None:
                yield None
            elif image.sha256 not in seen:
                seen.add(image.sha256)
                kinds = missing_kinds(self._store, self._made, image.sha256)
                if kinds:
                    yield PendingImage(image, kinds)

    def refusal(self, image: FetchedImage) -> FetchFailure | None:
        """Why the image was refused, or None."""
        if image.sha256 in self.failures:
            return self.failures[image.sha256]
        key = self._key("refused", image.sha256)
        kept = self._store.get("refused", key) if self._store.has("refused", key) else None
        if kept is None:
            return None
        reason, _, detail = kept.decode("utf-8").partition("\n")
        return FetchFailure(reason, detail)

    def picture(self, sha256: str) -> bytes:
        """The picture of an image, a JPEG."""
        return self._kept("pictures", sha256)

    def cell(self, sha256: str) -> Image.Image:
        """The square cell of an image, opened but not yet decoded, so that `draft` can still reduce it."""
        return open_cell(self._kept("cells", sha256))

    def cell_key(self, sha256: str) -> str:
        """What the store keeps the image's cell under."""
        return self._key("cells", sha256)

    def embeddings(self, sha256s: Sequence[str]) -> Embedded:
        """The embeddings of these images, in files mapped into memory, which go with the arrays."""
        width = len(unpack_embedding(self._kept("embeddings", sha256s[0])).vectors)
        found = Embedded(*(self._map_rows(len(sha256s), width, kind) for kind in (np.float32, np.uint8)))
        for row, value in enumerate(self._kept_many("embeddings", sha256s)):
            found.vectors[row], found.places[row] = unpack_embedding(value)
        return found

    def _map_rows(self, count: int, width: int, kind: type) -> NDArray[Any]:
        # not where temporary files lie: that may be memory
        with tempfile.TemporaryFile(dir=self._store.local) as file:
            return np.memmap(file, kind, "w+", shape=(count, width))

    def signatures(self, sha256s: Sequence[str]) -> Signatures:
        """The traits of these images."""
        return read_signatures(list(self._kept_many("traits", sha256s)))

    def _kept(self, kind: str, sha256: str) -> bytes:
        value = self._store.get(kind, self._key(kind, sha256))
        if value is None:
            raise DamagedCacheError
        return value

    def _kept_many(self, kind: str, sha256s: Sequence[str]) -> Iterator[bytes]:
        for value in self._store.get_many(kind, (self._key(kind, sha256) for sha256 in sha256s)):
            if value is None:
                raise DamagedCacheError
            yield value

    def _key(self, kind: str, sha256: str) -> str:
        return image_key(sha256, self._made[kind])

    def _make(
        self,
        decoders: ProcessPool[Sequence[PendingImage], Derived],
        images: Sequence[PendingImage],
        again: bool = False,
    ) -> Derived:
        """Make what is missing of images, as ImageMaker does; where a decoder fails, of each by itself.

        An image by itself is tried `again`, in a new process, where the decoder died or its memory was used up: the
        system may have wanted memory, and earlier images may have left some in use.
        """
        try:
            return decoders.run(images)
        except (TaskFailed, MemoryError) as failure:
            late = isinstance(failure, TaskFailed) and failure.timed_out
            killed = isinstance(failure, TaskFailed) and failure.killed
            if len(images) == 1 and (late or killed or again):
                if isinstance(failure, MemoryError):
                    lost = FetchFailure("too_many_pixels", "it does not fit into the memory that an image may take")
                elif late:
                    lost = FetchFailure(
                        "decoder_failed", f"it took longer than {self._settings.decode_seconds:g} seconds"
                    )
                elif killed:
                    lost = FetchFailure("decoder_failed", "its decoder was killed every time; is memory short?")
                else:
                    lost = FetchFailure("decoder_failed", "its decoder broke down")
                return Derived(failures={images[0].image.sha256: lost})
        parts = [self._make(decoders, [image], again=len(images) == 1) for image in images]
        return Derived(
            [waiting for part in parts for waiting in part.waiting],
            [disturbed for part in parts for disturbed in part.disturbed],
            {sha256: failure for part in parts for sha256, failure in part.failures.items()},
            [warning for part in parts for warning in part.warnings],
        )

    def _embed(self, engine: Engine, waiting: Sequence[PreparedImage]) -> None:
        embedded = engine.embed([prepared for _, prepared in waiting])
        for (key, _), vector, places in zip(waiting, *embedded, strict=True):
            self._store.put("embeddings", key, pack_embedding(vector, places))


def pack_embedding(vector: NDArray[np.float32], places: NDArray[np.uint8]) -> bytes:
    """One image's embedding as the store keeps it: d floats, then d bytes."""
    return np.ascontiguousarray(vector, "<f4").tobytes() + places.tobytes()


def unpack_embedding(kept: bytes) -> Embedded:
    """What `pack_embedding` packed: (d,) each."""
    width = len(kept) // 5
    return Embedded(np.frombuffer(kept, "<f4", width), np.frombuffer(kept, np.uint8, width, 4 * width))


def open_cell(kept: bytes) -> Image.Image:
    """A cell as the store keeps it, opened but not yet decoded."""
    return Image.open(io.BytesIO(kept), formats=("JPEG",))


class _EmbeddingQueue:
    """Prepared images on their way to the network: held while it is being opened, then embedded in its batches."""

    def __init__(
        self,
        opening: Future[Engine],
        pool: ThreadPoolExecutor,
        aside: ThreadPoolExecutor,
        embed: Callable[[Engine, Sequence[PreparedImage]], None],
        most: int,
    ) -> None:
        self._opening = opening
        self._pool = pool
        self._aside = aside
        self._embed = embed
        self._most = most  # batches under way at a time in `pool`
        self._held: list[PreparedImage] = []
        self._under_way: deque[Future[None]] = deque()

    def add(self, waiting: Sequence[PreparedImage]) -> None:
        """Take more; waits for the network only where too much is held."""
        self._held += waiting
        full = bool(waiting) and waiting[0][1].nbytes * len(self._held) > _HELD_BYTES
        if full or self._opening.done():
            self._submit(self._opening.result().batch)

    def finish(self) -> None:
        """Embed all that is held, and wait for it."""
        self._submit(1)
        while self._under_way:
            self._under_way.popleft().result()

    def _submit(self, least: int) -> None:
        engine = self._opening.result()
        # a card has enough with one batch to compute and one to go on with, and threads that wait decode nothing
        pool, most = (self._aside, 2) if engine.apart else (self._pool, self._most)
        while len(self._held) >= least:
            self._under_way.append(pool.submit(self._embed, engine, self._held[: engine.batch]))
            del self._held[: engine.batch]
            while len(self._under_way) > most:
                self._under_way.popleft().result()


def _in_chunks(items: Iterable[_T | None], size: int) -> Iterator[list[_T]]:
    """Lists of `size` items, shorter ones and empty ones where None says that for now there are no more."""
    chunk: list[_T] = []
    for item in items:
        if item is not None:
            chunk.append(item)
        if item is None or len(chunk) == size:
            yield chunk
            chunk = []
    yield chunk


def _map_ahead(
    pool: ThreadPoolExecutor, work: Callable[[list[_T]], _U], chunks: Iterable[list[_T]], distance: int
) -> Iterator[tuple[list[_T], _U]]:
    """Chunks with what `work` makes of them, in order, never more than `distance` chunks ahead of what was taken."""
    ahead: deque[tuple[list[_T], Future[_U]]] = deque()
    for chunk in chunks:
        if chunk:
            ahead.append((chunk, pool.submit(work, chunk)))
        while ahead and (len(ahead) > distance or ahead[0][1].done()):
            done, future = ahead.popleft()
            yield done, future.result()
    for chunk, future in ahead:
        yield chunk, future.result()
