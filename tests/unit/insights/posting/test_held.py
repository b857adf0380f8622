"""Brands compared within categories: a market effect that reverses the overall one, thin categories, and campaigns."""

from __future__ import annotations

import numpy as np
import pytest

from generator.insights.posting.field_shares import measure_field_shares
from generator.insights.posting.held import LEAST_IN_CATEGORY, Held, hold_category
from generator.insights.posting.shares import Shares, measure_shares
from generator.insights.posting.tag_shares import measure_tag_shares
from generator.insights.posting.white_space import find_white_space
from tests.support.market_posts import SHARES, MarketPosts, draw_market_posts


def _hold(posts: MarketPosts) -> Held:
    return hold_category(posts.brand, posts.market, posts.burst)


def _measure(posts: MarketPosts, within: bool = True) -> Shares:
    return measure_shares(posts.brand, posts.cluster, posts.burst, held=_hold(posts) if within else None)


def _marks(shares: Shares) -> set[tuple[int, int, bool]]:
    return {(*cell, bool(shares.over_index[tuple(cell)] > 1)) for cell in np.argwhere(shares.marked).tolist()}


def test_an_effect_that_markets_reverse_is_found_and_no_other() -> None:
    found, together = [], []
    for seed in range(6):
        posts = draw_market_posts(seed, posts=1400, ratio=1.6)
        shares = _measure(posts)
        # what the first brand posts more of one cluster, it posts less of the others
        found.append({mark for mark in _marks(shares) if mark[0] or not mark[1]})
        together.append(_measure(posts, within=False))
        assert shares.low[0, 0] < 1.6 < shares.high[0, 0]
        assert (shares.posts == together[-1].posts).all() and (shares.occasions == together[-1].occasions).all()
    assert all(marks == {(0, 0, True)} for marks in found)
    # all posts together never show it, and now and then its contrary
    assert not any((0, 0, True) in _marks(shares) for shares in together)
    assert np.mean([shares.over_index[0, 0] for shares in together]) < 1


def test_markets_that_differ_make_no_brand_differ() -> None:
    drawn = [draw_market_posts(seed, posts=400, campaign=1 + seed % 3) for seed in range(40)]
    assert sum(_measure(posts).marked.any() for posts in drawn) <= 2  # 0.4 if exact
    assert sum(_measure(posts, within=False).marked.any() for posts in drawn) > 10
    shares = [_measure(posts) for posts in drawn]
    held = [((one.low <= 1) & (one.high >= 1))[~one.withheld] for one in shares]
    assert np.concatenate(held).mean() == pytest.approx(0.95, abs=0.02)


def test_one_category_is_all_posts_together() -> None:
    posts = draw_market_posts(1, posts=300)
    one = hold_category(posts.brand, np.zeros(len(posts.brand), int), posts.burst)
    within, together = measure_shares(posts.brand, posts.cluster, posts.burst, held=one), _measure(posts, within=False)
    for name in Shares.__slots__:
        np.testing.assert_array_equal(getattr(within, name), getattr(together, name))


def test_rates_are_those_of_the_common_mix() -> None:
    """Recomputed by hand: in each market the brand's share and its only rival's, with the mean of both mixes."""
    # posts by brand, market and cluster
    counts = np.array([[[30, 70], [40, 10]], [[20, 30], [60, 90]]])
    brand, market, cluster = (np.repeat(axis.ravel(), counts.ravel()) for axis in np.indices(counts.shape))
    held = hold_category(brand, market, np.arange(len(brand)))
    assert held.mix == pytest.approx([(100 / 150 + 50 / 200) / 2, (50 / 150 + 150 / 200) / 2])
    shares = measure_shares(brand, cluster, held=held)
    assert shares.rate[0, 0] == pytest.approx(held.mix @ [0.3, 0.8])
    assert shares.typical[0, 0] == pytest.approx(held.mix @ [0.4, 0.4])
    assert shares.over_index[1, 0] == pytest.approx(1 / shares.over_index[0, 0])
    # at its rival's rate in its own markets, not in the common ones
    assert shares.expected[0, 0] == pytest.approx(0.4 * 100 + 0.4 * 50)
    # a mean of shares is as sure as its variance says
    unit, mean = 0.24 * 200 / 199, held.mix**2 @ (0.24 / np.array([49, 149]))
    assert shares.typical_of[0, 0] == pytest.approx(unit / mean, rel=0.01)


def test_a_brand_is_not_compared_where_it_has_too_few_posts() -> None:
    few = LEAST_IN_CATEGORY - 1
    brand = np.repeat([0, 0, 1, 1, 2, 2, 2], [60, few, 60, 60, 60, 60, 30])
    market = np.repeat([0, 1, 0, 1, 0, 1, 2], [60, few, 60, 60, 60, 60, 30])
    held = hold_category(brand, market, np.arange(len(brand)))
    # one brand alone in a market is compared with none there
    assert held.compared.tolist() == [[True] * 3, [False, True, True], [False] * 3]
    assert held.mix[2] == 0 and held.mix.sum() == pytest.approx(1)
    cluster = np.where((brand == 0) & (market == 1), 1, 0)
    shares = measure_shares(brand, cluster, held=held)
    # so what it posts there has no part in its ratio
    assert shares.rate[0].tolist() == [1, 0, 0] and shares.posts[0].tolist() == [60, few, 0]
    # ranks are among those compared in the same markets
    assert shares.rank[:, 0].tolist() == [1, 1, 1] and np.isnan(shares.lowest[0, 0])


def test_a_large_brand_is_not_compared_in_a_market_it_hardly_has() -> None:
    brand = np.repeat([0, 0, 1, 1], [900, 20, 100, 100])
    held = hold_category(brand, np.repeat([0, 1, 0, 1], [900, 20, 100, 100]), np.arange(len(brand)))
    assert held.compared.tolist() == [[True, True], [False, False]] and held.mix.tolist() == [1, 0]


def test_posts_without_a_category_and_brands_without_any_are_not_compared() -> None:
    brand = np.repeat([0, 1, 2], 80)
    market = np.where(brand == 2, -1, np.arange(240) % 2)
    held = hold_category(brand, market, np.arange(240))
    shares = measure_shares(brand, np.where(brand == 2, 1, 0), held=held)
    assert not held.compared[:, 2].any() and shares.withheld[2].all()
    assert shares.rate[0].tolist() == [1, 0, 0] and not shares.marked.any()
    nothing = hold_category(brand, np.full(240, -1), np.arange(240))
    assert not len(nothing.mix) and not measure_shares(brand, brand, held=nothing).withheld.all()


def test_a_campaign_in_several_markets_is_one_decision() -> None:
    burst = np.array([0, 0, 0, 1, 1, 2, 3])
    held = hold_category(np.zeros(7, int), np.array([1, 0, 1, 1, 0, -1, 0]), burst)
    # in the market of most of its posts, of two the first
    assert held.category.tolist() == [1, 1, 1, 0, 0, -1, 0]


def test_tags_fields_and_white_space_are_held_too() -> None:
    posts = draw_market_posts(3, posts=1400, ratio=1.6)
    held, shown = _hold(posts), (posts.cluster == 0)[:, None]
    tags = measure_tag_shares(posts.brand, shown, np.array([-1]), posts.burst, held=held)
    assert tags is not None and _marks(tags.shares) == {(0, 0, True)}
    values = np.column_stack([np.where(posts.cluster == 0, 0, 1), posts.market])
    by_value, by_market = measure_field_shares(posts.brand, values, posts.burst, 0.05, (1, held))
    assert _marks(by_value.shares) == {(0, 0, True)}
    # how brands spread over the markets is no question of markets
    assert by_market.shares.marked[0, 0] and (by_market.shares.rate == by_market.shares.share).all()
    less = draw_market_posts(4, posts=1400, ratio=0.4)
    spaces = find_white_space(_measure(less))
    assert [(space.brand, space.cluster) for space in spaces] == [(0, 0)]
    due = sum(np.sum((less.brand == 0) & (less.market == market)) * SHARES[market, 0] for market in range(3))
    assert spaces[0].expected == pytest.approx(due, rel=0.1)
