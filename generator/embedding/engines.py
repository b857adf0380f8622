"""What turns images into embeddings: a converted network on the CPU, Keras on a GPU, or the built-in features."""

from __future__ import annotations

import importlib.util
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generator.embedding import builtin
from generator.embedding.choose import Recipe
from generator.embedding.networks import NETWORKS, load_network, load_own_model
from generator.imaging import network_input
from generator.progress import Progress
from generator.store import Store

Prepared = NDArray[Any]
Vectors = NDArray[np.float32]


class Engine(Protocol):
    """Embeds images; every method may be called from several threads at once."""

    #: How many images to hand over at a time.
    batch: int

    def prepare(self, image: Image.Image) -> Prepared:
        """What the engine needs of one RGB image: small, so that the image itself can be let go."""

    def embed(self, prepared: Sequence[Prepared]) -> Vectors:
        """The embeddings of prepared images, (n, d)."""


class BuiltinEngine:
    """The features that need no weights."""

    batch = 16

    def prepare(self, image: Image.Image) -> Prepared:
        return builtin.describe_image(image)

    def embed(self, prepared: Sequence[Prepared]) -> Vectors:
        return np.stack(prepared).astype(np.float32, copy=False)


class LiteRTEngine:
    """A network converted to a LiteRT flatbuffer, run by XNNPACK: one single-threaded interpreter a thread.

    Interpreters release the GIL, so one a core is the fastest way on a CPU and the smallest in memory.
    """

    batch = 8

    def __init__(self, flatbuffer: bytes) -> None:
        self.flatbuffer = flatbuffer
        self._local = threading.local()
        _, height, width, _ = self._interpreter()[1]["shape"]
        self.size = (int(height), int(width))

    def _interpreter(self) -> tuple[Any, dict[str, Any], dict[str, Any]]:
        if not hasattr(self._local, "parts"):
            from ai_edge_litert.interpreter import Interpreter

            interpreter = Interpreter(model_content=self.flatbuffer, num_threads=1)
            interpreter.allocate_tensors()
            self._local.parts = (interpreter, interpreter.get_input_details()[0], interpreter.get_output_details()[0])
        parts: tuple[Any, dict[str, Any], dict[str, Any]] = self._local.parts
        return parts

    def prepare(self, image: Image.Image) -> Prepared:
        return network_input(image, self.size)

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

    def prepare(self, image: Image.Image) -> Prepared:
        return network_input(image, self.size)

    def embed(self, prepared: Sequence[Prepared]) -> Vectors:
        with self._lock:
            return np.asarray(self._model.predict_on_batch(np.stack(prepared).astype(np.float32)))


def open_engine(recipe: Recipe, store: Store, progress: Progress) -> Engine:
    """The fastest engine this machine has for the recipe. Keeps a converted network in the cache."""
    if recipe.model == "builtin":
        return BuiltinEngine()
    if not _has_litert() or _has_gpu():
        return KerasEngine(_load(recipe))
    kept = store.get("networks", recipe.key)
    if kept is not None:
        return LiteRTEngine(kept)
    with progress.stage("Preparing the network"):
        model = _load(recipe)
        try:
            engine = LiteRTEngine(convert_model(model))
        except Exception as error:  # the converter has no base class for what it cannot convert
            progress.warn(f"{recipe.model} could not be converted ({type(error).__name__}); Keras runs it, more slowly.")
            return KerasEngine(model)
        if not _agree(engine, model):
            progress.warn(f"{recipe.model} gave other numbers once converted; Keras runs it, more slowly.")
            return KerasEngine(model)
        store.put("networks", recipe.key, engine.flatbuffer)
    return engine


def convert_model(model: Any) -> bytes:
    """A Keras model on the TensorFlow backend as a float32 LiteRT flatbuffer for one image at a time."""
    import tensorflow as tf

    shape = (1, *model.input_shape[1:])
    run: Callable[..., Any] = tf.function(lambda pixels: model(pixels, training=False))
    concrete = run.get_concrete_function(tf.TensorSpec(shape, tf.float32))  # type: ignore[attr-defined]
    # without the model as second argument, so that its variables are frozen into the flatbuffer
    return bytes(tf.lite.TFLiteConverter.from_concrete_functions([concrete]).convert())


def _agree(engine: LiteRTEngine, model: Any) -> bool:
    """Whether the converted network gives what Keras gives (cosine of at least 0.9999) on three test images."""
    random = np.random.default_rng(0)
    height, width = engine.size
    ramp = np.linspace(0, 255, height * width * 3).reshape(height, width, 3)
    tests = [ramp, ramp[::-1], random.integers(0, 256, (height, width, 3))]
    pixels = [test.astype(np.uint8) for test in tests]
    ours = engine.embed(pixels).astype(np.float64)
    theirs = np.asarray(model.predict_on_batch(np.stack(pixels).astype(np.float32)), dtype=np.float64)
    lengths = np.linalg.norm(ours, axis=1) * np.linalg.norm(theirs, axis=1)
    cosines = np.where(lengths > 0, (ours * theirs).sum(axis=1) / np.where(lengths > 0, lengths, 1), 1.0)
    return bool(np.isfinite(ours).all() and cosines.min() >= 0.9999)


def _load(recipe: Recipe) -> Any:
    assert recipe.weights is not None and recipe.pooling is not None
    if recipe.model in NETWORKS:
        return load_network(NETWORKS[recipe.model], recipe.weights, recipe.pooling)
    return load_own_model(recipe.weights, recipe.pooling)


def _has_litert() -> bool:
    """Whether a model can be converted and run: LiteRT is there, and Keras builds on TensorFlow."""
    backend = os.environ.get("KERAS_BACKEND") or "tensorflow"
    return backend == "tensorflow" and importlib.util.find_spec("ai_edge_litert") is not None


def _has_gpu() -> bool:
    """Whether an NVIDIA card is visible, told without importing TensorFlow."""
    return Path("/dev/nvidia0").exists()

