"""Networks converted for OpenVINO, which the cache keeps."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Literal

from generator.cache.store import Store
from generator.digests import digest_of
from generator.embedding.backends import choose_backend
from generator.embedding.interface import Engine
from generator.embedding.networks import network_name
from generator.embedding.openvino_engine import OpenVINOEngine
from generator.embedding.recipe import Recipe
from generator.errors import DamagedCacheError, SettingsError
from generator.progress import Progress

#: Raised whenever the same network would be converted to another one.
_VERSION = "openvino 3"


def can_convert(backend: str) -> bool:
    """Return whether a network can be converted and run: OpenVINO is installed, and Keras builds on TensorFlow."""
    return backend == "tensorflow" and importlib.util.find_spec("openvino") is not None


def network_key(recipe: Recipe) -> str:
    """Return the key of a recipe's converted network, which serves every precision."""
    return digest_of(_VERSION, recipe.identity)


def convert_once(recipe: Recipe, store: Store, progress: Progress) -> bytes | None:
    """Return the recipe's converted network from the cache, or convert and keep it.

    None where it cannot be converted faithfully. Raises SettingsError where it cannot be loaded.
    """
    key = network_key(recipe)
    network = store.get("networks", key)
    if network is None:
        progress.say(f"Preparing {network_name(recipe.model)}, once.")
        network = convert_apart(recipe)
        if network is not None:
            store.put("networks", key, network)
    return network


def keep_converted(recipe: Recipe, store: Store, progress: Progress) -> None:
    """Put the recipe's network into the cache, where `open_converted` finds it.

    Raises SettingsError where that is not possible.
    """
    if recipe.model == "vectors":
        return
    if recipe.precision == "mixed":
        raise SettingsError("Workers use no GPU.", "Leave out --precision mixed, or --scheduler.")
    if not can_convert(choose_backend()) or convert_once(recipe, store, progress) is None:
        raise SettingsError(
            f"{recipe.model} cannot be converted for OpenVINO, with which workers run it.",
            "Leave out --scheduler for this network.",
        )


def open_converted(recipe: Recipe, store: Store) -> Engine:
    """Return the engine for a recipe whose network is in the cache, as workers have it, without Keras or weights.

    Raises DamagedCacheError where it is not there, and SettingsError where the processor does not compute in the
    recipe's precision.
    """
    network = store.get("networks", network_key(recipe))
    if network is None:
        raise DamagedCacheError
    return OpenVINOEngine(network, as_cpu_precision(recipe))


def as_cpu_precision(recipe: Recipe) -> Literal["float32", "bfloat16"]:
    """Return the precision in which a processor runs the recipe."""
    return "bfloat16" if recipe.precision == "bfloat16" else "float32"


def convert_apart(recipe: Recipe) -> bytes | None:
    """Convert in a process of its own: Keras's memory goes with it, and the images are decoded meanwhile."""
    with tempfile.TemporaryDirectory(prefix="brandscape-") as folder:
        target = Path(folder) / "network.zip"
        request = json.dumps([recipe.model, str(recipe.weights), recipe.pooling, str(target)])
        command = [sys.executable, "-m", "generator.embedding.convert", request]
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 (our own module)
        if done.returncode == SettingsError.exit_code:
            raise SettingsError(*json.loads(done.stdout))
        return target.read_bytes() if done.returncode == 0 else None
