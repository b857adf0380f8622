"""Describe how an image looks: a perceptual hash, and the image itself, very small."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

#: Side of the small image, in pixels.
SIDE = 16
#: Side of the grey image that is hashed, and of the block of its lowest frequencies.
_HASHED, _BLOCK = 32, 8
#: Frequencies weaker than this count as absent, so that an even image's hash is not made of rounding.
_FAINT = 1e-2
SIZE = 8 + SIDE * SIDE * 3


@dataclass(frozen=True, slots=True, eq=False)
class Signatures:
    """The signatures of n images."""

    hashes: NDArray[np.uint64]  # (n,)
    pixels: NDArray[np.uint8]  # (n, SIDE, SIDE, 3), sRGB


def make_signature(image: Image.Image) -> bytes:
    """Return the signature of an image in RGB, SIZE bytes: its hash, big endian, and its pixels averaged by area.

    The hash has a bit for each of the 64 lowest frequencies of the grey image's cosine transform, set where it is above
    their median: Zauner, C. (2010), Implementation and benchmarking of perceptual image hash functions.
    """
    small = image.resize((_HASHED, _HASHED), Image.Resampling.BOX, reducing_gap=2.0)
    grey = np.asarray(small.convert("L"), np.float64)
    waves = _cosines() @ grey @ _cosines().T
    waves[np.abs(waves) < _FAINT] = 0
    bits = waves > np.median(waves.ravel()[1:])
    pixels = np.asarray(small, np.uint16).reshape(SIDE, 2, SIDE, 2, 3).mean(axis=(1, 3))
    return bytes(np.packbits(bits)) + bytes((pixels + 0.5).astype(np.uint8))


def read_signatures(kept: Iterable[bytes], count: int) -> Signatures:
    """Return the signatures of `count` images that `make_signature` made."""
    hashes, pixels = np.empty(count, np.uint64), np.empty((count, SIDE, SIDE, 3), np.uint8)
    for place, signature in enumerate(kept):
        hashes[place] = int.from_bytes(signature[:8], "big")
        pixels[place] = np.frombuffer(signature, np.uint8, offset=8).reshape(SIDE, SIDE, 3)
    return Signatures(hashes, pixels)


@cache
def _cosines() -> NDArray[np.float64]:
    """Return the lowest rows of the orthonormal cosine transform (type II), (8, 32)."""
    from scipy.fft import dct

    return np.asarray(dct(np.eye(_HASHED), axis=0, norm="ortho")[:_BLOCK])
