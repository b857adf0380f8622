"""The bars around the canvas: one row each beside a wide map, and few on a phone, with everything within reach."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from generator.mosaics.script import read_call, write_call
from tests.support.viewer_page import HASTE, OpenPage

pytestmark = pytest.mark.browser

#: Words as long as those of longer languages: French takes about a seventh more room than English.
LONGER = """document.addEventListener("DOMContentLoaded", () => {
  document.querySelector("[data-tools]").style.letterSpacing = "0.14em";
}, {capture: true});"""
_HEIGHTS = "[...document.querySelectorAll('.viewer__bar')].map((bar) => bar.offsetHeight).filter(Boolean)"


@pytest.mark.parametrize("words", ["", LONGER])
@pytest.mark.parametrize("width", [1280, 1440, 1920])
def test_four_maps_and_fields_leave_each_bar_one_row(
    open_page: OpenPage, demo_site: Path, width: int, words: str
) -> None:
    viewer = open_page(demo_site / "index.html", size=(width, 900), before=HASTE + words, reduced_motion="reduce")
    page = viewer.page
    assert all(height < 50 for height in page.evaluate(_HEIGHTS))
    # buttons as long as they fit: all at 1920, and in English at 1440
    fits = width == 1920 or (width == 1440 and not words)
    assert page.get_by_role("radio", name="Brand").is_visible() == fits
    arrange = page.locator("[data-order-choice]")
    assert arrange.is_visible() != fits
    if not fits:
        arrange.select_option("Market")
        viewer.wait_for("viewer.scene.kind === 'field-market'")
        arrange.select_option("Map")
        viewer.wait_for("viewer.scene.kind === 'map'")
    page.set_viewport_size({"width": 1920, "height": 900})
    page.get_by_role("radio", name="Brand").wait_for()
    assert viewer.faults == []


@pytest.mark.parametrize("width", [1280, 1440])
def test_a_filter_leaves_the_bar_one_row(open_page: OpenPage, demo_site: Path, width: int) -> None:
    viewer = open_page(demo_site / "index.html", "#q=gold", size=(width, 900), before=HASTE, reduced_motion="reduce")
    page = viewer.page
    page.get_by_role("button", name="Show all").wait_for()
    assert all(height < 50 for height in page.evaluate(_HEIGHTS))
    count = page.locator(".viewer__count")
    assert count.evaluate("(text) => text.scrollWidth <= text.clientWidth"), "the count is cut"
    assert page.locator("[data-search]").evaluate("(field) => field.clientWidth") >= 60
    assert page.locator(".viewer__colours span").is_visible(), "off alone says nothing"
    page.get_by_role("button", name="Show all").click()
    page.get_by_role("button", name="Show all").wait_for(state="hidden")
    ends = "(text) => text.parentElement.getBoundingClientRect().right - text.getBoundingClientRect().right"
    padding = "(text) => parseFloat(getComputedStyle(text.parentElement).paddingRight)"
    assert abs(count.evaluate(ends) - count.evaluate(padding)) < 1, "the count is not at the bar's end"
    assert viewer.faults == []


def test_tags_of_ones_own_colours_and_time_leave_room_to_search(
    open_page: OpenPage, demo_site: Path, tmp_path: Path
) -> None:
    site = shutil.copytree(demo_site, tmp_path / "site")
    (posts,) = read_call((site / "data/posts.js").read_text(encoding="utf-8"))
    own = {"tags": [["hero", [3, 9]]], "notes": []}
    (site / "data/posts.js").write_text(write_call("posts", {**posts, "own": own}), encoding="utf-8")
    viewer = open_page(site / "index.html", "#g=field-market&m=2025-06", before=HASTE, reduced_motion="reduce")
    page = viewer.page
    page.get_by_role("button", name="Show all").wait_for()
    page.get_by_role("button", name="Your tags").wait_for()
    assert all(height < 50 for height in page.evaluate(_HEIGHTS))
    for width in range(1440, 1240, -15):  # a second row takes what does not fit
        page.set_viewport_size({"width": width, "height": 900})
        assert page.locator("[data-search]").evaluate("(field) => field.clientWidth") >= 70, width
    assert page.get_by_role("combobox", name="Colours").input_value() == "field-market"
    assert viewer.faults == []


def test_on_a_phone_three_rows_hold_everything_within_reach(open_page: OpenPage, demo_site: Path) -> None:
    viewer = open_page(demo_site / "index.html", size=(390, 844), has_touch=True, before=HASTE, reduced_motion="reduce")
    page = viewer.page
    assert sum(page.evaluate(_HEIGHTS)) <= 132
    brands = page.get_by_role("button", name="Brands", exact=True)
    for name, control in (("Filters", brands), ("View", page.get_by_role("slider", name="How close images lie"))):
        button = page.get_by_role("button", name=name)
        assert button.get_attribute("aria-expanded") == "false" and control.is_hidden()
        button.tap()
        control.wait_for()
        assert button.get_attribute("aria-expanded") == "true"
        button.press("Enter")
        control.wait_for(state="hidden")
        button.press(" ")
        control.wait_for()
    page.locator("[data-map-choice]").select_option("Colour")
    viewer.wait_for("viewer.scene.kind.startsWith('map-')")
    arrange = page.locator("[data-order-choice]")
    assert arrange.input_value() == "map"
    arrange.select_option("Date")
    viewer.wait_for("viewer.scene.kind === 'date'")
    assert page.locator("[data-map-choice]").input_value() == ""
    brands.tap()
    page.locator("[data-panel]:visible label").first.tap()
    page.get_by_role("button", name="Done").tap()
    page.get_by_role("button", name="Show all").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert viewer.faults == []
