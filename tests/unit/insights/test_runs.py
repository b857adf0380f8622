"""Runs of one theme after another make posts say less."""

from __future__ import annotations

import numpy as np
import pytest

from generator.insights.posting.shares import measure_shares
from generator.insights.runs import measure_runs

BRANDS, POSTS, CLUSTERS = 4, 250, 6


def draw(seed: int, goes_on: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return brands, clusters and days: each post has the cluster of the brand's last with a chance."""
    random = np.random.default_rng(seed)
    brand, days = np.repeat(np.arange(BRANDS), POSTS), np.tile(np.arange(POSTS, dtype=float), BRANDS)
    cluster = random.integers(0, CLUSTERS, BRANDS * POSTS)
    for place in np.flatnonzero((days > 0) & (random.random(len(days)) < goes_on)):
        cluster[place] = cluster[place - 1]
    return brand, cluster, days


def test_posts_by_themselves_are_no_runs() -> None:
    found = [measure_runs(*draw(seed, 0.0)) for seed in range(30)]
    # few exceed chance by 1.5 standard errors, and the others are near 1
    assert np.mean(np.array(found) < 1.1) >= 0.8 and np.mean(found) < 1.1


@pytest.mark.parametrize("goes_on", [0.1, 0.3, 0.5])
def test_runs_are_as_strong_as_the_variance_of_shares(goes_on: float) -> None:
    drawn = [draw(seed, goes_on) for seed in range(40)]
    shares = [np.bincount(cluster[brand == 0], minlength=CLUSTERS) / POSTS for brand, cluster, _ in drawn]
    times = np.var(shares, axis=0).mean() * POSTS / (5 / 36)
    found = float(np.mean([measure_runs(*one) for one in drawn]))
    expected = (1 + goes_on) / (1 - goes_on)  # of a chain that is drawn anew at random
    assert found == pytest.approx(expected, rel=0.15) and times == pytest.approx(expected, rel=0.3)


def test_order_of_rows_is_of_no_account_and_posts_without_a_date_are_left_out() -> None:
    brand, cluster, days = draw(1, 0.5)
    mixed = np.random.default_rng(0).permutation(len(brand))
    assert measure_runs(brand[mixed], cluster[mixed], days[mixed]) == pytest.approx(measure_runs(brand, cluster, days))
    assert measure_runs(brand, cluster, np.full(len(brand), np.nan)) == 1


def test_a_slow_change_is_no_run() -> None:
    for seed in range(5):
        random = np.random.default_rng(seed)
        brand, _, days = draw(seed, 0.0)
        late = random.random(len(days)) < days / POSTS
        cluster = np.where(late, random.integers(0, 3, len(days)), random.integers(3, 6, len(days)))
        assert measure_runs(brand, cluster, days) < 1.6


def test_terms_of_which_a_post_shows_several_have_runs_too() -> None:
    brand, cluster, days = draw(2, 0.5)
    shows = np.column_stack([cluster == 0, cluster < 2, cluster % 2 == 0])
    assert 2 < measure_runs(brand, shows, days) < 4
    # of one term each, they are clusters
    each = cluster[:, None] == np.arange(CLUSTERS)
    assert measure_runs(brand, each, days) == measure_runs(brand, cluster, days)


def test_shares_of_brands_that_post_in_runs_alike_are_not_marked() -> None:
    marked = {"runs": 0, "by themselves": 0}
    for seed in range(20):
        brand, cluster, days = draw(seed, 0.5)
        marked["by themselves"] += bool(measure_shares(brand, cluster).marked.any())
        marked["runs"] += bool(measure_shares(brand, cluster, runs=measure_runs(brand, cluster, days)).marked.any())
    assert marked["by themselves"] >= 4 and marked["runs"] == 0
