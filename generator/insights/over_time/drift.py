"""Find the clusters that a brand posts more at one time than at another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.insights.inference import SIGNIFICANT, adjust
from generator.insights.over_time.moves import Bools, Course, Ints, Stretch, compare_times, find_course
from generator.insights.over_time.moves_within import compare_columns
from generator.insights.over_time.periods import TIME_BUDGET, Periods, count_periods, gather_occasions
from generator.insights.over_time.thirds import Changes, Dated, Part
from generator.insights.ranks import Floats
from generator.insights.runs import measure_runs
from generator.insights.selection import widen_for_selection


@dataclass(frozen=True, slots=True)
class Drift:
    """A cluster that a brand posts more at one time than at another, beyond chance."""

    brand: int
    cluster: int
    posts: int  # dated
    occasions: int
    course: Course  # "rise", "fall", "passing" (posted for a while) or "pause" (not posted for a while)
    direction: int  # 1 for a rise, -1 for a fall, 0 for what passes or pauses
    first: Part  # third of the brand's own time
    last: Part
    change: float  # the last third's share less the first's
    low: float
    high: float
    picked_low: float  # the interval that holds although the change was picked: its end near 0 lies nearer to it
    picked_high: float
    stretch: Stretch | None  # when it was posted, or was not, if it passes or pauses
    p: float


@dataclass(frozen=True, slots=True, eq=False)
class Drifts:
    """Posts over time, and every brand's comparison of each cluster with its other posts.

    Arrays of (brands, clusters). The change is of shares of occasions, from the first third of the brand's own time to
    the last; it is NaN if withheld. Its interval says how large a change may be that was not found.
    """

    periods: Periods
    posts: Ints  # dated
    occasions: Ints
    change: Floats
    low: Floats
    high: Floats
    p: Floats  # adjusted for all comparisons; NaN if withheld
    withheld: Bools
    runs: float  # so many occasions say as much as one that is decided by itself
    findings: tuple[Drift, ...]  # least p first


def measure_drift(
    brand: Ints,
    cluster: Ints,
    days: Floats,
    burst: Ints | None = None,
    part: float = 1.0,
    clusters: int | None = None,
    category: Ints | None = None,
) -> Drifts:
    """Find drifts in aligned arrays (n,): `cluster` -1 for the unclustered, `days` since 1970, NaN without a date.

    Posts with one code of `burst` are one occasion for each of their clusters; None: every post is one. `part` is that
    of the family's chance of a false finding that may be used here; `clusters` their number, if the last may be empty.
    `category` is each post's, such as its market, -1 for none: what moves must then move within categories too.
    """
    clusters = int(cluster.max(initial=-1)) + 1 if clusters is None else clusters
    shape = (int(brand.max(initial=-1)) + 1, clusters)
    occasions = gather_occasions(brand, cluster, days, burst)
    dated = np.isfinite(days)
    periods = count_periods(brand[dated], cluster[dated], days[dated], shape)
    shows = occasions.cluster[:, None] == np.arange(shape[1])
    held = None if category is None else category[occasions.first]
    found = Dated(occasions.brand, occasions.days, occasions.posts, shows, held)
    return find_drifts(found, periods, TIME_BUDGET["drift"] * part)


def find_drifts(dated: Dated, periods: Periods, budget: float) -> Drifts:
    """Find drifts of occasions, of which `periods` counts the posts; `budget` is the part of the chance of error.

    A cluster's occasions are compared with the same brand's others (see `compare_times`). If one cluster comes early,
    all others seem to come late beside it. So findings are made one at a time: the strongest is removed from the
    occasions that the rest is compared with, until nothing is significant. Then each is tested against the brand's
    steady posts alone, those in no finding. If these come in runs, every cell is less sure (see `measure_runs`).
    """
    posts = periods.counts[:, :-1].sum(axis=2)
    table = _Table(dated, posts.shape, budget)
    table.step_forward()
    p = table.drop_contrasts()
    changes = Changes(dated, posts.shape, table.runs)
    figures = (changes.change, changes.low, changes.high)
    picked = widen_for_selection(figures, table.p, table.taken, budget, table.weight)
    findings = [
        _describe(table, changes, picked, (int(row), int(column)), posts, float(p[row, column]))
        for row, column in np.argwhere(table.taken)
    ]
    withheld = np.isnan(p)
    return Drifts(
        periods=periods,
        posts=posts,
        occasions=table.occasions,
        change=np.where(withheld, np.nan, changes.change),
        low=np.where(withheld, np.nan, changes.low),
        high=np.where(withheld, np.nan, changes.high),
        p=p,
        withheld=withheld,
        runs=table.runs,
        findings=tuple(sorted(findings, key=lambda drift: (drift.p, drift.brand, drift.cluster))),
    )


class _Table:
    """The dated occasions, and every cell's comparison with its brand's steady ones, those in no finding."""

    def __init__(self, dated: Dated, shape: tuple[int, int], budget: float) -> None:
        self.budget, self.runs = budget, 1.0
        ends = np.cumsum(np.bincount(dated.brand, minlength=shape[0]))[:-1]
        self.days = np.split(dated.days, ends) if shape[0] else []
        self.shows = np.split(dated.shows, ends) if shape[0] else []
        self.category = None if dated.category is None else np.split(dated.category, ends)
        self.occasions: Ints = np.zeros(shape, np.int64)
        for row, shows in enumerate(self.shows):
            self.occasions[row] = shows.sum(axis=0)
        self.taken: Bools = np.zeros(shape, bool)
        self.p = np.full(shape, np.nan)
        for row in range(shape[0]):
            self.compare(row)

    def among(self, brand: int, cluster: int | None = None) -> Bools:
        """Return a mask of the brand's occasions that are steady or, if in no other finding, in `cluster`."""
        taken = self.taken[brand].copy()
        if cluster is not None:
            taken[cluster] = False
        kept: Bools = np.logical_not(self.shows[brand][:, taken].any(axis=1))
        return kept

    def compare(self, brand: int, taken_too: bool = False) -> None:
        """Compare the brand's clusters with its steady posts; those already found only if `taken_too`."""
        p = self._compare(brand, self.among(brand), slice(None))
        for cluster in np.flatnonzero(self.taken[brand]) if taken_too else ():
            p[cluster] = self._compare(brand, self.among(brand, int(cluster)), [int(cluster)])[0]
        self.p[brand] = p

    def _compare(self, brand: int, kept: Bools, clusters: slice | list[int]) -> Floats:
        """Return p of `clusters` among the brand's occasions `kept`; within categories too, if one is held equal."""
        category = None if self.category is None else self.category[brand][kept]
        return compare_columns(self.days[brand][kept], self.shows[brand][kept][:, clusters], category, self.runs)

    @property
    def weight(self) -> Floats:
        """The part of the budget of each cell: what is posted often can show a steady move, and gets more."""
        return np.maximum(self.occasions, 1).astype(np.float64)

    def adjust(self) -> Floats:
        """Return p adjusted for all cells."""
        return adjust(self.p.ravel(), self.budget, self.weight.ravel()).reshape(self.p.shape)

    def step_forward(self) -> None:
        """Find one drift after another, the strongest first."""
        while self.occasions.size:
            adjusted = np.nan_to_num(self.adjust(), nan=1)
            if not adjusted.min() < SIGNIFICANT:
                return
            brand, cluster = np.unravel_index(int(adjusted.argmin()), self.p.shape)
            self.taken[brand, cluster] = True
            self.compare(int(brand))

    def drop_contrasts(self) -> Floats:
        """Drop findings, weakest first, that do not differ from steady posts. Return the adjusted p of all cells."""
        for brand in np.flatnonzero(self.taken.any(axis=1)):
            self.compare(int(brand), taken_too=True)
        while True:
            self._measure_runs()
            adjusted = self.adjust()
            weakness = np.where(self.taken, np.nan_to_num(adjusted, nan=1), 0)
            if weakness.max(initial=0) < SIGNIFICANT:
                return adjusted
            brand, cluster = np.unravel_index(int(weakness.argmax()), weakness.shape)
            self.taken[brand, cluster] = False
            self.compare(int(brand), taken_too=True)

    def _measure_runs(self) -> None:
        """Measure the runs of steady occasions, and compare again if there are other ones."""
        if not self.days:
            return
        kept = [self.among(brand) for brand in range(len(self.days))]
        days, shows = (
            np.concatenate([values[steady] for values, steady in zip(all_values, kept, strict=True)])
            for all_values in (self.days, self.shows)
        )
        runs = measure_runs(np.repeat(np.arange(len(kept)), [steady.sum() for steady in kept]), shows, days)
        if runs != self.runs:
            self.runs = runs
            for brand in range(len(kept)):
                self.compare(brand, taken_too=True)


def _describe(
    table: _Table, changes: Changes, picked: tuple[Floats, Floats], cell: tuple[int, int], posts: Ints, p: float
) -> Drift:
    brand, cluster = cell
    first, last = changes.describe(brand, cluster)
    kept = table.among(brand, cluster)
    days, inside = table.days[brand][kept], table.shows[brand][kept][:, cluster]
    change = float(changes.change[cell])
    # if both thirds are alike, the ranks tell the direction
    sign = change or float(compare_times(days, inside.astype(np.int64) - 1, 1)[1][0])
    course, stretch = find_course(days, inside, sign, is_sure=bool(changes.low[cell] * changes.high[cell] > 0))
    return Drift(
        brand=brand,
        cluster=cluster,
        posts=int(posts[cell]),
        occasions=int(table.occasions[cell]),
        course=course,
        direction={"rise": 1, "fall": -1}.get(course, 0),
        first=first,
        last=last,
        change=change,
        low=float(changes.low[cell]),
        high=float(changes.high[cell]),
        picked_low=float(picked[0][cell]),
        picked_high=float(picked[1][cell]),
        stretch=stretch,
        p=p,
    )
