"""Tests of the exports: the whole result, the same bytes each time, and nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import json
import math
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.site.data_files import encode_csv, encode_json, write_exports
from generator.site.tables import FORMULA_STARTS, POSTS, make_frame
from generator.site.workbook import encode_workbook
from generator.spreadsheet.posts import Refusal
from tests.support.sample_report import BUILT, METHOD, make_post, make_report

NASTY = (
    '=HYPERLINK("https://evil.example","x")',
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "  =1+1",
    "#N/A",
    "</script><script>alert(1)</script>",
    "\x00\x0b\ud800control",
    "_x0041_",
    'line\nbreak, "quoted" ; tab\t',
    "مرحبا 🌹",
    "x" * 40_000,
)


def _read_sheets(data: bytes) -> dict[str, list[tuple[object, ...]]]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return {sheet.title: [tuple(cell.value for cell in row) for row in sheet.iter_rows()] for sheet in book}


def test_the_json_has_its_documented_keys() -> None:
    refusal = Refusal(90, "missing_file", "images/x.jpg does not exist", "Maison Ambre", "images/x.jpg")
    report = make_report(refusals=(refusal,))
    content = json.loads("".join(encode_json(report)))
    assert set(content) >= {
        "format",
        "title",
        "built",
        "generator",
        "method",
        "counts",
        "quality",
        "brands",
        "clusters",
    }
    assert content["format"] == "brandscape-report/1"
    assert content["built"] == "2026-01-02T03:04:05+00:00"
    assert set(content["method"]) >= {"model", "weights_sha256", "pooling", "pca", "perplexity", "eps", "min_samples"}
    assert content["counts"] == {"rows": 61, "posts": 60, "images": 60, "refused": {"missing_file": 1}}
    assert content["quality"] == {
        "noise_share": pytest.approx(5 / 60), "trustworthiness": 0.972, "lattice_trustworthiness": 0.951,
        "stability": 0.88, "neighbours_kept": 0.61, "neighbours_in_cluster": 0.74,
        "neighbours_in_cluster_without_groups": 0.42,
    }  # fmt: skip
    brands = {brand["key"]: brand["posts"] for brand in content["brands"]}
    clusters = {cluster["key"]: cluster["posts"] for cluster in content["clusters"]}
    assert set(clusters) == {"c01", "c02"}
    assert len(content["posts"]) == 60
    for post, shown in zip(content["posts"], report.posts, strict=True):
        assert list(post)[:6] == ["id", "table", "row", "thumbnail", "brand", "cluster"]
        assert list(post)[6:11] == ["territory", "x", "y", "column", "line"]
        assert post["brand"] in brands
        assert post["cluster"] is None if shown.cluster is None else post["cluster"] in clusters
        assert post["thumbnail"] == shown.thumbnail
    assert sum(post["cluster"] == "c01" for post in content["posts"]) == clusters["c01"]


def test_measures_that_are_not_finite_are_null() -> None:
    report = make_report(method=replace(METHOD, eps=math.nan))
    report = replace(report, quality=replace(report.quality, trustworthiness=math.nan))
    content = json.loads("".join(encode_json(report)), parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    assert content["method"]["eps"] is None and content["quality"]["trustworthiness"] is None
    encode_workbook(report)


def test_the_csv_opens_in_a_spreadsheet_and_holds_every_post(tmp_path: Path) -> None:
    write_exports(make_report(), tmp_path)
    data = (tmp_path / "posts.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") and b"\r" not in data
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert list(rows[0]) == list(POSTS.columns)
    assert len(rows) == 60
    assert rows[1]["brand"] == "Björn/Söhne" and rows[1]["brand_key"] == "bjorn-sohne"
    assert rows[11]["cluster"] == ""
    assert float(rows[0]["likes_to_brand_median"]) > 0


def test_integers_stay_integers_beside_missing_values() -> None:
    frame = make_frame(("posts", "ratio", "name"), [(10**17 + 1, 2.0, "=x"), (None, None, None), (3, 1e-07, "NA")])
    expected = f"posts,ratio,name\n{10**17 + 1},2.0,'=x\n,,\n3,1e-07,NA\n"
    assert "".join(encode_csv([frame])).removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}") == expected


def test_a_carriage_return_ends_no_row() -> None:
    text = "".join(encode_csv([make_frame(("name", "posts"), [("a\r\t=x\r\nb", 1), ("\r\t", 2)])]))
    rows = list(csv.reader(io.StringIO(text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}"), newline="")))
    assert rows == [["name", "posts"], ["a\n\t=x\nb", "1"], ["'\n\t", "2"]]


def test_a_table_without_rows_has_its_columns() -> None:
    frame = make_frame(("brand", "posts"), [])
    assert frame.empty and list(frame) == ["brand", "posts"]


@settings(max_examples=12, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(NASTY), st.text(max_size=60)), min_size=20, max_size=24))
def test_no_cell_is_run_as_a_formula(texts: list[str]) -> None:
    posts = [
        make_post(index, text.strip() or "House", caption=text, thumbnail=text or "x")
        for index, text in enumerate(texts)
    ]
    report = make_report(posts, [0] * len(posts))
    for row in csv.reader(io.StringIO("".join(encode_csv(POSTS.frames(report))), newline="")):
        for value in row:
            assert not value.lstrip(" ").startswith(FORMULA_STARTS) or _is_number(value)
    with ZipFile(io.BytesIO(encode_workbook(report))) as book:
        for name in book.namelist():
            content = ElementTree.fromstring(book.read(name))  # raises where XML is broken
            assert not [element for element in content.iter() if element.tag.endswith("}f")]


def _is_number(value: str) -> bool:
    try:
        return math.isfinite(float(value))
    except ValueError:
        return False


def test_texts_in_the_workbook_are_unchanged() -> None:
    posts = [make_post(index, f"House {index % 2}", caption=text) for index, text in enumerate(NASTY)]
    report = make_report(posts, [0, 1] * 6 + [-1], refusals=(Refusal(99, "no_brand", "", "", "=cmd"),))
    sheets = _read_sheets(encode_workbook(report))
    assert list(sheets) == [
        *("Posts", "Brands", "Clusters", "Shares", "Campaigns", "Distinctiveness", "Overlap", "Engagement", "Drift"),
        *("Voice", "Looks", "Refused", "Method"),
    ]
    captions = [row[-1] for row in sheets["Posts"][1:]]
    assert captions[:7] == list(NASTY[:7])
    assert captions[8] == "control"
    assert captions[-1] == "x" * 32_767
    assert sheets["Refused"][1] == (None, 99, "no_brand", None, None, "=cmd")
    assert sheets["Brands"][0][5:] == (*(cluster.name for cluster in report.clusters), "Unclustered")
    assert [sum(row[5:]) for row in sheets["Brands"][1:]] == [len(brand.members) for brand in report.brands]  # type: ignore[arg-type]
    assert [sum(row[6:]) for row in sheets["Clusters"][1:]] == [6, 6, 1]  # type: ignore[arg-type]
    assert ("seed", 0) in sheets["Method"]


def test_the_same_report_gives_the_same_bytes(tmp_path: Path) -> None:
    write_exports(make_report(), tmp_path / "one")
    write_exports(make_report(), tmp_path / "two")
    with ZipFile(tmp_path / "one/report.xlsx") as book:  # or the bytes would change with the clock
        assert {entry.date_time for entry in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    for path in sorted((tmp_path / "one").iterdir()):
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


def test_the_workbook_bears_the_reports_date() -> None:
    report = replace(make_report(), built=BUILT + timedelta(days=3))
    properties = openpyxl.load_workbook(io.BytesIO(encode_workbook(report))).properties
    assert properties.created == properties.modified == (BUILT + timedelta(days=3)).replace(tzinfo=None)


def test_a_table_in_several_frames_is_the_same_text(monkeypatch: pytest.MonkeyPatch) -> None:
    report = make_report()
    whole = "".join(encode_csv([POSTS.frame(report)]))
    monkeypatch.setattr("generator.site.tables.table._ROWS", 7)
    assert len(list(POSTS.frames(report))) == 9 and "".join(encode_csv(POSTS.frames(report))) == whole
