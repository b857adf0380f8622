"""The logits of ImageNet's classes for images whose map another network makes, or the user's own vectors."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Event

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generator.cache.store import Store, image_key
from generator.collection.image_cache import ImageCache, pack_logits
from generator.collection.picture_pass import find_lacking, pass_pictures
from generator.digests import digest_of, hash_file
from generator.embedding import lite0
from generator.embedding.recipe import Recipe
from generator.errors import DamagedCacheError
from generator.progress import Progress

#: Raised whenever the same picture would give other logits.
VERSION = 1


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
    from generator.embedding.engines import open_engine

    recipe, method = _own_recipe(), describe_method(image_cache)
    assert recipe is not None and method is not None
    keys = {sha256: image_key(sha256, method) for sha256 in sha256s}
    missing = find_lacking(image_cache, "logits", keys)
    if missing:
        engine = open_engine(recipe, image_cache.store, progress, len(missing))

        def compute(pictures: Sequence[Image.Image]) -> list[bytes]:
            logits = engine.embed([engine.prepare(picture) for picture in pictures]).logits
            assert logits is not None
            return [pack_logits(row) for row in logits]

        pass_pictures(image_cache, "logits", missing, compute, progress, stop)
    return keys


def _read(store: Store, keys: Sequence[str]) -> NDArray[np.float16]:
    result = np.empty((len(keys), lite0.CLASSES), np.float16)
    for row, value in enumerate(store.get_many("logits", iter(keys))):
        if value is None:
            raise DamagedCacheError
        result[row] = np.frombuffer(value, "<f2")
    return result
