"""Measure each brand's share of posts in each cluster, against that of its typical rival."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.insights.inference import BUDGET, CONFIDENCE, SIGNIFICANT, adjust
from generator.insights.posting.rivals import find_typical
from generator.insights.selection import adjust_for_selection

#: A cell with fewer occasions than this, if the brand posted as all do, is withheld unless it is marked; it is not
#: marked if it has fewer too.
LEAST_POSTS = 5
#: A ratio of fewer occasions, of the brand or of so many of its rival, is known by one end only.
FEW = 10
#: Brands with fewer occasions have no rank.
RANKED = 20
#: A rival dominates a cluster if it has more than this share of the other brands' occasions there.
DOMINANT = 0.5
#: Halvings that find an interval's end to the precision of a float.
_HALVINGS = 100
#: Ends are sought between e^-40 and e^40.
_WIDEST = 40.0

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Counts = Ints | Floats


@dataclass(frozen=True, slots=True)
class Shares:
    """Arrays of (brands, clusters + 1): row i is the brand at position i, the last cell of a row the unclustered.

    An occasion is a post by itself, or all posts of a burst in one cluster: a campaign counts once. Everything below
    `share` is of occasions. What compares a cell `withheld` is NaN; so is a share of none.
    """

    posts: Ints
    share: Floats  # of the brand's posts
    occasions: Ints
    rate: Floats  # of the brand's occasions
    typical: Floats  # the median rival's rate, each drawn to what rivals have in common
    typical_of: Floats  # so many occasions know it as exactly; at most the rivals' all
    lowest: Floats  # the least rate of a rival that has a rank
    highest: Floats
    rank: Ints  # by rate, 1 for the highest, of brands with at least `RANKED` occasions; 0 for none
    over_index: Floats  # rate / typical; inf if rivals have none
    low: Floats
    high: Floats
    p: Floats  # of equal rates, adjusted within the family
    withheld: Bools
    marked: Bools  # the rate surely differs, on the same side whichever rival is left out
    rests_on: Ints  # of a cell marked, the rival without whom little would be left to show for it; -1 for none
    dominant: Ints  # the rival that has most of the others' occasions there; -1 for none
    is_bound: Bools  # there are so few occasions that only the end that faces 1 tells anything: "at least 3 times"
    picked: Floats  # over-index of a cell marked, freed of the luck that got it marked; else NaN
    picked_low: Floats  # its interval
    picked_high: Floats


def measure_shares(
    brand: NDArray[np.integer],
    cluster: NDArray[np.integer],
    burst: NDArray[np.integer] | None = None,
    part: float = 1.0,
) -> Shares:
    """Measure the shares of aligned arrays `brand`, `cluster`, -1 for the unclustered, and `burst`, all (n,).

    `part` is that of the family's chance of a false finding that may be used here.

    Posts of a burst are one decision, so each occasion is one unit. The over-index compares a brand with its median
    rival, whose rate is known as a share of so many occasions is (see `find_typical`). Its interval is the score
    interval for a ratio of two independent proportions. p is that of Fisher's exact test, the smaller tail doubled:
    among thousands of cells, the score test's own tails would be too thin for counts of five. p counts every cell as a
    comparison, shown or not.
    """
    posts, occasions = count_occasions(brand, cluster, np.arange(len(brand)) if burst is None else burst)
    counts = Counted(posts, posts.sum(axis=1), occasions, occasions.sum(axis=1))
    return compare_counts(counts, BUDGET["shares"] * part)


@dataclass(frozen=True, slots=True)
class Counted:
    """Posts and occasions of each brand in each of c cells, (brands, c), and all that it has, (brands,)."""

    posts: Ints
    posts_of: Ints
    occasions: Ints
    occasions_of: Ints


def compare_counts(counts: Counted, budget: float) -> Shares:
    """Compare each brand's share in each cell with its median rival's, as `measure_shares` does with clusters.

    Cells may overlap: a brand's occasions are as many as `counts` says. `budget` is the part of the chance of a false
    finding that these comparisons may use.
    """
    posts, occasions, totals = counts.posts, counts.occasions, counts.occasions_of
    own = np.broadcast_to(totals[:, None], posts.shape)
    typical, size = _compare_all(occasions, totals)
    with np.errstate(divide="ignore", invalid="ignore"):
        share, rate = posts / counts.posts_of[:, None], occasions / own
        over_index = rate / typical
    low, high = ratio_interval(occasions, own, typical * size, size)
    alone = (own == 0) | (size == 0)
    p = np.where(alone, np.nan, _test(occasions, own, typical, size))
    adjusted = adjust(p.ravel(), budget).reshape(p.shape)
    passed = np.nan_to_num(adjusted, nan=1.0) < SIGNIFICANT
    expected = own * (occasions.sum(axis=0) / max(totals.sum(), 1))
    passed &= np.maximum(occasions, expected) >= LEAST_POSTS
    is_same, rests_on = _leave_out(occasions, totals, passed, over_index)
    marked = passed & is_same
    withheld = ((expected < LEAST_POSTS) & ~marked) | alone
    for values in (over_index, low, high, adjusted):
        values[withheld] = np.nan
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = (np.log(over_index), np.log(low), np.log(high))
        picked = adjust_for_selection(logs, p, marked, budget)
    rank, lowest, highest = _rank(totals, rate)
    return Shares(
        posts=posts,
        share=share,
        occasions=occasions,
        rate=rate,
        typical=typical,
        typical_of=size,
        lowest=lowest,
        highest=highest,
        rank=rank,
        over_index=over_index,
        low=low,
        high=high,
        p=adjusted,
        withheld=withheld,
        marked=marked,
        rests_on=rests_on,
        dominant=_find_dominant(occasions),
        is_bound=~withheld & (np.minimum(occasions, typical * size) < FEW),
        picked=np.exp(picked.estimate),
        picked_low=np.exp(picked.low),
        picked_high=np.exp(picked.high),
    )


def count_occasions(
    brand: NDArray[np.integer], cluster: NDArray[np.integer], burst: NDArray[np.integer]
) -> tuple[Ints, Ints]:
    """Return counts of posts and of occasions, (brands, clusters + 1), the unclustered last.

    A burst in two clusters is an occasion in each.
    """
    brands, clusters = int(brand.max(initial=-1)) + 1, int(cluster.max(initial=-1)) + 1
    place = np.where(cluster < 0, clusters, cluster).astype(np.int64)
    cells = brand.astype(np.int64) * (clusters + 1) + place
    size = brands * (clusters + 1)
    first = np.unique(cells * (int(burst.max(initial=-1)) + 1) + burst, return_index=True)[1]
    posts, occasions = (
        np.bincount(values, minlength=size).reshape(brands, clusters + 1).astype(np.int64)
        for values in (cells, cells[first])
    )
    return posts, occasions


def _compare_all(occasions: Ints, totals: Ints) -> tuple[Floats, Floats]:
    """Return the typical rival's rate in each cell and how many occasions know it as exactly; NaN and 0 for none."""
    typical, size = np.full(occasions.shape, np.nan), np.zeros(occasions.shape)
    for brand in range(len(occasions)):
        rivals = np.flatnonzero((totals > 0) & (np.arange(len(totals)) != brand))
        if len(rivals):
            found = find_typical(occasions[rivals], totals[rivals])
            typical[brand], size[brand] = found.rate, found.size
    return typical, size


def _test(occasions: Ints, own: Ints, typical: Floats, size: Floats) -> Floats:
    counted = np.rint(size).astype(np.int64)
    return fisher_exact(occasions, own, np.rint(np.nan_to_num(typical) * counted).astype(np.int64), counted)


def _leave_out(occasions: Ints, totals: Ints, passed: Bools, over_index: Floats) -> tuple[Bools, Ints]:
    """Leave out rivals one by one where a test was passed: those that may matter most.

    Return whether the brand stays on its side of its rivals, and the rival without whom the difference, tested by
    itself, would be no more than chance; -1 for none. With one rival, everything rests on it.
    """
    is_same, rests_on = np.ones(passed.shape, bool), np.full(passed.shape, -1, np.int64)
    with np.errstate(divide="ignore", invalid="ignore"):
        rate = occasions / totals[:, None]
    for brand in np.flatnonzero(passed.any(axis=1)):
        rivals = np.flatnonzero((totals > 0) & (np.arange(len(totals)) != brand))
        cells = np.flatnonzero(passed[brand])
        if len(rivals) == 1:
            rests_on[brand, cells] = rivals[0]
            continue
        is_above = over_index[brand, cells] > 1
        extreme = np.where(is_above, rate[rivals][:, cells].argmin(axis=0), rate[rivals][:, cells].argmax(axis=0))
        left_out = np.stack([extreme, occasions[rivals][:, cells].argmax(axis=0)])
        left_out = np.concatenate([left_out, np.full((1, len(cells)), totals[rivals].argmax())])
        for place in np.unique(left_out):
            of = cells[(left_out == place).any(axis=0)]
            others = np.delete(rivals, place)
            found = find_typical(occasions[np.ix_(others, of)], totals[others])
            mine = occasions[brand, of]
            is_same[brand, of] &= (mine > found.rate * totals[brand]) == (over_index[brand, of] > 1)
            p = _test(mine, np.full(len(of), totals[brand]), found.rate, found.size)
            rests_on[brand, of[p >= SIGNIFICANT]] = rivals[place]
    return is_same, np.where(passed & is_same, rests_on, -1)


def _rank(totals: Ints, rate: Floats) -> tuple[Ints, Floats, Floats]:
    """Return each brand's rank by rate, and the least and the highest rate of its rivals, among brands with a rank."""
    known = totals >= RANKED
    rank = np.zeros(rate.shape, np.int64)
    lowest, highest = np.full(rate.shape, np.nan), np.full(rate.shape, np.nan)
    for brand in range(len(rate)):
        others = known & (np.arange(len(known)) != brand)
        if known[brand]:
            rank[brand] = (rate[others] > rate[brand]).sum(axis=0) + 1
        if others.any():
            lowest[brand], highest[brand] = rate[others].min(axis=0), rate[others].max(axis=0)
    return rank, lowest, highest


def _find_dominant(occasions: Ints) -> Ints:
    dominant = np.full(occasions.shape, -1, np.int64)
    for brand in range(len(occasions) if len(occasions) > 1 else 0):
        rivals = occasions.copy()
        rivals[brand] = 0
        is_most = rivals.max(axis=0) > DOMINANT * rivals.sum(axis=0)
        dominant[brand, is_most] = rivals.argmax(axis=0)[is_most]
    return dominant


def ratio_interval(one: Counts, of_one: Counts, two: Counts, of_two: Counts) -> tuple[Floats, Floats]:
    """Return both ends of the score interval for (one / of_one) / (two / of_two), from counts of one shape.

    The interval holds all ratios that the score test does not reject. It needs no correction for zero counts: none in
    `one` gives a lower end of 0, none in `two` an upper end of inf.
    Koopman, P. A. R. (1984), Confidence intervals for the ratio of two binomial proportions, Biometrics 40, 513-517;
    Miettinen, O. & Nurminen, M. (1985), Comparative analysis of two rates, Statistics in Medicine 4, 213-226.
    """
    from scipy.stats import chi2

    limit = float(chi2.ppf(CONFIDENCE, 1))
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = np.clip(np.log(one / of_one) - np.log(two / of_two), -_WIDEST, _WIDEST)
    centre = np.where(np.isnan(estimate), 0.0, estimate)  # without any counts, from 0 to inf
    ends = []
    for widest in (-_WIDEST, _WIDEST):
        inside, outside = centre.copy(), np.full(centre.shape, widest)
        for _ in range(_HALVINGS):
            middle = (inside + outside) / 2
            rejected = _score(one, of_one, two, of_two, np.exp(middle)) > limit
            outside = np.where(rejected, middle, outside)
            inside = np.where(rejected, inside, middle)
        ends.append(np.exp(inside))
    return np.where(one == 0, 0.0, ends[0]), np.where(two == 0, np.inf, ends[1])


def _score(one: Counts, of_one: Counts, two: Counts, of_two: Counts, ratio: Floats) -> Floats:
    """Return the squared score statistic, chi-squared with one degree of freedom if `ratio` is the true one."""
    # the likeliest second proportion if the first is `ratio` times it: the smaller root of a quadratic equation
    a = ratio * (of_one + of_two)
    b = ratio * (of_one + two) + one + of_two
    c = one + two
    # this form avoids a subtraction that cancels for a small root
    second = 2 * c / (b + np.sqrt(np.maximum(b * b - 4 * a * c, 0)))
    first = np.minimum(ratio * second, 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = first * (1 - first) / of_one + ratio**2 * second * (1 - second) / of_two
        difference = one / of_one - ratio * two / of_two
        return np.where(difference == 0, 0.0, difference**2 / variance)


def fisher_exact(
    one: NDArray[np.int64], of_one: NDArray[np.int64], two: NDArray[np.int64], of_two: NDArray[np.int64]
) -> Floats:
    """Return Fisher's exact p-values of equal shares, two-sided by doubling the smaller tail."""
    from scipy.stats import hypergeom

    given = (of_one + of_two, one + two, of_one)
    return np.asarray(np.minimum(2 * np.minimum(hypergeom.cdf(one, *given), hypergeom.sf(one - 1, *given)), 1.0))
