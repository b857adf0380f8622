"""Keep of each image: a picture for the post card, a square cell for the mosaics, signature, embedding and the like.

An image is decoded once for all, in a child process. What is kept is never derived again, and an image that was
refused is remembered with its reason.
"""

from __future__ import annotations

import io
import itertools
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generator.cache.store import Store, image_key
from generator.collection.derive import (
    CELL_SIDE,
    EMBEDDED_KINDS,
    VIDEO,
    Deriver,
    PendingImage,
    PreparedImage,
    missing_kinds,
)
from generator.collection.embedding_queue import EmbeddingQueue
from generator.collection.image_pool import Decoders, ImagePool, derive_images
from generator.digests import digest_of
from generator.embedding import lite0
from generator.embedding.engines import decoded_side, early_preparation
from generator.embedding.interface import Embedded, Engine, Preparation
from generator.embedding.recipe import Recipe
from generator.errors import DamagedCacheError
from generator.images import perturb
from generator.images.fetch import FetchedImage, FetchFailure, Outcome
from generator.images.perturb import PERTURBATIONS
from generator.images.signature import SIZE as SIGNATURE_SIZE
from generator.images.signature import Signatures, read_signatures
from generator.numerics import release_pages
from generator.progress import Progress
from generator.settings import ImageSettings
from generator.tags import shots

#: Embeddings written to a file before their memory is given back: 13 MB of those of ResNet50.
_HELD_ROWS = 1_000
#: Raised whenever the same image would be decoded or reduced to other pixels.
VERSION = "4"


class ImageCache:
    """The pictures, cells, signatures and embeddings of images in a store, by the sha256 of the images' bytes."""

    def __init__(self, recipe: Recipe, settings: ImageSettings, store: Store, task: str = "Reading images") -> None:
        self.recipe = recipe
        self.task = task  # what filling the cache is called
        self.settings = settings
        self.store = store
        self.failures: dict[str, FetchFailure] = {}  # by sha256, of this run alone
        self.tried: dict[str, Outcome] = {}  # by address, of images fetched earlier in this run
        self.sides = decoded_side(recipe), settings.picture_size
        #: How each kind is derived, as a digest that is part of its keys.
        self.methods = {
            "pictures": digest_of(VERSION, str(self.sides), str(settings.picture_size)),
            "cells": digest_of(VERSION, str(self.sides), str(CELL_SIDE)),
            "traits": digest_of(VERSION, str(self.sides)),
            "shots": digest_of(VERSION, str(self.sides), str(settings.picture_size), str(shots.VERSION)),
            "refused": digest_of(VERSION, "videos", str(settings.max_pixels)),
        }
        if recipe.model != "vectors":  # the user's own vectors need no embedding
            self.methods["embeddings"] = digest_of(VERSION, str(self.sides), recipe.key)
            self.methods["disturbed"] = digest_of(perturb.VERSION, self.methods["traits"], self.methods["embeddings"])
        if recipe.model == lite0.NAME:  # the one network that has its classifier
            self.methods["logits"] = self.methods["embeddings"]

    def without_embeddings(self) -> ImageCache:
        """Return the same cache for all but the embeddings."""
        other = ImageCache(self.recipe, self.settings, self.store, self.task)
        network_kinds = EMBEDDED_KINDS | {"disturbed"}
        other.methods = {kind: method for kind, method in self.methods.items() if kind not in network_kinds}
        return other

    def missing(self, images: Iterable[FetchedImage]) -> list[FetchedImage]:
        """Return the images of which something is missing, each once."""
        return [pending.image for pending in self._find_pending(images) if pending is not None]

    def fill(
        self,
        available: Sequence[FetchedImage],
        arriving: Iterable[FetchedImage | None],
        expected: int,
        image_pool: ImagePool,
        progress: Progress,
    ) -> None:
        """Derive and keep whatever is missing of images.

        First come the `available` images, then the `arriving` ones, about `expected` of them, with None whenever none
        arrives for now: each is decoded and embedded while others are downloaded. The network is opened only if
        something must be embedded; images are decoded meanwhile.
        """
        missing = [pending for pending in self._find_pending(available) if pending is not None]
        if not missing and not expected:
            return
        embeds = "embeddings" in self.methods and (
            expected > 0 or any(EMBEDDED_KINDS & pending.kinds for pending in missing)
        )
        opening = image_pool.open_engine(len(missing) + expected) if embeds else None
        prepare = early_preparation(self.recipe) or (opening.result().prepare if opening else None)
        decoders = self._open_decoders(image_pool, prepare)
        with progress.step(self.task, len(missing) + expected) as step:

            def embed(engine: Engine, prepared: Sequence[PreparedImage]) -> None:
                self._embed(engine, prepared)
                step.advance(len(prepared))

            queue = EmbeddingQueue(opening, image_pool, embed) if opening else None
            images = itertools.chain(missing, self._find_pending(arriving))
            for chunk, derived in image_pool.derive_all(decoders, images):
                step.advance(len(chunk) - len(derived.prepared))
                self.failures.update(derived.failures)
                for warning in derived.warnings:
                    progress.warn(warning)
                if queue is not None:
                    queue.add(derived.prepared)
            if queue is not None:
                queue.finish()

    def perturb(self, images: Sequence[FetchedImage], image_pool: ImagePool, progress: Progress) -> None:
        """Derive what is missing of the perturbed copies of images; the user's own vectors have none."""
        if "disturbed" not in self.methods:
            return
        keys = {image.sha256: self._key("disturbed", image.sha256) for image in images}
        lacking = {key for _, key in self.store.lacks([("disturbed", key) for key in keys.values()])}
        missing = [PendingImage(image, frozenset({"disturbed"})) for image in images if keys[image.sha256] in lacking]
        if not missing:
            return
        opening = image_pool.open_engine(len(missing))
        decoders = self._open_decoders(image_pool, early_preparation(self.recipe) or opening.result().prepare)

        def derive(pending: PendingImage) -> None:
            for copies in derive_images(decoders, [pending]).perturbed:
                embedded = opening.result().embed(copies.network_inputs)
                parts = zip(copies.signatures, embedded.vectors, embedded.peaks, strict=True)
                value = b"".join(signature + pack_embedding(vector, peaks) for signature, vector, peaks in parts)
                self.store.put("disturbed", keys[copies.sha256], value)

        with progress.step("Checking how robust likeness is", len(missing)) as step:
            for _ in image_pool.threads.map(derive, missing):
                step.advance()

    def perturbed(self, sha256s: Sequence[str]) -> tuple[Signatures, NDArray[np.float32]]:
        """Return signatures and vectors (copies, d) of the perturbed copies of these images, image after image."""
        copies = [
            whole[start : start + len(whole) // len(PERTURBATIONS)]
            for whole in self._get_many("disturbed", sha256s)
            for start in range(0, len(whole), len(whole) // len(PERTURBATIONS))
        ]
        signatures = read_signatures((copy[:SIGNATURE_SIZE] for copy in copies), len(copies))
        return signatures, np.stack([unpack_embedding(copy[SIGNATURE_SIZE:]).vectors for copy in copies])

    def has_perturbed(self, sha256: str) -> bool:
        """Return whether the perturbed copies of an image are kept."""
        return "disturbed" in self.methods and self.store.has("disturbed", self._key("disturbed", sha256))

    def refusal(self, image: FetchedImage) -> FetchFailure | None:
        """Return why the image was refused, or None."""
        if image.sha256 in self.failures:
            return self.failures[image.sha256]
        key = self._key("refused", image.sha256)
        value = self.store.get("refused", key) if self.store.has("refused", key) else None
        if value is None:
            return None
        reason, _, detail = value.decode("utf-8").partition("\n")
        return FetchFailure(reason, detail)

    def find_videos(self, sha256s: Iterable[str]) -> set[str]:
        """Return those of these images that are frames of videos."""
        keys = {image_key(sha256, VIDEO): sha256 for sha256 in sha256s}
        lacking = {key for _, key in self.store.lacks([("videos", key) for key in keys])}
        return {sha256 for key, sha256 in keys.items() if key not in lacking}

    def find_scenes(self, sha256: str) -> list[FetchedImage]:
        """Return the frames of a video's other scenes; none for an image, or if they are gone."""
        key = image_key(sha256, VIDEO)
        kept = self.store.get("videos", key) if self.store.has("videos", key) else None
        frames = kept.decode().split() if kept else []
        return [FetchedImage(frame, None) for frame in frames if self.store.has("images", frame)]

    def picture(self, sha256: str) -> bytes:
        """Return the picture of an image, a JPEG."""
        return self._get("pictures", sha256)

    def cell(self, sha256: str) -> Image.Image:
        """Return the square cell of an image, opened but not yet decoded, so that `draft` can still reduce it."""
        return open_cell(self._get("cells", sha256))

    def cell_key(self, sha256: str) -> str:
        """Return the key of the image's cell in the store."""
        return self._key("cells", sha256)

    def embeddings(self, sha256s: Sequence[str]) -> Embedded:
        """Return the embeddings of these images, in temporary files mapped into memory."""
        width = len(unpack_embedding(self._get("embeddings", sha256s[0])).vectors)
        result = Embedded(*(self.map_rows(len(sha256s), width, kind) for kind in (np.float32, np.uint8)))
        for row, value in enumerate(self._get_many("embeddings", sha256s)):
            one = unpack_embedding(value)
            result.vectors[row], result.peaks[row] = one.vectors, one.peaks
            if row % _HELD_ROWS == 0:
                release_pages(result.vectors)
                release_pages(result.peaks)
        return result

    def logits(self, sha256s: Sequence[str]) -> NDArray[np.float16]:
        """Return the logits of ImageNet's classes for these images (n, 1000)."""
        result = np.empty((len(sha256s), lite0.CLASSES), np.float16)
        for row, value in enumerate(self._get_many("logits", sha256s)):
            result[row] = np.frombuffer(value, "<f2")
        return result

    def signatures(self, sha256s: Sequence[str]) -> Signatures:
        """Return the signatures of these images."""
        return read_signatures(self._get_many("traits", sha256s), len(sha256s))

    def roughness(self, sha256s: Sequence[str]) -> NDArray[np.float32]:
        """Return how rough the border of each of these images is, (n,), as `tags.shots` measures it."""
        return shots.read_roughness(self._get_many("shots", sha256s))

    def map_rows(self, count: int, width: int, kind: type) -> NDArray[Any]:
        """Return zeros (count, width) in a temporary file mapped into memory."""
        # not in the folder for temporary files, which may be held in memory
        with tempfile.TemporaryFile(dir=self.store.local) as file:
            return np.memmap(file, kind, "w+", shape=(count, width))

    def _open_decoders(self, image_pool: ImagePool, prepare: Preparation | None) -> Decoders:
        deriver = Deriver(self.store.place, self.methods, self.settings, self.sides, prepare)
        return image_pool.open_decoders(deriver, self.settings)

    def _find_pending(self, images: Iterable[FetchedImage | None]) -> Iterator[PendingImage | None]:
        """Yield the images of which something is missing, each once, as they come; None as it comes."""
        seen: set[str] = set()
        for image in images:
            if image is None:
                yield None
            elif image.sha256 not in seen:
                seen.add(image.sha256)
                kinds = missing_kinds(self.store, self.methods, image.sha256)
                if kinds:
                    yield PendingImage(image, kinds)

    def _embed(self, engine: Engine, prepared: Sequence[PreparedImage]) -> None:
        embedded = engine.embed([image.network_input for image in prepared])
        for row, image in enumerate(prepared):
            packed = pack_embedding(embedded.vectors[row], embedded.peaks[row])
            self.store.put("embeddings", self._key("embeddings", image.sha256), packed)
            if embedded.logits is not None and "logits" in self.methods:
                self.store.put("logits", self._key("logits", image.sha256), pack_logits(embedded.logits[row]))

    def _get(self, kind: str, sha256: str) -> bytes:
        value = self.store.get(kind, self._key(kind, sha256))
        if value is None:
            raise DamagedCacheError
        return value

    def _get_many(self, kind: str, sha256s: Sequence[str]) -> Iterator[bytes]:
        for value in self.store.get_many(kind, (self._key(kind, sha256) for sha256 in sha256s)):
            if value is None:
                raise DamagedCacheError
            yield value

    def _key(self, kind: str, sha256: str) -> str:
        return image_key(sha256, self.methods[kind])


def pack_embedding(vector: NDArray[np.float32], peaks: NDArray[np.uint8]) -> bytes:
    """Return one image's embedding as the store keeps it: d floats, then d bytes."""
    return np.ascontiguousarray(vector, "<f4").tobytes() + peaks.tobytes()


def unpack_embedding(value: bytes) -> Embedded:
    """Return the vector and peaks (d,) that `pack_embedding` packed."""
    width = len(value) // 5
    return Embedded(np.frombuffer(value, "<f4", width), np.frombuffer(value, np.uint8, width, 4 * width))


def pack_logits(logits: NDArray[np.float16]) -> bytes:
    """Return one image's logits (1000,) as the store keeps them; two bytes each tell them to a hundredth."""
    return logits.astype("<f2").tobytes()


def open_cell(value: bytes) -> Image.Image:
    """Open a cell as the store keeps it, without decoding it."""
    return Image.open(io.BytesIO(value), formats=("JPEG",))
