"""Light scenes: a house's colours, solid things in relief, and the finish of a print."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from generator.demo.canvas import (
    HEIGHT,
    TALL,
    WIDTH,
    Colour,
    Rng,
    X,
    Y,
    add_light,
    blur,
    extent,
    lighten,
    mix,
    noise,
    paint,
    ramp,
    slopes,
    smoothstep,
)
from generator.demo.houses import House


@dataclass(frozen=True, slots=True)
class Look:
    """The colours and light of a house, as scenes use them."""

    grounds: tuple[Colour, ...]
    deeps: tuple[Colour, ...]
    accents: tuple[Colour, ...]
    metal: Colour
    paper: Colour
    ink: Colour
    side: float
    warmth: float
    contrast: float
    vignette: float
    grain: float
    name: str
    words: tuple[str, ...]


def read_colour(text: str) -> Colour:
    """Return #rrggbb as three shares."""
    red, green, blue = (int(text[k : k + 2], 16) / 255 for k in (1, 3, 5))
    return (red, green, blue)


def make_look(house: House) -> Look:
    """Return the look of a house."""
    return Look(
        grounds=tuple(map(read_colour, house.grounds)),
        deeps=tuple(map(read_colour, house.deeps)),
        accents=tuple(map(read_colour, house.accents)),
        metal=read_colour(house.metal),
        paper=read_colour(house.paper),
        ink=read_colour(house.ink),
        side=house.side,
        warmth=house.warmth,
        contrast=house.contrast,
        vignette=house.vignette,
        grain=house.grain,
        name=house.name,
        words=house.words,
    )


def pick(rng: Rng, colours: tuple[Colour, ...], usual: float = 0.45) -> Colour:
    """Return one of the colours, the first ones more often."""
    weights = np.array([usual ** (k * 0.6) for k in range(len(colours))])
    return colours[int(rng.choice(len(colours), p=weights / weights.sum()))]


_STEEL = ((0.0, 0.10), (0.22, 0.34), (0.40, 0.16), (0.52, 0.55), (0.66, 1.0), (0.74, 1.25), (0.84, 0.62), (1.0, 0.3))


def polish(metal: Colour) -> list[tuple[float, Colour]]:
    """Return the gradient that polished metal mirrors, from the floor (0) past a window to the ceiling (1)."""
    stops = []
    for place, value in _STEEL:
        tone = mix((0.03, 0.02, 0.02), metal, value) if value <= 1 else lighten(metal, (value - 1) * 2.6)
        stops.append((place, tone))
    return stops


@dataclass(frozen=True, slots=True)
class Form:
    """The relief and the shine of a thing."""

    bulge: float = 0.03  # width of its rounded edge, in the picture's units
    depth: float = 1.0
    gloss: float = 0.25
    texture: np.ndarray | None = None  # height added to the surface, in pixels
    metal: bool = False  # mirrors a studio


def solid(picture: np.ndarray, look: Look, mask: np.ndarray, colour: Colour, form: Form) -> None:
    """Paint the mask as a thing in relief, lit by the house's lamp."""
    bulge = form.bulge
    at = extent(mask, 3)
    if not mask[at].size:
        return
    inside = blur(mask, bulge)[at]
    # rounder than a blurred edge, yet with a slope left in the corners
    height = np.sqrt(np.clip(inside * 2 - 0.5, 0, None)) * (bulge * form.depth * 1.7)
    if form.texture is not None:
        height = height + form.texture[at] / WIDTH
    nx, ny, nz = slopes(height)
    x, y = X[at], Y[at]
    if form.metal:
        mirrored = 0.5 - 0.42 * ny + 0.3 * look.side * nx + 0.14 * (0.6 - y)
        surface = ramp(polish(colour), np.clip(mirrored, 0, 1))
    else:
        light = np.clip(0.55 * look.side * nx - 0.5 * ny + 0.67 * nz, 0, 1)
        shine = np.clip(0.38 * look.side * nx - 0.42 * ny + 0.825 * nz, 0, 1) ** 28
        fall = 1.08 - 0.2 * y + 0.14 * look.side * (x - 0.5)
        surface = np.asarray(colour, np.float32) * ((0.34 + 0.93 * light) * fall)[..., None]
        surface += (shine * form.gloss)[..., None]
        surface *= (0.8 + 0.2 * smoothstep(0.45, 0.8, inside))[..., None]
    paint(picture[at], mask[at], np.clip(surface, 0, 1))


def _brightness(picture: np.ndarray) -> np.ndarray:
    total: np.ndarray = picture[..., 0] + picture[..., 1]
    total += picture[..., 2]
    total /= 3
    return total


_AWAY = smoothstep(0.3, 0.75, np.hypot(X - 0.5, (Y - TALL / 2) * 0.8))  # from the middle, for vignettes


def finish(picture: np.ndarray, look: Look, rng: Rng) -> Image.Image:
    """Return the finished print: halation, the house's grade, vignette and grain."""
    bright = np.clip(_brightness(picture) - 0.72, 0, 1) * 1.6
    add_light(picture, blur(bright, 0.03), (1.0, 0.93, 0.84), 0.35)
    exposure = float(rng.normal(1.0, 0.03))
    warm = look.warmth * 0.045 + float(rng.normal(0, 0.008))
    # contrast turns about a mid grey; film lifts its blacks and bends its whites
    tint = np.array([1 + warm, 1.0, 1 - warm], dtype=np.float32) * np.float32(exposure * look.contrast)
    lifted, vignette = 0.45 * (1 - look.contrast), 1 - look.vignette * _AWAY
    for channel in range(3):  # see canvas.paint
        plane = picture[..., channel]
        plane *= tint[channel]
        plane += lifted
        plane *= vignette
    np.clip(picture, 0, 1.15, out=picture)
    picture *= 0.955
    picture += 0.022
    speck = rng.standard_normal((HEIGHT, WIDTH), dtype=np.float32) * np.float32(0.75)
    speck += noise(rng, 240) * 0.6
    luminance = _brightness(picture)
    speck *= look.grain * (0.5 + 1.6 * luminance * (1 - luminance))
    for channel in range(3):
        picture[..., channel] += speck
    picture *= 255
    picture += 0.5
    return Image.fromarray(np.clip(picture, 0, 255, out=picture).astype(np.uint8))
