"""What the viewer costs in a browser without a graphics processor, on a mosaic of noise, beside OpenSeadragon.

    python tests/bench/bench_viewer.py [--cells 10000 100000] [--seconds 20] [--rounds 1] [--tour 300] [--json FILE]

A mosaic of that many drawn cells, half the lattice empty, is opened from file:// in headless Chromium at 1440 × 900
and pixel ratio 1. Printed, beside what is allowed:

  bytes          files read before the first sharp view
  first paint    the overview
  sharp view     the last change of the picture: every tile of the whole mosaic is drawn, and none fades in any more
  frame          time between frames in a pan and zoom of --seconds that moves the camera in every frame
  script         time that one frame's callbacks take, the call that moves the camera among them
  main thread    all that the page's thread did in that time, frame by frame; decoding and layout are part of it
  filter         choosing a brand, until the next frame is drawn; the median of 9, all in view and from near
  month          a step of the walk through the months, until the next frame is drawn; the median of 30
  search         finding a word in all captions and names, once they are read, until the next frame; the median of 9
  order          from a press on "Brand" until its images have come to rest in their new places
  tiles          the most that were held
  memory         with --tour: live script heap and resident memory in the last third of a tour, over the first third

OpenSeadragon is moved along the same path over the same tiles in a view of the same size, in turn with the viewer, and
measured in the same way. npm fetches it into a temporary folder, or it lies at --openseadragon FILE; without either,
that part is left out and said so. Of several --rounds the medians count. The times are those of a machine that does
nothing else.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse
from xml.etree import ElementTree

import numpy as np
from PIL import Image
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from generator.maps.lattice import Lattice
from generator.mosaics.pyramid import cell_size_for
from generator.mosaics.script import pack, read_call, write_call
from tests.support.viewer_page import write_page

#: Distinct cells: enough that no two tiles are alike, few enough to be drawn in seconds.
_DRAWN = 400
_BRANDS, _CLUSTERS = 8, 20
_PATIENCE = 60  # seconds for anything that the page does once
# the time between frames and in the page's own callbacks, from inside the page
_WATCH = """
window.measured = { frames: [], held: 0, loaded: 0, changed: 0, sharp: 0 };
measured.request = window.requestAnimationFrame.bind(window);
// `spent` ms of the frame of that time; its first callback tells when it began
measured.note = (time, start, spent) => {
  const last = measured.frames[measured.frames.length - 1];
  if (last && last.time === time) last.spent += spent; else measured.frames.push({ time, start, spent });
};
window.requestAnimationFrame = (act) => measured.request((time) => {
  const start = performance.now();
  act(time);
  measured.note(time, start, performance.now() - start);
});
document.addEventListener("DOMContentLoaded", () => {
  let draws = 0;
  const look = () => {
    const viewer = typeof Brandscape === "object" && (Brandscape.viewers || [])[0], now = performance.now();
    const isIdle = viewer && viewer.draws && viewer.tiles.idle && viewer.tiles.size;
    if (viewer && viewer.draws !== draws) [draws, measured.changed] = [viewer.draws, now];
    if (isIdle && !measured.loaded) measured.loaded = now;
    if (isIdle && now - measured.changed > 200) measured.sharp = measured.changed;
    else setTimeout(look, 2);
  };
  setTimeout(look);
});
"""
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
# Tiles that are not there are never asked for; the view lies where the viewer's lies, and keeps as many tiles.
_OPENSEADRAGON = """<!doctype html><meta charset="utf-8">
<style>html, body { height: 100%; margin: 0 } #view { position: absolute }</style>
<div id="view"></div>
<script src="openseadragon.min.js"></script>
<script>
const given = GIVEN;
const there = new Set(given.there);
const element = document.getElementById("view");
for (const side of ["left", "top", "width", "height"]) element.style[side] = `${given[side]}px`;
const view = OpenSeadragon({
  element, drawer: "canvas", showNavigationControl: false, visibilityRatio: 0, maxZoomPixelRatio: 100,
  minZoomImageRatio: 0.01, imageLoaderLimit: 6, maxImageCacheCount: 96,
  tileSources: {
    width: given.across, height: given.down, tileSize: given.tile, tileOverlap: 0,
    minLevel: given.first, maxLevel: given.last,
    getTileUrl: (level, x, y) => `mosaics/all_files/${level}/${x}_${y}.jpg`,
    tileExists: (level, x, y) => there.has(`${level}/${x}_${y}`),
  },
});
let loaded = 0;
view.addHandler("tile-loaded", () => { loaded += 1; });
window.driven = {
  tiles: { get size() { return loaded; } },
  look({ x, y, scale }) {
    const [width, height] = [given.width / scale / given.columns, given.height / scale / given.columns];
    const [left, top] = [x / given.columns - width / 2, y / given.columns - height / 2];
    view.viewport.fitBounds(new OpenSeadragon.Rect(left, top, width, height), true);
  },
};
view.addHandler("open", () => {
  window.driven.look({ x: given.columns / 2, y: given.lines / 2, scale: given.least });
  window.opened = true;
});
</script>
"""


def write_noise_page(folder: Path, cells: int) -> Path:
    """A page over `cells` posts on a lattice half empty, each a cell of coloured noise."""
    rng = np.random.default_rng(0)
    side = cell_size_for(cells, "auto")
    soft = rng.integers(0, 256, (_DRAWN, 6, 6, 3), np.uint8)
    drawn = []
    for index in range(_DRAWN):
        image = Image.fromarray(soft[index]).resize((side, side), Image.Resampling.BICUBIC)
        grain = rng.integers(-14, 15, (side, side, 1))
        drawn.append(Image.fromarray(np.clip(np.asarray(image, np.int16) + grain, 0, 255).astype(np.uint8)))
    columns = max(2, round((2 * cells) ** 0.5))
    lines = -(-2 * cells // columns)
    taken = np.sort(rng.choice(columns * lines, cells, replace=False))
    lattice = Lattice(columns, lines, (taken % columns).astype(np.int32), (taken // columns).astype(np.int32))
    chosen = rng.integers(0, _DRAWN, cells)
    cluster = [None if value == _CLUSTERS else int(value) for value in rng.integers(0, _CLUSTERS + 1, cells)]
    brand = rng.integers(0, _BRANDS, cells).tolist()
    path = write_page(folder, lattice, side, lambda index: drawn[chosen[index]], brand, cluster)
    _scatter_days(folder / "data" / "posts.js", cells, rng)
    return path


def _scatter_days(path: Path, cells: int, rng: np.random.Generator) -> None:
    """Scatter the posts of a page over five years, three in a hundred without a date."""
    (posts,) = read_call(path.read_text(encoding="utf-8"))
    days = np.where(rng.random(cells) < 0.03, -1, 18262 + rng.integers(0, 1826, cells))
    path.write_text(write_call("posts", {**posts, "day": pack(days.tolist())}), encoding="utf-8")


@dataclass(frozen=True)
class Row:
    """One figure: None where it could not be measured; `most` is what is allowed, if anything is."""

    name: str
    value: float | None
    unit: str
    most: float | None = None

    @property
    def verdict(self) -> str:
        if self.value is None or self.most is None:
            return ""
        return "ok" if round(self.value, 2) <= self.most else "SHORT"

    def __str__(self) -> str:
        value = (
            "not measured" if self.value is None else f"{self.value:.{2 if self.unit in 'MB ×' else 1}f} {self.unit}"
        )
        return f"{self.name:30}{value:>14}{f'≤ {self.most:g}' if self.most else '':>9}  {self.verdict}".rstrip()


def _size(url: str) -> int:
    path = Path(unquote(urlparse(url).path))
    return path.stat().st_size if path.is_file() else 0


@contextmanager
def _open(path: Path, read: list[str] | None = None) -> Iterator[Any]:
    executable = shutil.which("chromium") or shutil.which("google-chrome")
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=arguments)
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.add_init_script(_WATCH)
        page.on("request", lambda request: read.append(request.url) if read is not None else None)
        page.goto(path.as_uri())
        yield page
        browser.close()


def _wait_for(page: Any, expression: str) -> None:
    end = time.monotonic() + _PATIENCE
    while not page.evaluate(expression):
        if time.monotonic() > end:
            raise TimeoutError(f"{expression} never came true")
        time.sleep(0.01)


def _metrics(client: Any) -> dict[str, float]:
    return {entry["name"]: entry["value"] for entry in client.send("Performance.getMetrics")["metrics"]}


def _client(page: Any) -> Any:
    client = page.context.new_cdp_session(page)
    client.send("Performance.enable")
    return client


def _pan(page: Any, viewport: dict[str, float], seconds: float) -> dict[str, float]:
    """Frame by frame, in ms, what the drive costs whatever page is open."""
    client = _client(page)
    before = _metrics(client)["TaskDuration"]
    page.evaluate(_DRIVE, {**viewport, "seconds": seconds})
    busy = _metrics(client)["TaskDuration"] - before
    seen = page.evaluate("({ frames: measured.frames, held: measured.held })")
    frames = np.diff([frame["start"] for frame in seen["frames"]])
    scripts = np.array([frame["spent"] for frame in seen["frames"]])
    return {
        "frame, median": float(np.median(frames)),
        "frame, 95th percentile": float(np.percentile(frames, 95)),
        "script, median": float(np.median(scripts)),
        "script, 95th percentile": float(np.percentile(scripts, 95)),
        "main thread, mean": 1000 * busy / len(frames),
        "tiles held": seen["held"],
    }


def measure_pan(path: Path, seconds: float) -> tuple[dict[str, float], dict[str, float]]:
    """What loading and a pan cost, and the viewport they happened on."""
    read: list[str] = []
    with _open(path, read) as page:
        _wait_for(page, "measured.sharp")
        loading = {
            "bytes": sum(_size(url) for url in set(read) if url.startswith("file:")) / 1e6,
            "first paint": page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime"),
            "tiles read": page.evaluate("measured.loaded"),
            "sharp view": page.evaluate("measured.sharp"),
        }
        viewport = page.evaluate(_VIEWPORT)
        return {**loading, **_pan(page, viewport, seconds)}, viewport


def measure_acts(path: Path, viewport: dict[str, float], tour: float) -> list[Row]:
    """What filters, searches and orders cost, and with `tour` how the memory holds."""

    def median(script: str, values: Any) -> float | None:
        times = [page.evaluate(script, value) for value in values]
        return None if None in times else statistics.median(times)

    with _open(path) as page:
        _wait_for(page, "measured.sharp")
        far = median(_FILTER, [number % _BRANDS for number in range(9)])
        month = median(_MONTH, range(30))
        page.evaluate("Brandscape.viewers[0].filterPanel.setTime(null)")
        page.evaluate("Brandscape.viewers[0].look({...Brandscape.viewers[0].camera, scale: 12})")
        page.wait_for_timeout(600)
        near = median(_FILTER, [number % _BRANDS for number in range(9)])
        reading = page.evaluate(_SEARCH, "look")
        words = ("look 7", "nowhere", "brand 3", "99", "k 1", "8 8", "x", "4", "2")
        search = median(_SEARCH, words) if reading is not None else None
        page.evaluate(_SEARCH, "")
        order = page.evaluate(_ORDER)
        page.evaluate("Brandscape.viewers[0].arrange && Brandscape.viewers[0].arrange('map')")
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


def _watch_memory(page: Any, viewport: dict[str, float], seconds: float) -> list[Row]:
    """How the live heap and the renderers' memory in the last third of a tour compare with the first third."""
    client = _client(page)
    processes = page.context.browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    renderers = [process["id"] for process in processes if process["type"] == "renderer"]
    heaps, resident = [], []
    for _ in range(10):
        page.evaluate(_TOUR, {**viewport, "seconds": seconds / 10})
        client.send("HeapProfiler.collectGarbage")
        heaps.append(_metrics(client)["JSHeapUsedSize"] / 1e6)
        found = [Path(f"/proc/{process}/statm") for process in renderers]
        pages = sum(int(file.read_text().split()[1]) for file in found if file.exists())
        resident.append(pages * os.sysconf("SC_PAGE_SIZE") / 1e6)
    grown = [statistics.median(values[-3:]) / statistics.median(values[:3]) for values in (heaps, resident)]
    for name, values in (("heap", heaps), ("resident", resident)):
        print(f"{name}, MB, every tenth of the tour: {' '.join(f'{value:.0f}' for value in values)}", flush=True)
    return [
        Row("heap, last over first third", grown[0], "×", 1.1),
        Row("resident, last over first", grown[1], "×", 1.15),
        Row("heap at the end", heaps[-1], "MB"),
        Row("resident at the end", resident[-1], "MB"),
    ]


def find_openseadragon(given: Path | None, scratch: Path) -> Path | None:
    """Its script: the file that was given, or what npm fetches into `scratch`; None where neither is to be had."""
    if given:
        return given
    if shutil.which("npm") is None:
        return None
    done = subprocess.run(["npm", "pack", "openseadragon", "--silent"], cwd=scratch, capture_output=True, check=False)
    packed = next(scratch.glob("openseadragon-*.tgz"), None)
    if done.returncode or packed is None:
        return None
    with tarfile.open(packed) as archive:
        archive.extractall(scratch, filter="data")
    return next(scratch.glob("package/build/openseadragon/openseadragon.min.js"), None)


def write_openseadragon_page(path: Path, script: Path, viewport: dict[str, float]) -> Path:
    """A page beside `path` that shows the same tiles in a view of the same place and size."""
    described = ElementTree.parse(path.parent / "mosaics" / "all.dzi").getroot()
    size = next(iter(described)).attrib
    tiles = sorted(path.parent.glob("mosaics/all_files/*/*.jpg"))
    levels = [int(tile.parent.name) for tile in tiles]
    given = {
        **viewport,
        "across": int(size["Width"]),
        "down": int(size["Height"]),
        "tile": int(described.attrib["TileSize"]),
        "first": min(levels),
        "last": max(levels),
        "there": [f"{tile.parent.name}/{tile.stem}" for tile in tiles],
    }
    shutil.copy(script, path.with_name("openseadragon.min.js"))
    page = path.with_name("openseadragon.html")
    page.write_text(_OPENSEADRAGON.replace("GIVEN", json.dumps(given)), encoding="utf-8")
    return page


def measure_openseadragon(page_path: Path, viewport: dict[str, float], seconds: float) -> dict[str, float]:
    """What the same pan costs there."""
    with _open(page_path) as page:
        _wait_for(page, "window.opened && window.driven.tiles.size")
        page.wait_for_timeout(1500)
        return _pan(page, viewport, seconds)


def measure(path: Path, script: Path | None, options: argparse.Namespace, cells: int) -> list[Row]:
    """All figures of one page."""
    ours, theirs = [], []
    for _ in range(options.rounds):
        seen, viewport = measure_pan(path, options.seconds)
        ours.append(seen)
        if script:
            theirs.append(
                measure_openseadragon(write_openseadragon_page(path, script, viewport), viewport, options.seconds)
            )
    mine = {name: statistics.median(one[name] for one in ours) for name in ours[0]}
    most = {
        "bytes": 1.2 if cells <= 10_000 else 2.2,
        "first paint": 300,
        "sharp view": 800,
        "frame, median": 34,
        "frame, 95th percentile": 34,
        "script, median": 4,
        "script, 95th percentile": 4,
        "tiles held": 96,
    }
    units = {"bytes": "MB", "tiles held": ""}
    rows = [Row(name, value, units.get(name, "ms"), most.get(name)) for name, value in mine.items()]
    rows += measure_acts(path, viewport, options.tour)
    for name in [name for name in mine if theirs and name.startswith(("frame", "script", "main"))]:
        other = statistics.median(one[name] for one in theirs)
        ratio = statistics.median(one[name] / two[name] for one, two in zip(ours, theirs, strict=True))
        rows.append(Row(f"OpenSeadragon {name}", other, "ms"))
        rows.append(Row("  ours over theirs", ratio, "×", 1 if name.startswith("frame") else None))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--keep", type=Path, help="write the pages here, or use those that are here")
    parser.add_argument("--seconds", type=float, default=20, help="of each pan")
    parser.add_argument("--rounds", type=int, default=1, help="pans, of which the medians count")
    parser.add_argument("--tour", type=float, default=0, help="seconds of a tour that watches the memory, say 300")
    parser.add_argument("--openseadragon", type=Path, help="its openseadragon.min.js")
    parser.add_argument("--json", type=Path, help="keep the figures here")
    options = parser.parse_args()
    figures = {}
    with tempfile.TemporaryDirectory() as scratch:
        script = find_openseadragon(options.openseadragon, Path(scratch))
        if script:
            print(f"beside {script.read_text(encoding='utf-8')[:60].splitlines()[0].lstrip('/! ')}")
        else:
            print("OpenSeadragon is not to be had here: not compared.")
        for cells in options.cells:
            folder = (options.keep or Path(scratch)) / str(cells)
            path = folder / "index.html"
            if not path.exists():
                folder.mkdir(parents=True, exist_ok=True)
                path = write_noise_page(folder, cells)
            print(f"\n{cells} images", flush=True)
            rows = measure(path.resolve(), script, options, cells)
            print(*rows, sep="\n", flush=True)
            figures[cells] = {}
            for row in rows:
                before = list(figures[cells])
                name = f"{before[-1]}, ours over theirs" if row.name.startswith(" ") else row.name
                figures[cells][name] = row.value
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
