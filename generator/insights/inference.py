"""What the insights share of statistical inference."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Of all intervals.
CONFIDENCE = 0.95
#: Adjusted p-values below this are findings.
SIGNIFICANT = 0.05


def adjust(p_values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Holm's p-values: those below 0.05 hold together with at most a 5 % chance of a single false one.

    NaN, for comparisons that could not be made, stays NaN and counts for nothing.
    Holm, S. (1979), A simple sequentially rejective multiple test procedure, Scand. J. Statist. 6, 65-70.
    """
    p_values = np.asarray(p_values, dtype=np.float64)
    adjusted = np.full(p_values.shape, np.nan)
    known = np.flatnonzero(~np.isnan(p_values))
    order = known[np.argsort(p_values[known], kind="stable")]
    factors = len(order) - np.arange(len(order))
    adjusted[order] = np.minimum(np.maximum.accumulate(p_values[order] * factors), 1.0)
    return adjusted
