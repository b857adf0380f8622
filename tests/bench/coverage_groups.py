"""Coverage of a brand's share over the median of its group's other members. Nothing of it is marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from generator.insights.bursts import find_bursts
from generator.insights.over_time.periods import gather_occasions
from generator.insights.posting.group_shares import LEAST_MEMBERS, measure_group_shares
from generator.insights.posting.shares import count_shares
from generator.insights.runs import measure_runs
from tests.bench.coverage_rows import Row, pool, tell
from tests.support.simulated_posts import Simulation, draw_posts

#: Times as often as the others that the first brand posts the second cluster.
_TIMES = 3.0


def plant(simulation: Simulation) -> Simulation:
    return replace(simulation, shares={(0, 1): _TIMES})


def measure(simulation: Simulation, seeds: Sequence[int]) -> Row:
    """Groups are of every third brand, or all together if that makes none large enough."""
    brands = len(simulation.posts)
    group = np.arange(brands) % (brands // LEAST_MEMBERS or 1)
    covered = []
    for seed in seeds:
        drawn = draw_posts(simulation, seed)
        burst = find_bursts(drawn.brand, drawn.cluster, drawn.days, drawn.features, drawn.near, drawn.image)
        occasions = gather_occasions(drawn.brand, drawn.cluster, drawn.days, burst)
        runs = measure_runs(occasions.brand, occasions.cluster, occasions.days)
        counted = replace(count_shares(drawn.brand, drawn.cluster, burst, None), runs=runs)
        found = measure_group_shares(counted.by_category, group)
        if found is None:
            continue
        truth = np.ones(found.low.shape)
        for brand in range(brands):
            others = drawn.shares[(group == group[brand]) & (np.arange(brands) != brand), : truth.shape[1] - 1]
            truth[brand, :-1] = drawn.shares[brand, : truth.shape[1] - 1] / np.median(others, axis=0)
        covered.append(((found.low <= truth) & (truth <= found.high))[~np.isnan(found.ratio)])
    return Row(pool(covered), pool(covered) if simulation.shares else float("nan"), note=tell(covered))
