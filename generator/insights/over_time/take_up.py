"""Find when each brand took up a cluster that rises among brands in general, and who led if that is sure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.insights.inference import CONFIDENCE, SIGNIFICANT, adjust
from generator.insights.over_time.moves import Bools
from generator.insights.over_time.periods import TIME_BUDGET
from generator.insights.ranks import Floats

#: Times at which a rise may be halfway, and how long it may take, as parts of the time.
_HALVES, _LENGTHS = np.linspace(0.02, 0.98, 97), (0.004, 0.03, 0.1)


@dataclass(frozen=True, slots=True)
class TakeUp:
    """When a brand's share of a cluster had made half of its rise, in days since 1970."""

    brand: int
    half: float
    low: float
    high: float
    likelihood: tuple[float, ...]  # logarithms, of each of the times that it may have been


@dataclass(frozen=True, slots=True)
class Lead:
    """The brands that took up a rising cluster, the earliest first."""

    cluster: int
    take_ups: tuple[TakeUp, ...]
    leader: int | None  # the brand that was surely before each of the others
    p: float  # that the earliest was not, adjusted for all clusters; NaN for one brand


def time_take_up(brand: int, days: Floats, inside: Bools, start: float, end: float) -> TakeUp | None:
    """Return when a brand took up a cluster; None if nothing rises.

    `days` (o,) of all of the brand's occasions and whether each is `inside` the cluster; `start` and `end` of the time.
    A rise is a logistic curve between two levels. The interval holds all times that are not much less likely than the
    likeliest, by the law for a sudden step (Hansen, B. E. (2000), Sample splitting and threshold estimation,
    Econometrica 68, 575-603, table 1); it is wider than need be for a slow rise.
    """
    from scipy.special import expit, logit, xlogy

    span = end - start
    if not span > 0 or not inside.any() or inside.all():
        return None
    middle, length = (values.ravel() for values in np.meshgrid(_HALVES, _LENGTHS, indexing="ij"))
    curve = expit(((days - start)[:, None] / span - middle) / length)
    curve -= curve.mean(axis=0)
    square = np.einsum("oc,oc->c", curve, curve)
    rise = np.where(square > 0.05, (inside @ curve) / np.maximum(square, 0.05), 0)
    least = 0.5 / len(days)
    share = np.clip(inside.mean() + np.maximum(rise, 0) * curve, least, 1 - least)
    each = (xlogy(inside[:, None], share) + xlogy(~inside[:, None], 1 - share)).sum(axis=0)
    # half of what is risen between start and end comes before the middle of a curve that has not risen in full
    half = middle + length * logit((expit(-middle / length) + expit((1 - middle) / length)) / 2)
    place = np.clip(np.searchsorted((_HALVES[1:] + _HALVES[:-1]) / 2, half), 0, len(_HALVES) - 1)
    likelihood = np.full(len(_HALVES), each.min())
    np.maximum.at(likelihood, place, each)
    best = int(likelihood.argmax())
    if not rise.max() > 0:
        return None
    likely = np.flatnonzero(_doubt(2 * (likelihood[best] - likelihood)) > 1 - CONFIDENCE)
    time, low, high = (float(start + span * _HALVES[step]) for step in (best, likely[0], likely[-1]))
    return TakeUp(brand, time, low, high, tuple(likelihood.tolist()))


def _doubt(ratio: Floats) -> Floats:
    """Return p of twice the logarithm of a ratio of likelihoods of two times of a step (Hansen 2000)."""
    return np.asarray(1 - (1 - np.exp(-np.maximum(ratio, 0) / 2)) ** 2, np.float64)


def find_leads(take_ups: dict[int, list[TakeUp]], part: float = 1.0) -> tuple[Lead, ...]:
    """Return who led in each cluster, if the earliest was surely before each of the others.

    p is the largest of the comparisons with the others, times the brands that may have been the earliest. `part` is
    that of the chance of a false finding that may be used here.
    """
    ordered = {cluster: sorted(found, key=lambda one: (one.half, one.brand)) for cluster, found in take_ups.items()}
    p = np.full(len(ordered), np.nan)
    for index, found in enumerate(ordered.values()):
        if len(found) > 1:
            apart = np.array([_compare(found[0], other) for other in found[1:]])
            p[index] = min(len(found) * float(_doubt(apart.min(keepdims=True))[0]), 1.0)
    adjusted = adjust(p, TIME_BUDGET["leads"] * part)
    return tuple(
        Lead(cluster, tuple(found), found[0].brand if adjusted[index] < SIGNIFICANT else None, float(adjusted[index]))
        for index, (cluster, found) in enumerate(ordered.items())
        if found
    )


def _compare(first: TakeUp, other: TakeUp) -> float:
    """Return twice the logarithm of how much likelier the order of two take-ups is than any other order."""
    one, two = np.array(first.likelihood), np.array(other.likelihood)
    # the best of the second's times up to each of the first's
    reverse = (one + np.maximum.accumulate(two)).max()
    return float(2 * (one.max() + two.max() - reverse))
