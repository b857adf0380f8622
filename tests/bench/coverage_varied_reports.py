"""False marks and headlines of whole reports with brands compared within markets, with all images of posts, and both.

As coverage_reports.py, with a second column that says nothing. Brands have mixes of their own of three markets. Where
markets differ too, in what is posted and liked there, brands truly look unlike each other over all posts, so that
distinctiveness and overlap are left out. The note gives each variation's part.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from generator.insights.compute import PostArrays, Within, find_insights
from generator.insights.image_parts import divide_posts, find_homes
from tests.bench import coverage_reports
from tests.bench.coverage_reports import SHOWN
from tests.bench.coverage_rows import Row
from tests.support.simulated_posts import Drawn, Simulation, choose_posts, draw_posts

Ints = NDArray[np.int64]

MARKETS = 3
#: How evenly brands post in markets: a Dirichlet distribution's concentration.
_EVEN = 2.0
#: How much markets differ in what is posted, and in likes: standard deviations of logarithms.
_SHARES, _LIKES = 0.7, 0.3
#: The part of posts of several images, how many at most, and how often a further one is in the cluster of the first.
_SEVERAL, _MOST_IMAGES, _SAME = 0.4, 6, 0.6
#: What differs where markets do, over all posts.
_TRUE = {"distinct", "overlap", "headline distinct", "headline overlap"}


@dataclass(frozen=True, slots=True)
class Variation:
    name: str
    within: bool = False
    markets_differ: bool = False
    all_images: bool = False


VARIATIONS = (
    Variation("within", within=True),
    Variation("within, markets differ", within=True, markets_differ=True),
    Variation("all images", all_images=True),
    Variation("all images within", within=True, all_images=True),
    Variation("all images within, markets differ", within=True, markets_differ=True, all_images=True),
)


def plant(simulation: Simulation) -> Simulation:
    return simulation


def measure(simulation: Simulation, seeds: Sequence[int]) -> Row:
    parts, shares = [], []
    for variation in VARIATIONS:
        found = [find_false(simulation, seed, variation) for seed in seeds]
        kinds = Counter(kind for false in found for kind in false)
        said = "".join(f", {kind} {number}" for kind, number in sorted(kinds.items()))
        parts.append(f"{variation.name}: {sum(map(bool, found))} of {len(found)}{said}")
        shares.append(float(np.mean([bool(false) for false in found])))
    return Row(marked=float(np.mean(shares)), note="; ".join(parts))


def find_false(simulation: Simulation, seed: int, variation: Variation) -> set[str]:
    """Return the names of all families that have a false mark in the report of a seed, and of all such headlines."""
    random = np.random.default_rng([seed, 3])
    drawn = draw_posts(_double(simulation) if variation.markets_differ else simulation, seed)
    market = _draw_markets(drawn, random)
    if variation.markets_differ:
        drawn, market = _let_markets_differ(drawn, market, random)
    arrays = coverage_reports.make_arrays(drawn, seed)
    if variation.all_images:
        arrays = _add_images(arrays, drawn, seed, random)
        drawn = replace(drawn, cluster=arrays.cluster)
    line = random.integers(0, 4, len(market))
    arrays = replace(arrays, values=np.column_stack([market, line]))
    if variation.within:
        arrays = replace(arrays, within=Within(0, market))
    insights = find_insights(arrays)
    assert insights is not None
    false = coverage_reports.list_false(drawn, replace(insights, field_shares=()), seed)
    # brands have mixes of their own, so what is marked of the markets themselves is true
    false |= {"fields" for one in insights.field_shares if one.field == 1 and one.shares.marked.any()}
    return false - _TRUE if variation.markets_differ else false


def _double(simulation: Simulation) -> Simulation:
    """Return the simulation with as many posts again, of which about half are kept where markets differ."""
    return replace(simulation, posts=[2 * count for count in simulation.posts])


def _draw_markets(drawn: Drawn, random: np.random.Generator) -> Ints:
    """Return each post's market, one for a campaign, by the mix of its brand."""
    mixes = random.dirichlet([_EVEN] * MARKETS, int(drawn.brand.max()) + 1)
    drawn_of = random.random(int(drawn.campaign.max()) + 1)[drawn.campaign]
    bounds = np.cumsum(mixes, axis=1)[drawn.brand]
    return np.minimum((drawn_of[:, None] > bounds).sum(axis=1), MARKETS - 1)


def _let_markets_differ(drawn: Drawn, market: Ints, random: np.random.Generator) -> tuple[Drawn, Ints]:
    """Keep posts by market and cluster, so that a cluster's share in a market is the same for all brands."""
    keep = np.exp(random.normal(0, _SHARES, (MARKETS, int(drawn.cluster.max()) + 1)))
    chance = (keep / keep.max(axis=1, keepdims=True))[market, drawn.cluster]
    kept = random.random(int(drawn.campaign.max()) + 1)[drawn.campaign] < chance
    likes = drawn.likes * np.exp(random.normal(0, _LIKES, MARKETS))[market]
    return choose_posts(replace(drawn, likes=np.round(likes)), kept), market[kept]


def _add_images(arrays: PostArrays, drawn: Drawn, seed: int, random: np.random.Generator) -> PostArrays:
    """Return the posts with further images, each in its first's cluster or in that of any post."""
    posts = len(drawn.brand)
    more = np.where(random.random(posts) < _SEVERAL, random.integers(1, _MOST_IMAGES, posts), 0)
    of = np.repeat(np.arange(posts), more)
    cluster = np.where(random.random(len(of)) < _SAME, drawn.cluster[of], random.choice(drawn.cluster, len(of)))
    owner = np.concatenate([np.arange(posts), of])
    every = np.concatenate([drawn.cluster, cluster])
    parts, of_territory = divide_posts(owner, every), divide_posts(owner, every // coverage_reports.OF_TERRITORY)
    rates = coverage_reports.draw_rates(int(drawn.cluster.max()) + 1, np.random.default_rng([seed, 2]))[cluster]
    shown = coverage_reports.add_above(random.random((len(of), SHOWN)) < rates[:, :SHOWN])
    assert arrays.shown is not None
    sums = arrays.shown.astype(np.float64)
    np.add.at(sums, of, shown)
    return replace(
        arrays,
        cluster=find_homes(parts),
        territory=find_homes(of_territory),
        parts=parts,
        territory_parts=of_territory,
        shown_parts=sums / (1 + more)[:, None],
    )
