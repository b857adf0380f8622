"""Images of one name in each brand's folder are told apart by the brand of the row."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from generator.settings import ReadSettings
from generator.spreadsheet.brand_folders import BrandFolders
from generator.spreadsheet.reader import read_posts
from generator.spreadsheet.sources import find_inputs

IMAGES = ("img/Dior/1.jpg", "img/louis-vuitton/1.jpg", "img/Dior/old/2.jpg", "img/Dior/new/2.jpg", "1.png", "img/3.jpg")


@pytest.mark.parametrize(
    ("address", "brand", "path"),
    [
        ("1.jpg", "Dior", "img/Dior/1.jpg"),
        ("1.JPG", "Louis Vuitton", "img/louis-vuitton/1.jpg"),
        ("1.jpg", "Chanel", "1.jpg"),
        ("2.jpg", "Dior", "2.jpg"),  # two in its folder
        ("3.jpg", "Dior", "3.jpg"),  # one of this name, which fetching finds
        ("img/1.jpg", "Dior", "img/1.jpg"),
        ("https://x.example/1.jpg", "Dior", "https://x.example/1.jpg"),
    ],
)
def test_the_folder_of_the_brand_decides_if_it_holds_one(address: str, brand: str, path: str) -> None:
    folders = BrandFolders(IMAGES)
    assert folders.place(address, address, brand) == path
    assert len(folders.notices("x")) == (address != path)


def test_an_image_that_lies_where_the_row_says_stays() -> None:
    assert BrandFolders([*IMAGES, "sub/1.jpg"]).place("1.jpg", "sub/1.jpg", "Dior") == "sub/1.jpg"


def test_posts_have_the_images_of_their_brands_and_it_is_said(tmp_path: Path) -> None:
    for brand in ("Dior", "Chanel"):
        for number in (1, 2):
            path = tmp_path / f"img/{brand}/{number}.jpg"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (8, 8), (number * 99, 10, 10)).save(path)
    rows = [f"{brand},{number}.jpg" for brand in ("Dior", "Chanel") for number in (1, 2)]
    (tmp_path / "posts.csv").write_text("\n".join(["Brand,Image", *rows]))
    table = read_posts(find_inputs([tmp_path]), ReadSettings())
    assert [post.thumbnail for post in table.posts] == [f"img/{row.replace(',', '/')}" for row in rows]
    assert [(notice.code, notice.values["count"]) for notice in table.notices] == [("found_by_brand", 4)]
