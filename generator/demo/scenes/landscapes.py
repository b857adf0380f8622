"""Draw sea, dunes and hills under a wide sky."""

from __future__ import annotations

import numpy as np

from generator.demo.canvas import (
    HEIGHT,
    WIDTH,
    Colour,
    Rng,
    X,
    Y,
    add_light,
    blur,
    darken,
    ellipse,
    lighten,
    mix,
    noise,
    paint,
    ramp,
    smoothstep,
)
from generator.demo.studio import Look, pick

_SUNS: tuple[Colour, ...] = ((1.0, 0.93, 0.78), (1.0, 0.80, 0.55), (1.0, 0.97, 0.92))


def draw_landscape(rng: Rng, look: Look) -> np.ndarray:
    """Draw a horizon: the house's sky over sea, dunes or hills."""
    horizon = float(rng.uniform(0.52, 0.82))
    sun = (float(rng.uniform(0.2, 0.8)), horizon - float(rng.uniform(0.03, 0.34)))
    low, high = pick(rng, look.grounds, 0.75), pick(rng, look.grounds + look.deeps, 0.8)
    if high in look.deeps:
        high = mix(high, look.grounds[0], 0.35)
    picture = _draw_sky(rng, look, low, high, horizon, sun)
    draw = (_add_sea, _add_dunes, _add_hills)[int(rng.choice(3, p=(0.42, 0.25, 0.33)))]
    draw(picture, rng, look, low, horizon, sun)
    return picture


def _draw_sky(rng: Rng, look: Look, low: Colour, high: Colour, horizon: float, sun: tuple[float, float]) -> np.ndarray:
    warm = mix(low, mix(look.accents[0], (1.0, 0.72, 0.5), 0.6), 0.45)
    picture = ramp(
        ((0.0, high), (0.5, mix(high, low, 0.75)), (0.82, low), (1.0, lighten(warm, 0.25))), np.clip(Y / horizon, 0, 1)
    )
    cloud = smoothstep(0.1, 1.2, noise(rng, 1.6, 7, octaves=4)) * smoothstep(0.0, 0.3, Y) * (1 - Y / horizon * 0.4)
    add_light(picture, cloud, lighten(warm, 0.4), float(rng.uniform(0.0, 0.4)))
    away = np.hypot(X - sun[0], Y - sun[1])
    tint = _SUNS[int(rng.integers(3))]
    add_light(picture, np.exp(-away * 5), tint, 0.55)
    size = float(rng.choice([0.03, 0.05, 0.085, 0.14]))
    disc = ellipse(sun[0], sun[1], size, size)
    core = mix(tint, look.accents[0], 0.55) if size > 0.08 and rng.random() < 0.6 else tint
    paint(
        picture, disc, ramp(((0.0, lighten(core, 0.25)), (1.0, core)), np.clip((Y - sun[1] + size) / (2 * size), 0, 1))
    )
    return picture


def _add_sea(picture: np.ndarray, rng: Rng, look: Look, low: Colour, horizon: float, sun: tuple[float, float]) -> None:
    deep = pick(rng, look.deeps, 0.7)
    depth = np.clip((Y - horizon) / (1.25 - horizon), 0, 1)
    sea = smoothstep(-1.0 / WIDTH, 1.0 / WIDTH, Y - horizon)
    water = ramp(((0.0, mix(deep, low, 0.62)), (0.25, mix(deep, low, 0.3)), (1.0, lighten(deep, -0.15))), depth)
    # waves shrink with distance: noise is read along the logarithm of depth
    rows = np.clip(np.log(depth / 0.03 + 1) / np.log(1 / 0.03 + 1) * (HEIGHT - 1), 0, HEIGHT - 1).astype(np.int32)
    columns = np.clip(((X - 0.5) * (0.4 + 0.6 * (1 - depth)) + 0.5) * (WIDTH - 1), 0, WIDTH - 1).astype(np.int32)
    waves = np.zeros_like(depth)
    for k in range(3):
        waves += noise(rng, 9 * 2**k, 46 * 1.5**k)[rows, columns] / 1.3**k
    paint(water, np.clip(waves, 0, 1), lighten(low, 0.2), 0.22)
    darken(water, np.clip(-waves, 0, 1), 0.24)
    paint(picture, sea, water)
    spread = 0.035 + 0.13 * depth
    glitter = np.exp(-(((X - sun[0]) / spread) ** 2)) * smoothstep(0.05, 0.9, waves + 0.35 * (1 - depth)) * sea
    add_light(picture, glitter, (1.0, 0.92, 0.78), 0.85)
    add_light(
        picture, np.exp(-np.abs(Y - horizon) / 0.012) * np.exp(-(((X - sun[0]) / 0.4) ** 2)), (1, 0.93, 0.82), 0.4
    )
    if rng.random() < 0.3:
        shore = (
            1.25 - float(rng.uniform(0.14, 0.26)) + 0.05 * np.sin(X * 3 + float(rng.uniform(0, 6))) - 0.12 * (X - 0.5)
        )
        edge = Y - shore + noise(rng, 5) * 0.008
        foam = smoothstep(-0.035, 0.0, edge) * (0.6 + 0.4 * noise(rng, 40))
        paint(picture, np.clip(foam, 0, 1) * (edge < 0.01), (0.98, 0.98, 0.96), 0.9)
        sand = mix(low, (0.86, 0.74, 0.58), 0.6)
        paint(
            picture,
            smoothstep(-0.002, 0.012, edge),
            ramp(((0.0, lighten(sand, -0.2)), (1.0, lighten(sand, 0.2))), np.clip(edge * 7, 0, 1)),
        )


def _add_dunes(
    picture: np.ndarray, rng: Rng, look: Look, low: Colour, horizon: float, sun: tuple[float, float]
) -> None:
    sand = mix(pick(rng, look.grounds + look.accents[:2], 0.8), (0.80, 0.56, 0.36), 0.4)
    shade = mix(lighten(sand, -0.6), look.deeps[0], 0.45)
    toward = 1.0 if sun[0] > 0.5 else -1.0
    x = X[0]
    for layer in range(4):
        near = layer / 3
        peak = float(rng.uniform(0.2, 0.8))
        tall = 0.07 + 0.17 * near
        base = horizon + 0.05 + (1.2 - horizon) * near * 0.7
        crest = base - tall * np.exp(-((np.abs(x - peak) / float(rng.uniform(0.22, 0.4))) ** 1.5))
        crest += 0.012 * np.sin(x * 5 + float(rng.uniform(0, 6.28)))
        inside = np.clip((Y - crest) * WIDTH + 0.5, 0, 1)
        fall = np.maximum(Y - crest, 0)
        drift = fall * float(rng.uniform(0.7, 1.5)) + 0.05 * np.sin(fall * 11 + layer)
        beyond = toward * (peak + toward * drift - X)
        slip = smoothstep(-0.003, 0.009 + 0.05 * near, beyond) * np.exp(-np.maximum(beyond, 0) / 0.55)
        below = np.clip(fall / 0.45, 0, 1)
        lit = ramp(((0.0, lighten(sand, 0.28)), (0.5, sand), (1.0, lighten(sand, -0.2))), below)
        dark = ramp(((0.0, shade), (1.0, mix(shade, sand, 0.4))), below)
        surface = lit + slip[..., None] * (dark - lit)
        ripple = np.sin((Y + 0.25 * X + noise(rng, 3) * 0.05) * WIDTH * (0.8 - 0.4 * near)) * 0.02 * near
        surface *= (1 + ripple + noise(rng, 90) * 0.012)[..., None]
        haze = 0.36 * (1 - near)
        paint(picture, inside, np.clip(surface * (1 - haze) + np.array(low, np.float32) * haze, 0, 1))


def _add_hills(
    picture: np.ndarray, rng: Rng, look: Look, low: Colour, horizon: float, sun: tuple[float, float]
) -> None:
    front = pick(rng, look.deeps, 0.7)
    layers = int(rng.integers(5, 8))
    x = X[0]
    for layer in range(layers):
        near = (layer + 1) / layers
        ridge = np.zeros_like(x)
        for octave in range(6):
            ridge += (
                np.sin(x * 2.6 * 1.9**octave + float(rng.uniform(0, 6.28))) * 0.5**octave * float(rng.uniform(0.5, 1))
            )
        crest = horizon - 0.05 + (1.2 - horizon) * near**1.25 * 0.8 - ridge * (0.035 + 0.03 * near)
        inside = np.clip((Y - crest) * WIDTH + 0.5, 0, 1)
        tone = mix(mix(low, front, 0.18), front, near**1.1)
        mist = mix(tone, lighten(low, 0.2), 0.62 * (1 - near * 0.5))
        below = np.clip((Y - crest) / 0.2, 0, 1)
        paint(picture, inside, ramp(((0.0, tone), (1.0, mist)), below))
        rim = inside * np.exp(-np.maximum(Y - crest, 0) / 0.006) * np.exp(-(((X - sun[0]) / 0.3) ** 2))
        add_light(picture, rim, (1.0, 0.86, 0.66), 0.35 * (1 - near * 0.6))
    glow = np.exp(-np.hypot((X - sun[0]) / 0.5, (Y - horizon) / 0.2))
    add_light(picture, blur(glow, 0.02), (1.0, 0.85, 0.65), 0.22)
