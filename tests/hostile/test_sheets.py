"""Spreadsheets made to harm: they end in a clear message or in the ledger, within bounds of memory and time."""

from __future__ import annotations

import io
import json
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook

from generator.cli import main
from generator.errors import SpreadsheetError
from generator.settings import ReadSettings
from generator.spreadsheet import reader
from generator.spreadsheet.formats import open as open_module
from generator.spreadsheet.formats import workbooks
from generator.spreadsheet.posts import PostTable
from generator.spreadsheet.reader import read_apart, read_posts
from generator.spreadsheet.sources import find_inputs

ROWS = [["brand", "thumbnail", "caption"], ["A", "a.jpg", "one"], ["B", "b.jpg", "two"]]
SHEET, TEXTS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"


def _write(
    path: Path, rows: list[list[object]] | None = None, prepare: Callable[[Workbook], None] | None = None
) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows or ROWS:
        sheet.append(row)
    if prepare is not None:
        prepare(book)
    book.save(path)
    return path


def _replace(path: Path, part: str, change: Callable[[bytes], bytes]) -> Path:
    """The workbook with one of its parts changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts.get(part, b""))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def _read(path: Path) -> PostTable:
    return read_apart(find_inputs([path]), ReadSettings())


def _refusal(path: Path, within: float = 600) -> str:
    start = time.monotonic()
    with pytest.raises(SpreadsheetError) as caught:
        _read(path)
    assert time.monotonic() - start < within  # what is read without end takes hours
    assert caught.value.hint
    return caught.value.message


def test_a_sound_workbook_is_read_apart_as_here(tmp_path: Path) -> None:
    path = _write(tmp_path / "posts.xlsx")
    assert _read(path) == read_posts(find_inputs([path]), ReadSettings())


@pytest.mark.parametrize("part", [TEXTS, "xl/styles.xml", "docProps/core.xml"])
def test_a_zip_bomb_is_told_by_what_it_claims(tmp_path: Path, part: str) -> None:
    path = _write(tmp_path / "posts.xlsx")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open(f"deep/{part}", "w") as bomb:
        for _ in range(260 if part == TEXTS else 60):
            bomb.write(bytes(1_000_000))
    assert path.stat().st_size < 400_000
    assert "unpacked, more than" in _refusal(path)


def test_a_sheet_of_blanks_is_not_gone_through(tmp_path: Path) -> None:
    path = _write(tmp_path / "posts.xlsx")
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/worksheets/b.xml", "w") as bomb:
        for _ in range(201):
            bomb.write(b" " * 1_000_000)
    assert "times its size" in _refusal(path, within=60)


def test_no_more_is_unpacked_than_is_claimed(tmp_path: Path) -> None:
    """A directory that lies about sizes is a damaged file."""
    path = _replace(_write(tmp_path / "posts.xlsx"), TEXTS, lambda data: data + b"<!--" + bytes(9_000_000) + b"-->")
    data = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo(TEXTS).file_size
    path.write_bytes(data.replace(size.to_bytes(4, "little"), (500).to_bytes(4, "little")))
    assert "damaged" in _refusal(path)


@pytest.mark.parametrize("part", [SHEET, TEXTS, "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"])
def test_entities_are_not_expanded(tmp_path: Path, part: str) -> None:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "ha" * 50}">' for n in range(10))

    def bomb(data: bytes) -> bytes:
        text = data.decode() or '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
        start = text.index("?>") + 2 if text.startswith("<?xml") else 0
        name = text[start:].split("<", 1)[1].split()[0].rstrip("/>")
        return (text[:start] + f"<!-- x --><!DOCTYPE {name} [{levels}]>" + text[start:]).encode()

    assert "document type" in _refusal(_replace(_write(tmp_path / "posts.xlsx"), part, bomb))


def test_an_entity_in_utf_16_is_seen_too(tmp_path: Path) -> None:
    def bomb(data: bytes) -> bytes:
        text = data.decode().split("?>", 1)[-1]
        return f'<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE worksheet [<!ENTITY e "x">]>{text}'.encode("utf-16")

    assert "document type" in _refusal(_replace(_write(tmp_path / "posts.xlsx"), SHEET, bomb))


def test_hundreds_of_thousands_of_empty_rows_are_passed_over(tmp_path: Path) -> None:
    empty = b"".join(b'<row r="%d"/>' % row for row in range(4, 300_000))
    last = b'<row r="300000"><c r="A300000" t="inlineStr"><is><t>C</t></is></c>'
    last += b'<c r="B300000" t="inlineStr"><is><t>c.jpg</t></is></c></row>'
    path = _replace(
        _write(tmp_path / "posts.xlsx"),
        SHEET,
        lambda data: data.replace(b"</sheetData>", empty + last + b"</sheetData>"),
    )
    start = time.monotonic()
    table = _read(path)
    assert [post.row for post in table.posts] == [2, 3, 300_000]
    assert time.monotonic() - start < 600


def test_a_row_beyond_the_last_is_no_row(tmp_path: Path) -> None:
    far = b'<row r="9000000000"><c r="A9000000000"><v>1</v></c></row></sheetData>'
    path = _replace(_write(tmp_path / "posts.xlsx"), SHEET, lambda data: data.replace(b"</sheetData>", far))
    assert "more rows" in _refusal(path)


@pytest.mark.parametrize("reference", ["ZZZZZZZZ2", "A-2", "2A", "", "XFE2"])
def test_a_cell_outside_any_sheet_costs_no_memory(tmp_path: Path, reference: str) -> None:
    odd = b'<row r="5"><c r="%s"><v>1</v></c></row></sheetData>' % reference.encode()
    path = _replace(_write(tmp_path / "posts.xlsx"), SHEET, lambda data: data.replace(b"</sheetData>", odd))
    try:
        assert len(_read(path).posts) == 2
    except SpreadsheetError as error:
        assert "damaged" in error.message or "columns" in error.message


def test_wide_rows_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(open_module, "_MOST_CELLS", 100_000)
    wide = b"".join(b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (row, row) for row in range(4, 40))
    path = _replace(
        _write(tmp_path / "posts.xlsx"), SHEET, lambda data: data.replace(b"</sheetData>", wide + b"</sheetData>")
    )
    with pytest.raises(SpreadsheetError, match="more than 100,000 cells"):
        read_posts(find_inputs([path]), ReadSettings())


@pytest.mark.parametrize(
    "merged",
    [
        b'<mergeCell ref="A1:XFD1048576"/>' * 50_000,
        b"<mergeCell " * 400_000,
        b"<" + b"m" * 3_000_000,
        b'<mergeCell ref="' + b"A" * 2_000_000 + b'1:B2"/>',
    ],
)
def test_a_flood_of_merged_cells_is_read_in_time(tmp_path: Path, merged: bytes) -> None:
    path = _replace(
        _write(tmp_path / "posts.xlsx"),
        SHEET,
        lambda data: data.replace(b"</worksheet>", b"<!--" + merged + b"--></worksheet>"),
    )
    start = time.monotonic()
    assert len(_read(path).posts) == 2
    assert time.monotonic() - start < 600


def test_too_much_memory_is_a_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cells hold more than the reader may."""
    monkeypatch.setattr(reader, "_MEMORY", 200_000_000)
    path = tmp_path / "posts.csv"
    with path.open("w") as file:
        file.write("brand,thumbnail,caption\n")
        file.writelines(f"A,{n}.jpg,{'x' * 32_000}\n" for n in range(7_000))
    assert "takes more than 200.0 MB of memory" in _refusal(path)


def test_formulas_are_never_worked_out(tmp_path: Path) -> None:
    rows = [
        ROWS[0],
        ["A", "a.jpg", '=WEBSERVICE("http://example.com/")'],
        ['="B"', "b.jpg", "x"],
        ["C", "c.jpg", "three"],
    ]
    table = _read(_write(tmp_path / "posts.xlsx", rows))  # type: ignore[arg-type]
    assert [(post.brand, post.caption) for post in table.posts] == [("A", ""), ("C", "three")]
    assert [(refusal.row, refusal.reason) for refusal in table.refusals] == [(3, "no_brand")]


def test_external_links_are_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def link(book: Workbook) -> None:
        sheet = book.active
        assert sheet is not None
        sheet["C2"].hyperlink = "file:///etc/passwd"
        sheet["D1"] = "='[http://example.com/other.xlsx]Sheet1'!A1"

    path = _write(tmp_path / "posts.xlsx", prepare=link)
    monkeypatch.setattr("socket.socket.connect", lambda *a: pytest.fail("asked the network"))
    assert read_posts(find_inputs([path]), ReadSettings()).posts[0].caption == "one"


@pytest.mark.parametrize(
    "text",
    [
        '{"data": ' + "[" * 100_000,
        "[" + ",".join(f'{{"field{n}": 1}}' for n in range(7_000)) + "]",
        '{"a": ' * 50_000,
    ],
)
def test_objects_made_to_harm(tmp_path: Path, text: str) -> None:
    path = tmp_path / "posts.json"
    path.write_text(text)
    assert "posts.json" in _refusal(path)


def test_a_number_of_many_digits_costs_its_value_alone(tmp_path: Path) -> None:
    path = tmp_path / "posts.json"
    path.write_text('[{"brand": "A", "thumbnail": "a.jpg", "likes": ' + "9" * 50_000 + "}]")
    assert [post.likes for post in read_posts(find_inputs([path]), ReadSettings()).posts] == [None]


def test_odd_text_in_cells(tmp_path: Path) -> None:
    brands = [
        "x" * 10_000,
        "a\x00b",
        "\u202eevil\u202c",
        "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
        "A",
    ]
    path = tmp_path / "posts.json"
    path.write_text(
        json.dumps([{"brand": brand, "thumbnail": f"{n}.jpg", "caption": brand * 3} for n, brand in enumerate(brands)])
    )
    table = _read(path)
    assert len(table.posts) + len(table.refusals) == len(brands)
    for post in table.posts:
        assert "\x00" not in post.brand + post.caption and not {"\u202e", "\u202c"} & set(post.brand)


def test_duplicate_headers_and_a_file_of_another_kind(tmp_path: Path) -> None:
    path = _write(tmp_path / "posts.xlsx", [["brand", "brand", "thumbnail"], ["A", "Z", "a.jpg"], ["", "B", "b.jpg"]])
    assert [post.brand for post in _read(path).posts] == ["A", "B"]
    disguised = tmp_path / "posts.csv"
    disguised.write_bytes(path.read_bytes())
    assert [post.brand for post in _read(disguised).posts] == ["A", "B"]
    encrypted = tmp_path / "locked.xlsx"
    encrypted.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(4096))
    assert "password" in _refusal(encrypted)


def test_every_cut_of_a_workbook_is_a_message(tmp_path: Path) -> None:
    data = _write(tmp_path / "whole.xlsx").read_bytes()
    path = tmp_path / "posts.xlsx"
    for length in range(4, len(data) - 1, 97):
        path.write_bytes(data[:length])
        with pytest.raises(SpreadsheetError):
            read_posts(find_inputs([path]), ReadSettings())


def test_a_flipped_byte_of_a_workbook_is_a_message_or_a_table(tmp_path: Path) -> None:
    data = bytearray(_write(tmp_path / "whole.xlsx").read_bytes())
    path = tmp_path / "posts.xlsx"
    for place in range(0, len(data), 53):
        damaged = bytearray(data)
        damaged[place] ^= 0xFF
        path.write_bytes(damaged)
        try:
            read_posts(find_inputs([path]), ReadSettings())
        except SpreadsheetError:
            continue


def test_prologs_without_a_document_type_pass() -> None:
    for text in (b"", b"<a/>", b"<?xml version='1.0'?><!-- <!DOCTYPE a> --><a/>", b"not xml at all"):
        workbooks.refuse_entities(io.BytesIO(text))


def test_names_of_sheets_and_headers_give_a_terminal_no_orders(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def rename(book: Workbook) -> None:
        book.worksheets[0].title = "\x9b31m sheet \x85"

    path = _write(tmp_path / "posts.xlsx", [["\x9b2Jhouse", "pic\x9b1A"], ["A", "a.jpg"]], rename)
    monkeypatch.setattr("sys.argv", ["brandscape", "check", str(path)])
    with pytest.raises(SystemExit):
        main()
    said = capfd.readouterr().err
    assert "sheet" in said and "house" in said
    assert not any((ord(character) < 32 and character != "\n") or 127 <= ord(character) < 160 for character in said)
