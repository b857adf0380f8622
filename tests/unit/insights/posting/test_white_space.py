"""Clusters that a brand lacks, and those it has to itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from generator.insights.posting.shares import Shares, measure_shares
from generator.insights.posting.white_space import ALONE, LACKING, LEAST_POSTS, find_own_ground, find_white_space


def _measure(table: list[list[int]] | NDArray[np.int64]) -> Shares:
    """The shares of a table of brands by clusters, its last column the unclustered."""
    counts = np.array(table)
    brand, cluster = (np.repeat(index.ravel(), counts.ravel()) for index in np.indices(counts.shape))
    return measure_shares(brand, np.where(cluster == counts.shape[1] - 1, -1, cluster))


def test_missing_clusters_and_their_owners() -> None:
    shares = _measure([[0, 4, 190, 6], [80, 60, 50, 10], [20, 100, 60, 20], [60, 60, 60, 20]])
    mine = [space for space in find_white_space(shares) if space.brand == 0]
    assert sorted(mine, key=lambda space: -space.missing) == mine
    second, first = sorted(mine, key=lambda space: space.cluster)
    assert (second.cluster, first.cluster) == (0, 1)
    assert (first.posts, first.occasions, first.rivals, first.rests_on) == (4, 4, 3, -1)
    assert first.expected == pytest.approx(200 * shares.typical[0, 1])
    assert first.missing == pytest.approx(first.expected * (1 - first.high))
    assert first.low <= first.over_index <= first.high < LACKING and first.p < 0.001
    # picked, so less clear than the ratio taken by itself
    assert first.over_index >= shares.over_index[0, 1] and first.high >= shares.high[0, 1]
    assert [(owner.brand, owner.occasions) for owner in first.owners] == [(2, 100), (1, 60)]
    assert first.owners[0].share == pytest.approx(100 / 224)
    assert (second.posts, second.low) == (0, 0)
    assert [owner.brand for owner in second.owners] == [1]


def test_owners_hold_half_of_the_posts() -> None:
    spaces = find_white_space(_measure([[0, 200], [30, 170], [30, 170], [30, 170], [30, 170]]))
    assert [(space.brand, space.cluster) for space in spaces] == [(0, 0)]
    assert [owner.brand for owner in spaces[0].owners] == [1, 2]
    assert spaces[0].rivals == 4


def test_what_one_rival_alone_has_is_no_white_space() -> None:
    table = [[4, 196], [4, 196], [4, 196], [4, 196], [150, 50]]
    assert find_white_space(_measure(table)) == ()
    assert [(ground.brand, ground.cluster) for ground in find_own_ground(_measure(table))] == [(4, 0)]


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
    found = 0
    for _ in range(50):
        shares = measure_shares(rng.integers(0, 6, 2000), rng.choice(12, 2000, p=rates))
        found += len(find_white_space(shares)) + len(find_own_ground(shares))
    assert found <= 1


def test_own_ground() -> None:
    grounds = find_own_ground(_measure([[12, 9, 40, 8, 31], [0, 0, 10, 2, 88], [0, 0, 1, 0, 99]]))
    assert [(ground.brand, ground.cluster) for ground in grounds] == [(0, 0)]
    assert (grounds[0].posts, grounds[0].occasions, grounds[0].share, grounds[0].high) == (12, 12, 1, 1)
    assert grounds[0].low == pytest.approx(0.025 ** (1 / 12))
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
    assert all(space.high < LACKING and space.missing >= 0 and space.cluster < clusters for space in spaces)
    for space in spaces:
        held = [owner.occasions for owner in space.owners]
        rest = table[:, space.cluster].sum() - space.posts
        assert space.brand not in [owner.brand for owner in space.owners] and min(held) > 0
        assert sum(held) >= rest / 2 > sum(held[:-1])
    for brand in range(brands):
        missing = [space.missing for space in spaces if space.brand == brand]
        assert missing == sorted(missing, reverse=True)
    for ground in find_own_ground(shares):
        assert ground.occasions >= LEAST_POSTS and ground.low <= ground.share <= ground.high
    pairs = {(space.brand, space.cluster) for space in spaces}
    assert pairs.isdisjoint((ground.brand, ground.cluster) for ground in find_own_ground(shares))
