"""Clusters that lie side by side and look alike are joined to a few territories."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial import Delaunay

from generator.maps.territories import FEWEST, LARGEST, MOST, extend_territories, join_clusters


def _draw(
    themes: int, clusters: int, seed: int, posts: int = 30
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return points, labels and features of clusters in themes, each a column of the map, and each cluster's theme."""
    random = np.random.default_rng(seed)
    theme = np.repeat(np.arange(themes), -(-clusters // themes))[:clusters]
    place = np.stack([theme * 20.0, (np.arange(clusters) % -(-clusters // themes)) * 10.0], axis=1)
    labels = np.repeat(np.arange(clusters), posts)
    points = place[labels] + random.normal(0, 1.5, (len(labels), 2))
    looks = random.normal(0, 4, (themes, 8))[theme] + random.normal(0, 0.5, (clusters, 8))
    return points, labels, (looks[labels] + random.normal(0, 1, (len(labels), 8))).astype(np.float32), theme


def test_clusters_of_one_theme_come_together() -> None:
    points, labels, features, theme = _draw(themes=6, clusters=36, seed=1)
    found = join_clusters(points, labels, features)
    assert len({(one, other) for one, other in zip(found.tolist(), theme.tolist(), strict=True)}) == 6


@pytest.mark.parametrize(("clusters", "territories"), [(9, 0), (10, FEWEST), (25, 5), (64, 8), (400, MOST)])
def test_there_are_as_many_as_can_be_taken_in(clusters: int, territories: int) -> None:
    points, labels, features, _ = _draw(themes=5, clusters=clusters, seed=2, posts=5)
    assert len(np.unique(join_clusters(points, labels, features))) == territories


def test_what_has_little_in_common_is_not_joined_for_the_number() -> None:
    # 16 clusters alike in nothing: each joining loses a fifteenth of what sets them apart
    points, labels, _, _ = _draw(themes=4, clusters=16, seed=6)
    features = (10 * np.eye(16)[labels]).astype(np.float32)
    assert len(np.unique(join_clusters(points, labels, features))) == 9


def test_none_grows_over_a_third_while_others_can_be_joined() -> None:
    # two thirds of the clusters look the same, and by their looks alone would be one
    points, labels, features, _ = _draw(themes=6, clusters=36, seed=7)
    alike = labels < 24
    features[alike] = features[0] + np.random.default_rng(0).normal(0, 0.1, (alike.sum(), 8)).astype(np.float32)
    found = join_clusters(points, labels, features)
    posts = np.bincount(found, np.bincount(labels))
    assert posts.max() <= LARGEST * len(labels)


def test_the_first_has_most_posts_and_the_unclustered_count_for_none() -> None:
    points, labels, features, _ = _draw(themes=5, clusters=25, seed=3)
    kept = (labels % 5 == 0) | (np.arange(len(labels)) % 3 > 0)
    found = join_clusters(points[kept], labels[kept], features[kept])
    posts = np.bincount(found, np.bincount(labels[kept]))
    assert (np.diff(posts) <= 0).all()
    without = np.where(kept, labels, -1)
    assert np.array_equal(join_clusters(points, without, features), found)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1000), clusters=st.integers(10, 40))
def test_a_territory_is_one_region(seed: int, clusters: int) -> None:
    random = np.random.default_rng(seed)
    labels = np.repeat(np.arange(clusters), 6)
    points = random.uniform(0, 50, (clusters, 2))[labels] + random.normal(0, 0.3, (len(labels), 2))
    features = random.normal(0, 1, (len(labels), 4)).astype(np.float32)
    found = join_clusters(points, labels, features)[labels]
    corners = Delaunay(points).simplices
    # a cluster is one by itself, wherever its points lie
    clusters_own = np.stack([np.arange(len(labels) - 1), np.arange(1, len(labels))], axis=1)
    clusters_own = clusters_own[labels[:-1] == labels[1:]]
    links = np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]], clusters_own])
    links = links[found[links[:, 0]] == found[links[:, 1]]]
    reached = np.arange(len(points))
    for _ in range(len(points)):
        before = reached.copy()
        np.minimum.at(reached, links[:, 0], before[links[:, 1]])
        np.minimum.at(reached, links[:, 1], before[links[:, 0]])
        if (reached == before).all():
            break
    assert all(len(np.unique(reached[found == territory])) == 1 for territory in np.unique(found))


def test_points_that_coincide_are_no_hindrance() -> None:
    points, labels, features, _ = _draw(themes=5, clusters=20, seed=4)
    points[labels == 3] = points[0]
    assert len(join_clusters(points, labels, features)) == 20


def test_territories_stay_and_new_clusters_join_the_most_alike_beside_them() -> None:
    points, labels, features, _ = _draw(themes=6, clusters=36, seed=1)
    earlier = join_clusters(points, labels, features)
    assert np.array_equal(extend_territories(points, labels, features, earlier), earlier)
    new = np.array([4, 17, 30])
    known = earlier.copy()
    known[new] = -1
    assert np.array_equal(extend_territories(points, labels, features, known), earlier)


def test_territories_without_clusters_are_gone_and_codes_run_by_posts() -> None:
    points, labels, features, _ = _draw(themes=5, clusters=20, seed=5)
    earlier = np.where(np.arange(20) < 12, 7, 3)
    found = extend_territories(points, labels, features, earlier)
    assert found.tolist() == [0] * 12 + [1] * 8
