"""What workbooks hold besides values: links, pictures, formulas, hidden rows, and the strict form."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter
from openpyxl import Workbook
from openpyxl.drawing.image import Image as SheetImage
from openpyxl.drawing.spreadsheet_drawing import AbsoluteAnchor, AnchorMarker, OneCellAnchor, TwoCellAnchor
from openpyxl.drawing.xdr import XDRPoint2D, XDRPositiveSize2D
from openpyxl.utils.datetime import MAC_EPOCH
from openpyxl.worksheet.worksheet import Worksheet
from PIL import Image

from generator.spreadsheet.formats.tables import Table
from generator.spreadsheet.formats.workbook_survey import read_range, survey_sheet
from generator.spreadsheet.formats.workbooks import read_workbook
from generator.spreadsheet.values.cells import Cell, LinkedText

SHEET = "xl/worksheets/sheet1.xml"
POINT = 12_700


def picture(colour: str) -> io.BytesIO:
    data = io.BytesIO()
    Image.new("RGB", (30, 30), colour).save(data, "PNG")
    return data


def write(path: Path, fill: Callable[[Worksheet], None], headers: bool = True) -> Path:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    if headers:
        sheet.append(["Brand", "Image", "Likes"])
    fill(sheet)
    book.save(path)
    return path


def change(path: Path, part: str, edit: Callable[[bytes], bytes]) -> Path:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = edit(parts[part])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def first(path: Path) -> Table:
    return read_workbook(path)[0]


def addresses(table: Table) -> dict[tuple[int, int], str]:
    return {
        (number, column): cell.address
        for number, cells in table.rows()
        for column, cell in enumerate(cells)
        if isinstance(cell, LinkedText)
    }


def values(table: Table) -> dict[int, list[Cell]]:
    return {number: list(cells) for number, cells in table.rows()}


def test_links_behind_texts_are_kept_with_them(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["A", "View", 5])
        sheet.append(["A", "View", 6])
        sheet.append(["A", "Here", 7])
        sheet["B2"].hyperlink = "https://a.test/1.jpg?x=1&y=2"
        sheet["B3"].hyperlink = "https://a.test/2.jpg"
        sheet["B4"].hyperlink = "#Other!A1"  # a place in the workbook
        sheet["C2"].hyperlink = "https://a.test/page"  # a number stays one

    table = first(write(tmp_path / "p.xlsx", fill))
    assert values(table)[2] == ["A", "View", 5]
    assert addresses(table) == {(2, 1): "https://a.test/1.jpg?x=1&y=2", (3, 1): "https://a.test/2.jpg"}


def test_a_link_of_a_range_and_a_place_in_its_target(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["A", "View", 5])
        sheet.append(["A", "View", 5])
        sheet["B2"].hyperlink = "https://a.test/page"

    path = change(
        write(tmp_path / "p.xlsx", fill), SHEET, lambda data: data.replace(b'ref="B2"', b'ref="B2:B3" location="third"')
    )
    assert set(addresses(first(path)).values()) == {"https://a.test/page#third"}
    assert addresses(first(path)).keys() == {(2, 1), (3, 1)}


@pytest.mark.parametrize(
    ("formula", "stored", "address"),
    [
        ('_xlfn.IMAGE("https://a.test/1.jpg")', "#VALUE!", "https://a.test/1.jpg"),
        ('_xlfn.IMAGE("https://a.test/1.jpg?a=1&amp;b=2", "alt", 1)', "#NAME?", "https://a.test/1.jpg?a=1&b=2"),
        ('HYPERLINK("https://a.test/1.jpg","View")', "View", "https://a.test/1.jpg"),
        ('IFERROR(__xludf.DUMMYFUNCTION("IMAGE(""https://a.test/1.jpg"")"),"")', "", "https://a.test/1.jpg"),
        ('HYPERLINK("https://a.test/page",_xlfn.IMAGE("https://a.test/1.jpg"))', "#VALUE!", "https://a.test/1.jpg"),
    ],
)
def test_a_literal_address_in_a_formula(tmp_path: Path, formula: str, stored: str, address: str) -> None:
    def edit(data: bytes) -> bytes:
        kind = "e" if stored.startswith("#") else "str"
        cell = f'<c r="B2" t="{kind}"><f>{formula.replace(chr(34), "&quot;")}</f><v>{stored}</v></c>'
        return _put(data, "B2", cell)

    path = change(write(tmp_path / "p.xlsx", lambda sheet: sheet.append(["A", "x", 5])), SHEET, edit)
    assert addresses(first(path)) == {(2, 1): address}
    assert not first(path).notices()


def _put(data: bytes, place: str, cell: str) -> bytes:
    """The XML of a sheet with another cell at a place."""
    start = data.index(f'<c r="{place}"'.encode())
    end = data.index(b"</c>", start) + 4
    return data[:start] + cell.encode() + data[end:]


@pytest.mark.parametrize(
    "formula", ['IMAGE("https://a.test/"&amp;A2)', "IMAGE(A2)", 'IF(A2="A",IMAGE("https://a"),IMAGE("https://b"))']
)
def test_formulas_that_would_have_to_be_worked_out_are_told(tmp_path: Path, formula: str) -> None:
    cell = f'<c r="B2" t="e"><f>{formula}</f><v>#VALUE!</v></c>'
    path = change(
        write(tmp_path / "p.xlsx", lambda sheet: sheet.append(["A", "x", 5])),
        SHEET,
        lambda data: _put(data, "B2", cell),
    )
    table = first(path)
    assert addresses(table) == {} and values(table)[2] == ["A", None, 5]
    (notice,) = table.notices()
    assert notice.code == "unworked_formulas" and "B2 =I" in notice.text


def test_a_formula_without_its_value_is_told_and_one_with_it_is_not(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["A", "a.jpg", "=1+2"])

    path = write(tmp_path / "p.xlsx", fill)
    assert [notice.values["count"] for notice in first(path).notices()] == [1]
    worked = change(
        path,
        SHEET,
        lambda data: data.replace(b"<v></v>", b"<v>3</v>").replace(b"<v />", b"<v>3</v>").replace(b"<v/>", b"<v>3</v>"),
    )
    assert first(worked).notices() == () and values(first(worked))[2] == ["A", "a.jpg", 3]


def test_shared_formulas_that_name_one_address(tmp_path: Path) -> None:
    def edit(data: bytes) -> bytes:
        data = _put(
            data,
            "B2",
            '<c r="B2" t="str"><f t="shared" ref="B2:B3" si="0">HYPERLINK("https://a.test/1","x")</f><v>x</v></c>',
        )
        return _put(data, "B3", '<c r="B3" t="str"><f t="shared" si="0"/><v>x</v></c>')

    path = write(tmp_path / "p.xlsx", lambda sheet: [sheet.append(["A", "x", 5]) for _ in range(2)] and None)
    assert set(addresses(first(change(path, SHEET, edit)))) == {(2, 1), (3, 1)}


def test_pictures_pasted_over_cells(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        for row in range(2, 6):
            sheet.append(["A", None, row])
            sheet.row_dimensions[row].height = 90
        size = XDRPositiveSize2D(40 * POINT, 80 * POINT)
        for row, anchor in (
            (2, OneCellAnchor(_from=AnchorMarker(col=1, row=1), ext=size)),
            # it begins at the end of row 2 and lies over row 3
            (3, OneCellAnchor(_from=AnchorMarker(col=1, row=1, rowOff=85 * POINT), ext=size)),
            (4, TwoCellAnchor(_from=AnchorMarker(col=1, row=3), to=AnchorMarker(col=2, row=4))),
            (5, AbsoluteAnchor(pos=XDRPoint2D(50 * POINT, (15 + 3 * 90 + 4) * POINT), ext=size)),
        ):
            image = SheetImage(picture(("red", "green", "blue", "black")[row - 2]))
            image.anchor = anchor
            sheet.add_image(image)

    table = first(write(tmp_path / "p.xlsx", fill))
    found = addresses(table)
    assert set(found) == {(2, 1), (3, 1), (4, 1), (5, 1)}
    assert len(set(found.values())) == 4 and all(text.startswith("#xl/media/image") for text in found.values())
    assert table.pictures() == (1,)


def test_two_pictures_in_a_cell_and_one_below_the_last_row(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["A", "both", 5])
        for place, colour in (("B2", "red"), ("B2", "green"), ("C9", "blue")):
            sheet.add_image(SheetImage(picture(colour)), place)

    table = first(write(tmp_path / "p.xlsx", fill))
    found = addresses(table)
    assert len(found[2, 1].split("\n")) == 2 and (9, 2) in found
    assert values(table)[2][1] == "both" and table.pictures() == (1, 2)


def test_a_picture_larger_than_its_row_belongs_to_the_row_where_it_begins(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        for row in (2, 3, 4):
            sheet.append(["A", None, row])
            image = SheetImage(picture("red"))
            image.width = image.height = 300
            sheet.add_image(image, f"B{row}")

    assert set(addresses(first(write(tmp_path / "p.xlsx", fill)))) == {(2, 1), (3, 1), (4, 1)}


def test_a_picture_over_a_merged_cell_is_in_its_first_row_and_the_others_are_blank(tmp_path: Path) -> None:
    path = tmp_path / "p.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Brand", "Image", "Likes"])
        for top in (1, 4):
            for column, text in enumerate(("A", "", str(top))):
                sheet.merge_range(top, column, top + 2, column, text)
            sheet.insert_image(top, 1, "x.png", {"image_data": picture("red"), "y_offset": 25})
        sheet.write(6, 3, "a note")  # of the row's own
    table = first(path)
    assert addresses(table).keys() == {(2, 1), (5, 1), (7, 1)}
    assert [row for row, cells in values(table).items() if cells] == [1, 2, 5, 7]


def test_pictures_in_one_group_lie_over_their_own_rows(tmp_path: Path) -> None:
    path = tmp_path / "p.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Brand", "Image"])
        for row, colour in enumerate(("red", "green", "blue"), 1):
            sheet.set_row(row, 60)
            sheet.write(row, 0, "A")
            sheet.insert_image(row, 1, "x.png", {"image_data": picture(colour)})

    def group(data: bytes) -> bytes:
        pictures = re.findall(rb"<xdr:pic>.*?</xdr:pic>", data, re.DOTALL)
        places = [
            re.sub(rb'<a:off x="\d+" y="\d+"/>', b'<a:off x="10" y="%d"/>' % (10 + row * 100), one)
            for row, one in enumerate(pictures)
        ]
        places = [re.sub(rb'<a:ext cx="\d+" cy="\d+"/>', b'<a:ext cx="50" cy="50"/>', one) for one in places]
        box = (
            b'<a:off x="%d" y="%d"/><a:ext cx="300000" cy="%d"/><a:chOff x="10" y="10"/><a:chExt cx="50" cy="250"/>'
            % (64 * 9525, 15 * POINT, 170 * POINT)
        )
        head, tail = data[: data.index(b"<xdr:from>")], b"<xdr:clientData/></xdr:twoCellAnchor></xdr:wsDr>"
        corner = b"<xdr:%s><xdr:col>1</xdr:col><xdr:row>%d</xdr:row></xdr:%s>"
        corners = corner % (b"from", 1, b"from") + corner % (b"to", 4, b"to")
        inner = b"".join(places[:1]) + b"<xdr:grpSp><xdr:grpSpPr><a:xfrm>%s</a:xfrm></xdr:grpSpPr>%s</xdr:grpSp>" % (
            b'<a:off x="10" y="110"/><a:ext cx="50" cy="150"/><a:chOff x="10" y="110"/><a:chExt cx="50" cy="150"/>',
            b"".join(places[1:]),
        )
        return (
            head
            + corners
            + b"<xdr:grpSp><xdr:grpSpPr><a:xfrm>"
            + box
            + b"</a:xfrm></xdr:grpSpPr>"
            + inner
            + b"</xdr:grpSp>"
            + tail
        )

    found = addresses(first(change(path, "xl/drawings/drawing1.xml", group)))
    assert found == {(row + 1, 1): f"#xl/media/image{row}.png" for row in (1, 2, 3)}
    # sizes that say nothing leave the pictures where the group begins
    flat = change(path, "xl/drawings/drawing1.xml", lambda data: data.replace(b'cy="250"', b'cy="0"'))
    assert set(addresses(first(flat))) == {(2, 1)}


def test_pictures_in_cells(tmp_path: Path) -> None:
    """As Excel places them in a cell: rich values, whose stored value is an error."""
    path = tmp_path / "p.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Brand", "Image"])
        for row, colour in enumerate(("red", "green"), 1):
            sheet.write(row, 0, "A")
            sheet.embed_image(row, 1, f"{colour}.png", {"image_data": picture(colour)})
    table = first(path)
    assert addresses(table) == {(2, 1): "#xl/media/image1.png", (3, 1): "#xl/media/image2.png"}
    assert table.pictures() == (1,)


def test_an_image_that_excel_fetched_and_kept(tmp_path: Path) -> None:
    """The result of IMAGE is a rich value that leads to an address, and to the picture if Excel kept it."""
    path = tmp_path / "p.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Brand", "Image"])
        sheet.embed_image(1, 1, "red.png", {"image_data": picture("red")})
    relations = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="rId1" Type="x/hyperlink" Target="https://a.test/1.jpg"'
        b' TargetMode="External"/></Relationships>'
    )
    web = (
        b"<webImagesSrd"
        b' xmlns="http://schemas.microsoft.com/office/spreadsheetml/2020/richdatawebimage"'
        b' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><webImageSrd>'
        b'<address r:id="rId1"/></webImageSrd></webImagesSrd>'
    )
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/richData/rdRichValueWebImage.xml", web)
        archive.writestr("xl/richData/_rels/rdRichValueWebImage.xml.rels", relations)
    change(
        path,
        "xl/richData/rdrichvaluestructure.xml",
        lambda data: data.replace(b"_rvRel:LocalImageIdentifier", b"WebImageIdentifier"),
    )
    assert addresses(first(path)) == {(2, 1): "https://a.test/1.jpg"}


def test_pictures_that_cells_look_up_by_name(tmp_path: Path) -> None:
    """As WPS Office places them in a cell."""
    cell = '<c r="B2" t="str"><f>_xlfn.DISPIMG("ID_1",1)</f><v>=DISPIMG("ID_1",1)</v></c>'
    path = change(
        write(tmp_path / "p.xlsx", lambda sheet: sheet.append(["A", "x", 5])),
        SHEET,
        lambda data: _put(data, "B2", cell),
    )
    images = (
        b'<etc:cellImages xmlns:etc="e" xmlns:xdr="x" xmlns:a="a" xmlns:r="r"><etc:cellImage><xdr:pic>'
        b'<xdr:nvPicPr><xdr:cNvPr id="1" name="ID_1"/></xdr:nvPicPr><xdr:blipFill>'
        b'<a:blip r:embed="rId1"/></xdr:blipFill></xdr:pic></etc:cellImage></etc:cellImages>'
    )
    relations = b'<Relationships><Relationship Id="rId1" Target="media/image1.jpeg"/></Relationships>'
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/cellimages.xml", images)
        archive.writestr("xl/_rels/cellimages.xml.rels", relations)
    assert addresses(first(path)) == {(2, 1): "#xl/media/image1.jpeg"}


def test_hidden_rows_are_known_without_reading_the_sheet(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        for row in range(2, 7):
            sheet.append(["A", f"{row}.jpg", row])
        sheet.row_dimensions[3].hidden = True
        sheet.row_dimensions[5].height = 77
        sheet.row_dimensions[6].height = 40

    path = write(tmp_path / "p.xlsx", fill)
    change(path, SHEET, lambda data: data.replace(b'ht="77"', b'ht="0"'))
    assert first(path).hidden_rows() == {3, 5}


def test_rows_without_numbers_count_on() -> None:
    found = survey_sheet(io.BytesIO(b'<worksheet><sheetData><row/><row hidden="1"/><row r="9"/><row hidden="true"/>'))
    assert found.hidden == {2, 10}


def test_a_sheet_in_utf_16_is_surveyed_too() -> None:
    text = '<?xml version="1.0" encoding="UTF-16"?><worksheet><sheetData><row r="4" hidden="1"></row></sheetData>'
    assert survey_sheet(io.BytesIO(text.encode("utf-16"))).hidden == {4}


def test_a_survey_finds_the_same_wherever_its_pieces_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = "".join(
        f'<row r="{row}"{" hidden=" + chr(34) + "1" + chr(34) if row % 3 == 0 else ""}><c r="A{row}" t="str">'
        f'<f>HYPERLINK("https://a.test/{row}")</f><v>x</v></c></row>'
        for row in range(1, 40)
    )
    text = f'<worksheet><sheetData>{rows}</sheetData><mergeCells><mergeCell ref="A1:A3"/></mergeCells></worksheet>'
    whole = survey_sheet(io.BytesIO(text.encode()))
    assert len(whole.addresses) == 39 and len(whole.hidden) == 13 and whole.merged == {1: [(0, 3)]}
    for size in (150, 331, 1000):
        monkeypatch.setattr("generator.spreadsheet.formats.workbook_survey._CHUNK", size)
        assert survey_sheet(io.BytesIO(text.encode())) == whole


@pytest.mark.parametrize("reference", ["", "B", "2", "B0", "ZZZ1", "A1:B2:C3", "A9999999", "A1:ZZZ9", "-A1"])
def test_ranges_outside_any_sheet_are_none(reference: str) -> None:
    assert read_range(reference) is None


def test_ranges() -> None:
    assert read_range("B2") == (2, 1, 2, 1)
    assert read_range("$C$9:A3") == (3, 0, 9, 2)


def test_workbooks_that_count_days_from_1904(tmp_path: Path) -> None:
    book = Workbook()
    book.epoch = MAC_EPOCH
    book.worksheets[0].append(["Brand"])
    book.save(tmp_path / "mac.xlsx")
    assert first(tmp_path / "mac.xlsx").days_from_1904
    assert not first(write(tmp_path / "p.xlsx", lambda sheet: None)).days_from_1904


def test_the_strict_form_is_read_as_the_other_one(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["A", "View", 5])
        sheet["B2"].hyperlink = "https://a.test/1.jpg"
        sheet.add_image(SheetImage(picture("red")), "B3")

    path = write(tmp_path / "p.xlsx", fill)
    plain = values(first(path)), addresses(first(path))
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            for kind in (b"spreadsheetml/2006/main", b"officeDocument/2006/relationships", b"drawingml/2006/main"):
                strict = b"http://purl.oclc.org/ooxml/" + kind.replace(b"/2006", b"")
                data = data.replace(b"http://schemas.openxmlformats.org/" + kind, strict)
            archive.writestr(name, data)
    assert b"purl.oclc.org" in zipfile.ZipFile(path).read(SHEET)
    assert (values(first(path)), addresses(first(path))) == plain


@pytest.mark.parametrize(
    "bad",
    [
        b"<hyperlink " * 300_000,
        b'<hyperlink ref="A1:XFD1048576" r:id="rId1"/>' * 50_000,
        b'<c r="A1"><f>' * 200_000,
        b'<row hidden="1" ' * 200_000,
        b'<c vm="' * 300_000,
        b'<drawing r:id="nothing"/>' * 20,
        b"<f>" + b"IMAGE(" * 300_000,
    ],
)
def test_floods_of_tags_cost_little(tmp_path: Path, bad: bytes) -> None:
    path = write(tmp_path / "p.xlsx", lambda sheet: sheet.append(["A", "a.jpg", 5]))
    change(path, SHEET, lambda data: data.replace(b"</worksheet>", b"<!--" + bad + b"--></worksheet>"))
    assert values(first(path))[2] == ["A", "a.jpg", 5]


def test_drawings_and_rich_values_that_are_damaged_give_no_pictures(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["A", "a.jpg", 5])
        sheet.add_image(SheetImage(picture("red")), "B2")

    path = write(tmp_path / "p.xlsx", fill)
    change(path, "xl/drawings/drawing1.xml", lambda data: data[: len(data) // 3])
    assert addresses(first(path)) == {}
    far = b"<row>1</row>"
    path = write(tmp_path / "p.xlsx", fill)
    change(path, "xl/drawings/drawing1.xml", lambda data: data.replace(far, b"<row>99999999999</row>"))
    assert set(addresses(first(path))) == {(1_048_576, 1)}


def test_entities_in_drawings_are_refused(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.add_image(SheetImage(picture("red")), "B2")

    path = write(tmp_path / "p.xlsx", fill)
    change(path, "xl/drawings/drawing1.xml", lambda data: b'<!DOCTYPE x [<!ENTITY e "x">]>' + data)
    with pytest.raises(ValueError, match="document type"):
        read_workbook(path)
