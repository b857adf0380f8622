"""Intervals for shares, for differences of shares, and for averages of such differences."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from generator.insights.inference import CONFIDENCE

Floats = NDArray[np.float64]
#: A row's share on one side of a difference is drawn to its share on both, for its variance, as if so many more units
#: had that.
_BOTH = 10


def find_quantile(confidence: float = CONFIDENCE) -> float:
    """Return the quantile of the standard normal distribution that both ends of an interval are at."""
    from scipy.special import ndtri

    return float(ndtri((1 + confidence) / 2))


def limit_share(share: Floats, size: Floats) -> tuple[Floats, Floats]:
    """Return Wilson's limits of shares of `size` independent units; NaN without units.

    Wilson, E. B. (1927), Probable inference, the law of succession, and statistical inference, JASA 22, 209-212.
    """
    quantile = find_quantile()
    with np.errstate(divide="ignore", invalid="ignore"):
        square = quantile**2 / size
        middle = (share + square / 2) / (1 + square)
        half = np.sqrt(square * (share * (1 - share) + square / 4)) / (1 + square)
    return np.maximum(middle - half, 0.0), np.minimum(middle + half, 1.0)


def limit_skewed_share(share: Floats, size: Floats, reach: Floats | float) -> tuple[Floats, Floats]:
    """Return Jeffreys' limits of shares of `size` independent units, `reach` being the normal quantile; NaN without.

    Far from the middle, as a band over a whole curve needs it, Wilson's lower limit of a small share is too high, since
    counts are skewed; Jeffreys' limits miss as often on either side (Brown, L. D., Cai, T. T. & DasGupta, A. (2001),
    Interval estimation for a binomial proportion, Statistical Science 16, 101-133). The size may be an effective one
    (Korn, E. L. & Graubard, B. I. (1998), Confidence intervals for proportions with small expected number of positive
    counts estimated from survey data, Survey Methodology 24, 193-201). Where no unit or every unit has it, the other
    end is the exact one that counts half of the chance of what was seen (mid-p), for the exact one holds too often.
    """
    from scipy.special import betaincinv, ndtr

    tail = ndtr(-np.asarray(reach))
    inside = np.isfinite(share) & np.isfinite(size)
    kept, units = np.where(inside, share, 0.5), np.where(inside, size, 1.0)
    one, two = kept * units + 0.5, (1 - kept) * units + 0.5
    exact = np.minimum(2 * tail, 1.0) ** (1 / units)
    low = np.where(share <= 0, 0.0, np.where(share >= 1, exact, betaincinv(one, two, tail)))
    high = np.where(share >= 1, 1.0, np.where(share <= 0, 1 - exact, betaincinv(one, two, 1 - tail)))
    return np.where(inside, low, np.nan), np.where(inside, high, np.nan)


def limit_mean_difference(
    one: Floats, of_one: Floats, two: Floats, of_two: Floats, weight: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return the mean over the first axis of two / of_two - one / of_one, weighted, and both ends of its interval.

    The counts are of independent units. The interval is Newcombe's for a difference, made of the limits of both mean
    shares (Newcombe, R. G. (1998), Interval estimation for the difference between independent proportions, Statistics
    in Medicine 17, 873-890, method 10). A mean share has the limits of one share of as many units as are as sure. Rows
    without units must have a weight of 0; NaN if all have.
    """
    total = np.where(weight > 0, weight, 0).sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(weight > 0, weight / total, 0)
        both = _draw_to_all(one + two, of_one + of_two, part)
        share_one, share_two = (
            np.where(part > 0, part * x / n, 0).sum(axis=0) for x, n in ((one, of_one), (two, of_two))
        )
    size_one, size_two = (
        size_mean((x + _BOTH * both) / (n + _BOTH), n, part) for x, n in ((one, of_one), (two, of_two))
    )
    low_one, high_one = limit_share(share_one, size_one)
    low_two, high_two = limit_share(share_two, size_two)
    middle = np.where(total > 0, share_two - share_one, np.nan)
    down = np.hypot(share_two - low_two, high_one - share_one)
    up = np.hypot(high_two - share_two, share_one - low_one)
    return middle, np.maximum(middle - down, -1), np.minimum(middle + up, 1)


def average_shares(count: Floats, of: Floats, part: Floats) -> tuple[Floats, Floats]:
    """Return the mean of `count` / `of` over the first axis, and the number of units that would be as sure of it.

    `part`, of the same shape, is each row's weight, 0 for those that do not count; the weights add up to 1.

    That number is the variance of one unit over that of the mean (Korn & Graubard 1998). A share of few units says
    little of its own variance, so there it is drawn to the share of all rows, as if two more units had it.
    """
    inside = part > 0
    mean = (part * np.where(inside, count, 0) / np.where(inside, of, 1)).sum(axis=0)
    return np.asarray(mean), size_mean(_draw_to_all(count, of, part), of, part)


def _draw_to_all(count: Floats, of: Floats, part: Floats) -> Floats:
    """Return the shares of rows, drawn to that of all rows of a `part` as if two more units had it."""
    inside = part > 0
    counted, units = np.where(inside, count, 0), np.where(inside, of, 0)
    all_rows = (counted.sum(axis=0) + 0.5) / (units.sum(axis=0) + 1)
    return np.asarray((counted + 2 * all_rows) / (units + 2))


def size_mean(share: Floats, of: Floats, part: Floats) -> Floats:
    """Return the number of units that would be as sure of the mean over the first axis of shares of `of` units each."""
    inside = part > 0
    units = np.where(inside, of, 1)
    number = np.where(inside, of, 0).sum(axis=0)
    middle = np.asarray((part * share).sum(axis=0))
    # both without bias, so that one row has its own number
    of_one = middle * (1 - middle) * number / np.maximum(number - 1, 1)
    of_mean = np.asarray((part**2 * share * (1 - share) / np.maximum(units - 1, 1)).sum(axis=0))
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.maximum(np.nan_to_num(of_one / of_mean, nan=1.0), 1))
