"""Where the brand of each row comes from."""

from __future__ import annotations

import csv
import json
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook

from generator.errors import SpreadsheetError
from generator.settings import BrandSettings, ReadSettings
from generator.spreadsheet.posts import PostTable
from generator.spreadsheet.reader import read_posts
from generator.spreadsheet.sources import find_inputs

Rows = Sequence[Sequence[object]]
HEADERS = ["Image", "Caption", "Likes"]


def images(name: str, count: int = 4) -> list[list[object]]:
    return [[f"{name}{index}.jpg", f"words {index}", 10 + index] for index in range(count)]


def branded(name: str, count: int = 4, prefix: str = "") -> list[list[object]]:
    return [[name, *row] for row in images(prefix or name, count)]


def write_csv(path: Path, rows: Rows) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return path


def write_book(path: Path, sheets: Mapping[str, Rows]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def read(*paths: Path, brand: str = "", aliases: Mapping[str, str] | None = None) -> PostTable:
    return read_posts(find_inputs(paths), ReadSettings(brand=brand), BrandSettings(aliases or {}))


def brands(table: PostTable) -> dict[str, int]:
    return dict(Counter(post.brand for post in table.posts))


def origins(table: PostTable) -> list[str]:
    return [read.brand_from for read in table.tables]


def unread(table: PostTable) -> dict[str, str]:
    return {str(n.values["where"]): str(n.values["why"]) for n in table.notices if n.code == "unread_table"}


def test_a_column_wins(tmp_path: Path) -> None:
    rows = [["Brand", *HEADERS], *branded("Dior"), *branded("Zara")]
    table = read(write_book(tmp_path / "hoteldore.xlsx", {"Côté": rows}))
    assert (brands(table), origins(table), table.notices) == ({"Dior": 4, "Zara": 4}, ["column"], ())


def test_sheets_named_after_brands(tmp_path: Path) -> None:
    sheets = {"Côté Vermeil": [HEADERS, *images("a")], "Lune & Sel": [HEADERS, *images("b")], "Notes": [["hello", "x"]]}
    table = read(write_book(tmp_path / "rivals.xlsx", sheets))
    assert brands(table) == {"Côté Vermeil": 4, "Lune & Sel": 4}
    assert origins(table) == ["sheet", "sheet"]
    assert list(unread(table)) == ["rivals.xlsx, sheet Notes"]


def test_files_named_after_brands_and_months_in_sheets(tmp_path: Path) -> None:
    months = {"Janvier": [HEADERS, *images("a")], "Février": [HEADERS, *images("b")]}
    paths = [write_book(tmp_path / f"{name}.xlsx", months) for name in ("Dior", "export_zara_2025")]
    table = read(*paths)
    assert brands(table) == {"Dior": 8, "zara": 8}
    assert origins(table) == ["file"] * 4


def test_sheets_of_the_same_names_in_several_files_are_no_brands(tmp_path: Path) -> None:
    sheets = {"Bags": [HEADERS, *images("a")], "Shoes": [HEADERS, *images("b")]}
    table = read(*(write_book(tmp_path / f"{name}.xlsx", sheets) for name in ("Dior", "Zara")))
    assert brands(table) == {"Dior": 8, "Zara": 8}
    more = {"Bags": [HEADERS, *images("c")], "Shoes": [HEADERS, *images("d")]}
    paths = write_book(tmp_path / "m" / "janvier.xlsx", sheets), write_book(tmp_path / "m" / "mars.xlsx", more)
    assert brands(read(*paths)) == {"Bags": 8, "Shoes": 8}


def test_a_sheet_without_a_name_beside_others_with_one_is_not_read(tmp_path: Path) -> None:
    sheets = {"Dior": [HEADERS, *images("a")], "Zara": [HEADERS, *images("b")], "Sheet3": [HEADERS, *images("c")]}
    table = read(write_book(tmp_path / "fashion.xlsx", sheets))
    assert brands(table) == {"Dior": 4, "Zara": 4}
    assert "--brand NAME" in unread(table)["fashion.xlsx, sheet Sheet3"]


def test_folders_named_after_brands(tmp_path: Path) -> None:
    for name in ("Dior", "Hôtel Doré"):
        for part in (1, 2):
            write_csv(tmp_path / "clients" / name / f"posts_{part}.csv", [HEADERS, *images(f"{name}{part}")])
    table = read(tmp_path / "clients")
    assert brands(table) == {"Dior": 8, "Hôtel Doré": 8}
    assert set(origins(table)) == {"folder"}
    alone = read(tmp_path / "clients" / "Dior")
    assert (brands(alone), set(origins(alone))) == ({"Dior": 8}, {"folder"})


def test_a_single_file_named_after_its_brand(tmp_path: Path) -> None:
    table = read(write_csv(tmp_path / "work" / "hotel-dore_2025.csv", [HEADERS, *images("a")]))
    assert (brands(table), origins(table), table.notices) == ({"hotel-dore": 4}, ["file"], ())


@pytest.mark.parametrize("name", ["posts", "export_2025-11", "Feuil1", "dataset_instagram-scraper_2025-11-29_10-22-33"])
def test_a_single_file_whose_name_says_nothing(tmp_path: Path, name: str) -> None:
    path = write_csv(tmp_path / f"{name}.csv", [HEADERS, *images("a")])
    with pytest.raises(SpreadsheetError, match="no column holds the brand") as error:
        read(path)
    assert "--brand NAME" in error.value.hint
    table = read(path, brand="Dior")
    assert (brands(table), origins(table)) == ({"Dior": 4}, ["setting"])


def test_a_single_file_with_another_column_that_may_hold_the_brands(tmp_path: Path) -> None:
    rows = [
        [*HEADERS, "Who"],
        *([*row, "Dior" if index < 150 else "Zara"] for index, row in enumerate(images("a", 400))),
    ]
    path = write_csv(tmp_path / "fashion.csv", rows)
    with pytest.raises(SpreadsheetError) as error:
        read(path)
    assert "--brand NAME" in error.value.hint
    assert brands(read(path, brand="Fashion")) == {"Fashion": 400}
    kinds = [[*HEADERS, "Type"], *([*row, ("Photo", "Video")[index % 2]] for index, row in enumerate(images("a", 20)))]
    assert brands(read(write_csv(tmp_path / "hoteldore.csv", kinds))) == {"hoteldore": 20}


def test_beside_a_table_with_a_column_others_are_read_if_they_are_called_as_its_brands(tmp_path: Path) -> None:
    write_csv(tmp_path / "in" / "posts.csv", [["Brand", *HEADERS], *branded("Hôtel Doré"), *branded("Dior")])
    write_csv(tmp_path / "in" / "hoteldore_2025.csv", [HEADERS, *images("h")])
    write_csv(tmp_path / "in" / "moods.csv", [HEADERS, *images("m")])
    table = read(tmp_path / "in")
    assert brands(table) == {"Hôtel Doré": 8, "Dior": 4}
    assert sorted(origins(table)) == ["column", "file"]
    assert "--brand NAME" in unread(table)["moods.csv"]
    everything = read(tmp_path / "in", brand="Moods")
    assert brands(everything) == {"Hôtel Doré": 4, "Dior": 4, "Moods": 8}
    assert not unread(everything)


def test_beside_a_table_with_a_column_files_that_were_asked_for_are_read_by_their_names(tmp_path: Path) -> None:
    posts = write_csv(tmp_path / "in" / "posts.csv", [["Brand", *HEADERS], *branded("Dior")])
    chanel = write_csv(tmp_path / "in" / "chanel_2025.csv", [HEADERS, *images("c")])
    assert brands(read(posts, chanel)) == {"Dior": 4, "chanel": 4}
    assert brands(read(tmp_path / "in")) == {"Dior": 4}
    # a sheet beside one whose rows name brands may hold anything
    book = write_book(
        tmp_path / "b.xlsx", {"All": [["Brand", *HEADERS], *branded("Dior")], "Moods": [HEADERS, *images("m")]}
    )
    assert brands(read(book)) == {"Dior": 4}


def test_beside_a_table_with_a_column_an_own_archive_is_read_by_its_name(tmp_path: Path) -> None:
    write_csv(tmp_path / "in" / "posts.csv", [["Brand", *HEADERS], *branded("Dior")])
    media = [
        {"uri": f"media/posts/1/{place}.jpg", "creation_timestamp": 1741529100 + place, "title": "x"}
        for place in range(3)
    ]
    with zipfile.ZipFile(tmp_path / "in" / "instagram-loewe-2025-11-02-aBcD12.zip", "w") as archive:
        archive.writestr("content/posts_1.json", json.dumps([{"media": [one]} for one in media]))
        for one in media:
            archive.writestr(str(one["uri"]), b"x")
    assert brands(read(tmp_path / "in")) == {"Dior": 4, "loewe": 3}


def test_the_tables_that_are_read_are_numbered_without_gaps(tmp_path: Path) -> None:
    write_csv(tmp_path / "in" / "a.csv", [HEADERS, *images("m")])
    write_csv(tmp_path / "in" / "posts.csv", [["Brand", *HEADERS], *branded("Dior"), ["", "x.jpg", "", "lots"]])
    table = read(tmp_path / "in")
    assert {post.table for post in table.posts} == {0} == {refusal.table for refusal in table.refusals}
    assert [read.file for read in table.tables] == ["posts.csv"]


def test_the_setting_fills_blank_cells_and_leaves_the_others(tmp_path: Path) -> None:
    rows = [["Brand", *HEADERS], *branded("Dior"), *branded("", 2, "x"), ["#N/A", "y.jpg", "", 1]]
    path = write_csv(tmp_path / "posts.csv", rows)
    assert brands(read(path, brand="Zara")) == {"Dior": 4, "Zara": 3}
    without = read(path)
    assert [refusal.reason for refusal in without.refusals] == ["no_brand"] * 3
    assert [refusal.row for refusal in without.refusals] == [6, 7, 8]


def test_the_setting_beats_names_of_sheets_files_and_dividers(tmp_path: Path) -> None:
    path = write_book(tmp_path / "zara.xlsx", {"Dior": [HEADERS, ["Fendi"], *images("a"), ["Prada"], *images("b")]})
    table = read(path, brand="Côté")
    assert (brands(table), table.rows, table.refusals) == ({"Côté": 8}, 8, ())


def test_names_on_rows_of_their_own(tmp_path: Path) -> None:
    for headers, blank in ((HEADERS, []), (["Brand", *HEADERS], [""])):
        rows = [headers]
        for name in ("Dior", "Hôtel Doré (2025)", "Zara"):
            rows += [[name], *([*blank, *row] for row in images(name)), []]
        table = read(write_csv(tmp_path / "posts.csv", rows))
        assert brands(table) == {"Dior": 4, "Hôtel Doré": 4, "Zara": 4}
        assert (origins(table), table.rows, table.refusals) == (["divider"], 12, ())


def test_the_first_of_several_groups_may_be_named_above_the_headers(tmp_path: Path) -> None:
    rows = [["Dior"], HEADERS, *images("a"), [], ["Zara"], HEADERS, *images("b")]
    assert brands(read(write_csv(tmp_path / "posts.csv", rows))) == {"Dior": 4, "Zara": 4}


def test_rows_that_are_no_dividers(tmp_path: Path) -> None:
    one_remark = [HEADERS, *images("a"), ["Older ones"], *images("b")]
    table = read(write_csv(tmp_path / "dior.csv", one_remark))
    assert (brands(table), origins(table)) == ({"dior": 8}, ["file"])
    assert [(notice.code, notice.values["examples"]) for notice in table.notices] == [("summary_rows", "6")]
    only_images = [HEADERS, ["a.jpg"], ["b.jpg"], ["c.jpg"]]
    assert brands(read(write_csv(tmp_path / "dior.csv", only_images))) == {"dior": 3}
    without_endings = [HEADERS, ["one"], ["two", "x", 1], ["three"], ["four", "x", 1]]
    assert brands(read(write_csv(tmp_path / "dior.csv", without_endings))) == {"dior": 4}
    months = [HEADERS, ["January"], *images("a"), ["February 2025"], *images("b")]
    assert brands(read(write_csv(tmp_path / "dior.csv", months))) == {"dior": 8}
    full = [["Brand", *HEADERS], *branded("Dior"), ["Fendi"], *branded("Dior", 4, "x")]
    assert brands(read(write_csv(tmp_path / "dior.csv", full))) == {"Dior": 8}


def test_a_name_written_once_for_each_group(tmp_path: Path) -> None:
    rows: list[list[object]] = [["Brand", *HEADERS]]
    for name in ("Dior", "Zara", "Hôtel Doré"):
        first, *others = images(name)
        rows += [[name, *first], *(["", *row] for row in others)]
    table = read(write_csv(tmp_path / "posts.csv", rows))
    assert (brands(table), origins(table), table.notices) == ({"Dior": 4, "Zara": 4, "Hôtel Doré": 4}, ["above"], ())
    merged = write_book(tmp_path / "posts.xlsx", {"Sheet1": [[cell or None for cell in row] for row in rows]})
    assert brands(read(merged)) == {"Dior": 4, "Zara": 4, "Hôtel Doré": 4}


@pytest.mark.parametrize(
    "column",
    [
        ["Dior", "", "Dior", "Dior", "Zara", "Zara"],  # a stray blank cell
        ["", "", "", "Dior", "", "", "Zara", ""],  # no name above the first
        ["Dior", "", "", "Zara", "", "", "Dior", ""],  # a name comes back
        ["Dior", ""],
    ],
)
def test_blank_cells_that_no_name_above_explains(tmp_path: Path, column: list[str]) -> None:
    rows = [[name, *row] for name, row in zip(column, images("a", len(column)), strict=True)]
    table = read(write_csv(tmp_path / "posts.csv", [["Brand", *HEADERS], *rows]))
    assert len(table.posts) == sum(map(bool, column))
    assert {refusal.reason for refusal in table.refusals} == {"no_brand"}
    assert origins(table) == ["column"]


OWNED = ["query", "username", "fullName", "Image", "Caption"]


def test_posts_of_two_accounts_count_for_the_one_that_was_asked_for(tmp_path: Path) -> None:
    dior = "https://www.instagram.com/dior/"
    rows = [[dior, "dior", "Dior", f"d{index}.jpg", "x"] for index in range(6)]
    rows += [["zara", "zara", "ZARA", f"z{index}.jpg", "x"] for index in range(6)]
    rows += [
        [dior, "chiara", "Chiara F.", "c.jpg", "x"],
        ["zara", "dior", "Dior", "e.jpg", "x"],
        [dior, "", "", "f.jpg", ""],
    ]
    table = read(write_csv(tmp_path / "posts.csv", [OWNED, *rows]))
    assert brands(table) == {"Dior": 8, "ZARA": 7}
    assert "likely_brands" not in {notice.code for notice in table.notices}
    (notice,) = (notice for notice in table.notices if notice.code == "co_posts")
    assert (notice.values["count"], notice.values["examples"]) == (2, "Chiara F. → Dior, Dior → ZARA")


def test_posts_found_by_a_word_keep_their_owners(tmp_path: Path) -> None:
    rows = [["#fashion", f"user{index % 3}", f"User {'ABC'[index % 3]}", f"{index}.jpg", "x"] for index in range(9)]
    table = read(write_csv(tmp_path / "posts.csv", [OWNED, *rows]))
    assert brands(table) == {"User A": 3, "User B": 3, "User C": 3}


def test_handles_beside_full_names_are_these_brands_elsewhere(tmp_path: Path) -> None:
    rows = [["hd.paris", "Hôtel Doré", f"h{index}.jpg"] for index in range(4)] + [["hd.paris", "", "i.jpg"]]
    export = write_csv(tmp_path / "export.csv", [["ownerUsername", "ownerFullName", "displayUrl"], *rows])
    by_hand = write_csv(tmp_path / "by_hand.csv", [["Brand", *HEADERS], *branded("@hd.paris", 3), *branded("Zara")])
    table = read(export, by_hand)
    assert brands(table) == {"Hôtel Doré": 8, "Zara": 4}


def test_a_link_behind_a_name_tells_its_account(tmp_path: Path) -> None:
    link = '<a href="https://www.instagram.com/hd.paris/">Hôtel Doré</a>'
    rows = [["Brand", *HEADERS], *branded(link, 3, "a"), *branded("Hôtel Doré", 3), *branded("@hd.paris", 3, "b")]
    cells = ["".join(f"<td>{cell}</td>" for cell in row) for row in rows]
    page = "".join(f"<tr>{row}</tr>" for row in cells)
    (tmp_path / "p.html").write_text(f"<html><table>{page}</table></html>", encoding="utf-8")
    assert brands(read(tmp_path / "p.html")) == {"Hôtel Doré": 9}


def test_aliases_reach_the_posts(tmp_path: Path) -> None:
    rows = [["Brand", *HEADERS], *branded("Gap"), *branded("GAP Inc")]
    path = write_csv(tmp_path / "posts.csv", rows)
    table = read(path)
    assert brands(table) == {"Gap": 4, "GAP Inc": 4}
    assert '"GAP Inc" = "Gap"' in next(notice.text for notice in table.notices if notice.code == "likely_brands")
    settled = read(path, aliases={"GAP Inc": "Gap"})
    assert (brands(settled), settled.notices) == ({"Gap": 8}, ())


def test_ids_stay_where_spellings_differ_in_case_and_spaces_alone(tmp_path: Path) -> None:
    rows = [["Brand", *HEADERS], *branded("Dior", 3), *branded("DIOR ", 2, "x")]
    one = read(write_csv(tmp_path / "a.csv", rows))
    other = read(
        write_csv(tmp_path / "b.csv", [["Brand", *HEADERS], *branded("DIOR", 3, "Dior"), *branded("dior", 2, "x")])
    )
    assert brands(one) == {"Dior": 5}
    assert [post.id for post in one.posts] == [post.id for post in other.posts]


def test_rows_between_posts_may_count_them_or_name_the_account(tmp_path: Path) -> None:
    rows = [HEADERS, ["Dior", "4 posts"], *images("d"), ["Marque : Chanel", "", "@chanel"], *images("c")]
    table = read(write_csv(tmp_path / "posts.csv", rows))
    assert brands(table) == {"Dior": 4, "Chanel": 4}
    assert origins(table) == ["divider"] and not table.notices
