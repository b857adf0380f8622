"""What most tests need: a small folder of drawn posts, and a cache that is nobody else's."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from tests.support.drawn import SampleMaker, draw_image
from tests.support.once import make_once
from tests.support.templates import keep_compiled_templates

# no time limit a case: these machines and those of CI are shared
hypothesis.settings.register_profile("brandscape", deadline=None)
hypothesis.settings.load_profile("brandscape")


@pytest.fixture(scope="session", autouse=True)
def _templates_are_compiled_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep compiled templates between the many builds of the tests."""
    with keep_compiled_templates(make_once(tmp_path_factory, "templates", lambda folder: None)):
        yield


@pytest.fixture(autouse=True)
def _no_settings_from_outside(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No cache, weights or settings of the machine the tests run on."""
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
    return make_once(tmp_path_factory, "own-model", _save_model) / "own.keras"


def _save_model(folder: Path) -> None:
    from generator.embedding.backends import import_keras

    keras = import_keras()
    keras.utils.set_random_seed(0)
    pixels = keras.Input((32, 24, 3))
    x = keras.layers.Rescaling(1 / 127.5, offset=-1)(pixels)
    for width in (8, 16):
        x = keras.layers.Conv2D(width, 3, strides=2, activation="relu", bias_initializer="random_normal")(x)
    keras.Model(pixels, x).save(folder / "own.keras")


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


def pytest_xdist_auto_num_workers() -> int:
    """Return one process more than there are cores: browser tests and builds wait for other processes."""
    return min(4, (os.cpu_count() or 1) + 1)
