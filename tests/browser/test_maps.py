"""Further maps of the same images: chosen, compared, linked, and missing, in the report and in its editions."""

from __future__ import annotations

import csv
import dataclasses
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from generator.cache.store import Store
from generator.mosaics.script import decode_mosaic, read_call
from generator.pipeline.build import build_site
from generator.pipeline.run import Run
from generator.progress import SilentProgress
from generator.settings import MapMix
from generator.settings.load import load_settings
from generator.spreadsheet.sources import find_inputs
from tests.support.captions import BRANDS
from tests.support.drawn import draw_image
from tests.support.editions import unpack_email_edition, write_one_file
from tests.support.viewer_page import HASTE, OpenPage, ViewerPage

pytestmark = pytest.mark.browser

MIXES = (MapMix("Colour", colour=1.0), MapMix("Composition", composition=1.0))
POSTS = 120
_SHOWN_NEAR = """(wanted) => {
  const images = [...document.querySelectorAll("[data-card=near] li img")];
  return images.map((image) => image.getAttribute("src")).join() === wanted.join();
}"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of 120 drawn posts by three brands with two further maps. Not to be written to."""
    folder = tmp_path_factory.mktemp("plusieurs cartes")
    (folder / "images").mkdir()
    with (folder / "posts.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["brand", "thumbnail", "caption", "likes", "published"])
        for index in range(POSTS):
            name = f"images/{index:04d}.jpg"
            draw_image(index % 5, index).save(folder / name, quality=85)
            rows.writerow([BRANDS[index % 7 % 3], name, f"Look {index}", 100 + index, f"2026-{index % 12 + 1:02d}-03"])
    flags = {"model": "builtin", "disturbed": 0, "scatter_size": 300, "flat_size": 600}
    settings = dataclasses.replace(load_settings(environment={}, flags=flags), maps=MIXES)
    built = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    build_site(
        find_inputs([folder / "posts.csv"]),
        folder / "site",
        Run(settings, Store(folder / "cache"), SilentProgress(), built),
    )
    return folder / "site"


@pytest.fixture(scope="module")
def maps(site: Path) -> list[dict[str, str]]:
    """The maps as the viewer is told of them, the main one first."""
    told: list[dict[str, str]] = _call(site, "posts")[0]["maps"]
    assert [shown["name"] for shown in told[1:]] == [mix.name for mix in MIXES]
    return told


@pytest.fixture
def viewer(open_page: OpenPage, site: Path) -> ViewerPage:
    return open_page(site / "index.html", reduced_motion="reduce", before=HASTE)


def _call(site: Path, name: str) -> list[Any]:
    return read_call((site / f"data/{name}.js").read_text(encoding="utf-8"))


def _cells(site: Path, mosaic: str) -> dict[int, int]:
    """The cell of each post, as Python wrote them."""
    lattice, members = decode_mosaic((site / f"data/mosaic-{mosaic}.js").read_text(encoding="utf-8"))
    return dict(zip(members, (lattice.line.astype(int) * lattice.columns + lattice.column).tolist(), strict=True))


def _choose(viewer: ViewerPage, name: str) -> None:
    viewer.page.get_by_role("radiogroup", name="Map", exact=True).get_by_role("radio", name=name, exact=True).check()
    viewer.settle()


def _placed(viewer: ViewerPage) -> dict[int, int]:
    return dict(viewer.run("[...viewer.mosaic.members].map((post) => [post, viewer.mosaic.cellOf[post]])"))


def _look_at(viewer: ViewerPage, post: int, scale: float = 64) -> tuple[float, float]:
    """Look at a post beside the middle, where no card lies; gives its place in the window."""
    cell, columns = viewer.run("[viewer.mosaic.cellOf[values[0]], viewer.mosaic.columns]", post)
    viewer.look(cell % columns + 0.5, cell // columns + 0.5, scale)
    viewer.settle()
    return viewer.at(cell % columns + 0.5, cell // columns + 0.5)


def _picture_of(viewer: ViewerPage, post: int) -> NDArray[np.float64]:
    """What the canvas shows of a post, without its outermost pixels."""
    x, y = _look_at(viewer, post)
    box = viewer.box
    left, top = round(x - box["x"]) - 29, round(y - box["y"]) - 29
    return viewer.picture()[top : top + 58, left : left + 58].astype(np.float64)


def test_every_map_places_the_images_as_python_did_from_the_same_tiles(
    viewer: ViewerPage, site: Path, maps: list[dict[str, str]]
) -> None:
    chosen = (3, 50, 88, 117)
    pictures = {post: _picture_of(viewer, post) for post in chosen}
    assert [url for url in viewer.requests if "--" in url.rpartition("/")[2]] == []
    for shown in maps[1:]:
        _choose(viewer, shown["name"])
        assert viewer.run("viewer.scene.kind") == f"map-{shown['key']}"
        assert _placed(viewer) == _cells(site, f"all--{shown['key']}")
        for post in chosen:
            assert np.abs(_picture_of(viewer, post) - pictures[post]).mean() < 3
            viewer.page.mouse.click(*viewer.at(viewer.camera[0], viewer.camera[1]))
            viewer.wait_for(f"viewer.opened === {post}")
            viewer.page.keyboard.press("Escape")
    _choose(viewer, maps[0]["name"])
    assert viewer.run("viewer.scene.kind") == "map" and _placed(viewer) == _cells(site, "all")
    assert all("mosaics/all_files/" in url for url in viewer.tile_requests())
    assert viewer.faults == []


@pytest.mark.parametrize("page", ["brands", "clusters"])
def test_a_page_of_its_own_has_its_images_on_every_map(
    open_page: OpenPage, site: Path, maps: list[dict[str, str]], page: str
) -> None:
    path = sorted((site / page).glob("*.html"))[0]
    viewer = open_page(path, reduced_motion="reduce")
    mosaic = f"{page.removesuffix('s')}-{path.stem}"
    _choose(viewer, maps[1]["name"])
    assert _placed(viewer) == _cells(site, f"{mosaic}--{maps[1]['key']}")
    assert viewer.picture().std() > 5 and viewer.faults == []


def test_filters_selection_and_list_hold_on_every_map(
    viewer: ViewerPage, site: Path, maps: list[dict[str, str]]
) -> None:
    page = viewer.page
    key = _call(site, "posts")[0]["brands"][0]["key"]
    viewer.run("(viewer.filterPanel.choose({brands: [values[0]]}), viewer.pick([3, 5], true))", key)
    page.locator("[data-lists]").click()
    page.locator("[data-tab=shown]").click()
    rows = "(rows) => rows.map((row) => Number(row.dataset.post))"
    listed = page.eval_on_selector_all("[data-post]", rows)
    _choose(viewer, maps[1]["name"])
    # the list's order is the main map's
    assert page.eval_on_selector_all("[data-post]", rows) == listed
    assert sorted(viewer.run("[...viewer.selected]")) == [3, 5]
    assert viewer.run("viewer.filterPanel.shown") == viewer.run(
        "viewer.panes[0].shows.reduce((sum, is) => sum + is, 0)"
    )
    page.keyboard.press("Escape")
    viewer.run("viewer.filterPanel.choose({})")
    # a line around the left half selects what lies there on this map
    columns, lines = viewer.run("[viewer.mosaic.columns, viewer.mosaic.lines]")
    places = [viewer.at(x, y) for x, y in ((0, 0), (columns / 2, 0), (columns / 2, lines), (0, lines))]
    page.keyboard.down("Shift")
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in (*places[1:], places[0]):
        page.mouse.move(*place, steps=8)
    page.mouse.up()
    page.keyboard.up("Shift")
    inside = {post for post, cell in _cells(site, f"all--{maps[1]['key']}").items() if cell % columns + 1 < columns / 2}
    assert len(inside) > 20 and inside <= set(viewer.run("[...viewer.selected]"))
    assert viewer.faults == []


def test_brands_are_compared_on_the_map_that_is_chosen(
    viewer: ViewerPage, site: Path, maps: list[dict[str, str]]
) -> None:
    _choose(viewer, maps[1]["name"])
    viewer.page.get_by_role("button", name="Compare", exact=True).click()
    viewer.settle()
    assert viewer.run("[viewer.panes.length, viewer.scene.kind]") == [3, f"map-{maps[1]['key']}"]
    _choose(viewer, maps[2]["name"])
    assert viewer.run("[viewer.panes.length, viewer.scene.kind]") == [3, f"map-{maps[2]['key']}"]
    viewer.wait_for("location.hash.includes('x=1')")
    # an order is for one pane
    viewer.page.get_by_role("radio", name="Date").check()
    assert viewer.run("[viewer.panes.length, viewer.scene.kind]") == [1, "date"]
    assert viewer.faults == []


def test_a_map_is_reached_by_moving_by_a_link_and_by_going_back(
    open_page: OpenPage, site: Path, maps: list[dict[str, str]]
) -> None:
    viewer = open_page(site / "index.html")
    kind = f"map-{maps[2]['key']}"
    viewer.page.locator(f"label:has(input[value={kind}])").click()
    viewer.wait_for(f"viewer.scene.kind === '{kind}' && viewer.isMoving")
    viewer.settle()
    viewer.look(*viewer.run("[viewer.mosaic.columns / 2, viewer.mosaic.lines / 2]"), 90)
    viewer.wait_for(f"location.hash.includes('a={kind}') && location.hash.includes('v=')")
    address = viewer.page.evaluate("location.hash")
    other = open_page(site / "index.html", address, reduced_motion="reduce")
    other.wait_for(f"viewer.scene.kind === '{kind}'")
    assert other.camera == pytest.approx(viewer.camera, rel=1e-4)
    assert other.page.locator(f"input[value={kind}]").is_checked()
    viewer.page.go_back()
    viewer.wait_for("viewer.scene.kind === 'map'")
    viewer.page.go_forward()
    viewer.wait_for(f"viewer.scene.kind === '{kind}'")
    viewer.settle()
    unknown = open_page(site / "index.html", "#a=map-nobodys")
    assert unknown.run("viewer.scene.kind") == "map"
    assert viewer.faults + other.faults + unknown.faults == []


def test_what_was_wanted_last_is_shown_however_late_files_come(
    open_page: OpenPage, site: Path, maps: list[dict[str, str]]
) -> None:
    viewer = open_page(site / "index.html", reduced_motion="reduce")
    kinds = [f"map-{shown['key']}" for shown in maps[1:]]
    viewer.run("(viewer.arrange(values[0]), viewer.arrange(values[1]), viewer.arrange('date'))", *kinds)
    for kind in kinds:
        viewer.wait_for(f"Brandscape.data.get('mosaic all--{kind.removeprefix('map-')}')")
    assert viewer.run("viewer.scene.kind") == "date" and viewer.page.locator("input[value=date]").is_checked()
    viewer.run("(viewer.arrange(values[0]), viewer.arrange('map'), viewer.arrange(values[1]))", *kinds)
    viewer.wait_for(f"viewer.scene.kind === '{kinds[1]}'")
    assert viewer.faults == []


def test_the_nearest_images_are_those_of_the_map(viewer: ViewerPage, site: Path, maps: list[dict[str, str]]) -> None:
    page, post = viewer.page, 31
    _look_at(viewer, post)
    page.mouse.click(*viewer.at(viewer.camera[0], viewer.camera[1]))
    buttons = page.locator("[data-card=near] li button")
    buttons.nth(9).wait_for()
    pictures = viewer.run("viewer.records.detailsNow(values[0]).near", post)
    for shown in (*maps[1:], maps[0]):
        near = _call(site, f"why-{shown['key']}-000")[2][post][0]
        _choose(viewer, shown["name"])
        address = viewer.run("values[0].map((one) => viewer.records.picture(one))", near)
        page.wait_for_function(_SHOWN_NEAR, arg=address)
        assert viewer.opened == post
        if shown is maps[0]:
            assert near == pictures
    assert viewer.faults == []


def test_another_map_ends_a_comparison_of_images_and_leaves_the_card(
    viewer: ViewerPage, site: Path, maps: list[dict[str, str]]
) -> None:
    page, post = viewer.page, 31
    _look_at(viewer, post)
    page.mouse.click(*viewer.at(viewer.camera[0], viewer.camera[1]))
    page.locator("[data-near=why]").click()
    page.locator(".comparison").wait_for()
    _choose(viewer, maps[1]["name"])
    assert page.locator(".comparison").is_hidden() and viewer.opened == post
    card = page.locator("[data-card-root]").bounding_box()
    assert card is not None and viewer.run("viewer.view.right") == pytest.approx(card["width"], abs=1)
    # asked again, it speaks of this map's nearest
    page.locator("[data-near=why]").click()
    page.locator(".comparison").wait_for()
    near = _call(site, f"why-{maps[1]['key']}-000")[2][post][0]
    picture = viewer.run("viewer.records.picture(values[0])", near[0])
    assert page.locator(".comparison img").nth(1).get_attribute("src") == picture
    assert viewer.faults == []


@pytest.mark.parametrize("address", ["", "#a=map-{key}"])
def test_a_map_whose_file_is_missing_leaves_the_one_that_is_shown(
    open_page: OpenPage, site: Path, maps: list[dict[str, str]], tmp_path: Path, address: str
) -> None:
    shutil.copytree(site, tmp_path / "site")
    key = maps[1]["key"]
    (tmp_path / f"site/data/mosaic-all--{key}.js").unlink()
    viewer = open_page(tmp_path / "site/index.html", address.format(key=key), reduced_motion="reduce", before=HASTE)
    if not address:
        viewer.page.locator(f"label:has(input[value=map-{key}])").click()
    viewer.page.locator("[data-problem]").wait_for()
    assert viewer.run("viewer.scene.kind") == "map" and viewer.page.locator("input[value=map]").is_checked()
    _choose(viewer, maps[2]["name"])
    assert viewer.run("viewer.scene.kind") == f"map-{maps[2]['key']}"
    assert [fault for fault in viewer.faults if "ERR_FILE_NOT_FOUND" not in fault] == []


def test_a_report_of_one_map_offers_no_other(open_page: OpenPage, built_site: Path) -> None:
    viewer = open_page(built_site / "index.html", "#a=map-colour")
    assert viewer.page.get_by_role("radiogroup", name="Map", exact=True).count() == 0
    assert viewer.page.get_by_role("radio", name="Map", exact=True).is_checked()
    assert viewer.run("viewer.scene.kind") == "map" and viewer.faults == []


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_every_map_can_be_reached_on_any_screen_and_by_the_keyboard(
    open_page: OpenPage, site: Path, maps: list[dict[str, str]], size: tuple[int, int]
) -> None:
    viewer = open_page(site / "index.html", size=size, reduced_motion="reduce")
    page = viewer.page
    viewer.unfold()
    if size[0] > 700:
        page.locator("input[value=map]").focus()
        offered = page.locator(".viewer__maps label")
    else:
        page.locator("[data-map-choice]").focus()
        offered = page.locator("label:has([data-map-choice])")
        assert page.locator("[data-map-choice] option").all_inner_texts()[1:] == [shown["name"] for shown in maps]
    for label in offered.all():
        box = label.bounding_box()
        assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= size[0] and box["height"] >= 24
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    page.keyboard.press("ArrowRight" if size[0] > 700 else "ArrowDown")
    viewer.wait_for(f"viewer.scene.kind === 'map-{maps[1]['key']}'")
    assert viewer.faults == []


@pytest.mark.parametrize("edition", ["mailed", "single"])
def test_editions_have_every_map(
    open_page: OpenPage, site: Path, maps: list[dict[str, str]], tmp_path: Path, edition: str
) -> None:
    key = maps[1]["key"]
    brand = sorted(path.stem for path in (site / "brands").glob("*.html"))[0]
    page = f"brands/{brand}.html"
    if edition == "mailed":
        folder = unpack_email_edition(site, tmp_path / "mail.zip")
        viewer = open_page(folder / page, f"#a=map-{key}", reduced_motion="reduce")
    else:
        whole = write_one_file(site, tmp_path / "whole.html")
        viewer = open_page(whole, f"#page={page}&a=map-{key}", reduced_motion="reduce")
    viewer.wait_for(f"viewer.scene.kind === 'map-{key}'")
    viewer.settle()
    assert _placed(viewer) == _cells(site, f"brand-{brand}--{key}")
    post = next(iter(_placed(viewer)))
    _look_at(viewer, post)
    viewer.page.mouse.click(*viewer.at(viewer.camera[0], viewer.camera[1]))
    viewer.wait_for(f"viewer.opened === {post}")
    viewer.page.locator("[data-near=why]").click()
    viewer.page.locator(".comparison figure.is-dimmed").first.wait_for()
    assert viewer.faults == []
