"""Divide what clusters get by what a brand's other ordinary posts got at that time, with intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.insights.inference import CONFIDENCE
from generator.insights.likes.effects import LEAST_OCCASIONS, Comparisons, leave_out
from generator.insights.likes.medians import Medians, divide, find_median, find_medians
from generator.insights.likes.typical_likes import Bools, Floats, Ints, fit_robustly


@dataclass(frozen=True, slots=True, eq=False)
class Relative:
    """Likes over what the brand's ordinary posts outside the group got at that time."""

    values: Floats  # (m,) of each pair of an occasion and its group; NaN where nothing is left to compare with
    below: Floats  # (brands, clusters) how uncertain that typical value is downwards, as the logarithm of a factor
    above: Floats  # upwards


def relate(table: Comparisons) -> Relative:
    """Fit a curve in time to each brand's ordinary posts, leave one cluster out at a time, and divide by it."""
    relative = np.full(len(table.data.member), np.nan)
    below, above = np.full(table.shape, np.nan), np.full(table.shape, np.nan)
    for brand in np.flatnonzero(~table.mute):
        curve = _Curve(table, int(brand))
        for cluster in np.flatnonzero(table.occasions[brand]):
            found = curve.leave_out(int(cluster))
            if found:
                pairs, values, below[brand, cluster], above[brand, cluster] = found
                relative[pairs] = values
    return Relative(relative, below, above)


class _Curve:
    """A brand's ordinary occasions and the curve through them."""

    def __init__(self, table: Comparisons, brand: int) -> None:
        data, self.table, self.brand = table.data, table, brand
        self.rows = table.ordinary(brand)
        columns = np.any(data.support[table.rows[brand]] != 0, axis=0)
        self.support = data.support[:, columns]
        _, weight, self.spread = fit_robustly(self.support[self.rows], data.counted[self.rows])
        self.weight = np.zeros(len(data.brand))
        self.weight[self.rows] = weight

    def leave_out(self, cluster: int) -> tuple[Ints, Floats, float, float] | None:
        """Return the cluster's pairs, their likes over what is typical, and how uncertain that is; None if withheld."""
        from scipy.special import ndtri

        data = self.table.data
        pairs = self.table.members(self.brand, cluster)
        rows = data.member[pairs]
        rest = leave_out(self.rows, rows)
        weight = self.weight[rest]
        if len(rest) < LEAST_OCCASIONS:
            return None
        support = self.support[rest]
        weighted = support * weight[:, None]
        # a curve that the rest cannot tell from others is not drawn on to where the brand posted little else
        inverse = np.linalg.pinv(weighted.T @ support, hermitian=True, rcond=1e-6)
        curve = inverse @ (weighted.T @ data.counted[rest])
        # the curve gives the shape; the height is such that the rest's median is 1
        middle, low, high = find_median(np.exp(data.level[rest] - support @ curve))
        values = np.exp(data.level[rows] - self.support[rows] @ curve) / middle
        away = self.support[rows].mean(axis=0) - support.mean(axis=0)
        error = self.spread * np.sqrt(max(away @ inverse @ away, 0) * weight.mean())
        reach = float(ndtri((1 + CONFIDENCE) / 2) * error)
        with np.errstate(divide="ignore"):
            down, up = np.log(np.divide(middle, low)), np.log(np.divide(high, middle))
        return pairs, values, float(np.hypot(down, reach)), float(np.hypot(up, reach))


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
