"""Likes of what images show and captions say, of posts whose effects are known."""

from __future__ import annotations

import numpy as np

from generator.insights.likes.engagement import measure_engagement
from generator.insights.subjects import SubjectArrays, SubjectInsights, measure_subjects
from tests.support.simulated_posts import Drawn, Simulation, draw_posts

#: Dresses are clothes, and half of all that is said to be red are dresses.
_CLOTHES, _DRESSES = 0, 1


def _measure(drawn: Drawn, shown: np.ndarray, said: np.ndarray) -> SubjectInsights:
    under = np.array([-1, 0] + [-1] * (shown.shape[1] - 2))
    arrays = SubjectArrays(
        drawn.brand, drawn.likes, np.full(len(drawn.brand), np.nan), drawn.days, drawn.campaign, shown, under, said
    )
    found = measure_subjects(arrays)
    assert found is not None
    return found


def _dress(seed: int) -> tuple[Drawn, np.ndarray, np.ndarray]:
    """Return posts, whether each shows clothes and dresses, and whether its caption says red."""
    random, drawn = np.random.default_rng(seed), draw_posts(Simulation([200] * 6), seed)
    clothes = random.random(len(drawn.brand)) < 0.5
    dresses = clothes & (random.random(len(drawn.brand)) < 0.25)
    red = random.random(len(drawn.brand)) < np.where(dresses, 0.5, 0.07)
    drawn.likes[dresses] *= 2
    return drawn, np.stack([clothes, dresses], axis=1), red[:, None]


def test_what_comes_with_an_effect_is_not_found_with_it() -> None:
    for seed in range(5):
        found = _measure(*_dress(seed))
        assert found.engagement is not None and found.terms == (_CLOTHES, _DRESSES) and found.words == 1
        [effect] = found.engagement.findings
        assert (effect.brand, effect.cluster) == (None, _DRESSES)
        assert effect.low < 2 < effect.high


def test_a_wider_term_and_a_word_are_found_if_what_they_come_with_is_not_known() -> None:
    drawn, shown, said = _dress(1)
    found = _measure(drawn, shown[:, :1].repeat(2, axis=1), said)
    assert found.engagement is not None
    assert {effect.cluster for effect in found.engagement.findings} & {0, 1, 2}


def test_subjects_that_do_not_overlap_are_measured_as_clusters_are() -> None:
    drawn = draw_posts(Simulation([150] * 4, effects={(None, 1): 2.5}), 3)
    alone = np.arange(len(drawn.brand))
    shows = drawn.cluster[:, None] == np.arange(int(drawn.cluster.max()) + 1)
    one = measure_engagement(drawn.brand, drawn.cluster, drawn.likes, drawn.days, alone)
    other = measure_engagement(drawn.brand, shows, drawn.likes, drawn.days, alone)
    for name in ("ratio", "low", "high", "p", "pooled_ratio", "pooled_p"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name))
    assert one.findings == other.findings and one.findings


def test_a_burst_is_one_occasion_and_shows_what_half_of_it_shows() -> None:
    count = 60
    brand, likes = np.zeros(count, np.int64), np.exp(np.random.default_rng(2).normal(5, 0.5, count))
    burst = np.repeat(np.arange(20), 3)
    shows = np.zeros((count, 2), bool)
    shows[:24:3, 0] = True  # one post of three, in eight bursts
    shows[:24, 1] = np.arange(24) % 3 > 0  # two of three
    found = measure_engagement(brand, shows, likes, np.full(count, np.nan), burst)
    assert found.occasions.tolist() == [[0, 8]]
