"""OpenVINO: the same numbers on any number of threads, refused precisions, and no word to its makers."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from PIL import Image

from generator.embedding import openvino_engine
from generator.embedding.openvino_engine import OpenVINOEngine
from generator.errors import SettingsError
from tests.support.stand_in import stand_in_network


def _prepare(engine: OpenVINOEngine, count: int) -> list[Any]:
    random = np.random.default_rng(0)
    images = [Image.fromarray(random.integers(0, 256, (60, 50, 3), dtype=np.uint8)) for _ in range(count)]
    return [engine.prepare(image) for image in images]


def test_images_have_the_same_numbers_alone_together_and_on_threads() -> None:
    engine = OpenVINOEngine(stand_in_network())
    prepared = _prepare(engine, 12)
    together = engine.embed(prepared).vectors
    with ThreadPoolExecutor(3) as threads:
        alone = np.concatenate(list(threads.map(lambda one: engine.embed([one]).vectors, prepared)))
    assert together.shape == (12, 163) and np.array_equal(together, alone)


def test_a_precision_that_the_processor_lacks_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openvino_engine, "has_bfloat16", lambda: False)
    with pytest.raises(SettingsError, match="bfloat16"):
        OpenVINOEngine(stand_in_network(), "bfloat16")


@pytest.mark.skipif(not openvino_engine.has_bfloat16(), reason="this processor has no bfloat16")
def test_bfloat16_rounds() -> None:
    exact, rounded = OpenVINOEngine(stand_in_network()), OpenVINOEngine(stand_in_network(), "bfloat16")
    prepared = _prepare(exact, 4)
    ours, theirs = exact.embed(prepared).vectors, rounded.embed(prepared).vectors
    assert not np.array_equal(ours, theirs) and np.allclose(ours, theirs, rtol=0.05, atol=0.05)


def test_neither_converter_nor_engine_can_reach_anyone(tmp_path: Any) -> None:
    # every socket that is opened is an error, and the package that would open one cannot be imported
    code = """
import socket, sys
def refuse(*arguments, **more):
    raise AssertionError("a connection was opened")
socket.socket.connect = socket.socket.connect_ex = socket.create_connection = socket.getaddrinfo = refuse
from generator.embedding.backends import import_keras
keras = import_keras()
pixels = keras.Input((16, 16, 3))
model = keras.Model(pixels, keras.layers.GlobalMaxPooling2D()(keras.layers.Conv2D(4, 3)(pixels)))
from generator.embedding.convert import convert_model, is_faithful
network = convert_model(model)
assert is_faithful(network, model)
import openvino
loaded = [name for name, module in sys.modules.items() if name.startswith("openvino_telemetry") and module]
assert not loaded, loaded
try:
    import openvino_telemetry
except ImportError:
    print("silent")
"""
    home = {"HOME": str(tmp_path), "PATH": "", "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=home)
    assert done.stdout.strip() == "silent", done.stderr
    assert not [path for path in tmp_path.rglob("*") if "openvino" in path.name.lower() or "intel" in path.name.lower()]
