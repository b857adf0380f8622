"""Tables that are laid out otherwise than as a row for each post under one row of headers."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
import xlsxwriter
from PIL import Image

from generator.errors import SpreadsheetError
from generator.settings import ReadSettings
from generator.spreadsheet import sheets
from generator.spreadsheet.posts import PostTable
from generator.spreadsheet.reader import read_posts
from generator.spreadsheet.sources import find_inputs

HEADERS = ["Image", "Caption", "Likes"]
BRANDED = ["Brand", *HEADERS]


def posts(brand: str, count: int = 3) -> list[list[object]]:
    return [[f"{brand.lower()}{n}.jpg", f"words {n}", 10 + n] for n in range(count)]


def branded(brand: str, count: int = 3) -> list[list[object]]:
    return [[brand, *row] for row in posts(brand, count)]


def read(path: Path, rows: Sequence[Sequence[object]]) -> PostTable:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return read_posts(find_inputs([path]), ReadSettings())


def told(table: PostTable) -> dict[str, int]:
    return dict(Counter(post.brand for post in table.posts))


def codes(table: PostTable) -> list[str]:
    return [notice.code for notice in table.notices]


def beside(*tables: Sequence[Sequence[object]], gap: int = 1) -> list[list[object]]:
    """Tables side by side, with `gap` blank columns between them."""
    height = max(map(len, tables))
    widths = [max(map(len, table)) for table in tables]
    return [
        [
            cell
            for table, width in zip(tables, widths, strict=True)
            for cell in [*(table[row] if row < len(table) else []), *[""] * (width + gap)][: width + gap]
        ]
        for row in range(height)
    ]


@pytest.mark.parametrize("gap", [0, 1, 2])
def test_tables_side_by_side(tmp_path: Path, gap: int) -> None:
    rows = beside([BRANDED, *branded("Dior")], [BRANDED, *branded("Chanel", 2)], gap=gap)
    table = read(tmp_path / "a.csv", rows)
    assert told(table) == {"Dior": 3, "Chanel": 2}
    assert [post.row for post in table.posts] == [2, 3, 4, 2, 3]
    assert [post.likes for post in table.posts] == [10, 11, 12, 10, 11]
    assert codes(table) == []


def test_the_titles_of_tables_side_by_side_are_their_brands(tmp_path: Path) -> None:
    one, two = [["Dior"], HEADERS, *posts("Dior")], [["Chanel"], HEADERS, *posts("Chanel", 4)]
    table = read(tmp_path / "a.csv", [["Audit"], [], *beside(one, two)])
    assert told(table) == {"Dior": 3, "Chanel": 4}
    assert table.tables[0].brand_from == "divider"
    assert codes(table) == [] and not table.refusals


def test_tables_side_by_side_may_have_other_columns(tmp_path: Path) -> None:
    other = [["Likes", "Brand", "Image", "Mood"], *([5, "Chanel", f"c{n}.jpg", "calm"] for n in range(3))]
    table = read(tmp_path / "a.csv", beside([BRANDED, *branded("Dior")], other))
    assert told(table) == {"Dior": 3, "Chanel": 3}
    assert [post.likes for post in table.posts] == [10, 11, 12, 5, 5, 5]
    assert [notice.text for notice in table.notices] == [
        "a.csv: headers stand again in row 1, with columns that the first ones do not have, which are not read: Mood."
    ]


def test_notes_beside_the_posts_make_no_table(tmp_path: Path) -> None:
    table = read(tmp_path / "a.csv", beside([BRANDED, *branded("Dior")], [["Legend"], ["red = gone"]]))
    assert told(table) == {"Dior": 3}
    repeated = read(tmp_path / "b.csv", [["Image", "Image", "Brand"], ["a.jpg", "", "Dior"], ["", "b.jpg", "Dior"]])
    assert [post.thumbnail for post in repeated.posts] == ["a.jpg", "b.jpg"]


def test_a_board_of_names_over_images(tmp_path: Path) -> None:
    table = read(tmp_path / "a.csv", [["Board"], ["Dior", "", "Chanel"], ["d1.jpg", "", "c1.jpg"], ["d2.jpg"]])
    assert [(post.brand, post.thumbnail, post.row) for post in table.posts] == [
        ("Dior", "d1.jpg", 3),
        ("Dior", "d2.jpg", 4),
        ("Chanel", "c1.jpg", 3),
    ]
    assert codes(table) == []


def test_a_text_below_makes_no_board(tmp_path: Path) -> None:
    with pytest.raises(SpreadsheetError):
        read(tmp_path / "a.csv", [["Dior", "Chanel"], ["d1.jpg", "c1.jpg"], ["fine", "c2.jpg"]])


def test_posts_in_columns(tmp_path: Path) -> None:
    turned = list(zip(*[BRANDED, *branded("Dior"), *branded("Chanel")], strict=True))
    table = read(tmp_path / "a.csv", turned)
    assert told(table) == {"Dior": 3, "Chanel": 3}
    assert [post.row for post in table.posts] == [2, 3, 4, 5, 6, 7]
    assert codes(table) == ["turned_table"]


def test_a_list_of_what_columns_mean_is_no_table_of_posts(tmp_path: Path) -> None:
    rows = [["Field", "Meaning"], ["Brand", "who posted"], ["Image", "the file, such as a.jpg"], ["Likes", "how many"]]
    with pytest.raises(SpreadsheetError, match="no column holds"):
        read(tmp_path / "dictionary.csv", rows)


def test_other_headers_in_the_middle(tmp_path: Path) -> None:
    below = [["Likes", "Mood", "Brand", "Image"], [7, "calm", "Chanel", "c0.jpg"], [8, "loud", "Chanel", "c1.jpg"]]
    again = [BRANDED, *branded("Celine", 1)]
    table = read(tmp_path / "a.csv", [BRANDED, *branded("Dior"), *below, *again])
    assert told(table) == {"Dior": 3, "Chanel": 2, "Celine": 1}
    assert [post.likes for post in table.posts] == [10, 11, 12, 7, 8, 10]
    assert [post.caption for post in table.posts][3:5] == ["", ""]
    notice = next(notice for notice in table.notices if notice.code == "other_headers")
    assert notice.values["row"] == 5 and notice.text.endswith("not read: Mood.")


def test_headers_in_another_language_in_the_middle(tmp_path: Path) -> None:
    below = [["J’aime", "Marque", "Légende", "Visuel"], [7, "Chanel", "mots", "c0.jpg"]]
    table = read(tmp_path / "a.csv", [BRANDED, *branded("Dior"), *below])
    assert [(post.brand, post.likes, post.caption) for post in table.posts][-1] == ("Chanel", 7, "mots")
    assert "other_headers" not in codes(table)


def test_words_that_headers_use_are_values_too(tmp_path: Path) -> None:
    rows = [["Brand", "Author", "Link", "Text"], ["Image", "Likes", "a.jpg", "5"], ["Photo", "Media", "Cover", "Title"]]
    table = read(tmp_path / "a.csv", [BRANDED, *branded("Dior"), *rows])
    assert len(table.posts) + len(table.refusals) == 6


def write_board(path: Path, texts: dict[tuple[int, int], str], pictures: Sequence[tuple[int, int]]) -> Path:
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Dior")
    for (row, column), text in texts.items():
        sheet.write(row, column, text)
    for place, (row, column) in enumerate(pictures):
        image = path.parent / f"{place}.png"
        Image.new("RGB", (24, 24), (place * 40, 9, 90)).save(image)
        sheet.set_row(row, 60)
        sheet.insert_image(row, column, str(image))
    book.close()
    return path


def test_pictures_alone(tmp_path: Path) -> None:
    places = [(row, column) for row in (0, 3) for column in (0, 2, 4)]
    table = read_posts(find_inputs([write_board(tmp_path / "a.xlsx", {}, places)]), ReadSettings())
    assert told(table) == {"Dior": 6}
    assert len({post.thumbnail for post in table.posts}) == 6 and not any(post.more_images for post in table.posts)
    assert codes(table) == []


def test_pictures_under_names(tmp_path: Path) -> None:
    path = write_board(tmp_path / "a.xlsx", {(0, 0): "Dior", (0, 1): "Chanel"}, [(1, 0), (1, 1), (2, 0)])
    table = read_posts(find_inputs([path]), ReadSettings())
    assert told(table) == {"Dior": 2, "Chanel": 1}


def test_pictures_with_texts_below(tmp_path: Path) -> None:
    pictures = [(1, 0), (1, 2), (3, 0)]
    texts = {(2, 0): "one", (2, 2): "two", (4, 0): "three", (0, 0): "Moods of spring"}
    table = read_posts(find_inputs([write_board(tmp_path / "a.xlsx", texts, pictures)]), ReadSettings())
    assert [(post.brand, post.caption, bool(post.more_images)) for post in table.posts] == [
        ("Dior", "one", False),
        ("Dior", "two", False),
        ("Dior", "three", False),
    ]
    assert [notice.text for notice in table.notices] == [
        "a.xlsx, sheet Dior: texts on a board of pictures that stand below no picture, and are not read: 1, such as "
        "Moods of spring."
    ]


def test_images_behind_names(tmp_path: Path) -> None:
    rows = [["Dior", "d1.jpg", "d2.jpg"], ["Chanel", "c1.jpg"]]
    assert told(read(tmp_path / "a.csv", rows)) == {"Dior": 2, "Chanel": 1}
    path = write_board(tmp_path / "b.xlsx", {(0, 0): "Dior", (1, 0): "Chanel"}, [(0, 1), (0, 2), (1, 1)])
    assert told(read_posts(find_inputs([path]), ReadSettings())) == {"Dior": 2, "Chanel": 1}


def test_links_to_pages_make_no_board(tmp_path: Path) -> None:
    page = "https://www.instagram.com/p/CabC0000xyz/"
    for rows in ([["Dior", "d1.jpg", page], ["Chanel", "c1.jpg", page]], [["Dior", "Chanel"], [page, page]]):
        with pytest.raises(SpreadsheetError):
            read(tmp_path / "a.csv", rows)


def test_more_columns_or_sheets_than_posts_take(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "_MOST_COLUMNS", 10)
    with pytest.raises(SpreadsheetError, match="more than 10 columns"):
        read(tmp_path / "a.csv", [["Brand", "Image", *map(str, range(20))], ["Dior", "a.jpg"]])
    monkeypatch.setattr(sheets, "_MOST_SHEETS", 0)
    with pytest.raises(SpreadsheetError, match="1 sheets"):
        read(tmp_path / "a.csv", [["Brand", "Image"], ["Dior", "a.jpg"]])
