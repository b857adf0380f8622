"""Find what a brand's posts typically get at a time: a smooth, robust curve of log likes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

#: Points of support of a brand's curve: the first where it has so many independent posts, each next at twice as many.
_FIRST, _MOST = 8, 8
#: Nor do they lie closer than this, in days. A curve that followed a campaign would take its likes for typical.
_CLOSEST = 45.0
#: No likes at all have no logarithm.
LEAST_LIKES = 0.5
#: Residuals beyond this, in standard deviations, count as if they were as far (Huber 1964: 95 % efficient).
_FAR = 1.345
_ROUNDS = 20


def support_times(days: Floats, of_occasions: Floats) -> Floats:
    """Return values (n, p), a row a post, that a smooth curve of time over a brand's `days` (n,) is a sum of.

    They are those of a natural cubic spline (Hastie, Tibshirani & Friedman 2009, The Elements of Statistical Learning,
    section 5.2.1), and add up to 1. `of_occasions` are the dates of the brand's occasions with likes; p is one more
    each time their number doubles. Before the first and after the last of them, the curve is level. Posts without a
    date (NaN) get the occasions' average row: what is typical of them is the brand's average.
    """
    from scipy.interpolate import CubicSpline

    dated = of_occasions[np.isfinite(of_occasions)]
    points = 1
    if len(dated):
        points = min(int(np.log2(max(len(dated) / _FIRST, 0.5))) + 2, 2 + int(np.ptp(dated) / _CLOSEST), _MOST)
    knots = np.unique(np.quantile(dated, np.linspace(0, 1, points))) if points > 1 else np.zeros(1)
    if len(knots) < 2:
        return np.ones((len(days), 1))
    spline = CubicSpline(knots, np.eye(len(knots)), bc_type="natural")
    rows = np.asarray(spline(np.clip(np.nan_to_num(days), knots[0], knots[-1])), np.float64)
    rows[~np.isfinite(days)] = spline(dated).mean(axis=0)
    return rows


def fit_robustly(support: Floats, values: Floats) -> tuple[Floats, Floats, float]:
    """Return the coefficients (p,) of a curve through `values` (n,), each value's weight, and their spread.

    Huber's estimate: far values count less (Huber, P. J. (1964), Robust estimation of a location parameter, Annals of
    Mathematical Statistics 35, 73-101). The spread is the standard deviation that the coefficients' errors follow from.
    """
    weight = np.ones(len(values))
    coefficients = np.zeros(support.shape[1])
    if not len(values):
        return coefficients, weight, 0.0
    for _ in range(_ROUNDS):
        weighted = support * weight[:, None]
        before = coefficients
        coefficients = np.linalg.pinv(weighted.T @ support, hermitian=True) @ (weighted.T @ values)
        error = values - support @ coefficients
        scale = 1.4826 * float(np.median(np.abs(error - np.median(error))))
        if scale == 0 or np.abs(coefficients - before).max() < 1e-6:
            break
        weight = np.minimum(1, _FAR * scale / np.maximum(np.abs(error), 1e-12))
    freedom = max(len(values) - support.shape[1], 1)
    near = max(float((weight == 1).mean()), 0.1)
    spread = float(np.sqrt(np.sum((weight * error) ** 2) / freedom) / near)
    return coefficients, weight, spread
