"""The networks of `keras.applications` and the one that comes along, and how to load one with its weights.

Importing this module does not import Keras. The table below is enough to name a network, to find its weights and to
compute the key of an embedding.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from generator.embedding import lite0
from generator.embedding.backends import first_line, import_keras, keras_home
from generator.errors import SettingsError

#: Side of the grid of peaks: where in an image a number comes from.
PEAK_GRID = 15
#: The peak of a number that comes from no place in particular.
NO_PEAK = 255

#: Modules of keras.applications whose networks take images with their channels last only.
CHANNELS_LAST = frozenset({"densenet", "nasnet", "convnext"})

_TF_KERNELS = "_weights_tf_dim_ordering_tf_kernels_notop.h5"


@dataclass(frozen=True, slots=True)
class Network:
    """One network trained on ImageNet, without its classifier."""

    name: str
    builder: str  # the function of keras.applications that builds it, or its own name
    module: str  # the module of keras.applications whose preprocess_input it was trained with
    side: int  # height and width of its input, in pixels
    weights_file: str  # the name of its ImageNet weights in Keras's cache, or in its package


def _family(module: str, side: int, **files: str) -> list[Network]:
    return [Network(builder.lower(), builder, module, side, file) for builder, file in files.items()]


NETWORKS: dict[str, Network] = {
    network.name: network
    for network in [
        *_family("resnet", 224, **{f"ResNet{n}": f"resnet{n}{_TF_KERNELS}" for n in (50, 101, 152)}),
        *_family("resnet_v2", 224, **{f"ResNet{n}V2": f"resnet{n}v2{_TF_KERNELS}" for n in (50, 101, 152)}),
        *_family("vgg16", 224, VGG16=f"vgg16{_TF_KERNELS}"),
        *_family("vgg19", 224, VGG19=f"vgg19{_TF_KERNELS}"),
        *_family("xception", 299, Xception=f"xception{_TF_KERNELS}"),
        *_family("inception_v3", 299, InceptionV3=f"inception_v3{_TF_KERNELS}"),
        *_family("inception_resnet_v2", 299, InceptionResNetV2=f"inception_resnet_v2{_TF_KERNELS}"),
        *_family("mobilenet", 224, MobileNet="mobilenet_1_0_224_tf_no_top.h5"),
        *_family("mobilenet_v2", 224, MobileNetV2="mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_224_no_top.h5"),
        *_family(
            "mobilenet_v3",
            224,
            MobileNetV3Small="weights_mobilenet_v3_small_224_1.0_float_no_top_v2.h5",
            MobileNetV3Large="weights_mobilenet_v3_large_224_1.0_float_no_top_v2.h5",
        ),
        *_family("densenet", 224, **{f"DenseNet{n}": f"densenet{n}{_TF_KERNELS}" for n in (121, 169, 201)}),
        *_family("nasnet", 224, NASNetMobile="nasnet_mobile_no_top.h5"),
        *_family("nasnet", 331, NASNetLarge="nasnet_large_no_top.h5"),
        *(
            network
            for n, side in enumerate((224, 240, 260, 300, 380, 456, 528, 600))
            for network in _family("efficientnet", side, **{f"EfficientNetB{n}": f"efficientnetb{n}_notop.h5"})
        ),
        *(
            network
            for n, side in (("B0", 224), ("B1", 240), ("B2", 260), ("B3", 300), ("S", 384), ("M", 480), ("L", 480))
            for network in _family(
                "efficientnet_v2", side, **{f"EfficientNetV2{n}": f"efficientnetv2-{n.lower()}_notop.h5"}
            )
        ),
        Network(lite0.NAME, lite0.TITLE, "", lite0.SIDE, lite0.FILE),
        *_family(
            "convnext",
            224,
            **{f"ConvNeXt{n}": f"convnext_{n.lower()}_notop.h5" for n in ("Tiny", "Small", "Base", "Large", "XLarge")},
        ),
    ]
}


def network_name(model: str) -> str:
    """Return what a network is called where people read it: ResNet50, EfficientNet-Lite0, own.keras."""
    return NETWORKS[model].builder if model in NETWORKS else model


def keras_cache() -> Path:
    """Return the folder where Keras keeps downloaded weights."""
    return keras_home() / "models"


def cached_weights(network: Network) -> Path | None:
    """Return the network's ImageNet weights in Keras's cache or in its package, or None."""
    if network.name == lite0.NAME:
        return lite0.find_weights()
    path = keras_cache() / network.weights_file
    return path if path.is_file() else None


def download_weights(network: Network) -> Path:
    """Let Keras download the network's ImageNet weights and check their hash.

    Raises OSError where they are not available, and SettingsError where Keras cannot be imported.
    """
    if network.name == lite0.NAME:
        raise OSError("their package is not installed")
    keras = import_keras()
    try:
        getattr(keras.applications, network.builder)(
            weights="imagenet", include_top=False, input_shape=(network.side, network.side, 3)
        )
    except Exception as error:  # Keras raises bare Exception for a failed download
        raise OSError(str(error)) from error
    path = cached_weights(network)
    if path is None:
        raise OSError(f"Keras kept no file {network.weights_file} in {keras_cache()}")
    return path


def load_network(network: Network, weights: Path, pooling: str) -> Any:
    """Return a Keras model from RGB pixels, (n, side, side, 3) in 0 to 255, to vectors and their peaks, (n, d) each.

    The network's own preprocessing is part of the model. For peaks see `add_peaks`. The network that comes along gives
    the logits of ImageNet's classes too, (n, 1000). Raises SettingsError where the weights belong to another network.
    """
    keras = import_keras()
    pixels = keras.Input((network.side, network.side, 3))
    arranged = keras.ops.transpose(pixels, (0, 3, 1, 2)) if _puts_channels_first() else pixels
    if network.name == lite0.NAME:
        whole = lite0.load_lite0(weights, pooling)
        features, logits = whole.outputs
        body = keras.Model(whole.inputs, [*add_peaks(keras.Model(whole.inputs, features)).outputs, logits])
        return keras.Model(pixels, body(lite0.preprocess(arranged), training=False))
    body = getattr(keras.applications, network.builder)(
        weights=None, include_top=False, pooling=pooling, input_shape=tuple(arranged.shape[1:])
    )
    try:
        body.load_weights(weights)
    except Exception as error:  # h5py, Keras and NumPy each raise their own kinds here
        raise SettingsError(
            f"{weights} does not hold weights of {network.builder} without its classifier: {first_line(error)}",
            f"Name the network these weights belong to with --model, or give {network.builder}'s own file.",
        ) from error
    preprocess = getattr(keras.applications, network.module).preprocess_input
    return keras.Model(pixels, add_peaks(body)(preprocess(arranged), training=False))


def _puts_channels_first() -> bool:
    return bool(import_keras().config.image_data_format() == "channels_first")


def load_own_model(file: Path, pooling: str) -> Any:
    """Return the user's `.keras` model as one from RGB pixels, (n, h, w, 3) in 0 to 255, to vectors, (n, d).

    Their peaks, (n, d), come second where the model has a feature map. The model does its own preprocessing. A feature
    map is pooled; a vector is taken as it is. The file is loaded in safe mode, so that it cannot bring code. Raises
    SettingsError where it does not fit.
    """
    keras = import_keras()
    try:
        body = keras.models.load_model(file, compile=False, safe_mode=True)
    except Exception as error:  # zipfile, Keras and custom layers each raise their own kinds here
        raise SettingsError(
            f"{file} cannot be loaded as a Keras model: {first_line(error)}",
            "Save it with model.save('name.keras'), without custom layers or lambdas.",
        ) from error
    shape = body.input_shape
    if not (isinstance(shape, tuple) and len(shape) == 4 and shape[3] == 3 and shape[1] and shape[2]):
        raise SettingsError(
            f"{file} takes {shape}, not one image of fixed height and width with 3 colours.",
            "Give a model whose input is (height, width, 3).",
        )
    if len(body.output_shape) == 4:
        layer = keras.layers.GlobalMaxPooling2D if pooling == "max" else keras.layers.GlobalAveragePooling2D
        body = keras.Model(body.inputs, layer()(body.outputs[0]))
    if len(body.output_shape) != 2:
        raise SettingsError(f"{file} gives {body.output_shape}: neither a feature map nor a vector for each image.")
    pixels = keras.Input(shape[1:])
    return keras.Model(pixels, add_peaks(body)(pixels, training=False))


def add_peaks(body: Any) -> Any:
    """Return a Keras model from images to vectors (n, d) with a second output: where in the image each number peaks.

    A number pooled over a feature map comes from where the map is strongest: exactly so with max pooling, and for the
    most part with average pooling (class activation maps, Zhou et al. 2016; of pairs of images, Stylianou et al. 2019).
    Peaks are row * PEAK_GRID + column, (n, d) int32. A model that does not pool last is returned as it is.
    """
    keras = import_keras()
    layers = keras.layers
    for layer in reversed(body.layers):
        if isinstance(layer, layers.GlobalMaxPooling2D | layers.GlobalAveragePooling2D):
            return keras.Model(body.inputs, [body.outputs[0], _find_peaks(layer.input)])
        # ConvNeXt's norm, and layers that a head may begin with: each number still comes from one channel
        if not isinstance(layer, layers.LayerNormalization | layers.Flatten | layers.Dropout):
            break
    return body


def _find_peaks(feature_map: Any) -> Any:
    ops = import_keras().ops
    if _puts_channels_first():
        feature_map = ops.transpose(feature_map, (0, 2, 3, 1))
    height, width = feature_map.shape[1:3]
    rows, columns = ((2 * np.arange(count) + 1) * PEAK_GRID // (2 * count) for count in (height, width))
    # not argmax, which LiteRT does not know as TensorFlow converts it; and of equal values, as where a network clips
    # them, it would take the first, not the middle
    strongest = ops.cast(feature_map >= ops.max(feature_map, axis=(1, 2), keepdims=True), "float32")
    equals = ops.sum(strongest, axis=(1, 2))

    def find_middle(places: np.ndarray) -> Any:
        return ops.floor(ops.sum(strongest * places.astype(np.float32), axis=(1, 2)) / equals + 0.5)

    return ops.cast(find_middle(rows[:, None, None]) * PEAK_GRID + find_middle(columns[None, :, None]), "int32")
