"""Measure how different brands look: of as many images of each brand, whose lie nearest to whose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.insights.inference import BUDGET, CONFIDENCE, SIGNIFICANT, adjust
from generator.insights.likeness.equal_draws import Draws, draw_equally
from generator.insights.likeness.image_units import ImageUnits
from generator.insights.selection import adjust_for_selection

#: Part of the budget for looks that is spent on brands as they are; the rest is for how they change.
NOW = 0.6

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Distinctiveness:
    """Arrays of (brands,) and (brands, brands). All figures of brands `withheld`, and of their pairs, are NaN.

    Among brands of equal size, `ratio` is how many times as often as by chance the nearest image to a brand's is its
    own. `overlap` is the same for two brands' images as each other's nearest: symmetrical, `ratio` on its diagonal. No
    figure is larger than `most`.
    """

    images: NDArray[np.intp]  # different ones, a burst counted once
    ratio: Floats
    low: Floats
    high: Floats
    p: Floats  # of not being nearer to itself than by chance, adjusted for all brands and pairs
    withheld: NDArray[np.bool_]
    overlap: Floats
    overlap_low: Floats
    overlap_high: Floats
    overlap_p: Floats  # of not being nearer to each other than by chance, adjusted with `p`, which is on its diagonal
    picked: Floats  # overlap, and ratio on the diagonal, of what is nearer beyond chance, freed of the luck in that
    picked_low: Floats  # its interval; NaN for all else
    picked_high: Floats
    most: int  # the ratio of a brand like no other: the number of brands compared

    def rank_rivals(self, brand: int) -> list[int]:
        """Return the brands that `brand` can be compared with, those whose images overlap most with its own first."""
        order = np.argsort(-self.overlap[brand], kind="stable")
        return [int(rival) for rival in order if rival != brand and not np.isnan(self.overlap[brand, rival])]


def measure_distinctiveness(units: ImageUnits) -> Distinctiveness:
    """Measure all brands and pairs of brands by equal draws, with intervals."""
    draws = draw_equally(units)
    most = int((draws.compared > 0).sum())
    low, high, p = judge_shares(draws)
    upper = np.triu_indices(len(p))
    budget = BUDGET["looks"] * NOW
    adjusted = _mirror(upper, adjust(p[upper], budget))
    overlap, low, high = draws.share * most, low * most, high * most
    with np.errstate(divide="ignore"):
        logs = (np.log(overlap[upper]), np.log(low[upper]), np.log(high[upper]))
    # the test has one side
    shown = np.nan_to_num(adjusted[upper], nan=1) < SIGNIFICANT
    picked = adjust_for_selection(logs, 2 * p[upper], shown, 2 * budget)
    return Distinctiveness(
        images=units.sizes,
        ratio=overlap.diagonal().copy(),
        low=low.diagonal().copy(),
        high=high.diagonal().copy(),
        p=adjusted.diagonal().copy(),
        withheld=draws.compared == 0,
        overlap=overlap,
        overlap_low=low,
        overlap_high=high,
        overlap_p=adjusted,
        picked=_mirror(upper, np.exp(picked.estimate)),
        picked_low=_mirror(upper, np.exp(picked.low)),
        picked_high=_mirror(upper, np.minimum(np.exp(picked.high), most)),
        most=most,
    )


def _mirror(upper: tuple[NDArray[np.intp], NDArray[np.intp]], values: Floats) -> Floats:
    """Return the symmetrical matrix of which `values` are the triangle above the diagonal, and the diagonal."""
    size = int(upper[0].max(initial=-1)) + 1
    matrix = np.full((size, size), np.nan)
    matrix[upper] = matrix[upper[::-1]] = values
    return matrix


def judge_shares(draws: Draws) -> tuple[Floats, Floats, Floats]:
    """Return the ends of the shares' intervals, and p of a share no larger than by chance; (brands, brands) each.

    They are those of a binomial share of as many independent images as would vary as much, fewer by as much as
    Student's t is wider than a normal (Korn, E. L. & Graubard, B. I. 1998, Survey Methodology 24, 193-201), with
    Jeffreys's prior. One more image, nearest to each brand's by chance, is allowed for, so a share of 0 or 1 has an
    interval too. A share that is small by chance seems to vary little too, so that of many brands with few images each
    such intervals would be too narrow: that number of images is drawn half-way (by the harmonic mean) to what it is in
    all brands, or in all pairs, for each image compared.
    """
    from scipy.special import betainc, betaincinv
    from scipy.stats import norm, t

    count = np.minimum.outer(draws.compared, draws.compared)
    chance = 1 / max(int((draws.compared > 0).sum()), 1)
    tail = (1 - CONFIDENCE) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (count * draws.share + chance) / (count + 1)
        variance = draws.variance + np.square((draws.share - chance) / (count + 1))
        size = _draw_to_all(share * (1 - share), variance, count)
        size *= np.square(norm.isf(tail) / t.isf(tail, count - 1))
        hits, misses = share * size + 0.5, (1 - share) * size + 0.5
        low, high = betaincinv(hits, misses, tail), betaincinv(hits, misses, 1 - tail)
        p = betainc(hits, misses, chance)
    if chance == 1:
        return draws.share, draws.share, np.where(np.isnan(draws.share), np.nan, 1.0)
    return np.minimum(low, draws.share), np.maximum(high, draws.share), p


def _draw_to_all(of_one: Floats, variance: Floats, count: NDArray[np.intp]) -> Floats:
    """Return how many images would vary as much, if one varies `of_one`; all are (brands, brands), NaN if withheld.

    It is the harmonic mean of each one's own number and of what `count` images are worth in all brands, on the
    diagonal, or in all pairs.
    """
    size = of_one / variance
    own = np.eye(len(size), dtype=bool)
    for alike in (own, ~own):
        part = alike & ~np.isnan(size)
        of_all = count[part] * of_one[part].sum() / (variance[part] * count[part]).sum()
        size[part] = 2 / (1 / size[part] + 1 / of_all)
    return size
