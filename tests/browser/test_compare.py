"""The page that sets brands side by side."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from browser.conftest import OpenPage

pytestmark = pytest.mark.browser


def test_it_opens_with_every_brand_in_a_pane(open_page: OpenPage, built_site: Path) -> None:
    viewer = open_page(built_site / "compare.html", reduced_motion="reduce")
    assert viewer.run("viewer.panes.length") == 4
    assert viewer.page.evaluate("scrollY") < 500
    assert viewer.page.evaluate("document.documentElement.scrollWidth") <= 1440
    assert viewer.faults == []


def test_the_table_of_shares_can_be_sorted(open_page: OpenPage, built_site: Path) -> None:
    viewer = open_page(built_site / "compare.html", size=(390, 844))
    page = viewer.page
    shares = list(
        csv.DictReader(io.StringIO((built_site / "data/shares.csv").read_text(encoding="utf-8-sig"), newline=""))
    )
    heads = page.locator(".matrix thead button")
    name = heads.nth(2).inner_text().strip()
    ours = [row for row in shares if row["brand"] == name]
    for order, reverse in (("descending", True), ("ascending", False)):
        heads.nth(2).click()
        assert page.locator(".matrix thead th").nth(2).get_attribute("aria-sort") == order
        listed = page.locator(".matrix tbody tr td:nth-child(3)").evaluate_all(
            "(cells) => cells.map((cell) => Number(cell.dataset.value))"
        )
        assert listed == pytest.approx(sorted((float(row["share"]) for row in ours), reverse=reverse), abs=1e-5)
    heads.nth(0).click()
    assert page.locator(".matrix tbody th").first.inner_text().strip() == ours[0]["cluster"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert viewer.faults == []
