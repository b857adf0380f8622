"""Measure how often each brand's images show each term, against its typical rival."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.insights.inference import BUDGET
from generator.insights.posting.held import Held, split_counts
from generator.insights.posting.occasions import Counts
from generator.insights.posting.shares import Bools, Counted, Floats, Ints, Shares, compare_counts
from generator.insights.runs import measure_runs

#: A term is compared if so many posts show it.
LEAST_SHOWN = 20
#: A term is left out for a narrower one that has more than this share of its posts: it would say the same.
NEARLY_ALL = 0.95


@dataclass(frozen=True, slots=True)
class TagShares:
    """What brands' images show. Column t of `shares` is of the term at `terms[t]`, without one for all others."""

    terms: tuple[int, ...]  # positions of the terms that are compared
    shares: Shares


def measure_tag_shares(
    brand: NDArray[np.integer],
    shown: Bools | Floats,
    under: NDArray[np.integer],
    burst: NDArray[np.integer],
    budget: float = BUDGET["tags"],
    held: Held | None = None,
    days: Floats | None = None,
) -> TagShares | None:
    """Compare brands by what their images show; None if no term is frequent enough.

    `brand` and `burst` are (n,), `shown` (n, terms) says which terms each post shows, or what share of its images does,
    and `under` (terms,) gives the position of the term above each, -1 for none. A post may show several terms, so each
    is a comparison of its own: of how many of a brand's occasions show it. A burst is one occasion and speaks by its
    first post: if any of its posts could speak, brands of many campaigns would show more of everything. `budget` is the
    part of the report's chance of a false mark; `held` gives categories, within which brands are compared; `days`
    (n,), NaN without a date, tell whether terms come in runs. Which terms are compared depends on all posts together,
    so that it tells nothing of the brands.
    """
    terms = choose_terms(shown, under)
    if not terms:
        return None
    brands, shown = int(brand.max(initial=-1)) + 1, shown[:, list(terms)]
    return TagShares(terms, compare_counts(count_all(brand, shown, burst, brands, held, days), budget))


def choose_terms(shown: Bools | Floats, under: NDArray[np.integer]) -> tuple[int, ...]:
    """Return the terms that are frequent enough, without those that say no more than a narrower one."""
    amounts = shown.sum(axis=0)
    narrower = np.zeros(len(amounts), amounts.dtype)  # posts of the most frequent term below each
    below = np.flatnonzero(under >= 0)
    np.maximum.at(narrower, under[below], amounts[below])
    return tuple(np.flatnonzero((amounts >= LEAST_SHOWN) & (narrower <= NEARLY_ALL * amounts)).tolist())


def count_all(
    brand: NDArray[np.integer],
    shown: Bools | Floats,
    burst: NDArray[np.integer],
    brands: int,
    held: Held | None,
    days: Floats | None = None,
) -> Counted:
    """Return how many posts and occasions of each brand show each term, of `shown` (n, terms)."""
    is_first = np.zeros(len(burst), bool)
    is_first[np.unique(burst, return_index=True)[1]] = True

    def count(chosen: Bools) -> tuple[Counts, Counts]:
        counted = chosen & is_first
        return count_shown(brand[counted], shown[counted], brands)

    runs = 1.0 if days is None else measure_runs(brand[is_first], shown[is_first], days[is_first])
    return Counted(*count_shown(brand, shown, brands), *count(is_first), split_counts(held, count), runs)


def count_shown(brand: NDArray[np.integer], shown: Bools | Floats, brands: int) -> tuple[Counts, Ints]:
    """Return how many of each brand's posts show each term, (brands, terms), and how many it has, (brands,)."""
    rows = [shown[brand == position].sum(axis=0) for position in range(brands)]
    counts: Counts = np.stack(rows) if rows else np.zeros((0, shown.shape[1]), np.int64)
    return counts, np.bincount(brand, minlength=brands).astype(np.int64)
