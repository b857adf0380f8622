"""Rank tests of many groups at once, each against all others."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def rank_normally(values: Floats) -> Floats:
    """Return each value's normal score: the quantile of a normal distribution at its rank; ties share a rank.

    Scores are as robust as ranks and, for log-normal values, as powerful as a t test (van der Waerden 1952; Chernoff &
    Savage 1958). Their sums are normal far into the tails, so small p-values are reliable even for small groups.
    """
    from scipy.special import ndtri
    from scipy.stats import rankdata

    return np.asarray(ndtri(rankdata(values) / (len(values) + 1)), np.float64)


def sum_by_group(scores: Floats, group: NDArray[np.int64], groups: int) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Return the count of each group below `groups`, the sum of its scores less its expectation, and the variance.

    `scores` and `group` are (n,); those in group -1 belong to the rest of every group. Expectation and variance are
    over all assignments of the same scores to groups of the same counts, which allows for ties (Hájek & Šidák 1967).
    """
    total = len(scores)
    scores = scores - scores.mean() if total else scores
    inside = group >= 0
    count = np.asarray(np.bincount(group[inside], minlength=groups), np.int64)
    above = np.asarray(np.bincount(group[inside], weights=scores[inside], minlength=groups), np.float64)
    square = float(scores @ scores) / max(total * (total - 1), 1)
    variance = np.asarray(square * count * (total - count), np.float64)
    return count, above, variance


def sum_beside(
    scores: Floats,
    support: Floats,
    noise: Floats,
    pairs: tuple[NDArray[np.integer], NDArray[np.integer]],
    groups: int,
) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Return what `sum_by_group` does, of what is left of scores and groups without a curve in time.

    `pairs` (m,) and (m,) are scores and the groups that they are in: none, one or several of each. `support` (n, p) are
    the values that the curve is a sum of, ones alone for none; a column of zeros is none. `noise` (n,) is how much a
    score varies beside the others. A score test of regression: both the scores and the membership in a group are what
    the curve does not explain, so that a group that comes late in a growing year is compared with others of that time:
    an aligned rank test (Hettmansperger, T. P. & McKean, J. W. (2011), Robust nonparametric statistical methods, 2nd
    edition, Chapman & Hall).
    """
    total = len(scores)
    inverse = np.linalg.pinv(support.T @ support, hermitian=True)
    left = scores - support @ (inverse @ (support.T @ scores))
    inside, member = pairs
    count = np.asarray(np.bincount(member, minlength=groups), np.int64)
    above = np.asarray(np.bincount(member, weights=left[inside], minlength=groups), np.float64)
    sums, noisy = (
        np.stack([np.bincount(member, weights=column, minlength=groups) for column in columns.T], axis=1)
        for columns in (support[inside], support[inside] * noise[inside, None])
    )
    on_curve = sums @ inverse
    around = support.T @ (support * noise[:, None])
    variance = np.bincount(member, weights=noise[inside], minlength=groups)
    variance = variance - 2 * (noisy * on_curve).sum(axis=1) + ((on_curve @ around) * on_curve).sum(axis=1)
    freedom = total - int(np.any(support != 0, axis=0).sum())
    square = float(left @ left) / max(freedom * float(noise.mean()), 1e-12) if freedom > 0 else 0.0
    return count, above, np.asarray(square * np.maximum(variance, 0), np.float64)


def two_sided(z: Floats) -> Floats:
    """Return two-sided p-values of standard normal statistics; NaN stays NaN."""
    from scipy.special import ndtr

    return np.asarray(2 * ndtr(-np.abs(z)), np.float64)
