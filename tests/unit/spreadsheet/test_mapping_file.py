"""What was recognised, written as settings."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from generator.errors import SettingsError
from generator.settings import ReadSettings
from generator.settings.load import load_settings
from generator.spreadsheet.mapping_file import describe_mapping, write_mapping
from generator.spreadsheet.posts import PostTable, TableRead
from generator.spreadsheet.reader import read_posts
from generator.spreadsheet.sources import find_inputs


def write_csv(folder: Path, *rows: Sequence[str]) -> Path:
    path = folder / "p.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return path


def read_back(folder: Path, path: Path, chosen: ReadSettings) -> tuple[PostTable, PostTable, ReadSettings]:
    """Return the table, the table read by the written file, and the settings in it."""
    table = read_posts(find_inputs([path]), chosen)
    write_mapping(folder / "brandscape.toml", table, chosen, {})
    written = load_settings(folder / "brandscape.toml", environment={}).read
    return table, read_posts(find_inputs([path]), written), written


EXPORTS = [
    (["Marque", "Vignette", "Légende", "J’aime", "Autre"], ["Dior", "a.jpg", "un", "3", "x"], ["Fendi", "b.jpg"]),
    (["postUrl", "description", "likeCount", "pubDate", "caption", "username", "fullName", "imgUrl", "query"],
     ["https://x.example/p/1", "text", "3", "2025-03-01", "alt", "dior", "Dior", "a.jpg", "dior"]),
    (["username", "thumbnail_url", "media_url", "Likes (organic)"], ["a", "a.jpg", "a.mp4", "3"], ["a", "", "b.jpg"]),
    (["Brand", "Image", "Brand"], ["Dior", "a.jpg", ""], ["", "b.jpg", "Fendi"]),
    (["Marque", "Image", "Engagement", ""], ["", "", "J'aime", "Commentaires"], ["Dior", "a.jpg", "3", "4"]),
    (["brand", "image, or file", "image"], ["Dior", "x", "a.jpg"]),
]  # fmt: skip


@pytest.mark.parametrize("rows", EXPORTS)
def test_the_written_file_reads_the_same_posts(tmp_path: Path, rows: Sequence[Sequence[str]]) -> None:
    table, again, _ = read_back(tmp_path, write_csv(tmp_path, *rows), ReadSettings())
    assert table.posts and replace(again, notices=()) == replace(table, notices=())


def test_columns_are_set_and_near_misses_stand_as_comments(tmp_path: Path) -> None:
    rows = [["House", "Pic", "Likes (organic)", "Kind"], *(["Dior", f"{n}.jpg", str(n), "x"] for n in range(3))]
    chosen = ReadSettings(columns={"brand": "house", "thumbnail": "Pic"})
    _, _, written = read_back(tmp_path, write_csv(tmp_path, *rows), chosen)
    assert written.columns == {"brand": "house", "thumbnail": "Pic"}
    text = (tmp_path / "brandscape.toml").read_text(encoding="utf-8")
    assert '#columns.likes = "Likes (organic)"' in text
    assert "Kind" in text and "#   Dior (3)" in text and "[brands.aliases]" in text


def test_each_comment_can_be_made_a_setting(tmp_path: Path) -> None:
    path = write_csv(tmp_path, ["username", "thumbnail_url", "media_url"], ["a", "a.jpg", ""], ["a", "", "b.jpg"])
    read_back(tmp_path, path, ReadSettings())
    text = (tmp_path / "brandscape.toml").read_text(encoding="utf-8")
    chosen = text.replace('#columns.thumbnail = "media_url"', 'columns.thumbnail = "media_url"')
    assert tomllib.loads(chosen)["read"]["columns"]["thumbnail"] == "media_url"


def test_sheets_are_named(tmp_path: Path) -> None:
    book = Workbook()
    book.worksheets[0].title = "Dior 2025"
    for row in (["brand", "image"], ["Dior", "a.jpg"]):
        book.worksheets[0].append(row)
    book.create_sheet("Notes").append(["nothing"])
    book.save(tmp_path / "p.xlsx")
    table, again, written = read_back(tmp_path, tmp_path / "p.xlsx", ReadSettings())
    assert replace(again, notices=()) == replace(table, notices=()) and written.sheet is None
    text = (tmp_path / "brandscape.toml").read_text(encoding="utf-8")
    assert '#sheet = "Dior 2025"' in text and "Notes" in text
    (tmp_path / "brandscape.toml").unlink()
    assert read_back(tmp_path, tmp_path / "p.xlsx", ReadSettings(sheet="dior 2025"))[2].sheet == "dior 2025"


def test_an_existing_file_stays(tmp_path: Path) -> None:
    path = write_csv(tmp_path, ["brand", "image"], ["Dior", "a.jpg"])
    (tmp_path / "brandscape.toml").write_text("# mine\n")
    with pytest.raises(SettingsError, match="exists already"):
        read_back(tmp_path, path, ReadSettings())
    assert (tmp_path / "brandscape.toml").read_text() == "# mine\n"


@settings(deadline=None)
@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_any_names_give_valid_settings(header: str, name: str, value: str) -> None:
    table = PostTable(name, (TableRead(name, value, 1, {"brand": header, "likes": value}),), (), (), ())
    chosen = ReadSettings(sheet=value, columns={"caption": header}, brand=name)
    found = tomllib.loads(describe_mapping(table, chosen, {header: name}).encode("utf-8", "replace").decode())
    assert set(found) == {"read", "brands", "fields"}
    assert found["read"]["sheet"] == value and found["brands"]["aliases"] == {header: name}


def test_a_file_without_the_columns_of_the_settings_is_named_beside_one_that_has_them(tmp_path: Path) -> None:
    good = write_csv(tmp_path, ["House", "Pic"], ["Dior", "a.jpg"])
    bad = tmp_path / "bad.csv"
    bad.write_text("a,b\n1,2\n", encoding="utf-8")
    chosen = ReadSettings(columns={"brand": "House", "thumbnail": "Pic"})
    table = read_posts(find_inputs([good, bad]), chosen)
    assert len(table.posts) == 1
    assert any("bad.csv has no column House" in notice.text for notice in table.notices)
    with pytest.raises(SettingsError, match="no column House"):
        read_posts(find_inputs([bad]), chosen)
