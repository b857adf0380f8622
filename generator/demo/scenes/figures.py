"""A coat and whoever wears it, against the light."""

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
    noise,
    paint,
    polygon,
    ramp,
    smoothstep,
)
from generator.demo.studio import Look, pick, solid


def draw_silhouette(rng: Rng, look: Look) -> np.ndarray:
    """A figure in a long coat, seen from behind, and its shadow."""
    ground = pick(rng, look.grounds + look.accents[:1], 0.7)
    floor_at = float(rng.uniform(0.86, 1.0))
    picture = ramp(
        ((0.0, lighten(ground, -0.3)), (0.6, ground), (1.0, lighten(ground, 0.32))), np.clip(Y / floor_at, 0, 1)
    )
    cx = float(rng.uniform(0.36, 0.64))
    if rng.random() < 0.6:
        r = float(rng.uniform(0.2, 0.34))
        disc_y = float(rng.uniform(0.36, 0.58))
        disc = ellipse(cx + float(rng.uniform(-0.12, 0.12)), disc_y, r, r)
        core = mix(lighten(ground, 0.5), pick(rng, look.accents, 0.6), float(rng.choice([0.0, 0.7])))
        add_light(picture, blur(disc, 0.08), lighten(core, 0.3), 0.4)
        paint(
            picture,
            disc,
            ramp(
                ((0.0, lighten(core, 0.15)), (1.0, mix(core, ground, 0.45))), np.clip((Y - disc_y + r) / (2 * r), 0, 1)
            ),
        )
    floor = smoothstep(floor_at - 0.003, floor_at + 0.012, Y)
    paint(
        picture,
        floor,
        ramp(
            ((0.0, lighten(ground, 0.25)), (1.0, lighten(ground, -0.35))),
            np.clip((Y - floor_at) / (1.25 - floor_at), 0, 1),
        ),
    )
    add_light(picture, np.exp(-np.abs(Y - floor_at) / 0.05), lighten(ground, 0.6), 0.3)
    scale = float(rng.uniform(0.78, 1.15)) * (1.3 if rng.random() < 0.2 else 1)
    feet = floor_at + float(rng.uniform(0.05, 0.12))
    _draw_figure(picture, rng, look, cx, feet, scale, ground)
    mist = np.clip(noise(rng, 2, 5, octaves=3), 0, 1) * np.exp(-(((Y - floor_at) / 0.12) ** 2))
    add_light(picture, mist, lighten(ground, 0.5), 0.3)
    return picture


def _draw_figure(
    picture: np.ndarray, rng: Rng, look: Look, cx: float, feet: float, scale: float, ground: Colour
) -> None:
    flare, hem = float(rng.uniform(0.12, 0.2)), float(rng.uniform(0.13, 0.26))
    wind, stride = float(rng.normal(0, 0.03)), float(rng.uniform(0.0, 0.045))
    shoulder = float(rng.uniform(0.1, 0.125))
    waist = float(rng.uniform(0.075, 0.11))
    tall = 0.74

    def at(points: list[tuple[float, float]]) -> np.ndarray:
        return np.array([(cx + x * scale, feet + y * scale) for x, y in points])

    right = [(0.022, -tall + 0.105), (0.05, -tall + 0.135), (shoulder, -tall + 0.165), (shoulder + 0.018, -tall + 0.24)]
    right += [
        (shoulder + 0.012, -tall + 0.36),
        (waist + 0.03, -tall + 0.4),
        (flare * 0.8 + wind, -hem - 0.08),
        (flare + wind * 1.6, -hem),
    ]
    left = [(-x, y) for x, y in right[:6]] + [(-flare * 0.8 + wind, -hem - 0.08), (-flare + wind * 1.6, -hem + 0.012)]
    bottom = [
        (flare * 0.4 + wind * 1.5, -hem + 0.016),
        (wind * 1.5, -hem + 0.004),
        (-flare * 0.4 + wind * 1.5, -hem + 0.02),
    ]
    outline = np.vstack([curve(at(right)), at(bottom), curve(at(left))[::-1]])
    coat = polygon(outline)
    legs = np.maximum(
        polygon(
            at(
                [
                    (0.008, -hem - 0.05),
                    (0.06, -hem - 0.05),
                    (0.038 + stride, -0.02),
                    (0.055 + stride, 0.0),
                    (0.012 + stride, 0.0),
                ]
            )
        ),
        polygon(
            at(
                [
                    (-0.06, -hem - 0.05),
                    (-0.008, -hem - 0.05),
                    (-0.016 - stride, -0.012),
                    (-0.05 - stride, -0.012),
                    (-0.034 - stride, -0.04),
                ]
            )
        ),
    )
    neck = polygon(at([(-0.024, -tall + 0.06), (0.024, -tall + 0.06), (0.034, -tall + 0.14), (-0.034, -tall + 0.14)]))
    hx, hy = cx + wind * 0.2 * scale, feet + (-tall + 0.042) * scale
    head = ellipse(hx, hy, 0.034 * scale, 0.046 * scale)
    dress = int(rng.integers(4))
    if dress == 0:  # a brim
        head = np.maximum(head, ellipse(hx, hy - 0.014 * scale, 0.1 * scale, 0.014 * scale, float(rng.normal(0, 0.1))))
        head = np.maximum(
            head,
            polygon(
                curve(
                    at(
                        [
                            (-0.045, -tall + 0.025),
                            (-0.038, -tall - 0.03),
                            (0.0, -tall - 0.038),
                            (0.038, -tall - 0.03),
                            (0.045, -tall + 0.025),
                        ]
                    ),
                    True,
                )
            ),
        )
    elif dress == 1:  # a bun
        head = np.maximum(head, ellipse(hx, hy - 0.05 * scale, 0.02 * scale, 0.02 * scale))
    elif dress == 2:  # a high collar
        head = np.maximum(
            head,
            polygon(at([(-0.042, -tall + 0.07), (0.042, -tall + 0.07), (0.06, -tall + 0.14), (-0.06, -tall + 0.14)])),
        )
    figure = np.maximum(np.maximum(coat, legs), np.maximum(neck, head))
    tone = mix(look.ink, pick(rng, look.accents[:3] + look.deeps, 0.7), float(rng.choice([0.0, 0.25, 0.7])))
    slant = -look.side * 0.55
    cast = polygon(
        np.stack([outline[:, 0] + (feet - outline[:, 1]) * slant, feet + (feet - outline[:, 1]) * 0.42], axis=1)
    )
    away = np.clip((Y - feet) / 0.3, 0, 1)
    darken(
        picture,
        (blur(cast, 0.006) * (1 - away) + blur(cast, 0.03) * away) * (feet - 0.01 < Y),
        0.62,
        mix(look.deeps[0], ground, 0.2),
    )
    darken(picture, blur(ellipse(cx, feet, 0.09 * scale, 0.012), 0.01), 0.5)
    paint(picture, figure, lighten(tone, -0.25))
    pleats = (
        np.sin((X - cx) / scale * float(rng.uniform(50, 90)) / (0.6 + (Y - feet + tall) * 1.2)) * 0.9
        + noise(rng, 8, 3) * 0.8
    )
    solid(
        picture,
        look,
        coat,
        tone,
        bulge=0.05 * scale,
        depth=0.9,
        gloss=0.05,
        texture=pleats * smoothstep(feet - 0.6 * scale, feet - 0.2 * scale, Y),
    )
    rim = figure * (1 - blur(figure, 0.008)) * (0.4 + 0.6 * (look.side * (X - cx) > 0))
    add_light(picture, np.clip(rim * 1.6, 0, 1), lighten(ground, 0.5), 0.6)
