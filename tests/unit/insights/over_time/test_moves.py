"""Tests in time, and what a move is called, on groups where that is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import mannwhitneyu

from generator.insights.over_time.moves import _test_kuiper, compare_times, find_course


def shuffle(seed: int, one: int, two: int, trials: int) -> np.ndarray:
    return np.random.default_rng(seed).permuted(np.tile(np.repeat([0, -1], [one, two]), (trials, 1)), axis=1)


@pytest.mark.parametrize("counts", [(8, 40), (30, 100)])
def test_p_is_not_too_small_and_not_much_too_large(counts: tuple[int, int]) -> None:
    days = np.arange(float(sum(counts)))
    p = np.array([_test_kuiper(days, group, np.array([True]))[0] for group in shuffle(1, *counts, 4000)])
    assert (p < 0.05).mean() < 0.06 and (p < 0.01).mean() < 0.014
    assert (p < 0.05).mean() > 0.03


def test_rank_sum_equals_that_of_scipy() -> None:
    random = np.random.default_rng(2)
    days, group = np.sort(random.integers(0, 50, 80)).astype(float), random.integers(-1, 2, 80)
    _, z = compare_times(days, group, 2)
    for index in range(2):
        expected = mannwhitneyu(
            days[group == index], days[group != index], method="asymptotic", use_continuity=False
        ).pvalue
        assert 2 * (1 - 0.5 * (1 + _erf(abs(z[index]) / np.sqrt(2)))) == pytest.approx(expected)


def _erf(value: float) -> float:
    import math

    return math.erf(value)


def test_late_group_has_a_small_p_and_a_positive_z() -> None:
    days = np.arange(100.0)
    p, z = compare_times(days, np.where(days >= 80, 0, -1), 1)
    assert p[0] < 1e-6 and z[0] > 6
    p, z = compare_times(days, np.where((days >= 40) & (days < 60), 0, -1), 1)
    assert p[0] < 1e-4 and abs(z[0]) < 0.5


def test_courses() -> None:
    days = np.arange(200.0)
    assert find_course(days, days % 10 < days / 25, 0.5, True) == ("rise", None)
    assert find_course(days, days < 60, -1.0, True) == ("fall", None)
    course, stretch = find_course(days, (days >= 80) & (days < 110), 0.0, False)
    assert course == "passing" and stretch and (stretch.inside, stretch.occasions) == (30, 30)
    course, stretch = find_course(days, (days < 80) | (days >= 110), 0.0, False)
    assert course == "pause" and stretch and (stretch.inside, stretch.occasions) == (0, 30)
