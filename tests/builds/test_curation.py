"""What people decide of a report: names and notes of clusters, hidden posts, and how repeats count."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from PIL import ImageEnhance

from generator.cache.store import Store
from generator.errors import SettingsError
from generator.pipeline import build
from generator.pipeline.run import Run
from generator.progress import SilentProgress
from generator.spreadsheet.sources import find_inputs
from tests.support.builds import BUILT, quick_settings
from tests.support.drawn import SampleMaker, draw_image


def _build(spreadsheet: Path, tmp_path: Path, warnings: list[str] | None = None, **flags: Any) -> dict[str, Any]:
    store, progress = Store(tmp_path / "cache"), SilentProgress(warnings)
    build.build_site(
        find_inputs([spreadsheet]), tmp_path / "site", Run(quick_settings(**flags), store, progress, BUILT)
    )
    content: dict[str, Any] = json.loads((tmp_path / "site/data/report.json").read_text(encoding="utf-8"))
    return content


def test_names_and_notes_are_shown_and_kept_by_rebuilds(make_sample: SampleMaker, tmp_path: Path) -> None:
    spreadsheet = make_sample(60)
    before = _build(spreadsheet, tmp_path)
    [first, second, *_] = before["clusters"]
    draft = (tmp_path / "site/data/clusters.toml").read_text(encoding="utf-8")
    notes = spreadsheet.parent / "clusters.toml"
    notes.write_text(draft + f'[clusters.{first["key"]}]\nname = "Été & <b>lin</b>"\nnote = "Shot\\nin Arles"\n')
    after = _build(spreadsheet, tmp_path)
    assert after["clusters"][0]["name"] == "Été & <b>lin</b>" and after["clusters"][0]["found_name"] == first["name"]
    assert after["clusters"][1]["name"] == second["name"]
    assert [(post["id"], post["cluster"]) for post in after["posts"]] == [
        (post["id"], post["cluster"]) for post in before["posts"]
    ]
    page = (tmp_path / f"site/clusters/{first['key']}.html").read_text(encoding="utf-8")
    assert "Été &amp; &lt;b&gt;lin&lt;/b&gt;</h1>" in page and "Shot<br>in Arles" in page
    assert notes.read_text(encoding="utf-8").startswith(draft)


def test_a_hidden_post_is_nowhere_but_in_the_ledger_and_the_rest_stays(
    make_sample: SampleMaker, tmp_path: Path
) -> None:
    spreadsheet = make_sample(60)
    before = _build(spreadsheet, tmp_path)
    hidden = before["posts"][7]
    (spreadsheet.parent / "clusters.toml").write_text(f'version = 1\n[hidden]\nposts = ["{hidden["id"]}", "nobody"]\n')
    warnings: list[str] = []
    after = _build(spreadsheet, tmp_path, warnings)
    assert [post["id"] for post in after["posts"]] == [
        post["id"] for post in before["posts"] if post["id"] != hidden["id"]
    ]
    was = {post["id"]: (post["x"], post["column"], post["line"], post["cluster"]) for post in before["posts"]}
    for post in after["posts"]:
        assert was[post["id"]] == (post["x"], post["column"], post["line"], post["cluster"])
    assert after["counts"]["refused"] == {"hidden": 1}
    assert not (tmp_path / "site" / hidden["picture"]).exists()
    for path in (tmp_path / "site").rglob("*"):
        if path.is_file() and path.suffix in (".html", ".js", ".csv"):
            assert hidden["image_sha256"] not in path.read_text(encoding="utf-8"), path
    assert len(warnings) == 1 and "nobody" in warnings[0]


def test_clusters_keep_their_keys_where_another_is_hidden_whole(make_sample: SampleMaker, tmp_path: Path) -> None:
    spreadsheet = make_sample(60)
    before = _build(spreadsheet, tmp_path)
    gone, *others = (cluster["key"] for cluster in before["clusters"])
    ids = [post["id"] for post in before["posts"] if post["cluster"] == gone]
    (spreadsheet.parent / "clusters.toml").write_text(f"version = 1\n[hidden]\nposts = {json.dumps(ids)}\n")
    after = _build(spreadsheet, tmp_path)
    assert {cluster["key"] for cluster in after["clusters"]} == set(others)
    assert {cluster["key"]: cluster["colour"] for cluster in after["clusters"]} == {
        cluster["key"]: cluster["colour"] for cluster in before["clusters"][1:]
    }
    assert {post["id"]: post["cluster"] for post in after["posts"]} == {
        post["id"]: post["cluster"] for post in before["posts"] if post["cluster"] != gone
    }


def test_a_name_that_fits_no_cluster_is_said(make_sample: SampleMaker, tmp_path: Path) -> None:
    spreadsheet = make_sample(60)
    (spreadsheet.parent / "clusters.toml").write_text('version = 1\n[clusters.c99]\nname = "Nowhere"\n')
    warnings: list[str] = []
    _build(spreadsheet, tmp_path, warnings)
    assert len(warnings) == 1 and "c99" in warnings[0]


def test_a_file_of_notes_that_is_not_there_is_an_error(make_sample: SampleMaker, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no file .*other\.toml"):
        _build(make_sample(60), tmp_path, notes=tmp_path / "other.toml")
    assert not (tmp_path / "site").exists()


def test_to_hide_every_post_is_an_error(make_sample: SampleMaker, tmp_path: Path) -> None:
    spreadsheet = make_sample(60)
    ids = [post["id"] for post in _build(spreadsheet, tmp_path)["posts"]]
    (spreadsheet.parent / "clusters.toml").write_text(f"version = 1\n[hidden]\nposts = {json.dumps(ids)}\n")
    with pytest.raises(SettingsError, match="Every post is hidden"):
        _build(spreadsheet, tmp_path)
    assert (tmp_path / "site/index.html").exists()


def _make_repeats(make_sample: SampleMaker) -> Path:
    """100 posts of three brands, and after them: one file twice more by its own brand, a lighter copy, and a repost."""
    spreadsheet = make_sample(
        100,
        extra=[
            ["House A", "images/again1.jpg", "again", "5", "", ""],
            ["House A", "images/again2.jpg", "again", "5", "", ""],
            ["House A", "images/lighter.jpg", "again", "5", "", ""],
            ["House B", "images/repost.jpg", "again", "5", "", ""],
        ],
    )
    images = spreadsheet.parent / "images"
    for name in ("again1", "again2", "repost"):
        shutil.copy(images / "0003.jpg", images / f"{name}.jpg")
    ImageEnhance.Brightness(draw_image(3, 3)).enhance(1.05).save(images / "lighter.jpg", quality=88)
    return spreadsheet


def test_repeats_are_found_and_each_counts(make_sample: SampleMaker, tmp_path: Path) -> None:
    report = _build(_make_repeats(make_sample), tmp_path)
    assert report["counts"]["posts"] == 104 and report["counts"]["images"] == 101
    groups: dict[int, list[str]] = {}
    for row in report["duplicates"]:
        groups.setdefault(row["picture_code"], []).append(row["brand_key"])
    assert ["house-a"] * 4 + ["house-b"] in [sorted(brands) for brands in groups.values()]
    text = (tmp_path / "site/compare.html").read_text(encoding="utf-8")
    assert 'id="reposts"' in text
    assert 'id="repeats"' in (tmp_path / "site/brands/house-a.html").read_text(encoding="utf-8")


def test_repeats_count_once_where_that_is_asked(make_sample: SampleMaker, tmp_path: Path) -> None:
    report = _build(_make_repeats(make_sample), tmp_path, repeats="once")
    rows = {row["row"]: row for row in report["refused"]}
    assert {102, 103, 104} <= rows.keys() and 105 not in rows
    assert all(rows[row]["reason"] == "repeat" and rows[row]["detail"] == "row 5" for row in (102, 103, 104))
    assert report["method"]["repeats"] == "once"
    # the other brand's is a post of its own
    assert any(post["row"] == 105 for post in report["posts"])
