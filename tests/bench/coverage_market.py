"""Coverage of what is told of the market over time, of posts over two years in which nothing changes.

The note gives each figure's part: changes of the market, its curves and brands' (a band counts once, and holds if it
does everywhere), shares of voice (the brands of a cluster and quarter count once), and shares against the year before.
False marks are those of market moves, of who led and of shares against the year before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from generator.insights.bursts import find_bursts
from generator.insights.over_time.drift import measure_drift
from generator.insights.over_time.momentum import measure_momentum
from generator.insights.over_time.moves import Bools
from generator.insights.over_time.share_of_voice import measure_share_of_voice
from generator.insights.over_time.share_seasons import compare_share_seasons
from generator.insights.over_time.smooth_shares import Curves
from tests.bench.coverage_rows import Row, pool, tell
from tests.support.simulated_posts import SPAN, Drawn, Floats, Simulation, draw_posts


def plant(simulation: Simulation) -> Simulation:
    return simulation


def measure(simulation: Simulation, seeds: Sequence[int]) -> Row:
    parts: dict[str, list[Bools]] = {}
    false = 0
    for seed in seeds:
        found, is_false = _measure(draw_posts(replace(simulation, span=2 * SPAN), seed))
        false += is_false
        for name, held in found.items():
            parts.setdefault(name, []).append(held)
    note = ", ".join(f"{name} {tell(held)}" for name, held in parts.items())
    return Row(coverage=pool([held for part in parts.values() for held in part]), marked=false / len(seeds), note=note)


def _measure(drawn: Drawn) -> tuple[dict[str, Bools], bool]:
    burst = find_bursts(drawn.brand, drawn.cluster, drawn.days, drawn.features, drawn.near, drawn.image)
    over_time = (drawn.brand, drawn.cluster, drawn.days, burst)
    found: dict[str, Bools] = {}
    drift = measure_drift(*over_time)
    momentum = measure_momentum(*over_time, runs=drift.runs)
    if momentum:
        known = ~np.isnan(momentum.change)
        found["changes"] = ((momentum.low <= 0) & (momentum.high >= 0))[known]
        share = drawn.shares[0, : len(momentum.change)]
        found["curves of the market"] = _hold(momentum.market, share)
        found["curves of brands"] = _hold(momentum.brands, share)
    voice = measure_share_of_voice(*over_time, runs=drift.runs)
    if voice:
        dated = np.bincount(drawn.brand[~np.isnan(drawn.days)], minlength=len(drawn.shares))
        truth = dated / dated.sum()
        held = ((voice.low <= truth) & (voice.high >= truth)).all(axis=2)
        found["voice"] = held[~voice.withheld & (voice.posts.sum(axis=2) > 0)]
    years = compare_share_seasons(*over_time, runs=drift.runs)
    if years:
        found["shares by year"] = ((years.low <= 1) & (years.high >= 1))[~years.withheld]
    moves = momentum and (momentum.direction.any() or momentum.new)
    leads = momentum and any(lead.leader is not None for lead in momentum.leads)
    return found, bool(moves or leads or (years and years.marked.any()))


def _hold(curves: Curves, share: Floats) -> Bools:
    """Return for each curve whether its band holds the share (clusters,) everywhere."""
    known = np.isfinite(curves.share)
    truth = np.broadcast_to(share[:, None], known.shape)
    held = np.where(known, (curves.low <= truth) & (curves.high >= truth), True).all(axis=-1)
    return np.asarray(held[known.any(axis=-1)].ravel())
