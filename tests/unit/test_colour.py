"""Colours are told apart by every kind of eye, on both grounds. Measured in CIELAB, apart from the product's Oklab."""

import re

import numpy as np
import pytest
from numpy.typing import NDArray

from generator.colour import GROUNDS, LEAST_CONTRAST, distinct_colours, family_colour, shade_colour

# Brettel, Viénot & Mollon 1997 as reduced by Viénot 1999: another model than the product's, for red-green blindness
_VIENOT = {
    "protanopia": np.array([[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]]),
    "deuteranopia": np.array([[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]]),
}


def linear(colours: list[str]) -> NDArray[np.float64]:
    channels = np.array([[int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)] for colour in colours])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def cielab(rgb: NDArray[np.float64]) -> NDArray[np.float64]:
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    ratio = np.clip(rgb, 0, 1) @ to_xyz.T / [0.9505, 1.0, 1.089]
    f = np.where(ratio > 216 / 24389, np.cbrt(ratio), (24389 / 27 * ratio + 16) / 116)
    return np.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1)


def least_distance(lab: NDArray[np.float64]) -> float:
    apart = np.linalg.norm(lab[:, None] - lab[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    return float(apart.min())


def luminance(colours: list[str]) -> NDArray[np.float64]:
    return np.asarray(linear(colours) @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("n", [0, 1, 7, 12, 40, 200])
def test_as_many_as_asked_for_written_as_hexadecimal(n: int) -> None:
    colours = distinct_colours(n)
    assert len(colours) == n == len(set(colours))
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in colours)


def test_more_clusters_change_no_colour() -> None:
    many = distinct_colours(64)
    for n in (1, 5, 12, 33):
        assert distinct_colours(n) == many[:n]


def test_any_number_can_be_had() -> None:
    assert len(distinct_colours(1_500)) == 1_500


def test_a_caller_may_change_the_list() -> None:
    distinct_colours(3).clear()
    assert len(distinct_colours(3)) == 3


@pytest.mark.parametrize(("n", "distance"), [(8, 28), (12, 22), (24, 13), (64, 7)])
def test_normal_eyes_tell_them_apart(n: int, distance: float) -> None:
    assert least_distance(cielab(linear(distinct_colours(n)))) > distance


@pytest.mark.parametrize("kind", sorted(_VIENOT))
@pytest.mark.parametrize(("n", "distance"), [(8, 14), (12, 12)])
def test_colour_blind_eyes_tell_the_first_twelve_apart(kind: str, n: int, distance: float) -> None:
    assert least_distance(cielab(linear(distinct_colours(n)) @ _VIENOT[kind].T)) > distance


def test_every_colour_shows_on_both_grounds() -> None:
    own = luminance(distinct_colours(64)) + 0.05
    light, dark = luminance(list(GROUNDS)) + 0.05
    assert (light / own).min() >= LEAST_CONTRAST
    assert (own / dark).min() >= LEAST_CONTRAST


def test_families_are_told_apart_by_hue() -> None:
    families = [family_colour(family) for family in range(1, 13)]
    assert len(set(families)) == 12
    assert least_distance(cielab(linear(families[:8]))) > 28


@pytest.mark.parametrize("family", range(1, 13))
def test_shades_keep_to_their_family_and_show_on_both_grounds(family: int) -> None:
    own, shades = family_colour(family), [shade_colour(family, number) for number in range(1, 41)]
    assert own not in shades and len(set(shades)) == 40
    assert least_distance(cielab(linear([own, *shades[:8]]))) > 6
    light, dark = luminance(list(GROUNDS)) + 0.05
    brightness = luminance([own, *shades]) + 0.05
    assert (light / brightness).min() >= LEAST_CONTRAST and (brightness / dark).min() >= LEAST_CONTRAST
    turned = [int(number) for number in (1, 6)]
    others = [shade_colour((family + step - 1) % 12 + 1, number) for step in range(1, 12) for number in turned]
    assert not set(shades) & set(others)
