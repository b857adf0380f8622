"""Tasks that end, hold up or overload the process that they run in.

They lie apart from the tests, since each new process imports this module.
"""

from __future__ import annotations

import os
import signal
import time
from typing import Any

import numpy as np
from PIL import Image

from generator.embedding import lite0
from generator.images.decode import network_input

#: In the corner of an image that a decoder stumbles over.
MARK = (255, 0, 255)


def die(task: int) -> int:
    """Bring the worker down."""
    os.kill(os.getpid(), 9)
    return task


def double(task: int) -> int:
    """Return twice the task, from a worker that is well."""
    return 2 * task


def stumble_hanging(image: Image.Image) -> Any:
    """Return the network's input of an image; hang over a marked one."""
    while _is_marked(image):
        time.sleep(60)
    return _prepare(image)


def stumble_dying(image: Image.Image) -> Any:
    """Return the network's input of an image; crash over a marked one."""
    if _is_marked(image):
        os.abort()
    return _prepare(image)


def stumble_killed(image: Image.Image) -> Any:
    """Return the network's input of an image; over a marked one be killed, as by a system short of memory."""
    if _is_marked(image):
        os.kill(os.getpid(), signal.SIGKILL)
    return _prepare(image)


def stumble_hoarding(image: Image.Image) -> Any:
    """Return the network's input of an image; ask for too much memory over a marked one."""
    if _is_marked(image):
        bytearray(10**12)
    return _prepare(image)


def _is_marked(image: Image.Image) -> bool:
    return bool(np.abs(np.asarray(image.getpixel((2, 2)), np.int16) - MARK).max() < 60)


def _prepare(image: Image.Image) -> Any:
    return network_input(image, (lite0.SIDE, lite0.SIDE))
