"""A bag, a flacon or a shoe on plain ground."""

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
    round_off,
    smoothstep,
    stroke,
)
from generator.demo.studio import Look, backdrop, ground_shadow, pick, solid


def draw_product(rng: Rng, look: Look) -> np.ndarray:
    """One object, standing, with room around it."""
    ground = pick(rng, look.grounds) if rng.random() < 0.85 else look.deeps[-1]
    stand = float(rng.uniform(0.98, 1.06))
    picture = backdrop(rng, look, ground, stand - float(rng.uniform(0.10, 0.2)))
    centre = 0.5 + float(rng.uniform(-0.05, 0.05))
    if rng.random() < 0.3:
        _add_arch(picture, look, ground, centre, stand)
    draw = (_draw_bag, _draw_flacon, _draw_shoe)[int(rng.choice(3, p=(0.5, 0.28, 0.22)))]
    draw(picture, rng, look, centre, stand, _choose_material(rng, look, ground))
    return picture


def _choose_material(rng: Rng, look: Look, ground: Colour) -> Colour:
    """An accent that stands out from the ground."""
    apart = [c for c in look.accents if sum(abs(a - b) for a, b in zip(c, ground, strict=True)) > 0.55]
    return pick(rng, tuple(apart or look.accents), 0.7)


def _add_arch(picture: np.ndarray, look: Look, ground: Colour, centre: float, stand: float) -> None:
    """A paper arch behind the object."""
    half = 0.36
    arch = np.maximum(ellipse(centre, stand - 0.55, half, half), box(centre, stand - 0.3, half, 0.26, 0.0))
    arch *= stand - 0.055 > Y
    darken(picture, blur(move(arch, -0.03 * look.side, 0.015), 0.02), 0.4)
    shade = lighten(ground, 0.28) if sum(ground) < 2.3 else mix(ground, look.accents[1], 0.35)
    paint(picture, arch, ramp(((0.0, lighten(shade, 0.12)), (1.0, lighten(shade, -0.12))), Y / 1.25))


def _draw_bag(picture: np.ndarray, rng: Rng, look: Look, cx: float, base: float, colour: Colour) -> None:
    half, tall = float(rng.uniform(0.27, 0.35)), float(rng.uniform(0.36, 0.5))
    top = base - tall
    taper = float(rng.uniform(0.8, 1.0))
    lean = float(rng.uniform(-0.012, 0.012))
    ground_shadow(picture, look, cx, base, half)
    rise, span = float(rng.uniform(0.19, 0.31)), half * float(rng.uniform(0.42, 0.62))
    angles = np.linspace(np.pi, 2 * np.pi, 40)
    loop = np.stack([cx + lean + span * np.cos(angles), top + 0.03 + rise * np.sin(angles)], axis=1)
    strap = float(rng.uniform(0.018, 0.028))
    back = stroke(loop + np.array([0.02 * look.side, -0.012]), strap)
    darken(picture, blur(move(back, -0.04 * look.side, 0.03), 0.025), 0.35)
    solid(picture, look, back, lighten(colour, -0.35), bulge=0.012, gloss=0.1)
    body = polygon(
        [
            (cx - half, base),
            (cx + half, base),
            (cx + half * taper + lean, top),
            (cx - half * taper + lean, top),
        ]
    )
    body = round_off(body, float(rng.uniform(0.014, 0.03)))
    skin = noise(rng, 150) * 0.16 + noise(rng, 60) * 0.12
    darken(picture, blur(move(body, -0.05 * look.side, 0.01), 0.05) * (base + 0.01 > Y), 0.4)
    solid(picture, look, body, colour, bulge=0.035, depth=0.9, gloss=0.22, texture=skin)
    if rng.random() < 0.7:
        drop = tall * float(rng.uniform(0.42, 0.62))
        bow = float(rng.uniform(0.0, 0.1))
        side = half * (taper + (1 - taper) * drop / tall)
        edge = curve(
            [
                (cx - half * taper + lean, top - 0.004),
                (cx - side * 0.99, top + drop - bow),
                (cx, top + drop),
                (cx + side * 0.99, top + drop - bow),
                (cx + half * taper + lean, top - 0.004),
            ]
            if bow > 0.03
            else [(cx - side, top + drop), (cx, top + drop), (cx + side, top + drop)]
        )
        if bow <= 0.03:
            edge = np.vstack([(cx - half * taper + lean, top - 0.004), edge, (cx + half * taper + lean, top - 0.004)])
        flap = round_off(polygon(edge), 0.014) * body
        darken(picture, blur(move(flap, -0.008 * look.side, 0.016), 0.012) * body * (1 - flap), 0.65)
        solid(picture, look, flap, lighten(colour, 0.05), bulge=0.02, depth=0.9, gloss=0.26, texture=skin)
        lock_y = top + drop - 0.012
    else:
        lock_y = top + tall * 0.3
        seam = stroke([(cx - half, top + 0.05), (cx + half, top + 0.05)], 0.004) * body
        darken(picture, blur(seam, 0.003), 0.6)
    _add_lock(picture, rng, look, cx, lock_y)
    front = stroke(loop, strap)
    darken(picture, blur(move(front, -0.012 * look.side, 0.014), 0.01) * body, 0.5)
    solid(picture, look, front, lighten(colour, -0.06), bulge=0.012, depth=1.2, gloss=0.4)
    for foot in (-1, 1):
        ring = ellipse(cx + lean + foot * span, top + 0.035, 0.02, 0.02)
        solid(picture, look, ring, look.metal, bulge=0.008, metal=True)


def _add_lock(picture: np.ndarray, rng: Rng, look: Look, x: float, y: float) -> None:
    kind = int(rng.integers(3))
    if kind == 0:
        shape = ellipse(x, y, 0.034, 0.034) * (1 - ellipse(x, y, 0.02, 0.02))
    elif kind == 1:
        shape = box(x, y, 0.045, 0.02, 0.008)
    else:
        shape = np.maximum(box(x, y, 0.012, 0.04, 0.012), box(x, y, 0.04, 0.012, 0.012))
    darken(picture, blur(move(shape, -0.006 * look.side, 0.01), 0.007), 0.6)
    solid(picture, look, shape, look.metal, bulge=0.009, metal=True)


def _draw_flacon(picture: np.ndarray, rng: Rng, look: Look, cx: float, base: float, colour: Colour) -> None:
    half, tall = float(rng.uniform(0.17, 0.25)), float(rng.uniform(0.46, 0.6))
    radius = float(rng.choice([0.015, 0.05, half]))
    cy = base - tall / 2
    glass = (
        box(cx, cy, half, tall / 2, radius)
        if radius < half
        else ellipse(cx, base - half * 1.05, half * 1.1, half * 1.05)
    )
    top = base - tall if radius < half else base - half * 2.1
    ground_shadow(picture, look, cx, base, half, 0.5)
    # light through the liquid, thrown on the floor
    pool = ellipse(cx - look.side * (half + 0.1), base + 0.035, half * 1.1, 0.05)
    add_light(picture, blur(pool, 0.025), colour, 0.7)
    inner = blur(glass, 0.02)
    level = top + (base - top) * float(rng.uniform(0.12, 0.3))
    through = ramp(
        ((0.0, lighten(colour, 0.5)), (0.45, lighten(colour, 0.22)), (1.0, lighten(colour, -0.25))),
        np.clip((Y - top) / (base - top), 0, 1),
    )
    empty = lighten(mix(colour, look.paper, 0.75), 0.3)
    paint(picture, glass, empty, 0.45)
    liquid = glass * smoothstep(level - 0.003, level + 0.003, Y) * smoothstep(0.55, 0.8, inner)
    paint(picture, liquid, through, 0.9)
    darken(picture, glass * smoothstep(0.97, 0.5, inner), 0.5, lighten(colour, -0.4))
    u = (X - cx) / half
    for place, wide, strength in (
        (0.72 * look.side, 0.10, 0.75),
        (0.5 * look.side, 0.03, 0.5),
        (-0.8 * look.side, 0.06, 0.4),
    ):
        add_light(picture, glass * np.exp(-(((u - place) / wide) ** 2)), (1.0, 1.0, 1.0), strength * 0.8)
    add_light(picture, glass * smoothstep(base - 0.05, base - 0.02, Y) * smoothstep(0.5, 0.8, inner), (1, 1, 1), 0.28)
    neck = box(cx, top - 0.012, half * 0.3, 0.02, 0.004)
    solid(picture, look, neck, look.metal, bulge=0.01, metal=True)
    kind = int(rng.integers(3))
    high = float(rng.uniform(0.05, 0.09))
    cap = (
        ellipse(cx, top - 0.03 - high * 0.8, high * 0.9, high * 0.9)
        if kind == 0
        else box(cx, top - 0.03 - high, half * (0.42 if kind == 1 else 0.75), high, 0.008)
    )
    dark = bool(rng.random() < 0.5)
    solid(picture, look, cap, look.ink if dark else look.metal, bulge=0.03, depth=0.8, gloss=0.7, metal=not dark)
    if radius < half:
        label = box(cx, cy + tall * 0.1, half * 0.52, tall * 0.15, 0.003)
        paint(picture, label, look.paper, 0.92)
        for k, wide in enumerate((0.3, 0.18)):
            paint(picture, box(cx, cy + tall * (0.07 + 0.06 * k), half * wide, 0.003, 0.001), look.ink, 0.85)


def _draw_shoe(picture: np.ndarray, rng: Rng, look: Look, cx: float, base: float, colour: Colour) -> None:
    heel = float(rng.uniform(0.2, 0.3))
    scale = float(rng.uniform(1.12, 1.3))
    way = float(rng.choice([-1.0, 1.0]))
    middle = cx - 0.04 * way

    def at(points: list[tuple[float, float]]) -> np.ndarray:
        return np.array([(middle + way * scale * x, base + scale * y) for x, y in points])

    ground_shadow(picture, look, middle + 0.2 * way * scale, base, 0.17, 0.5)
    ground_shadow(picture, look, middle - 0.24 * way * scale, base, 0.03, 0.5)
    back, vamp = (-0.252, -heel - 0.085), (0.115, -0.072)
    lining = polygon(
        curve(at([back, (-0.12, -heel * 0.8 - 0.06), (0.06, -0.11), vamp, (0.0, -0.05), (-0.2, -heel)]), closed=True)
    )
    solid(picture, look, lining, lighten(mix(colour, look.paper, 0.5), -0.25), bulge=0.02, gloss=0.0)
    stem = [(-0.19, -heel + 0.035), (-0.228, -heel * 0.5), (-0.232, 0.0)]
    spike = polygon(
        np.vstack([curve(at([(-0.267, -heel - 0.01), (-0.256, -heel * 0.5), (-0.248, 0.0)])), curve(at(stem[::-1]))])
    )
    gilt = bool(rng.random() < 0.4)
    solid(picture, look, spike, look.metal if gilt else colour, bulge=0.012, gloss=0.4, metal=gilt)
    side = [back, (-0.21, -heel - 0.045), (-0.1, -heel * 0.62 - 0.035), (0.03, -heel * 0.2 - 0.045), vamp]
    toe = [(0.2, -0.064), (0.29, -0.034), (0.345, -0.010), (0.34, -0.002)]
    arch = [(0.18, -0.001), (0.1, -0.004), (0.02, -0.03), (-0.08, -heel * 0.55), (-0.17, -heel + 0.015)]
    seat = [(-0.22, -heel + 0.03), (-0.264, -heel), (-0.272, -heel - 0.045)]
    upper = polygon(curve(at(side + toe + arch + seat), closed=True)) * (base + 0.002 > Y)
    darken(picture, blur(move(upper, -0.04 * look.side, 0.03), 0.03) * (base + 0.02 > Y), 0.2)
    sole = stroke(curve(at([(0.34, -0.002), *arch, (-0.22, -heel + 0.034)])), 0.010)
    solid(picture, look, sole, look.accents[0] if rng.random() < 0.4 else lighten(colour, -0.5), bulge=0.006)
    solid(picture, look, upper, colour, bulge=0.03, depth=1.1, gloss=0.6)
