"""Coverage of engagement ratios, of cells and of clusters, and false findings of likes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from generator.insights.bursts import find_bursts
from generator.insights.likes.engagement import Engagement, measure_engagement
from tests.bench.coverage_rows import Row, pool, tell
from tests.support.simulated_posts import Drawn, Simulation, draw_posts

#: Times the likes that the second cluster gets for every brand, and the third for the first brand.
_GENERAL, _OWN = 1.6, 2.5


def plant(simulation: Simulation) -> Simulation:
    return replace(simulation, effects={(None, 1): _GENERAL, (0, 2): _OWN})


def measure(simulation: Simulation, seeds: Sequence[int]) -> Row:
    covered, shown, false, found = [], [], 0, 0
    brands, clusters = len(simulation.posts), simulation.clusters
    truth = np.ones((brands, clusters))
    for (brand, cluster), times in simulation.effects.items():
        truth[slice(None) if brand is None else brand, cluster] *= times
    in_general = {cluster: times for (brand, cluster), times in simulation.effects.items() if brand is None}
    for seed in seeds:
        figures = _measure(draw_posts(simulation, seed), clusters)
        inside = (figures.low <= truth) & (truth <= figures.high)
        covered.append(inside[~figures.withheld])
        is_false = False
        for effect in figures.findings:
            own = truth[0 if effect.brand is None else effect.brand, effect.cluster]
            ratio = in_general.get(effect.cluster, 1.0) if effect.brand is None else own
            shown.append(np.array([effect.picked_low <= ratio <= effect.picked_high]))
            is_false |= bool(ratio == 1)
            found += (effect.brand, effect.cluster) in simulation.effects
        false += is_false
    power = found / len(seeds) / max(len(simulation.effects), 1)
    return Row(pool(covered), pool(shown), false / len(seeds), power, tell(covered))


def _measure(drawn: Drawn, clusters: int) -> Engagement:
    burst = find_bursts(drawn.brand, drawn.cluster, drawn.days, drawn.features, drawn.near, drawn.image)
    return measure_engagement(drawn.brand, drawn.cluster, drawn.likes, drawn.days, burst, clusters=clusters)
