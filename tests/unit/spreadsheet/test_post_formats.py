"""The format of posts, as exports and people write it."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.spreadsheet.post_formats import find_format, read_format, tells_format
from generator.spreadsheet.posts import PostTable
from tests.unit.spreadsheet.test_reader import read_rows


@pytest.mark.parametrize(
    ("header", "value", "expected"),
    [
        ("media_type", "CAROUSEL_ALBUM", "carousel"),
        ("media_type", "IMAGE", "photo"),
        ("media_type", 8, "carousel"),
        ("media_type", 2, "video"),
        ("type", 8, None),
        ("media_product_type", "REELS", "video"),
        ("media_product_type", "FEED", None),
        ("product_type", "clips", "video"),
        ("productType", "carousel_container", "carousel"),
        ("__typename", "GraphSidecar", "carousel"),
        ("__typename", "XDTGraphVideo", "video"),
        ("type", "Sidecar", "carousel"),
        ("Type", "Native Video", "video"),
        ("Type", "IGTV", "video"),
        ("Type", "Photo", "photo"),
        ("Post type", "IG reel", "video"),
        ("Post type", "IG image", "photo"),
        ("Type de publication", "Carrousel IG", "carousel"),
        ("Beitragstyp", "IG-Karussell", "carousel"),
        ("Beitragstyp", "IG-Bild", "photo"),
        ("is_video", True, "video"),
        ("node/is_video", "False", "photo"),
        ("isSidecar", "false", None),
        ("isSlideshow", "false", "video"),
        ("Format", "A photo shoot in Rome", None),
        ("Post type", "Story", None),
        ("type", "Organic", None),
    ],
)
def test_words_of_exports(header: str, value: str | int | bool, expected: str | None) -> None:
    assert read_format(value, header) == expected


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("https://www.instagram.com/reel/Abc/", "video"),
        ("https://www.instagram.com/maison/reel/Abc/", "video"),
        ("https://www.instagram.com/p/Abc/", None),
        ("https://www.tiktok.com/@maison/video/7", "video"),
        ("https://www.tiktok.com/@maison/photo/7", "carousel"),
        (None, None),
    ],
)
def test_addresses_that_tell(link: str | None, expected: str | None) -> None:
    assert find_format([], link, several=False) == expected


def test_the_first_value_that_names_a_format_wins() -> None:
    values = [("FEED", "media_product_type"), ("VIDEO", "media_type"), ("False", "is_video")]
    assert find_format(values, None, several=False) == "video"


def test_several_images_are_a_carousel_unless_it_is_a_video() -> None:
    assert find_format([], None, several=True) == "carousel"
    assert find_format([("False", "is_video")], None, several=True) == "carousel"
    assert find_format([("Reel", "Type")], None, several=True) == "video"


def test_a_column_as_common_as_type_tells_formats_only_if_most_of_its_values_are_some() -> None:
    assert tells_format("Type", ["Photo", "Reel", "Story"])
    assert not tells_format("Type", ["Photo", "Dress", "Bag"])
    assert tells_format("media_product_type", ["REELS", "FEED", "FEED"])
    assert not tells_format("Post type", ["", "Organic"])


def read_typed(folder: Path, header: str, *values: str) -> PostTable:
    rows = [["Maison", f"{number}.jpg", value] for number, value in enumerate(values)]
    return read_rows(folder, *rows, headers=["Brand", "Image", header])


def test_posts_have_the_format_of_their_row(tmp_path: Path) -> None:
    table = read_typed(tmp_path, "Post type", "IG reel", "IG carousel", "IG image", "IG story", "")
    assert [post.format for post in table.posts] == ["video", "carousel", "photo", None, None]
    assert table.tables[0].columns["format"] == "Post type"


def test_a_column_called_type_that_tells_something_else_stays_unused(tmp_path: Path) -> None:
    table = read_typed(tmp_path, "Type", "Dress", "Bag", "Shoe")
    assert [post.format for post in table.posts] == [None] * 3
    assert "format" not in table.tables[0].columns
    assert any("Type" in notice.text for notice in table.notices)


def test_a_video_stands_for_a_post_without_an_image(tmp_path: Path) -> None:
    rows = [["Maison", "a.jpg", "https://a.example/a.mp4"], ["Maison", "", "https://a.example/b.mp4"]]
    table = read_rows(tmp_path, *rows, headers=["Brand", "Image", "video_url"])
    assert [post.thumbnail for post in table.posts] == ["a.jpg", "https://a.example/b.mp4"]
    assert not any(post.more_images for post in table.posts)
    alone = read_rows(tmp_path, *([row[0], row[2]] for row in rows), headers=["Brand", "video_url"])
    assert [post.thumbnail for post in alone.posts] == [row[2] for row in rows]
