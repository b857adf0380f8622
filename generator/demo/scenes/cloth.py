"""Draw folds of cloth, close up."""

from __future__ import annotations

import math

import numpy as np

from generator.demo.canvas import WIDTH, Rng, X, Y, lighten, mix, noise, ramp, slopes
from generator.demo.studio import Look, pick


def draw_drapery(rng: Rng, look: Look) -> np.ndarray:
    """Draw silk or satin: a height field of warped folds, lit low from the house's side."""
    angle = float(rng.normal(0.5 * look.side, 0.35))
    bend = noise(rng, 1.2) * float(rng.uniform(0.08, 0.17)) + noise(rng, 3) * 0.025
    cos, sin = math.cos(angle), math.sin(angle)
    u = (X - 0.5) * cos + (Y - 0.6) * sin + bend
    v = (Y - 0.6) * cos - (X - 0.5) * sin
    height = np.zeros_like(u)
    frequency = float(rng.uniform(2.2, 3.6))
    for octave in range(3):
        phase = float(rng.uniform(0, 6.28))
        wander = noise(rng, 1.5, 2) * 1.1
        wave = np.sin(u * frequency * 6.283 + phase + wander + v * float(rng.normal(0, 1.5)))
        # sharper crests than troughs, as cloth hangs
        height += (1 - np.sqrt(np.abs(1 - (0.5 + 0.5 * wave) ** 2))) * 0.055 / 1.9**octave
        frequency *= float(rng.uniform(1.6, 2.1))
    weave = np.sin((X + Y * 0.6) * WIDTH * 2.1) * 0.012 + noise(rng, 220) * 0.02
    nx, ny, nz = slopes(height + weave / WIDTH)
    light = np.clip(0.72 * look.side * nx - 0.42 * ny + 0.55 * nz, 0, 1)
    shine = np.clip(0.42 * look.side * nx - 0.25 * ny + 0.87 * nz, 0, 1)
    colour = pick(rng, look.accents + look.grounds[:1] + look.deeps[:1], 0.78)
    dark, bright = mix(lighten(colour, -0.8), look.ink, 0.25), lighten(colour, 0.38 if sum(colour) > 0.6 else 0.55)
    hollow = np.clip(height / 0.1, 0, 1)
    tone = light * (0.62 + 0.38 * hollow)
    picture = ramp(((0.0, dark), (0.42, lighten(colour, -0.35)), (0.72, colour), (1.0, bright)), tone * 1.12)
    sheen = float(rng.uniform(0.25, 0.6))
    gleam = shine**14 * sheen * (0.2 + 0.8 * hollow)
    picture += gleam[..., None] * np.array(bright, np.float32)
    return picture
