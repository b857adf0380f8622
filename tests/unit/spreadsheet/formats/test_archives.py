"""Archives: an account's own from Instagram, spreadsheets with images, images alone, and those made to do harm."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from generator.errors import SpreadsheetError
from generator.spreadsheet.formats import archives, packed
from generator.spreadsheet.formats.open import open_tables
from generator.spreadsheet.formats.tables import Table
from generator.spreadsheet.headers import known_fields
from generator.spreadsheet.values.cells import Cell, cell_text

IMAGE = b"\xff\xd8\xff\xe0"
CSV = "image,likes\nimg/a.jpg,1\n"


def wrong(text: str) -> str:
    """Return a text as Instagram's archives write it."""
    return text.encode().decode("latin-1")


def score(cells: Any) -> int:
    return len(known_fields([cell_text(cell) for cell in cells], {}))


def write(path: Path, members: Mapping[str, Any]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            plain = content if isinstance(content, str | bytes) else json.dumps(content)
            archive.writestr(name, plain)
    return path


def rows(table: Table) -> list[dict[str, Cell]]:
    (_, headers), *found = table.rows()
    return [
        {str(name): cell for name, cell in zip(headers, cells, strict=True) if cell is not None} for _, cells in found
    ]


def notices(tables: list[Table]) -> dict[str, dict[str, object]]:
    for table in tables:
        list(table.rows())
    return {notice.code: dict(notice.values) for table in tables for notice in table.notices()}


def failure(path: Path) -> SpreadsheetError:
    with pytest.raises(SpreadsheetError) as caught:
        for table in open_tables(path, score):
            list(table.rows())
    return caught.value


def media(number: int, **more: Any) -> dict[str, Any]:
    return {"uri": f"media/posts/202503/{number}.jpg", "creation_timestamp": 1740821400 + number, **more}


POSTS = {
    "posts_1.json": [
        {"media": [media(1, title=wrong("Été"))]},
        {"media": [media(2, title=""), media(3)], "title": wrong("deux ✨"), "creation_timestamp": 5},
    ],
    "posts_2.json": [{"media": [media(4, title="x")]}],
}
PROFILE = {
    "profile_user": [
        {
            "string_map_data": {
                "Email": {"value": "a@b.example"},
                wrong("Nom d’utilisateur"): {"value": "cote"},
                "Nom": {"value": wrong("Côté")},
            }
        }
    ]
}


@pytest.mark.parametrize(
    "place",
    [
        "content/",
        "your_instagram_activity/content/",
        "your_instagram_activity/media/",
        "instagram-cote-2025/your_instagram_activity/media/",
    ],
)
def test_an_account_s_own_archive_in_its_layouts(tmp_path: Path, place: str) -> None:
    top = "instagram-cote-2025/" if place.startswith("instagram-") else ""
    members = {f"{place}{name}": posts for name, posts in POSTS.items()}
    members |= {f"{top}media/posts/202503/{number}.jpg": IMAGE for number in (1, 2, 3)}
    members |= {
        f"{place}stories.json": {"ig_stories": [media(1), media(2)]},
        f"{place}archived_posts.json": {"ig_archived_post_media": [{"media": [media(1)]}]},
        f"{top}personal_information/personal_information.json": PROFILE,
        f"{top}likes/liked_posts.json": {"likes_media_likes": [{"title": "other"}]},
    }
    tables = open_tables(write(tmp_path / "own.zip", members), score)
    (table,) = tables
    start = f"own.zip#{top}media/posts/202503"
    assert [(row["profile/full_name"], row["image"], row["title"]) for row in rows(table)] == [
        ("Côté", f"{start}/1.jpg", "Été"),
        ("Côté", json.dumps([f"{start}/2.jpg", f"{start}/3.jpg"]), "deux ✨"),
        ("Côté", "media/posts/202503/4.jpg", "x"),  # in another part of the archive
    ]
    assert notices(tables)["unread_lists"] == {"where": "own.zip", "names": "stories (2), archived_posts (1)"}


def test_films_and_reels_of_an_archive_are_posts_by_their_films(tmp_path: Path) -> None:
    film = {"uri": "media/reels/202503/7.mp4", "creation_timestamp": 1740821400, "title": "reel"}
    members = {
        "your_instagram_activity/media/reels.json": {"ig_reels_media": [{"media": [film]}]},
        "media/reels/202503/7.mp4": b"film",
        "your_instagram_activity/messages/inbox/x/message_1.json": {
            "participants": [{"name": "A"}],
            "messages": [{"sender_name": "A", "content": "private", "photos": [{"uri": "messages/1.jpg"}]}],
        },
    }
    (table,) = open_tables(write(tmp_path / "own.zip", members), score)
    assert rows(table) == [
        {"video_url": "own.zip#media/reels/202503/7.mp4", "title": "reel", "creation_timestamp": 1740821400}
    ]


def test_media_without_an_ending_are_images_too(tmp_path: Path) -> None:
    posts = [{"media": [{**media(1, title="x"), "uri": "media/posts/202503/1"}]}, {"media": [media(2, title="y")]}]
    members = {"content/posts_1.json": posts, "media/posts/202503/1": IMAGE, "media/posts/202503/2.jpg": IMAGE}
    (table,) = open_tables(write(tmp_path / "own.zip", members), score)
    start = "own.zip#media/posts/202503"
    assert [next(cell for cell in row.values() if str(cell).startswith(start)) for row in rows(table)] == [
        f"{start}/1",
        f"{start}/2.jpg",
    ]


def test_the_folder_that_was_packed_is_no_brand(tmp_path: Path) -> None:
    members = {f"Mode Luxe/{name}": IMAGE for name in ("Dior/1.jpg", "Dior/Soie/2.jpg", "Chanel/3.jpg", "4.jpg")}
    (table,) = open_tables(write(tmp_path / "p.zip", members), score)
    assert [row["Brand"] for row in rows(table)] == ["Mode Luxe", "Chanel", "Dior", "Dior"]


def test_a_packed_folder_of_instaloader_is_to_be_unpacked(tmp_path: Path) -> None:
    stem = "dior/2025-03-01_09-30-00_UTC"
    error = failure(write(tmp_path / "p.zip", {f"{stem}.json.xz": "x", f"{stem}.jpg": IMAGE}))
    assert "instaloader" in error.message and "Unpack" in error.hint


def test_conversations_are_neither_read_nor_named(tmp_path: Path) -> None:
    chat = {"participants": [{"name": "A"}], "messages": [{"content": "private", "photos": [{"uri": "x/1.jpg"}]}]}
    members = {
        "your_facebook_activity/posts/your_posts_1.json": [
            {"timestamp": 5, "attachments": [{"data": [{"media": {"uri": "p/1.jpg"}}]}], "data": [{"post": "Été"}]}
        ],
        "your_facebook_activity/messages/inbox/anna_1/message_1.json": chat,
        "your_facebook_activity/messages/inbox/anna_1/photos/1.jpg": IMAGE,
        "your_facebook_activity/messages/inbox/anna_1/audio.ogg": IMAGE,
        "p/1.jpg": IMAGE,
    }
    (table,) = open_tables(write(tmp_path / "facebook-cote.zip", members), score)
    (row,) = rows(table)
    assert row["data/0/post"] == "Été" and not table.notices()


def test_captions_and_times_as_newer_archives_label_them(tmp_path: Path) -> None:
    labels = [{"label": wrong("Légende"), "value": wrong("Été")}, {"label": "Place", "value": "x"}]
    post = {"timestamp": 5, "media": [{"uri": "media/posts/1/1.jpg"}], "label_values": labels, "fbid": "1"}
    (table,) = open_tables(write(tmp_path / "own.zip", {"content/posts_1.json": [post]}), score)
    (row,) = rows(table)
    assert row["title"] == "Été" and row["creation_timestamp"] == 5


def test_a_part_without_lists_says_that_it_is_one(tmp_path: Path) -> None:
    error = failure(write(tmp_path / "own-2.zip", {"media/posts/202503/1.jpg": IMAGE, "start_here.html": ""}))
    assert "a part of an Instagram archive" in error.message and "all parts" in error.hint
    error = failure(write(tmp_path / "own.zip", {"your_instagram_activity/media/stories.json": {}, "x.jpg": IMAGE}))
    assert "no list of posts" in error.message


def test_an_archive_of_web_pages(tmp_path: Path) -> None:
    error = failure(write(tmp_path / "own.zip", {"your_instagram_activity/media/posts_1.html": "<html>"}))
    assert "web pages" in error.message
    assert "JSON" in error.hint


def test_spreadsheets_with_their_images(tmp_path: Path) -> None:
    book = Workbook()
    assert book.active is not None
    for cells in (["Brand", "Image"], ["Zara", r"..\dior\img\a.jpg"], ["Zara", "elsewhere/b.jpg"], ["Zara", "c.jpg"]):
        book.active.append(cells)
    book.save(tmp_path / "z.xlsx")
    members = {
        "x/dior/dior.csv": CSV,
        "x/more.json": [{"brand": "A", "caption": "c", "images": ["dior/img/a.jpg", "dior/img/b.jpg"]}],
        "x/zara/zara.xlsx": (tmp_path / "z.xlsx").read_bytes(),
        "x/dior/img/a.jpg": IMAGE,
        "x/dior/img/b.jpg": IMAGE,
        "x/c.jpg": IMAGE,
        "y/c.jpg": IMAGE,
        "x/notes.docx": "x",
        "__MACOSX/x/dior/._dior.csv": "x",
        ".DS_Store": "x",
    }
    tables = open_tables(write(tmp_path / "a.zip", members), score)
    assert [table.name for table in tables] == ["dior.csv", "more.json", "zara.xlsx"]
    images = [row.get("image", row.get("images/0", row.get("Image"))) for table in tables for row in rows(table)]
    assert images == [
        "a.zip#x/dior/img/a.jpg",
        '["a.zip#x/dior/img/a.jpg", "a.zip#x/dior/img/b.jpg"]',
        "a.zip#x/dior/img/a.jpg",
        "a.zip#x/dior/img/b.jpg",
        "c.jpg",  # two are called so
    ]
    assert notices(tables) == {
        "unread_files": {"where": "a.zip", "count": 1, "examples": "x/notes.docx"},
        "found_by_name": {"count": 1, "examples": "elsewhere/b.jpg → x/dior/img/b.jpg"},
    }


def test_files_of_one_name_are_told_apart_by_their_folders(tmp_path: Path) -> None:
    members = {"x/dior/posts.csv": CSV, "x/chanel/posts.csv": CSV, "x/chanel/bad.json": "{"}
    tables = open_tables(write(tmp_path / "a.zip", members), score)
    assert [table.name for table in tables] == ["dior/posts.csv", "chanel/posts.csv"]
    assert notices(tables)["unread_source"]["where"] == "a.zip, x/chanel/bad.json"


def test_images_alone_in_a_folder_for_each_brand(tmp_path: Path) -> None:
    members = {f"pics/{brand}/{number}.jpg": IMAGE for brand in ("Dior", "Chanel") for number in (1, 2)}
    (table,) = open_tables(write(tmp_path / "a.zip", members), score)
    assert [(row["Brand"], row["Image"]) for row in rows(table)] == [
        (brand, f"a.zip#pics/{brand}/{number}.jpg") for brand in ("Chanel", "Dior") for number in (1, 2)
    ]


def test_names_that_lead_out_of_a_folder_are_not_read(tmp_path: Path) -> None:
    members = {
        "p.csv": CSV + "../evil.jpg,2\n/etc/x.jpg,3\n",
        "../evil.jpg": IMAGE,
        "/etc/x.jpg": IMAGE,
        "..\\a.jpg": IMAGE,
    }
    tables = open_tables(write(tmp_path / "a.zip", members), score)
    assert [row["image"] for row in rows(tables[0])] == ["img/a.jpg", "../evil.jpg", "/etc/x.jpg"]
    assert notices(tables)["unread_files"]["count"] == 3


def test_of_files_of_one_name_the_last_counts_and_the_others_are_named(tmp_path: Path) -> None:
    path = write(tmp_path / "a.zip", {"a.csv": "image,likes\nold.jpg,1\n"})
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr("a.csv", CSV)
    tables = open_tables(path, score)
    assert rows(tables[0]) == [{"image": "img/a.jpg", "likes": "1"}]
    assert notices(tables)["unread_files"]["examples"] == "a.csv"


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({}, "no spreadsheet and no image"),
        ({"a.txt": "x"}, "no spreadsheet"),
        ({"in/b.zip": "x"}, "another archive, in/b.zip"),
    ],
)
def test_archives_without_posts(tmp_path: Path, members: dict[str, str], said: str) -> None:
    assert said in failure(write(tmp_path / "a.zip", members)).message


def test_what_an_archive_unpacks_to_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.zip", {"p.csv": CSV + "x" * 5000, "q.csv": CSV + "x" * 5000})
    for limit, most in (("_MOST_BYTES", 4000), ("_MOST_UNPACKED", 8000)):
        with monkeypatch.context() as patch:
            patch.setattr(packed, limit, most)
            assert "claims to hold" in failure(path).message
    monkeypatch.setattr(archives, "_MOST_TABLES", 1)
    assert "more than 1 tables" in failure(path).message


def test_the_number_of_files_is_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "a.zip", {f"{number}.jpg": IMAGE for number in range(20)})
    for limit in ("_MOST_MEMBERS", "_MOST_LISTED"):
        with monkeypatch.context() as patch:
            patch.setattr(packed, limit, 10)
            assert "holds more than" in failure(path).message


def test_a_protected_archive(tmp_path: Path) -> None:
    data = bytearray(write(tmp_path / "a.zip", {"p.csv": CSV}).read_bytes())
    for mark, flags in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        data[data.index(mark) + flags] |= 1
    (tmp_path / "a.zip").write_bytes(data)
    assert "protected by a password" in failure(tmp_path / "a.zip").message


def test_a_broken_download(tmp_path: Path) -> None:
    path = write(tmp_path / "a.zip", {"p.csv": CSV, "a.jpg": IMAGE * 1000})
    path.write_bytes(path.read_bytes()[:-40])
    assert "not downloaded to its end" in failure(path).message


def test_a_workbook_is_no_archive(tmp_path: Path) -> None:
    book = Workbook()
    assert book.active is not None
    book.active.append(["brand", "image"])
    book.save(tmp_path / "b.xlsx")
    (tmp_path / "b.xlsx").rename(tmp_path / "b.zip")
    tables = open_tables(tmp_path / "b.zip", score)
    assert str(notices(tables)["other_content"]["kind"]) == "an Excel workbook"


@pytest.mark.parametrize("name", ["con.csv", "12:30.csv", "帖" * 90 + ".csv"])
def test_a_table_may_have_a_name_that_the_system_does_not_allow(tmp_path: Path, name: str) -> None:
    archive = write(tmp_path / "a.zip", {name: CSV, "img/a.jpg": IMAGE})
    (table,) = open_tables(archive, score)
    assert [row["image"] for row in rows(table)] == ["a.zip#img/a.jpg"]
