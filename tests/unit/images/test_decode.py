"""Decoding: whatever the bytes are, an upright RGB image or a reason, and nothing else."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pillow_heif
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from generator.images.decode import ImageRefused, decode_image, make_cell, make_picture, network_input

LIMIT = 10_000_000


def _encode(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)  # type: ignore[arg-type]
    return buffer.getvalue()


def _corners() -> Image.Image:
    """Red top left, green top right, blue bottom left, white bottom right; wider than high."""
    image = Image.new("RGB", (64, 32))
    for box, colour in (((0, 0), "red"), ((32, 0), "lime"), ((0, 16), "blue"), ((32, 16), "white")):
        image.paste(colour, (*box, box[0] + 32, box[1] + 16))
    return image


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_comes_out_upright(orientation: int) -> None:
    turns = [None, None, 0, 3, 1, 5, 4, 6, 2]  # what a camera did, undone by Pillow's transposes
    upright = _corners()
    turn = turns[orientation]
    undo = {None: None, 0: 0, 1: 1, 2: 4, 3: 3, 4: 2, 5: 5, 6: 6}[turn]
    stored = upright if undo is None else upright.transpose(Image.Transpose(undo))
    exif = Image.Exif()
    exif[0x0112] = orientation
    decoded = decode_image(_encode(stored, exif=exif), LIMIT)
    assert np.array_equal(np.asarray(decoded), np.asarray(upright))


def test_transparency_lies_over_white() -> None:
    image = Image.new("RGBA", (4, 4), (255, 0, 0, 0))
    image.putpixel((1, 1), (255, 0, 0, 255))
    decoded = decode_image(_encode(image), LIMIT)
    assert decoded.getpixel((0, 0)) == (255, 255, 255)
    assert decoded.getpixel((1, 1)) == (255, 0, 0)
    palette = Image.new("P", (4, 4), 0)
    palette.putpalette([0, 0, 0, 0, 0, 255])
    palette.putpixel((1, 1), 1)
    decoded = decode_image(_encode(palette, transparency=0), LIMIT)
    assert (decoded.getpixel((0, 0)), decoded.getpixel((1, 1))) == ((255, 255, 255), (0, 0, 255))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_every_mode_becomes_rgb(mode: str) -> None:
    decoded = decode_image(_encode(_corners().convert(mode)), LIMIT)
    assert (decoded.mode, decoded.size) == ("RGB", (64, 32))


def test_cmyk_and_sixteen_bits_keep_their_shades() -> None:
    cmyk = decode_image(_encode(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG", quality=95), LIMIT)
    red, green, blue = cmyk.getpixel((4, 4))  # type: ignore[misc]
    assert red > 200 and green < 60 and blue < 60
    deep = Image.fromarray(np.linspace(0, 65_535, 64).astype(np.uint16).reshape(8, 8))
    grey = np.asarray(decode_image(_encode(deep), LIMIT))[..., 0]
    assert grey.min() == 0 and grey.max() == 255 and 120 < grey.mean() < 135


def test_an_animation_is_its_first_frame() -> None:
    frames = [Image.new("RGB", (9, 9), colour) for colour in ("red", "blue")]
    data = _encode(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert decode_image(data, LIMIT).getpixel((4, 4)) == (255, 0, 0)  # type: ignore[comparison-overlap]


def _forged_png(width: int, height: int) -> bytes:
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    return start + struct.pack(">I", 9) + b"IDAT" + bytes(13)


JPEG = _encode(_corners(), "JPEG")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty_file"),
        (b"hello", "not_an_image"),
        (b"<!doctype html><title>x</title>", "not_an_image"),
        (b"%PDF-1.4", "not_an_image"),
        (JPEG[: len(JPEG) // 2], "damaged_image"),
        (_encode(_corners())[:-40], "damaged_image"),
        (_forged_png(100_000, 100_000), "too_many_pixels"),
        (_forged_png(4000, 4000), "too_many_pixels"),
        (_encode(Image.new("1", (4000, 4000))), "too_many_pixels"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    with pytest.raises(ImageRefused) as caught:
        decode_image(data, LIMIT)
    assert caught.value.reason == reason


def test_other_formats_are_not_even_tried() -> None:
    with pytest.raises(ImageRefused) as caught:
        decode_image(_encode(_corners(), "PPM"), LIMIT)
    assert caught.value.reason == "not_an_image"


@settings(max_examples=200)
@given(st.data())
def test_damaged_bytes_end_as_an_image_or_a_reason(data: st.DataObject) -> None:
    kinds = [
        JPEG,
        _encode(_corners()),
        _encode(_corners(), "GIF"),
        _encode(_corners(), "WEBP"),
        _encode(_corners(), "BMP"),
    ]
    whole = bytearray(data.draw(st.sampled_from(kinds)))
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        assert decode_image(bytes(whole[: data.draw(st.integers(1, len(whole)))]), LIMIT).mode == "RGB"
    except ImageRefused as refusal:
        assert refusal.reason in {"not_an_image", "damaged_image", "too_many_pixels"}


@pytest.mark.parametrize("format", ["JPEG", "PNG"])
@pytest.mark.parametrize(
    ("size", "least", "found"),
    [
        ((1500, 2000), (600, 400), (750, 1000)),
        ((640, 800), (256, 400), (320, 400)),
        ((800, 640), (256, 400), (400, 320)),
        ((640, 640), (256, 400), (640, 640)),
        ((300, 4000), (256, 400), (300, 4000)),
        ((1280, 1600), (256, 400), (320, 400)),
    ],
)
def test_a_large_image_is_decoded_reduced_but_never_below_what_is_needed(size, least, found, format) -> None:
    data = _encode(Image.new("RGB", size), format)
    assert decode_image(data, LIMIT, at_least=least).size == found
    assert decode_image(data, LIMIT).size == size


def test_pictures_are_never_enlarged() -> None:
    small = Image.open(io.BytesIO(make_picture(_corners(), 400, 80)))
    assert small.size == (64, 32)
    large = Image.open(io.BytesIO(make_picture(Image.new("RGB", (900, 1200)), 400, 80)))
    assert large.size == (300, 400)


def test_a_cell_is_the_middle_square() -> None:
    image = Image.new("RGB", (300, 100), "red")
    image.paste("blue", (100, 0, 200, 100))
    cell = Image.open(io.BytesIO(make_cell(image, 64)))
    assert cell.size == (64, 64)
    red, _, blue = cell.getpixel((32, 32))  # type: ignore[misc]
    assert blue > 230 and red < 25


def test_network_input_is_the_whole_image_squashed() -> None:
    image = _corners()
    expected = np.asarray(image.resize((20, 30), Image.Resampling.HAMMING))
    assert np.array_equal(network_input(image, (30, 20)), expected)


def _encode_heif(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    pillow_heif.from_pillow(image).save(buffer, quality=90)
    return buffer.getvalue()


def _resize_heif(data: bytes, width: int, height: int) -> bytes:
    """The file with another size in its header, box `ispe` of ISO/IEC 23008-12."""
    place = data.index(b"ispe") + 8
    return data[:place] + struct.pack(">II", width, height) + data[place + 8 :]


def test_photographs_of_iphones_are_decoded() -> None:
    decoded = decode_image(_encode_heif(_corners()), LIMIT)
    assert (decoded.mode, decoded.size) == ("RGB", (64, 32))
    assert np.abs(np.asarray(decoded).astype(int) - np.asarray(_corners())).mean() < 12


def test_images_inside_heif_with_transparency_lie_over_white() -> None:
    decoded = decode_image(_encode_heif(Image.new("RGBA", (64, 64), (255, 0, 0, 0))), LIMIT)
    assert min(decoded.getpixel((30, 30))) > 245


@pytest.mark.parametrize("size", [(7_000, 7_001), (60_000, 60_000)])
def test_heif_with_more_pixels_than_the_limit_is_refused_before_it_is_decoded(size: tuple[int, int]) -> None:
    with pytest.raises(ImageRefused) as refused:
        decode_image(_resize_heif(_encode_heif(Image.new("RGB", (64, 64))), *size), 49_000_000)
    assert refused.value.reason == "too_many_pixels"


def test_heif_that_is_cut_or_damaged_is_refused() -> None:
    data = _encode_heif(_corners())
    for broken in (data[:200], data[: len(data) // 2], data[:-1], data[:12], data[:300] + bytes(len(data) - 300)):
        with pytest.raises(ImageRefused) as refused:
            decode_image(broken, LIMIT)
        assert refused.value.reason in ("damaged_image", "not_an_image")


def test_heif_is_known_by_its_bytes_whatever_its_name() -> None:
    """A file of a phone renamed to .jpg has the same bytes; one that only says that it is HEIF is no image."""
    with pytest.raises(ImageRefused):
        decode_image(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"text " * 200, LIMIT)
