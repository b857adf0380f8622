"""Compare brands with those of other posts: by what does not depend on a map, what images show and engagement rates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from generator.insights.likes.rates import BesideRates, measure_rates, rank_beside
from generator.insights.posting.beside import Beside, set_beside
from generator.insights.posting.held import make_one_stratum
from generator.insights.posting.shares import RANKED
from generator.insights.posting.tag_shares import count_all
from generator.tags.hierarchy import load_hierarchy
from generator.text import make_slugs

if TYPE_CHECKING:
    from generator.insights.compute import Insights
    from generator.spreadsheet.notices import Notice
    from generator.spreadsheet.posts import Refusal, TableRead
    from generator.tags.model import Tags

#: Brands that a brand is compared with at least, as in a group: of one, the median brand is but that one.
LEAST_BRANDS = 2

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class BenchmarkLedger:
    """What became of the rows of a benchmark's spreadsheet."""

    tables: tuple[TableRead, ...]
    rows: int
    refusals: tuple[Refusal, ...]
    notices: tuple[Notice, ...]

    @property
    def refused(self) -> dict[str, int]:
        """Rows left out, by reason, the most frequent first."""
        return dict(Counter(refusal.reason for refusal in self.refusals).most_common())


@dataclass(frozen=True, slots=True, eq=False)
class Benchmark:
    """What is taken of an earlier report, or of a spreadsheet. Arrays are (n,), one entry for each of its posts."""

    title: str  # of the report, or the name of the spreadsheet
    built: datetime | None  # None for a spreadsheet
    digest: str  # of all that it holds
    brands: tuple[str, ...]  # names
    brand: Ints  # positions in `brands`
    burst: Ints  # codes, equal for posts of one campaign
    tags: tuple[frozenset[str], ...]  # keys of what each image shows
    is_tagged: bool
    terms: frozenset[str]  # keys of all that its images show
    reactions: Floats  # likes and comments, NaN if not known
    followers: Floats  # NaN if not known
    ledger: BenchmarkLedger | None = None  # of a spreadsheet; a report has its own


@dataclass(frozen=True, slots=True, eq=False)
class BesideBenchmark:
    """How brands compare with those of a benchmark. Nothing is marked, so that the chance of a false mark stays."""

    title: str
    built: datetime | None  # None for a spreadsheet
    posts: int
    brands: int
    terms: tuple[int, ...]  # positions of the terms in Tags.terms: the columns of `shows`
    shows: Beside | None  # (brands, terms) None if either report's images were not tagged
    rank: Ints  # (brands, terms) among the benchmark's brands with at least RANKED occasions; 0 for none
    ranked: Ints  # (brands,)
    rates: BesideRates | None  # None if either report knows no followers
    ledger: BenchmarkLedger | None = None  # of a spreadsheet


def compare_with(
    benchmark: Benchmark | None, names: Sequence[str], brand: Ints, insights: Insights | None, tags: Tags
) -> BesideBenchmark | None:
    """Return how the brands called `names` compare with `benchmark`; None without it or without insights.

    `brand` (n,) is the position of each post's brand in `names`. A brand that the benchmark holds too is not compared
    with itself. Clusters are not compared: those of two maps are two divisions.
    """
    if benchmark is None or insights is None:
        return None
    slugs = [_slug(name) for name in benchmark.brands]
    others = [np.array([place for place, slug in enumerate(slugs) if slug != _slug(name)], np.intp) for name in names]
    counted = (len(benchmark.tags), len(benchmark.brands))
    empty = np.zeros((len(names), 0), np.int64), np.zeros(len(names), np.int64)
    terms, shows, rank, ranked = _compare_shown(benchmark, brand, insights, tags, others) or ((), None, *empty)
    rates = _compare_rates(benchmark, insights, others)
    told = benchmark.title, benchmark.built, *counted
    return BesideBenchmark(*told, terms, shows, rank, ranked, rates, benchmark.ledger)


def _slug(name: str) -> str:
    """Return what is left of a name in a key, by which the brands of both reports are told to be one."""
    return make_slugs([name])[name]


def _compare_shown(
    benchmark: Benchmark, brand: Ints, insights: Insights, tags: Tags, others: Sequence[NDArray[np.intp]]
) -> tuple[tuple[int, ...], Beside, Ints, Ints] | None:
    """Return the terms that are compared, and brands × terms beside the benchmark's, their ranks and among how many."""
    found = insights.tag_shares
    if found is None or not benchmark.is_tagged:
        return None
    brands = len(others)
    # a term of the user's own, which no image there has, was most likely not looked for there
    looked_for = benchmark.terms.union(term.key for term in load_hierarchy().terms)
    terms = tuple(term for term in found.terms if tags.terms[term].key in looked_for)
    keys = [tags.terms[term].key for term in terms]
    shown = np.array([[key in post for key in keys] for post in benchmark.tags], bool)
    there = count_all(benchmark.brand, shown, benchmark.burst, len(benchmark.brands), None)
    # first images alone, which come first, as there
    own = np.array([[term in shows for term in terms] for shows in map(tags.of, range(len(brand)))], bool)
    here = count_all(brand, own, insights.burst, brands, None)
    totals = here.occasions_of
    strata = make_one_stratum(
        np.concatenate([here.occasions, there.occasions]), np.concatenate([totals, there.occasions_of])
    )
    rows, ranks = [], np.zeros((brands, len(keys)), np.int64)
    ranked = np.zeros(brands, np.int64)
    rate = strata.occasions[0] / np.maximum(strata.totals[0], 1)[:, None]
    for position, rivals in enumerate(others):
        peers = brands + rivals[there.occasions_of[rivals] > 0]
        enough = len(peers) >= LEAST_BRANDS
        rows.append(set_beside(strata, position, peers if enough else peers[:0]))
        ranking = peers[strata.totals[0, peers] >= RANKED]
        if enough and len(ranking) >= LEAST_BRANDS and totals[position] >= RANKED:
            ranks[position], ranked[position] = (rate[ranking] > rate[position]).sum(axis=0) + 1, len(ranking) + 1
    stacked = Beside(*(np.stack([getattr(row, name) for row in rows]) for name in Beside.__slots__))
    return terms, stacked, ranks, ranked


def _compare_rates(benchmark: Benchmark, insights: Insights, others: Sequence[NDArray[np.intp]]) -> BesideRates | None:
    own = insights.rates
    there = measure_rates(benchmark.brand, benchmark.reactions, benchmark.followers, benchmark.burst.astype(np.intp))
    if own is None or there is None:
        return None
    return rank_beside(own, there, others, LEAST_BRANDS)
