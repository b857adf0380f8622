"""Convert a network for OpenVINO, in a process of its own, so that Keras's memory goes with it.

Keras builds most of its own networks on OpenVINO itself: that takes a third of the time and of the memory, since
TensorFlow is not imported. Tests hold the result to the numbers that TensorFlow gives. TensorFlow builds the others,
and a user's own model, which may hold any layer; what is converted is compared with it at once.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from generator.embedding.backends import import_keras
from generator.embedding.fidelity import are_alike, draw_tests
from generator.embedding.interface import OUTPUTS
from generator.embedding.keras_engine import load_recipe
from generator.embedding.networks import CHANNELS_LAST, NETWORKS
from generator.embedding.openvino_engine import OpenVINOEngine, import_openvino, pack_network
from generator.embedding.recipe import Recipe
from generator.errors import SettingsError

#: Exit code for a network that gives other numbers after conversion.
UNFAITHFUL = 1


def convert_model(model: Any) -> bytes:
    """Return a Keras model, built on OpenVINO or TensorFlow, as a network of OpenVINO, from bytes of pixels.

    OpenVINO's Python converter, which may report to its makers, has no part in it.
    """
    on_openvino = import_keras().config.backend() == "openvino"
    openvino = import_openvino()
    with tempfile.TemporaryDirectory(prefix="brandscape-") as folder:
        graph, weights = (Path(folder) / f"network.{kind}" for kind in ("xml", "bin"))
        network = (_export if on_openvino else _freeze)(model, Path(folder))
        openvino.serialize(network, graph, weights)
        return pack_network(graph.read_bytes(), weights.read_bytes())


def _export(model: Any, folder: Path) -> Any:
    """Return a model that Keras built on OpenVINO as OpenVINO's, its outputs named."""
    keras = import_keras()
    pixels = keras.Input(model.input_shape[1:], dtype="uint8")
    path = folder / "exported.xml"
    outputs = model(keras.ops.cast(pixels, "float32"), training=False)
    keras.Model(pixels, outputs).export(str(path), format="openvino", verbose=False)
    network = import_openvino().Core().read_model(path)
    for name, output in zip(OUTPUTS, network.outputs, strict=False):
        output.get_tensor().set_names({name})
    return network


def _freeze(model: Any, folder: Path) -> Any:
    """Return a model that Keras built on TensorFlow as OpenVINO's, its outputs named.

    TensorFlow freezes the model's variables into a graph, which OpenVINO's own reader takes.
    """
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    shape = (None, *model.input_shape[1:])
    run: Callable[..., Any] = tf.function(lambda pixels: model(tf.cast(pixels, tf.float32), training=False))
    concrete = run.get_concrete_function(tf.TensorSpec(shape, tf.uint8))  # type: ignore[attr-defined]
    frozen = convert_variables_to_constants_v2(concrete)
    source = folder / "frozen.pb"
    source.write_bytes(frozen.graph.as_graph_def().SerializeToString())
    network = import_openvino().Core().read_model(source)
    # the outputs are found by name: their order is the reader's own
    for name, tensor in zip(OUTPUTS, frozen.outputs, strict=False):
        network.output(tensor.name).get_tensor().set_names({name})
    return network


def is_faithful(network: bytes, model: Any) -> bool:
    """Return whether the network gives what Keras gives, cosine of at least 0.9999, on three test images."""
    engine = OpenVINOEngine(network)
    tests = draw_tests(engine.size)
    outputs = model(np.stack(tests).astype(np.float32), training=False)  # compiling would take longer
    found, expected = engine.embed(tests), outputs if isinstance(outputs, list | tuple) else [outputs]
    alike = are_alike(found.vectors, expected[0], 0.9999)
    return alike and (found.logits is None or are_alike(found.logits, expected[-1], 0.9999))


def _begin_on_openvino() -> None:
    """Import Keras on OpenVINO into this process, where `import_keras` then gives it.

    OpenVINO builds networks there and Keras runs none on it: it is no backend that a user can choose.
    """
    import_openvino()
    chosen = os.environ.get("KERAS_BACKEND")
    os.environ["KERAS_BACKEND"] = "openvino"
    import keras  # noqa: F401 (it reads the variable now, and never again)

    del os.environ["KERAS_BACKEND"]
    if chosen is not None:
        os.environ["KERAS_BACKEND"] = chosen


def main(request: str) -> int:
    """Convert the network that a JSON list names: model, weights, pooling, file to write. Return an exit code."""
    name, weights, pooling, target = json.loads(request)
    on_openvino = name in NETWORKS and NETWORKS[name].module not in CHANNELS_LAST
    try:
        if on_openvino:
            _begin_on_openvino()
        model = load_recipe(Recipe(name, Path(weights), None, pooling))
    except SettingsError as error:
        print(json.dumps([error.message, error.hint]))
        return SettingsError.exit_code
    network = convert_model(model)
    if not on_openvino and not is_faithful(network, model):
        return UNFAITHFUL
    Path(target).write_bytes(network)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
