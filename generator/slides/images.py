"""Pictures of a deck: as the report has them, or encoded again, once, as small as a limit asks."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator.slides.source import MAP, ReportSource

#: Wider than any map of a report that was built; a forged picture may claim more.
_MOST_PIXELS = 400_000_000


@dataclass(frozen=True, slots=True)
class Grade:
    """Longest sides in pixels of the map and of the other pictures, and the quality of their JPEGs.

    A `side` of None leaves pictures as they are.
    """

    map_side: int
    side: int | None
    quality: int


#: From rich to lean. The first prints well: 400 pixels to the inch for the map.
GRADES = (
    Grade(3000, None, 88),
    Grade(2400, None, 84),
    Grade(2000, 400, 80),
    Grade(1800, 360, 76),
    Grade(1600, 320, 72),
    Grade(1400, 280, 68),
    Grade(1200, 240, 62),
    Grade(1000, 200, 56),
    Grade(800, 160, 50),
    Grade(600, 120, 40),
    Grade(400, 80, 30),
)


def encode_images(source: ReportSource, paths: Sequence[str], grade: Grade) -> dict[str, bytes]:
    """Return the pictures at `paths` that the report has, in a grade; the same ones always give the same bytes."""
    return dict(_encode(source, paths, grade))


def _encode(source: ReportSource, paths: Sequence[str], grade: Grade) -> Iterator[tuple[str, bytes]]:
    for path in sorted(set(paths)):
        side = grade.map_side if path == MAP else grade.side
        data = source.picture(path)
        if data is not None and (small := _shrink(data, side, grade.quality)) is not None:
            yield path, small


def _shrink(data: bytes, side: int | None, quality: int) -> bytes | None:
    """Return a JPEG with its longest side at most `side` pixels; None if it cannot be read."""
    from PIL import Image, UnidentifiedImageError

    most, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, None
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG",)) as image:
            if image.width * image.height > _MOST_PIXELS:
                return None
            if side is None:
                return data
            scale = max(image.size) / side
            if scale <= 1 and quality >= GRADES[0].quality:
                return data
            if scale > 1:
                image.draft("RGB", (int(image.width / scale), int(image.height / scale)))
            small = image.convert("RGB")
            small.thumbnail((side, side), Image.Resampling.LANCZOS)
            buffer = io.BytesIO()
            small.save(buffer, "JPEG", quality=quality, optimize=True)
    except (OSError, UnidentifiedImageError, ValueError):
        return None
    finally:
        Image.MAX_IMAGE_PIXELS = most
    encoded = buffer.getvalue()
    return encoded if len(encoded) < len(data) or scale > 1 else data
