"""Measure how different brands look: whose images lie nearest to whose, against chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.insights.image_graph import ImageGraph
from generator.insights.inference import CONFIDENCE, adjust

#: Different images a brand needs, or its figures are withheld.
LEAST_IMAGES = 10
#: Values that one block of a computation may hold: 64 MB of float64.
_BLOCK_VALUES = 8_000_000

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Distinctiveness:
    """Arrays of (brands,) and (brands, brands). All figures of brands `withheld`, and of their pairs, are NaN.

    `ratio` is how many times more often a brand's nearest neighbours are its own than by chance. `overlap` is the same
    for two brands' images among each other's neighbours: symmetrical, with `ratio` on its diagonal.
    """

    images: NDArray[np.intp]  # different ones
    ratio: Floats
    low: Floats
    high: Floats
    p: Floats  # of having no more own neighbours than by chance, adjusted for all brands
    withheld: NDArray[np.bool_]
    overlap: Floats
    overlap_low: Floats
    overlap_high: Floats

    def rank_rivals(self, brand: int) -> list[int]:
        """Return the brands that `brand` can be compared with, those whose images overlap most with its own first."""
        order = np.argsort(-self.overlap[brand], kind="stable")
        return [int(rival) for rival in order if rival != brand and not np.isnan(self.overlap[brand, rival])]


def measure_distinctiveness(graph: ImageGraph) -> Distinctiveness:
    """Count own neighbours and overlaps of all brands, with intervals. Time grows with images x brands^2.

    Nearest-neighbour coincidences: Schilling, M. F. (1986), Multivariate two-sample tests based on nearest neighbors,
    J. Amer. Statist. Assoc. 81, 799-806. Chance is drawing from all images but the image itself.

    The variances of shares come from a jackknife within brands. It leaves out one image at a time, both as one that has
    neighbours and as a neighbour of others: rows of neighbours are not independent, so resampling rows alone would
    underestimate. The jackknife errs upwards if at all (Efron & Stein 1981, Annals of Statistics 9, 586-596).
    Intervals are Wilson's for the number of independent neighbours that would vary as much (Franco, Little, Louis &
    Slud 2019, J. Survey Statist. Methodol. 7, 334-364), so a share of 0 or 1 has one too.
    """
    brands = len(graph.sizes)
    withheld = graph.sizes < LEAST_IMAGES
    counts = _count_neighbours(graph)
    chances = _chances(graph) * counts.sum(axis=1, keepdims=True)
    observed, expected = (_fold(_sum_rows(values, graph.brand, brands)) for values in (counts, chances))
    slots = _fold(np.repeat(np.bincount(graph.brand, counts.sum(axis=1), brands)[:, None], brands, axis=1))
    with np.errstate(divide="ignore", invalid="ignore"):
        overlap, share, chance = observed / expected, observed / slots, expected / slots
        variance = _jackknife(graph, counts, counts - np.nan_to_num(overlap)[graph.brand] * chances)
        low, high = _interval(share, variance / slots**2, slots)
        low, high = np.minimum(low / chance, overlap), np.maximum(high / chance, overlap)
    for values in (overlap, low, high):
        values[withheld[:, None] | withheld[None, :] | (expected == 0)] = np.nan
    p = _test_own(graph)
    p[np.isnan(overlap.diagonal())] = np.nan
    return Distinctiveness(
        images=graph.sizes,
        ratio=overlap.diagonal().copy(),
        low=low.diagonal().copy(),
        high=high.diagonal().copy(),
        p=adjust(p),
        withheld=np.isnan(overlap.diagonal()),
        overlap=overlap,
        overlap_low=low,
        overlap_high=high,
    )


def _count_neighbours(graph: ImageGraph) -> Floats:
    """Count how many neighbours of each image are each brand's, (u, brands).

    An image with fewer neighbours than others, because copies are not counted, weighs less. If shares were averaged
    instead, a brand that repeats itself would gain, since its copies shorten the lists.
    """
    units, brands = len(graph.brand), len(graph.sizes)
    cells = np.arange(units)[:, None] * brands + graph.brand[graph.near]
    return np.bincount(cells[graph.counted], minlength=units * brands).reshape(units, brands).astype(np.float64)


def _chances(graph: ImageGraph) -> Floats:
    """Return each brand's share of all images but the one itself, (u, brands)."""
    brands = len(graph.sizes)
    codes, code = np.unique(graph.image, return_inverse=True)
    posted = np.zeros((len(codes), brands), bool)
    posted[code.ravel(), graph.brand] = True
    others = graph.sizes - posted
    return np.asarray((others / np.maximum(others.sum(axis=1, keepdims=True), 1))[code.ravel()])


def _fold(values: Floats) -> Floats:
    """Add up both directions between two brands, (..., brands, brands); the diagonal stays."""
    turned = np.where(np.eye(values.shape[-1], dtype=bool), 0, values.swapaxes(-1, -2))
    return np.asarray(values + turned)


def _sum_rows(values: Floats, brand: NDArray[np.intp], brands: int) -> Floats:
    """Sum the rows of `values` (u, c) by brand, (brands, c)."""
    total = np.zeros((brands, values.shape[1]))
    np.add.at(total, brand, values)
    return total


def _jackknife(graph: ImageGraph, counts: Floats, residuals: Floats) -> Floats:
    """Return the variances of the sums of `counts` (u, brands), symmetrical (brands, brands).

    The diagonal holds those of own neighbours, other cells those of two brands' neighbours among each other.
    `residuals` are the counts less those expected from the ratios.
    """
    from scipy.sparse import csr_array

    units, brands = counts.shape
    degree = counts.sum(axis=1)
    row, place = np.nonzero(graph.counted)
    neighbour = graph.near[row, place]
    # a neighbour left out is replaced by the average of the image's others
    shares = counts / np.maximum(degree, 1)[:, None]
    weight = degree[row] / np.maximum(degree[row] - 1, 1)
    variance = np.zeros((brands, brands))
    step = max(1, _BLOCK_VALUES // max(brands**2, 1))
    by_neighbour = np.argsort(neighbour, kind="stable")
    row, neighbour, weight = row[by_neighbour], neighbour[by_neighbour], weight[by_neighbour]
    for own in range(brands):
        members = np.flatnonzero(graph.brand == own)
        total, squares = np.zeros((brands, brands)), np.zeros((brands, brands))
        for start in range(0, len(members), step):
            block = members[start : start + step]
            place_of = np.full(units, -1)
            place_of[block] = np.arange(len(block))
            within = np.flatnonzero(place_of[neighbour] >= 0)
            cells = place_of[neighbour[within]] * brands + graph.brand[row[within]]
            pattern = csr_array((weight[within], (cells, row[within])), shape=(len(block) * brands, units))
            gained = (pattern @ shares).reshape(len(block), brands, brands)
            gained[:, :, own] -= np.asarray(pattern.sum(axis=1)).reshape(len(block), brands)
            gained[:, own, :] -= residuals[block]
            gained = _fold(gained)
            total += gained.sum(axis=0)
            squares += np.einsum("uab,uab->ab", gained, gained)
        if len(members) > 1:
            count = len(members)
            variance += np.maximum(squares - total**2 / count, 0) * count / (count - 1)
    return variance


def _interval(share: Floats, variance: Floats, slots: Floats) -> tuple[Floats, Floats]:
    """Return Wilson's intervals for shares of `slots` neighbours with these variances.

    No neighbours are taken to be more independent than the median: the variance of a share at or near 0 or 1 does not
    show how dependent they are.
    """
    from scipy.stats import norm

    z = float(norm.ppf((1 + CONFIDENCE) / 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        plain = share * (1 - share) / slots
        effect = variance / plain
        known = np.isfinite(effect) & (plain > 0)
        usual = float(np.median(effect[known])) if known.any() else 1.0
        effect = np.where(known, np.maximum(effect, usual), usual)
        size = slots / effect
        centre = (share + z * z / (2 * size)) / (1 + z * z / size)
        half = z / (1 + z * z / size) * np.sqrt(share * (1 - share) / size + (z / (2 * size)) ** 2)
    return np.clip(centre - half, 0, share), np.clip(centre + half, share, 1)


def _test_own(graph: ImageGraph) -> Floats:
    """Return one-sided p-values, (brands,), of as many own neighbours if images were assigned to brands at random.

    Mean and variance are exact over all assignments with the same sizes: join counts (Cliff, A. D. & Ord, J. K. 1981,
    Spatial Processes, ch. 2). Their skew is that of a gamma distribution, which gives the tail; a normal tail would be
    several times too thin for small brands.
    """
    from scipy.sparse import csr_array
    from scipy.stats import gamma

    units = len(graph.brand)
    row, place = np.nonzero(graph.counted)
    near = graph.near[row, place]
    weights = csr_array((np.ones(len(row)), (row, near)), shape=(units, units))
    both = weights + weights.T
    # sums over pairs of neighbour relations: between the same two images, sharing an image, and all
    total, pairs = float(len(row)), float(np.square(both.data).sum()) / 2
    stars = float(np.square(both.sum(axis=1)).sum())
    own = np.bincount(graph.brand[row], graph.brand[row] == graph.brand[near], len(graph.sizes))
    # probabilities that two, three, four given images are all the brand's
    chance = np.ones((4, len(graph.sizes)))
    for drawn in range(1, 4):
        chance[drawn] = chance[drawn - 1] * np.maximum(graph.sizes - drawn, 0) / max(units - drawn, 1)
    chance[1:] *= graph.sizes / max(units, 1)
    mean = total * chance[1]
    variance = chance[1] * pairs + chance[2] * (stars - 2 * pairs) + chance[3] * (total**2 - stars + pairs) - mean**2
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(gamma.sf(own, mean**2 / variance, scale=variance / mean))
