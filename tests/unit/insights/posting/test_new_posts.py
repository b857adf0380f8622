"""New posts beside those that brands had."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import fisher_exact

from generator.insights.inference import BUDGET
from generator.insights.posting.new_posts import LEAST_NEW, compare_new_posts
from generator.insights.runs import measure_runs


def test_a_share_of_new_posts_stands_beside_that_of_earlier_ones() -> None:
    earlier, fresh = np.array([[40.0, 160, 0], [60, 140, 0]]), np.array([[30.0, 20, 0], [2, 4, 0]])
    moved = compare_new_posts(earlier, fresh)
    # of six new posts too few were to be expected anywhere
    assert moved.is_told.tolist() == [[True, True, False], [False, False, False]] and LEAST_NEW > 4.2
    assert moved.ratio[0, 0] == pytest.approx(3) and moved.low[0, 0] > 1 and moved.high[0, 1] < 1
    _, p = fisher_exact([[30, 20], [40, 160]])
    # four comparisons, and an exact test that doubles the smaller tail
    assert p * 4 / BUDGET["changes"] <= moved.p[0, 0] <= 2.5 * p * 4 / BUDGET["changes"]


def test_what_comes_in_runs_says_less() -> None:
    earlier, fresh = np.array([[40.0, 160, 0]]), np.array([[30.0, 20, 0]])
    alone, runs = compare_new_posts(earlier, fresh), compare_new_posts(earlier, fresh, 2.0)
    assert runs.ratio[0, 0] == pytest.approx(alone.ratio[0, 0])
    assert runs.low[0, 0] < alone.low[0, 0] and runs.high[0, 0] > alone.high[0, 0] and runs.p[0, 0] > alone.p[0, 0]


def test_themes_that_come_and_go_are_not_marked() -> None:
    marked = {"counted": 0, "ignored": 0}
    for seed in range(40):
        random = np.random.default_rng(seed)
        cluster = random.integers(0, 6, 400)
        for place in np.flatnonzero(random.random(399) < 0.6) + 1:
            cluster[place] = cluster[place - 1]
        earlier, fresh = (np.bincount(part, minlength=7)[None].astype(float) for part in (cluster[:260], cluster[260:]))
        runs = measure_runs(np.zeros(400, int), cluster, np.arange(400.0))
        marked["ignored"] += bool((compare_new_posts(earlier, fresh).p < 0.05).any())
        marked["counted"] += bool((compare_new_posts(earlier, fresh, runs).p < 0.05).any())
    assert marked["ignored"] >= 6 and marked["counted"] <= 2
