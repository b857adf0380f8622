"""Tests of what only a public report has: addresses, descriptions, a sitemap and a social image."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from generator.commands.context import load_chosen
from generator.errors import SettingsError
from generator.maps.lattice import Lattice, assign_cells
from generator.mosaics.social_image import HEIGHT, WIDTH, draw_social_image
from generator.report.address import address_page, find_address
from generator.settings import SiteSettings
from tests.support.page_reader import Element, read_page
from tests.support.sample_report import make_post, make_report, write_site

ADDRESS = "https://example.com/houses/"
NASTY = "A \"house\" <b>&amp;</b> '1' ’ “x” \u202e 🌹"
SITEMAP = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def _metas(page: Element) -> dict[str, str]:
    return {
        name: meta.attributes["content"]
        for meta in page.find_all("meta")
        if (name := meta.attributes.get("name") or meta.attributes.get("property"))
    }


def _canonical(page: Element) -> list[str]:
    return [link.attributes["href"] for link in page.find_all("link") if link.attributes["rel"] == "canonical"]


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://example.com", "https://example.com/"),
        ("https://example.com/a/b", "https://example.com/a/b/"),
        ("http://example.com:8080/a//", "http://example.com:8080/a/"),
        ("https://example.com/a/index.html", "https://example.com/a/"),
        (" https://münchen.example/ ", "https://münchen.example/"),
    ],
)
def test_addresses_end_in_one_slash(url: str, address: str) -> None:
    assert find_address(SiteSettings(url=url, public=True)) == address
    assert find_address(SiteSettings(url=url, public=False)) is None


@pytest.mark.parametrize(
    "url",
    [
        "example.com",
        "ftp://example.com/",
        "javascript:alert(1)",
        "https://",
        "https:///path",
        "https://example.com/?a=1",
        "https://example.com/#x",
        "https://user:secret@example.com/",
        'https://example.com/"onload=',
        "https://example.com/a b",
        "https://example.com/\nx",
        "https://[::1/",
        "https://example.com:port/",
    ],
)
@pytest.mark.parametrize("public", [True, False])
def test_an_invalid_address_is_refused_before_any_work(url: str, public: bool) -> None:
    with pytest.raises(SettingsError, match="not the address of a site"):
        load_chosen(None, url=url, public=public)


def test_a_public_report_needs_its_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRANDSCAPE_PUBLIC", "true")
    with pytest.raises(SettingsError) as caught:
        load_chosen(None)
    assert "public" in caught.value.message and "url = " in caught.value.hint


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_every_page_of_a_public_report_says_where_and_what_it_is(lang: str, tmp_path: Path) -> None:
    report = make_report(lang=lang, url=ADDRESS.rstrip("/"))
    site = write_site(report, tmp_path)
    descriptions = []
    for path in sorted(site.rglob("*.html")):
        page = read_page(path)
        address = address_page(ADDRESS, path.relative_to(site).as_posix())
        metas = _metas(page)
        assert "robots" not in metas
        assert _canonical(page) == [address] == [metas["og:url"]]
        assert metas["og:title"] == page.find_all("title")[0].text
        assert metas["og:description"] == metas["description"]
        assert metas["og:image"] == f"{ADDRESS}mosaics/card.jpg"
        assert metas["og:locale"] == {"en": "en_GB", "fr": "fr_FR"}[lang]
        assert metas["twitter:card"] == "summary_large_image"
        descriptions.append(metas["description"])
        assert 20 < len(descriptions[-1]) < 320 and "\n" not in descriptions[-1]
    assert len(set(descriptions)) == len(descriptions)
    index = _metas(read_page(site / "index.html"))["description"]
    assert "3" in index and "60" in index
    assert ("marques" in index) == (lang == "fr")


def test_descriptions_hold_the_reports_own_figures(tmp_path: Path) -> None:
    report = make_report(url=ADDRESS)
    site = write_site(report, tmp_path)
    brand, cluster = report.brands[1], report.clusters[0]
    said = _metas(read_page(site / f"brands/{brand.key}.html"))["description"]
    largest = report.clusters[brand.crossings[0].cluster or 0]
    assert said == (
        f"{len(brand.members)} posts by {brand.name}, {brand.share:.0%} of all. Its largest cluster is "
        f"“{largest.name}”, with {brand.crossings[0].of_brand:.0%} of its posts."
    )
    said = _metas(read_page(site / f"clusters/{cluster.key}.html"))["description"]
    assert f"{len(cluster.members)} posts" in said and "3 brands" in said


def test_names_are_escaped_in_every_description(tmp_path: Path) -> None:
    posts = [make_post(index, [NASTY, "Other", "x" * 300][index % 3]) for index in range(60)]
    site = write_site(make_report(posts, title=NASTY, url=ADDRESS), tmp_path)
    for path in site.rglob("*.html"):
        page = read_page(path)
        assert len(page.find_all("body")) == 1 and not page.find_all("head")[0].find_all("b")
        metas = _metas(page)
        assert metas["og:site_name"] == NASTY
        assert metas["og:title"].endswith(NASTY)
    brand = next(path for path in site.glob("brands/a-house*.html"))
    assert "by A \"house\" <b>&amp;</b> '1'" in _metas(read_page(brand))["description"]


def test_the_sitemap_lists_every_page_once(tmp_path: Path) -> None:
    site = write_site(make_report(url=ADDRESS), tmp_path)
    root = ElementTree.parse(site / "sitemap.xml").getroot()
    found = [place.text for place in root.iterfind("s:url/s:loc", SITEMAP)]
    pages = [path.relative_to(site).as_posix() for path in site.rglob("*.html")]
    assert sorted(map(str, found)) == sorted(address_page(ADDRESS, page) for page in pages)
    assert ADDRESS in found
    assert {day.text for day in root.iterfind("s:url/s:lastmod", SITEMAP)} == {"2026-01-02"}


def test_every_other_report_asks_to_be_left_out(tmp_path: Path) -> None:
    site = write_site(make_report(), tmp_path)
    assert not (site / "sitemap.xml").exists()
    for path in site.rglob("*.html"):
        page = read_page(path)
        metas = _metas(page)
        assert metas["robots"] == "noindex" and "description" not in metas
        assert not [name for name in metas if name.startswith(("og:", "twitter:"))]
        assert not _canonical(page)


RED = (200, 0, 0)


def _draw(lattice: Lattice) -> Image.Image:
    """The card of a map whose images are all red."""
    data = draw_social_image(lattice, lambda index: Image.new("RGB", (128, 128), RED))
    assert len(data) < 300_000
    card = Image.open(io.BytesIO(data))
    assert (card.format, card.size) == ("JPEG", (WIDTH, HEIGHT))
    return card.convert("RGB")


def _share_shown(card: Image.Image) -> float:
    return float((np.abs(np.asarray(card, np.int16) - RED).max(axis=2) < 12).mean())


@settings(max_examples=15)
@given(st.integers(1, 3000), st.integers(0, 5))
def test_any_map_gives_a_card_with_images(posts: int, seed: int) -> None:
    points = np.random.default_rng(seed).normal(size=(posts, 2))
    share = _share_shown(_draw(assign_cells(points, 0.5)))
    assert share > (0.8 if posts > 1000 else 0.5 if posts > 20 else 0.05)


def test_the_card_shows_the_densest_part() -> None:
    """A full block of 20 × 11 in a sparse lattice of 60 × 60: the card has no ground to be seen."""
    block = [(column, line) for column in range(17, 37) for line in range(23, 34)]
    sparse = [(column, line) for column in range(0, 60, 7) for line in range(0, 60, 7) if (column, line) not in block]
    column, line = np.array([*block, *sparse], np.int32).T
    assert _share_shown(_draw(Lattice(60, 60, column, line))) > 0.999


def test_few_images_are_shown_large() -> None:
    column, line = (side.ravel().astype(np.int32) for side in np.mgrid[0:4, 0:3])
    assert _share_shown(_draw(Lattice(4, 3, column, line))) > 0.98


def test_images_are_shown_whole_and_in_their_places() -> None:
    column, line = (side.ravel().astype(np.int32) for side in np.mgrid[0:20, 0:11])
    tones = [(12 * int(c), 20 * int(r), 0) for c, r in zip(column, line, strict=True)]
    data = draw_social_image(Lattice(20, 11, column, line), lambda index: Image.new("RGB", (128, 128), tones[index]))
    card = Image.open(io.BytesIO(data)).convert("RGB")
    for c, r in ((0, 0), (19, 0), (7, 5), (19, 10)):
        middle = card.getpixel((60 * c + 30, min(60 * r + 15, HEIGHT - 1)))
        assert np.abs(np.subtract(middle, (12 * c, 20 * r, 0))).max() < 12


def test_noise_still_fits_the_limit() -> None:
    random = np.random.default_rng(0)
    cells = [Image.fromarray(random.integers(0, 256, (128, 128, 3), np.uint8)) for _ in range(8)]
    column, line = (side.ravel().astype(np.int32) for side in np.mgrid[0:20, 0:11])
    data = draw_social_image(Lattice(20, 11, column, line), lambda index: cells[index % 8].copy())
    assert len(data) < 300_000
