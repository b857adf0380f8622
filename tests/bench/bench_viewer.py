"""What the viewer costs in a browser without a graphics processor, on a mosaic of noise.

    python tests/bench/bench_viewer.py [--cells 10000] [--keep FOLDER] [--seconds 20]

A mosaic of that many drawn cells, half the lattice empty, is opened from file:// in headless Chromium at 1440 × 900
and pixel ratio 1. Printed, beside what is allowed:

  bytes         files read before the first sharp view
  first paint   the overview
  sharp view    every tile of the whole mosaic drawn
  frame         95th percentile of the time between frames in a pan and zoom of --seconds
  script        median and 95th percentile of the time that one frame's drawing calls take
  filter        choosing a brand, until the next frame is drawn; the median of 9
  tiles         the most that were held

The times are those of a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
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


def measure(path: Path, seconds: float) -> list[tuple[str, float, float, str]]:
    """Rows of name, value, allowed and unit."""
    executable = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=executable, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        page = browser.new_page(viewport={"width": 1440, "height": 900})
        page.add_init_script(_WATCH)
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
        browser.close()
    frames, scripts = np.percentile(seen["frames"], 95), np.percentile(seen["scripts"], 95)
    return [
        ("bytes", size / 1e6, 1.2, "MB"),
        ("first paint", paint, 300, "ms"),
        ("sharp view", sharp, 800, "ms"),
        ("frame, 95th percentile", float(frames), 34, "ms"),
        ("script, median", statistics.median(seen["scripts"]), 4, "ms"),
        ("script, 95th percentile", float(scripts), 4, "ms"),
        ("filter", statistics.median(filters), 50, "ms"),
        ("tiles held", seen["held"], 96, ""),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=int, default=10_000)
    parser.add_argument("--keep", type=Path, help="write the page here, or use the one that is here")
    parser.add_argument("--seconds", type=float, default=20)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        path = folder / "index.html"
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            path = write_noise_page(folder, options.cells)
        for name, value, allowed, unit in measure(path.resolve(), options.seconds):
            print(f"{name:26}{value:10.1f} {unit:3} (at most {allowed:g})")


if __name__ == "__main__":
    main()
