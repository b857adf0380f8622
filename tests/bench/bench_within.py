"""How often a brand's own effect is found where markets differ more than brands, and what is marked by chance.

    python tests/bench/bench_within.py [--reports 300]

Five brands post in three markets, each with another mix, and markets differ in what is posted there. The first brand
posts a cluster more often than others in every market, and yet less often in all, since it is mostly where that cluster
is rare. Prints, for posts taken together and for brands compared within markets, how often that is found, how often its
contrary, how often anything else is marked of the other brands, and how many intervals hold the true ratio; first
where only markets differ, alone and in campaigns. Then the same of how distinct brands look, and of drift where the
first brand turns from one market to another.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from generator.insights.likeness.distinctiveness import measure_distinctiveness
from generator.insights.likeness.image_units import gather_units
from generator.insights.over_time.drift import measure_drift
from generator.insights.posting.held import hold_category
from generator.insights.posting.shares import Shares, measure_shares
from tests.support.market_posts import draw_market_looks, draw_market_posts, draw_market_times

#: Posts of a brand, and times as often that the first posts the first cluster.
PLANTED = ((1400, 1.4), (600, 1.6), (300, 1.6), (300, 2.0))
NULL = (150, 300, 1400)
CAMPAIGN = 4


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--reports", type=int, default=300)
    seeds = range(arguments.parse_args().reports)
    print(f"{'posts':>6}{'ratio':>7}{'campaign':>10}{'':>10}{'found':>8}{'contrary':>10}{'others':>8}{'coverage':>10}")
    for posts, ratio, campaign in (
        *((posts, 1.0, campaign) for campaign in (1, CAMPAIGN) for posts in NULL),
        *((posts, ratio, 1) for posts, ratio in PLANTED),
    ):
        for within in (False, True):
            found = [_measure(posts, ratio, campaign, within, seed) for seed in seeds]
            own = [(shares.marked[0, 0], shares.over_index[0, 0] > 1) for shares in found]
            others = np.mean([shares.marked[1 if ratio != 1 else 0 :].any() for shares in found])
            cells = (
                np.mean([marked and above for marked, above in own]) if ratio != 1 else np.nan,
                np.mean([marked and not above for marked, above in own]) if ratio != 1 else np.nan,
            )
            held = np.mean([_covers(shares, ratio) for shares in found])
            print(
                f"{posts:6}{ratio:7.1f}{campaign:10}{'within' if within else 'together':>10}"
                f"{cells[0]:8.1%}{cells[1]:10.1%}{others:8.1%}{held:10.1%}",
                flush=True,
            )

    for look in (0.0, 0.8):
        for within in (False, True):
            print(f"looks, {look} apart, {_name(within)}: {_measure_looks(seeds, look, within)}", flush=True)
    for turns, growth in ((True, 1.0), (False, 1.0), (False, 3.0), (True, 3.0)):
        for within in (False, True):
            told = f"drift, {'turning' if turns else 'steady'}, {growth} times, {_name(within)}"
            print(f"{told}: {_measure_times(seeds, turns, growth, within)}", flush=True)


def _name(within: bool) -> str:
    return "within" if within else "together"


def _measure_looks(seeds: range, look: float, within: bool) -> str:
    first, others, pairs, covered = [], [], [], []
    for seed in seeds:
        drawn = draw_market_looks(seed, look=look)
        alone = np.arange(len(drawn.brand))
        held = hold_category(drawn.brand, drawn.market, alone) if within else None
        found = measure_distinctiveness(gather_units(drawn.features, drawn.brand, alone, alone, drawn.days, held))
        first.append(found.p[0] < 0.05)
        others.append((found.p[1:] < 0.05).any())
        pairs.append((found.overlap_p[np.triu_indices(len(found.p), 1)] < 0.05).any())
        covered.append(((found.low <= 1) & (found.high >= 1)).mean())
    shares = f"first {np.mean(first):.1%}, others {np.mean(others):.1%}, pairs {np.mean(pairs):.1%}"
    return shares if look else f"{shares}, coverage {np.mean(covered):.1%}"


def _measure_times(seeds: range, turns: bool, growth: float, within: bool) -> str:
    grown, first, others = [], [], []
    for seed in seeds:
        drawn, days = draw_market_times(seed, turns=turns, growth=growth)
        held = hold_category(drawn.brand, drawn.market, drawn.burst) if within else None
        drifts = measure_drift(
            drawn.brand, drawn.cluster, days, drawn.burst, category=None if held is None else held.category
        )
        grown.append(any(drift.brand == drift.cluster == 0 and drift.change > 0 for drift in drifts.findings))
        first.append(any(drift.brand == 0 and drift.cluster for drift in drifts.findings))
        others.append(any(drift.brand for drift in drifts.findings))
    return f"the cluster {np.mean(grown):.1%}, others of the brand {np.mean(first):.1%}, brands {np.mean(others):.1%}"


def _measure(posts: int, ratio: float, campaign: int, within: bool, seed: int) -> Shares:
    drawn = draw_market_posts(seed, posts, ratio, campaign)
    held = hold_category(drawn.brand, drawn.market, drawn.burst) if within else None
    return measure_shares(drawn.brand, drawn.cluster, drawn.burst, held=held)


def _covers(shares: Shares, ratio: float) -> float:
    """Return the share of intervals that hold the truth: the planted ratio, or 1 for all cells where none is."""
    if ratio != 1:
        return float(shares.low[0, 0] <= ratio <= shares.high[0, 0])
    shown = ~shares.withheld
    return float(((shares.low <= 1) & (shares.high >= 1))[shown].mean())


if __name__ == "__main__":
    main()
