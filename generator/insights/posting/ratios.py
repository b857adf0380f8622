"""Compare two shares: the interval of their ratio, and the exact test that they are equal."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from generator.insights.inference import CONFIDENCE

#: Halvings that find an interval's end to the precision of a float.
_HALVINGS = 100
#: Ends are sought between e^-40 and e^40.
_WIDEST = 40.0

Floats = NDArray[np.float64]
Counts = NDArray[np.int64] | Floats


def ratio_interval(one: Counts, of_one: Counts, two: Counts, of_two: Counts) -> tuple[Floats, Floats]:
    """Return both ends of the score interval for (one / of_one) / (two / of_two), from counts of one shape.

    The interval holds all ratios that the score test does not reject. It needs no correction for zero counts: none in
    `one` gives a lower end of 0, none in `two` an upper end of inf.
    Koopman, P. A. R. (1984), Confidence intervals for the ratio of two binomial proportions, Biometrics 40, 513-517;
    Miettinen, O. & Nurminen, M. (1985), Comparative analysis of two rates, Statistics in Medicine 4, 213-226.
    """
    from scipy.stats import chi2

    limit = float(chi2.ppf(CONFIDENCE, 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = np.clip(np.log(one / of_one) - np.log(two / of_two), -_WIDEST, _WIDEST)
    centre = np.where(np.isnan(estimate), 0.0, estimate)  # without any counts, from 0 to inf
    ends = []
    for widest in (-_WIDEST, _WIDEST):
        inside, outside = centre.copy(), np.full(centre.shape, widest)
        for _ in range(_HALVINGS):
            middle = (inside + outside) / 2
            rejected = _score(one, of_one, two, of_two, np.exp(middle)) > limit
            outside = np.where(rejected, middle, outside)
            inside = np.where(rejected, inside, middle)
        ends.append(np.exp(inside))
    return np.where(one == 0, 0.0, ends[0]), np.where(two == 0, np.inf, ends[1])


def _score(one: Counts, of_one: Counts, two: Counts, of_two: Counts, ratio: Floats) -> Floats:
    """Return the squared score statistic, chi-squared with one degree of freedom if `ratio` is the true one."""
    # the likeliest second proportion if the first is `ratio` times it: the smaller root of a quadratic equation
    a = ratio * (of_one + of_two)
    b = ratio * (of_one + two) + one + of_two
    c = one + two
    # this form avoids a subtraction that cancels for a small root
    second = 2 * c / (b + np.sqrt(np.maximum(b * b - 4 * a * c, 0)))
    first = np.minimum(ratio * second, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = first * (1 - first) / of_one + ratio**2 * second * (1 - second) / of_two
        difference = one / of_one - ratio * two / of_two
        return np.where(difference == 0, 0.0, difference**2 / variance)


def fisher_exact(
    one: NDArray[np.int64], of_one: NDArray[np.int64], two: NDArray[np.int64], of_two: NDArray[np.int64]
) -> Floats:
    """Return Fisher's exact p-values of equal shares, two-sided by doubling the smaller tail."""
    from scipy.stats import hypergeom

    given = (of_one + of_two, one + two, of_one)
    return np.asarray(np.minimum(2 * np.minimum(hypergeom.cdf(one, *given), hypergeom.sf(one - 1, *given)), 1.0))
