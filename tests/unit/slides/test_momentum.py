"""Slides of time show the report's own curves, voices and campaigns, and only where it has them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from generator.progress import SilentProgress
from generator.slides.deck import Wishes, write_deck
from tests.support.finished_report import write_finished
from tests.support.sample_report import make_report

pptx = pytest.importorskip("pptx")

_DAYS = ("2025-01-16", "2025-02-15", "2025-03-16")
_MARKET = {"cluster_key": "c01", "level": "cluster", "change": 0.2, "low": 0.11, "high": 0.31, "course": "rise"}
_CURVE = [
    {"cluster_key": "c01", "level": "cluster", "day": day, "share": share, "low": share - 0.05, "high": share + 0.1}
    for day, share in zip(_DAYS, (0.2, 0.3, 0.4), strict=True)
]
_VOICE = [
    {"brand_key": brand, "cluster_key": "c01", "quarter": quarter, "posts": 9, "share": share, "low": 0.1, "high": 0.8}
    for quarter, brand, share in (
        ("2025-01-01", "maison-ambre", 0.62),
        ("2025-01-01", "noir-studio", 0.38),
        ("2025-07-01", "noir-studio", 0.57),
    )
]
_CAMPAIGN = {
    "brand_key": "maison-ambre",
    "first_day": "2025-12-23",
    "last_day": "2025-12-28",
    "posts": 4,
    "cluster_key": "c01",
    "ids": "P00000 P00003 P00006",
}


def _make(folder: Path, lang: str = "", **tables: Any) -> Any:
    site = write_finished(make_report(), folder / "site", findings=(), **tables)
    write_deck(site, folder / "deck.pptx", Wishes(lang=lang), SilentProgress())
    return pptx.Presentation(str(folder / "deck.pptx"))


def _find(deck: Any, title: str) -> Any:
    return next((slide for slide in deck.slides if slide.shapes.title.text_frame.text == title), None)


def _read(slide: Any) -> list[str]:
    texts = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    texts += [cell.text for shape in slide.shapes if shape.has_table for row in shape.table.rows for cell in row.cells]
    return "\n".join(texts).splitlines()


def test_a_rise_is_a_native_curve_over_its_band_with_the_figures_of_the_report(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    slide = _find(_make(tmp_path, moves=[_MARKET], curves=_CURVE), "What rises")
    assert "Rises: +11 to +31 percentage\N{NO-BREAK SPACE}points." in _read(slide)
    chart = next(shape.chart for shape in slide.shapes if shape.has_chart)
    space = chart._chartSpace
    assert [len(space.xpath(f".//c:{kind}Chart/c:ser")) for kind in ("area", "line")] == [2, 1]
    drawn = [float(value.text) for value in space.xpath(".//c:lineChart//c:val//c:v")]
    assert drawn == pytest.approx([row["share"] for row in _CURVE])
    rows = load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)).active.iter_rows(min_row=2)
    for row, point in zip(rows, _CURVE, strict=True):
        low, band, share = (cell.value for cell in row[1:])
        assert (low, low + band, share) == pytest.approx((point["low"], point["high"], point["share"]))
    assert "not that nothing moved" in slide.notes_slide.notes_text_frame.text


def test_clusters_that_do_not_surely_move_have_no_curve(tmp_path: Path) -> None:
    titles = [
        slide.shapes.title.text_frame.text
        for slide in _make(tmp_path, moves=[{**_MARKET, "course": None}], curves=_CURVE).slides
    ]
    assert not {"What rises", "What falls", "Nothing surely rises or falls", "Campaigns"} & set(titles)


def test_the_largest_voice_is_named_in_the_first_and_the_last_quarter(tmp_path: Path) -> None:
    lines = _read(_find(_make(tmp_path, voice=_VOICE), "Who posts most, then and now"))
    assert [line for line in lines if line.startswith(("Q1", "Q3"))] == ["Q1 2025", "Q3 2025"]
    assert "62% (10% to 80%)" in lines
    assert "57% (10% to 80%)" in lines
    assert not any(line.startswith("38%") for line in lines)


def test_a_brands_slide_tells_its_moves_as_its_page_does(tmp_path: Path) -> None:
    move = {**_MARKET, "brand_key": "maison-ambre", "course": "fall", "change": -0.54, "low": -0.68, "high": -0.004}
    lines = _read(_find(_make(tmp_path, moves=[move, {**move, "course": "passing"}]), "Maison Ambre"))
    at = lines.index("What moved")
    told = [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines[at + 1 : at + 3]]
    assert told == ["Green: \u221254 percentage points (\u221268 to \u22120.4)", "Green: for a while"]


def test_brands_with_as_many_posts_lead_together(tmp_path: Path) -> None:
    rows = [*_VOICE, {**_VOICE[2], "brand_key": "maison-ambre"}]
    lines = _read(_find(_make(tmp_path, voice=rows), "Who posts most, then and now"))
    assert "NOIR <Studio>, Maison Ambre" in lines and "57% each (10% to 80%)" in lines


def test_too_many_leaders_to_name_are_counted(tmp_path: Path) -> None:
    brands = [f"maison-du-faubourg-{number}" for number in range(3)]
    rows = [*_VOICE[:2], *({**_VOICE[2], "brand_key": brand} for brand in brands)]
    lines = _read(_find(_make(tmp_path, voice=rows), "Who posts most, then and now"))
    assert "3 brands" in lines and "57% each (10% to 80%)" in lines


def test_a_campaign_has_its_days_posts_and_images(tmp_path: Path) -> None:
    slide = _find(_make(tmp_path, lang="fr", campaigns=[_CAMPAIGN]), "Campagnes")
    lines = _read(slide)
    assert "4 publications" in lines
    assert "Du 23 au 28 déc. 2025" in lines
    assert len(slide.shapes._spTree.xpath(".//p:pic")) == 3


def test_a_cluster_that_is_new_has_its_day_and_the_brand_that_was_first(tmp_path: Path) -> None:
    rows = [
        {"cluster_key": "c01", "brand_key": brand, "place": place, "first_day": "2025-12-20", "occasions": 9}
        for place, brand in enumerate(("noir-studio", "maison-ambre"), 1)
    ]
    slide = _find(_make(tmp_path, new_clusters=rows), "New this season")
    lines = _read(slide)
    assert "First posted on 20 Dec 2025" in lines
    assert "By NOIR <Studio> first" in lines
    assert slide.shapes._spTree.xpath(".//p:pic")
