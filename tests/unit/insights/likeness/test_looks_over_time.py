"""Brands that come to look alike or apart, period by period."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from generator.insights.likeness.image_units import ImageUnits, gather_units
from generator.insights.likeness.looks_over_time import LooksOverTime, follow_looks
from tests.support.simulated_posts import START, Simulation, draw_posts

DAYS = 360.0


def _draw(sizes: list[int], seed: int, moves: float = 0.0, apart: float = 0.0) -> ImageUnits:
    """Brands of one look; the first is `apart` from the rest on one axis at first, and `moves` along it by the end."""
    rng = np.random.default_rng(seed)
    brand = np.repeat(np.arange(len(sizes)), sizes)
    days = rng.uniform(0, DAYS, len(brand))
    features = rng.normal(size=(len(brand), 5))
    features[brand == 0, 0] += apart + moves * days[brand == 0] / DAYS
    posts = np.arange(len(brand))
    return gather_units(features.astype(np.float32), brand, posts, posts, days)


def _follow(units: ImageUnits) -> LooksOverTime:
    found = follow_looks(units)
    assert found is not None
    return found


def test_a_brand_that_moves_away_grows_apart() -> None:
    found = _follow(_draw([240, 240, 240], 0, moves=5))
    assert len(found.starts) == 5 and found.own.shape == (3, 4) and (found.chance == 1 / 3).all()
    assert (np.diff(found.own[0]) > 0).all() and found.ratio[0, 3] > 2
    assert {(trend.brand, trend.other) for trend in found.findings} >= {(0, None), (0, 1), (0, 2)}
    assert (1, 2) not in {(trend.brand, trend.other) for trend in found.findings}
    assert all(trend.direction == "apart" for trend in found.findings)
    own = next(trend for trend in found.findings if (trend.brand, trend.other) == (0, None))
    assert own.first < own.last and 1 < own.low < own.change < own.high and own.p == found.own_p[0] < 0.05
    pair = next(trend for trend in found.findings if trend.other == 1)
    assert pair.first > pair.last and pair.low < pair.change < pair.high < 1


def test_a_brand_that_draws_near_grows_alike() -> None:
    found = _follow(_draw([240, 240, 240], 1, moves=-5, apart=5))
    told = {(trend.brand, trend.other): trend.direction for trend in found.findings}
    assert told[0, None] == "alike" and told[0, 1] == "alike" and told[0, 2] == "alike"


def test_looks_that_stay_are_no_trend_however_far_apart() -> None:
    for apart in (0.0, 3.0):
        assert sum(bool(_follow(_draw([160, 120, 120], seed, apart=apart)).findings) for seed in range(10)) == 0


def test_brands_that_leave_make_no_other_look_like_the_rest() -> None:
    # looks that stay as they are; two of five brands are there for less than half of the time
    for seed in range(8):
        drawn = draw_posts(Simulation([250] * 5, apart=1.5), seed)
        days = START + (drawn.days - START) * np.where(drawn.brand < 2, 0.45, 1)
        found = _follow(gather_units(drawn.features, drawn.brand, drawn.image, drawn.campaign, days))
        assert not found.findings
        # beside the three that are there all the time, and all five while the others were
        stays, left = found.chance[4], found.chance[0]
        assert set(stays.tolist()) == {1 / 3} and set(left[~np.isnan(left)].tolist()) == {1 / 5}


def test_intervals_hold_the_shares() -> None:
    found = _follow(_draw([240, 160, 240], 2, moves=2))
    for share, low, high in (
        (found.own, found.own_low, found.own_high),
        (found.mixed, found.mixed_low, found.mixed_high),
    ):
        known = ~np.isnan(share)
        assert known.any() and (low[known] <= share[known]).all() and (share[known] <= high[known]).all()
    # two brands of one look are mixed half and half
    assert found.mixed[found.pairs.index((1, 2))] == pytest.approx(0.5, abs=0.08)


def test_a_season_that_brands_share_is_no_trend() -> None:
    rng = np.random.default_rng(3)
    brand = np.repeat([0, 1], 200)
    days = rng.uniform(0, DAYS, 400)
    features = rng.normal(size=(400, 5))
    features[:, 0] += 8 * days / DAYS
    posts = np.arange(400)
    found = _follow(gather_units(features.astype(np.float32), brand, posts, posts, days))
    assert not found.findings and np.nanmean(found.ratio) == pytest.approx(1, abs=0.1)


def test_a_brand_of_few_images_is_withheld_and_the_rest_is_not() -> None:
    found = _follow(_draw([160, 160, 20], 4))
    assert np.isnan(found.own[2]).all() and np.isnan(found.own_p[2])
    assert not np.isnan(found.own[:2]).any() and np.isnan(found.mixed[found.pairs.index((0, 2))]).all()


@pytest.mark.parametrize("days", ["none", "few", "short"])
def test_too_few_dates_give_nothing(days: str) -> None:
    units = _draw([100, 100], 5)
    dates: dict[str, NDArray[np.float64]] = {
        "none": np.full(200, np.nan),
        "few": np.where(np.arange(200) < 40, units.days, np.nan),
        "short": units.days / 10,
    }
    posts = np.arange(200)
    assert follow_looks(gather_units(units.features, units.brand, posts, posts, dates[days])) is None
