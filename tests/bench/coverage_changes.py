"""Coverage and false marks of shares of new posts beside those of earlier ones, where nothing changes between the two.

The last third of the time is new. A campaign over the border counts once on each side, as in reports.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from generator.insights.bursts import find_bursts
from generator.insights.over_time.drift import measure_drift
from generator.insights.posting.new_posts import compare_new_posts
from generator.insights.posting.occasions import count_occasions
from tests.bench.coverage_rows import Row, pool
from tests.support.simulated_posts import SPAN, START, Simulation, draw_posts

_NEW = START + SPAN * 2 / 3


def plant(simulation: Simulation) -> Simulation:
    return replace(simulation, rises={(0, 0): 8.0})


def measure(simulation: Simulation, seeds: Sequence[int]) -> Row:
    held, marked, found = [], [], []
    for seed in seeds:
        drawn = draw_posts(simulation, seed)
        burst = find_bursts(drawn.brand, drawn.cluster, drawn.days, drawn.features, drawn.near, drawn.image)
        is_new = drawn.days >= _NEW
        shape = len(simulation.posts), int(drawn.cluster.max()) + 2
        earlier, fresh = (
            count_occasions(drawn.brand[side], drawn.cluster[side], burst[side], shape)[1].astype(np.float64)
            for side in (~is_new, is_new)
        )
        drift = measure_drift(drawn.brand, drawn.cluster, drawn.days, burst)
        moved = compare_new_posts(earlier, fresh, drift.runs)
        held.append(((moved.low <= 1) & (moved.high >= 1))[moved.is_told])
        marked.append(bool((moved.p < 0.05).any()))
        found.append(bool(moved.p[0, 0] < 0.05))
    planted = bool(simulation.rises)
    return Row(
        coverage=float("nan") if planted else pool(held),
        marked=float("nan") if planted else float(np.mean(marked)),
        power=float(np.mean(found)) if planted else float("nan"),
        note="" if planted else f"{sum(map(len, held)):,} intervals, {sum(marked)} of {len(marked)} marked",
    )
