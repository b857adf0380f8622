"""Coverage of what one more brand gets in a cluster that others' posts work in, by how much brands differ.

The cluster's effect is drawn for each brand; the first leaves the cluster alone. All is as in a report: posts are
drawn, likes are measured, and only what is given as an opening counts. Brands differ as the method assumes, by a
half-normal scale; the note has brands that differ by a known standard deviation of logarithms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from generator.insights.bursts import find_bursts
from generator.insights.likes.engagement import measure_engagement
from generator.insights.likes.openings import find_openings
from tests.bench.coverage_rows import Bools, Row, pool, tell
from tests.support.simulated_posts import Simulation, draw_posts

#: What the cluster gets on average, in logarithms, how much more often it is posted, and how much brands differ.
_CLUSTER, _AVERAGE, _OFTEN, _SCALE = 1, 0.6, 3.0, 0.5
_KNOWN = (0.0, 0.2, 0.4, 0.8)


def plant(simulation: Simulation) -> Simulation:
    return simulation


def measure(simulation: Simulation, seeds: Sequence[int]) -> Row:
    assumed = [_measure(simulation, seed, None) for seed in seeds]
    notes = [f"as assumed {tell(assumed)}"]
    notes += [f"by {known} {tell([_measure(simulation, seed, known) for seed in seeds])}" for known in _KNOWN]
    return Row(pool(assumed), note=", ".join(notes))


def _measure(simulation: Simulation, seed: int, differ: float | None) -> Bools:
    """Return for each opening of the brand that leaves the cluster alone if its interval holds; None: as assumed."""
    random = np.random.default_rng([seed, 3])
    differ = abs(random.normal(0, _SCALE)) if differ is None else differ
    effects = np.exp(random.normal(_AVERAGE, differ, len(simulation.posts)))
    planted = {(brand, _CLUSTER): float(times) for brand, times in enumerate(effects)}
    often = {(brand, _CLUSTER): _OFTEN if brand else 0.0 for brand in range(len(effects))}
    drawn = draw_posts(replace(simulation, effects=planted, shares=often), seed)
    burst = find_bursts(drawn.brand, drawn.cluster, drawn.days, drawn.features, drawn.near, drawn.image)
    figures = measure_engagement(
        drawn.brand, drawn.cluster, drawn.likes, drawn.days, burst, clusters=simulation.clusters
    )
    posts = np.zeros((len(effects), simulation.clusters + 1), np.int64)
    np.add.at(posts, (drawn.brand, drawn.cluster), 1)
    openings = find_openings(figures, posts, np.ones((len(effects), len(effects))))
    own = [one for one in openings if (one.brand, one.cluster) == (0, _CLUSTER)]
    return np.array([one.low <= effects[0] <= one.high for one in own], bool)
