"""The pages: whole, safe, accessible, and the same text in both languages."""

from __future__ import annotations

import os
import re
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from generator.insights.looks import Tone
from generator.report.changes import BrandChange, ChangedPost, Changes, ClusterChange, Named
from generator.report.model import Report
from generator.resources import find_resources
from generator.site.pages import make_environment
from generator.spreadsheet.notices import Notice
from generator.spreadsheet.posts import Refusal, Remark, TableRead
from generator.text import cut_excerpt
from tests.support import ROOT
from tests.support.page_reader import Element, read_page, read_text
from tests.support.sample_report import METHOD, make_post, make_report, write_site
from tests.support.territory_sample import make_territory_report

GOLDEN = ROOT / "tests" / "golden"
POLICY = (
    "default-src 'none'; img-src 'self' file: data:; script-src 'self' file:; style-src 'self' file: 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'"
)
LEDGER = {
    "refusals": (
        Refusal(63, "missing_file", "images/x.jpg does not exist", "Maison Ambre", "images/x.jpg"),
        Refusal(64, "no_brand", "", "", "images/y.jpg"),
    ),
    "remarks": (Remark(17, "likes", "many", "D"),),
}
NASTY = "</script><img src=x onerror=alert(1)> =1+1 \u202eabc \U0001f339 {{ 7 * 7 }} "
#: Files that other parts of the program write beside the pages.
_ELSEWHERE = re.compile(r"(images|mosaics|data)/")


def _nasty_report() -> Report:
    names = [NASTY * 3, "🌹🌹🌹", "مقهى الفن", "x" * 200, "CON", "../../up", "%s %(n)s"]
    posts = [
        make_post(index, names[index % 7], caption=NASTY * 200, thumbnail=NASTY, permalink=None if index % 2 else "https://e.org/?a=1&b=<>")
        for index in range(70)
    ]  # fmt: skip
    refusals = (Refusal(2, "download_failed", NASTY, NASTY, NASTY),)
    remarks = (Remark(3, "published", NASTY, "AB"),)
    return make_report(posts, [index % 3 - 1 for index in range(70)], refusals=refusals, remarks=remarks, title=NASTY)


def _small_report() -> Report:
    posts = [make_post(index, "AB"[index % 2], likes=None, published=None, permalink=None) for index in range(6)]
    return make_report(
        posts,
        [-1] * 6,
        method=replace(
            METHOD, model="efficientnetlite0", network="EfficientNet-Lite0", fallback="No weights were found."
        ),
    )


def _wide_report() -> Report:
    posts = [make_post(index, f"Maison {index % 40:02d}") for index in range(480)]
    return make_report(posts, [index * 7 % 48 for index in range(480)])


REPORTS = {
    "usual": lambda: make_report(**LEDGER),
    "french": lambda: make_report(lang="fr", **LEDGER),
    "nasty": _nasty_report,
    "small": _small_report,
    "one brand": lambda: make_report([make_post(index, "Alone") for index in range(60)]),
    "wide": _wide_report,
}


@pytest.fixture(scope="module", params=list(REPORTS))
def site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_site(REPORTS[request.param](), tmp_path_factory.mktemp("site"))


def _pages(site: Path) -> dict[Path, Element]:
    return {path: read_page(path) for path in sorted(site.rglob("*.html"))}


def test_every_page_says_what_it_is_and_asks_nothing_of_the_network(site: Path) -> None:
    for path, page in _pages(site).items():
        html = page.find_all("html")[0]
        assert html.attributes["lang"] in {"en", "fr"}
        metas = page.find_all("meta")
        assert {"http-equiv": "Content-Security-Policy", "content": POLICY} in [meta.attributes for meta in metas]
        assert {"name": "robots", "content": "noindex"} in [meta.attributes for meta in metas]
        assert page.find_all("title")[0].text.strip()
        for element in page.find_all("script"):
            assert "src" in element.attributes or element.attributes.get("type") == "application/json", path
        for element in page.find_all("img", "script", "link"):
            address = element.attributes.get("src", element.attributes.get("href", ""))
            assert address.startswith("data:image/") or not urlsplit(address).scheme, address
        for element in page.find_all("a", "img", "div", "span", "button", "canvas"):
            assert not [name for name in element.attributes if name.startswith("on")]


def test_every_link_leads_somewhere(site: Path) -> None:
    pages = _pages(site)
    identities = {
        path: {e.attributes["id"] for e in _all(page) if "id" in e.attributes} for path, page in pages.items()
    }
    for path, page in pages.items():
        for element in page.find_all("a", "link", "script", "img"):
            address = element.attributes.get("href", element.attributes.get("src"))
            if address is None or address.startswith("data:"):
                continue
            parts = urlsplit(address)
            if parts.scheme:
                assert parts.scheme in {"http", "https"}
                assert element.attributes["rel"] == "noopener noreferrer nofollow"
                continue
            target = Path(os.path.normpath(path.parent / unquote(parts.path))) if parts.path else path
            if not _ELSEWHERE.match(target.relative_to(site).as_posix()):
                assert target.is_file(), (path, address)
            if parts.fragment:
                assert parts.fragment in identities[target], (path, address)


def test_pages_can_be_read_by_a_screen_reader(site: Path) -> None:
    for path, page in _pages(site).items():
        everything = _all(page)
        identities = [element.attributes["id"] for element in everything if "id" in element.attributes]
        assert len(identities) == len(set(identities)), path
        assert len(page.find_all("main")) == len(page.find_all("h1")) == 1
        levels = [int(element.tag[1]) for element in page.find_all("h1", "h2", "h3", "h4")]
        assert levels[0] == 1 and all(after - before <= 1 for before, after in pairwise(levels))
        assert page.find_all("body")[0].find_all("a")[0].attributes["href"] == "#content"
        for element in everything:
            for name in ("aria-labelledby", "aria-describedby", "aria-controls"):
                assert element.attributes.get(name, identities[0]) in identities, (path, element.attributes)
            if element.tag in {"section", "nav"}:
                assert "aria-labelledby" in element.attributes or element.attributes.get("aria-label")
            if element.tag == "img":
                assert "alt" in element.attributes
            if element.tag in {"a", "button"} and not element.attributes.get("aria-label"):
                alts = [image.attributes["alt"] for image in element.find_all("img")]
                filled_by_script = any(name.startswith("data-") for name in element.attributes) or any(
                    "data-viewer" in parent.attributes for parent in element.parents
                )
                assert element.text.strip() or any(alts) or filled_by_script, (path, element.attributes)
            if element.tag == "table":
                assert element.find_all("caption")[0].text.strip()
                assert all(cell.attributes.get("scope") in {"row", "col"} for cell in element.find_all("th"))
                widths = {
                    len([c for c in row.children if c.tag in {"td", "th"}]) for row in element.find_all("tr")
                }  # fmt: skip
                assert len(widths) == 1


def _all(element: Element) -> list[Element]:
    return [found for child in element.children for found in (child, *_all(child))]


def test_names_and_captions_are_text_and_long_ones_are_cut(tmp_path: Path) -> None:
    site = write_site(_nasty_report(), tmp_path)
    for path, page in _pages(site).items():
        assert path.stat().st_size < 200_000
        assert not [image for image in page.find_all("img") if image.attributes.get("src") == "x"]
        assert "49" not in page.find_all("h1")[0].text
    index = read_page(site / "index.html")
    assert NASTY.strip() in index.find_all("h1")[0].text
    names = [bdi.text for heading in index.find_all("h3") for bdi in heading.find_all("bdi")]
    assert len(names) == 7 and "مقهى الفن" in names


def test_unknown_values_are_left_out_of_pages(tmp_path: Path) -> None:
    site = write_site(_small_report(), tmp_path)
    index, brand, method = (read_text(site / name) for name in ("index.html", "brands/a.html", "method.html"))
    assert not (site / "clusters").exists()
    assert "too few to form clusters" in index and "too few to form clusters" in brand
    assert "Published" not in index and "In brief" not in index
    assert "likes" not in brand.lower() and "Largest cluster" not in brand
    assert "EfficientNet-Lite0, which comes along" in method and "No weights were found." in method
    assert "divided by the median" not in method


@pytest.mark.parametrize(("precision", "said"), [("mixed", True), ("float32", False), (None, False)])
def test_the_method_page_names_half_precision_only_if_used(tmp_path: Path, precision: str | None, said: bool) -> None:
    text = read_text(write_site(make_report(method=replace(METHOD, precision=precision)), tmp_path) / "method.html")
    assert ("half precision (float16)" in text) == said
    assert ("Precision" in text) == (precision is not None)


def test_a_brand_page_gives_the_brands_own_figures(tmp_path: Path) -> None:
    report = make_report()
    site = write_site(report, tmp_path)
    brand = report.brands[1]
    text = read_text(site / f"brands/{brand.key}.html")
    assert brand.name in text and f"{len(brand.members)} {len(brand.members) / 60:.0%} of all" in " ".join(text.split())
    page = read_page(site / f"brands/{brand.key}.html")
    rows = page.find_all("tbody")[0].find_all("tr")
    assert len(rows) == len(brand.crossings)
    relations = [link.attributes for link in page.find_all("a") if link.attributes.get("rel") in {"prev", "next"}]
    assert [(link["rel"], link["href"]) for link in relations] == [
        ("prev", f"../brands/{report.brands[0].key}.html"),
        ("next", f"../brands/{report.brands[2].key}.html"),
    ]


def test_tones_of_one_name_are_named_once() -> None:
    palette = [Tone("#a3927f", 0.4), Tone("#141414", 0.25), Tone("#97826e", 0.35)]
    named = make_environment(make_report(), find_resources("templates")).globals["by_colour_name"](palette)  # type: ignore[operator]
    assert named == [("taupe", [palette[0], palette[2]]), ("black", [palette[1]])]


def test_the_ledger_adds_up_and_names_cells(tmp_path: Path) -> None:
    site = write_site(make_report(**LEDGER), tmp_path)
    page = read_page(site / "data.html")
    sums = [row.find_all("td")[0].text.replace("−", "-") for row in page.find_all("table")[0].find_all("tr")[1:]]
    assert int(sums[0]) + sum(int(value) for value in sums[1:-1]) == int(sums[-1]) == 60
    text = read_text(site / "data.html")
    assert "63 Maison Ambre images/x.jpg There is no such file. images/x.jpg does not exist" in text
    assert "D17 Likes many" in text


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_text_of_every_kind_of_page(lang: str, tmp_path: Path) -> None:
    """Compared with tests/golden; UPDATE_GOLDEN=1 writes the files anew, to be read before they are committed."""
    site = write_site(make_report(lang=lang, **LEDGER), tmp_path)
    kinds = ("index", "brands/noir-studio", "clusters/c01", "clusters/noise", "method", "data")
    text = "\n\n".join(f"=== {kind}\n{read_text(site / f'{kind}.html')}" for kind in kinds) + "\n"
    golden = GOLDEN / f"pages-{lang}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(text, encoding="utf-8", newline="\n")
    assert text == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_have_contrast(scheme: str) -> None:
    sheet = (find_resources("static") / "css/site.css").read_text(encoding="utf-8")
    light, dark = re.findall(r":root \{(.*?)\}", sheet, re.DOTALL)[:2]
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light if scheme == "light" else dark))
    for text in ("ink", "quiet", "accent"):
        for ground in ("paper", "ground"):
            assert _contrast(colours[text], colours[ground]) >= 4.5, (text, ground)
    for mark in ("bar", "accent"):
        assert _contrast(colours[mark], colours["paper"]) >= 3, mark
    assert _contrast(colours["ink"], colours["bar"]) >= 3  # the mark across a bar


def _contrast(first: str, second: str) -> float:
    """WCAG 2.2's contrast ratio of two "#rrggbb"."""
    lights = []
    for colour in (first, second):
        channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
        linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
        lights.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    return (max(lights) + 0.05) / (min(lights) + 0.05)


def test_assets_are_copied_and_nothing_else(tmp_path: Path) -> None:
    write_site(_small_report(), tmp_path)
    assets = {path.name for path in (tmp_path / "assets").iterdir()}
    assert assets == {"site.css", "viewer.css", "page.js", "viewer.js", "favicon.svg"}


@pytest.mark.parametrize(
    ("text", "excerpt"),
    [
        ("short", "short"),
        ("  two\n\n lines\t", "two lines"),
        ("a sentence of several words", "a sentence of…"),
        ("x" * 50, "x" * 19 + "…"),
        ("y" * 10**6, "y" * 19 + "…"),
    ],
)
def test_excerpts_end_between_words(text: str, excerpt: str) -> None:
    assert cut_excerpt(text, 20) == excerpt


def test_pages_say_no_day_where_only_the_month_is_known(tmp_path: Path) -> None:
    posts = [
        make_post(index, "AB"[index % 2], published=datetime(2025, 3, 1), precision="month") for index in range(12)
    ]
    folder = write_site(make_report(posts, [0] * 12), tmp_path)
    assert "Mar 2025" in read_text(folder / "clusters" / sorted(os.listdir(folder / "clusters"))[0])
    pages = [page.read_text(encoding="utf-8") for page in folder.rglob("*.html")]
    assert not any(re.search(r"\b1(?:st)? Mar(?:ch)? 2025", text) for text in pages)
    assert "March 2025" in read_text(folder / "index.html")


def test_changes_name_territories_of_now_with_links_and_those_that_are_gone(tmp_path: Path) -> None:
    report = make_territory_report()
    split, other = (Named(group.key, group.name, group.colour) for group in report.territories[:2])
    told = (
        ClusterChange(split, "split", 100, other, ()),
        ClusterChange(Named("t90", "Silk <b>", "#123456"), "merged", 40, other, ()),
        ClusterChange(Named("t91", "Old", None), "gone", 44, None, ()),
    )
    since = datetime(2025, 1, 1, tzinfo=UTC)
    changes = Changes(since, "", 600, 640, (), (), (), (), (), (), territories=told)
    text = " ".join(read_text(write_site(replace(report, changes=changes), tmp_path) / "changes.html").split())
    assert f"{split.name} It split from “{other.name}”, with 100 posts." in text
    assert f"Silk <b> Its 40 posts are now part of “{other.name}”." in text
    assert "Old It had 44 posts; what is left of them lies in several territories." in text


def test_pictures_of_changes_bear_the_marks_of_their_posts_unless_these_are_gone(tmp_path: Path) -> None:
    formats = ("photo", "video", "video", "photo")
    posts = [
        make_post(index, "AB"[index % 2], format=formats[index % 4], caption=f"Said {index}") for index in range(12)
    ]
    report = make_report(posts, [0] * 12)
    named = [Named(brand.key, brand.name, None) for brand in report.brands]
    told = [ChangedPost(post.id, named[post.brand], post.picture, None, None) for post in report.posts[:3]]
    new = BrandChange(named[0], 5, 6, 1, 0, None, None, (report.posts[1].picture, report.posts[0].picture))
    gone = (replace(told[2], id="gone"),)
    changes = Changes(datetime(2025, 1, 1, tzinfo=UTC), "", 12, 12, (told[1],), gone, (), (), (), (new,))
    text = (write_site(replace(report, changes=changes), tmp_path) / "changes.html").read_text(encoding="utf-8")
    plates = [re.split("</div>|</figure>", part)[0] for part in text.split('class="plate">')[1:]]
    assert ["mark--video" in plate for plate in plates] == [True, False, False]
    assert ["Said" in plate for plate in plates] == [
        True,
        True,
        False,
    ]  # of the one that is gone only its picture is left


def test_the_data_page_tells_tables_apart_and_their_columns_once(tmp_path: Path) -> None:
    columns = {"brand": "Marque", "thumbnail": "Image"}
    tables = (
        TableRead("a.xlsx", "Dior", 30, columns),
        TableRead("a.xlsx", "Kenzo", 20, columns),
        TableRead("b.csv", "", 11, {"thumbnail": "Photo"}, "file"),
    )
    refusals = (Refusal(7, "no_brand", "", "", "a.jpg", table=1),)
    remarks = (Remark(9, "likes", "many", "D", table=2),)
    report = replace(
        make_report(lang="fr", refusals=refusals, remarks=remarks),
        tables=tables,
        notices=(Notice("unread_table", {"where": "c.csv", "why": "it is empty"}),),
    )
    write_site(report, tmp_path)
    page = (tmp_path / "data.html").read_text(encoding="utf-8")
    assert page.count("ledger--columns") == 2
    assert page.count("a.xlsx, feuille Kenzo") == 2  # over its columns, and beside its row that is left out
    assert "1 tableau ou fichier n’a pas été lu." in page
    assert "le nom du fichier" in page and "c.csv\N{NO-BREAK SPACE}: non lu (" in page
    assert re.search(r"D9\s*<span class=\"quiet\">b\.csv", page)
