"""Divide what clusters get by what a brand's other ordinary posts got at that time, with intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.insights.inference import CONFIDENCE
from generator.insights.likes.effects import LEAST_OCCASIONS, Comparisons
from generator.insights.likes.medians import Medians, divide, find_medians, find_row_medians
from generator.insights.likes.typical_likes import Bools, Floats, Ints, fit_robustly

#: Values that are held at once, at most.
_MOST_VALUES = 2_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Relative:
    """Likes over what the brand's ordinary posts outside the group got at that time."""

    values: Floats  # (m,) of each pair of an occasion and its group; NaN where nothing is left to compare with
    below: Floats  # (brands, clusters) how uncertain that typical value is downwards, as the logarithm of a factor
    above: Floats  # upwards


def relate(table: Comparisons) -> Relative:
    """Fit a curve in time to each brand's ordinary posts, leave one group out at a time, and divide by it."""
    relative = np.full(len(table.data.member), np.nan)
    below, above = np.full(table.shape, np.nan), np.full(table.shape, np.nan)
    for brand in np.flatnonzero(~table.mute).tolist():
        curve, groups = _Curve(table, brand), np.flatnonzero(table.occasions[brand])
        step = max(_MOST_VALUES // max(len(curve.rows), 1), 1)
        for start in range(0, len(groups), step):
            which = groups[start : start + step]
            pairs, relative[pairs], below[brand, which], above[brand, which] = curve.leave_out(which)
    return Relative(relative, below, above)


class _Curve:
    """A brand's ordinary occasions (r,) and the curve through them, with p values of support."""

    def __init__(self, table: Comparisons, brand: int) -> None:
        data, self.table, self.brand = table.data, table, brand
        self.rows = table.ordinary(brand)
        columns = np.any(data.support[table.rows[brand]] != 0, axis=0)
        self.support = data.support[:, columns]
        own, counted = self.support[self.rows], data.counted[self.rows]
        _, weight, self.spread = fit_robustly(own, counted)
        weighted = own * weight[:, None]
        # what a curve is fitted from: products of the support, those with the values, and what makes means
        self.sums = np.concatenate(
            [
                (weighted[:, :, None] * own[:, None]).reshape(len(own), own.shape[1] ** 2),
                weighted * counted[:, None],
                own,
                weight[:, None],
            ],
            axis=1,
        )

    def leave_out(self, which: Ints) -> tuple[Ints, Floats, Floats, Floats]:
        """Return the pairs of groups `which` (g,), their likes over what is typical of the rest, and its uncertainty.

        That is NaN where too little is left. The curve gives the shape; the height is such that the rest's median is 1.
        """
        from scipy.special import ndtri

        data, points = self.table.data, self.support.shape[1]
        pairs, place, out = self._find(which)
        count = len(self.rows) - out.sum(axis=1)
        left = self.sums.sum(axis=0) - out.astype(np.float64) @ self.sums
        products, moments, means, weight = np.split(left, np.cumsum([points**2, points, points]), axis=1)
        # a curve that the rest cannot tell from others is not drawn on to where the brand posted little else
        inverse = np.linalg.pinv(products.reshape(-1, points, points), hermitian=True, rcond=1e-6)
        curve = np.einsum("gpq,gq->gp", inverse, moments)
        rest = data.level[self.rows] - curve @ self.support[self.rows].T
        rest[out] = np.inf
        rest.sort(axis=1)
        usual = find_row_medians(rest, count)
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            inside = data.member[pairs]
            on_curve = (self.support[inside] * curve[place]).sum(axis=1)
            values = np.exp(data.level[inside] - on_curve) / usual.middle[place]
            away = self._average(inside, place, len(which)) - means / count[:, None]
            varied = np.maximum(np.einsum("gp,gpq,gq->g", away, inverse, away), 0) * weight[:, 0] / count
            reach = float(ndtri((1 + CONFIDENCE) / 2)) * self.spread * np.sqrt(varied)
            down, up = np.log(usual.middle / usual.low), np.log(usual.high / usual.middle)
        known = count >= LEAST_OCCASIONS
        values[~known[place]] = np.nan
        ends = (np.where(known, np.hypot(end, reach), np.nan) for end in (down, up))
        return pairs, values, *ends

    def _average(self, inside: Ints, place: Ints, groups: int) -> Floats:
        """Return the mean support (g, p) of the occasions `inside` groups at a `place`."""
        sums = [np.bincount(place, column, groups) for column in self.support[inside].T]
        return np.asarray(np.stack(sums, axis=1) / np.bincount(place, minlength=groups)[:, None], np.float64)

    def _find(self, which: Ints) -> tuple[Ints, Ints, Bools]:
        """Return the pairs of groups `which` (g,), the place of each one's group there, and the ordinary rows in it."""
        data, pairs = self.table.data, self.table.pairs[self.brand]
        of_group = np.full(self.table.shape[1], -1)
        of_group[which] = np.arange(len(which))
        pairs = pairs[of_group[data.group[pairs]] >= 0]
        place, member = of_group[data.group[pairs]], data.member[pairs]
        out = np.zeros((len(which), len(self.rows) + 1), bool)
        row = np.searchsorted(self.rows, member)
        row[np.append(self.rows, -1)[row] != member] = len(self.rows)  # in a finding
        out[place, row] = True
        return pairs, place, out[:, :-1]


def divide_cells(table: Comparisons, relative: Relative) -> Medians:
    """Return each cell's median (brands, clusters) over what is typical."""
    inside = np.isfinite(relative.values)
    group = table.data.brand[table.data.member[inside]] * table.shape[1] + table.data.group[inside]
    flat = find_medians(relative.values[inside], group, table.occasions.size)
    cells = Medians(*(values.reshape(table.shape) for values in (flat.middle, flat.low, flat.high)))
    return divide(cells, Medians(np.ones(table.shape), np.exp(-relative.below), np.exp(relative.above)))


def divide_pooled(table: Comparisons, relative: Relative, pooled: Bools) -> Medians:
    """Return each cluster's median (clusters,) over the brands of `pooled` cells.

    The uncertainty of what is typical of a brand counts by the brand's share of the cluster's occasions.
    """
    usable = pooled & np.isfinite(relative.below)
    group = table.data.group
    inside = np.isfinite(relative.values) & usable[table.data.brand[table.data.member], group]
    median = find_medians(relative.values[inside], group[inside], table.shape[1])
    occasions = np.where(usable, table.occasions, 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        weight = occasions / occasions.sum(axis=0)
        ends = [
            np.sqrt(np.where(usable, (weight * end) ** 2, 0).sum(axis=0)) for end in (relative.below, relative.above)
        ]
    return divide(median, Medians(np.ones(table.shape[1]), np.exp(-ends[0]), np.exp(ends[1])))
