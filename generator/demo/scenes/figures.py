"""Draw a figure in a coat, against the light."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from generator.demo.canvas import (
    Colour,
    Rng,
    X,
    Y,
    add_light,
    blur,
    curve,
    darken,
    ellipse,
    extent,
    lighten,
    mix,
    noise,
    paint,
    polygon,
    ramp,
    smoothstep,
    stroke,
    union,
)
from generator.demo.scenes.stage import slant_shadow
from generator.demo.studio import Look, pick

Placer = Callable[[Sequence[tuple[float, float]]], np.ndarray]


def draw_silhouette(rng: Rng, look: Look) -> np.ndarray:
    """Draw a figure in a long coat, and its shadow."""
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
    tall = float(rng.uniform(0.72, 0.98))
    feet = floor_at + float(rng.uniform(0.05, 0.12))
    if rng.random() < 0.22:  # nearer: cut at the knee
        tall, feet = tall * 1.35, 1.25 + tall * 0.25
    _draw_figure(picture, rng, look, (cx, feet), tall, ground)
    mist = np.clip(noise(rng, 2, 5, octaves=3), 0, 1) * np.exp(-(((Y - floor_at) / 0.12) ** 2))
    add_light(picture, mist, lighten(ground, 0.5), 0.25)
    return picture


def _add_disc(picture: np.ndarray, rng: Rng, look: Look, ground: Colour, cx: float) -> None:
    """Draw a low sun, or a window."""
    r, y = float(rng.uniform(0.22, 0.36)), float(rng.uniform(0.36, 0.56))
    disc = ellipse(cx + float(rng.uniform(-0.14, 0.14)), y, r, r)
    core = mix(lighten(ground, 0.55), pick(rng, look.accents, 0.6), float(rng.choice([0.0, 0.75])))
    add_light(picture, blur(disc, 0.08), lighten(core, 0.3), 0.35)
    shade = ramp(((0.0, lighten(core, 0.15)), (1.0, mix(core, ground, 0.45))), np.clip((Y - y + r) / (2 * r), 0, 1))
    paint(picture, disc, shade)


def _draw_figure(
    picture: np.ndarray, rng: Rng, look: Look, foot: tuple[float, float], tall: float, ground: Colour
) -> None:
    """Draw the figure like a fashion plate: ten heads tall, the coat in one colour, the rest dark."""

    def at(points: Sequence[tuple[float, float]]) -> np.ndarray:
        return np.asarray(np.asarray(points) * tall + np.array(foot))

    sway = float(rng.normal(0, 0.012))
    dark = mix(look.ink, ground, 0.06)
    coat, legs, hem = _cut_coat(rng, at, sway)
    head = _draw_head(rng, at, sway)
    bag = np.zeros_like(coat)
    if rng.random() < 0.35:
        side = float(rng.choice([-1.0, 1.0]))
        x, y, half = sway + side * 0.150, -0.445, float(rng.uniform(0.034, 0.05))
        bag = polygon(at([(x - half, y), (x + half, y), (x + half * 1.12, y + 0.066), (x - half * 1.12, y + 0.066)]))
        loop = curve(
            at([(x - half * 0.6, y + 0.004), (x - 0.008, y - 0.05), (x + 0.008, y - 0.05), (x + half * 0.6, y + 0.004)])
        )
        bag = union(bag, stroke(loop, 0.007 * tall))
    apart = [c for c in look.accents + look.deeps if sum(abs(p - q) for p, q in zip(c, ground, strict=True)) > 0.5]
    tone = pick(rng, tuple(apart or look.deeps), 0.8)
    tone = mix(tone, dark, float(rng.choice([0.0, 0.15, 0.85], p=(0.35, 0.3, 0.35))))
    _throw(picture, look, union(coat, legs, head, bag), foot[1], ground)
    paint(picture, union(legs, head), dark)
    _shade_coat(picture, rng, look, coat, foot[0] + sway * tall, tall, tone)
    line = np.array([(sway, -0.80), (sway + 0.004, -0.6), (sway * 0.4, hem)]) * tall + np.array(foot)
    seam = blur(stroke(curve(line), 0.004 * tall), 0.002) * coat
    darken(picture, seam, 0.5, lighten(tone, -0.7))
    paint(picture, bag, mix(look.accents[0], look.metal, 0.3) if rng.random() < 0.6 else dark)
    figure = union(coat, legs, head, bag)
    lit = smoothstep(-0.5, 0.5, look.side * (X - foot[0]) / (0.12 * tall))
    add_light(picture, np.clip(figure * (1 - blur(figure, 0.005)) * 1.7, 0, 1) * lit, lighten(ground, 0.65), 0.55)


def _cut_coat(rng: Rng, at: Placer, sway: float) -> tuple[np.ndarray, np.ndarray, float]:
    """Return one of four coats, the legs below it, and the place of its hem (-1 the crown, 0 the sole)."""
    kind, hem = int(rng.integers(4)), -float(rng.uniform(0.13, 0.30))
    blow = float(rng.normal(0, 0.03))
    if kind == 0:  # a cape: one line from the neck to the hem
        wide = float(rng.uniform(0.16, 0.21))
        right = [(0.028, -0.868), (0.075, -0.835), (0.112, -0.74), (wide * 0.86, hem - 0.18), (wide + blow, hem)]
        sleeves = np.zeros((1, 1), dtype=np.float32)
    else:
        waist, flare = ((0.062, 0.15), (0.085, 0.10), (0.098, 0.125))[kind - 1]
        right = [(0.028, -0.868), (0.07, -0.846), (0.094, -0.828), (0.098, -0.77), (waist + 0.008, -0.66)]
        right += [(waist, -0.605), (waist + 0.022, -0.52), (flare * 0.92 + blow * 0.4, hem - 0.1), (flare + blow, hem)]
        sleeves = union(*(_cut_sleeve(rng, at, sway, end) for end in (-1, 1)))
    left = [(-x if y < hem - 0.05 else -x + 2 * blow, y) for x, y in right]
    foot = [(0.5 * right[-1][0], hem + 0.010), (blow, hem + 0.004), (0.5 * left[-1][0], hem + 0.012)]
    lean = [(x + sway * -y, y) for x, y in right], [(x + sway * -y, y) for x, y in left]
    body = polygon(np.vstack([curve(at(lean[0])), at(foot), curve(at(lean[1]))[::-1]]))
    collar = polygon(
        at([(x + sway, y) for x, y in ((-0.034, -0.85), (-0.027, -0.905), (0.027, -0.905), (0.034, -0.85))])
    )
    stride = float(rng.uniform(0.0, 0.03))
    legs = union(*(_cut_leg(at, end, hem, stride * (end > 0)) for end in (-1, 1)))
    return np.maximum(union(body, collar), sleeves), legs, hem


def _cut_sleeve(rng: Rng, at: Placer, sway: float, end: int) -> np.ndarray:
    """Return an arm that hangs, or bends to a pocket and leaves a gap of light at the waist."""
    if rng.random() < 0.5:
        spine = [(0.066, -0.80), (0.104, -0.70), (0.128, -0.585), (0.104, -0.50), (0.082, -0.47)]
    else:
        spine = [(0.066, -0.80), (0.100, -0.70), (0.122, -0.60), (0.136, -0.52), (0.146, -0.445)]
    line = curve([(end * x + sway, y) for x, y in spine])
    t = np.linspace(0, 1, len(line))[:, None]
    along = np.gradient(line, axis=0)
    across = np.stack([-along[:, 1], along[:, 0]], axis=1) / np.linalg.norm(along, axis=1, keepdims=True)
    wide = 0.027 - 0.009 * t - 0.012 * np.exp(-t / 0.06)
    return polygon(at(np.vstack([line + across * wide, (line - across * wide)[::-1]]).tolist()))


def _cut_leg(at: Placer, end: int, hem: float, step: float) -> np.ndarray:
    """Return a leg that tapers to the ankle, and a narrow shoe."""
    x, out = 0.034 + step, 0.010
    outline = [(0.012, hem - 0.04), (0.060, hem - 0.04), (x + 0.013, -0.085), (x + 0.010, -0.045)]
    outline += [
        (x + out + 0.017, -0.012),
        (x + out + 0.010, 0.0),
        (x + out - 0.006, 0.0),
        (x - 0.008, -0.045),
        (x - 0.013, -0.085),
    ]
    return polygon(at([(end * px, py - 0.012 * (step > 0)) for px, py in outline]))


def _draw_head(rng: Rng, at: Placer, sway: float) -> np.ndarray:
    """Return neck and head, with a bob, a low knot, a brim or a scarf."""

    def shape(points: Sequence[tuple[float, float]], closed: bool = True) -> np.ndarray:
        moved = [(x + sway, y) for x, y in points]
        return polygon(curve(at(moved), True) if closed else at(moved))

    def oval(x: float, y: float, rx: float, ry: float, angle: float = 0.0) -> np.ndarray:
        (cx, cy), (ex, _) = at([(x + sway, y), (x + sway + rx, y)])
        return ellipse(float(cx), float(cy), float(ex - cx), float(ex - cx) * ry / rx, angle)

    neck = shape([(-0.015, -0.93), (0.015, -0.93), (0.019, -0.86), (-0.019, -0.86)], closed=False)
    head = union(neck, oval(0.0, -0.948, 0.034, 0.047))
    kind = int(rng.integers(4))
    if kind == 0:
        bob = [(-0.050, -0.902), (-0.047, -0.955), (-0.028, -0.996), (0.0, -1.004), (0.028, -0.996), (0.047, -0.955)]
        return union(head, shape([*bob, (0.050, -0.902), (0.022, -0.905), (-0.022, -0.905)]))
    if kind == 1:
        return union(
            head, oval(0.0, -0.955, 0.038, 0.046), oval(0.030 * float(rng.choice([-1, 0, 1])), -0.918, 0.023, 0.021)
        )
    if kind == 2:
        tilt = float(rng.normal(0, 0.10))
        crown = [
            (-0.042, -0.962),
            (-0.039, -1.005),
            (-0.018, -1.022),
            (0.018, -1.022),
            (0.039, -1.005),
            (0.042, -0.962),
        ]
        return union(head, oval(0.0, -0.966, float(rng.uniform(0.085, 0.13)), 0.017, tilt), shape(crown))
    scarf = [(-0.046, -0.852), (-0.040, -0.90), (-0.043, -0.955), (-0.030, -0.988), (-0.010, -0.999)]
    scarf += [(-x, y) for x, y in scarf[::-1]]
    return union(head, shape(scarf))


def _throw(picture: np.ndarray, look: Look, figure: np.ndarray, feet: float, ground: Colour) -> None:
    shadow = slant_shadow(figure, look.side, feet, 0.75, 0.42)
    away = np.clip((Y - feet) / 0.3, 0, 1)
    soft = blur(shadow, 0.005) * (1 - away) + blur(shadow, 0.03) * away
    darken(picture, soft * (feet - 0.012 < Y), 0.6, mix(look.deeps[0], ground, 0.3))


def _shade_coat(
    picture: np.ndarray, rng: Rng, look: Look, coat: np.ndarray, cx: float, tall: float, tone: Colour
) -> None:
    """Paint cloth that turns from the lamp, with long folds towards the hem."""
    u = (X - cx) / (0.15 * tall) * look.side
    fall = np.clip((Y - Y[extent(coat)][0, 0]) / (0.8 * tall), 0, 1)
    folds = np.sin(u * float(rng.uniform(5, 9)) / (0.7 + 0.6 * fall) + noise(rng, 3) * 0.9) * smoothstep(
        0.25, 0.9, fall
    )
    light = np.clip(0.50 + 0.36 * u + 0.16 * folds, 0, 1)
    deep = lighten(tone, -0.62)
    paint(
        picture,
        coat,
        ramp(((0.0, deep), (0.45, mix(deep, tone, 0.55)), (0.8, tone), (1.0, lighten(tone, 0.16))), light),
    )
