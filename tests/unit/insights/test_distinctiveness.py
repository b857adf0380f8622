"""Distinctiveness and overlap of brands, the map of brands, and contrasts of two."""

from __future__ import annotations

import math
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from generator.insights.brand_map import map_brands
from generator.insights.contrast import contrast_brands
from generator.insights.distinctiveness import LEAST_IMAGES, Distinctiveness, measure_distinctiveness
from generator.insights.image_graph import ImageGraph, build_graph
from generator.similarity.neighbours import nearest_images


def _graph(features: NDArray[np.float32], brand: NDArray[np.int64], k: int = 10) -> ImageGraph:
    return build_graph(nearest_images(features, k), brand, np.arange(len(brand)))


def _blobs(
    sizes: list[int], means: list[list[float]], seed: int, width: int = 5
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """One normal blob a brand."""
    rng = np.random.default_rng(seed)
    brand = np.repeat(np.arange(len(sizes)), sizes)
    features = rng.normal(size=(len(brand), width))
    features[:, : len(means[0])] += np.array(means)[brand]
    return features.astype(np.float32), brand


def _measure(sizes: list[int], means: list[list[float]], seed: int, width: int = 5) -> Distinctiveness:
    return measure_distinctiveness(_graph(*_blobs(sizes, means, seed, width)))


def test_all_neighbours_are_own() -> None:
    brand = np.repeat([0, 1], [20, 40])
    near = np.concatenate([(np.arange(20)[:, None] + [1, 2]) % 20, 20 + (np.arange(40)[:, None] + [1, 2]) % 40])
    found = measure_distinctiveness(build_graph(near, brand, np.arange(60)))
    assert found.images.tolist() == [20, 40]
    # of the 59 others 19 are the first brand's, 39 the second's
    assert found.ratio == pytest.approx([59 / 19, 59 / 39]) and found.high == pytest.approx(found.ratio)
    assert (found.low > 1).all() and (found.low < found.ratio).all()
    assert (found.p < 1e-4).all()
    assert found.overlap[0, 1] == 0 and found.overlap_low[0, 1] == 0 and 0 < found.overlap_high[0, 1] < 1


def test_overlap_counts_both_ways() -> None:
    # every third neighbour of the first brand is the second's, every sixth of the second's the first's
    brand = np.repeat([0, 1], [30, 60])
    rows = np.arange(90)
    own = np.where(rows < 30, 0, 30)[:, None] + (rows[:, None] + np.arange(1, 7)) % np.where(rows < 30, 30, 60)[:, None]
    near = own.copy()
    near[:30, 4:] = 30 + (2 * rows[:30, None] + [0, 1]) % 60
    near[30:, 5] = rows[30:] % 30
    found = measure_distinctiveness(build_graph(near, brand, rows))
    due = 30 * 60 / 89 + 60 * 30 / 89
    assert found.overlap[0, 1] == found.overlap[1, 0] == pytest.approx((30 / 3 + 60 / 6) / due)
    assert found.ratio[0] == pytest.approx(2 / 3 / (29 / 89))
    assert found.overlap.diagonal() == pytest.approx(found.ratio)


def test_ratio_falls_as_brands_approach() -> None:
    ratios = [_measure([150, 150, 150], [[0.0], [apart], [2 * apart]], 0).ratio[1] for apart in (5.0, 2.0, 1.0, 0.0)]
    assert ratios == sorted(ratios, reverse=True) and ratios[0] > 2.8 and ratios[-1] == pytest.approx(1, abs=0.2)


@pytest.mark.parametrize(
    ("sizes", "means", "width"),
    [
        ([60, 60, 150, 230], [[0.0, 0], [0, 0], [0, 0], [0, 0]], 30),
        ([60, 60, 150, 230], [[0.0, 0], [1, 0], [0, 1], [2, 2]], 5),
        ([100, 100, 100, 200], [[0.0, 0], [3, 0], [0, 4], [6, 6]], 5),
        ([12, 40, 200, 400], [[8.0, 0], [1, 0], [0, 0], [0.5, 0]], 4),
    ],
)
def test_intervals_cover_the_mean(sizes: list[int], means: list[list[float]], width: int) -> None:
    drawn = [_measure(sizes, means, seed, width) for seed in range(60)]
    average = np.mean([found.overlap for found in drawn], axis=0)
    held = np.array([(found.overlap_low <= average) & (average <= found.overlap_high) for found in drawn])
    own = np.eye(len(sizes), dtype=bool)
    # measured over 200 draws: own neighbours 0.95 to 1.00, pairs 0.94 to 0.99; never too narrow
    assert held[:, own].mean() >= 0.935 and held[:, ~own].mean() >= 0.935
    assert held.mean(axis=0).min() >= 0.88


def test_p_equals_share_of_random_assignments() -> None:
    features, brand = _blobs([15, 25, 160], [[0.0, 0.7], [0.7, 0], [0, 0]], 3)
    near = nearest_images(features)
    image = np.arange(len(brand))
    found = measure_distinctiveness(build_graph(near, brand, image))
    rng = np.random.default_rng(0)
    dealt = np.array([_own_share(near, rng.permutation(brand)) for _ in range(4000)])
    plain = (dealt >= _own_share(near, brand) - 1e-12).mean(axis=0)
    order = np.argsort(plain)
    adjusted = np.maximum.accumulate(plain[order] * [3, 2, 1])
    assert found.p[order] == pytest.approx(np.minimum(adjusted, 1), abs=0.03)
    assert 0.001 < found.p.min() < 0.5


def _own_share(near: NDArray[np.int32], brand: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.bincount(brand, (brand[near] == brand[:, None]).mean(axis=1)) / np.bincount(brand)


def test_random_brands_are_rarely_distinct() -> None:
    features, brand = _blobs([12, 15, 20, 30, 60, 100, 300], [[0.0]] * 7, 1, 10)
    near = nearest_images(features)
    rng = np.random.default_rng(2)
    image = np.arange(len(brand))
    false = [
        (measure_distinctiveness(build_graph(near, rng.permutation(brand), image)).p < 0.05).any() for _ in range(300)
    ]
    assert np.mean(false) <= 0.08


def test_repeated_posts_change_nothing() -> None:
    features, brand = _blobs([40, 60, 80], [[0.0], [1], [2]], 4)
    once = nearest_images(features, 5)
    plain = measure_distinctiveness(build_graph(once, brand, np.arange(180)))
    # every post of the first brand twice: each image's own copy is nearest, then both copies of each neighbour
    image = np.concatenate([np.arange(180), np.arange(40)])
    copies = [[index, 180 + index] if index < 40 else [index] for index in range(180)]
    near = np.zeros((220, 11), np.int32)
    for post in range(220):
        listed = [copy for other in [image[post], *once[image[post]]] for copy in copies[other] if copy != post]
        near[post] = (listed + [listed[-1]] * 11)[:11]
    twice = measure_distinctiveness(build_graph(near, np.concatenate([brand, np.zeros(40, int)]), image))
    for name in ("images", "ratio", "low", "high", "p", "overlap", "overlap_low", "overlap_high"):
        assert getattr(twice, name) == pytest.approx(getattr(plain, name)), name


def test_repeats_do_not_raise_distinctiveness() -> None:
    shown = np.concatenate([np.arange(460), np.tile(np.arange(60), 3)])
    found, naive = [], []
    for seed in range(30):
        features, brand = _blobs([60, 200, 200], [[0.0]] * 3, seed)
        near = nearest_images(features[shown])
        found.append(measure_distinctiveness(build_graph(near, brand[shown], shown)))
        naive.append(measure_distinctiveness(build_graph(near, brand[shown], np.arange(len(shown)))))
    assert np.mean([each.ratio[0] for each in naive]) > 1.3
    assert np.mean([each.ratio[0] for each in found]) == pytest.approx(1, abs=0.1)
    assert np.mean([each.low[0] <= 1 <= each.high[0] for each in found]) >= 0.9
    assert np.mean([each.p[0] < 0.05 for each in found]) <= 0.1


def test_image_of_two_brands_is_not_its_own_neighbour() -> None:
    graph = build_graph(np.array([[1, 2], [0, 2], [0, 1]]), np.array([0, 1, 1]), np.array([7, 7, 9]))
    assert graph.posts.tolist() == [0, 1, 2]
    assert graph.counted.tolist() == [[False, True], [False, True], [True, True]]


def test_all_neighbours_are_copies() -> None:
    near = nearest_images(np.ones((40, 3), np.float32))
    found = measure_distinctiveness(build_graph(near, np.repeat([0, 1], 20), np.zeros(40, int)))
    assert found.images.tolist() == [1, 1] and found.withheld.all()


@pytest.mark.parametrize("size", [1, LEAST_IMAGES - 1, LEAST_IMAGES])
def test_too_few_images_are_withheld(size: int) -> None:
    found = _measure([size, 50, 50], [[0.0], [1], [3]], 6)
    few = size < LEAST_IMAGES
    assert found.withheld.tolist() == [few, False, False]
    assert np.isnan(found.ratio[0]) == np.isnan(found.p[0]) == np.isnan(found.overlap[0, 1]) == few
    assert np.isnan(found.overlap[1, 0]) == few and not np.isnan(found.overlap[1:, 1:]).any()
    assert np.isnan(map_brands(found).points[0]).all() == few


def test_single_brand_has_ratio_1() -> None:
    found = _measure([50], [[0.0]], 7)
    assert found.ratio == pytest.approx([1]) and not found.p[0] < 1
    assert map_brands(found).points.tolist() == [[0, 0]]


@pytest.mark.parametrize("count", [0, 1])
def test_zero_and_one_post(count: int) -> None:
    brand = np.zeros(count, int)
    found = measure_distinctiveness(build_graph(np.zeros((count, 0), np.int32), brand, brand))
    assert found.withheld.tolist() == [True] * count
    assert map_brands(found).points.shape == (count, 2)


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 80), st.integers(1, 6), st.integers(1, 60), st.integers(1, 10), st.integers(0, 2**32 - 1))
def test_properties_for_random_posts(count: int, brands: int, images: int, k: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    image = rng.integers(0, images, count)
    brand = rng.integers(0, brands, count)
    features = rng.normal(size=(images, 3)).astype(np.float32)[image]
    graph = build_graph(nearest_images(features, k), brand, image)
    pairs = set(zip(brand.tolist(), image.tolist(), strict=True))
    assert len(graph.posts) == len(pairs) == graph.sizes.sum()
    found = measure_distinctiveness(graph)
    shown = ~np.isnan(found.overlap)
    assert (found.overlap_low[shown] <= found.overlap[shown]).all()
    assert (found.overlap[shown] <= found.overlap_high[shown]).all()
    assert np.array_equal(found.overlap, found.overlap.T, equal_nan=True)
    assert np.isnan(found.ratio).tolist() == found.withheld.tolist()
    points = map_brands(found).points
    assert np.isnan(points[:, 0]).tolist() == found.withheld.tolist()
    contrast = contrast_brands(
        0, max(brands - 1, 0) if len(graph.sizes) == brands else 0, features, brand, brand, graph
    )
    assert contrast.common >= 0 or math.isnan(contrast.common)


_GRID = [[0.0, 0], [2.2, 0], [0, 1.7], [1.5, 1.2], [3, 2.2], [2.6, -1.2]]


def test_map_recovers_brand_positions() -> None:
    shown = map_brands(_measure([250] * 6, _GRID, 8, 4))
    upper = np.triu_indices(6, 1)

    def measure(points: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.linalg.norm(points[:, None] - points[None], axis=2)[upper])

    assert np.corrcoef(measure(shown.points), measure(np.array(_GRID)))[0, 1] > 0.95
    assert shown.fit > 0.95


def test_map_orientation_follows_rules() -> None:
    features, brand = _blobs([120] * 6, _GRID, 9, 4)
    near = nearest_images(features)
    found = measure_distinctiveness(build_graph(near, brand, np.arange(len(brand))))
    points = map_brands(found).points
    assert points.mean(axis=0) == pytest.approx([0, 0])
    reach = np.hypot(*points.T)
    assert points[np.argmax(reach)] == pytest.approx([1, 0])
    assert points[np.argmax(np.abs(points[:, 1])), 1] > 0
    order = np.array([3, 5, 0, 1, 4, 2])
    turned = map_brands(measure_distinctiveness(build_graph(near, np.argsort(order)[brand], np.arange(len(brand)))))
    assert turned.points == pytest.approx(points[order], abs=1e-3)


def test_map_of_two_and_of_equal_brands() -> None:
    two = map_brands(_measure([50, 50], [[0.0], [2]], 10))
    assert two.points == pytest.approx(np.array([[1, 0], [-1, 0]])) and math.isnan(two.fit)
    apart = map_brands(_measure([60] * 4, [[0.0, 0, 0], [50, 0, 0], [0, 50, 0], [0, 0, 50]], 11))
    assert np.isfinite(apart.points).all() and np.hypot(*apart.points.T).max() == pytest.approx(1)


def test_typical_posts_are_neither_common_nor_outliers() -> None:
    rng = np.random.default_rng(12)
    both = rng.normal(size=(60, 4))
    apart = rng.normal(size=(60, 4)) + np.array([12, 0, 0, 0])
    lost = rng.normal(size=(5, 4)) * 5 + np.array([-60, 60, 0, 0])
    features = np.concatenate([both, apart, lost, rng.normal(size=(120, 4))]).astype(np.float32)
    brand = np.repeat([0, 1], [125, 120])
    cluster = np.repeat([0, 1, -1, 0, 2], [60, 60, 5, 100, 20])
    contrast = contrast_brands(0, 1, features, cluster, brand, _graph(features, brand))
    mine, theirs = contrast.typical
    assert len(mine) == len(set(mine)) == 6 and set(mine) <= set(range(60, 120))
    assert len(theirs) == 6 and set(theirs) <= set(range(125, 245))
    centre = np.linalg.norm(apart - apart.mean(axis=0), axis=1)
    assert centre[mine[0] - 60] < np.median(centre)
    assert [(shared.cluster, shared.posts) for shared in contrast.shared] == [(0, (60, 100))]
    assert contrast.shared[0].shares == pytest.approx((60 / 125, 100 / 120))
    assert contrast.common == pytest.approx(60 / 120)
    assert contrast.same_images == 0
    turned = contrast_brands(1, 0, features, cluster, brand, _graph(features, brand))
    assert turned.typical == (theirs, mine)


def test_images_of_both_brands_are_not_typical() -> None:
    features, brand = _blobs([40, 40], [[0.0], [9]], 13)
    features[40:60] = features[:20]
    image = np.concatenate([np.arange(40), np.arange(20), np.arange(60, 80)])
    contrast = contrast_brands(0, 1, features, brand, brand, build_graph(nearest_images(features), brand, image))
    assert contrast.same_images == 20
    assert set(contrast.typical[0]) <= set(range(20, 40)) and set(contrast.typical[1]) <= set(range(60, 80))


def test_contrast_with_too_few_images_or_no_clusters() -> None:
    features, brand = _blobs([1, 60], [[0.0], [3]], 14)
    contrast = contrast_brands(0, 1, features, np.full(61, -1), brand, _graph(features, brand))
    assert contrast.typical == ((), ()) and contrast.shared == () and math.isnan(contrast.common)


def test_memory_is_bounded_for_100_000_posts() -> None:
    rng = np.random.default_rng(15)
    brand = np.sort(rng.integers(0, 20, 100_000))
    near = np.clip(np.arange(100_000)[:, None] + rng.integers(-4000, 4000, (100_000, 10)), 0, 99_999)
    graph = build_graph(near, brand, np.arange(100_000))
    tracemalloc.start()
    measure_distinctiveness(graph)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    # all images with every pair of brands at once would take 320 MB an array
    assert peak < 320e6
