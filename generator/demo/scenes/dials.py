"""Draw a watch, close up."""

from __future__ import annotations

import numpy as np

from generator.demo.canvas import (
    WIDTH,
    Colour,
    Rng,
    X,
    Y,
    add_light,
    blur,
    box,
    darken,
    ellipse,
    lighten,
    mix,
    move,
    noise,
    paint,
    plain,
    polygon,
    ramp,
    smoothstep,
)
from generator.demo.studio import Form, Look, pick, polish, solid


def draw_watch(rng: Rng, look: Look) -> np.ndarray:
    """Draw a dial at about ten past ten, whole or cropped, its strap running out of the picture."""
    ground = mix(pick(rng, look.deeps + look.grounds[:2], 0.7), look.ink, 0.2)
    picture = plain(ground)
    lamp = np.hypot(X - 0.5 - 0.3 * look.side, Y - 0.3)
    add_light(picture, np.clip(1 - lamp, 0, 1) ** 2, lighten(ground, 0.4), 0.4)
    darken(picture, smoothstep(0.3, 1.1, lamp), 0.5)
    picture *= (1 + noise(rng, 60) * 0.02)[..., None]
    size = float(rng.choice([0.3, 0.34, 0.44, 0.58]))
    wide = size > 0.4
    cx = 0.5 + (float(rng.uniform(-0.3, 0.3)) if wide else float(rng.uniform(-0.04, 0.04)))
    cy = 0.62 + (float(rng.uniform(-0.25, 0.25)) if wide else float(rng.uniform(-0.04, 0.04)))
    tilt = float(rng.normal(0, 0.16))
    dial = pick(rng, look.deeps + look.accents[:3] + (look.paper,), 0.85)
    _draw_strap(picture, rng, look, (cx, cy), size, tilt)
    _draw_case(picture, look, (cx, cy), size, tilt)
    _draw_dial(picture, rng, look, (cx, cy), size * 0.84, tilt, dial)
    glass = np.clip(1 - np.hypot(X - cx + 0.12 * size, Y - cy + 0.3 * size) / (size * 0.95), 0, 1)
    sweep = smoothstep(-0.02, 0.02, (X - cx) * look.side * 0.7 - (Y - cy) - size * 0.25)
    add_light(picture, ellipse(cx, cy, size * 0.84, size * 0.84) * sweep * glass**0.5, (1, 1, 1), 0.13)
    return picture


def _draw_strap(
    picture: np.ndarray, rng: Rng, look: Look, centre: tuple[float, float], size: float, tilt: float
) -> None:
    colour = pick(rng, (*look.accents[:3], look.ink), 0.8)
    strap = box(centre[0], centre[1], size * 0.56, 2.0, 0.01, tilt)
    darken(picture, blur(move(strap, -0.05 * look.side, 0.02), 0.04), 0.6)
    solid(
        picture,
        look,
        strap,
        colour,
        Form(bulge=0.05, gloss=0.15, texture=noise(rng, 120) * 0.2 + noise(rng, 40) * 0.15),
    )
    for k in (-1, 1):
        shift = size * 0.49
        seam = box(centre[0] + k * shift * np.cos(tilt), centre[1] + k * shift * np.sin(tilt), 0.003, 2.0, 0.001, tilt)
        along = (Y - centre[1]) * np.cos(tilt) - (X - centre[0]) * np.sin(tilt)
        paint(picture, seam * (np.sin(along * 150) > -0.2), lighten(colour, 0.4), 0.8)


def _draw_case(picture: np.ndarray, look: Look, centre: tuple[float, float], size: float, tilt: float) -> None:
    cx, cy = centre
    for kx in (-1, 1):
        for ky in (-1, 1):
            dx, dy = kx * size * 0.52, ky * size * 0.93
            lug = box(
                cx + dx * np.cos(tilt) - dy * np.sin(tilt),
                cy + dx * np.sin(tilt) + dy * np.cos(tilt),
                size * 0.10,
                size * 0.2,
                size * 0.06,
                tilt - 0.10 * kx * ky,
            )
            solid(picture, look, lug, look.metal, Form(bulge=0.02, metal=True))
    crown = (cx + size * 1.05 * np.cos(tilt), cy + size * 1.05 * np.sin(tilt))
    solid(
        picture,
        look,
        box(crown[0], crown[1], size * 0.08, size * 0.1, 0.01, tilt),
        look.metal,
        Form(bulge=0.012, metal=True),
    )
    case = ellipse(cx, cy, size, size)
    darken(picture, blur(move(case, -0.03 * look.side, 0.03), 0.035), 0.7)
    reach, around = np.hypot(X - cx, Y - cy) / size, np.arctan2(Y - cy, X - cx)
    sweep = 0.5 + 0.5 * np.sin(around * 2 + 0.9 * look.side) * 0.7 + 0.22 * np.sin(around * 5 + 1)
    bevel = np.where(reach > 0.93, 1 - sweep, sweep)
    paint(picture, case, ramp(polish(look.metal), np.clip(bevel, 0, 1)))
    paint(picture, np.exp(-(((reach - 0.93) / 0.006) ** 2)), lighten(look.metal, 0.6), 0.7)


def _draw_dial(
    picture: np.ndarray, rng: Rng, look: Look, centre: tuple[float, float], size: float, tilt: float, colour: Colour
) -> None:
    cx, cy = centre
    dial = ellipse(cx, cy, size, size)
    reach, around = np.hypot(X - cx, Y - cy) / size, np.arctan2(Y - cy, X - cx) - tilt
    streak = rng.standard_normal(1600, dtype=np.float32)[((around + 8) * 100).astype(np.int32) % 1600]
    rays = (0.5 + 0.5 * np.cos((around - 0.8 * look.side) * 2)) ** 3
    face = ramp(
        ((0.0, lighten(colour, -0.45)), (0.5, colour), (1.0, lighten(colour, 0.42))),
        np.clip(0.3 + 0.5 * rays + streak * 0.03, 0, 1),
    )
    paint(picture, dial, face.astype(np.float32))
    darken(picture, dial * smoothstep(0.8, 1.0, reach), 0.5)
    darken(picture, dial * (1 - blur(move(dial, -0.014 * look.side, 0.018), 0.014)), 0.7)
    dark = sum(colour) < 1.6
    mark = look.metal if dark else mix(look.ink, look.metal, 0.15)

    def spot(hour: float, far: float) -> tuple[float, float]:
        a = hour / 6 * np.pi - np.pi / 2 + tilt
        return cx + float(np.cos(a)) * far * size, cy + float(np.sin(a)) * far * size

    if rng.random() < 0.55:
        for hour in ((6,), (3, 9), (3, 6, 9))[int(rng.integers(3))]:
            x, y = spot(hour, 0.48)
            r = 0.2 * size
            small = ellipse(x, y, r, r)
            lines = 0.5 + 0.5 * np.sin(np.hypot(X - x, Y - y) * WIDTH * 1.6)
            darken(picture, small, 0.35)
            add_light(picture, small * lines, lighten(colour, 0.4), 0.12)
            paint(picture, np.exp(-(((np.hypot(X - x, Y - y) - r) * WIDTH / 1.3) ** 2)), mark, 0.8)
            a = float(rng.uniform(0, 6.28))
            paint(
                picture,
                box(x + r * 0.35 * np.cos(a), y + r * 0.35 * np.sin(a), 0.0028, r * 0.42, 0.002, a + np.pi / 2),
                mark,
            )
    minutes = np.clip(
        1.2 - np.abs(((around / (2 * np.pi) * 60 + 0.5) % 1) - 0.5) * (2 * np.pi / 60) * reach * size * WIDTH, 0, 1
    )
    paint(picture, minutes * smoothstep(0.915, 0.925, reach) * smoothstep(0.965, 0.955, reach), mark, 0.8)
    slim = float(rng.uniform(0.012, 0.026))
    for hour in range(12):
        x, y = spot(hour, 0.79)
        a = hour / 6 * np.pi + tilt
        bar = box(x, y, size * slim * (1.7 if hour == 0 else 1), size * 0.085, 0.003, a)
        darken(picture, blur(move(bar, -0.004 * look.side, 0.006), 0.004), 0.5)
        tone = 0.5 + 0.5 * np.sin(a * 2 + 1.0)
        paint(picture, bar, lighten(mark, 0.35 * tone - 0.1))
    hours = 10 + float(rng.uniform(0.05, 0.3))
    for turn_by, far, thick in (
        (hours, 0.52, 0.028),
        ((hours % 1) * 12, 0.8, 0.02),
        (float(rng.uniform(0, 12)), 0.86, 0.006),
    ):
        tip, tail = spot(turn_by, far), spot(turn_by + 6, 0.12)
        a = turn_by / 6 * np.pi - np.pi / 2 + tilt
        ox, oy = -float(np.sin(a)) * thick * size, float(np.cos(a)) * thick * size
        mid = spot(turn_by, far * 0.72)
        hand = polygon(
            [
                (tail[0] + ox * 0.5, tail[1] + oy * 0.5),
                (mid[0] + ox, mid[1] + oy),
                tip,
                (mid[0] - ox, mid[1] - oy),
                (tail[0] - ox * 0.5, tail[1] - oy * 0.5),
            ]
        )
        half = polygon([tail, (mid[0] + ox, mid[1] + oy), tip])
        darken(picture, blur(move(hand, -0.008 * look.side, 0.012), 0.006), 0.6)
        needle = look.accents[0] if thick < 0.01 else mark
        paint(picture, hand, lighten(needle, -0.18))
        paint(picture, half * hand, lighten(needle, 0.3))
    solid(picture, look, ellipse(cx, cy, 0.035 * size, 0.035 * size), mark, Form(bulge=0.008, metal=True))
