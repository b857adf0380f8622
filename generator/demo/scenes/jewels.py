"""Rings, pearls and stones on black."""

from __future__ import annotations

import numpy as np

from generator.demo.canvas import (
    TALL,
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
    paint,
    plain,
    polygon,
    ramp,
    smoothstep,
    turn,
)
from generator.demo.studio import Look, pick, polish

_STONES: tuple[Colour, ...] = ((0.04, 0.42, 0.30), (0.62, 0.03, 0.14), (0.06, 0.16, 0.55), (0.93, 0.95, 1.0))


def draw_jewellery(rng: Rng, look: Look) -> np.ndarray:
    """Light held by small things in the dark."""
    picture = plain(mix(pick(rng, look.deeps, 0.6), (0.012, 0.010, 0.014), 0.72))
    lamp = np.hypot(X - 0.5 - 0.25 * look.side, (Y - 0.35) * 0.9)
    add_light(picture, np.clip(1 - lamp / 0.8, 0, 1) ** 2, mix(look.deeps[-1], look.accents[0], 0.4), 0.30)
    (_add_ring, _add_pearls, _add_ring, _add_drops)[int(rng.integers(4))](picture, rng, look)
    return picture


def _add_ring(picture: np.ndarray, rng: Rng, look: Look) -> None:
    """One to three rings with a stone, standing on their own reflection."""
    count = int(rng.choice([1, 1, 2, 3]))
    for k in range(count):
        size = float(rng.uniform(0.27, 0.36)) * (1 if count == 1 else 0.66)
        cx = 0.5 + (k - (count - 1) / 2) * 0.27 + float(rng.uniform(-0.04, 0.04))
        cy = 0.66 + (k % 2) * 0.1 - float(rng.uniform(0.0, 0.1))
        tilt = float(rng.normal(0, 0.22))
        _draw_band(picture, look, (cx, cy), size, float(rng.uniform(0.45, 0.95)), tilt, float(rng.uniform(0.10, 0.2)))
        stone = _STONES[int(rng.integers(4))]
        top = (cx + size * 0.99 * np.sin(tilt), cy - size * 0.99 * np.cos(tilt))
        _draw_stone(picture, rng, (float(top[0]), float(top[1])), size * float(rng.uniform(0.32, 0.5)), stone, tilt)


def _draw_band(
    picture: np.ndarray, look: Look, centre: tuple[float, float], size: float, squeeze: float, tilt: float, thick: float
) -> None:
    u, v = turn(tilt, centre)
    reach = np.hypot(u / squeeze, v)
    wide = size * thick * (0.75 + 0.25 * np.abs(v) / size)
    across = (reach - size) / wide  # -1 the inner edge, 1 the outer
    slope = np.clip(squeeze + (1 - squeeze) * np.abs(v) / (reach + 1e-6), 0.2, 1)
    band = np.clip((1 - np.abs(across)) * wide * WIDTH * slope + 0.5, 0, 1)
    around = np.arctan2(v, u / squeeze)
    nx, ny = np.cos(around) * across, np.sin(around) * across
    mirror = 0.5 - 0.42 * ny + 0.26 * look.side * nx + 0.12 * np.sin(around * 2 + 1.3) + 0.05 * np.sin(around * 5)
    glow = blur(move(band, 0, size * 0.16), 0.05)
    darken(picture, glow, 0.6, (0, 0, 0))
    floor = centre[1] + size * (1 + thick)
    flipped = blur(move(np.flipud(band), 0, 2 * floor - TALL), 0.006)
    add_light(picture, flipped * smoothstep(size * 2.0, 0.0, Y - centre[1] - size), look.metal, 0.16)
    sheen = ramp(polish(look.metal), np.clip(mirror, 0, 1))
    paint(picture, band, np.maximum(sheen, np.array(mix((0.02, 0.02, 0.02), look.metal, 0.22), np.float32)))
    add_light(picture, blur(band * smoothstep(0.74, 0.86, mirror), 0.012), (1, 0.95, 0.85), 0.5)


def _draw_stone(
    picture: np.ndarray, rng: Rng, centre: tuple[float, float], size: float, colour: Colour, tilt: float
) -> None:
    """A cut stone: facets by angle and ring, each of one tone."""
    sides = int(rng.choice([6, 8, 8, 10]))
    u, v = turn(tilt, centre)
    v = v / float(rng.uniform(0.78, 1.1))
    angle = np.arctan2(v, u) / (2 * np.pi) * sides
    sector = np.floor(angle)
    within = (angle - sector - 0.5) * (2 * np.pi / sides)
    reach = np.hypot(u, v) * np.cos(within) / np.cos(np.pi / sides) / size
    mask = np.clip((1 - reach) * size * WIDTH + 0.5, 0, 1)
    tones = rng.uniform(0.05, 1.0, (4, sides * 2 + 2)).astype(np.float32)
    ring = np.where(reach < 0.5, 0, np.where(reach < 0.76, 1, 2))
    half = (angle - sector > 0.5).astype(np.int32)
    index = (sector.astype(np.int32) % sides) * 2 + np.where(ring == 0, 0, half)
    tone = tones[ring, index]
    tone = np.where(ring == 0, 0.35 + 0.4 * np.clip(0.5 - v / size + u / size * 0.6, 0, 1), tone)
    bright = lighten(colour, 0.75)
    darken(picture, blur(mask, 0.02), 0.5, (0, 0, 0))
    paint(
        picture,
        mask,
        ramp(
            ((0.0, mix(colour, (0, 0, 0), 0.75)), (0.5, colour), (0.85, mix(colour, bright, 0.6)), (1.0, bright)), tone
        ),
    )
    add_light(picture, mask * smoothstep(0.92, 1.0, tone), (1, 1, 1), 0.8)
    add_light(picture, blur(mask, 0.05), colour, 0.35)
    for _ in range(int(rng.integers(1, 4))):
        at = (centre[0] + float(rng.normal(0, size * 0.5)), centre[1] + float(rng.normal(0, size * 0.5)))
        _add_glint(picture, at, float(rng.uniform(0.4, 1.0)) * size * 1.3)


def _add_glint(picture: np.ndarray, at: tuple[float, float], size: float) -> None:
    dx, dy = np.abs(X - at[0]), np.abs(Y - at[1])
    rays = np.exp(-dx / (size * 0.28) - dy / 0.0022) + np.exp(-dy / (size * 0.28) - dx / 0.0022)
    core = np.exp(-np.hypot(dx, dy) / 0.010)
    add_light(picture, np.clip(rays + core, 0, 1), (1.0, 0.98, 0.94), 0.95)


def _draw_ball(picture: np.ndarray, look: Look, x: float, y: float, r: float, colour: Colour) -> None:
    """A pearl, shaded within its own small window of the picture."""
    left, right = max(0, int((x - r * 1.8) * WIDTH)), int((x + r * 1.8) * WIDTH) + 1
    top, bottom = max(0, int((y - r * 1.8) * WIDTH)), int((y + r * 1.8) * WIDTH) + 1
    window = picture[top:bottom, left:right]
    if not window.size:
        return
    u, v = (X[top:bottom, left:right] - x) / r, (Y[top:bottom, left:right] - y) / r
    reach = np.hypot(u, v)
    darken(window, np.exp(-np.maximum(np.hypot(u + 0.25 * look.side, v - 0.3) - 0.8, 0) * 4), 0.55, (0, 0, 0))
    nz = np.sqrt(np.clip(1 - reach**2, 0, 1))
    light = np.clip(0.5 * look.side * u - 0.55 * v + 0.67 * nz, 0, 1)
    shine = np.clip(0.3 * look.side * u - 0.36 * v + 0.883 * nz, 0, 1) ** 60
    bounce = np.clip(-0.4 * look.side * u + 0.7 * v + 0.2 * nz, 0, 1) ** 2
    dark = mix(colour, (0.03, 0.02, 0.04), 0.86)
    ball = ramp(((0.0, dark), (0.45, mix(colour, dark, 0.45)), (0.85, colour), (1.0, lighten(colour, 0.4))), light)
    # nacre: a breath of pink and green with the angle
    ball *= 1 + np.stack([0.06 * (1 - nz), 0.05 * (nz - 0.6), 0.05 * (1 - nz)], axis=-1)
    ball += (bounce * 0.16)[..., None] * np.array(look.metal, np.float32) + shine[..., None]
    paint(window, np.clip((1 - reach) * r * WIDTH + 0.5, 0, 1), np.clip(ball, 0, 1))


def _add_pearls(picture: np.ndarray, rng: Rng, look: Look) -> None:
    """A strand, or several, hung along a curve."""
    colour = ((0.95, 0.90, 0.84), (0.95, 0.84, 0.80), (0.80, 0.82, 0.86), (0.42, 0.40, 0.44))[
        int(rng.choice(4, p=(0.5, 0.2, 0.2, 0.1)))
    ]
    strands = int(rng.integers(1, 4))
    swing = float(rng.uniform(-0.25, 0.25))
    drop = float(rng.uniform(0.62, 0.9))
    for strand in range(strands):
        low = drop - strand * 0.17
        line = curve(
            [
                (-0.1, 0.05 - strand * 0.05),
                (0.22 + swing * 0.4, low * 0.72),
                (0.5 + swing, low),
                (0.78 + swing * 0.4, low * 0.72),
                (1.1, 0.05 - strand * 0.05),
            ],
            steps=80,
        )
        step = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
        size = float(rng.uniform(0.03, 0.06))
        place = 0.0
        while place < step[-1]:
            x, y = (float(np.interp(place, step, line[:, k])) for k in (0, 1))
            grow = size * (0.8 + 0.45 * np.exp(-(((x - 0.5 - swing) / 0.25) ** 2)))
            _draw_ball(picture, look, x, y, float(grow), colour)
            place += float(grow) * 2.02
        if strand == 0 and rng.random() < 0.6:
            _draw_stone(picture, rng, (0.5 + swing, low + 0.14), 0.07, _STONES[int(rng.integers(4))], 0.0)
            _add_glint(picture, (0.5 + swing, low + 0.06), 0.05)


def _add_drops(picture: np.ndarray, rng: Rng, look: Look) -> None:
    """A pair of ear-rings: stone, chain of gold, pearl or drop."""
    apart, top = float(rng.uniform(0.15, 0.23)), float(rng.uniform(0.2, 0.3))
    stone = _STONES[int(rng.integers(4))]
    long = float(rng.uniform(0.34, 0.56))
    pearl = bool(rng.random() < 0.5)
    for k in (-1, 1):
        x = 0.5 + k * apart
        y0 = top + (0.05 if k > 0 else 0)
        for bead in range(int(long / 0.03)):
            _draw_ball(picture, look, x, y0 + 0.05 + bead * 0.03, 0.0155, look.metal)
        end = y0 + long + 0.06
        if pearl:
            _draw_ball(picture, look, x, end + 0.05, 0.1, (0.95, 0.90, 0.84))
        else:
            hoop = polygon(
                curve([(x, end - 0.08), (x + 0.1, end + 0.07), (x, end + 0.17), (x - 0.1, end + 0.07)], True)
            )
            hole = ellipse(x, end + 0.07, 0.05, 0.06)
            v = np.clip(0.5 - (Y - end - 0.04) * 5 + (X - x) * 5 * look.side, 0, 1)
            paint(picture, hoop * (1 - hole), ramp(polish(look.metal), v))
            _draw_stone(picture, rng, (x, end + 0.07), 0.05, stone, 0.0)
        _draw_stone(picture, rng, (x, y0), 0.082, stone, 0.0)
