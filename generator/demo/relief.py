"""Bend metal in three dimensions: bands and links as surface points, and the nearest is kept for each pixel.

x runs right, y down and z towards the viewer, in the picture's units; the view is straight on and without perspective.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from generator.demo.canvas import HEIGHT, WIDTH, Colour, Rng, lighten, mix, ramp

_OVER = 2  # surfaces are drawn this many times larger and averaged down
_DENSITY = 1.42 * WIDTH * _OVER  # points along a unit, so that a lattice turned by 45 degrees leaves no pixel out


@dataclass(frozen=True, slots=True)
class Surface:
    """The part of a surface that faces the viewer, as points."""

    points: np.ndarray  # (3, m)
    normals: np.ndarray  # (3, m)
    sparkle: np.ndarray  # (m,) light that a stone set there returns, 0 for bare metal


def rotate(yaw: float, pitch: float, roll: float) -> np.ndarray:
    """Return a rotation about y, then x, then z: (3, 3)."""
    cy, sy, cp, sp, cr, sr = (f(a) for a in (yaw, pitch, roll) for f in (np.cos, np.sin))
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_x = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
    about_z = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
    return np.asarray(about_z @ about_x @ about_y, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Band:
    """The form of a closed band, in the picture's units."""

    radius: float
    tube: float
    straight: float = 0.0  # draws it out along x into a chain's link
    flat: float = 1.0  # width over thickness
    swell: float = 0.0  # share by which its top (y < 0) is thicker
    twist: int = 0  # grooves wound around it
    pave: Rng | None = None  # sets it with stones


def bend_band(turned: np.ndarray, at: tuple[float, float], band: Band) -> Surface:
    """Return the surface of a band about `at`, bent in the x-y plane and then `turned`, a (3, 3) rotation."""
    radius, tube, flat, twist, pave = band.radius, band.tube, band.flat, band.twist, band.pave
    angle, centre = _walk_stadium(radius, band.straight, 1 + tube / radius)
    around = np.linspace(0, 2 * np.pi, max(14, int(2 * np.pi * tube * max(1.0, flat) * _DENSITY)), endpoint=False)
    u, v = angle.astype(np.float32)[:, None], around.astype(np.float32)[None, :]
    cos, sin = np.cos(v), np.sin(v)
    thick = tube * (1 + band.swell * (0.5 - 0.5 * np.sin(u)) ** 3)
    out, up = cos, sin / np.float32(flat)
    if twist:
        groove = 2 * v + twist * u
        thick = thick * (1 + 0.16 * np.cos(groove))
        slope = 0.32 * np.sin(groove)
        out, up = cos + slope * sin, sin - slope * cos
    length = np.sqrt(out * out + up * up)
    out, up = out / length, up / length
    ways = turned[:, :1] * np.cos(angle) + turned[:, 1:2] * np.sin(angle)
    ways, middle = ways.astype(np.float32), (turned[:, :2] @ centre).astype(np.float32)
    facing = out * ways[2][:, None] + up * turned[2, 2]
    seen = facing > 0
    wide = np.broadcast_to(thick * cos, facing.shape)[seen]
    high = np.broadcast_to(thick * sin * flat, facing.shape)[seen]
    rows = np.broadcast_to(np.arange(len(angle), dtype=np.int32)[:, None], facing.shape)[seen]
    out, up = np.broadcast_to(out, facing.shape)[seen], np.broadcast_to(up, facing.shape)[seen]
    places = (at[0], at[1], 0.0)
    points = np.stack([middle[k][rows] + wide * ways[k][rows] + high * turned[k, 2] + places[k] for k in range(3)])
    normals = np.stack([out * ways[0][rows] + up * turned[0, 2], out * ways[1][rows] + up * turned[1, 2], facing[seen]])
    sparkle = (
        np.zeros(len(rows), dtype=np.float32) if pave is None else _set_stones(u, v, radius, tube * flat, pave)[seen]
    )
    return Surface(points, normals, sparkle)


def _walk_stadium(radius: float, straight: float, outer: float) -> tuple[np.ndarray, np.ndarray]:
    """Walk evenly along a stadium; return outward angles (n,) and centres (2, n)."""
    half, run = np.pi * radius * outer, 2 * straight
    far = np.arange(0, 2 * (half + run), 1 / _DENSITY)
    knots = np.cumsum([0, half, run, half, run])
    angle = np.interp(far, knots, [-np.pi / 2, np.pi / 2, np.pi / 2, 1.5 * np.pi, 1.5 * np.pi])
    shift = np.interp(far, knots, [straight, straight, -straight, -straight, straight])
    return angle, np.stack([radius * np.cos(angle) + shift, radius * np.sin(angle)])


def _set_stones(u: np.ndarray, v: np.ndarray, radius: float, tube: float, rng: Rng) -> np.ndarray:
    """Return the light of small cut stones set in rows on the outside of a band, an amount for each facet."""
    rows = max(2, round(tube / 0.009))
    count = int(2 * np.pi * radius / (np.pi * tube / rows))
    row = (v + np.pi / 2) % (2 * np.pi) / np.pi * rows
    place = (u + np.pi / 2) / (2 * np.pi) * count + 0.5 * (np.floor(row) % 2)
    dx, dy = place % 1 - 0.5, row % 1 - 0.5
    reach = np.hypot(dx, dy)
    facet = np.where(reach < 0.2, 6, np.floor((np.arctan2(dy, dx) / (2 * np.pi) + 0.5) * 6)).astype(np.int32) % 7
    gains = np.clip(rng.gamma(2.2, 0.34, (count, rows + 1, 7)), 0.2, 1.6).astype(np.float32)
    gain = gains[place.astype(np.int32) % count, np.minimum(row, rows).astype(np.int32), facet]
    return np.where((row < rows) & (reach < 0.47), gain, 0.0).astype(np.float32)


def link_chain(line: np.ndarray, link: float, tube: float, tilt: float) -> list[Surface]:
    """Return links of half length `link` along the line (m, 2), each turned a quarter against the last."""
    step = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
    pitch = 2 * link - 2.7 * tube
    links = []
    for k, far in enumerate(np.arange(0, step[-1], pitch)):
        (x, ahead_x, behind_x), (y, ahead_y, behind_y) = (
            np.interp([far, far + pitch / 2, far - pitch / 2], step, line[:, axis]) for axis in (0, 1)
        )
        heading = float(np.arctan2(ahead_y - behind_y, ahead_x - behind_x))
        turned = rotate(0, 0, heading) @ rotate(0, tilt + (np.pi / 2 if k % 2 else 0), 0)
        links.append(bend_band(turned, (float(x), float(y)), Band(link * 0.68 - tube, tube, straight=link * 0.32)))
    return links


def cast_metal(surfaces: Sequence[Surface], metal: Colour, side: float) -> tuple[np.ndarray, np.ndarray]:
    """Return surfaces as polished metal in a dark studio: a mask (600, 480) and its colours (600, 480, 3)."""
    points = np.concatenate([surface.points for surface in surfaces], axis=1)
    across, down = ((points[k] * (WIDTH * _OVER)).astype(np.int32) for k in (0, 1))
    inside = np.flatnonzero((across >= 0) & (across < WIDTH * _OVER) & (down >= 0) & (down < HEIGHT * _OVER))
    mask = np.zeros((HEIGHT, WIDTH), dtype=np.float32)
    colours = np.zeros((HEIGHT, WIDTH, 3), dtype=np.float32)
    if not len(inside):
        return mask, colours
    across, down, depth = across[inside], down[inside], points[2][inside]
    (left, right), (top, bottom) = ((int(k.min()) // _OVER, int(k.max()) // _OVER + 1) for k in (across, down))
    low, span = float(depth.min()), float(np.ptp(depth)) + 1e-6
    order = np.argsort(((depth - low) * (65535 / span)).astype(np.uint16), kind="stable")
    nearest = np.full(((bottom - top) * _OVER, (right - left) * _OVER), -1, dtype=np.int32)
    # the last point written to a pixel, the nearest, stays
    nearest[down[order] - top * _OVER, across[order] - left * _OVER] = inside[order]
    shown = nearest >= 0
    kept = nearest[shown]
    normals = np.concatenate([surface.normals for surface in surfaces], axis=1)[:, kept]
    sparkle = np.concatenate([surface.sparkle for surface in surfaces])[kept]
    large = np.zeros((*nearest.shape, 3), dtype=np.float32)
    large[shown] = _shade(normals, (points[2][kept] - low) / span, sparkle, metal, side)
    at = (slice(top, bottom), slice(left, right))
    mask[at] = _average(shown.astype(np.float32))
    colours[at] = _average(large) / np.maximum(mask[at], 1e-3)[..., None]
    return mask, colours


def _average(large: np.ndarray) -> np.ndarray:
    rows = large[0::2] + large[1::2]
    return np.asarray((rows[:, 0::2] + rows[:, 1::2]) / 4, dtype=np.float32)


def _shade(normals: np.ndarray, near: np.ndarray, sparkle: np.ndarray, metal: Colour, side: float) -> np.ndarray:
    """Return what each place mirrors: a wide lamp above, a narrow one on `side`, a board below, or the dark."""
    nx, ny, nz = normals
    rx, ry, rz = 2 * nz * nx, 2 * nz * ny, 2 * nz * nz - 1
    above = np.exp(-(((ry + 0.62) / 0.26) ** 2)) * (0.35 + 0.65 * np.exp(-((rx / 0.7) ** 2)))
    strip = np.exp(-(((rx - 0.78 * side) / 0.13) ** 2)) * np.exp(-((ry / 0.75) ** 2))
    fill = np.exp(-(((rx + 0.85 * side) / 0.10) ** 2)) * np.exp(-((ry / 0.5) ** 2))
    card = np.exp(-(((ry - 0.66) / 0.16) ** 2))
    light = 0.19 + 0.05 * rz + above + 0.85 * strip + 0.22 * fill + 0.30 * card
    # what lies behind is further from the lamps
    light *= 0.55 + 0.45 * np.clip(near * 1.4, 0, 1)
    shadow, glow = mix((0.02, 0.015, 0.015), metal, 0.10), lighten(metal, 0.85)
    tones = ((0.0, (0.012, 0.01, 0.012)), (0.16, shadow), (0.42, mix(shadow, metal, 0.6)), (0.8, metal), (1.25, glow))
    shaded = ramp(tones, light)
    stones = sparkle > 0
    ice = np.clip(sparkle[stones] * (0.42 + 0.7 * light[stones]), 0, 1)
    shaded[stones] = ramp(((0.0, (0.05, 0.06, 0.09)), (0.45, (0.5, 0.55, 0.63)), (1.0, (1.0, 1.0, 1.0))), ice)
    return shaded
