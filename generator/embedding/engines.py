"""Choose and open the engine that embeds images: a converted network, or Keras on a GPU."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path

import numpy as np

from generator.cache.store import Store
from generator.embedding.backends import BACKENDS, choose_backend, first_line, has_gpu, shows_gpu
from generator.embedding.converted import as_cpu_precision, can_convert, convert_once
from generator.embedding.interface import Engine, Preparation
from generator.embedding.keras_engine import CPU_BATCHES, GPU_BATCHES, KerasEngine, load_recipe
from generator.embedding.networks import NETWORKS, network_name
from generator.embedding.openvino_engine import OpenVINOEngine, has_bfloat16
from generator.embedding.recipe import Recipe
from generator.errors import BrandscapeError, SettingsError
from generator.images.decode import network_input
from generator.progress import Progress

#: How Linux lists units for bfloat16, on x86 and ARM.
_BFLOAT16 = re.compile(r"\b(?:avx512_bf16|amx_bf16|bf16)\b")
#: What the most common networks take, what larger ones do, and what the largest of keras.applications does.
_DECODED_SIDES = (256, 448, 600)


def early_preparation(recipe: Recipe) -> Preparation | None:
    """Return the function that prepares images, or None where it is not known before the engine is open."""
    if recipe.model in NETWORKS:
        side = NETWORKS[recipe.model].side
        return partial(network_input, size=(side, side))
    return None


def decoded_side(recipe: Recipe) -> int:
    """Return the length, in pixels, that the shorter side of a decoded image must have; the rest may be reduced.

    It is one of a few, so that most networks see the same decoded images, whose signatures and pictures are kept too.
    """
    if recipe.model == "vectors":
        return _DECODED_SIDES[0]
    if recipe.model in NETWORKS:
        return next(side for side in _DECODED_SIDES if side >= NETWORKS[recipe.model].side)
    return _DECODED_SIDES[-1]  # the user's own model, which is not loaded yet


def offers_bfloat16(recipe: Recipe) -> bool:
    """Return whether a recipe whose precision is still to be settled could be run in bfloat16 here.

    Where there are signs of a GPU, that is used instead. Nothing slow is imported where the system tells the
    processor's units.
    """
    if recipe.precision != "auto" or recipe.model == "vectors" or shows_gpu() or not can_convert(choose_backend()):
        return False
    if sys.platform == "linux":
        with suppress(OSError):
            return _BFLOAT16.search(Path("/proc/cpuinfo").read_text(encoding="ascii", errors="replace")) is not None
    return has_bfloat16()


def open_engine(recipe: Recipe, store: Store, progress: Progress, images: int) -> Engine:
    """Return the fastest engine this machine has for the recipe and about `images` images.

    Keeps a converted network in the cache. Raises SettingsError where nothing can run the network, or where half
    precision is wanted without a GPU.
    """
    backend, mixed = choose_backend(), recipe.precision == "mixed"
    converts = can_convert(backend)
    # asking a backend means importing it: where there is another way, only on signs of a GPU
    gpu = recipe.precision != "bfloat16" and (shows_gpu() or not converts) and has_gpu()
    if mixed and not gpu:
        raise SettingsError(
            f"Half precision needs a GPU, and Keras finds none that it can use through {BACKENDS[backend]}.",
            "Leave out --precision mixed; with the GPU's own packages of the backend, it is found.",
        )
    if gpu:
        engine = _open_on_gpu(recipe, backend, progress, images, can_do_without=converts and not mixed)
        if engine is not None:
            return engine
    if not converts and recipe.precision == "bfloat16":
        raise SettingsError(
            f"bfloat16 needs OpenVINO and TensorFlow, and Keras is set to {BACKENDS[backend]}.",
            "Leave out --precision bfloat16.",
        )
    if not converts:
        return KerasEngine(load_recipe(recipe), fit_batches(CPU_BATCHES, images))
    network = convert_once(recipe, store, progress)
    if network is None and recipe.precision == "bfloat16":
        raise SettingsError(
            f"{network_name(recipe.model)} cannot be converted for OpenVINO, which computes in bfloat16.",
            "Leave out --precision bfloat16.",
        )
    if network is None:
        progress.warn(f"{network_name(recipe.model)} could not be converted to run fast; Keras runs it, more slowly.")
        return KerasEngine(load_recipe(recipe), fit_batches(CPU_BATCHES, images))
    return OpenVINOEngine(network, as_cpu_precision(recipe))


def _open_on_gpu(
    recipe: Recipe, backend: str, progress: Progress, images: int, can_do_without: bool
) -> KerasEngine | None:
    """Return the engine on the GPU, or None with a warning where it fails and the CPU can do without it."""
    try:
        engine = KerasEngine(load_recipe(recipe), fit_batches(GPU_BATCHES, images), recipe.precision == "mixed")
        engine.embed([np.zeros((*engine.size, 3), np.uint8)])  # compiles it and shows that it works
        return engine
    except BrandscapeError:
        raise
    except Exception as error:  # drivers and libraries that do not fit each other
        if not can_do_without:
            raise SettingsError(
                f"{BACKENDS[backend]} cannot use the GPU: {first_line(error)}",
                "Fix its installation, or set CUDA_VISIBLE_DEVICES=-1 in the environment to work without the GPU.",
            ) from error
        progress.warn(f"{BACKENDS[backend]} cannot use the GPU, so the CPU is used: {first_line(error)}")
        return None


def fit_batches(batches: Sequence[int], images: int) -> list[int]:
    """Return those of `batches` that `images` images fill; where they fill none, one that just holds them."""
    return [batch for batch in batches if batch <= images] or [1 << max(0, images - 1).bit_length()]
