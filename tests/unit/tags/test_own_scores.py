"""Own terms are given by vectors: to the images where one is likelier than all others together."""

from __future__ import annotations

import numpy as np
import pytest

from generator.errors import SettingsError
from generator.tags.own_scores import find_own_terms, match_term_vectors

TERMS = np.eye(4, dtype=np.float32)


def _find(images: np.ndarray, terms: np.ndarray, above: list[int | None]) -> list[list[int]]:
    rows, places, scores = find_own_terms(images, terms, above)
    assert (scores >= 0.5).all() and (scores <= 1).all()
    return [places[rows == row].tolist() for row in range(len(images))]


def test_an_image_has_the_term_that_beats_all_others() -> None:
    images = np.array([[9, 0, 0, 0], [0, 1e-3, 0, 0], [1, 1, 0, 0], [0, 0, 0, 0], [0.9, 1, 0, 0]], np.float32)
    assert _find(images, TERMS, [None] * 4) == [[0], [1], [0, 1], [], [1]]


def test_terms_below_one_count_towards_it() -> None:
    images = np.array([[0, 1, 1, 1], [0, 1, 1, 0], [0, 0, 0, 1]], np.float32)
    # 1, 2 and 3 share the first image: none is likely, the one above 1 and 2 is
    assert _find(images, TERMS, [None, 0, 0, None]) == [[0], [0, 1, 2], [3]]


def test_vectors_beyond_the_terms_only_compete() -> None:
    images = np.array([[1, 0, 0, 0], [0, 0, 0, 1], [0.5, 0, 0, 1]], np.float32)
    assert _find(images, TERMS, [None]) == [[0], [], []]


def test_blocks_and_lengths_change_nothing() -> None:
    random = np.random.default_rng(0)
    images, terms = random.normal(size=(5000, 8)).astype(np.float32), random.normal(size=(6, 8)).astype(np.float32)
    whole = find_own_terms(images, terms, [None] * 6)
    scaled = find_own_terms(images * np.float32(1e30), terms * np.float32(1e-30), [None] * 6)
    assert np.array_equal(whole[0], scaled[0]) and np.array_equal(whole[1], scaled[1])
    late = find_own_terms(images[4000:], terms, [None] * 6)
    assert np.array_equal(whole[0][whole[0] >= 4000] - 4000, late[0]) and len(late[0])


def test_vectors_are_matched_by_name_or_order() -> None:
    vectors = np.eye(3, dtype=np.float32)
    names = ("Tote bags", "hats")
    assert np.array_equal(match_term_vectors(names, ("hats", "x", " tote bags"), vectors, "f", 3), vectors[[2, 0]])
    assert np.array_equal(match_term_vectors(names, None, vectors[:2], "f", 3), vectors[:2])


@pytest.mark.parametrize(
    ("ids", "vectors", "message"),
    [
        (None, np.ones((2, 4)), "4 numbers each, the images' have 3"),
        (None, np.ones((3, 3)), "holds 3 vectors without ids for 2 terms"),
        (("hats", "caps"), np.ones((2, 3)), "no vector for 1 of 2 terms, such as 'bags'"),
        (("hats", "Hats"), np.ones((2, 3)), "two vectors for 'Hats'"),
        (("hats", "bags"), np.array([[1, 0, 0], [0, 0, 0]]), "the vector of 'bags' is all zero"),
    ],
)
def test_vectors_that_do_not_fit_are_refused(ids: tuple[str, ...] | None, vectors: np.ndarray, message: str) -> None:
    with pytest.raises(SettingsError, match=message) as refusal:
        match_term_vectors(("hats", "bags"), ids, vectors.astype(np.float32), "terms.npy", 3)
    assert "terms.npy" in str(refusal.value) and refusal.value.hint
