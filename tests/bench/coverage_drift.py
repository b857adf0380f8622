"""Coverage of changes, and false marks of everything in time: drift, momentum, who led, and what is new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from generator.insights.bursts import find_bursts
from generator.insights.over_time.drift import measure_drift
from generator.insights.over_time.momentum import measure_momentum
from tests.bench.coverage_rows import Row, pool, tell
from tests.support.simulated_posts import Drawn, Floats, Simulation, draw_posts

#: How many times as large the first brand's share of the second cluster is at the end than at the start. A share that
#: no more than doubles is found from some thousands of posts on: by no test, if 1 report in 100 may be wrong.
_TIMES = 8.0


def plant(simulation: Simulation) -> Simulation:
    return replace(simulation, rises={(0, 1): _TIMES}, shares={(0, 1): 2.0})


def measure(simulation: Simulation, seeds: Sequence[int]) -> Row:
    covered, shown, false, found = [], [], 0, []
    for seed in seeds:
        drawn = draw_posts(simulation, seed)
        burst = find_bursts(drawn.brand, drawn.cluster, drawn.days, drawn.features, drawn.near, drawn.image)
        drifts = measure_drift(drawn.brand, drawn.cluster, drawn.days, burst)
        truth = _find_changes(simulation, drawn)[:, : drifts.change.shape[1]]
        held = (drifts.low <= truth) & (truth <= drifts.high)
        covered.append(held[~drifts.withheld])
        cells = {(drift.brand, drift.cluster) for drift in drifts.findings}
        told = [drift for drift in drifts.findings if drift.direction and drift.low * drift.high > 0]
        shown.append(np.array([d.picked_low <= truth[d.brand, d.cluster] <= d.picked_high for d in told], bool))
        momentum = measure_momentum(drawn.brand, drawn.cluster, drawn.days, burst)
        general = bool(momentum and (momentum.direction.any() or momentum.new))
        false += bool(cells - simulation.rises.keys()) or general
        found += [cell in cells for cell in simulation.rises]
    power = float(np.mean(found)) if found else float("nan")
    return Row(pool(covered), pool(shown), false / len(seeds), power, tell(covered))


def _find_changes(simulation: Simulation, drawn: Drawn) -> Floats:
    """Return the true change (brands, clusters) of shares from the first to the last third of the time."""
    rises = np.ones(drawn.shares.shape)
    for cell, times in simulation.rises.items():
        rises[cell] = times
    time = np.linspace(0, 1, 301)[:, None, None]
    weight = drawn.shares * rises ** (time - 0.5)
    share = weight / weight.sum(axis=2, keepdims=True)
    change: Floats = share[200:].mean(axis=0) - share[:101].mean(axis=0)
    return change
