"""Draw walls, arches and stairs in hard light."""

from __future__ import annotations

import numpy as np

from generator.demo.canvas import (
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
    polygon,
    ramp,
    smoothstep,
    union,
)
from generator.demo.studio import Look, pick


def draw_architecture(rng: Rng, look: Look) -> np.ndarray:
    """Draw a corner of a house at noon."""
    sky = ramp(
        ((0.0, mix(look.grounds[0], look.deeps[1], 0.45)), (1.0, lighten(look.grounds[0], 0.2))), np.clip(Y / 1.0, 0, 1)
    )
    wall = mix(pick(rng, look.grounds + look.accents[1:2] + look.accents[:1], 0.8), look.paper, 0.2)
    picture = (_draw_arches, _draw_stairs, _draw_planes)[int(rng.choice(3, p=(0.42, 0.33, 0.25)))](rng, look, wall, sky)
    plaster = noise(rng, 90) * 0.014 + noise(rng, 14, octaves=3) * 0.014
    picture *= (1 + plaster)[..., None]
    return picture


def _arch(cx: float, base: float, half: float, tall: float) -> np.ndarray:
    """Return the mask of a doorway with a round head; `tall` is its height up to the arch."""
    return union(ellipse(cx, base - tall, half, half), box(cx, base - tall / 2, half, tall / 2, 0))


def _plane(colour: Colour, look: Look, tilt: float = 0.2) -> np.ndarray:
    """Return a lit wall, brighter towards the sun."""
    across = np.clip(0.5 + look.side * (X - 0.5) * 0.6 - (Y - 0.6) * 0.5, 0, 1)
    return ramp(((0.0, lighten(colour, -tilt)), (1.0, lighten(colour, tilt))), across)


def _draw_arches(rng: Rng, look: Look, wall: Colour, sky: np.ndarray) -> np.ndarray:
    """Draw arch within arch, the sky or dusk at the end."""
    picture = _plane(wall, look)
    cx, base = float(rng.uniform(0.36, 0.64)), float(rng.uniform(1.02, 1.12))
    half, tall = float(rng.uniform(0.28, 0.38)), float(rng.uniform(0.5, 0.62))
    depth = int(rng.integers(2, 5))
    slide = float(rng.uniform(0.02, 0.06)) * -look.side
    floor = lighten(mix(wall, look.deeps[0], 0.18), 0.05)
    paint(picture, (base < Y).astype(np.float32), _plane(floor, look, 0.12))
    opening = _arch(cx, base, half, tall)
    for k in range(depth):
        reveal = mix(lighten(wall, -0.30 + 0.05 * k), look.deeps[1], 0.26)
        paint(picture, opening, _plane(reveal, look, 0.12))
        cx, half, tall, base = cx + slide, half * 0.8, tall * 0.88, base - 0.012
        inner = _arch(cx, base, half, tall) * opening
        front = lighten(wall, -0.1 * (k % 2)) if k < depth - 1 else wall
        if k < depth - 1:
            ring = _arch(cx, base, half * 1.16, tall * 1.02) * opening
            paint(picture, ring, _plane(front, look))
            cast = blur(move(1 - opening, -look.side * 0.10, 0.10), 0.002) * ring
            darken(picture, cast, 0.5, mix(look.deeps[0], wall, 0.3))
        opening = inner
    if rng.random() < 0.55:
        paint(picture, opening, sky)
        sea = smoothstep(0.002, -0.002, 0.86 - Y) * opening
        paint(picture, sea, mix(look.deeps[1], look.grounds[0], 0.35))
    else:
        paint(
            picture, opening, ramp(((0.0, lighten(look.deeps[0], -0.3)), (1.0, lighten(look.deeps[0], 0.15))), Y / 1.25)
        )
    # the sun through the opening, on the floor
    spill = polygon(
        [(cx - half, base), (cx + half, base), (cx + half - look.side * 0.34, 1.3), (cx - half - look.side * 0.34, 1.3)]
    )
    add_light(picture, blur(spill, 0.004) * (base < Y), lighten(wall, 0.4), 0.45)
    slab = polygon(
        [
            (0.5 - look.side * 0.7, -0.1),
            (0.5 + look.side * float(rng.uniform(-0.1, 0.3)), -0.1),
            (0.5 - look.side * 0.7, float(rng.uniform(0.7, 1.1))),
        ]
    )
    darken(picture, blur(slab, 0.003), 0.5, mix(look.deeps[0], wall, 0.35))
    return picture


def _draw_stairs(rng: Rng, look: Look, wall: Colour, sky: np.ndarray) -> np.ndarray:
    """Draw a flight of stairs that climbs towards the sun, treads lit, risers in shade."""
    picture = sky.copy()
    way = float(rng.choice([-1.0, 1.0]))
    back = lighten(mix(wall, look.accents[0], 0.15), 0.1)
    top = float(rng.uniform(-0.1, 0.35))
    rear = polygon([(-0.1, top + 0.2 * way), (1.1, top - 0.2 * way), (1.1, 1.3), (-0.1, 1.3)])
    paint(picture, rear, _plane(back, look))
    steps = int(rng.integers(6, 11))
    start, high = float(rng.uniform(1.1, 1.2)), float(rng.uniform(0.55, 0.8))
    run, rise = 1.1 / steps, high / steps
    lit, shade = lighten(wall, 0.32), mix(lighten(wall, -0.32), look.deeps[1], 0.3)
    outline = []
    for k in range(steps):
        x, y = -0.05 + k * run, start - k * rise
        outline += [(x, y), (x, y - rise)]
    outline += [(1.2, start - steps * rise), (1.2, 1.4), (-0.1, 1.4), (-0.1, start)]
    flight = np.array(outline)
    if way < 0:
        flight[:, 0] = 1 - flight[:, 0]
    side = polygon(flight)
    cast = blur(move(side, -look.side * 0.09, -0.02), 0.003) * (1 - side) * rear
    darken(picture, cast, 0.5, mix(look.deeps[0], wall, 0.35))
    paint(picture, side, ramp(((0.0, shade), (1.0, mix(shade, wall, 0.35))), np.clip((Y - 0.3) / 0.9, 0, 1)))
    lift = float(rng.uniform(0.05, 0.11))
    for k in range(steps):
        x, y = -0.05 + k * run, start - (k + 1) * rise
        tread = np.array([(x, y), (x + run, y), (x + run + lift, y - lift * 0.55), (x + lift, y - lift * 0.55)])
        riser = np.array([(x, y + rise), (x, y), (x + lift, y - lift * 0.55), (x + lift, y + rise - lift * 0.55)])
        for face, colour in ((riser, lighten(wall, -0.16)), (tread, lit)):
            if way < 0:
                face[:, 0] = 1 - face[:, 0]
            paint(picture, polygon(face), colour)
    shadow = polygon(
        [
            (0.5 - look.side * 0.8, 1.4),
            (0.5 - look.side * float(rng.uniform(-0.15, 0.2)), 1.4),
            (0.5 - look.side * 0.8, float(rng.uniform(0.0, 0.5))),
        ]
    )
    darken(picture, blur(shadow, 0.003), 0.45, mix(look.deeps[0], wall, 0.35))
    return picture


def _draw_planes(rng: Rng, look: Look, wall: Colour, sky: np.ndarray) -> np.ndarray:
    """Draw two walls, a window, and the shadow of something out of sight."""
    picture = sky.copy()
    corner = float(rng.uniform(0.3, 0.7))
    ridge, slope = float(rng.uniform(0.05, 0.35)), float(rng.uniform(0.15, 0.4))
    lit = polygon([(corner, ridge), (1.2, ridge + slope * (1.2 - corner)), (1.2, 1.3), (corner, 1.3)])
    dark = polygon([(corner, ridge), (-0.2, ridge + slope * (corner + 0.2) * 0.8), (-0.2, 1.3), (corner, 1.3)])
    if look.side < 0:
        lit, dark = dark, lit
    paint(picture, lit, _plane(lighten(wall, 0.12), look))
    second = mix(lighten(wall, -0.28), look.deeps[1], 0.34)
    paint(picture, dark, _plane(second, look, 0.1))
    sun = 1 if look.side > 0 else -1
    cx = corner + sun * float(rng.uniform(0.16, 0.24))
    cy = float(rng.uniform(0.6, 0.85))
    arched = rng.random() < 0.5
    hole = _arch(cx, cy + 0.2, 0.08, 0.26) if arched else box(cx, cy, 0.08, 0.14, 0)
    paint(picture, hole, lighten(look.deeps[0], -0.3))
    add_light(
        picture,
        hole - hole * move(hole, -sun * 0.022, 0.02),
        lighten(wall, 0.1),
        0.35,
    )
    bars = int(rng.choice([0, 5, 7]))
    for k in range(bars):
        x = corner + sun * (0.05 + k * 0.09)
        bar = polygon([(x, 1.3), (x + 0.045 * sun, 1.3), (x + sun * 0.3, 0.2), (x + sun * 0.27, 0.2)])
        darken(picture, blur(bar, 0.003) * lit * (1 - hole), 0.42, mix(look.deeps[0], wall, 0.35))
    if not bars:
        frond = polygon(
            [
                (corner, 1.3),
                (corner + sun * 0.8, 1.3),
                (corner + sun * 0.8, float(rng.uniform(0.7, 1.1))),
                (corner, float(rng.uniform(0.9, 1.2))),
            ]
        )
        darken(picture, blur(frond, 0.003) * lit, 0.45, mix(look.deeps[0], wall, 0.35))
    return picture
