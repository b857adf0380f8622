"""What examples teach: that it helps where it should, is not used where it does not, and keeps all that was there."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from generator.similarity.examples import ExampleGroups
from generator.similarity.facets import measure_influence
from generator.similarity.metric_learning import LearnedMetric, learn_metric

Floats = NDArray[np.float32]


def _posts(count: int, kinds: int, noisy: int = 1, seed: int = 0) -> tuple[Floats, NDArray[np.int64]]:
    """Features of which the first alone tells the kind, and the kinds."""
    random = np.random.default_rng(seed)
    kind = random.integers(0, kinds, count)
    features = random.normal(size=(count, 1 + noisy))
    features[:, 0] = kind + random.normal(scale=0.2, size=count)
    return features.astype(np.float32), kind


def _examples(*groups: NDArray[np.integer], apart: set[tuple[int, int]] | None = None) -> ExampleGroups:
    pairs = {(one, other) for other in range(len(groups)) for one in range(other)} if apart is None else apart
    return ExampleGroups(tuple(tuple(group.tolist()) for group in groups), frozenset(pairs), ())


def _first_of(kind: NDArray[np.int64], each: int) -> list[NDArray[np.intp]]:
    return [np.flatnonzero(kind == one)[:each] for one in range(kind.max() + 1)]


def _nearest_agree(features: Floats, kind: NDArray[np.int64], examples: NDArray[np.intp]) -> float:
    """The share of posts that took no part whose nearest example is of their kind."""
    others = np.setdiff1d(np.arange(len(kind)), examples)
    apart = np.square(features[others][:, None] - features[examples]).sum(axis=2)
    return float((kind[examples[apart.argmin(axis=1)]] == kind[others]).mean())


def _share_of_first(metric: LearnedMetric) -> float:
    """How much of the strongest direction is the feature that tells the kinds."""
    strongest = np.abs(metric.directions[:, 0])
    return float(strongest[0] / np.linalg.norm(strongest))


@pytest.mark.parametrize("kinds", [2, 3])
def test_examples_teach_which_feature_tells_the_groups(kinds: int) -> None:
    features, kind = _posts(400, kinds)
    groups = _first_of(kind, 8)
    metric = learn_metric(features, _examples(*groups), 0)
    assert metric.helps
    assert metric.gain == pytest.approx(metric.after - metric.before)
    assert (metric.posts, metric.groups) == (8 * kinds, kinds)
    assert _share_of_first(metric) > 0.95
    examples = np.concatenate(groups)
    extended = metric.extend(features, features)
    assert 1 - _nearest_agree(extended, kind, examples) < 0.7 * (1 - _nearest_agree(features, kind, examples))


def test_shuffled_examples_hardly_ever_help() -> None:
    features, kind = _posts(300, 3, noisy=11)
    shuffled = [np.random.default_rng(seed).permutation(kind) for seed in range(10)]
    metrics = [learn_metric(features, _examples(*_first_of(one, 8)), 0) for one in shuffled]
    assert sum(metric.helps for metric in metrics) <= 2
    assert learn_metric(features, _examples(*_first_of(kind, 8)), 0).gain > max(one.gain for one in metrics)


@pytest.mark.parametrize("count", [150, 1_000])
def test_one_group_is_told_from_other_posts(count: int) -> None:
    found = []
    for seed in range(8):
        features, kind = _posts(count, 6, noisy=5, seed=seed)
        metric = learn_metric(features, _examples(np.flatnonzero(kind == 0)[:8]), 0)
        assert (metric.posts, metric.groups, metric.directions.shape) == (8, 1, (6, 1))
        found.append((metric.helps, _share_of_first(metric)))
    helps, telling = np.mean(found, axis=0)
    assert helps > 0.7
    # how far strangers spread says nothing of how far like posts do
    assert telling > 0.95


@pytest.mark.parametrize("each", [50, 199, 200, 400])
def test_groups_of_any_size_teach(each: int) -> None:
    features, kind = _posts(1_000, 2, noisy=9)
    assert learn_metric(features, _examples(*_first_of(kind, each)), 0).helps


def test_one_group_of_all_posts_teaches_nothing() -> None:
    features, _ = _posts(20, 2)
    metric = learn_metric(features, _examples(np.arange(20)), 0)
    assert not metric.helps and metric.directions.shape == (2, 0)


def test_posts_that_are_only_set_apart_teach_nothing() -> None:
    features, _ = _posts(50, 2)
    metric = learn_metric(features, _examples(*np.arange(6)[:, None], apart={(0, 1), (2, 3), (4, 5)}), 0)
    assert (metric.posts, metric.groups) == (6, 6)
    assert not metric.helps and np.isnan(metric.before) and np.isnan(metric.after)
    assert np.array_equal(metric.extend(features, features), features)


def test_too_few_examples_to_judge_by_are_not_used() -> None:
    features, kind = _posts(50, 2)
    lone = np.flatnonzero(kind == 1)[:1]
    metric = learn_metric(features, _examples(np.flatnonzero(kind == 0)[:3], lone), 0)
    assert metric.directions.shape == (2, 1) and not metric.helps


def test_posts_set_apart_count_as_strangers_of_a_group() -> None:
    features, kind = _posts(300, 2)
    ours, theirs = _first_of(kind, 6)
    apart = _examples(ours, *theirs[:, None], apart={(0, other) for other in range(1, 7)})
    metric = learn_metric(features, apart, 0)
    assert metric.helps and _share_of_first(metric) > 0.95


def test_learned_features_stand_beside_the_others_and_have_twice_their_influence() -> None:
    features, kind = _posts(300, 3)
    metric = learn_metric(features, _examples(*_first_of(kind, 8)), 0)
    extended = metric.extend(features, features)
    assert extended.dtype == np.float32 and extended.shape == (300, 2 + metric.directions.shape[1])
    assert np.array_equal(extended[:, :2], features)
    assert measure_influence(extended[:, 2:]) == pytest.approx(np.sqrt(2) * measure_influence(features), rel=1e-4)


def test_other_posts_are_extended_on_the_scale_of_all() -> None:
    features, kind = _posts(300, 3)
    metric = learn_metric(features, _examples(*_first_of(kind, 8)), 0)
    whole = metric.extend(features, features)
    assert np.allclose(metric.extend(features[40:47], features), whole[40:47], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("scale", [0.01, 100])
def test_the_scale_of_features_does_not_matter(scale: float) -> None:
    features, kind = _posts(300, 3)
    examples = _examples(*_first_of(kind, 8))
    metric, scaled = (learn_metric(features * np.float32(by), examples, 0) for by in (1, scale))
    assert scaled.gain == pytest.approx(metric.gain, abs=1e-3)
    longer = scaled.extend(features * np.float32(scale), features * np.float32(scale))
    assert np.allclose(longer / scale, metric.extend(features, features), rtol=1e-2, atol=1e-3)


def test_a_learned_metric_is_the_same_bytes_every_time_and_on_any_number_of_threads() -> None:
    features, kind = _posts(2_000, 10, noisy=105)
    examples = _examples(*_first_of(kind, 5))
    made = []
    for threads in (1, 2, 4):
        with threadpool_limits(threads):
            metric = learn_metric(features, examples, 0)
            extended = metric.extend(features, features)
        made.append((metric.directions.tobytes(), metric.gain, metric.error, extended.tobytes()))
    assert made[0] == made[1] == made[2]


def test_images_that_are_all_alike_stay_finite() -> None:
    features = np.ones((30, 4), np.float32)
    metric = learn_metric(features, _examples(np.arange(5), np.arange(5, 10)), 0)
    assert not metric.helps
    assert np.array_equal(metric.extend(features, features)[:, :4], features)
    assert np.isfinite(metric.extend(features, features)).all()


def test_like_posts_that_are_the_very_same_teach_without_overflow() -> None:
    features = np.zeros((40, 3), np.float32)
    features[20:, 0] = 1
    metric = learn_metric(features, _examples(np.arange(5), np.arange(20, 25)), 0)
    extended = metric.extend(features, features)
    assert np.isfinite(extended).all() and (metric.before, metric.after) == (1, 1)
