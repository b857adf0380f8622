"""Coverage of distinctiveness and overlap of brands that differ in their looks, a little and plainly.

Posts are drawn by themselves from a few thousand of each brand, again and again. What is true of these is the mean of
all draws, since the figures are means over equal draws whatever is drawn. Conditions with campaigns are left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from generator.insights.inference import SIGNIFICANT
from generator.insights.likeness.distinctiveness import Distinctiveness, measure_distinctiveness
from generator.insights.likeness.image_units import gather_units
from tests.bench.coverage_rows import Row, pool, tell
from tests.support.simulated_posts import Drawn, Simulation, draw_posts

#: Distances between brands' looks, in standard deviations within a cluster.
_APART = (0.3, 0.7)
#: Posts that those of a brand are drawn from: so many times as many, and at least.
_TIMES, _LEAST = 15, 900


def plant(simulation: Simulation) -> Simulation:
    return simulation


def measure(simulation: Simulation, seeds: Sequence[int]) -> Row:
    covered, shown, found = [], [], []
    for apart in () if simulation.campaigns or simulation.runs else _APART:
        posts = [max(_TIMES * count, _LEAST) for count in simulation.posts]
        drawn = draw_posts(replace(simulation, posts=posts, apart=apart), 0)
        figures = [_draw(drawn, simulation.posts, np.random.default_rng(seed)) for seed in seeds]
        upper = np.triu_indices(len(posts))
        overlap = np.array([figure.overlap for figure in figures])
        known = ~np.isnan(overlap)
        truth = np.where(known, overlap, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
        for figure in figures:
            told, marked = ~np.isnan(figure.overlap), figure.overlap_p < SIGNIFICANT
            inside = (figure.overlap_low <= truth) & (truth <= figure.overlap_high)
            picked = (figure.picked_low <= truth) & (truth <= figure.picked_high)
            covered.append(inside[upper][told[upper]])
            shown.append(picked[upper][marked[upper]])
            found.append(marked.diagonal()[told.diagonal()])
    return Row(pool(covered), pool(shown), power=pool(found), note=tell(covered) + ", shown " + tell(shown))


def _draw(drawn: Drawn, sizes: Sequence[int], random: np.random.Generator) -> Distinctiveness:
    rows = np.concatenate(
        [random.choice(np.flatnonzero(drawn.brand == brand), size, replace=False) for brand, size in enumerate(sizes)]
    )
    rows.sort()
    single = np.arange(len(rows))
    return measure_distinctiveness(
        gather_units(drawn.features[rows], drawn.brand[rows], single, single, drawn.days[rows])
    )
