"""What is kept of each image: a picture for the post card, a square cell for the mosaics, and its embedding.

An image is decoded once for all three. What is kept is never made again, and an image that was
refused is remembered with its reason.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generator.download import FetchedImage, FetchFailure, read_image
from generator.embedding.choose import Recipe
from generator.embedding.engines import Engine, Prepared
from generator.imaging import ImageRefused, decode_image, make_cell, make_picture
from generator.progress import Progress
from generator.settings import ImageSettings
from generator.store import Store, digest_of

#: Side of the square cells kept for the mosaics, in pixels.
CELL_SIDE = 128
_PICTURE_QUALITY = 82
#: Changes whenever the same image would be decoded or reduced to other pixels.
_VERSION = "1"
#: No network of keras.applications takes more than this on a side; larger images may be decoded reduced.
_DECODED_SIDE = 600


@dataclass(frozen=True, slots=True)
class _Keys:
    """Where the store keeps what was made of one image, by kind; refusals under their own."""

    parts: dict[str, str]
    refusal: str


class Gallery:
    """The kept pictures, cells and embeddings of images, by the sha256 of their bytes."""

    def __init__(self, recipe: Recipe, settings: ImageSettings, store: Store) -> None:
        self._recipe = recipe
        self._settings = settings
        self._store = store

    def missing(self, images: Iterable[FetchedImage]) -> list[FetchedImage]:
        """The images of which something is yet to be made, each once."""
        once = {image.sha256: image for image in images}
        return [image for image in once.values() if self._missing_kinds(self._keys(image.sha256))]

    def fill(self, images: Iterable[FetchedImage], open_engine: Callable[[], Engine], progress: Progress) -> None:
        """Make whatever is missing of these images, a worker a core, keeping each piece once it is made.

        `open_engine` is called only when something must be embedded.
        """
        missing = self.missing(images)
        if not missing:
            return
        embeds = any("embeddings" in self._missing_kinds(self._keys(image.sha256)) for image in missing)
        engine = open_engine() if embeds else None
        size = engine.batch if engine else 16
        chunks = [missing[start : start + size] for start in range(0, len(missing), size)]
        with progress.stage("Images", len(missing)) as stage:
            pool = ThreadPoolExecutor(max_workers=os.cpu_count() or 1)
            try:
                for done in pool.map(lambda chunk: self._make(chunk, engine), chunks):
                    stage.advance(done)
            finally:
                pool.shutdown(wait=True, cancel_futures=True)

    def refusal(self, image: FetchedImage) -> FetchFailure | None:
        """Why the image was refused, or None."""
        kept = self._store.get("refused", self._keys(image.sha256).refusal)
        if kept is None:
            return None
        reason, _, detail = kept.decode("utf-8").partition("\n")
        return FetchFailure(reason, detail)

    def picture(self, sha256: str) -> bytes:
        """The picture of an image, a JPEG."""
        return self._kept("pictures", sha256)

    def cell(self, sha256: str) -> Image.Image:
        """The square cell of an image, opened but not yet decoded, so that `draft` can still reduce it."""
        return Image.open(io.BytesIO(self._kept("cells", sha256)), formats=("JPEG",))

    def embeddings(self, sha256s: Sequence[str]) -> NDArray[np.float32]:
        """The embeddings of these images, (n, d)."""
        rows = [np.frombuffer(self._kept("embeddings", sha256), dtype="<f4") for sha256 in sha256s]
        return np.stack(rows).astype(np.float32, copy=False)

    def _kept(self, kind: str, sha256: str) -> bytes:
        value = self._store.get(kind, self._keys(sha256).parts[kind])
        if value is None:
            raise LookupError(f"{kind} of image {sha256} are no longer in the cache")
        return value

    def _keys(self, sha256: str) -> _Keys:
        parts = {
            "pictures": digest_of(_VERSION, sha256, str(self._settings.picture_size)),
            "cells": digest_of(_VERSION, sha256, str(CELL_SIDE)),
        }
        if self._recipe.model != "vectors":  # vectors brought by the user need no embedding
            parts["embeddings"] = digest_of(_VERSION, sha256, self._recipe.key)
        return _Keys(parts, digest_of(_VERSION, sha256, str(self._settings.max_pixels)))

    def _missing_kinds(self, keys: _Keys) -> set[str]:
        if self._store.has("refused", keys.refusal):
            return set()
        return {kind for kind, key in keys.parts.items() if not self._store.has(kind, key)}

    def _make(self, images: Sequence[FetchedImage], engine: Engine | None) -> int:
        waiting: list[tuple[str, Prepared]] = []
        for image in images:
            keys = self._keys(image.sha256)
            missing = self._missing_kinds(keys)
            try:
                pixels = decode_image(
                    read_image(image, self._store),
                    self._settings.max_pixels,
                    at_least=max(_DECODED_SIDE, self._settings.picture_size),
                )
                if "pictures" in missing:
                    picture = make_picture(pixels, self._settings.picture_size, _PICTURE_QUALITY)
                    self._store.put("pictures", keys.parts["pictures"], picture)
                if "cells" in missing:
                    self._store.put("cells", keys.parts["cells"], make_cell(pixels, CELL_SIDE))
                if "embeddings" in missing and engine is not None:
                    waiting.append((keys.parts["embeddings"], engine.prepare(pixels)))
            except ImageRefused as refusal:
                self._store.put("refused", keys.refusal, f"{refusal.reason}\n{refusal.detail}".encode())
        if engine is not None and waiting:
            vectors = engine.embed([prepared for _, prepared in waiting])
            for (key, _), vector in zip(waiting, vectors, strict=True):
                self._store.put("embeddings", key, np.ascontiguousarray(vector, dtype="<f4").tobytes())
        return len(images)
