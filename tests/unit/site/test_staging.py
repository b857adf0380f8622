"""Tests of staging: the old site stays until the new one is whole."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from generator.errors import BusyError, SettingsError
from generator.site.manifest import is_intact, read_manifest
from generator.site.staging import check_output, recover_site, staged_site
from tests.support.held import held_error


def _write(site: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(text, encoding="utf-8")
    (site / "data").mkdir(exist_ok=True)
    listed = {name: {"sha256": text, "bytes": len(text)} for name, text in files.items()}
    (site / "data/manifest.json").write_text(json.dumps({"files": listed}), encoding="utf-8")


def _build(out: Path, files: dict[str, str]) -> None:
    with staged_site(out) as staging:
        _write(staging, files)


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_first_site_appears_whole(tmp_path: Path) -> None:
    _build(tmp_path / "site", {"index.html": "one"})
    assert (tmp_path / "site/index.html").read_text() == "one"
    assert _names(tmp_path) == ["site"]


def test_a_new_site_replaces_the_old_one_with_all_its_files(tmp_path: Path) -> None:
    _build(tmp_path / "site", {"index.html": "one", "brands/gone.html": "x"})
    _build(tmp_path / "site", {"index.html": "two"})
    assert (tmp_path / "site/index.html").read_text() == "two"
    assert not (tmp_path / "site/brands").exists()
    assert _names(tmp_path) == ["site"]


def test_a_failed_build_leaves_the_old_site(tmp_path: Path) -> None:
    _build(tmp_path / "site", {"index.html": "one"})
    with pytest.raises(RuntimeError), staged_site(tmp_path / "site") as staging:
        (staging / "index.html").write_text("half")
        raise RuntimeError
    assert (tmp_path / "site/index.html").read_text() == "one"
    assert _names(tmp_path) == ["site"]


def test_unchanged_files_keep_their_times(tmp_path: Path) -> None:
    _build(tmp_path / "site", {"index.html": "one", "same.html": "same"})
    os.utime(tmp_path / "site/same.html", (1, 1))
    os.utime(tmp_path / "site/index.html", (1, 1))
    _build(tmp_path / "site", {"index.html": "two", "same.html": "same"})
    assert (tmp_path / "site/same.html").stat().st_mtime == 1
    assert (tmp_path / "site/index.html").stat().st_mtime > 1


def test_the_users_own_files_are_kept(tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (site / "README.md").write_text("kept")
    _build(site, {"index.html": "one"})
    (site / "CNAME").write_text("example.org")
    _build(site, {"index.html": "two"})
    assert (site / "README.md").read_text() == "kept"
    assert (site / "CNAME").read_text() == "example.org"


def test_a_folder_with_other_files_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").write_text("years of work")
    with pytest.raises(SettingsError, match=r"thesis\.doc"):
        check_output(tmp_path)
    with pytest.raises(SettingsError, match="is a file"):
        check_output(tmp_path / "thesis.doc")


def test_a_site_is_recovered_after_a_run_killed_between_two_moves(tmp_path: Path) -> None:
    _build(tmp_path / "site", {"index.html": "one"})
    (tmp_path / "site").rename(tmp_path / ".site.old")
    dead = tmp_path / ".site.new-999999999"
    dead.mkdir()
    recover_site(tmp_path / "site")
    assert (tmp_path / "site/index.html").read_text() == "one"
    assert _names(tmp_path) == ["site"]


def test_another_runs_folder_is_left_alone(tmp_path: Path) -> None:
    running = tmp_path / f".site.new-{os.getppid()}"
    running.mkdir()
    recover_site(tmp_path / "site")
    assert running.exists()


class _Held:
    """Windows, which refuses to rename some folders for a number of times."""

    def __init__(self, patch: pytest.MonkeyPatch, times: dict[str, int]) -> None:
        self._times = times
        self._rename = Path.rename
        patch.setattr(Path, "rename", lambda path, target: self.rename(path, target))
        patch.setattr("generator.cache.held_files.time.sleep", lambda seconds: None)

    def rename(self, path: Path, target: Path) -> Path:
        name = path.name.partition("-")[0]
        if self._times.get(name, 0) > 0:
            self._times[name] -= 1
            raise held_error(path, 5)
        return self._rename(path, target)


def test_a_folder_that_a_scanner_holds_for_a_moment_is_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _build(tmp_path / "site", {"index.html": "one"})
    _Held(monkeypatch, {"site": 3, ".site.new": 3})
    _build(tmp_path / "site", {"index.html": "two"})
    assert (tmp_path / "site/index.html").read_text() == "two"
    assert _names(tmp_path) == ["site"]


@pytest.mark.parametrize("name", ["site", ".site.new"])
def test_a_report_that_is_open_stays_and_the_message_says_what_to_close(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _build(tmp_path / "site", {"index.html": "one"})
    with monkeypatch.context() as patch:
        _Held(patch, {name: 10**9})
        ticks = iter(range(0, 10**6, 3))
        patch.setattr("generator.cache.held_files.time.monotonic", lambda: next(ticks))
        with pytest.raises(BusyError, match="open") as caught:
            _build(tmp_path / "site", {"index.html": "two"})
    assert "Close what has it open" in caught.value.hint
    assert (tmp_path / "site/index.html").read_text() == "one"
    assert _names(tmp_path) == ["site"]
    _build(tmp_path / "site", {"index.html": "two"})
    assert (tmp_path / "site/index.html").read_text() == "two"


def test_a_report_that_cannot_go_back_at_once_goes_back_with_the_next_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _build(tmp_path / "site", {"index.html": "one"})
    with monkeypatch.context() as patch:
        _Held(patch, {".site.new": 10**9, ".site.old": 10**9})
        ticks = iter(range(0, 10**6, 3))
        patch.setattr("generator.cache.held_files.time.monotonic", lambda: next(ticks))
        with pytest.raises(BusyError):
            _build(tmp_path / "site", {"index.html": "two"})
    assert _names(tmp_path) == [".site.old"]
    recover_site(tmp_path / "site")
    assert (tmp_path / "site/index.html").read_text() == "one"
    assert _names(tmp_path) == ["site"]


def test_a_site_is_intact_if_every_file_has_its_size(tmp_path: Path) -> None:
    _build(tmp_path / "site", {"index.html": "one", "a.html": "two"})
    manifest = read_manifest(tmp_path / "site")
    assert manifest is not None and is_intact(tmp_path / "site", manifest)
    (tmp_path / "site/a.html").write_text("cut")
    assert is_intact(tmp_path / "site", manifest)
    (tmp_path / "site/a.html").write_text("")
    assert not is_intact(tmp_path / "site", manifest)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"files": 3}'])
def test_a_broken_manifest_is_no_site(tmp_path: Path, text: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/manifest.json").write_text(text)
    assert read_manifest(tmp_path) is None
