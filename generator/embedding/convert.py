"""Convert a Keras network for OpenVINO, in a process of its own, so that TensorFlow's memory goes with it."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from generator.embedding.fidelity import are_alike, draw_tests
from generator.embedding.interface import OUTPUTS
from generator.embedding.keras_engine import load_recipe
from generator.embedding.openvino_engine import OpenVINOEngine, import_openvino, pack_network
from generator.embedding.recipe import Recipe
from generator.errors import SettingsError

#: Exit code for a network that gives other numbers after conversion.
UNFAITHFUL = 1


def convert_model(model: Any) -> bytes:
    """Return a Keras model on the TensorFlow backend as a network of OpenVINO, from bytes of pixels.

    TensorFlow freezes the model's variables into a graph, which OpenVINO's own reader takes. Its Python converter,
    which may report to its makers, has no part in it.
    """
    import tensorflow as tf
    from tensorflow.python.framework.convert_to_constants import convert_variables_to_constants_v2

    shape = (None, *model.input_shape[1:])
    run: Callable[..., Any] = tf.function(lambda pixels: model(tf.cast(pixels, tf.float32), training=False))
    concrete = run.get_concrete_function(tf.TensorSpec(shape, tf.uint8))  # type: ignore[attr-defined]
    frozen = convert_variables_to_constants_v2(concrete)
    openvino = import_openvino()
    with tempfile.TemporaryDirectory(prefix="brandscape-") as folder:
        source, graph, weights = (Path(folder) / name for name in ("frozen.pb", "network.xml", "network.bin"))
        source.write_bytes(frozen.graph.as_graph_def().SerializeToString())
        network = openvino.Core().read_model(source)
        # the outputs are found by name later: their order is the reader's own
        for name, tensor in zip(OUTPUTS, frozen.outputs, strict=False):
            network.output(tensor.name).get_tensor().set_names({name})
        openvino.serialize(network, graph, weights)
        return pack_network(graph.read_bytes(), weights.read_bytes())


def is_faithful(network: bytes, model: Any) -> bool:
    """Return whether the network gives what Keras gives, cosine of at least 0.9999, on three test images."""
    engine = OpenVINOEngine(network)
    tests = draw_tests(engine.size)
    outputs = model(np.stack(tests).astype(np.float32), training=False)  # compiling would take longer
    found, expected = engine.embed(tests), outputs if isinstance(outputs, list | tuple) else [outputs]
    alike = are_alike(found.vectors, expected[0], 0.9999)
    return alike and (found.logits is None or are_alike(found.logits, expected[-1], 0.9999))


def main(request: str) -> int:
    """Convert the network that a JSON list names: model, weights, pooling, file to write. Return an exit code."""
    name, weights, pooling, target = json.loads(request)
    try:
        model = load_recipe(Recipe(name, Path(weights), None, pooling))
    except SettingsError as error:
        print(json.dumps([error.message, error.hint]))
        return SettingsError.exit_code
    network = convert_model(model)
    if not is_faithful(network, model):
        return UNFAITHFUL
    Path(target).write_bytes(network)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
