"""Networks converted to LiteRT flatbuffers, which the cache keeps."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from generator.cache.store import Store
from generator.embedding.backends import choose_backend
from generator.embedding.builtin import BuiltinEngine
from generator.embedding.interface import Engine
from generator.embedding.litert_engine import LiteRTEngine
from generator.embedding.recipe import Recipe
from generator.errors import DamagedCacheError, SettingsError
from generator.progress import Progress


def can_convert(backend: str) -> bool:
    """Return whether a network can be converted and run: LiteRT is installed, and Keras builds on TensorFlow."""
    return backend == "tensorflow" and importlib.util.find_spec("ai_edge_litert") is not None


def convert_once(recipe: Recipe, store: Store, progress: Progress) -> bytes | None:
    """Return the recipe's converted network from the cache, or convert and keep it.

    None where it cannot be converted faithfully. Raises SettingsError where it cannot be loaded.
    """
    flatbuffer = store.get("networks", recipe.key)
    if flatbuffer is None:
        progress.say(f"Preparing {recipe.model}, once.")
        flatbuffer = _convert_apart(recipe)
        if flatbuffer is not None:
            store.put("networks", recipe.key, flatbuffer)
    return flatbuffer


def keep_converted(recipe: Recipe, store: Store, progress: Progress) -> None:
    """Put the recipe's network into the cache, where `open_converted` finds it.

    Raises SettingsError where that is not possible.
    """
    if recipe.model in ("builtin", "vectors"):
        return
    if recipe.precision == "mixed":
        raise SettingsError("Workers compute in whole precision.", "Leave out --precision mixed, or --scheduler.")
    if not can_convert(choose_backend()) or convert_once(recipe, store, progress) is None:
        raise SettingsError(
            f"{recipe.model} cannot be converted to LiteRT, as workers run it.",
            "Leave out --scheduler for this network.",
        )


def open_converted(recipe: Recipe, store: Store) -> Engine:
    """Return the engine for a recipe whose network is in the cache, as workers have it, without Keras or weights.

    Raises DamagedCacheError where it is not there.
    """
    if recipe.model == "builtin":
        return BuiltinEngine()
    flatbuffer = store.get("networks", recipe.key)
    if flatbuffer is None:
        raise DamagedCacheError
    return LiteRTEngine(flatbuffer)


def _convert_apart(recipe: Recipe) -> bytes | None:
    """Convert in a process of its own: TensorFlow's memory goes with it, and the images are decoded meanwhile."""
    with tempfile.TemporaryDirectory(prefix="brandscape-") as folder:
        target = Path(folder) / "network.tflite"
        request = json.dumps([recipe.model, str(recipe.weights), recipe.pooling, str(target)])
        command = [sys.executable, "-m", "generator.embedding.convert", request]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 (our own module)
        if done.returncode == SettingsError.exit_code:
            raise SettingsError(*json.loads(done.stdout))
        return target.read_bytes() if done.returncode == 0 else None
