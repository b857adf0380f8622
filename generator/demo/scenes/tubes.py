"""Draw upright cylinders, lacquered or of metal, and a line of type to put on them."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from generator.demo.canvas import HEIGHT, WIDTH, Colour, X, Y, add_light, box, ellipse, lighten, mix, paint, ramp, union
from generator.demo.studio import Look

TILT = 0.17  # how far ellipses open: the camera looks slightly down


def engrave(text: str, size: float, x: float, y: float) -> np.ndarray:
    """Return the mask of a line of spaced capitals centred on (x, y)."""
    sheet = Image.new("L", (WIDTH * 2, HEIGHT * 2))
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=size * WIDTH * 2)
    widths = [font.getlength(letter) + size * WIDTH * 0.5 for letter in text]
    at = x * WIDTH * 2 - (sum(widths) - size * WIDTH * 0.5) / 2
    for letter, wide in zip(text, widths, strict=True):
        pen.text((at, y * WIDTH * 2), letter, fill=255, font=font, anchor="lm")
        at += wide
    return np.asarray(sheet.reduce(2), dtype=np.float32) / 255


def tube(cx: float, top: float, bottom: float, half: float) -> np.ndarray:
    """Return the mask of an upright cylinder seen slightly from above: its side and its round foot."""
    middle = box(cx, (top + bottom) / 2, half, (bottom - top) / 2, 0)
    return union(middle, ellipse(cx, bottom, half, half * TILT)) * (
        (top < Y) | (ellipse(cx, top, half, half * TILT) > 0.5)
    )


def paint_tube(
    picture: np.ndarray, look: Look, cx: float, top: float, bottom: float, half: float, colour: Colour
) -> None:
    """Paint a cylinder, of metal if it has that colour, else lacquered: two lamps down its side, a lid that shines."""
    side = union(box(cx, (top + bottom) / 2, half, (bottom - top) / 2, 0), ellipse(cx, bottom, half, half * TILT))
    u = np.clip((X[0] - cx) / half, -1, 1) * look.side  # the same in every row: computed once
    key = np.exp(-(((u - 0.46) / 0.17) ** 2))
    rim = np.exp(-(((u + 0.78) / 0.10) ** 2))
    body = np.sqrt(np.clip(1 - ((u - 0.25) / 1.45) ** 2, 0, 1))
    if colour == look.metal:
        band, turn = np.exp(-(((u - 0.12) / 0.13) ** 2)), u > 0.86
        level = 0.10 + 0.42 * body + 0.62 * key + 0.40 * rim - 0.42 * band - 0.3 * turn
        black = (0.03, 0.02, 0.02)
        stops = [(0.0, mix(black, colour, 0.25)), (0.5, mix(black, colour, 0.8)), (0.8, colour)]
        surface = ramp([*stops, (1.15, lighten(colour, 0.8))], level)
        dim, bright = lighten(colour, -0.25), lighten(colour, 0.55)
    else:
        level, dim, bright = body**2, lighten(colour, 0.02), lighten(colour, 0.36)
        surface = ramp(((0.0, lighten(colour, -0.72)), (0.6, lighten(colour, -0.18)), (1.0, colour)), level)
        surface += (np.minimum(1, 0.5 * key**3 + 0.16 * rim))[:, None] * (1 - surface)
    paint(picture, side, np.broadcast_to(surface, picture.shape))
    cap = ellipse(cx, top, half, half * TILT)
    paint(picture, cap, np.broadcast_to(ramp(((0.0, dim), (1.0, bright)), 0.5 + 0.5 * u), picture.shape))
    edge = cap * (1 - ellipse(cx, top + 0.0015, half - 0.003, half * TILT - 0.0025))
    add_light(picture, edge, (1, 1, 1), 0.35)
