"""Tests that compute the figures of what changes over time again from posts.csv, by another path."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import beta, mannwhitneyu, norm

from generator.insights.over_time.periods import TIME_BUDGET
from generator.site.data_files import write_exports
from tests.support.rich_sample import adjust_by_holm, export_rich_report, read_posts, read_table
from tests.support.sample_report import BRANDS, make_post, make_report

#: Dated occasions that a brand needs to be part of the market.
LEAST_OF_BRAND = 30


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export_rich_report(tmp_path_factory)


@pytest.fixture(scope="module")
def posts(rich: Path) -> pd.DataFrame:
    """The posts that have a date."""
    return read_posts(rich).dropna(subset=["days"])


@pytest.fixture(scope="module")
def occasions(posts: pd.DataFrame) -> pd.DataFrame:
    """One row for each burst's posts in a cluster, at the middle of their days."""
    keys = ["brand_key", "cluster_key", "burst"]
    return posts.groupby(keys, as_index=False)["days"].mean().sort_values("days", kind="stable")


def _count_thirds(own: pd.DataFrame, cluster: str, start: float, end: float) -> list[tuple[int, int]]:
    third = (end - start) / 3
    parts = (own[own["days"] <= start + third], own[own["days"] >= end - third])
    return [(int((part["cluster_key"] == cluster).sum()), len(part)) for part in parts]


def _change(pairs: Sequence[Sequence[tuple[float, float]]], runs: float) -> list[float]:
    """The mean change of shares and its limits, from those of both mean shares (Newcombe, method 10).

    As many as `runs` occasions say as much as one.
    """
    pairs = [[(count / runs, of / runs) for count, of in pair] for pair in pairs]
    both = [(one + two, of_one + of_two) for (one, of_one), (two, of_two) in pairs]
    one, low_one, high_one = _limit_mean([first for first, _ in pairs], both)
    two, low_two, high_two = _limit_mean([last for _, last in pairs], both)
    down, up = math.hypot(two - low_two, high_one - one), math.hypot(high_two - two, one - low_one)
    return [two - one, two - one - down, two - one + up]


def _limit_mean(
    counts: Sequence[tuple[float, float]], both: Sequence[tuple[float, float]]
) -> tuple[float, float, float]:
    """The mean of shares with Wilson's limits, for as many units as one share would need to be as sure.

    For its variance a share is drawn to that of `both` thirds, and this to that of all rows.
    """
    number, rows = sum(of for _, of in counts), len(counts)
    pooled = (sum(count for count, _ in both) + 0.5) / (sum(of for _, of in both) + 1)
    usual = [(count + 2 * pooled) / (of + 2) for count, of in both]
    drawn = [(count + 10 * share) / (of + 10) for (count, of), share in zip(counts, usual, strict=True)]
    middle = sum(drawn) / rows
    spread = sum(share * (1 - share) / (of - 1) for share, (_, of) in zip(drawn, counts, strict=True)) / rows**2
    size = middle * (1 - middle) * number / (number - 1) / spread
    mean = sum(count / of for count, of in counts) / rows
    square = norm.ppf(0.975) ** 2 / size
    half = math.sqrt(square * (mean * (1 - mean) + square / 4))
    return mean, *((mean + square / 2 + sign * half) / (1 + square) for sign in (-1, 1))


def test_months_are_those_of_the_posts(rich: Path, posts: pd.DataFrame) -> None:
    rows = read_table(rich, "drift")
    months = posts["published"].str[:7]
    counts = posts.groupby(["brand_key", "cluster_key", months]).size().to_dict()
    totals = posts.groupby(["brand_key", months]).size().to_dict()
    for row in rows.to_dict("records"):
        brand, month = row["brand_key"], row["period"][:7]
        assert row["posts"] == counts.get((brand, row["cluster_key"], month), 0)
        assert row["brand_posts"] == totals[brand, month]
    assert rows["posts"].sum() == (posts["cluster_key"] != "noise").sum()


def test_changes_are_those_of_the_posts(rich: Path, posts: pd.DataFrame, occasions: pd.DataFrame) -> None:
    rows = read_table(rich, "moves")
    market = rows["brand_key"].isna()
    assert market.sum() == 4 and (~market).sum() >= 15
    for row in rows[~market].to_dict("records"):
        own = occasions[occasions["brand_key"] == row["brand_key"]]
        thirds = _count_thirds(own, row["cluster_key"], own["days"].min(), own["days"].max())
        assert [row["change"], row["low"], row["high"]] == pytest.approx(
            _change([thirds], row["runs"]), rel=1e-4, abs=1e-6
        )
        is_there = (posts["brand_key"] == row["brand_key"]) & (posts["cluster_key"] == row["cluster_key"])
        assert row["posts"] == is_there.sum()
    assert (occasions.groupby("brand_key").size() >= LEAST_OF_BRAND).all()
    start, end = occasions["days"].min(), occasions["days"].max()
    for row in rows[market].to_dict("records"):
        brands = [own for _, own in occasions.groupby("brand_key")]
        thirds = [_count_thirds(own, row["cluster_key"], start, end) for own in brands]
        assert [row["change"], row["low"], row["high"]] == pytest.approx(
            _change(thirds, row["runs"]), rel=1e-4, abs=1e-6
        )


def _test_times(own: pd.DataFrame, cluster: str) -> float:
    """The smaller of Wilcoxon's and Kuiper's p, doubled; Kuiper's by Stephens' formula."""
    inside = (own["cluster_key"] == cluster).to_numpy()
    one, two = own["days"].to_numpy()[inside], own["days"].to_numpy()[~inside]
    ranks = mannwhitneyu(one, two, use_continuity=False, method="asymptotic").pvalue
    steps = [float((one <= day).mean() - (two <= day).mean()) for day in own["days"]]
    root = math.sqrt(len(one) * len(two) / len(own))
    reach = (root + 0.155 + 0.24 / root) * (max(*steps, 0) - min(*steps, 0))
    kuiper = 2 * sum((4 * (k * reach) ** 2 - 1) * math.exp(-2 * (k * reach) ** 2) for k in range(1, 100))
    return float(min(2 * min(ranks, kuiper if reach >= 0.4 else 1.0), 1.0))


def test_marks_of_drift_are_those_of_ranks(rich: Path, occasions: pd.DataFrame) -> None:
    rows = read_table(rich, "moves").dropna(subset=["brand_key"])
    found = rows["course"].notna()
    assert found.any() and (rows["p_adjusted"] < 0.05).equals(found)
    p, weights = [], []
    for row in rows.to_dict("records"):
        own = occasions[occasions["brand_key"] == row["brand_key"]]
        taken = set(rows[found & (rows["brand_key"] == row["brand_key"])]["cluster_key"]) - {row["cluster_key"]}
        p.append(_test_times(own[~own["cluster_key"].isin(taken)], row["cluster_key"]))
        weights.append(float((own["cluster_key"] == row["cluster_key"]).sum()))
    adjusted = adjust_by_holm(p, TIME_BUDGET["drift"], weights)
    # a small p is also tried without the densest weeks, and the largest counts
    for said, plain in zip(rows["p_adjusted"], adjusted, strict=True):
        assert said >= plain * 0.99
        assert said == pytest.approx(plain, rel=0.01) or plain < 0.005 / TIME_BUDGET["drift"] * 25


def _draw_line(days: np.ndarray, inside: np.ndarray, time: float, width: float) -> tuple[float, float]:
    """A line through what lies near a time, with Epanechnikov's kernel, and as many occasions as are as sure."""
    kernel = np.maximum(1 - ((days - time) / width) ** 2, 0)
    design = np.column_stack([np.ones(len(days)), days - time])
    weights = np.linalg.solve(design.T @ (kernel[:, None] * design), design.T * kernel)[0]
    return float(weights @ inside), float(1 / (weights**2).sum())


def test_curves_are_local_lines(rich: Path, occasions: pd.DataFrame) -> None:
    rows = read_table(rich, "curves")
    (runs,) = set(read_table(rich, "moves")["runs"])
    times = (pd.to_datetime(rows["day"]) - pd.Timestamp("1970-01-01")).dt.days
    span = occasions["days"].max() - occasions["days"].min()
    assert set(rows["brand_key"].fillna("market")) == {*occasions["brand_key"], "market"}
    drawn: dict[tuple[str, float], list[float]] = {}
    for row, time in zip(rows.to_dict("records"), times, strict=True):
        assert row["low"] <= row["share"] <= row["high"]
        if isinstance(row["brand_key"], float):
            continue
        own = occasions[occasions["brand_key"] == row["brand_key"]]
        width = span * float(np.clip(0.9 * len(own) ** -0.2, 0.08, 0.5))
        inside = (own["cluster_key"] == row["cluster_key"]).to_numpy(float)
        share, size = _draw_line(own["days"].to_numpy(), inside, float(time), width)
        drawn.setdefault((row["cluster_key"], float(time)), []).append(share)
        # days are shown whole, and occasions are counted in 120 parts of the time
        assert row["share"] == pytest.approx(min(max(share, 0), 1), abs=0.02)
        # the band holds everywhere at once: wider than for one time, but not than for each of 24 by itself
        for quantile, at_least in ((norm.isf(0.025), 1), (norm.isf(0.025 / 24), -1)):
            square = quantile**2 / (size / runs)
            half = math.sqrt(square * (row["share"] * (1 - row["share"]) + square / 4)) / (1 + square)
            middle = (row["share"] + square / 2) / (1 + square)
            assert at_least * (middle - half - row["low"]) > -0.02
            assert at_least * (row["high"] - middle - half) > -0.02
    market = [(row, float(time)) for row, time in zip(rows.to_dict("records"), times, strict=True)]
    compared = 0
    for row, time in market:
        parts = drawn.get((row["cluster_key"], time), [])
        if isinstance(row["brand_key"], float) and len(parts) == 5:
            compared += 1
            assert row["share"] == pytest.approx(np.mean(np.clip(parts, 0, 1)), abs=0.02)
    assert compared >= 20


def test_shares_of_voice_are_those_of_the_posts(rich: Path, posts: pd.DataFrame) -> None:
    rows = read_table(rich, "voice")
    (runs,) = set(read_table(rich, "moves")["runs"])
    quarter = pd.to_datetime(posts["published"]).dt.to_period("Q").dt.start_time.dt.strftime("%Y-%m-%d")
    counts = posts.groupby(["cluster_key", quarter, "brand_key"]).size().to_dict()
    assert len(rows) == len(counts)
    cells = dict(list(posts.groupby(["cluster_key", quarter])))
    of_brand = posts["brand_key"].value_counts(normalize=True).to_numpy()
    withheld = 0
    for row in rows.to_dict("records"):
        cell = row["cluster_key"], row["quarter"]
        count = counts[(*cell, row["brand_key"])]
        assert row["posts"] == count
        of_bursts = cells[cell].groupby(["brand_key", "burst"]).size()
        total = int(of_bursts.sum())
        size = total**2 / int((of_bursts**2).sum()) / runs
        if size < 5:
            withheld += 1
            assert math.isnan(row["share"])
            continue
        share, of_cell = count / total, size
        own = int((of_bursts[row["brand_key"]] ** 2).sum())
        others = int((of_bursts**2).sum()) - own
        if share < 1:  # a brand's own campaigns may make its share less sure, or more
            of_own = share * (1 - share) * total**2 / (own * (1 - share) ** 2 + others * share**2) / runs
            size = 2 / (1 / size + 1 / of_own)
        assert row["share"] == pytest.approx(share, rel=1e-4)
        if share == 1:
            assert row["high"] == 1
            tail = row["low"] ** size / 2
        else:
            inside, outside = share * size + 0.5, (1 - share) * size + 0.5
            tail = beta.cdf(row["low"], inside, outside)
            assert tail == pytest.approx(beta.sf(row["high"], inside, outside), rel=0.01)
        few, enough = _miss(round(math.exp(round(math.log(of_cell) * 10) / 10)), of_brand, tail)
        assert few <= 0.07 and enough >= 0.03
    assert withheld < len(rows) / 2


def _miss(posts: int, shares: np.ndarray, tail: float) -> tuple[float, float]:
    """Return how often limits of this tail, and of the next larger one, miss any brand; half of those at their edge."""
    drawn = np.random.default_rng(9).multinomial(posts, shares, 4000)
    below = beta.cdf(shares, drawn + 0.5, posts - drawn + 0.5)
    reached = np.minimum(below, 1 - below)
    reached = np.where(drawn == 0, (1 - shares) ** posts / 2, np.where(drawn == posts, shares**posts / 2, reached))
    reached = np.minimum(reached, 1 - reached).min(axis=1).round(12)
    few, enough = reached[reached < tail * 0.999].max(initial=0), reached[reached >= tail * 0.999].min(initial=1)
    return tuple((reached < edge).mean() + (reached == edge).mean() / 2 for edge in (few, enough))


def test_a_brand_takes_a_cluster_up_where_its_share_steps_up(rich: Path, occasions: pd.DataFrame) -> None:
    rows = read_table(rich, "leads")
    assert len(rows) >= 3
    shortest = (occasions["days"].max() - occasions["days"].min()) * 0.02
    for row in rows.to_dict("records"):
        own = occasions[occasions["brand_key"] == row["brand_key"]]
        days, inside = own["days"].to_numpy(), (own["cluster_key"] == row["cluster_key"]).to_numpy()
        best = max(days[5:-5], key=lambda day: _judge_step(days, inside, day))
        said = [(pd.Timestamp(row[name]) - pd.Timestamp("1970-01-01")).days for name in ("low", "halfway", "high")]
        assert said[0] - shortest <= best <= said[2] + shortest
        assert inside[days < said[1]].mean() < inside[days > said[1]].mean()
    for _, lead in rows.groupby("cluster_key"):
        led = lead[lead["led"] == "yes"]
        assert len(led) <= 1 and (led["halfway"] == lead["halfway"].min()).all()


def _judge_step(days: np.ndarray, inside: np.ndarray, day: float) -> float:
    """The likelihood of two shares, one before and a higher one from a day on."""
    parts = [inside[days < day], inside[days >= day]]
    if not parts[0].mean() < parts[1].mean():
        return -math.inf
    return sum(float(n * math.log(n / len(part))) for part in parts for n in (part.sum(), (~part).sum()) if n > 0)


def test_shares_against_the_year_before_are_those_of_mantel_and_haenszel(rich: Path, posts: pd.DataFrame) -> None:
    rows = read_table(rich, "share_years")
    (runs,) = set(read_table(rich, "moves")["runs"])
    assert len(rows) >= 15
    keys = ["brand_key", "cluster_key", "burst"]
    parts = posts.groupby(keys, as_index=False)["days"].mean()
    moment = pd.Timestamp("1970-01-01") + pd.to_timedelta(parts["days"], "D")
    parts["year"], parts["month"] = moment.dt.year, moment.dt.month
    assert set(parts["year"]) == {2024, 2025} and moment.max().month == 12
    p = []
    for row in rows.to_dict("records"):
        strata = _count_months(parts[parts["brand_key"] == row["brand_key"]], row["cluster_key"])
        assert row["occasions"] == sum(a for a, *_ in strata)
        assert row["occasions_before"] == sum(c for _, _, c, _ in strata)
        above = sum(a * m / (n + m) for a, n, c, m in strata)
        below = sum(c * n / (n + m) for a, n, c, m in strata)
        spread = sum((n * m * (a + c) - a * c * (n + m)) / (n + m) ** 2 for a, n, c, m in strata)
        reach = 2 * math.asinh(norm.isf(0.025) * math.sqrt(runs * spread / (above * below)) / 2)
        ends = [above / below, above / below * math.exp(-reach), above / below * math.exp(reach)]
        assert [row["ratio"], row["low"], row["high"]] == pytest.approx(ends, rel=1e-4)
        expected = sum(n * (a + c) / (n + m) for a, n, c, m in strata)
        variance = sum(
            n * m * (a + c) * (n + m - a - c) / ((n + m) ** 2 * (n + m - 1)) for a, n, c, m in strata if n + m > 1
        )
        away = max(abs(row["occasions"] - expected) - 0.5, 0) / math.sqrt(runs * variance)
        p.append(2 * norm.sf(away))
    assert rows["p_adjusted"].tolist() == pytest.approx(adjust_by_holm(p, TIME_BUDGET["seasons"]), rel=1e-3)
    assert (rows["finding"] == "yes").tolist() == [value < 0.05 for value in rows["p_adjusted"]]


def _count_months(own: pd.DataFrame, cluster: str) -> list[tuple[int, int, int, int]]:
    """The cluster's occasions and all of them, this year and the year before, of months with some in both."""
    strata = []
    for month in range(1, 13):
        cell: list[Any] = []
        for year in (2025, 2024):
            part = own[(own["year"] == year) & (own["month"] == month)]
            cell += [int((part["cluster_key"] == cluster).sum()), len(part)]
        if cell[1] and cell[3]:
            strata.append((cell[0], cell[1], cell[2], cell[3]))
    return strata


def test_a_new_cluster_names_the_brands_in_the_order_in_which_they_began(tmp_path: Path) -> None:
    # of 300 daily posts by three brands in turn, each second one of the last 40 days is of a kind unseen before
    labels = [2 if day >= 260 and day % 2 else day % 7 % 2 for day in range(300)]
    report = make_report([make_post(day, BRANDS[day % 3]) for day in range(300)], labels)
    write_exports(report, tmp_path)
    rows = read_table(tmp_path, "new_clusters")
    first = [day for day, label in enumerate(labels) if label == 2]
    began = sorted(range(3), key=lambda brand: min(day for day in first if day % 3 == brand))
    assert rows["brand"].tolist() == [BRANDS[brand] for brand in began]
    assert rows["place"].tolist() == [1, 2, 3]
    assert set(rows["first_day"]) == {(datetime(2025, 11, 1) + timedelta(days=first[0])).date().isoformat()}
    assert rows["cluster_key"].nunique() == 1
    assert (rows["p_adjusted"] < 0.05).all()


def test_changes_of_words_are_those_of_captions(rich: Path, posts: pd.DataFrame) -> None:
    rows = read_table(rich, "subject_moves")
    assert len(rows) and set(rows["seen_in"]) == {"caption"}
    first = posts.sort_values("row").groupby(["brand_key", "burst"], as_index=False)
    spoken = first.agg(days=("days", "mean"), caption=("caption", "first"))
    for row in rows.to_dict("records"):
        own = spoken[spoken["brand_key"] == row["brand_key"]]
        words = row["subject"].split(", ")
        says = own["caption"].fillna("").str.lower().map(lambda text, words=words: all(word in text for word in words))
        start, end = own["days"].min(), own["days"].max()
        third = (end - start) / 3
        parts = (own["days"] <= start + third, own["days"] >= end - third)
        counts = [(int(says[part].sum()), int(part.sum())) for part in parts]
        assert [row["change"], row["low"], row["high"]] == pytest.approx(_change([counts], row["runs"]), abs=2e-4)
