"""Statistical inference that the insights share."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Confidence of all intervals.
CONFIDENCE = 0.95
#: Adjusted p-values below this are findings.
SIGNIFICANT = 0.05
#: The part of the report's chance of a false finding that each family of comparisons may use. They add up to 1, so that
#: the chance of any false mark or headline in a whole report is at most 5 % (Bonferroni's inequality).
BUDGET = {
    **{"shares": 0.2, "tags": 0.05, "likes": 0.2, "comments": 0.05, "drift": 0.2, "looks": 0.25},
    "changes": 0.05,  # since an earlier report
}
#: How comparisons by cluster and by territory divide each family's part, where a report has both. Territories are a
#: tenth as many, so that a fourth of it is plenty for them; clusters need p a fourth smaller, which costs little power.
LEVELS = {"clusters": 0.75, "territories": 0.25}


def adjust(
    p_values: NDArray[np.float64], budget: float = 1.0, weight: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Adjust p-values by Holm's method: the chance that any of those below 0.05 is false is at most 5 % x `budget`.

    NaN, for comparisons that could not be made, stays NaN and is not counted. `weight`, above 0, shares the budget out;
    it must not depend on what is tested. Holm, S. (1979), A simple sequentially rejective multiple test procedure,
    Scand. J. Statist. 6, 65-70, who gives the method with weights too.
    """
    p_values = np.asarray(p_values, dtype=np.float64)
    weight = np.ones(p_values.shape) if weight is None else weight
    adjusted = np.full(p_values.shape, np.nan)
    known = np.flatnonzero(~np.isnan(p_values))
    order = known[np.argsort(p_values[known] / weight[known], kind="stable")]
    left = np.cumsum(weight[order][::-1])[::-1]  # of this comparison and all with a larger p
    adjusted[order] = np.minimum(np.maximum.accumulate(p_values[order] / weight[order] * left / budget), 1.0)
    return adjusted
