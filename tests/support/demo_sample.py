"""A sample of the demo whose pictures are drawn in no time: its own take ten times as long as a build of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from generator.demo import scenes, write_sample
from generator.demo.houses import THEMES
from tests.support.drawn import draw_image


def write_quick_demo(folder: Path, posts_per_house: int = 24, seed: int = 5) -> Path:
    """Write the sample with drawn pictures in place of its scenes, and return its spreadsheet."""

    def draw_quickly(theme: str, chance: np.random.Generator, look: object) -> Image.Image:
        return draw_image(THEMES.index(theme), int(chance.integers(1000)))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(scenes, "draw_theme", draw_quickly)
        return write_sample(folder, seed=seed, posts_per_house=posts_per_house)
