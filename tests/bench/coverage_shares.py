"""Coverage of the over-index and of findings, and false marks of shares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from generator.insights.bursts import find_bursts
from generator.insights.over_time.periods import gather_occasions
from generator.insights.posting.shares import measure_shares
from generator.insights.runs import measure_runs
from tests.bench.coverage_rows import Row, pool, tell
from tests.support.simulated_posts import Simulation, draw_posts

#: Times as often as its rivals that the first brand posts the second cluster.
_TIMES = 3.0


def plant(simulation: Simulation) -> Simulation:
    return replace(simulation, shares={(0, 1): _TIMES})


def measure(simulation: Simulation, seeds: Sequence[int]) -> Row:
    covered, shown, false, found = [], [], 0, []
    for seed in seeds:
        drawn = draw_posts(simulation, seed)
        burst = find_bursts(drawn.brand, drawn.cluster, drawn.days, drawn.features, drawn.near, drawn.image)
        occasions = gather_occasions(drawn.brand, drawn.cluster, drawn.days, burst)
        runs = measure_runs(occasions.brand, occasions.cluster, occasions.days)
        shares = measure_shares(drawn.brand, drawn.cluster, burst, runs=runs)
        truth = np.ones(shares.low.shape)
        for brand in range(len(truth)):
            rivals = np.delete(drawn.shares, brand, axis=0)[:, : truth.shape[1] - 1]
            truth[brand, :-1] = drawn.shares[brand, : truth.shape[1] - 1] / np.median(rivals, axis=0)
        covered.append(((shares.low <= truth) & (truth <= shares.high))[~shares.withheld])
        shown.append(((shares.picked_low <= truth) & (truth <= shares.picked_high))[shares.marked])
        false += bool((shares.marked & np.isclose(truth, 1)).any())
        found += [shares.marked[cell] for cell in simulation.shares]
    power = float(np.mean(found)) if found else float("nan")
    return Row(pool(covered), pool(shown), false / len(seeds), power, tell(covered))
