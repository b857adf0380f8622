"""The stages that find a user's own terms in images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from generator.digests import digest_of
from generator.pipeline.run import Run
from generator.pipeline.sources import digest_own_terms, find_recipe
from generator.pipeline.stages import OWN_TAGS, TERM_VECTORS, Arrays, load_arrays
from generator.tags.own_scores import SCALE, find_own_terms, match_term_vectors

if TYPE_CHECKING:
    from PIL import Image

    from generator.collection.collect import Collection
    from generator.collection.image_cache import ImageCache
    from generator.tags.model import Sure
    from generator.tags.vocabulary import Vocabulary

#: What describes no image in particular: a term that fits no better is not given.
NEUTRAL = ("a photo", "a picture of something", "an image")


def check_own_terms(run: Run, vocabulary: Vocabulary) -> None:
    """Find the vectors of own terms before hours of work on images. Raises SettingsError where that does not work."""
    if vocabulary.terms:
        _find_vectors(run, vocabulary)


def score_own_terms(
    run: Run, collection: Collection, image_cache: ImageCache, vocabulary: Vocabulary
) -> list[Sure] | None:
    """Return the own terms of each of the collection's posts, by position; None without any."""
    if not vocabulary.terms:
        return None
    vectors = run.settings.tags.tag_vectors
    given = collection.key if vectors else digest_of(_image_method(run, image_cache), *collection.images)

    def compute() -> Arrays:
        terms = _find_vectors(run, vocabulary)
        if vectors is not None:
            assert collection.vectors is not None
            images: NDArray[np.floating] = collection.vectors
            scale = SCALE
            names = [term.name for term in vocabulary.terms]
            found = match_term_vectors(names, _ids(terms), terms["vectors"], str(vectors), collection.vectors.shape[1])
        else:
            images, scale = _embed_images(run, image_cache, collection.images), float(terms["scale"])
            found = terms["vectors"]
        rows, places, _ = find_own_terms(images, found, vocabulary.above, scale)
        return {"rows": rows, "terms": places}

    key = OWN_TAGS.key(run.settings, digest_own_terms(run.settings, vocabulary), given)
    arrays = load_arrays(OWN_TAGS, key, run.store, compute)
    shown: list[list[int]] = [[] for _ in collection.posts]
    for row, term in zip(arrays["rows"].tolist(), arrays["terms"].tolist(), strict=True):
        shown[row].append(term)
    return list(shown)


def _find_vectors(run: Run, vocabulary: Vocabulary) -> Arrays:
    """Return `vectors` of the terms with what they need: ids, or the scale of the network and neutral vectors."""
    if run.settings.tags.tag_vectors is not None:
        from generator.embedding.vector_files import read_vectors

        file = read_vectors(run.settings.tags.tag_vectors)
        arrays: Arrays = {"vectors": file.vectors}
        return arrays if file.ids is None else arrays | {"ids": np.array(file.ids)}

    def compute() -> Arrays:
        from generator.embedding.text_image import open_text_image

        network = open_text_image(find_recipe(run.settings))
        phrases = [phrase for term in vocabulary.terms for phrase in term.phrases]
        encoded = network.encode_texts([*phrases, *NEUTRAL])
        encoded /= np.maximum(np.linalg.norm(encoded, axis=1, keepdims=True), 1e-12)
        # the mean of a term's phrases (Radford et al. 2021, 3.1.4)
        starts = np.cumsum([0, *(len(term.phrases) for term in vocabulary.terms[:-1])])
        means = np.add.reduceat(encoded[: len(phrases)], starts, axis=0)
        return {"vectors": np.concatenate([means, encoded[len(phrases) :]]), "scale": np.array(network.scale)}

    key = TERM_VECTORS.key(run.settings, digest_own_terms(run.settings, vocabulary))
    return load_arrays(TERM_VECTORS, key, run.store, compute)


def _ids(arrays: Arrays) -> list[str] | None:
    return arrays["ids"].tolist() if "ids" in arrays else None


def _image_method(run: Run, image_cache: ImageCache) -> str:
    return digest_of(image_cache.methods["pictures"], find_recipe(run.settings).key)


def _embed_images(run: Run, image_cache: ImageCache, images: Sequence[str]) -> NDArray[np.float16]:
    """Return the vectors (n, d) that the network gives of images; what is missing is computed from kept pictures."""
    from generator.cache.store import image_key
    from generator.collection.picture_pass import find_lacking, pass_pictures
    from generator.errors import DamagedCacheError

    method = _image_method(run, image_cache)
    keys = {sha256: image_key(sha256, method) for sha256 in sorted(set(images))}
    if missing := find_lacking(image_cache, "meanings", keys):
        from generator.embedding.text_image import open_text_image

        network = open_text_image(find_recipe(run.settings))

        def compute(pictures: Sequence[Image.Image]) -> list[bytes]:
            vectors = network.encode_images(pictures)
            vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
            return [row.astype("<f2").tobytes() for row in vectors]

        pass_pictures(image_cache, "meanings", missing, compute, run.progress)
    values = run.store.get_many("meanings", (keys[sha256] for sha256 in images))
    result: NDArray[np.float16] | None = None
    for row, value in enumerate(values):
        if value is None:
            raise DamagedCacheError
        if result is None:
            result = image_cache.map_rows(len(images), len(value) // 2, np.float16)
        result[row] = np.frombuffer(value, "<f2")
    assert result is not None
    return result
