"""Compare a network run in another way, converted or in half precision, with what Keras gives."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray


def draw_tests(size: tuple[int, int]) -> Sequence[NDArray[np.uint8]]:
    """Return three images to try a network with, each (height, width, 3)."""
    height, width = size
    ramp = np.linspace(0, 255, height * width * 3).reshape(height, width, 3)
    tests = [ramp, ramp[::-1], np.random.default_rng(0).integers(0, 256, (height, width, 3))]
    return [test.astype(np.uint8) for test in tests]


def are_alike(ours: ArrayLike, theirs: ArrayLike, least: float) -> bool:
    """Return whether each row of `ours`, (n, d), has a cosine of at least `least` with that of `theirs`."""
    ours, theirs = np.asarray(ours, np.float64), np.asarray(theirs, np.float64)
    lengths = np.linalg.norm(ours, axis=1) * np.linalg.norm(theirs, axis=1)
    cosines = (ours * theirs).sum(axis=1) / np.where(lengths > 0, lengths, 1)
    alike = np.where(lengths > 0, cosines >= least, np.abs(ours - theirs).max(axis=1) == 0)
    return bool(np.isfinite(ours).all() and alike.all())
