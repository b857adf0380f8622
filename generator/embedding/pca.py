"""Principal components of feature vectors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from generator.numerics import BLOCK_VALUES, one_thread, release_pages, row_blocks

#: Raised whenever the same input would give another result.
VERSION = 1

#: Rows that principal components are fitted on; beyond, a seeded sample stands for all of them.
FIT_ROWS = 20_000


def normalise_rows(features: np.ndarray) -> np.ndarray:
    """Return the rows of `features` (n, d) scaled to unit length; a row of zeros stays one."""
    lengths = np.linalg.norm(features, axis=1, keepdims=True)
    return np.asarray(features / np.where(lengths > 0, lengths, 1))


@dataclass(frozen=True, slots=True, eq=False)
class Components:
    """Principal components of rows of d numbers: their `mean` (d,) and `axes` (k, d) at unit length, float64."""

    mean: np.ndarray
    axes: np.ndarray

    @one_thread
    def project(self, rows: np.ndarray, prepare: Callable[[np.ndarray], np.ndarray] = np.asarray) -> np.ndarray:
        """Return the scores (n, k), float32, of `rows` (n, d), which are read in blocks and go through `prepare`."""
        scores = np.empty((len(rows), len(self.axes)), np.float32)
        for block in row_blocks(len(rows), len(self.mean), 2 * BLOCK_VALUES):
            scores[block] = (prepare(rows[block]).astype(np.float64) - self.mean) @ self.axes.T
            release_pages(rows)
        return scores


def fit_components(
    rows: np.ndarray, components: int, seed: int, prepare: Callable[[np.ndarray], np.ndarray] = np.asarray
) -> Components:
    """Return the first principal components of `rows` (n, d): min(components, n - 1, d) of them, or one of zeros.

    They are fitted with an exact solver on at most FIT_ROWS rows, drawn by `seed`. Only these are read and go through
    `prepare`, so that `rows` may lie in a file.
    """
    from sklearn.decomposition import PCA

    count, width = rows.shape
    kept = min(components, count - 1, width)
    if kept < 1:
        return Components(np.zeros(width), np.zeros((1, width)))
    drawn: slice | np.ndarray = slice(None)
    if count > FIT_ROWS:
        drawn = np.sort(np.random.default_rng(seed).choice(count, FIT_ROWS, replace=False))
    sample = prepare(rows[drawn])
    release_pages(rows)
    return _fit(PCA(kept, svd_solver="covariance_eigh" if len(sample) > width else "full"), sample)


@one_thread
def _fit(model: Any, sample: np.ndarray) -> Components:
    # identical rows have no variance to take shares of
    with np.errstate(invalid="ignore"):
        model.fit(sample.astype(np.float64))
    return Components(model.mean_, model.components_)


def as_unit_rows(block: np.ndarray) -> np.ndarray:
    """Return the rows of `block` (n, d) scaled to unit length, float32; a row of zeros stays one."""
    return normalise_rows(np.asarray(block, np.float32))
