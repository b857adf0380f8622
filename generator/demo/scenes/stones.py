"""Draw cut stones and pearls, each shaded within its own window of the picture."""

from __future__ import annotations

import numpy as np

from generator.demo.canvas import WIDTH, Colour, Rng, X, Y, add_light, darken, lighten, mix, paint, ramp, window
from generator.demo.studio import Look

ICE: Colour = (0.86, 0.90, 0.96)
_BLACK: Colour = (0.0, 0.0, 0.0)


def draw_stone(
    picture: np.ndarray, rng: Rng, centre: tuple[float, float], size: float, colour: Colour, tilt: float, stepped: bool
) -> None:
    """Draw a stone of radius `size`, seen from above: a round brilliant, or `stepped` as emeralds are cut."""
    at = window(*centre, size * 1.6)
    part = picture[at]
    cos, sin = float(np.cos(tilt)), float(np.sin(tilt))
    dx, dy = X[at] - centre[0], Y[at] - centre[1]
    u, v = (dx * cos + dy * sin) / size, (dy * cos - dx * sin) / size
    darken(part, np.exp(-np.maximum(np.hypot(u, v) - 0.8, 0) * 5), 0.55, _BLACK)
    reach, tone = _cut_steps(rng, u, v) if stepped else _cut_brilliant(rng, u, v)
    mask = np.clip((1 - reach) * size * WIDTH + 0.5, 0, 1)
    clear = min(colour) > 0.7
    dark = (0.03, 0.04, 0.06) if clear else mix(colour, _BLACK, 0.86)
    body = (0.45, 0.50, 0.58) if clear else colour
    pale = (1.0, 1.0, 1.0) if clear else lighten(colour, 0.62)
    stops = ((0.0, dark), (0.30, mix(dark, body, 0.55)), (0.62, body), (0.85, mix(body, pale, 0.75)), (1.0, pale))
    paint(part, mask, ramp(stops, np.clip(tone, 0, 1)))
    add_light(part, np.exp(-((np.hypot(u, v) / 1.1) ** 2)), mix(body, pale, 0.4), 0.16)


def _cut_brilliant(rng: Rng, u: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how far out each place is (1 at the girdle), and how much light its facet returns."""
    turns = (np.arctan2(v, u) / (2 * np.pi) + 0.5) * 8
    sector = np.floor(turns).astype(np.int32) % 8
    off = np.abs(turns % 1 - 0.5) * 2
    flat = np.hypot(u, v)
    reach = flat * np.cos((turns % 1 - 0.5) * np.pi / 8) / np.cos(np.pi / 8)
    side = (turns % 1 > 0.5).astype(np.int32)
    light = rng.beta(0.55, 0.6, (4, 16)).astype(np.float32)
    table, star = reach < 0.54, flat < 0.54 + 0.22 * (1 - off)
    girdle = flat > 0.98 - 0.26 * (1 - np.abs(turns * 2 % 1 - 0.5) * 2)
    facet = np.where(table, 0, np.where(star, 1, np.where(girdle, 2, 3)))
    index = np.where((facet == 0) | (facet == 2), sector * 2 + side, np.where(facet == 1, sector, (turns + 0.5) % 8))
    tone = light[facet, index.astype(np.int32) % 16]
    arrows = 0.5 + 0.5 * np.cos(turns * np.pi * 2) * np.sign(0.34 - flat)
    tone = np.where(table, 0.55 * tone + 0.40 * arrows + 0.12, 0.12 + 0.88 * tone)
    return reach, tone - 0.12 * (u * 0.3 + v)


def _cut_steps(rng: Rng, u: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the same for an oblong with clipped corners and three steps down each side."""
    across, down = np.abs(u) / 0.78, np.abs(v) / 1.02
    long = np.abs(u) + 0.24, np.abs(v)
    corner = (np.abs(u) + np.abs(v)) / 1.44
    reach = np.maximum(np.maximum(across, down), corner)
    side = np.where(corner >= reach, 4 + (u > 0) + 2 * (v > 0), np.where(across >= down, (u > 0) * 1, 2 + (v > 0)))
    step = np.clip(np.floor((1 - reach) / 0.145), 0, 3).astype(np.int32)
    facing = np.array([0.62, 0.30, 0.88, 0.20, 0.75, 0.6, 0.3, 0.22], dtype=np.float32)
    light = np.clip(facing[None, :] + rng.normal(0, 0.22, (4, 8)), 0.04, 1.0).astype(np.float32)
    tone = light[step, side.astype(np.int32)]
    inner = 0.34 + 0.30 * (np.sin((u * 2.2 + v * 3.1) + float(rng.uniform(0, 6.28))) > 0.2) + 0.2 * (long[0] > long[1])
    return reach, np.where(step == 3, inner, tone)


def draw_pearl(picture: np.ndarray, look: Look, x: float, y: float, r: float, colour: Colour) -> None:
    """Draw a pearl: the lamp, its bounce from below, and a little pink and green with the angle."""
    at = window(x, y, r * 1.8)
    part = picture[at]
    if not part.size:
        return
    u, v = (X[at] - x) / r, (Y[at] - y) / r
    reach = np.hypot(u, v)
    darken(part, np.exp(-np.maximum(np.hypot(u + 0.25 * look.side, v - 0.3) - 0.8, 0) * 4), 0.6, _BLACK)
    nz = np.sqrt(np.clip(1 - reach**2, 0, 1))
    light = np.clip(0.5 * look.side * u - 0.55 * v + 0.67 * nz, 0, 1)
    lamp = np.clip(0.36 * look.side * u - 0.42 * v + 0.833 * nz, 0, 1)
    bounce = np.clip(-0.4 * look.side * u + 0.7 * v + 0.2 * nz, 0, 1) ** 2
    dark = mix(colour, (0.03, 0.02, 0.04), 0.88)
    stops = ((0.0, dark), (0.45, mix(colour, dark, 0.48)), (0.85, colour), (1.0, lighten(colour, 0.45)))
    pearl = ramp(stops, light)
    pearl *= 1 + np.stack([0.09 * (1 - nz), 0.06 * (nz - 0.6), 0.07 * (1 - nz)], axis=-1)
    pearl += (bounce * 0.18)[..., None] * np.array(look.metal, np.float32)
    pearl += (0.55 * lamp**26 + 0.75 * lamp**160)[..., None]
    paint(part, np.clip((1 - reach) * r * WIDTH + 0.5, 0, 1), np.clip(pearl, 0, 1))
