"""Principal components of feature vectors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

#: Raised whenever the same input would give another result.
VERSION = 1

#: Values held at a time by the rows that are projected.
_BLOCK_VALUES = 8_000_000
#: Rows that principal components are fitted on; beyond, a seeded sample stands for all of them.
FIT_ROWS = 20_000


def normalise_rows(features: np.ndarray) -> np.ndarray:
    """Rows of `features` (n, d) scaled to unit length; a row of zeros stays one."""
    lengths = np.linalg.norm(features, axis=1, keepdims=True)
    return np.asarray(features / np.where(lengths > 0, lengths, 1))


@dataclass(frozen=True, slots=True, eq=False)
class Components:
    """Principal components of rows of d numbers: their `mean` (d,) and `axes` (k, d) at unit length, float64."""

    mean: np.ndarray
    axes: np.ndarray

    def project(self, rows: np.ndarray, prepare: Callable[[np.ndarray], np.ndarray] = np.asarray) -> np.ndarray:
        """Scores (n, k), float32, of `rows` (n, d), read in blocks, each of which `prepare` makes ready first.

        One thread, so that neither the machine's load nor the number of its cores changes a bit of the result.
        """
        from threadpoolctl import threadpool_limits

        scores = np.empty((len(rows), len(self.axes)), np.float32)
        step = max(1, _BLOCK_VALUES // max(1, len(self.mean)))
        with threadpool_limits(1):
            for start in range(0, len(rows), step):
                block = prepare(rows[start : start + step]).astype(np.float64)
                scores[start : start + step] = (block - self.mean) @ self.axes.T
        return scores


def fit_components(
    rows: np.ndarray, components: int, seed: int, prepare: Callable[[np.ndarray], np.ndarray] = np.asarray
) -> Components:
    """The first principal components of `rows` (n, d): min(components, n - 1, d) of them, or one of zeros.

    Fitted on at most FIT_ROWS rows drawn by `seed`, which `prepare` makes ready first, so that `rows` may lie in a
    file. One thread and exact solvers, as in `Components.project`.
    """
    from sklearn.decomposition import PCA
    from threadpoolctl import threadpool_limits

    count, width = rows.shape
    kept = min(components, count - 1, width)
    if kept < 1:
        return Components(np.zeros(width), np.zeros((1, width)))
    drawn: slice | np.ndarray = slice(None)
    if count > FIT_ROWS:
        drawn = np.sort(np.random.default_rng(seed).choice(count, FIT_ROWS, replace=False))
    sample = prepare(rows[drawn])
    # identical rows have no variance to take shares of
    with threadpool_limits(1), np.errstate(invalid="ignore"):
        solver = "covariance_eigh" if len(sample) > width else "full"
        model = PCA(kept, svd_solver=solver).fit(sample.astype(np.float64))
    return Components(model.mean_, model.components_)


def as_unit_rows(block: np.ndarray) -> np.ndarray:
    """Rows of `block` (n, d) scaled to unit length, float32; a row of zeros stays one."""
    return normalise_rows(np.asarray(block, np.float32))
