"""Values of fields by brand: what is compared, a planted difference, campaigns, and marks by chance alone."""

from __future__ import annotations

import numpy as np
import pytest

from generator.insights.posting.field_shares import MOST_FIELDS, MOST_VALUES, measure_field_shares

BUDGET = 0.025
EVEN = np.array([0.5, 0.3, 0.2])


def _draw(rates: np.ndarray, posts: int, seed: int, fields: int = 1, campaign: int = 1) -> tuple[np.ndarray, ...]:
    """Draw brand, values and burst of `posts` a brand, whose values have the shares `rates` (brands, values)."""
    random = np.random.default_rng(seed)
    brand = np.repeat(np.arange(len(rates)), posts)
    burst = np.arange(len(brand)) // campaign
    edges = np.cumsum(rates, axis=1)[brand[::campaign]]
    drawn = random.random((len(edges), fields))
    values = np.stack([(drawn[:, [field]] > edges).sum(axis=1) for field in range(fields)], axis=1)
    return brand, np.minimum(values, rates.shape[1] - 1)[burst], burst


def test_a_planted_difference_is_marked_and_no_other() -> None:
    rates = np.array([[0.2, 0.2, 0.6]] + [EVEN] * 5)
    (found,) = measure_field_shares(*_draw(rates, 200, 1), BUDGET)
    assert found.values == (0, 1, 2)
    assert found.shares.marked[0].tolist() == [True, False, True] and not found.shares.marked[1:].any()
    assert found.shares.low[0, 2] < 3 < found.shares.high[0, 2]


def test_shares_are_of_the_posts_that_have_a_value() -> None:
    brand, values, burst = _draw(np.array([EVEN] * 3), 200, 2)
    values[brand == 0, 0] = np.where(np.arange(200) < 100, -1, values[brand == 0, 0])
    values[brand == 2, 0] = -1
    (found,) = measure_field_shares(brand, values, burst, BUDGET)
    known = values[(brand == 0) & (values[:, 0] >= 0), 0]
    assert found.shares.share[0, 0] == pytest.approx(np.mean(known == 0))
    assert not found.shares.marked.any() and found.shares.withheld[2].all()


def test_a_campaign_counts_once() -> None:
    (found,) = measure_field_shares(*_draw(np.array([EVEN] * 4), 400, 3, campaign=10), BUDGET)
    assert found.shares.occasions.sum() <= found.shares.posts.sum() / 10
    assert not found.shares.marked.any()


def test_few_fields_and_values_are_compared_and_of_two_values_one() -> None:
    random = np.random.default_rng(4)
    brand = np.arange(3000) % 3
    values = np.column_stack([random.integers(0, 2, 3000), *(random.integers(0, 40, 3000) for _ in range(8))])
    found = measure_field_shares(brand, values, np.arange(3000), BUDGET)
    assert [one.field for one in found] == list(range(MOST_FIELDS))
    assert len(found[0].values) == 1 and len(found[1].values) == MOST_VALUES
    assert not measure_field_shares(brand, np.zeros((3000, 1), int), np.arange(3000), BUDGET)
    assert not measure_field_shares(brand, np.full((3000, 1), -1), np.arange(3000), BUDGET)


def test_chance_alone_marks_a_report_as_seldom_as_its_part_allows() -> None:
    marks = 0
    for seed in range(100):
        drawn = _draw(np.array([EVEN] * 6), 120, 100 + seed, fields=3, campaign=1 + seed % 3)
        marks += any(one.shares.marked.any() for one in measure_field_shares(*drawn, BUDGET))
    # at most 5 % of the part: 0.1 of 100 reports
    assert marks <= 2
