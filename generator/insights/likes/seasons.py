"""Compare likes with those of the same months of the year before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.insights.inference import CONFIDENCE
from generator.insights.likes.occasions import gather_occasions
from generator.insights.likes.typical_likes import Floats, Ints

#: Occasions in the months compared, in each year; with fewer, the comparison is withheld.
LEAST_OCCASIONS = 6
#: A month counts if each year has so many occasions in it: from two on, a month shows how much its likes vary.
_LEAST_IN_MONTH = 2
_YEAR = 12


@dataclass(frozen=True, slots=True)
class Season:
    """A brand's likes in its last twelve months over those of the same months of the year before."""

    brand: int
    months: tuple[str, ...]  # of this year, "2026-03", that both years have posts in
    posts: int  # this year's in those months, with likes
    before: int
    occasions: int  # a post by itself is one, and so is a burst
    occasions_before: int
    ratio: float
    low: float
    high: float


def measure_seasons(brand: Ints, likes: Floats, days: Floats, burst: Ints) -> tuple[Season, ...]:
    """Return the comparison of each brand that has enough posts in the same months of two years; arrays are (n,).

    Logarithms of likes are compared month by month, so that neither the season nor how much is posted in a month plays
    a part. Months are averaged by how precisely each can tell, n m / (n + m) for n and m occasions, and the interval is
    Student's with one variance: a two-way layout of years and months. A burst is one occasion in each month that it
    touches, by its median. The twelve months end with the last of the whole data.
    """
    dated = np.isfinite(days)
    month = np.where(dated, np.floor(np.where(dated, days, 0)), 0).astype("datetime64[D]").astype("datetime64[M]")
    number = np.where(dated, month.astype(np.int64), -1)
    if not dated.any():
        return ()
    occasions = gather_occasions(brand, number, np.asarray(likes, np.float64), np.full(len(days), np.nan), burst)
    last = int(number[dated].max())
    found = (
        _compare_years(index, occasions.group[pairs] - last, occasions.counted[rows], occasions.posts[rows], last)
        for index in range(int(brand.max(initial=-1)) + 1)
        for pairs in [np.flatnonzero(occasions.brand[occasions.member] == index)]
        for rows in [occasions.member[pairs]]
    )
    return tuple(season for season in found if season)


def _compare_years(brand: int, month: Ints, level: Floats, posts: Ints, last: int) -> Season | None:
    """Compare one brand's occasions: `month` (o,) is 0 for the last and falls backwards, `level` (o,) of log likes."""
    from scipy.stats import t

    inside = (month <= 0) & (month > -2 * _YEAR)
    cell = np.where(inside, -month, 2 * _YEAR)
    count = np.bincount(cell, minlength=2 * _YEAR + 1)[:-1].reshape(2, _YEAR)
    matched = (count >= _LEAST_IN_MONTH).all(axis=0)
    now, before = (int(count[year, matched].sum()) for year in (0, 1))
    if min(now, before) < LEAST_OCCASIONS:
        return None
    total, square = (np.bincount(cell, weights, 2 * _YEAR + 1)[:-1].reshape(2, _YEAR) for weights in (level, level**2))
    mean = total / np.maximum(count, 1)
    around = np.maximum(square - count * mean**2, 0)[:, matched].sum()
    freedom = now + before - 2 * int(matched.sum())
    weight = np.where(matched, count[0] * count[1] / np.maximum(count.sum(axis=0), 1), 0)
    change = float((weight * (mean[0] - mean[1])).sum() / weight.sum())
    reach = float(t.ppf((1 + CONFIDENCE) / 2, freedom) * np.sqrt(around / freedom / weight.sum()))
    of_year = [np.bincount(cell, posts, 2 * _YEAR + 1)[:-1].reshape(2, _YEAR)[year, matched].sum() for year in (0, 1)]
    names = tuple(str(np.datetime64(last - int(back), "M")) for back in np.flatnonzero(matched)[::-1])
    ends = np.exp([change, change - reach, change + reach])
    return Season(brand, names, int(of_year[0]), int(of_year[1]), now, before, *(float(end) for end in ends))
