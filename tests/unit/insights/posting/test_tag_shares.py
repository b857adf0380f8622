"""What brands' images show: which terms are compared, counts, and how often chance alone marks one."""

from __future__ import annotations

import numpy as np
import pytest

from generator.insights.inference import BUDGET
from generator.insights.posting.ratios import fisher_exact
from generator.insights.posting.tag_shares import LEAST_SHOWN, choose_terms, measure_tag_shares

#: Two terms, one of them with a narrower one below it, and one that is rare.
UNDER = np.array([-1, 0, -1, -1])


def _draw(rates: np.ndarray, posts: int, seed: int, campaign: int = 1) -> tuple[np.ndarray, ...]:
    """Draw brand, shown and burst of `posts` a brand; `rates` (brands, 3) are of bottoms, of skirts there, of shoes."""
    random = np.random.default_rng(seed)
    brands = len(rates)
    brand = np.repeat(np.arange(brands), posts)
    burst = np.arange(len(brand)) // campaign
    of_burst = brand[::campaign]
    drawn = random.random((len(of_burst), 4))
    first = drawn[:, 0] < rates[of_burst, 0]
    shown = np.stack([first, first & (drawn[:, 1] < rates[of_burst, 1]), drawn[:, 2] < rates[of_burst, 2]], axis=1)
    rare = np.zeros(len(brand), bool)
    rare[: LEAST_SHOWN - 1] = True
    return brand, np.column_stack([shown[burst], rare]), burst


def test_terms_are_compared_if_they_are_frequent_and_say_more_than_one_below_them() -> None:
    shown = np.zeros((200, 4), bool)
    shown[:100, 0] = shown[:96, 1] = shown[:LEAST_SHOWN, 2] = shown[: LEAST_SHOWN - 1, 3] = True
    assert choose_terms(shown, UNDER) == (1, 2)
    shown[94:, 1] = False
    assert choose_terms(shown, UNDER) == (0, 1, 2)
    assert measure_tag_shares(np.zeros(5, int), np.zeros((5, 4), bool), UNDER, np.arange(5)) is None


def test_shares_are_of_all_posts_of_a_brand_though_terms_overlap() -> None:
    brand, shown, burst = _draw(np.array([[0.5, 0.6, 0.3]] * 3), 200, 1)
    found = measure_tag_shares(brand, shown, UNDER, burst)
    assert found is not None and found.terms == (0, 1, 2)
    for position in range(3):
        assert found.shares.share[position] == pytest.approx(shown[brand == position][:, :3].mean(axis=0))
    assert (found.shares.occasions == found.shares.posts).all()


def test_a_planted_difference_is_marked_with_its_size() -> None:
    rates = np.array([[0.3, 0.4, 0.35]] + [[0.3, 0.4, 0.07]] * 5)
    brand, shown, burst = _draw(rates, 300, 2)
    found = measure_tag_shares(brand, shown, UNDER, burst)
    assert found is not None
    shares = found.shares
    assert shares.marked[0].tolist() == [False, False, True] and not shares.marked[1:, :2].any()
    assert shares.low[0, 2] < 5 < shares.high[0, 2] and shares.over_index[0, 2] == pytest.approx(5, rel=0.3)
    # Holm's adjustment of the smallest p
    counted = np.rint(shares.typical_of[0, 2]).astype(int)
    two = np.rint(shares.typical[0, 2] * counted).astype(int)
    p = fisher_exact(*(np.array(value) for value in (shares.occasions[0, 2], 300, two, counted)))
    assert shares.p[0, 2] == pytest.approx(min(1, p * shares.p.size / BUDGET["tags"]), rel=1e-6)


def test_a_campaign_counts_once_whatever_it_shows() -> None:
    """Brands of the same habits, one of which posts only in tens, look alike."""
    brand, shown, burst = _draw(np.array([[0.2, 0.3, 0.2]] * 4), 400, 3, campaign=10)
    found = measure_tag_shares(brand, shown, UNDER, burst)
    assert found is not None
    assert found.shares.occasions.sum() <= found.shares.posts.sum() / 10
    assert not found.shares.marked.any()


def test_chance_alone_marks_a_report_as_seldom_as_its_part_allows() -> None:
    marks = 0
    for seed in range(120):
        brand, shown, burst = _draw(np.array([[0.3, 0.4, 0.1]] * 6), 120, 100 + seed, campaign=1 + seed % 3)
        found = measure_tag_shares(brand, shown, UNDER, burst)
        marks += found is not None and bool(found.shares.marked.any())
    # at most 5 % of the family's part: 0.3 of 120 reports
    assert marks <= 3
