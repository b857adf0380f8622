"""How far vectors in two precisions agree."""

from __future__ import annotations

import numpy as np
import pytest

from generator.embedding.precision import Agreement, compare_precisions


def _vectors(images: int = 60) -> np.ndarray:
    return np.random.default_rng(0).gamma(1.0, size=(images, 40)).astype(np.float32)


def test_equal_vectors_agree_wholly() -> None:
    agreement = compare_precisions(_vectors(), _vectors())
    assert agreement.images == 60 and agreement.kept == 1 and agreement.cosine == pytest.approx(1)
    assert agreement.is_enough


def test_lengths_do_not_matter() -> None:
    assert compare_precisions(_vectors(), 3 * _vectors()).is_enough


def test_one_image_that_is_off_is_found() -> None:
    rounded = _vectors()
    rounded[7] = rounded[7][::-1]
    agreement = compare_precisions(_vectors(), rounded)
    assert agreement.cosine < 0.9 and not agreement.is_enough


def test_neighbours_that_change_are_counted() -> None:
    noise = np.random.default_rng(1).normal(scale=0.2, size=(60, 40)).astype(np.float32)
    exact = _vectors()
    agreement = compare_precisions(exact, exact + noise)
    expected = []
    for before, after in zip(*(_nearest(vectors) for vectors in (exact, exact + noise)), strict=True):
        expected.append(len(before & after) / 10)
    assert agreement.kept == pytest.approx(np.mean(expected)) and 0 < agreement.kept < 1


def _nearest(vectors: np.ndarray) -> list[set[int]]:
    rows = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return [
        set(
            sorted((other for other in range(len(rows)) if other != row), key=lambda other: -rows[row] @ rows[other])[
                :10
            ]
        )
        for row in range(len(rows))
    ]


@pytest.mark.parametrize(
    ("cosine", "kept", "is_enough"), [(0.999, 0.98, True), (0.9989, 1.0, False), (1.0, 0.979, False)]
)
def test_both_bounds_count(cosine: float, kept: float, is_enough: bool) -> None:
    assert Agreement(192, cosine, kept).is_enough is is_enough


def test_few_images_and_blank_vectors_do_no_harm() -> None:
    assert compare_precisions(np.zeros((3, 4), np.float32), np.zeros((3, 4), np.float32)).kept == 1
