"""Likes compared within formats: reels that get three times the likes make no cluster work, and true effects show."""

from __future__ import annotations

import numpy as np

from generator.insights.likes.engagement import Engagement, measure_engagement
from generator.insights.likes.held import hold_equal

PHOTO, VIDEO = 0, 2


def draw(seed: int, works: float = 1.0) -> tuple[np.ndarray, ...]:
    """Six brands; reels get three times the likes, and cluster 2 has many; cluster 4 gets `works` times the likes."""
    random = np.random.default_rng(seed)
    brand, cluster = random.integers(0, 6, 1500), random.integers(0, 8, 1500)
    form = np.where(random.random(1500) < np.where(cluster == 2, 0.75, 0.2), VIDEO, PHOTO)
    likes = np.exp(random.normal(6, 1, 6))[brand] * random.lognormal(0, 0.5, 1500)
    likes = np.round(likes * np.where(form == VIDEO, 3, 1) * np.where(cluster == 4, works, 1))
    return brand, cluster, form, likes, 20_000 + random.uniform(0, 360, 1500)


def measure(seed: int, works: float = 1.0, holds: bool = True) -> Engagement:
    brand, cluster, form, likes, days = draw(seed, works)
    times = hold_equal(days, brand, form) if holds else days
    return measure_engagement(brand, cluster, likes, times, np.arange(len(brand)))


def found(figures: Engagement) -> set[int]:
    return {effect.cluster for effect in figures.findings}


def test_a_cluster_of_many_reels_does_not_work_for_that() -> None:
    assert all(2 in found(measure(seed, holds=False)) for seed in range(4))
    assert sum(bool(found(measure(seed))) for seed in range(12)) <= 1
    assert np.nanmedian([measure(seed).pooled_ratio[2] for seed in range(12)]) < 1.1


def test_a_cluster_that_works_within_formats_is_found_with_its_ratio() -> None:
    for seed in range(4):
        figures = measure(seed, works=1.8)
        assert found(figures) == {4}
        assert figures.pooled_low[4] < 1.8 < figures.pooled_high[4]


def test_a_brand_of_one_format_needs_nothing_held_equal() -> None:
    days, brand = np.array([1.0, 2, 3, 4]), np.array([0, 0, 1, 1])
    assert hold_equal(days, brand, np.array([0, 0, 2, 2])).shape == (4, 1)
    assert hold_equal(days, brand, np.array([0, 2, 2, 2]))[:, 1:].sum() == 1
