"""Rows to posts, refusals and remarks."""

from __future__ import annotations

import csv
import json
import re
import tempfile
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from generator.errors import BrandscapeError, SpreadsheetError
from generator.settings import ReadSettings
from generator.spreadsheet.posts import PostTable
from generator.spreadsheet.reader import read_posts
from generator.spreadsheet.reasons import REASONS
from generator.spreadsheet.sources import find_inputs

HEADERS = ["brand", "thumbnail", "caption", "likes", "comments", "published", "permalink"]


def read_rows(folder: Path, *rows: list[str], headers: list[str] | None = None) -> PostTable:
    path = folder / "posts.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([headers or HEADERS, *rows])
    return read_posts(find_inputs([path]), ReadSettings())


def test_a_row_becomes_a_post(tmp_path: Path) -> None:
    link = "https://www.instagram.com/p/Abc/"
    table = read_rows(tmp_path, [" Belle  Époque", " a.jpg ", "un\r\ndeux ", "1 234", "-1", "16/10/2026 07:09", link])
    (post,) = table.posts
    assert (post.row, post.brand, post.thumbnail, post.caption) == (2, "Belle Époque", "a.jpg", "un\ndeux")
    assert (post.likes, post.comments, post.published) == (1234, None, datetime(2026, 10, 16, 7, 9))
    assert post.permalink == link
    assert post.id.startswith("Abc-")
    assert (table.source, table.tables[0].sheet, table.rows, table.refusals, table.remarks) == (
        "posts.csv",
        "",
        1,
        (),
        (),
    )
    assert table.tables[0].columns == dict(zip(HEADERS, HEADERS, strict=True))


def test_rows_that_cannot_be_used_are_refused_with_row_and_reason(tmp_path: Path) -> None:
    rows = [
        ["A", "a.jpg", "kept"],
        ["", "b.jpg", "x"],
        ["\u200b", "b.jpg", "x"],
        ["A", " ", "x"],
        ["A", "ftp://a.example/b.jpg", "x"],
        ["a ", "a.jpg", "the same post"],
        ["A", "../../etc/passwd", "left to the fetching"],
        ["A", "not a url or a file", "left to the fetching"],
    ]
    table = read_rows(tmp_path, *rows)
    assert [post.row for post in table.posts] == [2, 8, 9]
    assert [(refusal.row, refusal.reason) for refusal in table.refusals] == [
        (3, "no_brand"),
        (4, "no_brand"),
        (5, "no_thumbnail"),
        (6, "bad_address"),
        (7, "duplicate"),
    ]
    assert table.refusals[-1].detail == "same as row 2"
    assert table.refusals[3].thumbnail == "ftp://a.example/b.jpg"
    assert table.rows == len(table.posts) + len(table.refusals) == 8
    assert {refusal.reason for refusal in table.refusals} <= set(REASONS)


def test_the_same_image_in_another_post_or_brand_is_no_duplicate(tmp_path: Path) -> None:
    links = ["https://www.instagram.com/p/A/", "https://www.instagram.com/p/B/"]
    rows = [[brand, "a.jpg", "", "", "", "", link] for brand in "AB" for link in links]
    assert len(read_rows(tmp_path, *rows, rows[0]).posts) == 4


def test_values_that_cannot_be_read_are_remarked_and_the_post_kept(tmp_path: Path) -> None:
    table = read_rows(
        tmp_path,
        ["A", "a.jpg", "", "lots", "3", "someday", "javascript:alert(1)"],
        ["", "refused.jpg", "", "lots", "", "", ""],
    )
    (post,) = table.posts
    assert (post.likes, post.comments, post.published, post.permalink) == (None, 3, None, None)
    assert {(remark.row, remark.field, remark.value, remark.column) for remark in table.remarks} == {
        (2, "likes", "lots", "D"),
        (2, "published", "someday", "F"),
        (2, "permalink", "javascript:alert(1)", "G"),
    }


def test_one_brand_in_its_most_frequent_spelling(tmp_path: Path) -> None:
    names = ["NOIR", "Noir", " noir ", "Noir", "E\u0301té", "Été", "b", "B"]
    table = read_rows(tmp_path, *([name, f"{index}.jpg"] for index, name in enumerate(names)))
    assert [post.brand for post in table.posts] == ["Noir"] * 4 + ["Été"] * 2 + ["b"] * 2


def test_the_order_of_dates_is_that_of_the_column(tmp_path: Path) -> None:
    def days(header: str, *texts: str) -> list[datetime | None]:
        rows = (["A", f"{index}.jpg", text] for index, text in enumerate(texts))
        return [post.published for post in read_rows(tmp_path, *rows, headers=["brand", "thumbnail", header]).posts]

    second_of_november, eleventh_of_february = datetime(2025, 11, 2), datetime(2025, 2, 11)
    assert days("Date", "02/11/2025", "16/10/2026")[0] == second_of_november
    assert days("Date", "02/11/2025", "10/16/2026")[0] == eleventh_of_february
    assert days("Date", "02/11/2025") == [second_of_november]
    assert days("Publish time", "02/11/2025") == [eleventh_of_february]


def test_brands_and_images_from_columns_that_complete_each_other(tmp_path: Path) -> None:
    headers = ["ownerUsername", "ownerFullName", "media_url", "thumbnail_url"]
    table = read_rows(tmp_path, ["a.b", "A & B", "film.mp4", "film.jpg"], ["c", "", "photo.jpg", ""], headers=headers)
    assert [(post.brand, post.thumbnail) for post in table.posts] == [("A & B", "film.jpg"), ("c", "photo.jpg")]
    assert table.tables[0].columns == {"brand": "ownerFullName, ownerUsername", "thumbnail": "thumbnail_url, media_url"}


def test_native_values_of_a_workbook(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Données"
    sheet.append(HEADERS)
    sheet.append([12, "a.jpg", 3.0, 219.0, 4, datetime(2025, 11, 2, 13, 21), None])
    sheet.append(["B", "b.jpg", True, "1,234", None, "02/11/2025", None])
    book.save(tmp_path / "p.xlsx")
    table = read_posts(find_inputs([tmp_path / "p.xlsx"]), ReadSettings())
    assert table.tables[0].sheet == "Données"
    one, two = table.posts
    assert (one.brand, one.caption, one.likes, one.published) == ("12", "3", 219, datetime(2025, 11, 2, 13, 21))
    assert (two.likes, two.comments, two.published) == (1234, None, datetime(2025, 11, 2))


def test_counts_in_the_unit_of_their_header(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    path.write_text("brand,thumbnail,Likes (K),comments\nA,a.jpg,1.2,3\nA,b.jpg,12,4\n", encoding="utf-8")
    settings = ReadSettings(columns={"likes": "Likes (K)"})
    posts = read_posts(find_inputs([path]), settings).posts
    assert [(post.likes, post.comments) for post in posts] == [(1200, 3), (12_000, 4)]


def test_values_of_the_other_field_are_not_read_and_told(tmp_path: Path) -> None:
    rows = [["A", f"{number}.jpg", "", "1,234 views", "56 comments", "März 2025"] for number in range(2)]
    table = read_rows(tmp_path, *rows)
    assert [(post.likes, post.comments, post.precision) for post in table.posts] == [(None, 56, "month")] * 2
    told = {notice.code: notice.values for notice in table.notices}
    assert told["unread_values"] == {
        "where": "posts.csv", "column": "D (likes)", "field": "likes", "count": 2, "examples": "1,234 views",
    }  # fmt: skip
    assert told["coarse_dates"]["count"] == 2


def test_headers_without_rows(tmp_path: Path) -> None:
    with pytest.raises(SpreadsheetError, match="no rows"):
        read_rows(tmp_path)


def test_a_part_of_the_rows_gives_the_same_ids(tmp_path: Path) -> None:
    rows = [
        [f"Brand {i % 4}", f"images/{i}.jpg", "", "", "", "", f"https://www.instagram.com/p/C{i}/"] for i in range(60)
    ]
    whole = {post.thumbnail: post.id for post in read_rows(tmp_path, *rows).posts}
    part = read_rows(tmp_path, *reversed(rows[::2])).posts
    assert len(part) == 30
    assert all(whole[post.thumbnail] == post.id for post in part)


cells = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["A", "a.jpg", "https://www.instagram.com/p/A/", "1,234", "02/11/2025", "", "ftp://x/", "\x00", "-1"]
    ),
)


@settings(deadline=None)
@given(
    st.lists(st.sampled_from([*HEADERS, "Likes", "x", ""]), max_size=9),
    st.lists(st.lists(cells, max_size=9), max_size=12),
    st.sampled_from([",", ";", "\t"]),
)
def test_any_table_of_text_gives_posts_and_refusals_or_a_plain_error(
    headers: list[str], rows: list[list[str]], delimiter: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "posts.csv"
        with path.open("w", newline="", encoding="utf-8", errors="replace") as file:
            csv.writer(file, delimiter=delimiter).writerows([headers, *rows])
        check_any(path)


@settings(deadline=None)
@given(
    st.binary(max_size=300), st.sampled_from([b"", b"brand,thumbnail\n", b"brand;image\nA;a.jpg\n", b'brand,image\n"'])
)
def test_any_bytes_give_posts_and_refusals_or_a_plain_error(data: bytes, start: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "posts.csv"
        path.write_bytes(start + data)
        check_any(path)


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)),
    max_leaves=6,
)


@settings(deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from([*HEADERS, "images", "owner"]), json_values), max_size=8))
def test_any_objects_give_posts_and_refusals_or_a_plain_error(records: list[dict[str, object]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "posts.json"
        path.write_text(json.dumps(records))
        check_any(path)


def check_any(path: Path) -> None:
    try:
        table = read_posts(find_inputs([path]), ReadSettings())
    except BrandscapeError as error:
        assert error.exit_code == 3
        return
    rows = [*(post.row for post in table.posts), *(refusal.row for refusal in table.refusals)]
    assert len(rows) == table.rows
    assert max(Counter(rows).values()) == 1
    assert all(post.brand and post.thumbnail and re.fullmatch(r"[\w-]+", post.id, re.ASCII) for post in table.posts)
    assert len({post.id.lower() for post in table.posts}) == len(table.posts)
    json.dumps([post.caption + post.brand + post.thumbnail for post in table.posts], ensure_ascii=False).encode()
