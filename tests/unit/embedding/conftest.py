"""A converted network that tests share: conversion costs ten seconds."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.cache.store import Store
from generator.digests import hash_file
from generator.embedding import converted as converted_networks
from generator.embedding.recipe import Recipe
from generator.progress import SilentProgress
from tests.support.once import make_once


@pytest.fixture(scope="session")
def own_recipe(own_model: Path) -> Recipe:
    return Recipe("own.keras", own_model, hash_file(own_model), "max", "float32")


@pytest.fixture(scope="session")
def converted(own_recipe: Recipe, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache's folder that holds the own model as it was converted in a process of its own."""

    def convert(folder: Path) -> None:
        assert converted_networks.convert_once(own_recipe, Store(folder), SilentProgress()) is not None

    return make_once(tmp_path_factory, "converted", convert)
