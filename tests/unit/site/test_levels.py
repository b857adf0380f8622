"""Territories and clusters, the two levels of a report, on its pages and in its data."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from pathlib import Path

import numpy as np
import openpyxl
import pytest

from generator.mosaics.script import read_call
from generator.report.model import Report
from generator.site.cells import list_cells, list_levels
from generator.site.data_files import encode_json, write_exports
from generator.site.viewer_data import encode_posts
from tests.support.page_reader import read_text
from tests.support.sample_report import make_report, write_site
from tests.support.territory_sample import make_territory_report


@pytest.fixture(scope="module")
def report() -> Report:
    return make_territory_report()


@pytest.fixture(scope="module")
def site(report: Report, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_site(report, tmp_path_factory.mktemp("site"))
    write_exports(report, folder / "data")
    return folder


def _read(site: Path, name: str) -> list[dict[str, str]]:
    text = (site / f"data/{name}.csv").read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("level", ["territory", "cluster"])
def test_the_rows_of_a_level_add_up_to_all_posts(report: Report, site: Path, level: str) -> None:
    rows = [row for row in _read(site, "shares") if row["level"] == level]
    assert sum(int(row["posts"]) for row in rows) == len(report.posts)
    posts = Counter((post["brand_key"], post[f"{level}_key"] or "noise") for post in _read(site, "posts"))
    assert {(row["brand_key"], row["cluster_key"]): int(row["posts"]) for row in rows if row["posts"] != "0"} == posts


@pytest.mark.parametrize("table", ["engagement", "drift", "moves", "curves", "voice"])
def test_tables_have_both_levels(report: Report, site: Path, table: str) -> None:
    keys = {
        level: {row["cluster_key"] for row in _read(site, table) if row["level"] == level}
        for level in ("territory", "cluster")
    }
    assert keys["territory"] <= {group.key for group in report.territories} | {"noise"} and keys["territory"]
    assert keys["cluster"] <= {group.key for group in report.groups} and keys["cluster"]


def test_the_workbook_has_a_sheet_of_each_level(report: Report, site: Path) -> None:
    book = openpyxl.load_workbook(site / "data/report.xlsx")
    rows = [[cell.value for cell in row] for row in book["Territories"].iter_rows()]
    assert rows[0][:5] == ["territory", "territory_key", "posts", "share_of_posts", "clusters"]
    assert [row[1] for row in rows[1:]] == [*(group.key for group in report.territories), "noise"]
    for row, group in zip(rows[1:], report.territories, strict=False):
        assert row[4] == " ".join(report.clusters[cluster].key for cluster in group.clusters)
        assert sum(row[5:]) == row[2] == len(group.members)
    clusters = [[cell.value for cell in row] for row in book["Clusters"].iter_rows()]
    place = clusters[0].index("territory_key")
    assert [row[place] for row in clusters[1:-1]] == [report.territories[c.territory or 0].key for c in report.clusters]


def test_json_and_viewer_know_the_clusters_of_each_territory(report: Report) -> None:
    content = json.loads("".join(encode_json(report)))
    (columns,) = read_call(encode_posts(report)["posts.js"])
    for group, row, shown in zip(report.territories, content["territories"], columns["territories"], strict=True):
        keys = [report.clusters[cluster].key for cluster in group.clusters]
        assert (row["key"], row["clusters"]) == (shown["key"], keys) and row["colour"] == shown["colour"]
        assert [columns["clusters"][at]["key"] for at in shown["clusters"]] == keys
    for finding, row in zip(report.findings, content["findings"], strict=True):
        group = report.find_group(finding)
        assert row["cluster"] == (group.key if group else None) and row["level"] == (finding.level if group else None)


def test_the_index_lists_territories_and_their_clusters_within(report: Report, site: Path) -> None:
    text = (site / "index.html").read_text(encoding="utf-8")
    assert re.findall(r'<li id="(t\d\d)">', text) == [group.key for group in report.territories]
    for group in report.territories:
        start = text.index(f'<li id="{group.key}">')
        inside = text[start : text.index("</details>", start)]
        assert re.findall(r'<li id="(c\d\d)">', inside) == [report.clusters[at].key for at in group.clusters]
    assert 'index.html#territories"' in text and 'index.html#clusters"' not in text


def test_a_territory_page_shows_its_clusters_and_picks_them_out_on_the_map(report: Report, site: Path) -> None:
    group = report.territories[0]
    page = (site / group.page).read_text(encoding="utf-8")
    keys = [report.clusters[cluster].key for cluster in group.clusters]
    assert f'data-mosaic="all" data-base="../" data-start="c={",".join(keys)}"' in page
    assert all(f'href="../clusters/{key}.html"' in page for key in keys)
    text = read_text(site / group.page)
    for crossing in group.crossings:
        assert report.brands[crossing.brand].name in text


def test_a_cluster_page_leads_to_its_territory(report: Report, site: Path) -> None:
    for cluster in report.clusters:
        page = (site / cluster.page).read_text(encoding="utf-8")
        assert f'href="../{report.territories[cluster.territory or 0].page}"' in page


def test_clusters_of_a_territory_already_told_are_not_told_again(report: Report) -> None:
    for brand in range(len(report.brands)):
        for record in ("white_space", "own_ground", "openings"):
            cells = list_cells(report, record, brand)  # type: ignore[arg-type]
            told = [group for group, _ in cells]
            assert len(set(map(id, told))) == len(told)
            territories = {report.territories.index(group) for group in told if group in report.territories}  # type: ignore[arg-type]
            assert all(
                getattr(group, "territory", None) not in territories or group in report.territories for group in told
            )
            assert all(cell.brand == brand for _, cell in cells)


def test_levels_of_a_brand_are_those_that_say_something_of_it(report: Report) -> None:
    for brand in range(len(report.brands)):
        shown = list_levels(report, "drift", brand)
        assert [level.name for level in shown] == [
            level.name
            for level in report.levels
            if level.figures and level.figures.drift and not np.all(level.figures.drift.withheld[brand])
        ]


def test_without_territories_there_are_no_pages_of_them(tmp_path: Path) -> None:
    site = write_site(make_report(), tmp_path)
    assert not (site / "territories").exists()
    assert 'index.html#clusters"' in (site / "index.html").read_text(encoding="utf-8")
