"""What a reader does with the viewer: open posts, filter, follow links, use keys or a finger, miss a file."""

from __future__ import annotations

import itertools
import json
import os
import random
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.support.viewer_page import HASTE, STOPPED_CLOCK, OpenPage, ViewerPage

pytestmark = pytest.mark.browser

GROUND = {"light": (0xED, 0xEB, 0xE6), "dark": (0x1B, 0x1B, 0x19)}


@pytest.fixture(scope="module")
def report(built_site: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((built_site / "data/report.json").read_text(encoding="utf-8"))
    return content


def _middle(post: dict[str, Any]) -> tuple[float, float]:
    return post["column"] + 0.5, post["line"] + 0.5


def _check_card(viewer: ViewerPage, post: dict[str, Any], report: dict[str, Any]) -> None:
    """The card is open and speaks of `post`."""
    card = viewer.page.locator("[data-card-root]")
    viewer.page.wait_for_selector(f'[data-card="permalink"][href="{post["permalink"]}"]')
    assert card.is_visible()
    names = {brand["key"]: brand["name"] for brand in report["brands"]}
    assert card.locator('[data-card="brand"]').text_content() == names[post["brand"]]
    assert card.locator('[data-card="caption"]').text_content() == post["caption"]
    picture = card.locator('[data-card="picture"]').get_attribute("src")
    assert picture is not None and picture.endswith(post["picture"])


@pytest.mark.parametrize("ratio", [1, 2, 3])
def test_a_click_opens_the_post_under_it(
    open_page: OpenPage, built_site: Path, report: dict[str, Any], ratio: int
) -> None:
    viewer = open_page(
        built_site / "index.html", size=(900, 700), device_scale_factor=ratio, reduced_motion="reduce", before=HASTE
    )
    width, box = viewer.run("viewer.view.width"), viewer.box
    assert viewer.page.evaluate("document.querySelector('.viewer__canvas').width") == round(width * min(ratio, 2))
    chosen = random.Random(ratio).sample(report["posts"], 9)
    for post, scale in zip(chosen, itertools.cycle((20, 37.5, 90)), strict=False):
        x, y = _middle(post)
        # somewhere in the left half, where no card lies
        viewer.look(x + box["width"] / 5 / scale, y - 40 / scale, scale)
        px, py = viewer.at(x + 0.3, y - 0.3)
        viewer.page.mouse.click(px, py)
        _check_card(viewer, post, report)
        assert report["posts"][viewer.opened] is post
    assert viewer.faults == []


def test_a_drag_opens_nothing_and_carries_what_is_held(open_page: OpenPage, built_site: Path) -> None:
    viewer = open_page(built_site / "index.html", reduced_motion="reduce", before=HASTE)
    viewer.run("viewer.look({...viewer.camera, scale: 120})")
    box = viewer.box
    px, py = round(box["x"] + box["width"] / 2), round(box["y"] + box["height"] / 2)
    for dx, dy in ((80, 0), (-150, 40), (9, 9), (0, -120)):
        held = viewer.under(px, py)
        viewer.page.mouse.move(px, py)
        viewer.page.mouse.down()
        viewer.page.mouse.move(px + dx, py + dy, steps=4)
        now = viewer.under(px + dx, py + dy)
        viewer.page.mouse.up()
        assert np.hypot(now[0] - held[0], now[1] - held[1]) * 120 < 1
        viewer.wait_out(300)
        assert viewer.opened == -1


def _shown(viewer: ViewerPage) -> str:
    return str(viewer.page.locator("[data-count]").text_content())


def test_filters_show_as_many_as_the_report_counts(
    open_page: OpenPage, built_site: Path, report: dict[str, Any]
) -> None:
    viewer = open_page(built_site / "index.html", reduced_motion="reduce", before=HASTE)
    posts = report["posts"]
    brands = [brand["key"] for brand in report["brands"]]
    clusters = [cluster["key"] for cluster in report["clusters"]]
    assert len(brands) == 4 and len(clusters) >= 2
    noise = ["noise"] if any(post["cluster"] is None for post in posts) else []
    choices = [[], *([key] for key in brands), brands[:2]], [[], *([key] for key in [*clusters, *noise]), clusters[:2]]
    for by_brand, by_cluster in itertools.product(*choices):
        expected = sum(
            (not by_brand or post["brand"] in by_brand)
            and (not by_cluster or (post["cluster"] or "noise") in by_cluster)
            for post in posts
        )
        viewer.run("viewer.filterPanel.choose({brands: values[0], clusters: values[1]})", by_brand, by_cluster)
        whole = f"{len(posts)} images"
        assert _shown(viewer) == (f"{expected} of {whole}" if by_brand or by_cluster else whole)


def test_ticking_a_brand_hides_the_others(open_page: OpenPage, built_site: Path, report: dict[str, Any]) -> None:
    viewer = open_page(built_site / "index.html", reduced_motion="reduce", before=HASTE)
    page, posts = viewer.page, report["posts"]
    page.get_by_role("button", name="Brands", exact=True).click()
    for brand in report["brands"]:
        row = page.locator("[data-panel] li").filter(has_text=brand["name"])
        assert row.locator(".choices__amount").text_content() == str(brand["posts"])
        row.locator("input").check()
        assert _shown(viewer) == f"{brand['posts']} of {len(posts)} images"
        row.locator("input").uncheck()
    key = report["brands"][1]["key"]
    page.locator("[data-panel] li").filter(has_text=report["brands"][1]["name"]).locator("input").check()
    page.keyboard.press("Escape")
    other = next(post for post in posts if post["brand"] != key)
    same = next(post for post in posts if post["brand"] == key)
    for post, opens in ((other, False), (same, True)):
        x, y = _middle(post)
        viewer.look(x + 3, y, 60)
        page.mouse.click(*viewer.at(x, y))
        viewer.wait_out(300)
        assert (viewer.opened >= 0) is opens
    assert f"b={key}" in page.url
    page.get_by_role("button", name="Show all").click()
    assert _shown(viewer) == f"{len(posts)} images"


def test_a_link_restores_view_filter_and_post_and_back_closes_the_card(
    open_page: OpenPage, built_site: Path, report: dict[str, Any]
) -> None:
    brand = report["brands"][2]
    own = [post for post in report["posts"] if post["brand"] == brand["key"]]
    # far from the edges, where a view may lie
    middle = [max(post[place] for post in report["posts"]) / 2 for place in ("column", "line")]
    post = min(own, key=lambda post: abs(post["column"] - middle[0]) + abs(post["line"] - middle[1]))
    x, y = _middle(post)
    viewer = open_page(
        built_site / "index.html",
        f"#v={x + 2},{y},90.5&b={brand['key']}&p={post['id']}",
        reduced_motion="reduce",
        before=HASTE,
    )
    _check_card(viewer, post, report)
    assert viewer.camera == pytest.approx((x + 2, y, 90.5), abs=0.5)
    assert _shown(viewer) == f"{brand['posts']} of {len(report['posts'])} images"
    viewer.page.locator('[data-card="close"]').click()
    assert viewer.opened == -1

    # a card opened by hand is a step of its own
    viewer.wait_for("!location.hash.includes('p=')")
    viewer.page.mouse.click(*viewer.at(x, y))
    _check_card(viewer, post, report)
    viewer.wait_for(f"location.hash.includes('p={post['id']}')")
    address = viewer.page.url
    viewer.page.go_back()
    viewer.page.locator("[data-card-root]").wait_for(state="hidden")
    assert viewer.page.url != address and f"b={brand['key']}" in viewer.page.url
    assert _shown(viewer) == f"{brand['posts']} of {len(report['posts'])} images"
    viewer.page.go_forward()
    _check_card(viewer, post, report)
    assert viewer.faults == []


MALFORMED = (
    "#v=",
    "#v=1,2",
    "#v=NaN,1,2",
    "#v=1,2,-3",
    "#v=1e999,0,1",
    "#v=1,2,3,4",
    "#v=-1e9,1e9,1e-9",
    "#v=%,%,%",
    "#b=%E0%A4%A",
    "#b=nobody,__proto__,constructor",
    "#c=c999,,,%00",
    "#p=%F0%28%8C%28",
    "#p=nothing-has-this-id",
    "#p=<img src=x onerror=alert(1)>",
    "#v=v=v&b==&c&p&&=&",
    "#" + "b=x," * 3000,
)


def test_a_malformed_address_is_ignored(open_page: OpenPage, built_site: Path, report: dict[str, Any]) -> None:
    viewer = open_page(built_site / "index.html", reduced_motion="reduce", before=HASTE)
    whole = f"{len(report['posts'])} images"
    for hash_ in MALFORMED:
        viewer.page.evaluate("(hash) => { location.hash = hash; }", hash_)
        viewer.settle()
        assert np.isfinite(viewer.camera).all() and viewer.camera[2] > 1, hash_
        assert _shown(viewer) == whole, hash_
        assert viewer.opened == -1, hash_
    viewer.page.goto((built_site / "index.html").as_uri() + MALFORMED[8])
    viewer.page.reload()
    viewer.settle()
    assert _shown(viewer) == whole
    assert viewer.faults == []


def _focused(viewer: ViewerPage) -> str:
    return str(viewer.page.evaluate("document.activeElement.tagName + ' ' + document.activeElement.textContent"))


def _tab_to(viewer: ViewerPage, start: str) -> None:
    for _ in range(200):  # once round the page: some browsers start at what was last scrolled to
        if _focused(viewer).startswith(start):
            return
        viewer.page.keyboard.press("Tab")
    pytest.fail(f"Tab never reaches {start}")


def test_everything_can_be_done_with_keys(open_page: OpenPage, built_site: Path, report: dict[str, Any]) -> None:
    viewer = open_page(built_site / "index.html", reduced_motion="reduce", before=HASTE)
    keys, posts = viewer.page.keyboard, report["posts"]
    _tab_to(viewer, "BUTTON Brands")
    keys.press("Space")
    keys.press("Space")
    assert _shown(viewer) == f"{report['brands'][0]['posts']} of {len(posts)} images"
    keys.press("Tab")
    keys.press("Space")
    two = sum(brand["posts"] for brand in report["brands"][:2])
    assert _shown(viewer) == f"{two} of {len(posts)} images"
    keys.press("Escape")
    assert _focused(viewer).startswith("BUTTON Brands")
    _tab_to(viewer, "BUTTON Show all")
    keys.press("Enter")
    assert _shown(viewer) == f"{len(posts)} images"

    _tab_to(viewer, "CANVAS")
    fit = viewer.camera
    for key in "++=":
        keys.press(key)
        viewer.settle()
    near = viewer.camera
    assert near[2] > 3 * fit[2]
    moved = {}
    for key in ("ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"):
        before = viewer.camera
        keys.press(key)
        moved[key] = (np.sign(viewer.camera[0] - before[0]), np.sign(viewer.camera[1] - before[1]))
    assert moved == {"ArrowLeft": (-1, 0), "ArrowRight": (1, 0), "ArrowUp": (0, -1), "ArrowDown": (0, 1)}
    keys.press("-")
    viewer.settle()
    assert viewer.camera[2] < near[2]

    cell = viewer.run("viewer.focused")
    keys.press("Shift+ArrowRight")
    assert viewer.run("viewer.focused % viewer.mosaic.columns") > cell % viewer.run("viewer.mosaic.columns")
    post = posts[viewer.run("viewer.mosaic.postAt[viewer.focused]")]
    keys.press("Enter")
    _check_card(viewer, post, report)
    assert viewer.page.evaluate("document.activeElement.closest('[data-card-root]') !== null")
    keys.press("Escape")
    assert viewer.opened == -1 and viewer.page.locator("[data-card-root]").is_hidden()
    assert _focused(viewer).startswith("CANVAS")
    keys.press("0")
    viewer.settle()
    assert viewer.camera == pytest.approx(fit)
    assert viewer.faults == []


def test_a_tap_on_a_phone_opens_the_post_and_leaves_it_in_view(
    open_page: OpenPage, built_site: Path, report: dict[str, Any]
) -> None:
    viewer = open_page(
        built_site / "index.html", size=(390, 844), device_scale_factor=3, has_touch=True, is_mobile=True, before=HASTE
    )
    for post in random.Random(5).sample(report["posts"], 5):
        # a tall screen has a map of its own
        cell, columns = viewer.run(
            "[viewer.mosaic.cellOf[values[0]], viewer.mosaic.columns]", report["posts"].index(post)
        )
        x, y = cell % columns + 0.5, cell // columns + 0.5
        viewer.look(x, y + 2, 40)
        viewer.page.touchscreen.tap(*viewer.at(x, y))
        _check_card(viewer, post, report)
        viewer.settle()
        card = viewer.page.locator("[data-card-root]").bounding_box()
        assert card["x"] == 0 and card["width"] == 390
        assert viewer.at(x, y + 0.5)[1] <= card["y"]
        viewer.page.locator('[data-card="close"]').tap()
        viewer.wait_for("viewer.opened === -1")


def _copy_without(site: Path, folder: Path, *patterns: str) -> Path:
    """The site as links into a folder of its own, less the files that match."""
    shutil.copytree(site, folder, copy_function=os.link)
    for pattern in patterns:
        for path in list(folder.glob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    return folder / "index.html"


def test_without_its_tiles_the_page_says_so_and_stays_usable(
    open_page: OpenPage, built_site: Path, tmp_path: Path, report: dict[str, Any]
) -> None:
    viewer = open_page(_copy_without(built_site, tmp_path / "site", "mosaics/*_files"), before=HASTE)
    assert "extract all files" in str(viewer.page.locator("[data-problem]").text_content())
    assert viewer.page.locator("[data-problem]").is_visible()
    post = report["posts"][7]
    x, y = _middle(post)
    viewer.look(x + 3, y - 1, 40)
    viewer.page.mouse.click(*viewer.at(x, y))
    _check_card(viewer, post, report)
    viewer.settle()
    colours = np.unique(viewer.picture().reshape(-1, 3), axis=0)
    assert len(colours) > 200  # the overview, enlarged
    assert [fault for fault in viewer.faults if "ERR_FILE_NOT_FOUND" not in fault] == []


@pytest.mark.parametrize("lost", ["data/posts.js", "data/mosaic-all.js", "data/*.js"])
def test_without_its_data_the_page_says_so_and_shows_the_overview(
    open_page: OpenPage, built_site: Path, tmp_path: Path, lost: str
) -> None:
    viewer = open_page(_copy_without(built_site, tmp_path / "site", lost), settle=False)
    assert viewer.page.locator("[data-problem]").is_visible()
    assert "extract all files" in str(viewer.page.locator("[data-problem]").text_content())
    assert viewer.page.locator("[data-overview]").is_visible()
    assert [fault for fault in viewer.faults if "ERR_FILE_NOT_FOUND" not in fault] == []


def test_without_the_texts_a_card_shows_what_is_known(
    open_page: OpenPage, built_site: Path, tmp_path: Path, report: dict[str, Any]
) -> None:
    site = _copy_without(built_site, tmp_path / "site", "data/details-*.js", "data/pictures.js")
    viewer = open_page(site, reduced_motion="reduce", before=HASTE)
    post = report["posts"][11]
    x, y = _middle(post)
    viewer.look(x + 3, y - 1, 40)
    viewer.page.mouse.click(*viewer.at(x, y))
    viewer.page.locator("[data-card-root]").wait_for()
    assert viewer.opened == 11
    assert str(post["likes"]) in str(viewer.page.locator('[data-card="likes"]').text_content())
    viewer.page.keyboard.press("Escape")
    assert viewer.opened == -1
    assert [fault for fault in viewer.faults if "ERR_FILE_NOT_FOUND" not in fault] == []


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_with_scripts_off_the_flat_mosaic_is_shown(
    open_page: OpenPage, built_site: Path, size: tuple[int, int]
) -> None:
    viewer = open_page(built_site / "index.html", size=size, java_script_enabled=False, settle=False)
    flat = viewer.page.locator(".viewer__flat")
    flat.scroll_into_view_if_needed()
    assert flat.is_visible()
    box = flat.bounding_box()
    assert box["width"] > 0.5 * size[0]
    around = viewer.page.locator("[data-viewer]").bounding_box()
    room = around["y"] + around["height"] - box["y"] - box["height"]
    assert 0 <= room < 40


def test_reduced_motion_jumps(open_page: OpenPage, built_site: Path) -> None:
    two_frames = "(document.querySelector('[data-zoom-in]').click(), pass(40), [viewer.camera.scale, viewer.isMoving])"
    calm = open_page(built_site / "index.html", reduced_motion="reduce", before=STOPPED_CLOCK)
    fit = calm.camera[2]
    scale, moving = calm.run(two_frames)
    assert scale == pytest.approx(1.6 * fit) and not moving
    lively = open_page(built_site / "index.html", before=STOPPED_CLOCK)
    scale, moving = lively.run(two_frames)
    assert fit < scale < 1.59 * fit and moving
    lively.pass_time(300)
    assert lively.camera[2] == pytest.approx(1.6 * fit) and not lively.run("viewer.isMoving")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_empty_cell_has_the_page_s_ground(
    open_page: OpenPage, built_site: Path, report: dict[str, Any], scheme: str
) -> None:
    viewer = open_page(built_site / "index.html", color_scheme=scheme)
    taken = {(post["column"], post["line"]) for post in report["posts"]}
    columns, lines = viewer.run("[viewer.mosaic.columns, viewer.mosaic.lines]")
    empty = [
        cell
        for cell in itertools.product(range(columns), range(lines))
        if cell not in taken and (cell[0] + 1, cell[1]) in taken
    ]
    for column, line in random.Random(1).sample(empty, 5):
        viewer.look(column + 1, line + 0.5, 40)
        viewer.settle()
        picture = viewer.picture().astype(int)
        y, x = picture.shape[0] // 2, picture.shape[1] // 2
        assert np.abs(picture[y - 15 : y + 15, x - 35 : x - 5] - GROUND[scheme]).max() <= 1
        assert np.abs(picture[y - 15 : y + 15, x + 5 : x + 35] - GROUND[scheme]).mean() > 10
