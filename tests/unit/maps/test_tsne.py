import importlib.util
import sys
from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import PCA
from sklearn.manifold import trustworthiness as reference_trustworthiness
from threadpoolctl import threadpool_limits

from generator.embedding import pca
from generator.embedding.pca import as_unit_rows, fit_components
from generator.maps import tsne
from generator.maps.tsne import effective_perplexity, project_map, trustworthiness


def reduce_features(features: np.ndarray, components: int, seed: int) -> np.ndarray:
    """Rows at unit length, on their own principal components."""
    return fit_components(features, components, seed, as_unit_rows).project(features, as_unit_rows)


def groups(count: int, kinds: int, width: int = 30, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    kind = np.arange(count) % kinds
    return rng.normal(size=(kinds, width))[kind] + rng.normal(scale=0.3, size=(count, width)), kind


def test_reduced_features_are_the_principal_components_of_unit_rows():
    features, _ = groups(120, 5)
    unit = features / np.linalg.norm(features, axis=1, keepdims=True)
    expected = PCA(8, svd_solver="full").fit_transform(unit)
    reduced = reduce_features(features, 8, seed=0)
    assert reduced.dtype == np.float32
    assert np.allclose(np.abs(reduced), np.abs(expected), atol=1e-5)


def test_length_of_a_feature_vector_does_not_matter():
    features, _ = groups(60, 4)
    scale = np.random.default_rng(1).uniform(0.1, 90, size=(60, 1))
    assert np.allclose(reduce_features(features, 5, 0), reduce_features(features * scale, 5, 0), atol=1e-4)


@pytest.mark.parametrize(("count", "width", "kept"), [(5, 40, 4), (40, 6, 6), (40, 60, 12), (2, 3, 1), (1, 3, 1)])
def test_no_more_components_than_the_data_has(count, width, kept):
    features = np.random.default_rng(0).normal(size=(count, width))
    assert reduce_features(features, 12, 0).shape == (count, kept)


def test_zero_rows_and_constant_sets_stay_finite():
    features, _ = groups(30, 3)
    features[4] = 0
    assert np.isfinite(reduce_features(features, 10, 0)).all()
    assert not reduce_features(np.ones((20, 7)), 5, 0).any()


def test_a_sample_stands_for_a_large_set(monkeypatch):
    features, _ = groups(600, 4)
    whole = reduce_features(features, 3, 0)
    monkeypatch.setattr(pca, "FIT_ROWS", 300)
    monkeypatch.setattr(pca, "BLOCK_VALUES", 15 * 50)
    sampled = reduce_features(features, 3, 0)
    assert sampled.shape == whole.shape
    for component in range(3):
        assert abs(np.corrcoef(whole[:, component], sampled[:, component])[0, 1]) > 0.95


@pytest.mark.parametrize(("count", "used"), [(5, 4 / 3), (10, 3), (31, 10), (5000, 10), (3, 1)])
def test_small_sets_lower_the_perplexity(count, used):
    assert effective_perplexity(10, count) == pytest.approx(used)


def test_map_keeps_groups_together():
    features, kind = groups(200, 5)
    reduced = reduce_features(features, 20, 0)
    points = project_map(reduced, 10, seed=0)
    assert points.shape == (200, 2)
    assert points.dtype == np.float64
    distances = ((points[:, None] - points[None]) ** 2).sum(axis=2)
    np.fill_diagonal(distances, np.inf)
    assert (kind[distances.argmin(axis=1)] == kind).mean() > 0.97
    assert trustworthiness(reduced, points) > 0.9


def test_map_is_the_same_bytes_every_time_and_on_any_number_of_threads():
    features, _ = groups(150, 5)
    maps = []
    for threads in (1, 2, 2):
        with threadpool_limits(threads):
            maps.append(project_map(reduce_features(features, 20, 0), 10, 0).tobytes())
    assert maps[0] == maps[1] == maps[2]


def test_another_seed_gives_another_map_of_the_same_groups():
    reduced = reduce_features(groups(60, 3)[0], 10, 0)
    assert not np.array_equal(project_map(reduced, 10, 0), project_map(reduced, 10, 1))


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 12])
def test_tiny_sets_have_a_map(count):
    features = np.random.default_rng(0).normal(size=(count, 8))
    points = project_map(reduce_features(features, 50, 0), 10, 0)
    assert points.shape == (count, 2)
    assert np.isfinite(points).all()
    assert 0 <= trustworthiness(features, points) <= 1


def test_identical_images_have_places_of_their_own_close_together():
    features, _ = groups(80, 4)
    features[40:60] = features[0]
    points = project_map(reduce_features(features, 20, 0), 10, 0)
    assert np.isfinite(points).all()
    assert len(np.unique(points, axis=0)) == 80
    twins, others = points[40:60], points[np.r_[1:40, 60:80]]
    assert np.ptp(twins, axis=0).max() < np.ptp(others, axis=0).max()


def test_nothing_but_identical_images_have_a_map():
    points = project_map(reduce_features(np.ones((25, 6)), 50, 0), 10, 0)
    assert np.isfinite(points).all()
    assert len(np.unique(points, axis=0)) == 25


@settings(max_examples=25, deadline=None)
@given(st.integers(7, 90), st.integers(1, 10), st.integers(0, 2**32 - 1))
def test_trustworthiness_is_scikit_learns(count, k, seed):
    rng = np.random.default_rng(seed)
    features, points = rng.normal(size=(count, 6)), rng.normal(size=(count, 2))
    k = min(k, (count - 1) // 2)
    expected = reference_trustworthiness(features, points, n_neighbors=k)
    assert trustworthiness(features, points, k=k) == pytest.approx(expected)


def test_trustworthiness_does_not_depend_on_the_size_of_blocks(monkeypatch):
    features, _ = groups(90, 3)
    points = features[:, :2]
    whole = trustworthiness(features, points)
    monkeypatch.setattr(tsne, "BLOCK_VALUES", 45 * 7)
    assert trustworthiness(features, points) == pytest.approx(whole)


def test_a_sample_estimates_trustworthiness_against_all_points():
    rng = np.random.default_rng(0)
    features = rng.normal(size=(1500, 5))
    points = features[:, :2]
    whole = trustworthiness(features, points)
    sampled = trustworthiness(features, points, sample=500)
    assert sampled != whole
    assert sampled == pytest.approx(whole, abs=0.02)
    assert sampled == trustworthiness(features, points, sample=500)
    # few points, many of them asked: ranks among the sample alone would be far smaller
    assert trustworthiness(features, points, sample=100) == pytest.approx(whole, abs=0.05)


def test_identical_points_on_the_map_do_not_count_themselves_as_neighbours():
    features = np.arange(40.0)[:, None]
    points = np.zeros((40, 2))
    points[:, 0] = np.arange(40) // 20
    assert 0 <= trustworthiness(features, points) < 1
    assert trustworthiness(features, np.column_stack([features, features])) == 1


def test_the_map_does_not_depend_on_the_number_of_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    import threadpoolctl

    monkeypatch.setattr(tsne, "_ROWS_WORTH_THREADS", 100)
    features = np.random.default_rng(0).normal(size=(300, 8)).astype(np.float32)
    whole = project_map(features, 5, 0)
    with threadpoolctl.threadpool_limits(4):
        assert (project_map(features, 5, 0) == whole).all()


@pytest.fixture
def as_large_maps(monkeypatch):
    """Make maps of a few images as those of many are; on one core, since threads would wait for each other."""
    pytest.importorskip("openTSNE", reason="openTSNE has no wheel for this system")
    monkeypatch.setattr(tsne, "LARGE_MAP", 100)
    monkeypatch.setattr("os.sched_getaffinity", lambda process: {0}, raising=False)


def test_a_large_map_keeps_neighbours_as_well_as_a_small_one(as_large_maps, monkeypatch):
    take_steps(monkeypatch, 60, 120)
    features, kind = groups(400, 10)
    reduced = reduce_features(features, 20, 0)
    points = project_map(reduced, 10, seed=0)
    assert points.dtype == np.float64
    nearest = tsne.nearest_images(points.astype(np.float32), 1)[:, 0]
    assert (kind[nearest] == kind).mean() > 0.99
    monkeypatch.setattr(tsne, "LARGE_MAP", 1_000)
    by_tree = project_map(reduced, 10, seed=0)
    assert not np.array_equal(points, by_tree)
    assert trustworthiness(reduced, points) > trustworthiness(reduced, by_tree) - 0.005


def take_steps(monkeypatch, early: int, late: int) -> None:
    import openTSNE

    monkeypatch.setattr("openTSNE.TSNE", partial(openTSNE.TSNE, early_exaggeration_iter=early, n_iter=late))


@pytest.fixture
def in_few_steps(monkeypatch):
    """Large maps take a tenth of their usual steps, where a test asks for something that holds after any number."""
    take_steps(monkeypatch, 20, 30)


def test_a_large_map_is_the_same_on_any_number_of_cores_and_for_given_neighbours(
    as_large_maps, in_few_steps, monkeypatch
):
    reduced = reduce_features(groups(300, 5)[0], 20, 0)
    whole = project_map(reduced, 10, 0).tobytes()
    for cores in (2, 3):
        monkeypatch.setattr("os.sched_getaffinity", lambda process, cores=cores: set(range(cores)), raising=False)
        near = tsne.nearest_images(reduced, 40)
        assert project_map(reduced, 10, 0, near).tobytes() == whole


def test_identical_images_lie_close_together_on_a_large_map_too(as_large_maps, monkeypatch):
    take_steps(monkeypatch, 40, 80)
    features, _ = groups(200, 4)
    features[40:90] = features[0]
    points = project_map(reduce_features(features, 20, 0), 10, 0)
    assert np.isfinite(points).all()
    assert np.ptp(points[40:90], axis=0).max() < np.ptp(points, axis=0).max() / 2
    assert np.isfinite(project_map(np.zeros((150, 3), np.float32), 10, 0)).all()


def test_without_opentsne_maps_of_any_size_are_made_by_the_tree(monkeypatch):
    monkeypatch.setitem(sys.modules, "openTSNE", None)  # as on a system for which it has no wheel
    try:
        importlib.reload(tsne)
        assert tsne.map_neighbours(10, 1_000_000) == 0
        monkeypatch.setattr(tsne, "_by_tree", lambda reduced, *rest: np.ones((len(reduced), 2)))
        assert tsne.project_map(np.zeros((20_000, 2), np.float32), 10, 0).all()
    finally:
        monkeypatch.undo()
        importlib.reload(tsne)
    assert tsne.map_neighbours(10, 1_000_000) == (30 if importlib.util.find_spec("openTSNE") else 0)
