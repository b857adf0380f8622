"""What the viewer costs in a browser without a graphics processor, on a mosaic of noise, beside OpenSeadragon.

    python tests/bench/bench_viewer.py [--cells 10000] [--keep FOLDER] [--seconds 20] [--tour 300] [--json FILE]

A mosaic of that many drawn cells, half the lattice empty, is opened from file:// in headless Chromium at 1440 × 900
and pixel ratio 1. Printed, beside what is allowed:

  bytes         files read before the first sharp view
  first paint   the overview
  sharp view    every tile of the whole mosaic drawn
  frame         95th percentile of the time between frames in a pan and zoom of --seconds
  script        median and 95th percentile of the time that one frame's drawing calls take
  filter        choosing a brand, until the next frame is drawn; the median of 9
  search        finding a word in all captions and names, once they are read, until the next frame; the median of 9
  order         from a press on "Brand" until its images have come to rest in their new places
  tiles         the most that were held
  memory        with --tour: live script heap and resident memory in the last third of a tour, over the first third

Then the same path over the same tiles with OpenSeadragon, which npm fetches into a temporary folder, or which lies at
--openseadragon FILE; without either, that part is left out and said so. The times are those of a machine that does
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
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import numpy as np
from PIL import Image
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[1]))

from browser.viewer_page import write_page

from generator.lattice import Lattice
from generator.mosaic import cell_size_for

#: Distinct cells: enough that no two tiles are alike, few enough to be drawn in seconds.
_DRAWN = 400
_BRANDS, _CLUSTERS = 8, 20
# time between frames and time in the viewer's own drawing, from inside the page
_WATCH = """
window.measured = { frames: [], scripts: [], held: 0, sharp: 0 };
const wait = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (act) => wait((time) => {
  const start = performance.now();
  act(time);
  measured.scripts.push(performance.now() - start);
});
document.addEventListener("DOMContentLoaded", () => {
  const look = () => {
    const viewer = (Brandscape.viewers || [])[0];
    if (viewer && viewer.draws && viewer.tiles.idle && viewer.tiles.size) measured.sharp = performance.now();
    else setTimeout(look, 2);
  };
  setTimeout(look);
});
"""
_DRIVE = """(seconds) => new Promise((done) => {
  const viewer = Brandscape.viewers[0], { columns, lines } = viewer.mosaic, fit = { ...viewer.camera };
  measured.scripts.length = 0;
  const start = performance.now();
  let last = 0;
  // a figure of eight over the mosaic, while the scale goes up to 40 times and back, three times
  function step() {
    const now = performance.now(), time = (now - start) / 1000;
    if (last) measured.frames.push(now - last);
    last = now;
    measured.held = Math.max(measured.held, viewer.tiles.size);
    const turn = (time / seconds) * 2 * Math.PI;
    const scale = Math.min(400, fit.scale * 40 ** ((1 - Math.cos(3 * turn)) / 2));
    viewer.look({
      x: columns * (0.5 + 0.35 * Math.sin(turn)), y: lines * (0.5 + 0.35 * Math.sin(2 * turn)), scale,
    });
    if (time < seconds) setTimeout(() => wait(step)); else done();
  }
  const wait = window.requestAnimationFrame;
  step();
})"""
_FILTER = """(key) => new Promise((done) => {
  const viewer = Brandscape.viewers[0], drawn = viewer.draws;
  const row = [...document.querySelectorAll('[data-list="brand"] input')][key];
  const start = performance.now();
  row.click();
  const look = () => (viewer.draws > drawn ? done(performance.now() - start) : setTimeout(look));
  look();
})"""
_SEARCH = """(text) => new Promise((done) => {
  const viewer = Brandscape.viewers[0], start = performance.now();
  viewer.choices.seek(text);
  const { draws } = viewer;
  const isDone = () => viewer.draws > draws && !viewer.choices.isReading;
  const look = () => (isDone() ? done(performance.now() - start) : setTimeout(look));
  look();
})"""
_ORDER = """() => new Promise((done) => {
  const viewer = Brandscape.viewers[0], start = performance.now();
  viewer.arrange("brand");
  const look = () => (!viewer.isMoving && viewer.tiles.idle ? done(performance.now() - start) : setTimeout(look));
  look();
})"""
_TOUR = """(seconds) => new Promise((done) => {
  const viewer = Brandscape.viewers[0], { columns, lines } = viewer.mosaic, end = performance.now() + 1000 * seconds;
  const go = () => {
    if (performance.now() > end) { done(); return; }
    const to = { x: columns * Math.random(), y: lines * Math.random(), scale: 4 * 60 ** Math.random() };
    viewer.goTo(to, 700);
    setTimeout(go, 900);
  };
  go();
})"""
_OPENSEADRAGON = """<!doctype html><meta charset="utf-8"><style>html, body, #view { height: 100%; margin: 0 }</style>
<div id="view"></div>
<script src="assets/core.js"></script>
<script src="assets/pyramid.js"></script>
<script src="data/mosaic-all.js"></script>
<script src="openseadragon.min.js"></script>
<script>
const mosaic = Brandscape.pyramid.open(Brandscape.data.get("mosaic all"), COUNT);
const view = OpenSeadragon({
  element: document.getElementById("view"), drawer: "canvas", showNavigationControl: false, visibilityRatio: 0,
  maxZoomPixelRatio: 100, minZoomImageRatio: 0.01, imageLoaderLimit: 6, maxImageCacheCount: 96,
  tileSources: {
    width: mosaic.columns * mosaic.cell, height: mosaic.lines * mosaic.cell, tileSize: mosaic.tile, tileOverlap: 0,
    minLevel: mosaic.first, maxLevel: mosaic.last,
    getTileUrl: (level, x, y) => `mosaics/all_files/${level}/${x}_${y}.jpg`,
    tileExists: (level, x, y) => Brandscape.pyramid.has(mosaic, level, x, y),
  },
});
const across = mosaic.columns * mosaic.cell;
Brandscape.viewers = [{
  mosaic, draws: 1, tiles: { idle: false, size: 0 },
  camera: { x: mosaic.columns / 2, y: mosaic.lines / 2, scale: Math.min(1392 / mosaic.columns, 852 / mosaic.lines) },
  look({ x, y, scale }) {
    const [width, height] = [1440 / scale / mosaic.columns, 900 / scale / mosaic.columns];
    const middle = { x: x / mosaic.columns, y: y / mosaic.columns };
    view.viewport.fitBounds(new OpenSeadragon.Rect(middle.x - width / 2, middle.y - height / 2, width, height), true);
  },
}];
view.addHandler("open", () => { window.opened = true; });
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
    return write_page(folder, lattice, side, lambda index: drawn[chosen[index]], brand, cluster)


def _size(url: str) -> int:
    path = Path(unquote(urlparse(url).path))
    return path.stat().st_size if path.is_file() else 0


Row = tuple[str, float, float, str]


def _open(playwright: Any, path: Path) -> Any:
    executable = shutil.which("chromium") or shutil.which("google-chrome")
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    browser = playwright.chromium.launch(executable_path=executable, args=arguments)
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.add_init_script(_WATCH)
    return page


def measure(path: Path, seconds: float, tour: float, most_bytes: float) -> list[Row]:
    """Rows of name, value, allowed and unit."""
    with sync_playwright() as playwright:
        page = _open(playwright, path)
        read: list[str] = []
        page.on("request", lambda request: read.append(request.url))
        page.goto(path.as_uri())
        while not page.evaluate("measured.sharp"):
            time.sleep(0.01)
        sharp = page.evaluate("measured.sharp")
        size = sum(_size(url) for url in set(read) if url.startswith("file:"))
        paint = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
        page.evaluate(_DRIVE, seconds)
        seen: dict[str, Any] = page.evaluate("measured")
        page.evaluate("Brandscape.viewers[0].look({...Brandscape.viewers[0].camera, scale: 12})")
        page.wait_for_timeout(600)
        filters = [page.evaluate(_FILTER, number % _BRANDS) for number in range(9)]
        reading = page.evaluate(_SEARCH, "look")
        searches = [
            page.evaluate(_SEARCH, text) for text in ("look 7", "nowhere", "brand 3", "99", "k 1", "8 8", "x", "4", "2")
        ]
        page.evaluate(_SEARCH, "")
        order = page.evaluate(_ORDER)
        page.evaluate("Brandscape.viewers[0].arrange('map')")
        memory = _watch_memory(page, tour) if tour else []
        page.context.browser.close()
    frames, scripts = np.percentile(seen["frames"], 95), np.percentile(seen["scripts"], 95)
    return [
        ("bytes", size / 1e6, most_bytes, "MB"),
        ("first paint", paint, 300, "ms"),
        ("sharp view", sharp, 800, "ms"),
        ("frame, 95th percentile", float(frames), 34, "ms"),
        ("script, median", statistics.median(seen["scripts"]), 4, "ms"),
        ("script, 95th percentile", float(scripts), 4, "ms"),
        ("filter", statistics.median(filters), 50, "ms"),
        ("search", statistics.median(searches), 100, "ms"),
        ("first search, with reading", reading, float("inf"), "ms"),
        ("order by brand", order, float("inf"), "ms"),
        ("tiles held", seen["held"], 96, ""),
        *memory,
    ]


def _watch_memory(page: Any, seconds: float) -> list[Row]:
    """How the live heap and the renderers' memory in the last third of a tour compare with the first third."""
    client = page.context.new_cdp_session(page)
    client.send("Performance.enable")
    processes = page.context.browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
    renderers = [process["id"] for process in processes if process["type"] == "renderer"]
    heaps, resident = [], []
    for _ in range(12):
        page.evaluate(_TOUR, seconds / 12)
        client.send("HeapProfiler.collectGarbage")
        metrics = {entry["name"]: entry["value"] for entry in client.send("Performance.getMetrics")["metrics"]}
        heaps.append(metrics["JSHeapUsedSize"])
        pages = sum(int(Path(f"/proc/{process}/statm").read_text().split()[1]) for process in renderers)
        resident.append(pages * os.sysconf("SC_PAGE_SIZE"))
    grown = [statistics.median(values[8:]) / statistics.median(values[:4]) for values in (heaps, resident)]
    return [
        ("heap, last over first third", grown[0], 1.1, "×"),
        ("resident, last over first", grown[1], 1.15, "×"),
        ("heap at the end", heaps[-1] / 1e6, float("inf"), "MB"),
        ("resident at the end", resident[-1] / 1e6, float("inf"), "MB"),
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


def measure_openseadragon(path: Path, script: Path, cells: int, seconds: float) -> dict[str, float]:
    """Frame and script times, in ms, of the same path over the same tiles."""
    page_path = path.with_name("openseadragon.html")
    page_path.write_text(_OPENSEADRAGON.replace("COUNT", str(cells)), encoding="utf-8")
    shutil.copy(script, path.with_name("openseadragon.min.js"))
    with sync_playwright() as playwright:
        page = _open(playwright, page_path)
        page.goto(page_path.as_uri())
        while not page.evaluate("window.opened"):
            time.sleep(0.01)
        page.wait_for_timeout(1500)
        page.evaluate(_DRIVE, seconds)
        seen = page.evaluate("measured")
        drawn = page.evaluate("view.world.getItemAt(0).getContentSize().x")
        assert drawn > 0
        page.context.browser.close()
    return {
        "frame": float(np.percentile(seen["frames"], 95)),
        "frame, median": statistics.median(seen["frames"]),
        "script": float(np.percentile(seen["scripts"], 95)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=int, default=10_000)
    parser.add_argument("--keep", type=Path, help="write the page here, or use the one that is here")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--tour", type=float, default=0, help="seconds of a tour that watches the memory")
    parser.add_argument("--openseadragon", type=Path, help="its openseadragon.min.js")
    parser.add_argument("--json", type=Path, help="keep the figures here")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        path = folder / "index.html"
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            path = write_noise_page(folder, options.cells)
        rows = measure(path.resolve(), options.seconds, options.tour, 1.2 if options.cells <= 10_000 else 2.2)
        for name, value, allowed, unit in rows:
            said = f"(at most {allowed:g}){'' if value <= allowed else '  SHORT'}" if allowed < float("inf") else ""
            print(f"{name:28}{value:10.1f} {unit:3} {said}", flush=True)
        figures = {name: value for name, value, _, _ in rows}
        script = find_openseadragon(options.openseadragon, Path(scratch))
        if script is None:
            print("OpenSeadragon is not to be had here: not compared.")
        else:
            theirs = measure_openseadragon(path.resolve(), script, options.cells, options.seconds)
            for name in ("frame", "script"):
                ours = figures[f"{name}, 95th percentile"]
                print(f"OpenSeadragon, {name:13}{theirs[name]:10.1f} ms   (ours is {ours / theirs[name]:.2f} of it)")
                figures[f"OpenSeadragon {name}"] = theirs[name]
        if options.json:
            options.json.write_text(json.dumps({"cells": options.cells, **figures}, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
