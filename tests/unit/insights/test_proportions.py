"""Intervals of shares and of their differences, against published figures."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import beta

from generator.insights.proportions import find_quantile, limit_mean_difference, limit_share, limit_skewed_share


def test_wilson_limits_equal_published_figures() -> None:
    low, high = limit_share(np.array([0.3, 0.0]), np.array([10.0, 20.0]))
    assert (low[0], high[0]) == pytest.approx((0.1078, 0.6032), abs=1e-4)
    assert (low[1], high[1]) == pytest.approx((0.0, 0.1611), abs=1e-4)
    assert find_quantile() == pytest.approx(1.959964, abs=1e-6)


def test_skewed_limits_are_quantiles_of_a_beta_distribution_and_reach_the_ends() -> None:
    share, size = np.array([0.1, 0.0, 1.0, np.nan]), np.array([20.0, 20.0, 20.0, 20.0])
    low, high = limit_skewed_share(share, size, find_quantile())
    assert (low[0], high[0]) == pytest.approx((beta.ppf(0.025, 2.5, 18.5), beta.ppf(0.975, 2.5, 18.5)))
    assert low[1] == 0 < high[1] < 0.2 and 0.8 < low[2] < high[2] == 1 and np.isnan(low[3])


@pytest.mark.parametrize(
    ("counts", "expected"),
    # Newcombe (1998), table II, method 10
    [((48, 80, 56, 70), (0.0524, 0.3339)), ((3, 10, 9, 10), (0.1705, 0.8090)), ((0, 10, 10, 10), (0.6075, 1.0))],
)
def test_newcombe_limits_equal_published_figures(counts: tuple[int, ...], expected: tuple[float, float]) -> None:
    arrays = [np.array([float(count)]) for count in counts]
    change, low, high = limit_mean_difference(*arrays, np.ones(1))
    assert change == pytest.approx(counts[2] / counts[3] - counts[0] / counts[1])
    assert (low, high) == pytest.approx(expected, abs=1e-4)


def test_mean_of_differences_is_surer_than_each_and_rows_without_units_play_no_part() -> None:
    one, of_one, two, of_two = (
        np.array(values, float) for values in ([4, 4, 0], [20, 20, 0], [10, 10, 0], [25, 25, 0])
    )
    change, low, high = limit_mean_difference(one, of_one, two, of_two, np.array([1.0, 1.0, 0.0]))
    single = limit_mean_difference(one[:1], of_one[:1], two[:1], of_two[:1], np.ones(1))
    assert change == pytest.approx(single[0])
    assert high - change == pytest.approx((single[2] - single[0]) / np.sqrt(2))
    assert np.isnan(limit_mean_difference(one, of_one, two, of_two, np.zeros(3))[0])
    assert low < change
