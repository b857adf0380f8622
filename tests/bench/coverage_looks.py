"""Distinctiveness, overlap and their trends: how often the figures are right, for `bench_coverage.py`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from generator.insights.inference import SIGNIFICANT
from generator.insights.likeness.distinctiveness import measure_distinctiveness
from generator.insights.likeness.image_units import gather_units
from generator.insights.likeness.looks_over_time import follow_looks
from tests.bench.coverage_rows import Row, pool
from tests.support.simulated_posts import Simulation, draw_posts


def plant(simulation: Simulation) -> Simulation:
    """Give each brand a look of its own: half a standard deviation away, within each cluster."""
    return replace(simulation, apart=0.5)


def measure(simulation: Simulation, seeds: Sequence[int]) -> Row:
    """Measure coverage by what brands without a look have, 1, and power by the brands that are marked.

    With looks of their own, which differ from draw to draw, no truth is known but that brands are distinct.
    """
    held: list[NDArray[np.bool_]] = []
    found: list[NDArray[np.bool_]] = []
    marked = []
    for seed in seeds:
        drawn = draw_posts(simulation, seed)
        units = gather_units(drawn.features, drawn.brand, drawn.image, drawn.campaign, drawn.days)
        distinct, trends = measure_distinctiveness(units), follow_looks(units)
        known = np.triu(~np.isnan(distinct.overlap))
        held.append(((distinct.overlap_low <= 1) & (distinct.overlap_high >= 1))[known])
        found.append((distinct.p < SIGNIFICANT)[~distinct.withheld])
        marked.append(bool((distinct.overlap_p < SIGNIFICANT).any() or (trends and trends.findings)))
    if simulation.apart:
        return Row(power=pool(found))
    return Row(coverage=pool(held), marked=float(np.mean(marked)))
