"""A post beside an image near to it: how near they are, where in their pictures that lies, what a reader can do."""

from __future__ import annotations

import base64
import io
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from generator.mosaics.script import read_call
from tests.support.viewer_page import HASTE, OpenPage, ViewerPage

pytestmark = pytest.mark.browser

POST = 44
SIDE = 8
TONES = 3
_SMALL = """(controls) => controls.map((control) => control.getBoundingClientRect())
  .filter(({ width, height }) => Math.min(width, height) < 24)"""


@pytest.fixture(scope="module")
def told(built_site: Path) -> dict[str, Any]:
    """What the viewer is told of the posts."""
    told: dict[str, Any] = _call(built_site, "posts")[0]
    assert [facet["key"] for facet in told["facets"] if facet["marks"]]
    return told


@pytest.fixture(scope="module")
def report(built_site: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((built_site / "data/report.json").read_text(encoding="utf-8"))
    return content


def _call(site: Path, name: str) -> list[Any]:
    return read_call((site / f"data/{name}.js").read_text(encoding="utf-8"))


class _Pair:
    """What Python wrote of a post and the image at `rank` of those nearest to it."""

    def __init__(self, site: Path, told: dict[str, Any], post: int, rank: int) -> None:
        chunk, place = divmod(post, told["why"])
        near, text = _call(site, f"why-{told['maps'][0]['key']}-{chunk:03d}")[2][place]
        facets = told["facets"]
        marked = [facet["key"] for facet in facets if facet["marks"]]
        size = len(facets) + TONES + 2 * SIDE * len(marked)
        record = np.frombuffer(base64.b64decode(text), np.uint8).reshape(-1, size)[rank]
        self.other: int = near[rank]
        percents = [value if value < 99 else 99 + (value - 99) / 10 for value in record.tolist()]
        self.shares = dict(zip((facet["key"] for facet in facets), percents, strict=False))
        tones = record[len(facets) : len(facets) + TONES]
        self.tones = [told["tones"][tone - 1] for tone in tones[tones > 0]]
        masks = np.unpackbits(record[len(facets) + TONES :], bitorder="little").reshape(len(marked), 2, SIDE, SIDE)
        self.regions = dict(zip(marked, masks.astype(bool), strict=True))


def _open_post(viewer: ViewerPage, post: int) -> None:
    cell, columns = viewer.run("[viewer.mosaic.cellOf[values[0]], viewer.mosaic.columns]", post)
    viewer.look(cell % columns + 0.5, cell // columns + 0.5, 60)
    viewer.settle()
    viewer.page.mouse.click(*viewer.at(viewer.camera[0], viewer.camera[1]))
    viewer.wait_for(f"viewer.opened === {post}")
    viewer.page.locator("[data-card=near] li").first.wait_for()


def _ask_why(viewer: ViewerPage) -> None:
    viewer.page.get_by_role("button", name="Why these?").click()
    _wait_for_pair(viewer)


def _wait_for_pair(viewer: ViewerPage) -> None:
    viewer.page.wait_for_function(
        "() => [...document.querySelectorAll('.comparison img')].every((image) => image.complete && image.naturalWidth)"
    )


@pytest.fixture
def viewer(open_page: OpenPage, built_site: Path) -> ViewerPage:
    opened = open_page(built_site / "index.html", reduced_motion="reduce", before=HASTE)
    _open_post(opened, POST)
    return opened


def _source(viewer: ViewerPage, side: int) -> str:
    return str(viewer.page.locator(".comparison img").nth(side).get_attribute("src"))


def test_every_near_image_is_compared_with_the_figures_that_python_wrote(
    viewer: ViewerPage, built_site: Path, told: dict[str, Any], report: dict[str, Any]
) -> None:
    page = viewer.page
    _ask_why(viewer)
    names = {brand["key"]: brand["name"] for brand in report["brands"]}
    for rank in range(10):
        pair = _Pair(built_site, told, POST, rank)
        _wait_for_pair(viewer)
        assert page.locator("[data-near=rank]").inner_text() == f"{rank + 1} of 10"
        assert _source(viewer, 0).endswith(report["posts"][POST]["picture"])
        assert _source(viewer, 1).endswith(report["posts"][pair.other]["picture"])
        assert page.locator(".comparison bdi").all_inner_texts() == [
            names[report["posts"][post]["brand"]] for post in (POST, pair.other)
        ]
        for row, facet in zip(page.locator(".facet").all(), told["facets"], strict=True):
            share = f"{pair.shares[facet['key']]:.1f}".removesuffix(".0")
            assert row.locator(".facet__name > span").first.inner_text() == facet["name"]
            assert row.locator(".facet__said").inner_text() == f"nearer than {share}% of pairs"
            assert row.locator("i").last.evaluate("(bar) => bar.style.width") == f"{share}%"
            assert (row.locator("input").count() == 1) is facet["marks"]
        tones = page.locator(".facet__tone").evaluate_all(
            "(tones) => tones.map((tone) => tone.style.getPropertyValue('--colour'))"
        )
        assert tones == pair.tones
        pressed = page.locator("[data-card=near] li button").evaluate_all(
            "(buttons) => buttons.map((button) => button.getAttribute('aria-pressed'))"
        )
        assert pressed == [str(place == rank).lower() for place in range(10)]
        page.get_by_role("button", name="Next near image").click()
    assert page.locator("[data-near=rank]").inner_text() == "1 of 10"
    page.get_by_role("button", name="Previous near image").click()
    assert page.locator("[data-near=rank]").inner_text() == "10 of 10"
    page.locator("[data-card=near] li button").nth(3).click()
    assert page.locator("[data-near=rank]").inner_text() == "4 of 10" and viewer.opened == POST
    assert viewer.faults == []


def _picture(viewer: ViewerPage, side: int) -> NDArray[np.float64]:
    """What is seen of one of the two pictures, in cells of the same size."""
    data = viewer.page.locator(".comparison__frame").nth(side).screenshot()
    with Image.open(io.BytesIO(data)) as image:
        return np.asarray(image.convert("RGB").resize((SIDE * 16, SIDE * 16)), np.float64)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_regions_are_lit_where_python_says_and_the_rest_is_dimmed(
    open_page: OpenPage, built_site: Path, told: dict[str, Any], scheme: str
) -> None:
    viewer = open_page(built_site / "index.html", reduced_motion="reduce", before=HASTE, color_scheme=scheme)
    page = viewer.page
    _open_post(viewer, POST)
    _ask_why(viewer)
    pair = _Pair(built_site, told, POST, 0)
    whole = page.get_by_role("button", name="Whole images")
    whole.click()
    assert page.locator(".is-dimmed").count() == 0 and page.locator(".facet :checked").count() == 0
    plain = [_picture(viewer, side) for side in (0, 1)]
    checked = 0
    for facet in told["facets"]:
        if not facet["marks"]:
            continue
        page.get_by_role("radio", name=facet["name"]).check()
        assert whole.get_attribute("aria-pressed") == "false" and page.locator("[data-comparison=lit]").inner_text()
        for side in (0, 1):
            mask = np.pad(pair.regions[facet["key"]][side], 1, mode="edge")
            around = np.lib.stride_tricks.sliding_window_view(mask, (3, 3)).reshape(SIDE, SIDE, 9)
            seen = np.abs(_picture(viewer, side) - plain[side]).mean(axis=2)
            cells = seen.reshape(SIDE, 16, SIDE, 16)[:, 5:11, :, 5:11].mean(axis=(1, 3))
            # deep inside a region nothing changes, far from any much does
            assert cells[around.all(axis=2)].max(initial=0) < 3
            far = cells[~around.any(axis=2)]
            assert len(far) == 0 or np.median(far) > 12
            checked += int(around.all(axis=2).sum() > 0) + int(len(far) > 0)
    assert checked >= 4
    whole.click()
    assert np.abs(_picture(viewer, 0) - plain[0]).mean() < 0.5
    # the facet chosen last is lit again
    whole.click()
    assert page.get_by_role("radio", name=told["facets"][-1]["name"]).is_checked()
    assert viewer.faults == []


@pytest.mark.parametrize("size", [(1440, 900), (1024, 700), (390, 844)])
def test_both_pictures_are_whole_and_of_one_height_on_any_screen(
    open_page: OpenPage, built_site: Path, size: tuple[int, int]
) -> None:
    viewer = open_page(built_site / "index.html", size=size, reduced_motion="reduce", before=HASTE)
    page = viewer.page
    _open_post(viewer, POST)
    _ask_why(viewer)
    boxes = [frame.bounding_box() for frame in page.locator(".comparison__frame").all()]
    card = page.locator("[data-card-root]").bounding_box()
    assert card is not None and card["x"] >= 0 and card["x"] + card["width"] <= size[0]
    for box, ratio in zip(
        boxes,
        page.locator(".comparison img").evaluate_all("(all) => all.map((one) => one.naturalWidth / one.naturalHeight)"),
        strict=True,
    ):
        assert box is not None and box["height"] >= 150
        assert box["width"] / box["height"] == pytest.approx(ratio, rel=0.02)
        assert card["x"] <= box["x"] and box["x"] + box["width"] <= card["x"] + card["width"]
    assert boxes[0] is not None and boxes[1] is not None
    assert boxes[0]["height"] == pytest.approx(boxes[1]["height"], abs=1)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    small = page.locator(".viewer__card :is(button, label):visible").evaluate_all(_SMALL)
    assert small == [] and viewer.faults == []


def test_the_comparison_is_used_by_the_keyboard_alone(
    viewer: ViewerPage, built_site: Path, told: dict[str, Any]
) -> None:
    page = viewer.page
    page.get_by_role("button", name="Why these?").focus()
    page.keyboard.press("Enter")
    _wait_for_pair(viewer)
    focused = "document.activeElement.dataset"
    assert page.evaluate(f"{focused}.near") == "leave"
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate(f"{focused}.near") == "on"
    page.keyboard.press("Enter")
    assert page.locator("[data-near=rank]").inner_text() == "2 of 10"
    # the facets that can be lit are one group of radio buttons, the first of them chosen
    marked = [facet["name"] for facet in told["facets"] if facet["marks"]]
    assert page.get_by_role("radio", name=marked[0]).is_checked()
    page.get_by_role("radio", name=marked[0]).focus()
    page.keyboard.press("ArrowDown")
    assert page.get_by_role("radio", name=marked[1]).is_checked()
    # Escape leaves the comparison first and the card then
    page.keyboard.press("Escape")
    assert page.locator(".comparison").is_hidden() and viewer.opened == POST
    assert page.evaluate(f"{focused}.near") == "why"
    assert page.locator("[data-card=picture]").is_visible()
    page.keyboard.press("Escape")
    assert viewer.opened == -1
    assert viewer.faults == []


def test_the_other_image_is_opened_and_a_click_on_a_near_one_opens_it_again(
    viewer: ViewerPage, built_site: Path, told: dict[str, Any]
) -> None:
    page = viewer.page
    _ask_why(viewer)
    page.get_by_role("button", name="Next near image").click()
    other = _Pair(built_site, told, POST, 1).other
    page.get_by_role("button", name="Open this image").click()
    viewer.wait_for(f"viewer.opened === {other}")
    assert page.locator(".comparison").is_hidden() and page.locator("[data-card=picture]").is_visible()
    assert page.evaluate("document.activeElement.dataset.card") == "close"
    page.locator("[data-card=near] li").first.wait_for()
    _ask_why(viewer)
    page.get_by_role("button", name="Back to the post").click()
    near = viewer.run("viewer.records.detailsNow(values[0]).near", other)
    page.locator("[data-card=near] li button").nth(2).click()
    viewer.wait_for(f"viewer.opened === {near[2]}")
    assert viewer.faults == []


def test_a_missing_file_is_said_on_the_card_and_nothing_else_breaks(
    open_page: OpenPage, built_site: Path, told: dict[str, Any], tmp_path: Path
) -> None:
    shutil.copytree(built_site, tmp_path / "site")
    (tmp_path / f"site/data/why-{told['maps'][0]['key']}-{POST // told['why']:03d}.js").unlink()
    viewer = open_page(tmp_path / "site/index.html", reduced_motion="reduce", before=HASTE)
    page = viewer.page
    _open_post(viewer, POST)
    note = page.locator("[data-near=missing]")
    assert note.is_hidden()
    page.get_by_role("button", name="Why these?").click()
    note.wait_for()
    assert page.locator(".comparison").is_hidden() and page.locator("[data-card=picture]").is_visible()
    page.locator("[data-card=near] li button").first.click()
    viewer.wait_for(f"viewer.opened !== {POST}")
    assert [fault for fault in viewer.faults if "ERR_FILE_NOT_FOUND" not in fault] == []


def test_while_brands_are_compared_a_pair_of_images_can_be_too(viewer: ViewerPage) -> None:
    viewer.page.get_by_role("button", name="Compare", exact=True).click()
    _ask_why(viewer)
    viewer.settle()
    card, box = viewer.page.locator("[data-card-root]").bounding_box(), viewer.box
    assert card is not None
    right = viewer.run("Math.max(...viewer.panes.map(({ x }) => x)) + viewer.view.width")
    assert box["x"] + right <= card["x"] + 1
    viewer.page.get_by_role("button", name="Back to the post").click()
    viewer.settle()
    assert viewer.run("Math.max(...viewer.panes.map(({ x }) => x)) + viewer.view.width") > right
    assert viewer.faults == []
