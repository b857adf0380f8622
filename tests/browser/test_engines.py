"""The report in Firefox and WebKit, from file://: what the README's table of the viewer promises.

It is tried at both sizes, on light and dark pages, in the report's folder, its edition for e-mail, and its single file.
Everything finer is tried in Chromium alone, by the other files here."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.browser.conftest import refuse
from tests.support.editions import unpack_email_edition, write_one_file
from tests.support.engines import LOOKS, Driven, Look, find_engine, open_engine
from tests.support.viewer_page import BROKEN, CHOOSE, SETTLED, UNDER

pytestmark = pytest.mark.browser

ENGINES = ("firefox", "webkit")
PATIENCE = 120_000  # milliseconds after which something never comes, on however busy a machine
#: What the page has asked the network for.
_ASKED = (
    """() => performance.getEntriesByType("resource").map(({ name }) => name).filter((name) => /^https?:/.test(name))"""
)
#: The tables that scroll downwards too, in a bar beside them.
_BARS = """() => [...document.querySelectorAll(".scroll")].filter((one) => one.offsetWidth > one.clientWidth)
  .map((one) => one.getAttribute("aria-labelledby"))"""
_CELL = """(post) => {
  const { mosaic, camera, view } = Brandscape.viewers[0], cell = mosaic.cellOf[post];
  const box = document.querySelector(".viewer__canvas").getBoundingClientRect();
  const at = { x: cell % mosaic.columns + 0.5, y: Math.floor(cell / mosaic.columns) + 0.5 };
  const { x, y } = Brandscape.camera.toView(camera, view, at);
  return [box.left + x, box.top + y];
}"""
_MIDDLE = """(selector) => {
  const one = document.querySelector(selector);
  one.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "instant" });
  const { left, top, width, height } = one.getBoundingClientRect();
  return [left + width / 2, top + height / 2, width * height];
}"""
#: Of the table with most beyond its edge, if any, scrolled to its end or not: whether there is more than fits, then x,
#: top and bottom of its edge, two pixels inside.
_EDGE = """(isAtEnd) => {
  const beyond = (one) => one.scrollWidth - one.clientWidth;
  const [table] = [...document.querySelectorAll(".scroll")].sort((one, other) => beyond(other) - beyond(one));
  table.scrollIntoView({ block: "center", behavior: "instant" });
  table.scrollLeft = isAtEnd ? table.scrollWidth : 0;
  const { right, top } = table.getBoundingClientRect();
  const found = [beyond(table) > 1, right - 2, Math.max(top, 0), Math.min(top + table.clientHeight, innerHeight)];
  return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(found))));
}"""

#: The button that unfolds the bar of a control; "" if it is not folded.
_FOLDED = """(selector) => {
  const bar = document.querySelector(selector).closest(".viewer__bar:not(.is-unfolded)");
  const button = bar && bar.querySelector("[data-unfolds]");
  return button && button.getClientRects().length ? `[aria-controls="${button.getAttribute("aria-controls")}"]` : "";
}"""
#: Chooses an arrangement or a map where choices stand for the buttons; says whether they do.
_ARRANGE = """(kind) => {
  const has = (choice) => [...choice.options].some((option) => option.value === kind);
  const choice = [...document.querySelectorAll("[data-order-choice], [data-map-choice]")].find(has);
  if (!choice || !choice.getClientRects().length) return false;
  choice.value = kind;
  choice.dispatchEvent(new Event("change", { bubbles: true }));
  return true;
}"""


class Reader:
    """Somebody who reads one report in one engine."""

    def __init__(self, page: Driven, site: Path, look: Look) -> None:
        self.page, self.site, self.look = page, site, look

    def open(self, page: str = "index.html", state: str = "") -> None:
        """Open a page afresh, its viewer at rest in the middle of the window."""
        if self.site.is_dir():
            address = (self.site / page).as_uri() + (f"#{state}" if state else "")
        else:
            address = f"{self.site.as_uri()}#page={page}" + (f"&{state}" if state else "")
        self.page.goto("about:blank")
        self.page.goto(address)
        self.wait("typeof Brandscape === 'object' && (Brandscape.viewers || []).length")
        self.settle()
        self.page.run(
            "() => document.querySelector('.viewer__stage').scrollIntoView({ block: 'center', behavior: 'instant' })"
        )
        self.page.run("() => new Promise((done) => setTimeout(done, 300))")  # the wheel scrolls the page for so long

    def settle(self) -> None:
        assert self.page.run(SETTLED), "the viewer never came to rest"

    def wait(self, condition: str) -> None:
        """Wait until a condition holds."""
        found = self.page.run(
            f"""(patience) => new Promise((done) => {{
              const end = performance.now() + patience;
              const look = () => {{
                const isTrue = Boolean({condition});
                if (isTrue || performance.now() > end) done(isTrue); else setTimeout(look, 20);
              }};
              look();
            }})""",
            PATIENCE,
        )
        assert found, f"never: {condition}"

    def get(self, expression: str) -> Any:
        return self.page.run(f"() => {{ const viewer = Brandscape.viewers[0]; return {expression}; }}")

    def click(self, selector: str) -> None:
        x, y, area = self.page.run(_MIDDLE, selector)
        assert area > 0, f"{selector} is not shown"
        self.page.drag([(x, y)])

    def reach(self, selector: str) -> None:
        """Unfold the bar that holds a control, as a phone's reader does first, if it is folded."""
        folded = self.page.run(_FOLDED, selector)
        if folded:
            self.click(folded)

    def arrange(self, kind: str) -> None:
        """Arrange the images, by the button for it or by the choice that takes its place in a narrow bar."""
        self.reach("[data-order-choice]")
        if not self.page.run(_ARRANGE, kind):
            self.click(f"label:has(> input[value={kind}])")

    def cell(self, post: int) -> tuple[float, float]:
        """The middle of a post's cell in the window."""
        x, y = self.page.run(_CELL, post)
        return x, y

    def middle(self) -> tuple[float, float]:
        x, y, _ = self.page.run(_MIDDLE, ".viewer__stage")
        return x, y

    @property
    def address(self) -> str:
        return str(self.page.run("() => location.hash"))


@pytest.fixture(
    scope="module",
    params=[(name, look) for name in ENGINES for look in LOOKS],
    ids=lambda one: f"{one[0]}-{one[1].name}",
)
def engine(request: pytest.FixtureRequest) -> Iterator[tuple[Driven, Look]]:
    name, look = request.param
    path = find_engine(name)
    if path is None:
        refuse(f"no {name} is installed, or not what drives it")
    playwright = request.getfixturevalue("playwright") if name == "firefox" else None
    with open_engine(name, playwright, path, look) as page:
        yield page, look


@pytest.fixture
def reader(engine: tuple[Driven, Look], site_with_maps: Path) -> Reader:
    reader = Reader(engine[0], site_with_maps, engine[1])
    reader.open()
    return reader


@pytest.fixture(scope="module")
def editions(site_with_maps: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("reçu été")
    return {
        "mailed": unpack_email_edition(site_with_maps, folder / "édition 1.zip"),
        "single": write_one_file(site_with_maps, folder / "rapport é.html"),
    }


def test_every_page_shows_all_its_pictures_in_its_width(engine: tuple[Driven, Look], site_with_maps: Path) -> None:
    page, _ = engine
    pages = ["index.html", "compare.html", "method.html", "data.html"]
    pages += [
        next(site_with_maps.glob(f"{kind}/*.html")).relative_to(site_with_maps).as_posix()
        for kind in ("brands", "clusters")
    ]
    for name in pages:
        page.goto((site_with_maps / name).as_uri())
        assert page.run(BROKEN) == [], name
        wide, window = page.run("() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert wide <= window, name
        assert page.run(_BARS) == [], name
        assert page.run(_ASKED) == [], name


def test_a_table_shows_where_columns_lie_beyond_its_edge(engine: tuple[Driven, Look], site_with_maps: Path) -> None:
    page, look = engine
    page.goto((site_with_maps / "compare.html").as_uri())
    for is_at_end in (False, True):
        has_more, x, top, bottom = page.run(_EDGE, is_at_end)
        shown = np.asarray(Image.open(io.BytesIO(page.picture())).convert("L"), np.int16)
        line, beside = (np.median(shown[round(top) : round(bottom), round(x) + by]) for by in (0, -30))
        assert has_more == (look.size[0] < 1000)
        assert (abs(line - beside) > 40) == (has_more and not is_at_end)


def test_the_map_is_drawn_in_the_colours_of_the_page(reader: Reader) -> None:
    picture = np.asarray(Image.open(io.BytesIO(reader.page.picture())).convert("RGB"))
    assert picture.std(axis=(0, 1)).min() > 20  # images, not a ground alone
    paper = reader.page.run("() => getComputedStyle(document.documentElement).backgroundColor")
    assert paper == ("rgb(18, 18, 17)" if reader.look.dark else "rgb(251, 250, 247)")
    assert reader.get("matchMedia('(prefers-reduced-motion: reduce)').matches")


def test_wheel_buttons_and_keys_zoom_and_0_shows_everything(reader: Reader) -> None:
    whole = reader.get("viewer.camera.scale")
    reader.page.wheel(*reader.middle(), -120)
    reader.wait(f"Brandscape.viewers[0].camera.scale > {whole} * 1.15")
    reader.click("[data-zoom-in]")
    reader.wait(f"Brandscape.viewers[0].camera.scale > {whole} * 1.8")
    reader.wait("location.hash.includes('v=')")
    reader.page.run("() => document.querySelector('.viewer__canvas').focus()")
    reader.page.press("+")
    reader.wait(f"Brandscape.viewers[0].camera.scale > {whole} * 2.8")
    reader.page.press("0")
    reader.wait(f"Math.abs(Brandscape.viewers[0].camera.scale / {whole} - 1) < 1e-6")


def test_a_drag_carries_the_map_along(reader: Reader) -> None:
    reader.get("viewer.look({ x: viewer.mosaic.columns / 2, y: viewer.mosaic.lines / 2, scale: 120 })")
    reader.settle()
    (x, y), (column, line) = reader.middle(), reader.get("[viewer.camera.x, viewer.camera.y]")
    reader.page.drag([(x - step * 12, y - step * 6) for step in range(6)])
    moved = "Math.abs(Brandscape.viewers[0].camera.{} - {}) < 0.03"
    reader.wait(f"{moved.format('x', column + 0.5)} && {moved.format('y', line + 0.25)}")


def test_brands_dates_and_words_filter(reader: Reader) -> None:
    reader.reach("[data-list=brand]")
    reader.click(".viewer__filter:has([data-list=brand]) > button")
    reader.click("[data-list=brand] li:nth-child(2) label")
    reader.wait("Brandscape.viewers[0].filterPanel.shown < 150 && location.hash.includes('b=')")
    assert str(reader.get("viewer.filterPanel.shown")) in reader.get(
        "document.querySelector('[data-count]').textContent"
    )
    reader.page.press("Escape")
    assert reader.get("document.querySelector('[data-panel]').hidden")
    reader.click("[data-reset]")
    for letter in "gold":
        reader.page.press(letter)
    reader.wait("location.hash.includes('q=gold') && !Brandscape.viewers[0].filterPanel.isReading")
    assert 0 <= reader.get("viewer.filterPanel.shown") < 150
    reader.open(state="d=2026-02-01,2026-04-30")
    assert 0 < reader.get("viewer.filterPanel.shown") < 75


def test_time_walks_through_the_months(reader: Reader) -> None:
    reader.reach("[data-times]")
    reader.click("[data-times]")
    reader.click("[data-time-play]")
    reader.wait("Brandscape.viewers[0].filterPanel.chosen.time.at === 2")
    reader.click("[data-time-play]")
    reader.wait("location.hash.includes('m=2026-')")
    assert 0 < reader.get("viewer.filterPanel.shown") < 150
    right = "document.querySelector('[data-time-how]').getBoundingClientRect().right <= innerWidth"
    assert reader.get(right)


def test_images_are_arranged_and_back_leads_to_the_map(reader: Reader) -> None:
    for order in ("brand", "cluster", "date", "likes"):
        reader.arrange(order)
        reader.wait(f"Brandscape.viewers[0].scene.kind === '{order}'")
        reader.settle()
        reader.wait(f"location.hash.includes('a={order}')")  # each is a step of the history only once it is written
    reader.page.run("() => history.back()")
    reader.wait("Brandscape.viewers[0].scene.kind === 'date'")


def test_another_map_shows_the_same_images(reader: Reader) -> None:
    reader.arrange(reader.get("document.querySelector('input[value^=map-]').value"))
    reader.wait("Brandscape.viewers[0].scene.kind.startsWith('map-')")
    reader.settle()
    reader.wait("location.hash.includes('a=map-')")
    assert reader.get("viewer.filterPanel.shown") == 150


def test_brands_are_compared_in_linked_panes(reader: Reader) -> None:
    reader.click("[data-compares]")
    reader.wait("Brandscape.viewers[0].panes.length === 4 && location.hash.includes('x=1')")
    names = reader.get("[...document.querySelectorAll('.viewer__heads bdi')].map((one) => one.textContent)")
    assert len(set(names)) == 4


def test_two_brands_are_laid_over_each_other(reader: Reader) -> None:
    reader.click("[data-compares]")
    reader.click("[data-overlays]")
    reader.wait("Brandscape.viewers[0].panes.length === 1 && location.hash.includes('x=2')")
    assert reader.get("document.querySelectorAll('.viewer__heads bdi').length") == 2


def test_colours_have_a_legend_that_filters(reader: Reader) -> None:
    reader.page.run(CHOOSE, "brand")
    reader.wait("location.hash.includes('g=brand')")
    assert reader.get("document.querySelectorAll('[data-legend] li').length") == 4
    reader.click("[data-legend] li button")
    reader.wait("Brandscape.viewers[0].filterPanel.shown < 150 && location.hash.includes('b=')")


def test_images_are_collected_with_a_line_and_listed(reader: Reader) -> None:
    reader.click("[data-lassoes]")
    x, y = reader.middle()
    reader.page.drag([(x - 90, y - 90), (x + 90, y - 90), (x + 90, y + 90), (x - 90, y + 90), (x - 90, y - 60)])
    reader.wait("Brandscape.viewers[0].selected.size > 0 && location.hash.includes('s=')")
    if reader.get("document.querySelector('[data-drawer]').hidden"):
        reader.click("[data-lists]")
    reader.wait("document.querySelectorAll('[data-rows] li').length > 0")
    assert reader.get("document.querySelectorAll('.shares th').length") > 0
    reader.click("[data-teach] summary")
    reader.click("[data-teach=together]")
    reader.wait("!document.querySelector('[data-teach=save]').hidden")
    reader.page.run("() => { onbeforeunload = null; document.querySelector('[data-teach=groups] button').click(); }")


def test_a_click_opens_a_post_its_nearest_images_and_why(reader: Reader) -> None:
    reader.page.drag([reader.cell(7)])
    reader.wait("Brandscape.viewers[0].opened === 7")
    reader.wait("document.querySelector('[data-card=picture]').naturalWidth > 0")
    reader.wait("document.querySelectorAll('[data-card=near] li img').length === 10 && location.hash.includes('p=')")
    reader.click("[data-near=why]")
    reader.wait("!document.querySelector('[data-near=comparison]').hidden")
    reader.wait("[...document.querySelectorAll('.comparison__frame img')].every((image) => image.naturalWidth)")
    if reader.look.size[0] < 700:  # the comparison covers the page, and the Tab key stays in it
        for _ in range(30):
            reader.page.press("Tab")
            assert reader.get("document.activeElement.closest('[data-card-root]') !== null")
    reader.page.press("Escape")
    reader.page.press("Escape")
    assert reader.get("viewer.opened") == -1


def test_the_keyboard_goes_from_image_to_image(reader: Reader) -> None:
    reader.page.run("() => document.querySelector('[data-skips]').focus()")
    reader.page.press("Enter")
    reader.wait("Brandscape.viewers[0].focused >= 0 && document.activeElement.matches('.viewer__canvas')")
    first = reader.get("viewer.focused")
    ring = "getComputedStyle(document.querySelector('.viewer__stage'), '::after').borderTopStyle"
    assert reader.get(ring) == "solid"
    reader.page.press("Shift", "ArrowRight")
    reader.wait(f"Brandscape.viewers[0].focused !== {first}")
    reader.page.press("Enter")
    reader.wait("Brandscape.viewers[0].opened >= 0 && document.activeElement.closest('[data-card-root]')")
    reader.page.press("Escape")
    reader.wait("document.activeElement.matches('.viewer__canvas')")
    reader.page.press(" ")
    reader.wait("Brandscape.viewers[0].selected.size === 1")


def test_an_image_under_the_pointer_is_looked_at_more_closely(reader: Reader) -> None:
    x, y = reader.cell(7)
    reader.page.hover(x, y)
    reader.wait("document.querySelector('.preview:not([hidden]) img')")
    assert not reader.page.run(UNDER, x, y)
    reader.page.hover(*reader.page.run("() => [3, 3]"))
    reader.wait("document.querySelector('.preview').hidden")


def test_an_address_holds_what_is_on_screen(reader: Reader) -> None:
    brand = reader.get("viewer.records.brands[0].key")
    reader.open(state=f"v=9,6,90&b={brand}")
    assert reader.get("viewer.camera.scale") == pytest.approx(90)
    assert 0 < reader.get("viewer.filterPanel.shown") < 150
    reader.click("[data-links]")
    reader.wait("document.querySelector('[data-said]').textContent !== ''")


@pytest.mark.parametrize("edition", ["mailed", "single"])
def test_editions_do_what_the_report_does(engine: tuple[Driven, Look], editions: dict[str, Path], edition: str) -> None:
    reader = Reader(engine[0], editions[edition], engine[1])
    reader.open()
    assert reader.get("viewer.filterPanel.shown") == 150
    reader.arrange("cluster")
    reader.wait("Brandscape.viewers[0].scene.kind === 'cluster'")
    reader.settle()
    reader.page.drag([reader.cell(3)])
    reader.wait("Brandscape.viewers[0].opened === 3 && document.querySelector('[data-card=picture]').naturalWidth > 0")
    reader.open(state="m=2026-04")
    assert 0 < reader.get("viewer.filterPanel.shown") < 75
    reader.open("compare.html")
    assert reader.get("viewer.panes.length") == 4
    if edition == "single":
        reader.page.goto(f"{editions[edition].as_uri()}#page=data.html")
        reader.wait("document.querySelector('[data-page]').dataset.page === 'data.html'")
        assert reader.page.run("() => scrollY") == 0
        reader.page.press("Tab")
        assert reader.page.run("() => document.activeElement.matches('.skip-link')")
