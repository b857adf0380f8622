"""Where in an image each of a network's numbers comes from."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from generator.embedding import backends
from generator.embedding.keras_engine import KerasEngine
from generator.embedding.networks import NO_PEAK, PEAK_GRID, add_peaks, load_own_model
from generator.embedding.openvino_engine import OpenVINOEngine

pytestmark = pytest.mark.skipif(importlib.util.find_spec("tensorflow") is None, reason="TensorFlow is not installed")

HEIGHT, WIDTH, STEP = 48, 32, 4
POOLINGS = ("GlobalMaxPooling2D", "GlobalAveragePooling2D")


def _body(pooling: str, *after: Any) -> Any:
    """A network whose three numbers answer to what is light, dark and red, with `after` on top of its pooling."""
    keras = backends.import_keras()
    light, red = np.ones(3), np.array([1, -0.5, -0.5])
    kernel = np.broadcast_to(np.stack([light, -light, red], axis=1) / 255, (STEP, STEP, 3, 3))
    pixels = keras.Input((HEIGHT, WIDTH, 3))
    convolution = keras.layers.Conv2D(3, STEP, strides=STEP, activation="relu")
    x = getattr(keras.layers, pooling)()(convolution(pixels))
    convolution.set_weights([kernel, np.array([0, STEP**2 * 3, 0])])
    for layer in after:
        x = layer(x)
    return keras.Model(pixels, x)


def _layers() -> Any:
    return backends.import_keras().layers


def _patched(light: tuple[int, int], dark: tuple[int, int], red: tuple[int, int]) -> Image.Image:
    """A grey image with a patch of each at a row and column of the convolution's steps."""
    image = Image.new("RGB", (WIDTH, HEIGHT), (120, 120, 120))
    pen = ImageDraw.Draw(image)
    for (row, column), tint in ((light, (255, 255, 255)), (dark, (0, 0, 0)), (red, (250, 40, 40))):
        pen.rectangle((STEP * column, STEP * row, STEP * column + STEP - 1, STEP * row + STEP - 1), fill=tint)
    return image


PATCHES = [
    ((0, 0), (11, 7), (5, 3)),
    ((11, 0), (0, 7), (2, 6)),
    ((6, 4), (10, 1), (0, 0)),
    ((0, 7), (7, 2), (11, 7)),
]  # fmt: skip
IMAGES = [np.asarray(_patched(*patches)) for patches in PATCHES]
#: The cell of the grid that the middle of each patch lies in.
EXPECTED = [
    [int(PEAK_GRID * (row + 0.5) * STEP / HEIGHT) * PEAK_GRID + int(PEAK_GRID * (column + 0.5) * STEP / WIDTH)
     for row, column in patches]
    for patches in PATCHES
]  # fmt: skip


def _run(model: Any, images: Sequence[NDArray[np.generic]] = IMAGES) -> list[NDArray[Any]]:
    return [np.asarray(found) for found in model.predict_on_batch(np.stack(images).astype(np.float32))]


@pytest.mark.parametrize("pooling", POOLINGS)
def test_numbers_come_from_where_the_feature_map_is_strongest(pooling: str) -> None:
    body = _body(pooling)
    vectors, peaks = _run(add_peaks(body))
    assert peaks.dtype == np.int32
    assert peaks.tolist() == EXPECTED
    assert np.array_equal(vectors, body.predict_on_batch(np.stack(IMAGES).astype(np.float32)))


@pytest.mark.parametrize("pooling", POOLINGS)
def test_what_leaves_each_number_to_its_channel_may_follow_the_pooling(pooling: str) -> None:
    after = [_layers().Flatten(), _layers().LayerNormalization(), _layers().Dropout(0.5)]
    vectors, peaks = _run(add_peaks(_body(pooling, *after)))
    assert peaks.tolist() == EXPECTED
    assert np.allclose(vectors.mean(axis=1), 0, atol=1e-4)


@pytest.mark.parametrize("kind", ["Dense", "normalised Dense", "Concatenate", "Flatten", "feature map"])
def test_numbers_that_are_not_pooled_last_come_from_nowhere(kind: str) -> None:
    layers = _layers()
    pixels = backends.import_keras().Input((8, 8, 3))
    map_ = layers.Conv2D(4, 3)(pixels)
    dense = layers.Dense(4)(layers.GlobalMaxPooling2D()(map_))
    out = {
        "Dense": dense,
        "normalised Dense": layers.LayerNormalization()(dense),
        "Concatenate": layers.Concatenate()([layers.GlobalMaxPooling2D()(map_), layers.GlobalAveragePooling2D()(map_)]),
        "Flatten": layers.Flatten()(map_),
        "feature map": map_,
    }[kind]
    body = backends.import_keras().Model(pixels, out)
    assert add_peaks(body) is body


@pytest.mark.parametrize("side", [1, 2, 7, 15, 16, 40])
def test_maps_of_any_size_lie_on_one_grid(side: int) -> None:
    keras = backends.import_keras()
    pixels = keras.Input((side, side + 1, 1))
    model = add_peaks(keras.Model(pixels, keras.layers.GlobalMaxPooling2D()(pixels)))
    points = [(row, column) for row in range(side) for column in (0, side // 2, side)]
    images = np.zeros((len(points), side, side + 1, 1), np.float32)
    for image, point in zip(images, points, strict=True):
        image[point] = 1
    peaks = _run(model, list(images))[1][:, 0]
    expected = [
        (int(PEAK_GRID * (row + 0.5) / side), int(PEAK_GRID * (column + 0.5) / (side + 1))) for row, column in points
    ]
    assert list(zip(*divmod(peaks, PEAK_GRID), strict=True)) == expected
    assert peaks.max() < PEAK_GRID**2 <= NO_PEAK


@pytest.mark.parametrize("pooling", POOLINGS)
@pytest.mark.parametrize("normalised", [False, True])
def test_the_converted_network_gives_the_vectors_and_places_of_keras(pooling: str, normalised: bool) -> None:
    from generator.embedding.convert import convert_model

    model = add_peaks(_body(pooling, *[_layers().LayerNormalization()] * normalised))
    direct, converted = KerasEngine(model).embed(IMAGES), OpenVINOEngine(convert_model(model)).embed(IMAGES)
    assert np.allclose(converted.vectors, direct.vectors, rtol=1e-4, atol=1e-5)
    assert converted.peaks.dtype == direct.peaks.dtype == np.uint8
    assert converted.peaks.tolist() == direct.peaks.tolist() == EXPECTED


def test_a_network_without_places_has_vectors_on_either_engine() -> None:
    from generator.embedding.convert import convert_model

    model = add_peaks(_body("GlobalMaxPooling2D", _layers().Dense(5)))
    expected = model.predict_on_batch(np.stack(IMAGES).astype(np.float32))
    for engine in (OpenVINOEngine(convert_model(model)), KerasEngine(model)):
        found = engine.embed(IMAGES)
        assert np.allclose(found.vectors, expected, rtol=1e-4, atol=1e-5)
        assert found.peaks.shape == (4, 5) and (found.peaks == NO_PEAK).all()


@pytest.mark.parametrize("pooling", ["max", "avg"])
def test_a_users_own_feature_map_is_pooled_with_places(own_model: Path, pooling: str) -> None:
    engine = KerasEngine(load_own_model(own_model, pooling))
    found = engine.embed([engine.prepare(image) for image in (_patched(*PATCHES[0]), _patched(*PATCHES[1]))])
    assert found.vectors.shape == found.peaks.shape == (2, 16)
    assert found.peaks.max() < PEAK_GRID**2
