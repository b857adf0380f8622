"""Count posts by month or quarter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from generator.insights.ranks import Floats

#: Longer spans, in months, are counted in quarters.
_MOST_MONTHS = 24

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Periods:
    """Posts by brand, cluster and calendar period in UTC, from the first dated post's period to the last one's."""

    unit: Literal["month", "quarter"]
    starts: Floats  # (periods,) days since 1970
    counts: Ints  # (brands, clusters + 1, periods); the unclustered last


def count_periods(brand: Ints, cluster: Ints, days: Floats, shape: tuple[int, int]) -> Periods:
    """Count the posts of aligned arrays (n,), all dated; `shape` is (brands, clusters)."""
    brands, clusters = shape
    if not len(days):
        return Periods("month", np.zeros(0), np.zeros((brands, clusters + 1, 0), np.int64))
    month = np.floor(days).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    size = 1 if month.max() - month.min() < _MOST_MONTHS else 3
    period = month // size
    first, last = int(period.min()), int(period.max())
    months = np.arange(first, last + 1) * size
    starts = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.float64)
    column = np.where(cluster < 0, clusters, cluster)
    cell = (brand * (clusters + 1) + column) * len(starts) + period - first
    counts = np.bincount(cell, minlength=brands * (clusters + 1) * len(starts))
    shaped = counts.reshape(brands, clusters + 1, len(starts)).astype(np.int64)
    return Periods("month" if size == 1 else "quarter", starts, shaped)
