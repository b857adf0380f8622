"""Shares against those of the same months of the year before."""

from __future__ import annotations

import numpy as np
import pytest

from generator.insights.over_time.share_seasons import _compare, compare_share_seasons

START = np.array("2024-01-01", "datetime64[D]").astype(float)


def draw(seed: int, ratio: float = 1.0, posts: int = 600) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two brands in two years; cluster 0 is posted in summer, and by brand 0 `ratio` times as often in the second."""
    random = np.random.default_rng(seed)
    brand, days = np.repeat([0, 1], posts), START + 730 * random.random(2 * posts)
    share = 0.15 + 0.13 * np.sin(2 * np.pi * (days - START) / 365)
    share = np.where((brand == 0) & (days >= START + 366), share * ratio, share)
    cluster = np.where(random.random(2 * posts) < share, 0, random.integers(1, 5, 2 * posts))
    return brand, cluster, days


def test_ratio_and_interval_equal_published_formulae() -> None:
    # one stratum: the plain ratio; around its logarithm, twice the inverse hyperbolic sine of half of Katz's reach
    ratio, low, high, _ = _compare(np.array([[[[20.0]]], [[[10.0]]]]), np.array([[[[100.0]]], [[[80.0]]]]))
    error = np.sqrt(1 / 20 - 1 / 100 + 1 / 10 - 1 / 80)
    assert ratio[0, 0] == pytest.approx(1.6)
    reach = np.exp(2 * np.arcsinh(1.959964 * error / 2))
    assert (low[0, 0], high[0, 0]) == pytest.approx((1.6 / reach, 1.6 * reach))


def test_a_season_is_no_change_and_a_change_is_found() -> None:
    held, marks = [], 0
    for seed in range(40):
        figures = compare_share_seasons(*draw(seed))
        assert figures
        marks += int(figures.marked.sum())
        held.append((figures.low <= 1) & (figures.high >= 1))
    assert not marks and 0.92 <= np.mean(held) <= 0.98
    figures = [compare_share_seasons(*draw(seed, ratio=2.2)) for seed in range(5)]
    assert all(one and one.marked[0, 0] and not one.marked[1].any() for one in figures)
    assert np.mean([one.ratio[0, 0] for one in figures if one]) == pytest.approx(2.2, rel=0.15)


def test_shares_of_zero_have_one_end() -> None:
    brand = np.zeros(80, int)
    days = START + np.append(np.linspace(0, 29, 40), np.linspace(366, 395, 40))
    cluster = np.where((days < START + 60) & (np.arange(80) % 4 == 0), 0, 1)
    figures = compare_share_seasons(brand, cluster, days)
    assert figures and (figures.now[0, 0], figures.before[0, 0]) == (0, 10)
    assert figures.ratio[0, 0] == figures.low[0, 0] == 0 and 0.2 < figures.high[0, 0] < 0.6
    back = compare_share_seasons(brand, np.append(cluster[40:], cluster[:40]), days)
    assert back and back.high[0, 0] == np.inf and back.low[0, 0] == pytest.approx(1 / figures.high[0, 0])


def test_only_the_same_months_are_compared() -> None:
    brand, cluster, days = draw(1)
    assert compare_share_seasons(brand, cluster, np.where(days < START + 330, days, np.nan)) is None
    figures = compare_share_seasons(brand, cluster, np.where(days < START + 425, days, np.nan))
    assert figures and len(figures.starts) == 2
    months = (days < START + 60) | ((days >= START + 366) & (days < START + 425))
    assert figures.now.sum() + figures.before.sum() == months.sum()
    assert compare_share_seasons(brand, np.full(len(brand), -1), days) is None


def test_a_burst_counts_once() -> None:
    brand, cluster, days = draw(2)
    burst = np.where((cluster == 1) & (brand == 0), -1, np.arange(len(brand)))
    figures = compare_share_seasons(brand, cluster, days, burst)
    assert figures and figures.now[0, 1] + figures.before[0, 1] <= 1 and figures.withheld[0, 1]
