"""What the viewer costs in Chromium, Firefox and WebKit without a graphics processor, on a mosaic of noise or a report.

    python tests/bench/bench_viewer.py [--cells 10000 100000] [--sites FOLDER …] [--engines chromium firefox webkit]
        [--seconds 20] [--rounds 1] [--tour 300] [--json FILE]

A mosaic of that many drawn cells, half the lattice empty, or the map of a report that was built, is opened from file://
at 1440 × 900 and pixel ratio 1, in each engine in turn. Printed, beside what is allowed:

  bytes          files read before the first sharp view, as Chromium tells
  first paint    the overview
  sharp view     the last change of the picture: every tile of the whole mosaic is drawn, and none fades in any more
  covered        how much of the canvas images cover at first view, at 1440 × 900 and at 390 × 844, or the narrowest
                 window that the engine makes; names and buttons over the canvas count as the screen shows them
  frame          time between frames in a pan and zoom of --seconds that moves the camera in every frame
  script         time that one frame's callbacks take, the call that moves the camera among them
  processor      time of all the engine's processes that a frame takes, however busy the machine is
  filter         choosing a brand, until the next frame is drawn; the median of 9, all in view and from near
  month          a step of the walk through the months, until the next frame is drawn; the median of 30
  search         finding a word in all captions and names, once they are read, until the next frame; the median of 9
  order          from a press on "Brand" until its images have come to rest in their new places
  tiles          the most that were held
  memory         with --tour: resident memory, and in Chromium live script heap, in the last third of a tour, over the
                 first third

In turn with the viewer, and in a view of the same size, the same path drives a bare canvas all of whose pixels change
in every frame, which is what the engine itself costs, and, for noise, OpenSeadragon over the same tiles. npm fetches
OpenSeadragon into a temporary folder, or it lies at --openseadragon FILE; without either that part is left out and said
so. Of several --rounds the medians count. Times are those of a machine that does nothing else; on a busy one compare
them with the bare canvas's.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import numpy as np
import psutil
from PIL import Image
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.viewer_pages import (
    BRANDS,
    find_openseadragon,
    watch,
    write_blank_page,
    write_noise_page,
    write_openseadragon_page,
)
from tests.support.engines import ENGINES, Driven, Look, PlaywrightPage, find_engine, open_engine

WIDE, TALL = Look((1440, 900), calm=False), Look((390, 844), calm=False)
_PATIENCE = 60  # seconds for anything that the page does once
#: Where the canvas lies in the window, once it does as far as it can.
_BOX = """() => {
  const stage = document.querySelector(".viewer__stage");
  stage.scrollIntoView({ block: "center", behavior: "instant" });
  const { left, top, right, bottom } = stage.getBoundingClientRect();
  return [Math.max(0, left), Math.max(0, top), Math.min(innerWidth, right), Math.min(innerHeight, bottom), innerWidth];
}"""
# a figure of eight over the mosaic, while the scale goes up to 40 times and back, three times
_DRIVE = """({ seconds, columns, lines, least }) => new Promise((done) => {
  const viewer = window.driven || Brandscape.viewers[0];
  measured.frames.length = 0;
  let start = 0;
  measured.request(function step(time) {
    const now = performance.now();
    start = start || now;
    measured.held = Math.max(measured.held, viewer.tiles.size);
    const share = (now - start) / 1000 / seconds, turn = share * 2 * Math.PI;
    const scale = Math.min(400, least * 40 ** ((1 - Math.cos(3 * turn)) / 2));
    const x = columns * (0.5 + 0.35 * Math.sin(turn)), y = lines * (0.5 + 0.35 * Math.sin(2 * turn));
    viewer.look({ x, y, scale });
    measured.note(time, now, performance.now() - now);
    if (share < 1) measured.request(step); else done();
  });
})"""
_VIEWPORT = """() => {
  const { mosaic, camera, view } = Brandscape.viewers[0];
  const { left, top } = document.querySelector("canvas.viewer__canvas").getBoundingClientRect();
  return {
    columns: mosaic.columns, lines: mosaic.lines, least: camera.scale,
    left, top, width: view.width, height: view.height,
  };
}"""
# each gives milliseconds, or null where the page has nothing of the kind or never comes to an end
_UNTIL = """const until = (isDone, done, start) => {
  const now = performance.now();
  if (isDone()) done(now - start);
  else if (now - start > 20000) done(null);
  else setTimeout(() => until(isDone, done, start));
};"""
_FILTER = f"""(key) => new Promise((done) => {{
  {_UNTIL}
  const viewer = Brandscape.viewers[0], drawn = viewer.draws;
  const row = [...document.querySelectorAll('[data-list="brand"] input')][key];
  if (!row) return done(null);
  const start = performance.now();
  row.click();
  until(() => viewer.draws > drawn, done, start);
}})"""
_MONTH = f"""(step) => new Promise((done) => {{
  {_UNTIL}
  const viewer = Brandscape.viewers[0], {{ draws, filterPanel }} = viewer, start = performance.now();
  filterPanel.setTime({{ at: step, during: false }});
  until(() => viewer.draws > draws, done, start);
}})"""
_SEARCH = f"""(text) => new Promise((done) => {{
  {_UNTIL}
  const viewer = Brandscape.viewers[0], {{ filterPanel }} = viewer, start = performance.now();
  filterPanel.seek(text);
  const {{ draws }} = viewer;
  until(() => viewer.draws > draws && !filterPanel.isReading, done, start);
}})"""
_ORDER = f"""() => new Promise((done) => {{
  {_UNTIL}
  const viewer = Brandscape.viewers[0], start = performance.now();
  if (!viewer.arrange) return done(null);
  viewer.arrange("brand");
  until(() => !viewer.isMoving && viewer.tiles.idle, done, start);
}})"""
_TOUR = """({ seconds, columns, lines }) => new Promise((done) => {
  const viewer = Brandscape.viewers[0], end = performance.now() + 1000 * seconds;
  const go = () => {
    if (performance.now() > end) { done(); return; }
    const to = { x: columns * Math.random(), y: lines * Math.random(), scale: 4 * 60 ** Math.random() };
    if (viewer.goTo) viewer.goTo(to, 700); else viewer.look(to);
    setTimeout(go, 900);
  };
  go();
})"""


@dataclass(frozen=True)
class Row:
    """One figure: None where it could not be measured; `most` or `least` is what is allowed, if anything is."""

    name: str
    value: float | None
    unit: str
    most: float | None = None
    least: float | None = None

    @property
    def verdict(self) -> str:
        if self.value is None or self.most is self.least is None:
            return ""
        value = round(self.value, 2)
        return "ok" if (self.least or 0) <= value <= (self.most or float("inf")) else "SHORT"

    def __str__(self) -> str:
        value = (
            "not measured" if self.value is None else f"{self.value:.{2 if self.unit in 'MB ×' else 1}f} {self.unit}"
        )
        bar = f"≤ {self.most:g}" if self.most else f"≥ {self.least:g}" if self.least else ""
        return f"{self.name:36}{value:>14}{bar:>9}  {self.verdict}".rstrip()


class Browser:
    """One engine, which opens a page at a time."""

    def __init__(self, name: str, playwright: Any) -> None:
        self.name = name
        self._playwright = playwright

    @contextmanager
    def open(self, path: Path, look: Look = WIDE, read: list[str] | None = None) -> Iterator[Driven]:
        """Open a page in a browser of its own; `read` gathers the addresses that it asks for, as Chromium tells."""
        found = find_engine(self.name)
        assert found is not None
        with open_engine(self.name, self._playwright, found, look) as page:
            if read is not None and isinstance(page, PlaywrightPage):
                page.page.on("request", lambda request: read.append(request.url))
            page.goto(path.as_uri())
            yield page


def _size(url: str) -> int:
    path = Path(unquote(urlparse(url).path))
    return path.stat().st_size if path.is_file() else 0


def _wait_for(page: Driven, expression: str) -> None:
    end = time.monotonic() + _PATIENCE
    while not page.run(f"() => {expression}"):
        if time.monotonic() > end:
            raise TimeoutError(f"{expression} never came true")
        time.sleep(0.01)


def _processes() -> dict[psutil.Process, float]:
    """Seconds of processor of every process that this one started, and of theirs."""
    found = {}
    for process in psutil.Process().children(recursive=True):
        try:
            times = process.cpu_times()
        except psutil.Error:
            continue
        found[process] = times.user + times.system
    return found


def _pan(page: Driven, viewport: dict[str, float], seconds: float) -> dict[str, float]:
    """Frame by frame, in ms, what the drive costs whatever page is open."""
    before = _processes()
    page.run(_DRIVE, {**viewport, "seconds": seconds})
    busy = sum(spent - before.get(process, 0) for process, spent in _processes().items())
    seen = page.run("() => ({ frames: measured.frames, held: measured.held })")
    frames = np.diff([frame["start"] for frame in seen["frames"]])
    scripts = np.array([frame["spent"] for frame in seen["frames"]])
    return {
        "frame, median": float(np.median(frames)),
        "frame, 95th percentile": float(np.percentile(frames, 95)),
        "script, median": float(np.median(scripts)),
        "script, 95th percentile": float(np.percentile(scripts, 95)),
        "processor, mean": 1000 * busy / len(frames),
        "tiles held": seen["held"],
    }


def measure_pan(browser: Browser, path: Path, seconds: float) -> tuple[dict[str, float | None], dict[str, float]]:
    """What loading and a pan cost, and the viewport they happened on."""
    read: list[str] = []
    with browser.open(path, read=read) as page:
        _wait_for(page, "measured.sharp")
        files = [url for url in set(read) if url.startswith("file:")] if browser.name == "chromium" else []
        loading = {
            "bytes": sum(map(_size, files)) / 1e6 if files else None,
            "first paint": page.run(
                "() => (performance.getEntriesByName('first-contentful-paint')[0] || { startTime: null }).startTime"
            ),
            "tiles read": page.run("() => measured.loaded"),
            "sharp view": page.run("() => measured.sharp"),
        }
        page.run(_BOX)  # what is out of the window need not be painted
        viewport = page.run(_VIEWPORT)
        return {**loading, **_pan(page, viewport, seconds)}, viewport


def measure_other(browser: Browser, page_path: Path, viewport: dict[str, float], seconds: float) -> dict[str, float]:
    """What the same pan costs on a page without the viewer."""
    with browser.open(page_path) as page:
        _wait_for(page, "window.opened && (window.driven.tiles.size || !window.OpenSeadragon)")
        time.sleep(1.5)
        return _pan(page, viewport, seconds)


def measure_cover(browser: Browser, path: Path, look: Look) -> tuple[int, float]:
    """The window's width, and the share of the canvas, in %, whose pixels are not of the ground at first view."""
    with browser.open(path, look) as page:
        _wait_for(page, "measured.sharp")
        left, top, right, bottom, width = map(round, page.run(_BOX))
        time.sleep(0.5)
        picture = Image.open(io.BytesIO(page.picture())).convert("RGB").crop((left, top, right, bottom))
    pixels = np.asarray(picture).astype(int)
    colours, counts = np.unique(pixels.reshape(-1, 3), axis=0, return_counts=True)
    ground = colours[counts.argmax()]
    return width, 100 * float((np.abs(pixels - ground).sum(axis=2) > 6).mean())


def measure_acts(browser: Browser, path: Path, viewport: dict[str, float], tour: float) -> list[Row]:
    """What filters, searches and orders cost, and with `tour` how the memory holds."""

    def median(script: str, values: Any) -> float | None:
        times = [page.run(script, value) for value in values]
        return None if None in times else statistics.median(times)

    with browser.open(path) as page:
        _wait_for(page, "measured.sharp")
        page.run(_BOX)
        far = median(_FILTER, [number % BRANDS for number in range(9)])
        month = median(_MONTH, range(30))
        page.run("() => Brandscape.viewers[0].filterPanel.setTime(null)")
        page.run("() => Brandscape.viewers[0].look({...Brandscape.viewers[0].camera, scale: 12})")
        time.sleep(0.6)
        near = median(_FILTER, [number % BRANDS for number in range(9)])
        reading = page.run(_SEARCH, "look")
        words = ("look 7", "nowhere", "brand 3", "99", "k 1", "8 8", "x", "4", "2")
        search = median(_SEARCH, words) if reading is not None else None
        page.run(_SEARCH, "")
        order = page.run(_ORDER)
        page.run("() => { Brandscape.viewers[0].arrange('map'); }")
        memory = _watch_memory(page, viewport, tour) if tour else []
    return [
        Row("filter, all in view", far, "ms", 50),
        Row("filter, from near", near, "ms", 50),
        Row("month", month, "ms", 50),
        Row("search", search, "ms", 100),
        Row("first search, with reading", reading, "ms"),
        Row("order by brand", order, "ms"),
        *memory,
    ]


def _watch_memory(page: Driven, viewport: dict[str, float], seconds: float) -> list[Row]:
    """How the engine's memory, and Chromium's live heap, in the last third of a tour compare with the first third."""
    own = page.page if isinstance(page, PlaywrightPage) else None
    is_chromium = own is not None and own.context.browser.browser_type.name == "chromium"
    client = own.context.new_cdp_session(own) if own is not None and is_chromium else None
    kept: dict[str, list[float]] = {"heap": [], "resident": []}
    for _ in range(10):
        page.run(_TOUR, {**viewport, "seconds": seconds / 10})
        if client:
            client.send("Performance.enable")
            client.send("HeapProfiler.collectGarbage")
            metrics = {one["name"]: one["value"] for one in client.send("Performance.getMetrics")["metrics"]}
            kept["heap"].append(metrics["JSHeapUsedSize"] / 1e6)
        kept["resident"].append(sum(process.memory_info().rss for process in _processes()) / 1e6)
    rows = []
    for name, most in (("heap", 1.1), ("resident", 1.15)):
        values = kept[name]
        if not values:
            continue
        print(f"{name}, MB, every tenth of the tour: {' '.join(f'{value:.0f}' for value in values)}", flush=True)
        grown = statistics.median(values[-3:]) / statistics.median(values[:3])
        rows += [Row(f"{name}, last over first third", grown, "×", most), Row(f"{name} at the end", values[-1], "MB")]
    return rows


def _middle(values: list[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


def compare(ours: list[dict[str, Any]], theirs: list[dict[str, float]], name: str, names: tuple[str, ...]) -> list[Row]:
    """Rows that set the same pan on another page beside the viewer's; none without it."""
    rows = []
    for figure in [figure for figure in ours[0] if theirs and figure.startswith(names)]:
        ratio = statistics.median(one[figure] / max(two[figure], 0.1) for one, two in zip(ours, theirs, strict=True))
        most = 1 if name == "OpenSeadragon" and figure.startswith("frame") else None
        rows.append(Row(f"{name} {figure}", statistics.median(one[figure] for one in theirs), "ms"))
        rows.append(Row("  ours over theirs", ratio, "×", most))
    return rows


def measure(browser: Browser, path: Path, script: Path | None, options: argparse.Namespace, cells: int) -> list[Row]:
    """All figures of one page in one engine; `cells` is 0 for a report."""
    ours, blank, theirs = [], [], []
    for _ in range(options.rounds):
        seen, viewport = measure_pan(browser, path, options.seconds)
        ours.append(seen)
        blank.append(measure_other(browser, write_blank_page(path, viewport), viewport, options.seconds))
        if script:
            other = write_openseadragon_page(path, script, viewport)
            theirs.append(measure_other(browser, other, viewport, options.seconds))
    most = {
        "bytes": (1.2 if cells <= 10_000 else 2.2) if cells else None,
        "first paint": 300,
        "sharp view": 800,
        "frame, median": 34,
        "frame, 95th percentile": 34,
        "script, median": 4,
        "script, 95th percentile": 4,
        "tiles held": 96,
    }
    units = {"bytes": "MB", "tiles held": ""}
    rows = [Row(name, _middle([one[name] for one in ours]), units.get(name, "ms"), most.get(name)) for name in ours[0]]
    rows += compare(ours, blank, "bare canvas", ("frame, 95", "processor"))
    rows += compare(ours, theirs, "OpenSeadragon", ("frame", "script", "processor"))
    for look in (WIDE, TALL):
        width, share = measure_cover(browser, path, look)
        rows.append(Row(f"covered at {width} × {look.size[1]}", share, "%", least=None if cells else 45))
    if cells:
        rows += measure_acts(browser, path, viewport, options.tour)
    return rows


def find_pages(options: argparse.Namespace, scratch: Path) -> Iterator[tuple[str, Path, int]]:
    """Name, page and cells, 0 for a report, of everything that is measured; reports are copied, not written to."""
    for cells in options.cells:
        folder = (options.keep or scratch) / str(cells)
        path = folder / "index.html"
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            path = write_noise_page(folder, cells)
        yield f"{cells} images", watch(path.resolve()), cells
    for site in options.sites:
        folder = Path(shutil.copytree(site, scratch / f"report {site.name}"))
        yield str(site), watch(folder / "index.html"), 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--sites", type=Path, nargs="*", default=[], help="folders of reports")
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=ENGINES)
    parser.add_argument("--keep", type=Path, help="write the pages here, or use those that are here")
    parser.add_argument("--seconds", type=float, default=20, help="of each pan")
    parser.add_argument("--rounds", type=int, default=1, help="pans, of which the medians count")
    parser.add_argument("--tour", type=float, default=0, help="seconds of a tour that watches the memory, say 300")
    parser.add_argument("--openseadragon", type=Path, help="its openseadragon.min.js")
    parser.add_argument("--json", type=Path, help="keep the figures here")
    options = parser.parse_args()
    figures: dict[str, dict[str, dict[str, float | None]]] = {}
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        scratch = Path(folder)
        script = find_openseadragon(options.openseadragon, scratch) if options.cells else None
        if script:
            print(f"beside {script.read_text(encoding='utf-8')[:60].splitlines()[0].lstrip('/! ')}")
        elif options.cells:
            print("OpenSeadragon is not to be had here: not compared.")
        for name, path, cells in find_pages(options, scratch):
            for engine in options.engines:
                if find_engine(engine) is None:
                    print(f"\n{name}: {engine}, or what drives it, is not installed", flush=True)
                    continue
                print(f"\n{name}, {engine}, load {os.getloadavg()[0]:.1f}", flush=True)
                rows = measure(Browser(engine, playwright), path, script if cells else None, options, cells)
                print(*rows, sep="\n", flush=True)
                kept = figures.setdefault(name, {}).setdefault(engine, {})
                for row in rows:
                    label = f"{list(kept)[-1]}, ours over theirs" if row.name.startswith(" ") else row.name
                    kept[label] = row.value
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
