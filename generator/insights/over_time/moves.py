"""Tell whether a group is posted at other times than the rest, and how: ever more, ever less, or for a while."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from generator.insights.ranks import Floats, sum_by_group, two_sided

#: Occasions on either side of a comparison; with fewer, it is withheld.
LEAST_OCCASIONS = 8
#: Every p below this is tried without the densest weeks, at most so many.
_DOUBTED, _WEEK, _WEEKS = 0.005, 7.0, 3
#: A week is dense if the pace of so many days before and after brings about as many occasions less often than this.
_AROUND, _DENSE = 45.0, 0.0001
#: Times that a group may begin or end at, at most, if it is posted for a while.
_EDGES = 60
#: A group is posted for a while if it is posted less both before and after, each at the second level, or at the first
#: if its share surely differs between the first and the last third.
_PASSING = (0.001, 0.05)

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Course = Literal["rise", "fall", "passing", "pause"]


@dataclass(frozen=True, slots=True)
class Stretch:
    """The time between two of a brand's occasions, in days since 1970, and a count, no estimate, of what lies in it."""

    start: float
    end: float
    inside: int  # the group's occasions
    occasions: int  # the brand's


def compare_times(days: Floats, group: Ints, groups: int, runs: float = 1.0) -> tuple[Floats, Floats]:
    """Return p for each group against all other occasions, and Wilcoxon's z, above 0 if it comes later.

    `days` (o,) in ascending order, `group` (o,) -1 for the rest of every group; NaN if withheld. As many as `runs`
    occasions say as much as one that is decided by itself. p is the smaller of
    two, doubled (Bonferroni): the rank sum's, which finds what grows steadily (Wilcoxon 1945; for a logistic trend in
    evenly spread time no rank test is more powerful), and Kuiper's, which finds what is posted in a part of the time,
    whichever it is (Kuiper, N. H. (1960), Tests concerning random points on a circle, Indagationes Mathematicae 22,
    38-47). How much a brand posts at a time plays no part in either. A small p must hold without any one of the group's
    densest weeks, or of the rest's: the largest is given, so that no finding rests on a burst that was taken for many
    occasions.
    """
    p, z = judge_times(days, group, groups, runs)
    for index in np.flatnonzero(np.nan_to_num(p, nan=1.0) < _DOUBTED):
        inside = group == index
        for start in (*_find_weeks(days, inside), *_find_weeks(days, ~inside)):
            kept = (days < start) | (days > start + _WEEK)
            without, _ = judge_times(days[kept], np.where(inside[kept], 0, -1), 1, runs)
            p[index] = max(p[index], np.nan_to_num(without[0], nan=1.0))
    return p, z


def _find_weeks(days: Floats, inside: Bools) -> list[float]:
    """Return the starts of the densest weeks of those `inside`, of which none holds another's start."""
    from scipy.stats import poisson

    own, place = days[inside], np.arange(int(inside.sum()))
    counts = np.searchsorted(own, own + _WEEK, "right") - place
    # the pace around the week, but no less than half of that of the whole time
    near = np.searchsorted(own, own + _WEEK + _AROUND, "right") - np.searchsorted(own, own - _AROUND, "left")
    steady = len(own) / max(float(days[-1] - days[0]), _WEEK)
    pace = np.maximum((near - counts) / (2 * _AROUND), steady / 2)
    is_dense = poisson.sf(counts - 1, pace * _WEEK) < _DENSE
    starts: list[float] = []
    for index in np.argsort(-counts, kind="stable"):
        if len(starts) == _WEEKS:
            break
        if is_dense[index] and all(abs(own[index] - start) > _WEEK for start in starts):
            starts.append(float(own[index]))
    return starts


def judge_times(days: Floats, group: Ints, groups: int, runs: float = 1.0) -> tuple[Floats, Floats]:
    """Return what `compare_times` does, crowded weeks included."""
    from scipy.stats import rankdata

    count = np.bincount(group[group >= 0], minlength=groups)
    tested = (count >= LEAST_OCCASIONS) & (len(days) - count >= LEAST_OCCASIONS)
    _, above, variance = sum_by_group(np.asarray(rankdata(days), np.float64), group, groups)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(tested, np.where(variance > 0, above / np.sqrt(variance * runs), 0.0), np.nan)
    p = np.minimum(2 * np.fmin(two_sided(z), _test_kuiper(days, group, tested, runs)), 1)
    return p, z


def _test_kuiper(days: Floats, group: Ints, tested: Bools, runs: float = 1.0) -> Floats:
    """Return Kuiper's p for each group that is `tested`, else NaN.

    Stephens' formula for small samples (Stephens, M. A. (1970), Use of the Kolmogorov-Smirnov, Cramér-von Mises and
    related statistics without extensive tables, J. R. Statist. Soc. B 32, 115-122) was never too small in trials of
    groups of 8 to 200, down to p = 0.0003.
    """
    total, groups = len(days), len(tested)
    p = np.full(groups, np.nan)
    order = np.argsort(group, kind="stable")
    order = order[group[order] >= 0]
    members = group[order]
    count = np.bincount(members, minlength=groups)
    within = np.arange(len(members)) - (np.cumsum(count) - count)[members]
    size = count[members]
    # how far the group's steps lie above those of all posts, and below them before a step; equal days are one step
    above, below = np.zeros(groups), np.zeros(groups)
    np.maximum.at(above, members, (within + 1) / size - np.searchsorted(days, days[order], "right") / total)
    np.maximum.at(below, members, np.searchsorted(days, days[order], "left") / total - within / size)
    rest = total - count[tested]
    # all posts include the group itself, so the distances from the others are longer
    distance = np.minimum((above + below)[tested] * total / rest, 1)
    root = np.sqrt(count[tested] * rest / total / runs)
    reach = (root + 0.155 + 0.24 / root) * distance
    terms = np.outer(reach, np.arange(1, 30)) ** 2
    tail = 2 * ((4 * terms - 1) * np.exp(-2 * terms)).sum(axis=1)
    # if the reach is shorter than this, p is 1 and the sum converges too slowly
    p[tested] = np.where(reach < 0.4, 1.0, np.clip(tail, 0, 1))
    return p


def find_course(days: Floats, inside: Bools, change: float, is_sure: bool) -> tuple[Course, Stretch | None]:
    """Return how a group moves, and the stretch that it is posted in, or is not, if it is so for a while only.

    `days` (o,) in ascending order; `change` is the last third's share less the first's; `is_sure` says if it surely is
    not 0. The stretch is the likeliest of all (Kulldorff, M. (1997), A spatial scan statistic, Communications in
    Statistics 26, 1481-1496). A group is posted for a while if its share is lower both before and after that stretch,
    by Fisher's test.
    """
    edges = np.unique(np.round(np.linspace(0, len(days), _EDGES + 1)).astype(np.int64))
    # equal days are not parted
    edges = np.unique(np.append(np.searchsorted(days, days[edges[:-1]]), len(days)))
    sums = np.append(0, np.cumsum(inside))
    for course, values in (("passing", sums), ("pause", np.arange(len(sums)) - sums)):
        first, last = _find_stretch(edges, values)
        if _is_higher(values, first, last, _PASSING[0 if is_sure else 1]):
            stretch = Stretch(float(days[first]), float(days[last - 1]), int(sums[last] - sums[first]), last - first)
            return ("passing" if course == "passing" else "pause"), stretch
    return ("rise" if change > 0 else "fall"), None


def _find_stretch(edges: Ints, sums: Ints) -> tuple[int, int]:
    """Return where the likeliest stretch of a higher share begins and ends, of occasions whose sums are given."""
    from scipy.special import xlogy

    first, last = (edges[index] for index in np.triu_indices(len(edges), 1))
    total, all_inside = int(edges[-1]), int(sums[-1])
    size, inside = last - first, sums[last] - sums[first]
    rest, outside = total - size, all_inside - inside
    with np.errstate(divide="ignore", invalid="ignore"):
        likelihood = sum(xlogy(x, x / n) + xlogy(n - x, (n - x) / n) for x, n in ((inside, size), (outside, rest)))
        likelihood = np.where((rest > 0) & (inside * rest > outside * size), likelihood, -np.inf)
    best = int(np.argmax(likelihood))
    return int(first[best]), int(last[best])


def _is_higher(sums: Ints, first: int, last: int, level: float) -> bool:
    """Return whether the share in a stretch is higher than both before and after, by Fisher's test."""
    from scipy.stats import hypergeom

    size, inside = last - first, int(sums[last] - sums[first])
    for others, among in ((first, int(sums[first])), (len(sums) - 1 - last, int(sums[-1] - sums[last]))):
        if not others or hypergeom.sf(inside - 1, size + others, inside + among, size) >= level:
            return False
    return True
