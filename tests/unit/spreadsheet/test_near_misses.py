"""Columns that are not used and look like a field."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest

from generator.errors import SpreadsheetError
from generator.settings import ReadSettings
from generator.spreadsheet.headers import FIELDS, settings_line
from generator.spreadsheet.near_misses import find_near_misses
from generator.spreadsheet.notices import Notice
from generator.spreadsheet.phrases import render
from generator.spreadsheet.reader import read_posts
from generator.spreadsheet.sources import find_inputs


def nearest(field: str, header: str, *values: object) -> bool:
    rows = [[value] for value in values]
    return bool(find_near_misses([header], rows, (), [field]))  # type: ignore[arg-type]


def read(
    folder: Path, headers: Sequence[str], *rows: Sequence[str], settings: ReadSettings | None = None
) -> tuple[Notice, ...]:
    with (folder / "p.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([headers, *rows])
    return read_posts(find_inputs([folder / "p.csv"]), settings or ReadSettings()).notices


@pytest.mark.parametrize(
    ("field", "header", "values"),
    [
        ("likes", "Engagement – likes (total)", ["1,200", "3", "1.2K"]),
        ("likes", "Likes (organic)", [3, 4.0, None]),
        ("comments", "Kommentare insges.", ["1", "2"]),
        ("published", "x", ["2025-03-01T09:30:00Z", "2025-03-02T09:30:00Z"]),
        ("published", "x", [datetime(2025, 3, 1)]),
        ("published", "Post went live (time)", [1740821400, 1740821500]),
        ("thumbnail", "x", ["https://x.example/a/1.jpg?w=2", "https://x.example/a/2.jpg"]),
        ("thumbnail", "x", ["https://scontent-cdg4-1.cdninstagram.com/v/t51.2885-15/e35/1"]),
        ("thumbnail", "x", ["a folder/b.PNG", "c.webp"]),
        ("thumbnail", "Creative preview", ["https://cdn.example/1", "https://cdn.example/2"]),
        ("permalink", "x", ["https://www.instagram.com/p/Abc/", "instagram.com/reel/Abd/"]),
        ("permalink", "x", ["https://www.tiktok.com/@a.b/video/7200360993149553925"]),
        ("permalink", "Web link", ["https://shop.example/1"]),
        ("caption", "x", ["A long text about the new season, no. 1 #a", "Another long text about the season, no. 2"]),
        ("brand", "Competitor", ["Dior", "Fendi", "Dior"]),
        ("brand", "x", ["Dior", "Fendi", "Dior", "Fendi"]),
    ],
)
def test_a_column_is_known_by_its_header_or_its_values(field: str, header: str, values: list[object]) -> None:
    assert nearest(field, header, *values)


@pytest.mark.parametrize(
    ("field", "header", "values"),
    [
        ("likes", "Reach", [3, 4]),
        ("likes", "Like rate", [3, 4]),
        ("likes", "Likes", ["many", "few"]),
        ("published", "Id", [20250301, 20250302]),
        ("thumbnail", "Website", ["https://x.example/1"]),
        ("thumbnail", "Profile pic URL", ["https://x.example/1"]),
        ("permalink", "Video URL", ["https://x.example/1.mp4"]),
        ("caption", "x", ["https://x.example/a b", "https://x.example/c d"]),
        ("caption", "Kind", ["the same kind of words in all rows"] * 4),
        ("brand", "Type", ["Photo", "Video", "Photo", "Video"]),
        ("brand", "x", ["one", "two", "three"]),
        ("brand", "Brand is shown", [None]),
    ],
)
def test_other_columns_are_not(field: str, header: str, values: list[object]) -> None:
    assert not nearest(field, header, *values)


def test_a_column_stands_for_one_field_and_used_ones_for_none() -> None:
    rows = [["https://x.example/1.jpg", "Dior"]] * 3
    found = find_near_misses(["Image link", "Company"], rows, {1}, FIELDS)
    assert [(near.field, near.column) for near in found] == [("thumbnail", 0)]


def test_near_misses_come_first_and_the_rest_is_named(tmp_path: Path) -> None:
    headers = ["brand", "thumbnail", "Likes (organic)", "Went live (date)", "", "Reach", "Empty"]
    rows = [["A", f"{n}.jpg", str(n), "2025-03-01", "x", "9", ""] for n in range(3)]
    notices = read(tmp_path, headers, *rows)
    assert [notice.code for notice in notices] == ["near_column", "near_column", "columns_constant", "unused_columns"]
    assert "Likes (organic) looks like likes" in notices[0].text
    assert 'columns.likes = "Likes (organic)"' in notices[0].text
    assert [render(notice.values["columns"]) for notice in notices[2:]] == ["Reach", "E (no header)"]


def test_a_column_without_a_header_cannot_be_named_in_the_settings(tmp_path: Path) -> None:
    (notice,) = read(tmp_path, ["brand", "thumbnail", ""], *(["A", f"{n}.jpg", "2025-03-01"] for n in range(3)))
    assert (notice.code, notice.values["column"], notice.values["field"]) == ("near_unnamed", "C", "published")


def test_the_line_can_be_pasted_and_works(tmp_path: Path) -> None:
    header = 'Likes "organic"\\ net'
    rows = [["A", f"{n}.jpg", str(n)] for n in range(3)]
    (notice,) = read(tmp_path, ["brand", "thumbnail", header], *rows)
    line = str(notice.values["line"])
    columns = tomllib.loads(f"[read]\n{line}\n")["read"]["columns"]
    assert columns == {"likes": header}
    assert not read(tmp_path, ["brand", "thumbnail", header], *rows, settings=ReadSettings(columns=columns))


def test_the_line_keeps_what_the_settings_say_already() -> None:
    line = settings_line("likes", "Net likes", {"brand": "House"})
    assert tomllib.loads(line)["columns"] == {"brand": "House", "likes": "Net likes"}


def test_a_clean_file_gives_no_notice(tmp_path: Path) -> None:
    assert read(tmp_path, FIELDS, ["A", "a.jpg", "text", "1", "2", "2025-03-01", "https://x.example/p/1", "500"]) == ()


def test_many_columns_are_counted(tmp_path: Path) -> None:
    headers = ["brand", "thumbnail", *(f"metric {n}" for n in range(30))]
    (notice,) = read(tmp_path, headers, ["A", "a.jpg", *map(str, range(30))])
    assert str(notice.values["columns"]).count("metric") == 20 and "and 10 more" in notice.text


def test_a_missing_column_is_named_by_its_values(tmp_path: Path) -> None:
    rows = [["Dior" if n % 2 else "Fendi", f"https://x.example/{n}.jpg", "12"] for n in range(6)]
    with pytest.raises(SpreadsheetError) as caught:
        read(tmp_path, ["Haus", "Werk", "Zahl"], *rows)
    assert 'columns.thumbnail = "Werk"' in caught.value.hint
    assert 'columns.brand = "Haus"' in caught.value.hint
