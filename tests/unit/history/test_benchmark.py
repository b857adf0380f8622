"""An earlier report as a benchmark: what is read of it, what is compared, and what is refused."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from generator.errors import SettingsError
from generator.history.benchmark import holds_report, open_benchmark
from generator.report.benchmark import Benchmark, BesideBenchmark
from generator.report.model import Report
from generator.site.data_files import encode_json, write_exports
from generator.tags.model import ShownTerm, Tags
from tests.support.sample_report import make_post, make_report, write_site

#: Of so many images in a hundred shoes are shown, by brand.
_OURS = {"House A": 40, "House B": 10, "Shared": 30}
_THEIRS = {"Rival 1": 20, "Rival 2": 20, "Rival 3": 20, "Shared": 90}
_POSTS = 200


def _make(
    shown: dict[str, int],
    title: str,
    benchmark: Benchmark | None = None,
    lang: str = "en",
    likes: int = 100,
    term: str = "shoes",
    more: int = 0,
) -> Report:
    """Return a report of brands whose images show shoes so often; each later brand gets 50 likes more.

    Each post has so many `more` images, which show none.
    """
    posts, rows = [], list[tuple[int, ...]]()
    for place, (brand, hundredths) in enumerate(shown.items()):
        for index in range(_POSTS):
            facts = {"likes": likes + 50 * place, "comments": 0, "followers": 10_000}
            posts.append(make_post(len(posts), brand, **facts))
            rows.append((0,) if index * hundredths // 100 != (index + 1) * hundredths // 100 else ())
    owner = [*range(len(posts))] * (1 + more)
    posts += [make_post(len(posts) + index, posts[of].brand) for index, of in enumerate(owner[len(posts) :])]
    rows += [()] * (len(posts) - len(rows))
    terms = (ShownTerm(term, term, None, sum(map(len, rows)), None),)
    tags = Tags(terms, tuple(rows))
    labels = [index % 2 for index in range(len(posts))]
    return make_report(posts, labels, tags=tags, title=title, benchmark=benchmark, lang=lang, owner=owner)


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("theirs")
    (folder / "data").mkdir()
    (folder / "data/report.json").write_text("".join(encode_json(_make(_THEIRS, "The market"))), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def beside(theirs: Path) -> Report:
    return _make(_OURS, "Ours", open_benchmark(theirs), likes=180)


def _told(report: Report) -> BesideBenchmark:
    assert report.benchmark is not None
    return report.benchmark


def test_shares_of_what_images_show_are_beside_the_benchmarks_median(beside: Report) -> None:
    told = _told(beside)
    assert (told.title, told.posts, told.brands, told.terms) == ("The market", 4 * _POSTS, 4, (0,))
    assert told.shows is not None
    assert told.shows.rate[:, 0] == pytest.approx([0.4, 0.1, 0.3], abs=0.02)
    # the median of 20, 20, 20 and 90 % for two of the brands; the third is not compared with itself
    assert told.shows.median[2, 0] == pytest.approx(0.2, abs=0.005)
    assert told.shows.low[0, 0] < 2 < told.shows.high[0, 0] and told.shows.high[1, 0] < 1
    assert told.rank[:, 0].tolist() == [2, 5, 1] and told.ranked.tolist() == [5, 5, 4]


def test_of_posts_of_several_images_the_first_is_compared_as_the_benchmarks_is(theirs: Path, beside: Report) -> None:
    told = _told(_make(_OURS, "Ours", open_benchmark(theirs), likes=180, more=1))
    alone = _told(beside)
    assert told.shows is not None and alone.shows is not None
    assert told.shows.rate == pytest.approx(alone.shows.rate, abs=0.03)  # and not half of it


def test_engagement_rates_are_beside_those_of_its_brands(beside: Report) -> None:
    rates = _told(beside).rates
    assert rates is not None
    # theirs are 1, 1.5, 2 and, of the shared brand, 2.5 %; ours 1.8, 2.3 and 2.8 %
    assert rates.median == pytest.approx([0.0175, 0.0175, 0.015])
    assert rates.rank.tolist() == [3, 2, 1] and rates.ranked.tolist() == [5, 5, 4]


@pytest.mark.parametrize("name", ["benchmark", "benchmark_rates"])
def test_csv_workbook_and_json_say_the_same(beside: Report, tmp_path: Path, name: str) -> None:
    write_exports(beside, tmp_path)
    rows = pd.read_csv(tmp_path / f"{name}.csv", encoding="utf-8-sig")
    sheet = pd.read_excel(tmp_path / "report.xlsx", sheet_name=name.capitalize())
    told = pd.DataFrame(json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))[name])
    assert len(rows) == len(sheet) == len(told) == 3
    for column in told:
        assert rows[column].tolist() == pytest.approx(told[column].tolist()) or rows[column].equals(told[column])
        assert sheet[column].equals(rows[column].astype(sheet[column].dtype))


def test_nothing_of_it_alters_the_reports_own_figures(beside: Report) -> None:
    alone, with_it = (json.loads("".join(encode_json(report))) for report in (_make(_OURS, "Ours", likes=180), beside))
    assert [row["rank"] for row in with_it.pop("benchmark")] == [2, 5, 1]
    assert [row["rank"] for row in with_it.pop("benchmark_rates")] == [3, 2, 1]
    assert with_it["compare"].pop("benchmark")["brands"] == 4 and alone["compare"].pop("benchmark") is None
    assert not alone.pop("benchmark") and not alone.pop("benchmark_rates")
    assert with_it == alone


@pytest.mark.parametrize(
    ("lang", "said"),
    [("en", ("Beside the benchmark", "800 posts of 4 brands", "rank 3 of 5")), ("fr", ("En regard de la référence",))],
)
def test_pages_tell_it(theirs: Path, tmp_path: Path, lang: str, said: tuple[str, ...]) -> None:
    site = write_site(_make(_OURS, "Ours", open_benchmark(theirs), lang, likes=180), tmp_path)
    page = (site / "brands/house-a.html").read_text(encoding="utf-8")
    section = page.split('id="benchmark"')[1].split("</section>")[0]
    assert all(text in section for text in said) and "Rival 1" not in page
    assert "The market" in (site / "method.html").read_text(encoding="utf-8")


def test_campaigns_of_the_benchmark_count_once(theirs: Path, tmp_path: Path) -> None:
    content = json.loads((theirs / "data/report.json").read_text(encoding="utf-8"))
    ids = [post["id"] for post in content["posts"]]
    content["campaigns"] = [{"ids": " ".join(ids[:5])}, {"ids": " ".join(["gone", ids[6]])}]
    burst = open_benchmark(_write(tmp_path, content)).burst
    assert len(np.unique(burst)) == len(ids) - 4 and len(set(burst[:5].tolist())) == 1


def test_a_benchmark_of_one_brand_or_without_tags_and_followers_tells_nothing(theirs: Path, tmp_path: Path) -> None:
    content = json.loads((theirs / "data/report.json").read_text(encoding="utf-8"))
    for post in content["posts"]:
        post["followers"] = None
    content["tags"] = {"left_out": "The settings say not to tag images.", "terms": []}
    told = _told(_make(_OURS, "Ours", open_benchmark(_write(tmp_path, content))))
    assert told.shows is None and told.rates is None and told.terms == ()
    one = _told(_make(_OURS, "Ours", open_benchmark(_write(tmp_path, _keep(theirs, "rival-1")))))
    assert one.shows is not None and np.isnan(one.shows.ratio).all() and not one.rank.any()
    assert one.rates is not None and not one.rates.rank.any()


def test_a_zip_is_read_as_its_folder_is(theirs: Path, tmp_path: Path) -> None:
    packed = tmp_path / "theirs.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("site/data/manifest.json", "{}")
        archive.write(theirs / "data/report.json", "site/data/report.json")
    assert open_benchmark(packed).digest == open_benchmark(theirs).digest


@pytest.mark.parametrize(
    "alter",
    [
        lambda content: content.clear(),
        lambda content: content["posts"][3].update(brand="nobody"),
        lambda content: content["posts"][3].update(likes="many"),
        lambda content: content.update(posts=[]),
        lambda content: content.update(built="yesterday"),
        lambda content: content["campaigns"].append({}),
    ],
)
def test_a_forged_report_is_refused(theirs: Path, tmp_path: Path, alter: Any) -> None:
    content = json.loads((theirs / "data/report.json").read_text(encoding="utf-8"))
    alter(content)
    with pytest.raises(SettingsError, match="holds no report that can be read"):
        open_benchmark(_write(tmp_path, content))


def test_reports_are_told_from_posts_even_if_they_are_damaged(theirs: Path, tmp_path: Path) -> None:
    sheet, damaged, packed = tmp_path / "posts.csv", tmp_path / "damaged", tmp_path / "posts.zip"
    edition, page = tmp_path / "site-email.zip", tmp_path / "site.html"
    sheet.write_text("brand,image\nA,b.jpg\n", encoding="utf-8")
    damaged.mkdir()
    (damaged / "method.html").write_text("", encoding="utf-8")
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(sheet, "posts.csv")
    with zipfile.ZipFile(edition, "w") as archive:
        archive.writestr("site-email/method.html", "")
    page.write_text('<!doctype html><meta name="generator" content="Brandscape 1.2">', encoding="utf-8")
    assert holds_report(edition) and holds_report(page)
    assert [holds_report(path) for path in (theirs, damaged, sheet, tmp_path, packed)] == [True, True, *[False] * 3]
    for path in (tmp_path / "none", damaged, edition, page):
        with pytest.raises(SettingsError) as caught:
            open_benchmark(path) if holds_report(path) else None
        assert "--benchmark" in str(caught.value) and "or a spreadsheet of posts" in (caught.value.hint or "")


def test_a_term_of_ones_own_that_the_benchmark_never_shows_is_not_compared(theirs: Path) -> None:
    # most likely it was not looked for there, and a share of 0 would be none
    ours = _make(_OURS, "Ours", replace(open_benchmark(theirs), terms=frozenset()))
    assert _told(ours).terms == (0,)  # shoes are looked for in every report
    own = _make(_OURS, "Ours", replace(open_benchmark(theirs), terms=frozenset()), term="our-logo")
    there = _make(_OURS, "Ours", replace(open_benchmark(theirs), terms=frozenset({"our-logo"})), term="our-logo")
    assert _told(own).terms == () and _told(there).terms == (0,)
    assert _told(own).shows is not None and _told(own).shows.rate.shape == (3, 0)


def _keep(theirs: Path, brand: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((theirs / "data/report.json").read_text(encoding="utf-8"))
    content["posts"] = [post for post in content["posts"] if post["brand"] == brand]
    content["brands"] = [group for group in content["brands"] if group["key"] == brand]
    return content


def _write(folder: Path, content: dict[str, Any]) -> Path:
    (folder / "data").mkdir(exist_ok=True)
    (folder / "data/report.json").write_text(json.dumps(content), encoding="utf-8")
    return folder
