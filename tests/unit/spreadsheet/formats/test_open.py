"""Files are read by what they hold, whatever their names say; then their texts are repaired."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest
from openpyxl import Workbook

from generator.errors import SpreadsheetError
from generator.spreadsheet.formats import markup
from generator.spreadsheet.formats import open as opening
from generator.spreadsheet.formats.open import Format, open_tables
from generator.spreadsheet.formats.tables import HeaderScore, Table
from generator.spreadsheet.headers import known_fields
from generator.spreadsheet.phrases import phrase
from generator.spreadsheet.values.cells import LinkedText, cell_text

XML = """<?xml version="1.0"?>
<?mso-application progid="Excel.Sheet"?>
<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">
<Worksheet ss:Name="Côté"><Table>
<Row><Cell><Data ss:Type="String">brand</Data></Cell><Cell><Data ss:Type="String">image</Data></Cell></Row>
<Row ss:Index="4"><Cell ss:MergeDown="1"><Data ss:Type="String">A</Data></Cell>
<Cell ss:HRef="https://x.example/a.jpg"><Data ss:Type="String">see</Data></Cell>
<Cell ss:Index="4"><Data ss:Type="Number">1200</Data></Cell></Row>
<Row><Cell ss:Index="2"><Data ss:Type="String">b.jpg</Data></Cell></Row>
</Table></Worksheet></Workbook>"""
PAGE = """<html><body><p>Report</p><table><tr><th>brand<th>image<th>likes<th>caption
<tr><td rowspan="2">Côté<td><a href="https://x.example/p"><img src="https://x.example/a.jpg"></a><td>1.200<td>one<br>two
<tr><td><a href="https://x.example/b.jpg">see</a><td colspan="2">5</table></body></html>"""


def score(cells: object) -> int:
    return len(known_fields([cell_text(cell) for cell in cells], {}))  # type: ignore[attr-defined]


def open_file(path: Path, data: str | bytes) -> list[Table]:
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return open_tables(path, score)


def rows(table: Table) -> dict[int, list[object]]:
    return {number: list(cells) for number, cells in table.rows() if any(cells)}


def notices(table: Table) -> dict[str, dict[str, object]]:
    list(table.rows())
    return {notice.code: dict(notice.values) for notice in table.notices()}


def workbook(path: Path) -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for cells in (["brand", "image"], ["A", "a.jpg"]):
        sheet.append(cells)
    book.save(path)
    return path.read_bytes()


TEXT = "brand\timage\nA\ta.jpg\n"
RECORDS = json.dumps([{"brand": "A", "image": "a.jpg"}])


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("p.xls", TEXT, "text with separators"),
        ("p.xlsx", TEXT, "text with separators"),
        ("p.json", TEXT, "text with separators"),
        ("p", TEXT, "text with separators"),
        ("p.xls", TEXT.encode("utf-16"), "text with separators"),
        ("p.csv", "\ufeff\n" + RECORDS, "JSON"),
        ("p.csv", '{"data": ' + RECORDS + "}", "JSON"),
        ("p.xls", PAGE, "a web page"),
        ("p.csv", XML, "Excel's XML of 2003"),
    ],
)
def test_a_file_of_another_name_is_read_and_said(tmp_path: Path, name: str, data: str | bytes, kind: str) -> None:
    table = open_file(tmp_path / name, data)[0]
    assert next(iter(rows(table).values()))[:2] == ["brand", "image"]
    assert notices(table) == {"other_content": {"where": name, "kind": phrase(kind)}}


@pytest.mark.parametrize("name", ["p.csv", "p.json", "p.xls"])
def test_a_workbook_of_another_name(tmp_path: Path, name: str) -> None:
    table = open_file(tmp_path / name, workbook(tmp_path / "b.xlsx"))[0]
    assert rows(table) == {1: ["brand", "image"], 2: ["A", "a.jpg"]}
    assert notices(table) == {"other_content": {"where": name, "kind": phrase("an Excel workbook")}}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("p.csv", TEXT),
        ("p.tsv", TEXT),
        ("p.json", RECORDS),
        ("p.txt", TEXT),
        ("p.txt", RECORDS),
        ("p.json", f"f({RECORDS});"),
    ],
)
def test_a_clean_file_gives_no_notice(tmp_path: Path, name: str, data: str) -> None:
    assert notices(open_file(tmp_path / name, data)[0]) == {}


def test_a_table_whose_headers_are_in_brackets_is_text(tmp_path: Path) -> None:
    assert rows(open_file(tmp_path / "p.csv", "[brand],[image]\nA,a.jpg\n")[0])[2] == ["A", "a.jpg"]


@pytest.mark.parametrize(
    "start", [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0", b"GIF89a", b"%PDF-1.4", b"\x1f\x8b\x08", b"{\\rtf1"]
)
def test_what_is_no_table_is_refused(tmp_path: Path, start: bytes) -> None:
    with pytest.raises(SpreadsheetError, match="no spreadsheet"):
        open_file(tmp_path / "p.csv", start + b"brand,image\n")


def test_a_web_page_of_tables(tmp_path: Path) -> None:
    table = open_file(tmp_path / "p.html", PAGE.encode("cp1252"))[0]
    assert table.name == ""
    for _ in range(2):  # reading changes nothing
        second, third = list(rows(table).values())[1:]
        assert second == ["Côté", "https://x.example/a.jpg", "1.200", "one\ntwo"]
        assert third == ["Côté", "see", "5", "5"]
        assert isinstance(third[1], LinkedText)
        assert third[1].address == "https://x.example/b.jpg"
    both = open_file(tmp_path / "q.html", f"<table><tr><td>{PAGE}</table>{PAGE}")
    assert [table.name for table in both] == ["table 1", "table 2"]


def test_a_page_without_a_table(tmp_path: Path) -> None:
    with pytest.raises(SpreadsheetError, match="without a table"):
        open_file(tmp_path / "p.csv", "<!DOCTYPE html><html><form>Sign in</form></html>")


def test_the_xml_of_old_excel(tmp_path: Path) -> None:
    table = open_file(tmp_path / "p.xls", XML)[0]
    assert table.name == "Côté"
    assert rows(table) == {1: ["brand", "image"], 4: ["A", "see", None, 1200], 5: ["A", "b.jpg"]}
    link = rows(table)[4][1]
    assert isinstance(link, LinkedText)
    assert link.address == "https://x.example/a.jpg"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (XML.replace("<Workbook", '<!DOCTYPE Workbook [<!ENTITY e "x">]><Workbook'), "document type"),
        (XML.replace('ss:Index="4"', 'ss:Index="90000"'), "more than"),
        ("<table>" + f"<tr>{'<td colspan=9000>x' * 3}" + "</table>", "more than"),
    ],
)
def test_hostile_markup_is_refused(tmp_path: Path, data: str, said: str) -> None:
    with pytest.raises(SpreadsheetError, match=said):
        rows(open_file(tmp_path / "p.xls", data)[0])


def test_large_markup_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markup, "_MOST_BYTES", 100)
    with pytest.raises(SpreadsheetError, match="larger than"):
        open_file(tmp_path / "p.xls", PAGE)


def test_texts_decoded_wrongly_are_repaired_in_every_format(tmp_path: Path) -> None:
    wrong = {"Légende".encode().decode("latin-1"): "été 😍".encode().decode("latin-1"), "image": "a.jpg"}
    for name, data in (
        ("p.json", json.dumps([wrong])),
        ("p.csv", "\n".join(",".join(part) for part in (wrong.keys(), wrong.values())) + "\n"),
    ):
        table = open_file(tmp_path / name, data)[0]
        for _ in range(2):
            assert list(rows(table).values()) == [["Légende", "image"], ["été 😍", "a.jpg"]]
        found = notices(table)["repaired_text"]
        assert (found["where"], found["count"]) == (name, 2)
        assert "→ Légende" in str(found["examples"])


def test_an_address_is_repaired_with_its_row_alone(tmp_path: Path) -> None:
    path = "été/a.jpg".encode().decode("cp1252")
    brand = "Côté".encode().decode("cp1252")
    table = open_file(tmp_path / "p.csv", f"brand,image\n{brand},{path}\nCôté,{path}\n")[0]
    assert rows(table) == {1: ["brand", "image"], 2: ["Côté", "été/a.jpg"], 3: ["Côté", path]}
    assert notices(table)["repaired_text"]["count"] == 2


def test_doubtful_texts_are_named(tmp_path: Path) -> None:
    table = open_file(tmp_path / "p.csv", "brand,image\nROMÃ®,a.jpg\nSÃO PAULO,b.jpg\n")[0]
    assert rows(table)[2] == ["ROMÃ®", "a.jpg"]
    assert notices(table) == {"doubtful_text": {"where": "p.csv", "count": 1, "examples": "ROMÃ®"}}


def test_a_link_keeps_its_address_when_its_text_is_repaired(tmp_path: Path) -> None:
    page = f'<meta charset=utf-8><table><tr><td>image<tr><td><a href="u">{"été".encode().decode("latin-1")}</a></table>'
    cell = list(rows(open_file(tmp_path / "p.html", page)[0]).values())[1][0]
    assert isinstance(cell, LinkedText)
    assert (str(cell), cell.address) == ("été", "u")


@pytest.mark.parametrize(("name", "way"), [("p.numbers", "Export To"), ("p.csv.gz", "Unpack"), ("p.rar", "Unpack")])
def test_other_formats_say_the_way_on(tmp_path: Path, name: str, way: str) -> None:
    (tmp_path / name).write_bytes(b"PK\x03\x04")
    with pytest.raises(SpreadsheetError) as caught:
        open_tables(tmp_path / name, len)
    assert way in caught.value.hint


def test_missing_memory_is_no_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(path: Path, score: HeaderScore) -> list[Table]:
        raise OSError(errno.ENOMEM, "Cannot allocate memory")

    (tmp_path / "p.csv").write_text("Brand,Image\nDior,a.jpg\n")
    monkeypatch.setattr(opening, "_choose_format", lambda path, start: Format("x", (".csv",), bool, fail))
    with pytest.raises(MemoryError):
        open_tables(tmp_path / "p.csv", len)


@pytest.mark.parametrize("text", ["null", " true\n", "12.5", '"abc"', '"a\\"b"', "[1, 2]"])
def test_json_without_objects_is_said_to_have_none(tmp_path: Path, text: str) -> None:
    path = tmp_path / "posts.json"
    path.write_text(text)
    with pytest.raises(SpreadsheetError, match="holds no list of objects"):
        open_tables(path, score)
