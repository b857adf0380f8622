"""Shares of brands in clusters, their interval and its coverage, and the adjusted exact test."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import fisher_exact

from generator.insights.shares import LEAST_POSTS, _score, measure_shares, ratio_interval

_LIMIT = 3.841458820694124  # of chi-squared with one degree of freedom at 95 %


def _posts(table: list[list[int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Posts for a table of brands by clusters, its last column the unclustered."""
    counts = np.array(table)
    brand, cluster = (np.repeat(index.ravel(), counts.ravel()) for index in np.indices(counts.shape))
    return brand, np.where(cluster == counts.shape[1] - 1, -1, cluster)


def _interval(one: int, of_one: int, two: int, of_two: int) -> tuple[float, float]:
    low, high = ratio_interval(*(np.array([value]) for value in (one, of_one, two, of_two)))
    return float(low[0]), float(high[0])


def test_counts_shares_and_over_index() -> None:
    shares = measure_shares(*_posts([[30, 10, 60], [30, 160, 10]]))
    assert shares.posts.tolist() == [[30, 10, 60], [30, 160, 10]]
    assert shares.share[0] == pytest.approx([0.3, 0.1, 0.6])
    assert shares.others[0] == pytest.approx([0.15, 0.8, 0.05])
    assert shares.over_index[0] == pytest.approx([2, 0.125, 12])
    assert shares.over_index[1] == pytest.approx([0.5, 8, 1 / 12])
    assert shares.low[0] == pytest.approx(1 / shares.high[1])
    assert ((shares.low < shares.over_index) & (shares.over_index < shares.high)).all()
    assert not shares.withheld.any()


def test_koopmans_own_example() -> None:
    # 36 of 40 against 16 of 80: the published interval is 2.94 to 7.15
    assert _interval(36, 40, 16, 80) == pytest.approx((2.94, 7.15), abs=0.005)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 60), st.integers(1, 60), st.integers(0, 900), st.integers(1, 900))
def test_interval_ends_where_the_score_test_rejects(one: int, of_one: int, two: int, of_two: int) -> None:
    one, two = min(one, of_one), min(two, of_two)
    low, high = _interval(one, of_one, two, of_two)
    assert 0 <= low < high
    if one == 0:
        assert low == 0
    if two == 0:
        assert high == np.inf
    if one and two:
        assert low <= one / of_one / (two / of_two) * (1 + 1e-9) and one / of_one / (two / of_two) <= high * (1 + 1e-9)
    arrays = [np.array([value]) for value in (one, of_one, two, of_two)]
    for end, inwards in ((low, 1.001), (high, 1 / 1.001)):
        if 0 < end < np.inf and one + two > 0:
            assert _score(*arrays, np.array([end]))[0] == pytest.approx(_LIMIT, rel=1e-4)
            assert _score(*arrays, np.array([end * inwards]))[0] <= _LIMIT
    turned = _interval(two, of_two, one, of_one)
    assert turned[0] == pytest.approx(1 / high if high < np.inf else 0, rel=1e-9)


@pytest.mark.parametrize(
    ("first", "of_first", "second", "of_second"),
    [
        (0.05, 100, 0.05, 1900),
        (0.02, 250, 0.05, 2000),
        (0.15, 60, 0.05, 1500),
        (0.3, 40, 0.1, 80),
        (0.01, 500, 0.04, 5000),
    ],
)
def test_interval_covers_the_true_ratio_19_times_in_20(
    first: float, of_first: int, second: float, of_second: int
) -> None:
    rng = np.random.default_rng(0)
    one, two = rng.binomial(of_first, first, 4000), rng.binomial(of_second, second, 4000)
    low, high = ratio_interval(one, np.full(4000, of_first), two, np.full(4000, of_second))
    assert np.mean((low <= first / second) & (first / second <= high)) == pytest.approx(0.95, abs=0.015)


def test_p_is_fishers_doubled_tail_adjusted() -> None:
    table = [[30, 10, 60, 1], [30, 160, 10, 2], [20, 20, 20, 0]]
    shares = measure_shares(*_posts(table))
    assert shares.withheld.tolist() == [[False, False, False, True]] * 3
    assert np.isnan(shares.p[:, 3]).all() and np.isnan(shares.over_index[:, 3]).all()
    assert np.isnan(shares.low[:, 3]).all() and np.isnan(shares.high[:, 3]).all()
    square = [[30, 71], [50, 212]]
    tail = min(fisher_exact(square, alternative=side).pvalue for side in ("less", "greater"))
    assert 2 * tail <= shares.p[0, 0] <= min(1, 9 * 2 * tail) + 1e-12


def test_equal_brands_rarely_differ() -> None:
    rng = np.random.default_rng(1)
    rates = rng.dirichlet(np.full(30, 0.7))
    false = 0
    for _ in range(200):
        shares = measure_shares(rng.integers(0, 8, 1500), rng.choice(30, 1500, p=rates) - 1)
        false += bool((shares.p[~shares.withheld] < 0.05).any())
    assert false <= 15  # 10 if exact, fewer since the test is cautious


def test_different_shares_are_found() -> None:
    rng = np.random.default_rng(2)
    brand = rng.integers(0, 5, 3000)
    cluster = rng.integers(-1, 12, 3000)
    cluster[(brand == 2) & (rng.random(3000) < 0.2)] = 7
    shares = measure_shares(brand, cluster)
    found = np.argwhere(shares.p < 0.001)
    assert [2, 7] in found.tolist() and shares.low[2, 7] > 1.5


def test_no_post_where_five_were_expected() -> None:
    shares = measure_shares(*_posts([[0, 100], [60, 940]]))
    assert shares.posts[0, 0] == 0 and not shares.withheld[0, 0]
    assert shares.over_index[0, 0] == 0 and shares.low[0, 0] == 0 and 0 < shares.high[0, 0] < 1
    assert shares.over_index[1, 0] == np.inf and shares.high[1, 0] == np.inf and shares.low[1, 0] > 1


@pytest.mark.parametrize("due", [LEAST_POSTS - 0.1, LEAST_POSTS])
def test_empty_cell_is_withheld_below_five_expected(due: float) -> None:
    shares = measure_shares(*_posts([[0, 100], [round(10 * due), 900 - round(10 * due)]]))
    assert shares.withheld[0, 0] == (due < LEAST_POSTS)


def test_five_posts_are_shown_where_none_were_expected() -> None:
    shares = measure_shares(*_posts([[4, 5, 91], [0, 0, 900]]))
    assert shares.withheld[0].tolist() == [True, False, False]
    assert shares.low[0, 1] > 1 and shares.high[0, 1] == np.inf


def test_single_brand_is_withheld() -> None:
    shares = measure_shares(*_posts([[50, 40, 10]]))
    assert np.isnan(shares.others).all() and np.isnan(shares.over_index).all()
    assert not (shares.p < 1).any()
    assert shares.share[0] == pytest.approx([0.5, 0.4, 0.1])


def test_no_clusters_one_post_and_no_posts() -> None:
    unclustered = measure_shares(np.repeat([0, 1], 50), np.full(100, -1))
    assert unclustered.posts.tolist() == [[50], [50]]
    assert unclustered.over_index.tolist() == [[1], [1]] and unclustered.p.tolist() == [[1], [1]]
    single = measure_shares(*_posts([[1, 0], [100, 100]]))
    assert single.withheld[0].all() and single.share[0].tolist() == [1, 0]
    # hundreds of posts beside a rival's only one say little, and the interval says so
    assert single.low[1, 0] < 0.6 and single.high[1, 1] == np.inf
    assert measure_shares(np.zeros(0, int), np.zeros(0, int)).posts.shape == (0, 1)
    gap = measure_shares(np.repeat([0, 2], 50), np.zeros(100, int))
    assert np.isnan(gap.share[1]).all() and gap.withheld[1].all()


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 5), st.integers(0, 6), st.integers(0, 300), st.integers(0, 2**32 - 1))
def test_properties_for_random_posts(brands: int, clusters: int, count: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    shares = measure_shares(rng.integers(0, brands, count), rng.integers(-1, clusters, count))
    assert shares.posts.sum() == count
    shown = ~shares.withheld & ~np.isnan(shares.others)
    assert (shares.low[shown] <= shares.over_index[shown]).all()
    assert (shares.over_index[shown] <= shares.high[shown]).all()
    assert np.isnan(shares.p).tolist() == shares.withheld.tolist()
