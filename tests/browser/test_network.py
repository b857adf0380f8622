"""No page can be made to ask anything of another server, whatever is put into it: from disk and served, in Chromium."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from generator.site.serve import make_server

pytestmark = pytest.mark.browser

#: Ways to reach a server from a page, each asking for a path of its own name; `ran` notes scripts that were run.
_INJECT = """async (other) => {
  const ws = other.replace('http', 'ws');
  window.ran = [];
  const put = (html) => document.body.insertAdjacentHTML('beforeend', html);
  const element = (name, values) => document.body.append(Object.assign(document.createElement(name), values));
  const head = (name, values) => document.head.append(Object.assign(document.createElement(name), values));
  const attempt = async (work) => { try { await work(); } catch (error) { /* refused, as it should be */ } };
  put(`<img src="${other}img">`);
  put(`<img srcset="${other}srcset 1x">`);
  put(`<picture><source srcset="${other}source"><img alt=""></picture>`);
  put(`<video src="${other}video" poster="${other}poster" preload="auto"></video>`);
  put(`<audio src="${other}audio" preload="auto"></audio>`);
  put(`<iframe src="${other}iframe"></iframe>`);
  put(`<object data="${other}object"></object>`);
  put(`<embed src="${other}embed">`);
  put(`<svg width="9" height="9"><image href="${other}svg" width="9" height="9"></image></svg>`);
  put(`<div style="background-image: url(${other}background)">x</div>`);
  put(`<style>@import "${other}import"; @font-face { font-family: F; src: url(${other}font) }</style>`);
  put(`<p style="font-family: F">x</p>`);
  put(`<img src="none:" onerror="ran.push('handler'); new Image().src = '${other}handler'">`);
  put(`<iframe srcdoc="<img src='${other}srcdoc'><script>parent.ran.push('srcdoc')</script>"></iframe>`);
  put(`<iframe src="javascript:parent.ran.push('address')"></iframe>`);
  element('script', {src: other + 'script'});
  element('script', {src: other + 'module', type: 'module'});
  element('script', {textContent: `ran.push('inline'); new Image().src = '${other}inline'`});
  head('link', {rel: 'stylesheet', href: other + 'stylesheet'});
  head('link', {rel: 'icon', href: other + 'icon'});
  head('link', {rel: 'preload', as: 'image', href: other + 'preload'});
  head('link', {rel: 'prefetch', href: other + 'prefetch'});
  head('link', {rel: 'modulepreload', href: other + 'modulepreload'});
  head('link', {rel: 'manifest', href: other + 'manifest'});
  head('link', {rel: 'preconnect', href: other + 'preconnect'});
  head('link', {rel: 'dns-prefetch', href: other + 'dns-prefetch'});
  const speculation = {prefetch: [{source: 'list', urls: [other + 'speculation']}]};
  head('script', {type: 'speculationrules', textContent: JSON.stringify(speculation)});
  head('base', {href: other});
  put('<img src="base">');
  await new Promise((done) => setTimeout(done, 50));
  document.querySelector('base[href]').remove();
  await attempt(() => fetch(other + 'fetch'));
  await attempt(() => fetch(other + 'post', {method: 'POST', mode: 'no-cors', body: 'x'}));
  await attempt(() => navigator.sendBeacon(other + 'beacon', 'x'));
  await attempt(() => { const ask = new XMLHttpRequest(); ask.open('GET', other + 'xhr'); ask.send(); });
  await attempt(() => new EventSource(other + 'events'));
  await attempt(() => new WebSocket(ws + 'socket'));
  await attempt(() => new Worker(URL.createObjectURL(new Blob([`fetch('${other}worker')`]))));
  await attempt(() => import(other + 'dynamic'));
  await attempt(() => new Function(`ran.push('eval')`)());
  await attempt(() => setTimeout(`ran.push('timeout')`, 0));
  await attempt(() => new FontFace('G', `url(${other}fontface)`).load());
  put(`<a id="pinged" href="#pinged" ping="${other}ping">x</a>`);
  document.getElementById('pinged').click();
  await new Promise((done) => setTimeout(done, 600));
  return window.ran;
}"""
#: A form that leads the page itself, or a new one, to another server with what was typed.
_SUBMIT = """([other, method, target]) => {
  const form = `<form id="sent" method="${method}" action="${other}form" target="${target}"><input name="x"></form>`;
  document.body.insertAdjacentHTML('beforeend', form);
  document.getElementById('sent').submit();
}"""
#: The same where a policy forbids it: gives what was hindered, once it was.
_TRY = """([other, method, target]) => new Promise((done) => {
  document.addEventListener("securitypolicyviolation", (event) => done(event.effectiveDirective), { once: true });
  const form = `<form id="sent" method="${method}" action="${other}form" target="${target}"><input name="x"></form>`;
  document.body.insertAdjacentHTML('beforeend', form);
  const sent = document.getElementById('sent');
  sent.submit();
  sent.remove();
})"""
_FORMS = [("get", "_self"), ("post", "_self"), ("post", "_blank")]
#: What reaches the other server from a page without a policy; the test would be worth nothing if it did not.
_WORKS = frozenset({
    "img", "srcset", "source", "video", "poster", "audio", "iframe", "object", "embed", "svg", "background", "import",
    "handler", "srcdoc", "script", "module", "inline", "stylesheet", "preload", "base", "fetch", "post", "beacon",
    "xhr", "events", "socket", "worker", "dynamic", "fontface", "ping",
})  # fmt: skip
_RUNS = {"handler", "inline", "eval", "timeout", "address"}


class _Stranger(ThreadingHTTPServer):
    """A server that notes what it is asked for."""

    asked: list[str]


class _Handler(BaseHTTPRequestHandler):
    def _answer(self) -> None:
        assert isinstance(self.server, _Stranger)
        self.server.asked.append(self.path.strip("/").partition("?")[0])
        self.send_response(200)
        self.send_header("Access-Control-Allow-Origin", "*")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = do_HEAD = do_OPTIONS = _answer

    def log_message(self, format: str, *arguments: object) -> None:
        pass


class _Silent(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: object) -> None:
        pass


def _await(page: Any, stranger: _Stranger, wanted: frozenset[str]) -> None:
    """Give what is `wanted` of the other server time to reach it, which on a busy machine it may need."""
    for _ in range(3000):
        if wanted <= set(stranger.asked):
            return
        page.wait_for_timeout(100)


def _send(browser: Any, stranger: _Stranger, address: str, method: str, target: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    page.evaluate(_SUBMIT, [f"http://127.0.0.1:{stranger.server_address[1]}/", method, target])
    _await(page, stranger, frozenset({"form"}))
    context.close()


@contextmanager
def _running(server: ThreadingHTTPServer) -> Iterator[str]:
    """The address of a server that runs for the length of a `with` block."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def stranger() -> Iterator[_Stranger]:
    server = _Stranger(("127.0.0.1", 0), _Handler)
    server.asked = []
    with _running(server):
        yield server


@pytest.fixture(params=["file", "http"])
def address(request: pytest.FixtureRequest, built_site: Path) -> Iterator[str]:
    """Where the report begins: on disk, or as `brandscape serve` serves it."""
    if request.param == "file":
        yield built_site.as_uri() + "/"
        return
    with _running(make_server(built_site, 0)) as served:
        yield served


def _inject(page: Any, stranger: _Stranger) -> list[str]:
    ran: list[str] = page.evaluate(_INJECT, f"http://127.0.0.1:{stranger.server_address[1]}/")
    return ran


@pytest.mark.parametrize("kind", ["file", "http"])
def test_without_a_policy_all_of_it_would_reach_the_other_server(
    browser: Any, stranger: _Stranger, tmp_path: Path, kind: str
) -> None:
    (tmp_path / "index.html").write_text("<!doctype html><title>Open</title><body>x", encoding="utf-8")
    page = browser.new_page()
    with _running(ThreadingHTTPServer(("127.0.0.1", 0), partial(_Silent, directory=str(tmp_path)))) as served:
        page.goto(f"{tmp_path.as_uri()}/index.html" if kind == "file" else served + "index.html")
        ran = _inject(page, stranger)
        _await(page, stranger, _WORKS)
        assert set(stranger.asked) >= _WORKS
        assert set(ran) >= _RUNS
        for method, target in _FORMS:
            stranger.asked.clear()
            _send(browser, stranger, page.url, method, target)
            assert "form" in stranger.asked
    page.close()


@pytest.mark.parametrize("name", ["index", "compare", "method", "data", "brand", "cluster"])
def test_no_page_reaches_another_server(
    browser: Any, stranger: _Stranger, built_site: Path, address: str, name: str
) -> None:
    folder = built_site / f"{name}s"
    path = min(folder.glob("*.html")).relative_to(built_site).as_posix() if folder.is_dir() else f"{name}.html"
    page = browser.new_page()
    page.goto(address + path)
    page.wait_for_load_state("networkidle")
    ran = _inject(page, stranger)
    assert stranger.asked == []
    assert ran == []
    for method, target in _FORMS:
        tried = page.evaluate(_TRY, [f"http://127.0.0.1:{stranger.server_address[1]}/", method, target])
        assert tried == "form-action"
    assert page.url.startswith(address + path)
    page.close()
    assert stranger.asked == []


def test_a_served_report_works_under_the_servers_own_policy(browser: Any, built_site: Path) -> None:
    with _running(make_server(built_site, 0)) as served:
        page = browser.new_page()
        faults: list[str] = []
        asked: list[str] = []
        page.on("console", lambda said: faults.append(said.text) if said.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        for path in ("index.html", "compare.html", "data.html"):
            page.goto(served + path)
            page.wait_for_load_state("networkidle")
        page.goto(served + "index.html#map")
        page.wait_for_function("() => (Brandscape.viewers || []).length && Brandscape.viewers[0].tiles.idle")
        page.close()
    assert faults == []
    assert any("_files/" in url for url in asked)
    assert [url for url in asked if not url.startswith((served, "data:"))] == []
