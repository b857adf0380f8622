"""Compare brands' new posts with those they had: whether a cluster's share of them moved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.insights.inference import BUDGET, adjust
from generator.insights.posting.ratios import fisher_exact, ratio_interval

#: A share is told if this many of the brand's new occasions were to be expected in the cluster had nothing moved. What
#: was expected says nothing of how it moved, so the intervals of what is told hold as often as those of all.
LEAST_NEW = 5

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class MovedShares:
    """Arrays (brands, clusters + 1), NaN for what is not told; nothing is told of the last column, the unclustered."""

    is_told: NDArray[np.bool_]
    ratio: Floats  # of the share of new occasions to that of the earlier ones
    low: Floats
    high: Floats
    p: Floats  # adjusted for all cells that could be compared, whether they are told or not


def compare_new_posts(earlier: Floats, fresh: Floats, runs: float = 1.0) -> MovedShares:
    """Compare occasions that brands had with those that are new, (brands, clusters + 1), the unclustered last.

    They are of different posts, so that the score interval for a ratio of independent proportions holds, and Fisher's
    exact test. A campaign is to be counted once on each side. As many as `runs` occasions say as much as one that is
    decided by itself (see `measure_runs`).
    """
    earlier, fresh = earlier / runs, fresh / runs
    all_earlier, all_fresh = (np.broadcast_to(t.sum(axis=1, keepdims=True), t.shape) for t in (earlier, fresh))
    compared = (all_earlier > 0) & (all_fresh > 0)
    compared[:, -1] = False
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = np.nan_to_num(all_fresh * (earlier + fresh) / (all_earlier + all_fresh))
        ratio = (fresh / all_fresh) / (earlier / all_earlier)
    is_told = compared & (expected >= LEAST_NEW)
    low, high, p = (np.full(earlier.shape, np.nan) for _ in range(3))
    if is_told.any():
        low[is_told], high[is_told] = ratio_interval(
            *(table[is_told] for table in (fresh, all_fresh, earlier, all_earlier))
        )
    if compared.any():
        p[compared] = fisher_exact(
            *(np.rint(table[compared]).astype(np.int64) for table in (fresh, all_fresh, earlier, all_earlier))
        )
    p = adjust(p.ravel(), BUDGET["changes"]).reshape(p.shape)
    return MovedShares(is_told, np.where(is_told, ratio, np.nan), low, high, p)
