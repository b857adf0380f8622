"""Pages for all readers: axe-core's rules, large text, small windows, forced colours, what a screen reader is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import launch_chromium, refuse
from tests.support.viewer_page import HASTE, SETTLED, OpenPage, ViewerPage

pytestmark = pytest.mark.browser

#: Where `.ci/run` installs it, beside the linter of the scripts.
_AXE = Path(__file__).parents[2] / ".ci/node_modules/axe-core/axe.min.js"
_BROKEN_RULES = """(runOnly) => axe.run(document, { runOnly, resultTypes: ["violations"] })
  .then(({ violations }) => violations.map(({ id, nodes }) => [id, ...nodes.map(({ target }) => `${target}`)]))"""
#: The rules that each scheme is held to: in the dark one alone those of colours, since nothing else differs.
_RULES = {
    "light": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "dark": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}
#: Promises that the map is at rest and nothing changes its place or colour any more.
_AT_REST = f"""async () => {{
  await ({SETTLED})();
  await Promise.allSettled(document.getAnimations().map((animation) => animation.finished));
}}"""
#: What opens from the map's page, one after the other.
_OPENED = {
    "list": "[data-lists]",
    "post": "[data-rows] button",
    "why": "[data-near=why]",
    "post again": "[data-near=leave]",
    "list again": "[data-card=close]",
    "map": "[data-drawer-close]",
    "filters, on a phone": "[data-unfolds] >> nth=0",
    "view, on a phone": "[data-unfolds] >> nth=1",
    "filter": "[data-opens]",
    "brands compared": "[data-compares]",
}


@pytest.fixture(scope="session")
def axe() -> str:
    """The rules, as a script."""
    if not _AXE.exists():
        refuse("axe-core is not installed: npm --prefix .ci install")
    return _AXE.read_text(encoding="utf-8")


def _kinds(site: Path) -> list[str]:
    """One page of each kind."""
    kept = [path.name for path in site.glob("*.html")]
    return sorted(kept) + [
        next(site.glob(f"{kind}/*.html")).relative_to(site).as_posix() for kind in ("brands", "clusters")
    ]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_no_page_breaks_a_rule_of_axe(
    browser: Any, built_site: Path, axe: str, size: tuple[int, int], scheme: str
) -> None:
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, reduced_motion="reduce"
    )
    page = context.new_page()
    for name in _kinds(built_site):
        page.goto((built_site / name).as_uri())
        page.evaluate(axe)
        assert page.evaluate(_BROKEN_RULES, _RULES[scheme]) == [], name
        if name != "index.html":
            continue
        for state, opens in _OPENED.items():
            control = page.locator(opens).first
            if not control.is_visible() and "on a phone" in state and size[0] > 700:
                continue
            control.click()
            page.evaluate(_AT_REST)  # what slides in has its final colours then
            assert page.evaluate(_BROKEN_RULES, _RULES[scheme]) == [], state
    context.close()


@pytest.fixture(scope="module")
def large_text(playwright: Any) -> Iterator[Any]:
    """A browser whose reader has chosen text of twice the usual size."""
    running = launch_chromium(playwright, "--blink-settings=defaultFontSize=32")
    yield running
    running.close()


def test_pages_reflow_with_text_of_twice_the_size_and_at_four_times_the_zoom(
    browser: Any, large_text: Any, built_site: Path
) -> None:
    # 1280 pixels zoomed to 400 % are 320 wide
    for running, size in ((large_text, (390, 844)), (browser, (320, 256))):
        page = running.new_page(viewport={"width": size[0], "height": size[1]})
        for name in _kinds(built_site):
            page.goto((built_site / name).as_uri())
            assert page.evaluate("document.documentElement.scrollWidth") <= size[0], (name, size)
        page.close()


def test_forced_colours_show_what_is_chosen_and_where_the_keyboard_is(open_page: OpenPage, built_site: Path) -> None:
    viewer = open_page(built_site / "index.html", forced_colors="active", reduced_motion="reduce")
    line = "(selector) => getComputedStyle(document.querySelector(selector), '::after').borderBottomStyle"
    assert viewer.page.evaluate(line, "[data-order]:checked + span") == "solid"
    assert viewer.page.evaluate(line, "[data-order]:not(:checked) + span") == "none"
    viewer.page.locator("[data-search]").press("Tab")
    viewer.page.locator("[data-skips]").focus()
    viewer.page.keyboard.press("Enter")
    assert viewer.page.evaluate(line, ".viewer__stage") == "solid"


def _tree(viewer: ViewerPage) -> list[tuple[str, str]]:
    """The roles and names that a screen reader is given."""
    devtools = viewer.page.context.new_cdp_session(viewer.page)
    nodes = devtools.send("Accessibility.getFullAXTree")["nodes"]
    return [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node.get("ignored")]


def test_a_screen_reader_is_told_of_images_and_counts(open_page: OpenPage, built_site: Path) -> None:
    viewer = open_page(built_site / "index.html", before=HASTE, reduced_motion="reduce")
    told = _tree(viewer)
    assert ("radiogroup", "Arrange by") in told and ("application", "Map of all images") in told

    viewer.page.locator("[data-skips]").focus()
    viewer.page.keyboard.press("Enter")
    viewer.page.keyboard.press("Shift+ArrowRight")
    viewer.wait_for("document.querySelector('[data-said]').textContent.includes(': ')")
    said = viewer.page.locator("[data-said]").inner_text()
    post = viewer.run("viewer.mosaic.postAt[viewer.focused]")
    assert said.startswith(viewer.run("viewer.records.brandOf(values[0]).name", post))
    assert (viewer.run("(viewer.records.clusterOf(values[0]) || { name: '' }).name", post)) in said
    assert said.split(": ", 1)[1].split(" ")[0] in viewer.run("viewer.records.detailsNow(values[0]).caption", post)

    viewer.page.locator("[data-opens]").first.click()
    viewer.page.locator("[data-list=brand] input").first.check()
    viewer.wait_for("viewer.filterPanel.shown < 150")
    assert (
        viewer.page.get_by_role("status").first.inner_text()
        == f"{viewer.run('viewer.filterPanel.shown')} of 150 images"
    )
