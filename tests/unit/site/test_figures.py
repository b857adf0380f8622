"""Tests that compute every published figure again from posts.csv, by another path."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from openpyxl import load_workbook
from scipy.optimize import brentq

from generator.insights.bursts import find_bursts
from generator.site.data_files import write_exports
from generator.site.tables import INSIGHTS
from generator.spreadsheet.posts import Post
from tests.support.sample_report import BRANDS, make_mapped, make_post, make_report

#: Posts of each brand in each of three clusters, and unclustered.
TABLE = ((60, 5, 0, 9), (20, 40, 12, 8), (2, 30, 45, 3))


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    write_exports(make_report(*_sample()), folder)
    return folder


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


def test_shares_are_those_of_the_posts(data: Path) -> None:
    posts = _read(data / "posts.csv")
    rows = _read(data / "shares.csv")
    assert len(rows) == 12
    tested = 0
    for row in rows:
        cluster = "" if row["cluster_key"] == "noise" else row["cluster_key"]
        own = [post for post in posts if post["brand_key"] == row["brand_key"]]
        count = sum(post["cluster_key"] == cluster for post in own)
        assert int(row["posts"]) == count
        assert float(row["share"]) == pytest.approx(count / len(own), abs=1e-6)
        beside = [other for other in rows if other["cluster_key"] == row["cluster_key"] and other is not row]
        rates = [float(other["share_of_occasions"]) for other in beside]
        mine = float(row["share_of_occasions"])
        assert (float(row["lowest_rival"]), float(row["highest_rival"])) == pytest.approx((min(rates), max(rates)))
        assert min(rates) - 1e-5 <= float(row["median_rival"]) <= max(rates) + 1e-5
        assert int(row["rank"]) == 1 + sum(rate > mine for rate in rates)
        if row["withheld"]:
            assert row["over_index"] == row["low"] == row["high"] == row["p_adjusted"] == row["marked"] == ""
            continue
        tested += 1
        low, high, typical = (float(row[name]) for name in ("low", "high", "median_rival"))
        assert float(row["over_index"]) == pytest.approx(mine / typical, rel=1e-4)
        one, two = float(row["occasions"]), float(row["median_rival_occasions"])
        all_own = sum(int(other["occasions"]) for other in rows if other["brand_key"] == row["brand_key"])
        assert mine == pytest.approx(one / all_own, rel=1e-5)
        for end in (low, high):
            if end > 0:
                assert _score(end, one, all_own, typical * two, two) == pytest.approx(3.841459, rel=2e-3)
        assert low <= float(row["over_index"]) <= high
        if row["marked"]:
            assert not low < 1 < high and float(row["low_if_picked"]) <= float(row["high_if_picked"])
    assert tested >= 9


@pytest.mark.parametrize("measure", ["likes", "comments"])
def test_engagement_is_that_of_the_posts(data: Path, measure: str) -> None:
    posts = [post for post in _read(data / "posts.csv") if post[measure]]
    rows = [row for row in _read(data / "engagement.csv") if row["measure"] == measure]
    effects = {(row["brand_key"], row["cluster_key"]) for row in rows if row["finding"]}
    assert len(effects) >= (measure == "likes")

    def is_ordinary(post: dict[str, str]) -> bool:
        return not {(post["brand_key"], post["cluster_key"]), ("", post["cluster_key"])} & effects

    compared = 0
    for row in rows:
        inside = [
            post
            for post in posts
            if post["cluster_key"] == row["cluster_key"]
            and (post["brand_key"] == row["brand_key"] or not row["brand_key"])
        ]
        if row["brand_key"]:
            assert int(row["posts"]) == len(inside)
        if not row["ratio"]:
            continue
        if row["brand_key"]:
            compared += 1
            own = [post for post in posts if post["brand_key"] == row["brand_key"]]
            usual = np.median([int(post[measure]) for post in own if is_ordinary(post)])
            ratio = np.median([int(post[measure]) for post in inside]) / usual
            assert float(row["ratio"]) == pytest.approx(ratio, rel=1e-4)
        assert float(row["low"]) <= float(row["ratio"]) <= float(row["high"])
    assert compared >= 5


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
    mapped = make_mapped(*_sample())
    code = np.unique([post["brand_key"] for post in posts], return_inverse=True)[1]
    burst = find_bursts(code, mapped.labels, days, mapped.features, mapped.near, np.arange(len(posts)))
    # a burst counts once, by its first post
    kept = np.unique(burst, return_index=True)[1]
    days, brands = days[kept], [posts[post]["brand_key"] for post in kept]
    wide = mapped.features[kept].astype(float)
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


@pytest.mark.parametrize("name", [table.name for table in INSIGHTS if table.name != "duplicates"])
def test_the_workbook_and_the_json_say_the_same_as_the_csv(data: Path, name: str) -> None:
    _same_everywhere(data, name)


def _same_everywhere(data: Path, name: str) -> None:
    rows = _read(data / f"{name}.csv")
    [head, *cells] = load_workbook(data / "report.xlsx")[name.capitalize()].iter_rows(values_only=True)
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
