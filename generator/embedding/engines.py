"""What turns images into embeddings: a converted network on the CPU, Keras on a GPU, or the built-in features."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generator.cache.store import Store
from generator.embedding import builtin
from generator.embedding.backends import (
    BACKENDS,
    choose_backend,
    compile_network,
    first_line,
    has_gpu,
    import_keras,
    is_out_of_memory,
    quiet_start,
    shows_gpu,
)
from generator.embedding.fidelity import are_alike, draw_tests
from generator.embedding.keras_hashes import check_published
from generator.embedding.networks import NETWORKS, NOWHERE, cached_weights, load_network, load_own_model
from generator.embedding.recipe import Recipe
from generator.errors import BrandscapeError, DamagedCacheError, SettingsError
from generator.images.decode import network_input
from generator.progress import Progress

#: What the most common networks take, what larger ones do, and what the largest of keras.applications does.
_DECODED_SIDES = (256, 448, 600)

Prepared = NDArray[Any]
Preparation = Callable[[Image.Image], Prepared]
Vectors = NDArray[np.float32]


class Embedded(NamedTuple):
    """What a network makes of n images."""

    vectors: Vectors  # (n, d)
    places: NDArray[np.uint8]  # (n, d): where in the image each number comes from, see `add_places`, or NOWHERE


#: On two cores larger ones are no faster with TensorFlow (MobileNetV2, up to 256) and slower with PyTorch (up to 64).
CPU_BATCHES = (16,)
#: Few, since the network is compiled for each that is tried.
GPU_BATCHES = (128, 256, 512)
_CLEARLY_FASTER = 1.05
_MEASURED_SECONDS = 0.4
#: Between vectors in half precision and in whole, for a network to be used in half.
_LEAST_COSINE = 0.99


class Engine(Protocol):
    """Embeds images; every method may be called from several threads at once."""

    #: How many images to hand over at a time; may change.
    batch: int
    #: Whether it computes on a card or on threads of its own, so that who calls it does nothing but wait.
    apart: bool

    @property
    def prepare(self) -> Preparation:
        """Makes what the engine needs of one RGB image: small, so that the image can be let go. Can be pickled."""

    def embed(self, prepared: Sequence[Prepared]) -> Embedded:
        """The embeddings of prepared images."""


class BuiltinEngine:
    """The features that need no weights."""

    batch = 16
    apart = False

    prepare = staticmethod(builtin.describe_image)

    def embed(self, prepared: Sequence[Prepared]) -> Embedded:
        return embedded(np.stack(prepared).astype(np.float32, copy=False))


class LiteRTEngine:
    """A network converted to a LiteRT flatbuffer, run by XNNPACK: one single-threaded interpreter a thread.

    Interpreters release the GIL, so one a core is the fastest way on a CPU and the smallest in memory.
    """

    batch = 16
    apart = False

    def __init__(self, flatbuffer: bytes) -> None:
        self.flatbuffer = flatbuffer
        self._local = threading.local()
        _, height, width, _ = self._interpreter()[1]["shape"]
        self.size = (int(height), int(width))
        self.prepare = partial(network_input, size=self.size)

    def _interpreter(self) -> tuple[Any, dict[str, Any], list[dict[str, Any]]]:
        if not hasattr(self._local, "parts"):
            from ai_edge_litert.interpreter import Interpreter

            with quiet_start():
                interpreter = Interpreter(model_content=self.flatbuffer, num_threads=1)
                interpreter.allocate_tensors()
            # vectors are floats, places integers
            targets = sorted(interpreter.get_output_details(), key=lambda target: target["dtype"] != np.float32)
            self._local.parts = (interpreter, interpreter.get_input_details()[0], targets)
        parts: tuple[Any, dict[str, Any], list[dict[str, Any]]] = self._local.parts
        return parts

    def embed(self, prepared: Sequence[Prepared]) -> Embedded:
        interpreter, source, targets = self._interpreter()
        rows: list[list[NDArray[Any]]] = [[] for _ in targets]
        for pixels in prepared:
            interpreter.set_tensor(source["index"], pixels[None].astype(np.float32))
            interpreter.invoke()
            for found, target in zip(rows, targets, strict=True):
                found.append(interpreter.get_tensor(target["index"])[0])
        return embedded(*(np.stack(found) for found in rows))


class KerasEngine:
    """The network as Keras runs it: for cards, and where LiteRT is not to be had.

    It is always given whole batches, the last one filled up, so that it is compiled for one shape. Of several
    `batches`, in rising order, it takes the smallest that is about as fast as any, as measured when it opens; where
    memory runs out, then or later, a smaller one. `mixed` has it compute in half precision where that suffices.

    Raises SettingsError where half precision changes the vectors, or memory does not do for a single image.
    """

    apart = True

    def __init__(self, model: Any, batches: Sequence[int] = CPU_BATCHES, mixed: bool = False) -> None:
        keras = import_keras()
        self._to_numpy = keras.ops.convert_to_numpy
        self._lock = threading.Lock()
        self._mixed = mixed
        self.size = (int(model.input_shape[1]), int(model.input_shape[2]))
        self.prepare = partial(network_input, size=self.size)
        tests = draw_tests(self.size)
        expected = vectors_of(model.predict_on_batch(np.stack(tests).astype(np.float32))) if mixed else None
        if mixed:
            for layer in model._flatten_layers():  # those of a .keras file come with precisions of their own
                layer.dtype_policy = "mixed_float16"
        # bytes travel to the card four times as fast as the floats they become there
        pixels = keras.Input((*self.size, 3), dtype="uint8")
        found = model(keras.ops.cast(pixels, "float32"), training=False)
        vectors, *places = found if isinstance(found, list | tuple) else [found]
        self._network = compile_network(keras.Model(pixels, [keras.ops.cast(vectors, "float32"), *places]))
        self.batch = batches[0]
        if expected is not None and not are_alike(self.embed(tests).vectors, expected, _LEAST_COSINE):
            raise _not_for_half()
        if len(batches) > 1:
            self._choose_batch(batches)

    def embed(self, prepared: Sequence[Prepared]) -> Embedded:
        parts: list[list[NDArray[Any]]] = []
        done = 0
        while done < len(prepared):
            batch = self.batch
            part = prepared[done : done + batch]
            pixels = np.zeros((batch, *self.size, 3), np.uint8)
            np.stack(part, out=pixels[: len(part)])
            try:
                parts.append([found[: len(part)] for found in self._run(pixels)])
                done += len(part)
            except Exception as error:
                if not is_out_of_memory(error):
                    raise
                if batch == 1:
                    raise SettingsError(
                        "The network does not fit into memory, not even for one image at a time.",
                        "Take a smaller one; CUDA_VISIBLE_DEVICES=-1 in the environment leaves the GPU alone.",
                    ) from error
                self.batch = min(self.batch, batch // 2)
        found = embedded(*(np.concatenate(part) for part in zip(*parts, strict=True)))
        if self._mixed and not np.isfinite(found.vectors).all():
            raise _not_for_half()
        return found

    def _run(self, pixels: NDArray[np.uint8]) -> list[NDArray[Any]]:
        # work is begun by one thread at a time, and waited for by all: a card has the next batch when one is done
        with self._lock:
            begun = self._network(pixels)
        outputs = begun if isinstance(begun, list | tuple) else [begun]
        return [np.asarray(self._to_numpy(output)) for output in outputs]

    def _choose_batch(self, batches: Sequence[int]) -> None:
        """Go to larger batches as long as each is clearly faster than the one before and fits into memory."""
        fastest = 0.0
        for batch in batches:
            try:
                rate = self._measure_rate(batch)
            except Exception as error:
                if not is_out_of_memory(error):
                    raise
                return
            if rate < _CLEARLY_FASTER * fastest:
                return
            self.batch, fastest = batch, rate

    def _measure_rate(self, batch: int) -> float:
        """Images a second in batches of this size."""
        pixels = np.random.default_rng(0).integers(0, 256, (batch, *self.size, 3), dtype=np.uint8)
        self._run(pixels)  # compiles
        times: list[float] = []
        while len(times) < 2 or sum(times) < _MEASURED_SECONDS:
            start = time.perf_counter()
            self._run(pixels)
            times.append(time.perf_counter() - start)
        return batch / float(np.median(times))


def vectors_of(outputs: Any) -> Vectors:
    """The vectors among what a network gives, which may be these alone, or these and their places."""
    return np.asarray(outputs[0] if isinstance(outputs, list | tuple) else outputs)


def embedded(vectors: Vectors, places: NDArray[np.integer] | None = None) -> Embedded:
    """Vectors (n, d) with the places that go with them, if any are known."""
    where = np.full(vectors.shape, NOWHERE, np.uint8) if places is None else places.astype(np.uint8)
    return Embedded(vectors, where)


def _not_for_half() -> SettingsError:
    return SettingsError(
        "This network gives other vectors in half precision.", "Leave out --precision mixed: float32 is exact."
    )


def early_preparation(recipe: Recipe) -> Preparation | None:
    """How images are prepared, where that is known before the engine is open; else None."""
    if recipe.model == "builtin":
        return builtin.describe_image
    if recipe.model in NETWORKS:
        side = NETWORKS[recipe.model].side
        return partial(network_input, size=(side, side))
    return None


def decoded_side(recipe: Recipe) -> int:
    """How long the shorter side of a decoded image must be, in pixels; the rest may be reduced.

    One of a few lengths, so that most networks see the same decoded images, of which more is kept than their vectors.
    """
    if recipe.model in ("builtin", "vectors"):
        return _DECODED_SIDES[0]
    if recipe.model in NETWORKS:
        return next(side for side in _DECODED_SIDES if side >= NETWORKS[recipe.model].side)
    return _DECODED_SIDES[-1]  # the user's own model, which is not loaded yet


def open_engine(recipe: Recipe, store: Store, progress: Progress, images: int) -> Engine:
    """The fastest engine this machine has for the recipe and about so many images.

    Keeps a converted network in the cache. Raises SettingsError where there is nothing to run the network on, or no
    card for half precision.
    """
    if recipe.model == "builtin":
        return BuiltinEngine()
    backend, mixed = choose_backend(), recipe.precision == "mixed"
    converts = _converts(backend)
    # to be asked, a backend must be imported: where there is another way, only on signs of a card
    card = (shows_gpu() or not converts) and has_gpu()
    if mixed and not card:
        raise SettingsError(
            f"Half precision needs a GPU, and Keras finds none that it can use through {BACKENDS[backend]}.",
            "Leave out --precision mixed; with the GPU's own packages of the backend, it is found.",
        )
    if card:
        try:
            engine = KerasEngine(load_recipe(recipe), fit_batches(GPU_BATCHES, images), mixed)
            engine.embed([np.zeros((*engine.size, 3), np.uint8)])  # compiles it and shows that it works
            return engine
        except BrandscapeError:
            raise
        except Exception as error:  # drivers and libraries that do not fit each other
            if mixed or not converts:
                raise SettingsError(
                    f"{BACKENDS[backend]} cannot use the GPU: {first_line(error)}",
                    "Mend its installation, or set CUDA_VISIBLE_DEVICES=-1 in the environment to do without the GPU.",
                ) from error
            progress.warn(f"{BACKENDS[backend]} cannot use the GPU, so the CPU is used: {first_line(error)}")
    if not converts:
        return KerasEngine(load_recipe(recipe), fit_batches(CPU_BATCHES, images))
    flatbuffer = _convert_once(recipe, store, progress)
    if flatbuffer is None:
        progress.warn(f"{recipe.model} could not be converted to run fast; Keras runs it, more slowly.")
        return KerasEngine(load_recipe(recipe), fit_batches(CPU_BATCHES, images))
    return LiteRTEngine(flatbuffer)


def _converts(backend: str) -> bool:
    """Whether a network can be converted and run: LiteRT is there, and Keras builds on TensorFlow."""
    return backend == "tensorflow" and importlib.util.find_spec("ai_edge_litert") is not None


def _convert_once(recipe: Recipe, store: Store, progress: Progress) -> bytes | None:
    """The converted network, kept in the cache; None where it cannot be converted faithfully."""
    flatbuffer = store.get("networks", recipe.key)
    if flatbuffer is None:
        progress.say(f"Preparing {recipe.model}, once.")
        flatbuffer = _convert_apart(recipe)
        if flatbuffer is not None:
            store.put("networks", recipe.key, flatbuffer)
    return flatbuffer


def keep_converted(recipe: Recipe, store: Store, progress: Progress) -> None:
    """See that `open_converted` will find the recipe's network in the cache. Raises SettingsError where it cannot."""
    if recipe.model in ("builtin", "vectors"):
        return
    if recipe.precision == "mixed":
        raise SettingsError("Workers compute in whole precision.", "Leave out --precision mixed, or --scheduler.")
    if not _converts(choose_backend()) or _convert_once(recipe, store, progress) is None:
        raise SettingsError(
            f"{recipe.model} cannot be converted to LiteRT, as workers run it.",
            "Leave out --scheduler for this network.",
        )


def open_converted(recipe: Recipe, store: Store) -> Engine:
    """The engine for a recipe whose network is in the cache, as workers have it: neither Keras nor weights are needed.

    Raises DamagedCacheError where it is not there.
    """
    if recipe.model == "builtin":
        return BuiltinEngine()
    flatbuffer = store.get("networks", recipe.key)
    if flatbuffer is None:
        raise DamagedCacheError
    return LiteRTEngine(flatbuffer)


def fit_batches(batches: Sequence[int], images: int) -> list[int]:
    """Those of `batches` that so many images fill; where they fill none, one that just holds them."""
    return [batch for batch in batches if batch <= images] or [1 << max(0, images - 1).bit_length()]


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
