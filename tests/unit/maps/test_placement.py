"""New images on a map that stays: among their like, without moving what is there."""

from __future__ import annotations

import numpy as np
import pytest

from generator.maps.placement import place_new
from generator.maps.tsne import project_map, trustworthiness

GROUPS, EACH = 6, 40


def _features(groups: int = GROUPS, each: int = EACH, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    centres = random.normal(0, 4, (groups, 10))
    label = np.repeat(np.arange(groups), each)
    order = random.permutation(len(label))
    features = centres[label] + random.normal(0, 1, (len(label), 10))
    return features[order].astype(np.float32), label[order]


def _hide(points: np.ndarray, old: np.ndarray) -> np.ndarray:
    kept = np.full((len(old), 2), np.nan)
    kept[old] = points
    return kept


def test_old_points_stay_to_the_bit_and_new_ones_lie_among_their_like() -> None:
    features, label = _features()
    old = np.random.default_rng(1).random(len(label)) > 0.1
    points = project_map(features[old], 10, 0)
    placed = place_new(features, _hide(points, old), 10, 0)
    assert (placed[old] == points).all()
    near = np.linalg.norm(placed[~old][:, None] - points[None], axis=2).argsort(axis=1)[:, :5]
    own = label[old][near] == label[~old][:, None]
    assert own.mean() > 0.95
    whole = project_map(features, 10, 0)
    assert trustworthiness(features, placed) > trustworthiness(features, whole) - 0.02


def test_what_resembles_nothing_old_finds_a_place_of_its_own() -> None:
    features, label = _features()
    old = label != 0
    placed = place_new(features, _hide(project_map(features[old], 10, 0), old), 10, 0)
    group = placed[~old]
    # nearer to each other than to anything else
    apart = np.linalg.norm(group[:, None] - placed[None], axis=2).argsort(axis=1)[:, 1:6]
    assert (label[apart] == 0).mean() > 0.9


def test_the_same_input_gives_the_same_places_and_more_than_one_batch_works(monkeypatch: pytest.MonkeyPatch) -> None:
    features, label = _features(each=20)
    old = np.arange(len(label)) % 3 > 0
    kept = _hide(project_map(features[old], 5, 0), old)
    assert (place_new(features, kept, 5, 3) == place_new(features, kept, 5, 3)).all()
    monkeypatch.setattr("generator.maps.placement._TOGETHER", 7)
    assert np.isfinite(place_new(features, kept, 5, 3)).all()


@pytest.mark.parametrize("kind", ["identical", "one old", "one column"])
def test_odd_maps_get_finite_places(kind: str) -> None:
    features = np.zeros((12, 3), np.float32)
    if kind == "one column":
        features = np.arange(12, dtype=np.float32)[:, None]
    kept = np.full((12, 2), np.nan)
    kept[: 1 if kind == "one old" else 6] = np.arange(2 if kind == "one old" else 12).reshape(-1, 2)
    placed = place_new(features, kept, 10, 0)
    assert np.isfinite(placed).all()
    assert len(np.unique(placed[6:], axis=0)) == 6  # identical images part


def test_without_new_images_nothing_happens_and_without_old_ones_there_is_no_map() -> None:
    kept = np.arange(8.0).reshape(4, 2)
    assert (place_new(np.zeros((4, 2), np.float32), kept, 10, 0) == kept).all()
    with pytest.raises(ValueError, match="no map"):
        place_new(np.zeros((4, 2), np.float32), np.full((4, 2), np.nan), 10, 0)
