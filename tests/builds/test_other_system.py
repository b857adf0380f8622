"""A build on Windows, imitated: the same report, byte for byte, whatever that system lacks or refuses."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import run
from tests.support.drawn import write_sample
from tests.support.other_system import environment_for
from tests.support.quick_command import COMMAND, quick_environment

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="other systems are imitated on Linux")

TITLE = "Łódź, Kōri, 日本"


def _write_posts(folder: Path) -> Path:
    """Posts whose brand, captions and image names are no text of the code page, some paths in another case."""
    extra = [
        ["Kōri", "IMAGES\\0003.JPG", "Été à Łódź 🌹", "7", "2026-03-01", "https://example.com/p/K1/"],
        ["Kōri", "images/Été Łódź.jpg", "con", "8", "2026-03-02", "https://example.com/p/K2/"],
        ["con", "images\\0005.jpg", "NUL", "9", "2026-03-03", "https://example.com/p/K3/"],
        ["Con", "images/none.jpg", "missing", "9", "2026-03-04", "https://example.com/p/K4/"],
    ]
    spreadsheet = write_sample(folder, 36, extra=extra)
    shutil.copy(folder / "images/0007.jpg", folder / "images/Été Łódź.jpg")
    return spreadsheet


def _build(folder: Path, templates: Path, system: str, *flags: str) -> dict[str, Any]:
    """Build what lies in the folder, here or in a process that imitates a system; return what it prints as JSON."""
    environment = {**quick_environment(templates), "SOURCE_DATE_EPOCH": "1767225600"}
    environment["BRANDSCAPE_CACHE_DIR"] = str(folder / "cache")
    command = ["build", "posts.csv", "--title", TITLE, "--json", *flags]
    if system:
        environment |= environment_for(system, folder.parent / "hooks", folder)
        done = subprocess.run(
            [*COMMAND, *command],
            env={**os.environ, **environment}, cwd=folder, capture_output=True, check=False, encoding="utf-8",
        )  # fmt: skip
    else:
        done = run(*command, folder=folder, **environment)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _read(site: Path) -> dict[str, bytes]:
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}


def test_a_build_and_a_rebuild_on_windows_are_the_same_byte_for_byte(tmp_path: Path, compiled_templates: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    for folder in (here, there):
        _write_posts(folder)
    for flags in ((), ("--lang", "fr", "--exclude", "IMAGES\\0002.JPG")):
        one = _build(here, compiled_templates, "", *flags)
        other = _build(there, compiled_templates, "win32", *flags)
        assert one["changed"] and other["changed"]
        unlike = {"index", "seconds"}
        assert {k: v for k, v in one.items() if k not in unlike} == {k: v for k, v in other.items() if k not in unlike}
        files = _read(here / "site")
        assert files == _read(there / "site")
        assert len(files) > 50 and all("con." not in f"/{name}".casefold().split("/")[-1][:4] for name in files)
    for folder in (here, there):
        assert sorted(path.name for path in folder.iterdir()) == ["cache", "images", "posts.csv", "site"]
        left = [path.name for path in (folder / "cache").rglob("*") if path.suffix in (".part", ".begun")]
        assert left == []


def test_the_report_is_told_in_any_text_to_a_file_under_an_old_code_page(
    tmp_path: Path, compiled_templates: Path
) -> None:
    folder = tmp_path / "there"
    _write_posts(folder)
    environment = {**os.environ, **quick_environment(compiled_templates)}
    environment |= {**environment_for("win32", tmp_path / "hooks", folder)}
    done = subprocess.run(
        [*COMMAND, "check", "posts.csv", "--verbose"], env=environment, cwd=folder, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    assert "Kōri" in done.stdout.decode("utf-8") and "none.jpg" in done.stdout.decode("utf-8")
