"""Likes beside those of the same months of the year before."""

from __future__ import annotations

import numpy as np
import pytest

from generator.insights.likes.seasons import measure_seasons

JANUARY_2024 = 19_723


def make_posts(seed: int, times: float = 1.0, posts: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """Return days of 2024 and 2025 and likes that double every December and are `times` as many in 2025."""
    random = np.random.default_rng(seed)
    days = JANUARY_2024 + random.uniform(0, 731, posts)
    december = ((days - JANUARY_2024) % 365.5) > 334
    later = days >= JANUARY_2024 + 366
    return days, np.exp(random.normal(5, 0.5, posts)) * np.where(december, 2, 1) * np.where(later, times, 1)


def test_interval_holds_the_change_and_not_the_season() -> None:
    held, ratios = 0, []
    for seed in range(60):
        random = np.random.default_rng(seed + 1000)
        days, likes = make_posts(seed, 1.5)
        # this year, most posts come in the season that gets most likes
        kept = (days < JANUARY_2024 + 366) | ((days - JANUARY_2024) % 365.5 > 300) | (random.random(len(days)) < 0.3)
        (season,) = measure_seasons(np.zeros(kept.sum(), int), likes[kept], days[kept], np.arange(kept.sum()))
        held += season.low <= 1.5 <= season.high
        ratios.append(season.ratio)
    assert held >= 54
    assert np.exp(np.mean(np.log(ratios))) == pytest.approx(1.5, rel=0.05)


def test_months_and_counts() -> None:
    days, likes = make_posts(0)
    likes[:20] = np.nan
    (season,) = measure_seasons(np.zeros(400, int), likes, days, np.arange(400))
    assert season.months[0] == "2025-01" and season.months[-1] == "2025-12" and len(season.months) == 12
    assert season.posts + season.before == 380 == season.occasions + season.occasions_before
    # the same posts twice, as bursts of two, tell no more
    twice = np.repeat(np.arange(400), 2)
    (again,) = measure_seasons(np.zeros(800, int), likes[twice], days[twice], twice)
    assert again.posts == 2 * season.posts and again.occasions == season.occasions
    assert (again.ratio, again.low) == pytest.approx((season.ratio, season.low))


def test_one_year_tells_nothing() -> None:
    days, likes = make_posts(0)
    early = days < JANUARY_2024 + 366
    assert measure_seasons(np.zeros(early.sum(), int), likes[early], days[early], np.arange(early.sum())) == ()
    assert measure_seasons(np.zeros(3, int), np.ones(3), np.full(3, np.nan), np.arange(3)) == ()
    few = np.concatenate([np.flatnonzero(early)[:40], np.flatnonzero(~early)[:2]])
    assert measure_seasons(np.zeros(42, int), likes[few], days[few], np.arange(42)) == ()
