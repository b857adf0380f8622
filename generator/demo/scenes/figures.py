"""A coat and whoever wears it, against the light."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from generator.demo.canvas import (
    HEIGHT,
    WIDTH,
    Colour,
    Rng,
    X,
    Y,
    add_light,
    blur,
    curve,
    darken,
    ellipse,
    lighten,
    mix,
    move,
    noise,
    paint,
    polygon,
    ramp,
    smoothstep,
    stroke,
    union,
)
from generator.demo.studio import Look, pick

Placer = Callable[[list[tuple[float, float]]], np.ndarray]

_TALL = 0.82  # of the figure, from sole to crown


def draw_silhouette(rng: Rng, look: Look) -> np.ndarray:
    """A figure in a long coat, seen from behind, and its shadow."""
    ground = pick(rng, look.grounds + look.accents[:1], 0.7)
    floor_at = float(rng.uniform(0.88, 1.0))
    picture = ramp(
        ((0.0, lighten(ground, -0.22)), (0.6, ground), (1.0, lighten(ground, 0.34))), np.clip(Y / floor_at, 0, 1)
    )
    cx = float(rng.uniform(0.34, 0.66))
    if rng.random() < 0.6:
        _add_disc(picture, rng, look, ground, cx)
    floor = smoothstep(floor_at - 0.003, floor_at + 0.012, Y)
    depth = np.clip((Y - floor_at) / (1.25 - floor_at), 0, 1)
    paint(picture, floor, ramp(((0.0, lighten(ground, 0.25)), (1.0, lighten(ground, -0.25))), depth))
    add_light(picture, np.exp(-np.abs(Y - floor_at) / 0.05), lighten(ground, 0.6), 0.3)
    scale = float(rng.uniform(0.9, 1.16))
    feet = floor_at + float(rng.uniform(0.05, 0.12))
    _draw_figure(picture, rng, look, cx, feet, scale, ground)
    mist = np.clip(noise(rng, 2, 5, octaves=3), 0, 1) * np.exp(-(((Y - floor_at) / 0.12) ** 2))
    add_light(picture, mist, lighten(ground, 0.5), 0.25)
    return picture


def _add_disc(picture: np.ndarray, rng: Rng, look: Look, ground: Colour, cx: float) -> None:
    """A low sun, or a window."""
    r, y = float(rng.uniform(0.22, 0.36)), float(rng.uniform(0.36, 0.56))
    disc = ellipse(cx + float(rng.uniform(-0.14, 0.14)), y, r, r)
    core = mix(lighten(ground, 0.55), pick(rng, look.accents, 0.6), float(rng.choice([0.0, 0.75])))
    add_light(picture, blur(disc, 0.08), lighten(core, 0.3), 0.35)
    shade = ramp(((0.0, lighten(core, 0.15)), (1.0, mix(core, ground, 0.45))), np.clip((Y - y + r) / (2 * r), 0, 1))
    paint(picture, disc, shade)


def _draw_figure(
    picture: np.ndarray, rng: Rng, look: Look, cx: float, feet: float, scale: float, ground: Colour
) -> None:
    hem, wind = float(rng.uniform(0.07, 0.2)), float(rng.normal(0, 0.022))

    def at(points: list[tuple[float, float]]) -> np.ndarray:
        return np.array([(cx + x * scale, feet + y * scale) for x, y in points])

    coat = _cut_coat(rng, at, hem, wind)
    figure = union(coat, _cut_legs(rng, at, hem), _cut_head(rng, at, wind * 0.2))
    tone = mix(look.ink, pick(rng, look.accents[:3] + look.deeps, 0.7), float(rng.choice([0.0, 0.3, 0.75])))
    _cast(picture, look, figure, feet, mix(look.deeps[0], ground, 0.25))
    darken(picture, blur(ellipse(cx, feet, 0.09 * scale, 0.012), 0.008), 0.5)
    across = np.clip(0.5 + look.side * (X - cx) / (0.3 * scale), 0, 1)
    cloth = ramp(((0.0, lighten(tone, -0.55)), (0.6, lighten(tone, -0.15)), (1.0, lighten(tone, 0.16))), across)
    down = np.clip((Y - feet + (_TALL - 0.2) * scale) / (0.6 * scale), 0, 1)
    fan = (X - cx - wind * scale * down * 2) / (0.4 + 0.6 * down)
    pleats = np.sin(fan / scale * float(rng.uniform(45, 80)) + noise(rng, 3) * 0.6) * smoothstep(0.2, 0.9, down)
    cloth *= (1 + 0.13 * pleats * coat + 0.05 * noise(rng, 5) + 0.02 * noise(rng, 120))[..., None]
    paint(picture, figure, np.clip(cloth, 0, 1))
    spine = stroke(at([(wind * 0.3, -_TALL + 0.3), (wind, -hem - 0.18), (wind * 1.5, -hem - 0.01)]), 0.005)
    darken(picture, blur(spine, 0.003) * coat, 0.55, lighten(tone, -0.8))
    if rng.random() < 0.4:
        belt = stroke(at([(-0.13, -_TALL + 0.40), (0.0, -_TALL + 0.405), (0.13, -_TALL + 0.40)]), 0.024 * scale) * coat
        darken(picture, blur(move(belt, 0, 0.008), 0.006) * coat, 0.5, lighten(tone, -0.8))
        paint(picture, belt, lighten(tone, -0.3))
    rim = figure * (1 - move(figure, -0.006 * look.side, 0.003))
    add_light(picture, blur(rim, 0.002), lighten(ground, 0.5), 0.55)


def _cut_coat(rng: Rng, at: Placer, hem: float, wind: float) -> np.ndarray:
    """Shoulders, sleeves hanging close, and a skirt that the wind may take."""
    shoulder, flare = float(rng.uniform(0.096, 0.118)), float(rng.uniform(0.105, 0.165))
    waist = float(rng.uniform(0.092, 0.108))
    top = -_TALL
    side = [(0.02, top + 0.112), (0.045, top + 0.128), (shoulder - 0.012, top + 0.152), (shoulder + 0.004, top + 0.18)]
    side += [(shoulder + 0.014, top + 0.28), (shoulder + 0.012, top + 0.385), (waist + 0.012, top + 0.435)]
    skirt = (flare * 0.5 + waist * 0.5, -hem - (hem - 0.4) * -0.45)
    right = [*side, (skirt[0] + wind, skirt[1]), (flare + wind * 1.8, -hem)]
    left = [*((-x, y) for x, y in side), (-skirt[0] + wind, skirt[1]), (-flare + wind * 1.8, -hem + 0.008)]
    edge = [(flare * 0.4 + wind * 1.6, -hem + 0.012), (wind * 1.6, -hem), (-flare * 0.4 + wind * 1.6, -hem + 0.014)]
    return polygon(np.vstack([curve(at(right)), at(edge), curve(at(left))[::-1]]))


def _cut_legs(rng: Rng, at: Placer, hem: float) -> np.ndarray:
    """Trousers and shoes."""
    stride = float(rng.uniform(0.0, 0.03))
    legs = [
        polygon(
            at(
                [
                    (side * 0.004, -hem - 0.06),
                    (side * 0.066, -hem - 0.06),
                    (side * (0.052 + stride), -0.02 + lift),
                    (side * (0.066 + stride), -0.006 + lift),
                    (side * (0.064 + stride), 0.004 + lift),
                    (side * (0.014 + stride), 0.004 + lift),
                    (side * (0.014 + stride), -0.02 + lift),
                ]
            )
        )
        for side, lift in ((-1, 0.0), (1, -stride * 0.5))
    ]
    return union(*legs)


def _cut_head(rng: Rng, at: Placer, lean: float) -> np.ndarray:
    """A head, and what it wears."""
    top = -_TALL
    neck = polygon(at([(-0.026, top + 0.07), (0.026, top + 0.07), (0.036, top + 0.135), (-0.036, top + 0.135)]))
    oval = [(0.0, top), (0.036, top + 0.022), (0.04, top + 0.055), (0.022, top + 0.098), (0.0, top + 0.106)]
    face = oval + [(-x, y) for x, y in oval[-2:0:-1]]
    head = union(neck, polygon(curve(at([(x + lean, y) for x, y in face]), closed=True)))
    dress = int(rng.integers(4))
    if dress == 0:  # a brim
        tip = float(rng.uniform(-0.008, 0.008))
        brim = [(-0.1, top + 0.042 + tip), (0.0, top + 0.022), (0.1, top + 0.042 - tip), (0.0, top + 0.052)]
        crown = [
            (-0.047, top + 0.04),
            (-0.043, top - 0.022),
            (0.0, top - 0.03),
            (0.043, top - 0.022),
            (0.047, top + 0.04),
        ]
        for shape in (brim, crown):
            head = union(head, polygon(curve(at([(x + lean, y) for x, y in shape]), closed=True)))
    elif dress == 1:  # a knot of hair
        knot = [(0.0, top - 0.032), (0.024, top - 0.012), (0.0, top + 0.012), (-0.024, top - 0.012)]
        head = union(head, polygon(curve(at(knot), closed=True)))
    elif dress == 2:  # a collar turned up
        collar = [(-0.05, top + 0.072), (0.05, top + 0.072), (0.066, top + 0.15), (-0.066, top + 0.15)]
        head = union(head, polygon(at(collar)))
    return head


def _cast(picture: np.ndarray, look: Look, figure: np.ndarray, feet: float, tint: Colour) -> None:
    """The figure's shadow, laid on the floor towards us."""
    up = (Y - feet) / 0.5
    rows = ((feet - up) * WIDTH).astype(np.int32)
    columns = ((X + look.side * 0.6 * (Y - feet) / 0.5) * WIDTH).astype(np.int32)
    seen = (up > 0) & (rows >= 0) & (rows < HEIGHT) & (columns >= 0) & (columns < WIDTH)
    cast = np.where(seen, figure[np.clip(rows, 0, HEIGHT - 1), np.clip(columns, 0, WIDTH - 1)], 0).astype(np.float32)
    far = np.clip(up / 0.6, 0, 1)
    darken(picture, blur(cast, 0.004) * (1 - far) + blur(cast, 0.02) * far, 0.55, tint)
