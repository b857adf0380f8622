"""A browser and a built report for the tests in this folder."""

from __future__ import annotations

import csv
import dataclasses
import inspect
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn
from unittest import mock

import pytest

from generator.cache.store import Store
from generator.commands.facts import TEST_BROWSERS
from generator.pipeline.build import build_site
from generator.pipeline.run import Run
from generator.progress import SilentProgress
from generator.settings import FACETS, MapMix
from generator.settings.load import load_settings
from generator.spreadsheet.sources import find_inputs
from tests.support.captions import BRANDS, CAPTIONS
from tests.support.demo_sample import write_quick_demo
from tests.support.drawn import draw_image
from tests.support.once import make_once
from tests.support.viewer_page import WITHOUT_NAMES, OpenPage, ViewerPage, write_solid_page

#: Has pictures loaded when they come into the window, not thousands of pixels before: most tests look at none.
_LAZY = "--blink-settings=" + ",".join(
    f"lazyLoadingImageMarginPx{speed}=0" for speed in ("Unknown", "Offline", "Slow2G", "2G", "3G", "4G")
)


#: Milliseconds after which something never comes, on however busy a machine.
_PATIENCE = 300_000


def refuse(reason: str) -> NoReturn:
    """Without a browser these tests are skipped, except where all must run."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def playwright() -> Iterator[Any]:
    """Playwright, started once for all browsers: a process holds no second one beside it."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        refuse("Playwright is not installed")
    with sync_playwright() as started, mock.patch.object(inspect, "stack", _nearest_frames):
        yield started


def _nearest_frames(context: int = 1) -> list[inspect.FrameInfo]:
    """Return the innermost twelve callers, without lines of source.

    Playwright looks for its own method among them at each call. A test has over thirty, and `inspect.stack` needs twice
    as long to describe these as a short call takes.
    """
    frames: list[inspect.FrameInfo] = []
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and len(frames) < 12:
        frames.append(
            inspect.FrameInfo(frame, frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name, None, None)
        )
        frame = frame.f_back
    return frames


@pytest.fixture(scope="session")
def browser(playwright: Any) -> Iterator[Any]:
    """Chromium, driven by Playwright."""
    running = launch_chromium(playwright, "--disable-background-networking", _LAZY)
    yield running
    running.close()


def launch_chromium(playwright: Any, *arguments: str) -> Any:
    """Start a Chromium whose pages and contexts wait as long for anything as a busy machine may take."""
    executable = next(filter(None, map(shutil.which, TEST_BROWSERS)), None)
    if executable is None:
        refuse("no Chromium is installed")
    running = playwright.chromium.launch(
        executable_path=executable, args=["--no-sandbox", "--disable-gpu", *arguments], timeout=_PATIENCE
    )
    for name in ("new_context", "new_page"):
        setattr(running, name, _make_patient(getattr(running, name)))
    return running


def _make_patient(open_one: Callable[..., Any]) -> Callable[..., Any]:
    def open_patiently(**options: Any) -> Any:
        opened = open_one(**options)
        opened.set_default_timeout(_PATIENCE)
        return opened

    return open_patiently


@pytest.fixture(scope="session")
def built_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole report of 150 drawn posts by four brands, in a folder with spaces and accents. Not to be written to."""
    return make_once(tmp_path_factory, "mes rapports été #1", _build_site) / "mon site"


@pytest.fixture(scope="session")
def site_with_maps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same report with a further map, for browsers that see one report alone. Not to be written to."""
    maps = (MapMix("Colour", colour=1.0),)
    return make_once(tmp_path_factory, "mes cartes été #2", lambda folder: _build_site(folder, maps)) / "mon site"


@pytest.fixture(scope="session")
def demo_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a small demo with four maps and all images of its posts. Not to be written to."""

    def make(folder: Path) -> None:
        flags: dict[str, Any] = {"model": "builtin", "disturbed": 0, "scatter_size": 300, "flat_size": 600}
        maps = tuple(MapMix(facet.title(), **{facet: 1.0}) for facet in FACETS)
        settings = dataclasses.replace(load_settings(environment={}, flags={**flags, "images": "all"}), maps=maps)
        run = Run(settings, Store(folder / "cache"), SilentProgress(), datetime(2026, 1, 2, tzinfo=UTC))
        build_site(find_inputs([write_quick_demo(folder / "sample")]), folder / "site", run)

    return make_once(tmp_path_factory, "a small demo", make) / "site"


def _build_site(folder: Path, maps: tuple[MapMix, ...] = ()) -> None:
    (folder / "images").mkdir()
    with (folder / "posts.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["brand", "thumbnail", "caption", "likes", "published", "permalink"])
        for index in range(150):
            name = f"images/{index:04d}.jpg"
            draw_image(index % 5, index).save(folder / name, quality=85)
            brand = BRANDS[index % 9 % 4]
            caption = CAPTIONS[index % len(CAPTIONS)].format(index=index)
            link = f"https://example.com/p/P{index:05d}/"
            rows.writerow([brand, name, caption, 100 + 2 * index, f"2026-{index % 12 + 1:02d}-03", link])
    # by content alone, in clusters of six at least, some posts stay unclustered
    flags: dict[str, Any] = {"model": "builtin", "disturbed": 0, "scatter_size": 300, "flat_size": 600}
    flags |= {"colour": 0, "composition": 0, "min_samples": "6"}
    settings = dataclasses.replace(load_settings(environment={}, flags=flags), maps=maps)
    built = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    build_site(
        find_inputs([folder / "posts.csv"]),
        folder / "mon site",
        Run(settings, Store(folder / "cache"), SilentProgress(), built),
    )


@pytest.fixture(scope="session")
def solid_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page with the viewer alone: 80 × 80 cells of 64 px, all of one colour, no cell empty."""

    def write(folder: Path) -> Path:
        return write_solid_page(folder, side=80, cell=64)

    return make_once(tmp_path_factory, "solid", write) / "index.html"


@pytest.fixture
def open_page(browser: Any) -> Iterator[OpenPage]:
    """Opens a page from disk in a context of its own; context options as Playwright names them.

    Without `names`, none lie over images, which a test's click would meet in their place.
    """
    contexts = []

    def open_one(
        path: Path,
        address: str = "",
        *,
        size: tuple[int, int] = (1440, 900),
        before: str = "",
        settle: bool = True,
        names: bool = False,
        **options: Any,
    ) -> ViewerPage:
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **options)
        contexts.append(context)
        for script in (before, "" if names else WITHOUT_NAMES):
            if script:
                context.add_init_script(script)
        viewer = ViewerPage(context.new_page(), path)
        viewer.page.goto(path.as_uri() + address)
        if settle:
            viewer.settle()
            viewer.scroll_to_viewer()
        return viewer

    yield open_one
    for context in contexts:
        context.close()
