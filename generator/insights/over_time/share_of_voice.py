"""Measure which part of each cluster's posts every brand holds, quarter by quarter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.insights.inference import CONFIDENCE
from generator.insights.over_time.periods import Ints, find_months, gather_occasions, start_months
from generator.insights.proportions import limit_skewed_share
from generator.insights.ranks import Floats

#: Shares of fewer independent posts of a cluster and quarter than this are withheld.
LEAST_SIZE = 5
#: Draws that find how far limits must lie, and what they start from. Numbers of posts are rounded by steps of their
#: logarithm, and more than the most need no others.
_DRAWS, _SEED, _STEP, _MOST_SIZE = 1000, 0, 0.1, 300


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

    def find_leaders(self, cluster: int, quarter: int) -> list[int]:
        """Return the brands with the most posts of a cluster in a quarter: more than one if they have as many."""
        posts = self.posts[cluster, quarter]
        return np.flatnonzero(posts == posts.max()).tolist()


def measure_share_of_voice(
    brand: Ints,
    cluster: Ints,
    days: Floats,
    burst: Ints | None = None,
    clusters: int | None = None,
    runs: float = 1.0,
) -> ShareOfVoice | None:
    """Measure aligned arrays (n,): `cluster` -1 for the unclustered, `days` since 1970, NaN without a date.

    Posts with one code of `burst` are one decision; None: every post is one. `clusters` is their number, if the last
    may be empty; as many as `runs` decisions say as much as one by itself. Return None if no post has a date. The
    intervals hold for all brands of a cluster and quarter at once (see `_find_reach`). They are Jeffreys', for as many
    posts as would be as sure if there were no bursts: the square of the posts' number over the sum of the squares of
    the bursts' sizes (Kish 1965; Korn & Graubard 1998). A brand's own bursts may be larger than others', or smaller,
    but are few; so its size is the harmonic mean of that of all and of its own.
    """
    dated = np.isfinite(days)
    if not dated.any():
        return None
    # a burst over the end of a quarter is one decision in each, so that posts are counted where they lie
    code = np.arange(len(brand)) if burst is None else burst
    of_post = np.where(dated, find_months(np.where(dated, days, 0)) // 3, -1)
    code = np.unique(np.stack([code, of_post]), axis=1, return_inverse=True)[1].ravel()
    occasions = gather_occasions(brand, cluster, days, code)
    clusters = int(cluster.max(initial=-1)) + 1 if clusters is None else clusters
    brands = int(brand.max()) + 1
    quarter = find_months(occasions.days) // 3
    first, last = int(quarter.min()), int(quarter.max())
    shape = (clusters + 1, last - first + 1, brands)
    cell = (np.where(occasions.cluster < 0, clusters, occasions.cluster), quarter - first, occasions.brand)
    posts, squares = np.zeros(shape, np.int64), np.zeros(shape)
    np.add.at(posts, cell, occasions.posts)
    np.add.at(squares, cell, occasions.posts.astype(np.float64) ** 2)
    total, all_squares = posts.sum(axis=2).astype(np.float64), squares.sum(axis=2)
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.where(total > 0, total**2 / all_squares / runs, 0)
        share = posts / total[..., None]
        # of a ratio, linearised (Kish 1965)
        spread = squares * (1 - share) ** 2 + (all_squares[..., None] - squares) * share**2
        own_size = np.where(spread > 0, share * (1 - share) * total[..., None] ** 2 / spread / runs, size[..., None])
        between = 2 / (1 / size[..., None] + 1 / own_size)
    reach = _find_reach(size, posts.sum(axis=(0, 1)) / posts.sum())
    low, high = limit_skewed_share(share, between, reach[..., None])
    withheld = size < LEAST_SIZE
    for values in (share, low, high):
        values[withheld] = np.nan
    starts = start_months(3 * np.arange(first, last + 1))
    return ShareOfVoice(starts, posts, share, low, high, size, withheld)


def _find_reach(size: Floats, share: Floats) -> Floats:
    """Return how many standard errors away limits must lie to hold for all brands at once, by the posts' number `size`.

    An equal part of the error for each brand (Goodman, L. A. (1965), On simultaneous confidence intervals for
    multinomial proportions, Technometrics 7, 247-254) makes limits of few posts too wide, since counts are whole. So
    posts are drawn for brands that have a `share` (brands,) of each, and limits of every reach are tried on them, as
    bands of curves are (see `find_reach`). Of reaches with which too many and too few draws hold, it is the one
    between, as with mid-p values (Lancaster, H. O. (1961), Significance tests in discrete distributions, JASA 56,
    223-234).
    """
    step = np.round(np.log(np.clip(size, LEAST_SIZE, _MOST_SIZE)) / _STEP)
    steps, place = np.unique(step, return_inverse=True)
    found = np.array([_draw_reach(round(np.exp(each * _STEP)), share) for each in steps])
    return np.asarray(found[place].reshape(size.shape))


def _draw_reach(posts: int, share: Floats) -> float:
    from scipy.special import betainc, ndtri

    drawn = np.random.default_rng(_SEED).multinomial(posts, share, _DRAWS).astype(np.float64)
    below = betainc(drawn + 0.5, posts - drawn + 0.5, share)
    # without a post, or with all of them, the limits are others: see `limit_skewed_share`
    below = np.where(drawn <= 0, 1 - (1 - share) ** posts / 2, np.where(drawn >= posts, share**posts / 2, below))
    tail = np.minimum(below, 1 - below).min(axis=1)
    values, times = np.unique(np.round(tail, 12), return_counts=True)
    return float(-ndtri(np.interp(1 - CONFIDENCE, (np.cumsum(times) - times / 2) / _DRAWS, values)))
