"""The pages that `bench_viewer.py` measures: a viewer over noise, a bare canvas, OpenSeadragon over the same tiles."""

from __future__ import annotations

import json
import shutil
import subprocess
import tarfile
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from PIL import Image

from generator.maps.lattice import Lattice
from generator.mosaics.pyramid import cell_size_for
from generator.mosaics.script import pack, read_call, write_call
from tests.support.viewer_page import write_page

#: Distinct cells: enough that no two tiles are alike, few enough to be drawn in seconds.
_DRAWN = 400
BRANDS, _CLUSTERS = 8, 20
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
# A canvas where the viewer's lies, all of whose pixels change in every frame: what the engine itself costs.
_BLANK = """<!doctype html><meta charset="utf-8">
<style>html, body { height: 100%; margin: 0 } canvas { position: absolute }</style>
<canvas></canvas>
<script>
const given = GIVEN;
const canvas = document.querySelector("canvas");
for (const side of ["left", "top", "width", "height"]) canvas.style[side] = `${given[side]}px`;
[canvas.width, canvas.height] = [given.width, given.height];
const pen = canvas.getContext("2d", { alpha: false });
let isLight = false;
window.driven = {
  tiles: { size: 0 },
  look() {
    isLight = !isLight;
    pen.fillStyle = isLight ? "#ddd" : "#222";
    pen.fillRect(0, 0, given.width, given.height);
  },
};
window.opened = true;
</script>
"""
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
    brand = rng.integers(0, BRANDS, cells).tolist()
    path = write_page(folder, lattice, side, lambda index: drawn[chosen[index]], brand, cluster)
    _scatter_days(folder / "data" / "posts.js", cells, rng)
    return path


def _scatter_days(path: Path, cells: int, rng: np.random.Generator) -> None:
    """Scatter the posts of a page over five years, three in a hundred without a date."""
    (posts,) = read_call(path.read_text(encoding="utf-8"))
    days = np.where(rng.random(cells) < 0.03, -1, 18262 + rng.integers(0, 1826, cells))
    path.write_text(write_call("posts", {**posts, "day": pack(days.tolist())}), encoding="utf-8")


def watch(path: Path) -> Path:
    """Let a page with a viewer tell when it was sharp and how long its frames took; returns it.

    The script stands in the page, since WebDriver cannot run one before those of the page.
    """
    script = path.parent / "assets" / "watch.js"
    if not script.exists():
        tag = '<script src="assets/watch.js"></script>\n<meta name="viewport"'
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace('<meta name="viewport"', tag, 1), encoding="utf-8")
    script.write_text(_WATCH, encoding="utf-8")
    return path


def _write_driven(path: Path, text: str, given: dict[str, object]) -> Path:
    """Write a page without a viewer, which is watched from its first script on."""
    watched = text.replace("<style>", f"<script>{_WATCH}</script>\n<style>", 1)
    path.write_text(watched.replace("GIVEN", json.dumps(given)), encoding="utf-8")
    return path


def write_blank_page(path: Path, viewport: dict[str, float]) -> Path:
    """A page beside `path` with a bare canvas of the viewer's place and size."""
    return _write_driven(path.with_name("blank.html"), _BLANK, {**viewport})


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
    return _write_driven(path.with_name("openseadragon.html"), _OPENSEADRAGON, given)
