"""Draw posters: one word, one shape, much paper."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from generator.demo.canvas import (
    HEIGHT,
    WIDTH,
    Colour,
    Rng,
    X,
    Y,
    box,
    darken,
    ellipse,
    lighten,
    noise,
    paint,
    plain,
    polygon,
    ramp,
)
from generator.demo.studio import Look, pick

_OVER = 2


def draw_poster(rng: Rng, look: Look) -> np.ndarray:
    """Draw a printed sheet in two or three inks."""
    kind = int(rng.integers(4))
    inverse = rng.random() < 0.35
    paper = pick(rng, look.accents[:3] + look.deeps[:1], 0.8) if inverse else look.paper
    ink = look.paper if sum(paper) < 1.8 else look.ink
    spot = _choose_spot(rng, look, paper)
    picture = plain(paper)
    word = look.words[int(rng.integers(len(look.words)))]
    (_set_stack, _set_giant, _set_numeral, _set_column)[kind](picture, rng, look, word, ink, spot)
    _set_small(picture, rng, look, ink)
    fibre = noise(rng, 130) * 0.012 + noise(rng, 6) * 0.012
    picture *= (1 + fibre)[..., None]
    darken(picture, np.clip(0.5 - look.side * (X - 0.5) + (Y - 0.6) * 0.4, 0, 1) ** 2, 0.10)
    return picture


def _choose_spot(rng: Rng, look: Look, paper: Colour) -> Colour:
    apart = [c for c in look.accents + look.grounds if sum(abs(a - b) for a, b in zip(c, paper, strict=True)) > 0.6]
    return pick(rng, tuple(apart), 0.7)


def _text(text: str, size: float, x: float, y: float, anchor: str = "ls", angle: int = 0) -> np.ndarray:
    """Return the mask of the words; `size` and place are in the picture's units."""
    full = (WIDTH * _OVER, HEIGHT * _OVER)
    at = (x * full[0], y * full[0])
    font = ImageFont.load_default(size=size * full[0])
    weight = size * full[0] * 0.018 if size > 0.1 else 0  # the built-in face has one weight; large words want more
    # turned words are set on a sheet wide enough for them, and cut out after the turn
    sheet = Image.new("L", full if not angle else (full[1] * 2, full[1] * 2))
    place = at if not angle else (full[1], full[1])
    ImageDraw.Draw(sheet).text(place, text, fill=255, font=font, anchor=anchor, stroke_width=weight)
    if angle:
        sheet = sheet.rotate(angle, resample=Image.Resampling.BICUBIC)
        left, top = round(full[1] - at[0]), round(full[1] - at[1])
        sheet = sheet.crop((left, top, left + full[0], top + full[1]))
    return np.asarray(sheet.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS), dtype=np.float32) / 255


def _fit(text: str, width: float) -> float:
    """Return the size at which the words are this wide."""
    return width / (ImageFont.load_default(size=100).getlength(text) / 100 + 0.04)


def _set_small(picture: np.ndarray, rng: Rng, look: Look, ink: Colour) -> None:
    """Print the house's name at the head, a line at the foot."""
    paint(picture, _text(look.name, 0.032, 0.07, 0.095), ink, 0.95)
    paint(picture, _text(f"No. {int(rng.integers(1, 48))}", 0.032, 0.93, 0.095, "rs"), ink, 0.95)
    paint(picture, box(0.5, 0.125, 0.43, 0.0014, 0), ink, 0.9)
    paint(picture, _text("New collection", 0.026, 0.07, 1.185), ink, 0.95)
    paint(
        picture,
        _text(("Spring", "Summer", "Autumn", "Winter")[int(rng.integers(4))], 0.026, 0.93, 1.185, "rs"),
        ink,
        0.95,
    )


def _set_stack(picture: np.ndarray, rng: Rng, look: Look, word: str, ink: Colour, spot: Colour) -> None:
    """Draw the word again and again, one line in the spot colour."""
    size = min(_fit(word, 0.86), 0.36)
    lines = max(2, int(0.95 / (size * 0.86)))
    chosen = int(rng.integers(lines))
    for k in range(lines):
        paint(
            picture, _text(word, size, 0.065, 0.2 + size * 0.72 + k * size * 0.86), spot if k == chosen else ink, 0.96
        )


def _set_giant(picture: np.ndarray, rng: Rng, look: Look, word: str, ink: Colour, spot: Colour) -> None:
    """Draw a letter too large for the sheet, over a disc."""
    r = float(rng.uniform(0.2, 0.34))
    cx, cy = float(rng.uniform(0.25, 0.75)), float(rng.uniform(0.4, 0.85))
    paint(
        picture,
        ellipse(cx, cy, r, r),
        ramp(((0.0, lighten(spot, 0.18)), (1.0, lighten(spot, -0.1))), np.clip((Y - cy + r) / (2 * r), 0, 1)),
    )
    letter = _text(word[0].upper(), float(rng.uniform(1.25, 1.7)), 0.5 + float(rng.uniform(-0.15, 0.15)), 0.68, "mm")
    paint(picture, letter * (Y > 0.15) * (Y < 1.13), ink, 0.96)
    picture[:] = np.where(
        (letter * ellipse(cx, cy, r, r))[..., None] > 0.5, np.array(lighten(spot, 0.55), np.float32), picture
    )


def _set_numeral(picture: np.ndarray, rng: Rng, look: Look, word: str, ink: Colour, spot: Colour) -> None:
    """Draw half-discs on a grid above the word."""
    columns = int(rng.choice([3, 4, 4]))
    cell = 0.86 / columns
    lines = int(0.72 / cell)
    for row in range(lines):
        for column in range(columns):
            x, y = 0.07 + (column + 0.5) * cell, 0.17 + (row + 0.5) * cell
            if row + column and rng.random() < 0.12:
                continue
            side = int(rng.integers(4))
            cut = (x < X, x > X, y < Y, y > Y)[side]
            shape = ellipse(x, y, cell / 2, cell / 2)
            if rng.random() < 0.6:
                shape = shape * cut
            paint(picture, shape, spot if rng.random() < 0.6 else ink, 0.96)
    size = min(_fit(word, 0.86), 0.22)
    paint(picture, _text(word, size, 0.065, 1.12), ink, 0.96)


def _set_column(picture: np.ndarray, rng: Rng, look: Look, word: str, ink: Colour, spot: Colour) -> None:
    """Draw the word upright beside a slanted bar of colour."""
    slant = float(rng.uniform(-0.2, 0.2))
    left = float(rng.uniform(0.42, 0.58))
    bar = polygon([(left + slant, 0.15), (0.93, 0.15), (0.93, 1.13), (left - slant, 1.13)])
    paint(picture, bar, ramp(((0.0, lighten(spot, 0.2)), (1.0, lighten(spot, -0.15))), Y / 1.25))
    size = min(_fit(word, 0.93), 0.42)
    paint(picture, _text(word, size, 0.09 + size * 0.72, 1.12, "ls", 90), ink, 0.96)
