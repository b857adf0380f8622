"""A viewer's page as a test sees it, and pages made for tests and measurements."""

from __future__ import annotations

import base64
import io
import shutil
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generator.colour import distinct_colours
from generator.maps.lattice import Lattice
from generator.mosaics.script import encode_mosaic
from generator.mosaics.writer import overview, write_pyramid
from generator.resources import find_resources
from generator.settings import MosaicSettings
from generator.site.assets import write_assets
from generator.site.pages import make_environment
from generator.site.viewer_data import encode_posts
from generator.tags.model import Tags

#: Colour of every cell of a solid page; JPEG keeps it to within 2.
SOLID = (200, 30, 60)
#: Begins the sha256 of the one picture that all posts of a made page share.
PICTURE = "0123456789abcdef"
_PAGE = """{% extends "base.html" %}
{% from "partials/viewer.html" import viewer, viewer_scripts with context %}
{% block head %}<link rel="stylesheet" href="assets/viewer.css">{% endblock %}
{% block content %}<h1>Test</h1><div class="bleed bleed--tall">{{ viewer("all", overview, "All") }}</div>{% endblock %}
{% block scripts %}{{ viewer_scripts("all") }}{% endblock %}
"""
#: Promises true once nothing moves, loads or fades any more; false if that never comes.
SETTLED = """() => new Promise((done) => {
  const clock = { now: () => performance.now(), later: (act, time) => setTimeout(act, time) };
  const { now, later } = window.realClock || clock;
  let seen = "", since = now();
  const end = since + 300000;
  const look = () => {
    const viewer = Brandscape.viewers[0];
    const state = `${viewer.draws} ${scrollX} ${scrollY}`;  // pages glide to where they scroll
    if (viewer.isMoving || !viewer.tiles.idle || state !== seen) { seen = state; since = now(); }
    if (now() - since > 90) done(true);
    else if (now() > end) done(false);
    else { if (window.pass) pass(20); later(look, 15); }
  };
  look();
})"""
#: Scrolls to the viewer and waits until the page has heard of it.
_SCROLL = """() => new Promise((done) => {
  const before = scrollY;
  document.querySelector(".viewer__canvas").scrollIntoView({ block: "center", behavior: "instant" });
  if (scrollY === before) done();
  else addEventListener("scroll", () => done(), { once: true });
})"""
#: Shows or hides what lies over the canvas, waits until that is painted, gives how far the page is scrolled.
_COVER = """async (shown) => {
  for (const over of document.querySelectorAll(".preview, .viewer__minimap")) {
    over.style.visibility = shown ? "" : "hidden";
  }
  const frame = window.realClock?.frame || requestAnimationFrame;
  for (let left = shown ? 0 : 2; left; left -= 1) await new Promise((done) => frame(done));
  return [scrollX, scrollY];
}"""
#: The ends of the addresses of pictures that cannot be had, once all have been asked for; a closed card has none.
BROKEN = """async () => {
  const images = [...document.images].filter((image) => image.getAttribute("src") && image.src !== "data:,");
  for (const image of images) image.loading = "eager";
  const end = (image) => image.complete || new Promise((done) => { image.onload = image.onerror = done; });
  await Promise.all(images.map(end));
  return images.filter((image) => !image.naturalWidth).map((image) => image.src.slice(-60));
}"""
#: Chooses what colours images.
CHOOSE = """(kind) => {
  const choice = document.querySelector("[data-colours]");
  choice.value = kind;
  choice.dispatchEvent(new Event("change"));
}"""
#: Whether the closer look lies over a point of the window.
UNDER = """(x, y) => {
  const { left, top, right, bottom } = document.querySelector(".preview").getBoundingClientRect();
  return left <= x && x <= right && top <= y && y <= bottom;
}"""
#: Waiting for a second tap, for a typed word and for the next write of the address takes a tenth of its time.
HASTE = "const later = window.setTimeout; window.setTimeout = (act, time, ...more) => later(act, time / 10, ...more);"
#: Takes the names on the map out of a page before its scripts start.
WITHOUT_NAMES = """document.addEventListener("DOMContentLoaded", () => {
  for (const button of document.querySelectorAll("[data-names]")) button.remove();
}, {capture: true});"""
#: Stops the page's clock: time passes only when a test says so, a frame every 20 ms of it, however busy the machine is.
STOPPED_CLOCK = """(() => {
  const [now, later] = [performance.now.bind(performance), window.setTimeout.bind(window)];
  let [time, count, due] = [now(), 0, []];
  const add = (act, at) => { due.push({ act, at, number: (count += 1) }); return count; };
  const drop = (number) => { due = due.filter((one) => one.number !== number); };
  window.realClock = { now, later, frame: window.requestAnimationFrame.bind(window) };
  performance.now = () => time;
  window.setTimeout = (act, wait = 0, ...more) => add(() => act(...more), time + wait);
  window.requestAnimationFrame = (act) => add(() => act(time), time + 20);
  window.clearTimeout = window.cancelAnimationFrame = drop;
  window.pass = (milliseconds) => {
    const end = time + milliseconds;
    for (;;) {
      due.sort((one, other) => one.at - other.at || one.number - other.number);
      const next = due.find(({ at }) => at <= end);
      if (!next) break;
      drop(next.number);
      time = Math.max(time, next.at);
      next.act();
    }
    time = end;
  };
})();"""


class ViewerPage:
    """One page with a viewer, the faults it had and the addresses it asked for."""

    def __init__(self, page: Any, path: Path) -> None:
        self.page = page
        self.path = path
        self.faults: list[str] = []
        self.requests: list[str] = []
        self._devtools: Any = None
        self._is_scrolled = False
        page.on("console", lambda said: self.faults.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", lambda request: self.requests.append(request.url))

    def run(self, script: str, *values: Any) -> Any:
        """What `script`, an expression over `viewer` and `values`, gives."""
        return self.page.evaluate(f"(values) => {{ const viewer = Brandscape.viewers[0]; return {script}; }}", values)

    def wait_for(self, condition: str) -> None:
        """Wait until `condition`, an expression over `viewer`, holds. It runs as a function: pages forbid eval."""
        self.page.wait_for_function(
            f"() => {{ const viewer = (Brandscape.viewers || [])[0]; return viewer && ({condition}); }}"
        )

    def unfold(self) -> None:
        """Unfold filters and view, which a phone folds away."""
        for button in self.page.locator("[data-unfolds]").all():
            if button.is_visible():
                button.click()

    def pass_time(self, milliseconds: int) -> None:
        """Let time pass on a page opened with STOPPED_CLOCK."""
        self.page.evaluate("(milliseconds) => window.pass(milliseconds)", milliseconds)

    def wait_out(self, milliseconds: int) -> None:
        """Wait on the page's own timers: all that were set before, for no later time, have run after this."""
        self.page.evaluate("(time) => new Promise((done) => setTimeout(done, time))", milliseconds)

    def wait_for_frame(self) -> None:
        """Wait until what has been asked for is drawn."""
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => done()))")

    def wheel(self, dx: float, dy: float) -> None:
        """Turn the wheel, once that no longer scrolls the page, and wait until the page has heard of it."""
        if self._is_scrolled:
            self.wait_out(300)
            self._is_scrolled = False
        hear = "addEventListener('wheel', () => done(), {once: true, capture: true})"
        self.page.evaluate(f"() => {{ window.heard = new Promise((done) => {hear}); }}")
        self.page.mouse.wheel(dx, dy)
        self.page.evaluate("() => window.heard")

    def settle(self) -> None:
        """Wait until nothing moves, loads or fades."""
        assert self.page.evaluate(SETTLED), "the viewer never came to rest"

    def scroll_to_viewer(self) -> None:
        """Scroll the canvas into the window. For a while after that the wheel still scrolls the page."""
        self.page.evaluate(_SCROLL)
        self._is_scrolled = True

    @property
    def camera(self) -> tuple[float, float, float]:
        x, y, scale = self.run("[viewer.camera.x, viewer.camera.y, viewer.camera.scale]")
        return x, y, scale

    def look(self, x: float, y: float, scale: float) -> None:
        """Look at cell (x, y) with cells of `scale` CSS pixels, at once."""
        self.run("viewer.look({x: values[0], y: values[1], scale: values[2]})", x, y, scale)

    @property
    def box(self) -> dict[str, float]:
        """The canvas in the window, in CSS pixels."""
        box: dict[str, float] = self.page.locator(".viewer__canvas").bounding_box()
        return box

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where in the window the cell coordinates (x, y) are."""
        box, (left, top, scale) = self.box, self.camera
        return (
            box["x"] + box["width"] / 2 + (x - left) * scale,
            box["y"] + box["height"] / 2 + (y - top) * scale,
        )

    def under(self, px: float, py: float) -> tuple[float, float]:
        """The cell coordinates at a place in the window."""
        box, (left, top, scale) = self.box, self.camera
        return (
            left + (px - box["x"] - box["width"] / 2) / scale,
            top + (py - box["y"] - box["height"] / 2) / scale,
        )

    def picture(self) -> NDArray[np.uint8]:
        """What the canvas shows, (height, width, 3), in device pixels."""
        scrolled = self.page.evaluate(_COVER, False)
        box, window = self.box, self.page.viewport_size
        clip: dict[str, float] = {"scale": 1}
        for place, side, before in (("x", "width", scrolled[0]), ("y", "height", scrolled[1])):
            first, last = max(0, box[place]), min(window[side], box[place] + box[side])
            clip |= {place: first + before, side: last - first}
        self._devtools = self._devtools or self.page.context.new_cdp_session(self.page)
        # Playwright's own screenshot takes five times as long, most of it to make the file small
        shot = self._devtools.send("Page.captureScreenshot", {"clip": clip, "optimizeForSpeed": True})
        self.page.evaluate(_COVER, True)
        return np.asarray(Image.open(io.BytesIO(base64.b64decode(shot["data"]))).convert("RGB"))

    @property
    def opened(self) -> int:
        return int(self.run("viewer.opened"))

    def tile_requests(self) -> list[str]:
        return [url for url in self.requests if "_files/" in url]


def write_page(
    folder: Path,
    lattice: Lattice,
    cell: int,
    draw_cell: Callable[[int], Image.Image],
    brand: Sequence[int],
    cluster: Sequence[int | None],
    tags: Tags | None = None,
) -> Path:
    """A page with nothing but a viewer over the posts in `lattice`, their brands and clusters; returns index.html."""
    count = len(lattice.column)
    colours = distinct_colours(max((number for number in cluster if number is not None), default=-1) + 1)
    posts = [
        SimpleNamespace(
            id=f"P{index:06d}",
            image=PICTURE,
            permalink=None,
            caption=f"Look {index}",
            comments=None,
            brand=int(brand[index]),
            cluster=cluster[index],
            likes=index,
            published=datetime(2026, 1, 1),
            is_coarse=False,
            precision="day",
            format=None,
            fields=(),
            own_tags=(),
            notes=(),
            near=tuple((index + step) % count for step in range(1, min(11, count))),
        )
        for index in range(count)
    ]
    report = SimpleNamespace(
        lang="en",
        title="Test",
        generator="0",
        built=datetime(2026, 1, 1),
        posts=posts,
        images=posts,
        find_image=posts.__getitem__,
        further=(),
        brands=[
            SimpleNamespace(key=f"b{n}", name=f"Brand {n}", crossings=(), median_likes=None)
            for n in range(max(brand) + 1)
        ],
        clusters=[
            SimpleNamespace(key=f"c{n + 1:02d}", name=f"Cluster {n + 1}", colour=colour, crossings=())
            for n, colour in enumerate(colours)
        ],
        fields=(),
        groups=(),
        territories=(),
        levels=(SimpleNamespace(groups=()),),
        insights=None,
        changes=None,
        address="",
        maps=(SimpleNamespace(key="overall", name="Overall"),),
        similarity=SimpleNamespace(facets=()),
        tags=tags or Tags(),
        noise=SimpleNamespace(key="noise", name="Unclustered", crossings=()) if None in cluster else None,
    )
    borders = [None if number is None else colours[number] for number in cluster]
    pyramid = write_pyramid(
        folder / "mosaics" / "all", lattice, cell, draw_cell, borders, MosaicSettings(flat_size=400)
    )
    shutil.copyfile(folder / "mosaics/all.jpg", folder / "mosaics/all-names.jpg")
    (folder / "data").mkdir()
    scripts: dict[str, str] = encode_posts(report)  # type: ignore[arg-type]
    scripts["mosaic-all.js"] = encode_mosaic(pyramid, lattice, range(count))
    for name, text in scripts.items():
        (folder / "data" / name).write_text(text, encoding="utf-8")
    (folder / "images").mkdir()
    draw_cell(0).save(folder / "images" / f"{PICTURE}.jpg")
    write_assets(folder)
    small = "data:image/jpeg;base64," + base64.b64encode(overview(pyramid, folder / "mosaics")).decode()
    environment = make_environment(report, find_resources("templates"))  # type: ignore[arg-type]
    text = environment.from_string(_PAGE).render(root="", template="index.html", overview=small, address=None)
    (folder / "index.html").write_text(text, encoding="utf-8")
    return folder / "index.html"


def write_solid_page(folder: Path, side: int, cell: int) -> Path:
    """A full mosaic of `side` × `side` cells, all of the colour SOLID; returns its page."""
    index = np.arange(side * side, dtype=np.int32)
    image = Image.new("RGB", (cell, cell), SOLID)
    lattice = Lattice(side, side, index % side, index // side)
    return write_page(folder, lattice, cell, lambda _: image, [0] * side**2, [None] * side**2)


#: Opens a page from disk in a context of its own; context options as Playwright names them.
OpenPage = Callable[..., ViewerPage]
