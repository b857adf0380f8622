"""The logits of ImageNet's classes for images whose map another network makes, or the user's own vectors.

A processor that has units for bfloat16 computes them so in half the time. Wherever a term would be nearly as sure with
other logits, the image is computed again in float32, so that the same terms are shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING

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
from generator.resources import find_resources
from generator.settings import Precision
from generator.tags.calibration import find_doubtful, load_calibration, score_terms
from generator.tags.hierarchy import load_hierarchy

if TYPE_CHECKING:
    from generator.embedding.interface import Engine

#: Raised whenever the same picture would give other logits.
VERSION = 1


def describe_method(image_cache: ImageCache, wanted: Precision) -> str | None:
    """Return how logits are found in the precision `wanted`, as a digest; None if the classifier is not installed."""
    recipe = None if "logits" in image_cache.methods else _own_recipe(wanted)
    if recipe is None:
        return image_cache.methods.get("logits")
    method = digest_of(str(VERSION), image_cache.methods["pictures"], recipe.key)
    if recipe.precision == "float32":
        return method
    # which images are computed again depends on these
    files = (find_resources("tags") / name for name in ("hierarchy.toml", "calibration.toml"))
    return digest_of(method, *map(hash_file, files))


def _own_recipe(wanted: Precision) -> Recipe | None:
    """Return the classifier's recipe, in bfloat16 if this processor has it and `wanted` allows it."""
    from generator.embedding.engines import offers_bfloat16

    weights = lite0.find_weights()
    if weights is None:
        return None
    recipe = Recipe(lite0.NAME, weights, hash_file(weights), "max", "auto")
    rounds = wanted in ("auto", "bfloat16") and offers_bfloat16(recipe)
    return recipe.computed_in("bfloat16" if rounds else "float32")


@dataclass(frozen=True, slots=True)
class _Classifier:
    """The classifier in float32, and in bfloat16 where that is used first."""

    exact: Engine
    fast: Engine | None

    def classify(self, pictures: Sequence[Image.Image]) -> NDArray[np.float16]:
        """Return the logits of n pictures, (n, 1000)."""
        prepared = [self.exact.prepare(picture) for picture in pictures]
        logits = (self.fast or self.exact).embed(prepared).logits
        assert logits is not None
        if self.fast is None:
            return logits
        hierarchy, calibration = load_hierarchy(), load_calibration()
        scores = score_terms(logits, hierarchy, calibration.temperature)
        doubtful = np.flatnonzero(find_doubtful(scores, calibration.thresholds(hierarchy)))
        if len(doubtful):
            again = self.exact.embed([prepared[place] for place in doubtful]).logits
            assert again is not None
            logits[doubtful] = again
        return logits


def find_logits(
    image_cache: ImageCache, sha256s: Sequence[str], progress: Progress, wanted: Precision
) -> NDArray[np.float16]:
    """Return the logits of these images, (n, 1000), where `describe_method` says how.

    The network that comes along gives them with its vectors. Where the map is another network's, that network runs
    over the pictures that the cache keeps, which needs no decoding of the originals: about a tenth of what ResNet50
    takes.
    """
    if "logits" in image_cache.methods:
        return image_cache.logits(sha256s)
    keys = fill_logits(image_cache, sha256s, progress, wanted)
    return _read(image_cache.store, [keys[sha256] for sha256 in sha256s])


def fill_logits(
    image_cache: ImageCache, sha256s: Sequence[str], progress: Progress, wanted: Precision, stop: Event | None = None
) -> dict[str, str]:
    """Compute what is missing of these images' logits where the map is another network's; return their keys.

    Once `stop` is set, no further image is begun.
    """
    from generator.embedding.engines import open_engine

    recipe, method = _own_recipe(wanted), describe_method(image_cache, wanted)
    assert recipe is not None and method is not None
    keys = {sha256: image_key(sha256, method) for sha256 in sha256s}
    missing = find_lacking(image_cache, "logits", keys)
    if missing:
        exact = open_engine(recipe.computed_in("float32"), image_cache.store, progress, len(missing))
        rounds = recipe.precision == "bfloat16"
        classifier = _Classifier(
            exact, open_engine(recipe, image_cache.store, progress, len(missing)) if rounds else None
        )

        def compute(pictures: Sequence[Image.Image]) -> list[bytes]:
            return [pack_logits(row) for row in classifier.classify(pictures)]

        pass_pictures(image_cache, "logits", missing, compute, progress, stop)
    return keys


def _read(store: Store, keys: Sequence[str]) -> NDArray[np.float16]:
    result = np.empty((len(keys), lite0.CLASSES), np.float16)
    for row, value in enumerate(store.get_many("logits", iter(keys))):
        if value is None:
            raise DamagedCacheError
        result[row] = np.frombuffer(value, "<f2")
    return result
