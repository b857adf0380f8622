"""Which of a user's own terms images show, from vectors of images and terms in one space."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from generator.errors import SettingsError

#: Raised whenever the same vectors would give other scores or other terms.
VERSION = 1
#: The probability from which a term is given: it is likelier than all others together.
LEAST = 0.5
#: The factor of cosines that CLIP learned and that its training is held to (Radford et al. 2021, 2.5).
SCALE = 100.0
_BLOCK = 2048


def find_own_terms(
    images: NDArray[np.floating],
    terms: NDArray[np.floating],
    above: Sequence[int | None],
    scale: float = SCALE,
) -> tuple[NDArray[np.int32], NDArray[np.int16], NDArray[np.float32]]:
    """Return which terms n images have, and how probable each is: rows, terms and probabilities of the pairs.

    `images` are (n, d) and `terms` (t or more, d), all of any length; `above` (t) names the term above each. Vectors
    after the first t describe nothing in particular and only compete. Probabilities are softmax over `scale` times the
    cosines (Radford et al. 2021, Learning transferable visual models from natural language supervision); a term's own
    and those of the terms below it add up. A term is given from LEAST on.
    """
    terms = _normalize(np.asarray(terms, np.float32))
    member = np.zeros((len(terms), len(above)), np.float32)
    for position in range(len(above)):
        place: int | None = position
        while place is not None:
            member[position, place] = 1
            place = above[place]
    found = []
    for start in range(0, len(images), _BLOCK):
        block = _normalize(np.asarray(images[start : start + _BLOCK], np.float32))
        cosines = block @ terms.T
        odds = np.exp(np.float32(scale) * (cosines - cosines.max(axis=1, keepdims=True)))
        scores = np.minimum((odds @ member) / odds.sum(axis=1, keepdims=True), 1)
        # an image whose vector is zero shows nothing
        rows, places = np.nonzero((scores >= LEAST) & block.any(axis=1, keepdims=True))
        found.append((rows + start, places, scores[rows, places]))
    rows, places, scores = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return rows.astype(np.int32), places.astype(np.int16), scores.astype(np.float32)


def _normalize(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    # scaled first: the square of a large number would be infinite
    largest = np.abs(vectors).max(axis=1, keepdims=True)
    scaled = vectors / np.where(largest > 0, largest, np.float32(1))
    length = np.linalg.norm(scaled, axis=1, keepdims=True)
    return np.asarray(scaled / np.where(length > 0, length, 1), np.float32)


def match_term_vectors(
    names: Sequence[str], ids: Sequence[str] | None, vectors: NDArray[np.float32], source: str, width: int
) -> NDArray[np.float32]:
    """Return the vector of each of the terms `names`, (t, width), from a file's `vectors` and their `ids`.

    Without ids there is one vector a term, in the order of the file of terms. Raises SettingsError where they do not
    fit, a term has no vector or two, or a vector is zero; the message names `source`.
    """
    if vectors.shape[1] != width:
        raise SettingsError(
            f"{source}: the terms' vectors have {vectors.shape[1]:,} numbers each, the images' have {width:,}.",
            "Make both with one network that understands texts and images, such as CLIP.",
        )
    if ids is None:
        if len(vectors) != len(names):
            raise SettingsError(
                f"{source} holds {len(vectors):,} vectors without ids for {len(names):,} terms.",
                "Give one vector a term, in the order of the file of terms, or ids that are the terms.",
            )
        found = vectors
    else:
        place: dict[str, int] = {}
        for row, text in enumerate(ids):
            if place.setdefault(text.strip().casefold(), row) != row:
                raise SettingsError(f"{source} holds two vectors for {text[:80]!r}.", "Leave one of them out.")
        lacking = [name for name in names if name.casefold() not in place]
        if lacking:
            raise SettingsError(
                f"{source} holds no vector for {len(lacking):,} of {len(names):,} terms, such as {lacking[0]!r}.",
                "Its ids are to be the terms as the file of terms writes them.",
            )
        found = vectors[[place[name.casefold()] for name in names]]
    if empty := [name for name, row in zip(names, found, strict=True) if not row.any()]:
        raise SettingsError(f"{source}: the vector of {empty[0]!r} is all zero.", "Make it again.")
    return found
