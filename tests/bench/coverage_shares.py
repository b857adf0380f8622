"""Coverage of the over-index, and false marks of shares, white space and own ground."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from generator.insights.inference import SIGNIFICANT
from generator.insights.shares import measure_shares
from tests.bench.coverage_rows import Row, pool
from tests.support.simulated_posts import Simulation, draw_posts

#: Times as often as its rivals that the first brand posts the second cluster.
_TIMES = 2.0


def plant(simulation: Simulation) -> Simulation:
    return replace(simulation, shares={(0, 1): _TIMES})


def measure(simulation: Simulation, seeds: Sequence[int]) -> Row:
    covered, shown, false, found = [], [], 0, 0
    for seed in seeds:
        drawn = draw_posts(simulation, seed)
        shares = measure_shares(drawn.brand, drawn.cluster)
        truth = np.ones((len(simulation.posts), simulation.clusters + 1))
        inside = (shares.low <= truth) & (truth <= shares.high)
        marked = shares.p < SIGNIFICANT
        covered.append(inside[~shares.withheld])
        shown.append(inside[marked])
        false += bool(marked.any())
        found += bool(marked[0, 1])
    return Row(pool(covered), pool(shown), false / len(seeds), found / len(seeds))
