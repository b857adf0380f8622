"""A spreadsheet as a benchmark: the same figures as through a report of it, and nothing of its posts on any page."""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from generator.cache.store import Store, mark_image
from generator.digests import hash_file
from tests.support.commands import QUICK, run
from tests.support.demo_sample import write_quick_demo
from tests.support.site_bytes import read_files

#: What only the benchmark's posts say.
_SAID = "Quixotic benchmark caption"
#: Rows of it that cannot be used: brand, image, and why.
_BAD = (("", "images/x.jpg", "no_brand"), ("Rival", "images/none.jpg", "missing_file"))
_PRIVATE = ("Rival", "http://127.0.0.1:9/secret.jpg", "private_address")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ours/posts.xlsx and theirs/market.xlsx, and the report `site` that compares them."""
    folder = tmp_path_factory.mktemp("compared")
    write_quick_demo(folder / "ours")
    sheet = write_quick_demo(folder / "theirs", seed=6)
    book = openpyxl.load_workbook(sheet)
    rows = book.worksheets[0]
    for row in rows.iter_rows(min_row=2):
        row[2].value = _SAID
    for brand, image, _ in (*_BAD, _PRIVATE):
        rows.append([brand, image, _SAID, 10, 1])
    book.save(folder / "theirs/market.xlsx")
    sheet.unlink()
    (folder / "brandscape.toml").write_text(QUICK, encoding="utf-8")
    done = _build(folder)
    assert done.returncode == 0, done.stderr
    return folder


def _build(folder: Path, *flags: str, benchmark: str = "theirs/market.xlsx") -> subprocess.CompletedProcess[str]:
    cache = ("--cache-dir", "cache")  # each test has another by default
    return run("build", "ours/posts.xlsx", "--benchmark", benchmark, *cache, *flags, folder=folder)


def _read(site: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((site / "data/report.json").read_text(encoding="utf-8"))
    return content


def test_it_gives_the_figures_that_a_report_of_it_gives(folder: Path) -> None:
    assert (
        run("build", "theirs/market.xlsx", "-q", "--out", "market", "--cache-dir", "cache", folder=folder).returncode
        == 0
    )
    assert _build(folder, "-q", "--out", "by-report", benchmark="market").returncode == 0
    tables = {path.name: path.read_bytes() for path in (folder / "site/data").glob("*.csv")}
    others = {path.name: path.read_bytes() for path in (folder / "by-report/data").glob("*.csv")}
    assert b"benchmark_median" in tables["benchmark.csv"] and tables.pop("benchmark_refused.csv")
    assert tables == others
    ours, theirs = (_read(folder / site)["compare"]["benchmark"] for site in ("site", "by-report"))
    assert (ours["title"], ours["posts"], ours["brands"]) == ("market.xlsx", theirs["posts"], theirs["brands"])


def test_its_bad_rows_are_counted_and_named_as_the_benchmarks(folder: Path) -> None:
    wrong = [*_BAD, _PRIVATE]
    told = _read(folder / "site")
    ours, theirs = Counter(row["reason"] for row in told["refused"]), told["compare"]["benchmark"]["refused"]
    # the demo has bad rows of its own, which both sheets hold
    assert Counter(theirs) == ours + Counter(reason for _, _, reason in wrong)
    assert told["compare"]["benchmark"]["rows"] == told["compare"]["benchmark"]["posts"] + sum(theirs.values())
    page = (folder / "site/data.html").read_text(encoding="utf-8")
    section = page.split('id="benchmark-refused-title"')[1]
    assert all(image in section for _, image, _ in wrong)
    assert "market.xlsx" in page.split('id="benchmark-title"')[1]
    with (folder / "site/data/benchmark_refused.csv").open(encoding="utf-8-sig", newline="") as file:
        assert Counter(row["reason"] for row in csv.DictReader(file)) == Counter(theirs)


def test_none_of_its_posts_is_shown(folder: Path) -> None:
    files = read_files(folder / "site")
    assert len(_read(folder / "site")["posts"]) == 5 * 24
    digests = {hash_file(path)[:16] for path in (folder / "theirs/images").iterdir()}
    digests -= {hash_file(path)[:16] for path in (folder / "ours/images").iterdir()}
    assert len(digests) > 100 and not any(digest in name for digest in digests for name in files)
    for name, data in files.items():
        assert _SAID.encode() not in data and str(folder).encode() not in data, name
        assert b"theirs" not in data or not name.endswith((".json", ".csv")), name


def test_check_and_dry_run_say_what_it_holds_and_a_second_build_has_nothing_to_do(folder: Path) -> None:
    checked = run("check", "ours/posts.xlsx", "--benchmark", "theirs/market.xlsx", folder=folder).stdout
    said = checked.split("Benchmark: ")[1]
    assert said.startswith("market.xlsx, sheet posts: ") and "images/none.jpg" in said
    assert "none.jpg" not in checked.split("Benchmark: ")[0]
    planned = _build(folder, "--dry-run").stdout
    line = next(line for line in planned.splitlines() if line.startswith("benchmark"))
    assert "rows refused; 120 images here, 1 to download; 120 kept, 0 to decode" in line
    assert "site         up to date" in planned
    again = json.loads(_build(folder, "--json").stdout)
    assert again["changed"] is False and again["benchmark"]["posts"] == 120
    other = run("check", "ours/posts.xlsx", "--benchmark", "site", folder=folder).stdout
    assert "Benchmark: the report 'Posts', 120 posts of 5 brands" in other


def test_new_posts_of_it_are_the_only_work(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "theirs", tmp_path / "theirs")
    book = openpyxl.load_workbook(tmp_path / "theirs/market.xlsx")
    book.worksheets[0].delete_rows(2, 20)
    book.save(tmp_path / "theirs/market.xlsx")
    named = str(tmp_path / "theirs/market.xlsx")
    planned = _build(folder, "--dry-run", benchmark=named).stdout
    assert "; 101 kept, 0 to decode" in planned and "to write, because the benchmark changed" in planned
    assert all(f"{step:<12} kept" in planned for step in ("features", "map", "cells"))


def test_a_withdrawn_post_of_it_goes_from_figures_and_cache(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder, tmp_path / "all")
    place = tmp_path / "all"
    rows = openpyxl.load_workbook(place / "theirs/market.xlsx").worksheets[0].iter_rows(min_row=2, values_only=True)
    _, image, _, _, _, _, link, *_ = next(rows)
    (place / "brandscape.toml").write_text(
        f"{QUICK}[posts]\nexclude = ['{link}', 'https://example.com/p/nowhere']\n", encoding="utf-8"
    )
    done = _build(place)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("no row of the spreadsheet matches") == 1 and str(link) not in done.stderr
    told = _read(place / "site")["compare"]["benchmark"]
    assert told["posts"] == 119 and told["refused"]["withdrawn"] == 1
    store, mark = Store(place / "cache"), mark_image(hash_file(place / "theirs" / str(image)))
    assert all(not list(store.keys(kind, mark)) for kind in ("pictures", "cells", "embeddings", "logits"))
    assert str(image) not in (place / "site/data.html").read_text(encoding="utf-8")


def test_what_makes_no_benchmark_is_refused_by_its_name(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "theirs/images", tmp_path / "images")
    names = sorted(path.name for path in (tmp_path / "images").iterdir())[:3]
    few = tmp_path / "few.csv"
    few.write_text("brand,image\n" + "".join(f"A,images/{name}\n" for name in names), encoding="utf-8")
    done = _build(folder, "--out", "none", benchmark=str(few))
    assert done.returncode == 3 and "Benchmark: few.csv has 3 usable posts" in done.stderr
    strict = _build(folder, "--out", "none", "--strict")
    assert strict.returncode == 4 and "Benchmark: " in strict.stderr and "images are missing" in strict.stderr
    assert not (folder / "none").exists()
