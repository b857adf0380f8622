"""A deck shows the report's own figures, can be edited, and is the same for the same report."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from generator.errors import SettingsError
from generator.language import open_language
from generator.progress import SilentProgress
from generator.report.changes import BrandChange, ChangedPost, Changes, Named, ShareChange, encode_changes
from generator.site.archive import zip_site
from generator.slides.deck import Wishes, write_deck
from tests.support.finished_report import FINDING, write_finished
from tests.support.sample_report import make_report

pptx = pytest.importorskip("pptx")

_EMU = 914_400


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_finished(make_report(), tmp_path_factory.mktemp("finished") / "site")


def _make(site: Path, folder: Path, **wishes: Any) -> Any:
    output = folder / "deck.pptx"
    write_deck(site, output, Wishes(**wishes), SilentProgress())
    return pptx.Presentation(str(output))


def _title(slide: Any) -> str:
    """Return a slide's title; its last words may be held together."""
    return str(slide.shapes.title.text_frame.text).replace("\N{NO-BREAK SPACE}", " ")


def _read(slide: Any) -> str:
    texts = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
    for shape in slide.shapes:
        if shape.has_table:
            texts += [cell.text for row in shape.table.rows for cell in row.cells]
    return "\n".join(texts)


def _find(deck: Any, title: str) -> Any:
    return next(slide for slide in deck.slides if _title(slide).startswith(title))


def test_a_finding_has_its_sentence_figure_interval_images_and_notes(site: Path, tmp_path: Path) -> None:
    slide = _find(_make(site, tmp_path), "Maison Ambre posts “Coats”")
    assert _title(slide) == "Maison Ambre posts “Coats” 3.1 times as often as its rivals."
    text = _read(slide)
    assert "3.1×" in text.splitlines()
    assert "95% interval 2.4 to 4.0" in text
    assert len([shape for shape in slide.placeholders if shape.placeholder_format.type.name == "PICTURE"]) == 3
    notes = slide.notes_slide.notes_text_frame.text
    assert FINDING["sentence"] in notes
    assert "This is how often, not how well." in notes
    assert "P00003" in notes


def test_findings_are_summed_up_in_brief_those_on_chosen_brands_first(tmp_path: Path) -> None:
    general = {**FINDING, "brand": None, "sentence": "Green gets more likes.", "figure_text": "1.4×"}
    rows = [general, FINDING, {**FINDING, "sentence": "Maison Ambre posts more.", "figure_text": "2.2×"}]
    site = write_finished(make_report(), tmp_path / "site", findings=rows)
    for brands, figures in (((), ["1.4×", "3.1×", "2.2×"]), (("Maison Ambre",), ["3.1×", "2.2×", "1.4×"])):
        slide = _find(_make(site, tmp_path, brands=brands), "In brief")
        told = _read(slide).splitlines()
        assert [line for line in told if line.endswith("×")] == figures
        assert "Maison Ambre posts more." in told
    few = write_finished(make_report(), tmp_path / "few", findings=rows[:2])
    assert not [slide for slide in _make(few, tmp_path).slides if _title(slide) == "In brief"]


def test_the_chart_of_looks_marks_the_chosen_brand_alone(site: Path, tmp_path: Path) -> None:
    slide = _find(_make(site, tmp_path, brands=("Maison Ambre",)), "How far each brand keeps")
    chart = next(shape.chart for shape in slide.shapes if shape.has_chart)
    names = list(chart.plots[0].categories)
    pale = {int(index) for index in chart.part._element.xpath(".//c:dPt/c:idx/@val")}
    own = {place for place, name in enumerate(names) if name.startswith("Maison Ambre")}
    assert len(names) > 1 and set(range(len(names))) - pale <= own
    assert "Pale bars are other brands" in _read(slide).replace("\N{NO-BREAK SPACE}", " ")


def test_figures_of_the_share_table_are_those_of_the_report(site: Path, tmp_path: Path) -> None:
    content = json.loads((site / "data/report.json").read_text(encoding="utf-8"))
    shares = {(row["brand_key"], row["cluster_key"]): row["share"] for row in content["shares"]}
    slide = _find(_make(site, tmp_path), "Where each brand posts")
    table = next(shape.table for shape in slide.shapes if shape.has_table)
    brands = {brand["name"]: brand["key"] for brand in content["brands"]}
    clusters = {cluster["name"]: cluster["key"] for cluster in content["clusters"]}
    heads = [cell.text for cell in table.rows[0].cells][1:]
    for row in list(table.rows)[1:]:
        name, *figures = (cell.text for cell in row.cells)
        for head, figure in zip(heads, figures, strict=True):
            assert figure == f"{round(100 * shares[brands[head], clusters[name]])}%"


def test_charts_are_native_with_intervals_and_a_workbook_that_holds_them(site: Path, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    content = json.loads((site / "data/report.json").read_text(encoding="utf-8"))
    deck = _make(site, tmp_path)
    slide = _find(deck, "How far each brand keeps to a look of its own")
    chart = next(shape.chart for shape in slide.shapes if shape.has_chart)
    rows = sorted(content["distinctiveness"], key=lambda row: -row["ratio"])
    assert list(chart.plots[0].series[0].values) == pytest.approx([row["ratio"] for row in rows])
    assert len(chart.part._element.xpath(".//c:errBars")) == 1
    sheet = load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)).active
    ends = [tuple(cell.value for cell in row[4:6]) for row in sheet.iter_rows(min_row=2)]
    assert ends == [(row["low"], row["high"]) for row in rows]


def test_every_picture_has_alternative_text_and_is_cropped_not_stretched(site: Path, tmp_path: Path) -> None:
    found = 0
    for slide in _make(site, tmp_path).slides:
        for element in slide.shapes._spTree.xpath(".//p:pic"):
            assert element.nvPicPr.cNvPr.get("descr")
        for shape in slide.shapes:
            if not hasattr(shape, "crop_left") or not hasattr(shape, "image"):
                continue
            found += 1
            width, height = shape.image.size
            shown = width * (1 - shape.crop_left - shape.crop_right), height * (1 - shape.crop_top - shape.crop_bottom)
            assert shown[0] / shown[1] == pytest.approx(shape.width / shape.height, rel=0.02)
    assert found > 20


def test_slides_are_wide_numbered_sorted_into_sections_and_inside_their_frame(site: Path, tmp_path: Path) -> None:
    deck = _make(site, tmp_path)
    assert deck.slide_width / deck.slide_height == pytest.approx(16 / 9)
    names = deck.part._element.xpath(".//*[local-name()='section']/@name")
    assert names == ["Opening", "Findings", "Clusters", "Brands", "Method"]
    listed = deck.part._element.xpath(".//*[local-name()='section']//*[local-name()='sldId']/@id")
    assert listed == [slide.get("id") for slide in deck.slides._sldIdLst]
    for slide in list(deck.slides)[1:]:
        assert slide.shapes._spTree.xpath('.//a:fld[@type="slidenum"]')
        ids = slide.shapes._spTree.xpath(".//p:cNvPr/@id")
        assert len(ids) == len(set(ids))
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.top >= -1
            assert shape.left + shape.width <= deck.slide_width + 1
            assert shape.top + shape.height <= deck.slide_height + 1


def test_no_placeholder_is_left_empty(site: Path, tmp_path: Path) -> None:
    for slide in _make(site, tmp_path).slides:
        for shape in slide.placeholders:
            if shape.has_text_frame and shape.placeholder_format.type.name != "SLIDE_NUMBER":
                assert shape.text_frame.text.strip()


def test_the_same_report_gives_the_same_bytes_from_a_folder_and_a_zip(site: Path, tmp_path: Path) -> None:
    packed = zip_site(site, tmp_path / "site.zip")
    for name, place in (("one", site), ("two", site), ("three", packed)):
        write_deck(place, tmp_path / f"{name}.pptx", Wishes(), SilentProgress())
    one, two, three = ((tmp_path / f"{name}.pptx").read_bytes() for name in ("one", "two", "three"))
    assert one == two == three
    with zipfile.ZipFile(io.BytesIO(one)) as archive:
        assert archive.namelist()[0] == "[Content_Types].xml"
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not any("thumbnail" in name for name in archive.namelist())
    assert pptx.Presentation(io.BytesIO(one)).core_properties.created == datetime(2026, 1, 2, 3, 4, 5)


def test_a_deck_of_one_brand_tells_of_it_and_its_rivals_alone(site: Path, tmp_path: Path) -> None:
    deck = _make(site, tmp_path, brands=("björn/söhne",))
    titles = [_title(slide) for slide in deck.slides]
    assert titles[0] == "Björn/Söhne"
    assert "Where Björn/Söhne posts, and where its rivals do" in titles
    assert "Maison Ambre" not in titles
    assert not any("3.1 times" in title for title in titles)


def test_two_brands_are_set_side_by_side(site: Path, tmp_path: Path) -> None:
    deck = _make(site, tmp_path, brands=("Maison Ambre", "NOIR <Studio>"))
    cover, slide = (slide for slide in deck.slides if _title(slide) == "Maison Ambre and NOIR <Studio>")
    assert "beside 1 other brand" in _read(cover)
    content = json.loads((site / "data/report.json").read_text(encoding="utf-8"))
    pair = {"maison-ambre", "noir-studio"}
    row = next(row for row in content["overlap"] if {row["brand_key"], row["other_key"]} == pair)
    assert f"{open_language('en').ratio(row['overlap'])}×" in _read(slide)


def test_an_unknown_brand_is_refused_with_the_nearest_name(site: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        _make(site, tmp_path, brands=("Maison Ambr",))
    assert caught.value.hint == "Did you mean Maison Ambre?"


def test_a_deck_in_another_language_tells_findings_in_it(site: Path, tmp_path: Path) -> None:
    deck = _make(site, tmp_path, lang="fr")
    slide = _find(deck, "Maison Ambre publie")
    assert "3,1×" in _read(slide)
    assert "de 2,4 à 4,0" in _read(slide)
    assert "Vert" in _title(slide)  # a colour; the report says "Green"
    assert "«\N{NARROW NO-BREAK SPACE}" in _title(slide)


def test_slides_link_to_pages_where_the_report_is_published(site: Path, tmp_path: Path) -> None:
    deck = _make(site, tmp_path, address="https://example.com/report/")
    slide = _find(deck, "Maison Ambre posts")
    links = [
        run.hyperlink.address
        for shape in slide.shapes
        if shape.has_text_frame
        for paragraph in shape.text_frame.paragraphs
        for run in paragraph.runs
        if run.hyperlink.address
    ]
    assert links == ["https://example.com/report/compare.html#shares"]


def test_a_limit_makes_pictures_smaller_until_the_deck_fits(tmp_path: Path) -> None:
    site = write_finished(make_report(), tmp_path / "site")
    noise = Image.effect_noise((1200, 1200), 90).convert("RGB")
    noise.save(site / "mosaics/all.jpg", quality=95)
    rich = write_deck(site, tmp_path / "rich.pptx", Wishes(), SilentProgress())
    limit = rich.size - 300_000
    lean = write_deck(site, tmp_path / "lean.pptx", Wishes(limit=limit), SilentProgress())
    assert lean.size <= limit < rich.size
    with pytest.raises(SettingsError, match="at least"):
        write_deck(site, tmp_path / "none.pptx", Wishes(limit=1_000), SilentProgress())
    assert not (tmp_path / "none.pptx").exists()


def test_parts_that_a_report_lacks_are_left_out(tmp_path: Path) -> None:
    empty = {table: [] for table in ("shares", "engagement", "drift", "distinctiveness", "overlap", "looks")}
    site = write_finished(make_report(), tmp_path / "site", findings=(), **empty, clusters=[], territories=[])
    (site / "mosaics/all.jpg").unlink()
    titles = [_title(slide) for slide in _make(site, tmp_path).slides]
    assert titles == [
        "Three houses",
        "Björn/Söhne",
        "Maison Ambre",
        "NOIR <Studio>",
        "How this was made, and what it cannot say",
        "60 rows went in; 60 posts are in the report",
    ]


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_a_ratio_without_an_upper_end_is_told_by_its_lower_one_alone(tmp_path: Path, lang: str) -> None:
    told = {
        **FINDING,
        "kind": "shows",
        "term": "sandals",
        "cluster": None,
        "figure": 39.8,
        "low": 10.8,
        "high": 137.4,
        "only_at_least": True,
        "figure_text": "≥ 10×",
        "sentence": "Images of Maison Ambre show sandals at least 10 times as often as its median rival’s.",
        "note": "On 17 posts. As far as a neural network is sure.",
        "counted_posts": 17,
        "occasions": 17,
    }
    tags = {"left_out": "", "terms": [{"key": "sandals", "name": "sandales"}]}
    deck = _make(write_finished(make_report(), tmp_path / "site", (told,), tags=tags), tmp_path, lang=lang)
    slide = _find(deck, "Images of Maison Ambre" if lang == "en" else "Chez Maison Ambre, les images")
    lines = _read(slide).splitlines()
    assert [line for line in lines if "≥" in line] == ["≥ 10×"]
    assert not any(figure in line for line in lines for figure in ("137", "39"))
    assert len([line for line in lines if "17" in line]) == 1
    assert lang == "en" or "sandales" in _title(slide)


def test_the_title_counts_posts_and_not_their_further_images(tmp_path: Path) -> None:
    site = write_finished(make_report(), tmp_path / "site")
    content = json.loads((site / "data/report.json").read_text(encoding="utf-8"))
    first = content["posts"][0]
    content["images"] = [{"id": f"{first['id']}.{place}", "post": first["id"]} for place in range(5)]
    (site / "data/report.json").write_text(json.dumps(content), encoding="utf-8")
    assert f"{len(content['posts'])} posts" in _read(_make(site, tmp_path).slides[0])


def test_a_finding_without_counted_posts_rests_on_none(tmp_path: Path) -> None:
    told = {**FINDING, "kind": "distinct", "cluster": None, "counted_posts": 0, "occasions": 0}
    deck = _make(write_finished(make_report(), tmp_path / "site", (told,)), tmp_path)
    text = _read(_find(deck, "Maison Ambre keeps to a look of its own."))
    assert " 0 posts" not in text
    assert "95% interval 2.4 to 4.0" in text


def test_the_chart_of_a_brand_has_its_shares_and_those_of_its_median_rival(site: Path, tmp_path: Path) -> None:
    content = json.loads((site / "data/report.json").read_text(encoding="utf-8"))
    names = {group["key"]: group["name"] for group in content["clusters"]}
    shares = [row for row in content["shares"] if row["brand_key"] == "maison-ambre" and row["cluster_key"] in names]
    rows = {names[row["cluster_key"]]: row for row in shares}
    chart = next(
        shape.chart
        for slide in _make(site, tmp_path).slides
        if _title(slide) == "Maison Ambre"
        for shape in slide.shapes
        if shape.has_chart
    )
    plot = chart.plots[0]
    for series, column in zip(plot.series, ("share", "median_rival"), strict=True):
        for name, value in zip(plot.categories, series.values, strict=True):
            assert value == pytest.approx(rows[str(name)][column], abs=0.0051)
    assert [series.name for series in plot.series] == ["Maison Ambre", "Its median rival"]


def test_a_finding_of_an_unknown_kind_is_told_in_its_own_words(tmp_path: Path) -> None:
    told = {"kind": "momentum", "brand": "maison-ambre", "figure_text": "+12", "sentence": "It grows.", "posts": []}
    site = write_finished(make_report(), tmp_path / "site", findings=(told, {"kind": "riddle"}))
    deck = _make(site, tmp_path)
    assert "+12" in _read(_find(deck, "It grows."))
    assert not any("riddle" in _read(slide) for slide in deck.slides)


def test_changes_since_the_report_before_have_a_slide(tmp_path: Path) -> None:
    site = write_finished(make_report(), tmp_path / "site")
    brand, cluster = Named("maison-ambre", "Maison Ambre", None), Named("c01", "Green", "#123456")
    pictures = sorted(path.relative_to(site).as_posix() for path in (site / "images").iterdir())[:3]
    changes = Changes(
        since=datetime(2025, 12, 1),
        why="",
        posts_before=50,
        posts=60,
        new=tuple(ChangedPost(f"N{number}", brand, pictures[0], None, cluster) for number in range(10)),
        gone=(),
        moved=(),
        clusters=(),
        shares=(ShareChange(brand, cluster, 0.1, 0.2, 0.6, 6, 6.0, 2.0, 9.0, 0.001),),
        brands=(BrandChange(brand, 10, 20, 10, 0, None, None, tuple(pictures)),),
    )
    (site / "data/changes.json").write_text(encode_changes(changes), encoding="utf-8")
    slide = _find(_make(site, tmp_path), "What changed since 1 December 2025")
    lines = _read(slide).splitlines()
    assert lines.count("10") == 1
    assert "Maison Ambre: “Green” had 10% of its posts, and has 60% of the new ones." in _read(slide)
    assert len(slide.shapes._spTree.xpath(".//p:pic")) == 3


def test_a_finding_on_what_captions_say_is_told_in_the_language_of_the_deck(site: Path, tmp_path: Path) -> None:
    said = {
        "kind": "subject", "subject": "robe", "subject_name": "robe, soirée", "brand": None, "figure": 1.98, "low": 1.8,
        "high": 2.21, "figure_text": "2.0×", "counted_posts": 126, "occasions": 126, "posts": ["P00000"],
        "sentence": "Posts whose captions say “robe, soirée” get 2.0 times the likes of a brand’s ordinary posts, "
        "whatever the brand (95% interval 1.8 to 2.2).", "note": "On 126 posts. Seen together.",
    }  # fmt: skip
    shown = {**FINDING, "kind": "shows", "term": "plain-ground", "cluster": None}
    rows = [{"measure": "likes", "seen_in": "caption", "subject_key": "robe", "ratio": 1.98}]
    own = write_finished(make_report(), tmp_path / "own", findings=(said, shown), subjects=rows)
    slide = _find(_make(own, tmp_path, lang="fr"), "Les publications dont la légende dit")
    text = f"{_title(slide)}\n{_read(slide)}"
    assert "« robe, soirée » recueillent 2,0 fois" in text.replace("\N{NARROW NO-BREAK SPACE}", " ")
    assert "Intervalle à 95" in text
    assert not {"Posts", "captions", "interval", "ordinary"} & set(text.split())
    assert "« fond uni »" in _title(_find(_make(own, tmp_path, lang="fr"), "Chez Maison Ambre, les images")).replace(
        "\N{NARROW NO-BREAK SPACE}", " "
    )


def test_text_names_its_language_and_shrinks_where_another_font_stands_in(site: Path, tmp_path: Path) -> None:
    deck = _make(site, tmp_path, lang="fr")
    trees = [slide._element for slide in deck.slides] + [slide.notes_slide._element for slide in deck.slides]
    trees += [layout._element for layout in deck.slide_layouts]
    runs = [run for tree in trees for run in tree.xpath(".//a:r/a:rPr/@lang | .//a:r[not(a:rPr)]/a:t")]
    assert {str(run) for run in runs} == {"fr-FR"}
    for slide in deck.slides:
        for place in slide.placeholders:
            if place.has_text_frame and place.placeholder_format.type.name not in ("FOOTER", "SLIDE_NUMBER"):
                assert place._element.xpath("./p:txBody/a:bodyPr/a:normAutofit")


@pytest.mark.parametrize(("share", "is_told"), [(0.3, True), (0.1, False)])
def test_how_any_brand_is_liked_there_is_told_of_what_a_brand_posts_more_of(
    tmp_path: Path, share: float, is_told: bool
) -> None:
    place = {"brand_key": "maison-ambre", "cluster_key": "c01"}
    likes = {"measure": "likes", "finding": "yes", "cluster_key": "c01", "ratio": 0.76, "low": 0.5, "high": 0.9}
    shares = [{**place, "share": share, "median_rival": 0.2}]
    site = write_finished(make_report(), tmp_path / "site", engagement=[likes], shares=shares)
    slide = next(slide for slide in _make(site, tmp_path).slides if _title(slide) == "Maison Ambre")
    assert ("Green: 0.76× (0.50 to 0.90)" in _read(slide).replace("\N{NO-BREAK SPACE}", " ")) is is_told
