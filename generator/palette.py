"""Colours that stay apart: for any number of clusters, on light and dark grounds, for colour-blind readers too.

Each colour is the one, of all those that fit the grounds, that lies farthest from the nearest of the colours before it
(farthest-point traversal, Gonzalez 1985), in Oklab, as seen by normal eyes and with each of three colour vision
deficiencies. So the first ones are the best, and adding a cluster changes no other cluster's colour. Up to 12 colours
lie at least 0.08 apart for all these eyes (the eight of Okabe & Ito: 0.076); up to 64, at least 0.04 for normal eyes.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

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
    """`n` colours as "#rrggbb", the first k of them the same for any `n`.

    Each has a contrast of at least LEAST_CONTRAST with both GROUNDS. They are all different up to 1,000; beyond, they
    repeat.
    """
    ordered = _order_colours(min(n, _LONGEST))
    return [ordered[index % len(ordered)] for index in range(n)]


@cache
def _order_colours(n: int) -> tuple[str, ...]:
    colours = _candidates()
    seen = _see_colours(colours)
    nearest = np.full(seen.shape[:2], np.inf)
    latest = int(np.argmin(np.linalg.norm(seen[0] - _see_colours(_linear([_FIRST]))[0], axis=1)))
    order: list[int] = []
    while len(order) < n:
        order.append(latest)
        nearest = np.minimum(nearest, np.linalg.norm(seen - seen[:, latest : latest + 1], axis=2))
        apart = np.minimum(nearest[0] * _NORMAL_WEIGHT, nearest[1:].min(axis=0))
        latest = int(np.argmax(apart))
    return tuple(_hexadecimal(colours[order]))


def _candidates() -> NDArray[np.float64]:
    """Every colour of a fine Oklab grid that screens show and both grounds carry: (m, 3), linear RGB."""
    lightness, chroma, hue = np.meshgrid(
        np.arange(0.3, 0.85, 0.025), np.arange(_CHROMA[0], _CHROMA[1] + 0.001, 0.015), np.radians(np.arange(0, 360, 5))
    )
    lab = np.stack([lightness, chroma * np.cos(hue), chroma * np.sin(hue)], axis=-1).reshape(-1, 3)
    linear = (lab @ np.linalg.inv(_TO_LAB).T) ** 3 @ np.linalg.inv(_TO_CONES).T
    linear = linear[((linear >= 0) & (linear <= 1)).all(axis=1)]
    # as the screen will have them: eight bits a channel, none twice
    linear = _linear(list(dict.fromkeys(_hexadecimal(linear))))
    light, dark = (_luminance(_linear([ground]))[0] for ground in GROUNDS)
    own = _luminance(linear)
    fits = (light + 0.05 >= LEAST_CONTRAST * (own + 0.05)) & (own + 0.05 >= LEAST_CONTRAST * (dark + 0.05))
    return np.asarray(linear[fits])


def _see_colours(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    """Oklab of linear RGB (m, 3) for normal eyes and each deficiency: (4, m, 3)."""
    views = [linear, *(np.clip(linear @ matrix.T, 0, 1) for matrix in _DEFICIENCIES)]
    return np.stack([np.cbrt(np.clip(view @ _TO_CONES.T, 0, None)) @ _TO_LAB.T for view in views])


def _luminance(linear: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(linear @ np.array([0.2126, 0.7152, 0.0722]))


def _linear(colours: list[str]) -> NDArray[np.float64]:
    """sRGB "#rrggbb" to linear RGB, (m, 3)."""
    channels = np.array([[int(colour[start : start + 2], 16) for start in (1, 3, 5)] for colour in colours]) / 255
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def _hexadecimal(linear: NDArray[np.float64]) -> list[str]:
    channels = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * np.clip(linear, 0, None) ** (1 / 2.4) - 0.055)
    return [f"#{red:02x}{green:02x}{blue:02x}" for red, green, blue in np.rint(channels * 255).astype(int).tolist()]
