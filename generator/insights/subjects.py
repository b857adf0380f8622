"""Measure what goes with subjects: what images show, and what captions say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.insights.inference import BUDGET
from generator.insights.likes.engagement import PARTS, Engagement, measure_engagement
from generator.insights.over_time.drift import Drifts
from generator.insights.over_time.subject_drift import measure_subject_drift
from generator.insights.posting.tag_shares import choose_terms

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class SubjectArrays:
    """Aligned arrays of posts that subjects are measured from."""

    brand: NDArray[np.int64]  # (n,)
    likes: Floats  # (n,), NaN if not shown
    comments: Floats  # (n,), NaN if not shown
    days: Floats  # (n,), since 1970, NaN for no date; or (n, 1 + k) with what is held equal
    burst: NDArray[np.intp]  # (n,) codes, equal for posts of one burst
    shown: Bools  # (n, terms) what images show
    under: NDArray[np.int64]  # (terms,) position of the term above each, -1 for none
    said: Bools  # (n, words) what captions say
    category: NDArray[np.int64] | None = None  # (n,) within which they must move too, -1 for none; None if not held


@dataclass(frozen=True, slots=True, eq=False)
class SubjectInsights:
    """Figures of subjects, which may overlap; "cluster" stands for a subject in them.

    Columns are of the `terms` that images show, then of the `words` that captions say.
    """

    terms: tuple[int, ...]  # positions
    words: int
    engagement: Engagement | None  # by likes; None if no post shows them
    comments: Engagement | None
    drift: Drifts | None  # None if no post has a date


def measure_subjects(arrays: SubjectArrays) -> SubjectInsights | None:
    """Return what goes with each subject; None without any.

    A subject's posts are compared with ordinary posts of the same brand without it. Several subjects of one post are no
    trouble: effects are found one at a time, and the posts of the strongest are taken out before the rest is looked at,
    so that a wider term, or another that often comes with it, must show an effect of its own.
    """
    terms = choose_terms(arrays.shown, arrays.under)
    shows = np.concatenate([arrays.shown[:, list(terms)], arrays.said], axis=1)
    if not shows.shape[1]:
        return None

    days = arrays.days if arrays.days.ndim == 1 else arrays.days[:, 0]

    def measure(values: Floats, budget: float) -> Engagement | None:
        if np.isnan(values).all():
            return None
        part = budget * PARTS["subjects"]
        return measure_engagement(arrays.brand, shows, values, arrays.days, arrays.burst, part)

    return SubjectInsights(
        terms=terms,
        words=arrays.said.shape[1],
        engagement=measure(arrays.likes, BUDGET["likes"]),
        comments=measure(arrays.comments, BUDGET["comments"]),
        drift=None
        if np.isnan(days).all()
        else measure_subject_drift(arrays.brand, shows, days, arrays.burst, arrays.category),
    )
