"""How steady clusters are, and how much the map keeps."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from generator.maps.dbscan import cluster_map, partition_map
from generator.maps.stability import DRAWS, measure_stability, neighbours_kept
from generator.similarity.neighbours import nearest_images


def _blobs(*centres: tuple[float, float, int], spread: float = 1.0, seed: int = 0) -> np.ndarray:
    chance = np.random.default_rng(seed)
    return np.concatenate([chance.normal((x, y), spread, (count, 2)) for x, y, count in centres])


def test_clusters_apart_stay_together() -> None:
    points = _blobs((0, 0, 200), (40, 0, 200), (0, 40, 200))
    labels = cluster_map(points, 2.0, 10).labels
    found = measure_stability(points, labels, 2.0, 10, 0)
    assert len(found.together) == 3 and (found.together > 0.98).all() and found.overall > 0.98
    assert found.draws == DRAWS and found.drawn == pytest.approx(0.8)


def test_two_halves_held_by_a_bridge_are_less_steady() -> None:
    bridge = np.column_stack([np.linspace(3, 17, 14), np.zeros(14)])
    points = np.concatenate([_blobs((0, 0, 150), (20, 0, 150), (60, 0, 300)), bridge])
    labels = cluster_map(points, 1.6, 3).labels
    assert labels[0] == labels[151] and labels.max() == 1
    held, whole = labels[0], labels[310]
    found = measure_stability(points, labels, 1.6, 3, 0)
    assert found.together[held] < 0.8 < 0.95 < found.together[whole]
    assert found.together[held] < found.overall < found.together[whole]


def test_the_share_is_that_of_all_pairs() -> None:
    points = _blobs((0, 0, 25), (6, 0, 25), spread=1.5)
    labels = cluster_map(points, 1.2, 4).labels
    found = measure_stability(points, labels, 1.2, 4, 5)
    random = np.random.default_rng(5)
    kept, pairs = np.zeros(len(found.together)), np.zeros(len(found.together))
    for _ in range(found.draws):
        part = random.choice(50, 40, replace=False)
        again = partition_map(points[part], 1.2, 3)
        for one, other in combinations(range(40), 2):
            if labels[part[one]] == labels[part[other]] >= 0:
                pairs[labels[part[one]]] += 1
                kept[labels[part[one]]] += again[one] == again[other] >= 0
    assert found.together == pytest.approx(kept / pairs)


def test_the_same_seed_gives_the_same_figures_and_no_clusters_none() -> None:
    points = _blobs((0, 0, 60), (6, 0, 60))
    labels = cluster_map(points, 1.0, 5).labels
    one, same = (measure_stability(points, labels, 1.0, 5, 3) for _ in range(2))
    assert one.together.tolist() == same.together.tolist()
    none = measure_stability(points, np.full(120, -1), 1.0, 5, 3)
    assert len(none.together) == 0 and np.isnan(none.overall)


def test_the_quick_partition_is_dbscans() -> None:
    points = _blobs((0, 0, 300), (12, 3, 200), (5, 20, 100), spread=2.0)
    for eps, least in ((0.8, 5), (1.2, 8), (2.0, 20)):
        slow, quick = cluster_map(points, eps, least).labels, partition_map(points, eps, least)
        both = [(a, b) for a, b in zip(slow.tolist(), quick.tolist(), strict=True)]
        assert np.mean((slow < 0) == (quick < 0)) > 0.99
        assert len(set(both)) <= (slow.max() + 2) * 1.2


def test_neighbours_are_all_kept_where_the_map_is_the_features() -> None:
    points = _blobs((0, 0, 80), (50, 0, 80))
    near = nearest_images(points.astype(np.float32), 10)
    labels = np.repeat([0, 1], 80)
    kept, own = neighbours_kept(near, points, labels)
    assert kept > 0.99 and own == 1.0
    turned = np.random.default_rng(0).permutation(160)
    kept, own = neighbours_kept(near, points[turned], labels)
    assert kept < 0.2
    assert neighbours_kept(near, points, labels[turned])[1] < 0.7
    assert np.isnan(neighbours_kept(near, points, np.full(160, -1))[1])


def test_a_post_is_no_neighbour_of_its_own_even_where_many_share_a_place() -> None:
    points = np.zeros((30, 2))
    near = nearest_images(np.random.default_rng(0).normal(size=(30, 4)).astype(np.float32), 5)
    kept, _ = neighbours_kept(near, points, np.zeros(30, int))
    assert 0 <= kept < 1


@pytest.mark.parametrize(("most", "draws"), [(0, 5), (1_000, 10), (10_000, 20)])
def test_large_maps_are_drawn_from_less_often_but_as_much_each_time(
    most: int, draws: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    points = _blobs((0, 0, 125))
    sizes = []

    def partition(part: np.ndarray, eps: float, least: int) -> np.ndarray:
        sizes.append((len(part), eps, least))
        return np.zeros(len(part), np.intp)

    monkeypatch.setattr("generator.maps.stability._MOST_POINTS", most)
    monkeypatch.setattr("generator.maps.dbscan.partition_map", partition)
    found = measure_stability(points, np.zeros(125, int), 1.5, 10, 0)
    assert found.draws == draws and sizes == [(100, 1.5, 8)] * draws


def test_neighbours_by_hand() -> None:
    points = np.array([[0.0, 0], [1, 0], [2.5, 0], [10, 0]])
    near = np.array([[1], [2], [1], [0]])
    # on the map 1, 0, 1 and 2 are nearest
    assert neighbours_kept(near, points, np.array([0, 0, 1, -1])) == (0.5, pytest.approx(1 / 3))
