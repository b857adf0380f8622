"""Coverage of likes against the same months of the year before, of posts over two years in which nothing changes.

Under "likes double" it is low, as it must be: there likes do change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from generator.insights.bursts import find_bursts
from generator.insights.likes.seasons import measure_seasons
from tests.bench.coverage_rows import Row, pool, tell
from tests.support.simulated_posts import SPAN, Simulation, draw_posts


def plant(simulation: Simulation) -> Simulation:
    return simulation


def measure(simulation: Simulation, seeds: Sequence[int]) -> Row:
    held = []
    for seed in seeds:
        drawn = draw_posts(replace(simulation, span=2 * SPAN), seed)
        burst = find_bursts(drawn.brand, drawn.cluster, drawn.days, drawn.features, drawn.near, drawn.image)
        seasons = measure_seasons(drawn.brand, drawn.likes, drawn.days, burst)
        held.append(np.array([season.low <= 1 <= season.high for season in seasons], bool))
    return Row(coverage=pool(held), note=tell(held))
