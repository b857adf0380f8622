"""Give findings that were picked out of many the intervals that hold although they were picked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.insights.inference import CONFIDENCE, SIGNIFICANT

#: Halvings that find an interval's end.
_HALVINGS = 60

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Selected:
    """Estimates of findings, freed of the luck that got them picked, and intervals; NaN for what is none."""

    estimate: Floats
    low: Floats
    high: Floats


def adjust_for_selection(
    interval: tuple[Floats, Floats, Floats],
    p: Floats,
    shown: NDArray[np.bool_],
    budget: float = 1.0,
    weight: Floats | None = None,
) -> Selected:
    """Return the estimates and intervals of those comparisons that are `shown` because they passed Holm's test.

    `interval` are estimates, lower and upper ends of all comparisons, on a scale where no effect is 0 (a ratio's
    logarithm) and of any one shape; ends may be infinite. `p` are their p-values, two-sided and not adjusted, NaN for
    those that were not made; `budget` and `weight` are those that `adjust` was given. What passes a test is on average
    larger than the truth, the more so the more narrowly it passed. So the interval holds the effects under which, among
    what passes, this one is neither one of the 2.5 % largest nor of the 2.5 % smallest, and the estimate is the effect
    under which it is in the middle. Two limits keep it in line with what the test has told: its near end is on the
    estimate's side of 0, no farther than that of the interval for all comparisons at once, and its far end is no nearer
    than the usual estimate.
    Zhong, H. & Prentice, R. L. (2008), Bias-reduced estimators and confidence intervals for odds ratios in genome-wide
    association studies, Biostatistics 9, 621-634.
    """
    from scipy.stats import norm

    side = np.where(interval[0] < 0, -1.0, 1.0)[shown]
    estimate = interval[0][shown] * side
    near, far = (np.where(side > 0, interval[end][shown], -interval[3 - end][shown]) for end in (1, 2))
    # how far each had to go, and went, in standard errors
    weight = np.ones(p.shape) if weight is None else weight
    made = ~np.isnan(p)
    order = np.argsort(p[made] / weight[made])
    left = np.cumsum(weight[made][order][::-1])[::-1]  # of a comparison and all with a larger p
    place = np.searchsorted((p[made] / weight[made])[order], p[shown] / weight[shown])
    level = SIGNIFICANT * budget * weight[shown] / left[place]
    reached = norm.isf(np.maximum(p[shown], 1e-300) / 2)
    asked = np.minimum(norm.isf(level / 2), reached)
    usual = norm.isf((1 - CONFIDENCE) / 2)
    low = np.maximum(_solve(reached, asked, (1 - CONFIDENCE) / 2), reached - asked)
    middle = np.maximum(_solve(reached, asked, 0.5), low)
    upper = np.clip(_solve(reached, asked, (1 + CONFIDENCE) / 2), reached, reached + usual)
    with np.errstate(invalid="ignore"):
        new_far = np.where(np.isinf(far), far, estimate + (far - estimate) * (upper - reached) / usual)
    new_near, new_estimate = (_place(at, reached, usual, near, estimate) for at in (low, middle))
    result = np.full((3, *p.shape), np.nan)
    result[0][shown] = side * new_estimate
    result[1][shown] = np.where(side > 0, new_near, -new_far)
    result[2][shown] = np.where(side > 0, new_far, -new_near)
    return Selected(*result)


def widen_for_selection(
    interval: tuple[Floats, Floats, Floats],
    p: Floats,
    shown: NDArray[np.bool_],
    budget: float = 1.0,
    weight: Floats | None = None,
) -> tuple[Floats, Floats]:
    """Return both ends of what is `shown` because it passed another test than its estimate's own, as of ranks.

    Arguments are those of `adjust_for_selection`; NaN for what is not shown. The luck that the test was passed by is
    luck of the estimate in part: half of it, by simulation. So the near end lies half-way to where it would be if it
    were all of it, and the far end stays.
    """
    picked = adjust_for_selection(interval, p, shown, budget, weight)
    _, low, high = interval
    return np.minimum((picked.low + low) / 2, low), np.maximum((picked.high + high) / 2, high)


def _solve(reached: Floats, asked: Floats, chance: float) -> Floats:
    """Return the mean of a normal variable that, if it exceeds `asked`, exceeds `reached` with this chance."""
    from scipy.special import log_ndtr

    low, high = reached - 50, reached + 10
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        is_rare = log_ndtr(middle - reached) - log_ndtr(middle - asked) < np.log(chance)
        low, high = np.where(is_rare, middle, low), np.where(is_rare, high, middle)
    return np.asarray(high, np.float64)


def _place(at: Floats, reached: Floats, usual: float, near: Floats, estimate: Floats) -> Floats:
    """Return values at so many standard errors from 0; the usual interval marks two, its end and middle."""
    inner = np.maximum(reached - usual, 1e-9)
    with np.errstate(invalid="ignore"):
        beyond = near + (estimate - near) * np.clip((at - inner) / usual, 0, 1)
    return np.where(at <= inner, np.maximum(near, 0) * at / inner, beyond)
