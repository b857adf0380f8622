"""The backend of Keras, TensorFlow, JAX or PyTorch: choose it, look for a GPU, run a network on it.

Importing this module imports none of them.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from generator.errors import SettingsError

#: Names by package, in order of preference.
BACKENDS = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}

_DEVICES = Path("/dev")
#: GPUs of NVIDIA (a container may have any of several), of AMD, and of either under WSL.
_GPUS = ("nvidia[0-9]*", "kfd", "dxg")
#: Each of them hides all GPUs if it is empty or -1.
_HIDING = ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES")

_OUT_OF_MEMORY = ("memoryerror", "out of memory", "outofmemory", "resource_exhausted", "resourceexhausted")


def keras_home() -> Path:
    """Return the folder where Keras keeps its settings and downloads."""
    home = os.environ.get("KERAS_HOME")
    return Path(home) if home else Path.home() / ".keras"


def installed_backends() -> list[str]:
    """Return those of BACKENDS that are installed."""
    return [name for name in BACKENDS if importlib.util.find_spec(name)]


def choose_backend() -> str:
    """Return the backend that Keras is set to, else the first of BACKENDS that is installed.

    Raises SettingsError where that one, or any, is not installed.
    """
    installed = installed_backends()
    settings = keras_home() / "keras.json"
    chosen, where = os.environ.get("KERAS_BACKEND"), "KERAS_BACKEND"
    if not chosen:
        chosen, where = _read_backend(settings), str(settings)
        if chosen == "tensorflow":  # Keras writes this into the file by itself, whatever it runs on
            chosen = None
    if chosen in installed or (not chosen and installed):
        return chosen or installed[0]
    ways = f"Install one of {', '.join(BACKENDS)} with pip."
    if not chosen:
        raise SettingsError(
            "Keras has nothing to run networks on: TensorFlow, JAX and PyTorch are not installed.", ways
        )
    problem = "is not installed" if chosen in BACKENDS else "Brandscape does not know"
    if installed:
        ways = f"Set KERAS_BACKEND to {' or '.join(installed)}, which is installed."
    raise SettingsError(f"{where} has Keras run on {chosen}, which {problem}.", ways)


def _read_backend(settings: Path) -> str | None:
    try:
        backend = json.loads(settings.read_text(encoding="utf-8")).get("backend")
    except (OSError, ValueError, AttributeError):
        return None
    return backend if isinstance(backend, str) else None


_quiet = threading.Lock()


@contextmanager
def quiet_start() -> Iterator[None]:
    """Hide the start-up notes that backends write to file descriptor 2 from C++."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("GLOG_minloglevel", "3")
    with _quiet:  # the second of two threads would restore the first one's silence
        terminal = os.dup(2)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        try:
            yield
        finally:
            os.dup2(terminal, 2)
            os.close(terminal)
            os.close(nowhere)


def import_keras() -> Any:
    """Import Keras when it is first needed (3 to 13 seconds, with TensorFlow).

    Raises SettingsError where no backend works.
    """
    backend = choose_backend()
    os.environ["KERAS_BACKEND"] = backend
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")  # TensorFlow would take all of a GPU's memory at once
    try:
        with quiet_start():
            import keras
    except Exception as error:  # a damaged backend fails in its own way
        raise SettingsError(
            f"Keras cannot be imported on {BACKENDS[backend]}: {first_line(error)}",
            f"Install {backend} anew, or set KERAS_BACKEND to another that is installed.",
        ) from error
    # keras.json may say otherwise, but the networks and the keys of embeddings allow for these only; OpenVINO would
    # turn every layer's input over and back
    keras.config.set_image_data_format("channels_first" if keras.config.backend() == "openvino" else "channels_last")
    keras.config.set_floatx("float32")
    return keras


def shows_gpu() -> bool:
    """Return whether there are signs of a GPU that TensorFlow may be able to use, without importing it."""
    if any(os.environ.get(name, "0").strip() in ("", "-1") for name in _HIDING):
        return False
    if sys.platform == "darwin":  # through a plug-in alone
        return any(True for _ in importlib.metadata.distributions(name="tensorflow-metal"))
    return any(True for pattern in _GPUS for _ in _DEVICES.glob(pattern))


def has_gpu() -> bool:
    """Return whether Keras runs networks on a GPU. Imports it with its backend; raises SettingsError as that does."""
    keras = import_keras()
    with quiet_start():
        if keras.config.backend() == "tensorflow":
            import tensorflow as tf

            return bool(tf.config.list_physical_devices("GPU"))
        if keras.config.backend() == "jax":
            import jax

            return bool(jax.default_backend() != "cpu")
        return bool(keras.ops.zeros(1).device.type != "cpu")


def compile_network(model: Any) -> Callable[[Any], Any]:
    """Return a Keras model as a function that begins the work, which a GPU then does by itself.

    `keras.ops.convert_to_numpy` of its result waits for the end. Keras's own `predict_on_batch` waits each time, and on
    JAX two threads cannot be in it at once.
    """
    backend = import_keras().config.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        # without XLA, which would compile anew for each batch size that is tried
        run: Callable[[Any], Any] = tf.function(lambda pixels: model(pixels, training=False))
        return run
    if backend == "jax":
        import jax

        weights = [
            [variable.value for variable in variables]
            for variables in (model.trainable_variables, model.non_trainable_variables)
        ]
        forward = jax.jit(lambda weights, pixels: model.stateless_call(*weights, pixels, training=False)[0])
        return lambda pixels: forward(weights, pixels)
    import torch

    def run_eagerly(pixels: Any) -> Any:
        with torch.inference_mode():
            return model(pixels, training=False)

    return run_eagerly


def is_out_of_memory(error: Exception) -> bool:
    """Return whether a backend failed because memory ran out, in the words of any of them."""
    message = f"{type(error).__name__} {error}".lower()
    return any(sign in message for sign in _OUT_OF_MEMORY)


def first_line(error: Exception) -> str:
    """Return the first line of an error's message, to be put into a sentence."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
