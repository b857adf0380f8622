"""Repeat a house's sign into a pattern, printed on silk or pressed into leather."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from generator.demo.canvas import (
    Colour,
    Rng,
    X,
    Y,
    add_light,
    blur,
    darken,
    lighten,
    mix,
    noise,
    paint,
    plain,
)
from generator.demo.studio import Form, Look, pick, solid

_SIDE = 512
_Pen = ImageDraw.ImageDraw


def draw_monogram(rng: Rng, look: Look) -> np.ndarray:
    """Draw a pattern of the house's sign, seen at some angle, tone on tone or in two colours."""
    tile = _draw_tile(rng, look)
    repeats = float(rng.uniform(2.2, 4.6))
    angle = float(rng.choice([0.0, np.pi / 4, np.pi / 4, np.pi / 12])) + float(rng.normal(0, 0.03))
    fold = noise(rng, 1.6)
    waves = float(rng.uniform(0, 0.022)) if rng.random() < 0.6 else 0.0
    x, y = X - 0.5 + fold * waves, Y - 0.6 + noise(rng, 1.6) * waves
    cos, sin = math.cos(angle), math.sin(angle)
    u = (x * cos + y * sin) * repeats + float(rng.random())
    v = (y * cos - x * sin) * repeats + float(rng.random())
    mask = _sample(tile, u, v)
    base, sign = _choose_colours(rng, look)
    picture = plain(base)
    if rng.random() < 0.45:
        _press(picture, rng, look, mask, base, sign)
    else:
        paint(picture, mask, sign)
        weave = np.sin(X * 480 * 1.3 + Y * 480 * 1.3) * 0.5 + noise(rng, 200) * 0.5
        picture *= (1 + weave * 0.018)[..., None]
    if waves:
        crease = np.gradient(fold, axis=1) * look.side * 60
        add_light(picture, np.clip(crease, 0, 1), (1, 0.97, 0.92), 0.3)
        darken(picture, np.clip(-crease, 0, 1), 0.4, lighten(base, -0.6))
    lamp = np.clip(0.5 + 0.6 * look.side * (X - 0.5) - 0.5 * (Y - 0.6), 0, 1)
    add_light(picture, lamp**2, (1, 0.97, 0.92), 0.16)
    darken(picture, (1 - lamp) ** 2, 0.3, lighten(base, -0.6))
    return picture


def _choose_colours(rng: Rng, look: Look) -> tuple[Colour, Colour]:
    """Return the colours of ground and sign."""
    kind = int(rng.integers(4))
    if kind == 0:
        base = pick(rng, look.grounds, 0.8)
        return base, _set_apart(rng, look, base)
    if kind == 1:
        base = pick(rng, look.deeps, 0.8)
        return base, look.metal
    if kind == 2:
        return look.paper, pick(rng, look.accents[:3], 0.7)
    base = pick(rng, look.accents[:3], 0.7)
    return base, mix(lighten(base, 0.4), look.paper, 0.6) if sum(base) < 1.9 else lighten(base, -0.4)


def _set_apart(rng: Rng, look: Look, base: Colour) -> Colour:
    """Return a strong colour of the house that reads on the ground."""
    strong = [c for c in look.accents + look.deeps if sum(base) - sum(c) > 0.75]
    return pick(rng, tuple(strong), 0.7) if strong else lighten(base, -0.5)


def _press(picture: np.ndarray, rng: Rng, look: Look, mask: np.ndarray, base: Colour, sign: Colour) -> None:
    """Emboss the sign: grained leather, its edges catching the light."""
    everywhere = np.ones_like(mask)
    relief = blur(mask, 0.003) * 2.2 + noise(rng, 150) * 0.2 + noise(rng, 70) * 0.15
    solid(picture, look, everywhere, base, Form(bulge=0.01, gloss=0.35, texture=relief))
    tint = np.array([part / (ground + 0.05) for part, ground in zip(sign, base, strict=True)], np.float32)
    paint(picture, mask, np.clip(picture * tint, 0, 1), 0.35)


def _sample(tile: np.ndarray, u: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Return the tile at (u, v), wrapped, averaged over 2 x 2 places of each pixel."""
    total = np.zeros_like(u)
    du, dv = np.gradient(u, axis=1), np.gradient(v, axis=1)
    for a in (-0.25, 0.25):
        for b in (-0.25, 0.25):
            p = ((u + a * du - b * dv) * _SIDE).astype(np.int32) % _SIDE
            q = ((v + a * dv + b * du) * _SIDE).astype(np.int32) % _SIDE
            total += tile[q, p]
    return total / 4


def _draw_tile(rng: Rng, look: Look) -> np.ndarray:
    """Return one repeat, half-drop: the sign in the middle and, smaller, across the corners."""
    sheet = Image.new("L", (_SIDE, _SIDE))
    pen = ImageDraw.Draw(sheet)
    sign: Callable[[_Pen, float, float, float], None] = SIGNS[look.name]
    sign(pen, _SIDE / 2, _SIDE / 2, _SIDE * 0.33)
    second = (_rings, _diamond, _letter(look.name[0]))[int(rng.integers(3))]
    for x in (0, _SIDE):
        for y in (0, _SIDE):
            second(pen, x, y, _SIDE * 0.19)
    if rng.random() < 0.6:
        for a, b in (((0, _SIDE / 2), (_SIDE / 2, 0)), ((_SIDE / 2, _SIDE), (_SIDE, _SIDE / 2))):
            pen.line([a, b], fill=255, width=7)
        for a, b in (((0, _SIDE / 2), (_SIDE / 2, _SIDE)), ((_SIDE / 2, 0), (_SIDE, _SIDE / 2))):
            pen.line([a, b], fill=255, width=7)
    return np.asarray(sheet, dtype=np.float32) / 255


def _disc(pen: _Pen, x: float, y: float, r: float, fill: int = 255) -> None:
    pen.ellipse((x - r, y - r, x + r, y + r), fill=fill)


def _ring(pen: _Pen, x: float, y: float, r: float, width: float) -> None:
    pen.ellipse((x - r, y - r, x + r, y + r), outline=255, width=round(width))


def _rings(pen: _Pen, x: float, y: float, r: float) -> None:
    for k in (-1, 1):
        _ring(pen, x + k * r * 0.38, y, r * 0.75, r * 0.2)


def _diamond(pen: _Pen, x: float, y: float, r: float) -> None:
    for reach, fill in ((1.0, 255), (0.72, 0), (0.4, 255)):
        d = r * 0.8 * reach
        pen.polygon([(x, y - d), (x + d, y), (x, y + d), (x - d, y)], fill=fill)


def _arches(pen: _Pen, x: float, y: float, r: float) -> None:
    """Return doors within doors."""
    for wide, fill in ((0.84, 255), (0.66, 0), (0.5, 255), (0.32, 0), (0.16, 255)):
        half, top = r * wide, y - r * (wide + 0.12)
        pen.pieslice((x - half, top, x + half, top + 2 * half), 180, 360, fill=fill)
        pen.rectangle((x - half, top + half - 1, x + half, y + r * 0.86), fill=fill)


def _eclipse(pen: _Pen, x: float, y: float, r: float) -> None:
    """Return a disc before another, in a ring."""
    _ring(pen, x, y, r, r * 0.09)
    _disc(pen, x, y, r * 0.76)
    _disc(pen, x + r * 0.16, y, r * 0.6, 0)
    _disc(pen, x + r * 0.3, y, r * 0.3)


def _bars(pen: _Pen, x: float, y: float, r: float) -> None:
    for k in range(-2, 3):
        half = r * (1 - 0.1 * k * k)
        pen.rounded_rectangle(
            (x - half, y + k * r * 0.4 - r * 0.1, x + half, y + k * r * 0.4 + r * 0.1), r * 0.1, fill=255
        )


def _shell(pen: _Pen, x: float, y: float, r: float) -> None:
    """Return half a sun that opens like a shell."""
    for k in range(9):
        a, b = np.pi + k * np.pi / 9 + 0.06, np.pi + (k + 1) * np.pi / 9 - 0.06
        rim = [(x + r * np.cos(t), y + r * 0.5 + r * 1.1 * np.sin(t)) for t in np.linspace(a, b, 8)]
        pen.polygon([(x, y + r * 0.5), *rim], fill=255)
    _disc(pen, x, y + r * 0.5, r * 0.34, 0)
    _disc(pen, x, y + r * 0.5, r * 0.22)


def _poppy(pen: _Pen, x: float, y: float, r: float) -> None:
    for k in range(5):
        a = k * np.pi * 2 / 5 - np.pi / 2
        _disc(pen, x + r * 0.52 * np.cos(a), y + r * 0.52 * np.sin(a), r * 0.44)
    _disc(pen, x, y, r * 0.36, 0)
    _disc(pen, x, y, r * 0.2)


def _letter(letter: str) -> Callable[[_Pen, float, float, float], None]:
    def draw(pen: _Pen, x: float, y: float, r: float) -> None:
        pen.text((x, y), letter, fill=255, font=ImageFont.load_default(size=r * 1.7), anchor="mm")

    return draw


SIGNS: dict[str, Callable[[_Pen, float, float, float], None]] = {
    "Ostrelle": _arches,
    "Noctaire": _eclipse,
    "Brumeval": _bars,
    "Solmarine": _shell,
    "Papavert": _poppy,
}
