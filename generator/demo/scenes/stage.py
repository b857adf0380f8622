"""Set the stage for an object: floor and wall, plinths, arches, discs, and the shadow it throws."""

from __future__ import annotations

import numpy as np
from PIL import Image

from generator.demo.canvas import (
    HEIGHT,
    WIDTH,
    Colour,
    Rng,
    X,
    Y,
    add_light,
    blur,
    box,
    darken,
    ellipse,
    extent,
    lighten,
    mix,
    move,
    paint,
    plain,
    polygon,
    ramp,
    smoothstep,
)
from generator.demo.studio import Look, pick


def set_stage(rng: Rng, look: Look, ground: Colour) -> tuple[np.ndarray, float, float, bool]:
    """Return an empty stage: the picture, the place (x, y) of the object's foot, and whether it is on a plinth."""
    horizon = float(rng.uniform(0.78, 0.88))
    foot = float(rng.uniform(0.97, 1.03))
    cx = 0.5 + float(rng.uniform(-0.04, 0.04))
    kind = rng.random()
    second = _neighbour(rng, look, ground)
    picture = _draw_room(look, ground, horizon, second if rng.random() < 0.4 else lighten(ground, 0.10))
    if kind < 0.28:
        _add_arch(picture, look, cx + float(rng.uniform(-0.06, 0.06)), horizon, second)
    elif kind < 0.48:
        r = float(rng.uniform(0.22, 0.32))
        disc = ellipse(cx + float(rng.uniform(-0.14, 0.14)), horizon - r * float(rng.uniform(0.7, 1.3)), r, r)
        disc *= horizon > Y
        darken(picture, blur(move(disc, -0.012 * look.side, 0.01), 0.012) * (1 - disc) * (horizon > Y), 0.35)
        paint(picture, disc, _lit(second, look, 0.10))
    elif kind < 0.76:
        return picture, cx, _add_plinth(picture, rng, look, cx, foot, mix(ground, second, 0.5)), True
    return picture, cx, foot, False


def _neighbour(rng: Rng, look: Look, ground: Colour) -> Colour:
    """Return another of the house's colours, brought near the ground."""
    others = [colour for colour in look.grounds + look.accents[:2] + look.deeps[:1] if colour != ground]
    return mix(others[int(rng.integers(len(others)))], ground, float(rng.uniform(0.15, 0.5)))


def choose_ground(rng: Rng, look: Look) -> Colour:
    """Return the colour of the stage, mostly light."""
    return pick(rng, look.grounds, 0.75) if rng.random() < 0.82 else pick(rng, look.deeps, 0.8)


def _lit(colour: Colour, look: Look, spread: float) -> np.ndarray:
    across = np.clip(0.5 + look.side * (X - 0.5) * 0.7 - (Y - 0.55) * 0.35, 0, 1)
    return ramp(((0.0, lighten(colour, -spread * 1.4)), (1.0, lighten(colour, spread))), across)


def _draw_room(look: Look, wall: Colour, horizon: float, floor: Colour) -> np.ndarray:
    picture = plain(wall)
    picture[:] = _lit(wall, look, 0.14)
    ground = smoothstep(horizon - 0.002, horizon + 0.004, Y)
    paint(picture, ground, _lit(lighten(floor, 0.10), look, 0.10))
    darken(picture, np.exp(-np.abs(Y - horizon) / 0.05), 0.16, lighten(wall, -0.55))
    lamp = np.hypot(X - 0.5 - 0.34 * look.side, (Y - 0.42) * 0.8)
    add_light(picture, np.clip(1 - lamp / 0.8, 0, 1) ** 2, (1.0, 0.97, 0.91), 0.26)
    darken(picture, smoothstep(0.5, 1.3, lamp), 0.30, lighten(wall, -0.6))
    return picture


def _add_arch(picture: np.ndarray, look: Look, cx: float, horizon: float, colour: Colour) -> None:
    """Draw a niche in the wall, standing on the floor, its thickness in shade on the lamp's side."""
    half, spring = 0.27, horizon - 0.38
    arch = np.maximum(ellipse(cx, spring, half, half), box(cx, (spring + horizon) / 2, half, (horizon - spring) / 2, 0))
    arch *= horizon > Y
    paint(picture, arch, _lit(colour, look, 0.12))
    reveal = arch * (1 - move(arch, -0.035 * look.side, 0.012))
    darken(picture, blur(move(reveal, -0.03 * look.side, 0.02), 0.03) * arch, 0.45, lighten(colour, -0.6))
    paint(picture, reveal, lighten(colour, -0.32))


def _add_plinth(picture: np.ndarray, rng: Rng, look: Look, cx: float, foot: float, colour: Colour) -> float:
    """Draw a block or a drum; return the height of its top, where the object stands."""
    half, depth = float(rng.uniform(0.31, 0.37)), 0.05
    top = foot - float(rng.uniform(0.02, 0.08))
    if rng.random() < 0.5:
        side = 0.06 * -look.side
        near, back = top + depth, top - depth
        face = polygon([(cx - half, near), (cx + half, near), (cx + half, 1.3), (cx - half, 1.3)])
        lid = polygon(
            [(cx - half, near), (cx + half, near), (cx + half + side * 0.5, back), (cx - half + side * 0.5, back)]
        )
    else:
        u = np.clip((X - cx) / half, -1, 1)
        face = ((np.abs(X - cx) < half) & (top + depth * np.sqrt(1 - u * u) < Y)).astype(np.float32)
        lid = ellipse(cx, top, half, depth)
    shade = polygon(
        [(cx - half, top), (cx + half, top), (cx + half - look.side * 0.5, 1.3), (cx - half - look.side * 0.5, 1.3)]
    )
    darken(picture, blur(shade, 0.02) * (1 - face), 0.4, lighten(colour, -0.6))
    turn = np.clip(0.5 + look.side * (X - cx) / (2.2 * half), 0, 1)
    paint(picture, face, ramp(((0.0, lighten(colour, -0.42)), (1.0, lighten(colour, 0.02))), turn))
    paint(picture, lid, _lit(lighten(colour, 0.26), look, 0.06))
    return top + depth * 0.35


def slant_shadow(mask: np.ndarray, side: float, foot: float, lean: float, squash: float) -> np.ndarray:
    """Return the mask laid on the floor: `squash` of its height deep, leaning from the lamp on `side` by `lean`."""
    base, up = foot * WIDTH, 1 / squash
    # where a pixel of the shadow looks in the mask: up by the squashed distance, back by the lean
    matrix = (1, side * lean * up, -side * lean * up * base, 0, -up, base * (1 + up))
    sheet = Image.fromarray((np.clip(mask, 0, 1) * 255).astype(np.uint8))
    laid = sheet.transform((WIDTH, HEIGHT), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)
    return np.asarray(laid, dtype=np.float32) / 255


def throw_shadow(
    picture: np.ndarray, look: Look, mask: np.ndarray, foot: float, raised: bool, touching: np.ndarray | None = None
) -> None:
    """Draw the object's shadow: long on a floor, short on a plinth, dark where they touch.

    `touching` is the part that stands, if narrower than the whole.
    """
    rows, columns = extent(mask if touching is None else touching)
    if rows.stop <= rows.start:
        return
    lean, squash = (0.75, 0.30) if not raised else (0.35, 0.06)
    shadow = slant_shadow(mask, look.side, foot, lean, squash)
    below = np.clip((Y - foot) / 0.16, 0, 1)
    soft = blur(shadow, 0.006) * (1 - below) + blur(shadow, 0.03) * below
    darken(picture, soft * (foot - 0.004 < Y), 0.55 * (1.0 if not raised else 0.8), (0.13, 0.10, 0.14))
    left, right = columns.start / WIDTH, columns.stop / WIDTH
    middle, half = (left + right) / 2, (right - left) / 2
    darken(picture, blur(ellipse(middle - look.side * 0.02, foot + 0.004, half * 1.02, 0.016), 0.012), 0.5)
    darken(picture, blur(ellipse(middle, foot, half * 0.97, 0.006), 0.004), 0.7)
