"""What works: engagement compared within brands, made of data whose effects are known."""

from __future__ import annotations

import numpy as np
import pytest

from generator.insights.likes.engagement import Engagement, measure_engagement
from generator.insights.likes.medians import Medians, divide, find_medians, find_row_medians
from tests.support.simulated_posts import Simulation, draw_posts

Arrays = tuple[np.ndarray, np.ndarray, np.ndarray]


def make_posts(
    seed: int, posts: int = 2000, brands: int = 12, clusters: int = 15, spread: float = 0.5, first: int = 0
) -> Arrays:
    """Brands of very different reach, clusters of different sizes, some posts unclustered, some without likes.

    The `first` posts are of brand 4.
    """
    rng = np.random.default_rng(seed)
    brand = rng.integers(0, brands, posts)
    brand[:first] = 4
    sizes = rng.dirichlet(np.full(clusters + 1, 1.5))
    cluster = rng.choice(clusters + 1, posts, p=sizes) - 1
    reach = np.exp(rng.normal(7, 1, brands))
    likes = np.round(reach[brand] * np.exp(rng.normal(0, spread, posts)))
    likes[rng.random(posts) < 0.02] = np.nan
    return brand, cluster, likes


def measure(brand: np.ndarray, cluster: np.ndarray, likes: np.ndarray) -> Engagement:
    """Measure posts without dates and bursts, with the whole chance of a false finding."""
    return measure_engagement(brand, cluster, likes, np.full(len(brand), np.nan), np.arange(len(brand)), 1.0)


def found(figures: Engagement) -> set[tuple[int | None, int]]:
    return {(effect.brand, effect.cluster) for effect in figures.findings}


def test_general_effect_is_found_once_without_effect_on_the_rest() -> None:
    others = 0
    for seed in range(10):
        brand, cluster, likes = make_posts(seed)
        rng = np.random.default_rng(seed)
        cluster[rng.choice(len(brand), 127, replace=False)] = 15
        likes[cluster == 15] *= 1.8
        figures = measure(brand, cluster, likes)
        assert (None, 15) in found(figures)
        others += len(found(figures)) - 1
        effect = next(effect for effect in figures.findings if effect.cluster == 15)
        assert effect.brands == 12 and effect.posts == (np.isfinite(likes) & (cluster == 15)).sum()
        assert effect.low < 2.1 and effect.high > 1.5
    assert others <= 2


def test_effect_of_one_brand_is_not_general() -> None:
    for seed in range(10):
        brand, cluster, likes = make_posts(seed, first=50)
        cluster[:300] = 15
        likes[(brand == 4) & (cluster == 15)] *= 2.5
        figures = measure(brand, cluster, likes)
        assert (4, 15) in found(figures)
        assert (None, 15) not in found(figures)


def test_brand_with_most_of_a_general_effect_is_not_singled_out() -> None:
    singled = 0
    for seed in range(10):
        brand, cluster, likes = make_posts(seed, first=180)
        cluster[:300] = 15
        likes[cluster == 15] *= 1.8
        singled += found(measure(brand, cluster, likes)) != {(None, 15)}
    assert singled <= 2


def test_exception_to_a_general_effect_is_found() -> None:
    for seed in range(10):
        brand, cluster, likes = make_posts(seed, first=50)
        cluster[:500] = 15
        likes[cluster == 15] *= np.where(brand[cluster == 15] == 4, 0.4, 1.8)
        figures = measure(brand, cluster, likes)
        assert {(None, 15), (4, 15)} <= found(figures)
        ratios = {effect.brand: effect.ratio for effect in figures.findings}
        assert ratios[4] < 0.7 and ratios[None] > 1.4


def test_effect_of_most_posts_is_not_found_in_the_rest() -> None:
    for seed in range(10):
        brand, cluster, likes = make_posts(seed, posts=800, brands=2)
        mine = brand == 0
        cluster[mine & (np.arange(800) % 5 < 2)] = 15
        likes[mine & (cluster == 15)] *= 2
        assert found(measure(brand, cluster, likes)) == {(0, 15)}


def test_no_findings_in_noise() -> None:
    seeds = 40
    assert sum(bool(measure(*make_posts(seed)).findings) for seed in range(seeds)) <= 0.1 * seeds


def test_few_outliers_are_no_effect() -> None:
    brand, cluster, likes = make_posts(1)
    cell = np.flatnonzero((brand == 3) & (cluster == int(cluster[brand == 3].max())))
    likes[cell[:2]] = 1e8
    assert not measure(brand, cluster, likes).findings


def test_ratios_are_medians_over_those_of_the_brands_other_clusters() -> None:
    brand, cluster, likes = make_posts(5)
    figures = measure(brand, cluster, likes)
    assert not figures.findings
    shown = np.isfinite(likes)
    for cell in np.argwhere(~figures.withheld):
        mine = shown & (brand == cell[0])
        inside, others = (np.log(likes[mine & which]) for which in (cluster == cell[1], cluster != cell[1]))
        assert figures.posts[tuple(cell)] == len(inside) >= 6
        assert figures.ratio[tuple(cell)] == pytest.approx(np.exp(np.median(inside) - np.median(others)))
    assert np.isnan(figures.ratio[figures.withheld]).all() and np.isnan(figures.p[figures.withheld]).all()
    shown_cells = ~figures.withheld
    assert (figures.low[shown_cells] <= figures.ratio[shown_cells]).all()
    assert (figures.high[shown_cells] >= figures.ratio[shown_cells]).all()


def test_few_posts_are_withheld() -> None:
    brand = np.zeros(11, int)
    cluster = np.array([0] * 5 + [1] * 6)
    figures = measure(brand, cluster, np.arange(11.0) + 1)
    assert figures.withheld.all() and figures.pooled_withheld.all() and not figures.findings
    figures = measure(np.zeros(12, int), np.array([0, 1] * 6), np.arange(12.0) + 1)
    assert not figures.withheld.any()
    assert figures.pooled_withheld.all()  # one brand is none in general
    # one of two halves is found; the other is then left with nothing to be compared with
    figures = measure(np.zeros(12, int), np.array([0] * 6 + [1] * 6), np.arange(12.0) + 1)
    assert len(figures.findings) == 1 and figures.withheld.sum() == 1


@pytest.mark.parametrize("likes", [np.nan, 0.0, -1.0, 7.0, np.inf])
def test_likes_without_information(likes: float) -> None:
    brand, cluster, _ = make_posts(0, posts=300)
    figures = measure(brand, cluster, np.full(300, likes))
    assert not figures.findings
    assert not (figures.p < 1).any()


def test_no_posts_and_no_clusters() -> None:
    none = np.zeros(0, int)
    assert measure(none, none, np.zeros(0)).posts.shape == (0, 0)
    figures = measure(np.arange(40) % 2, np.full(40, -1), np.arange(40.0))
    assert figures.posts.shape == (2, 0) and not figures.findings


def test_many_ties_and_zeros() -> None:
    hits = 0
    for seed in range(25):
        brand, cluster, likes = make_posts(seed)
        rng = np.random.default_rng(seed)
        hits += bool(measure(brand, cluster, rng.poisson(1.5, len(likes)).astype(float)).findings)
    assert hits <= 4


def test_intervals_cover_the_true_ratio() -> None:
    rng = np.random.default_rng(0)
    held = np.zeros(2)
    for _ in range(500):
        values = np.exp(rng.standard_t(3, 60))
        group = np.repeat([0, 1], [12, 48])
        values[:12] *= 2
        medians = find_medians(values, group, 2)
        one, two = (Medians(*(getattr(medians, name)[[i]] for name in ("middle", "low", "high"))) for i in (0, 1))
        ratio = divide(one, two)
        held += [medians.low[0] <= 2 <= medians.high[0], ratio.low[0] <= 2 <= ratio.high[0]]
    assert (held >= 0.93 * 500).all()


def test_order_of_posts_does_not_matter() -> None:
    brand, cluster, likes = make_posts(9)
    likes[cluster == 3] *= 2
    order = np.random.default_rng(0).permutation(len(brand))
    one = measure(brand, cluster, likes)
    two = measure(brand[order], cluster[order], likes[order])
    assert found(one) == found(two) == {(None, 3)}
    np.testing.assert_allclose(one.p, two.p, rtol=1e-9)
    np.testing.assert_allclose(one.ratio, two.ratio, rtol=1e-9)


def measure_drawn(simulation: Simulation, seed: int) -> Engagement:
    drawn = draw_posts(simulation, seed)
    return measure_engagement(drawn.brand, drawn.cluster, drawn.likes, drawn.days, drawn.campaign)


def test_cluster_that_comes_late_in_a_growing_year_is_not_found_to_work() -> None:
    late = {(brand, 1): 200.0 for brand in range(5)}
    simulation = Simulation([150] * 5, clusters=6, growth=3.0, rises=late, missing_dates=0.1)
    ratios = []
    for seed in range(5):
        figures = measure_drawn(simulation, seed)
        assert not figures.findings
        ratios.append(figures.pooled_ratio[1])
    assert np.exp(np.mean(np.log(ratios))) == pytest.approx(1, abs=0.06)


def test_size_of_an_effect_that_comes_late_in_a_growing_year() -> None:
    late = {(brand, 1): 60.0 for brand in range(8)}
    simulation = Simulation([200] * 8, clusters=6, growth=2.0, rises=late, effects={(None, 1): 1.8})
    ratios = [next(effect.ratio for effect in measure_drawn(simulation, seed).findings) for seed in range(4)]
    assert np.exp(np.mean(np.log(ratios))) == pytest.approx(1.8, rel=0.05)


def test_campaigns_count_once() -> None:
    false, held = 0, []
    simulation = Simulation([200] * 4, campaigns=0.5, campaign_likes=0.8)
    for seed in range(12):
        figures = measure_drawn(simulation, seed)
        false += bool(figures.findings)
        held.append(((figures.low <= 1) & (figures.high >= 1))[~figures.withheld])
    assert false <= 1
    assert np.concatenate(held).mean() > 0.92
    assert (figures.occasions < figures.posts).any() and (figures.occasions <= figures.posts).all()


def test_posts_of_a_burst_are_one() -> None:
    random = np.random.default_rng(0)
    brand, cluster = np.zeros(60, int), np.repeat([0, 1], 30)
    likes, days, burst = np.exp(random.normal(5, 0.5, 60)), random.uniform(0, 300, 60), np.arange(60)
    once = measure_engagement(brand, cluster, likes, days, burst)
    more = np.concatenate([np.arange(60), np.repeat(7, 9)])
    again = measure_engagement(brand[more], cluster[more], likes[more], days[more], burst[more])
    assert again.occasions[0, 0] == once.occasions[0, 0] == 30 and again.posts[0, 0] == 39
    np.testing.assert_allclose(again.ratio, once.ratio, rtol=1e-9)
    np.testing.assert_allclose(again.low, once.low, rtol=1e-9)


def test_difference_from_rivals_is_claimed_only_where_there_is_one() -> None:
    alone, alike = [], []
    for seed in range(5):
        own = measure_drawn(Simulation([200] * 5, clusters=6, effects={(0, 1): 2.5}), seed)
        effect = next(effect for effect in own.findings if effect.brand == 0)
        assert effect.rivals and effect.rivals.low < 1 < effect.rivals.high
        alone.append(effect.rivals.apart)
        # all have it, but the rivals post too little there for it to be found in general
        few = {(brand, 1): 0.1 for brand in range(1, 5)}
        both = measure_drawn(Simulation([200] * 5, clusters=6, effects={(None, 1): 2.5}, shares=few), seed)
        alike += [effect.rivals.apart for effect in both.findings if effect.rivals]
    assert all(alone)
    assert not any(alike)


def test_fewer_likes_are_found_where_a_brand_has_no_such_posts() -> None:
    brand, cluster, likes = make_posts(3)
    cluster[(np.arange(len(brand)) % 5 == 0) & (brand < 8)] = 15
    likes[cluster == 15] *= 0.4
    assert found(measure(brand, cluster, likes)) == {(None, 15)}


def test_medians_of_rows_are_those_of_groups() -> None:
    random = np.random.default_rng(0)
    counts = np.array([6, 7, 12, 101])
    rows = np.full((4, 101), np.inf)
    for row, count in zip(rows, counts, strict=True):
        row[:count] = np.sort(random.normal(0, 1, count))
    found = find_row_medians(rows, counts)
    for place, (row, count) in enumerate(zip(rows, counts, strict=True)):
        one = find_medians(np.exp(row[:count]), np.zeros(count, int), 1)
        for name in ("middle", "low", "high"):
            assert getattr(found, name)[place] == pytest.approx(getattr(one, name)[0])
