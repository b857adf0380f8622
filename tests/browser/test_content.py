"""Images found by what they show, filtered by it and corrected; names on the map at three zooms; in both languages."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from generator.maps.lattice import Lattice
from generator.mosaics.name_places import break_name
from generator.mosaics.script import encode_mosaic
from generator.mosaics.writer import overview, write_pyramid
from generator.pipeline.mosaic_plans import MosaicPlan, name_mosaic
from generator.report.model import Report
from generator.settings import MosaicSettings
from generator.site.viewer_data import encode_posts
from generator.tags.corrections import read_corrections
from generator.tags.hierarchy import load_hierarchy
from generator.tags.model import ShownTerm, Tags
from generator.text import write_text
from tests.support.once import make_once
from tests.support.sample_report import write_site
from tests.support.territory_sample import make_territory_report
from tests.support.viewer_page import OpenPage, ViewerPage

pytestmark = pytest.mark.browser

WORDS = {
    "en": {"shoes": "shoes", "sandals": "sandals", "watches": "watches", "not": "Not this", "shows": "Shows"},
    "fr": {"shoes": "chaussures", "sandals": "sandales", "watches": "montres", "not": "Pas cela", "shows": "Contenu"},
}
#: Where names are read: the whole, clusters, single images.
READ = """(() => {
  const said = [];
  const pen = CanvasRenderingContext2D.prototype;
  const fill = pen.fillText;
  pen.fillText = function (text, ...at) { said.push(text); return fill.call(this, text, ...at); };
  window.drawnTexts = () => said.splice(0);
})();"""


def _tag(posts: int, lang: str) -> Tags:
    """Every fifth post shows shoes, every tenth of all sandals too; every seventh shows a watch."""
    words = WORDS[lang]
    rows = tuple(
        (*((0,) if index % 5 == 0 else ()), *((1,) if index % 10 == 0 else ()), *((2,) if index % 7 == 3 else ()))
        for index in range(posts)
    )
    terms = (("shoes", None), ("sandals", 0), ("watches", None))
    counts = [sum(place in row for row in rows) for place in range(3)]
    shown = tuple(
        ShownTerm(key, words[key], under, count, None) for (key, under), count in zip(terms, counts, strict=True)
    )
    return Tags(shown, rows)


def _write_content_site(folder: Path, lang: str) -> Report:
    """Write a report with tags, territories and named mosaics, its images of one colour each cluster."""
    count = len(make_territory_report().posts)
    report = make_territory_report(lang=lang, tags=_tag(count, lang))
    write_site(report, folder)
    (folder / "data").mkdir()
    posts = report.posts
    lattice = Lattice(
        max(post.column for post in posts) + 1,
        max(post.line for post in posts) + 1,
        *(np.array([getattr(post, name) for post in posts], np.int32) for name in ("column", "line")),
    )
    images = [Image.new("RGB", (64, 64), tuple((37 * (number + 1) * step) % 256 for step in (1, 3, 5)))
              for number in range(len(report.clusters) + 1)]  # fmt: skip
    of = [len(report.clusters) if post.cluster is None else post.cluster for post in posts]
    borders = [None if post.cluster is None else report.clusters[post.cluster].colour for post in posts]
    pyramid = write_pyramid(
        folder / "mosaics/all", lattice, 64, lambda index: images[of[index]], borders, MosaicSettings(flat_size=400)
    )
    overview(pyramid, folder / "mosaics")
    shutil.copyfile(folder / "mosaics/all.jpg", folder / "mosaics/all-names.jpg")
    plan = MosaicPlan("all", np.arange(count), [post.image for post in posts], borders, lattice)
    scripts = encode_posts(report)
    names = [name.encode(range(count)) for name in name_mosaic(report, plan)]
    scripts["mosaic-all.js"] = encode_mosaic(pyramid, lattice, range(count), names)
    for name, text in scripts.items():
        write_text(folder / "data" / name, text)
    (folder / "images").mkdir()
    for post in posts:
        images[0].save(folder / post.picture)
    return report


@pytest.fixture(scope="module", params=["en", "fr"])
def lang(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, lang: str) -> Path:
    return make_once(tmp_path_factory, f"content-{lang}", lambda folder: _write_content_site(folder, lang) and None)


@pytest.fixture
def viewer(open_page: OpenPage, site: Path) -> ViewerPage:
    return open_page(site / "index.html", reduced_motion="reduce", names=True, before=READ)


def _masked(viewer: ViewerPage) -> list[int]:
    found: list[int] = viewer.run("[...viewer.filterPanel.mask].flatMap((is, post) => (is ? [post] : []))")
    return found


def _type(viewer: ViewerPage, text: str) -> None:
    viewer.page.locator("[data-search]").fill(text)
    viewer.wait_out(200)
    viewer.wait_for("!viewer.filterPanel.isReading")


def test_a_search_finds_what_images_show_in_both_languages_and_says_how(viewer: ViewerPage) -> None:
    count = viewer.run("viewer.records.count")
    for query, step, first in (
        ("sandal", 10, 0),
        ("sandales", 10, 0),
        ("shoes", 5, 0),
        ("montre", 7, 3),
        ("watch", 7, 3),
    ):
        _type(viewer, query)
        # clusters may be called by what they show, and are found by their names too
        by_content = viewer.run("[...viewer.records.tags.setOf.keys()].filter((post) => viewer.howFound(post) & 2)")
        assert by_content == list(range(first, count, step)), query
        assert set(by_content) <= set(_masked(viewer))
    said = viewer.page.locator("[data-count]").inner_text()
    assert str(len(by_content)) in said.split("·")[1]
    viewer.page.keyboard.press("Escape")
    viewer.page.locator("[data-lists]").click()
    for row in viewer.page.locator("[data-rows] li").all()[:12]:
        post = int(row.locator("[data-post]").get_attribute("data-post") or -1)
        assert ("image" in row.inner_text().splitlines()[-1].split(":")[1]) is (post in by_content)
    assert viewer.faults == []


def test_suggestions_come_while_typing_with_counts_and_filter_by_key(viewer: ViewerPage, lang: str) -> None:
    page, words = viewer.page, WORDS[lang]
    field, options = page.locator("[data-search]"), page.locator("[data-offers] li")
    field.press_sequentially(words["shoes"][:3])
    options.first.wait_for()
    first = options.first.inner_text().split("\n")
    shown = int(viewer.run("viewer.records.tags.terms[0].amount"))
    assert first[0] == words["shoes"] and any(str(shown) in part for part in first)
    assert field.get_attribute("aria-expanded") == "true"
    field.press("ArrowDown")
    assert options.first.get_attribute("aria-selected") == "true"
    assert field.get_attribute("aria-activedescendant") == options.first.get_attribute("id")
    field.press("Enter")
    viewer.wait_for(f"viewer.filterPanel.shown === {shown}")
    assert field.input_value() == "" and page.locator("[data-offers]").is_hidden()
    viewer.wait_for("location.hash.includes('t=shoes')")
    page.reload()
    viewer.settle()
    assert viewer.run("viewer.filterPanel.shown") == shown
    assert viewer.faults == []


def test_the_list_of_what_images_show_filters_beside_brands_and_follows_the_tree(viewer: ViewerPage, lang: str) -> None:
    page, words = viewer.page, WORDS[lang]
    page.get_by_role("button", name=words["shows"], exact=True).click()
    labels = page.locator("[data-list=tag] label")
    assert [text.split("\n")[0] for text in labels.all_inner_texts()] == [
        words[key] for key in ("shoes", "sandals", "watches")
    ]
    lefts = [labels.nth(place).locator("input").bounding_box()["x"] for place in range(3)]  # type: ignore[index]
    assert lefts[1] > lefts[0] == lefts[2]
    labels.nth(1).locator("input").check()
    labels.nth(2).locator("input").check()
    count = viewer.run("viewer.records.count")
    assert _masked(viewer) == sorted({*range(0, count, 10), *range(3, count, 7)})
    viewer.run("viewer.filterPanel.choose({brands: [viewer.records.brands[0].key], tags: ['sandals']})")
    brand = viewer.run("[...viewer.records.brand]")
    assert _masked(viewer) == [post for post in range(0, count, 10) if brand[post] == 0]
    assert viewer.faults == []


def test_a_territory_is_chosen_whole_in_the_list_of_clusters(viewer: ViewerPage) -> None:
    page = viewer.page
    page.locator("[aria-controls=cluster-all]").click()
    heads = page.locator(".choices__group")
    territories = viewer.run("viewer.records.territories.map(({clusters}) => clusters)")
    assert heads.count() == len(territories)
    heads.first.locator("input").check()
    cluster = viewer.run("[...viewer.records.cluster]")
    assert _masked(viewer) == [post for post, of in enumerate(cluster) if of in territories[0]]
    page.locator(".choices__group + li input").first.uncheck()
    if len(territories[0]) > 1:
        assert heads.first.locator("input").evaluate("(box) => box.indeterminate")


def test_the_card_names_what_its_image_shows_and_gathers_what_is_wrong(
    viewer: ViewerPage, lang: str, tmp_path: Path
) -> None:
    page, words = viewer.page, WORDS[lang]
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    viewer.run("viewer.filterPanel.choose({tags: ['sandals']})")
    page.locator("[data-lists]").click()
    page.locator("[data-rows] button").first.click()
    post = viewer.opened
    assert page.locator("[data-tags=paths] li span").first.inner_text() == f"{words['shoes']} › {words['sandals']}"
    page.get_by_role("button", name=f"{words['not']}: {words['sandals']}").click()
    with page.expect_download() as waiting:
        page.locator("[data-tags=save]").click()
    assert waiting.value.suggested_filename == "tags.toml"
    path = tmp_path / "tags.toml"
    waiting.value.save_as(path)
    identity = viewer.run("viewer.records.detailsNow(values[0]).id", post)
    assert read_corrections(path, load_hierarchy()).without == (("sandals", (identity,)),)
    page.get_by_role("button", name=words["shoes"], exact=True).first.click()
    assert len(_masked(viewer)) == len(range(0, viewer.run("viewer.records.count"), 5))
    # taken back, nothing is left to be saved
    page.get_by_role("button", name=f"{words['not']}: {words['sandals']}").click()
    assert page.locator("[data-tags=save]").is_hidden()
    assert asked == [] and viewer.faults == []


def _read_names(viewer: ViewerPage) -> list[str]:
    """Draw a frame and return the names on it, their lines joined by spaces."""
    viewer.run("drawnTexts()")
    viewer.run("viewer.look({...viewer.camera, scale: viewer.camera.scale * 1.0001})")
    viewer.settle()
    said: list[str] = viewer.run("drawnTexts()")
    return list(dict.fromkeys(said))


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_names_are_read_at_three_zooms(open_page: OpenPage, site: Path, size: tuple[int, int]) -> None:
    viewer = open_page(site / "index.html", size=size, reduced_motion="reduce", names=True, before=READ)
    territories, clusters = (
        viewer.run(f"viewer.records.{kind}.flatMap(({{name, colour}}) => (colour ? [name] : []))")
        for kind in ("territories", "clusters")
    )
    whole = _read_names(viewer)
    assert whole and set(whole) <= _lines_of(territories)
    x, y, scale = viewer.camera
    viewer.look(x, y, scale * 2.5)
    near = _read_names(viewer)
    assert near and set(near) <= _lines_of(clusters)
    viewer.look(x, y, 200)
    assert _read_names(viewer) == []
    assert viewer.faults == []


def _lines_of(names: list[str]) -> set[str]:
    return {line for name in names for line in break_name(name)}


#: The names on the map, each with the image that it stands over: its place in cells, its cluster, if it is in view; and
#: if the name is in view whole.
_NAMES_AND_IMAGES = """viewer.names().map((box) => {
  const { mosaic, camera, view, scene } = viewer, [post] = box.name[scene.shape], cell = mosaic.cellOf[post];
  const image = { x: cell % mosaic.columns + 0.5, y: Math.floor(cell / mosaic.columns) + 0.5 };
  const isIn = (value, half, size) => value >= half - 0.01 && value <= size - half + 0.01;
  const holds = (width, height) => ({ x, y }) => isIn(x, width / 2, view.width) && isIn(y, height / 2, view.height);
  return {
    ...box, image, cluster: viewer.records.cluster[post],
    imageIsSeen: holds(0, 0)(Brandscape.camera.toView(camera, view, image)),
    isWhole: holds(box.width, box.height)(Brandscape.camera.toView(camera, view, box)),
  };
})"""


@pytest.mark.parametrize("step", [0, 2, 4])
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_names_are_whole_over_their_images_and_meet_no_other_in_any_form_of_the_map(
    open_page: OpenPage, site: Path, size: tuple[int, int], step: int
) -> None:
    viewer = open_page(
        site / "index.html", f"#f={step}" if step else "", size=size, names=True, reduced_motion="reduce"
    )
    x, y, fit = viewer.camera
    for factor in (1, 1.7, 2.5, 4):
        viewer.look(x, y, fit * factor)
        boxes: list[dict[str, Any]] = viewer.run(_NAMES_AND_IMAGES)
        scale = viewer.camera[2]
        assert boxes or factor > 2
        for one, other in itertools.combinations(boxes, 2):
            assert any(abs(one[at] - other[at]) * scale >= (one[side] + other[side]) / 2 - 0.01
                       for at, side in (("x", "width"), ("y", "height")))  # fmt: skip
        for box in boxes:
            assert box["cluster"] in box["clusters"]
            assert box["isWhole"] or not box["imageIsSeen"]
            assert all(abs(box[at] - box["image"][at]) * scale <= box[side] / 2 + 0.01
                       for at, side in (("x", "width"), ("y", "height")))  # fmt: skip


def test_a_click_on_a_name_filters_and_names_can_be_switched_off(viewer: ViewerPage) -> None:
    box = viewer.run("viewer.names()")[0]
    place = viewer.at(box["x"], box["y"])
    viewer.page.mouse.move(*place)
    assert "is-over" in (viewer.page.locator(".viewer__canvas").get_attribute("class") or "")
    viewer.page.mouse.click(*place)
    cluster = viewer.run("[...viewer.records.cluster]")
    expected = [post for post, of in enumerate(cluster) if of in box["clusters"]]
    viewer.wait_for(f"viewer.filterPanel.shown === {len(expected)}")
    assert _masked(viewer) == expected and viewer.opened == -1
    # only what is shown is named
    assert all(set(one["clusters"]) & set(box["clusters"]) for one in viewer.run("viewer.names()"))
    viewer.page.mouse.click(*place)
    viewer.wait_for(f"viewer.filterPanel.shown === {len(cluster)}")
    viewer.page.locator("[data-names]").click()
    assert viewer.run("viewer.names()") == []
    viewer.wait_for("location.hash.includes('n=0')")
    viewer.page.reload()
    viewer.settle()
    assert viewer.run("viewer.names()") == []
    assert viewer.page.locator("[data-names]").get_attribute("aria-pressed") == "false"
    assert viewer.faults == []


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_suggestions_and_tags_fit_the_screen(open_page: OpenPage, site: Path, lang: str, size: tuple[int, int]) -> None:
    viewer = open_page(site / "index.html", size=size, reduced_motion="reduce")
    page = viewer.page
    page.locator("[data-search]").press_sequentially(WORDS[lang]["shoes"][:2])
    box = page.locator("[data-offers]").bounding_box()
    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= size[0]
    assert all(row.bounding_box()["height"] >= 24 for row in page.locator("[data-offers] li").all())  # type: ignore[index]
    page.keyboard.press("Escape")
    viewer.run("viewer.filterPanel.choose({tags: ['sandals']})")
    page.locator("[data-lists]").click()
    page.locator("[data-rows] button").first.click()
    for button in page.locator("[data-tags] button:visible").all():
        held = button.bounding_box()
        assert held is not None and held["height"] >= 24 and held["x"] + held["width"] <= size[0]
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0] and viewer.faults == []
