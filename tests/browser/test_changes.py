"""The page that tells what changed, and the way from it to the map."""

from __future__ import annotations

import csv
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from generator.cache.store import Store
from generator.pipeline.build import build_site
from generator.pipeline.run import Run
from generator.progress import SilentProgress
from generator.settings.load import load_settings
from generator.spreadsheet.sources import find_inputs
from tests.support.captions import BRANDS
from tests.support.drawn import draw_image
from tests.support.viewer_page import BROKEN, OpenPage

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def grown_site(built_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site a month later: 14 posts more, 2 fewer."""
    folder = tmp_path_factory.mktemp("un mois après")
    for name in ("images", "mon site", "cache"):
        shutil.copytree(built_site.parent / name, folder / name, copy_function=shutil.copy2)
    with (built_site.parent / "posts.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    for index in range(150, 164):
        name = f"images/{index:04d}.jpg"
        draw_image(index % 5, index).save(folder / name, quality=85)
        rows.append(
            [BRANDS[index % 2], name, f"New {index}", "50", "2026-12-30", f"https://example.com/p/P{index:05d}/"]
        )
    with (folder / "posts.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([rows[0], *rows[3:]])
    settings = load_settings(
        environment={}, flags={"model": "builtin", "disturbed": 0, "scatter_size": 300, "flat_size": 600}
    )
    later = datetime(2026, 2, 2, tzinfo=UTC)
    build_site(
        find_inputs([folder / "posts.csv"]),
        folder / "mon site",
        Run(settings, Store(folder / "cache"), SilentProgress(), later),
    )
    return folder / "mon site"


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_it_shows_what_came_and_went_with_their_images(
    open_page: OpenPage, grown_site: Path, size: tuple[int, int]
) -> None:
    viewer = open_page(grown_site / "changes.html", size=size, settle=False)
    page = viewer.page
    figures = page.locator(".figures dd").all_inner_texts()
    assert [figure.split("\n")[0] for figure in figures[:2]] == ["14", "2"]
    assert page.evaluate(BROKEN) == []
    assert page.locator("#gone .plates img").count() == 2
    assert page.locator("#new .contact-sheet img").count() >= 10
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert viewer.faults == []


def test_its_new_posts_are_found_on_the_map(open_page: OpenPage, grown_site: Path) -> None:
    viewer = open_page(grown_site / "index.html", settle=False)
    viewer.page.locator(".masthead a", has_text="14 posts are new").click()
    viewer.page.locator(".figures a").click()
    viewer.page.wait_for_url("**/index.html#*")
    viewer.settle()
    assert viewer.page.locator("[data-tab=selected] span").inner_text() == "14"
    assert viewer.faults == []
