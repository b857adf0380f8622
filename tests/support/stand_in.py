"""A network of a few numbers in place of EfficientNet-Lite0: converting it takes ten seconds.

Tests that are about the real one say so.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

from generator.cache.store import Store
from generator.embedding import converted, engines, lite0
from generator.embedding.openvino_engine import import_openvino, pack_network
from generator.embedding.recipe import Recipe, choose_recipe
from generator.progress import SilentProgress
from generator.settings import EmbeddingSettings

#: The classes of ImageNet that the stand-in sees in dark, medium and bright images: loafers, a watch, the seashore.
CERTAIN = (630, 531, 978)


@cache
def stand_in_network() -> bytes:
    """Return a converted network from 224 × 224 pixels to 163 numbers: colours by place, and a few edges.

    It gives logits too, which are certain of a class that the brightness chooses: shoes, watches or beaches.
    """
    openvino = import_openvino()
    ops = openvino.opset13
    pixels = ops.parameter([-1, lite0.SIDE, lite0.SIDE, 3], np.uint8)
    scaled = ops.divide(ops.convert(pixels, "f32"), ops.constant(np.float32(255)))
    planes = ops.transpose(scaled, ops.constant([0, 3, 1, 2]))

    def reduce(side: int) -> Any:
        return ops.avg_pool(planes, [side, side], [0, 0], [0, 0], [side, side], exclude_pad=True)

    colours = ops.reshape(reduce(32), ops.constant([0, -1]), special_zero=True)
    kernels = np.random.default_rng(0).normal(size=(16, 3, 3, 3)).astype(np.float32)
    kernels -= kernels.mean(axis=(1, 2, 3), keepdims=True)
    edges = ops.relu(ops.convolution(reduce(4), ops.constant(kernels), [2, 2], [0, 0], [0, 0], [1, 1]))
    vectors = ops.concat([colours, ops.reduce_max(edges, ops.constant([2, 3]), keep_dims=False)], 1)
    brightness = ops.reduce_mean(scaled, ops.constant([1, 2, 3]), keep_dims=False)
    centres = np.full(lite0.CLASSES, 9, np.float32)  # far from any brightness
    centres[list(CERTAIN)] = np.linspace(0.2, 0.8, len(CERTAIN))
    away = ops.subtract(ops.unsqueeze(brightness, ops.constant([1])), ops.constant(centres[None]))
    logits = ops.multiply(ops.multiply(away, away), ops.constant(np.float32(-200)))
    vectors.output(0).get_tensor().set_names({"vectors"})
    logits.output(0).get_tensor().set_names({"logits"})
    with tempfile.TemporaryDirectory() as folder:
        graph, weights = Path(folder) / "network.xml", Path(folder) / "network.bin"
        openvino.serialize(openvino.Model([vectors, logits], [pixels], "stand-in"), graph, weights)
        return pack_network(graph.read_bytes(), weights.read_bytes())


#: Conversion as it is where the stand-in has not taken its place.
convert_truly = converted.convert_apart


def builtin_recipe() -> Recipe:
    """Return the recipe of `--model builtin` in float32."""
    return choose_recipe(EmbeddingSettings(model="builtin", precision="float32"), True, SilentProgress())


def keep_stand_in(cache_folder: Path) -> None:
    """Put the stand-in into a cache, for commands in processes of their own."""
    Store(cache_folder).put("networks", converted.network_key(builtin_recipe()), stand_in_network())


@contextmanager
def use_stand_in() -> Iterator[None]:
    """Convert EfficientNet-Lite0 to the stand-in in this process, and leave bfloat16 alone."""

    def convert_quickly(recipe: Recipe) -> bytes | None:
        return stand_in_network() if recipe.model == lite0.NAME else convert_truly(recipe)

    with (
        mock.patch.object(converted, "convert_apart", convert_quickly),
        mock.patch.object(engines, "offers_bfloat16", lambda recipe: False),
    ):
        yield
