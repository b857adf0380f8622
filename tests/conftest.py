"""What most tests need: a small folder of drawn posts, and a cache that is nobody else's."""

from __future__ import annotations

import gc
import itertools
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from tests.support.drawn import SampleMaker, save_untrained, write_sample
from tests.support.once import make_once
from tests.support.stand_in import use_stand_in
from tests.support.templates import keep_compiled_templates

# every process of the tests, and every command that they start, would compile all modules anew
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

# no time limit a case: these machines and those of CI are shared
hypothesis.settings.register_profile("brandscape", deadline=None)
hypothesis.settings.load_profile("brandscape")

#: Tests that import Keras, which takes five seconds.
_IMPORT_KERAS = ("tests/unit/embedding/", "tests/builds/test_similar_reports.py")


@pytest.fixture(scope="session", autouse=True)
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder where compiled templates are kept between the many builds of the tests."""
    folder = make_once(tmp_path_factory, "templates", lambda folder: None)
    with keep_compiled_templates(folder):
        yield folder


@pytest.fixture(scope="session", autouse=True)
def _small_network() -> Iterator[None]:
    """A small network in place of the one that comes along."""
    with use_stand_in():
        yield


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Places that nothing has been kept in: pytest's own way to one lists all that there are, thousands of times."""
    folder = tmp_path_factory.mktemp("homes")
    return (folder / str(number) for number in itertools.count())


@pytest.fixture(autouse=True)
def _no_settings_from_outside(_homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """No cache, weights or settings of the machine the tests run on."""
    for name in list(os.environ):
        if name.startswith("BRANDSCAPE_"):
            monkeypatch.delenv(name)
    home = next(_homes)
    home.mkdir()
    monkeypatch.setenv("KERAS_HOME", str(home / "keras"))
    monkeypatch.setenv("BRANDSCAPE_CACHE_DIR", str(home / "cache"))
    monkeypatch.setenv("BRANDSCAPE_PRECISION", "float32")  # whatever this machine's processor has
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


@pytest.fixture(scope="session")
def small_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights of MobileNet, which is built fast, without its classifier, as untrained as they are saved."""
    return save_untrained("MobileNet", tmp_path_factory)


@pytest.fixture
def convert_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Convert networks in this process, which has TensorFlow already: one of its own imports Keras again."""
    from generator.embedding import convert, converted

    def run(recipe: Any) -> bytes | None:
        target = tmp_path / "network.zip"
        code = convert.main(json.dumps([recipe.model, str(recipe.weights), recipe.pooling, str(target)]))
        return target.read_bytes() if code == 0 else None

    monkeypatch.setattr(converted, "convert_apart", run)


@pytest.fixture
def make_sample(tmp_path: Path) -> SampleMaker:
    """`write_sample` in a folder of the test's."""

    def make(
        posts: int = 60, brands: int = 3, folder: Path | None = None, extra: list[list[str]] | None = None
    ) -> Path:
        return write_sample(folder or tmp_path / "sample", posts, brands, extra)

    return make


def pytest_collection_finish() -> None:
    """Leave modules and tests, which stay to the end, out of each search for garbage, and search less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def pytest_xdist_auto_num_workers() -> int:
    """Return one process more than there are cores: browser tests and builds wait for other processes."""
    return min(4, (os.cpu_count() or 1) + 1)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Return a scheduler that gives each file to one process, and all tests of networks to one: it imports Keras once.

    Only where files are what is shared out, as by default.
    """
    if config.getoption("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class ByFileAndNetworks(LoadFileScheduling):  # type: ignore[misc, unused-ignore]
        def _split_scope(self, nodeid: str) -> str:
            return "networks" if nodeid.startswith(_IMPORT_KERAS) else str(super()._split_scope(nodeid))

    return ByFileAndNetworks(config, log)
