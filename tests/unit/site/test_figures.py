"""Tests that compute every published figure again from posts.csv, by another path."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
import re
import statistics
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from openpyxl import Workbook, load_workbook
from scipy.optimize import brentq
from scipy.stats import beta, fisher_exact, norm

from generator.insights.inference import BUDGET
from generator.site.data_files import write_exports
from generator.site.features import write_features
from generator.site.tables import INSIGHTS
from generator.spreadsheet.posts import Post
from tests.support.rich_sample import adjust_by_holm, export_rich_report, read_posts, read_table
from tests.support.sample_report import BRANDS, make_mapped, make_post, make_report

#: Posts of each brand in each of three clusters, and unclustered.
TABLE = ((60, 5, 0, 9), (20, 40, 12, 8), (2, 30, 45, 3))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    write_exports(make_report(*_sample()), folder)
    write_features(make_mapped(*_sample()).features, folder)
    return folder


@pytest.fixture(scope="module")
def rich(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export_rich_report(tmp_path_factory)


def _sample() -> tuple[list[Post], list[int]]:
    """Return the posts and their labels."""
    cells = [(brand, cluster) for brand, row in enumerate(TABLE) for cluster, n in enumerate(row) for _ in range(n)]
    chance = np.random.default_rng(1)
    likes = [int(300 * chance.lognormal(0, 0.4) * (3 if cluster == 1 else 1)) for _, cluster in cells]
    posts = [make_post(index, BRANDS[brand], likes=likes[index]) for index, (brand, _) in enumerate(cells)]
    return posts, [cluster if cluster < 3 else -1 for _, cluster in cells]


def _read(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))


def _score(ratio: float, one: float, of_one: float, two: float, of_two: float) -> float:
    """The squared score statistic of a ratio of proportions, its likeliest proportions found by search."""

    def slope(second: float) -> float:
        first = ratio * second
        return (one - of_one * first) / (1 - first) + (two - of_two * second) / (1 - second)

    top = min(1, 1 / ratio)
    second = brentq(slope, 1e-12, top * (1 - 1e-12)) if one + two else 0
    first = ratio * second
    variance = first * (1 - first) / of_one + ratio**2 * second * (1 - second) / of_two
    return float((one / of_one - ratio * two / of_two) ** 2 / variance)


def _find_rivals(counts: list[int], totals: list[int]) -> tuple[list[float], list[float]]:
    """Rivals' rates, each drawn to what is usual as little as they differ by chance; and the error of each, squared.

    Kleinman's moments: the rates' spread about the mean of all, against that of a binomial, gives how alike two
    occasions of one rival are. Usual is the median of the beta distribution with that mean and spread.
    """
    everything = sum(totals)
    mean = sum(counts) / everything
    spread = sum(n * (k / n - mean) ** 2 for k, n in zip(counts, totals, strict=True)) / (mean * (1 - mean))
    free = len(totals) - 1
    alike = (spread - free) / (everything - sum(n * n for n in totals) / everything - free)
    alike = min(max(alike, 0), 0.999)
    weights = [n / (1 + (n - 1) * alike) for n in totals]
    mean = sum(w * k / n for w, k, n in zip(weights, counts, totals, strict=True)) / sum(weights)
    own = [alike * weight for weight in weights]
    usual = max(beta.median(mean * (1 / alike - 1), (1 - mean) * (1 / alike - 1)), mean / 10) if alike else mean
    rates = [part * k / n + (1 - part) * usual for part, k, n in zip(own, counts, totals, strict=True)]
    errors = [
        part * rate * (1 - rate) / n + ((1 - part) ** 2) * rate * (1 - rate) / sum(weights)
        for part, rate, n in zip(own, rates, totals, strict=True)
    ]
    return rates, errors


def test_shares_are_those_of_the_posts(rich: Path) -> None:
    posts, rows = read_posts(rich), read_table(rich, "shares")
    assert len(rows) == 5 * 5
    count = posts.groupby(["brand_key", "cluster_key"]).size().to_dict()
    # a burst is an occasion in each cluster that it has posts in
    occasions = posts.groupby(["brand_key", "cluster_key"])["burst"].nunique().to_dict()
    brands = sorted(set(posts["brand_key"]))
    total = {brand: sum(n for (own, _), n in occasions.items() if own == brand) for brand in brands}
    # clusters come in runs, so that as many occasions say as much as one
    (runs,) = set(read_table(rich, "moves")["runs"])
    assert runs > 1
    p, tested = [], 0
    for row in rows.to_dict("records"):
        brand, cluster = row["brand_key"], row["cluster_key"]
        cell = brand, cluster
        assert (row["posts"], row["occasions"]) == (count.get(cell, 0), occasions.get(cell, 0))
        assert row["share"] == pytest.approx(row["posts"] / (posts["brand_key"] == brand).sum(), abs=1e-6)
        mine, others = row["occasions"] / total[brand], [other for other in brands if other != brand]
        counts = [occasions.get((other, cluster), 0) for other in others]
        plain = [k / total[other] for k, other in zip(counts, others, strict=True)]
        assert row["share_of_occasions"] == pytest.approx(mine, rel=1e-5)
        assert (row["lowest_rival"], row["highest_rival"]) == pytest.approx((min(plain), max(plain)), rel=1e-5)
        assert row["rank"] == 1 + sum(rate > mine for rate in plain)
        rates, errors = _find_rivals([k / runs for k in counts], [total[other] / runs for other in others])
        typical = statistics.median(rates)
        assert row["median_rival"] == pytest.approx(typical, rel=1e-4)
        # the median of rates that are known so well is known no worse than one of them, and no better than all
        size, widest = row["median_rival_occasions"], max(errors)
        assert 0.7 * typical * (1 - typical) / widest < size < 1.4 * sum(total[other] for other in others) / runs
        above, below = round(size), round(typical * size)
        inside, of = row["occasions"] / runs, total[brand] / runs
        table = [[round(inside), round(of) - round(inside)], [below, above - below]]
        tails = [fisher_exact(table, alternative=side).pvalue for side in ("less", "greater")]
        p.append(min(2 * min(tails), 1))
        if row["withheld"] == "yes":
            assert all(math.isnan(row[name]) for name in ("over_index", "low", "high", "p_adjusted"))
            continue
        tested += 1
        assert row["over_index"] == pytest.approx(mine / typical, rel=1e-4)
        for end in (row["low"], row["high"]):
            if end > 0:
                score = _score(end, inside, of, typical * size, size)
                assert score == pytest.approx(3.841459, rel=2e-3)
        assert row["low"] <= row["over_index"] <= row["high"]
    assert tested >= 20
    rows["p"], rows["adjusted"] = p, adjust_by_holm(p, BUDGET["shares"])
    shown = rows[rows["withheld"] != "yes"]
    assert shown["p_adjusted"].tolist() == pytest.approx(shown["adjusted"].tolist(), rel=2e-3)
    marked = rows[rows["marked"] == "yes"]
    assert len(marked) >= 2 and (marked["adjusted"] < 0.05).all()
    for row in marked.to_dict("records"):
        limit = 0.05 * BUDGET["shares"] / sum(other >= row["p"] for other in p)
        _check_picked(row, limit)


def _check_picked(row: dict[str, Any], limit: float) -> None:
    """The ends of a picked ratio: what passes the test at `limit` lies beyond it as seldom as 2.5 % of the time."""
    side = 1 if row["over_index"] > 1 else -1
    inner, outer = ("low", "high") if side > 0 else ("high", "low")
    near, middle, far = (side * math.log(row[name]) for name in (inner, "over_index", outer))
    reached, asked, usual = norm.isf(row["p"] / 2), norm.isf(limit / 2), norm.isf(0.025)

    def find(chance: float) -> float:
        """The true distance from 0 at which, of what is farther than `asked`, so many are farther than reached."""

        def excess(at: float) -> float:
            return float(norm.logsf(reached - at) - norm.logsf(asked - at) - math.log(chance))

        return float(brentq(excess, reached - 30, reached + 10))

    def place(at: float) -> float:
        if at <= reached - usual:
            return max(near, 0) * at / (reached - usual)
        return near + (middle - near) * (at - reached + usual) / usual

    low = max(find(0.025), reached - asked)
    upper = min(max(find(0.975), reached), reached + usual)
    said = [side * math.log(row[f"{name}_if_picked"]) for name in (inner, "over_index", outer)]
    expected = [place(low), place(max(find(0.5), low)), middle + (far - middle) * (upper - reached) / usual]
    assert said == pytest.approx(expected, rel=1e-2, abs=1e-3)


def test_campaigns_are_the_bursts_of_the_posts(rich: Path) -> None:
    rows, posts = read_table(rich, "campaigns"), read_posts(rich)
    several = [group for _, group in posts.groupby("burst") if len(group) > 1]
    assert len(rows) == len(several) >= 10
    by_ids = {frozenset(row["ids"].split(" ")): row for row in rows.to_dict("records")}
    for group in several:
        row = by_ids[frozenset(group["id"])]
        assert row["posts"] == len(group) and set(group["brand_key"]) == {row["brand_key"]}
        days = pd.to_datetime(group["published"]).dropna()
        if len(days):
            assert (row["first_day"], row["last_day"]) == (str(days.min().date()), str(days.max().date()))
            assert np.diff(np.sort(days)).max(initial=np.timedelta64(0)) <= np.timedelta64(5, "D")
        most = group["cluster_key"].value_counts()
        assert most.get("noise" if pd.isna(row["cluster_key"]) else row["cluster_key"]) == most.iloc[0]


def _draw_ten(post: int, brands: list[str], days: np.ndarray, distance: np.ndarray) -> dict[str, float]:
    """How likely the nearest to a post is each brand's, if ten of each are drawn from those not of its brand's week."""
    others = [
        other
        for other in np.argsort(distance[post], kind="stable").tolist()
        if other != post and (brands[other] != brands[post] or abs(days[other] - days[post]) > 7)
    ]
    left = {brand: sum(brands[other] == brand for other in others) for brand in set(brands)}
    passed, chance = dict.fromkeys(left, 0), dict.fromkeys(left, 0.0)
    for other in others:
        own = brands[other]
        likely = math.comb(left[own] - passed[own] - 1, 9) / math.comb(left[own], 10)
        for brand in left.keys() - {own}:
            likely *= math.comb(left[brand] - passed[brand], 10) / math.comb(left[brand], 10)
        chance[own] += likely
        passed[own] += 1
    return chance


def test_distinctiveness_and_overlap_are_those_of_equal_draws(data: Path) -> None:
    posts = _read(data / "posts.csv")
    assert len({post["image_sha256"] for post in posts}) == len(posts)
    days = np.array([datetime.fromisoformat(post["published"]).timestamp() / 86_400 for post in posts])
    features = np.load(data / "features.npy")
    assert len(features) == len(posts)
    # a burst counts once, by its first post
    kept = np.unique([post["burst"] for post in posts], return_index=True)[1]
    days, brands = days[kept], [posts[post]["brand_key"] for post in kept]
    wide = features[kept].astype(float)
    distance = np.linalg.norm(wide[:, None] - wide[None], axis=2)
    drawn = [_draw_ten(post, brands, days, distance) for post in range(len(kept))]

    def times_chance(one: str, other: str) -> float:
        sides = [
            np.mean([chance[to] for chance, own in zip(drawn, brands, strict=True) if own == at])
            for at, to in ((one, other), (other, one))
        ]
        return 3 * float(np.mean(sides))

    for row in _read(data / "distinctiveness.csv"):
        assert int(row["images"]) == brands.count(row["brand_key"]) and row["most"] == "3"
        assert float(row["ratio"]) == pytest.approx(times_chance(row["brand_key"], row["brand_key"]), rel=1e-3)
        assert float(row["low"]) < float(row["ratio"]) < float(row["high"])
    rows = _read(data / "overlap.csv")
    assert len(rows) == 3
    for row in rows:
        one, two = row["brand_key"], row["other_key"]
        assert float(row["overlap"]) == pytest.approx(times_chance(one, two), rel=1e-3)
        placed = {
            brand: [post["cluster_key"] for post in posts if post["brand_key"] == brand and post["cluster_key"]]
            for brand in (one, two)
        }
        common = sum(
            min(placed[brand].count(cluster) / len(placed[brand]) for brand in (one, two))
            for cluster in {post["cluster_key"] for post in posts}
        )
        assert float(row["common_share"]) == pytest.approx(common, rel=1e-5)


def test_looks_are_those_of_the_posts(data: Path) -> None:
    posts = _read(data / "posts.csv")
    rows = _read(data / "looks.csv")
    assert len(rows) == 3 + 4 + 1
    for row in rows:
        of = {"brand": "brand_key", "cluster": "cluster_key"}.get(row["kind"])
        key = "" if row["name_key"] == "noise" else row["name_key"]
        own = [post for post in posts if of is None or post[of] == key]
        for measure in ("brightness", "contrast"):
            low, middle, high = np.quantile([float(post[measure]) for post in own], (0.25, 0.5, 0.75))
            said = [float(row[f"{measure}{end}"]) for end in ("_low", "", "_high")]
            assert said == pytest.approx([low, middle, high], abs=1e-2)
        palette = row["palette"].split(" ")
        assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in palette[::2])
        assert sum(float(share) for share in palette[1::2]) == pytest.approx(1, abs=1e-3)


def test_duplicates_are_the_posts_of_one_file(tmp_path: Path) -> None:
    posts = [make_post(index, BRANDS[index % 3]) for index in range(60)]
    images = [hashlib.sha256(bytes([index % 50])).hexdigest() for index in range(60)]
    write_exports(make_report(posts, [index % 2 for index in range(60)], images=images), tmp_path)
    rows, all_posts = _read(tmp_path / "duplicates.csv"), _read(tmp_path / "posts.csv")
    files = [post["image_sha256"] for post in all_posts]
    assert {row["id"] for row in rows} == {post["id"] for post in all_posts if files.count(post["image_sha256"]) > 1}
    assert len(rows) == 20 and all(row["posts"] == "2" and row["same_file"] == "yes" for row in rows)
    for row in rows:
        [post] = [post for post in all_posts if post["id"] == row["id"]]
        assert (post["picture_code"], post["brand_key"]) == (row["picture_code"], row["brand_key"])
    _same_everywhere(tmp_path, "duplicates")


#: Tables that this report has none of, looked at elsewhere.
_ELSEWHERE = {"duplicates", "tag_shares", "field_shares", "new_clusters"}.union(
    ("benchmark", "benchmark_rates", "benchmark_refused")
)


@pytest.mark.parametrize("name", [table.name for table in INSIGHTS if table.name not in _ELSEWHERE])
def test_the_workbook_and_the_json_say_the_same_as_the_csv(rich: Path, name: str) -> None:
    _same_everywhere(rich, name)


@cache
def _open_workbook(data: Path) -> Workbook:
    return load_workbook(data / "report.xlsx")


def _same_everywhere(data: Path, name: str) -> None:
    rows = _read(data / f"{name}.csv")
    [head, *cells] = _open_workbook(data)[name.capitalize()].iter_rows(values_only=True)
    for row, values in zip(rows, cells, strict=True):
        for column, value in zip(head, values, strict=True):
            assert _same(row[str(column)], value)
    said: list[dict[str, Any]] = json.loads((data / "report.json").read_text(encoding="utf-8"))[name]
    for row, described in zip(rows, said, strict=True):
        assert all(_same(row[column], described.get(column)) for column in row if f"{column}_key" not in row)


def _same(text: str, value: object) -> bool:
    if value is None or value == "":
        return text == ""
    if isinstance(value, int | float):
        return math.isclose(float(text), value, rel_tol=1e-9)
    return text == value
