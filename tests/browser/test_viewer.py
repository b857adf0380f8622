"""The viewer in a browser, from file://, on a built report and on a mosaic of one colour."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import numpy as np
import pytest

from tests.support.viewer_page import SOLID, STOPPED_CLOCK, OpenPage, ViewerPage

pytestmark = pytest.mark.browser

GROUND_LIGHT, GROUND_DARK = (0xED, 0xEB, 0xE6), (0x1B, 0x1B, 0x19)
NO_TILES = """
const source = Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, "src");
Object.defineProperty(HTMLImageElement.prototype, "src", {
  ...source, set(address) { if (!address.includes("_files/")) source.set.call(this, address); },
});
"""


@pytest.fixture(scope="module")
def report(built_site: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((built_site / "data/report.json").read_text(encoding="utf-8"))
    return content


def _near(picture: Any, colour: tuple[int, int, int], reach: int = 3) -> Any:
    """Which pixels are `colour`, to within `reach`."""
    return (np.abs(picture.astype(int) - colour) <= reach).all(axis=-1)


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_no_page_has_a_fault_or_asks_the_network_or_scrolls_sideways(
    open_page: OpenPage, built_site: Path, size: tuple[int, int]
) -> None:
    pages = sorted(built_site.rglob("*.html"))
    assert len(pages) >= 8
    viewer = open_page(pages[0], size=size, settle=False)
    for path in pages:
        viewer.page.goto(path.as_uri())
        assert viewer.page.evaluate("document.documentElement.scrollWidth") <= size[0], path
        viewer.page.mouse.move(size[0] / 2, size[1] / 2)
    assert viewer.faults == []
    assert [url for url in viewer.requests if not url.startswith(("file:", "data:"))] == []


def test_the_overview_is_seen_before_any_tile(open_page: OpenPage, solid_site: Path) -> None:
    viewer = open_page(solid_site, before=NO_TILES, settle=False)
    picture = viewer.picture()
    assert viewer.tile_requests() == []
    assert _near(picture, SOLID, 6).mean() > 0.3


def test_only_tiles_that_exist_are_asked_for(open_page: OpenPage, built_site: Path) -> None:
    viewer = open_page(built_site / "index.html")
    columns, lines = viewer.run("[viewer.mosaic.columns, viewer.mosaic.lines]")
    for scale in (8, 20, 50, 120, 300):
        for x, y in ((0, 0), (columns, 0), (columns, lines), (0, lines), (columns / 2, lines / 2)):
            viewer.look(x, y, scale)
            viewer.wait_for_frame()
        viewer.settle()
    asked = {Path(unquote(urlparse(url).path)) for url in viewer.tile_requests()}
    levels = {path.parent.name for path in asked}
    assert len(levels) >= 3
    assert [path for path in asked if not path.exists()] == []
    assert viewer.page.locator("[data-problem]").is_hidden()


def _check_solid(viewer: ViewerPage, side: int = 80) -> None:
    """The canvas shows the solid colour wherever there is a cell, up to a pixel at the outer edge."""
    picture = viewer.picture()
    box, (x, y, scale) = viewer.box, viewer.camera
    ratio = picture.shape[1] / box["width"]
    spans = []
    for middle, size in ((x, box["width"]), (y, box["height"])):
        first = (size / 2 - middle * scale) * ratio
        last = first + side * scale * ratio
        spans.append(slice(max(0, int(first)) + 3, int(min(size * ratio, last)) - 3))
    inside = picture[spans[1], spans[0]]
    wrong = np.argwhere(~_near(inside, SOLID, 6))
    assert len(wrong) == 0, (
        f"{len(wrong)} pixels at {viewer.camera}, the first at {wrong[0]}: {inside[tuple(wrong[0])]}"
    )


@pytest.mark.parametrize("ratio", [1, 1.25, 3])
def test_no_seam_shows_at_fractional_zooms(open_page: OpenPage, solid_site: Path, ratio: float) -> None:
    viewer = open_page(solid_site, device_scale_factor=ratio, size=(1000, 700))
    for x, y, scale in ((40, 40, 9.137), (31.4159, 27.1828, 13.731), (20.3, 50.7, 33.333), (61.03, 12.9, 101.7)):
        viewer.look(x, y, scale)
        viewer.settle()
        _check_solid(viewer)


def test_zooming_in_never_shows_ground_over_a_cell(open_page: OpenPage, solid_site: Path) -> None:
    slow = NO_TILES.replace(
        'if (!address.includes("_files/")) source.set.call(this, address);',
        'setTimeout(() => source.set.call(this, address), address.includes("_files/") ? 150 : 0);',
    )
    viewer = open_page(solid_site, size=(1000, 700), before=slow)
    for _ in range(14):
        # an event of the page's own, since a mouse that lies over an image marks it; small steps do not glide
        viewer.page.evaluate(
            """document.querySelector("canvas").dispatchEvent(
              new WheelEvent("wheel", {deltaY: -99, clientX: 620, clientY: 300, cancelable: true}))"""
        )
        _check_solid(viewer)
    viewer.settle()
    _check_solid(viewer)


@pytest.mark.parametrize(("size", "ratio"), [((1440, 900), 1), ((1600, 900), 2), ((390, 844), 3)])
def test_no_more_tiles_are_held_than_the_cap(
    open_page: OpenPage, solid_site: Path, size: tuple[int, int], ratio: int
) -> None:
    viewer = open_page(solid_site, size=size, device_scale_factor=ratio)
    # a phone's are put together from the map's own
    most = 48 if size[0] <= 600 else 96
    # the scale just above a level's own, where a view needs the most tiles, and the deepest level
    for scale in (33 / min(ratio, 2), 65 / min(ratio, 2)):
        for x in range(5, 80, 15):
            viewer.look(x, 40, scale)
            viewer.wait_for_frame()
            assert viewer.run("viewer.tiles.size") <= most
            assert viewer.run("viewer.tiles.inFlight") <= 6
        viewer.settle()
        assert viewer.run("viewer.tiles.size") <= most
    assert len(set(viewer.tile_requests())) > 30


def test_an_idle_viewer_draws_nothing(open_page: OpenPage, built_site: Path) -> None:
    viewer = open_page(built_site / "index.html", before=STOPPED_CLOCK)
    before = viewer.run("viewer.draws")
    viewer.pass_time(60_000)
    assert viewer.run("viewer.draws") == before


@pytest.mark.parametrize("place", [(0.5, 0.5), (0.31, 0.2), (0.66, 0.81)])
def test_the_wheel_keeps_what_is_under_the_cursor(
    open_page: OpenPage, built_site: Path, place: tuple[float, float]
) -> None:
    viewer = open_page(built_site / "index.html")
    box = viewer.box
    px, py = round(box["x"] + box["width"] * place[0]), round(box["y"] + box["height"] * place[1])
    viewer.page.mouse.move(px, py)
    before = viewer.under(px, py)
    scales = [viewer.camera[2]]
    for delta in (-40, -100, -300, -7, -500, 120, -200):
        viewer.wheel(0, delta)
        viewer.settle()
        after, scale = viewer.under(px, py), viewer.camera[2]
        assert np.hypot(after[0] - before[0], after[1] - before[1]) * scale < 1
        scales.append(scale)
    assert scales[5] > 3 * scales[0] and scales[6] < scales[5]


def _touch(viewer: ViewerPage) -> Any:
    session = viewer.page.context.new_cdp_session(viewer.page)

    def send(kind: str, *points: tuple[float, float]) -> None:
        listed = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": listed})

    return send


def test_a_pinch_keeps_what_is_between_the_fingers(open_page: OpenPage, built_site: Path) -> None:
    viewer = open_page(built_site / "index.html", size=(390, 844), has_touch=True, is_mobile=True)
    viewer.run("viewer.look({...viewer.camera, scale: viewer.camera.scale * 3})")
    box = viewer.box
    px, py = box["x"] + box["width"] / 2 + 20, box["y"] + box["height"] / 2 - 30
    send = _touch(viewer)
    before, scale = viewer.under(px, py), viewer.camera[2]
    send("touchStart", (px - 30, py))
    send("touchStart", (px - 30, py), (px + 30, py))
    assert viewer.camera[2] == scale
    for spread in range(32, 121, 4):
        send("touchMove", (px - spread, py), (px + spread, py))
    viewer.settle()
    after = viewer.under(px, py)
    assert viewer.camera[2] == pytest.approx(scale * 4, rel=0.02)
    assert np.hypot(after[0] - before[0], after[1] - before[1]) * viewer.camera[2] < 1
    send("touchEnd")
    assert viewer.opened == -1


def test_a_second_finger_landing_moves_nothing(open_page: OpenPage, built_site: Path) -> None:
    viewer = open_page(built_site / "index.html", size=(390, 844), has_touch=True, is_mobile=True)
    viewer.run("viewer.look({...viewer.camera, scale: viewer.camera.scale * 3})")
    box = viewer.box
    px, py = box["x"] + 150, box["y"] + 150
    send = _touch(viewer)
    # a finger that has strayed less than a drag takes, and one that has dragged
    for stray in (4.0, 40.0):
        send("touchStart", (px, py))
        send("touchMove", (px + stray, py))
        before = viewer.camera
        other, middle = (px + 100, py + 120), ((px + stray + px + 100) / 2, py + 60)
        held = viewer.under(*middle)
        send("touchStart", (px + stray, py), other)
        assert viewer.camera == before
        send("touchMove", (px + stray, py), (other[0], other[1] + 1))
        now = viewer.under(*middle)
        assert np.hypot(now[0] - held[0], now[1] - held[1]) * viewer.camera[2] < 1
        send("touchEnd")
        viewer.settle()
    assert viewer.opened == -1


def test_a_double_click_zooms_in_where_it_lands(open_page: OpenPage, built_site: Path) -> None:
    viewer = open_page(built_site / "index.html")
    viewer.run("viewer.look({...viewer.camera, scale: 40})")
    viewer.settle()
    box = viewer.box
    place = (box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.45)
    held, before = viewer.under(*place), viewer.camera[2]
    viewer.page.mouse.dblclick(*place)
    viewer.settle()
    assert viewer.camera[2] == pytest.approx(2 * before, rel=0.01)
    assert viewer.under(*place) == pytest.approx(held, abs=1 / viewer.camera[2])
    assert viewer.opened == -1


def test_a_drag_let_go_in_motion_glides_on_and_comes_to_rest(open_page: OpenPage, built_site: Path) -> None:
    viewer = open_page(built_site / "index.html", before=STOPPED_CLOCK)
    viewer.run("viewer.look({...viewer.camera, scale: 90})")
    viewer.settle()
    # pointer events of one drag, 8 ms and 14 px apart
    moved = viewer.page.evaluate("""() => {
      const viewer = Brandscape.viewers[0], canvas = document.querySelector(".viewer__canvas");
      const box = canvas.getBoundingClientRect();
      canvas.setPointerCapture = () => {};
      const send = (type, x) => canvas.dispatchEvent(new PointerEvent(type, {
        pointerId: 1, button: 0, bubbles: true, pointerType: "mouse", clientX: box.left + x, clientY: box.top + 200,
      }));
      send("pointerdown", 500);
      for (let x = 500; x >= 400; x -= 14) { send("pointermove", x); pass(8); }
      const held = viewer.camera.x;
      send("pointerup", 402);
      return [held, viewer.isMoving];
    }""")
    viewer.settle()
    assert moved[1]
    assert viewer.camera[0] > moved[0] + 0.2
    assert not viewer.run("viewer.isMoving")


def test_a_trackpads_sideways_stroke_pans_and_does_not_zoom(open_page: OpenPage, built_site: Path) -> None:
    viewer = open_page(built_site / "index.html", reduced_motion="reduce")
    viewer.run("viewer.look({...viewer.camera, scale: 120})")
    viewer.settle()
    box, before = viewer.box, viewer.camera
    viewer.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    viewer.wheel(60, 4)
    viewer.wait_for(f"Math.abs(viewer.camera.x - {before[0] + 0.5}) < 0.01")
    assert viewer.camera[1:] == before[1:]
