"""What image files say besides their pixels never reaches a report: places, times, names, comments, small pictures."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import ExifTags, Image, ImageCms, PngImagePlugin
from PIL.TiffImagePlugin import IFDRational

from generator.cache.store import Store
from generator.pipeline.build import build_site
from generator.pipeline.run import Run
from generator.progress import SilentProgress
from generator.settings.load import load_settings
from generator.site.archive import zip_site
from generator.spreadsheet.sources import find_inputs
from tests.support.drawn import draw_image
from tests.support.site_bytes import read_files

#: Stands in every place of a file that is not its pixels.
MARKER = "Kilimanjaro"
#: Degrees, minutes and seconds of a place, which a report would hold as numbers.
PLACE = ((48, 1), (51, 1), (123_457, 6_789))
XMP = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><dc:creator>{MARKER}</dc:creator></rdf:RDF></x:xmpmeta>'.encode()
#: A JPEG's segments that hold something else than the picture: APP1 to APP15 and comments. APP0 is the JFIF header.
_TELLING = {*range(0xE1, 0xF0), 0xFE}


def _make_exif() -> bytes:
    """EXIF with a camera, an owner, a comment and a place."""
    exif = Image.Exif()
    exif[0x010F] = exif[0x8298] = exif[0x013B] = MARKER
    exif[0x0112] = 6
    exif.get_ifd(0x8769).update({0x9003: "2026:01:02 03:04:05", 0x9286: MARKER.encode(), 0xA430: MARKER})
    place = tuple(IFDRational(*part) for part in PLACE)
    exif.get_ifd(0x8825).update({1: "N", 2: place, 3: "E", 4: place, 0x1D: "2026:01:02"})
    return exif.tobytes()


def _add_thumbnail(exif: bytes, thumbnail: bytes) -> bytes:
    """EXIF with a second directory, which holds a small picture as cameras write it."""
    tiff = exif.removeprefix(b"Exif\0\0")
    order = "<" if tiff[:2] == b"II" else ">"
    (first,) = struct.unpack(order + "I", tiff[4:8])
    (count,) = struct.unpack(order + "H", tiff[first : first + 2])
    link = first + 2 + 12 * count
    start = len(tiff) + 2 + 3 * 12 + 4
    entries = [(0x0103, 3, 6 if order == "<" else 6 << 16), (0x0201, 4, start), (0x0202, 4, len(thumbnail))]
    second = struct.pack(order + "H", 3) + b"".join(
        struct.pack(order + "HHII", tag, kind, 1, v) for tag, kind, v in entries
    )
    whole = tiff[:link] + struct.pack(order + "I", len(tiff)) + tiff[link + 4 :] + second + bytes(4) + thumbnail
    return b"Exif\0\0" + whole


def _make_profile() -> bytes:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    # its description is UTF-16; the same length, so that no offset moves
    return profile.replace("sRGB built-in".encode("utf-16-be"), f"{MARKER}  ".encode("utf-16-be"))


def _write_jpeg(image: Image.Image, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=85, **options)
    return buffer.getvalue()


def _small_picture() -> bytes:
    return _write_jpeg(Image.new("RGB", (32, 32), (250, 120, 0)), comment=MARKER.encode())


def _draw_jpeg(image: Image.Image) -> bytes:
    data = _write_jpeg(
        image,
        exif=_add_thumbnail(_make_exif(), _small_picture()),
        icc_profile=_make_profile(),
        xmp=XMP,
        comment=MARKER.encode(),
    )
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", 16) + b"\x1c\x02\x50\x00\x0b" + MARKER.encode()
    return data[:2] + b"\xff\xed" + struct.pack(">H", len(iptc) + 2) + iptc + data[2:]


def _draw_png(image: Image.Image) -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", MARKER)
    info.add_text("Author", MARKER, zip=True)
    info.add_itxt("XML:com.adobe.xmp", XMP.decode())
    buffer = io.BytesIO()
    image.save(buffer, "PNG", pnginfo=info, exif=_make_exif(), icc_profile=_make_profile())
    return buffer.getvalue()


def _draw_webp(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=85, exif=_make_exif(), xmp=XMP, icc_profile=_make_profile())
    return buffer.getvalue()


def _draw_gif(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "GIF", comment=MARKER.encode())
    return buffer.getvalue()


def _draw_tiff(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "TIFF", tiffinfo={270: MARKER, 315: MARKER, 700: XMP}, icc_profile=_make_profile())
    return buffer.getvalue()


KINDS = {"jpg": _draw_jpeg, "png": _draw_png, "webp": _draw_webp, "gif": _draw_gif, "tiff": _draw_tiff}


def _segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(marker, content) of a JPEG's segments up to its picture."""
    place = 2
    while data[place + 1] != 0xDA:
        assert data[place] == 0xFF
        (length,) = struct.unpack(">H", data[place + 2 : place + 4])
        yield data[place + 1], data[place + 4 : place + 2 + length]
        place += 2 + length


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report, and its zip beside it, of 30 images that say much about themselves."""
    folder = tmp_path_factory.mktemp("privacy")
    lines = ["brand,thumbnail,caption"]
    for index in range(30):
        kind = list(KINDS)[index % len(KINDS)]
        # pictures larger than those shown, and smaller, which no resizing makes anew
        size = (90, 120) if index % 2 else (540, 720)
        data = KINDS[kind](draw_image(index % 5, index, size))
        (folder / f"{index}.{kind}").write_bytes(data)
        lines.append(f"House {'AB'[index % 2]},{index}.{kind},Look {index}")
    (folder / "posts.csv").write_text("\n".join(lines), encoding="utf-8")
    settings = load_settings(
        environment={}, flags={"model": "builtin", "disturbed": 0, "scatter_size": 300, "flat_size": 400}
    )
    built = datetime(2026, 1, 2, tzinfo=UTC)
    build_site(
        find_inputs([folder / "posts.csv"]),
        folder / "out/site",
        Run(settings, Store(folder / "cache"), SilentProgress(), built),
    )
    zip_site(folder / "out/site", folder / "out/site.zip")
    return folder / "out"


def test_the_drawn_files_say_all_that_is_looked_for(site: Path) -> None:
    markers = (MARKER.encode(), MARKER.encode("utf-16-be"))
    for kind in KINDS:
        index = list(KINDS).index(kind)
        data = (site.parent / f"{index}.{kind}").read_bytes()
        if kind == "png":  # its profile and some texts are compressed
            data += b"".join(zlib.decompress(part) for part in _compressed_chunks(data))
        assert data.count(MARKER.encode()) >= 1, kind
        if kind != "gif":
            assert markers[1] in data, kind
    jpeg = (site.parent / "0.jpg").read_bytes()
    assert {0xE1, 0xE2, 0xED, 0xFE} <= {marker for marker, _ in _segments(jpeg)}
    exif = Image.open(io.BytesIO(jpeg)).getexif()
    assert exif.get_ifd(0x8825)[1] == "N" and exif.get_ifd(0x8825)[2][1] == 51
    assert exif.get_ifd(ExifTags.IFD.IFD1)[0x0202] == len(_small_picture()) and _small_picture() in jpeg


def _compressed_chunks(data: bytes) -> Iterator[bytes]:
    place = 8
    while place < len(data):
        length, kind = struct.unpack(">I4s", data[place : place + 8])
        content = data[place + 8 : place + 8 + length]
        if kind in (b"zTXt", b"iCCP"):
            yield content[content.index(b"\0") + 2 :]
        place += 12 + length


def test_nothing_that_files_say_besides_their_pixels_is_in_the_report(site: Path) -> None:
    place = struct.pack("<II", *PLACE[2]), struct.pack(">II", *PLACE[2]), b"2026:01:02", b"Photoshop", b"xmpmeta"
    words = [MARKER.encode(), MARKER.encode("utf-16-be"), MARKER.encode("utf-16-le"), *place]
    files = read_files(site)
    assert any("site.zip!" in name for name in files)
    assert [(name, word) for name, data in files.items() for word in words if word in data] == []


def test_the_reports_images_have_no_segments_but_their_picture(site: Path) -> None:
    jpegs = {name: data for name, data in read_files(site).items() if data.startswith(b"\xff\xd8\xff")}
    assert {name.split("/")[1] for name in jpegs if "/" in name and "!" not in name} >= {"images", "mosaics"}
    assert any("#" in name for name in jpegs)  # the small maps that pages hold themselves
    for name, data in jpegs.items():
        assert {marker for marker, _ in _segments(data)} & _TELLING == set(), name
        assert Image.open(io.BytesIO(data)).info.keys() <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}, name
    others = {name: data for name, data in read_files(site).items() if data.startswith((b"\x89PNG", b"RIFF", b"GIF8"))}
    assert others == {}


def test_orientation_is_followed_before_it_is_forgotten(site: Path) -> None:
    shown = [Image.open(path).size for path in (site / "site/images").iterdir()]
    assert any(width > height for width, height in shown)  # turned by EXIF
