"""Slides of a report that was built: the command, each figure beside report.json, and the pages of its PDF."""

from __future__ import annotations

import json
import math
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generator.slides.pdf import find_office, write_pdf
from tests.support.commands import run
from tests.support.demo_sample import write_quick_demo
from tests.support.once import make_once
from tests.support.quick_command import quick_environment

pptx = pytest.importorskip("pptx")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory, compiled_templates: Path) -> Path:
    """The folder of a small demo's report, its deck and what the command said."""

    def make(folder: Path) -> None:
        sheet = write_quick_demo(folder / "sample")
        places = ("--out", str(folder / "site"), "--cache-dir", str(folder / "cache"))
        settings = quick_environment(compiled_templates)
        done = run("build", sheet, *places, folder=folder, **settings)
        assert done.returncode == 0, done.stderr
        done = run("slides", folder / "site", "--output", folder / "deck.pptx", folder=folder, **settings)
        assert done.returncode == 0, done.stderr
        (folder / "said.txt").write_text(done.stdout, encoding="utf-8")

    return make_once(tmp_path_factory, "slides-of-a-build", make)


@pytest.fixture(scope="module")
def content(built: Path) -> Any:
    return json.loads((built / "site/data/report.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def deck(built: Path) -> Any:
    return pptx.Presentation(str(built / "deck.pptx"))


def _title(slide: Any) -> str:
    """Return a slide's title; its last words may be held together."""
    return str(slide.shapes.title.text_frame.text).replace("\N{NO-BREAK SPACE}", " ")


def _read(slide: Any) -> list[str]:
    lines = [line for shape in slide.shapes if shape.has_text_frame for line in shape.text_frame.text.split("\n")]
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in lines]


def test_the_command_says_what_it_wrote(built: Path, deck: Any) -> None:
    said = (built / "said.txt").read_text(encoding="utf-8")
    assert f"({len(deck.slides)} slides," in said
    assert (built / "deck.pptx").stat().st_size < 8_000_000


def test_each_finding_has_a_slide_with_its_own_figure_and_interval(deck: Any, content: Any) -> None:
    slides = [slide for slide in deck.slides if any(line.startswith("Finding ") for line in _read(slide))]
    assert len(slides) == len(content["findings"])
    for slide, finding in zip(slides, content["findings"], strict=True):
        lines = _read(slide)
        figure = finding["figure_text"].replace("\N{NO-BREAK SPACE}", " ")
        assert re.sub(r"→ +to +", "→ ", figure) in lines
        interval = re.search(r"\(([^()]*95[^()]*)\)", finding["sentence"])
        if interval:
            assert interval[1].lower() in "\n".join(lines).lower()
        plain = re.sub(r"\s*\([^()]*95[^()]*\)", "", finding["sentence"])
        title = _title(slide)
        if finding["kind"] in ("distinct", "overlap", "drift", "white_space"):  # whose sentences are long
            assert title.split(":")[0].rstrip(".") == plain.split(":")[0]
        else:
            assert title == plain
        assert finding["sentence"] in slide.notes_slide.notes_text_frame.text


def test_each_brand_has_a_slide_with_its_posts_and_share(deck: Any, content: Any) -> None:
    by_title = {_title(slide): _read(slide) for slide in deck.slides}
    for brand in content["brands"]:
        lines = "\n".join(by_title[brand["name"]])
        assert f"{brand['posts']} posts, {round(100 * brand['share'])}% of all" in lines


def test_every_chart_has_figures_of_the_report(deck: Any, content: Any) -> None:
    ratios = {
        round(row[name], 4)
        for table, name in (("shares", "over_index"), ("distinctiveness", "ratio"), ("engagement", "ratio"))
        for row in content[table]
        if row.get(name) is not None
    }
    # of a ratio that has no upper end, its bar is what it is at least
    bounds = [row for row in content["shares"] if row.get("bound_only") == "yes"]
    lows = [row.get("low_if_picked") or row["low"] for row in bounds]
    ratios |= {min(math.floor(low * 10) / 10, 10.0) for low in lows}
    curves = {round(row["share"], 4) for row in content["curves"]}
    kinds = set()
    for chart in (shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart):
        line = [float(value.text) for value in chart._chartSpace.xpath(".//c:lineChart//c:val//c:v")]
        series = chart.plots[0].series
        if line:
            kinds.add("curve")
            assert {round(value, 4) for value in line} <= curves
        elif len(series) == 2:
            kinds.add("shares")
            for drawn, column in zip(series, ("share", "median_rival"), strict=True):
                known = np.array([row[column] for row in content["shares"] if row.get(column) is not None])
                assert all(np.abs(known - value).min() <= 0.0051 for value in drawn.values)
        else:
            kinds.add("ratios")
            assert {round(value, 4) for value in series[0].values} <= ratios
    assert {"ratios", "shares"} <= kinds


def test_rows_that_went_in_and_out_are_counted_as_in_the_report(deck: Any, content: Any) -> None:
    counts = content["counts"]
    last = deck.slides[len(deck.slides) - 1]
    assert last.shapes.title.text_frame.text.startswith(f"{counts['rows']} rows went in; {counts['posts']} posts")
    table = next(shape.table for shape in last.shapes if shape.has_table)
    figures = [row.cells[1].text for row in list(table.rows)[1:]]
    assert figures[0] == str(counts["rows"])
    assert figures[-1] == str(counts["posts"])
    assert sorted(figures[1:-1]) == sorted(f"−{count}" for count in counts["refused"].values())


@pytest.mark.skipif(find_office() is None, reason="LibreOffice is not installed")
def test_libreoffice_shows_as_many_pages_as_there_are_slides(built: Path, deck: Any, tmp_path: Path) -> None:
    copy = tmp_path / "deck.pptx"
    copy.write_bytes((built / "deck.pptx").read_bytes())
    pages = re.findall(rb"/Type\s*/Page[^s]", write_pdf(copy).read_bytes())
    assert len(pages) == len(deck.slides)


def test_a_pdf_without_libreoffice_is_refused_and_the_deck_stays(built: Path, tmp_path: Path) -> None:
    copy = tmp_path / "deck.pptx"
    copy.write_bytes((built / "deck.pptx").read_bytes())
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("generator.slides.pdf.find_office", lambda: None)
        with pytest.raises(Exception, match="no LibreOffice"):
            write_pdf(copy)
    assert copy.exists()


def test_an_unknown_language_is_refused_as_a_usage_error(built: Path) -> None:
    done = run("slides", built / "site", "--lang", "de", folder=built)
    assert done.returncode == 2
    assert "no language 'de'" in done.stderr
