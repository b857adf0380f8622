"""Text made to become markup, script, an address or a style, wherever a spreadsheet can put it, on every page.

HOSTILE_RUNS says how many reports are made of generated text; by default 1.
"""

from __future__ import annotations

import csv
import json
import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from generator.cache.store import Store
from generator.pipeline.build import build_site
from generator.pipeline.run import Run
from generator.progress import SilentProgress
from generator.settings.load import load_settings
from generator.site.tables import FORMULA_STARTS
from generator.spreadsheet.sources import find_inputs
from generator.text import clean_line
from tests.support.drawn import draw_image
from tests.support.editions import unpack_email_edition, write_one_file

pytestmark = pytest.mark.browser

RUNS = int(os.environ.get("HOSTILE_RUNS", "1"))
POSTS = 40
#: Each would call RAN, navigate, or break a page, in the context it was made for.
PAYLOADS = (
    "<script>RAN(1)</script>",
    "</script><script>RAN(2)</script>",
    '"><img src=x onerror=RAN(3)>',
    "'><svg/onload=RAN(4)>",
    '" onmouseover="RAN(5)" autofocus onfocus="RAN(6)" x="',
    "' onpointerenter='RAN(7)' '",
    "javascript:RAN(8)",
    "data:text/html,<script>RAN(9)</script>",
    "</title></style></textarea></noscript><script>RAN(10)</script>",
    "<style>*{display:none}</style>",
    "red;background:url(javascript:RAN(11))",
    "<base href='http://127.0.0.1:9/'><meta http-equiv=refresh content='0;url=http://127.0.0.1:9/'>",
    "<iframe srcdoc='<script>parent.RAN(12)</script>'></iframe>",
    "{{ 7 * 7 }}{% include 'base.html' %}${RAN(13)}`+RAN(14)+`",
    "&lt;script&gt;RAN(15)&lt;/script&gt;&#60;b&#62;",
    "<!-- ]]> --!> <![CDATA[",
    "\u2028RAN(16)\u2029",
    '\\u003cscript>RAN(17)\\x3c/script>\\"',
    "__proto__",
    "constructor",
    '=HYPERLINK("http://127.0.0.1:9/","x")',
    "+cmd|' /C calc'!A0",
    "\u202eRAN\u2066",
    "\ufeff\u200b\u00ad",
    "🏳️‍🌈" * 9,
    "عطر" * 9,
    "%3Cscript%3ERAN(18)%3C/script%3E",
    "x" * 10_000,
)
TEXTS = st.lists(
    st.one_of(st.sampled_from(PAYLOADS), st.text(max_size=12), st.sampled_from(list("<>&\"'`=/\\ \n\t;:#?%{}()"))),
    min_size=1,
    max_size=4,
).map("".join)

#: Counts what is run, and what the page's policy had to stop.
_WATCH = """
window.ran = [];
window.RAN = (what) => { window.ran.push(String(what)); };
for (const name of ["alert", "confirm", "prompt", "open"]) window[name] = () => window.ran.push(name);
document.addEventListener("securitypolicyviolation", (event) => window.ran.push(`policy ${event.violatedDirective}`));
"""
#: Every element with the names of its attributes, and of the properties of its style; addresses by themselves.
_READ = """() => {
  const shapes = new Set(), addresses = new Set();
  for (const element of document.querySelectorAll("*")) {
    const tag = element.tagName.toLowerCase();
    shapes.add(tag);
    for (const { name, value } of element.attributes) {
      shapes.add(`${tag} ${name}`);
      if (/^(xlink:)?(href|src|srcset|action|formaction|data|poster|srcdoc|background)$/.test(name)) {
        addresses.add(`${tag} ${name} ${value}`);
      }
    }
    for (const property of element.style || []) shapes.add(`${tag} style ${property}`);
  }
  return [[...shapes], [...addresses]];
}"""

#: Every button of the viewer that shows, one after the other.
_CLICK = """async () => {
  for (const button of [...document.querySelectorAll("[data-viewer] button, [data-viewer] summary")].slice(0, 30)) {
    if (button.checkVisibility()) button.click();
    await new Promise((done) => setTimeout(done, 15));
  }
}"""


class _Texts:
    """What a spreadsheet says, from one source of texts."""

    def __init__(self, texts: list[str]) -> None:
        self._texts = texts

    def __getitem__(self, index: int) -> str:
        return self._texts[index % len(self._texts)]


def _write_posts(folder: Path, texts: _Texts) -> Path:
    """A spreadsheet whose brands, captions, links, headers and file names are `texts`, as far as each can be."""
    (folder / "images").mkdir(parents=True)
    brands: list[str] = []
    for index in range(4):  # always four, so that the report has the same parts
        said = clean_line(texts[index].encode("utf-8", "replace").decode())
        taken = {brand.casefold() for brand in brands}
        brands.append(said if said and said.casefold() not in taken else f"{said} {index}")
    path = folder / "posts.csv"
    with path.open("w", newline="", encoding="utf-8", errors="replace") as file:
        rows = csv.writer(file)
        rows.writerow(["brand", "thumbnail", "caption", "likes", "published", "permalink", texts[8][:200]])
        for index in range(POSTS):
            stem = "".join(c for c in texts[index + 3][:60] if c not in "/\\\n\r\t\0" and c.isprintable()).strip()
            name = f"images/{index:03d} {stem.encode('utf-8', 'replace').decode()[:40]}.jpg".replace("\\", "")
            draw_image(index % 5, index).save(folder / name, quality=85)
            link = f"https://example.com/p/{index}/?q={texts[index + 5][:300]}"
            day = f"2026-{index % 12 + 1:02d}-03" if index % 7 else texts[index][:90]
            rows.writerow([brands[index % 4], name, texts[index], 100 + index, day, link, texts[index]])
        for index in range(6):  # refused, each with its own detail
            rows.writerow([brands[0], f"images/{texts[index][:80]}", texts[index], texts[index][:50], "", texts[index]])
    return path


def _as_toml(text: str) -> str:
    plain = text.encode("utf-8", "replace").decode()
    return json.dumps(plain, ensure_ascii=False).replace("\x7f", "\\u007f")


def _build(spreadsheet: Path, title: str, names: _Texts) -> Path:
    chosen = {
        "model": "builtin",
        "disturbed": 0,
        "scatter_size": 200,
        "flat_size": 300,
        "perplexity": 5,
        "title": title,
    }
    chosen |= {"min_samples": 4, "eps": 4.0, "repeats": "each"}
    site = spreadsheet.parent / "site"
    store = Store(spreadsheet.parent / "cache")
    for day in (2, 3):  # the second tells what changed since the first
        written = "version = 1\n"
        for n in (1, 2):
            written += (
                f"[clusters.c{n:02d}]\nname = {_as_toml(names[n][:70])}\nnote = {_as_toml(names[n + 1][:1900])}\n"
            )
        (spreadsheet.parent / "clusters.toml").write_text(written, encoding="utf-8")
        built = datetime(2026, 1, day, tzinfo=UTC)
        build_site(
            find_inputs([spreadsheet]),
            site,
            Run(load_settings(environment={}, flags=chosen), store, SilentProgress(), built),
        )
        if day == 2:  # one comes, two go
            with spreadsheet.open(newline="", encoding="utf-8") as file:
                rows = list(csv.reader(file))
            draw_image(3, 999).save(spreadsheet.parent / "images/999.jpg")
            rows[4:6] = [[rows[4][0], "images/999.jpg", names[6], "5", "2026-02-02", "", ""]]
            with spreadsheet.open("w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows(rows)
    return site


class _Reader:
    """Opens pages one after another, in one tab, and keeps what they hold."""

    def __init__(self, context: Any) -> None:
        self.shapes: set[str] = set()
        self.addresses: set[str] = set()
        self.faults: list[str] = []
        self._where = ""
        self._page = page = context.new_page()
        page.on("pageerror", lambda error: self._note(str(error)))
        page.on("console", lambda message: self._note(message.text) if message.type == "error" else None)
        page.on("dialog", lambda dialog: self._note("a dialog"))
        page.on("request", lambda request: self._note_request(request.url))

    def _note(self, fault: str) -> None:
        self.faults.append(f"{self._where}: {fault}")

    def _note_request(self, url: str) -> None:
        if not url.startswith(("file:", "data:", "blob:")):
            self._note(f"asked {url[:80]}")

    @contextmanager
    def open(self, address: str) -> Iterator[Any]:
        """Open a page; at the end of the block, keep the elements and addresses it holds."""
        self._where = address[-60:]
        page = self._page
        page.goto(address)
        if page.locator("[data-viewer]").count():
            page.wait_for_function("() => (Brandscape.viewers || []).every((viewer) => viewer && viewer.tiles.idle)")
        yield page
        shapes, addresses = page.evaluate(_READ)
        self.shapes |= set(shapes)
        self.addresses |= set(addresses)
        self.faults += [f"{self._where}: ran {what}" for what in page.evaluate("window.ran")]


def _use_viewer(page: Any, texts: _Texts, posts: list[str]) -> None:
    """Whatever shows text of the posts: cards, the list, the filters, a search, an address."""
    for name in posts:
        page.evaluate("(name) => { location.hash = `p=${name}`; }", name)
        page.wait_for_timeout(60)
    for text in (texts[0], texts[1], "<img src=x onerror=RAN(20)>", "__proto__"):
        page.evaluate("(text) => { location.hash = `q=${encodeURIComponent(text)}`; }", text[:200])
        page.wait_for_timeout(40)
        page.evaluate("(text) => { location.hash = `b=${text}&c=${text}&p=${text}&a=${text}`; }", text[:200])
        page.wait_for_timeout(40)
    page.evaluate("() => { location.hash = ''; }")
    page.evaluate(_CLICK)
    page.keyboard.press("Escape")


def _visit_editions(reader: _Reader, site: Path) -> None:
    single = write_one_file(site, site.parent / "single.html").as_uri()
    for path in ["index.html", "data.html", "method.html", *(f"brands/{p.name}" for p in (site / "brands").iterdir())]:
        with reader.open(f"{single}#page={path}") as page:
            page.wait_for_timeout(50)
    mailed = unpack_email_edition(site, site.parent / "mail.zip")
    for path in sorted(mailed.rglob("*.html"))[:6]:
        with reader.open(path.as_uri()):
            pass


def _visit(browser: Any, site: Path, texts: _Texts, editions: bool) -> _Reader:
    """Every page of a report, and where asked of its editions."""
    context = browser.new_context(viewport={"width": 1000, "height": 600})
    context.add_init_script(_WATCH)
    reader = _Reader(context)
    shown = json.loads((site / "data/report.json").read_text(encoding="utf-8"))["posts"]
    posts = [post["id"] for post in shown[::9]]
    for path in sorted(site.rglob("*.html")):
        with reader.open(path.as_uri()) as page:
            if path.name in ("index.html", "compare.html") or path.name.startswith("c01"):
                _use_viewer(page, texts, posts)
    if editions:
        _visit_editions(reader, site)
    context.close()
    return reader


@pytest.fixture(scope="module")
def harmless(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> _Reader:
    """The same report of harmless texts: what elements and attributes the templates make."""
    texts = _Texts([f"Plain words {index}\nand #tag{index % 3}" for index in range(12)])
    path = _write_posts(tmp_path_factory.mktemp("harmless"), texts)
    reader = _visit(browser, _build(path, "Plain", texts), texts, editions=True)
    assert reader.faults == []
    return reader


def _check(browser: Any, harmless: _Reader, folder: Path, texts: _Texts, editions: bool) -> None:
    site = _build(_write_posts(folder, texts), " ".join(texts[2].split()) or "Title", texts)
    reader = _visit(browser, site, texts, editions)
    assert reader.faults == []
    assert reader.shapes - harmless.shapes - _RARE == set()
    for address in reader.addresses:
        _, name, value = address.split(" ", 2)
        assert name in ("href", "src", "xlink:href"), address
        assert (
            not value
            or value.startswith(("#", "https://example.com/", "data:image/", "data:,", "blob:"))
            or (":" not in value.split("/")[0] and not value.startswith(("//", "\\")))
        ), address
    _check_exports(site)
    for path in site.rglob("*"):
        part = path.name
        assert part.isascii() and part == part.rstrip(". ") and not set('<>:"\\|?*') & set(part), part


#: Of the templates, but not in every report: they depend on figures, on how long a title is, and on whether a search
#: leaves the list any posts.
_RARE = {"abbr", "abbr title", "br", "h1 class", "label hidden"}


def _check_exports(site: Path) -> None:
    """No cell of a table is one that a spreadsheet would run."""
    for path in (site / "data").glob("*.csv"):
        with path.open(newline="", encoding="utf-8-sig") as file:
            for row in csv.reader(file):
                for cell in row:
                    number = cell.lstrip("+-").replace(".", "", 1).replace("e", "", 1).replace("-", "")
                    assert number.isdigit() or not cell.lstrip(" ").startswith(FORMULA_STARTS), (path.name, cell[:60])
    book = load_workbook(site / "data/report.xlsx")
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type != "f" and (
                    cell.hyperlink is None or cell.hyperlink.target.startswith("https://")
                )


def test_every_payload_is_text_everywhere(browser: Any, harmless: _Reader, tmp_path: Path) -> None:
    order = list(PAYLOADS)
    random.Random(5).shuffle(order)
    _check(browser, harmless, tmp_path / "payloads", _Texts(order), editions=True)


@settings(
    max_examples=RUNS,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.lists(TEXTS, min_size=12, max_size=30))
def test_any_text_is_text_everywhere(
    browser: Any, harmless: _Reader, tmp_path_factory: pytest.TempPathFactory, texts: list[str]
) -> None:
    _check(browser, harmless, tmp_path_factory.mktemp("any") / "sample", _Texts(texts), editions=RUNS > 1)
