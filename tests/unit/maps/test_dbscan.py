import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import DBSCAN
from sklearn.metrics import adjusted_rand_score

from generator.maps import dbscan
from generator.maps.dbscan import MANY_CLUSTERS, MOST_NOISE, cluster_map, drop_few


def islands(sizes: list[int], seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Discs of even density apart from each other, as t-SNE lays groups out, with the group of each point."""
    rng = np.random.default_rng(seed)
    group = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    radius = np.sqrt(sizes) * 1.2
    columns = int(np.ceil(np.sqrt(len(sizes))))
    pitch = 2 * radius.max() + 8
    centre = np.column_stack([np.arange(len(sizes)) % columns, np.arange(len(sizes)) // columns]) * pitch
    turn, out = rng.uniform(0, 2 * np.pi, len(group)), np.sqrt(rng.random(len(group)))
    offset = np.column_stack([np.cos(turn), np.sin(turn)]) * (out * radius[group])[:, None]
    return centre[group] + offset, group


def same_partition(left: np.ndarray, right: np.ndarray) -> bool:
    """Whether two labellings group alike, label -1 standing for itself."""
    pairs = set(zip(left.tolist(), right.tolist(), strict=True))
    one_to_one = len(pairs) == len(set(left.tolist())) == len(set(right.tolist()))
    return one_to_one and all((a == -1) == (b == -1) for a, b in pairs)


# points on a coarse grid: many lie exactly eps apart, many coincide
places = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=120)


@settings(max_examples=80, deadline=None)
@given(places, st.sampled_from([0.5, 1.0, 1.5, 2.0]), st.integers(1, 8))
def test_given_parameters_cluster_as_scikit_learn_does(points, eps, min_samples):
    points = np.array(points, float)
    found = cluster_map(points, eps, min_samples)
    assert same_partition(found.labels, DBSCAN(eps=eps, min_samples=min_samples).fit(points).labels_)
    assert (found.eps, found.min_samples) == (eps, min_samples)


@settings(max_examples=40, deadline=None)
@given(places, st.integers(1, 5))
def test_clusters_are_numbered_by_size_then_by_first_point(points, min_samples):
    labels = cluster_map(np.array(points, float), 1.0, min_samples).labels
    assert labels.dtype == np.int32
    count = labels.max(initial=-1) + 1
    assert set(labels.tolist()) <= set(range(-1, count))
    order = [(-int((labels == label).sum()), int(np.argmax(labels == label))) for label in range(count)]
    assert order == sorted(order)


@pytest.mark.parametrize(
    "sizes",
    [[30, 20, 15], [80, 60, 40, 20], [300, 250, 200, 100, 80, 70], [*range(40, 100, 4)], [300] * 20],
)
def test_auto_finds_the_groups_there_are(sizes):
    points, group = islands(sizes)
    found = cluster_map(points, "auto", "auto")
    assert adjusted_rand_score(group, found.labels) > 0.9
    assert (found.labels < 0).mean() <= 0.05


@pytest.mark.parametrize("sizes", [[60, 50, 40], [400, 300, 200, 100]])
def test_parameters_printed_give_the_labels(sizes):
    points, _ = islands(sizes, seed=2)
    found = cluster_map(points, "auto", "auto")
    printed = float(f"{found.eps:.4g}")
    assert same_partition(found.labels, DBSCAN(eps=printed, min_samples=found.min_samples).fit(points).labels_)


@pytest.mark.parametrize("scale", [0.001, 1000.0])
def test_auto_follows_the_scale_of_the_map(scale):
    points, _ = islands([90, 60, 50, 40])
    assert np.array_equal(cluster_map(points).labels, cluster_map(points * scale).labels)


@pytest.mark.parametrize("count", [50, 200, 1000, 6000])
def test_auto_stays_readable_where_there_is_nothing_to_find(count):
    points = np.random.default_rng(0).uniform(size=(count, 2))
    labels = cluster_map(points).labels
    assert 1 <= labels.max() + 1 <= MANY_CLUSTERS
    assert (labels < 0).mean() <= MOST_NOISE


def test_one_parameter_given_the_other_is_chosen():
    points, group = islands([120, 80, 60])
    by_eps = cluster_map(points, 4.0, "auto")
    assert by_eps.eps == 4.0
    assert adjusted_rand_score(group, by_eps.labels) > 0.9
    by_samples = cluster_map(points, "auto", 8)
    assert by_samples.min_samples == 8
    assert adjusted_rand_score(group, by_samples.labels) > 0.9


def test_fewer_than_fifty_images_are_left_unclustered():
    points, _ = islands([25, 24])
    found = cluster_map(points)
    assert (found.labels == -1).all()
    assert found.eps > 0
    assert found.min_samples >= 5
    assert cluster_map(points, 4.0, 5).labels.max() == 1


@pytest.mark.parametrize("count", [1, 2, 3, 5, 20])
def test_tiny_maps_are_unclustered(count):
    found = cluster_map(np.random.default_rng(0).normal(size=(count, 2)))
    assert found.labels.tolist() == [-1] * count
    assert found.eps > 0


@pytest.mark.parametrize("direction", [(0.0, 0.0), (1.0, 0.0), (1.0, 2.0)])
def test_points_on_a_spot_or_a_line_do_not_break_auto(direction):
    points = np.arange(80)[:, None] * np.array(direction)
    found = cluster_map(points)
    assert np.isfinite(found.eps)
    assert found.labels.max() >= 0


def test_auto_is_the_same_every_time():
    points, _ = islands([100, 80, 40, 30, 20], seed=5)
    first, second = cluster_map(points), cluster_map(points.copy())
    assert first.labels.tobytes() == second.labels.tobytes()
    assert (first.eps, first.min_samples) == (second.eps, second.min_samples)


def test_points_too_many_within_reach_of_each_other_are_clustered_without_listing_them(monkeypatch):
    points, _ = islands([300, 200, 100])
    listed = cluster_map(points, 4.0, 5)
    monkeypatch.setattr(dbscan, "_MOST_PAIRS", 1_000)
    monkeypatch.setattr("sklearn.cluster.DBSCAN", lambda **_: pytest.fail("lists all neighbours"))
    assert np.array_equal(cluster_map(points, 4.0, 5).labels, listed.labels)
    assert cluster_map(points, 1e6, 5).labels.max() == 0


def test_one_post_of_many_images_is_no_cluster() -> None:
    labels = np.array([0, 0, 0, 0, 1, 1, 1, -1, 2, 2], np.int32)
    owner = np.array([0, 1, 1, 2, 3, 3, 3, 4, 5, 6])
    assert drop_few(labels, owner, 2).tolist() == [0, 0, 0, 0, -1, -1, -1, -1, 1, 1]
    assert drop_few(labels, owner, 3).tolist() == [0, 0, 0, 0, *[-1] * 6]
    assert drop_few(labels, np.arange(10), 2).tolist() == labels.tolist()
    assert drop_few(np.full(3, -1, np.int32), np.arange(3), 2).tolist() == [-1, -1, -1]
