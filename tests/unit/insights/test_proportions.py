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
    assert high[1] == pytest.approx(1 - 0.05 ** (1 / 20)) and low[2] == pytest.approx(0.05 ** (1 / 20))


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


def test_rows_of_one_share_are_as_sure_as_their_units_together_and_rows_without_units_play_no_part() -> None:
    one, of_one, two, of_two = (
        np.array(values, float) for values in ([4, 4, 0], [20, 20, 0], [10, 10, 0], [25, 25, 0])
    )
    found = limit_mean_difference(one, of_one, two, of_two, np.array([1.0, 1.0, 0.0]))
    arrays = [np.array([float(count)]) for count in (8, 40, 20, 50)]
    # each row's variance is estimated apart, which costs a unit
    assert found == pytest.approx(np.ravel(limit_mean_difference(*arrays, np.ones(1))), abs=4e-3)
    assert np.isnan(limit_mean_difference(one, of_one, two, of_two, np.zeros(3))[0])


@pytest.mark.parametrize(("rows", "size", "share"), [(5, 25, 0.03), (5, 80, 0.1), (12, 10, 0.1), (40, 10, 0.03)])
def test_the_mean_of_differences_of_unequal_brands_is_within_its_interval(rows: int, size: int, share: float) -> None:
    random = np.random.default_rng(rows + size)
    of_one, of_two = (np.repeat(random.integers(size // 2, 2 * size, (rows, 1)), 1500, axis=1) for _ in range(2))
    first, second = (np.clip(share * np.exp(random.normal(0, 0.6, (rows, 1))), 0, 0.8) for _ in range(2))
    one, two = random.binomial(of_one, first), random.binomial(of_two, second)
    _, low, high = limit_mean_difference(
        *(np.asarray(x, float) for x in (one, of_one, two, of_two)), np.ones(one.shape)
    )
    held = (low <= (second - first).mean()) & ((second - first).mean() <= high)
    assert 0.93 <= held.mean() <= 0.985
