"""The closer look at an image under the pointer, in Chromium."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.support.viewer_page import UNDER, OpenPage, ViewerPage

pytestmark = pytest.mark.browser

SHOWN = ".preview:not([hidden])"
#: Milliseconds until the pointer is moved once more, and how often, on however busy a machine.
_TURN, _TURNS = 2_000, 150


@pytest.fixture(scope="module")
def report(built_site: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((built_site / "data" / "report.json").read_text(encoding="utf-8"))
    return found


def _middle(post: dict[str, Any]) -> tuple[float, float]:
    return post["column"] + 0.5, post["line"] + 0.5


def _look_closer(viewer: ViewerPage, x: float, y: float) -> None:
    """Move over a place, a little to and fro until a note is shown: a page that still scrolls hides it."""
    from playwright.sync_api import TimeoutError

    for turn in range(_TURNS):
        viewer.page.mouse.move(x + turn % 2, y)
        with suppress(TimeoutError):
            viewer.page.wait_for_selector(SHOWN, timeout=_TURN)
            return
    raise AssertionError("nothing is shown")


def test_a_mouse_that_stays_over_an_image_shows_it_larger_beside_it(
    open_page: OpenPage, built_site: Path, report: dict[str, Any]
) -> None:
    viewer = open_page(built_site / "index.html")
    viewer.scroll_to_viewer()
    page, post = viewer.page, report["posts"][7]
    x, y = viewer.at(*_middle(post))
    _look_closer(viewer, x, y)
    assert not page.evaluate(f"([x, y]) => ({UNDER})(x, y)", [x, y])
    brand, facts, *caption = page.locator(f"{SHOWN} p").all_inner_texts()
    assert brand == next(one["name"] for one in report["brands"] if one["key"] == post["brand"])
    assert facts.endswith(f"Likes\u00a0{post['likes']}")
    assert caption == [post["caption"].strip().split("\n")[0]][: len(caption)]
    assert page.locator(".preview").get_attribute("aria-hidden") == "true"
    assert page.evaluate("document.querySelector('.preview img').width") > 1.25 * viewer.camera[2]
    for leave in (
        lambda: page.mouse.move(3, 3),
        lambda: page.mouse.wheel(0, -60),
        page.mouse.down,
        lambda: page.keyboard.press("Shift"),
    ):
        _look_closer(viewer, *viewer.at(*_middle(post)))
        leave()
        page.wait_for_selector(SHOWN, state="detached")
        page.mouse.up()
        page.keyboard.press("Escape")
        page.mouse.move(3, 3)
        viewer.settle()
    assert viewer.faults == []
    assert all(url.startswith(("file:", "data:")) for url in viewer.requests)


def test_images_of_lists_and_pages_are_looked_at_too(
    open_page: OpenPage, built_site: Path, report: dict[str, Any]
) -> None:
    viewer = open_page(built_site / "index.html", reduced_motion="reduce")  # pages scroll at once
    page = viewer.page
    viewer.scroll_to_viewer()
    page.get_by_role("button", name="List", exact=True).click()
    sheets = ".contact-sheet .plate img"
    for images in ("[data-rows] img", sheets):
        image = page.locator(images).first
        image.scroll_into_view_if_needed()
        viewer.wait_out(100)
        image.hover()
        inside = image.bounding_box()
        assert inside
        _look_closer(viewer, inside["x"] + inside["width"] / 2, inside["y"] + inside["height"] / 2)
        assert page.locator(f"{SHOWN} p").first.inner_text() in {brand["name"] for brand in report["brands"]}
        box, note = image.bounding_box(), page.locator(SHOWN).bounding_box()
        assert box and note
        apart = max(note["x"] - box["x"] - box["width"], box["x"] - note["x"] - note["width"])
        assert apart > 0 or note["y"] >= box["y"] + box["height"] or note["y"] + note["height"] <= box["y"]
        page.mouse.move(3, 3)
        page.wait_for_selector(SHOWN, state="detached")
    assert viewer.faults == []


def test_touch_has_no_closer_look(open_page: OpenPage, built_site: Path) -> None:
    viewer = open_page(built_site / "index.html", size=(390, 844), has_touch=True)
    viewer.scroll_to_viewer()
    cell = viewer.run("viewer.mosaic.postAt.findIndex((post) => post === 7)")
    columns = viewer.run("viewer.mosaic.columns")  # a tall screen has another form of the map
    viewer.page.touchscreen.tap(*viewer.at(cell % columns + 0.5, cell // columns + 0.5))
    viewer.wait_for("viewer.opened === 7")
    viewer.wait_out(500)
    assert viewer.page.locator(SHOWN).count() == 0
