"""Compare the first and the last third of each brand's own time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.insights.over_time.moves import Bools, Ints
from generator.insights.proportions import limit_mean_difference, limit_share
from generator.insights.ranks import Floats


@dataclass(frozen=True, slots=True)
class Part:
    """A cluster's share of the brand's occasions between two times, in days since 1970."""

    start: float
    end: float
    posts: int  # the brand's, with a date
    occasions: int  # the brand's: a burst counts once for each of its clusters
    share: float  # of occasions
    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class Dated:
    """Occasions with a date, in order of brand, then time: aligned arrays (o,)."""

    brand: Ints
    days: Floats  # since 1970
    posts: Ints
    shows: Bools  # (o, clusters) which each belongs to: one at most, or, for subjects, any
    category: Ints | None = None  # -1 for none; None if none is held equal


class Changes:
    """Every cell's occasions in the first and the last third of its brand's own time, and the change of its share."""

    def __init__(self, dated: Dated, shape: tuple[int, int], runs: float) -> None:
        self.runs = runs  # so many occasions say as much as one that is decided by itself
        self.start, self.end = np.full(shape[0], np.inf), np.full(shape[0], -np.inf)
        np.minimum.at(self.start, dated.brand, dated.days)
        np.maximum.at(self.end, dated.brand, dated.days)
        with np.errstate(invalid="ignore"):
            self.third = (self.end - self.start) / 3
            early = dated.days <= (self.start + self.third)[dated.brand]
            late = dated.days >= (self.end - self.third)[dated.brand]
        self.inside = [_count(dated.brand[part], dated.shows[part], shape) for part in (early, late)]
        self.all = [np.bincount(dated.brand[part], minlength=shape[0])[:, None] for part in (early, late)]
        self.posts = [np.bincount(dated.brand[part], dated.posts[part], shape[0]) for part in (early, late)]
        one, of_one, two, of_two = (
            np.broadcast_to(values, shape)[None] / runs
            for pair in zip(self.inside, self.all, strict=True)
            for values in pair
        )
        weight = np.where((of_one > 0) & (of_two > 0), 1.0, 0.0)
        self.change, self.low, self.high = limit_mean_difference(one, of_one, two, of_two, weight)

    def describe(self, brand: int, cluster: int) -> tuple[Part, Part]:
        """Return the first and the last third of a cell."""
        start, end, third = float(self.start[brand]), float(self.end[brand]), float(self.third[brand])
        parts = []
        for index, (of, to) in enumerate(((start, start + third), (end - third, end))):
            count = int(self.all[index][brand, 0])
            share = np.array(self.inside[index][brand, cluster] / count)
            low, high = limit_share(share, np.array(count / self.runs))
            parts.append(Part(of, to, int(self.posts[index][brand]), count, float(share), float(low), float(high)))
        return parts[0], parts[1]


def _count(brand: Ints, shows: Bools, shape: tuple[int, int]) -> Ints:
    counts = np.zeros(shape, np.int64)
    np.add.at(counts, brand, shows)
    return counts
