"""What Keras runs on: chosen without importing it, with the same vectors from each, and a GPU used as it can be."""

from __future__ import annotations

import importlib.util
import itertools
import json
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generator.cache.store import Store
from generator.collection import image_cache, image_pool
from generator.digests import hash_file
from generator.embedding import backends, engines, keras_engine
from generator.embedding.engines import fit_batches, open_engine
from generator.embedding.interface import Embedded, pair_outputs, vectors_of
from generator.embedding.keras_engine import KerasEngine, load_recipe
from generator.embedding.openvino_engine import OpenVINOEngine
from generator.embedding.recipe import Recipe, choose_recipe
from generator.errors import SettingsError
from generator.images.fetch import find_images
from generator.images.places import ImagePlaces
from generator.progress import SilentProgress
from generator.settings import EmbeddingSettings, FetchSettings, ImageSettings
from tests.support.drawn import draw_image
from tests.support.stand_in import builtin_recipe

SOURCE = Path(backends.__file__).parents[2]
#: Embeds images with recipes and prints what Keras ran on.
EMBED = """
import importlib.machinery, json, sys
from pathlib import Path
asked = json.loads(sys.argv[1])
class Finder(importlib.machinery.PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):  # as if what is missing were not installed
        return None if name in asked["missing"] else super().find_spec(name, path, target)
sys.meta_path[sys.meta_path.index(importlib.machinery.PathFinder)] = Finder
import numpy as np
from generator.embedding.backends import import_keras
from generator.embedding.recipe import Recipe
from generator.embedding.engines import open_engine
from generator.embedding.keras_engine import KerasEngine, load_recipe
from generator.progress import SilentProgress
from generator.cache.store import Store
images = np.load(asked["images"])
found = {}
for model, file, pooling in asked["recipes"]:
    engine = open_engine(Recipe(model, Path(file), None, pooling), Store(Path(asked["store"])), SilentProgress(), 5)
    assert isinstance(engine, KerasEngine), engine
    side, across = engine.size
    found[f"{model} {pooling}"] = engine.embed([image[:side, :across] for image in images]).vectors
if found:
    half = KerasEngine(load_recipe(Recipe(model, Path(file), None, pooling)), (4,), mixed=True)
    found["half"] = half.embed([image[:side, :across] for image in images]).vectors
np.savez(asked["out"], **found)
print(import_keras().config.backend())
"""


@pytest.fixture(scope="module")
def expected(own_model: Path, small_weights: Path) -> dict[tuple[str, str], np.ndarray]:
    """The vectors that TensorFlow gives, by model and pooling."""
    vectors = {}
    for model, file, pooling in _small_recipes(own_model, small_weights):
        network = load_recipe(Recipe(model, file, None, pooling))
        height, width = network.input_shape[1:3]
        pixels = _images(5, (224, 224))[:, :height, :width].astype(np.float32)
        vectors[model, pooling] = vectors_of(network.predict_on_batch(pixels))
    return vectors


def _small_recipes(own_model: Path, small_weights: Path) -> list[tuple[str, Path, str]]:
    return [("mobilenet", small_weights, "avg"), ("own.keras", own_model, "avg"), ("own.keras", own_model, "max")]


def _images(count: int, size: tuple[int, int]) -> np.ndarray:
    return np.random.default_rng(2).integers(0, 256, (count, *size, 3), dtype=np.uint8)


def _cosines(a: Any, b: Any) -> Any:
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    return (a * b).sum(axis=1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)


def _recipe(own_model: Path, precision: str = "float32") -> Recipe:
    return Recipe("own.keras", own_model, hash_file(own_model), "max", precision)


@pytest.mark.parametrize(
    ("installed", "variable", "file", "chosen"),
    [
        (["tensorflow", "jax", "torch"], "", "", "tensorflow"),
        (["jax", "torch"], "", "", "jax"),
        (["torch"], "", "", "torch"),
        (["tensorflow", "torch"], "torch", "", "torch"),
        (["tensorflow", "jax"], "", '{"backend": "jax"}', "jax"),
        (["tensorflow", "jax"], "tensorflow", '{"backend": "jax"}', "tensorflow"),
        (["jax"], "", '{"backend": "tensorflow"}', "jax"),  # Keras writes that itself
        (["tensorflow"], "", "not JSON", "tensorflow"),
        (["tensorflow"], "", "[1]", "tensorflow"),
    ],
)
def test_the_backend_is_what_the_user_set_or_else_the_first_installed(
    installed: list[str], variable: str, file: str, chosen: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backends, "installed_backends", lambda: installed)
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("KERAS_BACKEND", variable)
    if file:
        (tmp_path / "keras.json").write_text(file)
    assert backends.choose_backend() == chosen


@pytest.mark.parametrize(
    ("installed", "variable", "said", "hint"),
    [
        ([], "", "not installed", "with pip"),
        ([], "jax", "KERAS_BACKEND has Keras run on jax, which is not installed", "with pip"),
        (["tensorflow"], "jax", "not installed", "KERAS_BACKEND to tensorflow"),
        (["tensorflow"], "openvino", "does not know", "KERAS_BACKEND to tensorflow"),
    ],
)
def test_without_a_backend_the_mend_is_named(
    installed: list[str], variable: str, said: str, hint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backends, "installed_backends", lambda: installed)
    monkeypatch.setenv("KERAS_BACKEND", variable)
    with pytest.raises(SettingsError, match=said) as caught:
        backends.choose_backend()
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("device", "environment", "shown"),
    [
        ("nvidia0", {}, True),
        ("nvidia3", {}, True),  # a container that was given the fourth
        ("kfd", {}, True),
        ("dxg", {}, True),
        ("nvidiactl", {}, False),
        ("null", {}, False),
        ("nvidia0", {"CUDA_VISIBLE_DEVICES": "0"}, True),
        ("nvidia0", {"CUDA_VISIBLE_DEVICES": ""}, False),
        ("nvidia0", {"CUDA_VISIBLE_DEVICES": "-1"}, False),
        ("kfd", {"HIP_VISIBLE_DEVICES": "-1"}, False),
    ],
)
@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has no devices to look for")
def test_a_gpu_shows_unless_it_is_hidden(
    device: str, environment: dict[str, str], shown: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / device).touch()
    monkeypatch.setattr(backends, "_DEVICES", tmp_path)
    for name in ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert backends.shows_gpu() == shown


@pytest.mark.parametrize(
    ("missing", "variable", "runs_on"),
    [
        (["tensorflow"], "", "jax"),
        ([], "jax", "jax"),
        (["tensorflow", "jax"], "", "torch"),
        ([], "torch", "torch"),
    ],
)
def test_other_backends_give_the_vectors_that_tensorflow_gives(
    missing: list[str],
    variable: str,
    runs_on: str,
    own_model: Path,
    small_weights: Path,
    expected: dict[tuple[str, str], np.ndarray],
    tmp_path: Path,
) -> None:
    for name in ("tensorflow", runs_on):
        if importlib.util.find_spec(name) is None:
            pytest.skip(f"{name} is not installed")
    # networks once a backend: where it is set, it is the same as where it is the first
    recipes = _small_recipes(own_model, small_weights) if missing else []
    np.save(tmp_path / "images.npy", _images(5, (224, 224)))
    asked = {
        "missing": missing,
        "images": str(tmp_path / "images.npy"),
        "recipes": [(model, str(file), pooling) for model, file, pooling in recipes],
        "store": str(tmp_path / "store"),
        "out": str(tmp_path / "out.npz"),
    }
    environment = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}
    environment["XLA_FLAGS"] = "--xla_backend_optimization_level=0"  # compiles faster what runs but a few times
    done = subprocess.run(
        [sys.executable, "-c", EMBED, json.dumps(asked)],
        env={**environment, "KERAS_BACKEND": variable, "PYTHONPATH": str(SOURCE), "CUDA_VISIBLE_DEVICES": "-1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [runs_on]
    found = np.load(tmp_path / "out.npz")
    for model, _, pooling in recipes:
        assert _cosines(found[f"{model} {pooling}"], expected[model, pooling]).min() >= 0.99999, (model, pooling)
    if not recipes:
        return
    # the last recipe was also run in half precision
    assert found["half"].dtype == np.float32
    assert 0.999 <= _cosines(found["half"], expected["own.keras", "max"]).min() < 1 - 1e-9


def test_what_keras_json_says_of_layouts_changes_nothing(own_model: Path) -> None:
    keras = backends.import_keras()
    keras.config.set_image_data_format("channels_first")
    keras.config.set_floatx("float64")
    network = load_recipe(_recipe(own_model))
    assert network.input_shape == (None, 32, 24, 3) and network.outputs[0].dtype == "float32"


def test_a_backend_that_is_not_whole_is_named_with_the_mend() -> None:
    code = """
import sys
sys.modules["keras"] = None
from generator.embedding.backends import import_keras
from generator.errors import SettingsError
try:
    import_keras()
except SettingsError as error:
    print(error.message, error.hint)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "cannot be imported on" in done.stdout and "KERAS_BACKEND" in done.stdout, done.stderr


@pytest.mark.parametrize(
    ("batches", "images", "kept"),
    [
        ((128, 256, 512), 10_000, [128, 256, 512]),
        ((128, 256, 512), 300, [128, 256]),
        ((128, 256, 512), 100, [128]),
        ((128, 256, 512), 20, [32]),
        ((32,), 5, [8]),
        ((32,), 1, [1]),
    ],
)
def test_no_batch_is_tried_that_so_few_images_do_not_fill(
    batches: tuple[int, ...], images: int, kept: list[int]
) -> None:
    assert fit_batches(batches, images) == kept


class TestKerasEngine:
    def test_batches_have_one_shape_and_any_number_of_images_fits(
        self, own_model: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shapes = []
        real = keras_engine.compile_network

        def compile_network(model: Any) -> Any:
            run = real(model)
            return lambda pixels: shapes.append(pixels.shape) or run(pixels)  # type: ignore[func-returns-value]

        monkeypatch.setattr(keras_engine, "compile_network", compile_network)
        model = load_recipe(_recipe(own_model))
        images = _images(11, (32, 24))
        vectors = KerasEngine(model, (4,)).embed(list(images)).vectors
        assert shapes == [(4, 32, 24, 3)] * 3
        assert np.allclose(vectors, vectors_of(model.predict_on_batch(images.astype(np.float32))), rtol=1e-4, atol=1e-5)

    @pytest.mark.parametrize(
        ("seconds", "chosen"),
        [
            ({8: 1.0, 16: 1.5, 32: 2.9}, 16),  # 8, 10.7 and 11.0 a second
            ({8: 1.0, 16: 2.0, 32: 1.0}, 8),
            ({8: 1.0, 16: 1.5, 32: 2.0}, 32),
            ({8: 1.0, 16: MemoryError(), 32: 1.0}, 8),
            ({8: RuntimeError("RESOURCE_EXHAUSTED: out of memory"), 16: 1.0, 32: 1.0}, 8),
        ],
    )
    def test_the_batch_is_the_smallest_about_as_fast_as_any(
        self, own_model: Path, seconds: dict[int, Any], chosen: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def measure(self: KerasEngine, batch: int) -> float:
            if isinstance(seconds[batch], Exception):
                raise seconds[batch]
            return batch / float(seconds[batch])

        monkeypatch.setattr(KerasEngine, "_measure_rate", measure)
        assert KerasEngine(load_recipe(_recipe(own_model)), (8, 16, 32)).batch == chosen

    def test_it_measures_with_what_it_runs(self, own_model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        run, sizes = KerasEngine._run, []

        def count(self: KerasEngine, pixels: Any) -> Any:
            sizes.append(len(pixels))
            return run(self, pixels)

        # a clock on which a batch takes a tenth of a second, however large it is
        clock = itertools.count(0, 0.1)
        monkeypatch.setattr(KerasEngine, "_run", count)
        monkeypatch.setattr(keras_engine.time, "perf_counter", lambda: next(clock))
        engine = KerasEngine(load_recipe(_recipe(own_model)), (1, 64))
        assert engine.batch == 64
        # once to compile, then until it has measured for long enough
        assert sizes in ([1] * size + [64] * size for size in (5, 6))

    @pytest.mark.parametrize("fits", [4, 1])
    def test_where_memory_runs_out_it_goes_on_in_smaller_batches(
        self, own_model: Path, fits: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        engine = KerasEngine(load_recipe(_recipe(own_model)), (16,))
        images = list(_images(21, (32, 24)))
        expected = engine.embed(images).vectors
        run = engine._network

        def narrow(pixels: Any) -> Any:
            if len(pixels) > fits:
                raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")
            return run(pixels)

        monkeypatch.setattr(engine, "_network", narrow)
        assert np.allclose(engine.embed(images).vectors, expected, rtol=1e-5)
        assert engine.batch == fits

    def test_a_network_that_fits_no_image_is_refused_with_the_mend(
        self, own_model: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        engine = KerasEngine(load_recipe(_recipe(own_model)), (16,))

        def full(pixels: Any) -> Any:
            raise MemoryError

        monkeypatch.setattr(engine, "_network", full)
        with pytest.raises(SettingsError, match="does not fit into memory"):
            engine.embed(list(_images(3, (32, 24))))

    def test_other_errors_are_not_taken_for_want_of_memory(
        self, own_model: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        engine = KerasEngine(load_recipe(_recipe(own_model)), (16,))

        def broken(pixels: Any) -> Any:
            raise RuntimeError("CUDNN_STATUS_EXECUTION_FAILED")

        monkeypatch.setattr(engine, "_network", broken)
        with pytest.raises(RuntimeError, match="CUDNN"):
            engine.embed(list(_images(3, (32, 24))))

    def test_a_network_that_half_precision_overwhelms_is_refused(self, tmp_path: Path) -> None:
        keras = backends.import_keras()
        pixels = keras.Input((8, 8, 3))
        # to 130,050, twice what float16 reaches
        vectors = keras.layers.GlobalMaxPooling2D()(keras.layers.Rescaling(510)(pixels))
        keras.Model(pixels, vectors).save(tmp_path / "own.keras")
        recipe = Recipe("own.keras", tmp_path / "own.keras", None, "max", "mixed")
        assert np.isfinite(
            KerasEngine(load_recipe(recipe), (4,)).embed([np.full((8, 8, 3), 255, np.uint8)]).vectors
        ).all()
        with pytest.raises(SettingsError, match="half precision"):
            KerasEngine(load_recipe(recipe), (4,), mixed=True)


class TestOpening:
    @pytest.fixture(autouse=True)
    def _a_gpu_shows(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(engines, "shows_gpu", lambda: True)

    def test_a_gpu_that_the_backend_cannot_use_is_left_alone(self, own_recipe: Recipe, converted: Path) -> None:
        if backends.has_gpu():
            pytest.skip("this machine's GPU can be used")
        assert isinstance(open_engine(own_recipe, Store(converted), SilentProgress(), 9), OpenVINOEngine)

    def test_a_gpu_that_can_be_used_is(self, own_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(engines, "has_gpu", lambda: True)
        engine = open_engine(_recipe(own_model), Store(tmp_path), SilentProgress(), 9)
        assert isinstance(engine, KerasEngine) and engine.batch == 16

    def test_a_gpu_that_fails_at_once_costs_a_warning(
        self, own_recipe: Recipe, converted: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(self: KerasEngine, pixels: Any) -> Any:
            raise RuntimeError("DNN library is not found\nmore")

        monkeypatch.setattr(engines, "has_gpu", lambda: True)
        monkeypatch.setattr(KerasEngine, "_run", fail)
        progress = SilentProgress()
        engine = open_engine(own_recipe, Store(converted), progress, 9)
        assert isinstance(engine, OpenVINOEngine)
        assert [warning for warning in progress.warnings if warning.endswith("DNN library is not found")]

    def test_half_precision_is_refused_without_a_gpu(
        self, own_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(engines, "has_gpu", lambda: False)
        with pytest.raises(SettingsError, match="needs a GPU") as caught:
            open_engine(_recipe(own_model, "mixed"), Store(tmp_path), SilentProgress(), 9)
        assert "Leave out --precision" in caught.value.hint

    def test_half_precision_on_a_gpu_is_near_and_has_a_key_of_its_own(
        self, own_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(engines, "has_gpu", lambda: True)
        images = list(_images(5, (32, 24)))

        def embed(precision: str) -> np.ndarray:
            settings = EmbeddingSettings(model=str(own_model), precision=precision)  # type: ignore[arg-type]
            recipe = choose_recipe(settings, True, SilentProgress())
            keys.append(recipe.key)
            return open_engine(recipe, Store(tmp_path), SilentProgress(), 5).embed(images).vectors

        keys: list[str] = []
        whole, half = embed("float32"), embed("mixed")
        assert keys[0] != keys[1]
        assert half.dtype == np.float32 and not np.array_equal(half, whole)
        assert _cosines(half, whole).min() > 0.999


def test_what_was_embedded_before_there_was_a_choice_of_precision_is_still_good() -> None:
    recipes = [Recipe("resnet50", Path("anywhere"), "ab" * 32, "max", precision) for precision in (None, "float32")]
    assert recipes[0].key == recipes[1].key


class _Apart:
    """An engine that computes elsewhere, and gets no further before two batches are there."""

    apart, batch = True, 4

    def __init__(self) -> None:
        self._both = threading.Barrier(2, timeout=600)
        self.most, self._now, self._lock = 0, 0, threading.Lock()

    def prepare(self, image: Any) -> np.ndarray:
        raise AssertionError("images are prepared elsewhere")

    def embed(self, prepared: Sequence[np.ndarray]) -> Embedded:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        self._both.wait()
        with self._lock:
            self._now -= 1
        return pair_outputs(np.ones((len(prepared), 3), np.float32))


def test_a_gpu_always_has_the_next_batch_however_few_cores_there_are(
    tmp_path: Path,
) -> None:
    for index in range(16):
        draw_image(index % 5, index).save(tmp_path / f"{index}.jpg")
    store = Store(tmp_path / "cache")
    names = [f"{index}.jpg" for index in range(16)]
    found, _ = find_images(names, ImagePlaces(tmp_path), FetchSettings(), store, lambda *names: False)
    images: list[Any] = list(found.values())
    engine, counts = _Apart(), []
    kept = image_cache.ImageCache(builtin_recipe(), ImageSettings(), store)
    open_engine: Any = lambda count: counts.append(count) or engine  # noqa: E731
    with closing(image_pool.ImagePool(open_engine, 1)) as pool:
        kept.fill(images, [], 0, pool, SilentProgress())
    assert counts == [16] and engine.most == 2
    assert kept.embeddings([image.sha256 for image in images]).vectors.shape == (16, 3)
