"""Colours as eyes tell them apart: CIELAB, and a grid of sRGB fine enough to look it up in."""

from __future__ import annotations

from functools import cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

#: Bits a channel of the grid in which colours are counted and looked up.
_BITS = 5

Floats = NDArray[np.float64]
Kind = TypeVar("Kind", np.float32, np.float64)


def find_cells(pixels: NDArray[np.uint8]) -> NDArray[np.uint16]:
    """The cell of the grid that each sRGB colour (..., 3) lies in."""
    red, green, blue = np.moveaxis(pixels >> (8 - _BITS), -1, 0).astype(np.uint16)
    return np.asarray((red << 2 * _BITS) | (green << _BITS) | blue)


@cache
def grid_lab() -> Floats:
    """CIELAB of the middle of every cell of the grid, (cells, 3)."""
    steps = (np.arange(1 << _BITS) + 0.5) * 256 / (1 << _BITS) - 0.5
    return to_lab(np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 3))


# CIE 1976 L*a*b* of sRGB (IEC 61966-2-1) under D65, as in CIE 15:2004.
_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_WHITE = np.array([0.95047, 1.0, 1.08883])
_KNEE = 6 / 29


def to_lab(colours: NDArray[Kind]) -> NDArray[Kind]:
    """CIELAB of sRGB colours (..., 3) from 0 to 255, as precise as they are."""
    part = colours / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    xyz = linear @ (_TO_XYZ.T / _WHITE).astype(colours.dtype)
    f = np.where(xyz > _KNEE**3, np.cbrt(xyz), xyz / (3 * _KNEE**2) + 4 / 29)
    x, y, z = np.moveaxis(f, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def to_hex(lab: Floats) -> str:
    """The sRGB colour nearest to a CIELAB one, "#rrggbb"."""
    y = (lab[0] + 16) / 116
    f = np.array([y + lab[1] / 500, y, y - lab[2] / 200])
    xyz = np.where(f > _KNEE, f**3, 3 * _KNEE**2 * (f - 4 / 29)) * _WHITE
    linear = np.clip(np.linalg.solve(_TO_XYZ, xyz), 0, 1)
    part = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    return "#" + "".join(f"{value:02x}" for value in np.round(part * 255).astype(int))
