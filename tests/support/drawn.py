"""Drawn images, spreadsheets of them, and untrained networks."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from tests.support.once import make_once

#: `write_sample` in a folder of a test.
SampleMaker = Callable[..., Path]


def save_untrained(builder: str, factory: pytest.TempPathFactory) -> Path:
    """Weights of a network of keras.applications without its classifier, as untrained as they are saved."""
    name = f"{builder.lower()}.weights.h5"

    def save(folder: Path) -> None:
        from generator.embedding.backends import import_keras

        keras = import_keras()
        keras.utils.set_random_seed(0)
        network = getattr(keras.applications, builder)(weights=None, include_top=False, input_shape=(224, 224, 3))
        network.save_weights(folder / name)

    return make_once(factory, builder, save) / name


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


def write_sample(folder: Path, posts: int = 60, brands: int = 3, extra: Sequence[Sequence[str]] | None = None) -> Path:
    """Write `posts` drawn posts of `brands` brands as posts.csv with its images; return the spreadsheet."""
    (folder / "images").mkdir(parents=True, exist_ok=True)
    path = folder / "posts.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["brand", "thumbnail", "caption", "likes", "published", "permalink"])
        for index in range(posts):
            name = f"images/{index:04d}.jpg"
            draw_image(index % 5, index).save(folder / name, quality=85)
            brand = f"House {'ABCDEFGH'[index % brands]}"
            caption = f"Look {index} #theme{index % 5}"
            likes = str(100 + 7 * index % 90)
            link = f"https://example.com/p/P{index:05d}/"
            rows.writerow([brand, name, caption, likes, f"2026-{index % 12 + 1:02d}-03", link])
        rows.writerows(extra or [])
    return path
