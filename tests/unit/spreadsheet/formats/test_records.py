"""Posts in nested records are found by their shape, with all their pictures and their accounts."""

from __future__ import annotations

import json
import lzma
from pathlib import Path
from typing import Any

import pytest

from generator.spreadsheet.formats.parquet import read_parquet
from generator.spreadsheet.formats.post_files import read_json_files
from generator.spreadsheet.formats.records import read_json
from generator.spreadsheet.formats.tables import Table
from generator.spreadsheet.headers import find_columns, known_fields
from generator.spreadsheet.phrases import phrase
from generator.spreadsheet.values.cells import Cell, cell_text, is_blank

CDN = "https://scontent.cdninstagram.com/v/t51/{}_n.jpg?oh={}"


def url(name: object, sign: object = 1) -> str:
    return CDN.format(name, sign)


def score(cells: Any) -> int:
    return len(known_fields([cell_text(cell) for cell in cells], {}))


def post(number: int, **more: Any) -> dict[str, Any]:
    """Return a post as Apify writes it."""
    return {
        "shortCode": f"C{number:03}abcDEFg",
        "caption": f"caption {number}",
        "likesCount": number,
        "timestamp": "2025-01-02T10:00:00Z",
        "displayUrl": url(number),
        "latestComments": [{"text": "no", "ownerUsername": "other", "likesCount": 9, "timestamp": "2025-01-01"}],
        **more,
    }


def open_json(path: Path, content: Any) -> Table:
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    (table,) = read_json(path, score)
    return table


def records(table: Table) -> list[dict[str, Cell]]:
    (_, headers), *rows = table.rows()
    return [
        {str(name): cell for name, cell in zip(headers, cells, strict=True) if not is_blank(cell)} for _, cells in rows
    ]


def fields(table: Table) -> list[dict[str, Cell]]:
    """Return the fields of each row, by the columns that are preferred."""
    headers = [str(header) for header in next(iter(table.rows()))[1]]
    columns = find_columns(headers, {})
    return [
        {
            field: cell
            for field, groups in columns.items()
            for cell in [next((row[headers[i]] for group in groups for i in group if headers[i] in row), None)]
            if cell is not None
        }
        for row in records(table)
    ]


def notices(table: Table) -> dict[str, dict[str, object]]:
    list(table.rows())
    return {notice.code: dict(notice.values) for notice in table.notices()}


WRAPPERS = {
    "a list": lambda posts: posts,
    "data": lambda posts: {"data": posts, "paging": {"cursors": {"after": "x"}}},
    "any name": lambda posts: {"status": "ok", "Ergebnisse": {"seite": 1, "eintraege": posts}},
    "nodes": lambda posts: {
        "data": {"user": {"edge_owner_to_timeline_media": {"edges": [{"node": p} for p in posts]}}}
    },
    "pages": lambda posts: [posts[:1], posts[1:]],
    "sections": lambda posts: {"sections": [{"layout_content": {"medias": [{"media": p} for p in posts]}}]},
    "hits": lambda posts: {"hits": {"hits": [{"_id": "1", "_source": p} for p in posts]}},
    "by short code": lambda posts: {p["shortCode"]: p for p in posts},
}


@pytest.mark.parametrize("wrap", WRAPPERS.values(), ids=WRAPPERS.keys())
def test_wrappers_of_any_name(tmp_path: Path, wrap: Any) -> None:
    table = open_json(tmp_path / "p.json", wrap([post(1, ownerUsername="a"), post(2, ownerUsername="b")]))
    found = fields(table)
    assert [(row["brand"], row["thumbnail"], row["caption"], row["likes"]) for row in found] == [
        ("a", url(1), "caption 1", 1),
        ("b", url(2), "caption 2", 2),
    ]
    assert [row["permalink"] for row in found] == [f"https://www.instagram.com/p/C00{n}abcDEFg/" for n in (1, 2)]
    assert [number for number, _ in table.rows()] == [1, 2, 3]
    assert notices(table) == {}


def test_pages_on_lines(tmp_path: Path) -> None:
    lines = [json.dumps({"items": [post(n, ownerUsername="a")]}) for n in (1, 2)]
    table = open_json(tmp_path / "p.jsonl", "\n\n".join(lines) + '\n{"items": [{"cap')
    assert len(records(table)) == 2
    assert notices(table) == {"broken_records": {"where": "p.jsonl", "count": 1, "lines": "4"}}


def test_posts_inside_accounts_have_the_accounts_name(tmp_path: Path) -> None:
    accounts = [
        {
            "username": "dior",
            "fullName": "Dior",
            "url": "https://www.instagram.com/dior",
            "profilePicUrl": url("portrait"),
            "relatedProfiles": [{"full_name": "Other", "profile_pic_url": url("other")}],
            "latestIgtvVideos": [],
            "latestPosts": [post(1), post(2, ownerFullName="Someone Else")],
        },
        {"username": "secret", "fullName": "Secret", "private": True, "latestPosts": []},
        {"username": "gone", "error": "not_found"},
    ]
    table = open_json(tmp_path / "p.json", accounts)
    first, second = records(table)
    assert (first["profile/fullName"], first["profile/username"], first["query"]) == ("Dior", "dior", "dior")
    assert second["query"] == "dior"  # a post of two accounts counts for the one asked for
    assert [row["thumbnail"] for row in fields(table)] == [url(1), url(2)]
    for _ in range(2):  # reading again counts nothing twice
        assert notices(table) == {
            "empty_accounts": {"where": "p.json", "count": 2, "examples": "Secret, gone"},
            "account_fields": {"where": "p.json", "columns": ("relatedProfiles", "url", "profilePicUrl")},
        }


@pytest.mark.parametrize(
    ("account", "posts"),
    [
        ({"username": "dior", "followersCount": 1200}, "latestPosts"),
        ({"username": "dior", "followers_count": 1200}, "media"),
        ({"username": "dior", "follower_count": 1200}, "items"),
        ({"username": "dior", "edge_followed_by": {"count": 1200}}, "edge_owner_to_timeline_media"),
    ],
)
def test_posts_inside_an_account_have_its_followers(tmp_path: Path, account: dict[str, Any], posts: str) -> None:
    others = [post(1), post(2, ownerUsername="dior"), post(3, ownerUsername="someone_else")]
    table = open_json(tmp_path / "p.json", [{**account, posts: others}])
    assert [row.get("followers") for row in fields(table)] == [1200, 1200, None]


def test_accounts_of_the_graph_api(tmp_path: Path) -> None:
    media = {"caption": "c", "like_count": 3, "media_url": url(1), "timestamp": "2025-01-01"}
    album = {
        "caption": "d",
        "media_type": "CAROUSEL_ALBUM",
        "children": {"data": [{"media_url": url(2)}, {"media_url": url(3)}]},
    }
    page = {"name": "Dior", "instagram_business_account": {"username": "dior", "profile_picture_url": url("p")}}
    page["instagram_business_account"]["media"] = {"data": [media, album]}  # type: ignore[index]
    table = open_json(tmp_path / "p.json", {"data": [page, {"name": "Empty"}]})
    assert [(row["brand"], row["thumbnail"]) for row in fields(table)] == [
        ("Dior", url(1)),
        ("Dior", json.dumps([url(2), url(3)])),
    ]
    assert notices(table)["empty_accounts"]["count"] == 1


@pytest.mark.parametrize(
    ("content", "brands"),
    [
        ({"Dior": [post(1), post(2)], "Chanel": [post(3)]}, ["Dior", "Dior", "Chanel"]),
        ({"Dior": [post(1)]}, ["Dior"]),
        ({"dior": {"fullName": "Dior", "posts": [post(1)]}, "chanel": {"posts": [post(2)]}}, ["Dior", "chanel"]),
        ({"brands": {"Top Shop": {"posts": [post(1)]}, "Zara": {"posts": [post(2)]}}}, ["Top Shop", "Zara"]),
        ({"GraphProfileInfo": {"info": {"full_name": "Dior"}}, "GraphImages": [post(1)]}, ["Dior"]),
        ({"brand": "Dior", "posts": [post(1)]}, ["Dior"]),
        ([{"name": "#dress", "url": "https://www.instagram.com/explore/tags/dress", "topPosts": [post(1)]}], [None]),
        ({"GraphImages": [post(1)], "GraphVideos": [post(2)]}, [None, None]),
        ({"results": [post(1)]}, [None]),
        # whoever made the list is no brand of posts that have their own
        (
            {
                "name": "Benchmark",
                "user": {"username": "maker"},
                "posts": [post(1, username="a"), post(2, username="b")],
            },
            ["a", "b"],
        ),
        (
            {"GraphProfileInfo": {"username": "a", "info": {"full_name": "Maison A"}}}
            | {"GraphImages": [post(1, username="a"), post(2, username="b")]},
            ["Maison A", "b"],
        ),
    ],
)
def test_the_brand_is_what_posts_lie_in(tmp_path: Path, content: Any, brands: list[str | None]) -> None:
    assert [row.get("brand") for row in fields(open_json(tmp_path / "p.json", content))] == brands


def test_stories_beside_posts_are_named(tmp_path: Path) -> None:
    table = open_json(tmp_path / "p.json", {"GraphImages": [post(1)], "GraphStories": [post(2), post(3)]})
    assert [row["caption"] for row in fields(table)] == ["caption 1"]
    assert notices(table) == {"unread_lists": {"where": "p.json", "names": "GraphStories (2)"}}
    assert len(records(open_json(tmp_path / "q.json", {"GraphStories": [post(2), post(3)]}))) == 2


CAROUSELS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "Apify": (
        post(1, images=[url(1, 2), url(2)], childPosts=[post(1), post(3, caption="", likesCount=None)]),
        [url(1), url(2), url(3)],
    ),
    "Instagram's pages": (
        {
            "node": {"shortcode": "x" * 9, "display_url": url(1), "taken_at_timestamp": 1740821400}
            | {"edge_sidecar_to_children": {"edges": [{"node": {"display_url": url(n)}} for n in (1, 2)]}}
        },
        [url(1), url(2)],
    ),
    "Instagram's API": (
        {
            "caption": {"text": "c"},
            "like_count": 1,
            "carousel_media": [
                {
                    "id": "1",
                    "image_versions2": {
                        "candidates": [
                            {"url": url("1big"), "width": 1440},
                            {"url": url(1), "width": 1080},
                            {"url": url("s"), "width": 320},
                        ]
                    },
                },
                {
                    "id": "2",
                    "video_versions": [{"url": "https://x.example/v.mp4"}],
                    "image_versions2": {"candidates": [{"url": url(2), "width": 720}]},
                },
            ],
        },
        [url(1), url(2)],
    ),
    "instagrapi": (
        {
            "caption_text": "c",
            "like_count": 1,
            "thumbnail_url": None,
            "resources": [{"pk": 1, "thumbnail_url": url(1)}, {"pk": 2, "thumbnail_url": url(2)}],
        },
        [url(1), url(2)],
    ),
    "Bright Data": (
        {
            "description": "c",
            "likes": 1,
            "thumbnail": url(1),
            "post_content": [
                {"id": "1", "url": url(1, 2)},
                {"id": "2", "url": "https://x.example/v.mp4"},
                {"id": "3", "url": url(3)},
            ],
        },
        [url(1), url(3)],
    ),
    "Meta Content Library": (
        {
            "text": "c",
            "creation_time": "2025-01-01",
            "multimedia": [{"id": 1, "url": url(1)}, {"id": 2, "url": url(2)}],
        },
        [url(1), url(2)],
    ),
    "Facebook": (
        {
            "message": "m",
            "created_time": "2025-01-01",
            "full_picture": url(1),
            "attachments": {
                "data": [
                    {
                        "description": "d",
                        "url": "https://x.example",
                        "media": {"image": {"src": url(1), "width": 9}},
                        "subattachments": {"data": [{"media": {"image": {"src": url(n), "width": 9}}} for n in (1, 2)]},
                    }
                ]
            },
        },
        [url(1), url(2)],
    ),
    "an archive": (
        {
            "media": [{"uri": "media/1.jpg", "title": "", "creation_timestamp": 1}, {"uri": "media/2.jpg"}],
            "title": "t",
            "creation_timestamp": 1740821400,
        },
        ["media/1.jpg", "media/2.jpg"],
    ),
}


@pytest.mark.parametrize(("record", "pictures"), CAROUSELS.values(), ids=CAROUSELS.keys())
def test_all_pictures_of_a_post_in_their_order(tmp_path: Path, record: dict[str, Any], pictures: list[str]) -> None:
    (row,) = fields(open_json(tmp_path / "p.json", [record]))
    assert json.loads(str(row["thumbnail"])) == pictures
    assert row.get("caption", "c") in ("c", "m", "t", "caption 1")


def test_a_shell_around_a_picture_takes_its_caption_and_date(tmp_path: Path) -> None:
    media = {"uri": "media/1.jpg", "title": "alone", "creation_timestamp": 1740821400}
    several = {
        "media": [{"uri": "media/2.jpg", "title": ""}, {"uri": "media/3.jpg"}],
        "title": "two",
        "creation_timestamp": 5,
    }
    first, second = fields(open_json(tmp_path / "p.json", [{"media": [media]}, several]))
    assert first == {"thumbnail": "media/1.jpg", "caption": "alone", "published": 1740821400}
    assert (second["caption"], second["published"]) == ("two", 5)


def test_a_film_is_no_image_beside_its_cover(tmp_path: Path) -> None:
    rows = fields(
        open_json(
            tmp_path / "p.json", [{"caption": "c", "media_url": "https://x.example/v.mp4", "thumbnail_url": url(1)}]
        )
    )
    assert rows[0]["thumbnail"] == url(1)


def test_addresses_of_posts_are_made_where_they_are_certain(tmp_path: Path) -> None:
    tiktok = {
        "id": "7300000000000000001",
        "desc": "c",
        "createTime": 1740821400,
        "author": {"uniqueId": "dior"},
        "video": {"cover": url(1)},
    }
    instagram = {"code": "DAbCdEfGh12", "taken_at": 1740821400, "display_url": url(1)}
    promotion = {"code": "SUMMER2025", "caption": "c", "display_url": url(1)}
    given = post(1, url="https://www.instagram.com/reel/XYZ/")
    rows = fields(open_json(tmp_path / "p.json", [tiktok, instagram, promotion, given]))
    assert [row.get("permalink") for row in rows] == [
        "https://www.tiktok.com/@dior/video/7300000000000000001",
        "https://www.instagram.com/p/DAbCdEfGh12/",
        None,
        "https://www.instagram.com/reel/XYZ/",
    ]


def test_types_of_mongodb_and_labels_of_archives(tmp_path: Path) -> None:
    record = {"_id": {"$oid": "5"}, "likes": {"$numberLong": "12"}, "date": {"$date": "2025-01-01"}, "image": "a.jpg"}
    record["label_values"] = [{"label": "Caption", "value": "c"}, {"label": "URL", "value": "https://x.example"}]  # type: ignore[assignment]
    (row,) = records(open_json(tmp_path / "p.json", [record]))
    assert (row["_id"], row["likes"], row["date"], row["label_values/Caption"]) == ("5", "12", "2025-01-01", "c")


@pytest.mark.parametrize(
    "content",
    [
        [["brand", "image"], ["A", "a.jpg"], ["B", "b.jpg"]],
        {"range": "A1:B3", "values": [["brand", "image"], ["A", "a.jpg"], ["B", "b.jpg"]]},
        {"columns": ["brand", "image"], "index": [0, 1], "data": [["A", "a.jpg"], ["B", "b.jpg"]]},
        {"brand": {"0": "A", "1": "B"}, "image": {"0": "a.jpg", "1": "b.jpg"}},
        {"brand": ["A", "B"], "image": ["a.jpg", "b.jpg"]},
        {"0": {"brand": "A", "image": "a.jpg"}, "1": {"brand": "B", "image": "b.jpg"}},
        {"100001": {"brand": "A", "image": "a.jpg"}, "100002": {"brand": "B", "image": "b.jpg"}},
        {
            "table": {
                "cols": [{"id": "A", "label": "brand"}, {"id": "image", "label": ""}],
                "rows": [{"c": [{"v": "A"}, {"v": "a.jpg"}]}, {"c": [{"v": "B"}, {"v": "b.jpg"}]}],
            }
        },
    ],
)
def test_tables_written_as_json(tmp_path: Path, content: Any) -> None:
    assert records(open_json(tmp_path / "p.json", content)) == [
        {"brand": "A", "image": "a.jpg"},
        {"brand": "B", "image": "b.jpg"},
    ]


@pytest.mark.parametrize("content", [[], [1, 2], {}, ["x"] * 10, [[[[]]]]])
def test_json_without_records(tmp_path: Path, content: Any) -> None:
    if content == {}:
        assert list(open_json(tmp_path / "p.json", content).rows()) == []
        return
    with pytest.raises(ValueError, match="no list of objects"):
        open_json(tmp_path / "p.json", content)


@pytest.mark.parametrize(
    "content", [{f"k{n}": n for n in range(20_000)}, [{f"k{n}": 1, f"l{n}": 1} for n in range(10_000)]]
)
def test_too_many_columns(tmp_path: Path, content: Any) -> None:
    with pytest.raises(ValueError, match="more than 16,384"):
        list(open_json(tmp_path / "p.json", content).rows())


def test_files_of_a_post_each(tmp_path: Path) -> None:
    def made(kind: str, **node: Any) -> dict[str, Any]:
        return {"node": node, "instaloader": {"version": "4.13", "node_type": kind}}

    files: dict[str, Any] = {
        "2025-01-01_10-00-00_UTC.json": made("Post", shortcode="x" * 9, display_url=url(1), taken_at_timestamp=1),
        "2025-01-01_10-00-00_UTC_comments.json": [{"id": 1, "text": "no", "created_at": 1}],
        "dior_123.json": made("Profile", username="dior", full_name="Dior"),
        "2025-01-02_10-00-00_UTC.json": made("StoryItem", display_url=url(2), taken_at_timestamp=1),
        "broken.json": None,
    }
    for name, content in files.items():
        (tmp_path / name).write_text(json.dumps(content) if content else "{")
    packed = tmp_path / "2025-01-03_10-00-00_UTC.json.xz"
    packed.write_bytes(lzma.compress(json.dumps(made("Post", display_url=url(3), taken_at_timestamp=2)).encode()))
    (table,) = read_json_files([*(tmp_path / name for name in files), packed], score, "dior")
    assert [row.get("node/display_url") for row in records(table)] == [url(1), None, None, None, None, url(3)]
    assert notices(table) == {
        "unread_files": {"where": "dior", "count": 1, "examples": "broken.json"},
        "unread_lists": {"where": "dior", "names": phrase("stories (%(count)s)", count=1)},
    }


def test_a_packed_record_that_unpacks_to_too_much(tmp_path: Path) -> None:
    path = tmp_path / "a.json.xz"
    path.write_bytes(lzma.compress(b'{"image": "' + b"x" * 21_000_000 + b'"}'))
    (table,) = read_json_files([path], score, "dior")
    assert notices(table)["unread_files"]["count"] == 1


def test_nested_parquet(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    rows = [{"username": "dior", "posts": [{"caption": "a", "image": "a.jpg"}, {"caption": "b", "image": "b.jpg"}]}]
    parquet.write_table(pyarrow.Table.from_pylist(rows), tmp_path / "p.parquet")
    (table,) = read_parquet(tmp_path / "p.parquet", score)
    assert [(row["brand"], row["thumbnail"]) for row in fields(table)] == [("dior", "a.jpg"), ("dior", "b.jpg")]


def test_fields_of_the_account_around_posts_that_are_not_used_are_named(tmp_path: Path) -> None:
    path = tmp_path / "profiles.json"
    account: dict[str, Any] = {
        "username": "dior",
        "followersCount": 9,
        "biography": "b",
        "verified": True,
        "externalUrl": None,
    }
    account |= {"relatedProfiles": [{"username": "x"}], "about": {"country": "FR"}, "latestPosts": [post(1), post(2)]}
    path.write_text(json.dumps([account]))
    (table,) = read_json(path, score)
    assert len(list(table.rows())) == 3
    (notice,) = (notice for notice in table.notices() if notice.code == "account_fields")
    assert notice.values["columns"] == ("relatedProfiles", "biography", "verified", "about/country")


def test_what_only_wraps_posts_is_no_account(tmp_path: Path) -> None:
    path = tmp_path / "page.json"
    path.write_text(json.dumps({"status": "ok", "page": 1, "more": {"cursor": "x"}, "items": [post(1), post(2)]}))
    (table,) = read_json(path, score)
    assert len(list(table.rows())) == 3
    assert not table.notices()
