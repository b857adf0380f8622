"""What a typical rival posts, of rivals of which some post little."""

from __future__ import annotations

import numpy as np
import pytest

from generator.insights.posting.rivals import find_typical


def _try(totals: list[int], differ: float, share: float = 0.12) -> tuple[float, float]:
    """Return how often limits of two standard errors hold the median rate, and how far it is off, as a ratio."""
    random = np.random.default_rng(3)
    held, off, size = [], [], np.array(totals)
    for _ in range(60):
        rates = np.minimum(share * np.exp(random.normal(0, differ, (len(size), 12))), 0.6)
        counts = random.binomial(size[:, None], rates)
        found, truth = find_typical(counts, size), np.median(rates, axis=0)
        angle, error = np.arcsin(np.sqrt(found.rate)), 0.5 / np.sqrt(found.size)
        held += (np.abs(angle - np.arcsin(np.sqrt(truth))) < 1.96 * error).tolist()
        off += np.log(found.rate / truth).tolist()
    return float(np.mean(held)), float(np.exp(np.median(off)))


@pytest.mark.parametrize("differ", [0.0, 0.3, 0.8])
@pytest.mark.parametrize("totals", [[150] * 6, [300, 200, 100, 80, 60]])
def test_the_median_of_rivals_who_post_enough_is_known(totals: list[int], differ: float) -> None:
    held, off = _try(totals, differ)
    assert 0.91 <= held <= 0.995 and off == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize("differ", [0.0, 0.3, 0.8])
def test_rivals_of_few_posts_make_the_median_less_sure(differ: float) -> None:
    held, off = _try([300, 200, 20, 15, 10], differ)
    assert held >= 0.85 and off == pytest.approx(1, abs=0.12)


def test_a_rival_of_few_posts_may_differ_more_than_it_shows() -> None:
    few = find_typical(np.array([[36], [24], [2], [2]]), np.array([300, 200, 20, 15]))
    many = find_typical(np.array([[36], [24], [24], [18]]), np.array([300, 200, 200, 150]))
    assert few.size[0] < 0.6 * many.size[0]


def test_rates_that_do_not_differ_are_those_of_all_together() -> None:
    found = find_typical(np.array([[10], [20], [30]]), np.array([100, 200, 300]))
    assert found.rate[0] == pytest.approx(0.1) and 200 < found.size[0] <= 620


def test_what_most_rivals_never_post_is_rare_and_above_0() -> None:
    found = find_typical(np.array([[80], [0], [0], [0]]), np.array([100, 100, 100, 5]))
    assert 0 < found.rate[0] < 0.01
