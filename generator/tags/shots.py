"""How an image is shot, from a plain measure of its pixels: whether its ground is plain.

Networks are not asked, and nobody who may be shown is looked at.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PIL import Image

#: Raised whenever the same image would give another measure, or the same measure another term.
VERSION = 2
#: The term, whose measured precision and coverage stand in calibration.toml.
PLAIN = "plain-ground"
#: Terms that say how an image is shot, not what it shows; nothing is named after them.
KEYS = frozenset({PLAIN})
#: Roughness up to which a ground is called plain, in grey levels.
PLAIN_UP_TO = 2.5
_SIDE = 192
_GRID = 8


def measure_roughness(picture: Image.Image) -> float:
    """Return how rough an image is along its border: 0 for one even tone, above 10 for grass or a carpet.

    The picture is reduced to 192 × 192 grey values. Their discrete Laplacian is small on even grounds and in soft
    shadows, and large where there is texture (Pech-Pacheco et al. 2000, Diatom autofocusing in brightfield microscopy).
    Of an 8 × 8 grid, the 28 blocks along the border count, by the median of their means, so that what touches the
    border on a part of it is left out.
    """
    side = _SIDE + 2
    grey = np.asarray(picture.convert("L").resize((side, side), Image.Resampling.BOX), np.int16)
    beside = grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:]
    rough = np.abs(4 * grey[1:-1, 1:-1] - beside)
    block = _SIDE // _GRID
    means = rough.reshape(_GRID, block, _GRID, block).mean(axis=(1, 3), dtype=np.float32)
    border = np.concatenate([means[0], means[-1], means[1:-1, 0], means[1:-1, -1]])
    return float(np.median(border))


def pack_roughness(picture: Image.Image) -> bytes:
    """Return how rough an image is along its border, as the store keeps it."""
    return struct.pack("<f", measure_roughness(picture))


def read_roughness(kept: Iterable[bytes]) -> NDArray[np.float32]:
    """Return the roughness of n images, (n,), as `pack_roughness` packed it."""
    return np.frombuffer(b"".join(kept), "<f4")
