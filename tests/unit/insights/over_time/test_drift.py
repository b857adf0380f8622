"""What moves: clusters that a brand posts early, late, or for a while, made of data where that is known."""

from __future__ import annotations

import numpy as np
import pytest

from generator.insights.over_time.drift import Drifts, measure_drift
from tests.support.simulated_posts import Simulation, draw_posts

Arrays = tuple[np.ndarray, np.ndarray, np.ndarray]
START = 20000.0


def make_posts(seed: int, posts: int = 2000, brands: int = 12, clusters: int = 15, whole: bool = False) -> Arrays:
    """Brands that post at their own pace, more and more or less and less, of clusters of different sizes."""
    rng = np.random.default_rng(seed)
    brand = rng.integers(0, brands, posts)
    cluster = rng.choice(clusters + 1, posts, p=rng.dirichlet(np.full(clusters + 1, 1.5))) - 1
    pace = np.exp(rng.normal(0, 0.5, brands))
    days = START + 360 * rng.random(posts) ** pace[brand]
    return brand, cluster, np.floor(days) if whole else days


def found(figures: Drifts) -> dict[tuple[int, int], int]:
    return {(drift.brand, drift.cluster): drift.direction for drift in figures.findings}


def plant(arrays: Arrays, seed: int) -> Arrays:
    """Brand 2 posts clusters 15 and 16 early, 17 and 18 late; half of its posts are of them."""
    brand, cluster, days = arrays
    rng = np.random.default_rng(seed)
    for index, planted in enumerate((15, 16, 17, 18)):
        members = np.flatnonzero(brand == 2)[index * 40 : (index + 1) * 40]
        cluster[members] = planted
        days[members] = START + 150 * rng.random(len(members)) + (210 if planted > 16 else 0)
    return brand, cluster, days


def test_early_and_late_are_found_without_effect_on_the_rest() -> None:
    shadows = missed = 0
    for seed in range(30):
        brand, cluster, days = make_posts(seed, posts=4000)
        days = START + 360 * np.random.default_rng(seed).random(4000)
        directions = found(measure_drift(*plant((brand, cluster, days), seed)))
        planted = {(2, 15): -1, (2, 16): -1, (2, 17): 1, (2, 18): 1}
        missed += len(planted.keys() - directions.keys())
        shadows += len(directions.keys() - planted.keys())
        assert all(directions[cell] == planted[cell] for cell in directions.keys() & planted.keys())
    # the first one is sought among posts half of which are planted
    assert missed <= 0.1 * 4 * 30 and shadows <= 5


def test_temporary_cluster_is_found() -> None:
    brand, cluster, days = make_posts(3)
    mine = np.flatnonzero(brand == 1)
    members, others = mine[:40], mine[40:]
    cluster[members] = 15
    days[members] = START + np.linspace(150, 210, 40)
    days[others] = START + np.random.default_rng(0).permutation(np.linspace(0, 360, len(others)))
    assert found(measure_drift(brand, cluster, days)) == {(1, 15): 0}


def test_temporary_cluster_is_told_with_its_time_and_a_pause_too() -> None:
    brand, days = np.zeros(200, int), START + np.linspace(0, 360, 200)
    between = (days > START + 150) & (days < START + 210)
    often, seldom = np.arange(200) % 5 > 0, np.arange(200) % 20 == 0
    drift = next(iter(measure_drift(brand, np.where(np.where(between, often, seldom), 0, 1), days).findings))
    assert (drift.course, drift.direction) == ("passing", 0) and drift.stretch
    assert drift.stretch.start == pytest.approx(START + 150, abs=5)
    assert drift.stretch.end == pytest.approx(START + 210, abs=5)
    assert drift.stretch.inside == (between & often).sum()
    pause = measure_drift(brand, np.where(np.where(between, seldom, often), 0, 1), days).findings
    assert {drift.course for drift in pause if drift.cluster == 0} == {"pause"}


def test_no_findings_in_noise() -> None:
    for whole in (False, True):
        assert not any(measure_drift(*make_posts(seed, whole=whole)).findings for seed in range(60))


@pytest.mark.parametrize("campaigns", [0.0, 0.25, 0.5])
def test_campaigns_make_no_findings_and_intervals_of_change_cover(campaigns: float) -> None:
    held, found = [], 0
    for seed in range(30):
        drawn = draw_posts(Simulation([300, 150, 150, 80, 20], campaigns=campaigns, missing_dates=0.2), seed)
        figures = measure_drift(drawn.brand, drawn.cluster, drawn.days, drawn.campaign)
        found += len(figures.findings)
        shown = ~figures.withheld
        held.append(((figures.low <= 0) & (figures.high >= 0))[shown])
        assert np.isfinite(figures.change[shown]).all() and np.isnan(figures.change[~shown]).all()
    assert not found
    assert 0.93 <= np.concatenate(held).mean() <= 0.98


def test_bursts_that_are_taken_for_single_posts_make_few_findings() -> None:
    found = 0
    for seed in range(30):
        drawn = draw_posts(Simulation([120] * 5, campaigns=0.5), seed)
        random = np.random.default_rng(seed)
        missed = random.random(int(drawn.campaign.max()) + 1)[drawn.campaign] < 0.1
        burst = np.where(missed, drawn.campaign.max() + 1 + np.arange(len(drawn.brand)), drawn.campaign)
        found += bool(measure_drift(drawn.brand, drawn.cluster, drawn.days, burst).findings)
    assert found <= 1


def test_steady_rise_is_found_with_its_direction() -> None:
    found, held = 0, 0
    for seed in range(20):
        drawn = draw_posts(Simulation([600, 300], rises={(0, 1): 8.0}, shares={(0, 1): 2.0}, spread=0.3), seed)
        figures = measure_drift(drawn.brand, drawn.cluster, drawn.days, drawn.campaign)
        rise = [drift for drift in figures.findings if (drift.brand, drift.cluster) == (0, 1)]
        assert all((drift.course, drift.direction) == ("rise", 1) for drift in rise)
        found += len(rise)
        held += bool(figures.low[0, 1] > 0)
    assert found >= 12 and held == 20


def test_one_burst_is_no_finding() -> None:
    brand, days = np.zeros(120, int), START + np.linspace(0, 360, 120)
    cluster = np.where(np.arange(120) < 12, 0, 1)
    assert not measure_drift(brand, cluster, np.where(cluster == 0, START + 100 + np.arange(120) / 3, days)).findings
    apart = np.where(cluster == 0, START + 100 + 2.5 * np.arange(120), days)
    assert found(measure_drift(brand, cluster, apart)) == {(0, 0): 0}
    # posts of one burst are one occasion
    burst = np.where(cluster == 0, -1, np.arange(120))
    figures = measure_drift(brand, cluster, apart, burst)
    assert figures.withheld[0, 0] and figures.posts[0, 0] == 12 and figures.occasions[0, 0] == 1


def test_shares_of_the_first_and_last_third() -> None:
    brand = np.zeros(90, int)
    days = START + np.arange(90.0)
    cluster = np.where(days < START + 40, np.arange(90) % 2, 1)
    cluster[::10] = -1
    figures = measure_drift(brand, cluster, days)
    drift = next(drift for drift in figures.findings if drift.cluster == 0)
    assert drift.direction == -1 and drift.posts == drift.occasions == (cluster == 0).sum()
    first, last = days <= drift.first.end, days >= drift.last.start
    assert (drift.first.posts, drift.last.posts) == (first.sum(), last.sum()) == (30, 30)
    assert drift.first.share == pytest.approx((cluster[first] == 0).mean())
    assert drift.last.share == drift.last.low == 0 and 0 < drift.last.high < 0.15
    assert drift.first.low < drift.first.share < drift.first.high
    assert drift.change == figures.change[0, 0] == drift.last.share - drift.first.share
    assert drift.low < drift.change < drift.high < 0


def test_few_posts_are_withheld() -> None:
    brand, days = np.zeros(20, int), 20 * np.arange(20.0)
    figures = measure_drift(brand, np.repeat([0, 1], [7, 13]), days)
    assert figures.withheld.all() and not figures.findings
    # one of two halves is found; the other is then left with nothing to be compared with
    figures = measure_drift(brand, np.repeat([0, 1], [8, 12]), days)
    assert len(figures.findings) == 1 and figures.withheld.sum() == 1


def test_one_day_no_dates_no_posts_and_no_clusters() -> None:
    brand, cluster, days = make_posts(0, posts=300)
    assert not measure_drift(brand, cluster, np.full(300, START)).findings
    dateless = measure_drift(brand, cluster, np.full(300, np.nan))
    assert dateless.withheld.all() and dateless.periods.counts.shape == (12, 16, 0)
    assert measure_drift(brand, np.full(300, -1), days).posts.shape == (12, 0)
    none = np.zeros(0, int)
    assert measure_drift(none, none, np.zeros(0)).posts.shape == (0, 0)


def test_periods_are_calendar_months_or_quarters() -> None:
    day = np.array(["2024-01-31", "2024-02-01", "2024-04-30", "2024-04-30"], "datetime64[D]").astype(float) + 0.99
    brand, cluster = np.array([0, 1, 1, 1]), np.array([0, -1, 0, 0])
    periods = measure_drift(brand, cluster, day).periods
    assert periods.unit == "month"
    starts = np.array(["2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01"], "datetime64[D]")
    np.testing.assert_array_equal(periods.starts, starts.astype(float))
    np.testing.assert_array_equal(periods.counts, [[[1, 0, 0, 0], [0, 0, 0, 0]], [[0, 0, 0, 2], [0, 1, 0, 0]]])

    day = np.array(["1969-12-31", "1972-05-15"], "datetime64[D]").astype(float)
    periods = measure_drift(np.zeros(2, int), np.zeros(2, int), day).periods
    assert periods.unit == "quarter" and len(periods.starts) == 11
    starts = np.array(["1969-10-01", "1972-04-01"], "datetime64[D]").astype(float)
    np.testing.assert_array_equal(periods.starts[[0, -1]], starts)
    assert periods.counts[0, 0, 0] == periods.counts[0, 0, -1] == 1


def test_order_of_posts_does_not_matter() -> None:
    brand, cluster, days = plant(make_posts(9, posts=4000, whole=True), 9)
    order = np.random.default_rng(0).permutation(len(brand))
    one, two = measure_drift(brand, cluster, days), measure_drift(brand[order], cluster[order], days[order])
    assert one.findings == two.findings
    np.testing.assert_array_equal(one.p, two.p)


def test_what_was_found_by_luck_in_part_has_an_interval_that_allows_for_it() -> None:
    # a share that rises from 0.1 to 0.5, found now and then: those found rose by more than that in the draws
    inside, usual, draws = [], [], 120
    for seed in range(draws):
        rng = np.random.default_rng(seed)
        brand, time = np.repeat([0, 1], 150), rng.random(300)
        mine = rng.random(300) < np.where(brand == 0, 0.1 + 0.4 * time, 0.3)
        cluster = np.where(mine, 0, rng.integers(1, 6, 300))
        for drift in measure_drift(brand, cluster, START + 360 * time).findings:
            if (drift.brand, drift.cluster) == (0, 0) and drift.direction:
                truth = 0.4 * 2 / 3
                usual.append(drift.low <= truth <= drift.high)
                inside.append(drift.picked_low <= truth <= drift.picked_high)
                assert 0 < drift.picked_low <= drift.low and drift.picked_high >= drift.high
    assert 10 <= len(inside) <= draws / 2
    assert np.mean(inside) > max(0.93, np.mean(usual))
