"""A converted network, run by LiteRT on the CPU."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.embedding.backends import quiet_start
from generator.embedding.interface import Embedded, Prepared, pair_outputs
from generator.images.decode import network_input


class LiteRTEngine:
    """A network converted to a LiteRT flatbuffer, run by XNNPACK in one single-threaded interpreter a thread.

    Interpreters release the GIL, so one a core is the fastest way on a CPU and the smallest in memory.
    """

    batch = 16
    apart = False

    def __init__(self, flatbuffer: bytes) -> None:
        self.flatbuffer = flatbuffer
        self._local = threading.local()
        _, height, width, _ = self._interpreter()[1]["shape"]
        self.size = (int(height), int(width))
        self.prepare = partial(network_input, size=self.size)

    def _interpreter(self) -> tuple[Any, dict[str, Any], list[dict[str, Any]]]:
        if not hasattr(self._local, "parts"):
            from ai_edge_litert.interpreter import Interpreter

            with quiet_start():
                interpreter = Interpreter(model_content=self.flatbuffer, num_threads=1)
                interpreter.allocate_tensors()
            # vectors are floats, peaks integers
            targets = sorted(interpreter.get_output_details(), key=lambda target: target["dtype"] != np.float32)
            self._local.parts = (interpreter, interpreter.get_input_details()[0], targets)
        parts: tuple[Any, dict[str, Any], list[dict[str, Any]]] = self._local.parts
        return parts

    def embed(self, prepared: Sequence[Prepared]) -> Embedded:
        """Return the embeddings of prepared images, computed one by one."""
        interpreter, source, targets = self._interpreter()
        outputs: list[list[NDArray[Any]]] = [[] for _ in targets]
        for pixels in prepared:
            interpreter.set_tensor(source["index"], pixels[None].astype(np.float32))
            interpreter.invoke()
            for rows, target in zip(outputs, targets, strict=True):
                rows.append(interpreter.get_tensor(target["index"])[0])
        return pair_outputs(*(np.stack(rows) for rows in outputs))
