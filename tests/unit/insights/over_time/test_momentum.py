"""Which clusters rise or fall among brands in general, what is new, and who led, on posts where that is known."""

from __future__ import annotations

import numpy as np
import pytest

from generator.insights.over_time.momentum import LEAST_OF_BRAND, measure_momentum
from generator.insights.over_time.smooth_shares import find_reach
from tests.support.simulated_posts import SPAN, START, Simulation, draw_posts


def step(seed: int, begins: list[float], posts: int = 200) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Each brand posts cluster 0 in 30 % of its posts from its day on, and in 3 % before."""
    random = np.random.default_rng(seed)
    brand = np.repeat(np.arange(len(begins)), posts)
    days = START + SPAN * random.random(len(brand))
    often = days > START + np.array(begins)[brand]
    cluster = np.where(random.random(len(brand)) < np.where(often, 0.3, 0.03), 0, random.integers(1, 10, len(brand)))
    return brand, cluster, days


@pytest.mark.parametrize("campaigns", [0.0, 0.5])
def test_bands_hold_the_whole_curve_and_nothing_is_found_in_noise(campaigns: float) -> None:
    market, brands, changes = [], [], []
    for seed in range(15):
        drawn = draw_posts(Simulation([300, 200, 200, 120, 15], campaigns=campaigns), seed)
        figures = measure_momentum(drawn.brand, drawn.cluster, drawn.days, drawn.campaign)
        assert figures and figures.counted.tolist() == [True] * 4 + [False]
        assert not figures.direction.any() and not figures.new and not figures.leads
        truth = drawn.shares[:, : figures.change.size, None]
        for curves, true, held in ((figures.market, truth[0], market), (figures.brands, truth, brands)):
            known = np.isfinite(curves.share)
            inside = (curves.low <= true) & (true <= curves.high)
            held.append((inside | ~known).all(axis=-1)[known.any(axis=-1)])
        assert np.isnan(figures.brands.share[4]).all()
        changes.append(((figures.low <= 0) & (figures.high >= 0))[np.isfinite(figures.change)])
    assert all(np.concatenate(held).mean() >= 0.9 for held in (market, brands, changes))


def test_what_rises_in_most_brands_is_found_and_a_rise_of_one_is_not() -> None:
    general = measure_momentum(*step(1, [180.0] * 5))
    assert general and general.direction.tolist() == [1] + [0] * 9 and general.emerging[0]
    assert general.low[0] < 0.27 < general.high[0]
    assert not general.new
    alone = measure_momentum(*step(1, [180.0, 400.0, 400.0, 400.0, 400.0]))
    assert alone and not alone.direction.any()
    share = general.market.share[0]
    assert share[0] < 0.1 < 0.2 < share[-1]
    assert (general.market.low[0] <= share).all() and (share <= general.market.high[0]).all()


def test_each_brand_has_the_same_weight() -> None:
    brand, days = np.repeat([0, 1], [2000, 200]), START + np.tile(np.linspace(0, SPAN, 200), 11)
    cluster = np.where(brand == 0, 0, 1)
    figures = measure_momentum(brand, cluster, days)
    assert figures and figures.market.share == pytest.approx(0.5)


def test_the_market_does_not_move_because_brands_come_and_go() -> None:
    # brands that post nothing but a cluster of their own; one of three is there for the first half alone
    days = np.concatenate([np.linspace(0, 360, 200), np.linspace(0, 360, 200), np.linspace(0, 180, 100)])
    brand = np.repeat([0, 1, 2], [200, 200, 100])
    found = measure_momentum(brand, brand.copy(), START + days)
    assert found and found.market.share.shape[0] == 3
    assert np.isnan(found.brands.share[2, 2, -1])
    np.testing.assert_allclose(found.market.share, 1 / 3, atol=1e-9)


def test_bands_of_the_market_hold_where_brands_post_unlike_shares() -> None:
    held = []
    for seed in range(30):
        times = np.exp(np.random.default_rng(seed).normal(0, 1.2, (4, 8)))
        drawn = draw_posts(Simulation([400, 200, 80, 40], clusters=8, shares=dict(np.ndenumerate(times))), seed)
        found = measure_momentum(drawn.brand, drawn.cluster, drawn.days)
        assert found
        truth = drawn.shares[found.counted].mean(axis=0)[:, None]
        known = np.isfinite(found.market.share)
        inside = (found.market.low <= truth) & (truth <= found.market.high)
        held += np.where(known, inside, True).all(axis=1).tolist()
    assert np.mean(held) >= 0.91  # 0.77 if brands counted for nothing where they posted too little


def test_who_led_is_said_if_it_is_sure() -> None:
    late = [measure_momentum(*step(seed, [60.0, 220.0, 220.0, 220.0], posts=1000)) for seed in range(5)]
    leads = [figures.leads[0] for figures in late if figures and figures.leads]
    assert len(leads) == 5 and all(lead.leader in (0, None) for lead in leads)
    assert sum(lead.leader == 0 for lead in leads) >= 4
    for lead in leads:
        assert lead.take_ups[0].brand == 0
        assert all(one.low <= one.half <= one.high for one in lead.take_ups)
    together = [measure_momentum(*step(seed, [180.0] * 4)) for seed in range(10)]
    assert all(lead.leader is None for figures in together if figures for lead in figures.leads)


def test_new_clusters_are_told_unless_they_are_one_burst() -> None:
    brand, cluster, days = step(3, [400.0] * 4)
    first = np.flatnonzero(days > START + 290)[::12]
    cluster[first] = 10
    figures = measure_momentum(brand, cluster, days)
    assert figures and [new.cluster for new in figures.new] == [10]
    new = figures.new[0]
    assert new.occasions == len(first) and new.first_day == days[first].min()
    assert new.brands[0] == brand[first][days[first].argmin()] and set(new.brands) == set(brand[first])
    days[first] = START + 330 + np.linspace(0, 4, len(first))
    figures = measure_momentum(brand, cluster, days)
    assert figures and not figures.new


def test_too_little_to_say() -> None:
    none = np.zeros(0, int)
    assert measure_momentum(none, none, np.zeros(0)) is None
    brand, cluster, days = step(1, [180.0] * 2, posts=LEAST_OF_BRAND)
    assert measure_momentum(brand, cluster, days)
    assert measure_momentum(brand, cluster, np.where(np.arange(len(brand)) == 0, np.nan, days)) is None
    assert measure_momentum(brand, cluster, np.full(len(brand), START)) is None


def test_order_of_posts_does_not_matter() -> None:
    brand, cluster, days = step(2, [100.0, 240.0, 240.0])
    order = np.random.default_rng(0).permutation(len(brand))
    one, two = measure_momentum(brand, cluster, days), measure_momentum(brand[order], cluster[order], days[order])
    assert one and two and one.leads == two.leads
    np.testing.assert_array_equal(one.market.low, two.market.low)


def test_reach_of_one_point_and_of_independent_ones() -> None:
    assert find_reach(np.eye(1)) == pytest.approx(1.96, abs=0.1)
    assert find_reach(np.eye(10)) == pytest.approx(2.8, abs=0.1)
    assert find_reach(np.zeros((3, 3))) == 0


def test_what_was_found_to_rise_by_luck_in_part_has_an_interval_that_allows_for_it() -> None:
    inside, usual = [], []
    for seed in range(60):
        random = np.random.default_rng(seed)
        brand, time = np.repeat(np.arange(5), 300), random.random(1500)
        mine = random.random(1500) < 0.13 + 0.14 * time
        found = measure_momentum(brand, np.where(mine, 0, random.integers(1, 10, 1500)), START + SPAN * time)
        assert found
        assert (np.isnan(found.picked_low) == (found.direction == 0)).all()
        if found.direction[0] > 0:
            truth = 0.14 * 2 / 3
            usual.append(found.low[0] <= truth <= found.high[0])
            inside.append(found.picked_low[0] <= truth <= found.picked_high[0])
            assert 0 < found.picked_low[0] < found.low[0] and found.picked_high[0] >= found.high[0]
    assert 8 <= len(inside) <= 40 and np.mean(inside) >= max(0.93, np.mean(usual))
