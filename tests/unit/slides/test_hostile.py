"""Decks of hostile, large and damaged reports."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.errors import SettingsError
from generator.progress import SilentProgress
from generator.slides.deck import Wishes, write_deck
from tests.support.finished_report import FINDING, write_finished
from tests.support.sample_report import make_post, make_report

pptx = pytest.importorskip("pptx")

HOSTILE = (
    "<b>&amp;]]></b>",
    '=HYPERLINK("http://x")',
    "\N{RIGHT-TO-LEFT OVERRIDE}drow\N{POP DIRECTIONAL FORMATTING}",
    "A\x00B\x0bC\x1f_x0008_",
    "word " * 2_000,
    "x" * 10_000,
    "界" * 3_000,
    "\N{FAMILY}\N{ZERO WIDTH JOINER}" * 50,
)


def test_hostile_names_and_captions_stay_text_and_inside_their_boxes(tmp_path: Path) -> None:
    posts = [
        make_post(
            index,
            HOSTILE[index % len(HOSTILE)],
            caption=HOSTILE[(index + 3) % len(HOSTILE)],
            likes=None,
            published=None,
        )
        for index in range(64)
    ]
    report = make_report(posts, title=HOSTILE[4])
    finding = {
        **FINDING,
        "brand": report.brands[0].key,
        "sentence": HOSTILE[5],
        "note": HOSTILE[4],
        "posts": ["P00000"],
    }
    site = write_finished(report, tmp_path / "site", findings=(finding,))
    write_deck(site, tmp_path / "deck.pptx", Wishes(), SilentProgress())
    deck = pptx.Presentation(str(tmp_path / "deck.pptx"))
    for slide in deck.slides:
        assert len(slide.shapes.title.text_frame.text) < 400
        for shape in slide.shapes:
            if shape.has_text_frame:
                assert len(shape.text_frame.text) < 2_500
            if shape.has_chart:
                assert all(len(series.name) < 80 for series in shape.chart.series)
            if shape.has_table:
                assert all(len(cell.text) < 120 for row in shape.table.rows for cell in row.cells)


def test_forty_brands_take_several_tables(tmp_path: Path) -> None:
    posts = [make_post(index, f"Brand {index % 40:02}") for index in range(200)]
    site = write_finished(make_report(posts), tmp_path / "site", findings=())
    write_deck(site, tmp_path / "deck.pptx", Wishes(), SilentProgress())
    deck = pptx.Presentation(str(tmp_path / "deck.pptx"))
    tables = [
        shape.table
        for slide in deck.slides
        if slide.shapes.title.text_frame.text.startswith("Where each brand posts")
        for shape in slide.shapes
        if shape.has_table
    ]
    assert [len(table.rows) for table in tables] == [15, 15, 13]


def test_figures_of_a_table_are_set_smaller_before_they_are_cut(tmp_path: Path) -> None:
    names = [f"Maison du Faubourg {index}" for index in range(12)]
    posts = [make_post(index, names[index % 12]) for index in range(120)]
    site = write_finished(make_report(posts), tmp_path / "site", findings=())
    write_deck(site, tmp_path / "deck.pptx", Wishes(lang="fr"), SilentProgress())
    tables = [
        shape.table
        for slide in pptx.Presentation(str(tmp_path / "deck.pptx")).slides
        for shape in slide.shapes
        if shape.has_table
    ]
    cells = [cell.text for table in tables for row in list(table.rows)[1:] for cell in row.cells]
    assert {*names} <= set(cells)
    assert [cell for cell in cells if "…" in cell] == []


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"title": 1, "posts": [{}]}'])
def test_a_damaged_report_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/report.json").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match="no report that can be read"):
        write_deck(tmp_path, tmp_path / "deck.pptx", Wishes(), SilentProgress())


def test_a_folder_without_a_report_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"no data/report\.json"):
        write_deck(tmp_path, tmp_path / "deck.pptx", Wishes(), SilentProgress())
    with pytest.raises(SettingsError, match="There is no report"):
        write_deck(tmp_path / "none", tmp_path / "deck.pptx", Wishes(), SilentProgress())
