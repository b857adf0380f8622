"""Tests of the zip: the same bytes for the same report, and only the report."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import pytest

from generator.errors import SettingsError
from generator.site.archive import zip_site


@pytest.fixture
def site(tmp_path: Path) -> Path:
    site = tmp_path / "site"
    files = {"index.html": b"<p>home</p>" * 100, "brands/a.html": b"a", "images/b.jpg": b"\xff\xd8" + bytes(500)}
    for name, content in files.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_bytes(content)
    (site / "private-notes.txt").write_text("not part of the report")
    (site / "data").mkdir()
    (site / "data/manifest.json").write_text(
        json.dumps({"files": {name: {"bytes": 1, "sha256": ""} for name in files}})
    )
    return site


def test_the_same_report_gives_the_same_bytes(site: Path, tmp_path: Path) -> None:
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    one = zip_site(site, tmp_path / "one/report.zip").read_bytes()
    os.utime(site / "index.html", (1_000_000_000, 1_000_000_000))
    (site / "index.html").chmod(0o600)
    assert zip_site(site, tmp_path / "two/report.zip").read_bytes() == one


def test_it_holds_the_reports_files_in_one_folder(site: Path, tmp_path: Path) -> None:
    archive = zipfile.ZipFile(zip_site(site, tmp_path / "client.zip"))
    assert archive.testzip() is None
    assert archive.namelist() == [
        "client/brands/a.html",
        "client/data/manifest.json",
        "client/images/b.jpg",
        "client/index.html",
    ]
    assert archive.read("client/index.html") == (site / "index.html").read_bytes()
    assert archive.getinfo("client/images/b.jpg").compress_type == zipfile.ZIP_STORED
    assert archive.getinfo("client/index.html").compress_size < 200


def test_without_a_report_there_is_no_archive(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no report"):
        zip_site(tmp_path, tmp_path / "x.zip")
    assert not (tmp_path / "x.zip").exists()


def test_a_missing_file_leaves_no_half_archive(site: Path, tmp_path: Path) -> None:
    (site / "brands/a.html").unlink()
    with pytest.raises(FileNotFoundError):
        zip_site(site, tmp_path / "x.zip")
    assert not list(tmp_path.glob("x.zip*"))
