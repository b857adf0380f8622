"""Find bursts: posts of one brand that are near copies of one another within days, such as those of a campaign."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

#: Posts of a burst lie within this many days of another of it, near copies in a row or posts of one cluster in all.
GAP_DAYS = 5.0
#: A row of posts, each within days of the last, is cut after so many: a series that never ends is many decisions.
LONGEST_DAYS = 14.0
#: Two images are near copies if they are this much nearer than the nearest image that another brand or time made.
NEAR = 0.5
#: The same if one has no date, so that only its look speaks for a burst.
NEAR_UNDATED = 0.25
#: A crowd is of this many posts at least, and at most.
_CROWD = (3, 12)
#: A crowd is a burst if so many posts of one cluster come by chance once in 1000 windows at the brand's pace, and if
#: they are so large a part of the window's posts once in 50: a busy week is no campaign.
_CROWDED, _CONCENTRATED = 0.001, 0.02
#: The brand's pace is that of so many days before and after.
_AROUND_DAYS = 60.0

Ints = NDArray[np.integer]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Burst:
    """Two posts or more of a brand that are one decision."""

    brand: int
    first_day: float  # since 1970; NaN if no post of it has a date
    last_day: float
    posts: tuple[int, ...]  # positions, in order of time, those without a date last
    cluster: int  # of most of its posts, -1 for none
    representative: int  # the position of the post nearest to the middle of its images


@dataclass(frozen=True, slots=True, eq=False)
class Bursts:
    """All bursts of a report, by brand and time."""

    bursts: tuple[Burst, ...]
    posts: int  # in bursts, of all brands
    design_effect: Floats  # (brands,): posts that say as much about a brand's shares as one by itself does


def find_bursts(
    brand: Ints, cluster: Ints, days: Floats, features: NDArray[np.float32], near: Ints, image: Ints
) -> NDArray[np.intp]:
    """Return a code for each of n posts, (n,), equal for posts of one burst; counted by first appearance.

    `days` (n,) are NaN for posts without a date, `near` (n, m) the positions of the nearest by `features` (n, k), the
    nearest first, and `image` (n,) codes, equal for one image. Near copies within days are a burst. So are posts of a
    cluster that crowd within days, for a shoot's images need not be near copies: those that a scan statistic finds,
    against the brand's pace in the weeks around. Posts without a date are of a burst only with near copies of them.
    Naus, J. I. (1965), The distribution of the size of the maximum cluster of points on a line, JASA 60, 532-538;
    Kulldorff, M. (1997), A spatial scan statistic, Communications in Statistics 26, 1481-1496.
    """
    copies = _cut(days, _join(_pair_copies(brand, cluster, days, features, near, image), len(brand)))
    return _number(_cut(days, _join_crowds(brand, cluster, days, copies)))


def list_bursts(
    burst: NDArray[np.intp], brand: Ints, cluster: Ints, days: Floats, features: NDArray[np.float32]
) -> Bursts:
    """List the bursts of two posts or more, for aligned arrays (n,), with the codes that `find_bursts` returns.

    The design effect is that of clusters whose members are all alike: the mean size of a burst that a post is in.
    Kish, L. (1965), Survey Sampling, Wiley, chapter 5.
    """
    sizes = np.bincount(burst)
    order = np.lexsort((days, burst))
    groups = [group for group in np.split(order, np.cumsum(sizes)[:-1]) if len(group) > 1]
    bursts = []
    for group in groups:
        of_clusters, counts = np.unique(cluster[group], return_counts=True)
        apart = ((features[group] - features[group].mean(axis=0)) ** 2).sum(axis=1)
        dated = days[group][~np.isnan(days[group])]
        first, last = (float(dated[0]), float(dated[-1])) if len(dated) else (np.nan, np.nan)
        most, middle = int(of_clusters[counts.argmax()]), int(group[apart.argmin()])
        bursts.append(Burst(int(brand[group[0]]), first, last, tuple(group.tolist()), most, middle))
    bursts.sort(key=lambda burst: (burst.brand, np.isnan(burst.first_day), burst.first_day, burst.posts))
    with np.errstate(invalid="ignore"):
        effect = np.bincount(brand, sizes[burst]) / np.bincount(brand)
    return Bursts(tuple(bursts), sum(len(group) for group in groups), effect)


def _pair_copies(
    brand: Ints, cluster: Ints, days: Floats, features: NDArray[np.float32], near: Ints, image: Ints
) -> NDArray[np.intp]:
    """Return pairs of posts (p, 2) of one brand that show the same image or nearly, within days if both have dates."""
    count, width = near.shape
    one, two = np.repeat(np.arange(count), width), near.ravel().astype(np.intp)
    same = brand[one] == brand[two]
    together = same & ~(np.abs(days[one] - days[two]) > GAP_DAYS)
    distance = np.full((count, width), np.nan)
    for place in range(width):  # not all at once, for memory
        distance[:, place] = np.sqrt(((features - features[near[:, place]]) ** 2).sum(axis=1, dtype=np.float64))
    # what lies between any two images: the nearest of another brand or time, or at least the farthest known
    apart = np.where(together.reshape(count, width), np.inf, distance).min(axis=1, initial=np.inf)
    usual = np.where(np.isinf(apart), distance.max(axis=1, initial=0), apart)
    dated = ~np.isnan(days)
    typical = _median_by(cluster, apart, dated)
    # a look that comes back all the time is no campaign, but the same image is
    usual = np.maximum(usual, np.where(np.isinf(apart), typical, np.where(dated, typical / 2, 0)))
    limit = np.where(dated[one] & dated[two], NEAR, NEAR_UNDATED)
    alike = distance.ravel() <= limit * np.minimum(usual[one], usual[two])
    copies = np.column_stack([one, two])[together & alike]
    # one image posted again, in order of time; lists of nearest need not hold it
    order = np.lexsort((days, image, brand))
    repeats = np.column_stack([order[:-1], order[1:]])
    again = (brand[repeats[:, 0]] == brand[repeats[:, 1]]) & (image[repeats[:, 0]] == image[repeats[:, 1]])
    again &= ~(np.abs(days[repeats[:, 0]] - days[repeats[:, 1]]) > GAP_DAYS)
    return np.concatenate([copies, repeats[again]])


def _median_by(group: Ints, values: Floats, known: NDArray[np.bool_]) -> Floats:
    """Return for each the median of the finite values of its group, of all if there are none, 0 without any."""
    kept = known & np.isfinite(values)
    everything = float(np.median(values[kept])) if kept.any() else 0.0
    medians = np.full(int(group.max(initial=-1)) + 2, everything)
    order = np.lexsort((values[kept], group[kept]))
    sizes = np.bincount(group[kept] + 1, minlength=len(medians))
    middle = np.cumsum(sizes) - sizes + sizes // 2
    medians[sizes > 0] = values[kept][order][middle[sizes > 0]]
    return np.asarray(medians[group + 1], np.float64)


def _join(pairs: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    links = coo_array((np.ones(len(pairs), bool), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    return np.asarray(connected_components(links, directed=False)[1], np.intp)


def _cut(days: Floats, group: NDArray[np.intp]) -> NDArray[np.intp]:
    """Cut groups between posts that lie more than days apart, and after the longest time."""
    # a post without a date goes with the middle one of those with dates
    day = np.where(np.isnan(days), _median_by(group, days, ~np.isnan(days)), days)
    order = np.lexsort((day, group))
    starts = np.ones(len(order), bool)
    starts[1:] = (np.diff(group[order]) != 0) | (np.diff(day[order]) > GAP_DAYS)
    first = np.maximum.accumulate(np.where(starts, np.arange(len(order)), 0))
    part = np.nan_to_num((day[order] - day[order][first]) // LONGEST_DAYS)
    starts[1:] |= np.diff(part) != 0
    result = np.empty(len(order), np.intp)
    result[order] = np.cumsum(starts) - 1
    return result


def _join_crowds(brand: Ints, cluster: Ints, days: Floats, burst: NDArray[np.intp]) -> NDArray[np.intp]:
    """Join the occasions of one brand and cluster that crowd within days. Run twice: crowds hide one another."""
    for _ in range(2):
        # a burst is one occasion, of its first dated post
        order = np.lexsort((days, burst))
        first = order[np.unique(burst[order], return_index=True)[1]]
        first = first[~np.isnan(days[first])]
        pairs = _pair_crowds(brand[first], cluster[first], days[first])
        burst = _join(burst[first][pairs], int(burst.max(initial=-1)) + 1)[burst]
    return burst


def _pair_crowds(brand: Ints, cluster: Ints, days: Floats) -> NDArray[np.intp]:
    """Return pairs (p, 2), each a row's post and the next, of posts of one brand and cluster that crowd within days."""
    from scipy.stats import binom, poisson

    count = len(brand)
    span = float(days.max(initial=0) - days.min(initial=0)) + 4 * _AROUND_DAYS
    day = days - days.min(initial=0) + 2 * _AROUND_DAYS
    cell = brand.astype(np.int64) * (int(cluster.max(initial=-1)) + 2) + cluster + 1
    order = np.lexsort((day, cell))
    of_cell, of_brand = cell[order] * span + day[order], np.sort(brand * span + day)

    at, of, grouped = day[order], brand[order], cell[order]

    def tally(here: Ints, before: float, after: Floats | float) -> tuple[Floats, Floats]:
        """Count the posts of the cell and of the brand from so long before some posts to so long after them."""
        sides = []
        for times, group in ((of_cell, grouped), (of_brand, of)):
            key = group[here] * span + at[here]
            upper = np.searchsorted(times, key + after, "right")
            sides.append((upper - np.searchsorted(times, key - before, "left")).astype(np.float64))
        return sides[0], sides[1]

    first, final = (np.full(int(brand.max(initial=-1)) + 1, end) for end in (np.inf, -np.inf))
    np.minimum.at(first, brand, day)
    np.maximum.at(final, brand, day)

    def span_days(here: Ints, around: float, lasts: Floats) -> Floats:
        """Return how many days of the brand's own time lie from so long before some posts to so long after them."""
        begin = np.maximum(at[here] - around, first[of[here]])
        return np.asarray(np.minimum(at[here] + lasts + around, final[of[here]]) - begin, np.float64)

    in_cell, in_brand = np.bincount(cell)[grouped], np.bincount(brand)[of]
    joined = np.zeros(max(count - 1, 0), bool)
    for size in range(_CROWD[0], _CROWD[1] + 1):
        here, last = np.arange(count - size + 1), np.arange(size - 1, count)
        lasts = at[last] - at[here]
        kept = (grouped[here] == grouped[last]) & (lasts <= GAP_DAYS) & (cluster[order][here] >= 0)
        here, lasts = here[kept], lasts[kept]
        within = tally(here, 0, lasts)[1]
        # the brand's pace around, and its share of the cluster, drawn to that of all time; without the crowd itself
        # and what lies so close around it that it may be of the same campaign, if more than that is known
        close, near = (tally(here, days, lasts + days) for days in (LONGEST_DAYS, _AROUND_DAYS))
        known, left_out = (span_days(here, days, lasts) for days in (_AROUND_DAYS, LONGEST_DAYS))
        is_brief = known - left_out < LONGEST_DAYS
        left_out = np.where(is_brief, lasts, left_out)
        in_crowd, all_close = np.where(is_brief, size, close[0]), np.where(is_brief, within, close[1])
        usual = np.maximum(in_cell[here] - in_crowd + 0.5, 0.5) / (in_brand[here] - all_close + 1)
        share = np.minimum((near[0] - in_crowd + 2 * usual) / (near[1] - all_close + 2), 0.95)
        pace = (near[1] - all_close) / np.maximum(known - left_out, GAP_DAYS)
        due = share * np.maximum(pace * GAP_DAYS, (within - size) / (1 - share))
        crowded = poisson.sf(size - 2, due) < _CROWDED
        crowded &= binom.sf(size - 2, within - 1, share) < _CONCENTRATED
        crowded &= known >= LONGEST_DAYS  # of less, nobody can tell what is usual
        for step in range(size - 1):
            joined[here[crowded] + step] = True
    return np.column_stack([order[:-1][joined], order[1:][joined]])


def _number(code: NDArray[np.intp]) -> NDArray[np.intp]:
    _, first, place = np.unique(code, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.intp)
    rank[np.argsort(first)] = np.arange(len(first))
    return np.asarray(rank[place.ravel()], np.intp)
