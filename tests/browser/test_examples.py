"""Examples of likeness that a reader gathers from what is selected and saves for the next build."""

from __future__ import annotations

import json
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.support.viewer_page import OpenPage, ViewerPage

pytestmark = pytest.mark.browser

GROUPS = ([3, 44, 120, 121], [5, 7])


@pytest.fixture(scope="module")
def report(built_site: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((built_site / "data/report.json").read_text(encoding="utf-8"))
    return content


@pytest.fixture
def viewer(open_page: OpenPage, built_site: Path) -> ViewerPage:
    return open_page(built_site / "index.html", reduced_motion="reduce")


def _select(viewer: ViewerPage, posts: list[int]) -> None:
    viewer.run("(viewer.pick([...viewer.selected], false), viewer.pick(values[0], true))", posts)


def _open_lesson(viewer: ViewerPage) -> None:
    viewer.page.locator("[data-lists]").click()
    viewer.page.locator("[data-tab=selected]").click()
    viewer.page.get_by_text("Teach similarity").click()


def _gather(viewer: ViewerPage) -> None:
    for posts, name in zip(GROUPS, ("These belong together", "These do not belong together"), strict=True):
        _select(viewer, posts)
        viewer.page.get_by_role("button", name=name).click()


def _save(viewer: ViewerPage) -> Path:
    with viewer.page.expect_download() as waiting:
        viewer.page.get_by_role("button", name="Save similar.toml").click()
    assert waiting.value.suggested_filename == "similar.toml"
    return Path(waiting.value.path())


def test_groups_are_gathered_and_saved_by_their_ids(viewer: ViewerPage, report: dict[str, Any]) -> None:
    page = viewer.page
    _select(viewer, [3])
    _open_lesson(viewer)
    together = page.get_by_role("button", name="These belong together")
    assert together.is_disabled() and page.get_by_role("button", name="Save similar.toml").is_hidden()
    _gather(viewer)
    listed = page.locator("[data-teach=groups] span")
    assert listed.all_inner_texts() == ["4 images belong together", "2 images do not belong together"]
    # the same group is no other example
    page.get_by_role("button", name="These do not belong together").click()
    assert listed.count() == 2
    text = _save(viewer).read_text(encoding="utf-8")
    assert text.startswith("# Examples for Brandscape")
    ids = [[report["posts"][post]["id"] for post in posts] for posts in GROUPS]
    assert tomllib.loads(text) == {"version": 1, "together": [{"posts": ids[0]}], "apart": [{"posts": ids[1]}]}
    assert viewer.faults == []


def test_a_group_is_taken_back_and_the_keyboard_stays_near(viewer: ViewerPage, report: dict[str, Any]) -> None:
    page = viewer.page
    _open_lesson(viewer)
    _gather(viewer)
    page.get_by_role("button", name="Remove: 4 images belong together").click()
    other = page.get_by_role("button", name="Remove: 2 images do not belong together")
    assert other.evaluate("(button) => button === document.activeElement")
    ids = [report["posts"][post]["id"] for post in GROUPS[1]]
    assert tomllib.loads(_save(viewer).read_text(encoding="utf-8")) == {"version": 1, "apart": [{"posts": ids}]}
    other.click()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    assert page.get_by_role("button", name="Save similar.toml").is_hidden()
    assert viewer.faults == []


def test_groups_stay_while_the_page_does_and_nothing_unsaved_goes_silently(viewer: ViewerPage) -> None:
    page = viewer.page
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    _open_lesson(viewer)
    _gather(viewer)
    page.locator("[data-drawer-close]").click()
    viewer.run("viewer.pick([...viewer.selected], false)")
    page.locator("[data-lists]").click()
    page.locator("[data-tab=selected]").click()
    assert page.locator("[data-teach=groups] li").count() == 2
    with page.expect_event("dialog"):
        page.evaluate("location.reload()")
    assert asked == ["beforeunload"] and page.locator("[data-teach=groups] li").count() == 2
    _save(viewer)
    page.reload()
    assert asked == ["beforeunload"] and viewer.faults == []


def test_a_missing_file_is_said_and_half_a_file_is_not_saved(
    open_page: OpenPage, built_site: Path, tmp_path: Path
) -> None:
    shutil.copytree(built_site, tmp_path / "site")
    (tmp_path / "site/data/details-000.js").unlink()
    viewer = open_page(tmp_path / "site/index.html", reduced_motion="reduce")
    _open_lesson(viewer)
    _gather(viewer)
    viewer.page.get_by_role("button", name="Save similar.toml").click()
    viewer.page.locator("[data-teach=missing]").wait_for()
    assert viewer.page.locator("[data-teach=groups] li").count() == 2
    assert [fault for fault in viewer.faults if "ERR_FILE_NOT_FOUND" not in fault] == []


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_the_lesson_fits_the_list(open_page: OpenPage, built_site: Path, size: tuple[int, int]) -> None:
    viewer = open_page(built_site / "index.html", size=size, reduced_motion="reduce")
    page = viewer.page
    _select(viewer, GROUPS[0])
    page.locator("[data-lists]").click()
    page.get_by_text("Teach similarity").click()
    _gather(viewer)
    room = page.locator("[data-drawer-body]").bounding_box()
    assert room is not None
    for control in page.locator("[data-teach] :is(button, summary):visible").all():
        box = control.bounding_box()
        assert box is not None and box["height"] >= 24
        assert room["x"] <= box["x"] and box["x"] + box["width"] <= room["x"] + room["width"]
    # nothing of it stands in the list of what is shown
    page.locator("[data-tab=shown]").click()
    assert page.get_by_text("Teach similarity").is_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0] and viewer.faults == []
