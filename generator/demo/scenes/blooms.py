"""Draw cut flowers: in a vase against a wall, or filling the picture."""

from __future__ import annotations

import math

import numpy as np

from generator.demo.canvas import (
    WIDTH,
    Colour,
    Rng,
    X,
    Y,
    add_light,
    curve,
    darken,
    lighten,
    mix,
    paint,
    polygon,
    ramp,
    smoothstep,
    stroke,
)
from generator.demo.scenes.stage import set_stage, throw_shadow
from generator.demo.studio import Form, Look, pick, solid

_LEAF: Colour = (0.20, 0.33, 0.20)


def draw_flowers(rng: Rng, look: Look) -> np.ndarray:
    """Draw a still life."""
    ground = pick(rng, look.grounds if rng.random() < 0.7 else look.deeps, 0.8)
    if rng.random() < 0.38:
        return _draw_field(rng, look, mix(ground, look.deeps[0], 0.35))
    picture, cx, stand, raised = set_stage(rng, look, ground)
    _draw_bouquet(picture, rng, look, (cx, stand + 0.06 * (not raised)), ground, raised)
    return picture


def _petals(rng: Rng, look: Look) -> Colour:
    return pick(rng, (look.accents[0], look.accents[2], look.accents[3], look.accents[4], look.accents[5]), 0.8)


def _draw_field(rng: Rng, look: Look, ground: Colour) -> np.ndarray:
    """Draw blossoms from above, filling the picture."""
    picture = ramp(((0.0, lighten(ground, 0.1)), (1.0, lighten(ground, -0.35))), np.clip(Y / 1.25, 0, 1))
    first, second = _petals(rng, look), _petals(rng, look)
    for _ in range(9):
        _draw_leaf(
            picture,
            rng,
            look,
            (float(rng.uniform(0, 1)), float(rng.uniform(0, 1.25))),
            float(rng.uniform(0, 6.28)),
            0.3,
        )
    size = float(rng.uniform(0.2, 0.31))
    spots: list[tuple[float, float]] = []
    for _ in range(60):
        x, y = float(rng.uniform(0.02, 0.98)), float(rng.uniform(0.02, 1.23))
        if all(np.hypot(x - a, y - b) > size * 1.35 for a, b in spots):
            spots.append((x, y))
    for x, y in spots:
        _draw_bloom(
            picture, rng, look, x, y, size * float(rng.uniform(0.75, 1.15)), first if rng.random() < 0.65 else second
        )
    return picture


def _draw_bouquet(
    picture: np.ndarray, rng: Rng, look: Look, foot: tuple[float, float], ground: Colour, raised: bool
) -> None:
    cx, base = foot
    half, tall = float(rng.uniform(0.09, 0.14)), float(rng.uniform(0.26, 0.36))
    mouth = base - tall
    count = int(rng.choice([1, 3, 5, 6, 7]))
    size = float(rng.uniform(0.13, 0.17)) * (1.3 if count == 1 else 1.0)
    heads = []
    for k in range(count):
        spread = (k - (count - 1) / 2) / max(1, count - 1) if count > 1 else 0.0
        heads.append(
            (
                cx + spread * 0.56 + float(rng.uniform(-0.05, 0.05)),
                mouth - 0.36 + abs(spread) ** 2 * 0.55 + float(rng.uniform(-0.09, 0.07)),
            )
        )
    shadow = np.zeros_like(X)
    stems = []
    for x, y in heads:
        line = curve([(cx + (x - cx) * 0.08, mouth + 0.05), (cx + (x - cx) * 0.45, mouth - 0.12), (x, y)])
        stems.append(stroke(line, 0.009))
        shadow = np.maximum(shadow, np.maximum(stems[-1], np.exp(-((np.hypot(X - x, Y - y) / (size * 0.8)) ** 6))))
    vase = _shape_vase(rng, cx, base, half, tall)
    throw_shadow(picture, look, np.maximum(shadow, vase), base, raised, vase * (base - 0.02 < Y))
    green = mix(_LEAF, look.accents[1], 0.2)
    for stem in stems:
        solid(picture, look, stem, green, Form(bulge=0.006, gloss=0.1))
    for x, y in heads:
        if rng.random() < 0.75:
            at = (cx + (x - cx) * 0.4, mouth + (y - mouth) * 0.4)
            _draw_leaf(picture, rng, look, at, float(np.arctan2(y - at[1], x - at[0]) + rng.choice([-0.7, 0.7])), 0.2)
    colour = mix(pick(rng, (look.paper, look.accents[1], look.ink, look.accents[0]), 0.8), ground, 0.12)
    _paint_vase(picture, look, vase, (cx, half), colour)
    first, second = _petals(rng, look), _petals(rng, look)
    for x, y in sorted(heads, key=lambda head: head[1]):
        _draw_bloom(
            picture, rng, look, x, y, size * float(rng.uniform(0.8, 1.15)), first if rng.random() < 0.7 else second
        )


def _shape_vase(rng: Rng, cx: float, base: float, half: float, tall: float) -> np.ndarray:
    """Return a turned vase's outline, from the lip to a narrow foot."""
    belly, neck = float(rng.uniform(0.9, 1.35)), float(rng.uniform(0.32, 0.8))
    right = curve(
        [(half * neck * 1.1, -tall), (half * neck, -tall * 0.86), (half * belly, -tall * 0.42), (half * 0.72, 0.0)]
    )
    foot = [(half * 0.36, 0.008), (-half * 0.36, 0.008)]
    return polygon(np.vstack([right, foot, right[::-1] * (-1, 1)]) + np.array([cx, base]))


def _paint_vase(picture: np.ndarray, look: Look, vase: np.ndarray, place: tuple[float, float], colour: Colour) -> None:
    """Paint glazed clay: round, with the lamp down one side and some of the room's light down the other."""
    rows = vase.sum(axis=1, keepdims=True) / WIDTH / 2 + 1e-3
    u = np.clip((X - place[0]) / rows, -1, 1) * look.side
    form = np.sqrt(np.clip(1 - ((u - 0.28) / 1.42) ** 2, 0, 1)) ** 2
    stops = ((0.0, lighten(colour, -0.72)), (0.6, lighten(colour, -0.16)), (1.0, lighten(colour, 0.08)))
    paint(picture, vase, ramp(stops, form))
    add_light(picture, vase * np.exp(-(((u - 0.48) / 0.13) ** 2)), (1, 0.98, 0.95), 0.34)
    add_light(picture, vase * np.exp(-(((u + 0.86) / 0.10) ** 2)), (1, 0.98, 0.95), 0.12)


def _draw_leaf(picture: np.ndarray, rng: Rng, look: Look, at: tuple[float, float], angle: float, long: float) -> None:
    t = np.linspace(0, 1, 24)
    wide = long * 0.2 * np.sin(np.pi * t**0.8) * (1 - 0.3 * t)
    bend = float(rng.uniform(-0.35, 0.35)) * t**2 * long
    cos, sin = np.cos(angle), np.sin(angle)
    spine = np.stack([at[0] + cos * t * long - sin * bend, at[1] + sin * t * long + cos * bend], axis=1)
    across = np.stack([-sin * wide, cos * wide], axis=1)
    green = lighten(mix(_LEAF, look.deeps[1], 0.3), float(rng.uniform(-0.1, 0.18)))
    for sign, tone in ((1, 0.06), (-1, -0.22)):
        mask = polygon(np.vstack([spine, (spine + across * sign)[::-1]]))
        paint(picture, mask, lighten(green, tone))


def _middle(shape: tuple[int, ...], centre: tuple[float, float], reach: float) -> tuple[slice, slice]:
    """Return the rows and columns of a window within `reach` pixels of a place (x, y) in it."""
    return (
        slice(max(0, int(centre[1] - reach)), max(0, min(shape[0], int(centre[1] + reach) + 2))),
        slice(max(0, int(centre[0] - reach)), max(0, min(shape[1], int(centre[0] + reach) + 2))),
    )


def _draw_bloom(picture: np.ndarray, rng: Rng, look: Look, x: float, y: float, size: float, colour: Colour) -> None:
    """Draw a head of layered petals, in polar form: outer layers first, each shading the one below."""
    left, right = max(0, int((x - size * 1.35) * WIDTH)), max(0, int((x + size * 1.35) * WIDTH))
    top, bottom = max(0, int((y - size * 1.35) * WIDTH)), max(0, int((y + size * 1.35) * WIDTH))
    window = picture[top:bottom, left:right]
    if min(window.shape[:2]) < 8:
        return
    squeeze, lean = float(rng.uniform(0.72, 1.0)), float(rng.uniform(0, 6.28))
    u, v = X[top:bottom, left:right] - x, Y[top:bottom, left:right] - y
    cos, sin = math.cos(lean), math.sin(lean)
    a, b = u * cos + v * sin, (v * cos - u * sin) / squeeze
    reach, around = np.hypot(a, b) / size, np.arctan2(b, a)
    poppy = rng.random() < 0.4
    layers = 2 if poppy else int(rng.integers(5, 8))
    petals = int(rng.integers(3, 5)) if poppy else int(rng.integers(5, 9))
    darken(
        window, np.exp(-np.maximum(np.hypot(u + 0.12 * size * look.side, v - 0.16 * size) / size - 0.75, 0) * 6), 0.42
    )
    lamp = np.clip(0.62 + 0.5 * (look.side * u - 0.8 * v) / size, 0.15, 1.15)
    dark, bright = mix(lighten(colour, -0.62), look.accents[0], 0.12), lighten(colour, 0.30)
    phase = float(rng.uniform(0, 6.28))
    for layer in range(layers):
        edge = 1 - layer * (0.18 if poppy else 0.86 / layers)
        phase += math.pi + float(rng.normal(0, 0.25))
        near = _middle(window.shape, (x * WIDTH - left, y * WIDTH - top), (edge * 1.05 + 0.14) * size * WIDTH)
        part, far, angle = window[near], reach[near], around[near]
        turned = angle * petals + phase + 0.25 * np.sin(angle * 2 + layer)
        if not poppy:
            turned += far * (0.5 / edge)
        lobe = np.abs(np.cos(turned / 2))
        ruffle = 0.025 * np.sin(angle * 17 + phase * 3) + 0.015 * np.sin(angle * 31 + layer)
        rim = edge * (0.74 + 0.26 * np.sqrt(lobe) + ruffle)
        inside = np.clip((rim - far) * size * WIDTH * 0.8 + 0.5, 0, 1)
        if layer:
            darken(part, np.clip(1 - (far - rim) / 0.14, 0, 1) * (1 - inside) * (far < 1.12), 0.34)
        within = np.clip(far / rim, 0, 1)
        tone = 0.28 + 0.62 * within * np.sqrt(np.sqrt(within)) + 0.1 * lobe + 0.05 * np.sin(turned * 9) * within
        tone = tone * (0.86 + 0.1 * layer / layers) + 0.25 * smoothstep(0.9, 1.0, within)
        paint(part, inside, ramp(((0.0, dark), (0.5, colour), (1.0, bright)), np.clip(tone * lamp[near], 0, 1)))
    heart = np.clip((0.17 - reach) * size * WIDTH + 0.5, 0, 1)
    if poppy:
        core = mix(look.ink, (0.05, 0.05, 0.08), 0.6)
        spokes = np.exp(-(((reach - 0.27) / 0.09) ** 2)) * smoothstep(0.55, 0.95, np.cos(around * 26 + reach * 9))
        paint(window, np.clip((0.3 - reach) / 0.2, 0, 1), core, 0.75)
        paint(window, np.clip(spokes, 0, 1), mix(core, look.accents[4], 0.5), 0.9)
        paint(
            window,
            heart,
            ramp(((0.0, core), (1.0, mix(_LEAF, look.accents[4], 0.5))), np.clip(lamp * (1 - reach * 3), 0, 1)),
        )
    elif rng.random() < 0.5:
        paint(window, heart * 0.7, mix(dark, look.accents[4], 0.35))
    add_light(window, np.clip(0.9 - reach, 0, 1) * np.clip(lamp - 0.75, 0, 1), (1, 0.95, 0.88), 0.25)
