"""Palettes, brightness and contrast, and the words for colours."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from generator.colour import to_lab
from generator.insights.colour_names import PROTOTYPES, describe_look, name_colour
from generator.insights.looks import MOST_TONES, Look, measure_looks, measure_tints
from generator.language import open_language
from generator.report.wording import colour_label


def _plain(*colours: tuple[int, int, int]) -> NDArray[np.uint8]:
    """An image of each colour."""
    return np.broadcast_to(np.array(colours, np.uint8)[:, None, None], (len(colours), 16, 16, 3)).copy()


def _look(pixels: NDArray[np.uint8]) -> Look:
    return measure_looks(pixels, measure_tints(pixels), [range(len(pixels))])[0]


def test_lab_equals_published_values() -> None:
    published = {
        (255, 255, 255): (100, 0, 0),
        (0, 0, 0): (0, 0, 0),
        (255, 0, 0): (53.24, 80.09, 67.20),
        (0, 255, 0): (87.73, -86.18, 83.18),
        (0, 0, 255): (32.30, 79.19, -107.86),
        (128, 128, 128): (53.59, 0, 0),
    }
    assert to_lab(np.array(list(published), float)) == pytest.approx(np.array(list(published.values())), abs=0.02)


def test_a_palette_has_the_colours_in_their_proportions() -> None:
    pixels = _plain((200, 20, 30), (200, 20, 30), (20, 40, 190), (240, 240, 235))
    pixels[3, :8] = (20, 40, 190)
    palette = _look(pixels).palette
    assert [tone.share for tone in palette] == pytest.approx([0.5, 0.375, 0.125])
    for tone, colour in zip(palette, ((200, 20, 30), (20, 40, 190), (240, 240, 235)), strict=True):
        shown = [int(tone.colour[at : at + 2], 16) for at in (1, 3, 5)]
        assert np.abs(np.array(shown) - colour).max() <= 8  # the width of a cell of the grid


def test_similar_colours_are_one_tone_and_traces_none() -> None:
    pixels = _plain((100, 100, 100), (108, 104, 100), (20, 40, 190))
    pixels[0, 0, 0] = (255, 0, 0)
    assert [round(tone.share, 2) for tone in _look(pixels).palette] == [0.67, 0.33]


def test_brightness_and_contrast_of_images() -> None:
    pixels = _plain((255, 255, 255), (0, 0, 0), (119, 119, 119))
    pixels[2, :8] = 255
    tints = measure_tints(pixels)
    # black and white are the middles of the grid's outermost cells
    assert tints.brightness == pytest.approx([98.7, 1.0, 73.9], abs=1.5)
    assert tints.contrast == pytest.approx([0, 0, 25], abs=1.0)
    assert tints.colourfulness == pytest.approx([0, 0, 0], abs=0.1)
    look = _look(pixels)
    assert look.brightness.low < look.brightness.median < look.brightness.high
    assert look.brightness.median == pytest.approx(float(np.median(tints.brightness)))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 12))
def test_palette_sums_to_1_in_any_order(seed: int, count: int) -> None:
    chance = np.random.default_rng(seed)
    pixels = chance.integers(0, 256, (count, 16, 16, 3)).astype(np.uint8)
    look, turned = _look(pixels), _look(pixels[::-1])
    assert sum(tone.share for tone in look.palette) == pytest.approx(1)
    assert 1 <= len(look.palette) <= MOST_TONES
    assert [tone.colour for tone in look.palette] == [tone.colour for tone in turned.palette]
    shares = [tone.share for tone in look.palette]
    assert shares == sorted(shares, reverse=True)


def test_groups_are_independent() -> None:
    pixels = _plain((200, 20, 30), (20, 40, 190))
    red, blue, both = measure_looks(pixels, measure_tints(pixels), [[0], [1], [0, 1]])
    assert len(red.palette) == len(blue.palette) == 1 and len(both.palette) == 2
    assert red.brightness.median > blue.brightness.median
    assert measure_looks(pixels, measure_tints(pixels), []) == ()


def test_every_prototype_has_its_own_name_and_a_translation() -> None:
    for name, colour in PROTOTYPES.items():
        assert name_colour(colour) == name
        assert colour_label(name, open_language("en")) == name
    assert len({colour_label(name, open_language("fr")) for name in PROTOTYPES}) == len(PROTOTYPES)


@pytest.mark.parametrize(
    ("colour", "name"),
    [
        ("#0a0a0c", "black"),
        ("#fefefe", "white"),
        ("#1a2340", "navy"),
        ("#d8c4a2", "beige"),
        ("#c01f25", "red"),
        ("#a09e96", "grey"),
    ],
)
def test_colours_get_common_names(colour: str, name: str) -> None:
    assert name_colour(colour) == name


def test_colours_come_before_greys() -> None:
    pixels = _plain(*[(247, 247, 245)] * 6, *[(29, 42, 77)] * 4)
    assert describe_look(_look(pixels)) == ("navy", "white")
    traces = _plain(*[(247, 247, 245)] * 19, (29, 42, 77))
    assert describe_look(_look(traces)) == ("white",)
