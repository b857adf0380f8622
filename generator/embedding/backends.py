"""What Keras runs on, TensorFlow, JAX or PyTorch: which it is, whether it has a card, and how it runs a network.

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

#: By the package's name, in the order in which they are taken.
BACKENDS = {"tensorflow": "TensorFlow", "jax": "JAX", "torch": "PyTorch"}

_DEVICES = Path("/dev")
#: Cards of NVIDIA (a container may be given any of several), of AMD, and of either under WSL.
_GPUS = ("nvidia[0-9]*", "kfd", "dxg")
#: Empty or -1, each hides all cards.
_HIDING = ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES")

_OUT_OF_MEMORY = ("memoryerror", "out of memory", "outofmemory", "resource_exhausted", "resourceexhausted")


def keras_home() -> Path:
    """The folder where Keras keeps its settings and what it downloads."""
    home = os.environ.get("KERAS_HOME")
    return Path(home) if home else Path.home() / ".keras"


def installed_backends() -> list[str]:
    """Those of BACKENDS that are here."""
    return [name for name in BACKENDS if importlib.util.find_spec(name)]


def choose_backend() -> str:
    """What Keras is to run on: what it was set to, else the first of BACKENDS that is installed.

    Raises SettingsError where that is not installed, or none is.
    """
    installed = installed_backends()
    settings = keras_home() / "keras.json"
    asked, where = os.environ.get("KERAS_BACKEND"), "KERAS_BACKEND"
    if not asked:
        asked, where = _read_backend(settings), str(settings)
        if asked == "tensorflow":  # Keras writes this into the file by itself, whatever it runs on
            asked = None
    if asked in installed or (not asked and installed):
        return asked or installed[0]
    ways = f"Install one of {', '.join(BACKENDS)} with pip, or take --model builtin, which needs none of them."
    if not asked:
        raise SettingsError(
            "Keras has nothing to run networks on: TensorFlow, JAX and PyTorch are not installed.", ways
        )
    problem = "is not installed" if asked in BACKENDS else "Brandscape does not know"
    if installed:
        ways = f"Set KERAS_BACKEND to {' or '.join(installed)}, which is here, or take --model builtin."
    raise SettingsError(f"{where} has Keras run on {asked}, which {problem}.", ways)


def _read_backend(settings: Path) -> str | None:
    try:
        backend = json.loads(settings.read_text(encoding="utf-8")).get("backend")
    except (OSError, ValueError, AttributeError):
        return None
    return backend if isinstance(backend, str) else None


_quiet = threading.Lock()


@contextmanager
def quiet_start() -> Iterator[None]:
    """Keep start-up notes that backends and LiteRT write to file descriptor 2 from C++ off the terminal."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("GLOG_minloglevel", "3")
    with _quiet:  # two threads at once would each keep the other's silence
        kept = os.dup(2)
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            os.close(nowhere)


def import_keras() -> Any:
    """Keras, imported when first needed (3 to 13 seconds, with TensorFlow).

    Raises SettingsError where there is nothing that it can run on.
    """
    backend = choose_backend()
    os.environ["KERAS_BACKEND"] = backend
    os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")  # TensorFlow would take all of a card's memory at once
    try:
        with quiet_start():
            import keras
    except Exception as error:  # a backend that is not whole fails in its own way
        raise SettingsError(
            f"Keras cannot be imported on {BACKENDS[backend]}: {first_line(error)}",
            f"Install {backend} anew, set KERAS_BACKEND to another that is installed, or take --model builtin.",
        ) from error
    # keras.json may say otherwise; the networks and the keys of embeddings know only these
    keras.config.set_image_data_format("channels_last")
    keras.config.set_floatx("float32")
    return keras


def shows_gpu() -> bool:
    """Whether there are signs of a card that TensorFlow may be able to use, told without importing it."""
    if any(os.environ.get(name, "0").strip() in ("", "-1") for name in _HIDING):
        return False
    if sys.platform == "darwin":  # through a plug-in alone
        return any(True for _ in importlib.metadata.distributions(name="tensorflow-metal"))
    return any(True for pattern in _GPUS for _ in _DEVICES.glob(pattern))


def has_gpu() -> bool:
    """Whether Keras runs networks on a card. Imports it with its backend; raises SettingsError as that does."""
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
    """A Keras model as a function that begins the work, which a card then does by itself.

    `keras.ops.convert_to_numpy` of what it returns waits for the end. Keras's own `predict_on_batch` waits each time,
    and on JAX two threads cannot be in it at once.
    """
    backend = import_keras().config.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        # without XLA, which would compile each batch that is tried anew
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
    """Whether a backend failed for want of memory, as each of them says it."""
    said = f"{type(error).__name__} {error}".lower()
    return any(sign in said for sign in _OUT_OF_MEMORY)


def first_line(error: Exception) -> str:
    """What an error says first, to be put into a sentence."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
