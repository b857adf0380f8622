"""What a reader finds, arranges, compares and collects in the viewer, against the same figures reckoned in Python."""

from __future__ import annotations

import csv
import io
import json
import random
import shutil
import unicodedata
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from generator.site.tables import FORMULA_STARTS
from tests.support.viewer_page import HASTE, STOPPED_CLOCK, OpenPage, ViewerPage

pytestmark = pytest.mark.browser

GROUND = (0xED, 0xEB, 0xE6)


@pytest.fixture(scope="module")
def report(built_site: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((built_site / "data/report.json").read_text(encoding="utf-8"))
    return content


@pytest.fixture
def viewer(open_page: OpenPage, built_site: Path) -> ViewerPage:
    return open_page(built_site / "index.html", reduced_motion="reduce", before=HASTE)


def _shown(viewer: ViewerPage) -> int:
    return int(viewer.run("viewer.filterPanel.shown"))


def _masked(viewer: ViewerPage) -> list[int]:
    posts: list[int] = viewer.run("[...viewer.filterPanel.mask.keys()].filter((post) => viewer.filterPanel.mask[post])")
    return posts


def _day(post: dict[str, Any]) -> int:
    """Days since 1970, or -1."""
    if not post["published"]:
        return -1
    published = datetime.fromisoformat(post["published"])
    return (published.replace(tzinfo=published.tzinfo or UTC) - datetime(1970, 1, 1, tzinfo=UTC)).days


def _fold(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.category(c).startswith("M")).lower()


def _search(viewer: ViewerPage, text: str) -> None:
    viewer.run("viewer.filterPanel.seek(values[0])", text)
    viewer.wait_for("!viewer.filterPanel.isReading")


def test_ranges_show_as_many_as_python_counts(viewer: ViewerPage, report: dict[str, Any]) -> None:
    posts = report["posts"]
    brands = [brand["key"] for brand in report["brands"]]
    days = [_day(post) for post in posts]
    chance = random.Random(5)
    for _ in range(60):
        day = sorted(chance.choices(range(min(days) - 3, max(days) + 3), k=2)) if chance.random() < 0.7 else None
        likes = sorted(chance.choices(range(450), k=2)) if chance.random() < 0.7 else None
        chosen = chance.sample(brands, chance.randrange(3))
        expected = [
            index
            for index, post in enumerate(posts)
            if (not chosen or post["brand"] in chosen)
            and (not day or day[0] <= days[index] <= day[1])
            and (not likes or (post["likes"] is not None and likes[0] <= post["likes"] <= likes[1]))
        ]
        viewer.run(
            "viewer.filterPanel.choose({brands: values[0], day: values[1], likes: values[2]})", chosen, day, likes
        )
        assert _masked(viewer) == expected


QUERIES = (
    "look", "LOOK #theme", "#theme", "#them", "éclat", "ECLAT", "noir", "ambre word", '"right to left"', "عطر", "🏳️‍🌈",
    "</script>", "look nothing", "cluster 1", "2", "\N{COMBINING ACUTE ACCENT}",
)  # fmt: skip


def _find(report: dict[str, Any], query: str) -> list[int]:
    """The posts that a search finds."""
    names = {brand["key"]: brand["name"] for brand in report["brands"]}
    clusters = {cluster["key"]: cluster["name"] for cluster in report["clusters"]}
    clusters[None] = "Unclustered"
    words = [_fold(query).strip('"')] if query.startswith('"') else _fold(query).split()

    def has(text: str, word: str) -> bool:
        folded = _fold(text)
        if not word.startswith("#"):
            return word in folded
        ends = (folded[at + len(word) : at + len(word) + 1] for at in range(len(folded)) if folded.startswith(word, at))
        return any(not (end.isalnum() or end == "_") for end in ends)

    return [
        index
        for index, post in enumerate(report["posts"])
        if all(
            any(has(text, word) for text in (post["caption"], names[post["brand"]], clusters[post["cluster"]]))
            for word in words
        )
    ]


def test_a_search_finds_what_python_finds(viewer: ViewerPage, report: dict[str, Any]) -> None:
    for query in QUERIES:
        expected = _find(report, query)
        _search(viewer, query)
        assert _masked(viewer) == expected, query
        assert viewer.page.locator("[data-none]").is_visible() is (not expected), query


def test_a_typed_search_keeps_the_other_choices_and_all_can_be_reset(
    viewer: ViewerPage, report: dict[str, Any]
) -> None:
    page, posts, brand = viewer.page, report["posts"], report["brands"][0]
    before = viewer.camera
    page.get_by_role("button", name="Brands", exact=True).click()
    page.locator("[data-panel] li").filter(has_text=brand["name"]).locator("input").check()
    page.keyboard.press("Escape")
    page.locator("[data-search]").fill("eclat")
    expected = sum(post["brand"] == brand["key"] and "clat" in post["caption"] for post in posts)
    viewer.wait_for(f"viewer.filterPanel.shown === {expected}")
    assert page.locator("[data-count]").text_content() == f"{expected} of {len(posts)} images"
    assert viewer.camera == before
    page.get_by_role("button", name="Show all", exact=True).click()
    assert _shown(viewer) == len(posts)
    assert page.locator("[data-search]").input_value() == ""
    assert page.locator("[data-after]").is_hidden()


def test_a_range_is_chosen_by_its_fields_and_by_its_handles(viewer: ViewerPage, report: dict[str, Any]) -> None:
    page, posts = viewer.page, report["posts"]
    page.get_by_role("button", name="Dates", exact=True).click()
    panel = page.locator("[data-range=day]")
    first = min(filter(lambda day: day >= 0, map(_day, posts)))
    start = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=first + 60)).date().isoformat()
    panel.get_by_label("From").fill(start)
    panel.get_by_label("From").blur()
    assert _shown(viewer) == sum(_day(post) >= first + 60 for post in posts)
    panel.get_by_role("button", name="Any date").click()
    assert _shown(viewer) == len(posts)
    handle = panel.locator("[data-slide='1']").bounding_box()
    assert handle is not None
    y = handle["y"] + handle["height"] / 2
    page.mouse.move(handle["x"] + handle["width"] - 12, y)
    page.mouse.down()
    page.mouse.move(handle["x"] + handle["width"] / 2, y, steps=5)
    page.mouse.up()
    day = viewer.run("viewer.filterPanel.state.day")
    assert day[0] == first and day[1] < max(map(_day, posts))
    assert _shown(viewer) == sum(day[0] <= _day(post) <= day[1] for post in posts)
    assert panel.locator("[data-bars] .is-in").count() < panel.locator("[data-bars] i").count()


def _cell_picture(viewer: ViewerPage, post: int) -> NDArray[np.float64]:
    """What the canvas shows of one post, without its outermost pixels."""
    cell = viewer.run("viewer.mosaic.cellOf[values[0]]", post)
    columns = viewer.run("viewer.mosaic.columns")
    left, top = viewer.at(cell % columns, cell // columns)
    box, side = viewer.box, viewer.camera[2]
    x, y = round(left - box["x"]), round(top - box["y"])
    return viewer.picture()[y + 1 : y + int(side) - 1, x + 1 : x + int(side) - 1].astype(np.float64)


def _look_at_post(viewer: ViewerPage, post: int, scale: float) -> None:
    cell, columns = viewer.run("[viewer.mosaic.cellOf[values[0]], viewer.mosaic.columns]", post)
    viewer.look(cell % columns + 0.5, cell // columns + 0.5, scale)
    viewer.settle()


def _in_months(report: dict[str, Any], first: str, last: str) -> list[int]:
    """The posts from one month to another, both within."""
    return [index for index, post in enumerate(report["posts"]) if first <= post["published"][:7] <= last]


def test_a_walk_through_the_months_plays_pauses_and_shows_what_was_posted(
    open_page: OpenPage, built_site: Path, report: dict[str, Any]
) -> None:
    viewer = open_page(built_site / "index.html", before=STOPPED_CLOCK, reduced_motion="reduce")
    page = viewer.page
    page.get_by_role("button", name="Time", exact=True).click()
    slider = page.get_by_role("slider", name="Month")
    assert slider.get_attribute("aria-valuetext") == "December 2026"
    assert _masked(viewer) == list(range(150))  # nothing vanishes before somebody walks
    page.get_by_role("button", name="Play").press("Enter")  # from the end it begins anew
    assert slider.get_attribute("aria-valuetext") == "January 2026"
    assert page.locator("[data-said]").text_content() == "January 2026"
    viewer.pass_time(950)
    viewer.pass_time(950)
    assert slider.get_attribute("aria-valuetext") == "March 2026"
    assert _masked(viewer) == _in_months(report, "2026-01", "2026-03")
    page.get_by_role("button", name="Pause").click()
    viewer.pass_time(3000)
    assert page.evaluate("location.hash") == "#m=2026-03"
    slider.press("ArrowRight")
    page.get_by_label("Which posts").select_option("during")
    assert _masked(viewer) == _in_months(report, "2026-04", "2026-04")
    page.get_by_role("button", name="Play").click()
    viewer.pass_time(12_000)  # to the end, where it stops
    assert slider.get_attribute("aria-valuetext") == "December 2026"
    assert page.get_by_role("button", name="Play").is_visible()
    page.get_by_role("button", name="Show all").click()
    assert not slider.is_visible()
    assert _shown(viewer) == 150


def test_a_month_in_the_address_narrows_the_other_filters(
    open_page: OpenPage, built_site: Path, report: dict[str, Any]
) -> None:
    brand = report["brands"][1]["key"]
    viewer = open_page(built_site / "index.html", f"#b={brand}&m=2026-05,in", reduced_motion="reduce", before=HASTE)
    expected = [at for at in _in_months(report, "2026-05", "2026-05") if report["posts"][at]["brand"] == brand]
    assert _masked(viewer) == expected != []
    viewer.run("viewer.filterPanel.choose({time: {month: '1999-01', during: false}})")  # a month that no post has
    assert _shown(viewer) == 150


def test_hidden_images_are_dimmed_or_vanish(viewer: ViewerPage, report: dict[str, Any]) -> None:
    post = next(index for index, post in enumerate(report["posts"]) if post["brand"] == report["brands"][1]["key"])
    _look_at_post(viewer, post, 64)
    plain = _cell_picture(viewer, post)
    viewer.run("viewer.filterPanel.choose({brands: [values[0]]})", report["brands"][0]["key"])
    viewer.settle()
    dimmed = _cell_picture(viewer, post)
    assert np.abs(dimmed - np.array(GROUND)).mean() < np.abs(plain - np.array(GROUND)).mean() * 0.25
    assert np.ptp(dimmed) > 0
    viewer.page.get_by_role("button", name="Hide the others").click()
    viewer.settle()
    assert np.abs(_cell_picture(viewer, post) - np.array(GROUND)).max() <= 1


ORDERS = {"brand": "Brand", "cluster": "Cluster", "date": "Date", "likes": "Likes"}


def test_an_order_shows_the_same_images_from_the_same_tiles(viewer: ViewerPage, report: dict[str, Any]) -> None:
    chosen = random.Random(1).sample(range(len(report["posts"])), 3)
    pictures = {}
    for post in chosen:
        _look_at_post(viewer, post, 64)
        pictures[post] = _cell_picture(viewer, post)
    viewer.requests.clear()
    for order, name in ORDERS.items():
        viewer.page.get_by_role("radio", name=name).check()
        viewer.settle()
        assert viewer.run("viewer.scene.kind") == order
        placed = viewer.run("[...viewer.mosaic.postAt].filter((post) => post >= 0).sort((one, other) => one - other)")
        assert placed == list(range(len(report["posts"])))
        for post in chosen:
            _look_at_post(viewer, post, 64)
            picture = _cell_picture(viewer, post)
            assert picture.shape == pictures[post].shape
            assert np.abs(picture - pictures[post]).mean() < 3
            viewer.page.mouse.click(*viewer.at(viewer.camera[0], viewer.camera[1]))
            viewer.wait_for(f"viewer.opened === {post}")
            viewer.page.keyboard.press("Escape")
    foreign = [url for url in viewer.requests if "_files/" in url and "mosaics/all_files/" not in url]
    assert foreign == []
    assert viewer.faults == []


def test_orders_are_grouped_as_python_groups(viewer: ViewerPage, report: dict[str, Any]) -> None:
    posts = report["posts"]
    names = {brand["key"]: brand["name"] for brand in report["brands"]}
    expected = {
        "brand": Counter(names[post["brand"]] for post in posts),
        "cluster": Counter(
            next((c["name"] for c in report["clusters"] if c["key"] == post["cluster"]), "Unclustered")
            for post in posts
        ),
        "date": Counter(datetime.fromisoformat(post["published"]).strftime("%b %Y") for post in posts),
    }
    for order, groups in expected.items():
        viewer.run("viewer.arrange(values[0])", order)
        labels = viewer.run("viewer.mosaic.labels.map(({ text, count }) => [text, count])")
        said = {text.replace("Sept ", "Sep "): count for text, count in labels}
        assert said == dict(groups)


def test_an_order_is_reached_by_moving_and_by_a_link(open_page: OpenPage, built_site: Path) -> None:
    viewer = open_page(built_site / "index.html")
    assert viewer.run("(document.querySelector('[data-order][value=brand]').click(), viewer.isMoving)")
    viewer.settle()
    assert not viewer.run("viewer.isMoving")
    # the middle, where a view of any size may be
    viewer.look(*viewer.run("[viewer.mosaic.columns / 2, viewer.mosaic.lines / 2]"), 60)
    viewer.wait_for("location.hash.includes('a=brand') && location.hash.includes('v=')")
    address = viewer.page.evaluate("location.hash")
    other = open_page(built_site / "index.html", address)
    assert other.run("viewer.scene.kind") == "brand"
    assert other.camera == pytest.approx(viewer.camera, rel=1e-4)
    assert other.page.get_by_role("radio", name="Brand").is_checked()
    # the other shape of screen has another arrangement, where that place means nothing
    tall = open_page(built_site / "index.html", address, size=(390, 844))
    assert tall.run("viewer.scene.kind") == "brand" and tall.run("viewer.scene.shape") == "tall"
    viewer.page.go_back()
    viewer.wait_for("viewer.scene.kind === 'map'")
    viewer.settle()
    assert viewer.faults == []


def test_compared_brands_lie_in_linked_panes(viewer: ViewerPage, report: dict[str, Any]) -> None:
    page, posts = viewer.page, report["posts"]
    keys = [report["brands"][0]["key"], report["brands"][2]["key"]]
    viewer.run("viewer.filterPanel.choose({brands: values[0]})", keys)
    page.get_by_role("button", name="Compare", exact=True).click()
    viewer.settle()
    panes = viewer.run("viewer.panes.map(({ x, y, brand }) => ({ x, y, brand }))")
    assert [report["brands"][pane["brand"]]["key"] for pane in panes] == keys
    heads = page.locator("[data-heads] p").all_inner_texts()
    for head, key in zip(heads, keys, strict=True):
        count = sum(post["brand"] == key for post in posts)
        assert head.endswith(str(count))
    # one of the second brand's posts: shown and opened in the second pane alone
    columns, lines = viewer.run("[viewer.mosaic.columns, viewer.mosaic.lines]")
    index = min(
        (index for index, post in enumerate(posts) if post["brand"] == keys[1]),
        key=lambda index: abs(posts[index]["column"] - columns / 2) + abs(posts[index]["line"] - lines / 2),
    )
    post = posts[index]
    size = viewer.run("[viewer.view.width, viewer.view.height]")
    viewer.look(post["column"] + 0.5, post["line"] + 0.5, 48)
    viewer.settle()
    box = viewer.box
    middles = [(box["x"] + pane["x"] + size[0] / 2, box["y"] + pane["y"] + size[1] / 2) for pane in panes]
    picture = viewer.picture().astype(int)
    corners = [(round(y - box["y"]), round(x - box["x"])) for x, y in middles]
    patches = [picture[y - 12 : y + 12, x - 12 : x + 12] for y, x in corners]
    assert 1 < np.abs(patches[0] - np.array(GROUND)).max() <= 26  # a ghost
    assert np.abs(patches[1] - np.array(GROUND)).max() > 40
    page.mouse.click(*middles[0])
    viewer.wait_out(300)
    assert viewer.opened == -1
    page.mouse.click(*middles[1])
    viewer.wait_for(f"viewer.opened === {index}")
    page.keyboard.press("Escape")
    # a drag in one pane carries both
    before = viewer.camera
    page.mouse.move(*middles[0])
    page.mouse.down()
    page.mouse.move(middles[0][0] + 96, middles[0][1], steps=4)
    page.mouse.up()
    assert viewer.camera[0] == pytest.approx(before[0] - 2, abs=0.05)
    viewer.wait_for("location.hash.includes('x=1')")
    page.get_by_role("button", name="Compare", exact=True).click()
    assert viewer.run("viewer.panes.length") == 1
    assert viewer.faults == []


def test_two_brands_are_laid_over_each_other_in_two_colours(viewer: ViewerPage, report: dict[str, Any]) -> None:
    page, posts = viewer.page, report["posts"]
    page.get_by_role("button", name="Compare", exact=True).click()
    page.get_by_role("button", name="Lay two over each other").click()
    viewer.settle()
    assert viewer.run("viewer.panes.length") == 1
    names = page.locator("[data-heads] bdi").all_inner_texts()
    keys = [next(brand["key"] for brand in report["brands"] if brand["name"] == name) for name in names]
    shown = [sum(post["brand"] == key for post in posts) for key in keys]
    assert page.locator("[data-heads] span").all_inner_texts() == [str(count) for count in shown]
    assert page.locator("[data-count]").inner_text() == f"{sum(shown)} of 150 images · 2 of 4 brands"
    for key, blue in zip(keys, (True, False), strict=True):
        index = next(index for index, post in enumerate(posts) if post["brand"] == key)
        viewer.look(posts[index]["column"] + 0.5, posts[index]["line"] + 0.5, 20)
        viewer.settle()
        box, size = viewer.box, viewer.run("[viewer.panes[0].y, viewer.view.height]")
        picture = viewer.picture().astype(int)
        middle = picture[round(size[0] + size[1] / 2) - 4 :, round(box["width"] / 2) - 4 :][:8, :8].mean(axis=(0, 1))
        assert (middle[2] > middle[0]) is np.bool_(blue)  # a tint of blue, or of orange
    viewer.wait_for("location.hash.includes('x=2')")
    assert viewer.faults == []


@pytest.mark.parametrize("kind", ["cluster", "brand", "likes", "date"])
def test_an_entry_of_the_legend_shows_the_images_of_its_colour(
    viewer: ViewerPage, report: dict[str, Any], kind: str
) -> None:
    page = viewer.page
    assert not page.locator("[data-legend]").is_visible()
    page.get_by_label("Colours").select_option(kind)
    viewer.settle()
    entries = page.locator("[data-legend] li button")
    shown = []
    for entry in entries.all():
        entry.click()
        assert entry.get_attribute("aria-pressed") == "true"
        colouring = "((pane) => pane.shows.filter((is, post) => is).length)(viewer.panes[0])"
        assert viewer.run(colouring) == _shown(viewer)
        classes = viewer.run(
            "[...new Set([...viewer.panes[0].shows.keys()].filter((post) => viewer.panes[0].shows[post])"
            ".map((post) => viewer.panes[0].colouring.of(post)))]"
        )
        assert len(classes) == 1
        shown.append(_shown(viewer))
        entry.click()
        assert _shown(viewer) == 150
    assert sum(shown) == 150
    viewer.wait_for(f"location.hash.includes('g={kind}')")
    assert viewer.faults == []


def _draw(viewer: ViewerPage, corners: list[tuple[float, float]]) -> None:
    """Draw a closed line around places given in cells, with Shift held."""
    page = viewer.page
    places = [viewer.at(*corner) for corner in [*corners, corners[0]]]
    page.keyboard.down("Shift")
    page.mouse.move(*places[0])
    page.mouse.down()
    for place in places[1:]:
        page.mouse.move(*place, steps=12)
    page.mouse.up()
    page.keyboard.up("Shift")


def _selected(viewer: ViewerPage) -> list[int]:
    return sorted(viewer.run("[...viewer.selected]"))


def test_a_line_drawn_around_images_selects_them(viewer: ViewerPage, report: dict[str, Any]) -> None:
    page, posts = viewer.page, report["posts"]
    columns, lines = viewer.run("[viewer.mosaic.columns, viewer.mosaic.lines]")
    left, right, top, bottom = columns * 0.2, columns * 0.8, lines * 0.15, lines * 0.8
    _draw(viewer, [(left, top), (right, top), (right, bottom), (left, bottom)])
    inside = [
        index
        for index, post in enumerate(posts)
        if left < post["column"] + 0.5 < right and top < post["line"] + 0.5 < bottom
    ]
    # places on the very line may fall to either side
    doubtful = [
        index
        for index, post in enumerate(posts)
        if min(abs(post["column"] + 0.5 - x) for x in (left, right)) < 0.15
        or min(abs(post["line"] + 0.5 - y) for y in (top, bottom)) < 0.15
    ]
    selected = _selected(viewer)
    assert len(inside) > 20 and set(selected) ^ set(inside) <= set(doubtful)
    # the list says so, with the shares that Python counts
    drawer = page.locator("[data-drawer]")
    assert drawer.is_visible()
    count = Counter(report["posts"][index]["brand"] for index in selected)
    names = {brand["key"]: brand["name"] for brand in report["brands"]}
    rows = drawer.locator("table").first.locator("tr")
    for row, (key, amount) in zip(rows.all(), count.most_common(), strict=True):
        cells = row.locator("th, td").all_inner_texts()
        assert cells[3] == str(amount)
        if list(count.values()).count(amount) == 1:
            assert cells[0] == names[key]
        assert abs(float(cells[2].rstrip("%")) - 100 * amount / len(selected)) <= 0.5
    assert page.locator("[data-lists]").inner_text() == f"List ({len(selected)})"


def test_single_images_are_selected_by_shift_click_by_key_and_on_the_card(
    viewer: ViewerPage, report: dict[str, Any]
) -> None:
    page, post = viewer.page, report["posts"][17]
    _look_at_post(viewer, 17, 60)
    place = viewer.at(post["column"] + 0.5, post["line"] + 0.5)
    for expected in ([17], []):
        page.keyboard.down("Shift")
        page.mouse.click(*place)
        page.keyboard.up("Shift")
        assert _selected(viewer) == expected
    assert viewer.opened == -1
    page.locator(".viewer__canvas").focus()
    page.keyboard.press("+")
    focused = viewer.run("viewer.mosaic.postAt[viewer.focused]")
    page.keyboard.press("Space")
    assert _selected(viewer) == [focused]
    page.keyboard.press("Enter")
    page.locator("[data-card=pick][aria-pressed=true]").click()
    assert _selected(viewer) == []


def test_touch_draws_a_line_in_the_mode_for_it(open_page: OpenPage, built_site: Path) -> None:
    viewer = open_page(built_site / "index.html", size=(390, 844), has_touch=True, reduced_motion="reduce")
    page = viewer.page
    page.get_by_role("button", name="Select", exact=True).tap()
    draws = "document.querySelector('.viewer__canvas').classList.contains('is-drawing')"
    viewer.wait_for(draws)
    viewer.scroll_to_viewer()
    box, before = viewer.box, viewer.camera
    client = page.context.new_cdp_session(page)
    cx, cy = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    corners = [(cx - 90, cy - 90), (cx + 90, cy - 90), (cx + 90, cy + 90), (cx - 90, cy + 90), (cx - 90, cy - 88)]

    def touch(kind: str, points: list[tuple[float, float]]) -> None:
        client.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    touch("touchStart", corners[:1])
    for corner in corners[1:]:
        touch("touchMove", [corner])
    touch("touchEnd", [])
    viewer.wait_for("viewer.selected.size > 10")
    assert viewer.camera == before
    viewer.settle()  # the bar of the selection has come, and moved the button
    # a tap right after touches that were sent by hand may count as one of them on a busy machine
    for _ in range(5):
        if page.evaluate(f"() => {draws}"):
            page.get_by_role("button", name="Select", exact=True).tap()
            viewer.settle()
    viewer.wait_for(f"!{draws}")


def test_a_selection_leaves_as_csv_and_as_a_link(
    open_page: OpenPage, viewer: ViewerPage, built_site: Path, report: dict[str, Any]
) -> None:
    page, posts = viewer.page, report["posts"]
    chosen = sorted(random.Random(3).sample(range(len(posts)), 40))
    viewer.run("viewer.pick(values[0], true)", chosen)
    page.locator("[data-lists]").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download CSV").click()
    text = Path(waiting.value.path()).read_text(encoding="utf-8")
    assert text.startswith("\N{ZERO WIDTH NO-BREAK SPACE}")
    rows = list(csv.DictReader(io.StringIO(text[1:], newline="")))
    names = {brand["key"]: brand["name"] for brand in report["brands"]}
    said = {row["id"]: (row["brand"], row["likes"], row["published"], row["permalink"], row["caption"]) for row in rows}
    assert len(said) == len(rows) == len(chosen)
    for index in chosen:
        post = posts[index]
        caption = f"'{post['caption']}" if post["caption"].lstrip(" ").startswith(FORMULA_STARTS) else post["caption"]
        published = post["published"][:10]
        assert said[post["id"]] == (names[post["brand"]], str(post["likes"]), published, post["permalink"], caption)
    viewer.wait_for("location.hash.includes('s=')")
    other = open_page(built_site / "index.html", page.evaluate("location.hash"), reduced_motion="reduce")
    other.wait_for("viewer.selected.size === 40")
    assert _selected(other) == chosen
    assert other.page.locator("[data-drawer]").is_visible()
    other.page.get_by_role("button", name="Clear the selection").click()
    assert _selected(other) == []


def test_the_list_equals_the_canvas(viewer: ViewerPage, report: dict[str, Any]) -> None:
    page, posts = viewer.page, report["posts"]
    key = max(report["brands"], key=lambda brand: brand["posts"])["key"]  # more than one part of the list
    viewer.run("viewer.filterPanel.choose({brands: [values[0]]})", key)
    page.locator("[data-lists]").click()
    expected = [index for index, post in enumerate(posts) if post["brand"] == key]
    assert page.locator("[data-tab=shown]").inner_text() == f"Shown {len(expected)}"
    while page.locator("[data-more]").is_visible():
        page.locator("[data-more]").click()
    listed = page.eval_on_selector_all("[data-post]", "(rows) => rows.map((row) => Number(row.dataset.post))")
    assert listed == sorted(expected, key=lambda index: (posts[index]["line"], posts[index]["column"]))
    page.locator("[data-sort]").select_option("likes")
    page.locator("[data-more]").click()
    listed = page.eval_on_selector_all("[data-post]", "(rows) => rows.map((row) => Number(row.dataset.post))")
    likes = [posts[index]["likes"] for index in listed]
    assert likes == sorted(likes, reverse=True)
    # a row opens its post and gets the keyboard back
    row = page.locator("[data-post]").nth(2)
    row.focus()
    page.keyboard.press("Enter")
    viewer.wait_for(f"viewer.opened === {listed[2]}")
    page.keyboard.press("Escape")
    assert page.evaluate("Number(document.activeElement.dataset.post)") == listed[2]
    page.locator("[data-pick]").first.check()
    assert _selected(viewer) == [listed[0]]
    page.keyboard.press("Escape")
    assert page.locator("[data-drawer]").is_hidden()
    assert page.evaluate("document.activeElement.hasAttribute('data-lists')")


def test_hashtags_on_a_card_filter(viewer: ViewerPage, report: dict[str, Any]) -> None:
    page, posts = viewer.page, report["posts"]
    index = next(index for index, post in enumerate(posts) if post["caption"].endswith("#theme"))
    _look_at_post(viewer, index, 60)
    page.mouse.click(*viewer.at(posts[index]["column"] + 0.5, posts[index]["line"] + 0.5))
    page.get_by_role("button", name="#theme").click()
    expected = sum("#theme" in post["caption"] for post in posts)
    viewer.wait_for(f"viewer.filterPanel.shown === {expected}")
    assert page.locator("[data-search]").input_value() == "#theme"


def test_a_card_leads_to_the_nearest_images(viewer: ViewerPage, report: dict[str, Any]) -> None:
    page, post = viewer.page, report["posts"][40]
    _look_at_post(viewer, 40, 60)
    page.mouse.click(*viewer.at(post["column"] + 0.5, post["line"] + 0.5))
    page.wait_for_selector("[data-card=near] li")
    near = viewer.run("viewer.records.detailsNow(40).near")
    assert len(near) == 10 and len(set(near)) == 10 and 40 not in near
    # ten like images: themes here are told apart easily, and every fifth post has the same
    assert sum(other % 5 == 0 for other in near) >= 6
    page.locator("[data-card=near] button").nth(1).click()
    viewer.wait_for(f"viewer.opened === {near[1]}")
    card = page.locator("[data-card-root]").bounding_box()
    column, line = report["posts"][near[1]]["column"], report["posts"][near[1]]["line"]
    viewer.settle()
    assert card is not None and viewer.at(column + 1, line)[0] <= card["x"]


def test_from_a_brands_page_a_near_image_of_another_brand_is_gone_to(
    open_page: OpenPage, built_site: Path, report: dict[str, Any]
) -> None:
    brand = report["brands"][0]["key"]
    viewer = open_page(built_site / f"brands/{brand}.html", reduced_motion="reduce", before=HASTE)
    member = next(index for index, post in enumerate(report["posts"]) if post["brand"] == brand)
    _look_at_post(viewer, member, 60)
    viewer.page.mouse.click(*viewer.at(viewer.camera[0], viewer.camera[1]))
    viewer.page.wait_for_selector("[data-card=near] li")
    near = viewer.run("viewer.records.detailsNow(values[0]).near", member)
    rank = next(rank for rank, other in enumerate(near) if report["posts"][other]["brand"] != brand)
    viewer.page.locator("[data-card=near] button").nth(rank).click()
    viewer.page.wait_for_url("**/index.html#*")
    viewer.wait_for(f"viewer.opened === {near[rank]}")


def test_the_whole_state_is_in_a_link(
    open_page: OpenPage, viewer: ViewerPage, built_site: Path, report: dict[str, Any]
) -> None:
    page = viewer.page
    keys = [brand["key"] for brand in report["brands"][:2]]
    viewer.run("viewer.filterPanel.choose({brands: values[0], likes: [120, 390], text: 'look', hides: true})", keys)
    viewer.wait_for("!viewer.filterPanel.isReading")
    viewer.run("(viewer.pick([3, 5], true), viewer.look({x: 12, y: 6, scale: 90}))")
    page.locator("[data-lists]").click()
    viewer.wait_for("['s=', 'q=look', 'h=1', 'l=120,390', 'k=', 'v='].every((part) => location.hash.includes(part))")
    address = page.evaluate("location.hash")
    other = open_page(built_site / "index.html", address, reduced_motion="reduce", before=HASTE)
    other.wait_for("viewer.selected.size === 2 && !viewer.filterPanel.isReading")
    assert other.run("viewer.filterPanel.state") == viewer.run("viewer.filterPanel.state")
    assert _masked(other) == _masked(viewer)
    assert other.camera == pytest.approx(viewer.camera, rel=1e-4)
    other.wait_out(400)
    assert other.page.evaluate("location.hash") == address


def test_a_link_is_copied(open_page: OpenPage, built_site: Path, report: dict[str, Any]) -> None:
    keep = """Object.defineProperty(navigator, "clipboard", {value: {
      writeText(text) { window.kept = text; return Promise.resolve(); },
    }});"""
    viewer = open_page(built_site / "index.html", before=keep + HASTE, reduced_motion="reduce")
    viewer.run("viewer.filterPanel.choose({brands: [values[0]]})", report["brands"][0]["key"])
    viewer.page.get_by_role("button", name="Copy link").click()
    viewer.page.wait_for_selector("text=Link copied")
    kept = viewer.page.evaluate("window.kept")
    assert kept.startswith("file://") and kept.endswith(f"index.html#b={report['brands'][0]['key']}")
    viewer.page.wait_for_selector("[data-links]:has-text('Copy link')")


def test_addresses_are_written_at_most_every_300_milliseconds(open_page: OpenPage, built_site: Path) -> None:
    note = """
    window.writes = [];
    for (const name of ["replaceState", "pushState"]) {
      const write = history[name];
      history[name] = function (...all) { window.writes.push(performance.now()); return write.apply(this, all); };
    }"""
    viewer = open_page(built_site / "index.html", before=STOPPED_CLOCK + note)
    viewer.page.evaluate("window.writes.length = 0")
    for step in range(16):
        viewer.run("viewer.look({...viewer.camera, x: 5 + values[0] / 50, scale: 60})", step)
        viewer.pass_time(140)
    viewer.pass_time(500)
    writes = np.array(viewer.page.evaluate("window.writes"))
    assert len(writes) >= 3 and np.diff(writes).min() >= 299.9


def test_the_small_map_shows_where_the_view_is_and_leads_elsewhere(viewer: ViewerPage) -> None:
    page = viewer.page
    small = page.locator("[data-minimap]")
    assert small.is_hidden()
    columns, lines = viewer.run("[viewer.mosaic.columns, viewer.mosaic.lines]")
    # near enough for the place below to be a middle of the view
    viewer.look(columns / 2, lines / 2, 200)
    viewer.settle()
    box = small.bounding_box()
    assert box is not None and max(box["width"], box["height"]) <= 172
    page.mouse.click(box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.7)
    assert viewer.camera[0] == pytest.approx(columns * 0.8, abs=columns * 0.03)
    assert viewer.camera[1] == pytest.approx(lines * 0.7, abs=lines * 0.03)
    page.keyboard.press("0")
    page.get_by_role("button", name="Show everything").click()
    viewer.settle()
    assert small.is_hidden()


def test_print_shows_the_images_without_the_controls(viewer: ViewerPage) -> None:
    viewer.page.emulate_media(media="print")
    assert viewer.page.locator(".viewer__canvas").is_visible()
    assert viewer.page.locator("[data-count]").is_visible()
    for control in ("[data-search]", "[data-order] >> nth=0", ".viewer__zoom", ".viewer__filters"):
        assert not viewer.page.locator(control).is_visible(), control
    assert viewer.page.evaluate("document.querySelector('.viewer__canvas').offsetHeight") > 200


def test_without_its_data_the_flat_picture_is_shown(open_page: OpenPage, built_site: Path, tmp_path: Path) -> None:
    shutil.copytree(built_site, tmp_path / "site")
    (tmp_path / "site/data/posts.js").unlink()
    viewer = open_page(tmp_path / "site/index.html", settle=False)
    viewer.page.wait_for_selector("[data-overview][src$='mosaics/all.jpg']")
    assert viewer.page.locator("[data-problem]").is_visible()


_SMALL_TARGETS = """
[...document.querySelectorAll('.viewer :is(a, button, input, select)')].filter(target => {
  const box = (target.closest('label') || target).getBoundingClientRect();
  const inText = target.closest('p') && getComputedStyle(target).display === 'inline';
  return box.width && !inText && !target.matches('[aria-hidden] *') && (box.width < 24 || box.height < 24);
}).map(target => target.outerHTML.slice(0, 120))
"""


@pytest.mark.parametrize("size", [(1440, 900), (390, 844)])
def test_every_control_is_large_enough_and_inside_the_page(
    open_page: OpenPage, built_site: Path, report: dict[str, Any], size: tuple[int, int]
) -> None:
    viewer = open_page(built_site / "index.html", size=size, reduced_motion="reduce", before=HASTE)
    page = viewer.page
    viewer.run("viewer.pick([1, 2, 3, 4, 5, 6], true)")
    page.locator("[data-lists]").click()
    page.wait_for_selector("[data-rows] li")
    assert page.evaluate(_SMALL_TARGETS) == []
    page.locator("[data-post]").first.click()
    page.wait_for_selector("[data-card=near] li")
    assert page.evaluate(_SMALL_TARGETS) == []
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    viewer.unfold()
    assert page.evaluate(_SMALL_TARGETS) == []
    for name in ("Brands", "Dates", "Likes"):
        page.get_by_role("button", name=name, exact=True).click()
        panel = page.locator("[data-panel]:visible")
        box = panel.bounding_box()
        assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= size[0]
        assert page.evaluate(_SMALL_TARGETS) == []
        page.keyboard.press("Escape")
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert viewer.faults == []


def test_panes_show_everything_even_while_the_list_is_still_closing(open_page: OpenPage, built_site: Path) -> None:
    viewer = open_page(built_site / "index.html")
    viewer.page.locator("[data-lists]").click()
    viewer.settle()
    viewer.page.keyboard.press("Escape")
    viewer.page.get_by_role("button", name="Compare", exact=True).click()
    viewer.settle()
    assert viewer.page.locator("[data-minimap]").is_hidden()
    assert "v=" not in viewer.page.evaluate("location.hash")


@pytest.mark.parametrize("seed", [1, 2])
def test_anything_may_be_done_in_any_order(
    open_page: OpenPage, built_site: Path, report: dict[str, Any], seed: int
) -> None:
    viewer = open_page(built_site / "index.html", before=HASTE)
    page, chance = viewer.page, random.Random(seed)
    keys, posts = [brand["key"] for brand in report["brands"]], range(len(report["posts"]))
    sizes = [(1440, 900), (390, 844), (844, 390), (1024, 700)]

    def choose() -> None:
        chosen = {
            "brands": chance.sample(keys, chance.randrange(len(keys))),
            "likes": chance.choice([None, [120, 300]]),
            "text": chance.choice(["", "", "look", "nowhere to be found"]),
            "hides": chance.random() < 0.5,
        }
        viewer.run("viewer.filterPanel.choose(values[0])", chosen)

    def click(selector: str) -> None:
        place = page.locator(selector).first
        if place.is_visible():
            place.click(force=True)

    key_names = ["Escape", "ArrowLeft", "+", "-", "0", "Enter", " ", "Shift+ArrowDown"]
    hashes = ["", "a=date", "x=1", "v=4,4,50", "k=shown"]
    look = "viewer.look({x: values[0], y: values[1], scale: values[2]})"
    actions = [
        choose,
        lambda: viewer.run("viewer.arrange(values[0])", chance.choice(["map", *ORDERS])),
        lambda: viewer.run("viewer.compare(values[0])", chance.random() < 0.5),
        lambda: viewer.run(look, chance.uniform(0, 25), chance.uniform(0, 25), chance.uniform(1, 90)),
        lambda: viewer.run("viewer.pick(values[0], values[1])", chance.sample(posts, 30), chance.random() < 0.7),
        lambda: click("[data-lists]"),
        lambda: click("[data-post]"),
        lambda: click("[data-card=near] button"),
        lambda: click("[data-fit]"),
        lambda: page.keyboard.press(chance.choice(key_names)),
        lambda: page.set_viewport_size(dict(zip(("width", "height"), chance.choice(sizes), strict=True))),
        lambda: page.evaluate("(hash) => { location.hash = hash; }", chance.choice(hashes)),
        lambda: page.evaluate("location.hash = 'a=likes'; history.back()"),
        lambda: viewer.wait_out(chance.choice([50, 600, 3000])),
    ]
    for _ in range(90):
        chance.choice(actions)()
    viewer.wait_out(3000)
    viewer.settle()
    assert viewer.faults == []
    assert all(np.isfinite(viewer.camera))
    assert viewer.run("viewer.panes.length") >= 1
    assert _shown(viewer) == len(_masked(viewer))
    placed = viewer.run(
        "viewer.mosaic.members.every((post) => viewer.mosaic.postAt[viewer.mosaic.cellOf[post]] === post)"
    )
    assert placed
