"""Paint scenes with masks, gradients and light on a float picture.

Coordinates: x runs from 0 to 1 across the picture, y from 0 to 1.25 down it. Masks are (600, 480)
float32 in 0..1, pictures (600, 480, 3) float32 in display RGB, nominally 0..1.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

Colour = tuple[float, float, float]
Points = Sequence[tuple[float, float]] | np.ndarray
Rng = np.random.Generator

WIDTH, HEIGHT = 480, 600
TALL = HEIGHT / WIDTH
_OVER = 3  # polygons are drawn this many times larger and averaged down

Y, X = np.meshgrid(
    (np.arange(HEIGHT, dtype=np.float32) + 0.5) / WIDTH,
    (np.arange(WIDTH, dtype=np.float32) + 0.5) / WIDTH,
    indexing="ij",
)


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """Return the colour `share` of the way from `first` to `second`."""
    a, b, c = (p + (q - p) * share for p, q in zip(first, second, strict=True))
    return (a, b, c)


def lighten(colour: Colour, share: float) -> Colour:
    """Return the colour mixed towards a warm white, or, by a negative share, towards black."""
    return mix(colour, (1.0, 0.985, 0.96), share) if share >= 0 else mix(colour, (0.02, 0.02, 0.03), -share)


def ramp(stops: Sequence[tuple[float, Colour]], where: np.ndarray) -> np.ndarray:
    """Return the colours (h, w, 3) of a gradient with ascending stops, at the values `where` (h, w)."""
    table = np.linspace(stops[0][0], stops[-1][0], 512)
    at = [place for place, _ in stops]
    colours = np.stack([np.interp(table, at, [c[k] for _, c in stops]) for k in range(3)], axis=1).astype(np.float32)
    scaled = (where - at[0]) * (511 / (at[-1] - at[0]))
    return colours.take(np.clip(scaled, 0, 511).astype(np.int16), axis=0)


def smoothstep(low: float, high: float, value: np.ndarray) -> np.ndarray:
    """Return 0 below `low`, 1 above `high`, and an S-curve between."""
    t = np.clip((value - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def plain(colour: Colour) -> np.ndarray:
    """Return a picture of one colour."""
    return np.broadcast_to(np.array(colour, dtype=np.float32), (HEIGHT, WIDTH, 3)).copy()


def extent(mask: np.ndarray, margin: int = 0) -> tuple[slice, slice]:
    """Return the rows and columns that hold the mask, with `margin` pixels around it."""
    rows = np.flatnonzero(mask.max(axis=1) > 0.002)
    if not len(rows):
        return slice(0, 0), slice(0, 0)
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    columns = np.flatnonzero(mask[top:bottom].max(axis=0) > 0.002)
    return (
        slice(max(0, top - margin), bottom + margin),
        slice(max(0, int(columns[0]) - margin), int(columns[-1]) + margin + 1),
    )


# numpy is twice as fast on one channel after the other as on all three at once: their axis is too short for its loops
def paint(picture: np.ndarray, mask: np.ndarray, colour: Colour | np.ndarray, strength: float = 1.0) -> None:
    """Lay a colour, or a picture, over the picture through the mask."""
    at = extent(mask)
    over = np.asarray(colour, dtype=np.float32)
    if over.ndim == 3:
        over = over[at]
    shown = mask[at] * strength
    for channel in range(3):
        under = picture[at][..., channel]
        under += shown * (over[..., channel] - under)


def darken(picture: np.ndarray, mask: np.ndarray, strength: float, tint: Colour = (0.1, 0.08, 0.12)) -> None:
    """Darken the picture by multiplying towards `tint`, so that things in the shadow keep their colour."""
    at = extent(mask)
    shade = mask[at] * strength
    for channel, lost in enumerate(1 - np.array(tint, dtype=np.float32)):
        under = picture[at][..., channel]
        under *= 1 - shade * lost


def add_light(picture: np.ndarray, mask: np.ndarray, colour: Colour, strength: float = 1.0) -> None:
    """Screen light over the picture, so that nothing burns out abruptly."""
    at = extent(mask)
    light = mask[at] * strength
    for channel, tone in enumerate(np.array(colour, dtype=np.float32)):
        under = picture[at][..., channel]
        under += np.clip(light * tone, 0, 1) * (1 - np.clip(under, 0, 1))


def turn(angle: float, centre: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Return the grid's coordinates about `centre`, turned by `angle` (radians, clockwise as seen)."""
    return _turn(X, Y, angle, centre)


def _turn(x: np.ndarray, y: np.ndarray, angle: float, centre: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    dx, dy = x - float(centre[0]), y - float(centre[1])
    if not angle:
        return dx, dy
    cos, sin = math.cos(angle), math.sin(angle)
    return dx * cos + dy * sin, dy * cos - dx * sin


def window(cx: float, cy: float, reach: float) -> tuple[slice, slice]:
    """Return the rows and columns within `reach` of a place."""
    return (
        slice(max(0, int((cy - reach) * WIDTH) - 1), max(0, int((cy + reach) * WIDTH) + 2)),
        slice(max(0, int((cx - reach) * WIDTH) - 1), max(0, int((cx + reach) * WIDTH) + 2)),
    )


def ellipse(cx: float, cy: float, rx: float, ry: float, angle: float = 0.0) -> np.ndarray:
    """Return the mask of an ellipse with a smooth edge."""
    mask = np.zeros((HEIGHT, WIDTH), dtype=np.float32)
    at = window(cx, cy, max(rx, ry))
    u, v = _turn(X[at], Y[at], angle, (cx, cy))
    u, v = u / rx, v / ry
    reach = np.sqrt(u * u + v * v) + 1e-6
    slope = np.sqrt((u / rx) ** 2 + (v / ry) ** 2) / reach + 1e-6
    mask[at] = np.clip((1 - reach) / slope * WIDTH + 0.5, 0, 1)
    return mask


def box(cx: float, cy: float, half_width: float, half_height: float, radius: float, angle: float = 0.0) -> np.ndarray:
    """Return the mask of a rectangle with round corners."""
    mask = np.zeros((HEIGHT, WIDTH), dtype=np.float32)
    at = window(cx, cy, math.hypot(half_width, half_height))
    u, v = _turn(X[at], Y[at], angle, (cx, cy))
    radius = min(radius, half_width, half_height)
    qx, qy = np.abs(u) - (half_width - radius), np.abs(v) - (half_height - radius)
    outside = np.sqrt(np.maximum(qx, 0) ** 2 + np.maximum(qy, 0) ** 2)
    mask[at] = np.clip((radius - outside - np.minimum(np.maximum(qx, qy), 0)) * WIDTH + 0.5, 0, 1)
    return mask


def polygon(points: Points) -> np.ndarray:
    """Return the mask of a polygon."""
    return _draw(lambda pen, at: pen.polygon(at, fill=255), points, 0)


def stroke(points: Points, width: float) -> np.ndarray:
    """Return the mask of a line of one width with round joints."""
    thick = max(1, round(width * WIDTH * _OVER))
    return _draw(lambda pen, at: pen.line(at, fill=255, width=thick, joint="curve"), points, round(width * WIDTH) + 1)


def _draw(
    drawing: Callable[[ImageDraw.ImageDraw, list[tuple[float, float]]], None], points: Points, margin: int
) -> np.ndarray:
    """Draw a mask enlarged, within the points' own window, and average it down."""
    mask = np.zeros((HEIGHT, WIDTH), dtype=np.float32)
    places = np.asarray(points, dtype=np.float64) * WIDTH
    left, top = (max(0, math.floor(places[:, k].min()) - margin) for k in (0, 1))
    right = min(WIDTH, math.ceil(places[:, 0].max()) + margin + 1)
    bottom = min(HEIGHT, math.ceil(places[:, 1].max()) + margin + 1)
    if right <= left or bottom <= top:
        return mask
    sheet = Image.new("L", ((right - left) * _OVER, (bottom - top) * _OVER))
    drawing(ImageDraw.Draw(sheet), [(float(x - left) * _OVER, float(y - top) * _OVER) for x, y in places])
    mask[top:bottom, left:right] = np.asarray(sheet.reduce(_OVER), dtype=np.float32) / 255
    return mask


def curve(points: Points, closed: bool = False, steps: int = 14) -> np.ndarray:
    """Return a Catmull-Rom spline through the points: (m, 2)."""
    knots = np.asarray(points, dtype=np.float64)
    knots = (
        np.vstack([knots[-1], knots, knots[0], knots[1]])
        if closed
        else np.vstack([2 * knots[0] - knots[1], knots, 2 * knots[-1] - knots[-2]])
    )
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    pieces = []
    for a, b, c, d in zip(knots, knots[1:], knots[2:], knots[3:], strict=False):
        pieces.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    if not closed:
        pieces.append(knots[-2:-1])
    return np.vstack(pieces)


def blur(mask: np.ndarray, radius: float) -> np.ndarray:
    """Return the mask out of focus; `radius` is in the picture's units (1 is its width)."""
    pixels = radius * WIDTH
    at = extent(mask, round(pixels * 2.6) + 4)
    soft = np.zeros((HEIGHT, WIDTH), dtype=np.float32)
    part = mask[at]
    if not part.size:
        return soft
    sheet = Image.fromarray((np.clip(part, 0, 1) * 255).astype(np.uint8))
    if pixels < 8:
        soft[at] = np.asarray(sheet.filter(ImageFilter.GaussianBlur(pixels)), dtype=np.float32) / 255
        return soft
    small = sheet.reduce(4).filter(ImageFilter.GaussianBlur(pixels / 4))
    # enlarging as float leaves no steps in the wide, faint gradients of a soft shadow
    wide = Image.fromarray(np.asarray(small, dtype=np.float32)).resize(sheet.size, Image.Resampling.BICUBIC)
    soft[at] = np.clip(np.asarray(wide, dtype=np.float32) / 255, 0, 1)
    return soft


def move(mask: np.ndarray, dx: float, dy: float) -> np.ndarray:
    """Return the mask shifted, with nothing at the edge it leaves."""
    moved = np.zeros_like(mask)
    x, y = round(dx * WIDTH), round(dy * WIDTH)
    moved[max(y, 0) : HEIGHT + min(y, 0), max(x, 0) : WIDTH + min(x, 0)] = mask[
        max(-y, 0) : HEIGHT - max(y, 0), max(-x, 0) : WIDTH - max(x, 0)
    ]
    return moved


def union(*masks: np.ndarray) -> np.ndarray:
    """Return the largest of the masks at each place."""
    whole = masks[0].copy()
    for mask in masks[1:]:
        np.maximum(whole, mask, out=whole)
    return whole


def round_off(mask: np.ndarray, radius: float) -> np.ndarray:
    """Return the mask with its corners rounded."""
    return np.clip((blur(mask, radius) - 0.5) * max(1.0, radius * WIDTH * 1.8) + 0.5, 0, 1)


def noise(rng: Rng, columns: float, lines: float | None = None, octaves: int = 1) -> np.ndarray:
    """Return smooth noise in -1..1, with `columns` features across and `lines` down."""
    total = np.zeros((HEIGHT, WIDTH), dtype=np.float32)
    lines = columns * TALL if lines is None else lines
    for octave in range(octaves):
        shape = (max(2, round(lines * 2**octave)) + 1, max(2, round(columns * 2**octave)) + 1)
        seeds = rng.uniform(-1, 1, shape).astype(np.float32)
        wide = Image.fromarray(seeds).resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
        total += np.asarray(wide, dtype=np.float32) / 2**octave
    return total


def slopes(height: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the unit normals (x, y, z) of a surface; `height` is in the picture's units."""
    down, across = np.gradient(height * WIDTH)
    length = 1 / np.sqrt(across * across + down * down + 1)
    return -across * length, -down * length, length
