"""Tables whose rows hold lists of posts give the posts that the nested records would."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from generator.settings import ReadSettings
from generator.spreadsheet.posts import PostTable
from generator.spreadsheet.reader import read_posts
from generator.spreadsheet.sources import find_inputs

CDN = "https://scontent.cdninstagram.com/v/t51/{}_n.jpg?oh=1"
#: How programs write a step into an object, and into a list.
FORMS = {
    "Apify": ("/{}", "/{}"),
    "pandas": (".{}", ".{}"),
    "json2csv": (".{}", "[{}]"),
    "flatten_json": ("_{}", "_{}"),
    "Octoparse": ("__{}", "__{}"),
    "colons": (":{}", ":{}"),
}


def post(house: int, number: int) -> dict[str, Any]:
    """Return a post as Apify writes it; the second of a house is a carousel of two images."""
    name = f"{house}{number}"
    images = [CDN.format(name), CDN.format(f"{name}b")] if number == 1 else []
    return {
        "shortCode": f"C{name}abcDEFg",
        "caption": f"caption {name}",
        "likesCount": number,
        "timestamp": "2025-01-02T10:00:00Z",
        "displayUrl": CDN.format(name),
        "images": images,
        "childPosts": [{"displayUrl": image} for image in images],
        "latestComments": [{"text": "no", "ownerUsername": "other"}],
    }


def house(number: int, posts: int) -> dict[str, Any]:
    return {
        "username": f"house{number}",
        "fullName": f"House {number}",
        "latestPosts": [post(number, place) for place in range(posts)],
    }


HOUSES = [house(1, 3), house(2, 5), house(3, 0)]
EDGES = [
    {
        "data": {
            "user": {
                "full_name": one["fullName"],
                "timeline": {
                    "edges": [
                        {"node": {"display_url": own["displayUrl"], "shortcode": own["shortCode"], "like_count": 7}}
                        for own in one["latestPosts"]
                    ]
                },
            }
        }
    }
    for one in HOUSES
]


def flatten(value: Any, form: tuple[str, str], path: str = "") -> Iterator[tuple[str, Any]]:
    into_object, into_list = form
    if isinstance(value, dict):
        for key, entry in value.items():
            yield from flatten(entry, form, path + into_object.format(key) if path else key)
    elif isinstance(value, list):
        for place, entry in enumerate(value):
            yield from flatten(entry, form, path + into_list.format(place))
    else:
        yield path, value


def write_csv(path: Path, rows: list[Mapping[str, Any]], above: str = "") -> Path:
    headers = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(above)
        writer = csv.DictWriter(file, headers)
        writer.writeheader()
        writer.writerows(rows)
    return path


def read(path: Path, hidden: str = "keep") -> PostTable:
    return read_posts(find_inputs([path]), ReadSettings(hidden=hidden))  # type: ignore[arg-type]


def describe(table: PostTable) -> list[tuple[object, ...]]:
    return [
        (post.brand, post.thumbnail, post.more_images, post.caption, post.likes, post.published, post.permalink)
        for post in table.posts
    ]


def read_json(path: Path, records: object) -> PostTable:
    path.write_text(json.dumps(records), encoding="utf-8")
    return read(path)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("above", ["", "Export of today\n\n"])
def test_flattened_posts_are_those_of_the_nested_records(form: tuple[str, str], above: str, tmp_path: Path) -> None:
    table = read(write_csv(tmp_path / "a.csv", [dict(flatten(one, form)) for one in HOUSES], above))
    nested = read_json(tmp_path / "a.json", HOUSES)
    assert describe(table) == describe(nested)
    assert [post.brand for post in table.posts] == ["House 1"] * 3 + ["House 2"] * 5
    assert sum(len(post.more_images) for post in table.posts) == 2
    assert [notice.code for notice in table.notices] == [notice.code for notice in nested.notices]
    assert next(n for n in table.notices if n.code == "empty_accounts").values["examples"] == "House 3"


def test_flattened_edges_are_taken_apart(tmp_path: Path) -> None:
    table = read(write_csv(tmp_path / "a.csv", [dict(flatten(one, FORMS["Apify"])) for one in EDGES]))
    assert describe(table) == describe(read_json(tmp_path / "a.json", EDGES))
    assert len(table.posts) == 8


@pytest.mark.parametrize("write", [json.dumps, repr], ids=["JSON", "Python"])
def test_a_cell_may_hold_all_posts_of_an_account(write: Callable[[object], str], tmp_path: Path) -> None:
    rows = [{"fullName": one["fullName"], "posts": write(one["latestPosts"])} for one in HOUSES]
    table = read(write_csv(tmp_path / "a.csv", rows))
    nested = [{"fullName": one["fullName"], "posts": one["latestPosts"]} for one in HOUSES]
    assert describe(table) == describe(read_json(tmp_path / "a.json", nested))
    assert len(table.posts) == 8


@pytest.mark.parametrize("write", [json.dumps, repr], ids=["JSON", "Python"])
def test_cells_may_hold_the_account_and_the_images_of_a_post(write: Callable[[object], str], tmp_path: Path) -> None:
    """As where the records of Instagram's own API were saved with pandas."""
    posts = [
        {
            "code": f"C{place}abcDEFghi",
            "taken_at": 1741529100 + place,
            "like_count": place,
            "caption": {"text": f"words {place}"},
            "user": {"username": "dior", "full_name": "Dior"},
            "image_versions2": {"candidates": [{"width": 9, "url": CDN.format(place)}]},
        }
        for place in range(3)
    ]
    cells = [{key: write(cell) if isinstance(cell, dict) else cell for key, cell in one.items()} for one in posts]
    table = read(write_csv(tmp_path / "a.csv", cells))
    assert [(post.brand, post.thumbnail, post.likes, post.caption) for post in table.posts] == [
        ("Dior", CDN.format(place), place, f"words {place}") for place in range(3)
    ]
    assert all(post.permalink for post in table.posts)


def test_a_cell_that_was_cut_is_a_text(tmp_path: Path) -> None:
    cells = [{**one, "latestPosts": json.dumps(one["latestPosts"])[:500]} for one in HOUSES[:2]]
    rows = [{**one, "image": "a.jpg", "caption": "fine", "brand": one["username"]} for one in cells]
    assert [post.thumbnail for post in read(write_csv(tmp_path / "a.csv", rows)).posts] == ["a.jpg", "a.jpg"]


def test_rows_of_one_post_stay_as_they_are(tmp_path: Path) -> None:
    rows = [{"fullName": "A", **post(1, 1)}, {"fullName": "B", **post(2, 1)}]
    flat = [dict(flatten(row, FORMS["Apify"])) for row in rows]
    table = read(write_csv(tmp_path / "a.csv", flat, "Export of today\n\n"))
    assert [(post.row, len(post.more_images)) for post in table.posts] == [(4, 1), (5, 1)]
    # the parts of a carousel as JSON
    cells = [{**row, "childPosts": json.dumps(row["childPosts"]), "images": json.dumps(row["images"])} for row in rows]
    table = read(write_csv(tmp_path / "b.csv", cells))
    assert [(post.brand, len(post.more_images)) for post in table.posts] == [("A", 1), ("B", 1)]


def test_posts_of_hidden_rows_are_hidden(tmp_path: Path) -> None:
    rows = [dict(flatten(one, FORMS["Apify"])) for one in HOUSES[:2]]
    headers = list(rows[1])
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in (headers, *([row.get(name) for name in headers] for row in rows)):
        sheet.append(cells)
    sheet.row_dimensions[2].hidden = True
    book.save(tmp_path / "a.xlsx")
    (notice,) = [one for one in read(tmp_path / "a.xlsx").notices if one.code == "hidden_rows"]
    assert notice.values["count"] == 3
    assert {post.brand for post in read(tmp_path / "a.xlsx", "skip").posts} == {"House 2"}


def test_columns_of_one_name_are_all_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    headers = "fullName,p/0/displayUrl,p/0/likesCount,p/1/displayUrl,p/1/likesCount,p/1/likesCount/x,Likes,Likes"
    path.write_text(f"{headers}\nA,a.jpg,1,b.jpg,2,3,4,5\n")
    assert [(post.thumbnail, post.likes) for post in read(path).posts] == [("a.jpg", 1), ("b.jpg", 2)]


@pytest.mark.parametrize("cell", ['[{"a":' * 100_000, "[{'a':" * 100_000, '[{"a": [' + "[" * 900 + "]" * 900 + "]}]"])
def test_cells_nested_without_end_are_texts(cell: str, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [{"brand": "A", "image": "a.jpg", "posts": cell}])
    assert len(read(path).posts) == 1
