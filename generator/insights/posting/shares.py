"""Measure each brand's share of posts in each cluster, against that of its typical rival."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from generator.insights.image_parts import ImageParts
from generator.insights.inference import BUDGET, SIGNIFICANT, adjust
from generator.insights.posting.held import Held, Strata, make_one_stratum, split_counts
from generator.insights.posting.occasions import Counts, count_occasions, count_parts
from generator.insights.posting.rates import Rates, compare_all, compare_rates, list_rivals
from generator.insights.posting.ratios import fisher_exact, ratio_interval
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

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Shares:
    """Arrays of (brands, clusters + 1): row i is the brand at position i, the last cell of a row the unclustered.

    An occasion is a post by itself, or all posts of a burst in one cluster: a campaign counts once. Everything below
    `share` is of occasions. What compares a cell `withheld` is NaN; so is a share of none. Where a category is held
    equal, everything below `occasions` is too: see `compare_rates`. Of posts with several images, counts hold parts.
    """

    posts: Counts
    share: Floats  # of the brand's posts
    occasions: Counts
    rate: Floats  # of the brand's occasions
    typical: Floats  # the median rival's rate, each drawn to what rivals have in common
    typical_of: Floats  # so many occasions know it as exactly; at most the rivals' all
    expected: Floats  # occasions of the brand at its median rival's rate
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
    held: Held | None = None,
    parts: ImageParts | None = None,
    runs: float = 1.0,
) -> Shares:
    """Measure the shares of aligned arrays `brand`, `cluster`, -1 for the unclustered, and `burst`, all (n,).

    `part` is that of the family's chance of a false finding that may be used here. `held` gives categories, within
    which brands are compared. Posts of several images count by their `parts` instead of `cluster`: a post in parts
    varies less than one that is whole in one place, so intervals are rather too wide. As many as `runs` occasions say
    as much as one that is decided by itself (see `measure_runs`).

    Posts of a burst are one decision, so each occasion is one unit. The over-index compares a brand with its median
    rival, whose rate is known as a share of so many occasions is (see `find_typical`). Its interval is the score
    interval for a ratio of two independent proportions. p is that of Fisher's exact test, the smaller tail doubled:
    among thousands of cells, the score test's own tails would be too thin for counts of five. p counts every cell as a
    comparison, shown or not.
    """
    counts = count_shares(brand, cluster, np.arange(len(brand)) if burst is None else burst, held, parts)
    return compare_counts(replace(counts, runs=runs), BUDGET["shares"] * part)


def count_shares(
    brand: NDArray[np.integer],
    cluster: NDArray[np.integer],
    burst: NDArray[np.integer],
    held: Held | None,
    parts: ImageParts | None = None,
) -> Counted:
    """Return the counts that `measure_shares` compares; by category, too, if one is `held` equal."""
    shape = int(brand.max(initial=-1)) + 1, int((cluster if parts is None else parts.group).max(initial=-1)) + 2

    def count_both(chosen: Bools) -> tuple[Counts, Counts]:
        if parts is not None:
            return count_parts(brand, burst, parts.choose(chosen), shape)
        return count_occasions(brand[chosen], cluster[chosen], burst[chosen], shape)

    def count(chosen: Bools) -> tuple[Counts, Counts]:
        counted = count_both(chosen)[1]
        return counted, counted.sum(axis=1)

    posts, occasions = count_both(np.ones(len(brand), bool))
    return Counted(posts, posts.sum(axis=1), occasions, occasions.sum(axis=1), split_counts(held, count))


@dataclass(frozen=True, slots=True)
class Counted:
    """Posts and occasions of each brand in each of c cells, (brands, c), and all that it has, (brands,)."""

    posts: Counts
    posts_of: Counts
    occasions: Counts
    occasions_of: Counts
    strata: Strata | None = None  # occasions by the category that is held equal; None if none is
    runs: float = 1.0  # so many occasions say as much as one that is decided by itself

    @property
    def by_category(self) -> Strata:
        """As many independent occasions as would be as sure, by category; all as one if none is held equal."""
        strata = self.strata or make_one_stratum(self.occasions, self.occasions_of)
        if self.runs == 1:
            return strata
        return replace(strata, occasions=strata.occasions / self.runs, totals=strata.totals / self.runs)


def compare_counts(counts: Counted, budget: float) -> Shares:
    """Compare each brand's share in each cell with its median rival's, as `measure_shares` does with clusters.

    Cells may overlap: a brand's occasions are as many as `counts` says. `budget` is the part of the chance of a false
    finding that these comparisons may use.
    """
    posts, occasions, totals = counts.posts, counts.occasions, counts.occasions_of
    strata = counts.by_category
    found = compare_all(strata)
    with np.errstate(divide="ignore", invalid="ignore"):
        share, rate = posts / counts.posts_of[:, None], found.count / found.of
        over_index = rate / found.typical
    low, high = ratio_interval(found.count, found.of, found.typical * found.typical_of, found.typical_of)
    alone = (found.of == 0) | (found.typical_of == 0)
    p = np.where(alone, np.nan, _test(found))
    adjusted = adjust(p.ravel(), budget).reshape(p.shape)
    passed = np.nan_to_num(adjusted, nan=1.0) < SIGNIFICANT
    due = found.of * found.all_brands
    passed &= np.maximum(found.count, due) >= LEAST_POSTS
    is_same, rests_on = _leave_out(strata, passed, rate, over_index)
    marked = passed & is_same
    withheld = ((due < LEAST_POSTS) & ~marked) | alone
    for values in (over_index, low, high, adjusted):
        values[withheld] = np.nan
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = (np.log(over_index), np.log(low), np.log(high))
        picked = adjust_for_selection(logs, p, marked, budget)
    rank, lowest, highest = _rank(strata, rate)
    return Shares(
        posts=posts,
        share=share,
        occasions=occasions,
        rate=rate,
        typical=found.typical,
        typical_of=found.typical_of,
        expected=found.in_its_mix * totals[:, None],
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
        is_bound=~withheld & (np.minimum(found.count, found.typical * found.typical_of) < FEW),
        picked=np.exp(picked.estimate),
        picked_low=np.exp(picked.low),
        picked_high=np.exp(picked.high),
    )


def _test(rates: Rates) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        own = rates.count * (rates.of_if_equal / rates.of)
    counts = (own, rates.of_if_equal, rates.typical * rates.typical_of, rates.typical_of)
    return fisher_exact(*(np.rint(np.nan_to_num(values)).astype(np.int64) for values in counts))


def _leave_out(strata: Strata, passed: Bools, rate: Floats, over_index: Floats) -> tuple[Bools, Ints]:
    """Leave out rivals one by one where a test was passed: those that may matter most.

    Return whether the brand stays on its side of its rivals, and the rival without whom the difference, tested by
    itself, would be no more than chance; -1 for none. With one rival, everything rests on it.
    """
    is_same, rests_on = np.ones(passed.shape, bool), np.full(passed.shape, -1, np.int64)
    totals, occasions = strata.totals.sum(axis=0), strata.occasions.sum(axis=0)
    for brand in np.flatnonzero(passed.any(axis=1)).tolist():
        rivals = list_rivals(strata, brand)
        cells = np.flatnonzero(passed[brand])
        if len(rivals) == 1:
            rests_on[brand, cells] = rivals[0]
            continue
        is_above = over_index[brand, cells] > 1
        known = rate[rivals][:, cells]
        least, most = (np.where(np.isnan(known), worst, known) for worst in (np.inf, -np.inf))
        extreme = np.where(is_above, least.argmin(axis=0), most.argmax(axis=0))
        left_out = np.stack([extreme, occasions[rivals][:, cells].argmax(axis=0)])
        left_out = np.concatenate([left_out, np.full((1, len(cells)), totals[rivals].argmax())])
        for place in np.unique(left_out):
            of = cells[(left_out == place).any(axis=0)]
            found = compare_rates(strata, brand, np.delete(rivals, place), of)
            is_same[brand, of] &= (found.count > found.typical * found.of) == (over_index[brand, of] > 1)
            rests_on[brand, of[~(_test(found) < SIGNIFICANT)]] = rivals[place]
    return is_same, np.where(passed & is_same, rests_on, -1)


def _rank(strata: Strata, rate: Floats) -> tuple[Ints, Floats, Floats]:
    """Return each brand's rank by rate, and the least and the highest rate of its rivals.

    Brands with too few occasions have no rank; the others have one among those compared in the same categories.
    """
    known = np.where(strata.compared, strata.totals, 0).sum(axis=0) >= RANKED
    rank = np.zeros(rate.shape, np.int64)
    lowest, highest = np.full(rate.shape, np.nan), np.full(rate.shape, np.nan)
    for brand in range(len(rate)):
        others = known & (strata.compared == strata.compared[:, [brand]]).all(axis=0)
        others[brand] = False
        if known[brand]:
            rank[brand] = (rate[others] > rate[brand]).sum(axis=0) + 1
        if others.any():
            lowest[brand], highest[brand] = rate[others].min(axis=0), rate[others].max(axis=0)
    return rank, lowest, highest


def _find_dominant(occasions: Counts) -> Ints:
    dominant = np.full(occasions.shape, -1, np.int64)
    for brand in range(len(occasions) if len(occasions) > 1 else 0):
        rivals = occasions.copy()
        rivals[brand] = 0
        is_most = rivals.max(axis=0) > DOMINANT * rivals.sum(axis=0)
        dominant[brand, is_most] = rivals.argmax(axis=0)[is_most]
    return dominant
