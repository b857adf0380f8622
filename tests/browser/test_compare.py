"""The page that sets brands side by side."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from tests.support.viewer_page import OpenPage

pytestmark = pytest.mark.browser


def test_it_opens_with_every_brand_in_a_pane(open_page: OpenPage, built_site: Path) -> None:
    viewer = open_page(built_site / "compare.html", reduced_motion="reduce")
    assert viewer.run("viewer.panes.length") == 4
    assert viewer.page.evaluate("scrollY") < 560  # to the middle of the panes
    assert viewer.page.evaluate("document.documentElement.scrollWidth") <= 1440
    assert viewer.faults == []


def test_the_table_of_shares_can_be_sorted(open_page: OpenPage, built_site: Path) -> None:
    viewer = open_page(built_site / "compare.html", size=(390, 844))
    page = viewer.page
    shares = list(
        csv.DictReader(io.StringIO((built_site / "data/shares.csv").read_text(encoding="utf-8-sig"), newline=""))
    )
    heads = page.locator("#shares .matrix thead button")
    name = heads.nth(2).inner_text().strip()
    ours = [row for row in shares if row["brand"] == name]
    for order, reverse in (("descending", True), ("ascending", False)):
        heads.nth(2).click()
        assert page.locator("#shares .matrix thead th").nth(2).get_attribute("aria-sort") == order
        listed = page.locator("#shares .matrix tbody tr td:nth-child(3)").evaluate_all(
            "(cells) => cells.map((cell) => Number(cell.dataset.value))"
        )
        assert listed == pytest.approx(sorted((float(row["share"]) for row in ours), reverse=reverse), abs=1e-5)
    heads.nth(0).click()
    assert page.locator("#shares .matrix tbody th").first.inner_text().strip() == ours[0]["cluster"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert viewer.faults == []


def test_two_brands_are_set_side_by_side(open_page: OpenPage, built_site: Path) -> None:
    viewer = open_page(built_site / "compare.html", settle=False)
    page = viewer.page
    rows = list(
        csv.DictReader(io.StringIO((built_site / "data/overlap.csv").read_text(encoding="utf-8-sig"), newline=""))
    )
    closest = max(rows, key=lambda row: float(row["overlap"]))
    shown = page.locator(".pair:visible")
    assert shown.count() == 1
    assert shown.get_attribute("id") == f"pair-{closest['brand_key']}-{closest['other_key']}"
    one, other = page.locator("[data-chooser] select").all()
    # any two, in either order
    for first, second in ((rows[-1]["other"], rows[-1]["brand"]), (rows[0]["brand"], rows[0]["other"])):
        one.select_option(label=first)
        other.select_option(label=second)
        title = shown.locator("h3").inner_text()
        assert shown.count() == 1 and first in title and second in title
        assert shown.locator(".pair__images img").count() >= 2
    # a brand cannot be set beside itself
    assert other.locator(f"option[value='{one.input_value()}']").evaluate("(option) => option.disabled")
    key = f"pair-{rows[1]['brand_key']}-{rows[1]['other_key']}"
    page.goto(f"{page.url.split('#')[0]}#{key}")
    page.locator(f"#{key}:visible").wait_for()
    assert shown.count() == 1
    page.locator(".matrix--square td a").first.click()
    page.locator(f"#pair-{rows[0]['brand_key']}-{rows[0]['other_key']}:visible").wait_for()
    assert shown.count() == 1
    assert viewer.faults == []
