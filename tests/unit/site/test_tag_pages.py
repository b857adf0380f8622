"""What pages and tables tell of what images show."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from generator.report.model import Report
from generator.site.tables import INSIGHTS
from generator.site.tag_pages import list_measured, order_terms
from generator.tags.calibration import load_calibration
from generator.tags.model import ShownTerm, Tags
from tests.support.sample_report import make_post, make_report, write_site


def _report(lang: str = "en") -> Report:
    """Four brands, the second of which shows shoes in every other image; the others seldom do."""
    posts = [make_post(index, f"House {index % 4}") for index in range(800)]
    names = ("chaussures", "animaux") if lang == "fr" else ("shoes", "animals")
    terms = (ShownTerm("shoes", names[0], None, 0, None), ShownTerm("animals", names[1], None, 0, None))
    rows = tuple((0,) if index % 8 == 1 or index % 40 == 2 else (1,) if index < 24 else () for index in range(800))
    tags = Tags(terms, rows)
    return make_report(posts, [index // 4 % 3 for index in range(800)], tags=tags, lang=lang)


@pytest.mark.parametrize(("lang", "title"), [("en", "What its images show"), ("fr", "Ce que montrent ses images")])
def test_a_brands_page_lists_its_terms_with_links_and_marks(tmp_path: Path, lang: str, title: str) -> None:
    report = _report(lang)
    page = (write_site(report, tmp_path) / "brands/house-1.html").read_text(encoding="utf-8")
    section = page.split('id="shows"')[1].split("</section>")[0]
    assert title in section and "index.html#b=house-1&amp;t=shoes" in section
    assert report.tags.terms[0].name in section and "▲" in section


def test_sure_differences_come_first() -> None:
    report = _report()
    assert report.insights is not None and report.insights.tag_shares is not None
    assert report.insights.tag_shares.terms == (0, 1)
    assert order_terms(report, 1)[0] == 0 and order_terms(make_report(), 0) == []


def test_the_method_page_says_how_right_terms_were_and_that_others_were_not_measured(tmp_path: Path) -> None:
    text = (write_site(_report(), tmp_path) / "method.html").read_text(encoding="utf-8")
    section = text.split('id="step-tags"')[1].split("</section>")[0]
    measured = load_calibration().measured
    assert section.count("<tr>") == len(measured) + 1 and "were not measured" in section
    named = dict(list_measured("en"))
    assert len(named) == len(measured)
    for name, one in named.items():
        assert f'<th scope="row">{name}</th>' in section and one.precision >= 0.85


def test_a_report_without_tags_says_why_not(tmp_path: Path) -> None:
    report = make_report(tags=Tags(left_out="The settings say not to tag images."))
    site = write_site(report, tmp_path)
    text = (site / "method.html").read_text(encoding="utf-8")
    assert "were not tagged" in text and "How right terms were" not in text
    assert "What its images show" not in next((site / "brands").iterdir()).read_text(encoding="utf-8")


def test_the_table_has_every_brand_with_every_term_that_is_compared(tmp_path: Path) -> None:
    table = next(table for table in INSIGHTS if table.name == "tag_shares")
    report = _report()
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows(report)]
    assert [(row["brand_key"], row["term_key"]) for row in rows[:2]] == [("house-0", "shoes"), ("house-0", "animals")]
    second = next(row for row in rows if (row["brand_key"], row["term_key"]) == ("house-1", "shoes"))
    assert (second["posts"], second["share"], second["marked"]) == (100, 0.5, "yes")
    assert list(table.rows(make_report())) == []
    with (tmp_path / "t.csv").open("w", newline="") as file:
        csv.writer(file).writerows(table.rows(report))
