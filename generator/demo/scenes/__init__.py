"""Draw the eleven themes of the sample, each from random numbers and a house's look."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from PIL import Image

from generator.demo.scenes.bags import draw_leather
from generator.demo.scenes.beauty import draw_beauty
from generator.demo.scenes.blooms import draw_flowers
from generator.demo.scenes.buildings import draw_architecture
from generator.demo.scenes.cloth import draw_drapery
from generator.demo.scenes.dials import draw_watch
from generator.demo.scenes.figures import draw_silhouette
from generator.demo.scenes.jewels import draw_jewellery
from generator.demo.scenes.landscapes import draw_landscape
from generator.demo.scenes.patterns import draw_monogram
from generator.demo.scenes.posters import draw_poster
from generator.demo.studio import Look, finish

Scene = Callable[[np.random.Generator, Look], np.ndarray]

SCENES: Mapping[str, Scene] = {
    "leather": draw_leather,
    "beauty": draw_beauty,
    "monogram": draw_monogram,
    "landscape": draw_landscape,
    "jewellery": draw_jewellery,
    "poster": draw_poster,
    "flowers": draw_flowers,
    "architecture": draw_architecture,
    "silhouette": draw_silhouette,
    "drapery": draw_drapery,
    "watch": draw_watch,
}


def draw_theme(theme: str, rng: np.random.Generator, look: Look) -> Image.Image:
    """Return a picture of the theme in the house's look, 480 x 600."""
    return finish(SCENES[theme](rng, look), look, rng)
