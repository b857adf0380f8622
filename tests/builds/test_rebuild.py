"""New data arrives: what stays, what is told of it, and exactly which files a change rewrites."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from generator.cache.store import Store
from generator.errors import SettingsError
from generator.mosaics.script import decode_mosaic
from generator.pipeline import build, dry_run
from generator.pipeline.build import Baseline
from generator.pipeline.run import Run
from generator.progress import SilentProgress
from generator.report.changes import decode_changes, encode_changes
from generator.settings.load import load_settings
from generator.site.archive import zip_site
from generator.site.verify import verify_site
from generator.spreadsheet.sources import find_inputs
from tests.support.drawn import draw_image
from tests.support.page_reader import read_text

BUILT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
LATER = BUILT + timedelta(days=30)
POSTS = 75
QUICK = {
    "model": "builtin",
    "disturbed": 0,
    "scatter_size": 400,
    "flat_size": 600,
    "perplexity": 5,
    "title": "Houses",
}

Rows = list[list[str]]


def _build(
    spreadsheet: Path, out: Path, cache: Path, built: datetime = LATER, origin: Baseline | None = None, **flags: Any
) -> dict[str, Any]:
    settings = load_settings(environment={}, flags={**QUICK, **flags})
    build.build_site(
        find_inputs([spreadsheet]), out, Run(settings, Store(cache), SilentProgress(), built), origin or Baseline()
    )
    report: dict[str, Any] = json.loads((out / "data/report.json").read_text(encoding="utf-8"))
    return report


def _rows(spreadsheet: Path) -> Rows:
    with spreadsheet.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def _write(spreadsheet: Path, rows: Rows) -> None:
    with spreadsheet.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


def _new_rows(folder: Path, count: int, start: int = 900) -> Rows:
    """Posts that nobody had: of the same themes, drawn anew."""
    rows = []
    for index in range(start, start + count):
        name = f"images/{index:04d}.jpg"
        draw_image(index % 5, index).save(folder / name, quality=85)
        rows.append(["House A", name, f"Look {index}", "120", "2026-12-24", f"https://example.com/p/P{index:05d}/"])
    return rows


def _snapshot(site: Path) -> dict[str, tuple[str, int]]:
    return {
        path.relative_to(site).as_posix(): (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
        for path in site.rglob("*")
        if path.is_file()
    }


def _rewritten(before: dict[str, tuple[str, int]], after: dict[str, tuple[str, int]]) -> set[str]:
    """The files a deploy would upload or delete; none of them may have kept its bytes."""
    touched = {name for name, (_, time) in after.items() if name not in before or before[name][1] != time}
    assert all(name not in before or before[name][0] != after[name][0] for name in touched)
    assert all(before[name][0] == after[name][0] for name in after if name in before and name not in touched)
    return touched | (before.keys() - after.keys())


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a sample, its first report in `site`, and the cache that made it."""
    folder = tmp_path_factory.mktemp("first")
    make = make_sample_in(folder)
    _build(make, folder / "site", folder / "cache", BUILT)
    return folder


def make_sample_in(folder: Path) -> Path:
    (folder / "sample/images").mkdir(parents=True)
    rows = [["brand", "thumbnail", "caption", "likes", "published", "permalink"]]
    for index in range(POSTS):
        name = f"images/{index:04d}.jpg"
        draw_image(index % 5, index).save(folder / "sample" / name, quality=85)
        link = f"https://example.com/p/P{index:05d}/"
        day = f"2026-{index % 12 + 1:02d}-03"
        rows.append([f"House {'ABC'[index % 3]}", name, f"Look {index} #theme{index % 5}", str(100 + index), day, link])
    _write(folder / "sample/posts.csv", rows)
    return folder / "sample/posts.csv"


@pytest.fixture
def work(first: Path, tmp_path: Path) -> Path:
    """A copy of `first` to change."""
    shutil.copytree(first, tmp_path / "work", copy_function=shutil.copy2)
    return tmp_path / "work"


def _posts(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {post["id"]: post for post in report["posts"]}


def _report(site: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((site / "data/report.json").read_text(encoding="utf-8"))
    return content


def test_old_images_keep_cell_cluster_and_place_when_posts_are_added(work: Path) -> None:
    spreadsheet, site = work / "sample/posts.csv", work / "site"
    before = _report(site)
    _write(spreadsheet, [*_rows(spreadsheet), *_new_rows(work / "sample", 7)])
    after = _build(spreadsheet, site, work / "cache")
    old, new = _posts(before), _posts(after)
    assert len(new) == POSTS + 7
    assert all((old[key]["x"], old[key]["y"]) == (new[key]["x"], new[key]["y"]) for key in old)
    assert all((old[key]["column"], old[key]["line"]) == (new[key]["column"], new[key]["line"]) for key in old)
    assert sum(old[key]["cluster"] == new[key]["cluster"] for key in old) >= 0.95 * len(old)
    names = {cluster["key"]: (cluster["name"], cluster["colour"]) for cluster in before["clusters"]}
    assert all(names[c["key"]] == (c["name"], c["colour"]) for c in after["clusters"] if c["key"] in names)
    assert after["map"]["made"] == before["map"]["made"] == BUILT.isoformat()
    assert (after["map"]["posts"], after["map"]["placed"]) == (POSTS, 7)


def test_what_changed_is_told_with_images(work: Path) -> None:
    spreadsheet, site = work / "sample/posts.csv", work / "site"
    rows = _rows(spreadsheet)
    before = _posts(_report(site))
    gone = next(post for post in before.values() if post["row"] == 2)
    _write(spreadsheet, [rows[0], *rows[2:], *_new_rows(work / "sample", 12)])
    after = _build(spreadsheet, site, work / "cache")
    changes = json.loads((site / "data/changes.json").read_text(encoding="utf-8"))
    assert len(changes["new"]) == 12 and {post["id"] for post in changes["new"]} == _posts(after).keys() - before.keys()
    assert [post["id"] for post in changes["gone"]] == [gone["id"]]
    assert (site / gone["picture"]).is_file() and (changes["posts_before"], changes["posts"]) == (POSTS, POSTS + 11)
    assert datetime.fromisoformat(changes["since"]) == BUILT
    own = next(brand for brand in changes["brands"] if brand["brand"]["key"] == "house-a")
    assert (own["new"], own["gone"], own["posts"] - own["posts_before"]) == (12, 1, 11)
    shares = {(row["brand_key"], row["cluster_key"]): row["share"] for row in after["shares"]}
    for share in changes["shares"]:
        assert round(share["after"], 6) == shares[share["brand"]["key"], share["cluster"]["key"]]
        assert share["low"] <= share["ratio"] <= (share["high"] or float("inf"))
    text = read_text(site / "changes.html")
    assert f"held {POSTS} posts; this one holds {POSTS + 11}" in text and "House A" in text
    assert "12 posts are new since 2 January 2026" in read_text(site / "index.html")
    assert decode_changes(changes) == decode_changes(json.loads(encode_changes(decode_changes(changes))))


def test_a_rebuild_of_the_same_posts_says_again_what_had_changed(work: Path) -> None:
    spreadsheet, site = work / "sample/posts.csv", work / "site"
    _write(spreadsheet, [*_rows(spreadsheet), *_new_rows(work / "sample", 5)])
    _build(spreadsheet, site, work / "cache")
    told = (site / "data/changes.json").read_bytes()
    _build(spreadsheet, site, work / "cache", LATER + timedelta(days=1), title="Another title")
    assert (site / "data/changes.json").read_bytes() == told


def test_after_many_additions_a_fresh_map_is_advised(work: Path) -> None:
    spreadsheet, site = work / "sample/posts.csv", work / "site"
    advice = "A fresh map would now be better."
    _write(spreadsheet, [*_rows(spreadsheet), *_new_rows(work / "sample", 18)])
    _build(spreadsheet, site, work / "cache")
    assert advice not in read_text(site / "method.html")  # 18 of 93
    _write(spreadsheet, [*_rows(spreadsheet), *_new_rows(work / "sample", 12, start=950)])
    report = _build(spreadsheet, site, work / "cache")
    assert report["map"]["placed"] == 30  # of 105
    assert advice in read_text(site / "method.html") and advice in read_text(site / "changes.html")
    assert json.loads((site / "data/manifest.json").read_text(encoding="utf-8"))["figures"]["map"][
        "fresh_would_be_better"
    ]


def test_a_rebuild_gives_the_same_bytes_in_another_folder_on_other_cores(
    work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spreadsheet = work / "sample/posts.csv"
    _write(spreadsheet, [*_rows(spreadsheet)[:-3], *_new_rows(work / "sample", 9)])
    shutil.copytree(work, tmp_path / "elsewhere/work", copy_function=shutil.copy2)
    for folder, cores in ((work, 1), (tmp_path / "elsewhere/work", 5)):
        monkeypatch.setattr("os.sched_getaffinity", lambda process, cores=cores: set(range(cores)), raising=False)
        _build(folder / "sample/posts.csv", folder / "site", folder / "cache", workers=cores)
    one, two = (_snapshot(folder / "site") for folder in (work, tmp_path / "elsewhere/work"))
    assert {name: content for name, (content, _) in one.items()} == {
        name: content for name, (content, _) in two.items()
    }


def test_a_fresh_map_is_made_when_asked_for_and_clusters_keep_their_keys(work: Path) -> None:
    spreadsheet, site = work / "sample/posts.csv", work / "site"
    before = _report(site)
    _write(spreadsheet, [*_rows(spreadsheet), *_new_rows(work / "sample", 7)])
    after = _build(spreadsheet, site, work / "cache", origin=Baseline(fresh=True))
    assert after["map"]["made"] == LATER.isoformat() and after["map"]["placed"] == 0
    kept = {cluster["key"] for cluster in before["clusters"]} & {cluster["key"] for cluster in after["clusters"]}
    assert kept
    old, new = _posts(before), _posts(after)
    assert sum(old[key]["cluster"] == new[key]["cluster"] for key in old) > 0.6 * len(old)
    assert "made anew" in read_text(site / "changes.html")
    stamp = (site / "index.html").stat().st_mtime_ns
    _build(spreadsheet, site, work / "cache", origin=Baseline(fresh=True))  # asked again: nothing is left to do
    assert (site / "index.html").stat().st_mtime_ns == stamp


@pytest.mark.parametrize("form", ["folder", "zip"])
def test_an_earlier_report_elsewhere_is_gone_on_from(work: Path, form: str) -> None:
    spreadsheet = work / "sample/posts.csv"
    place = zip_site(work / "site", work / "earlier.zip") if form == "zip" else work / "site"
    rows = _rows(spreadsheet)
    _write(spreadsheet, [rows[0], *rows[2:], *_new_rows(work / "sample", 4)])
    after = _build(spreadsheet, work / "new", work / "cache", origin=Baseline(place))
    old, new = _posts(_report(work / "site")), _posts(after)
    assert all(old[key]["column"] == new[key]["column"] for key in old.keys() & new.keys())
    assert after["map"]["placed"] == 4
    changes = json.loads((work / "new/data/changes.json").read_text(encoding="utf-8"))
    assert (work / "new" / changes["gone"][0]["picture"]).is_file()
    stamp = (work / "new/index.html").stat().st_mtime_ns
    _build(spreadsheet, work / "new", work / "cache", origin=Baseline(place))
    assert (work / "new/index.html").stat().st_mtime_ns == stamp


@pytest.mark.parametrize(
    ("flags", "why"), [({"perplexity": 8}, "features"), ({"pca": 12}, "features"), ({"seed": 4}, "features")]
)
def test_other_settings_of_the_map_make_it_anew(work: Path, flags: dict[str, Any], why: str) -> None:
    spreadsheet = work / "sample/posts.csv"
    after = _build(spreadsheet, work / "site", work / "cache", **flags)
    assert after["map"]["made"] == LATER.isoformat()
    assert json.loads((work / "site/data/changes.json").read_text(encoding="utf-8"))["why"] == why


def test_a_picture_saved_anew_keeps_its_place_and_another_picture_is_a_new_post(work: Path) -> None:
    """As after a download from a host that compresses again, and after a thumbnail was exchanged."""
    site, images = work / "site", work / "sample/images"
    before = _posts(_report(site))
    for name in ("0003.jpg", "0008.jpg", "0010.jpg"):
        Image.open(images / name).save(images / name, quality=60)
    draw_image(4, 77, (150, 90)).save(images / "0011.jpg")
    after = _posts(_build(work / "sample/posts.csv", site, work / "cache"))
    assert before.keys() == after.keys()
    moved = {before[key]["thumbnail"] for key in before if before[key]["x"] != after[key]["x"]}
    assert moved == {"images/0011.jpg"}
    changes = json.loads((site / "data/changes.json").read_text(encoding="utf-8"))
    assert [len(changes[kind]) for kind in ("new", "gone")] == [1, 1]


def test_a_report_of_other_posts_is_no_earlier_one(work: Path) -> None:
    spreadsheet = work / "sample/posts.csv"
    _write(spreadsheet, [_rows(spreadsheet)[0], *_new_rows(work / "sample", 20)])
    after = _build(spreadsheet, work / "site", work / "cache")
    assert after["map"]["made"] == LATER.isoformat()
    assert not (work / "site/changes.html").exists() and not (work / "site/data/changes.json").exists()


def test_an_earlier_report_in_a_damaged_zip_is_a_clear_error(work: Path) -> None:
    place = zip_site(work / "site", work / "earlier.zip")
    with zipfile.ZipFile(place) as archive:
        entry = next(entry for entry in archive.infolist() if entry.filename.endswith("data/report.json"))
    data = bytearray(place.read_bytes())
    start = entry.header_offset + 30 + len(entry.filename)
    for at in range(start + 50, start + 90):  # in the middle of what was squeezed
        data[at] ^= 0xFF
    place.write_bytes(data)
    with pytest.raises(SettingsError, match="cannot be unpacked"):
        _build(work / "sample/posts.csv", work / "new", work / "cache", origin=Baseline(place))
    assert "data/report.json" in verify_site(place).altered


@pytest.mark.parametrize("content", [None, b"", b"not a zip", b"{}"])
def test_what_is_no_earlier_report_is_a_clear_error(work: Path, content: bytes | None) -> None:
    place = work / "earlier.zip"
    if content is not None:
        place.write_bytes(content)
    with pytest.raises(SettingsError, match=r"earlier\.zip"):
        _build(work / "sample/posts.csv", work / "new", work / "cache", origin=Baseline(place))
    assert not (work / "new").exists()


def test_a_changed_caption_rewrites_only_what_shows_it(work: Path) -> None:
    spreadsheet, site = work / "sample/posts.csv", work / "site"
    rows, before = _rows(spreadsheet), _snapshot(site)
    rows[POSTS // 2][2] = "Another caption"
    _write(spreadsheet, rows)
    _build(spreadsheet, site, work / "cache")
    changed = _rewritten(before, _snapshot(site))
    # data; the index, which says when it was built; and pages that show the post's picture, described by its caption
    always = {"data/details-000.js", "data/manifest.json", "data/posts.csv", "data/report.json", "data/report.xlsx"}
    assert always | {"index.html"} <= changed
    assert all(name.endswith(".html") for name in changed - always)
    picture = next(post["picture"] for post in _report(site)["posts"] if post["caption"] == "Another caption")
    shown = re.compile(rf'<img (?![^>]*alt="")[^>]*{re.escape(picture)}')
    shows = {name for name in before if name.endswith(".html") and shown.search((site / name).read_text("utf-8"))}
    assert changed - always - {"index.html"} == shows - {"index.html"}


def test_a_new_post_rewrites_its_tiles_and_no_picture(work: Path) -> None:
    spreadsheet, site = work / "sample/posts.csv", work / "site"
    before = _snapshot(site)
    _write(spreadsheet, [*_rows(spreadsheet), *_new_rows(work / "sample", 1)])
    report = _build(spreadsheet, site, work / "cache")
    changed = _rewritten(before, _snapshot(site))
    new = next(post for post in report["posts"] if post["caption"] == "Look 900")
    assert {name for name in changed if name.startswith("images/")} == {new["picture"]}
    groups = {"brand-house-a", f"cluster-{new['cluster'] or 'noise'}", "all", "all-names"}
    parts = [name.split("/")[1] for name in changed if name.startswith("mosaics/")]
    drawn = {part.partition("_files")[0].partition(".")[0] for part in parts}
    assert drawn == {*groups, "scatter", "scatter-clusters"} or drawn == {*groups, "scatter"}
    tiles = [name for name in changed if name.startswith("mosaics/all_files/")]
    levels = {name.split("/")[2] for name in tiles}
    assert len(tiles) == len(levels)  # one tile a level: the one that shows it
    assert not [name for name in changed if name.startswith("assets/")]


def test_another_title_rewrites_pages_and_no_tile(work: Path) -> None:
    site = work / "site"
    before = _snapshot(site)
    _build(work / "sample/posts.csv", site, work / "cache", title="Another title")
    changed = _rewritten(before, _snapshot(site))
    assert {name for name in before if name.endswith(".html")} <= changed
    assert changed - {name for name in before if name.endswith(".html")} == {
        "data/manifest.json",
        "data/report.json",
        "data/report.xlsx",
    }


def _plan(work: Path, **flags: Any) -> dict[str, dry_run.Step]:
    settings = load_settings(environment={}, flags={**QUICK, **flags})
    steps = dry_run.plan_build(
        find_inputs([work / "sample/posts.csv"]),
        work / "site",
        Run(settings, Store(work / "cache"), SilentProgress(), BUILT),
    )
    return {step.name: step for step in steps}


def test_a_dry_run_names_what_changed(work: Path) -> None:
    assert _plan(work)["site"].said == "up to date"
    plan = _plan(work, perplexity=8)
    assert (
        "perplexity was 5.0 and is 8.0" in plan["map"].said
        and "another network or with other settings" in plan["map"].said
    )
    assert (plan["features"].said, plan["neighbours"].said) == ("kept", "kept")
    plan = _plan(work, eps="2.5", min_samples="4")
    assert [name for name, step in plan.items() if step.to_do] == ["clusters", "site"]
    assert "eps was auto and is 2.5" in plan["clusters"].said
    assert "title was Houses and is Other" in _plan(work, title="Other")["site"].said
    rows = _rows(work / "sample/posts.csv")
    _write(work / "sample/posts.csv", [rows[0], *rows[4:]])
    plan = _plan(work)
    assert "0 posts are new and 3 gone" in plan["features"].said
    _write(work / "sample/posts.csv", [rows[0], *rows[4:], *_new_rows(work / "sample", 2)])
    assert _plan(work)["map"].said == "to do, because 2 images are new"
    (work / "site/index.html").unlink()
    _write(work / "sample/posts.csv", rows)
    assert "missing or altered" in _plan(work)["site"].said


def test_an_image_that_failed_before_is_not_taken_for_new(work: Path) -> None:
    spreadsheet = work / "sample/posts.csv"
    # nobody listens there
    dead = ["House A", "http://127.0.0.1:9/x.jpg", "", "1", "", ""]
    _write(spreadsheet, [*_rows(spreadsheet), dead])
    assert _plan(work)["map"].said == "to do, because 1 image is new"
    _build(spreadsheet, work / "site", work / "cache", retries=0)
    plan = _plan(work)
    assert plan["site"].to_do == 0 and "unless one of 1 missing images" in plan["site"].said


def test_a_withdrawal_leaves_told_changes_but_says_nothing_of_the_withdrawn(work: Path) -> None:
    spreadsheet, site = work / "sample/posts.csv", work / "site"
    rows = _rows(spreadsheet)
    _write(spreadsheet, [rows[0], *rows[3:], *_new_rows(work / "sample", 6)])
    report = _build(spreadsheet, site, work / "cache")
    gone = [post["id"] for post in json.loads((site / "data/changes.json").read_text(encoding="utf-8"))["gone"]]
    new = next(post for post in report["posts"] if post["caption"] == "Look 900")
    _build(spreadsheet, site, work / "cache", exclude=["images/0900.jpg"])
    text = (site / "data/changes.json").read_text(encoding="utf-8")
    told = json.loads(text)
    assert (len(told["new"]), len(told["gone"])) == (5, 2)
    assert not any(secret in text for secret in (new["id"], new["picture"], *gone))
    assert new["picture"] not in (site / "changes.html").read_text(encoding="utf-8")


def test_new_posts_never_share_a_cell_where_others_were_withdrawn(work: Path) -> None:
    spreadsheet, site = work / "sample/posts.csv", work / "site"
    _write(spreadsheet, [*_rows(spreadsheet), *_new_rows(work / "sample", 9)])
    report = _build(spreadsheet, site, work / "cache", exclude=["images/0000.jpg", "images/0003.jpg"])
    assert len(report["posts"]) == POSTS + 7
    for path in (site / "data").glob("mosaic-*.js"):
        lattice, members = decode_mosaic(path.read_text(encoding="utf-8"))
        cells = set(zip(lattice.column.tolist(), lattice.line.tolist(), strict=True))
        assert len(cells) == len(members), path.name


@pytest.mark.parametrize("kind", ["images/*.jpg", "mosaics/all_files/9/0_0.jpg", "mosaics/scatter.jpg"])
def test_what_was_altered_in_the_old_site_is_not_passed_on(work: Path, kind: str) -> None:
    site = work / "site"
    altered = sorted(site.glob(kind))[0]
    sound = altered.read_bytes()
    altered.write_bytes(sound[:-9] + bytes(9))  # of the same size
    _build(work / "sample/posts.csv", site, work / "cache", title="Another title")
    assert altered.read_bytes() == sound
    assert verify_site(site).whole
