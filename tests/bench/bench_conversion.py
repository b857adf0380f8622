"""How nearly networks converted for OpenVINO give what Keras gives on TensorFlow, one of each family, untrained.

    python -m tests.bench.bench_conversion [NETWORK …]

Prints for each network the least cosine of three test images' vectors, their largest difference relative to the
largest number, and the CPU seconds and the memory that the conversion took.
"""

from __future__ import annotations

import resource
import sys
import tempfile
from pathlib import Path

import numpy as np

from generator.embedding.backends import import_keras
from generator.embedding.converted import convert_apart
from generator.embedding.fidelity import draw_tests
from generator.embedding.networks import NETWORKS, load_network
from generator.embedding.openvino_engine import OpenVINOEngine
from generator.embedding.recipe import Recipe

FAMILIES = (
    *("resnet50", "resnet50v2", "vgg16", "xception", "inceptionv3", "inceptionresnetv2", "mobilenet", "mobilenetv2"),
    *("mobilenetv3small", "densenet121", "nasnetmobile", "efficientnetb0", "efficientnetv2b0", "convnexttiny"),
)


def main() -> None:
    """Convert each network and compare it."""
    for name in sys.argv[1:] or FAMILIES:
        with tempfile.TemporaryDirectory() as folder:
            _compare(name, Path(folder) / "untrained.weights.h5")


def _compare(name: str, weights: Path) -> None:
    keras, network, random = import_keras(), NETWORKS[name], np.random.default_rng(0)
    shape = (network.side, network.side, 3)
    body = getattr(keras.applications, network.builder)(weights=None, include_top=False, input_shape=shape)
    for layer in body.layers:  # as they are made, these change nothing
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.set_weights([array + np.abs(random.normal(0, 0.1, array.shape)) for array in layer.get_weights()])
    body.save_weights(weights)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    converted = convert_apart(Recipe(name, weights, None, "max"))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if converted is None:
        print(f"{network.builder:20s} is not converted")
        return
    tests = draw_tests((network.side, network.side))
    model = load_network(network, weights, "max")
    expected = np.asarray(model(np.stack(tests).astype(np.float32), training=False)[0], np.float64)
    found = OpenVINOEngine(converted).embed(tests).vectors.astype(np.float64)
    lengths = np.linalg.norm(found, axis=1) * np.linalg.norm(expected, axis=1)
    cosine = ((found * expected).sum(axis=1) / lengths).min()
    difference = np.abs(found - expected).max() / np.abs(expected).max()
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"{network.builder:20s} cosine {cosine:.7f}  difference {difference:.1e}  {seconds:5.1f} CPU s", flush=True)


if __name__ == "__main__":
    main()
