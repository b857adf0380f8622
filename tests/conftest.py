"""What most tests need: a small folder of drawn posts, and a cache that is nobody else's."""

from __future__ import annotations

import csv
import signal
from collections.abc import Callable
from pathlib import Path

import hypothesis
import numpy as np
import pytest
from PIL import Image, ImageDraw

# no time limit a case: these machines and those of CI are shared
hypothesis.settings.register_profile("brandscape", deadline=None)
hypothesis.settings.load_profile("brandscape")

SampleMaker = Callable[..., Path]


def hear_interrupts() -> None:
    """In a process about to be started: heed Ctrl-C, which one that was started in the background ignores."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def save_untrained(builder: str, folder: Path) -> Path:
    """Weights of a network of keras.applications without its classifier, as untrained as they are saved."""
    from generator.embedding.backends import import_keras

    keras = import_keras()
    keras.utils.set_random_seed(0)
    path = folder / f"{builder.lower()}.weights.h5"
    network = getattr(keras.applications, builder)(weights=None, include_top=False, input_shape=(224, 224, 3))
    network.save_weights(path)
    return path


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one file share their fixtures and run in one process; all that drive a browser run in one."""
    for item in items:
        group = "browser" if item.get_closest_marker("browser") else item.path.stem
        item.add_marker(pytest.mark.xdist_group(group))


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


@pytest.fixture(autouse=True)
def _no_settings_from_outside(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No cache, weights or settings of the machine the tests run on."""
    import os

    for name in list(os.environ):
        if name.startswith("BRANDSCAPE_"):
            monkeypatch.delenv(name)
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("KERAS_HOME", str(home / "keras"))
    monkeypatch.setenv("BRANDSCAPE_CACHE_DIR", str(home / "cache"))
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)


@pytest.fixture(scope="session")
def own_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two blocks of convolution with fixed random weights: a stand-in for a network."""
    from generator.embedding.backends import import_keras

    keras = import_keras()
    keras.utils.set_random_seed(0)
    pixels = keras.Input((32, 24, 3))
    x = keras.layers.Rescaling(1 / 127.5, offset=-1)(pixels)
    for width in (8, 16):
        x = keras.layers.Conv2D(width, 3, strides=2, activation="relu", bias_initializer="random_normal")(x)
    path = tmp_path_factory.mktemp("model") / "own.keras"
    keras.Model(pixels, x).save(path)
    return path


@pytest.fixture
def make_sample(tmp_path: Path) -> SampleMaker:
    """Writes `posts` drawn posts of `brands` brands as posts.csv with its images; returns the spreadsheet."""

    def make(
        posts: int = 60, brands: int = 3, folder: Path | None = None, extra: list[list[str]] | None = None
    ) -> Path:
        folder = folder or tmp_path / "sample"
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

    return make
