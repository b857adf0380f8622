"""What moves: clusters that a brand posts early, late, or for a while, made of data where that is known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import kolmogorov
from scipy.stats import ks_2samp

from generator.insights.drift import Drifts, _part, _test, measure_drift
from generator.insights.inference import adjust

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
        members = np.flatnonzero(brand == 2)[index * 25 : (index + 1) * 25]
        cluster[members] = planted
        days[members] = START + 150 * rng.random(len(members)) + (210 if planted > 16 else 0)
    return brand, cluster, days


def test_early_and_late_are_found_without_effect_on_the_rest() -> None:
    shadows = missed = 0
    for seed in range(30):
        brand, cluster, days = make_posts(seed, posts=2400)
        days = START + 360 * np.random.default_rng(seed).random(2400)
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


def test_no_findings_in_noise() -> None:
    seeds = 100
    assert sum(bool(measure_drift(*make_posts(seed)).findings) for seed in range(seeds)) <= 0.1 * seeds
    whole = (make_posts(seed, whole=True) for seed in range(seeds))
    assert sum(bool(measure_drift(*arrays).findings) for arrays in whole) <= 0.1 * seeds


def test_shares_of_the_first_and_last_third() -> None:
    brand = np.zeros(90, int)
    days = START + np.arange(90.0)
    cluster = np.where(days < START + 40, np.arange(90) % 2, 1)
    cluster[::10] = -1
    drift = next(drift for drift in measure_drift(brand, cluster, days).findings if drift.cluster == 0)
    assert drift.direction == -1 and drift.posts == (cluster == 0).sum()
    first, last = days <= drift.first.end, days >= drift.last.start
    assert (drift.first.posts, drift.last.posts) == (first.sum(), last.sum()) == (30, 30)
    assert drift.first.share == pytest.approx((cluster[first] == 0).mean())
    assert drift.last.share == drift.last.low == 0 and 0 < drift.last.high < 0.15
    assert drift.first.low < drift.first.share < drift.first.high


def test_wilson_interval_equals_published_figures() -> None:
    part = _part(0, 1, np.arange(10) < 3)
    assert (part.share, part.low, part.high) == pytest.approx((0.3, 0.1078, 0.6032), abs=1e-4)


@pytest.mark.parametrize("whole", [False, True])
def test_p_agrees_with_scipy(whole: bool) -> None:
    rng = np.random.default_rng(4)
    days = rng.integers(0, 30, 80).astype(float) if whole else rng.random(80)
    cluster = np.repeat([0, 1, -1], [20, 25, 35])
    figures = measure_drift(np.zeros(80, int), cluster, days)
    assert not figures.findings
    distances = [ks_2samp(days[cluster == c], days[cluster != c]).statistic for c in (0, 1)]
    expected = [
        kolmogorov(distance * np.sqrt(n * (80 - n) / 80)) for distance, n in zip(distances, (20, 25), strict=True)
    ]
    assert figures.p[0] == pytest.approx(adjust(np.array(expected)))


@pytest.mark.parametrize("counts", [(8, 8), (8, 12), (20, 20), (20, 80)])
def test_p_is_exact_for_small_groups(counts: tuple[int, int]) -> None:
    one, two = counts
    for shift in range(0, one + two, 3):
        days = np.concatenate([np.arange(one) + shift + 0.5, np.arange(two, dtype=float)])
        order = np.argsort(days)
        p = _test(days[order], np.repeat([0, -1], counts)[order], 1)[0]
        exact = ks_2samp(days[:one], days[one:], method="exact").pvalue
        # exact where it counts; of the rest it is enough that nothing is found
        assert p == pytest.approx(exact, rel=1e-6, abs=0) or p > 0.05 or exact < p < 1e-9


def test_few_posts_are_withheld() -> None:
    brand, days = np.zeros(20, int), np.arange(20.0)
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
    brand, cluster, days = plant(make_posts(9, posts=2400, whole=True), 9)
    order = np.random.default_rng(0).permutation(len(brand))
    one, two = measure_drift(brand, cluster, days), measure_drift(brand[order], cluster[order], days[order])
    assert one.findings == two.findings
    np.testing.assert_array_equal(one.p, two.p)
