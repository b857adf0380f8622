"""A plain ground is told from texture, boards and tiles, whatever stands before it."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from generator.tags.calibration import load_calibration
from generator.tags.hierarchy import load_hierarchy
from generator.tags.shots import KEYS, PLAIN_UP_TO, measure_roughness


def _draw(kind: str) -> Image.Image:
    """Return a drawn photograph, 300 × 400, of a striped garment before a ground of some kind."""
    random = np.random.default_rng(0)
    y, x = np.mgrid[:400, :300]
    grounds = {
        "even": np.full((400, 300), 200.0),
        "soft shadow": 120 + y / 4 + x / 6,
        "dim light": 40 + 20 * np.hypot(x - 150, y - 200) / 250,
        "boards": 140 + 60 * (x // 6 % 2),
        "tiles": 200 - 90.0 * ((x % 24 < 3) | (y % 24 < 3)),
        "carpet": random.normal(150, 30, (400, 300)),
    }
    image = Image.fromarray(np.clip(grounds[kind], 0, 255).astype(np.uint8)).convert("RGB")
    pencil = ImageDraw.Draw(image)
    for line in range(60, 340, 8):
        pencil.rectangle((60, line, 240, line + 3), fill=(200, 30, 30))
    return image


@pytest.mark.parametrize("kind", ["even", "soft shadow", "dim light"])
def test_an_even_ground_is_plain(kind: str) -> None:
    assert measure_roughness(_draw(kind)) <= PLAIN_UP_TO


@pytest.mark.parametrize("kind", ["boards", "tiles", "carpet"])
def test_texture_is_not_plain(kind: str) -> None:
    assert measure_roughness(_draw(kind)) > 2 * PLAIN_UP_TO


def test_what_touches_a_part_of_the_border_does_not_count() -> None:
    image = _draw("even")
    image.paste(_draw("carpet").crop((0, 0, 140, 60)), (80, 0))
    assert measure_roughness(image) <= PLAIN_UP_TO
    image.paste(_draw("carpet"), (0, 60))
    assert measure_roughness(image) > PLAIN_UP_TO


def test_blur_and_compression_leave_an_even_ground_plain() -> None:
    assert measure_roughness(_draw("soft shadow").filter(ImageFilter.GaussianBlur(2))) <= PLAIN_UP_TO


def test_what_is_offered_was_measured() -> None:
    known = {term.key: term for term in load_hierarchy().terms}
    for key in KEYS:
        assert not known[key].classes and load_calibration().measured[key].precision >= 0.8
