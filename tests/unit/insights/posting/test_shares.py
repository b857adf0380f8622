"""Shares of brands in clusters, their interval and its coverage, and the adjusted exact test."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import fisher_exact

from generator.insights.inference import BUDGET
from generator.insights.posting.ratios import _score, ratio_interval
from generator.insights.posting.shares import LEAST_POSTS, measure_shares

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
    assert shares.posts.tolist() == shares.occasions.tolist() == [[30, 10, 60], [30, 160, 10]]
    assert shares.share[0] == pytest.approx([0.3, 0.1, 0.6]) and (shares.rate == shares.share).all()
    assert shares.typical[0] == pytest.approx([0.15, 0.8, 0.05])
    assert shares.over_index[0] == pytest.approx([2, 0.125, 12])
    assert shares.over_index[1] == pytest.approx([0.5, 8, 1 / 12])
    assert shares.low[0] == pytest.approx(1 / shares.high[1])
    assert ((shares.low < shares.over_index) & (shares.over_index < shares.high)).all()
    assert not shares.withheld.any()
    # with one rival everything rests on it
    assert (shares.rests_on == np.where(shares.marked, [[1], [0]], -1)).all() and shares.marked[:, 1:].all()


def test_a_burst_counts_once() -> None:
    brand, cluster = _posts([[30, 70], [60, 140]])
    burst = np.arange(len(brand))
    burst[:20] = 0  # of the first brand's posts in the cluster
    shares = measure_shares(brand, cluster, burst)
    assert shares.posts[0].tolist() == [30, 70] and shares.occasions[0].tolist() == [11, 70]
    assert shares.share[0, 0] == 0.3 and shares.rate[0, 0] == shares.over_index[0, 0] * 0.3 == pytest.approx(11 / 81)
    once = measure_shares(*_posts([[11, 70], [60, 140]]))
    assert shares.low == pytest.approx(once.low) and shares.p == pytest.approx(once.p)
    burst[25:35] = 0  # also ten of those elsewhere
    assert measure_shares(brand, cluster, burst).occasions[0].tolist() == [6, 66]


def test_rivals_are_a_median_and_no_pool() -> None:
    # a giant has most of the cluster; the others hardly post it
    table = [[30, 270], [6, 294], [6, 294], [6, 294], [1200, 1800]]
    shares = measure_shares(*_posts(table))
    assert shares.over_index[0, 0] > 3 and shares.typical[0, 0] < 0.03
    assert (shares.rank[:, 0].tolist(), shares.dominant[:, 0].tolist()) == ([2, 3, 3, 3, 1], [4, 4, 4, 4, 0])
    assert (shares.lowest[0, 0], shares.highest[0, 0]) == (0.02, 0.4)
    # with two rivals far apart, the brand between them is on neither side
    apart = measure_shares(*_posts([[30, 270], [6, 294], [1200, 1800]]))
    assert not apart.marked[0, 0] and apart.marked[2, 0]


def test_one_rival_among_several_is_said() -> None:
    table = [[40, 260], [90, 2910], [1, 19], [1, 19]]
    shares = measure_shares(*_posts(table))
    assert shares.marked[0, 0] and shares.rests_on[0, 0] == 1
    equal = measure_shares(*_posts([[40, 260], [9, 291], [9, 291], [9, 291]]))
    assert equal.marked[0, 0] and equal.rests_on[0, 0] == -1


def test_few_occasions_bound_a_ratio_on_one_side() -> None:
    shares = measure_shares(*_posts([[60, 240], [3, 297], [3, 297]]))
    assert shares.is_bound[0].tolist() == [True, False]
    assert shares.marked[0, 0] and 1 < shares.picked_low[0, 0] <= shares.low[0, 0]


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
    two = measure_shares(*_posts(table[:2]))
    tail = min(fisher_exact([[10, 91], [160, 42]], alternative=side).pvalue for side in ("less", "greater"))
    factor = 1 / BUDGET["shares"]
    assert 2 * tail * factor <= two.p[0, 1] <= 8 * 2 * tail * factor


def test_equal_brands_rarely_differ() -> None:
    rng = np.random.default_rng(1)
    rates = rng.dirichlet(np.full(30, 0.7))
    false = 0
    for _ in range(60):
        shares = measure_shares(rng.integers(0, 8, 1500), rng.choice(30, 1500, p=rates) - 1)
        false += bool(shares.marked.any())
    assert false <= 3  # 0.75 if exact, fewer since the test is cautious


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


def test_posts_where_none_were_expected_are_shown_if_they_are_sure() -> None:
    # otherwise only those would be shown that are many by luck
    shares = measure_shares(*_posts([[4, 8, 88], [0, 0, 900]]))
    assert shares.withheld[0].tolist() == [True, False, False]
    assert shares.low[0, 1] > 1 and shares.high[0, 1] == np.inf


def test_single_brand_is_withheld() -> None:
    shares = measure_shares(*_posts([[50, 40, 10]]))
    assert np.isnan(shares.typical).all() and np.isnan(shares.over_index).all()
    assert not (shares.p < 1).any()
    assert shares.share[0] == pytest.approx([0.5, 0.4, 0.1])


def test_no_clusters_one_post_and_no_posts() -> None:
    unclustered = measure_shares(np.repeat([0, 1], 50), np.full(100, -1))
    assert unclustered.posts.tolist() == [[50], [50]]
    assert unclustered.over_index.tolist() == [[1], [1]] and unclustered.p.tolist() == [[1], [1]]
    assert not unclustered.marked.any()
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
    shown = ~shares.withheld & ~np.isnan(shares.typical)
    assert (shares.marked <= shown).all() and (shares.p[shares.marked] < 0.05).all()
    assert (np.isnan(shares.picked_low) == ~shares.marked).all()
    assert (shares.low[shown] <= shares.over_index[shown]).all()
    assert (shares.over_index[shown] <= shares.high[shown]).all()
    assert np.isnan(shares.p).tolist() == shares.withheld.tolist()
