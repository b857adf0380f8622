"""Territories on a rebuild: they keep key, name and colour while their clusters do, and a user's names stand."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from generator.mosaics.script import read_call
from generator.pipeline.build import Baseline
from tests.builds.test_rebuild import BUILT, _build, _new_rows, _rows, _write, make_sample_in

#: Small clusters, so that a small sample has enough of them for territories.
SMALL = {"eps": 2.0, "min_samples": 3}


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a sample, its first report in `site`, and the cache that made it."""
    folder = tmp_path_factory.mktemp("territories")
    _build(make_sample_in(folder), folder / "site", folder / "cache", BUILT, **SMALL)
    return folder


def _read(site: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((site / "data/report.json").read_text(encoding="utf-8"))
    return content


def _identities(report: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {group["key"]: (group["name"], group["colour"]) for group in report["territories"]}


def test_a_report_lists_its_territories_everywhere(first: Path) -> None:
    site, report = first / "site", _read(first / "site")
    clusters = [cluster["key"] for cluster in report["clusters"]]
    assert len(clusters) >= 10 and len(report["territories"]) >= 5
    assert sorted(key for group in report["territories"] for key in group["clusters"]) == sorted(clusters)
    of_cluster = {cluster["key"]: cluster["territory"] for cluster in report["clusters"]}
    assert all(post["territory"] == of_cluster.get(post["cluster"]) for post in report["posts"])
    assert {row["level"] for row in report["shares"]} == {"territory", "cluster"}
    for group in report["territories"]:
        assert (site / f"territories/{group['key']}.html").is_file()
        assert f"[clusters.{group['key']}]" in (site / "data/clusters.toml").read_text(encoding="utf-8")
    (columns,) = read_call((site / "data/posts.js").read_text(encoding="utf-8"))
    assert [(group["key"], [clusters[at] for at in group["clusters"]]) for group in columns["territories"]] == [
        (group["key"], group["clusters"]) for group in report["territories"]
    ]


def test_territories_keep_key_name_and_colour_when_posts_come(first: Path, tmp_path: Path) -> None:
    shutil.copytree(first / "sample", tmp_path / "sample")
    spreadsheet = tmp_path / "sample/posts.csv"
    before = _read(first / "site")
    _write(spreadsheet, [*_rows(spreadsheet), *_new_rows(tmp_path / "sample", 6)])
    origin = Baseline(previous=first / "site")
    after = _build(spreadsheet, tmp_path / "site", first / "cache", origin=origin, **SMALL)
    assert _identities(after) == _identities(before)
    former = {cluster["key"]: cluster["territory"] for cluster in before["clusters"]}
    for cluster in after["clusters"]:
        assert cluster["territory"] == former.get(cluster["key"], cluster["territory"])
    assert after["map"]["territories"] == before["map"]["territories"]


def test_a_new_map_gives_new_keys_to_what_is_new_alone(first: Path, tmp_path: Path) -> None:
    before = _read(first / "site")
    origin = Baseline(previous=first / "site", fresh=True)
    after = _build(first / "sample/posts.csv", tmp_path / "site", first / "cache", origin=origin, **SMALL, seed=1)
    members = {
        name: {
            group["key"]: {post["id"] for post in report["posts"] if post["territory"] == group["key"]}
            for group in report["territories"]
        }
        for name, report in (("before", before), ("after", after))
    }
    kept = members["before"].keys() & members["after"].keys()
    assert kept
    for key in kept:
        shared = members["before"][key] & members["after"][key]
        assert 2 * len(shared) > min(len(members["before"][key]), len(members["after"][key]))
    highest = max(int(key[1:]) for key in members["before"])
    assert all(int(key[1:]) > highest for key in members["after"].keys() - kept)


def test_a_users_name_for_a_territory_is_shown(first: Path, tmp_path: Path) -> None:
    shutil.copytree(first / "sample", tmp_path / "sample")
    (tmp_path / "sample/clusters.toml").write_text(
        'version = 1\n[clusters.t01]\nname = "By the sea"\n', encoding="utf-8"
    )
    report = _build(tmp_path / "sample/posts.csv", tmp_path / "site", first / "cache", BUILT, **SMALL)
    assert report["territories"][0]["name"] == "By the sea"
    assert report["territories"][0]["found_name"] == _read(first / "site")["territories"][0]["name"]
    assert "By the sea" in (tmp_path / "site/index.html").read_text(encoding="utf-8")
