"""When posts get more likes, made of data whose effects are known."""

from __future__ import annotations

import numpy as np
import pytest

from generator.insights.likes.timing import has_times, measure_timing

#: 7 October 2024.
MONDAY = 20_003


def make_posts(seed: int, posts: int = 1500, brands: int = 5) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return brands, days and likes that grow to three times over 50 weeks."""
    random = np.random.default_rng(seed)
    brand, days = random.integers(0, brands, posts), MONDAY + random.uniform(0, 350, posts)
    likes = np.exp(random.normal(5, 0.5, posts) + 0.4 * brand + np.log(3) * (days - MONDAY) / 350)
    return brand, days, likes


def test_weekday_and_hour_are_found_and_named_rightly() -> None:
    brand, days, likes = make_posts(0)
    into_week = (days - MONDAY) % 7
    likes[(into_week >= 6) & (into_week < 7)] *= 1.6  # Sunday
    likes[(days % 1 >= 18 / 24) & (days % 1 < 21 / 24)] *= 1.6
    timing = measure_timing(brand, likes, days, np.arange(len(brand)), 1.0)
    assert timing.weekday and timing.hour
    assert [(effect.brand, effect.cluster) for effect in timing.weekday.findings] == [(None, 6)]
    assert [(effect.brand, effect.cluster) for effect in timing.hour.findings] == [(None, 6)]
    assert timing.weekday.findings[0].ratio == pytest.approx(1.6, rel=0.15)
    assert timing.weekday.ratio.shape == (5, 7) and timing.hour.ratio.shape == (5, 8)


def test_nothing_is_found_in_bursts_and_growth() -> None:
    found = 0
    for seed in range(10):
        brand, days, likes = make_posts(seed, 700)
        random = np.random.default_rng(seed)
        burst = np.arange(700)
        for start in range(0, 350, 7):  # half of the posts come in bursts within a day that share their luck
            brand[start : start + 7] = brand[start]
            days[start : start + 7] = np.floor(days[start]) + random.uniform(0.4, 0.6, 7)
            likes[start : start + 7] *= np.exp(random.normal(0, 0.6))
            burst[start : start + 7] = start
        timing = measure_timing(brand, likes, days, burst, 1.0)
        found += bool((timing.weekday and timing.weekday.findings) or (timing.hour and timing.hour.findings))
    assert found <= 2


def test_hours_need_times() -> None:
    brand, days, likes = make_posts(1, 400)
    assert has_times(days)
    assert not has_times(np.floor(days)) and not has_times(np.floor(days) + 0.5)
    assert not has_times(np.full(4, np.nan))
    timing = measure_timing(brand, likes, np.floor(days), np.arange(400), 1.0)
    assert timing.weekday and timing.hour is None


def test_few_posts_and_no_dates_tell_nothing() -> None:
    brand, days, likes = make_posts(2, 30)
    timing = measure_timing(brand, likes, days, np.arange(30), 1.0)
    assert timing.hour is None or timing.hour.withheld.mean() > 0.9
    dateless = measure_timing(brand, likes, np.full(30, np.nan), np.arange(30), 1.0)
    assert dateless.weekday is None and dateless.hour is None
