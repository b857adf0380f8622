"""Editions in a browser, from file://: everything the report's viewer does, from fewer and smaller files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generator.site.edition.source import Source, read_source
from tests.support.editions import unpack_email_edition, write_one_file
from tests.support.viewer_page import BROKEN, HASTE, OpenPage, ViewerPage

pytestmark = pytest.mark.browser

#: Editions, each with a page whose viewer is tried: the map, or a part of it as brands' and clusters' pages show it.
#: Every pair is tried by some test; what pages do is independent of what editions do.
ONE_WAY = (("mailed", "brand"), ("single", "index.html"))
THE_OTHER_WAY = (("mailed", "index.html"), ("single", "brand"))
_LARGE_MARKS = """[...document.querySelectorAll("svg, canvas")]
  .filter((mark) => mark.checkVisibility() && mark.getBoundingClientRect().width > 400)
  .filter((mark) => !mark.matches(".viewer__lasso")).length"""
#: Links in the text and in drawings, and a click on the first of those that lead to an address.
_LINKS = "[...document.querySelectorAll('body a[href^=\"#page=\"]')].map((link) => link.getAttribute('href'))"
_FOLLOW = """(address) => [...document.querySelectorAll("a")].find((link) => link.getAttribute("href") === address)
  .dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true }))"""
_SHOWS = "(path) => document.querySelector('[data-page]').dataset.page === path"


@pytest.fixture(scope="session")
def mailed(built_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The email edition of the report, unpacked in a folder with spaces and accents."""
    return unpack_email_edition(built_site, tmp_path_factory.mktemp("reçu par la poste") / "édition 1.zip")


@pytest.fixture(scope="session")
def single(built_site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report as one file."""
    return write_one_file(built_site, tmp_path_factory.mktemp("un seul été") / "rapport é.html")


@pytest.fixture(scope="session")
def source(built_site: Path) -> Source:
    return read_source(built_site)


def _choose_page(source: Source, kind: str) -> str:
    """The largest page of a kind."""
    if kind.endswith(".html"):
        return kind
    mosaics = [name for name in source.mosaics if name.startswith(kind) and name != "cluster-noise"]
    largest = max(mosaics, key=lambda name: len(source.mosaics[name]["cells"]["values"]))
    return f"{kind}s/{largest.removeprefix(f'{kind}-')}.html"


class _Reader:
    """Opens the same page of a report's folder, of its email edition, or of its single file."""

    def __init__(self, open_page: OpenPage, place: Path) -> None:
        self._open = open_page
        self._place = place

    def __call__(self, page: str, state: str = "", **options: Any) -> ViewerPage:
        options = {"reduced_motion": "reduce", "before": HASTE, **options}
        if self._place.is_dir():
            return self._open(self._place / page, f"#{state}" if state else "", **options)
        return self._open(self._place, f"#page={page}" + (f"&{state}" if state else ""), **options)


@pytest.fixture
def read(request: pytest.FixtureRequest, open_page: OpenPage, edition: str) -> _Reader:
    return _Reader(open_page, request.getfixturevalue(edition))


def _watch(page: Any, faults: list[str]) -> None:
    page.on("console", lambda said: faults.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("requestfailed", lambda request: faults.append(f"missing {request.url[:90]}"))
    page.on(
        "request", lambda request: faults.append(request.url[:90]) if request.url.startswith(("http", "ws")) else None
    )


@pytest.mark.parametrize(("width", "height", "every"), [(1440, 900, 1), (390, 844, 4)])
def test_every_page_of_the_email_edition_opens_whole(
    browser: Any, mailed: Path, width: int, height: int, every: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": height})
    faults: list[str] = []
    page = context.new_page()
    _watch(page, faults)
    for path in sorted(mailed.rglob("*.html"))[::every]:
        page.goto(path.as_uri())
        if page.locator("[data-viewer]").count():
            page.wait_for_function("() => Brandscape.viewers.every((viewer) => viewer && viewer.tiles.idle)")
        faults += [f"{path.name}: no picture {address}" for address in page.evaluate(BROKEN)]
    context.close()
    assert faults == []


@pytest.mark.parametrize(("edition", "kind"), ONE_WAY)
def test_tiles_are_as_sharp_as_the_reports(
    read: _Reader, open_page: OpenPage, built_site: Path, source: Source, kind: str
) -> None:
    page = _choose_page(source, kind)
    made, full = read(page), open_page(built_site / page)
    for scale in (110, 40):
        seen = []
        for viewer in (made, full):
            cell = int(viewer.run("viewer.mosaic.cellOf[viewer.mosaic.members[0]]"))
            columns = int(viewer.run("viewer.mosaic.columns"))
            viewer.look(cell % columns + 0.5, cell // columns + 0.5, scale)
            viewer.settle()
            seen.append(viewer.picture().astype(np.int16))
        assert seen[0].shape == seen[1].shape
        # the same images in the same cells within the same borders: what WebP and JPEG lose is little
        assert np.abs(seen[0] - seen[1]).mean() < 4
        detail = [float(np.abs(np.diff(picture, axis=1)).mean()) for picture in seen]
        assert detail[0] > 0.8 * detail[1] > 0
    assert made.faults == [] and made.tile_requests() == [url for url in made.tile_requests() if "/all_files/" in url]


@pytest.mark.parametrize(("edition", "kind"), THE_OTHER_WAY)
def test_filters_and_search_find_what_the_report_finds(
    read: _Reader, open_page: OpenPage, built_site: Path, source: Source, kind: str
) -> None:
    page = _choose_page(source, kind)
    states = ["q=%23theme", "q=eclat", "l=150,260", "d=2026-02-01,2026-05-01"]
    states += (
        []
        if kind == "brand"
        else [f"b={name.removeprefix('brand-')}" for name in source.mosaics if name.startswith("brand-")]
    )
    states += [] if kind == "cluster" else ["c=c01", "c=noise,c02"]
    counts = []
    for open_one in (read, _Reader(open_page, built_site)):
        viewer = open_one(page)
        found = []
        for state in states:
            viewer.page.evaluate("(state) => { location.hash = state; }", _address(viewer, page, state))
            viewer.settle()
            found.append(viewer.run("[...viewer.filterPanel.mask].reduce((sum, is) => sum + is, 0)"))
        counts.append(found)
        assert viewer.faults == []
    assert counts[0] == counts[1] and min(counts[0][0], *counts[0][2:4]) > 0


def _address(viewer: ViewerPage, page: str, state: str) -> str:
    return f"page={page}&{state}" if viewer.run("document.querySelector('[data-page]') !== null") else state


@pytest.mark.parametrize(("edition", "kind"), THE_OTHER_WAY)
def test_a_click_opens_the_post_with_its_picture(read: _Reader, source: Source, kind: str) -> None:
    viewer = read(_choose_page(source, kind))
    for at in (0, 7, 19):
        post = int(viewer.run("viewer.mosaic.members[values[0]]", at))
        cell, columns = viewer.run("[viewer.mosaic.cellOf[values[0]], viewer.mosaic.columns]", post)
        viewer.look(cell % columns + 0.5, cell // columns + 0.5, 60)
        viewer.settle()
        viewer.page.mouse.click(*viewer.at(cell % columns + 0.5, cell // columns + 0.5))
        viewer.wait_for(f"viewer.opened === {post}")
        viewer.page.wait_for_function("() => document.querySelector('[data-card=picture]').naturalWidth > 0")
        address = viewer.page.get_attribute("[data-card=picture]", "src")
        name = source.pictures[post]
        if not address.startswith("data:"):
            assert address.endswith(f"images/{name}.webp")
        else:
            assert address == viewer.run("Brandscape.files.picture('', values[0])", name)
        viewer.page.keyboard.press("Escape")
        viewer.settle()
    assert viewer.faults == []


@pytest.mark.parametrize(("edition", "kind"), ONE_WAY)
def test_arrangements_and_links_hold(
    read: _Reader, open_page: OpenPage, built_site: Path, source: Source, kind: str
) -> None:
    page = _choose_page(source, kind)
    order = "cluster" if kind == "brand" else "brand"
    viewer = read(page)
    viewer.page.click(f"label:has(input[value={order}])")
    viewer.settle()
    columns, post = viewer.run("[viewer.mosaic.columns, viewer.mosaic.members[3]]")
    cell = int(viewer.run("viewer.mosaic.cellOf[values[0]]", post))
    viewer.look(cell % columns + 0.5, cell // columns + 0.5, 90)
    viewer.settle()
    viewer.page.mouse.click(*viewer.at(cell % columns + 0.5, cell // columns + 0.5))
    viewer.page.wait_for_function("() => location.hash.includes('p=') && location.hash.includes('a=')")
    viewer.wait_out(700)
    viewer.settle()
    address = viewer.page.evaluate("location.hash").removeprefix("#").removeprefix(f"page={page}&")
    picture = viewer.picture()
    assert picture.std() > 20 and viewer.faults == []

    again = read(page, address)
    again.wait_for("viewer.opened >= 0")
    again.settle()
    assert again.opened == post and again.run("viewer.scene.kind") == order
    full = _Reader(open_page, built_site)(page, address)
    full.wait_for(f"viewer.opened === {post}")
    full.settle()
    assert again.camera == pytest.approx(full.camera, rel=1e-3)
    assert np.abs(again.picture().astype(np.int16) - full.picture()).mean() < 4
    broken = read(page, "v=x,y&p=nobody&b=,&zz")
    assert broken.faults == [] and broken.opened == -1


@pytest.mark.parametrize("edition", ["mailed", "single"])
def test_a_near_image_of_another_page_is_gone_to(read: _Reader, source: Source) -> None:
    viewer = read(_choose_page(source, "brand"))
    members = set(viewer.run("[...viewer.mosaic.members]"))
    viewer.run("viewer.goTo({x: 0, y: 0, scale: 1})")
    post, near = viewer.page.evaluate(
        """(members) => new Promise((done) => {
          const viewer = Brandscape.viewers[0];
          for (const post of members) {
            viewer.records.details(post, (details) => {
              const near = details.near.find((other) => !members.includes(other));
              if (near !== undefined) done([post, near]);
            });
          }
        })""",
        sorted(members),
    )
    cell, columns = viewer.run("[viewer.mosaic.cellOf[values[0]], viewer.mosaic.columns]", post)
    viewer.look(cell % columns + 0.5, cell // columns + 0.5, 60)
    viewer.settle()
    viewer.page.mouse.click(*viewer.at(cell % columns + 0.5, cell // columns + 0.5))
    viewer.page.wait_for_selector("[data-card=near] li button")
    order = viewer.page.evaluate(
        "(post) => new Promise((done) => Brandscape.viewers[0].records.details(post, ({ near }) => done(near)))", post
    )
    viewer.page.locator("[data-card=near] li button").nth(order.index(near)).click()
    viewer.page.wait_for_function(
        "(near) => globalThis.Brandscape && (Brandscape.viewers || [])[0] && Brandscape.viewers[0].opened === near",
        arg=near,
    )
    assert viewer.run("viewer.map.name") == "all" and viewer.faults == []


def test_all_pages_of_the_single_file_are_reached_by_links_and_back(
    open_page: OpenPage, single: Path, source: Source
) -> None:
    viewer = open_page(single)
    page = viewer.page
    faults: list[str] = []
    _watch(page, faults)
    wanted = set(source.pages)
    reached = {"index.html"}
    todo = ["index.html"]
    visits = 0
    while todo:
        here = todo.pop()
        page.evaluate("(here) => { location.hash = `page=${here}`; }", here)
        page.wait_for_function(_SHOWS, arg=here)
        assert page.locator("[data-page]").count() == 1 and page.title()
        links = page.evaluate(_LINKS)
        for link in links:
            path = link.removeprefix("#page=").partition("&")[0]
            if path.endswith(".html") and path not in reached:
                page.evaluate(_FOLLOW, link)
                page.wait_for_function(_SHOWS, arg=path)
                assert page.evaluate(BROKEN) == [], path
                page.go_back()
                page.wait_for_function(_SHOWS, arg=here)
                reached.add(path)
                todo.append(path)
                visits += 1
    assert reached == wanted and visits == len(wanted) - 1
    assert faults == [] and viewer.faults == []
    assert not [url for url in viewer.requests if not url.startswith(("data:", single.as_uri()))]


def test_back_restores_the_state_of_a_page_of_the_single_file(
    open_page: OpenPage, single: Path, source: Source
) -> None:
    brand = _choose_page(source, "brand")
    viewer = open_page(single, "#q=theme")
    shown = viewer.page.locator("[data-count]").inner_text()
    viewer.page.click(f'main a[href="#page={brand}"]')
    viewer.page.wait_for_function("() => Brandscape.viewers[0] && Brandscape.viewers[0].map.name !== 'all'")
    viewer.settle()
    viewer.page.wait_for_function("() => scrollY === 0")  # which it glides to
    viewer.page.click("label:has(input[value=cluster])")
    viewer.page.wait_for_function("() => location.hash.includes('a=cluster')")
    viewer.page.go_back()
    viewer.wait_for("viewer.scene.kind === 'map'")
    viewer.page.go_back()
    viewer.wait_for("viewer.map.name === 'all'")
    viewer.settle()
    assert viewer.page.locator("[data-count]").inner_text() == shown
    assert viewer.page.locator("[data-search]").input_value() == "theme"
    viewer.page.go_forward()
    viewer.wait_for("viewer.map.name !== 'all'")
    viewer.settle()
    assert viewer.picture().std() > 20 and viewer.faults == []
    address = viewer.page.evaluate("Brandscape.place.link('q=x')")
    assert address.endswith(f"#page={brand}&q=x")


def test_the_single_file_hands_over_its_workbook(open_page: OpenPage, single: Path, built_site: Path) -> None:
    viewer = open_page(single, "#page=data.html", settle=False)
    viewer.page.wait_for_function("() => document.title.startsWith('Data')")
    assert viewer.page.evaluate("[scrollY, document.title.startsWith('Data')]") == [0, True]
    with viewer.page.expect_download() as download:
        viewer.page.click("a[data-file='data/report.xlsx']")
    assert download.value.suggested_filename == "report.xlsx"
    assert Path(download.value.path()).read_bytes() == (built_site / "data/report.xlsx").read_bytes()
    assert viewer.page.evaluate("location.hash") == "#page=data.html" and viewer.faults == []


@pytest.mark.parametrize("kind", ["mailed", "single"])
def test_without_scripts_the_text_and_a_picture_are_there(
    browser: Any, request: pytest.FixtureRequest, kind: str, source: Source
) -> None:
    place = request.getfixturevalue(kind)
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto((place / "index.html" if place.is_dir() else place).as_uri())
    # the note that files are missing comes after three seconds
    page.evaluate("() => document.getAnimations().forEach((animation) => animation.finish())")
    assert page.locator(".viewer__overview").first.is_visible()
    assert not page.locator(".viewer__alone").first.is_visible()
    assert page.locator("h2", has_text="Clusters").first.is_visible()
    if kind == "single":
        assert page.locator("[data-page]").count() == len(source.pages)
        assert page.locator("h1", has_text="What went in").is_visible()
    context.close()


@pytest.mark.parametrize("kind", ["mailed", "built_site"])
def test_a_page_opened_out_of_its_archive_says_what_to_do(
    browser: Any, request: pytest.FixtureRequest, kind: str, tmp_path: Path
) -> None:
    (tmp_path / "index.html").write_bytes((request.getfixturevalue(kind) / "index.html").read_bytes())
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto((tmp_path / "index.html").as_uri())
    note = page.locator(".alone")
    assert note.is_visible() and "xtract all files first" in note.inner_text()
    box = note.bounding_box()
    assert box["y"] < 500 and box["width"] < 900
    assert page.evaluate(_LARGE_MARKS) == 0 and page.locator(".viewer__overview").is_visible()
    context.close()
