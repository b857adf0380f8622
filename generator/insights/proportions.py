"""Intervals for shares, for differences of shares, and for averages of such differences."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from generator.insights.inference import CONFIDENCE

Floats = NDArray[np.float64]


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


def limit_skewed_share(share: Floats, size: Floats, reach: float) -> tuple[Floats, Floats]:
    """Return Jeffreys' limits of shares of `size` independent units, `reach` being the normal quantile; NaN without.

    Far from the middle, as a band over a whole curve needs it, Wilson's lower limit of a small share is too high, since
    counts are skewed; Jeffreys' limits miss as often on either side (Brown, L. D., Cai, T. T. & DasGupta, A. (2001),
    Interval estimation for a binomial proportion, Statistical Science 16, 101-133). The size may be an effective one
    (Korn, E. L. & Graubard, B. I. (1998), Confidence intervals for proportions with small expected number of positive
    counts estimated from survey data, Survey Methodology 24, 193-201).
    """
    from scipy.special import betaincinv, ndtr

    tail = float(ndtr(-reach))
    inside = np.isfinite(share) & np.isfinite(size)
    kept, units = np.where(inside, share, 0.5), np.where(inside, size, 1.0)
    one, two = kept * units + 0.5, (1 - kept) * units + 0.5
    low = np.where(share <= 0, 0.0, betaincinv(one, two, tail))
    high = np.where(share >= 1, 1.0, betaincinv(one, two, 1 - tail))
    return np.where(inside, low, np.nan), np.where(inside, high, np.nan)


def limit_mean_difference(
    one: Floats, of_one: Floats, two: Floats, of_two: Floats, weight: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return the mean over the first axis of two / of_two - one / of_one, weighted, and both ends of its interval.

    The counts are of independent units. One row gives Newcombe's interval for a difference, made of the limits of both
    shares (Newcombe, R. G. (1998), Interval estimation for the difference between independent proportions, Statistics
    in Medicine 17, 873-890, method 10); more rows, the same for a sum (Zou, G. Y. & Donner, A. (2008), Construction of
    confidence limits about effect measures, Statistics in Medicine 27, 1693-1702). Rows without units must have a
    weight of 0; NaN if all have.
    """
    known = weight > 0
    with np.errstate(divide="ignore", invalid="ignore"):
        part = np.where(known, weight / np.where(known, weight, 0).sum(axis=0), 0)
        share_one, share_two = one / of_one, two / of_two
    low_one, high_one = limit_share(share_one, of_one)
    low_two, high_two = limit_share(share_two, of_two)

    def combine(values: Floats, power: int) -> Floats:
        return np.asarray(np.where(known, part**power * values, 0).sum(axis=0), np.float64)

    middle = np.where(known.any(axis=0), combine(share_two - share_one, 1), np.nan)
    down = np.sqrt(combine((share_two - low_two) ** 2 + (high_one - share_one) ** 2, 2))
    up = np.sqrt(combine((high_two - share_two) ** 2 + (share_one - low_one) ** 2, 2))
    return middle, np.maximum(middle - down, -1), np.minimum(middle + up, 1)
