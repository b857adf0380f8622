"""Engagement rates stand on a brand's page, beside the other brands' and in the tables, where followers are known."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from generator.site.data_files import write_exports
from tests.support.sample_report import make_post, make_report, write_site

BRANDS = ("Maison Ambre", "Björn/Söhne", "NOIR <Studio>")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write a report in which the first brand has ten times the followers of the second, and the third none known."""
    folder = tmp_path_factory.mktemp("rates")
    followers = {BRANDS[0]: 100_000, BRANDS[1]: 10_000}
    posts = [
        make_post(index, BRANDS[index % 3], likes=980 + index, comments=20, followers=followers.get(BRANDS[index % 3]))
        for index in range(60)
    ]
    report = make_report(posts)
    write_exports(report, folder / "data")
    write_site(report, folder)
    return folder


def test_rates_of_brands_differ_as_their_followers_do(site: Path) -> None:
    content = json.loads((site / "data/report.json").read_text(encoding="utf-8"))
    rates = {row["brand_key"]: row for row in content["rates"]}
    assert set(rates) == {"maison-ambre", "bjorn-sohne"}
    assert rates["bjorn-sohne"]["rate"] == pytest.approx(10 * rates["maison-ambre"]["rate"], rel=0.01)
    for row in rates.values():
        assert row["low"] < row["rate"] < row["high"]
    first = content["posts"][0]
    assert first["followers"] == 100_000
    with open(site / "data/posts.csv", encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    assert float(table[0]["engagement_rate"]) == pytest.approx((first["likes"] + first["comments"]) / 100_000)
    middle = rates["maison-ambre"]["rate"]
    assert float(table[0]["rate_to_brand_median"]) == pytest.approx(float(table[0]["engagement_rate"]) / middle, 1e-4)
    assert [row["engagement_rate"] == "" for row in table[:3]] == [False, False, True]


def test_pages_show_a_rate_with_its_interval_and_none_where_followers_are_unknown(site: Path) -> None:
    compared = (site / "compare.html").read_text(encoding="utf-8")
    part = compared[compared.index('id="rates"') : compared.index("</table>", compared.index('id="rates"'))]
    assert part.index("Björn/Söhne") < part.index("Maison Ambre")
    assert "NOIR" not in part
    assert "10%" in part and "1.0%" in part
    assert "Engagement rate" in (site / "brands/maison-ambre.html").read_text(encoding="utf-8")
    assert "Engagement rate" not in (site / "brands/noir-studio.html").read_text(encoding="utf-8")
    assert "engagement rate" in (site / "method.html").read_text(encoding="utf-8")
