"""Tests for the scripts that a report's pages load."""

from __future__ import annotations

from pathlib import Path

from generator.resources import find_resources
from generator.site.assets import PAGE_SCRIPTS, VIEWER_SCRIPTS, write_assets


def test_every_script_is_in_one_bundle() -> None:
    folder = find_resources("static") / "js"
    files = [path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.js")]
    assert sorted(files) == sorted([*PAGE_SCRIPTS, *VIEWER_SCRIPTS])


def test_a_bundle_holds_its_files_in_order(tmp_path: Path) -> None:
    write_assets(tmp_path)
    text = (tmp_path / "assets/page.js").read_text(encoding="utf-8")
    folder = find_resources("static") / "js"
    assert text == "\n".join((folder / f"{name}.js").read_text(encoding="utf-8") for name in PAGE_SCRIPTS)
