"""Drift within categories: a turn to another market moves nothing, and what moves in every market is found."""

from __future__ import annotations

import numpy as np
import pytest

from generator.insights.over_time.drift import Drifts, measure_drift
from generator.insights.over_time.moves_within import compare_columns
from generator.insights.over_time.subject_drift import measure_subject_drift
from tests.support.market_posts import draw_market_times


def _find(seed: int, within: bool, turns: bool, growth: float = 1.0) -> Drifts:
    posts, days = draw_market_times(seed, turns=turns, growth=growth)
    return measure_drift(posts.brand, posts.cluster, days, posts.burst, category=posts.market if within else None)


@pytest.mark.parametrize("seed", range(3))
def test_a_turn_to_another_market_is_no_drift_within_markets(seed: int) -> None:
    assert _find(seed, within=False, turns=True).findings
    assert not _find(seed, within=True, turns=True).findings


@pytest.mark.parametrize("turns", [False, True])
def test_what_grows_in_every_market_drifts(turns: bool) -> None:
    found = _find(0, within=True, turns=turns, growth=6.0).findings
    assert [(drift.brand, drift.cluster, drift.course) for drift in found] == [(0, 0, "rise")]


def test_what_rises_in_all_and_falls_in_each_category_is_not_marked() -> None:
    random = np.random.default_rng(0)
    days = np.sort(random.uniform(0, 700, 3000))
    category = (random.random(3000) < days / 700).astype(np.int64)  # from one category to the other
    time = days / 700
    chance = np.where(category == 1, 0.95 - 0.3 * time, 0.35 - 0.3 * time)
    shows = (random.random(3000) < chance)[:, None]
    together, within = compare_columns(days, shows), compare_columns(days, shows, category)
    assert together[0] < 1e-6 and within[0] == 1


def test_posts_without_a_category_are_left_out_within_categories() -> None:
    random = np.random.default_rng(1)
    days = np.sort(random.uniform(0, 700, 400))
    shows = (random.random(400) < 0.1 + 0.5 * days / 700)[:, None]
    assert compare_columns(days, shows, np.zeros(400, np.int64))[0] < 0.001
    assert np.isnan(compare_columns(days, shows, np.full(400, -1))[0])


def test_subjects_are_held_too() -> None:
    posts, days = draw_market_times(0, turns=True)
    shows = (posts.cluster == 0)[:, None]
    together = measure_subject_drift(posts.brand, shows, days, posts.burst)
    within = measure_subject_drift(posts.brand, shows, days, posts.burst, posts.market)
    assert together.findings and not within.findings
