"""What turns images into embeddings: a converted network on the CPU, Keras on a GPU, or the built-in features."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generator.embedding import builtin
from generator.embedding.choose import Recipe
from generator.embedding.networks import NETWORKS, cached_weights, load_network, load_own_model, quiet_start
from generator.embedding.published import check_published
from generator.errors import SettingsError
from generator.imaging import network_input
from generator.progress import Progress
from generator.store import Store

_SMALL_SIDE, _LARGE_SIDE = 448, 600

Prepared = NDArray[Any]
Preparation = Callable[[Image.Image], Prepared]
Vectors = NDArray[np.float32]


class Engine(Protocol):
    """Embeds images; every method may be called from several threads at once."""

    #: How many images to hand over at a time.
    batch: int

    @property
    def prepare(self) -> Preparation:
        """Makes what the engine needs of one RGB image: small, so that the image can be let go. Can be pickled."""

    def embed(self, prepared: Sequence[Prepared]) -> Vectors:
        """The embeddings of prepared images, (n, d)."""


class BuiltinEngine:
    """The features that need no weights."""

    batch = 16

    prepare = staticmethod(builtin.describe_image)

    def embed(self, prepared: Sequence[Prepared]) -> Vectors:
        return np.stack(prepared).astype(np.float32, copy=False)


class LiteRTEngine:
    """A network converted to a LiteRT flatbuffer, run by XNNPACK: one single-threaded interpreter a thread.

    Interpreters release the GIL, so one a core is the fastest way on a CPU and the smallest in memory.
    """

    batch = 16

    def __init__(self, flatbuffer: bytes) -> None:
        self.flatbuffer = flatbuffer
        self._local = threading.local()
        _, height, width, _ = self._interpreter()[1]["shape"]
        self.size = (int(height), int(width))
        self.prepare = partial(network_input, size=self.size)

    def _interpreter(self) -> tuple[Any, dict[str, Any], dict[str, Any]]:
        if not hasattr(self._local, "parts"):
            from ai_edge_litert.interpreter import Interpreter

            with quiet_start():
                interpreter = Interpreter(model_content=self.flatbuffer, num_threads=1)
                interpreter.allocate_tensors()
            self._local.parts = (interpreter, interpreter.get_input_details()[0], interpreter.get_output_details()[0])
        parts: tuple[Any, dict[str, Any], dict[str, Any]] = self._local.parts
        return parts

    def embed(self, prepared: Sequence[Prepared]) -> Vectors:
        interpreter, source, target = self._interpreter()
        rows = []
        for pixels in prepared:
            interpreter.set_tensor(source["index"], pixels[None].astype(np.float32))
            interpreter.invoke()
            rows.append(interpreter.get_tensor(target["index"])[0])
        return np.stack(rows)


class KerasEngine:
    """The network as Keras runs it: for GPUs, and where LiteRT is not to be had."""

    batch = 256

    def __init__(self, model: Any) -> None:
        self._model = model
        self._lock = threading.Lock()
        self.size = (int(model.input_shape[1]), int(model.input_shape[2]))
        self.prepare = partial(network_input, size=self.size)

    def embed(self, prepared: Sequence[Prepared]) -> Vectors:
        with self._lock:
            return np.asarray(self._model.predict_on_batch(np.stack(prepared).astype(np.float32)))


def early_preparation(recipe: Recipe) -> Preparation | None:
    """How images are prepared, where that is known before the engine is open; else None."""
    if recipe.model == "builtin":
        return builtin.describe_image
    if recipe.model in NETWORKS:
        side = NETWORKS[recipe.model].side
        return partial(network_input, size=(side, side))
    return None


def decoded_side(recipe: Recipe) -> int:
    """How long the shorter side of a decoded image must be for the engine, in pixels; beyond, it may be reduced.

    Twice what most networks take, and as much as the largest of keras.applications does.
    """
    if recipe.model in ("builtin", "vectors"):
        return _SMALL_SIDE
    if recipe.model in NETWORKS:
        return max(_SMALL_SIDE, NETWORKS[recipe.model].side)
    return _LARGE_SIDE  # the user's own model, which is not loaded yet


def open_engine(recipe: Recipe, store: Store, progress: Progress) -> Engine:
    """The fastest engine this machine has for the recipe. Keeps a converted network in the cache."""
    if recipe.model == "builtin":
        return BuiltinEngine()
    if not _has_litert() or _has_gpu():
        return KerasEngine(load_recipe(recipe))
    flatbuffer = store.get("networks", recipe.key)
    if flatbuffer is None:
        progress.say(f"Preparing {recipe.model}, once.")
        flatbuffer = _convert_apart(recipe)
        if flatbuffer is None:
            progress.warn(f"{recipe.model} could not be converted to run fast; Keras runs it, more slowly.")
            return KerasEngine(load_recipe(recipe))
        store.put("networks", recipe.key, flatbuffer)
    return LiteRTEngine(flatbuffer)


def _convert_apart(recipe: Recipe) -> bytes | None:
    """Convert in a process of its own: TensorFlow's memory goes with it, and the images are decoded meanwhile.

    None where the network cannot be converted faithfully. Raises SettingsError where it cannot be loaded.
    """
    with tempfile.TemporaryDirectory(prefix="brandscape-") as folder:
        target = Path(folder) / "network.tflite"
        asked = json.dumps([recipe.model, str(recipe.weights), recipe.pooling, str(target)])
        command = [sys.executable, "-m", "generator.embedding.convert", asked]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (our own module)
        if done.returncode == SettingsError.exit_code:
            raise SettingsError(*json.loads(done.stdout))
        return target.read_bytes() if done.returncode == 0 else None


def load_recipe(recipe: Recipe) -> Any:
    """The recipe's Keras model, from RGB pixels in 0 to 255 to vectors."""
    assert recipe.weights is not None and recipe.pooling is not None
    if recipe.model in NETWORKS:
        network = NETWORKS[recipe.model]
        if recipe.weights == cached_weights(network):
            check_published(recipe.weights)
        return load_network(network, recipe.weights, recipe.pooling)
    return load_own_model(recipe.weights, recipe.pooling)


def _has_litert() -> bool:
    """Whether a model can be converted and run: LiteRT is there, and Keras builds on TensorFlow."""
    backend = os.environ.get("KERAS_BACKEND") or "tensorflow"
    return backend == "tensorflow" and importlib.util.find_spec("ai_edge_litert") is not None


def _has_gpu() -> bool:
    """Whether an NVIDIA card is visible, told without importing TensorFlow."""
    return Path("/dev/nvidia0").exists()
