"""How often a share that rises steadily over a year is found, by its size, beside what any test could find.

    python tests/bench/bench_power.py [--draws 40]

One brand of five posts a cluster twice as often at the end of the year as at its start; nothing else changes. Prints,
for each mean share and number of posts, how often that is found by cluster, and by territory if the cluster is one; and
how often the likelihood ratio's own limit would: the normal statistic of a trend in logits, sqrt(posts x share x
(1 - share) / 12) times the change of the logit, against the same level. No test of the same level can find it more
often than that. The last column says how often a page tells of it at all, if only as "perhaps": how often the change's
own interval leaves out 0.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit
from scipy.stats import norm

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from generator.insights.inference import LEVELS, SIGNIFICANT
from generator.insights.over_time.drift import measure_drift
from generator.insights.over_time.periods import TIME_BUDGET

SHARES, POSTS = (0.05, 0.15, 0.3, 0.5), (300, 1000, 3000)
#: Groups beside the rising one, of clusters and of territories.
_OTHERS = {"clusters": 29, "territories": 7}
_BRANDS, _YEAR = 5, 360.0


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--draws", type=int, default=40)
    draws = arguments.parse_args().draws
    print(f"{'posts':>8}{'share':>8}" + "".join(f"{level:>13}{'at most':>9}" for level in _OTHERS) + f"{'perhaps':>9}")
    for posts in POSTS:
        for share in SHARES:
            found = {level: _find(posts, share, level, draws) for level in _OTHERS}
            cells = (f"{found[level][0]:13.0%}{bound_power(posts, share, level):9.0%}" for level in _OTHERS)
            print(f"{posts:8}{share:8.0%}" + "".join(cells) + f"{found['clusters'][1]:9.0%}", flush=True)


def bound_power(posts: int, share: float, level: str) -> float:
    """Return the power of the best test of a trend from 2/3 to 4/3 of a share, at the level of one of equal cells."""
    change = logit(share * 4 / 3) - logit(share * 2 / 3)
    reached = change * np.sqrt(posts * share * (1 - share) / 12)
    # groups that are posted often get more of the budget: the brand's own share of a fifth of it
    chance = SIGNIFICANT * TIME_BUDGET["drift"] * LEVELS[level] * share / _BRANDS
    return float(norm.sf(norm.isf(chance / 2) - reached))


def _find(posts: int, share: float, level: str, draws: int) -> tuple[float, float]:
    """Return how often the rise is found, and how often its own interval leaves out 0."""
    found = perhaps = 0
    for seed in range(draws):
        brand, cluster, days = _draw(posts, share, _OTHERS[level], np.random.default_rng(seed))
        drifts = measure_drift(brand, cluster, days, part=LEVELS[level])
        found += any((drift.brand, drift.cluster) == (0, 0) for drift in drifts.findings)
        perhaps += bool(drifts.low[0, 0] > 0)
    return found / draws, perhaps / draws


def _draw(
    posts: int, share: float, others: int, random: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    brand = np.repeat(np.arange(_BRANDS), posts)
    time = random.random(len(brand))
    inside = random.random(len(brand)) < np.where(brand == 0, share * (2 / 3) * (1 + time), share)
    cluster = np.where(inside, 0, random.integers(1, others + 1, len(brand)))
    return brand, cluster, time * _YEAR


if __name__ == "__main__":
    main()
