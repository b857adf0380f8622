"""Find brands that come to look more or less like others: distinctiveness and pairs of brands, period by period."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from generator.insights.inference import BUDGET, SIGNIFICANT, adjust
from generator.insights.likeness.distinctiveness import NOW, judge_shares
from generator.insights.likeness.equal_draws import draw_equally
from generator.insights.likeness.image_units import ImageUnits

#: Periods that the time is cut into: as many as leave a brand this many units in each, and at least two.
_MOST_PERIODS, _UNITS_A_PERIOD = 4, 40
#: Pairs are compared in reports of no more brands than this: they take long, and many are adjusted away.
_MOST_PAIRED = 8
#: Dated units needed, all brands together, and days that they must span.
_FEWEST_UNITS, _FEWEST_DAYS = 60, 56.0

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LookTrend:
    """A brand that comes to stand apart from the others or to look like them, or two that come to look unlike or alike.

    `first` and `last` are shares of images whose nearest is the brand's own (or, of a pair alone, the other's) in the
    first and last period that has enough images, as the fitted line has them, `low` and `high` the interval of the
    odds' change between both.
    """

    brand: int
    other: int | None
    first: float
    last: float
    change: float  # of the odds, from the first period's middle to the last one's
    low: float
    high: float
    p: float  # adjusted
    direction: Literal["apart", "alike"]


@dataclass(frozen=True, slots=True, eq=False)
class LooksOverTime:
    """Looks by period: shares of equal draws within each period, NaN where a brand has too few images in it.

    `own[b, t]` is how often the nearest to an image of brand b is its own, among as many of each brand that has enough
    images whenever b has: a brand that comes or goes makes no other look more or less like the rest. By chance it would
    be `chance[b, t]`, and `ratio` is the one over the other. `mixed[i, t]` is how often the nearest to an image of one
    of `pairs[i]` is the other's, among those two alone: 0.5 if they look alike, 0 if nothing of one is like the
    other's.
    """

    starts: Floats  # (periods + 1,) days since 1970; the last is the end
    chance: Floats  # (brands, periods)
    own: Floats
    own_low: Floats
    own_high: Floats
    pairs: tuple[tuple[int, int], ...]
    mixed: Floats  # (pairs, periods)
    mixed_low: Floats
    mixed_high: Floats
    own_p: Floats  # (brands,) of no trend, adjusted for all brands and pairs; NaN if withheld
    mixed_p: Floats  # (pairs,)
    findings: tuple[LookTrend, ...]  # the surest first

    @property
    def ratio(self) -> Floats:
        """Distinctiveness by period, (brands, periods)."""
        return self.own / self.chance


def follow_looks(units: ImageUnits) -> LooksOverTime | None:
    """Measure looks by period, and test each brand's and each pair's for a trend. None without enough dated units.

    Images are compared with those of the same period alone, so that seasons, which all brands share, do not look like
    change. The periods' figures are independent, since a burst lies in one. The trend is the line that fits their
    logits best, each weighted by its precision (weighted least squares, as in meta-regression; p by Student's t with
    the least number of images less one). All brands and pairs are adjusted together, by Holm's method.
    """
    dated = np.flatnonzero(~np.isnan(units.days))
    if len(dated) < _FEWEST_UNITS or np.ptp(units.days[dated]) < _FEWEST_DAYS:
        return None
    units = units.take(dated)
    starts = _cut(units)
    brands, periods = len(units.sizes), len(starts) - 1
    of = np.clip(np.searchsorted(starts, units.days, side="right") - 1, 0, periods - 1)
    pairs = tuple(combinations(range(brands), 2)) if brands <= _MOST_PAIRED else ()
    parts = [units.take(np.flatnonzero(of == period)) for period in range(periods)]
    own, mixed = _Figures(brands, periods), _Figures(len(pairs), periods)
    compared, chance = _put_own(own, parts)
    for period, part in enumerate(parts):
        for place, (one, other) in enumerate(pairs):
            if compared[one, period] and compared[other, period]:
                _put_pair(mixed, place, period, part, one, other)
    trends = [own.fit(row, chance[row]) for row in range(brands)]
    trends += [mixed.fit(row, np.full(periods, 0.5)) for row in range(len(pairs))]
    p = adjust(np.array([trend.p for trend in trends]), BUDGET["looks"] * (1 - NOW))
    named = [(brand, None) for brand in range(brands)] + list(pairs)
    findings = [
        _tell(trend, value, *who)
        for trend, value, who in zip(trends, p.tolist(), named, strict=True)
        if value < SIGNIFICANT
    ]
    return LooksOverTime(
        starts, chance, own.share, own.low, own.high, pairs, mixed.share, mixed.low, mixed.high,
        p[:brands], p[brands:], tuple(sorted(findings, key=lambda finding: finding.p)),
    )  # fmt: skip


def _cut(units: ImageUnits) -> Floats:
    """Return the bounds of the periods, equally long."""
    sizes = np.sort(units.sizes)[::-1]
    # of a brand in the middle of those large enough for two periods
    able = sizes[sizes >= _UNITS_A_PERIOD]
    periods = int(np.clip(np.median(able) // _UNITS_A_PERIOD if len(able) else 2, 2, _MOST_PERIODS))
    return np.linspace(units.days.min(), units.days.max(), periods + 1)


@dataclass(frozen=True, slots=True)
class _Trend:
    first: float
    last: float
    slope: float  # of the logit, from the first middle to the last
    error: float
    factor: float  # of the error, for the interval
    p: float


class _Judged:
    """Equal draws of units, and both ends of the shares' intervals."""

    def __init__(self, units: ImageUnits) -> None:
        self.draws = draw_equally(units)
        self.low, self.high, _ = judge_shares(self.draws)


class _Figures:
    """Shares by row and period, and the line through a row's."""

    def __init__(self, rows: int, periods: int) -> None:
        self.share, self.variance, self.low, self.high = (np.full((rows, periods), np.nan) for _ in range(4))
        self.count = np.zeros((rows, periods), np.intp)

    def put(self, row: int, period: int, judged: _Judged, one: int, other: int) -> None:
        """Keep what draws say of two brands, or of one alone, in a period."""
        cells = (judged.draws.share, judged.draws.variance, judged.low, judged.high)
        for kept, values in zip((self.share, self.variance, self.low, self.high), cells, strict=True):
            kept[row, period] = values[one, other]
        self.count[row, period] = min(judged.draws.compared[one], judged.draws.compared[other])

    def fit(self, row: int, chance: Floats) -> _Trend:
        """Return the trend of a row's logits less those of `chance` (periods,); all NaN with fewer than two."""
        from scipy.special import expit, logit
        from scipy.stats import t

        known = np.flatnonzero(~np.isnan(self.share[row]))
        nothing = _Trend(*[float("nan")] * 6)
        if len(known) < 2:
            return nothing
        count, usual = self.count[row, known], chance[known]
        share = (count * self.share[row, known] + usual) / (count + 1)
        spread = self.variance[row, known] + np.square((self.share[row, known] - usual) / (count + 1))
        weight = np.square(share * (1 - share)) / spread
        value, at = logit(share) - logit(usual), (known - known[0]) / (known[-1] - known[0])
        middle = np.average(at, weights=weight)
        moment = float((weight * np.square(at - middle)).sum())
        slope = float((weight * (at - middle) * value).sum()) / moment
        error, freedom = moment**-0.5, int(count.min()) - 1
        # if the periods differ by more than their errors, as looks that come and go do, so may the line
        if len(known) > 2:
            line = np.average(value, weights=weight) + slope * (at - middle)
            error *= max(1.0, float((weight * np.square(value - line)).sum()) / (len(known) - 2)) ** 0.5
        height = float(np.average(value, weights=weight)) - slope * float(middle)
        ends = expit(height + logit(usual[0])), expit(height + slope + logit(usual[-1]))
        p = 2 * float(t.sf(abs(slope) / error, freedom))
        return _Trend(float(ends[0]), float(ends[1]), slope, error, float(t.isf(0.025, freedom)), p)


def _put_own(own: _Figures, parts: list[ImageUnits]) -> tuple[NDArray[np.bool_], Floats]:
    """Put how often the nearest to an image of each brand is its own, in each of `parts`, the periods.

    Return which brands have enough images in each, and the shares by chance, (brands, periods) both.
    """
    whole = [_Judged(part) for part in parts]
    compared = np.stack([judged.draws.compared > 0 for judged in whole], axis=1)
    compared[:, compared.sum(axis=0) < 2] = False
    chance = np.full(compared.shape, np.nan)
    drawn = {(period, compared[:, period].tobytes()): judged for period, judged in enumerate(whole)}
    for brand in range(len(compared)):
        known = np.flatnonzero(compared[brand])
        beside: NDArray[np.bool_] = np.all(compared[:, known], axis=1)
        for period in known.tolist() if len(known) > 1 and beside.sum() > 1 else ():
            key, part = (period, beside.tobytes()), parts[period]
            if key not in drawn:
                drawn[key] = _Judged(part.take(np.flatnonzero(beside[part.brand])))
            own.put(brand, period, drawn[key], brand, brand)
            chance[brand, period] = 1 / max(int((drawn[key].draws.compared > 0).sum()), 1)
    return compared, chance


def _put_pair(mixed: _Figures, place: int, period: int, part: ImageUnits, one: int, other: int) -> None:
    """Put how often the nearest to an image of one of two brands is the other's, of these two alone."""
    judged = _Judged(part.take(np.flatnonzero(np.isin(part.brand, (one, other)))))
    if judged.draws.compared[one] and judged.draws.compared[other]:
        mixed.put(place, period, judged, one, other)


def _tell(trend: _Trend, p: float, brand: int, other: int | None) -> LookTrend:
    low, high = (float(np.exp(trend.slope + sign * trend.factor * trend.error)) for sign in (-1, 1))
    rises = trend.slope > 0
    direction: Literal["apart", "alike"] = "apart" if rises is (other is None) else "alike"
    return LookTrend(brand, other, trend.first, trend.last, float(np.exp(trend.slope)), low, high, p, direction)
