"""Measure whether a brand's occasions come in runs: posts of one theme after another that no burst puts together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

#: Occasions are compared with so many that follow, beyond what they have in common with those so far away: what comes
#: and goes more slowly is a change, and no run.
_NEAR, _FAR = 8, range(16, 40, 3)
#: Brands with fewer occasions are left out.
_LEAST = 40
#: If runs exceed chance by so many standard errors, one is added: too low an estimate makes intervals too narrow, and
#: where runs are joined to bursts in part, what is left of them is less like runs.
_SURE = 1.5

Floats = NDArray[np.float64]
Values = NDArray[np.integer] | NDArray[np.bool_] | Floats


def measure_runs(brand: NDArray[np.integer], values: Values, days: Floats) -> float:
    """Return how many occasions say as much about shares as one would if each were decided by itself, 1 or more.

    `brand` (o,) and `days` (o,), NaN without a date, are of occasions; `values` are their clusters (o,), or which terms
    they show (o, terms). The variance of a share grows by 1 + 2 (r1 + r2 + ...), r being the correlations of occasions
    with the next, the one after and so on (Bayley, G. V. & Hammersley, J. M. (1946), The "effective" number of
    independent observations in an autocorrelated time series, Supplement to the J. R. Statist. Soc. 8, 184-197). It is
    one for all brands and clusters, since a few occasions say little of it; and 1 if there are no more runs than by
    chance.
    """
    if values.ndim == 2 and values.sum(axis=1).max(initial=0) <= 1:
        values = np.where(values.any(axis=1), values.argmax(axis=1), -1) if values.shape[1] else np.zeros(len(values))
    alike, pairs, chance = np.zeros(_NEAR), np.zeros(_NEAR), np.zeros(_NEAR)
    for position in np.unique(brand):
        own = np.flatnonzero((brand == position) & np.isfinite(days))
        if len(own) < _LEAST:
            continue
        series = values[own[np.argsort(days[own], kind="stable")]]
        far = np.concatenate([_match(series, lag) for lag in _FAR if lag < len(own)])
        usual, varied = float(far.mean()), float(far.var())
        most = 1.0 if series.ndim == 1 else float((np.asarray(series, np.float64) ** 2).sum(axis=1).mean())
        if most - usual <= 1e-9:
            continue
        for lag in range(1, _NEAR + 1):
            matches = _match(series, lag)
            alike[lag - 1] += (matches.sum() - usual * len(matches)) / (most - usual)
            pairs[lag - 1] += len(matches)
            chance[lag - 1] += varied * len(matches) / (most - usual) ** 2
    if not chance.any():
        return 1.0
    alike, chance = alike / pairs, chance / pairs**2
    used = _count_positive(alike)
    runs, error = float(alike[:used].sum()), float(np.sqrt(chance[:used].sum()))
    return max(1 + 2 * (runs + (error if runs > _SURE * error else 0)), 1.0)


def _count_positive(correlation: Floats) -> int:
    """Return how many of the first correlations to add up: pairs of them as long as each pair's sum is above 0.

    Later ones are mostly chance. Geyer, C. J. (1992), Practical Markov chain Monte Carlo, Statistical Science 7,
    473-483: the initial positive sequence.
    """
    used = 1
    while used + 1 < len(correlation) and min(correlation[:used].sum(), correlation[used : used + 2].sum()) > 0:
        used += 2
    return used


def _match(series: Values, lag: int) -> Floats:
    """Return how much each occasion has in common with the one so many later."""
    one, two = series[:-lag], series[lag:]
    if series.ndim == 1:
        return np.asarray(one == two, np.float64)
    return np.asarray(np.einsum("ok,ok->o", one, two, dtype=np.float64), np.float64)
