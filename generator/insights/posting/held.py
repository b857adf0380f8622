"""Hold a category, such as the market, equal: which of its values a brand is compared in, and with which weight."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.insights.posting.occasions import Counts

#: Occasions that a brand needs in a category to be compared in it, and that its rivals need there together.
LEAST_IN_CATEGORY = 10
#: A brand is compared in a category if it has at least this part of what the common mix would give it: what it hardly
#: has would otherwise speak for all the rest.
LEAST_PART = 0.2

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """The categories that brands are compared in."""

    category: Ints  # (n,) of each post, by most posts of its burst; -1 for none
    mix: Floats  # (categories,) the common mix, adding up to 1; 0 for a category in which no two brands are compared
    compared: Bools  # (categories, brands) whether the brand is compared in it


@dataclass(frozen=True, slots=True, eq=False)
class Strata:
    """Occasions of each brand in each of c cells, for each category by itself."""

    occasions: Counts  # (categories, brands, c)
    totals: Counts  # (categories, brands) all occasions, of which each may lie in several cells
    mix: Floats  # (categories,)
    compared: Bools  # (categories, brands)


def hold_category(brand: NDArray[np.integer], category: NDArray[np.integer], burst: NDArray[np.integer]) -> Held:
    """Return how brands are compared within categories; all arrays are (n,), `category` -1 for posts without one.

    The common mix is the mean of the brands' mixes, so that a giant counts no more than any other. A category is left
    out if fewer than two brands have enough occasions in it. A burst is one occasion, in the category of most of its
    posts.
    """
    one = _unite(category, burst)
    brands, categories = int(brand.max(initial=-1)) + 1, int(category.max(initial=-1)) + 1
    first = np.unique(burst, return_index=True)[1]
    known = first[one[first] >= 0]
    counts = np.zeros((categories, brands), np.int64)
    np.add.at(counts, (one[known], brand[known]), 1)
    enough = counts >= LEAST_IN_CATEGORY
    counts[enough.sum(axis=1) < 2] = 0
    totals = counts.sum(axis=0)
    present = totals > 0
    mix = (counts[:, present] / totals[present]).mean(axis=1) if present.any() else np.zeros(categories)
    compared = (counts >= LEAST_IN_CATEGORY) & (counts >= LEAST_PART * mix[:, None] * totals)
    compared &= counts.sum(axis=1, keepdims=True) - counts >= LEAST_IN_CATEGORY
    mix = np.where(compared.sum(axis=1) > 1, mix, 0)
    return Held(one, mix / max(mix.sum(), 1e-9), compared & (mix > 0)[:, None])


def _unite(category: NDArray[np.integer], burst: NDArray[np.integer]) -> Ints:
    """Return for each post the category of most posts of its burst; of two as frequent ones the first."""
    known = category >= 0
    size = int(category.max(initial=-1)) + 1
    keys, counts = np.unique(burst[known].astype(np.int64) * size + category[known], return_counts=True)
    result = np.full(int(burst.max(initial=-1)) + 1, -1, np.int64)
    order = np.lexsort((-keys, counts))  # the most frequent last, which is the one that stays
    result[keys[order] // size] = keys[order] % size
    return np.asarray(result[burst], np.int64)


def make_one_stratum(occasions: Counts, totals: Counts) -> Strata:
    """Return all occasions (brands, c) of `totals` (brands,) as one category, in which every brand is compared."""
    return Strata(occasions[None], totals[None], np.ones(1), np.ones((1, len(totals)), bool))


def split_counts(held: Held | None, count: Callable[[Bools], tuple[Counts, Counts]]) -> Strata | None:
    """Return what `count` counts of the posts of each category, occasions (brands, c) and their totals (brands,).

    `count` is given which of the n posts to count, (n,). None if no category is held equal.
    """
    if held is None or not len(held.mix):
        return None
    occasions, totals = zip(*(count(held.category == place) for place in range(len(held.mix))), strict=True)
    return Strata(np.stack(occasions), np.stack(totals), held.mix, held.compared)
