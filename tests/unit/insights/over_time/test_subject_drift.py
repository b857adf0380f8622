"""What a brand's images show, and its captions say, more at one time than at another."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from generator.insights.over_time.subject_drift import measure_subject_drift
from generator.insights.subjects import SubjectArrays, measure_subjects

POSTS = 400


def _draw(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Two brands over a year: brand, days, bursts of one post each, and four subjects that come by chance."""
    random = np.random.default_rng(seed)
    days = np.sort(random.uniform(0, 365, 2 * POSTS))
    return np.arange(2 * POSTS) % 2, days, np.arange(2 * POSTS), random.random((2 * POSTS, 4)) < 0.25


def test_a_subject_that_a_brand_takes_up_is_found_and_a_wider_term_is_not_found_with_it() -> None:
    brand, days, burst, shows = _draw(0)
    taken_up = (brand == 0) & (np.random.default_rng(1).random(len(days)) < days / 365 * 0.8)
    shows[:, 0] |= taken_up
    shows[:, 1] |= shows[:, 0]  # a wider term: whatever shows the first shows it too
    found = measure_subject_drift(brand, shows, days, burst)
    assert [(drift.brand, drift.cluster, drift.course) for drift in found.findings] == [(0, 0, "rise")]
    drift = found.findings[0]
    assert 0 < drift.low < drift.change < drift.high and drift.last.share > drift.first.share
    assert found.posts[0, 0] == shows[brand == 0, 0].sum()


def test_posts_of_a_burst_are_one_occasion_and_speak_by_the_first() -> None:
    brand, days, burst, shows = _draw(0)
    late = np.flatnonzero(brand == 0)[-30:]
    shows[late, 2], burst[late] = True, burst[late[0]]
    days[late] = days[late[0]]
    found = measure_subject_drift(brand, shows, days, burst)
    shows[late[1:], 2] = False
    assert not found.findings
    assert found.occasions.tolist() == measure_subject_drift(brand, shows, days, burst).occasions.tolist()


def test_periods_count_posts_of_every_subject_and_all_posts_once() -> None:
    brand = np.zeros(3, int)
    days = (np.array(["2026-01-05", "2026-01-20", "2026-03-01"], "datetime64[D]")).astype(float)
    shows = np.array([[True, True], [True, False], [False, False]])
    periods = measure_subject_drift(brand, shows, days, np.arange(3)).periods
    assert periods.counts.tolist() == [[[2, 0, 0], [1, 0, 0], [0, 0, 1]]]
    assert periods.totals.tolist() == [[2, 0, 1]]


def test_without_dates_there_is_none() -> None:
    brand, days, burst, shows = _draw(0)
    nothing = np.full(len(days), np.nan)
    arrays = SubjectArrays(
        brand, nothing, nothing, nothing, burst, shows, np.full(4, -1), np.zeros((len(days), 0), bool)
    )
    measured = measure_subjects(arrays)
    assert measured is not None and measured.drift is None
    found = measure_subject_drift(brand, shows, nothing, burst)
    assert found.withheld.all() and not found.findings


@given(st.integers(0, 2**32 - 1))
def test_the_order_of_posts_plays_no_part(seed: int) -> None:
    brand, days, burst, shows = _draw(3)
    order = np.random.default_rng(seed).permutation(len(days))
    one = measure_subject_drift(brand, shows, days, burst)
    other = measure_subject_drift(brand[order], shows[order], days[order], burst[order])
    np.testing.assert_allclose(one.p, other.p)
    np.testing.assert_allclose(one.low, other.low)
