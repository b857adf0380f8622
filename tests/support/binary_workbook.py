"""A binary Excel workbook (.xlsb) as Excel writes it, by hand: no library writes the format."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_EXTERNAL = " TargetMode='External'"
_NO_TEXT = struct.pack("<I", 0xFFFFFFFF)


@dataclass(frozen=True)
class BinarySheet:
    """A sheet: its cells, and what is behind, in and around them by row and column from 0."""

    name: str
    rows: Sequence[Sequence[str | float | None]]
    hidden_rows: frozenset[int] = frozenset()
    merged: Sequence[tuple[int, int, int, int]] = ()  # first row, last row, first column, last column
    links: Mapping[tuple[int, int], str] = field(default_factory=dict)
    pictures: Mapping[tuple[int, int], str] = field(default_factory=dict)  # names of files in xl/media
    is_hidden: bool = False


def write_binary_workbook(
    path: Path, sheets: Sequence[BinarySheet], media: Mapping[str, bytes] | None = None, from_1904: bool = False
) -> Path:
    """Write a workbook with pictures in `media`, by their names; return its path."""
    book = _record(131) + _record(153, struct.pack("<III", int(from_1904), 0, 0)) + _record(143)
    for number, sheet in enumerate(sheets, 1):
        state = struct.pack("<II", int(sheet.is_hidden), number)
        book += _record(156, state + _text(f"rId{number}") + _text(sheet.name))
    book += _record(144) + _record(132)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", f"<Types xmlns='{_TYPES}'/>")
        package.writestr("xl/workbook.bin", book)
        package.writestr(
            "xl/_rels/workbook.bin.rels",
            _relations({f"rId{n}": ("worksheet", f"worksheets/sheet{n}.bin", False) for n, _ in enumerate(sheets, 1)}),
        )
        for number, sheet in enumerate(sheets, 1):
            _write_sheet(package, number, sheet)
        for name, data in (media or {}).items():
            package.writestr(f"xl/media/{name}", data)
    return path


def _write_sheet(package: zipfile.ZipFile, number: int, sheet: BinarySheet) -> None:
    width = max(map(len, sheet.rows), default=0)
    area = struct.pack("<4I", 0, max(0, len(sheet.rows) - 1), 0, max(0, width - 1))
    data = bytearray(_record(129) + _record(148, area))
    data += _record(145)
    for row, cells in enumerate(sheet.rows):
        flags = 0x10 if row in sheet.hidden_rows else 0
        data += _record(0, struct.pack("<2IH", row, 0, 300) + bytes([0, flags]) + bytes(5) + struct.pack("<I", 0) * 2)
        for column, cell in enumerate(cells):
            if cell is not None:
                start = struct.pack("<2I", column, 0)
                is_text = isinstance(cell, str)
                value = _text(cell) if isinstance(cell, str) else struct.pack("<d", cell)
                data += _record(6 if is_text else 5, start + value)
    data += _record(146)
    if sheet.merged:
        data += _record(177, struct.pack("<I", len(sheet.merged)))
        data += b"".join(_record(176, struct.pack("<4I", *area)) for area in sheet.merged) + _record(178)
    relations: dict[str, tuple[str, str, bool]] = {}
    for place, ((row, column), address) in enumerate(sheet.links.items(), 1):
        relations[f"rId{place}"] = ("hyperlink", address, True)
        area = struct.pack("<4I", row, row, column, column)
        data += _record(494, area + _text(f"rId{place}") + _text("") + _NO_TEXT * 2)
    if sheet.pictures:
        relations["rIdD"] = ("drawing", f"../drawings/drawing{number}.xml", False)
        data += _record(550, _text("rIdD"))
        _write_drawing(package, number, sheet.pictures)
    package.writestr(f"xl/worksheets/sheet{number}.bin", bytes(data + _record(130)))
    package.writestr(f"xl/worksheets/_rels/sheet{number}.bin.rels", _relations(relations))


def _write_drawing(package: zipfile.ZipFile, number: int, pictures: Mapping[tuple[int, int], str]) -> None:
    anchors = "".join(
        f"<xdr:oneCellAnchor><xdr:from><xdr:col>{column}</xdr:col><xdr:colOff>0</xdr:colOff><xdr:row>{row}</xdr:row>"
        "<xdr:rowOff>0</xdr:rowOff></xdr:from><xdr:ext cx='100000' cy='100000'/>"
        f"<xdr:pic><xdr:blipFill><a:blip r:embed='rId{place}'/></xdr:blipFill></xdr:pic></xdr:oneCellAnchor>"
        for place, (row, column) in enumerate(pictures, 1)
    )
    package.writestr(
        f"xl/drawings/drawing{number}.xml",
        "<xdr:wsDr xmlns:xdr='http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing' "
        f"xmlns:a='http://schemas.openxmlformats.org/drawingml/2006/main' xmlns:r='{_RELATIONS}'>{anchors}</xdr:wsDr>",
    )
    package.writestr(
        f"xl/drawings/_rels/drawing{number}.xml.rels",
        _relations({f"rId{n}": ("image", f"../media/{name}", False) for n, name in enumerate(pictures.values(), 1)}),
    )


def _relations(found: Mapping[str, tuple[str, str, bool]]) -> str:
    entries = "".join(
        f"<Relationship Id='{name}' Type='{_RELATIONS}/{kind}' Target='{target}'{_EXTERNAL if is_external else ''}/>"
        for name, (kind, target, is_external) in found.items()
    )
    return f"<Relationships xmlns='{_PACKAGE}'>{entries}</Relationships>"


def _record(kind: int, content: bytes = b"") -> bytes:
    number = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    return number + _varied(len(content)) + content


def _varied(length: int) -> bytes:
    found = bytearray()
    while length >= 128:
        found.append(length & 0x7F | 0x80)
        length >>= 7
    return bytes([*found, length])


def _text(text: str) -> bytes:
    return struct.pack("<I", len(text.encode("utf-16-le")) // 2) + text.encode("utf-16-le")
