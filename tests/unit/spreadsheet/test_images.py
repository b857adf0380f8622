"""The images of rows: all that a cell names, links behind texts, and pictures pasted into the sheet."""

from __future__ import annotations

import io
from pathlib import Path

from openpyxl import Workbook
from openpyxl.drawing.image import Image as SheetImage
from openpyxl.worksheet.worksheet import Worksheet
from PIL import Image

from generator.settings import ReadSettings
from generator.spreadsheet.posts import PostTable
from generator.spreadsheet.reader import read_posts
from generator.spreadsheet.sources import find_inputs


def paste(sheet: Worksheet, place: str) -> None:
    data = io.BytesIO()
    Image.new("RGB", (20, 15), "red").save(data, "PNG")
    sheet.add_image(SheetImage(data), place)


def read(path: Path) -> PostTable:
    return read_posts(find_inputs([path]), ReadSettings())


def start(*headers: str) -> tuple[Workbook, Worksheet]:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.append(headers)
    return book, sheet


def test_all_images_of_a_cell_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text('brand,image\nA,"a.jpg, b.jpg,c.jpg"\nB,d.jpg\n')
    posts = read(path).posts
    assert [(post.thumbnail, post.more_images) for post in posts] == [("a.jpg", ("b.jpg", "c.jpg")), ("d.jpg", ())]


def test_rows_that_share_a_link_text_are_not_duplicates(tmp_path: Path) -> None:
    book, sheet = start("Brand", "Image")
    for number in range(4):
        sheet.append(["A", "View"])
        sheet.cell(number + 2, 2).hyperlink = f"https://a.test/{number}.jpg"
    book.save(tmp_path / "p.xlsx")
    table = read(tmp_path / "p.xlsx")
    assert [post.thumbnail for post in table.posts] == [f"https://a.test/{number}.jpg" for number in range(4)]
    (tmp_path / "p.csv").write_text("Brand,Image\n" + "A,View\n" * 4)
    assert [refusal.reason for refusal in read(tmp_path / "p.csv").refusals] == ["link_text"] * 4


def test_pictures_are_the_images_of_their_rows(tmp_path: Path) -> None:
    book, sheet = start("Brand", "Image")
    for row in (2, 3):
        sheet.append(["A", None])
        paste(sheet, f"B{row}")
    paste(sheet, "C2")
    book.save(tmp_path / "p.xlsx")
    table = read(tmp_path / "p.xlsx")
    assert [post.row for post in table.posts] == [2, 3] and not table.refusals
    assert all(post.thumbnail.startswith("p.xlsx#xl/media/") for post in table.posts)
    assert [len(post.more_images) for post in table.posts] == [1, 0]


def test_pictures_are_the_image_if_no_column_is(tmp_path: Path) -> None:
    book, sheet = start("Brand", "Likes")
    for row in (2, 3):
        sheet.append(["A", row])
        paste(sheet, f"D{row}")
    book.save(tmp_path / "p.xlsx")
    table = read(tmp_path / "p.xlsx")
    assert [post.thumbnail[:9] for post in table.posts] == ["p.xlsx#xl"] * 2
    assert table.tables[0].columns["thumbnail"] == "D (pictures)"


def test_logos_over_names_are_no_images(tmp_path: Path) -> None:
    book, sheet = start("Brand", "Image")
    for row in (2, 3):
        sheet.append(["A", f"{row}.jpg"])
        paste(sheet, f"A{row}")
    book.save(tmp_path / "p.xlsx")
    table = read(tmp_path / "p.xlsx")
    assert [(post.brand, post.thumbnail) for post in table.posts] == [("A", "2.jpg"), ("A", "3.jpg")]


def test_pictures_of_a_workbook_in_a_folder_begin_with_its_name(tmp_path: Path) -> None:
    book, sheet = start("Brand", "Image")
    for row in (2, 3):
        sheet.append(["A", None])
        paste(sheet, f"B{row}")
    folder = tmp_path / "all" / "house"
    folder.mkdir(parents=True)
    book.save(folder / "p.xlsx")
    (tmp_path / "all" / "q.csv").write_text("Brand,Image\nB,b.jpg\n")
    inputs = find_inputs([tmp_path / "all"])
    found = {post.thumbnail for post in read_posts(inputs, ReadSettings()).posts if "#" in post.thumbnail}
    assert len(found) == 2 and all(text.partition("#")[0] in inputs.containers for text in found)
