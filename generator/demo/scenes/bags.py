"""Draw bags: a handbag, a tote, a bucket, a saddle bag."""

from __future__ import annotations

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
    lighten,
    mix,
    move,
    noise,
    paint,
    polygon,
    round_off,
    smoothstep,
    stroke,
    union,
)
from generator.demo.relief import Band, bend_band, link_chain, rotate
from generator.demo.scenes.leatherwork import (
    add_clasp,
    add_flap,
    add_gusset,
    add_handle,
    add_metal,
    add_panel,
    hide_grain,
    shape_flap,
    trapezoid,
)
from generator.demo.scenes.stage import choose_ground, set_stage, throw_shadow
from generator.demo.studio import Form, Look, pick, solid


def draw_leather(rng: Rng, look: Look) -> np.ndarray:
    """Draw one bag, with room around it."""
    ground = choose_ground(rng, look)
    picture, cx, foot, raised = set_stage(rng, look, ground)
    apart = [c for c in look.accents if sum(abs(a - b) for a, b in zip(c, ground, strict=True)) > 0.55]
    colour = pick(rng, tuple(apart or look.accents), 0.75)
    kinds = (_draw_handbag, _draw_tote, _draw_bucket, _draw_saddle)
    kinds[int(rng.choice(4, p=(0.42, 0.18, 0.2, 0.2)))](picture, rng, look, (cx, foot), colour, raised)
    return picture


def _draw_handbag(
    picture: np.ndarray, rng: Rng, look: Look, foot: tuple[float, float], colour: Colour, raised: bool
) -> None:
    """Draw a stiff bag with a flap, a clasp and one handle."""
    cx, base = foot[0] + 0.02 * look.side, foot[1]
    half, tall = float(rng.uniform(0.25, 0.32)), float(rng.uniform(0.33, 0.45))
    taper, wide = float(rng.uniform(0.84, 0.98)), float(rng.uniform(0.03, 0.055))
    grain, top = hide_grain(rng), base - tall
    corners = trapezoid(cx, base, half, tall, taper)
    body = round_off(polygon(corners), 0.012)
    span, rise = half * float(rng.uniform(0.45, 0.62)), float(rng.uniform(0.14, 0.24))
    angles = np.linspace(np.pi, 2 * np.pi, 48)
    loop = np.stack([cx + span * np.cos(angles), top + 0.035 + (rise + 0.035) * np.sin(angles)], axis=1)
    strap = float(rng.uniform(0.017, 0.024))
    throw_shadow(picture, look, union(body, stroke(loop, strap)), base, raised)
    behind = loop + np.array([-look.side * wide * 0.6, -wide * 0.3])
    none = np.zeros_like(body)
    add_handle(picture, look, behind, strap, lighten(colour, -0.35), none)
    add_gusset(picture, look, corners, colour, wide)
    add_panel(picture, look, body, colour, grain)
    drop = tall * float(rng.uniform(0.36, 0.6))
    add_flap(picture, look, shape_flap(rng, corners, body, drop), body, colour, grain)
    add_clasp(picture, rng, look, cx, top + drop - 0.01, body)
    add_handle(picture, look, loop, strap, lighten(colour, -0.05), body)
    for end in (-1, 1):
        ring = bend_band(rotate(0.2, 0.2, 0), (cx + end * span, top + 0.045), Band(0.016, 0.005))
        add_metal(picture, look, [ring], body)


def _draw_tote(
    picture: np.ndarray, rng: Rng, look: Look, foot: tuple[float, float], colour: Colour, raised: bool
) -> None:
    """Draw a tall open bag with two long handles and the house's ring in the middle."""
    cx, base = foot[0] + 0.02 * look.side, foot[1]
    half, tall = float(rng.uniform(0.22, 0.27)), float(rng.uniform(0.44, 0.54))
    flare, wide = float(rng.uniform(1.04, 1.18)), float(rng.uniform(0.06, 0.09))
    grain, top = hide_grain(rng), base - tall
    corners = trapezoid(cx, base, half, tall, flare)
    body = round_off(polygon(corners), 0.008)
    span, rise = half * 0.55, float(rng.uniform(0.16, 0.22))
    line = curve(
        [
            (cx - span, top + 0.02),
            (cx - span * 0.86, top - rise * 0.7),
            (cx, top - rise),
            (cx + span * 0.86, top - rise * 0.7),
            (cx + span, top + 0.02),
        ]
    )
    throw_shadow(picture, look, union(body, stroke(line, 0.02)), base, raised)
    shift = np.array([-look.side * wide * 0.5, -wide * 0.21])
    none = np.zeros_like(body)
    inside = polygon([corners[3], corners[2], tuple(np.array(corners[2]) + shift), tuple(np.array(corners[3]) + shift)])
    add_handle(picture, look, line + shift, 0.018, lighten(colour, -0.4), none)
    paint(picture, inside, lighten(colour, -0.66))
    add_gusset(picture, look, corners, colour, wide)
    second = mix(colour, look.ink, 0.5) if rng.random() < 0.5 else lighten(colour, -0.2)
    add_panel(picture, look, body, colour, grain)
    low = body * (base - tall * float(rng.uniform(0.18, 0.3)) < Y)
    if rng.random() < 0.6:
        add_panel(picture, look, low, second, grain)
    add_handle(picture, look, line, 0.018, second, body)
    for end in (-1, 1):
        tab = round_off(polygon(trapezoid(cx + end * span, top + 0.10, 0.018, 0.115, 0.9)), 0.008)
        darken(picture, blur(move(tab, -0.008 * look.side, 0.008), 0.006) * body, 0.4)
        solid(picture, look, tab, second, Form(bulge=0.008, gloss=0.2))
    add_metal(picture, look, [bend_band(rotate(0, 0.12, 0), (cx, top + tall * 0.4), Band(0.04, 0.007))], body)


def _draw_bucket(
    picture: np.ndarray, rng: Rng, look: Look, foot: tuple[float, float], colour: Colour, raised: bool
) -> None:
    """Draw a soft drum, gathered at the neck, on a cord or a chain."""
    cx, base = foot
    half, tall = float(rng.uniform(0.21, 0.26)), float(rng.uniform(0.36, 0.44))
    top = base - tall
    right = curve(
        [
            (half * 0.66, -tall),
            (half * 0.62, -tall * 0.88),
            (half * 0.92, -tall * 0.66),
            (half, -tall * 0.3),
            (half * 0.93, -0.012),
            (half * 0.8, 0.004),
        ]
    )
    outline = np.vstack([right, right[::-1] * (-1, 1)]) + np.array([cx, base])
    body = polygon(outline)
    rise = float(rng.uniform(0.2, 0.3))
    line = curve(
        [
            (cx - half * 0.6, top + 0.05),
            (cx - half * 0.7, top - rise * 0.6),
            (cx, top - rise),
            (cx + half * 0.7, top - rise * 0.6),
            (cx + half * 0.6, top + 0.05),
        ]
    )
    throw_shadow(picture, look, union(body, stroke(line, 0.014)), base, raised)
    chained = bool(rng.random() < 0.5)
    if chained:
        add_metal(picture, look, link_chain(line, 0.024, 0.006, 0.5))
    else:
        add_handle(picture, look, line, 0.015, lighten(colour, -0.15), np.zeros_like(body))
    u = (X - cx) / half
    gathers = np.sin(u * 17 + noise(rng, 3) * 0.6) * smoothstep(base - tall * 0.2, top, Y) * 1.9
    solid(picture, look, body, colour, Form(bulge=0.07, depth=1.3, gloss=0.22, texture=hide_grain(rng) + gathers))
    round_light = np.clip(0.5 + look.side * u * 0.62, 0, 1)
    darken(picture, body * (1 - round_light) ** 1.5, 0.55, lighten(colour, -0.8))
    add_light(picture, body * np.exp(-(((u - 0.5 * look.side) / 0.18) ** 2)), lighten(colour, 0.6), 0.16)
    mouth = ellipse(cx, top + 0.004, half * 0.64, 0.016)
    paint(picture, mouth, lighten(colour, -0.72))
    neck = stroke(
        curve([(cx - half * 0.63, top + tall * 0.12), (cx, top + tall * 0.15), (cx + half * 0.63, top + tall * 0.12)]),
        0.012,
    )
    solid(picture, look, neck, lighten(colour, -0.3), Form(bulge=0.006, gloss=0.3))
    for end in (-1, 1):
        cord = stroke(
            curve(
                [(cx, top + tall * 0.15), (cx + end * 0.03, top + tall * 0.3), (cx + end * 0.022, top + tall * 0.46)]
            ),
            0.009,
        )
        darken(picture, blur(move(cord, -0.01 * look.side, 0.008), 0.006) * body, 0.45)
        solid(picture, look, cord, lighten(colour, -0.2), Form(bulge=0.005, gloss=0.3))
        add_metal(
            picture,
            look,
            [bend_band(rotate(0, 1.2, 0), (cx + end * 0.022, top + tall * 0.47), Band(0.008, 0.006, flat=1.8))],
        )


def _draw_saddle(
    picture: np.ndarray, rng: Rng, look: Look, foot: tuple[float, float], colour: Colour, raised: bool
) -> None:
    """Draw a half moon on a chain."""
    cx, base = foot
    half, tall = float(rng.uniform(0.28, 0.34)), float(rng.uniform(0.30, 0.37))
    top = base - tall
    grain = hide_grain(rng)
    angles = np.linspace(0, np.pi, 60)
    swell = np.stack(
        [
            cx + half * np.sign(np.cos(angles)) * np.abs(np.cos(angles)) ** 0.62,
            base - tall + tall * np.sin(angles) ** 0.62,
        ],
        axis=1,
    )
    body = round_off(polygon(swell), 0.012)
    rise = float(rng.uniform(0.22, 0.32))
    slack = float(rng.uniform(-0.06, 0.06))
    line = curve(
        [
            (cx - half * 0.93, top + 0.02),
            (cx - half * 0.5 + slack, top - rise * 0.8),
            (cx + slack, top - rise),
            (cx + half * 0.5 + slack, top - rise * 0.8),
            (cx + half * 0.93, top + 0.02),
        ]
    )
    throw_shadow(picture, look, union(body, stroke(line, 0.014)), base, raised)
    add_metal(picture, look, link_chain(line, float(rng.uniform(0.022, 0.032)), 0.0065, 0.5))
    add_panel(picture, look, body, colour, grain)
    drop = tall * float(rng.uniform(0.62, 0.8))
    reach = half * float(rng.uniform(0.86, 0.97))
    lid = np.stack(
        [cx + reach * np.sign(np.cos(angles)) * np.abs(np.cos(angles)) ** 0.62, top + drop * np.sin(angles) ** 0.62],
        axis=1,
    )
    flap = round_off(polygon(lid), 0.01) * body
    darken(picture, blur(move(flap, -0.006 * look.side, 0.014), 0.009) * body * (1 - flap), 0.6)
    add_panel(picture, look, flap, lighten(colour, 0.04), grain)
    add_clasp(picture, rng, look, cx, top + drop - 0.035, body)
