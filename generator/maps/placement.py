"""Place new images on a map that stays: t-SNE of the new points alone, among old points that do not move."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from generator.maps.tsne import effective_perplexity
from generator.similarity.neighbours import nearest

#: Raised whenever the same input would give another result.
VERSION = 1

#: New points that move at a time: their distances to each other are all computed in every step.
_TOGETHER = 500
#: Nearest old images; a new one starts at their median.
_START_NEIGHBOURS = 10
#: All steps, and the first ones, which pull neighbours together _EXAGGERATION times as hard: new groups then find
#: each other.
_STEPS, _EXAGGERATED_STEPS, _EXAGGERATION = 300, 100, 4.0
_LONGEST_STEP = 1.0
#: Grid of the old points' field: fine beside the kernel's own width of 1.
_SPACING = 0.25
#: The field is known this far outside the old points.
_MARGIN = 15.0
_MOST_NODES = 1_500
#: Halvings that bring a bandwidth to the wanted perplexity.
_HALVINGS = 64

Floats = NDArray[np.float64]


def place_new(reduced: NDArray[np.float32], points: Floats, perplexity: float, seed: int) -> Floats:
    """Return `points` (n, 2) with its NaN rows, the new images, filled; all other rows stay as they are.

    `reduced` (n, k) are all images' features, `perplexity` and `seed` those of the map. Minimises t-SNE's divergence
    (van der Maaten & Hinton 2008) over the new points only. As in openTSNE's partial embedding (Policar, Strazar &
    Zupan 2023) each starts amid its nearest old images. Unlike there, new images pull and push each other too, so that
    images unlike all old ones find a place of their own. The push of the old points is a field that does not change: it
    is computed once on a grid (after Linderman et al. 2019), so a step's cost does not grow with the old map.

    Raises ValueError where no image has a place.
    """
    placed = ~np.isnan(points[:, 0])
    if not placed.any():
        raise ValueError("there is no map to place images on")
    points = points.copy()
    new = np.flatnonzero(~placed)
    for start in range(0, len(new), _TOGETHER):
        part = new[start : start + _TOGETHER]
        old = np.flatnonzero(placed)
        points[part] = _place_part(reduced, points, old, part, perplexity, seed)
        placed[part] = True
    return points


def _place_part(
    reduced: NDArray[np.float32],
    points: Floats,
    old: NDArray[np.intp],
    new: NDArray[np.intp],
    perplexity: float,
    seed: int,
) -> Floats:
    """Return the points (m, 2) of the images `new`, among `old` and each other; both are positions among all n."""
    from scipy.sparse import coo_array, csr_array

    among = np.concatenate([old, new])
    count, known = len(among), len(old)
    first, _ = nearest(reduced[new], reduced[old], min(_START_NEIGHBOURS, known))
    noise = np.random.default_rng(seed).normal(scale=0.05, size=(len(new), 2))  # separates identical images
    places: Floats = np.median(points[old[first]], axis=1) + noise

    itself = known + np.arange(len(new))
    near, squares = nearest(reduced[new], reduced[among], min(max(1, int(3 * perplexity)), count - 1), without=itself)
    pulls = _affinities(squares, effective_perplexity(perplexity, count))
    own = np.repeat(np.arange(len(new)), near.shape[1])
    other, pull = near.ravel(), pulls.ravel()
    is_old = other < known
    from_old, target, old_pull = own[is_old], points[old[other[is_old]]], pull[is_old]
    mutual = csr_array((pull[~is_old], (own[~is_old], other[~is_old] - known)), shape=(len(new), len(new)))
    mutual = coo_array((mutual + mutual.T) / 2)
    one, two = mutual.coords

    field = _Field(points[old])
    # the old points' own part of the normaliser
    rest = float(field.weigh(points[old])[0].sum()) - known
    rate = max(count / 48, 50.0)  # scikit-learn's automatic rate
    speed, gains = np.zeros_like(places), np.ones_like(places)
    for step in range(_STEPS):
        early = step < _EXAGGERATED_STEPS
        weight, push = field.weigh(places)
        apart = places[:, None] - places[None]
        kernel = 1 / (1 + np.square(apart).sum(axis=-1))
        np.fill_diagonal(kernel, 0)
        push += (np.square(kernel)[:, :, None] * apart).sum(axis=1)
        normaliser = rest + 2 * weight.sum() + kernel.sum()
        pulled = _pull(from_old, places[from_old] - target, old_pull, len(new))
        pulled += _pull(one, places[one] - places[two], mutual.data, len(new))
        gradient = 4 * ((_EXAGGERATION if early else 1.0) * pulled / count - push / normaliser)
        # momentum with gains, as t-SNE is usually optimised
        gains = np.where(speed * gradient < 0, gains + 0.2, gains * 0.8).clip(0.01)
        speed = (0.5 if early else 0.8) * speed - rate * gains * gradient
        length = np.linalg.norm(speed, axis=1, keepdims=True)
        speed *= np.minimum(1, _LONGEST_STEP / np.maximum(length, 1e-12))
        places = places + speed
    return places


def _affinities(squares: Floats, perplexity: float) -> Floats:
    """Return each row's conditional probabilities over its neighbours (m, k); `squares` (m, k) ascend."""
    squares = squares - squares[:, :1]
    target = np.log(min(perplexity, squares.shape[1]))
    low, high = np.zeros(len(squares)), np.full(len(squares), np.inf)
    beta = 1 / np.maximum(squares.mean(axis=1), 1e-12)
    for _ in range(_HALVINGS):
        weights = np.exp(-squares * beta[:, None])
        total = weights.sum(axis=1)
        entropy = np.log(total) + beta * (squares * weights).sum(axis=1) / total
        wide = entropy > target
        low, high = np.where(wide, beta, low), np.where(wide, high, beta)
        beta = np.where(np.isinf(high), beta * 2, (low + high) / 2)
    weights = np.exp(-squares * beta[:, None])
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _pull(rows: NDArray[np.integer], apart: Floats, affinity: Floats, count: int) -> Floats:
    """Return the pull (count, 2) on points `rows` (e,) of neighbours `apart` (e, 2) from them."""
    force = (affinity / (1 + np.square(apart).sum(axis=1)))[:, None] * apart
    return np.stack([np.bincount(rows, force[:, axis], count) for axis in (0, 1)], axis=1)


class _Field:
    """The weight of fixed points p at a place y, the sum of 1 / (1 + d^2), and their push, of (y - p) / (1 + d^2)^2.

    The push is minus half the slope of the weight, so one smooth surface gives both.
    """

    def __init__(self, points: Floats) -> None:
        from scipy.interpolate import RectBivariateSpline
        from scipy.signal import fftconvolve

        low, high = points.min(axis=0) - _MARGIN, points.max(axis=0) + _MARGIN
        step = max(_SPACING, float((high - low).max()) / _MOST_NODES)
        nodes = np.ceil((high - low) / step).astype(int) + 2
        masses = np.zeros(nodes)
        places = (points - low) / step
        corner = places.astype(int)
        share = places - corner
        for across in (0, 1):
            for down in (0, 1):
                part = np.abs(1 - across - share[:, 0]) * np.abs(1 - down - share[:, 1])
                np.add.at(masses, (corner[:, 0] + across, corner[:, 1] + down), part)
        reach = [np.arange(-side, side + 1) * step for side in nodes]
        kernel = 1 / (1 + np.square(reach[0])[:, None] + np.square(reach[1])[None])
        weights = fftconvolve(masses, kernel)[nodes[0] : 2 * nodes[0], nodes[1] : 2 * nodes[1]]
        self._low, self._high = low, low + (nodes - 1) * step
        axes = [low[axis] + np.arange(nodes[axis]) * step for axis in (0, 1)]
        self._surface = RectBivariateSpline(*axes, weights)

    def weigh(self, places: Floats) -> tuple[Floats, Floats]:
        """Return the weight (m,) and the push (m, 2) at `places` (m, 2)."""
        x, y = np.clip(places, self._low, self._high).T
        slope = np.stack([self._surface.ev(x, y, dx=1), self._surface.ev(x, y, dy=1)], axis=1)
        return np.asarray(self._surface.ev(x, y)), -slope / 2
