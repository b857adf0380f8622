"""Find the clusters that rise or fall, or are new, among brands in general."""

from __future__ import annotations

import numpy as np

from generator.insights.inference import SIGNIFICANT, adjust
from generator.insights.over_time.moves import LEAST_OCCASIONS, Bools
from generator.insights.over_time.periods import TIME_BUDGET, Ints, Occasions
from generator.insights.ranks import Floats, sum_by_group, two_sided
from generator.insights.selection import widen_for_selection

#: A cluster is new if its first post lies in this last part of the time.
NEW_PART = 0.25
#: The longest that one burst may last, in days.
_WEEK = 7.0


class Market:
    """The occasions of brands that are large enough, and every cluster's time beside those of no finding."""

    def __init__(
        self, occasions: Occasions, counted: Bools, clusters: int, part: float = 1.0, runs: float = 1.0
    ) -> None:
        kept = counted[occasions.brand]
        self.brand, self.cluster, self.days = occasions.brand[kept], occasions.cluster[kept], occasions.days[kept]
        self.part = part  # of the chance of a false finding that may be used here
        self.runs = runs  # so many occasions say as much as one that is decided by itself
        self.brands, self.clusters = np.flatnonzero(counted), clusters
        self.taken: Bools = np.zeros(clusters, bool)
        self.new = self._test_new()

    def find(self) -> tuple[Floats, Floats]:
        """Return z, above 0 for a rise, and adjusted p, (clusters,) each: NaN if withheld. Set `taken` to findings.

        Findings are made one at a time, as in `measure_drift`.
        """
        z = self._test()
        while self.clusters:
            p = np.nan_to_num(self._adjust(z), nan=1)
            p[self.taken] = 1
            if not p.min() < SIGNIFICANT:
                break
            self.taken[int(p.argmin())] = True
            z = self._test()
        while True:
            for cluster in np.flatnonzero(self.taken):
                z[cluster] = self._test(int(cluster))[cluster]
            weakness = np.where(self.taken, np.nan_to_num(self._adjust(z), nan=1), 0)
            if weakness.max(initial=0) < SIGNIFICANT:
                return z, self._adjust(z)
            self.taken[int(weakness.argmax())] = False
            z = self._test()

    def pick(self, change: tuple[Floats, Floats, Floats], z: Floats, is_found: Bools) -> tuple[Floats, Floats]:
        """Return the ends of each finding's change, (clusters,), that hold although it was picked; NaN for others.

        `change` is each cluster's with both its ends.
        """
        none = np.full(self.clusters, np.nan)
        middle, low, high = (np.append(values, none) for values in change)
        p, shown = np.append(two_sided(z), self.new), np.append(is_found, np.zeros(self.clusters, bool))
        low, high = widen_for_selection((middle, low, high), p, shown, TIME_BUDGET["market"] * self.part)
        return low[: self.clusters], high[: self.clusters]

    def adjust_new(self, z: Floats) -> Floats:
        """Return p (clusters,) of being new, adjusted together with the trends' `z`; NaN for clusters that are not."""
        return adjust(np.append(two_sided(z), self.new), TIME_BUDGET["market"] * self.part)[self.clusters :]

    def _adjust(self, z: Floats) -> Floats:
        return adjust(np.append(two_sided(z), self.new), TIME_BUDGET["market"] * self.part)[: self.clusters]

    def _test(self, only: int | None = None) -> Floats:
        """Return z of every cluster beside those of no finding, or of a finding, `only`.

        Ranks are compared within each brand (van Elteren, P. H. (1960), On the combination of independent two-sample
        tests of Wilcoxon, Bulletin of the ISI 37, 351-361). A trend must hold without any one brand, so z is the one
        nearest to 0 with one brand left out.
        """
        from scipy.stats import rankdata

        taken = np.append(self.taken, False)
        if only is not None:
            taken[only] = False
        kept = ~taken[self.cluster]
        above, variance = np.zeros((2, len(self.brands), self.clusters))
        count = np.zeros((len(self.brands), self.clusters), np.int64)
        for row, brand in enumerate(self.brands):
            mine = kept & (self.brand == brand)
            ranks = np.asarray(rankdata(self.days[mine]), np.float64) / (mine.sum() + 1)
            count[row], above[row], variance[row] = sum_by_group(ranks, self.cluster[mine], self.clusters)
        all_above, all_variance = above.sum(axis=0), variance.sum(axis=0)
        left_above, left_variance = all_above - above, all_variance - variance
        with np.errstate(divide="ignore", invalid="ignore"):
            left = np.where(left_variance > 1e-12, left_above / np.sqrt(left_variance * self.runs), 0)
        side = np.sign(all_above)
        least = side * np.maximum((left * side).min(axis=0, initial=np.inf), 0)
        tested = ((variance > 0).sum(axis=0) > 1) & (count.sum(axis=0) >= LEAST_OCCASIONS)
        return np.where(tested, least, np.nan)

    def _test_new(self) -> Floats:
        """Return the chance that all of a new cluster's occasions come last, (clusters,); NaN for those not new.

        It is over all orders of each brand's occasions, and the larger one without the cluster's densest week.
        """
        p = np.full(self.clusters, np.nan)
        if not len(self.days):
            return p
        start, end = float(self.days.min()), float(self.days.max())
        is_late = self.days >= end - (end - start) * NEW_PART
        size = int(self.brand.max()) + 1
        total = np.bincount(self.brand, minlength=size)
        late = np.bincount(self.brand[is_late], minlength=size)
        early_clusters = set(self.cluster[~is_late].tolist())
        for cluster in sorted(set(self.cluster.tolist()) - early_clusters - {-1}):
            own = np.flatnonzero(self.cluster == cluster)
            days = np.sort(self.days[own])
            counts = np.searchsorted(days, days + _WEEK, "right") - np.arange(len(days))
            first = days[int(counts.argmax())]
            rest = own[(self.days[own] < first) | (self.days[own] > first + _WEEK)]
            p[cluster] = max(
                _chance(np.bincount(self.brand[group], minlength=size), late, total) for group in (own, rest)
            )
        return p


def _chance(count: Ints, late: Ints, total: Ints) -> float:
    """Return the chance that `count` of each brand's `total` occasions, drawn at random, are all among its `late`."""
    from scipy.special import gammaln

    some = count > 0
    count, late, total = count[some], late[some], total[some]
    logs = gammaln(late + 1) - gammaln(late - count + 1) - gammaln(total + 1) + gammaln(total - count + 1)
    return float(np.exp(logs.sum()))
