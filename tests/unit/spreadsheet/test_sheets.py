"""Finding the table of posts in files of every format, and saying why there is none."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook

from generator.errors import SettingsError, SpreadsheetError
from generator.settings import ReadSettings
from generator.spreadsheet.sheets import Sheet, open_sheets
from generator.spreadsheet.sources import find_inputs

HEADERS = ["brand", "thumbnail", "caption"]
ROWS = [["A", "a.jpg", "one"], ["B", "b.jpg", "two"]]


def write_workbook(path: Path, sheets: Mapping[str, Sequence[Sequence[object]]]) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def open_sheet(path: Path, settings: ReadSettings) -> Sheet:
    return open_sheets(find_inputs([path]).sources[0], settings)[0][0]


def numbered(sheet: Sheet) -> dict[int, list[object]]:
    return {number: list(cells) for number, cells in sheet.rows()}


def failure(path: Path, **settings: object) -> SpreadsheetError:
    with pytest.raises(SpreadsheetError) as caught:
        list(open_sheet(path, ReadSettings(**settings)).rows())  # type: ignore[arg-type]
    assert caught.value.message
    assert caught.value.exit_code == 3
    return caught.value


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_text_in_every_delimiter_and_encoding(tmp_path: Path, delimiter: str, encoding: str) -> None:
    rows = [
        ["Marque", "Vignette", "Légende"],
        ["Époque", "a.jpg", '"été, vite; vite | ici"'],
        ["Söhne", "b.jpg", "“x” …"],
    ]
    path = tmp_path / "p.csv"
    path.write_bytes("\r\n".join(delimiter.join(row) for row in rows).encode(encoding))
    sheet = open_sheet(path, ReadSettings())
    assert sheet.headers == ("Marque", "Vignette", "Légende")
    assert numbered(sheet) == {2: ["Époque", "a.jpg", "été, vite; vite | ici"], 3: ["Söhne", "b.jpg", "“x” …"]}


def test_headers_decide_between_delimiters(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("brand,thumbnail,caption\n" + "A,a.jpg,un;deux;trois;quatre;cinq\n" * 9)
    assert open_sheet(path, ReadSettings()).headers == ("brand", "thumbnail", "caption")


def test_the_separator_line_for_excel_is_not_shown(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("sep=|\nbrand|thumbnail\nA|a.jpg\n")
    assert numbered(open_sheet(path, ReadSettings())) == {2: ["A", "a.jpg"]}


def test_row_numbers_of_text_are_those_a_spreadsheet_shows(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text('brand,thumbnail,caption\nA,a.jpg,"one\n\ntwo"\n\n,,\nB,b.jpg,x\n', newline="\n")
    assert numbered(open_sheet(path, ReadSettings())) == {2: ["A", "a.jpg", "one\n\ntwo"], 5: ["B", "b.jpg", "x"]}


def test_damaged_utf8_stays_utf8(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_bytes(b"brand,thumbnail\n" + "Époque ééééééééééé,a.jpg\n".encode() + b"\xc3,b.jpg\n")
    rows = numbered(open_sheet(path, ReadSettings()))
    assert rows[2] == ["Époque ééééééééééé", "a.jpg"]
    assert rows[3] == ["\ufffd", "b.jpg"]


def test_titles_and_blank_rows_above_the_headers(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "p.xlsx", {"x": [["Posts of the brand"], [], ["made", "2026"], HEADERS, *ROWS]})
    sheet = open_sheet(path, ReadSettings())
    assert sheet.header_row == 4
    assert numbered(sheet) == {5: ROWS[0], 6: ROWS[1]}


def test_blank_rows_and_repeated_headers_are_no_data(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "p.xlsx", {"x": [HEADERS, ROWS[0], [], [" ", None], HEADERS, ROWS[1]]})
    assert list(numbered(open_sheet(path, ReadSettings()))) == [2, 6]


def test_merged_cells_count_for_each_row_they_span(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["title"], HEADERS, ["A", "a.jpg"], [None, "b.jpg"], [None, "c.jpg"], [None, "d.jpg"]):
        sheet.append(row)
    sheet.merge_cells("A1:C1")
    sheet.merge_cells("A3:A5")
    book.save(tmp_path / "p.xlsx")
    rows = numbered(open_sheet(tmp_path / "p.xlsx", ReadSettings()))
    assert [cells[0] for cells in rows.values()] == ["A", "A", "A", None]


def test_the_first_sheet_with_the_columns_is_taken_hidden_ones_last(tmp_path: Path) -> None:
    book = Workbook()
    book.worksheets[0].append(["Notes"])
    hidden = book.create_sheet("old")
    hidden.append(HEADERS)
    hidden.sheet_state = "hidden"
    for name in ("posts", "more"):
        book.create_sheet(name).append(HEADERS)
    book.save(tmp_path / "p.xlsx")
    assert open_sheet(tmp_path / "p.xlsx", ReadSettings()).name == "posts"
    assert open_sheet(tmp_path / "p.xlsx", ReadSettings(sheet="more")).name == "more"
    assert open_sheet(tmp_path / "p.xlsx", ReadSettings(sheet="MORE ")).name == "more"
    assert open_sheet(tmp_path / "p.xlsx", ReadSettings(sheet="old")).name == "old"
    assert "more" in failure(tmp_path / "p.xlsx", sheet="moer").hint


def test_values_not_formulas_and_no_error_values(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "p.xlsx", {"x": [HEADERS, ["A", "a.jpg", "=1+1"], ["B", "#N/A", "a_x000D_b"]]})
    rows = numbered(open_sheet(path, ReadSettings()))
    assert rows[2] == ["A", "a.jpg", None]  # a formula that no program has worked out
    assert rows[3] == ["B", None, "a\rb"]


def test_objects_of_json_become_columns(tmp_path: Path) -> None:
    records = [
        {"ownerFullName": "A", "images": ["https://a.example/1.jpg", "https://a.example/2.jpg"], "likesCount": 1},
        {"ownerFullName": "B", "images": [], "owner": {"username": "b"}, "odd": float("nan")},
    ]
    for content in (records, {"data": records}, {"count": 2, "items": records}):
        path = tmp_path / "p.json"
        path.write_text(json.dumps(content))
        sheet = open_sheet(path, ReadSettings())
        assert sheet.headers == ("ownerFullName", "images/0", "likesCount", "images", "owner/username", "odd")
        assert numbered(sheet)[2][:3] == ["A", '["https://a.example/1.jpg", "https://a.example/2.jpg"]', 1]
        assert numbered(sheet)[3] == ["B", None, None, None, "b", None]
    lines = tmp_path / "p.jsonl"
    lines.write_text("\n".join(map(json.dumps, records)))
    assert list(numbered(open_sheet(lines, ReadSettings()))) == [2, 3]


def test_parquet(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    table = pyarrow.table({"brand": ["A", "B"], "image": ["a.jpg", None], "owner": [{"id": 1}, {"id": 2}]})
    parquet.write_table(table, tmp_path / "p.parquet")
    sheet = open_sheet(tmp_path / "p.parquet", ReadSettings())
    assert sheet.headers == ("brand", "image", "owner/id")
    assert numbered(sheet) == {2: ["A", "a.jpg", 1], 3: ["B", None, 2]}


def test_a_missing_column_is_named_with_the_headers_and_the_nearest(tmp_path: Path) -> None:
    path = write_workbook(
        tmp_path / "p.xlsx", {"notes": [["x"]], "posts": [["Brand", "Thumbnial", "Likes"], ["A", "a", 1]]}
    )
    error = failure(path)
    assert "p.xlsx, sheet posts" in error.message
    assert "thumbnail" in error.message
    assert "brand" not in error.message
    assert "Brand, Thumbnial, Likes" in error.hint
    assert 'thumbnail = "Thumbnial"' in error.hint


def test_a_mapping_to_a_header_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("House,Picture\nA,a.jpg\n")
    assert open_sheet(path, ReadSettings(columns={"brand": "house"})).candidates["brand"] == [[0]]
    with pytest.raises(SettingsError) as caught:
        open_sheet(path, ReadSettings(columns={"thumbnail": "Pictures"}))
    assert "Did you mean Picture?" in caught.value.hint
    with pytest.raises(SettingsError, match="brnad"):
        open_sheet(path, ReadSettings(columns={"brnad": "House"}))


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("p.xlsx", b"", "empty"),
        ("p.csv", b"", "empty"),
        ("p.csv", b"\n\n  \n", "empty"),
        ("p.json", b"[]", "no list of objects"),
        ("p.json", b"[1, 2]", "no list of objects"),
        ("p.json", b"{broken", "damaged"),
        ("p.json", b"[" * 100_000, "damaged"),
        ("p.json", b"\xff\xfe\xff", "damaged"),
        ("p.parquet", b"PAR1 nonsense", "damaged"),
        ("p.xlsx", b"PK\x03\x04 nonsense", "damaged"),
        ("p.xlsx", b"<html><table><tr><td>brand", "no column holds"),
        ("p.csv", b"\xef\xbb\xbf<!DOCTYPE html>", "web page without a table"),
        ("p.csv", b"PK\x03\x04", "damaged"),
        ("p.csv", b"\x89PNG\r\n\x1a\n", "no spreadsheet"),
        ("p.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "password"),
        ("p.pdf", b"%PDF-1.4", "not a spreadsheet"),
        ("p.docx", b"PK\x03\x04", "not a spreadsheet"),
    ],
)
def test_files_that_cannot_be_used(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    assert said in failure(path).message


def test_a_workbook_cut_short_or_damaged_inside(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "p.xlsx", {"x": [HEADERS, *ROWS * 500]})
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert "damaged" in failure(path).message
    with (
        zipfile.ZipFile(tmp_path / "q.xlsx", "w") as target,
        zipfile.ZipFile(write_workbook(path, {"x": [HEADERS]})) as book,
    ):
        for item in book.namelist():
            target.writestr(item, b"<broken" if item.endswith("sheet1.xml") else book.read(item))
    assert "damaged" in failure(tmp_path / "q.xlsx").message


def test_no_such_file(tmp_path: Path) -> None:
    (tmp_path / "posts.xlsx").write_bytes(b"x")
    assert "posts.xlsx" in failure(tmp_path / "post.xlsx").hint
    assert "no file" in failure(tmp_path / "no" / "such.csv").message
    assert failure(tmp_path / "a\0b.csv").message
