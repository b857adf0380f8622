"""Coverage of changes of what images show and captions say, and false marks of them.

What is planted is one term and one word of the first brand that come eight times as often at the end as at the start.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from generator.insights.bursts import find_bursts
from generator.insights.over_time.subject_drift import measure_subject_drift
from tests.bench.coverage_reports import SHOWN, draw_terms
from tests.bench.coverage_rows import Row, pool, tell
from tests.support.simulated_posts import Simulation, draw_posts

#: The term and the word that are planted, how often they come, and how many times as often at the end as at the start.
_PLANTED, _SHARE, _TIMES = (SHOWN - 1, SHOWN), 0.25, 8.0


def plant(simulation: Simulation) -> Simulation:
    return replace(simulation, rises={(0, column): _TIMES for column in _PLANTED})


def measure(simulation: Simulation, seeds: Sequence[int]) -> Row:
    covered, shown, false, found = [], [], 0, []
    for seed in seeds:
        drawn = draw_posts(replace(simulation, rises={}), seed)
        shows = draw_terms(drawn, seed)
        burst = find_bursts(drawn.brand, drawn.cluster, drawn.days, drawn.features, drawn.near, drawn.image)
        truth = np.zeros((len(simulation.posts), shows.shape[1]))
        if simulation.rises:
            truth[0, list(_PLANTED)] = _plant(drawn.brand == 0, drawn.days, burst, shows, seed)
        drifts = measure_subject_drift(drawn.brand, shows, drawn.days, burst)
        held = (drifts.low <= truth) & (truth <= drifts.high)
        covered.append(held[~drifts.withheld])
        cells = {(drift.brand, drift.cluster) for drift in drifts.findings}
        shown.append(np.array([held[cell] for cell in sorted(cells)], bool))
        false += bool(cells - simulation.rises.keys())
        found += [cell in cells for cell in simulation.rises]
    power = float(np.mean(found)) if found else float("nan")
    return Row(pool(covered), pool(shown), false / len(seeds), power, tell(covered))


def _plant(own: np.ndarray, days: np.ndarray, burst: np.ndarray, shows: np.ndarray, seed: int) -> float:
    """Draw the planted columns of a brand's posts anew, a burst alike; return the true change of their share."""
    random = np.random.default_rng(seed + 10_000)
    time = np.where(np.isfinite(days), days - np.nanmin(days), 0) / np.nanmax(days - np.nanmin(days))
    share = _SHARE * _TIMES ** (time - 0.5)
    for column in _PLANTED:
        chance = random.random(int(burst.max()) + 1)[burst]
        shows[own, column] = (chance < share)[own]
    ends = _SHARE * _TIMES ** (np.linspace(0, 1, 301) - 0.5)
    return float(ends[200:].mean() - ends[:101].mean())
