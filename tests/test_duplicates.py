"""Pictures that were posted more than once."""

from __future__ import annotations

import time

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.insights.duplicates import Duplicates, find_copies, gather_duplicates, keep_first
from generator.neighbours import nearest_images


def _scene(count: int, seed: int = 0) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Files, hashes and features of different images."""
    chance = np.random.default_rng(seed)
    hashes = chance.integers(0, 2**63, count).astype(np.uint64)
    return [f"{index:064x}" for index in range(count)], hashes, chance.normal(size=(count, 8)).astype(np.float32)


def _find(images: list[str], hashes: np.ndarray, features: np.ndarray) -> list[int]:
    return find_copies(images, hashes, nearest_images(features), features).tolist()


def test_different_images_are_each_their_own() -> None:
    assert _find(*_scene(40)) == list(range(40))


def test_the_same_file_is_one_picture_and_so_is_a_near_copy() -> None:
    images, hashes, features = _scene(40)
    images[7], hashes[7], features[7] = images[2], hashes[2], features[2]
    hashes[9], features[9] = hashes[4] ^ np.uint64(0b1011), features[4] + 0.01
    code = _find(images, hashes, features)
    assert code[7] == code[2] and code[9] == code[4]
    assert len(set(code)) == 38 and code[:7] == list(range(7))


def test_neither_the_hash_nor_the_features_alone_make_a_copy() -> None:
    images, hashes, features = _scene(40)
    hashes[7] = hashes[2]
    features[9] = features[4] + 0.01
    assert len(set(_find(images, hashes, features))) == 40


def test_a_copy_of_a_copy_is_a_copy() -> None:
    images, hashes, features = _scene(40)
    for index in range(1, 4):
        hashes[index] = hashes[index - 1] ^ np.uint64(0b11111 << 8 * index)
        features[index] = features[index - 1] + 0.02
    code = _find(images, hashes, features)
    assert code[:4] == [0, 0, 0, 0]
    assert int(hashes[0] ^ hashes[3]).bit_count() == 15


def test_thousands_of_plain_images_take_no_time() -> None:
    count = 20_000
    images, hashes, features = _scene(count)
    hashes[:] = 7
    features = np.random.default_rng(1).normal(size=(count, 50)).astype(np.float32)
    near = np.random.default_rng(0).integers(0, count, (count, 10))
    start = time.monotonic()
    code = find_copies(images, hashes, near, features)
    assert time.monotonic() - start < 5
    assert len(np.unique(code)) > 0.9 * count


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 2)), min_size=1, max_size=30))
def test_groups_and_firsts_are_those_found_by_hand(posts: list[tuple[int, int]]) -> None:
    picture, brand = (np.array(column) for column in zip(*posts, strict=True))
    images = [str(code) for code in picture]
    groups = gather_duplicates(picture, images, brand)
    assert {group.posts for group in groups} == {
        found
        for code in set(picture.tolist())
        if len(found := tuple(index for index, other in enumerate(picture) if other == code)) > 1
    }
    assert [len(group.posts) for group in groups] == sorted((len(group.posts) for group in groups), reverse=True)
    assert all(group.exact and set(group.brands) == {brand[index] for index in group.posts} for group in groups)
    firsts = [index for index, pair in enumerate(posts) if pair not in posts[:index]]
    assert np.flatnonzero(keep_first(picture, brand)).tolist() == firsts


def test_copies_that_are_not_the_same_file_are_not_exact() -> None:
    [one] = gather_duplicates(np.array([0, 1, 0]), ["a", "b", "c"], np.array([2, 0, 1]))
    assert one == Duplicates((0, 2), (1, 2), False)
