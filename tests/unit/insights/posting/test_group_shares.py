"""Brands beside the other members of their groups: medians, ranks, groups that are too small, and coverage."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from generator.insights.likes.rates import Rates, rank_in_groups
from generator.insights.posting.beside import find_percentile
from generator.insights.posting.group_shares import GroupShares, measure_group_shares
from generator.insights.posting.held import hold_category
from generator.insights.posting.shares import count_shares
from tests.support.market_posts import draw_market_posts


def _measure(table: list[list[int]], group: list[int]) -> GroupShares | None:
    """Return the figures of brands by clusters, of which there are so many posts each."""
    counts = np.array(table)
    brand, cluster = (np.repeat(index.ravel(), counts.ravel()) for index in np.indices(counts.shape))
    return measure_group_shares(
        count_shares(brand, cluster, np.arange(len(brand)), None).by_category, np.array(group, np.int64)
    )


def test_a_brand_is_beside_the_median_of_the_others_of_its_group_alone() -> None:
    # the other group would make it look small
    table = [[60, 240], [30, 270], [30, 270], [30, 270], [200, 100], [200, 100], [220, 80]]
    found = _measure(table, [0, 0, 0, 0, 1, 1, 1])
    assert found is not None
    assert found.median[0, 0] == pytest.approx(0.1) and found.ratio[0, 0] == pytest.approx(2)
    assert 1 < found.low[0, 0] < 2 < found.high[0, 0]
    assert found.rank[:, 0].tolist() == [1, 2, 2, 2, 2, 2, 1] and found.ranked.tolist() == [4, 4, 4, 4, 3, 3, 3]
    assert found.of_group[:, 0] == pytest.approx([0.1, 2 / 3], abs=0.02)
    low, middle, high = (values[:, :2] for values in (found.of_group_low, found.of_group, found.of_group_high))
    assert (low < middle).all() and (middle < high).all()


def test_groups_of_two_and_brands_without_one_are_left_out() -> None:
    table = [[30, 70]] * 6
    found = _measure(table, [0, 0, 1, 1, 1, -1])
    assert found is not None and found.group.tolist() == [-1, -1, 1, 1, 1, -1]
    assert np.isnan(found.rate[[0, 1, 5]]).all() and not found.rank[[0, 1, 5]].any()
    assert np.isnan(found.of_group[0]).all() and not np.isnan(found.of_group[1, :2]).any()
    assert _measure(table, [0, 0, 1, 1, -1, -1]) is None and _measure(table, [-1] * 6) is None


def test_a_brand_of_few_posts_has_no_rank_and_a_ratio_only_where_five_posts_were_due() -> None:
    found = _measure([[2, 10], [100, 200], [100, 200], [100, 200]], [0, 0, 0, 0])
    assert found is not None
    assert found.rank[0].tolist() == [0, 0, 0] and found.ranked.tolist() == [0, 3, 3, 3]
    assert np.isnan(found.ratio[0, 0]) and not np.isnan(found.ratio[0, 1])


def test_members_without_posts_do_not_count() -> None:
    assert _measure([[30, 70], [0, 0], [30, 70]], [0, 0, 0]) is None


def test_intervals_of_equal_brands_hold_the_truth() -> None:
    random, held = np.random.default_rng(3), list[NDArray[np.bool_]]()
    for _ in range(60):
        brand, cluster = random.integers(0, 9, 1800), random.choice(6, 1800, p=[0.3, 0.25, 0.2, 0.1, 0.1, 0.05])
        strata = count_shares(brand, cluster, np.arange(1800), None).by_category
        found = measure_group_shares(strata, np.arange(9) % 2)
        assert found is not None
        held.append(((found.low <= 1) & (found.high >= 1))[~np.isnan(found.ratio)])
    assert np.concatenate(held).mean() == pytest.approx(0.95, abs=0.02)


def test_groups_are_compared_within_markets() -> None:
    posts = draw_market_posts(2, posts=1400)
    held = hold_category(posts.brand, posts.market, posts.burst)
    ratios = []
    for within in (held, None):
        strata = count_shares(posts.brand, posts.cluster, posts.burst, within).by_category
        found = measure_group_shares(strata, np.zeros(5, np.int64))
        assert found is not None
        ratios.append(found.ratio[0, 0])
        spread = found.of_group[0, 0]
    assert ratios[0] == pytest.approx(1, abs=0.12) and ratios[1] < 0.7 and 0.1 < spread < 0.4


def test_a_percentile_is_told_among_many_members_only() -> None:
    assert [find_percentile(rank, 21) for rank in (1, 11, 21)] == [100, 50, 0]
    assert find_percentile(3, 5) is None and find_percentile(0, 30) is None


def test_engagement_rates_have_a_rank_among_members_that_have_one() -> None:
    middle = np.array([0.02, 0.03, 0.01, 0.05, 0.09])
    low = np.array([0.01, 0.02, 0.005, np.nan, 0.08])
    rates = Rates(np.zeros(0), middle, low, middle * 2, np.full(5, 20))
    found = rank_in_groups(rates, np.array([0, 0, 0, 0, 1]), 3)
    assert found.rank.tolist() == [2, 1, 3, 0, 0] and found.ranked.tolist() == [3, 3, 3, 0, 0]
    assert found.median[:3] == pytest.approx([0.02, 0.015, 0.025]) and np.isnan(found.median[3:]).all()
