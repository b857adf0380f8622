"""What a brand could try, made of data whose effects are known."""

from __future__ import annotations

import numpy as np
import pytest

from generator.insights.likes.engagement import measure_engagement
from generator.insights.likes.openings import Opening, carry_over, find_openings

BRANDS = 6


def find(overlap: np.ndarray | None = None, brands: int = BRANDS, times: float = 2.0) -> tuple[Opening, ...]:
    """Find openings where cluster 1 gets `times` the likes, and brand 0 never posts it."""
    random = np.random.default_rng(0)
    brand = np.repeat(np.arange(brands), 200)
    cluster = random.integers(0, 5, len(brand))
    cluster[(brand == 0) & (cluster == 1)] = 2
    likes = np.exp(random.normal(5, 0.5, len(brand))) * np.where(cluster == 1, times, 1)
    figures = measure_engagement(brand, cluster, likes, np.full(len(brand), np.nan), np.arange(len(brand)))
    posts = np.zeros((brands, 5), int)
    np.add.at(posts, (brand, cluster), 1)
    return find_openings(figures, posts, np.ones((brands, brands)) if overlap is None else overlap)


def test_cluster_that_works_for_rivals_and_is_left_alone_is_an_opening() -> None:
    (opening,) = find()
    assert (opening.brand, opening.cluster, opening.posts) == (0, 1, 0)
    assert opening.rivals == (1, 2, 3, 4, 5) and opening.due == pytest.approx(40, rel=0.2)
    assert opening.low < opening.average_low < opening.ratio < opening.average_high < opening.high
    assert opening.average_low < 2 < opening.average_high and opening.likely > 0.95


def test_nothing_is_said_of_what_does_not_work_or_rests_on_few_rivals() -> None:
    assert find(times=1.0) == ()
    assert find(times=0.5) == ()
    assert find(brands=3) == ()
    unknown = np.ones((BRANDS, BRANDS))
    unknown[0, 3:] = unknown[3:, 0] = np.nan
    assert find(unknown) == ()


def test_rivals_are_those_that_look_most_alike() -> None:
    overlap = np.ones((8, 8))
    overlap[0, 6] = 3
    overlap[0, [1, 2]] = 0.1
    (opening,) = find(overlap, brands=8)
    assert opening.rivals[0] == 6 and set(opening.rivals) == {3, 4, 5, 6, 7}


def test_prediction_is_wide_where_brands_differ() -> None:
    alike = carry_over(np.full(5, 0.5), np.full(5, 0.1))
    apart = carry_over(np.array([0.0, 0.2, 0.5, 0.8, 1.0]), np.full(5, 0.1))
    assert alike.average[0] == pytest.approx(0.5, abs=1e-6) and apart.average[0] == pytest.approx(0.5, abs=1e-6)
    assert apart.high - apart.low > 2 * (alike.high - alike.low)
    assert apart.high - apart.low > 1.5 * (apart.average[2] - apart.average[1])
    assert apart.above < alike.above


def test_predictions_hold_for_one_more_brand() -> None:
    random = np.random.default_rng(0)
    held = 0
    for _ in range(300):
        errors, variation = np.exp(random.normal(np.log(0.2), 0.4, 4)), abs(random.normal(0, 0.5))
        truth = 0.4 + random.normal(0, variation, 5)
        carried = carry_over(truth[:4] + random.normal(0, errors), errors)
        held += carried.low <= truth[4] <= carried.high
    assert 276 <= held <= 297
