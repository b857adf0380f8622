"""Workbooks of other programs and years: .ods, .xls and .xlsb."""

from __future__ import annotations

import io
import struct
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
import xlwt
from PIL import Image

from generator.errors import SpreadsheetError
from generator.spreadsheet.formats.open import open_tables
from generator.spreadsheet.formats.tables import Table
from generator.spreadsheet.values.cells import LinkedText
from tests.support.binary_workbook import BinarySheet, write_binary_workbook

HEAD = (
    "<?xml version='1.0'?><office:document-content xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0' "
    "xmlns:table='urn:oasis:names:tc:opendocument:xmlns:table:1.0' "
    "xmlns:text='urn:oasis:names:tc:opendocument:xmlns:text:1.0' "
    "xmlns:draw='urn:oasis:names:tc:opendocument:xmlns:drawing:1.0' xmlns:xlink='http://www.w3.org/1999/xlink'>"
    "<office:body><office:spreadsheet><table:table table:name='Posts'>"
)
TAIL = "</table:table></office:spreadsheet></office:body></office:document-content>"


def cell(text: str, extra: str = "") -> str:
    return f"<table:table-cell office:value-type='string' {extra}><text:p>{text}</text:p></table:table-cell>"


def row(*cells: str, extra: str = "") -> str:
    return f"<table:table-row {extra}>{''.join(cells)}</table:table-row>"


def write_ods(path: Path, *rows: str, head: str = HEAD) -> Path:
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("mimetype"), kind)
        archive.writestr("content.xml", head + row(cell("Brand"), cell("Image")) + "".join(rows) + TAIL)
        archive.writestr(
            "META-INF/manifest.xml",
            "<manifest:manifest xmlns:manifest='urn:oasis:names:tc:opendocument:xmlns:manifest:1.0'>"
            f"<manifest:file-entry manifest:full-path='/' manifest:media-type='{kind}'/></manifest:manifest>",
        )
    return path


def open_first(path: Path) -> Table:
    return open_tables(path, lambda cells: 0)[0]


def addresses(table: Table) -> dict[tuple[int, int], str]:
    return {
        (number, column): value.address
        for number, cells in table.rows()
        for column, value in enumerate(cells)
        if isinstance(value, LinkedText)
    }


def test_an_ods_with_links_pictures_hidden_and_merged_rows(tmp_path: Path) -> None:
    link = "<text:a xlink:href='https://a.test/1.jpg'>View</text:a>"
    frame = "<draw:frame><draw:image xlink:href='Pictures/1.png'/></draw:frame>"
    path = write_ods(
        tmp_path / "p.ods",
        row(cell("A", "table:number-rows-spanned='2'"), cell(link)),
        row("<table:covered-table-cell/>", cell("b.jpg"), extra="table:visibility='filter'"),
        row(cell("B"), f"<table:table-cell>{frame}{frame.replace('1.png', '2.png')}</table:table-cell>"),
        row(cell("B"), cell("x", 'table:formula=\'of:=HYPERLINK("https://a.test/4.jpg";"x")\'')),
        row("<table:table-cell table:number-columns-repeated='16384'/>", extra="table:number-rows-repeated='1048000'"),
    )
    table = open_first(path)
    rows = {number: list(cells) for number, cells in table.rows()}
    assert rows[2] == ["A", "View"] and rows[3] == ["A", "b.jpg"]
    assert addresses(table) == {
        (2, 1): "https://a.test/1.jpg",
        (4, 1): "#Pictures/1.png\n#Pictures/2.png",
        (5, 1): "https://a.test/4.jpg",
    }
    assert table.hidden_rows() == {3} and table.pictures() == (1,) and not table.notices()


def test_an_ods_gives_dates_and_whole_numbers(tmp_path: Path) -> None:
    day = "<table:table-cell office:value-type='date' office:date-value='2025-03-01T10:20:00'/>"
    number = "<table:table-cell office:value-type='float' office:value='1200'/>"
    (_, values) = list(open_first(write_ods(tmp_path / "p.ods", row(cell("A"), day, number))).rows())[1]
    assert list(values) == ["A", datetime(2025, 3, 1, 10, 20), 1200]


def test_an_ods_made_to_harm(tmp_path: Path) -> None:
    entity = HEAD.replace("<office:document-content", "<!DOCTYPE x [<!ENTITY e 'x'>]><office:document-content", 1)
    with pytest.raises(SpreadsheetError, match="document type"):
        open_first(write_ods(tmp_path / "p.ods", head=entity))
    with pytest.raises(SpreadsheetError, match="more than 100"):
        open_first(write_ods(tmp_path / "p.ods", " " * 101_000_000))
    flood = row(cell("<text:a xlink:href='https://a.test'>x</text:a>"), extra="table:number-rows-repeated='100000'")
    assert len(addresses(open_first(write_ods(tmp_path / "p.ods", flood)))) == 100


def write_xls(path: Path) -> Path:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Posts")
    day = xlwt.easyxf(num_format_str="DD/MM/YYYY")
    for column, name in enumerate(["Brand", "Image", "Date", "Likes"]):
        sheet.write(0, column, name)
    for number in (1, 2, 3):
        sheet.write(number, 1, f"{number}.jpg")
        sheet.write(number, 2, date(2025, 3, number), day)
        sheet.write(number, 3, 1200 + number)
    sheet.write_merge(1, 3, 0, 0, "Côté")
    sheet.row(2).hidden = True
    book.add_sheet("Hidden").visibility = 1
    book.save(str(path))
    return path


def test_an_old_workbook(tmp_path: Path) -> None:
    tables = open_tables(write_xls(tmp_path / "p.xls"), lambda cells: 0)
    assert [(table.name, table.hidden) for table in tables] == [("Posts", False), ("Hidden", True)]
    rows = [list(cells) for _, cells in tables[0].rows()]
    assert rows[1] == ["Côté", "1.jpg", datetime(2025, 3, 1), 1201] and rows[3][0] == "Côté"
    assert tables[0].hidden_rows() == {3} and not tables[0].days_from_1904 and not tables[0].notices()


def link_record(row: int, column: int, address: str) -> bytes:
    """Return a link behind a cell, which xlwt cannot write ([MS-XLS], 2.4.140; [MS-OSHARED], 2.3.7)."""
    text = address.encode("utf-16-le") + b"\0\0"
    moniker = bytes.fromhex("E0C9EA79F9BACE118C8200AA004BA90B") + struct.pack("<I", len(text)) + text
    area = struct.pack("<4H", row, row, column, column) + bytes.fromhex("D0C9EA79F9BACE118C8200AA004BA90B")
    content = area + struct.pack("<2I", 2, 3) + moniker
    return struct.pack("<2H", 0x1B8, len(content)) + content


def test_links_in_an_old_workbook(tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("Posts")
    for row, cells in enumerate([["Brand", "Image"], ["A", "View"], ["B", "View"], ["C", "c.jpg"]]):
        for column, value in enumerate(cells):
            sheet.write(row, column, value)
    # the last record ends the sheet
    data = sheet.get_biff_data()
    links = link_record(1, 1, "https://a.test/1.jpg") + link_record(2, 1, "https://a.test/2.jpg")
    sheet.get_biff_data = lambda: data[:-4] + links + data[-4:]
    book.save(str(tmp_path / "p.xls"))
    table = open_first(tmp_path / "p.xls")
    assert addresses(table) == {(2, 1): "https://a.test/1.jpg", (3, 1): "https://a.test/2.jpg"}
    assert [cells[1] for _, cells in table.rows()] == ["Image", "View", "View", "c.jpg"]


BINARY = BinarySheet(
    "Posts",
    [["Brand", "Image", "Likes"], ["A", "View", 12], [None, "b.jpg", 3.5], ["B", None, 45992]],
    hidden_rows=frozenset({2}),
    merged=[(1, 2, 0, 0)],
    links={(1, 1): "https://a.test/1.jpg"},
    pictures={(3, 1): "1.png", (4, 1): "2.png"},
)


def test_a_binary_workbook(tmp_path: Path) -> None:
    sheets = [BINARY, BinarySheet("Été", [["x"]], is_hidden=True)]
    path = write_binary_workbook(tmp_path / "p.xlsb", sheets, {"1.png": b"", "2.png": b""}, from_1904=True)
    tables = open_tables(path, lambda cells: 0)
    assert [(table.name, table.hidden) for table in tables] == [("Posts", False), ("Été", True)]
    assert [list(cells) for _, cells in tables[0].rows()][:3] == [
        ["Brand", "Image", "Likes"],
        ["A", "View", 12],
        ["A", "b.jpg", 3.5],
    ]
    assert addresses(tables[0]) == {
        (2, 1): "https://a.test/1.jpg",
        (4, 1): "#xl/media/1.png",
        (5, 1): "#xl/media/2.png",
    }
    assert tables[0].hidden_rows() == {3} and tables[0].pictures() == (1,) and tables[0].days_from_1904
    assert not tables[0].notices() and not tables[1].hidden_rows()


def test_cells_far_apart_are_refused_before_they_take_all_memory(tmp_path: Path) -> None:
    far = row("<table:table-cell table:number-columns-repeated='16000'/>" + cell("x"))
    blank = row("<table:table-cell/>", extra="table:number-rows-repeated='1048000'")
    binary = BinarySheet("P", [["Brand"], *[[]] * 2000, [*[None] * 16_000, "x"]])
    for path in (
        write_ods(tmp_path / "p.ods", blank, far),
        write_binary_workbook(tmp_path / "p.xlsb", [binary]),
    ):
        with pytest.raises(SpreadsheetError, match="spread over"):
            list(open_first(path).rows())


def test_flipped_bytes_of_a_binary_sheet_are_a_message_or_a_table(tmp_path: Path) -> None:
    path = write_binary_workbook(tmp_path / "whole.xlsb", [BINARY], {"1.png": b""})
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    for part in ("xl/worksheets/sheet1.bin", "xl/workbook.bin"):
        for place in range(len(parts[part])):
            flipped = bytearray(parts[part])
            flipped[place] ^= 0xFF
            with zipfile.ZipFile(tmp_path / "p.xlsb", "w") as package:
                for name, data in parts.items():
                    package.writestr(name, bytes(flipped) if name == part else data)
            try:
                for table in open_tables(tmp_path / "p.xlsb", lambda cells: 0):
                    list(table.rows())
                    table.hidden_rows()
            except SpreadsheetError:
                continue


def test_pictures_in_an_old_workbook_are_told(tmp_path: Path) -> None:
    path = write_xls(tmp_path / "p.xls")
    data = io.BytesIO()
    Image.new("RGB", (9, 9)).save(data, "PNG")
    path.write_bytes(path.read_bytes() + data.getvalue())
    assert [notice.code for notice in open_first(path).notices()] == ["unread_pictures"]


@pytest.mark.parametrize("name", ["p.xls", "p.xlsx"])
def test_a_protected_workbook_says_so(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"))
    with pytest.raises(SpreadsheetError, match="password") as caught:
        open_first(path)
    assert "remove the password" in caught.value.hint


def test_flipped_bytes_of_an_old_workbook_are_a_message_or_a_table(tmp_path: Path) -> None:
    data = write_xls(tmp_path / "whole.xls").read_bytes()
    path = tmp_path / "p.xls"
    for place in range(0, len(data), 71):
        flipped = bytearray(data)
        flipped[place] ^= 0xFF
        path.write_bytes(flipped)
        try:
            for table in open_tables(path, lambda cells: 0):
                list(table.rows())
        except SpreadsheetError:
            continue


def test_without_the_extra_the_message_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import importlib

    real = importlib.import_module

    def refuse(name: str, *rest: object) -> object:
        if name in ("xlrd", "python_calamine"):
            raise ImportError(name)
        return real(name)

    monkeypatch.setattr("importlib.import_module", refuse)
    for path in (write_xls(tmp_path / "p.xls"), write_ods(tmp_path / "p.ods")):
        with pytest.raises(SpreadsheetError) as caught:
            open_first(path)
        assert "brandscape[sheets]" in caught.value.hint
