"""Lay out features as a map by t-SNE, and measure how far the map can be trusted."""

from __future__ import annotations

import importlib.util
import sys

import numpy as np

from generator.numerics import BLOCK_VALUES, limit_threads, row_blocks
from generator.processes import count_cores
from generator.similarity.neighbours import nearest_images, without_self

#: Raised whenever the same input would give another result.
VERSION = 4

#: From this many points on, interpolated repulsion is faster. Below, the Barnes-Hut tree keeps neighbours a little
#: better. It is the tree always where openTSNE has no wheel, as on Linux on ARM.
LARGE_MAP = 5_000 if importlib.util.find_spec("openTSNE") else sys.maxsize
#: Sides of the squares within which repulsion is interpolated, on the map's scale: half of openTSNE's own grid, which
#: takes four times as long and keeps neighbours no better than by a thousandth.
_GRID_STEP = 2
_ROWS_WORTH_THREADS = 1_000


def effective_perplexity(perplexity: float, count: int) -> float:
    """Return the perplexity for `count` points: at most a third of the others, so that each has enough neighbours."""
    return max(1.0, min(perplexity, (count - 1) / 3))


def map_neighbours(perplexity: float, count: int) -> int:
    """Return the number of neighbours of each of `count` points that a map needs: none below LARGE_MAP."""
    return int(3 * effective_perplexity(perplexity, count)) if count >= LARGE_MAP else 0


def project_map(reduced: np.ndarray, perplexity: float, seed: int, near: np.ndarray | None = None) -> np.ndarray:
    """Return a t-SNE map (n, 2) of `reduced` (n, k), float64: van der Maaten & Hinton 2008.

    It starts from the first two principal components (Kobak & Berens 2019), which keeps the large arrangement, with a
    little seeded noise that separates identical images. Repulsion is summed by a tree (van der Maaten 2014); from
    LARGE_MAP points on it is interpolated on a grid (Linderman et al. 2019), which takes time in proportion to n and
    gives the same bytes on any number of cores. `near` (n, `map_neighbours` or more) are each row's nearest others,
    nearest first, where they are known.
    """
    count = len(reduced)
    if count < 2:
        return np.zeros((count, 2))
    start, perplexity = _start(reduced, seed), effective_perplexity(perplexity, count)
    if count < LARGE_MAP:
        return _by_tree(reduced, start, perplexity, seed)
    wanted = map_neighbours(perplexity, count)
    near = nearest_images(reduced, wanted) if near is None else near[:, :wanted]
    return _by_interpolation(reduced, near, start, perplexity)


def _by_tree(reduced: np.ndarray, start: np.ndarray, perplexity: float, seed: int) -> np.ndarray:
    from sklearn.manifold import TSNE

    model = TSNE(perplexity=perplexity, init=start, random_state=seed, n_jobs=1)
    # threads wait for each other a thousand times, which costs a small map more than they save; from three on, the
    # order in which they add up sums is left to chance, and with it the last bits of the map
    with limit_threads(1 if len(reduced) < _ROWS_WORTH_THREADS else 2):
        return np.asarray(model.fit_transform(reduced), np.float64)


def _by_interpolation(reduced: np.ndarray, near: np.ndarray, start: np.ndarray, perplexity: float) -> np.ndarray:
    from openTSNE import TSNE
    from openTSNE.affinity import PerplexityBasedNN
    from openTSNE.nearest_neighbors import PrecomputedNeighbors

    cores = count_cores()
    index = PrecomputedNeighbors(near.astype(np.int64), _lengths(reduced, near))
    model = TSNE(
        negative_gradient_method="fft",
        ints_in_interval=_GRID_STEP,
        initialization=start.astype(np.float64),
        n_jobs=cores,
    )
    affinities = PerplexityBasedNN(perplexity=perplexity, knn_index=index, n_jobs=cores)
    return np.asarray(model.fit(affinities=affinities), np.float64)


def _lengths(rows: np.ndarray, near: np.ndarray) -> np.ndarray:
    """Return Euclidean distances (n, m) from each of `rows` (n, d) to those at the positions `near` (n, m)."""
    wide = np.asarray(rows, np.float64)
    blocks = row_blocks(len(wide), near.shape[1] * wide.shape[1])
    return np.concatenate([np.linalg.norm(wide[block, None] - wide[near[block]], axis=2) for block in blocks])


def _start(reduced: np.ndarray, seed: int) -> np.ndarray:
    plane = np.zeros((len(reduced), 2), np.float32)
    plane[:, : min(2, reduced.shape[1])] = reduced[:, :2]
    plane /= plane[:, 0].std() or 1
    plane += np.random.default_rng(seed).normal(scale=0.01, size=plane.shape)
    return np.asarray(1e-4 * plane, np.float32)


def trustworthiness(features: np.ndarray, points: np.ndarray, k: int = 10, sample: int = 5_000, seed: int = 0) -> float:
    """Return how far the `k` nearest on the map `points` (n, 2) are near in `features` (n, d) too: 1 is wholly.

    Venna & Kaski 2001, as in scikit-learn. Above `sample` points the sum runs over that many, drawn by `seed`, each
    still ranked against all others. `k` shrinks below half the points.
    """
    from sklearn.neighbors import NearestNeighbors

    count = len(points)
    k = min(k, (count - 1) // 2)
    if k < 1:
        return 1.0
    drawn = np.arange(count)
    if count > sample:
        drawn = np.sort(np.random.default_rng(seed).choice(count, sample, replace=False))
    near = without_self(NearestNeighbors(n_neighbors=k + 1).fit(points).kneighbors(points[drawn])[1], drawn)
    wide = np.asarray(features, np.float64)
    squares = (wide**2).sum(axis=1)
    excess = 0.0
    for block in row_blocks(len(drawn), count, 2 * BLOCK_VALUES):
        rows, mates = drawn[block], near[block]
        distances = squares - 2 * (wide[rows] @ wide.T)
        distances[np.arange(len(rows)), rows] = np.inf
        for place in range(k):
            limit = np.take_along_axis(distances, mates[:, place : place + 1], axis=1)
            ranks = 1 + (distances < limit).sum(axis=1)
            excess += float(np.maximum(ranks - k, 0).sum())
    worst = len(drawn) * k * (2 * count - 3 * k - 1) / 2
    return 1.0 - excess / worst
