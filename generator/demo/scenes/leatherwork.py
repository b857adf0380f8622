"""Draw the parts of bags: panels of hide, gussets, flaps, handles and metal fittings."""

from __future__ import annotations

import numpy as np

from generator.demo.canvas import (
    Colour,
    Points,
    Rng,
    X,
    Y,
    add_light,
    blur,
    curve,
    darken,
    lighten,
    move,
    noise,
    paint,
    polygon,
    round_off,
    smoothstep,
    stroke,
)
from generator.demo.relief import Band, Surface, bend_band, cast_metal, rotate
from generator.demo.studio import Form, Look, solid


def hide_grain(rng: Rng) -> np.ndarray:
    """Return the height of grained hide, in pixels."""
    return noise(rng, 170) * 0.10 + noise(rng, 80) * 0.07


def add_panel(
    picture: np.ndarray, look: Look, mask: np.ndarray, colour: Colour, grain: np.ndarray, stitched: bool = True
) -> None:
    """Paint a stiff panel: rolled at its edge, brighter towards the lamp, stitched along the rim."""
    solid(picture, look, mask, colour, Form(bulge=0.016, depth=0.8, gloss=0.14, texture=grain))
    x0, x1 = (float(X[0][columns]) for columns in np.flatnonzero(mask.max(axis=0) > 0.5)[[0, -1]])
    across = np.clip((X - x0) / (x1 - x0), 0, 1)
    lit = across if look.side > 0 else 1 - across
    add_light(picture, mask * np.exp(-(((lit - 0.80) / 0.20) ** 2)), lighten(colour, 0.7), 0.20)
    darken(picture, mask * smoothstep(0.55, 0.0, lit), 0.34, lighten(colour, -0.75))
    if stitched:
        deep = blur(mask, 0.018)
        dashes = np.sin((X * 1.0 + Y * 1.013) * 300) > -0.35
        seam = np.exp(-(((deep - 0.905) / 0.03) ** 2)) * mask
        darken(picture, seam, 0.35, lighten(colour, -0.7))
        paint(picture, seam * dashes, lighten(colour, 0.38), 0.55)


def add_metal(picture: np.ndarray, look: Look, surfaces: list[Surface], shade: np.ndarray | None = None) -> None:
    """Paint metal fittings, with their shadow on `shade`."""
    mask, metal = cast_metal(surfaces, look.metal, look.side)
    if shade is not None:
        darken(picture, blur(move(mask, -0.012 * look.side, 0.014), 0.008) * shade, 0.5)
    # the room is bright here: metal mirrors a light wall where it mirrored the dark
    paint(picture, mask, np.clip(metal * 0.86 + np.array(look.metal, np.float32) * 0.24, 0, 1))


def trapezoid(cx: float, base: float, half: float, tall: float, taper: float) -> list[tuple[float, float]]:
    """Return the corners of a trapezoid on `base`, from the lower left, the top `taper` times as wide."""
    return [(cx - half, base), (cx + half, base), (cx + half * taper, base - tall), (cx - half * taper, base - tall)]


def add_gusset(picture: np.ndarray, look: Look, front: Points, colour: Colour, wide: float) -> np.ndarray:
    """Paint the bag's side away from the lamp, folded in along its middle; return its mask."""
    corners = np.asarray(front)
    near = corners[[1, 2]] if look.side < 0 else corners[[0, 3]]
    shift = np.array([-look.side * wide, -wide * 0.42])
    far = near + shift * [[1.0], [0.5]]
    side = polygon(np.vstack([near, far[::-1]]))
    paint(picture, side, lighten(colour, -0.45))
    fold = polygon(np.vstack([near, (near * 0.5 + far * 0.5)[::-1]]))
    darken(picture, blur(fold, 0.006) * side, 0.55, lighten(colour, -0.85))
    return side


def add_handle(
    picture: np.ndarray, look: Look, line: np.ndarray, wide: float, colour: Colour, onto: np.ndarray
) -> np.ndarray:
    """Paint a handle along the line, with its shadow on the mask `onto`; return its mask."""
    band = stroke(line, wide)
    darken(picture, blur(move(band, -0.014 * look.side, 0.014), 0.008) * onto, 0.45)
    solid(picture, look, band, colour, Form(bulge=wide * 0.5, depth=1.1, gloss=0.3))
    return band


def shape_flap(rng: Rng, corners: list[tuple[float, float]], body: np.ndarray, drop: float) -> np.ndarray:
    """Return the mask of a flap over the upper front, `drop` long: straight, bowed or pointed."""
    (left, low), (right, _), (right_top, top), (left_top, _) = corners
    share = drop / (low - top)
    a, b = left_top + (left - left_top) * share, right_top + (right - right_top) * share
    middle, bow = (a + b) / 2, float(rng.choice([0.0, 0.05, 0.1]))
    edge = curve([(a, top + drop - bow), (middle, top + drop), (b, top + drop - bow)], steps=24)
    outline = np.vstack([[(left_top, top - 0.01)], edge, [(right_top, top - 0.01)]])
    return np.asarray(round_off(polygon(outline), 0.012) * body)


def add_flap(
    picture: np.ndarray, look: Look, flap: np.ndarray, body: np.ndarray, colour: Colour, grain: np.ndarray
) -> None:
    """Lay a flap over the body of a bag, with its shadow."""
    darken(picture, blur(move(flap, -0.006 * look.side, 0.016), 0.010) * body * (1 - flap), 0.6)
    add_panel(picture, look, flap, lighten(colour, 0.04), grain)


def add_clasp(picture: np.ndarray, rng: Rng, look: Look, x: float, y: float, onto: np.ndarray) -> None:
    """Paint one of three clasps, with its shadow on the mask `onto`."""
    kind = int(rng.integers(3))
    if kind == 0:
        parts = [bend_band(rotate(0, 0.15, 0), (x, y), Band(0.028, 0.008, flat=1.4))]
    elif kind == 1:
        parts = [bend_band(rotate(0, 0.1, 0), (x, y), Band(0.014, 0.009, straight=0.026))]
    else:
        parts = [bend_band(rotate(0, 0.1, 0), (x + d, y), Band(0.018, 0.006)) for d in (-0.012, 0.012)]
    add_metal(picture, look, parts, onto)
