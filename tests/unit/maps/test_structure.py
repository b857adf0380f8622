"""Whether clusters are groups in the features, or clumps that data without groups would show too."""

from __future__ import annotations

import numpy as np
import pytest

from generator.maps import structure
from generator.maps.dbscan import cluster_map
from generator.maps.structure import measure_structure
from generator.maps.tsne import project_map


def _groups(apart: float, count: int = 400, groups: int = 6, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Groups of a normal shape whose centres lie `apart` on every axis, in standard deviations."""
    chance = np.random.default_rng(seed)
    of = chance.integers(0, groups, count)
    features = chance.normal(0, apart, (groups, 16))[of] + chance.normal(size=(count, 16))
    return features.astype(np.float32), of


@pytest.mark.parametrize("shape", ["normal", "uniform", "heavy tails"])
def test_a_maps_clumps_in_data_without_groups_are_not_set_apart(shape: str) -> None:
    chance = np.random.default_rng(1)
    features = {
        "normal": chance.normal(size=(300, 50)) * np.linspace(3, 0.3, 50),
        "uniform": chance.uniform(-1, 1, (300, 8)),
        "heavy tails": chance.standard_t(5, (300, 12)),
    }[shape].astype(np.float32)
    labels = cluster_map(project_map(features, 30, 0)).labels
    found = measure_structure(features, labels, 0)
    assert labels.max() > 0 and not found.set_apart.any()


def test_groups_are_set_apart() -> None:
    features, of = _groups(1.5)
    found = measure_structure(features, of, 0)
    assert found.set_apart.all() and (found.kept > 0.9).all() and found.overall_kept > 0.9
    assert (found.reference < 0.85).all() and found.overall_reference < 0.8


def test_one_group_beside_a_cloud_is_told_from_its_parts() -> None:
    features, _ = _groups(0, 400)
    features[:60] += 4
    parts = np.where(features[:, 0] > 0, 1, 2)
    parts[:60] = 0
    found = measure_structure(features, parts, 0)
    assert found.set_apart.tolist() == [True, False, False]


def test_the_bulk_is_a_group_only_beside_others() -> None:
    features, _ = _groups(0, 400)
    labels = np.where(np.arange(400) < 380, 0, 1)
    assert not measure_structure(features, labels, 0).set_apart.any()
    features[260:] += 4
    assert measure_structure(features, np.where(np.arange(400) < 260, 0, 1), 0).set_apart.all()


def test_tiny_clusters_and_none_at_all_say_nothing() -> None:
    features, of = _groups(1.5, 100, 2)
    of[:3] = 2
    found = measure_structure(features, of, 0)
    assert np.isnan(found.kept).tolist() == [False, False, True] and not found.set_apart[2]
    none = measure_structure(features, np.full(100, -1), 0)
    assert len(none.kept) == 0 and np.isnan(none.overall_kept) and np.isnan(none.overall_reference)


def test_of_many_points_some_are_drawn_and_the_seed_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    features, of = _groups(1.5)
    monkeypatch.setattr(structure, "_MOST", 200)
    one, same = (measure_structure(features, of, 3) for _ in range(2))
    assert one.set_apart.all() and one.kept.tolist() == same.kept.tolist()
    assert one.reference.tolist() == same.reference.tolist()
