"""Compare brands by equal draws: whose image lies nearest, of as many of each brand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.insights.likeness.image_units import ImageUnits
from generator.numerics import row_blocks

#: Images of each brand in a draw.
DRAWN = 10
#: Different images that a brand needs, or its figures are withheld.
LEAST_IMAGES = 15
#: Images of one brand within this many days are not compared with each other, so that what is posted in one go does not
#: look like the brand's own look (Theiler, J. 1986, Physical Review A 34, 2427-2432).
WINDOW = 7.0
#: Nearest images are listed as far as it takes for a draw without any of them to be rarer than exp(-_REACH).
_REACH = 9.0
#: What leaving out a unit changes is reckoned as if the rest of its brand's draw stayed, which gives 1/_REST of it:
#: 0.94 to 0.99 of the true changes, measured by leaving out one unit after the other, correlation 0.994 or more.
_REST = 1.04
#: Values that one block of a computation may hold: 16 MB of float64.
_BLOCK_VALUES = 2_000_000

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]
Single = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Draws:
    """Whose image is nearest when DRAWN images of each brand are drawn: symmetrical, (brands, brands), NaN if withheld.

    `share[a, b]` is how often the nearest to an image of a is one of b, and to one of b one of a, the mean of both. If
    brands do not differ, it is 1 / the number of brands compared. Within categories it is the mean of how many times
    as often as by chance this is in each, over that number.
    """

    share: Floats
    variance: Floats
    compared: Ints  # (brands,) images that have enough of their own brand to be compared with; 0 if withheld


def draw_equally(units: ImageUnits) -> Draws:
    """Return the shares of equal draws, as means over all draws, with their variances.

    Others of each brand are drawn without replacement, DRAWN of each, so the figures do not depend on how many images a
    brand has: a U-statistic (Hoeffding, W. 1948, Ann. Math. Statist. 19, 293-325), the class-balanced kin of
    nearest-neighbour coincidences (Schilling, M. F. 1986, J. Amer. Statist. Assoc. 81, 799-806). Own images within
    WINDOW days are left out, and the same image posted by another brand. Time grows with units x reach x brands.

    The variance is the jackknife's over units, each left out both as an image and as one that may be drawn. It counts
    what two units do together twice (Efron, B. & Stein, C. 1981, Ann. Statist. 9, 586-596), which is taken off once.

    Units of several categories are compared with those of their own alone, and the categories' ratios to chance are
    averaged by `mix`: for each pair of brands, over the categories in which both have enough images. Brands that share
    no category with others are withheld, those that lack most first.
    """
    parts = [_draw(units.take(np.flatnonzero(units.category == place))) for place in range(len(units.mix))]
    if len(parts) == 1:
        return parts[0]
    draws = _average(parts, units.mix)
    lacking = (np.isnan(draws.share) & np.logical_and.outer(draws.compared > 0, draws.compared > 0)).sum(axis=0)
    return draw_equally(units.take(np.flatnonzero(units.brand != lacking.argmax()))) if lacking.any() else draws


def _average(parts: list[Draws], mix: Floats) -> Draws:
    """Return the mean of draws within categories that count by `mix` (categories,)."""
    several = np.array([int((draws.compared > 0).sum()) for draws in parts])
    compared = np.stack([draws.compared for draws in parts]) * (several > 1)[:, None]
    brands = max(int((compared.sum(axis=0) > 0).sum()), 1)
    known = (compared[:, :, None] > 0) & (compared[:, None, :] > 0)
    weight = np.where(known, mix[:, None, None], 0)
    total = weight.sum(axis=0)
    # a share times the brands compared in its category is how many times as often this is as by chance
    with np.errstate(invalid="ignore"):
        part = weight / total * (several / brands)[:, None, None]
        share = np.where(known, part * np.stack([draws.share for draws in parts]), 0).sum(axis=0)
        squares = np.square(part) * np.stack([draws.variance for draws in parts])
    variance = np.where(known, squares, 0).sum(axis=0)
    return Draws(np.where(total > 0, share, np.nan), np.where(total > 0, variance, np.nan), compared.sum(axis=0))


def _draw(units: ImageUnits) -> Draws:
    """Return the draws of units that are all compared with each other."""
    brands = len(units.sizes)
    compared = _count_compared(units)
    shown = np.flatnonzero(compared)
    share, variance = np.full((brands, brands), np.nan), np.full((brands, brands), np.nan)
    if len(shown):
        kept = units.take(np.flatnonzero(compared[units.brand] > 0))
        cells = np.ix_(shown, shown)
        share[cells], variance[cells] = _compare(kept, np.searchsorted(shown, kept.brand))
    return Draws(share, variance, compared)


def _count_compared(units: ImageUnits) -> Ints:
    """Return how many units of each brand have DRAWN others of it beyond WINDOW; 0 if fewer than LEAST_IMAGES do."""
    counts = np.zeros(len(units.sizes), np.intp)
    for brand in range(len(counts)):
        days = units.days[units.brand == brand]
        for part in row_blocks(len(days), len(days), _BLOCK_VALUES):
            others = len(days) - 1 - _within_window(days, part).sum(axis=1)
            counts[brand] += int((others >= DRAWN).sum())
    return np.where(counts >= LEAST_IMAGES, counts, 0)


def _within_window(days: Floats, part: slice) -> NDArray[np.bool_]:
    """Return which of `days` are near those of the `part`, (p, u); none is near itself, or without a date."""
    near = np.asarray(np.abs(days[part, None] - days) <= WINDOW)
    near[np.arange(len(near)), np.arange(len(days))[part]] = False
    return near


def _compare(units: ImageUnits, place: Ints) -> tuple[Floats, Floats]:
    """Return the shares and variances, (s, s) each, of units that belong to the s brands `place` (u,)."""
    count = int(place.max()) + 1
    sizes = np.bincount(place, minlength=count)
    share, together = np.zeros((count, count)), np.zeros((count, count))
    changes = np.zeros((count, len(place), count), np.float32)
    links: list[_Links] = []
    for own in range(count):
        tally = _Tally(place, sizes)
        found = [tally.add(*block) for block in _find_nearest(units, place, own, sizes)]
        share[own], together[own], changes[own] = tally.share, tally.together, tally.changes
        links += [(rows, others, values / np.float32(tally.used)) for rows, others, values in found]
    mutual = _sum_mutual(links, place, sizes)
    variance = np.empty((count, count))
    for own in range(count):
        moved = (changes[own].astype(np.float64) + changes[:, :, own].T) / 2
        variance[own] = ((sizes - 1) / sizes)[place] @ moved**2
    both = (together + together.T + 2 * mutual) / 4
    # of own images half of what is mutual: by simulation the whole would take off a tenth too much, at any size
    both[np.diag_indices(count)] = together.diagonal() + mutual.diagonal() / 2
    return (share + share.T) / 2, variance - np.clip(both, 0, variance / 2)


def _find_nearest(units: ImageUnits, place: Ints, own: int, sizes: Ints) -> Iterator[tuple[Ints, Ints, Ints]]:
    """Yield blocks of a brand's units (r,), the nearest to each in order (r, t), and how many others are left (r, s).

    The last is by brand. Units with too few left of their own are passed over.
    """
    total, features = len(place), units.features
    members = np.flatnonzero(place == own)
    reach = min(total, int(np.ceil(_REACH * sizes.max() / DRAWN)) + 1)
    lengths = np.square(features).sum(axis=1)
    for part in row_blocks(len(members), total, _BLOCK_VALUES):
        rows = members[part]
        squares = lengths - 2 * (features[rows] @ features.T)
        out = units.image[rows, None] == units.image
        out[:, members] |= _within_window(units.days[members], part)
        squares[out] = np.inf
        left = sizes - np.stack([np.bincount(place[row], minlength=len(sizes)) for row in out])
        fit = (left >= DRAWN).all(axis=1)
        rows, squares, left = rows[fit], squares[fit], left[fit]
        order = np.argpartition(squares, reach - 1, axis=1)[:, :reach] if reach < total else None
        near = squares if order is None else np.take_along_axis(squares, order, axis=1)
        ranks = np.argsort(near, axis=1, kind="stable")
        yield rows, ranks if order is None else np.take_along_axis(order, ranks, axis=1), left


#: Units, units that may be drawn, and by how much leaving one out changes the share of its own brand.
_Links = tuple[Ints, Ints, Single]


class _Tally:
    """What the draws for one brand's units add up to."""

    def __init__(self, place: Ints, sizes: Ints) -> None:
        count, total = len(sizes), len(place)
        self._place, self._sizes, self.used = place, sizes, 0
        self._nearest: list[tuple[Ints, Floats]] = []
        self._moved = np.zeros((total, count))
        self._squares, self._of_rows = np.zeros((count, count)), np.zeros((count, count))

    def add(self, rows: Ints, order: Ints, left: Ints) -> _Links:
        """Add a block that `_find_nearest` yields.

        Of n left and c nearer of a brand, a draw has none of these with probability C(n - c, DRAWN) / C(n, DRAWN).
        """
        count, total = len(self._sizes), len(self._place)
        of = self._place[order]
        none, behind, whole = np.zeros(of.shape), np.ones(of.shape), np.ones(of.shape)
        ways = _count_ways(int(left.max(initial=0)))
        for brand in range(count):
            is_of, n = of == brand, left[:, brand, None]
            remaining = np.maximum(n - (np.cumsum(is_of, axis=1) - is_of), 0)
            none += ways[remaining] - ways[n]
            behind, whole = np.where(is_of, np.maximum(remaining, 1), behind), np.where(is_of, n, whole)
        # the chance that one is drawn and no nearer one is; and if it were drawn for certain
        first = np.exp(none) * DRAWN / behind
        alone = first * whole / DRAWN
        odds = DRAWN / np.maximum(whole - DRAWN, 1)
        nearest, links = np.empty((len(rows), count)), np.zeros(of.shape, np.float32)
        flat, cell = order.ravel(), (np.arange(len(rows))[:, None] * count + of).ravel()
        for brand in range(count):
            is_of = of == brand
            passed = np.cumsum(np.where(is_of, first, 0), axis=1)
            nearest[:, brand] = passed[:, -1] if passed.shape[1] else 0
            change = _REST * odds * (nearest[:, brand, None] - passed - np.where(is_of, alone - first, 0))
            links[is_of] = change[is_of]
            self._moved[:, brand] += np.bincount(flat, change.ravel(), total)
            self._squares[:, brand] += np.bincount(of.ravel(), np.square(change).ravel(), count)
            sums = np.bincount(cell, change.ravel(), len(rows) * count).reshape(-1, count)
            self._of_rows[:, brand] += np.square(sums).sum(axis=0)
        self._nearest.append((rows, nearest))
        self.used += len(rows)
        return np.repeat(rows, of.shape[1]), flat, links.ravel()

    @property
    def share(self) -> Floats:
        """How often each brand's is nearest, (s,)."""
        return np.asarray(np.concatenate([nearest for _, nearest in self._nearest]).mean(axis=0))

    @property
    def changes(self) -> Floats:
        """How much leaving out each unit changes the share, less the mean of its brand, (u, s)."""
        moved = self._moved / self.used
        moved -= (self._sum_brands(moved) / self._sizes[:, None])[self._place]
        for rows, nearest in self._nearest:
            moved[rows] -= (nearest - self.share) / max(self.used - 1, 1)
        return moved

    @property
    def together(self) -> Floats:
        """The sum of squares of what pairs of a unit and one that may be drawn change beyond what either does, (s,)."""
        of_units = self._sum_brands(np.square(self._moved)) / self.used
        of_all = np.square(self._sum_brands(self._moved)) / (self.used * self._sizes[:, None])
        centred = self._squares - self._of_rows / self._sizes[:, None] - of_units + of_all
        return np.asarray(centred.sum(axis=0) / self.used**2)

    def _sum_brands(self, values: Floats) -> Floats:
        """Sum (u, s) by brand, (s, s)."""
        count = len(self._sizes)
        return np.stack([np.bincount(self._place, values[:, column], count) for column in range(count)], axis=1)


def _count_ways(most: int) -> Floats:
    """Return the logarithm of n! / (n - DRAWN)! for n up to `most`, -inf below DRAWN."""
    from scipy.special import gammaln

    n = np.arange(most + 1)
    return np.where(n >= DRAWN, gammaln(n + 1.0) - gammaln(np.maximum(n - DRAWN, 0) + 1.0), -np.inf)


def _sum_mutual(links: list[_Links], place: Ints, sizes: Ints) -> Floats:
    """Return the sums of products of what two units change, each drawn for the other, less the means, (s, s)."""
    from scipy.sparse import coo_array, csr_array

    count, total = len(sizes), len(place)
    rows, others, values = (np.concatenate([link[part] for link in links]) for part in range(3))
    matrix = csr_array(coo_array((values, (rows, others)), shape=(total, total)))
    brands = csr_array((np.ones(total), (np.arange(total), place)), shape=(total, count))
    products = brands.T @ matrix.multiply(matrix.T) @ brands
    drawing, drawn = (matrix @ brands).toarray(), (matrix.T @ brands).toarray()
    means = brands.T @ (drawing * drawn)
    sums = brands.T @ drawing
    return np.asarray(products.toarray() - means / sizes - (means / sizes).T + sums * sums.T / np.outer(sizes, sizes))
