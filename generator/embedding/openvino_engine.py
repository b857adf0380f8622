"""A converted network, run by OpenVINO on the CPU."""

from __future__ import annotations

import io
import sys
import threading
import zipfile
from collections.abc import Sequence
from functools import partial
from typing import Any, Literal

import numpy as np

from generator.embedding.interface import OUTPUTS, Embedded, Prepared, pair_outputs
from generator.errors import SettingsError
from generator.images.decode import network_input
from generator.processes import count_cores

#: The two parts of a converted network: its graph, and its weights.
_GRAPH, _WEIGHTS = "network.xml", "network.bin"
_HINTS = {"float32": "f32", "bfloat16": "bf16"}

Precision = Literal["float32", "bfloat16"]


def import_openvino() -> Any:
    """Import OpenVINO (half a second) so that it can report to nobody.

    Its converter sends usage figures through the package openvino_telemetry, unless that cannot be imported; nothing
    else needs the package.
    """
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # None: not to be imported
    import openvino

    return openvino


def has_bfloat16() -> bool:
    """Return whether this processor computes with bfloat16 itself."""
    capabilities = import_openvino().Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return "BF16" in capabilities


def pack_network(graph: bytes, weights: bytes) -> bytes:
    """Return a converted network as one file; equal networks give equal bytes."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, data in ((_GRAPH, graph), (_WEIGHTS, weights)):
            archive.writestr(zipfile.ZipInfo(name), data)
    return target.getvalue()


class OpenVINOEngine:
    """A network run for one image at a time on each core.

    Images one by one are as fast as batches (ResNet50 and MobileNetV2, two cores) and need the least memory. One thread
    computes an image from end to end, so its numbers are the same on any number of cores.

    Raises SettingsError where the processor does not compute in the `precision` wanted.
    """

    batch = 16
    apart = False

    def __init__(self, network: bytes, precision: Precision = "float32") -> None:
        if precision == "bfloat16" and not has_bfloat16():
            raise SettingsError(
                "This processor does not compute with bfloat16.",
                "Leave out --precision bfloat16: auto knows.",
            )
        core = import_openvino().Core()
        with zipfile.ZipFile(io.BytesIO(network)) as archive:
            model = core.read_model(archive.read(_GRAPH), archive.read(_WEIGHTS))
        _, height, width, _ = model.inputs[0].partial_shape
        self.size = (height.get_length(), width.get_length())
        self.prepare = partial(network_input, size=self.size)
        model.reshape([1, *self.size, 3])
        cores = count_cores()
        self._network = core.compile_model(
            model,
            "CPU",
            {
                "INFERENCE_PRECISION_HINT": _HINTS[precision],
                "NUM_STREAMS": cores,
                "INFERENCE_NUM_THREADS": cores,
                "ENABLE_CPU_PINNING": False,  # cores are shared with decoders
            },
        )
        names = [output.get_names() for output in self._network.outputs]
        places = {name: place for place, found in enumerate(names) for name in found}
        self._targets = {name: places[name] for name in OUTPUTS if name in places}
        self._local = threading.local()

    def embed(self, prepared: Sequence[Prepared]) -> Embedded:
        """Return the embeddings of prepared images, computed one by one."""
        if not hasattr(self._local, "request"):
            self._local.request = self._network.create_infer_request()
        request = self._local.request
        outputs: dict[str, list[np.ndarray]] = {name: [] for name in self._targets}
        for pixels in prepared:
            request.infer({0: pixels[None]})
            for name, place in self._targets.items():
                outputs[name].append(request.get_output_tensor(place).data[0].copy())
        return pair_outputs(**{name: np.stack(rows) for name, rows in outputs.items()})
