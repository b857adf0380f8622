"""Tests that compute the figures of likes again from posts.csv, by another path."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.stats import norm, t

from tests.support.rich_sample import export_rich_report, read_posts, read_table

#: Days before and after a post that its brand's other posts are compared within.
NEARBY = 120.0
MEASURES = ("likes", "comments")


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export_rich_report(tmp_path_factory)


@pytest.fixture(scope="module")
def posts(rich: Path) -> pd.DataFrame:
    return read_posts(rich)


def _gather(posts: pd.DataFrame, measure: str, by: str) -> pd.DataFrame:
    """One row an occasion: the middle of its days, and the median of its logarithms."""
    shown = posts.dropna(subset=[measure, "days"])
    shown = shown.assign(level=np.log(np.maximum(shown[measure], 0.5)))
    return shown.groupby(["brand_key", by, "burst"], as_index=False).agg(
        days=("days", "mean"), level=("level", "median")
    )


def _compare_nearby(own: pd.DataFrame, by: str, value: object, ordinary: pd.Series) -> list[float]:
    """What an occasion got, over the median of the brand's ordinary others at that time, which grows with time.

    A running line stands in for the curve that the report draws.
    """
    is_rest = (ordinary & (own[by] != value)).to_numpy()
    days, level = own["days"].to_numpy(), own["level"].to_numpy()
    found = []
    for place in np.flatnonzero(own[by] == value):
        near = is_rest & (np.abs(days - days[place]) <= NEARBY)
        away = days[near] - days[place]
        slope = float(np.cov(away, level[near])[0, 1] / np.var(away, ddof=1))
        found.append(float(level[place] - np.median(level[near] - slope * away)))
    return found


@pytest.mark.parametrize("measure", MEASURES)
def test_engagement_is_that_of_the_posts(rich: Path, posts: pd.DataFrame, measure: str) -> None:
    rows = read_table(rich, "engagement")
    rows = rows[rows["measure"] == measure]
    effects = rows[rows["finding"] == "yes"]
    assert effects["cluster_key"].tolist() == ["c02"] and effects["brand_key"].isna().all()
    assert ((rows["p_adjusted"] < 0.05) <= (rows["cluster_key"] == "c02")).all()
    occasions = _gather(posts, measure, "cluster_key")
    ordinary = ~occasions["cluster_key"].isin(effects["cluster_key"])
    shown = posts.dropna(subset=[measure])
    pooled: dict[str, list[float]] = {}
    compared = 0
    for row in rows.dropna(subset=["brand_key"]).to_dict("records"):
        is_there = (shown["brand_key"] == row["brand_key"]) & (shown["cluster_key"] == row["cluster_key"])
        assert row["posts"] == is_there.sum()
        own = occasions["brand_key"] == row["brand_key"]
        values = _compare_nearby(occasions[own], "cluster_key", row["cluster_key"], ordinary[own])
        pooled.setdefault(row["cluster_key"], []).extend(values)
        if math.isnan(row["ratio"]):
            assert len(values) < 8
            continue
        compared += 1
        # as near as two ways of drawing what is typical at a time come to each other
        wide = math.log(row["high"] / row["low"])
        assert math.log(row["ratio"]) == pytest.approx(np.median(values), abs=0.05 + wide / 5)
        assert row["low"] <= row["ratio"] <= row["high"]
    assert compared >= 15
    for row in rows[rows["brand_key"].isna()].to_dict("records"):
        assert math.log(row["ratio"]) == pytest.approx(np.median(pooled[row["cluster_key"]]), abs=0.05)
        # a median's interval lies between values: about the square root of their number in from the middle
        ranks = np.sort(pooled[row["cluster_key"]])
        reach = 0.98 * math.sqrt(len(ranks))
        ends = np.interp([len(ranks) / 2 - reach, len(ranks) / 2 + reach], np.arange(len(ranks)) + 0.5, ranks)
        assert np.log([row["low"], row["high"]]) == pytest.approx(ends, abs=0.07)


def test_timing_is_that_of_the_posts(rich: Path, posts: pd.DataFrame) -> None:
    rows = read_table(rich, "timing")
    assert rows["finding"].isna().all() and (rows["p_adjusted"] >= 0.05).all()  # times are drawn at random
    moment = pd.to_datetime(posts["published"])
    posts = posts.assign(weekday=moment.dt.day_of_week + 1, hour=moment.dt.hour // 3 * 3)
    compared = 0
    for by in ("weekday", "hour"):
        occasions = _gather(posts, "likes", by)
        all_ordinary = pd.Series(True, occasions.index)
        shown = posts.dropna(subset=["likes", by])
        for row in rows[rows["by"] == by].to_dict("records"):
            is_then = (shown["brand_key"] == row["brand_key"]) & (shown[by] == row["from"])
            assert row["posts"] == is_then.sum()
            own = occasions["brand_key"] == row["brand_key"]
            values = _compare_nearby(occasions[own], by, row["from"], all_ordinary[own])
            wide = math.log(row["high"] / row["low"])
            assert math.log(row["ratio"]) == pytest.approx(np.median(values), abs=0.05 + wide / 5)
            compared += 1
    assert compared >= 60


def _carry_over(effects: np.ndarray, errors: np.ndarray) -> list[float]:
    """Quantiles of the average of brands, and of one more, by integrating over how much brands differ."""

    def weigh(variation: float) -> tuple[float, float, float]:
        weight = 1 / (errors**2 + variation**2)
        middle = float(weight @ effects / weight.sum())
        fit = np.prod(np.sqrt(weight)) / math.sqrt(weight.sum())
        fit *= math.exp(-float(weight @ (effects - middle) ** 2) / 2 - (variation / 0.5) ** 2 / 2)
        return float(fit), middle, float(1 / weight.sum())

    whole = quad(lambda variation: weigh(variation)[0], 0, 4)[0]

    def below(value: float, is_brand: bool) -> float:
        def part(variation: float) -> float:
            fit, middle, square = weigh(variation)
            return fit * float(norm.cdf((value - middle) / math.sqrt(square + is_brand * variation**2)))

        return quad(part, 0, 4)[0] / whole

    asked = ((0.5, False), (0.025, False), (0.975, False), (0.025, True), (0.975, True))
    ends = [brentq(lambda value, at=at, one=one: below(value, one) - at, -5, 5, xtol=1e-4) for at, one in asked]
    return [*(math.exp(end) for end in ends), 1 - below(0.0, True)]


def test_what_a_brand_could_try_follows_from_what_rivals_get(rich: Path, posts: pd.DataFrame) -> None:
    [row] = read_table(rich, "openings").to_dict("records")
    assert (row["brand_key"], row["cluster_key"]) == ("noir", "c02")  # works for all, and this brand leaves it alone
    rivals = row["rivals"].split(" ")
    share = {
        brand: float((own["cluster_key"] == row["cluster_key"]).mean()) for brand, own in posts.groupby("brand_key")
    }
    own = posts[posts["brand_key"] == "noir"]
    assert row["posts"] == (own["cluster_key"] == row["cluster_key"]).sum()
    assert row["due"] == pytest.approx(np.median([share[rival] for rival in rivals]) * len(own), rel=1e-5)
    likes = read_table(rich, "engagement").query("measure == 'likes' and cluster_key == 'c02'").set_index("brand_key")
    found = likes.loc[rivals]
    errors = np.log(found["high"] / found["low"]) / (2 * norm.isf(0.025))
    expected = _carry_over(np.log(found["ratio"].to_numpy()), errors.to_numpy())
    said = [row[name] for name in ("ratio", "average_low", "average_high", "low", "high", "likely_above_1")]
    assert said == pytest.approx(expected, rel=1e-3)


def test_likes_against_the_year_before_are_a_two_way_layout(rich: Path, posts: pd.DataFrame) -> None:
    rows = read_table(rich, "years")
    assert len(rows) == 5
    moment = pd.to_datetime(posts["published"])
    posts = posts.assign(year=moment.dt.year, month=moment.dt.month).dropna(subset=["likes", "days"])
    posts = posts.assign(level=np.log(np.maximum(posts["likes"], 0.5)))
    keys = ["brand_key", "year", "month", "burst"]
    occasions = posts.groupby(keys, as_index=False).agg(level=("level", "median"), posts=("level", "size"))
    for row in rows.to_dict("records"):
        months = [int(name[5:]) for name in row["months"].split(" ")]
        own = occasions[(occasions["brand_key"] == row["brand_key"]) & occasions["month"].isin(months)]
        is_now = own["year"] == 2025
        assert (row["posts"], row["posts_before"]) == (own[is_now]["posts"].sum(), own[~is_now]["posts"].sum())
        assert (own.groupby(["month", "year"]).size() >= 2).all() and own["month"].nunique() == len(months)
        # least squares with a column for each month and one for the year; posts of one month of a year vary by chance
        design = np.column_stack([own["month"] == month for month in months] + [is_now]).astype(float)
        fitted = np.linalg.lstsq(design, own["level"].to_numpy(), rcond=None)[0]
        cells = own.groupby(["year", "month"])["level"]
        free = len(own) - cells.ngroups
        square = float(((own["level"] - cells.transform("mean")) ** 2).sum()) / free
        error = math.sqrt(square * np.linalg.inv(design.T @ design)[-1, -1])
        reach = float(t.isf(0.025, free)) * error
        expected = np.exp([fitted[-1], fitted[-1] - reach, fitted[-1] + reach])
        assert [row["ratio"], row["low"], row["high"]] == pytest.approx(expected.tolist(), rel=1e-4)
