"""Clusters that a brand lacks, and those it has to itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from generator.insights.shares import Shares, measure_shares
from generator.insights.white_space import ALONE, LACKING, LEAST_POSTS, find_own_ground, find_white_space


def _measure(table: list[list[int]] | NDArray[np.int64]) -> Shares:
    """The shares of a table of brands by clusters, its last column the unclustered."""
    counts = np.array(table)
    brand, cluster = (np.repeat(index.ravel(), counts.ravel()) for index in np.indices(counts.shape))
    return measure_shares(brand, np.where(cluster == counts.shape[1] - 1, -1, cluster))


def test_missing_clusters_and_their_owners() -> None:
    spaces = find_white_space(_measure([[0, 2, 90, 8], [40, 30, 25, 5], [10, 50, 30, 10], [10, 20, 60, 10]]))
    mine = [space for space in spaces if space.brand == 0]
    assert [space.cluster for space in mine] == [1, 0]
    first, second = mine
    assert (first.posts, first.rivals) == (2, 3)
    assert first.expected == pytest.approx(100 * 100 / 300) and first.missing == pytest.approx(first.expected - 2)
    assert first.over_index == pytest.approx(0.06) and first.low < first.over_index < first.high < LACKING
    assert first.p < 0.001
    assert [(owner.brand, owner.posts) for owner in first.owners] == [(2, 50)]
    assert first.owners[0].share == pytest.approx(50 / 102)
    assert (second.posts, second.low) == (0, 0)
    assert [owner.brand for owner in second.owners] == [1]


def test_owners_hold_half_of_the_posts() -> None:
    spaces = find_white_space(_measure([[0, 200], [30, 170], [30, 170], [30, 170], [30, 170]]))
    assert [(space.brand, space.cluster) for space in spaces] == [(0, 0)]
    assert [owner.brand for owner in spaces[0].owners] == [1, 2]
    assert spaces[0].rivals == 4


def test_too_few_posts_for_white_space() -> None:
    # 3 posts due and none there: chance does that one time in twenty
    assert find_white_space(_measure([[0, 100], [30, 970]])) == ()


def test_unclustered_posts_are_no_white_space() -> None:
    spaces = find_white_space(_measure([[100, 0], [50, 50]]))
    assert [(space.brand, space.cluster) for space in spaces] == [(1, 0)]
    assert find_own_ground(_measure([[100, 0], [50, 50]])) == ()


def test_equal_brands_rarely_have_white_space() -> None:
    rng = np.random.default_rng(0)
    rates = rng.dirichlet(np.full(12, 2.0))
    found = possible = 0
    for _ in range(100):
        shares = measure_shares(rng.integers(0, 6, 2000), rng.choice(12, 2000, p=rates))
        found += len(find_white_space(shares))
        possible += int((~shares.withheld[:, :-1]).sum())
    assert found / possible < 0.015


def test_own_ground() -> None:
    grounds = find_own_ground(_measure([[10, 9, 40, 8, 33], [0, 0, 10, 2, 88], [0, 0, 1, 0, 99]]))
    assert [(ground.brand, ground.cluster) for ground in grounds] == [(0, 0)]
    assert (grounds[0].posts, grounds[0].share, grounds[0].high) == (10, 1, 1)
    assert grounds[0].low == pytest.approx(0.025 ** (1 / 10))
    nearly = find_own_ground(_measure([[40, 60], [10, 90], [0, 100]]))
    assert [(ground.cluster, ground.share) for ground in nearly] == [(0, ALONE)]
    assert nearly[0].low == pytest.approx(0.6628, abs=1e-4) and nearly[0].high == pytest.approx(0.8997, abs=1e-4)


def test_largest_brand_does_not_own_by_its_share() -> None:
    assert find_own_ground(_measure([[900, 900, 0], [100, 100, 0]])) == ()
    assert [ground.cluster for ground in find_own_ground(_measure([[900, 990, 0], [100, 10, 0]]))] == [1]


@pytest.mark.parametrize("table", [[[50, 40, 10]], [[30], [40]], [[1, 0], [0, 1]], [[0, 50], [0, 50]]])
def test_one_brand_no_clusters_single_posts_all_unclustered(table: list[list[int]]) -> None:
    assert find_white_space(_measure(table)) == ()
    assert find_own_ground(_measure(table)) == ()


def test_no_posts() -> None:
    shares = measure_shares(np.zeros(0, int), np.zeros(0, int))
    assert find_white_space(shares) == () and find_own_ground(shares) == ()


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_properties_for_random_tables(brands: int, clusters: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    table = rng.poisson(rng.gamma(0.4, 60, (brands, clusters + 1)))
    shares = _measure(table) if table.sum() else measure_shares(np.zeros(0, int), np.zeros(0, int))
    spaces = find_white_space(shares)
    assert all(space.high < LACKING and space.missing > 0 and space.cluster < clusters for space in spaces)
    for space in spaces:
        held = [owner.posts for owner in space.owners]
        rest = table[:, space.cluster].sum() - space.posts
        assert space.brand not in [owner.brand for owner in space.owners] and min(held) > 0
        assert sum(held) >= rest / 2 > sum(held[:-1])
    for brand in range(brands):
        missing = [space.missing for space in spaces if space.brand == brand]
        assert missing == sorted(missing, reverse=True)
    for ground in find_own_ground(shares):
        assert ground.posts >= LEAST_POSTS and ground.low <= ground.share <= ground.high
    pairs = {(space.brand, space.cluster) for space in spaces}
    assert pairs.isdisjoint((ground.brand, ground.cluster) for ground in find_own_ground(shares))
