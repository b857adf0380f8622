"""Drawn images, spreadsheets of them, and untrained networks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

#: Writes `posts` drawn posts of `brands` brands as posts.csv with its images; returns the spreadsheet.
SampleMaker = Callable[..., Path]


def save_untrained(builder: str, folder: Path) -> Path:
    """Weights of a network of keras.applications without its classifier, as untrained as they are saved."""
    from generator.embedding.backends import import_keras

    keras = import_keras()
    keras.utils.set_random_seed(0)
    path = folder / f"{builder.lower()}.weights.h5"
    network = getattr(keras.applications, builder)(weights=None, include_top=False, input_shape=(224, 224, 3))
    network.save_weights(path)
    return path


def draw_image(theme: int, seed: int, size: tuple[int, int] = (90, 120)) -> Image.Image:
    """One of a few themes, recognisably: a coloured ground with discs, bars or a frame, never twice the same."""
    random = np.random.default_rng([theme, seed])
    ground = [(245, 240, 230), (20, 20, 24), (200, 60, 50), (60, 110, 160), (80, 140, 90)][theme % 5]
    ink = [(30, 30, 30), (230, 200, 120), (250, 240, 230), (240, 240, 255), (20, 40, 20)][theme % 5]
    image = Image.new("RGB", size, ground)
    pen = ImageDraw.Draw(image)
    x, y = (int(random.integers(20, side - 20)) for side in size)
    radius = int(random.integers(10, 25))
    if theme % 3 == 0:
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=ink)
    elif theme % 3 == 1:
        for left in range(int(random.integers(0, 8)), size[0], 12):
            pen.rectangle((left, 0, left + 4, size[1]), fill=ink)
    else:
        pen.rectangle((x // 3, y // 3, size[0] - 10, size[1] - 10), outline=ink, width=int(random.integers(4, 9)))
    noise = random.integers(-6, 7, (size[1], size[0], 3))
    return Image.fromarray(np.clip(np.asarray(image, np.int16) + noise, 0, 255).astype(np.uint8))
