"""Coverage of shares over the median rival's, where every brand posts another mix, and of those that are marked.

Each brand posts each cluster more or less often than usual, by a factor whose logarithm has a standard deviation of
0.8. A mark is false if the brand is on the other side of its median rival.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from generator.insights.bursts import find_bursts
from generator.insights.over_time.drift import measure_drift
from generator.insights.posting.shares import measure_shares
from tests.bench.coverage_rows import Row, pool, tell
from tests.support.simulated_posts import Simulation, draw_posts

_DIFFER = 0.8


def plant(simulation: Simulation) -> Simulation:
    return simulation


def measure(simulation: Simulation, seeds: Sequence[int]) -> Row:
    covered, shown, false = [], [], 0
    brands = len(simulation.posts)
    for seed in seeds:
        times = np.exp(np.random.default_rng([seed, 4]).normal(0, _DIFFER, (brands, simulation.clusters)))
        drawn = draw_posts(replace(simulation, shares=dict(np.ndenumerate(times))), seed)
        burst = find_bursts(drawn.brand, drawn.cluster, drawn.days, drawn.features, drawn.near, drawn.image)
        runs = measure_drift(drawn.brand, drawn.cluster, drawn.days, burst).runs
        shares = measure_shares(drawn.brand, drawn.cluster, burst, runs=runs)
        known = drawn.shares[:, : shares.low.shape[1] - 1]
        truth = np.ones(shares.low.shape)
        truth[:, :-1] = [known[brand] / np.median(np.delete(known, brand, axis=0), axis=0) for brand in range(brands)]
        told = ~shares.withheld
        told[:, -1] = False
        covered.append(((shares.low <= truth) & (truth <= shares.high))[told])
        shown.append(((shares.picked_low <= truth) & (truth <= shares.picked_high))[shares.marked])
        false += bool((shares.marked & ((shares.over_index > 1) != (truth > 1))).any())
    return Row(pool(covered), pool(shown), false / len(seeds), note=tell(covered))
