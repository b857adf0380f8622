"""Shares of voice and their intervals."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import beta, binom

from generator.insights.over_time.share_of_voice import measure_share_of_voice

QUARTER = np.array(["2025-01-01", "2025-04-01", "2025-07-01"], "datetime64[D]").astype(float)


def test_shares_by_cluster_and_calendar_quarter() -> None:
    brand = np.repeat([0, 1, 0], [6, 4, 8])
    cluster = np.repeat([0, 0, -1], [6, 4, 8])
    days = np.repeat([QUARTER[0], QUARTER[0] + 80, QUARTER[2]], [6, 4, 8])
    voice = measure_share_of_voice(brand, cluster, days)
    assert voice and voice.posts.shape == (2, 3, 2)
    np.testing.assert_array_equal(voice.starts, QUARTER)
    assert voice.share[0, 0].tolist() == [0.6, 0.4] and voice.share[1, 2].tolist() == [1, 0]
    assert voice.withheld.tolist() == [[False, True, True], [True, True, False]]
    assert np.isnan(voice.low[0, 1]).all()
    # of two brands one share says the other, so they are not far from those of one share
    limits = tuple(beta.ppf([0.025, 0.975], 6.5, 4.5))
    assert (voice.low[0, 0, 0], voice.high[0, 0, 0]) == pytest.approx(limits, abs=0.03)
    assert (voice.low[1, 2, 1], voice.high[1, 2, 0]) == (0, 1)


def test_all_brands_with_the_most_posts_lead() -> None:
    brand = np.repeat([0, 1, 2], [3, 4, 4])
    voice = measure_share_of_voice(brand, np.zeros(11, int), np.full(11, QUARTER[0]))
    assert voice and voice.find_leaders(0, 0) == [1, 2]


def test_a_burst_makes_shares_less_sure_but_no_smaller() -> None:
    brand, cluster = np.repeat([0, 1], [20, 20]), np.zeros(40, int)
    days = np.full(40, QUARTER[0])
    single = measure_share_of_voice(brand, cluster, days)
    together = measure_share_of_voice(brand, cluster, days, np.append(np.zeros(10, int), np.arange(1, 31)))
    assert single and together and together.share[0, 0, 0] == single.share[0, 0, 0] == 0.5
    assert together.size[0, 0] == pytest.approx(40**2 / (10**2 + 30))
    assert together.low[0, 0, 0] < single.low[0, 0, 0]


def test_intervals_hold_for_all_brands_together() -> None:
    held = []
    for seed in range(250):
        random = np.random.default_rng(seed)
        sizes = np.array([40, 30, 20, 10, 5])
        bursts = random.choice(5, 150, p=sizes / sizes.sum())
        posts = random.integers(1, 8, 150)
        days = QUARTER[0] + 89 * random.random(150)
        voice = measure_share_of_voice(
            np.repeat(bursts, posts),
            np.zeros(posts.sum(), int),
            np.repeat(days, posts),
            np.repeat(np.arange(150), posts),
        )
        assert voice
        if voice.low.shape[2] < 5:  # no post of the last brand was drawn
            continue
        held.append(bool(((voice.low[0, 0] <= sizes / 105) & (sizes / 105 <= voice.high[0, 0])).all()))
    assert 0.93 <= np.mean(held) <= 0.985


def test_limits_of_few_posts_are_no_wider_than_they_must_be() -> None:
    # two quarters, of which the second makes both brands as large: every number of posts of the first, by its chance
    held = []
    for posts in range(5, 16):
        for mine in range(posts + 1):
            counts = [mine, posts - mine, 200 - mine, 200 - posts + mine]
            days = np.repeat(QUARTER[[0, 0, 1, 1]], counts)
            voice = measure_share_of_voice(np.repeat([0, 1, 0, 1], counts), np.zeros(400, int), days)
            assert voice
            holds = bool(((voice.low[0, 0] <= 0.5) & (voice.high[0, 0] >= 0.5)).all())
            held.append(holds * binom.pmf(mine, posts, 0.5))
    assert 0.93 <= sum(held) / 11 <= 0.97


def test_no_dates() -> None:
    assert measure_share_of_voice(np.zeros(3, int), np.zeros(3, int), np.full(3, np.nan)) is None
