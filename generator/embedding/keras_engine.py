"""A network, loaded and run by Keras: on a GPU, and where LiteRT is not available."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.embedding.backends import compile_network, import_keras, is_out_of_memory
from generator.embedding.fidelity import are_alike, draw_tests
from generator.embedding.interface import Embedded, Prepared, pair_outputs, vectors_of
from generator.embedding.keras_hashes import check_published
from generator.embedding.networks import NETWORKS, cached_weights, load_network, load_own_model
from generator.embedding.recipe import Recipe
from generator.errors import SettingsError
from generator.images.decode import network_input

#: On two cores larger ones are no faster with TensorFlow (MobileNetV2, up to 256) and slower with PyTorch (up to 64).
CPU_BATCHES = (16,)
#: Few, since the network is compiled for each that is tried.
GPU_BATCHES = (128, 256, 512)
_CLEARLY_FASTER = 1.05
_MEASURED_SECONDS = 0.4
#: Cosine between vectors in half precision and in whole, for a network to be used in half.
_LEAST_COSINE = 0.99


def load_recipe(recipe: Recipe) -> Any:
    """Return the recipe's Keras model, from RGB pixels in 0 to 255 to vectors."""
    assert recipe.weights is not None and recipe.pooling is not None
    if recipe.model in NETWORKS:
        network = NETWORKS[recipe.model]
        if recipe.weights == cached_weights(network):
            check_published(recipe.weights)
        return load_network(network, recipe.weights, recipe.pooling)
    return load_own_model(recipe.weights, recipe.pooling)


class KerasEngine:
    """A network as Keras runs it.

    It always gets whole batches, the last one filled up, so that it is compiled for one shape. Of several `batches` in
    rising order it takes the smallest that is about as fast as any, as measured when it opens. Where memory runs out,
    then or later, it takes a smaller one. With `mixed` it computes in half precision where that is exact enough.

    Raises SettingsError where half precision changes the vectors, or memory is too small for a single image.
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
        # bytes travel to the GPU four times as fast as the floats they become there
        pixels = keras.Input((*self.size, 3), dtype="uint8")
        outputs = model(keras.ops.cast(pixels, "float32"), training=False)
        vectors, *peaks = outputs if isinstance(outputs, list | tuple) else [outputs]
        self._network = compile_network(keras.Model(pixels, [keras.ops.cast(vectors, "float32"), *peaks]))
        self.batch = batches[0]
        if expected is not None and not are_alike(self.embed(tests).vectors, expected, _LEAST_COSINE):
            raise _half_precision_error()
        if len(batches) > 1:
            self._choose_batch(batches)

    def embed(self, prepared: Sequence[Prepared]) -> Embedded:
        """Return the embeddings of prepared images, computed batch by batch.

        Raises SettingsError as the class says.
        """
        parts: list[list[NDArray[Any]]] = []
        done = 0
        while done < len(prepared):
            batch = self.batch
            part = prepared[done : done + batch]
            pixels = np.zeros((batch, *self.size, 3), np.uint8)
            np.stack(part, out=pixels[: len(part)])
            try:
                parts.append([output[: len(part)] for output in self._run(pixels)])
                done += len(part)
            except Exception as error:
                if not is_out_of_memory(error):
                    raise
                if batch == 1:
                    raise SettingsError(
                        "The network does not fit into memory, not even for one image at a time.",
                        "Take a smaller one, or set CUDA_VISIBLE_DEVICES=-1 in the environment to leave out the GPU.",
                    ) from error
                self.batch = min(self.batch, batch // 2)
        embedded = pair_outputs(*(np.concatenate(part) for part in zip(*parts, strict=True)))
        if self._mixed and not np.isfinite(embedded.vectors).all():
            raise _half_precision_error()
        return embedded

    def _run(self, pixels: NDArray[np.uint8]) -> list[NDArray[Any]]:
        # one thread at a time begins work and all wait for it: a GPU has the next batch when one is done
        with self._lock:
            begun = self._network(pixels)
        outputs = begun if isinstance(begun, list | tuple) else [begun]
        return [np.asarray(self._to_numpy(output)) for output in outputs]

    def _choose_batch(self, batches: Sequence[int]) -> None:
        """Take larger batches as long as each is clearly faster than the one before and fits into memory."""
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
        """Return the images a second in batches of this size."""
        pixels = np.random.default_rng(0).integers(0, 256, (batch, *self.size, 3), dtype=np.uint8)
        self._run(pixels)  # compiles
        times: list[float] = []
        while len(times) < 2 or sum(times) < _MEASURED_SECONDS:
            start = time.perf_counter()
            self._run(pixels)
            times.append(time.perf_counter() - start)
        return batch / float(np.median(times))


def _half_precision_error() -> SettingsError:
    return SettingsError(
        "This network gives other vectors in half precision.", "Leave out --precision mixed: float32 is exact."
    )
