"""A converted network that tests share, and conversion without a process of its own: each costs ten seconds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.cache.store import Store
from generator.digests import hash_file
from generator.embedding import convert, flatbuffers
from generator.embedding.recipe import Recipe
from generator.progress import SilentProgress


@pytest.fixture(scope="session")
def own_recipe(own_model: Path) -> Recipe:
    return Recipe("own.keras", own_model, hash_file(own_model), "max", "float32")


@pytest.fixture(scope="session")
def converted(own_recipe: Recipe, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache's folder that holds the own model as it was converted in a process of its own."""
    folder = tmp_path_factory.mktemp("converted")
    assert flatbuffers.convert_once(own_recipe, Store(folder), SilentProgress()) is not None
    return folder


@pytest.fixture
def convert_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Convert networks in this process, which has TensorFlow already."""

    def run(recipe: Recipe) -> bytes | None:
        target = tmp_path / "network.tflite"
        code = convert.main(json.dumps([recipe.model, str(recipe.weights), recipe.pooling, str(target)]))
        return target.read_bytes() if code == 0 else None

    monkeypatch.setattr(flatbuffers, "_convert_apart", run)
