"""Write lines of Latin script in Pillow's own font, which has no accents: these are drawn on its letters.

No font of the system is asked, since a report has the same bytes wherever it is made.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache

from PIL import Image, ImageDraw, ImageFont

#: Strokes of combining marks, as points from the middle of the letter and its top, in ems; y grows downwards.
_MARKS: dict[str, tuple[tuple[tuple[float, float], ...], ...]] = {
    "\u0300": (((-0.13, -0.25), (0.04, -0.1)),),
    "\u0301": (((0.13, -0.25), (-0.04, -0.1)),),
    "\u0302": (((-0.15, -0.1), (0.0, -0.23), (0.15, -0.1)),),
    "\u030c": (((-0.15, -0.23), (0.0, -0.1), (0.15, -0.23)),),
    "\u0303": (((-0.17, -0.11), (-0.08, -0.19), (0.08, -0.13), (0.17, -0.21)),),
    "\u0308": (((-0.12, -0.16), (-0.12, -0.16)), ((0.12, -0.16), (0.12, -0.16))),
}
#: Height of capitals and of small letters, and the hook of a cedilla, in ems from the base line.
_CAPITAL, _SMALL = 0.72, 0.54
_CEDILLA = ((0.0, 0.0), (0.05, 0.08), (0.05, 0.15), (-0.08, 0.19))
_STROKE = 0.07
#: Letters that no decomposition brings down to those of the font.
_SPELT = str.maketrans(
    {
        "œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "ø": "o", "Ø": "O", "–": "-", "—": "-", "«": '"',
        "»": '"', "“": '"', "”": '"', "‘": "'", "’": "'", "\u00a0": " ", "\u202f": " ",
    }
)  # fmt: skip


def can_write(text: str) -> bool:
    """Return whether all letters of a text can be written."""
    return all(_is_known(letter) for letter in unicodedata.normalize("NFD", text.translate(_SPELT)))


def draw_lines(lines: Sequence[str], size: float, leading: float, margin: int) -> Image.Image:
    """Return lines, each in the middle, as a mask (L) with `margin` pixels around; letters are `size` pixels high."""
    font = ImageFont.load_default(size)
    texts = [unicodedata.normalize("NFD", line.translate(_SPELT)) for line in lines]
    widths = [font.getlength("".join(letter for letter in text if not unicodedata.combining(letter))) for text in texts]
    step = size * leading
    mask = Image.new("L", (round(max(widths)) + 2 * margin, round(step * len(lines)) + 2 * margin))
    pencil = ImageDraw.Draw(mask)
    for row, (text, width) in enumerate(zip(texts, widths, strict=True)):
        base = margin + step * row + (step + _CAPITAL * size) / 2
        _draw_line(pencil, font, text, ((mask.width - width) / 2, base), size)
    return mask


def _draw_line(
    pencil: ImageDraw.ImageDraw,
    font: ImageFont.FreeTypeFont | ImageFont.ImageFont,
    text: str,
    start: tuple[float, float],
    size: float,
) -> None:
    """Draw a decomposed text from `start`, on the base line."""
    plain = "".join(letter for letter in text if not unicodedata.combining(letter))
    pencil.text(start, plain, fill=255, font=font, anchor="ls")
    done = ""
    for letter in text:
        if not unicodedata.combining(letter):
            done += letter
            continue
        middle = start[0] + font.getlength(done) - font.getlength(done[-1:]) / 2
        if letter == "\u0327":
            _draw_stroke(pencil, _CEDILLA, (middle, start[1]), size)
            continue
        tall = done[-1:].isupper() or done[-1:] in "bdfhklt"
        top = start[1] - size * (_CAPITAL if tall else _SMALL)
        if done[-1:] in "ij":  # its dot makes room
            pencil.rectangle((middle - 0.07 * size, top - 0.3 * size, middle + 0.07 * size, top - 0.02 * size), fill=0)
        for stroke in _MARKS[letter]:
            _draw_stroke(pencil, stroke, (middle, top), size)


def _draw_stroke(
    pencil: ImageDraw.ImageDraw, stroke: Sequence[tuple[float, float]], origin: tuple[float, float], size: float
) -> None:
    points = [(origin[0] + x * size, origin[1] + y * size) for x, y in stroke]
    half = _STROKE * size / 2
    pencil.line(points, fill=255, width=max(1, round(2 * half)), joint="curve")
    for x, y in (points[0], points[-1]):
        pencil.ellipse((x - half, y - half, x + half, y + half), fill=255)


@cache
def _is_known(letter: str) -> bool:
    if letter in _MARKS or letter in " \u0327":
        return True
    font = ImageFont.load_default(20)
    return bytes(font.getmask(letter)) != bytes(font.getmask("\uffff"))
