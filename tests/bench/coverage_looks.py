"""Coverage of distinctiveness and overlap, and false marks of looks, of brands that look the same.

The truth is known without a simulation of its own only if no brand looks different: then every ratio is 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from generator.insights.bursts import find_bursts
from generator.insights.inference import SIGNIFICANT
from generator.insights.likeness.distinctiveness import measure_distinctiveness
from generator.insights.likeness.image_units import gather_units
from tests.bench.coverage_rows import Row, pool, tell
from tests.support.simulated_posts import Simulation, draw_posts

#: Distance between brands' looks, in standard deviations within a cluster.
_APART = 0.7


def plant(simulation: Simulation) -> Simulation:
    return replace(simulation, apart=_APART)


def measure(simulation: Simulation, seeds: Sequence[int]) -> Row:
    covered, false, found = [], 0, []
    for seed in seeds:
        drawn = draw_posts(simulation, seed)
        burst = find_bursts(drawn.brand, drawn.cluster, drawn.days, drawn.features, drawn.near, drawn.image)
        units = gather_units(drawn.features, drawn.brand, drawn.image, burst, drawn.days)
        distinct = measure_distinctiveness(units)
        upper = np.triu_indices(len(distinct.p))
        known = ~np.isnan(distinct.overlap[upper])
        marked = distinct.overlap_p[upper] < SIGNIFICANT
        if simulation.apart:
            found += (distinct.p[~distinct.withheld] < SIGNIFICANT).tolist()
        else:
            covered.append(((distinct.overlap_low[upper] <= 1) & (distinct.overlap_high[upper] >= 1))[known])
            false += bool(marked.any())
    return Row(
        coverage=pool(covered),
        marked=float("nan") if simulation.apart else false / len(seeds),
        power=float(np.mean(found)) if found else float("nan"),
        note=tell(covered),
    )
