"""Measure which part of each cluster's posts every brand holds, quarter by quarter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.insights.inference import CONFIDENCE
from generator.insights.over_time.periods import Ints, find_months, gather_occasions, start_months
from generator.insights.ranks import Floats

#: Shares of fewer independent posts of a cluster and quarter than this are withheld.
LEAST_SIZE = 5


@dataclass(frozen=True, slots=True, eq=False)
class ShareOfVoice:
    """Arrays of (clusters + 1, quarters, brands), the unclustered last; NaN for shares that are withheld."""

    starts: Floats  # (quarters,) days since 1970, in UTC
    posts: Ints  # with a date
    share: Floats  # of the cluster's posts in the quarter
    low: Floats  # ends that hold for all brands of a cluster and quarter together
    high: Floats
    size: Floats  # (clusters + 1, quarters) as many independent posts would be as sure
    withheld: NDArray[np.bool_]  # (clusters + 1, quarters)


def measure_share_of_voice(brand: Ints, cluster: Ints, days: Floats, burst: Ints | None = None) -> ShareOfVoice | None:
    """Measure aligned arrays (n,): `cluster` -1 for the unclustered, `days` since 1970, NaN without a date.

    Posts with one code of `burst` are one decision; None: every post is one. Return None if no post has a date. The
    intervals hold for all brands of a cluster and quarter at once, each at its part of the error (Goodman, L. A.
    (1965), On simultaneous confidence intervals for multinomial proportions, Technometrics 7, 247-254). Goodman's score
    limits fail for brands with a post or two, so the limits are exact ones (Clopper & Pearson 1934), for as many posts
    as would be as sure if there were no bursts: the square of the posts' number over the sum of the squares of the
    bursts' sizes (Kish 1965; Korn & Graubard 1998).
    """
    from scipy.special import betaincinv

    dated = np.isfinite(days)
    if not dated.any():
        return None
    # a burst over the end of a quarter is one decision in each, so that posts are counted where they lie
    code = np.arange(len(brand)) if burst is None else burst
    of_post = np.where(dated, find_months(np.where(dated, days, 0)) // 3, -1)
    code = np.unique(np.stack([code, of_post]), axis=1, return_inverse=True)[1].ravel()
    occasions = gather_occasions(brand, cluster, days, code)
    brands, clusters = int(brand.max()) + 1, int(cluster.max(initial=-1)) + 1
    quarter = find_months(occasions.days) // 3
    first, last = int(quarter.min()), int(quarter.max())
    shape = (clusters + 1, last - first + 1, brands)
    cell = (np.where(occasions.cluster < 0, clusters, occasions.cluster), quarter - first, occasions.brand)
    posts, squares = np.zeros(shape, np.int64), np.zeros(shape[:2])
    np.add.at(posts, cell, occasions.posts)
    np.add.at(squares, cell[:2], occasions.posts.astype(np.float64) ** 2)
    total = posts.sum(axis=2).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.where(total > 0, total**2 / squares, 0)
        share = posts / total[..., None]
    # every brand of the report could have posted
    tail = (1 - CONFIDENCE) / brands / 2
    inside, outside = share * size[..., None], (1 - share) * size[..., None]
    low = np.where(inside > 0, betaincinv(inside, outside + 1, tail), 0.0)
    high = np.where(outside > 0, betaincinv(inside + 1, outside, 1 - tail), 1.0)
    withheld = size < LEAST_SIZE
    for values in (share, low, high):
        values[withheld] = np.nan
    starts = start_months(3 * np.arange(first, last + 1))
    return ShareOfVoice(starts, posts, share, low, high, size, withheld)
