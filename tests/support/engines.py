"""Browsers by one small set of acts. Chromium's tests have all of Playwright instead: see `conftest.py`.

Chromium and Firefox are driven by Playwright, Firefox over WebDriver BiDi, so that it needs no driver of its own.
WebKit is WebKitGTK's MiniBrowser, driven by Selenium and WebKitWebDriver, on a display that nobody sees.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from generator.commands.facts import TEST_BROWSERS

ENGINES = ("chromium", "firefox", "webkit")
#: The largest system folder that holds MiniBrowser, which no distribution has on the path.
_MINI_BROWSER = "*/webkit2gtk-4.*/MiniBrowser"
_PATIENCE = 300  # seconds after which something never comes, on however busy a machine


@dataclass(frozen=True)
class Look:
    """A reader's screen: its size in CSS pixels, and whether dark pages and less motion are asked for."""

    size: tuple[int, int]
    dark: bool = False
    calm: bool = True

    @property
    def name(self) -> str:
        return f"{self.size[0]}-{'dark' if self.dark else 'light'}"


LOOKS = (Look((1440, 900)), Look((390, 844), dark=True))


class Driven(Protocol):
    """A page in some engine. Places are CSS pixels of the window."""

    def goto(self, address: str) -> None: ...

    def run(self, function: str, *values: Any) -> Any:
        """What a function of the page's, or what it promises, gives for these values."""

    def drag(self, places: Sequence[tuple[float, float]]) -> None:
        """Press at the first place, move over the others, and let go at the last; one place is a click."""

    def hover(self, x: float, y: float) -> None: ...

    def wheel(self, x: float, y: float, dy: float) -> None: ...

    def press(self, *keys: str) -> None:
        """Press keys together, by the names that the page hears them by."""

    def picture(self) -> bytes:
        """The window, as PNG."""


class PlaywrightPage:
    """A page of Chromium or Firefox; `page` is Playwright's own."""

    def __init__(self, page: Any) -> None:
        self.page = page

    def goto(self, address: str) -> None:
        self.page.goto(address)

    def run(self, function: str, *values: Any) -> Any:
        return self.page.evaluate(f"(values) => ({function})(...values)", list(values))

    def drag(self, places: Sequence[tuple[float, float]]) -> None:
        mouse = self.page.mouse
        mouse.move(*places[0])
        mouse.down()
        for place in places[1:]:
            mouse.move(*place)
        mouse.up()

    def hover(self, x: float, y: float) -> None:
        self.page.mouse.move(x, y)

    def wheel(self, x: float, y: float, dy: float) -> None:
        self.page.mouse.move(x, y)
        self.page.mouse.wheel(0, dy)

    def press(self, *keys: str) -> None:
        self.page.keyboard.press("+".join(keys))

    def picture(self) -> bytes:
        shot: bytes = self.page.screenshot()
        return shot


class _SeleniumPage:
    def __init__(self, driver: Any) -> None:
        self._driver = driver
        self._turned = 0.0

    def goto(self, address: str) -> None:
        self._driver.get("about:blank")  # a new state of the page that is shown would load nothing
        self._driver.get(address)

    def run(self, function: str, *values: Any) -> Any:
        said, fault = self._driver.execute_async_script(
            f"""const [values, done] = arguments;
            const tell = [(said) => done([said ?? null, null]), (fault) => done([null, `${{fault}}`])];
            (async () => ({function})(...values))().then(...tell);""",
            list(values),
        )
        assert fault is None, fault
        return said

    def _builder(self) -> Any:
        from selenium.webdriver.common.actions.action_builder import ActionBuilder

        return ActionBuilder(self._driver, duration=0)

    def drag(self, places: Sequence[tuple[float, float]]) -> None:
        builder = self._builder()
        pointer = builder.pointer_action
        pointer.move_to_location(*map(round, places[0]))
        pointer.pointer_down()
        for place in places[1:]:
            pointer.move_to_location(*map(round, place))
        pointer.pointer_up()
        builder.perform()

    def hover(self, x: float, y: float) -> None:
        builder = self._builder()
        builder.pointer_action.move_to_location(round(x), round(y))
        builder.perform()

    def wheel(self, x: float, y: float, dy: float) -> None:
        # this driver takes what is said for how far the wheel has been turned in all
        self._turned += dy
        builder = self._builder()
        builder.wheel_action.scroll(round(x), round(y), 0, round(self._turned))
        builder.perform()

    def press(self, *keys: str) -> None:
        from selenium.webdriver.common.keys import Keys

        codes = [
            getattr(Keys, {"ArrowRight": "ARROW_RIGHT"}.get(key, key.upper())) if len(key) > 1 else key for key in keys
        ]
        builder = self._builder()
        for code in codes:
            builder.key_action.key_down(code)
        for code in reversed(codes):
            builder.key_action.key_up(code)
        builder.perform()

    def picture(self) -> bytes:
        shot: bytes = self._driver.get_screenshot_as_png()
        return shot

    def fit_window(self, size: tuple[int, int]) -> None:
        """Give the page this size, as far as the toolkit makes windows so narrow."""
        self._driver.set_window_rect(0, 0, *size)
        inner = self.run("() => [innerWidth, innerHeight]")
        outer = self._driver.get_window_size()
        self._driver.set_window_size(outer["width"] + size[0] - inner[0], outer["height"] + size[1] - inner[1])


def find_engine(name: str) -> str | None:
    """Return the browser's path, or None if it, or what drives it, is not installed."""
    if name == "chromium":
        return next(filter(None, map(shutil.which, TEST_BROWSERS)), None)
    if name == "firefox":
        return shutil.which("firefox-esr") or shutil.which("firefox")
    if not (shutil.which("WebKitWebDriver") and shutil.which("Xvfb") and importlib.util.find_spec("selenium")):
        return None
    return next(map(str, sorted(Path("/usr/lib").glob(_MINI_BROWSER), reverse=True)), None)


@contextmanager
def open_engine(name: str, playwright: Any, path: str, look: Look) -> Iterator[Driven]:
    """Start an engine with a profile of its own; it ends with the block. WebKit needs no Playwright."""
    if name == "webkit":
        with tempfile.TemporaryDirectory() as home, _open_webkit(path, look, Path(home)) as page:
            yield page
        return
    with (_open_chromium if name == "chromium" else _open_firefox)(playwright, path, look) as page:
        yield page


@contextmanager
def _open_chromium(playwright: Any, path: str, look: Look) -> Iterator[PlaywrightPage]:
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    browser = playwright.chromium.launch(executable_path=path, args=arguments)
    context = browser.new_context(
        viewport={"width": look.size[0], "height": look.size[1]},
        color_scheme="dark" if look.dark else "light",
        reduced_motion="reduce" if look.calm else "no-preference",
    )
    context.set_default_timeout(1000 * _PATIENCE)
    yield PlaywrightPage(context.new_page())
    browser.close()


@contextmanager
def _open_firefox(playwright: Any, path: str, look: Look) -> Iterator[PlaywrightPage]:
    preferences = {
        "layout.css.prefers-color-scheme.content-override": 0 if look.dark else 1,
        "ui.prefersReducedMotion": int(look.calm),
    }
    with tempfile.TemporaryDirectory() as home:
        browser = playwright.firefox.launch(
            channel="moz-firefox", executable_path=path, firefox_user_prefs=preferences, downloads_path=home
        )
        context = browser.new_context(viewport={"width": look.size[0], "height": look.size[1]})
        context.set_default_timeout(1000 * _PATIENCE)
        yield PlaywrightPage(context.new_page())
        browser.close()


@contextmanager
def _open_webkit(path: str, look: Look, home: Path) -> Iterator[Driven]:
    from selenium import webdriver
    from selenium.webdriver.webkitgtk.options import Options
    from selenium.webdriver.webkitgtk.service import Service

    settings = home / "gtk-3.0" / "settings.ini"
    settings.parent.mkdir()
    settings.write_text(f"[Settings]\ngtk-enable-animations={int(not look.calm)}\n")
    with _open_display(look.size) as display:
        environment = {
            **os.environ,
            "DISPLAY": display,
            "XDG_CONFIG_HOME": str(home),
            "HOME": str(home),
            "GTK_THEME": "Adwaita:dark" if look.dark else "Adwaita",
            # without a graphics processor frames take three times as long otherwise
            "WEBKIT_DISABLE_DMABUF_RENDERER": "1",
        }
        options = Options()
        options.binary_location = path
        options.add_argument("--automation")
        driver = webdriver.WebKitGTK(options=options, service=Service(shutil.which("WebKitWebDriver"), env=environment))
        try:
            driver.set_script_timeout(_PATIENCE)
            page = _SeleniumPage(driver)
            page.fit_window(look.size)
            yield page
        finally:
            driver.quit()


@contextmanager
def _open_display(size: tuple[int, int]) -> Iterator[str]:
    """A display that nobody sees, under a number that Xvfb finds itself, for a window with a page of this size.

    Its pointer stands in its middle, and the window under the pointer has the keyboard.
    """
    screen = f"{size[0] + 100}x{size[1] + 200}x24"
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", screen, "-nolisten", "tcp"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        try:
            yield f":{server.stdout.readline().strip()}"
        finally:
            server.terminate()
