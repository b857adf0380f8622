"""How well a network in bfloat16 agrees with itself in float32, measured on images of the report.

bfloat16 keeps the range of float32 and 8 bits of its fraction. Processors with units for it run networks up to four
times as fast. Whether vectors change depends on the network and the images, so it is measured. On 191 photographs of
garments the least cosine is 0.971 for MobileNetV2 and 0.991 for EfficientNet-Lite0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.numerics import one_thread

#: Neighbours that are compared of each image.
NEIGHBOURS = 10
#: What bfloat16 must reach to be used.
LEAST_COSINE, LEAST_KEPT = 0.999, 0.98


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far vectors of the same images in two precisions agree."""

    images: int
    cosine: float  # the least of any image
    kept: float  # share of each image's nearest neighbours that are the same

    @property
    def is_enough(self) -> bool:
        """Whether one may stand for the other."""
        return self.cosine >= LEAST_COSINE and self.kept >= LEAST_KEPT


@one_thread
def compare_precisions(exact: NDArray[np.float32], rounded: NDArray[np.float32]) -> Agreement:
    """Return how far `rounded` (n, d) agrees with `exact` (n, d), n at least 2."""
    ours, theirs = _as_unit_rows(exact), _as_unit_rows(rounded)
    kept = [
        len(np.intersect1d(before, after)) / len(before)
        for before, after in zip(_nearest(ours), _nearest(theirs), strict=True)
    ]
    return Agreement(len(exact), float((ours * theirs).sum(axis=1).min()), float(np.mean(kept)))


def _as_unit_rows(vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    wide = vectors.astype(np.float64)
    lengths = np.linalg.norm(wide, axis=1, keepdims=True)
    return np.asarray(wide / np.where(lengths > 0, lengths, 1))


def _nearest(rows: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the positions of each row's nearest others, (n, k)."""
    likeness = rows @ rows.T
    np.fill_diagonal(likeness, -np.inf)
    return np.argsort(-likeness, axis=1, kind="stable")[:, : min(NEIGHBOURS, len(rows) - 1)]
