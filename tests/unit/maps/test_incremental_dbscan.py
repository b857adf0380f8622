"""Clusters that stay while images come and go."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.cluster import DBSCAN

from generator.maps.dbscan import number_by_size
from generator.maps.incremental_dbscan import UNKNOWN, pair_clusters, recluster_map


def _blobs(centres: list[tuple[float, float]], each: int = 40, seed: int = 0) -> np.ndarray:
    random = np.random.default_rng(seed)
    return np.concatenate([random.normal(centre, 0.5, (each, 2)) for centre in centres])


def _dbscan(points: np.ndarray, eps: float = 0.6, least: int = 5) -> np.ndarray:
    return number_by_size(DBSCAN(eps=eps, min_samples=least).fit(points).labels_)


@given(st.integers(0, 10_000), st.integers(1, 5))
def test_without_new_images_clusters_stay_as_they_were(seed: int, count: int) -> None:
    random = np.random.default_rng(seed)
    centres = [tuple(centre) for centre in random.uniform(0, 12, (count, 2))]
    points = np.concatenate([_blobs(centres, 30, seed), random.uniform(-2, 14, (20, 2))])
    labels = _dbscan(points)
    again = recluster_map(points, labels, 0.6, 5)
    pairs = pair_clusters(labels, again)
    moved = np.array([pairs.get(int(new), -1) for new in again]) != labels
    # the triangulation bridges nearly all gaps that exact neighbour lists would
    assert moved.mean() <= 0.02


def test_new_images_join_the_cluster_they_touch() -> None:
    points = _blobs([(0, 0), (10, 0)])
    labels = _dbscan(points)
    more = np.concatenate([points, 0.3 * _blobs([(0, 0), (0, 0)], 5, seed=3) + np.repeat([(0, 0), (10, 0)], 5, axis=0)])
    earlier = np.concatenate([labels, np.full(10, UNKNOWN)])
    again = recluster_map(more, earlier, 0.6, 5)
    assert pair_clusters(earlier, again) == {
        0: int(labels[np.argmax(again == 0)]),
        1: int(labels[np.argmax(again == 1)]),
    }
    assert (again[80:85] == again[0]).mean() > 0.7 and (again[85:] == again[40]).mean() > 0.7


def test_a_dense_place_of_its_own_is_a_new_cluster() -> None:
    points = _blobs([(0, 0), (10, 0)])
    labels = _dbscan(points)
    more = np.concatenate([points, _blobs([(5, 9)], 30, seed=4)])
    again = recluster_map(more, np.concatenate([labels, np.full(30, UNKNOWN)]), 0.6, 5)
    assert again.max() == 2
    assert (again[:80] >= 0).mean() > 0.9 and (again[80:] >= 0).mean() > 0.8


def test_one_image_between_two_clusters_does_not_join_them_but_a_broad_bridge_does() -> None:
    left = 0.5 * np.mgrid[0:4, 0:9].reshape(2, -1).T
    points = np.concatenate([left, left + np.array([2.5, 0])])  # a gap of one, where eps is 0.6
    labels = _dbscan(points, least=3)
    assert labels.max() == 1
    one = np.concatenate([points, [[2.0, 1.0]]])
    again = recluster_map(one, np.concatenate([labels, [UNKNOWN]]), 0.6, 3)
    assert _dbscan(one, least=3).max() == 0
    assert again.max() == 1 and (again[:36] == again[0]).all() and (again[36:72] == again[36]).all()
    bridge = np.array([[2.0, y] for y in np.arange(0, 4.5, 0.5)])
    earlier = np.concatenate([labels, np.full(len(bridge), UNKNOWN)])
    assert recluster_map(np.concatenate([points, bridge]), earlier, 0.6, 3).max() == 0


def test_a_cluster_that_lost_its_middle_falls_apart() -> None:
    strip = np.stack([np.arange(0, 30, 0.25), np.zeros(120)], axis=1)
    points = np.concatenate([strip, strip + np.array([0, 0.3])])
    labels = _dbscan(points)
    assert labels.max() == 0
    kept = (points[:, 0] < 12) | (points[:, 0] > 16)
    again = recluster_map(points[kept], labels[kept], 0.6, 5)
    assert again.max() == 1
    assert pair_clusters(labels[kept], again) == {0: 0}


def test_pairs_share_more_than_half_of_either_and_are_one_to_one() -> None:
    earlier = np.array([0] * 10 + [1] * 10 + [-1] * 3 + [UNKNOWN] * 3)
    labels = np.array([0] * 9 + [1] + [1] * 4 + [2] * 6 + [2] * 3 + [3] * 3)
    assert pair_clusters(earlier, labels) == {0: 0, 2: 1}
    assert pair_clusters(np.full(4, UNKNOWN), np.zeros(4, int)) == {}
    assert pair_clusters(np.zeros(0, int), np.zeros(0, int)) == {}


@pytest.mark.parametrize("points", [np.zeros((1, 2)), np.zeros((30, 2)), np.ones((3, 2))])
def test_odd_maps_are_no_error(points: np.ndarray) -> None:
    labels = recluster_map(points, np.full(len(points), UNKNOWN), 0.5, 5)
    assert labels.shape == (len(points),)
    assert (labels == (0 if len(points) == 30 else -1)).all()
