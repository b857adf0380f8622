"""Posts of several formats, in a small demo: their filter, a video's mark, the images of a carousel, and a field."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from generator.site.json_records import list_images
from tests.support.viewer_page import HASTE, OpenPage, ViewerPage

pytestmark = pytest.mark.browser

#: Which of the pictures that a selector holds have their mark beside them.
_ASIDE = """(selector) => [...document.querySelectorAll(selector)].flatMap((one, at) => {
  const [mark, image] = [".mark", "img"].map((part) => one.querySelector(part).getBoundingClientRect());
  const isOver = mark.left >= image.left && mark.top >= image.top && mark.right <= image.right
    && mark.bottom <= image.bottom;
  return isOver ? [] : [at];
})"""


@pytest.fixture(scope="module")
def posts(demo_site: Path) -> list[dict[str, Any]]:
    """Every image with what is known of its post, as the viewer has them: the posts' first images come first."""
    report = json.loads((demo_site / "data/report.json").read_text(encoding="utf-8"))
    return [dict(image) for image in list_images(report)]


def _open(open_page: OpenPage, demo_site: Path) -> ViewerPage:
    return open_page(demo_site / "index.html", reduced_motion="reduce", before=HASTE)


def _shown(viewer: ViewerPage) -> list[int]:
    found: list[int] = viewer.run("[...viewer.filterPanel.mask.keys()].filter((post) => viewer.filterPanel.mask[post])")
    return found


def _find(posts: list[dict[str, Any]], name: str, value: str) -> list[int]:
    return [place for place, post in enumerate(posts) if post[name] == value]


def test_posts_are_filtered_by_format_and_by_market(
    open_page: OpenPage, demo_site: Path, posts: list[dict[str, Any]]
) -> None:
    viewer = _open(open_page, demo_site)
    page = viewer.page
    page.get_by_role("button", name="Fields").click()
    panel = page.locator("[data-panel]:visible")
    formats = Counter(post["format"] for post in posts)
    assert set(formats) == {"photo", "carousel", "video"}
    for name, count in formats.items():
        assert f"{name} {count}" in [
            " ".join(text.split()).lower() for text in panel.locator("label").all_inner_texts()
        ]
    panel.get_by_label("Video").check()
    assert _shown(viewer) == _find(posts, "format", "video")
    panel.get_by_label("Japan").check()
    markets = [post["fields"]["market"] for post in posts]
    assert _shown(viewer) == [place for place in _find(posts, "format", "video") if markets[place] == "Japan"]
    panel.get_by_label("Video").uncheck()
    assert _shown(viewer) == [place for place, market in enumerate(markets) if market == "Japan"]
    viewer.run("viewer.filterPanel.seek('format:carousel')")
    viewer.wait_for("!viewer.filterPanel.isReading")
    both = [place for place in _find(posts, "format", "carousel") if markets[place] == "Japan"]
    assert _shown(viewer) == both
    assert viewer.faults == []


def test_a_video_has_a_mark_on_a_large_image_and_a_photo_none(
    open_page: OpenPage, demo_site: Path, posts: list[dict[str, Any]]
) -> None:
    viewer = _open(open_page, demo_site)

    def white(post: int) -> bool:
        """Whether the middle of the mark, in a corner of the image, is white."""
        cell, columns = viewer.run("[viewer.mosaic.cellOf[values[0]], viewer.mosaic.columns]", post)
        viewer.look(cell % columns + 0.5, cell // columns + 0.5, 100)
        viewer.settle()
        right, bottom = viewer.at(cell % columns + 1, cell // columns + 1)
        x, y = round(right - viewer.box["x"] - 1.7 * 9), round(bottom - viewer.box["y"] - 1.7 * 9)
        return bool(viewer.picture()[y, x].min() > 245)

    assert all(white(post) for post in _find(posts, "format", "video")[:4])
    assert not any(white(post) for name in ("photo", "carousel") for post in _find(posts, "format", name)[:3])


def _near_pictures(page: Any) -> list[str]:
    """Return the pictures of the images nearest to the one on the card."""
    found: list[str] = page.locator("[data-card=near] ul img").evaluate_all(
        "(all) => all.map((one) => one.getAttribute('src'))"
    )
    return found


def test_the_card_leafs_through_the_images_of_a_carousel(
    open_page: OpenPage, demo_site: Path, posts: list[dict[str, Any]]
) -> None:
    viewer = _open(open_page, demo_site)
    page = viewer.page
    place = _find(posts, "format", "carousel")[0]
    viewer.page.evaluate("(post) => { location.hash = `p=${post}`; }", posts[place]["id"])
    viewer.wait_for(f"viewer.opened === {place}")
    picture = page.locator("[data-card=picture]")
    rank = page.locator("[data-leaves=rank]")
    seen = [picture.get_attribute("src")]
    near = [_near_pictures(page)]
    further = [post["picture"] for post in posts if post.get("post") == posts[place]["id"]]
    count = int((rank.text_content() or "").split()[-1])
    assert count == 1 + len(further) > 1
    for step in range(2, count + 1):
        page.get_by_role("button", name="Next image of the post").click()
        assert rank.text_content() == f"Image {step} of {count}"
        seen.append(picture.get_attribute("src"))
        near.append(_near_pictures(page))
    page.get_by_role("button", name="Next image of the post").click()
    assert picture.get_attribute("src") == seen[0]
    assert seen == [posts[place]["picture"], *further]
    # what is near, and the cluster, are each image's own
    own = [place, *(at for at, post in enumerate(posts) if post.get("post") == posts[place]["id"])]
    details = "new Promise((done) => viewer.records.details(values[0], (found) => done(found.near)))"
    assert near == [[posts[other]["picture"] for other in viewer.run(details, image)] for image in own]
    assert near[0] != near[1] and _near_pictures(page) == near[0]
    assert all((demo_site / str(address)).is_file() for address in seen)
    assert viewer.faults == []


def test_every_image_has_its_cell_and_opens_the_card_of_its_post_at_it(
    open_page: OpenPage, demo_site: Path, posts: list[dict[str, Any]]
) -> None:
    viewer = _open(open_page, demo_site)
    page = viewer.page
    count = sum("post" not in post for post in posts)
    assert page.locator("[data-count]").text_content() == f"{len(posts)} images · posts: {count}"
    cells = [post["line"] * viewer.run("viewer.map.columns") + post["column"] for post in posts]
    assert viewer.run("[...viewer.map.cellOf]") == cells
    place = len(posts) - 1
    viewer.page.evaluate("(post) => { location.hash = `p=${post}`; }", posts[place]["id"])
    viewer.wait_for(f"viewer.opened === {place}")
    own = [at for at, post in enumerate(posts) if posts[place]["post"] in (post["id"], post.get("post"))]
    assert page.locator("[data-leaves=rank]").text_content() == f"Image {len(own)} of {len(own)}"
    assert page.locator("[data-card=picture]").get_attribute("src") == posts[place]["picture"]
    assert (page.locator("[data-card=caption]").text_content() or "") == posts[place]["caption"]
    near = viewer.run(f"new Promise((done) => viewer.records.details({place}, (found) => done(found.near)))")
    assert len(near) == 10 and not set(near) & set(own)
    # what is said of a post is said of all its images
    values = [viewer.run(f"viewer.records.{name}[{place}]") for name in ("brand", "day", "likes")]
    assert values == [viewer.run(f"viewer.records.{name}[{own[0]}]") for name in ("brand", "day", "likes")]
    assert viewer.faults == []


def test_videos_and_carousels_bear_a_mark_and_say_so_wherever_their_pictures_stand(
    open_page: OpenPage, demo_site: Path, posts: list[dict[str, Any]]
) -> None:
    viewer = _open(open_page, demo_site)
    page = viewer.page
    video = _find(posts, "format", "video")[0]
    page.evaluate("(post) => { location.hash = `p=${post}`; }", posts[video]["id"])
    viewer.wait_for(f"viewer.opened === {video}")
    assert (page.locator("[data-card=picture]").get_attribute("alt") or "").endswith(", Video")
    assert page.locator("[data-card=mark] .mark--video").count() == 1
    page.locator("[data-card=close]").click()
    viewer.run("viewer.filterPanel.seek('format:video')")
    viewer.wait_for("!viewer.filterPanel.isReading")
    page.locator("[data-lists]").click()
    rows = page.locator("[data-rows] li")
    rows.first.wait_for()
    assert rows.count() == page.locator("[data-rows] .mark--video").count()
    assert page.evaluate(_ASIDE, "[data-rows] li") == []
    brand = posts[video]["brand"]
    page.goto((demo_site / f"brands/{brand}.html").as_uri())
    marked = page.locator(".plate:has(.mark--video) img")
    assert marked.count() and all((image.get_attribute("alt") or "").startswith("Video by ") for image in marked.all())
    for plate in page.locator(".plate:has(.mark:not(.mark--video))").all():
        count = plate.locator(".mark").text_content()
        assert f"Carousel of {count} images by " in (plate.locator("img").get_attribute("alt") or "")
    assert viewer.faults == []
