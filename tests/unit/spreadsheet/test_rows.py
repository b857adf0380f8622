"""Rows of a sheet reduced to what posts need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from generator.settings import ReadSettings
from generator.spreadsheet.rows import SheetRows, collect_rows
from generator.spreadsheet.sheets import open_sheets
from generator.spreadsheet.sources import find_inputs


def collect(
    folder: Path, *rows: Sequence[str], hidden: Sequence[int] = (), settings: ReadSettings | None = None
) -> SheetRows:
    path = folder / "p.csv"
    path.write_text("\n".join(",".join(row) for row in rows), encoding="utf-8")
    chosen = settings or ReadSettings()
    sheet = open_sheets(find_inputs([path]).sources[0], chosen)[0][0]
    table = replace(sheet.table, hidden_rows=lambda: frozenset(hidden))
    return collect_rows(replace(sheet, table=table), 0, chosen)


POSTS = [["brand", "image"], ["A", "a.jpg"], ["A", "b.jpg"], ["Total", "2"], ["B", "c.jpg"]]


def test_hidden_rows_are_kept_and_said(tmp_path: Path) -> None:
    rows = collect(tmp_path, *POSTS, hidden=[1, 3, 4, 5, 99])
    assert rows.numbers == [2, 3, 5]
    assert rows.hidden == {1, 2}
    said = [(notice.code, notice.values["count"]) for notice in rows.notices]
    assert said == [("summary_rows", 1), ("hidden_rows", 2)]


def test_hidden_rows_are_left_out_if_the_settings_say_so(tmp_path: Path) -> None:
    rows = collect(tmp_path, *POSTS, hidden=[3], settings=ReadSettings(hidden="skip"))
    assert (rows.numbers, rows.hidden) == ([2, 5], frozenset())
    assert [rows.pick("thumbnail", row)[0] for row in range(2)] == ["a.jpg", "c.jpg"]
    assert [notice.code for notice in rows.notices] == ["summary_rows", "skipped_rows"]


def test_who_is_who_stands_beside_the_fields_of_a_post(tmp_path: Path) -> None:
    headers = ["postUrl", "fullName", "username", "imgUrl", "query"]
    rows = collect(tmp_path, headers, ["https://x.example/p/1", "A & B", "a.b", "a.jpg", "https://x.example/c"])
    assert set(rows.columns) == {"brand", "thumbnail", "permalink"}
    assert [rows.pick(kind, 0)[0] for kind in ("account", "handle", "full_name")] == [
        "https://x.example/c",
        "a.b",
        "A & B",
    ]
    assert not rows.notices


def test_short_codes_become_permalinks_if_there_is_none(tmp_path: Path) -> None:
    rows = collect(tmp_path, ["brand", "image", "node/shortcode"], ["A", "a.jpg", "DC000x"], ["A", "b.jpg", ""])
    assert [rows.pick("permalink", row)[0] for row in range(2)] == ["https://www.instagram.com/p/DC000x/", None]
    rows = collect(tmp_path, ["brand", "image", "shortcode", "url"], ["A", "a.jpg", "DC000x", "https://x.example/p/1"])
    assert rows.pick("permalink", 0)[0] == "https://x.example/p/1"


def test_codes_of_instagrams_own_api(tmp_path: Path) -> None:
    rows = collect(
        tmp_path, ["user.full_name", "image", "taken_at", "code"], ["A", "a.jpg", "1741529100", "CabC0000xyz"]
    )
    assert rows.pick("permalink", 0)[0] == "https://www.instagram.com/p/CabC0000xyz/"
    other = collect(tmp_path, ["brand", "image", "date", "code"], ["A", "a.jpg", "1741529100", "SUMMER"])
    assert other.pick("permalink", 0)[0] is None


@pytest.mark.parametrize(("header", "first"), [("", 0), ("Unnamed: 0", 0), ("#", 1), ("No.", 1)])
def test_a_column_that_numbers_the_rows_is_passed_over(tmp_path: Path, header: str, first: int) -> None:
    rows = [[str(first + place), "A", f"{place}.jpg"] for place in range(4)]
    passed = collect(tmp_path, [header, "brand", "image"], *rows)
    assert not passed.notices and not passed.others
    rows[2][0] = "9"
    kept = collect(tmp_path, [header, "brand", "image"], *rows)
    assert kept.notices or kept.others


def test_a_short_code_beside_the_address_is_not_said_to_be_unused(tmp_path: Path) -> None:
    posts = [["A", f"{n}.jpg", f"DC{n:03}x", f"https://www.instagram.com/p/DC{n:03}x/"] for n in range(9)]
    rows = collect(tmp_path, ["brand", "image", "shortCode", "url"], *posts)
    assert not rows.notices and not rows.others


def test_a_nearly_empty_preferred_column_yields_to_a_full_one(tmp_path: Path) -> None:
    posts = [["A", f"{n}.jpg", "rare" if n == 0 else "", f"text {n}"] for n in range(40)]
    rows = collect(tmp_path, ["brand", "image", "caption", "description"], *posts)
    assert [column.header for column in rows.columns["caption"]] == ["description"]


@pytest.mark.parametrize(
    ("headers", "cells", "images"),
    [
        (["image_1", "image_2", "image_3"], ["a.jpg", "", "c.jpg"], ["a.jpg", "c.jpg"]),
        (["Image", "Image 2"], ["a.jpg", "b.jpg"], ["a.jpg", "b.jpg"]),
        (["Image URL 1", "Image URL 2"], ["a.jpg", "b.jpg"], ["a.jpg", "b.jpg"]),
        (["images/0", "images/1"], ["a.jpg", "b.jpg"], ["a.jpg", "b.jpg"]),
        (["images/0/url", "images/1/url"], ["a.jpg", "b.jpg"], ["a.jpg", "b.jpg"]),
        (["displayUrl", "childPosts/0/displayUrl", "childPosts/1/displayUrl"], [*"aab"], [*"ab"]),
        # the first of a whole list is the post's own image, from another address
        (["displayUrl", "images/0", "images/1"], ["small.jpg", "a.jpg", "b.jpg"], ["small.jpg", "b.jpg"]),
        (["thumbnail_url", "image_urls"], ["t.jpg", "a.jpg | b.jpg"], ["t.jpg", "b.jpg"]),
        (["thumbnail_url", "image_urls"], ["t.jpg", "a.jpg"], ["t.jpg"]),
        (["thumbnail_url", "other images"], ["a.jpg", "b.jpg | c.jpg"], ["a.jpg", "b.jpg", "c.jpg"]),
        # one picture in several sizes, and other posts
        (["images/0", "display_resources/0/src", "display_resources/1/src"], ["a.jpg", "a1.jpg", "a2.jpg"], ["a.jpg"]),
        (["latestPosts/0/displayUrl", "latestPosts/1/displayUrl"], ["a.jpg", "b.jpg"], ["a.jpg"]),
        (["image_1", "Tagged image 2", "likes 2"], ["a.jpg", "b.jpg", "7"], ["a.jpg"]),
    ],
)  # fmt: skip
def test_further_images_stand_in_columns_of_their_own(
    headers: list[str], cells: list[str], images: list[str], tmp_path: Path
) -> None:
    assert collect(tmp_path, ["brand", *headers], ["A", *cells]).images(0) == images
