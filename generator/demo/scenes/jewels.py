"""Draw rings, chains, hoops and pearls on black."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from generator.demo.canvas import HEIGHT, WIDTH, Colour, Rng, X, Y, add_light, blur, curve, mix, paint, plain
from generator.demo.relief import Band, Surface, bend_band, cast_metal, link_chain, rotate
from generator.demo.scenes.stones import ICE, draw_pearl, draw_stone
from generator.demo.studio import Look, pick

_NACRES: tuple[Colour, ...] = ((0.95, 0.90, 0.84), (0.95, 0.84, 0.80), (0.80, 0.82, 0.86), (0.36, 0.34, 0.40))


def draw_jewellery(rng: Rng, look: Look) -> np.ndarray:
    """Draw a piece of jewellery in the dark."""
    picture = plain(mix(pick(rng, look.deeps, 0.6), (0.012, 0.010, 0.014), 0.74))
    lamp = np.hypot(X - 0.5 - 0.25 * look.side, (Y - 0.35) * 0.9)
    add_light(picture, np.clip(1 - lamp / 0.8, 0, 1) ** 2, mix(look.deeps[-1], look.accents[0], 0.3), 0.26)
    scenes = (_draw_ring, _draw_stack, _draw_strands, _draw_chain, _draw_hoops)
    scenes[int(rng.choice(5, p=(0.30, 0.14, 0.26, 0.15, 0.15)))](picture, rng, look)
    return picture


def _gem(rng: Rng, look: Look) -> Colour:
    """Return the colour of a stone: clear, or one of the house's colours as glass."""
    if rng.random() < 0.45:
        return ICE
    red, green, blue = look.accents[int(rng.integers(2))]
    grey = (red + green + blue) / 3
    deep = [min(1.0, max(0.0, grey + (part - grey) * 1.5)) for part in (red, green, blue)]
    return (deep[0], deep[1], deep[2])


def _lay(picture: np.ndarray, surfaces: Sequence[Surface], look: Look) -> None:
    """Paint metal on the picture, with a little of its light in the air about it."""
    mask, metal = cast_metal(surfaces, look.metal, look.side)
    paint(picture, mask, metal)
    bright = np.clip(metal.mean(axis=2) - 0.55, 0, 1) * mask
    add_light(picture, blur(np.clip(bright * 1.6, 0, 1), 0.012), (1.0, 0.93, 0.82), 0.45)


def _mirror(picture: np.ndarray, bare: np.ndarray, floor: float, strength: float) -> None:
    """Mirror everything on `floor` below it, fading, as a polished table does. `bare` is the empty picture."""
    top = round(floor * WIDTH)
    rows = min(HEIGHT - top, top)
    if rows <= 0:
        return
    added = np.clip(picture - bare, 0, 1)[top - rows : top][::-1]
    added = np.stack([blur(np.pad(added[..., k], ((top, HEIGHT - top - rows), (0, 0))), 0.006) for k in range(3)], -1)
    fade = np.clip(1 - (np.arange(rows, dtype=np.float32) / WIDTH) / 0.34, 0, 1) ** 1.5 * strength
    below = picture[top : top + rows]
    below += added[top : top + rows] * fade[:, None, None] * (1 - np.clip(below, 0, 1))


def _draw_ring(picture: np.ndarray, rng: Rng, look: Look) -> None:
    """Draw one ring with a stone, or two, upright on a polished table."""
    bare = picture.copy()
    count = 1 if rng.random() < 0.72 else 2
    size = float(rng.uniform(0.24, 0.33)) * (1 if count == 1 else 0.64)
    stepped, gem = bool(rng.random() < 0.4), _gem(rng, look)
    floor = float(rng.uniform(0.92, 1.0))
    for k in range(count):
        tube = size * float(rng.uniform(0.085, 0.13))
        yaw = float(rng.uniform(0.35, 1.0)) * float(rng.choice([-1.0, 1.0]))
        roll = float(rng.normal(0, 0.16))
        cx = 0.5 + (k - (count - 1) / 2) * 0.40 + float(rng.uniform(-0.04, 0.04))
        cy = floor - size - tube
        paved = rng if rng.random() < 0.3 else None
        turned = rotate(yaw, 0.18, roll)
        flat, swell = float(rng.uniform(1.0, 1.9)), float(rng.uniform(0, 0.5))
        _lay(picture, [bend_band(turned, (cx, cy), Band(size, tube, flat=flat, swell=swell, pave=paved))], look)
        stone = size * float(rng.uniform(0.30, 0.46))
        head = turned @ np.array([0, -size - stone * 0.35, 0], np.float32)
        at = (cx + float(head[0]), cy + float(head[1]))
        draw_stone(picture, rng, at, stone, gem, roll, stepped)
        narrow, reach = (0.72, 0.98) if stepped else (0.94, 0.94)
        for corner in range(4):
            a = np.pi / 4 + corner * np.pi / 2
            dx, dy = float(np.cos(a)) * stone * narrow, float(np.sin(a)) * stone * reach
            cos, sin = float(np.cos(roll)), float(np.sin(roll))
            draw_pearl(picture, look, at[0] + dx * cos - dy * sin, at[1] + dx * sin + dy * cos, stone * 0.1, look.metal)
        if k == 0 and rng.random() < 0.5:
            gem, stepped = _gem(rng, look), not stepped
    _mirror(picture, bare, floor, 0.42)


def _draw_stack(picture: np.ndarray, rng: Rng, look: Look) -> None:
    """Draw bangles leaning through one another."""
    size = float(rng.uniform(0.3, 0.4))
    cx, cy = 0.5 + float(rng.uniform(-0.05, 0.05)), 0.62 + float(rng.uniform(-0.05, 0.05))
    lean = float(rng.uniform(0, np.pi))
    bands = []
    for k in range(int(rng.integers(3, 6))):
        tube = float(rng.uniform(0.011, 0.022))
        style = rng.random()
        band = bend_band(
            rotate(float(rng.uniform(-0.9, 0.9)), float(rng.uniform(0.5, 1.15)), lean + k * 0.12),
            (cx + float(rng.normal(0, 0.02)), cy + float(rng.normal(0, 0.03))),
            Band(
                size + float(rng.uniform(-0.012, 0.012)),
                tube,
                flat=1.0 if style < 0.7 else 2.0,
                twist=int(rng.integers(18, 30)) if style < 0.25 else 0,
                pave=rng if style > 0.75 else None,
            ),
        )
        bands.append(band)
    _lay(picture, bands, look)


def _draw_strands(picture: np.ndarray, rng: Rng, look: Look) -> None:
    """Draw pearls hung along a curve, one strand or several, or a large coil of them."""
    nacre = _NACRES[int(rng.choice(4, p=(0.45, 0.22, 0.21, 0.12)))]
    swing = float(rng.uniform(-0.25, 0.25))
    drop = float(rng.uniform(0.72, 0.98))
    strands = int(rng.integers(1, 4))
    size = float(rng.uniform(0.032, 0.06)) * (1.5 if strands == 1 else 1.0)
    for strand in range(strands):
        low = drop - strand * (size * 2.6 + 0.05)
        sides = [(-0.12, 0.0 - strand * 0.06), (0.16 + swing * 0.5, low * 0.70)]
        line = curve(
            [*sides, (0.5 + swing, low), (0.84 + swing * 0.5, low * 0.70), (1.12, 0.0 - strand * 0.06)], steps=80
        )
        step = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
        far = float(rng.uniform(0, size))
        while far < step[-1]:
            x, y = (float(np.interp(far, step, line[:, k])) for k in (0, 1))
            grow = size * (0.82 + 0.4 * float(np.exp(-(((x - 0.5 - swing) / 0.28) ** 2))))
            draw_pearl(picture, look, x, y, grow, nacre)
            far += grow * 2.01
        if strand == 0 and rng.random() < 0.4:
            at = (0.5 + swing, low + size * 1.2 + 0.085)
            draw_stone(picture, rng, at, 0.075, _gem(rng, look), 0.0, bool(rng.random() < 0.6))


def _draw_chain(picture: np.ndarray, rng: Rng, look: Look) -> None:
    """Draw links close up, slack across the picture; sometimes a pearl hangs from them."""
    link = float(rng.uniform(0.055, 0.1))
    slack = float(rng.uniform(0.25, 0.75))
    slant = float(rng.uniform(-0.3, 0.3))
    pearl = bool(rng.random() < 0.4)
    surfaces: list[Surface] = []
    rows = 1 if pearl else int(rng.integers(1, 4))
    for k in range(rows):
        top = 0.32 - 0.1 * rows + 0.26 * k
        low = (0.5 + slant * 0.4, top + slack)
        line = curve(
            [
                (-0.15, top - slant),
                (0.2, top + slack * 0.72 - slant * 0.5),
                low,
                (0.8, top + slack * 0.72),
                (1.15, top + slant),
            ],
            steps=60,
        )
        surfaces += link_chain(line, link * (1 if k == 0 else 0.8), link * float(rng.uniform(0.17, 0.24)), 0.5)
        if pearl:
            draw_at = (low[0], low[1] + link + 0.10)
    _lay(picture, surfaces, look)
    if pearl:
        draw_pearl(picture, look, draw_at[0], draw_at[1], 0.095, _NACRES[int(rng.integers(4))])


def _draw_hoops(picture: np.ndarray, rng: Rng, look: Look) -> None:
    """Draw a pair of ear-rings, turned a little from one another; sometimes a pearl hangs from each."""
    apart, size = float(rng.uniform(0.2, 0.24)), float(rng.uniform(0.15, 0.23))
    tube = size * float(rng.uniform(0.10, 0.2))
    twist = int(rng.integers(7, 14)) if rng.random() < 0.4 else 0
    paved = rng if not twist and rng.random() < 0.4 else None
    yaw = float(rng.uniform(0.5, 1.05))
    pearl = bool(rng.random() < 0.4)
    nacre = _NACRES[int(rng.integers(4))]
    hoops, posts, pearls = [], [], []
    for k in (-1, 1):
        cx, cy = 0.5 + k * apart, 0.56 + float(rng.uniform(-0.05, 0.05)) - 0.1 * pearl
        turned = rotate(yaw * k + 0.15, 0.1, 0.0)
        flat = 1.0 if twist else float(rng.uniform(1, 1.6))
        hoops.append(bend_band(turned, (cx, cy), Band(size, tube, swell=-0.45, twist=twist, pave=paved, flat=flat)))
        posts.append((cx, cy - size - tube * 0.4))
        if pearl:
            pearls.append((cx, cy + size + tube + 0.075))
    _lay(picture, hoops, look)
    for x, y in posts:
        draw_pearl(picture, look, x, y, tube * 1.15, look.metal)
    for x, y in pearls:
        draw_pearl(picture, look, x, y, 0.075, nacre)
