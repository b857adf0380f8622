"""Colour spaces, and colours that stay apart.

sRGB, CIELAB and Oklab; a grid of sRGB in which CIELAB is looked up; and colours for any number of clusters, on light
and dark grounds, for colour-blind readers too.

Each cluster's colour is the one that lies farthest from the nearest of the colours before it (farthest-point traversal,
Gonzalez 1985), in Oklab, as seen by normal eyes and with each of three colour vision deficiencies. So the first colours
are the best, and adding a cluster changes no other cluster's colour. Up to 12 colours lie at least 0.08 apart for all
these eyes (the eight of Okabe & Ito: 0.076); up to 64, at least 0.04 for normal eyes.
"""

from __future__ import annotations

from functools import cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

#: Bits a channel of the grid that colours are counted and looked up in.
_BITS = 5

Floats = NDArray[np.float64]
Kind = TypeVar("Kind", np.float32, np.float64)


def find_cells(pixels: NDArray[np.uint8]) -> NDArray[np.uint16]:
    """Return the cell of the grid that each sRGB colour (..., 3) lies in."""
    cells = np.zeros(pixels.shape[:-1], np.uint16)
    for channel in range(3):  # in place: of all images of a large report, each copy takes 150 MB
        cells <<= _BITS
        cells |= pixels[..., channel] >> (8 - _BITS)
    return cells


@cache
def grid_lab() -> Floats:
    """Return CIELAB of the middle of every cell of the grid, (cells, 3)."""
    steps = (np.arange(1 << _BITS) + 0.5) * 256 / (1 << _BITS) - 0.5
    return to_lab(np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 3))


# CIE 1976 L*a*b* of sRGB (IEC 61966-2-1) under D65, as in CIE 15:2004.
_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_WHITE = np.array([0.95047, 1.0, 1.08883])
_KNEE = 6 / 29


def to_lab(colours: NDArray[Kind]) -> NDArray[Kind]:
    """Return CIELAB of sRGB colours (..., 3) from 0 to 255, in their precision."""
    xyz = to_linear(colours / 255) @ (_TO_XYZ.T / _WHITE).astype(colours.dtype)
    f = np.where(xyz > _KNEE**3, np.cbrt(xyz), xyz / (3 * _KNEE**2) + 4 / 29)
    x, y, z = np.moveaxis(f, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def to_hex(lab: Floats) -> str:
    """Return the sRGB colour nearest to a CIELAB one, "#rrggbb"."""
    y = (lab[0] + 16) / 116
    f = np.array([y + lab[1] / 500, y, y - lab[2] / 200])
    xyz = np.where(f > _KNEE, f**3, 3 * _KNEE**2 * (f - 4 / 29)) * _WHITE
    return format_linear(np.clip(np.linalg.solve(_TO_XYZ, xyz), 0, 1)[None])[0]


def to_linear(channels: NDArray[Kind]) -> NDArray[Kind]:
    """Return linear RGB of sRGB channels, both from 0 to 1 (IEC 61966-2-1)."""
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def parse_linear(colours: list[str]) -> Floats:
    """Return linear RGB (m, 3) of sRGB colours "#rrggbb"."""
    return to_linear(np.array([parse_hex(colour) for colour in colours]) / 255)


def format_linear(linear: Floats) -> list[str]:
    """Return the sRGB colours "#rrggbb" of linear RGB (m, 3)."""
    channels = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * np.clip(linear, 0, None) ** (1 / 2.4) - 0.055)
    return [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in np.rint(channels * 255).astype(int).tolist()]


def parse_hex(colour: str) -> tuple[int, int, int]:
    """Return the channels, 0 to 255, of "#rrggbb"."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return red, green, blue


#: The grounds the colours are seen on: the pages' paper, light and dark.
GROUNDS = ("#fbfaf7", "#121211")
#: WCAG contrast of every colour with both grounds.
LEAST_CONTRAST = 2.0

# Machado, Oliveira & Fernandes 2009, severity 1, on linear RGB: protanopia, deuteranopia, tritanopia
_DEFICIENCIES = np.array(
    [
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
    ]
)
# Ottosson 2020, Oklab: linear RGB to cone responses, their cube roots to lightness and two opponents
_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_CHROMA = (0.08, 0.17)  # below, a border reads as grey; above, it shouts down the image
# normal eyes must see more of a difference, since most readers have them: their distances count this much
_NORMAL_WEIGHT = 0.65
_FIRST = "#2d74b8"
_LONGEST = 1_000


def distinct_colours(n: int) -> list[str]:
    """Return `n` colours as "#rrggbb", the first k of them the same for any `n`.

    Each has a contrast of at least LEAST_CONTRAST with both GROUNDS. They repeat after 1,000.
    """
    ordered = _order_colours(min(n, _LONGEST))
    return [ordered[index % len(ordered)] for index in range(n)]


#: Hues of territories in degrees of Oklab, and how far their clusters' colours may lie from them.
_FIRST_HUE, _HUE_STEP, _HUES, _HUE_REACH = 250, 150, 12, 13


def family_colour(family: int) -> str:
    """Return the colour of a family of colours, 1, 2, …: each of the first twelve has a hue of its own."""
    return _list_family((family - 1) % _HUES)[0]


def shade_colour(family: int, number: int) -> str:
    """Return colour `number`, 1, 2, …, of a family: of its hue, unlike its own colour and unlike the others."""
    shades = _list_family((family - 1) % _HUES)[1:]
    return shades[(number - 1) % len(shades)]


@cache
def _list_family(family: int) -> tuple[str, ...]:
    """Return the colours of one hue, the strongest first and then each as unlike those before it as can be."""
    colours = _candidates()
    seen = _see_colours(colours)
    hue = np.degrees(np.arctan2(seen[0, :, 2], seen[0, :, 1]))
    away = np.abs((hue - _FIRST_HUE - family * _HUE_STEP + 180) % 360 - 180)
    seen, colours, away = seen[:, away <= _HUE_REACH], colours[away <= _HUE_REACH], away[away <= _HUE_REACH]
    strength = np.hypot(seen[0, :, 1], seen[0, :, 2])
    return tuple(format_linear(colours[_spread(seen, int((strength - away / 360).argmax()), len(colours))]))


@cache
def _order_colours(n: int) -> tuple[str, ...]:
    colours = _candidates()
    seen = _see_colours(colours)
    first = int(np.argmin(np.linalg.norm(seen[0] - _see_colours(parse_linear([_FIRST]))[0], axis=1)))
    return tuple(format_linear(colours[_spread(seen, first, n)]))


def _spread(seen: NDArray[np.float64], latest: int, n: int) -> list[int]:
    """Return `n` positions among colours as `seen` (4, m, 3): each is as far from those before it as can be."""
    nearest = np.full(seen.shape[:2], np.inf)
    order: list[int] = []
    while len(order) < n:
        order.append(latest)
        nearest = np.minimum(nearest, np.linalg.norm(seen - seen[:, latest : latest + 1], axis=2))
        apart = np.minimum(nearest[0] * _NORMAL_WEIGHT, nearest[1:].min(axis=0))
        latest = int(np.argmax(apart))
    return order


def _candidates() -> NDArray[np.float64]:
    """Return the colours of a fine Oklab grid that screens show and both grounds contrast with: (m, 3), linear RGB."""
    lightness, chroma, hue = np.meshgrid(
        np.arange(0.3, 0.85, 0.025), np.arange(_CHROMA[0], _CHROMA[1] + 0.001, 0.015), np.radians(np.arange(0, 360, 5))
    )
    lab = np.stack([lightness, chroma * np.cos(hue), chroma * np.sin(hue)], axis=-1).reshape(-1, 3)
    linear = (lab @ np.linalg.inv(_TO_LAB).T) ** 3 @ np.linalg.inv(_TO_CONES).T
    linear = linear[((linear >= 0) & (linear <= 1)).all(axis=1)]
    # as screens show them: eight bits a channel, none twice
    linear = parse_linear(list(dict.fromkeys(format_linear(linear))))
    light, dark = (_luminance(parse_linear([ground]))[0] for ground in GROUNDS)
    own = _luminance(linear)
    fits = (light + 0.05 >= LEAST_CONTRAST * (own + 0.05)) & (own + 0.05 >= LEAST_CONTRAST * (dark + 0.05))
    return np.asarray(linear[fits])


def _see_colours(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return Oklab of linear RGB (m, 3) for normal eyes and each deficiency: (4, m, 3)."""
    views = [linear, *(np.clip(linear @ matrix.T, 0, 1) for matrix in _DEFICIENCIES)]
    return np.stack([np.cbrt(np.clip(view @ _TO_CONES.T, 0, None)) @ _TO_LAB.T for view in views])


def _luminance(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722]))
