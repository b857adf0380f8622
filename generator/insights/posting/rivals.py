"""Find what a brand's typical rival does: the median of the rivals' rates, and how exactly it is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Draws that tell how exactly a median is known, and what they start from.
_DRAWS, _SEED = 100, 0
#: A rival of so many occasions is half-way between those that tell much of themselves and those that tell little.
_FEW = 20.0

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Typical:
    """Arrays (c,): the median of rivals' rates in each of c cells, and how exactly it is known."""

    rate: Floats
    size: Floats  # the true rate's error is that of a share of so many independent occasions
    rates: Floats  # (m, c) each rival's own, drawn to what rivals have in common


def find_typical(counts: NDArray[np.integer] | Floats, totals: NDArray[np.integer] | Floats) -> Typical:
    """Return the median of m rivals' rates from their counts (m, c) of their totals (m,), which are all above 0.

    A rival of few occasions says little by itself, so rates are drawn to what is usual, the more the less they differ
    beyond chance (empirical Bayes: Kleinman, J. C. (1973), Proportions with extraneous variance, JASA 68, 46-54). What
    is usual is the median of the beta distribution that has their mean and spread: a few rivals that post far more of
    something raise the mean, and one that says nothing itself is no nearer to those. If rates do not differ, the median
    is the share of all rivals together. If they do, a giant moves it no more than any other rival does. Its error is
    found by drawing rates from what is known of them, on the scale of arcsines.
    """
    n = totals[:, None].astype(np.float64)
    rivals, everything = len(totals), float(totals.sum())
    rate = counts / n
    mean = counts.sum(axis=0) / everything
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.nan_to_num((n * (rate - mean) ** 2).sum(axis=0) / (mean * (1 - mean)))
    # how alike two occasions of one rival are: the intraclass correlation, by moments
    excess = everything - float((n**2).sum()) / everything - (rivals - 1)
    alike = np.clip((spread - (rivals - 1)) / max(excess, 1e-9), 0, 0.999) if rivals > 1 else np.zeros(len(mean))
    weight = n / (1 + (n - 1) * alike)
    mean = (weight * rate).sum(axis=0) / weight.sum(axis=0)
    own = alike * weight  # the part of a rival's rate that is its own
    rates = own * rate + (1 - own) * _find_usual(mean, alike)
    # of rivals with few occasions it matters how alike these are, so it is allowed for that they may be more alike
    unsure = np.sqrt(2 * (rivals - 1)) / max(excess, 1e-9)
    surely = np.minimum(alike + unsure * _FEW / (_FEW + n), 0.999)

    generator = np.random.default_rng(_SEED)
    drawn = generator.standard_normal((_DRAWS // 2, rivals + 1))
    drawn = np.concatenate([drawn, -drawn])
    drawn /= np.sqrt((drawn**2).mean(axis=0))
    with np.errstate(divide="ignore"):
        error = 0.5 / np.sqrt(n + 1 / surely - 1)
    common = 0.5 / np.sqrt(weight.sum(axis=0))
    angles = np.arcsin(np.sqrt(np.clip(rates, 0, 1)))
    moved = drawn[:, :-1, None] * error + drawn[:, -1:, None] * ((1 - own) * common)
    medians = np.median(angles + moved, axis=1) - np.median(angles, axis=0)
    return Typical(np.median(rates, axis=0), 0.25 / (medians**2).mean(axis=0), rates)


def _find_usual(mean: Floats, alike: Floats) -> Floats:
    """Return the medians of beta distributions of a `mean` and an intraclass correlation, (c,) each; `mean` if 0.

    They are no less than a tenth of the mean: how skewed rates are is not known so well.
    """
    from scipy.special import betaincinv

    drawn = (alike > 0) & (mean > 0) & (mean < 1)
    prior = 1 / np.where(drawn, alike, 0.5) - 1
    middle = np.where(drawn, mean, 0.5)
    return np.where(drawn, np.maximum(betaincinv(middle * prior, (1 - middle) * prior, 0.5), mean / 10), mean)
