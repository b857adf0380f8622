"""Which rows an entry of [posts] exclude names: neither fewer nor more than whoever wrote it means."""

from __future__ import annotations

import dataclasses
import json
import unicodedata
from pathlib import Path

import pytest

from generator.collection.exclusion import exclude_posts
from generator.spreadsheet.posts import Post, PostTable, Refusal, Remark, TableRead

ROOT = Path("/pictures")
SIGNED = "https://scontent-cdg4-2.cdninstagram.com/v/t51/77_n.jpg?stp=dst&oh=AAA&oe=1"


def _post(row: int, thumbnail: str = "", permalink: str | None = None, name: str = "") -> Post:
    thumbnail = thumbnail or f"images/{row:04d}.jpg"
    return Post(name or f"id-{row}", row, "House", thumbnail, f"caption {row}", 1, None, None, permalink)


def _table(*posts: Post, refusals: tuple[Refusal, ...] = (), remarks: tuple[Remark, ...] = ()) -> PostTable:
    return PostTable(
        "posts.csv", (TableRead("posts.csv", "", len(posts) + len(refusals), {}),), posts, refusals, remarks
    )


def _withdrawn(table: PostTable, *entries: str) -> list[int]:
    return [row.row for row in exclude_posts(table, entries, ROOT).table.refusals if row.reason == "withdrawn"]


@pytest.mark.parametrize(
    ("entry", "rows"),
    [
        ("DCh3k-abc123", [2]),
        ("dch3k-abc123", []),
        ("https://www.instagram.com/p/XYZ/", [2, 3]),
        ("HTTP://WWW.Instagram.com/p/XYZ?igsh=abc", [2, 3]),
        ("instagram.com/reel/XYZ", [2, 3]),
        ("https://www.instagram.com/p/xyz/", []),
        ("https://example.com/look/1", [4, 5]),
        ("https://EXAMPLE.com/look/1/?from=mail", [4]),
        ("https://example.com/show?id=7", [6]),
        ("https://example.com/show?id=9", []),
        ("https://example.com/show", [6, 7]),
        ("https://example.com/", []),
        ("images/0002.jpg", [2]),
        ("./images//0002.jpg", [2]),
        ("images\\0002.jpg", [2]),
        ("/pictures/images/0002.jpg", [2]),
        ("0002.jpg", [2]),
        ("look 1.jpg", [9]),
        ("more/look%201.jpg", [9]),
        ("same.jpg", []),
        ("a/same.jpg", [10]),
        ("IMAGES\\0002.JPG", [2]),
        ("/Pictures/Images/0002.jpg", [2]),
        ("Look 1.JPG", [9]),
        ("SAME.jpg", []),
        ("A/Same.jpg", [10]),
        ("photos/Été.jpg", [14]),
        (unicodedata.normalize("NFD", "photos/Été.jpg"), [14]),
        (unicodedata.normalize("NFD", "Été.jpg"), [14]),
        ("ÉTÉ.JPG", [14]),
        ("photos/lin.jpg", [15]),
        ("photos/LIN.jpg", []),
        ("LIN.JPG", []),
        (SIGNED, [8]),
        ("http://scontent-lhr8-1.cdninstagram.com/v/t51/77_n.jpg?oh=BBB", [8]),
        ("https://cdn.example.com/i.jpg?n=1", [12]),
        ("cdn.example.com/i.jpg?n=1", []),
        ("https://cdn.example.com/i.jpg", []),
    ],
)
def test_an_entry_names_what_it_says(entry: str, rows: list[int]) -> None:
    table = _table(
        _post(2, permalink="https://www.instagram.com/p/XYZ/", name="DCh3k-abc123"),
        _post(3, permalink="https://www.instagram.com/maison/p/XYZ/?img_index=2"),
        _post(4, permalink="https://example.com/look/1/"),
        _post(5, permalink="http://example.com/look/1?utm=2"),
        _post(6, permalink="https://example.com/show?id=7"),
        _post(7, permalink="https://example.com/show?id=8"),
        _post(8, SIGNED.replace("AAA", "CCC")),
        _post(9, "more/look 1.jpg"),
        _post(10, "a/same.jpg"),
        _post(11, "b/same.jpg"),
        _post(12, "https://cdn.example.com/i.jpg?n=1"),
        _post(13, "https://cdn.example.com/i.jpg?n=2"),
        _post(14, "photos/Été.jpg"),
        _post(15, "photos/lin.jpg"),
        _post(16, "photos/Lin.jpg"),
    )
    assert _withdrawn(table, entry) == rows


def test_a_name_of_several_files_withdraws_none_and_is_said() -> None:
    found = exclude_posts(_table(_post(2, "a/x.jpg"), _post(3, "b/x.jpg"), _post(4)), ["x.jpg", "y.jpg"], ROOT)
    assert (found.unclear, found.unmatched) == (("x.jpg",), ("y.jpg",))
    assert len(found.table.posts) == 3


def test_a_name_that_two_files_have_but_for_case_withdraws_the_one_as_written_else_none() -> None:
    table = _table(_post(2, "a/x.jpg"), _post(3, "a/X.jpg"), _post(4))
    assert _withdrawn(table, "a/X.jpg") == [3] and _withdrawn(table, "x.jpg") == [2]
    found = exclude_posts(table, ["A/x.jpg"], ROOT)
    assert (found.unclear, found.unmatched, len(found.table.posts)) == (("A/x.jpg",), (), 3)


def test_a_file_that_several_posts_show_is_one_file() -> None:
    found = exclude_posts(_table(_post(2, "a/x.jpg"), _post(3, "./a/x.jpg"), _post(4)), ["x.jpg"], ROOT)
    assert (found.unclear, [post.row for post in found.table.posts]) == ((), [4])


def test_other_rows_of_the_image_go_with_a_named_post() -> None:
    refusals = (Refusal(5, "no_brand", "", "", "images/0002.jpg"), Refusal(6, "no_brand", "", "", "images/0009.jpg"))
    found = exclude_posts(_table(_post(2), _post(3, "images/0002.jpg"), _post(4), refusals=refusals), ["id-2"], ROOT)
    assert [post.row for post in found.table.posts] == [4]
    assert sorted(row.row for row in found.together) == [3, 5]
    assert found.table.refusals[-1] == refusals[-1]


def test_the_ledger_says_nothing_of_a_withdrawn_row_but_its_number() -> None:
    link = "https://example.com/look/1"
    refused = Refusal(3, "missing_file", "there is no file secret.jpg", "Secret", "secret.jpg", link)
    remarks = (Remark(2, "likes", "secret", "D"), Remark(4, "likes", "many", "D"))
    table = _table(_post(2, "secret/a.jpg", link), _post(4), refusals=(refused,), remarks=remarks)
    found = exclude_posts(table, [link], ROOT).table
    assert [(row.row, row.reason, row.detail, row.brand, row.thumbnail) for row in found.refusals] == [
        (2, "withdrawn", "", "", ""),
        (3, "withdrawn", "", "", ""),
    ]
    assert [remark.row for remark in found.remarks] == [4]
    assert found.rows == table.rows
    assert "secret" not in json.dumps(dataclasses.asdict(found), default=str).lower()


def test_without_entries_the_table_stays_as_it_is() -> None:
    table = _table(_post(2), _post(3))
    assert exclude_posts(table, [], ROOT).table is table


def test_all_images_of_a_post_go_with_it() -> None:
    carousel = dataclasses.replace(_post(2), more_images=("images/b.jpg", "images/c.jpg"))
    other = dataclasses.replace(_post(3), more_images=("images/c.jpg",))
    further = Refusal(5, "further_image", "of the post on row 2", "House", "images/b.jpg")
    table = _table(carousel, other, _post(4), refusals=(further,))
    for entry in ("id-2", "images/0002.jpg"):
        assert _withdrawn(table, entry) == [2, 3, 5]  # row 3 shows an image of the post
    for entry in ("images/b.jpg", "b.jpg"):  # names a further image, so its post goes whole
        assert _withdrawn(table, entry) == [2, 3, 5]
    found = exclude_posts(table, ["id-2"], ROOT)
    assert found.thumbnails == {"id-2": ("images/0002.jpg", "images/b.jpg", "images/c.jpg")}
    assert _withdrawn(table, "id-4") == [4]
    marked = exclude_posts(table, [], ROOT, lambda text: text == "images/c.jpg")
    assert [row.row for row in marked.table.refusals if row.reason == "withdrawn"] == [2, 3]
