"""The pages in a browser, from file://: no fault, no sideways scroll, at every size and in both schemes."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from generator.report.model import Report
from tests.support.sample_report import write_site
from tests.support.viewer_page import OpenPage
from tests.unit.site.test_pages import REPORTS

pytestmark = pytest.mark.browser
_SMALL_TARGETS = """
[...document.querySelectorAll('a, button')].filter(target => {
  const box = target.getBoundingClientRect(), style = getComputedStyle(target);
  const inText = style.display === 'inline' && target.closest('p, li, dd, td, th, h1, h2, h3');
  return box.width && !inText && !target.matches('.skip-link') && (box.width < 24 || box.height < 24);
}).map(target => target.outerHTML.slice(0, 80))
"""

#: Lines of intervals that reach out of their cells, and lines that are not opaque: WebKit paints these twice below
#: cells that stay in place.
_FAULTY_LINES = """
[
  ...[...document.querySelectorAll('.interval__line')].filter(line =>
    line.getBoundingClientRect().right > line.parentElement.getBoundingClientRect().right + 1),
  ...[...document.querySelectorAll('tr')].filter(row => getComputedStyle(row).borderBottomColor.startsWith('rgba(')
    && parseFloat(getComputedStyle(row).borderBottomWidth)),
].map(one => one.outerHTML.slice(0, 80))
"""


@pytest.fixture(scope="module", params=["french", "nasty", "small", "wide"])
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    report = REPORTS[request.param]()
    folder = write_site(report, tmp_path_factory.mktemp("a site é"))
    _write_pictures(report, folder)
    return folder


def _write_pictures(report: Report, folder: Path) -> None:
    (folder / "images").mkdir()
    for post in report.posts:
        red, green, blue = hashlib.sha256(post.image.encode()).digest()[:3]
        Image.new("RGB", (32, 40), (red, green, blue)).save(folder / post.picture)


@pytest.mark.parametrize(("width", "height", "scheme"), [(1440, 900, "light"), (390, 844, "dark")])
def test_pages_open_whole_and_fit(browser: Any, site: Path, width: int, height: int, scheme: str) -> None:
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda request: faults.append(request.url) if request.url.startswith("http") else None)
    # the page's data and mosaics are not there; leaving a page aborts what it still loads, and that is no fault
    page.on(
        "requestfailed",
        lambda request: (
            None
            if any(folder in request.url for folder in ("/data/", "/mosaics/")) or request.failure == "net::ERR_ABORTED"
            else faults.append(f"{request.url}: {request.failure}")
        ),
    )
    kinds = ("index.html", "method.html", "data.html", "brands/*.html", "clusters/c01.html", "clusters/noise.html")
    for path in [path for kind in kinds for path in sorted(site.glob(kind))[:7]]:
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        assert page.evaluate(_SMALL_TARGETS) == [], path
        assert page.evaluate(_FAULTY_LINES) == [], path
        assert page.evaluate(
            "[...document.querySelectorAll('.plate img')].every(image => !image.complete || image.naturalWidth)"
        ), path
    assert faults == []
    context.close()


def test_a_keyboard_reaches_the_content_and_sees_where_it_is(browser: Any, site: Path) -> None:
    page = browser.new_page()
    page.goto((site / "method.html").as_uri())
    page.keyboard.press("Tab")
    box = page.locator(".skip-link").bounding_box()
    assert box is not None and box["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.close()


def test_print_is_dark_on_white_and_leaves_the_controls_out(browser: Any, site: Path) -> None:
    page = browser.new_page(color_scheme="dark")
    page.goto((site / "index.html").as_uri())
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    assert not page.locator(".site-head nav").is_visible()
    page.close()


def test_who_prints_gets_every_image_that_is_shown(open_page: OpenPage, built_site: Path) -> None:
    viewer = open_page(built_site / "brands/maison-ambre.html")
    page = viewer.page
    images = page.locator("main img:not(.viewer img)")
    page.wait_for_function(
        "() => [...document.querySelectorAll('main img')].filter((image) => image.offsetParent)"
        ".every((image) => image.complete && image.naturalWidth)",
    )
    assert images.count() > 12
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert viewer.faults == []


def test_paper_gets_the_flat_map_with_names_unless_the_viewer_shows_something_else(
    open_page: OpenPage, built_site: Path
) -> None:
    viewer = open_page(built_site / "index.html")
    page, paper, canvas = viewer.page, viewer.page.locator("[data-paper]"), viewer.page.locator("#viewer-canvas")
    page.wait_for_function("() => document.querySelector('[data-paper]').naturalWidth")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert paper.is_visible() and not canvas.is_visible()
    assert paper.get_attribute("src") == "mosaics/all-names.jpg"
    page.emulate_media(media="screen")
    assert not paper.is_visible() and canvas.is_visible()
    page.fill("[data-search]", "theme")
    page.wait_for_function("() => location.hash.includes('q=theme')")
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert canvas.is_visible() and not paper.is_visible()
    assert viewer.faults == []


def test_no_table_is_cut_at_the_edge_of_a_printed_page(browser: Any, site: Path) -> None:
    first = [min((site / kind).glob("*.html"), default=None) for kind in ("brands", "territories", "clusters")]
    pages = [path.relative_to(site).as_posix() for path in first if path]
    # A4 within its margins, upright and, as the matrices of many brands are printed, along
    for width, of_many in ((672, False), (1002, True)):
        page = browser.new_page(viewport={"width": width, "height": 900})
        for name in (*pages, "method.html", "compare.html", "data.html"):
            if not (site / name).exists():  # too few posts to compare
                continue
            page.goto((site / name).as_uri())
            page.emulate_media(media="print")
            wide = page.evaluate(
                "(ofMany) => [...document.querySelectorAll('table')].filter((table) => table.offsetParent)"
                ".filter((table) => Boolean(table.closest('.scroll--wide')) === ofMany)"
                ".filter((table) => table.getBoundingClientRect().right > innerWidth + 1)"
                ".map((table) => table.className)",
                of_many,
            )
            assert wide == [], name
            parted = page.evaluate(
                "() => [...document.querySelectorAll('.ledger')].filter((table) => table.tBodies[0].rows.length < 17)"
                ".filter((table) => getComputedStyle(table).breakInside !== 'avoid').length"
            )
            assert parted == 0, name
            assert not page.locator(".site-foot").is_visible()
        page.close()


def test_a_matrix_of_many_brands_is_printed_along_the_paper(browser: Any, site: Path, tmp_path: Path) -> None:
    if not (site / "compare.html").exists():
        pytest.skip("too few posts to compare")
    page = browser.new_page()
    page.goto((site / "compare.html").as_uri())
    printed = page.pdf(prefer_css_page_size=True, format="A4")
    page.close()
    boxes = re.findall(rb"/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]", printed)
    along = [float(width) > float(height) for width, height in boxes]
    assert len(boxes) > 1
    assert any(along) == (len(list((site / "brands").glob("*.html"))) > 20)
    assert not all(along)
