"""The logits of ImageNet's classes for images whose map another network makes, or the user's own vectors."""

from __future__ import annotations

import io
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generator.cache.store import Store, image_key
from generator.collection.image_cache import ImageCache, pack_logits
from generator.digests import digest_of, hash_file
from generator.embedding import lite0
from generator.embedding.recipe import Recipe
from generator.errors import DamagedCacheError
from generator.processes import count_cores
from generator.progress import Progress

#: Raised whenever the same picture would give other logits.
VERSION = 1
_CHUNK = 16


def describe_method(image_cache: ImageCache) -> str | None:
    """Return how logits are found, as a digest; None where the weights of the classifier are not installed."""
    recipe = None if "logits" in image_cache.methods else _own_recipe()
    if recipe is None:
        return image_cache.methods.get("logits")
    return digest_of(str(VERSION), image_cache.methods["pictures"], recipe.key)


def _own_recipe() -> Recipe | None:
    weights = lite0.find_weights()
    return Recipe(lite0.NAME, weights, hash_file(weights), "max", "float32") if weights else None


def find_logits(image_cache: ImageCache, sha256s: Sequence[str], progress: Progress) -> NDArray[np.float16]:
    """Return the logits of these images, (n, 1000), where `describe_method` says how.

    The network that comes along gives them with its vectors. Where the map is another network's, that network runs
    over the pictures that the cache keeps, which needs no decoding of the originals: about a tenth of what ResNet50
    takes.
    """
    if "logits" in image_cache.methods:
        return image_cache.logits(sha256s)
    keys = fill_logits(image_cache, sha256s, progress)
    return _read(image_cache.store, [keys[sha256] for sha256 in sha256s])


def fill_logits(
    image_cache: ImageCache, sha256s: Sequence[str], progress: Progress, stop: Event | None = None
) -> dict[str, str]:
    """Compute what is missing of these images' logits where the map is another network's; return their keys.

    Once `stop` is set, no further image is begun.
    """
    recipe, method = _own_recipe(), describe_method(image_cache)
    assert recipe is not None and method is not None
    keys = {sha256: image_key(sha256, method) for sha256 in sha256s}
    lacking = {key for _, key in image_cache.store.lacks([("logits", key) for key in keys.values()])}
    missing = {sha256: key for sha256, key in keys.items() if key in lacking}
    if missing:
        _fill(image_cache, recipe, missing, progress, stop or Event())
    return keys


def _fill(image_cache: ImageCache, recipe: Recipe, keys: dict[str, str], progress: Progress, stop: Event) -> None:
    from generator.embedding.engines import open_engine

    engine = open_engine(recipe, image_cache.store, progress, len(keys))
    names = list(keys)

    def embed(start: int) -> int:
        chunk = [] if stop.is_set() else names[start : start + _CHUNK]
        if not chunk:
            return 0
        pictures = [Image.open(io.BytesIO(image_cache.picture(name)), formats=("JPEG",)) for name in chunk]
        logits = engine.embed([engine.prepare(picture.convert("RGB")) for picture in pictures]).logits
        assert logits is not None
        for name, row in zip(chunk, logits, strict=True):
            image_cache.store.put("logits", keys[name], pack_logits(row))
        return len(chunk)

    with progress.step("Finding what images show", len(names)) as step, ThreadPoolExecutor(count_cores()) as threads:
        for done in threads.map(embed, range(0, len(names), _CHUNK)):
            step.advance(done)


def _read(store: Store, keys: Sequence[str]) -> NDArray[np.float16]:
    result = np.empty((len(keys), lite0.CLASSES), np.float16)
    for row, value in enumerate(store.get_many("logits", iter(keys))):
        if value is None:
            raise DamagedCacheError
        result[row] = np.frombuffer(value, "<f2")
    return result
