"""All the insights of one report."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.insights.drift import Drifts, measure_drift
from generator.insights.engagement import Engagement, measure_engagement
from generator.insights.shares import Shares, measure_shares
from generator.insights.white_space import OwnGround, WhiteSpace, find_own_ground, find_white_space


@dataclass(frozen=True, slots=True, eq=False)
class Insights:
    """What can be said of brands that are compared. Brands and clusters are positions in the report."""

    shares: Shares
    white_space: tuple[WhiteSpace, ...]
    own_ground: tuple[OwnGround, ...]
    engagement: Engagement | None  # None where no post shows its likes
    drift: Drifts | None  # None where no post has a date


def find_insights(
    brand: NDArray[np.int64], cluster: NDArray[np.int64], likes: NDArray[np.float64], days: NDArray[np.float64]
) -> Insights | None:
    """The insights of aligned columns, (n,) each, `likes` NaN where not shown, `days` since 1970.

    None where there are not two brands, or no cluster.
    """
    if brand.max(initial=0) < 1 or cluster.max(initial=-1) < 0:
        return None
    shares = measure_shares(brand, cluster)
    return Insights(
        shares=shares,
        white_space=find_white_space(shares),
        own_ground=find_own_ground(shares),
        engagement=None if np.isnan(likes).all() else measure_engagement(brand, cluster, likes),
        drift=None if np.isnan(days).all() else measure_drift(brand, cluster, days),
    )
