"""How often a brand's own effect is found where markets differ more than brands, and what is marked by chance.

    python tests/bench/bench_within.py [--reports 300]

Five brands post in three markets, each with another mix, and markets differ in what is posted there. The first brand
posts a cluster more often than others in every market, and yet less often in all, since it is mostly where that cluster
is rare. Prints, for posts taken together and for brands compared within markets, how often that is found, how often its
contrary, how often anything else is marked of the other brands, and how many intervals hold the true ratio; first
where only markets differ, alone and in campaigns.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from generator.insights.posting.held import hold_category
from generator.insights.posting.shares import Shares, measure_shares
from tests.support.market_posts import draw_market_posts

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
