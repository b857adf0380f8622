"""All insights of posts in markets that differ: within markets, nothing seems to be more or to work for where it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from generator.insights.compute import Insights, PostArrays, Within, find_insights
from tests.support.market_posts import MarketPosts, draw_market_posts

#: Times the likes of the first market that posts get in each.
_LIKES = np.array([1.0, 2.0, 4.0])


def _find(posts: MarketPosts, seed: int, within: bool) -> Insights:
    random, count = np.random.default_rng(seed), len(posts.brand)
    likes = np.round(np.exp(random.normal(6, 0.5, count)) * _LIKES[posts.market])
    arrays = PostArrays(
        brand=posts.brand,
        cluster=posts.cluster,
        likes=likes,
        comments=np.full(count, np.nan),
        days=20_000 + random.uniform(0, 360, count),
        features=random.normal(0, 1, (count, 4)).astype(np.float32),
        near=random.integers(0, count, (count, 5)),
        image=np.arange(count),
        form=posts.market % 2,  # one format is that of one market: what is held twice over
        values=np.column_stack([posts.market, posts.cluster % 2]),
    )
    insights = find_insights(replace(arrays, within=Within(0, posts.market)) if within else arrays)
    assert insights is not None
    return insights


def test_markets_of_more_likes_make_no_cluster_work_and_no_brand_differ() -> None:
    posts = draw_market_posts(5, posts=500)
    within, together = (_find(posts, 5, held) for held in (True, False))
    assert within.held is not None and together.held is None
    assert within.engagement is not None and together.engagement is not None
    # the first cluster is that of the market with most likes
    assert 0 in {effect.cluster for effect in together.engagement.findings} and not within.engagement.findings
    assert together.shares.marked.any() and not within.shares.marked.any()
    assert not within.white_space and not within.own_ground
    assert not any(found.shares.marked.any() for found in within.field_shares if found.field != 0)
    assert any(found.shares.marked.any() for found in within.field_shares if found.field == 0)
