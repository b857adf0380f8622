"""Measure how often each brand's posts have each value of a field, against its typical rival."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from generator.insights.posting.held import Held
from generator.insights.posting.shares import Shares, compare_counts
from generator.insights.posting.tag_shares import LEAST_SHOWN, count_all

#: Fields that are compared, and values of each, the most frequent first: every comparison takes from the others.
MOST_FIELDS = 6
MOST_VALUES = 12
#: Stands for the format of posts among the positions of fields.
FORMAT = -1


@dataclass(frozen=True, slots=True)
class FieldShares:
    """A field of which brands are compared. Column v of `shares` is of `values[v]`, among posts with any."""

    field: int  # position in the report, or FORMAT
    values: tuple[int, ...]
    shares: Shares


def measure_field_shares(
    brand: NDArray[np.integer],
    values: NDArray[np.integer],
    burst: NDArray[np.integer],
    budget: float,
    held: tuple[int, Held] | None = None,
    days: NDArray[np.float64] | None = None,
) -> tuple[FieldShares, ...]:
    """Compare brands by the values of fields; `budget` is the part of the report's chance of a false mark for all.

    `brand` and `burst` are (n,), `values` (n, fields) holds each post's value by its position, the most frequent
    first, -1 for none. A share is of the posts that have a value, and a burst is one occasion, as in
    `measure_tag_shares`. Fields share the budget equally (Bonferroni), values of one by Holm's method. Which are
    compared depends on all posts together, so that it tells nothing of the brands. `held` is a field, and its values
    as categories within which brands are compared by all other fields; `days` as in `measure_tag_shares`.
    """
    chosen = list(_choose(values))[:MOST_FIELDS]
    return tuple(
        FieldShares(
            field,
            compared,
            _compare(
                *(brand, values[:, field], compared, burst, budget / len(chosen)),
                None if held is None or held[0] == field else held[1],
                days,
            ),
        )
        for field, compared in chosen
    )


def _choose(values: NDArray[np.integer]) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Yield the fields that are compared and their values. Of two values one tells the other."""
    for field in range(values.shape[1]):
        counts = np.bincount(values[values[:, field] >= 0, field])
        frequent = np.flatnonzero(counts >= LEAST_SHOWN)[:MOST_VALUES].tolist()
        if len(counts) > 1 and frequent:
            yield field, tuple(frequent[:1] if np.count_nonzero(counts) == 2 else frequent)


def _compare(
    brand: NDArray[np.integer],
    value: NDArray[np.integer],
    compared: tuple[int, ...],
    burst: NDArray[np.integer],
    budget: float,
    held: Held | None,
    days: NDArray[np.float64] | None,
) -> Shares:
    known = value >= 0
    brands = int(brand.max(initial=-1)) + 1
    shown = value[known, None] == np.array(compared)
    there = None if held is None else replace(held, category=held.category[known])
    when = None if days is None else days[known]
    return compare_counts(count_all(brand[known], shown, burst[known], brands, there, when), budget)
