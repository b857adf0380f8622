"""Bursts: near copies within days, crowds of a cluster, and what is neither."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from generator.insights.bursts import GAP_DAYS, LONGEST_DAYS, find_bursts, list_bursts
from tests.support.simulated_posts import Drawn, Simulation, draw_posts

CAMPAIGNS = Simulation([150] * 5, campaigns=0.4)


def _find(drawn: Drawn) -> NDArray[np.intp]:
    return find_bursts(drawn.brand, drawn.cluster, drawn.days, drawn.features, drawn.near, drawn.image)


def _count_pairs(codes: NDArray[np.intp]) -> int:
    sizes = np.bincount(codes)
    return int((sizes * (sizes - 1) // 2).sum())


def _agree(drawn: Drawn, burst: NDArray[np.intp]) -> tuple[float, float]:
    """Return the share of true pairs that are found, and of pairs found that are true."""
    both = np.unique(np.stack([burst, drawn.campaign]), axis=1, return_inverse=True)[1].ravel()
    pairs = _count_pairs(both)
    return pairs / max(_count_pairs(drawn.campaign), 1), pairs / max(_count_pairs(burst), 1)


def _put(days: list[float], places: list[float], image: list[int] | None = None) -> NDArray[np.intp]:
    """Bursts of one brand's posts on a line of looks, beside 60 posts of another brand around 0."""
    others = np.random.default_rng(0).normal(0, 1, (60, 4))
    mine = np.zeros((len(days), 4))
    mine[:, 0] = places
    features = np.concatenate([mine, others]).astype(np.float32)
    apart = ((features[:, None] - features[None]) ** 2).sum(axis=2)
    np.fill_diagonal(apart, np.inf)
    near = np.argsort(apart, axis=1, kind="stable")[:, :10]
    brand = np.repeat([0, 1], [len(days), 60])
    every = np.concatenate([days, np.linspace(0, 360, 60)])
    codes = np.concatenate([image or np.arange(len(days)), 1000 + np.arange(60)])
    return find_bursts(brand, np.zeros(len(brand), int), every, features, near, codes)[: len(days)]


@pytest.mark.parametrize("missing", [0.0, 0.3, 1.0])
def test_campaigns_of_near_copies_are_found(missing: float) -> None:
    drawn = draw_posts(replace(CAMPAIGNS, missing_dates=missing), 1)
    recall, precision = _agree(drawn, _find(drawn))
    assert recall > 0.99 and precision > 0.9


def test_campaigns_of_other_images_are_found() -> None:
    drawn = draw_posts(replace(CAMPAIGNS, copies=0.0), 1)
    recall, precision = _agree(drawn, _find(drawn))
    assert recall > 0.9 and precision > 0.75


def test_a_large_campaign_of_unlike_images_is_one_burst() -> None:
    # its own posts are no measure of how often the brand posts such images
    drawn = draw_posts(Simulation([80] * 3), 6)
    campaign = np.flatnonzero(drawn.brand == 0)[:44]
    cluster, days = drawn.cluster.copy(), drawn.days.copy()
    cluster[campaign], days[campaign] = 3, 20_150 + np.linspace(0, 10, 44)
    burst = _find(replace(drawn, cluster=cluster, days=days))
    assert len(np.unique(burst[campaign])) == 1


def test_near_copies_without_a_date_join_a_campaign_of_more_than_their_nearest() -> None:
    random = np.random.default_rng(7)
    drawn = draw_posts(replace(CAMPAIGNS, long_tail=True), 7)
    sizes = np.bincount(drawn.campaign)
    large = np.flatnonzero(drawn.campaign == sizes.argmax())
    assert len(large) > 2 * drawn.near.shape[1]
    undated = random.choice(large, 5, replace=False)
    days = drawn.days.copy()
    days[undated] = np.nan
    burst = _find(replace(drawn, days=days))
    dated = np.setdiff1d(large, undated)
    assert np.isin(burst[undated], burst[dated]).all()


def test_a_theme_that_never_ends_is_many_decisions() -> None:
    drawn = draw_posts(Simulation([150] * 3), 8)
    theme = np.flatnonzero(drawn.brand == 0)[:40]
    cluster, days = drawn.cluster.copy(), drawn.days.copy()
    cluster[theme], days[theme] = 3, 20_150 + np.arange(40.0)
    burst = _find(replace(drawn, cluster=cluster, days=days))
    for code in np.unique(burst[theme]):
        assert np.ptp(days[burst == code]) <= LONGEST_DAYS


def test_posts_by_themselves_are_left_alone() -> None:
    # also those of busy accounts with a favourite cluster
    for simulation in (Simulation([150] * 5), Simulation([500] * 3, clusters=5)):
        burst = _find(draw_posts(simulation, 2))
        assert len(np.unique(burst)) > 0.985 * len(burst)


@pytest.mark.parametrize("span", [7.0, 21.0, 45.0])
def test_posts_of_a_few_weeks_are_left_alone(span: float) -> None:
    # little is known of the brand's pace, and that only on one side
    for posts, clusters in ((100, 10), (40, 4)):
        burst = _find(draw_posts(Simulation([posts] * 3, clusters=clusters, span=span), 2))
        assert len(np.unique(burst)) > 0.95 * len(burst)


def test_season_or_busy_week_is_no_burst() -> None:
    random = np.random.default_rng(3)
    drawn = draw_posts(Simulation([400, 400]), 3)
    season = np.where(drawn.cluster == 1, 20_300 + random.uniform(0, 45, 800), drawn.days)
    spells = 20_000 + 7 * random.integers(0, 52, 800) + random.uniform(0, 0.3, 800)
    for days in (season, spells):
        burst = _find(replace(drawn, days=days))
        assert len(np.unique(burst)) > 0.97 * len(burst)


def test_near_copies_far_apart_in_time_are_no_burst() -> None:
    assert _put([0, 1, 100], [9, 9.001, 9.002]).tolist() == [0, 0, 1]
    assert _put([0, GAP_DAYS + 0.1], [9, 9.001]).tolist() == [0, 1]


def test_endless_series_is_cut() -> None:
    days = [float(day) for day in range(0, 56, 4)]
    burst = _put(days, [9 + day / 1e5 for day in days])
    for code in np.unique(burst):
        members = np.array(days)[burst == code]
        assert len(members) > 1 and members.max() - members.min() <= LONGEST_DAYS


def test_an_image_posted_again_within_days_is_a_burst() -> None:
    assert _put([0, 2, 3, 90], [0.1, 0.1, 5, 0.1], [7, 7, 8, 7]).tolist() == [0, 0, 1, 2]
    nan = float("nan")
    assert _put([nan, nan, nan], [0.1, 0.1, 5], [7, 7, 8]).tolist() == [0, 0, 1]


def test_post_without_a_date_goes_with_its_near_copies() -> None:
    assert _put([100, 101, float("nan")], [9, 9.001, 9.002]).tolist() == [0, 0, 0]


def test_order_of_posts_does_not_matter() -> None:
    drawn = draw_posts(CAMPAIGNS, 4)
    order = np.random.default_rng(0).permutation(len(drawn.brand))
    place = np.argsort(order)
    arrays = (drawn.brand, drawn.cluster, drawn.days, drawn.features)
    mixed = find_bursts(*(values[order] for values in arrays), place[drawn.near[order]], drawn.image[order])
    assert _count_pairs(np.unique(np.stack([mixed, _find(drawn)[order]]), axis=1, return_inverse=True)[1].ravel()) == (
        _count_pairs(mixed)
    )


def test_bursts_are_listed() -> None:
    drawn = draw_posts(replace(CAMPAIGNS, missing_dates=0.2), 5)
    burst = _find(drawn)
    listed = list_bursts(burst, drawn.brand, drawn.cluster, drawn.days, drawn.features)
    assert listed.posts == sum(len(one.posts) for one in listed.bursts) > 200
    assert [one.brand for one in listed.bursts] == sorted(one.brand for one in listed.bursts)
    for one in listed.bursts:
        rows = np.array(one.posts)
        assert len(rows) > 1 and len(np.unique(burst[rows])) == 1 and (drawn.brand[rows] == one.brand).all()
        assert one.representative in one.posts and one.cluster in drawn.cluster[rows]
        if not np.isnan(one.first_day):
            assert (one.first_day, one.last_day) == (np.nanmin(drawn.days[rows]), np.nanmax(drawn.days[rows]))
    for brand, effect in enumerate(listed.design_effect):
        sizes = np.bincount(burst[drawn.brand == brand])
        assert effect == pytest.approx((sizes**2).sum() / sizes.sum())


def test_no_posts_and_one() -> None:
    none = np.zeros(0, int)
    empty = find_bursts(none, none, np.zeros(0), np.zeros((0, 3), np.float32), np.zeros((0, 0), int), none)
    assert empty.shape == (0,) and list_bursts(empty, none, none, np.zeros(0), np.zeros((0, 3), np.float32)).posts == 0
    one = np.zeros(1, int)
    args = (one, one, np.zeros(1), np.zeros((1, 3), np.float32), np.zeros((1, 0), int), one)
    assert find_bursts(*args).tolist() == [0]
