"""Every row's nearest others, against distances to all of them."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from generator.numerics import row_blocks
from generator.similarity import neighbours
from generator.similarity.neighbours import leave_out_own, nearest, nearest_images


def _plain(features: NDArray[np.float32], k: int) -> list[list[int]]:
    wide = features.astype(np.float64)
    found = []
    for index, row in enumerate(wide):
        squares = ((wide - row) ** 2).sum(axis=1)
        others = [other for other in np.argsort(squares, kind="stable").tolist() if other != index]
        found.append(others[:k])
    return found


def _random(count: int, width: int, seed: int = 0) -> NDArray[np.float32]:
    return np.random.default_rng(seed).normal(size=(count, width)).astype(np.float32)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 70), st.integers(1, 9), st.integers(1, 14), st.integers(0, 2**32 - 1))
def test_neighbours_are_those_of_all_distances(count: int, width: int, k: int, seed: int) -> None:
    features = _random(count, width, seed)
    near = nearest_images(features, k)
    assert near.dtype == np.int32
    assert near.shape == (count, max(0, min(k, count - 1)))
    assert near.tolist() == _plain(features, k)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 90), st.integers(1, 3), st.integers(1, 12), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_those_equally_near_come_in_their_order(count: int, width: int, k: int, values: int, seed: int) -> None:
    features = np.random.default_rng(seed).integers(0, values, (count, width)).astype(np.float32)
    assert nearest_images(features, k).tolist() == _plain(features, k)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_tiny_sets(count: int) -> None:
    near = nearest_images(np.ones((count, 4), np.float32))
    assert near.tolist() == [[], [[]], [[1], [0]]][count]
    assert near.shape == (count, max(0, count - 1))


def test_a_duplicate_is_a_neighbour_and_the_row_itself_is_not() -> None:
    features = _random(300, 20)
    features[100:150] = features[3]
    near = nearest_images(features)
    assert near.tolist() == _plain(features, 10)
    assert near[3].tolist() == list(range(100, 110))
    assert near[120].tolist() == [3, *range(100, 109)]
    assert not (near == np.arange(300)[:, None]).any()


def test_nothing_but_duplicates() -> None:
    near = nearest_images(np.full((500, 7), 0.3, np.float32))
    assert near[0].tolist() == list(range(1, 11))
    assert near[499].tolist() == list(range(10))
    assert near[4].tolist() == [0, 1, 2, 3, 5, 6, 7, 8, 9, 10]


def test_neither_blocks_nor_threads_change_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    features = _random(700, 12)
    features[200:240] = features[1]
    features /= np.linalg.norm(features, axis=1, keepdims=True)
    whole = nearest_images(features)
    monkeypatch.setattr(neighbours, "row_blocks", partial(row_blocks, values=1000))
    with threadpool_limits(1):
        assert np.array_equal(nearest_images(features), whole)
    assert whole.tolist() == _plain(features, 10)


@pytest.mark.parametrize("k", [1, 4])
def test_rows_find_the_nearest_of_others_and_never_the_one_they_are(k: int) -> None:
    features = _random(50, 6)
    near, squares = nearest(features[:9], features, k, without=np.arange(9))
    assert near.tolist() == [others[:k] for others in _plain(features, k)][:9]
    assert np.allclose(squares, np.square(features[:9, None] - features[near]).sum(axis=2), rtol=1e-4)


def test_images_of_the_same_post_are_left_out_of_the_nearest() -> None:
    owner = np.array([0, 1, 2, 0, 0, 1])
    near = np.array([[3, 4, 5, 1], [5, 0, 2, 3], [0, 1, 3, 4], [4, 0, 1, 2], [0, 3, 2, 1], [1, 2, 0, 4]], np.int32)
    shown = leave_out_own(near, owner, 3)
    assert shown.tolist() == [[5, 1], [0, 2], [0, 1], [1, 2], [2, 1], [2, 0]]
    assert leave_out_own(near, np.arange(6), 3).tolist() == near[:, :3].tolist()
