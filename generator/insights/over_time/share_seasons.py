"""Compare what brands post with what they posted in the same months of the year before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.insights.inference import SIGNIFICANT, adjust
from generator.insights.over_time.moves import LEAST_OCCASIONS, Bools
from generator.insights.over_time.periods import TIME_BUDGET, Ints, find_months, gather_occasions, start_months
from generator.insights.proportions import find_quantile
from generator.insights.ranks import Floats, two_sided


@dataclass(frozen=True, slots=True, eq=False)
class ShareSeasons:
    """Arrays of (brands, clusters): shares of occasions in the last year against the same months of the year before.

    An occasion is a post by itself, or a burst's posts in one cluster.
    """

    starts: Floats  # (months,) first days, since 1970, of the last year's months that some brand posted in both years
    now: Ints  # occasions in months that the brand posted in both years
    before: Ints
    ratio: Floats  # of the share now and before, months compared with their like; NaN if withheld
    low: Floats
    high: Floats
    p: Floats  # of equal shares, adjusted for all cells
    withheld: Bools
    marked: Bools


def compare_share_seasons(
    brand: Ints,
    cluster: Ints,
    days: Floats,
    burst: Ints | None = None,
    part: float = 1.0,
    clusters: int | None = None,
    runs: float = 1.0,
) -> ShareSeasons | None:
    """Compare aligned arrays (n,): `cluster` -1 for the unclustered, `days` since 1970, NaN without a date.

    Posts with one code of `burst` are one occasion; None: every post is one. `part` is that of the family's chance of a
    false finding that may be used here; `clusters` their number, if the last may be empty; as many as `runs` occasions
    say as much as one by itself. Return None if no brand posted in one month of two years. Months are strata: the ratio
    is that of Mantel and Haenszel. Its interval holds every ratio r for which R - r S, the difference that the ratio
    makes 0, lies within its error, with the variance of Greenland, S. & Robins, J. M. (1985), Estimation of a common
    effect parameter from sparse follow-up data, Biometrics 41, 55-68. Their own interval, symmetric in logarithms, is
    too wide for few posts. Sato, T. (1990), Confidence limits for the common odds ratio based on the asymptotic
    distribution of the Mantel-Haenszel estimator, Biometrics 46, 71-80, finds limits of odds ratios so. p is that of
    Mantel, N. & Haenszel, W. (1959), Statistical aspects of the analysis of data from retrospective studies of disease,
    J. Natl. Cancer Inst. 22, 719-748, with their correction for continuity.
    """
    occasions = gather_occasions(brand, cluster, days, burst)
    clusters = int(cluster.max(initial=-1)) + 1 if clusters is None else clusters
    brands = int(brand.max(initial=-1)) + 1
    if not len(occasions.days) or not clusters:
        return None
    month = find_months(occasions.days)
    age = int(month.max()) - month
    kept = age < 24
    place = (age[kept] // 12, occasions.brand[kept], np.where(occasions.cluster < 0, clusters, occasions.cluster)[kept])
    counts = np.zeros((2, brands, clusters + 1, 12))
    np.add.at(counts, (*place, 11 - age[kept] % 12), 1)
    all_posts = counts.sum(axis=2, keepdims=True)
    both = (all_posts > 0).all(axis=0)[:, 0]  # (brands, 12)
    if not both.any():
        return None
    inside = counts[:, :, :clusters] * both[:, None]
    ratio, low, high, p = _compare(inside, all_posts * both[:, None], runs)
    now, before = (np.asarray(values, np.int64) for values in inside.sum(axis=-1))
    withheld = (now + before < LEAST_OCCASIONS) | np.isnan(p)
    for values in (ratio, low, high, p):
        values[withheld] = np.nan
    adjusted = adjust(p.ravel(), TIME_BUDGET["seasons"] * part).reshape(p.shape)
    starts = start_months(int(month.max()) - 11 + np.flatnonzero(both.any(axis=0)))
    marked = np.nan_to_num(adjusted, nan=1) < SIGNIFICANT
    return ShareSeasons(starts, now, before, ratio, low, high, adjusted, withheld, marked)


def _compare(inside: Floats, total: Floats, runs: float = 1.0) -> tuple[Floats, Floats, Floats, Floats]:
    """Return ratios, both ends and p, (brands, clusters), of counts (2, brands, clusters, months) of `total` ones."""
    (one, two), (of_one, of_two) = inside, total
    everything = of_one + of_two
    together = one + two
    with np.errstate(divide="ignore", invalid="ignore"):
        above, below = (np.nan_to_num(x * n / everything).sum(axis=-1) for x, n in ((one, of_two), (two, of_one)))
        spread = np.nan_to_num((of_one * of_two * together - one * two * everything) / everything**2).sum(axis=-1)
        ratio = above / below
        # R - r S has the variance r V: both ends are the roots of (R - r S)^2 = z^2 r V
        square = find_quantile() ** 2 * spread * runs
        half = square / 2 + above * below
        root = np.sqrt(half**2 - (above * below) ** 2)
        low, high = above**2 / (half + root), (half + root) / below**2
        expected = np.nan_to_num(of_one * together / everything).sum(axis=-1)
        variance = of_one * of_two * together * (everything - together) / (everything**2 * (everything - 1))
        variance = np.nan_to_num(variance).sum(axis=-1) * runs
        distance = np.maximum(np.abs(one.sum(axis=-1) - expected) - 0.5, 0)
        p = np.where(variance > 0, two_sided(distance / np.sqrt(variance)), np.nan)
    return ratio, low, high, p
