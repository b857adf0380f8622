"""Engagement rates follow followers over time, and say nothing where these are not known."""

from __future__ import annotations

import numpy as np
import pytest

from generator.insights.likes.rates import follow_counts, measure_rates


def _draw(seed: int, posts: int = 300) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return days, followers that double in a year, and reactions of one follower in fifty, give or take a third."""
    random = np.random.default_rng(seed)
    days = np.sort(random.uniform(0, 365, posts))
    followers = follow_counts(days, np.array([0.0, 365.0]), np.array([100_000.0, 200_000.0]))
    return days, followers, followers / 50 * np.exp(random.normal(0, 0.33, posts))


def test_followers_lie_on_a_line_between_two_days_and_are_unknown_beyond() -> None:
    counts = follow_counts(np.array([-1.0, 0, 50, 100, 101, np.nan]), np.array([100.0, 0]), np.array([300.0, 100]))
    assert counts[1:4].tolist() == [100, 200, 300]
    assert np.isnan(counts[[0, 4, 5]]).all()
    assert np.isnan(follow_counts(np.array([1.0]), np.array([]), np.array([]))).all()


def test_followers_that_double_leave_the_rate_as_it_is() -> None:
    held = 0
    for seed in range(100):
        days, followers, reactions = _draw(seed)
        late = (days > 182).astype(np.int64)
        rates = measure_rates(late, reactions, followers, np.arange(len(days)))
        assert rates is not None
        assert rates.middle == pytest.approx([0.02, 0.02], rel=0.2)
        held += int(((rates.low <= 0.02) & (rates.high >= 0.02)).sum())
        if seed == 0:  # as if all had been counted at the end
            fixed = measure_rates(late, reactions, np.full(len(days), 200_000.0), np.arange(len(days)))
            assert fixed is not None and fixed.middle[1] > 1.3 * fixed.middle[0]
    assert 0.9 <= held / 200 <= 0.99


def test_a_campaign_counts_once_in_the_rate_of_a_brand() -> None:
    reactions = np.array([10.0] * 7 + [500.0] * 20)
    burst = np.array([*range(7), *[7] * 20])
    rates = measure_rates(np.zeros(27, np.int64), reactions, np.full(27, 1000.0), burst)
    assert rates is not None
    assert rates.middle[0] == pytest.approx(0.01)
    assert rates.occasions.tolist() == [8]


def test_unknown_followers_give_no_rate() -> None:
    brand, burst = np.array([0, 0, 1, 1]), np.arange(4)
    reactions = np.array([5.0, np.nan, 7.0, 9.0])
    rates = measure_rates(brand, reactions, np.array([100.0, 100.0, np.nan, np.nan]), burst)
    assert rates is not None
    assert np.isnan(rates.rate).tolist() == [False, True, True, True]
    assert np.isnan(rates.middle).tolist() == [False, True]
    assert measure_rates(brand, reactions, np.full(4, np.nan), burst) is None
