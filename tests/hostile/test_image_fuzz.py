"""Image files damaged in every way that can be thought of: each ends as an image or with a reason.

FUZZ_EXAMPLES says how many are tried; by default 1,500. `FUZZ_EXAMPLES=200000` takes an hour.
"""

from __future__ import annotations

import io
import os
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, suppress

import numpy as np
import pillow_heif
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from generator.images.decode import ImageRefused, decode_image, make_cell, make_picture, open_decoders
from generator.images.signature import SIZE, make_signature
from generator.processes import ProcessPool
from generator.settings import ImageSettings

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "1500"))
MOST_PIXELS = 4_000_000


def look(data: bytes) -> str:
    """The reason for which an image is refused; "" where all that is kept of it could be made."""
    try:
        image = decode_image(data, MOST_PIXELS, at_least=(256, 400))
    except ImageRefused as refusal:
        return refusal.reason
    assert image.mode == "RGB" and min(image.size) > 0 and not image.info
    for made in (make_picture(image, 400, 82), make_cell(image, 128)):
        with Image.open(io.BytesIO(made)) as kept:
            kept.load()
    assert len(make_signature(image)) == SIZE
    return ""


def _encode(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def _draw_seeds() -> list[bytes]:
    """Small files of every format and many of their kinds."""
    noise = np.random.default_rng(1).integers(0, 256, (24, 31, 4), dtype=np.uint8)
    rgba, rgb = Image.fromarray(noise), Image.fromarray(noise[..., :3])
    grey = rgb.convert("L")
    exif = Image.Exif()
    exif[0x0112] = 6
    frames = [rgb.rotate(angle) for angle in (90, 180)]
    deep = Image.fromarray(noise[..., 0].astype(np.uint16) * 257)
    seeds = [
        _encode(rgb, "JPEG", exif=exif, quality=90),
        _encode(rgb, "JPEG", progressive=True, comment=b"x" * 50),
        _encode(rgb.convert("CMYK"), "JPEG"),
        _encode(grey, "JPEG"),
        _encode(rgb, "MPO", save_all=True, append_images=frames),
        _encode(rgba, "PNG", exif=exif),
        _encode(rgb.convert("P"), "PNG", transparency=3),
        _encode(deep, "PNG"),
        _encode(grey.convert("1"), "PNG"),
        _encode(rgb, "PNG", save_all=True, append_images=frames),
        _encode(rgb.convert("P"), "GIF", save_all=True, append_images=[frame.convert("P") for frame in frames]),
        _encode(rgba, "WEBP", lossless=True),
        _encode(rgb, "WEBP", save_all=True, append_images=frames, exif=exif),
        _encode(rgb, "BMP"),
        _encode(grey.convert("1"), "BMP"),
        *(
            _encode(rgb, "TIFF", compression=how)
            for how in (None, "tiff_lzw", "tiff_adobe_deflate", "jpeg", "packbits")
        ),
        _encode(rgba, "TIFF"),
        _encode(grey.convert("F"), "TIFF"),
        _encode(rgb.convert("CMYK"), "TIFF"),
        _encode(grey.convert("1"), "TIFF", compression="group4"),
    ]
    with suppress(KeyError, OSError):  # a Pillow without it
        seeds.append(_encode(rgb, "AVIF", quality=50))
    for image in (rgb, rgba):
        buffer = io.BytesIO()
        pillow_heif.from_pillow(image).save(buffer, quality=50)
        seeds.append(buffer.getvalue())
    return seeds


SEEDS = _draw_seeds()


@st.composite
def damaged_files(draw: st.DrawFn) -> bytes:
    """A file with bytes altered, mostly in its head, numbers blown up, parts doubled, cut out or taken from another."""
    data = bytearray(draw(st.sampled_from(SEEDS)))
    for _ in range(draw(st.integers(1, 5))):
        most = min(len(data), draw(st.sampled_from([60, 300, len(data), len(data)]))) or 1
        place = draw(st.integers(0, most - 1))
        how = draw(st.sampled_from(["byte", "number", "double", "cut", "other", "zero"]))
        length = draw(st.integers(1, 64))
        if how == "byte":
            data[place : place + 1] = bytes([draw(st.integers(0, 255))])
        elif how == "number":
            size = draw(st.sampled_from([2, 4]))
            value = draw(st.sampled_from([0, 1, 0x7FFF, 0xFFFF, 0x10000, 0x7FFFFFFF, 0xFFFFFFFF]))
            data[place : place + size] = (value % 256**size).to_bytes(size, draw(st.sampled_from(["big", "little"])))
        elif how == "double":
            data[place:place] = data[place : place + length] * draw(st.integers(1, 20))
        elif how == "cut":
            del data[place : place + length]
        elif how == "other":
            other = draw(st.sampled_from(SEEDS))
            data[place : place + length] = other[place : place + length]
        else:
            data[place : place + length] = bytes(length)
    return bytes(data[: draw(st.integers(1, len(data) or 1))] if draw(st.booleans()) else data)


@pytest.fixture(scope="module")
def decoders() -> Iterator[ProcessPool[bytes, str]]:
    with closing(open_decoders(look, ImageSettings(decode_seconds=300))) as opened:
        yield opened


def test_whole_files_are_decoded(decoders: ProcessPool[bytes, str]) -> None:
    assert [decoders.run(seed) for seed in SEEDS] == [""] * len(SEEDS)


def test_damaged_files_end_as_an_image_or_a_reason(decoders: ProcessPool[bytes, str]) -> None:
    """None brings its decoder down or hangs it, though either would cost no more than that file."""
    ends: Counter[str] = Counter()

    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
    @given(damaged_files())
    def try_one(data: bytes) -> None:
        reason = decoders.run(data)
        ends[reason or "decoded"] += 1
        assert reason in {"", "empty_file", "not_an_image", "damaged_image", "too_many_pixels"}

    try_one()
    print(dict(ends))
    assert {"decoded", "not_an_image", "damaged_image"} <= set(ends)  # which others come is a matter of chance
