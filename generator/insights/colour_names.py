"""Name colours: for clusters that no caption word names, and for readers who do not see them."""

from __future__ import annotations

import numpy as np

from generator.colour import parse_hex, to_lab
from generator.insights.looks import Look, Tone

#: The colour each name stands for; a tone has the name of the nearest in CIELAB. The names are messages of the report.
PROTOTYPES = {
    "black": "#141414",
    "charcoal": "#3b3b3d",
    "grey": "#808080",
    "light grey": "#bdbdbd",
    "white": "#f7f7f5",
    "cream": "#efe6d0",
    "beige": "#d3bf9f",
    "taupe": "#a3927f",
    "camel": "#b98d57",
    "brown": "#7b5233",
    "dark brown": "#43301f",
    "terracotta": "#b8623f",
    "orange": "#e8832a",
    "peach": "#f2c3a2",
    "yellow": "#f2d43d",
    "mustard": "#b8952e",
    "olive": "#6d6b35",
    "green": "#3f8f4a",
    "dark green": "#24452f",
    "pale green": "#bcd6b6",
    "turquoise": "#2fa3a0",
    "pale blue": "#b5cfe3",
    "blue": "#3a6fb7",
    "slate blue": "#63788f",
    "navy": "#1d2a4d",
    "lilac": "#b7a3cf",
    "purple": "#6b3f86",
    "pink": "#e08aa9",
    "pale pink": "#ecc9cb",
    "red": "#c22a2e",
    "burgundy": "#6b1f2e",
}
#: Names depend more on hue than on lightness.
_LIGHTNESS_WEIGHT = 0.5
#: Share of the area that a colour needs to come before greys, and chroma that makes it a colour.
_TELLING_SHARE, _COLOURFUL = 0.15, 12.0
#: Share of the area that a second colour needs.
_SECOND_SHARE = 0.2


def name_colour(colour: str) -> str:
    """Return the name of "#rrggbb", a key of PROTOTYPES."""
    names = list(PROTOTYPES)
    apart = _lab_of(list(PROTOTYPES.values())) - _lab_of([colour])
    apart[:, 0] *= _LIGHTNESS_WEIGHT
    return names[int(np.argmin(np.linalg.norm(apart, axis=1)))]


def describe_look(look: Look) -> tuple[str, ...]:
    """Return one or two colour names for a look: large areas of colour come before greys, then the largest."""

    def order(tone: Tone) -> tuple[bool, float]:
        _, a, b = _lab_of([tone.colour])[0]
        return tone.share < _TELLING_SHARE or np.hypot(a, b) < _COLOURFUL, -tone.share

    tones = sorted(look.palette, key=order)
    names = dict.fromkeys(name_colour(tone.colour) for tone in tones[:1])
    names |= dict.fromkeys(name_colour(tone.colour) for tone in tones[1:] if tone.share >= _SECOND_SHARE)
    return tuple(names)[:2]


def _lab_of(colours: list[str]) -> np.ndarray:
    return to_lab(np.array([parse_hex(colour) for colour in colours], np.float64))
