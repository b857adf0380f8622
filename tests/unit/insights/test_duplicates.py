"""Images posted more than once: groups by hand, what is not a copy, and the order of posts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from generator.insights import duplicates
from generator.insights.duplicates import Duplicates, find_copies, gather_duplicates
from generator.similarity.neighbours import nearest_images

Scene = tuple[list[str], NDArray[np.uint64], NDArray[np.float32]]


def _hashes(count: int, rng: np.random.Generator) -> NDArray[np.uint64]:
    """Half of the bits set, as in photographs."""
    bits = rng.permuted(np.tile(np.arange(64) < 32, (count, 1)), axis=1)
    return np.packbits(bits, axis=1).view(np.uint64).ravel()


def _scene(count: int, seed: int = 0) -> Scene:
    """Files, hashes and features of different images; two of them lie 4 apart or so."""
    rng = np.random.default_rng(seed)
    return [f"{index:064x}" for index in range(count)], _hashes(count, rng), rng.normal(size=(count, 8)).astype("f4")


def _flip(value: np.uint64, bits: int, start: int = 0) -> np.uint64:
    return value ^ np.uint64(((1 << bits) - 1) << start)


def _find(scene: Scene, brand: list[int] | None = None) -> tuple[Duplicates, ...]:
    images, hashes, features = scene
    code = find_copies(images, hashes, nearest_images(features), features)
    brands = np.array(brand or [0] * len(images), np.intp)
    return gather_duplicates(code, images, brands, np.arange(len(images)))


def test_different_images_are_no_duplicates() -> None:
    images, hashes, features = _scene(60)
    assert find_copies(images, hashes, nearest_images(features), features).tolist() == list(range(60))


def test_groups_by_hand() -> None:
    images, hashes, features = _scene(60)
    for copy, of in ((20, 3), (30, 3), (40, 7)):  # the same file
        images[copy], hashes[copy], features[copy] = images[of], hashes[of], features[of]
    hashes[50], features[50] = _flip(hashes[9], 8), features[9] + 0.05  # nearly the same
    hashes[51], features[51] = _flip(hashes[3], 4), features[3] + 0.05
    assert _find((images, hashes, features), [index % 4 for index in range(60)]) == (
        Duplicates((3, 20, 30, 51), (0, 2, 3), False),
        Duplicates((7, 40), (0, 3), True),
        Duplicates((9, 50), (1, 2), False),
    )
    code = find_copies(images, hashes, nearest_images(features), features)
    assert code[:21].tolist() == [*range(20), 3] and code.max() == 54


@pytest.mark.parametrize(
    ("bits", "part", "joined"),
    [(8, 0.2, True), (10, 0.0, False), (8, 0.35, False), (2, 0.35, True), (0, 0.55, False), (4, 0.35, False)],
)
def test_both_hash_and_features_must_be_near(bits: int, part: float, joined: bool) -> None:
    images, hashes, features = _scene(400)
    scale = np.sqrt(2 * features.var(axis=0).sum())
    hashes[7] = _flip(hashes[2], bits)
    features[7] = features[2] + np.float32(part * scale / np.sqrt(8))
    assert [group.posts for group in _find((images, hashes, features))] == [(2, 7)] * joined


@pytest.mark.parametrize("factor", [1e-3, 1e3])
def test_scale_of_features_does_not_matter(factor: float) -> None:
    images, hashes, features = _scene(60)
    hashes[50], features[50] = _flip(hashes[9], 6), features[9] + 0.05
    assert [group.posts for group in _find((images, hashes, features * np.float32(factor)))] == [(9, 50)]


def test_a_copy_of_a_copy_is_a_copy() -> None:
    images, hashes, features = _scene(60)
    for index in range(1, 6):
        hashes[index] = _flip(hashes[index - 1], 6, 10 * index)
        features[index] = features[index - 1] + 0.05
    assert int(hashes[0] ^ hashes[5]).bit_count() == 30
    assert [group.posts for group in _find((images, hashes, features))] == [(0, 1, 2, 3, 4, 5)]


def test_two_files_of_one_image_posted_often_are_one_group() -> None:
    # each fills all places among its own nearest, so only the hash brings them together
    images, hashes, features = _scene(100)
    for index in range(15):
        images[index], hashes[index], features[index] = images[0], hashes[0], features[0]
        images[50 + index], hashes[50 + index], features[50 + index] = "saved anew", hashes[0], features[0] + 0.05
    assert [group.posts for group in _find((images, hashes, features))] == [(*range(15), *range(50, 65))]


@pytest.mark.parametrize("value", [0, 1, 2**64 - 1])
def test_plain_images_are_duplicates_only_by_file(value: int) -> None:
    images, hashes, features = _scene(60)
    hashes[:20] = value
    features[:20] = features[0] + np.arange(20, dtype=np.float32)[:, None] / 1000
    images[19] = images[0]
    assert [group.posts for group in _find((images, hashes, features))] == [(0, 19)]


@pytest.mark.parametrize("telling", [False, True])
def test_pairs_compared_grow_with_posts_even_if_all_share_a_hash(
    telling: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    compare, pairs = duplicates._are_alike, []

    def count_pairs(
        hashes: NDArray[np.uint64], features: NDArray[np.float32], compared: NDArray[np.intp], scale: float
    ) -> NDArray[np.bool_]:
        pairs.append(len(compared))
        return compare(hashes, features, compared, scale)

    monkeypatch.setattr(duplicates, "_are_alike", count_pairs)
    images, hashes, features = _scene(5_000)
    features = np.random.default_rng(1).normal(size=(5_000, 50)).astype(np.float32)
    hashes[:] = hashes[0] if telling else 1
    near = np.random.default_rng(2).integers(0, 5_000, (5_000, 10))
    assert len(np.unique(find_copies(images, hashes, near, features))) == 5_000
    assert sum(pairs) < 20 * 5_000


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 40), st.integers(1, 8), st.integers(0, 2**32 - 1))
def test_order_of_posts_does_not_matter(count: int, different: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    _, hashes, features = _scene(different, seed)
    shown, copy = rng.integers(0, different, count), rng.integers(0, 3, count)
    scene = (
        [f"{one} {two}" for one, two in zip(shown, copy, strict=True)],
        np.array([_flip(hashes[one], 3 * int(two)) for one, two in zip(shown, copy, strict=True)], np.uint64),
        features[shown] + copy[:, None].astype(np.float32) / 50,
    )
    brand, order = rng.integers(0, 3, count), rng.permutation(count)
    # all others as neighbours: where more are equally near than there are places, the first come first
    near = np.array([[other for other in range(count) if other != index] for index in range(count)], np.intp)
    straight = find_copies(*scene[:2], near, scene[2])
    turned = find_copies([scene[0][i] for i in order], scene[1][order], near, scene[2][order])
    both = set(zip(straight[order].tolist(), turned.tolist(), strict=True))
    assert len(both) == len(set(straight.tolist())) == len(set(turned.tolist()))
    for code in (straight, turned):  # by first appearance
        assert [len(set(code[:end].tolist())) for end in range(1, count + 1)] == [
            int(code[:end].max()) + 1 for end in range(1, count + 1)
        ]
    groups = gather_duplicates(straight, scene[0], brand, np.arange(len(brand)))
    assert sorted(index for group in groups for index in group.posts) == [
        index for index in range(count) if (straight == straight[index]).sum() > 1
    ]
    assert [(-len(g.posts), g.posts[0]) for g in groups] == sorted((-len(g.posts), g.posts[0]) for g in groups)
    for group in groups:
        assert group.brands == tuple(sorted({int(brand[index]) for index in group.posts}))
        assert group.exact == (len({scene[0][index] for index in group.posts}) == 1)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_zero_to_two_posts(count: int) -> None:
    images, hashes, features = _scene(count)
    near = np.array([[1 - index] for index in range(count)] if count == 2 else np.zeros((count, 0)), np.intp)
    assert find_copies(images, hashes, near, features).tolist() == list(range(count))


def test_pictures_of_one_post_are_no_duplicates_of_each_other() -> None:
    code, owner = np.array([0, 1, 0, 0, 1]), np.array([0, 1, 2, 0, 1])
    [found] = gather_duplicates(code, ["a", "b", "a", "a", "b"], np.array([0, 0, 1, 0, 0]), owner)
    assert (found.posts, found.brands, found.exact) == ((0, 2), (0, 1), True)
