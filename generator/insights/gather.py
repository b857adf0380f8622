"""All the insights of one report."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.insights.shares import Shares, measure_shares
from generator.insights.white_space import OwnGround, WhiteSpace, find_own_ground, find_white_space


@dataclass(frozen=True, slots=True, eq=False)
class Insights:
    """What can be said of brands that are compared. Brands and clusters are positions in the report."""

    shares: Shares
    white_space: tuple[WhiteSpace, ...]
    own_ground: tuple[OwnGround, ...]


def find_insights(brand: NDArray[np.int64], cluster: NDArray[np.int64]) -> Insights | None:
    """The insights of aligned columns, (n,) each; None where there are not two brands, or no cluster."""
    if brand.max(initial=0) < 1 or cluster.max(initial=-1) < 0:
        return None
    shares = measure_shares(brand, cluster)
    return Insights(shares, find_white_space(shares), find_own_ground(shares))
