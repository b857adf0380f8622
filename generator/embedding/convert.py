"""Convert a Keras network to a LiteRT flatbuffer, in a process of its own, so that TensorFlow's memory goes with it."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from generator.embedding.fidelity import are_alike, draw_tests
from generator.embedding.interface import vectors_of
from generator.embedding.keras_engine import load_recipe
from generator.embedding.litert_engine import LiteRTEngine
from generator.embedding.recipe import Recipe
from generator.errors import SettingsError

#: Exit code for a network that gives other numbers after conversion.
UNFAITHFUL = 1


def convert_model(model: Any) -> bytes:
    """Return a Keras model on the TensorFlow backend as a float32 flatbuffer for one image at a time."""
    import tensorflow as tf

    shape = (1, *model.input_shape[1:])
    run: Callable[..., Any] = tf.function(lambda pixels: model(pixels, training=False))
    concrete = run.get_concrete_function(tf.TensorSpec(shape, tf.float32))  # type: ignore[attr-defined]
    # without the model as second argument, so that its variables are frozen into the flatbuffer
    return bytes(tf.lite.TFLiteConverter.from_concrete_functions([concrete]).convert())


def is_faithful(flatbuffer: bytes, model: Any) -> bool:
    """Return whether the flatbuffer gives what Keras gives, cosine of at least 0.9999, on three test images."""
    engine = LiteRTEngine(flatbuffer)
    tests = draw_tests(engine.size)
    expected = vectors_of(model.predict_on_batch(np.stack(tests).astype(np.float32)))
    return are_alike(engine.embed(tests).vectors, expected, 0.9999)


def main(request: str) -> int:
    """Convert the network that a JSON list names: model, weights, pooling, file to write. Return an exit code."""
    name, weights, pooling, target = json.loads(request)
    try:
        model = load_recipe(Recipe(name, Path(weights), None, pooling))
    except SettingsError as error:
        print(json.dumps([error.message, error.hint]))
        return SettingsError.exit_code
    flatbuffer = convert_model(model)
    if not is_faithful(flatbuffer, model):
        return UNFAITHFUL
    Path(target).write_bytes(flatbuffer)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
