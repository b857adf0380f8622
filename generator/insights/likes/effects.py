"""Find clusters that get other likes than a brand's ordinary posts, in one brand or in general."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from generator.insights.inference import SIGNIFICANT, adjust
from generator.insights.likes.occasions import Occasions, align
from generator.insights.likes.typical_likes import Bools, Floats, Ints
from generator.insights.ranks import rank_normally, sum_beside, two_sided

#: Occasions with likes on either side of a comparison; with fewer, it is withheld. From six on, a median has a 95 %
#: interval for any distribution.
LEAST_OCCASIONS = 6
#: An effect further than this from the rivals', in standard errors, is the brand's own and no part of a general one.
_DIFFERENT = 1.96
#: Bursts are taken to vary as much as single posts until there are more of them than this.
_BELIEVED = 10


class Comparisons:
    """The occasions with likes, and every cell's comparison with its brand's ordinary posts."""

    def __init__(self, occasions: Occasions, brands: int, clusters: int, budget: float) -> None:
        self.data, self.shape, self.budget = occasions, (brands, clusters), budget
        brand, member = occasions.brand, occasions.member
        self.rows = _split(brand, brands)  # of each brand, ascending
        self.pairs = _split(brand[member], brands)  # the same, of occasions and their groups
        self.occasions, self.posts = np.zeros(self.shape, np.int64), np.zeros(self.shape, np.int64)
        np.add.at(self.occasions, (brand[member], occasions.group), 1)
        np.add.at(self.posts, (brand[member], occasions.group), occasions.posts[member])
        # a multiple of a median of 0 is not defined
        self.mute = np.array([not len(rows) or np.median(occasions.level[rows]) == -np.inf for rows in self.rows], bool)
        self.relative = np.zeros(len(brand))
        for rows in self.rows:
            if len(rows):
                self.relative[rows] = align(occasions, rows)
        self.noise = self._measure_noise()
        self.taken: Bools = np.zeros(self.shape, bool)  # cells of findings
        self.count = np.zeros(self.shape, np.int64)  # of occasions in the cell that were compared
        self.above, self.variance = np.zeros(self.shape), np.zeros(self.shape)

    def _measure_noise(self) -> Floats:
        """Return how much each occasion's score varies beside a single post's: bursts may vary more, or less."""
        scores = np.zeros(len(self.data.brand))
        for rows in self.rows:
            scores[rows] = rank_normally(self.relative[rows])
        bursts = self.data.posts > 1
        single = float(np.mean(scores[~bursts] ** 2)) if not bursts.all() else 1.0
        often = (scores[bursts] ** 2).sum() + _BELIEVED * single
        return np.where(bursts, often / (bursts.sum() + _BELIEVED) / max(single, 1e-12), 1.0)

    def ordinary(self, brand: int) -> NDArray[np.intp]:
        """Return the rows of the brand's occasions that are in no finding."""
        pairs = self.pairs[brand]
        return leave_out(self.rows[brand], self.data.member[pairs[self.taken[brand][self.data.group[pairs]]]])

    def members(self, brand: int, cluster: int) -> NDArray[np.intp]:
        """Return the pairs of a cell."""
        pairs = self.pairs[brand]
        inside: NDArray[np.intp] = pairs[self.data.group[pairs] == cluster]
        return inside

    def compare(self, which: NDArray[np.intp] | None = None, taken_too: bool = False) -> None:
        """Compare the cells of brands, those in `which` or all, with ordinary posts.

        Cells with too few occasions get the variance 0. Those already found are compared only if `taken_too`.
        """
        data = self.data
        for index in range(self.shape[0]) if which is None else which:
            brand = int(index)
            ordinary = self.ordinary(brand)
            self._keep(brand, slice(None), self._compare(brand, ordinary, self.pairs[brand]))
            if taken_too:
                for cell in np.flatnonzero(self.taken[brand] & (self.occasions[brand] > 0)):
                    pairs = self.members(brand, int(cell))
                    self._keep(brand, int(cell), self._compare(brand, np.union1d(ordinary, data.member[pairs]), pairs))

    def _keep(self, brand: int, which: int | slice, compared: tuple[Ints, Floats, Floats]) -> None:
        for kept, found in zip((self.count, self.above, self.variance), compared, strict=True):
            kept[brand, which] = found[which]

    def _compare(self, brand: int, rows: NDArray[np.intp], pairs: NDArray[np.intp]) -> tuple[Ints, Floats, Floats]:
        """Compare the groups of `pairs` among the brand's `rows`, in ascending order."""
        scores = rank_normally(self.relative[rows])
        member, group = self.data.member[pairs], self.data.group[pairs]
        place = np.minimum(np.searchsorted(rows, member), max(len(rows) - 1, 0))
        known = rows[place] == member if len(rows) else np.zeros(len(member), bool)
        count, above, variance = sum_beside(
            scores, self.data.support[rows], self.noise[rows], (place[known], group[known]), self.shape[1]
        )
        variance[(len(rows) - count < LEAST_OCCASIONS) | self.mute[brand]] = 0
        return count, np.where(variance > 0, above, 0), variance

    def test(self, own: Bools) -> tuple[Floats, Floats, Floats]:
        """Return z of each cell, of each cluster over all brands but those of `own`, and the least without one brand.

        The last is the smallest z that is left when one brand is left out. It tests that at least two brands have the
        effect (Benjamini & Heller 2008): an effect that rests on one brand is that brand's.
        """
        above, variance = np.where(own, 0, self.above), np.where(own, 0, self.variance)
        with np.errstate(divide="ignore", invalid="ignore"):
            cell = np.where(self.count >= LEAST_OCCASIONS, self.above / np.sqrt(self.variance), np.nan)
            pooled = above.sum(axis=0) / np.sqrt(variance.sum(axis=0))
            others = (above.sum(axis=0) - above) / np.sqrt(variance.sum(axis=0) - variance)
        occasions = np.where(variance > 0, self.count, 0).sum(axis=0)
        several = ((variance > 0).sum(axis=0) > 1) & (occasions >= LEAST_OCCASIONS)
        pooled[~several] = np.nan
        least = np.full(self.shape[1], np.nan)
        side = np.sign(pooled[several])
        left = np.where(variance[:, several] > 0, others[:, several] * side, np.inf)
        least[several] = side * np.maximum(left.min(axis=0, initial=np.inf), 0)
        cell[~(self.variance > 0)] = np.nan
        return cell, pooled, least

    def differs(self, brand: int, cluster: int, own: Bools) -> bool:
        """Return whether the brand's effect in a cluster differs from that of all others but those of `own`."""
        others = (self.variance[:, cluster] > 0) & ~own[:, cluster]
        others[brand] = False
        above, variance = self.above[others, cluster].sum(), self.variance[others, cluster].sum()
        mine = self.above[brand, cluster] / self.variance[brand, cluster]
        error = np.sqrt(1 / self.variance[brand, cluster] + 1 / variance)
        return bool(abs(mine - above / variance) > _DIFFERENT * error)


def _split(brand: Ints, brands: int) -> list[NDArray[np.intp]]:
    """Return the places of each brand, in ascending order."""
    ends = np.cumsum(np.bincount(brand, minlength=brands))[:-1]
    return np.split(np.argsort(brand, kind="stable"), ends) if brands else []


def leave_out(rows: NDArray[np.intp], out: Ints) -> NDArray[np.intp]:
    """Return `rows`, which ascend, without those of `out` that are among them."""
    place = np.searchsorted(rows, out)
    kept = np.ones(len(rows) + 1, bool)
    kept[place[np.append(rows, -1)[place] == out]] = False
    left: NDArray[np.intp] = rows[kept[:-1]]
    return left


def _adjust(cell: Floats, least: Floats, budget: float) -> tuple[Floats, Floats]:
    p = adjust(two_sided(np.concatenate([cell.ravel(), least])), budget)
    return p[: cell.size].reshape(cell.shape), p[cell.size :]


def step_forward(table: Comparisons) -> tuple[Bools, Bools]:
    """Find one effect after another. Return the clusters (k,) with a general effect and the cells (b, k) with one."""
    table.compare()
    general, own = np.zeros(table.shape[1], bool), np.zeros(table.shape, bool)
    while table.occasions.size:
        cell, pooled, least = table.test(own)
        cell[table.taken] = np.nan
        pooled[general] = least[general] = np.nan
        cell_p, pooled_p = _adjust(cell, least, table.budget)
        cell_z = np.where(cell_p < SIGNIFICANT, np.abs(cell), 0)
        pooled_z = np.where(pooled_p < SIGNIFICANT, np.abs(pooled), 0)
        if max(cell_z.max(), pooled_z.max()) == 0:
            break
        brand, cluster = np.unravel_index(int(cell_z.argmax()), table.shape)
        if pooled_z.max() >= cell_z.max():
            chosen, is_general = int(pooled_z.argmax()), True
        else:
            # the brand with most of a general effect is not singled out
            chosen = int(cluster)
            is_general = pooled_z[chosen] > 0 and not table.differs(int(brand), chosen, own)
        if is_general:
            general[chosen] = True
            # a brand with a clearly opposite effect is an exception worth a finding
            own[:, chosen] |= (cell_z[:, chosen] > 0) & (cell[:, chosen] * pooled[chosen] < 0)
            which = np.flatnonzero((table.occasions[:, chosen] > 0) & ~table.taken[:, chosen])
            table.taken[:, chosen] = True
        else:
            own[brand, cluster] = table.taken[brand, cluster] = True
            which = np.array([brand])
        table.compare(which)
    return general, own


def drop_contrasts(table: Comparisons, general: Bools, own: Bools) -> tuple[Floats, Floats, Floats]:
    """Drop findings, weakest first, that do not differ from ordinary posts.

    Return adjusted p of cells and of clusters, and p of both as it was, cells first (brands x clusters + clusters,).
    """
    table.compare(np.flatnonzero(table.taken.any(axis=1)), taken_too=True)
    while True:
        cell, _, least = table.test(own)
        cell_p, pooled_p = _adjust(cell, least, table.budget)
        weak_own = np.where(own, np.nan_to_num(cell_p, nan=1), 0)
        weak_general = np.where(general, np.nan_to_num(pooled_p, nan=1), 0)
        worst = max(weak_own.max(initial=0), weak_general.max(initial=0))
        if worst < SIGNIFICANT:
            return cell_p, pooled_p, two_sided(np.concatenate([cell.ravel(), least]))
        if weak_general.max(initial=0) == worst:
            general[int(weak_general.argmax())] = False
        else:
            own[np.unravel_index(int(weak_own.argmax()), own.shape)] = False
        table.taken[:] = own | general
        table.compare(taken_too=True)
