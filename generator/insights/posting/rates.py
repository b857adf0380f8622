"""Set a brand's rates beside those of its median rival: in all posts together, or category by category."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.insights.posting.held import Strata
from generator.insights.posting.rivals import find_typical
from generator.insights.proportions import average_shares, size_mean

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Rates:
    """What a brand and its median rival post in each of c cells. Arrays are (c,), or (brands, c) for all brands."""

    count: Floats  # the brand's rate is count / of, as sure as so many independent occasions are; 0 / 0 without any
    of: Floats
    of_if_equal: Floats  # the same, if the brand posted as its median rival does: what a test of that asks
    typical: Floats  # the median rival's rate, NaN without rivals
    typical_of: Floats  # so many occasions know it as exactly, 0 without rivals
    in_its_mix: Floats  # the median rival's rate, if it had the brand's own mix of categories
    all_brands: Floats  # the rate of all brands together, the brand among them


def compare_all(strata: Strata) -> Rates:
    """Compare each brand with all others: arrays (brands, c)."""
    brands = range(strata.totals.shape[1])
    cells = np.arange(strata.occasions.shape[2])
    rows = [compare_rates(strata, brand, list_rivals(strata, brand), cells) for brand in brands]
    if not rows:
        return Rates(*(np.zeros(strata.occasions.shape[1:]) for _ in range(7)))
    return Rates(*(np.stack([getattr(row, name) for row in rows]) for name in Rates.__slots__))


def list_rivals(strata: Strata, brand: int) -> NDArray[np.intp]:
    """Return the brands other than `brand` that have an occasion."""
    totals = strata.totals.sum(axis=0)
    return np.flatnonzero((totals > 0) & (np.arange(len(totals)) != brand))


def compare_rates(strata: Strata, brand: int, rivals: NDArray[np.intp], cells: NDArray[np.intp]) -> Rates:
    """Compare a brand with `rivals` in `cells`, within each category; one category is all posts together.

    In each category in which it is compared, the brand's rate is set beside that of its median rival there. Both are
    then put together with the same weights, those of the common mix: direct standardisation. So brands that post in
    other categories differ by what they post there, and not by where they post. How sure a mean is follows from its
    variance (Korn & Graubard, 1998).
    Fleiss, J. L., Levin, B. & Paik, M. C. (2003), Statistical Methods for Rates and Proportions, 3rd ed., chapter 19.
    """
    used = np.flatnonzero(strata.compared[:, brand] & (strata.totals[:, rivals].sum(axis=1) > 0))
    count, total = strata.occasions[used, brand][:, cells].astype(np.float64), strata.totals[used, brand]
    none = np.zeros(len(cells))
    if not len(used):
        # nothing to compare with: the brand's own rate alone, of the categories that it has
        whole = strata.compared[:, brand]
        own = strata.occasions[whole, brand][:, cells].sum(axis=0).astype(np.float64)
        of = np.full(len(cells), float(strata.totals[whole, brand].sum()))
        return Rates(
            own, of, of, np.full(len(cells), np.nan), none, np.full(len(cells), np.nan), own / np.maximum(of, 1)
        )
    typical, size = _find_medians(strata, used, rivals, cells)
    together = strata.occasions[used][:, :, cells].sum(axis=1) / strata.totals[used].sum(axis=1)[:, None]
    part = strata.mix[used] / strata.mix[used].sum()
    if len(used) == 1:  # nothing to put together, and nothing to round
        of = np.full(len(cells), float(total[0]))
        return Rates(count[0], of, of, typical[0], size[0], typical[0], together[0])
    parts = np.broadcast_to(part[:, None], count.shape)
    totals = np.broadcast_to(total[:, None].astype(np.float64), count.shape)
    rate, of = average_shares(count, totals, parts)
    rival, rival_of = _put_together(typical, size, part)
    # a rate of 0 has a variance too: drawn to the mean as in average_shares
    expected = (typical * totals + 2 * rival) / (totals + 2)
    own_mix = total / max(total.sum(), 1)
    return Rates(rate * of, of, size_mean(expected, totals, parts), rival, rival_of, own_mix @ typical, part @ together)


def find_median(strata: Strata, brands: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Return the median of the rates of `brands` in each cell (c,), and so many occasions that know it as exactly."""
    used = np.flatnonzero(strata.compared[:, brands].any(axis=1) & (strata.mix > 0))
    cells = strata.occasions.shape[2]
    if not len(used):
        return np.full(cells, np.nan), np.zeros(cells)
    median, size = _find_medians(strata, used, brands, np.arange(cells))
    return _put_together(median, size, strata.mix[used] / strata.mix[used].sum())


def _find_medians(
    strata: Strata, used: NDArray[np.intp], brands: NDArray[np.intp], cells: NDArray[np.intp]
) -> tuple[Floats, Floats]:
    """Return the median rate of those brands that are in each of the categories `used`, and its size: (used, c)."""
    median, size = np.empty((len(used), len(cells))), np.empty((len(used), len(cells)))
    for row, category in enumerate(used.tolist()):
        there = brands[strata.totals[category, brands] > 0]
        found = find_typical(strata.occasions[category][np.ix_(there, cells)], strata.totals[category, there])
        median[row], size[row] = found.rate, found.size
    return median, size


def _put_together(rate: Floats, size: Floats, part: Floats) -> tuple[Floats, Floats]:
    """Return the mean of rates (k, c) by the weights `part` (k,), and so many occasions that know it as exactly."""
    if len(rate) == 1:
        return rate[0], size[0]
    return average_shares(rate * size, size, np.broadcast_to(part[:, None], rate.shape))
