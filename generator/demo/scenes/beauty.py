"""Draw flacons, lipsticks and jars."""

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
    paint,
    polygon,
    ramp,
    round_off,
    smoothstep,
    union,
)
from generator.demo.scenes.stage import choose_ground, set_stage, throw_shadow
from generator.demo.scenes.tubes import TILT, engrave, paint_tube, tube
from generator.demo.studio import Form, Look, pick, solid

_LIPS: tuple[Colour, ...] = ((0.72, 0.06, 0.12), (0.80, 0.25, 0.27), (0.47, 0.05, 0.14), (0.76, 0.42, 0.38))


def draw_beauty(rng: Rng, look: Look) -> np.ndarray:
    """Draw a flacon, some lipsticks, or jars, alone on a stage."""
    ground = choose_ground(rng, look)
    picture, cx, foot, raised = set_stage(rng, look, ground)
    apart = [c for c in look.accents if sum(abs(a - b) for a, b in zip(c, ground, strict=True)) > 0.4]
    colour = pick(rng, tuple(apart or look.accents), 0.8)
    kinds = (_draw_flacon, _draw_lipsticks, _draw_jars)
    kinds[int(rng.choice(3, p=(0.56, 0.26, 0.18)))](picture, rng, look, cx, foot, colour, raised)
    return picture


def _draw_flacon(
    picture: np.ndarray, rng: Rng, look: Look, cx: float, base: float, colour: Colour, raised: bool
) -> None:
    """Draw thick glass, half full, under a heavy cap."""
    half, tall = float(rng.uniform(0.17, 0.24)), float(rng.uniform(0.36, 0.5))
    kind = int(rng.integers(4))
    glass, hollow, top = _shape_glass(kind, cx, base, half, tall)
    cap_half, high = half * float(rng.uniform(0.36, 0.6)), float(rng.uniform(0.10, 0.17))
    outline = union(glass, tube(cx, top - 0.03 - high, top, cap_half))
    throw_shadow(picture, look, outline, base, raised)
    # light through the juice, thrown on the floor beside the shadow's heart
    pool = ellipse(cx - look.side * half * 1.2, base + 0.035, half * 0.9, 0.024)
    add_light(picture, blur(pool, 0.018) * (base < Y), mix(colour, (1, 1, 1), 0.25), 0.55 if not raised else 0.2)
    inner = blur(glass, 0.02)
    rim = glass * smoothstep(0.98, 0.55, inner)
    paint(picture, glass, lighten(mix(colour, look.paper, 0.7), 0.25), 0.35)
    u = (X - cx) / half
    level = top + (base - top) * float(rng.uniform(0.10, 0.26))
    depth = np.clip((Y - level) / (base - level), 0, 1)
    juice = ramp(((0.0, lighten(colour, 0.34)), (0.55, lighten(colour, 0.10)), (1.0, lighten(colour, -0.22))), depth)
    liquid = hollow * smoothstep(level - 0.002, level + 0.002, Y)
    paint(picture, liquid, juice, 0.92)
    add_light(picture, liquid * np.exp(-(((u + 0.35 * look.side) / 0.35) ** 2)) * depth, lighten(colour, 0.55), 0.40)
    darken(picture, liquid * (1 - blur(hollow, 0.016)), 0.75, lighten(colour, -0.55))
    surface = hollow * np.exp(-(((Y - level) / 0.0035) ** 2))
    add_light(picture, surface, (1, 1, 1), 0.5)
    # the wall of the glass: dark where it turns away, bright where it gathers the lamp
    darken(picture, rim, 0.45, lighten(mix(colour, look.ink, 0.3), -0.2))
    foot = glass * (1 - hollow) * (base - 0.10 < Y)
    paint(
        picture,
        foot,
        ramp(
            ((0.0, lighten(colour, 0.1)), (0.5, lighten(colour, 0.75)), (1.0, lighten(colour, -0.2))),
            np.clip((Y - base + 0.06) / 0.06, 0, 1),
        ),
        0.55,
    )
    for place, wide, strength in ((0.62, 0.13, 0.34), (0.91, 0.022, 0.75), (-0.90, 0.03, 0.5), (-0.70, 0.018, 0.22)):
        window = np.exp(-(np.abs((u - place * look.side) / wide) ** 4))
        add_light(
            picture,
            glass * window * smoothstep(top, top + 0.03, Y) * smoothstep(base, base - 0.03, Y),
            (1, 1, 1),
            strength,
        )
    edge = glass * (1 - blur(glass, 0.004))
    add_light(picture, np.clip(edge * 1.6, 0, 1), (1, 1, 1), 0.4)
    _add_label(picture, rng, look, cx, (level + base - 0.05) / 2, half, kind)
    paint_tube(picture, look, cx, top - 0.028, top - 0.002, cap_half * 0.62, look.metal)
    dark = rng.random() < 0.45
    cap_colour = look.ink if dark else look.metal if rng.random() < 0.6 else colour
    if rng.random() < 0.25:
        globe = ellipse(cx, top - 0.028 - cap_half * 0.9, cap_half, cap_half)
        solid(
            picture,
            look,
            globe,
            cap_colour,
            Form(bulge=cap_half * 0.7, depth=1.5, gloss=0.9, metal=cap_colour == look.metal),
        )
    else:
        paint_tube(picture, look, cx, top - 0.03 - high, top - 0.03, cap_half, cap_colour)


def _shape_glass(kind: int, cx: float, base: float, half: float, tall: float) -> tuple[np.ndarray, np.ndarray, float]:
    """Return the glass, its hollow and the top: a block, soft shoulders, a disc, or wide at the foot."""
    wall, floor, middle = 0.02, 0.045, base - tall / 2
    if kind == 2:
        r = half * 1.12
        outside = ellipse(cx, base - r + 0.004, r, r)
        return outside, ellipse(cx, base - r - 0.006, r - wall * 1.4, r - wall * 1.5), base - 2 * r + 0.012
    if kind < 2:
        radius = 0.014 if kind == 0 else half * 0.55
        hollow = box(cx, middle - floor / 2, half - wall, tall / 2 - (wall + floor) / 2, radius)
        return box(cx, middle, half, tall / 2, radius), hollow, base - tall

    def wedge(inset: float, foot: float) -> np.ndarray:
        low, high = half + 0.02 - inset, half * 0.62 - inset
        y, top = base - foot, base - tall + inset
        return round_off(polygon([(cx - low, y), (cx + low, y), (cx + high, top), (cx - high, top)]), 0.016)

    return wedge(0.0, 0.0), wedge(wall, floor), base - tall


def _add_label(picture: np.ndarray, rng: Rng, look: Look, cx: float, y: float, half: float, kind: int) -> None:
    name = look.name.upper()
    size = min(0.026, half * 1.5 / (len(name) * 0.95))
    if rng.random() < 0.5 and kind != 2:
        label = box(cx, y, half * 0.62, half * 0.42, 0.002)
        paint(picture, label, lighten(look.paper, 0.1), 0.94)
        darken(picture, blur(label, 0.005) * (1 - label), 0.2)
        size *= 0.72
        ink = look.ink
    else:
        ink = look.paper
    paint(picture, engrave(name, size, cx, y - size * 0.3), ink, 0.92)
    paint(picture, box(cx, y + size * 0.75, half * 0.16, 0.0012, 0), ink, 0.8)


def _draw_lipsticks(
    picture: np.ndarray, rng: Rng, look: Look, cx: float, base: float, colour: Colour, raised: bool
) -> None:
    """Draw one to four lipsticks in neighbouring shades, some closed."""
    count = int(rng.integers(1, 5))
    half = float(rng.uniform(0.054, 0.068)) * (1.4 if count == 1 else 1.0)
    pitch = half * float(rng.uniform(2.5, 3.1))
    red = mix(_LIPS[int(rng.integers(len(_LIPS)))], look.accents[0], 0.25)
    lacquer = look.ink if rng.random() < 0.5 else look.deeps[0] if rng.random() < 0.5 else look.paper
    for k in range(count):
        x = cx + (k - (count - 1) / 2) * pitch
        low, mid = half * 2.9, half * 1.5
        closed = count > 1 and rng.random() < 0.25
        bullet = half * float(rng.uniform(1.5, 2.4))
        rise = half * 3.6 if closed else mid + bullet + half * 0.6
        throw_shadow(picture, look, tube(x, base - low - rise, base - half * TILT, half), base, raised)
        foot = base - half * TILT
        paint_tube(picture, look, x, foot - low, foot, half, lacquer)
        if closed:
            paint_tube(picture, look, x, foot - low - half * 0.35, foot - low, half * 0.98, look.metal)
            paint_tube(picture, look, x, foot - low - half * 3.6, foot - low - half * 0.35, half, lacquer)
            continue
        paint_tube(picture, look, x, foot - low - mid, foot - low, half * 0.86, look.metal)
        shade = mix(red, (red, look.paper, look.ink, look.accents[0])[k], 0.25)
        _paint_bullet(picture, look, x, foot - low - mid, half * 0.66, bullet, shade)


def _paint_bullet(
    picture: np.ndarray, look: Look, x: float, y: float, half: float, tall: float, colour: Colour
) -> None:
    """Paint the stick itself, cut aslant."""
    slope = half * 0.85
    tip = y - tall
    body = union(
        polygon(
            [(x - half, y), (x + half, y), (x + half, tip - slope * look.side), (x - half, tip + slope * look.side)]
        ),
        ellipse(x, y, half, half * TILT),
    )
    body = round_off(body, 0.006)
    u = np.clip((X - x) / half, -1, 1) * look.side
    form = np.sqrt(np.clip(1 - ((u - 0.25) / 1.45) ** 2, 0, 1))
    paint(picture, body, ramp(((0.0, lighten(colour, -0.6)), (0.7, colour), (1.0, lighten(colour, 0.16))), form**2))
    add_light(picture, body * np.exp(-(((u - 0.5) / 0.14) ** 2)), (1, 0.96, 0.94), 0.34)
    face = ellipse(x, tip + half * 0.1, half * 1.2, half * 0.46, -np.arctan2(slope * look.side, half)) * body
    paint(
        picture,
        face,
        ramp(((0.0, lighten(colour, 0.05)), (1.0, lighten(colour, 0.4))), np.clip(0.5 + u * 0.5, 0, 1)),
        0.85,
    )


def _draw_jars(picture: np.ndarray, rng: Rng, look: Look, cx: float, base: float, colour: Colour, raised: bool) -> None:
    """Draw squat jars, one on another or alone."""
    half = float(rng.uniform(0.2, 0.26))
    foot = base - half * TILT
    count = int(rng.choice([1, 2, 2, 3]))
    tall, lid = half * float(rng.uniform(0.55, 0.8)), half * float(rng.uniform(0.30, 0.42))
    heights = [(tall + lid + 0.004) * 0.86**k for k in range(count)]
    throw_shadow(picture, look, tube(cx, foot - sum(heights), foot, half), base, raised)
    glazed = (colour, look.paper, pick(rng, look.accents, 0.9))
    for k, high in enumerate(heights):
        wide = half * 0.84**k
        shift = float(rng.normal(0, 0.008)) if k else 0.0
        pot = high * tall / (tall + lid)
        paint_tube(picture, look, cx + shift, foot - pot, foot, wide, glazed[k % 3])
        size = min(0.024, wide * 1.3 / (len(look.name) * 0.95))
        ink = look.ink if sum(glazed[k % 3]) > 1.6 else look.paper
        paint(picture, engrave(look.name.upper(), size, cx + shift, foot - pot * 0.36), ink, 0.85)
        paint_tube(picture, look, cx + shift, foot - high, foot - pot - 0.004, wide * 1.015, look.metal)
        foot -= high + wide * TILT * 0.12
