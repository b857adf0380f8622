"""Draw shares over time as smooth curves, with bands that hold over the whole curve."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.insights.inference import CONFIDENCE
from generator.insights.proportions import limit_skewed_share
from generator.insights.ranks import Floats

#: Occasions are counted in so many equal parts of the time.
_BINS = 120
#: The kernel's half width, as a part of the time: this times the fifth root of the occasions' number, within limits.
_WIDTH, _NARROWEST, _WIDEST = 0.9, 0.08, 0.5
#: Where as many occasions as this are as sure as the curve, or fewer, it is not drawn.
_LEAST_SIZE = 8.0
#: Draws that find how far a curve strays anywhere, and what they start from.
_DRAWS, _SEED = 2000, 0

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Curves:
    """Shares (..., t) at t times and both ends of their bands, NaN where too little is known."""

    share: Floats
    low: Floats
    high: Floats


class Smoother:
    """What turns one brand's counts into curves: local lines through the shares of the occasions near each time.

    Fan, J. & Gijbels, I. (1996), Local polynomial modelling and its applications, section 3.2: with Epanechnikov's
    kernel. A curve is a weighted sum of occasions, so how it varies is known from their number alone, whatever the
    cluster.
    """

    def __init__(self, days: Floats, times: Floats, start: float, end: float, runs: float = 1.0) -> None:
        """Take the occasions' `days` (o,), between `start` and `end`, and the `times` (t,) of the curve.

        As many as `runs` occasions say as much as one by itself.
        """
        span = max(end - start, 1e-9)
        self.place = np.minimum(((days - start) / span * _BINS).astype(np.int64), _BINS - 1)
        number = np.bincount(self.place, minlength=_BINS).astype(np.float64)
        width = span * np.clip(_WIDTH * max(len(days), 1) ** -0.2, _NARROWEST, _WIDEST)
        away = (start + (np.arange(_BINS) + 0.5) * span / _BINS - times[:, None]) / width
        kernel = np.maximum(1 - away**2, 0)
        sums = [(kernel * away**power * number).sum(axis=1, keepdims=True) for power in range(3)]
        with np.errstate(divide="ignore", invalid="ignore"):
            weight = kernel * (sums[2] - away * sums[1]) / (sums[0] * sums[2] - sums[1] ** 2)
            size = 1 / ((weight**2 * number).sum(axis=1) * runs)
        # no line is drawn on beyond the occasions
        is_between = (np.sum((away <= 0) * kernel * number, axis=1) > 0) & (
            np.sum((away >= 0) * kernel * number, 1) > 0
        )
        near_end = (np.abs(times - start) < width / 2) | (np.abs(times - end) < width / 2)
        self.known = (size >= _LEAST_SIZE) & np.isfinite(weight).all(axis=1) & (is_between | near_end)
        # elsewhere the share of all the time stands in for it, where a curve is needed
        self.weight = np.where(self.known[:, None], np.nan_to_num(weight), 1 / max(len(days), 1))
        self.covariance = (self.weight * number) @ self.weight.T * runs  # (t, t), of an occasion's variance
        self.size = np.where(self.known, size, np.nan)

    def smooth(self, cluster: Ints, clusters: int) -> Floats:
        """Return the shares (clusters, t) of occasions in each `cluster` (o,), -1 for none; of all time if unknown."""
        counts = np.zeros((clusters, _BINS))
        np.add.at(counts, (cluster[cluster >= 0], self.place[cluster >= 0]), 1)
        return np.asarray(np.clip(counts @ self.weight.T, 0, 1))


def find_reach(covariance: Floats) -> float:
    """Return how many standard errors a curve strays anywhere at most, in 95 of 100 cases, by its covariance (t, t).

    Montiel Olea, J. L. & Plagborg-Møller, M. (2019), Simultaneous confidence bands: theory, implementation, and an
    application to SVARs, Journal of Applied Econometrics 34, 1-17.
    """
    known = np.diag(covariance) > 0
    if not known.any():
        return 0.0
    error = np.sqrt(np.diag(covariance)[known])
    values, vectors = np.linalg.eigh(covariance[np.ix_(known, known)] / np.outer(error, error))
    drawn = np.random.default_rng(_SEED).standard_normal((_DRAWS, len(values)))
    paths = drawn @ (vectors * np.sqrt(np.maximum(values, 0))).T
    return float(np.quantile(np.abs(paths).max(axis=1), CONFIDENCE))


def draw_brand(smoother: Smoother, cluster: Ints, clusters: int) -> Curves:
    """Return the curves (clusters, t) of one brand."""
    share = np.where(smoother.known, smoother.smooth(cluster, clusters), np.nan)
    known = np.where(np.outer(smoother.known, smoother.known), smoother.covariance, 0)
    low, high = limit_skewed_share(share, np.broadcast_to(smoother.size, share.shape), find_reach(known))
    return Curves(share, low, high)


def draw_market(smoothers: list[Smoother], shares: Floats, overall: Floats) -> Curves:
    """Return the mean curves (clusters, t) of b brands, each with the same weight, from `shares` (b, clusters, t).

    `overall` (b, clusters) are their shares in all the time. A time at which less than half of the brands posted is
    left out. At others a brand that posted too little counts with its share of all the time: if it counted for
    nothing, the mean would move because brands come and go.
    """
    count = np.sum([smoother.known for smoother in smoothers], axis=0)
    enough = 2 * count >= max(len(smoothers), 1)
    share = np.where(enough, shares.mean(axis=0), np.nan)
    parts = np.stack([smoother.covariance for smoother in smoothers]) / len(smoothers) ** 2
    mean = np.clip(overall.mean(axis=0), 1e-9, 1 - 1e-9)
    low, high = np.full(share.shape, np.nan), np.full(share.shape, np.nan)
    for cluster in range(len(share)):
        covariance = np.einsum("b,bts->ts", overall[:, cluster] * (1 - overall[:, cluster]), parts)
        with np.errstate(divide="ignore"):
            size = mean[cluster] * (1 - mean[cluster]) / np.diag(covariance)
        size = np.where(enough & np.isfinite(size), size, np.nan)
        reach = find_reach(np.where(np.outer(enough, enough), covariance, 0))
        low[cluster], high[cluster] = limit_skewed_share(share[cluster], size, reach)
    return Curves(share, low, high)
