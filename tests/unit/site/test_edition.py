"""Tests of editions: mail systems let them through, within a limit, with the same bytes and no dead link."""

from __future__ import annotations

import csv
import html
import json
import re
import shutil
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest import mock
from urllib.parse import unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from generator.cache.store import Store
from generator.errors import SettingsError
from generator.pipeline.build import build_site
from generator.pipeline.run import Run
from generator.progress import SilentProgress
from generator.settings.load import load_settings
from generator.settings.sizes import parse_size
from generator.site.edition import images
from generator.site.edition.budget import GRADES, Edition, Grade, fit_edition
from generator.site.edition.email import write_email_edition
from generator.site.edition.markup import Drop, Unwrap, edit_page, resolve, set_attribute
from generator.site.edition.single_file import _link, write_single_file
from generator.site.edition.source import read_source
from generator.spreadsheet.sources import find_inputs
from tests.support.drawn import draw_image
from tests.support.editions import unpack_email_edition, write_one_file

PROGRESS = SilentProgress()


@pytest.fixture(scope="module", autouse=True)
def _few_are_encoded_to_estimate() -> Iterator[None]:
    """Estimate sizes from fewer images: estimates take most of the time."""
    with mock.patch.object(images, "_SAMPLE", 6):
        yield


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole report of 60 drawn posts by three brands: fewer would have no clusters."""
    folder = tmp_path_factory.mktemp("report")
    (folder / "images").mkdir()
    with (folder / "posts.csv").open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["brand", "thumbnail", "caption", "likes", "published"])
        for index in range(60):
            draw_image(index % 4, index).save(folder / f"images/{index}.jpg", quality=85)
            caption = f"</script><!-- \u2028 Look {index} #theme"
            rows.writerow(
                ["ABC"[index % 3], f"images/{index}.jpg", caption, 50 + index, f"2026-{index % 12 + 1:02d}-03"]
            )
    settings = load_settings(
        environment={}, flags={"model": "builtin", "disturbed": 0, "scatter_size": 300, "flat_size": 600}
    )
    built = datetime(2026, 1, 2, tzinfo=UTC)
    build_site(
        find_inputs([folder / "posts.csv"]), folder / "site", Run(settings, Store(folder / "cache"), PROGRESS, built)
    )
    return folder / "site"


@pytest.fixture(scope="module")
def least(site: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    """What the leanest edition of each kind takes."""
    folder = tmp_path_factory.mktemp("least")
    sizes = {}
    for name, write in WRITERS.items():
        with pytest.raises(SettingsError) as caught:
            write(site, folder / name, 1_000, PROGRESS)
        assert caught.value.exit_code == 2 and not list(folder.iterdir())
        assert "--max-size" in caught.value.hint
        said = re.search(r"at least ([\d.]+ [KM]B)", caught.value.message)
        assert said is not None and said[1].replace(" ", "") in caught.value.hint
        sizes[name] = parse_size(said[1])
    return sizes


WRITERS: dict[str, Callable[..., Edition[Any]]] = {"x.zip": write_email_edition, "x.html": write_single_file}


@pytest.mark.parametrize("name", WRITERS)
def test_it_is_as_rich_as_its_limit_allows(site: Path, least: dict[str, int], name: str, tmp_path: Path) -> None:
    grades = []
    for more in (0, 300_000, 50_000_000):
        limit = least[name] + more
        edition = WRITERS[name](site, tmp_path / name, limit, PROGRESS)
        size = (tmp_path / name).stat().st_size
        assert size == edition.total == sum(edition.parts.values()) <= limit
        grades.append(GRADES.index(edition.grade))
    assert grades == sorted(grades, reverse=True) and grades[0] > grades[-1] == 0


@pytest.mark.parametrize("name", WRITERS)
def test_the_same_report_gives_the_same_bytes(site: Path, name: str, tmp_path: Path) -> None:
    made = []
    for folder in ("one", "two"):
        WRITERS[name](site, tmp_path / folder / name, 2_000_000, PROGRESS)
        made.append((tmp_path / folder / name).read_bytes())
    assert made[0] == made[1]


@pytest.fixture(scope="module")
def mailed(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("mailed")
    return unpack_email_edition(site, folder / "client.zip")


def test_no_file_is_one_that_mail_systems_refuse(site: Path, mailed: Path) -> None:
    names = [path.relative_to(mailed).as_posix() for path in mailed.rglob("*") if path.is_file()]
    allowed = {".html", ".css", ".svg", ".txt", ".webp", ".csv", ".xlsx"}
    assert {Path(name).suffix for name in names} == allowed
    assert {name for name in names if name.endswith(".html")} == set(read_source(site).pages)
    assert "assets/viewer.txt" in names and "data/report.xlsx" in names
    assert not [name for name in names if name.startswith("mosaics/") and not name.startswith("mosaics/all_files/")]


def test_every_link_of_the_email_edition_leads_to_a_file(mailed: Path) -> None:
    pages = {path: path.read_text(encoding="utf-8") for path in mailed.rglob("*.html")}
    identities = {path: set(re.findall(r'\sid="([^"]*)"', text)) for path, text in pages.items()}
    seen = 0
    for path, text in pages.items():
        page = path.relative_to(mailed).as_posix()
        assert "manifest" not in text and "report.json" not in text and "scatter" not in text
        for address in re.findall(r'\s(?:href|src)="([^"]*)"', text):
            target = None if address.startswith("data:") else resolve(page, address)
            if target is None:
                continue
            assert (mailed / target[0]).is_file(), (page, address)
            assert not target[1] or target[1] in identities[mailed / target[0]], (page, address)
            seen += 1
        if "data-viewer" in text:
            assert 'data-overview src="data:image/webp;base64,' in text and "<noscript>" in text
    assert seen > 100


def test_every_link_of_the_single_file_leads_somewhere_in_it(site: Path, tmp_path: Path) -> None:
    write_one_file(site, tmp_path / "one.html")
    text = (tmp_path / "one.html").read_text(encoding="utf-8")
    identities = re.findall(r'<[^>]*\sid="([^"]*)"', text)
    assert len(identities) == len(set(identities))
    for path in read_source(site).pages:
        assert f"page={path}" in identities
    links = [link for link in re.findall(r'<a [^>]*href="([^"]*)"', text) if not link.startswith("http")]
    assert len(links) > 100 and all(unquote(link).removeprefix("#") in identities for link in links)
    for name in re.findall(r'data-file="([^"]*)"', text):
        assert f"block={name}" in identities
    pictures = set(re.findall(r'data-picture="([^"]*)"', text))
    assert pictures and all(text.count(f'"{name}":"') == 1 for name in pictures)
    # nothing is asked of anywhere, and each script that runs is named by what it says
    assert not re.search(r'<(?:script|link|img)[^>]*\s(?:src|href)="(?!data:)', text)
    assert "default-src 'none'" in text and "'unsafe-inline'" not in text.partition("script-src")[2].partition(";")[0]


def test_pages_do_not_name_a_workbook_that_was_left_out(site: Path, least: dict[str, int], tmp_path: Path) -> None:
    edition = write_email_edition(site, tmp_path / "x.zip", least["x.zip"], PROGRESS)
    assert not edition.grade.has_workbook and "workbook" not in edition.parts
    for name, data in edition.content.items():
        assert not name.endswith(".xlsx") and b"report.xlsx" not in data


def test_a_report_of_an_earlier_version_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no report"):
        read_source(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data/manifest.json").write_text('{"files": {"index.html": {"bytes": 1, "sha256": ""}}}')
    with pytest.raises(SettingsError, match="earlier version"):
        read_source(tmp_path)


@given(st.integers(1, 10**6), st.floats(0.5, 2))
@example(100_000, 1.88)  # estimates of exactly the limit, but for the last digit
def test_the_richest_grade_that_fits_is_found(limit: int, wrong: float) -> None:
    sizes = {grade: 1_000 * (len(GRADES) - index) ** 2 for index, grade in enumerate(GRADES)}
    tried: list[Grade] = []

    def make(grade: Grade) -> Edition[None]:
        tried.append(grade)
        return Edition(grade, None, sizes[grade], {})

    def fit() -> Edition[None]:
        return fit_edition(limit, lambda grade: wrong * sizes[grade], make, "It")

    if limit < 1_000:
        with pytest.raises(SettingsError, match=r"at least 1 KB"):
            fit()
        assert tried[-1] == GRADES[-1]
        return
    edition = fit()
    assert edition.total <= limit and edition.grade in tried
    # guesses that are wrong by one factor are set right by the first real size: nothing richer would have fitted
    richer = GRADES[: GRADES.index(edition.grade)]
    assert not richer or sizes[richer[-1]] > limit
    assert len(tried) == len(set(tried))


def test_each_grade_is_leaner_than_the_one_before() -> None:
    for rich, lean in pairwise(GRADES):
        assert (rich.cell == lean.cell and rich.shown >= lean.shown) or rich.cell > lean.cell
        assert all(0 < quality <= 100 for quality in (lean.tile_quality, lean.picture_quality))
        assert lean.other <= lean.shown and (rich.has_workbook or not lean.has_workbook)


def test_only_the_chosen_elements_of_a_page_change() -> None:
    page = '<p class="a">one &amp; <b>two</b></p>\n<a href="x">li<i>n</i>k</a><img src="a.jpg"> é <br/>\n<p>end</p>'

    def edit(tag: str, attributes: Any, written: str) -> Any:
        if tag == "img":
            return set_attribute(written, "src", 'b".jpg')
        return {"b": Drop(), "a": Unwrap()}.get(tag)

    assert (
        edit_page(page, edit) == '<p class="a">one &amp; </p>\nli<i>n</i>k<img src="b&quot;.jpg"> é <br/>\n<p>end</p>'
    )
    assert edit_page(page, lambda *_: None) == page
    with pytest.raises(ValueError, match="closes"):
        edit_page("<p><b></p></b>", lambda *_: None)


def test_addresses_are_resolved_within_the_report() -> None:
    assert resolve("brands/a.html", "../clusters/c%20.html#x") == ("clusters/c .html", "x")
    assert resolve("brands/a.html", "#moves") == ("brands/a.html", "moves")
    assert resolve("index.html", "https://example.com/a") is None


def test_pictures_of_posts_that_are_gone_are_in_it_too(site: Path, tmp_path: Path) -> None:
    shutil.copytree(site.parent, tmp_path / "report")
    posts = tmp_path / "report/posts.csv"
    lines = posts.read_text(encoding="utf-8").split("\n")
    posts.write_text("\n".join([lines[0], *lines[3:]]), encoding="utf-8")
    settings = load_settings(
        environment={}, flags={"model": "builtin", "disturbed": 0, "scatter_size": 300, "flat_size": 600}
    )
    place, store = tmp_path / "report/site", Store(tmp_path / "report/cache")
    build_site(find_inputs([posts]), place, Run(settings, store, PROGRESS, datetime(2026, 2, 2, tzinfo=UTC)))
    gone = [post["picture"] for post in json.loads((place / "data/changes.json").read_text(encoding="utf-8"))["gone"]]
    assert len(gone) == 2
    unpack_email_edition(place, tmp_path / "x.zip")
    names = zipfile.ZipFile(tmp_path / "x.zip").namelist()
    assert {f"x/{picture.replace('.jpg', '.webp')}" for picture in gone} <= set(names)
    write_one_file(place, tmp_path / "x.html")
    text = (tmp_path / "x.html").read_text(encoding="utf-8")
    assert all(picture[7:23] in text for picture in gone)


def test_links_to_a_state_of_the_viewer_keep_it_in_the_single_file() -> None:
    kept = {"index.html", "changes.html"}
    for address, wanted in (
        ("index.html#s=ab&amp;k=selected", "#page=index.html&amp;s=ab&amp;k=selected"),
        ("index.html#brands", "#page=index.html&amp;at=brands"),
        ("index.html", "#page=index.html"),
    ):
        written = f'<a href="{address}">'
        assert _link("changes.html", written, html.unescape(address), kept) == f'<a href="{wanted}">'
