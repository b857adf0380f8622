"""Coverage of the engagement rate of a brand's median post, whose followers double while they are watched.

Rates are drawn about 1, so that is the truth of every brand. A campaign's posts share what sets it off.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from generator.insights.bursts import find_bursts
from generator.insights.likes.rates import measure_rates
from tests.bench.coverage_rows import Row, pool
from tests.support.simulated_posts import START, Simulation, draw_posts

_FOLLOWERS = 10_000.0


def plant(simulation: Simulation) -> Simulation:
    return simulation


def measure(simulation: Simulation, seeds: Sequence[int]) -> Row:
    held = []
    for seed in seeds:
        drawn = draw_posts(simulation, seed)
        random = np.random.default_rng([seed, 3])
        campaigns = np.exp(random.normal(0, simulation.campaign_likes, int(drawn.campaign.max(initial=0)) + 1))
        is_campaign = np.bincount(drawn.campaign)[drawn.campaign] > 1
        rate = np.exp(random.normal(0, 0.6, len(drawn.brand))) * np.where(is_campaign, campaigns[drawn.campaign], 1)
        followers = _FOLLOWERS * (1 + (np.nan_to_num(drawn.days, nan=START) - START) / simulation.span)
        reactions = np.where(np.isnan(drawn.likes), np.nan, rate * followers)
        burst = find_bursts(drawn.brand, drawn.cluster, drawn.days, drawn.features, drawn.near, drawn.image)
        rates = measure_rates(drawn.brand, reactions, followers, burst)
        if rates is not None:
            known = ~np.isnan(rates.low)
            held.append(((rates.low <= 1) & (rates.high >= 1))[known])
    return Row(coverage=pool(held), note=f"{sum(map(len, held)):,} intervals")
