"""Draw a small map of the brands, on which brands whose images overlap lie near each other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.insights.likeness.distinctiveness import Distinctiveness

#: Overlaps count as this at least, against chance: smaller ones differ by luck.
_LEAST = 0.01
#: Steps after which the layout no longer changes.
_STEPS = 500

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class BrandMap:
    """Each brand's position, (brands, 2), NaN for those withheld; the farthest from the centre lies at (1, 0).

    `fit` is the correlation of distances on the map with those it is drawn from, NaN with fewer than three brands. Far
    below 1, the brands differ in more ways than two dimensions can show.
    """

    points: Floats
    fit: float


def map_brands(distinctiveness: Distinctiveness) -> BrandMap:
    """Place the brands so that their distances come closest to how little they overlap.

    The distance of two brands is sqrt(-log(overlap)), with the overlap relative to both brands' overlap with
    themselves. For two normal densities of equal spread, it is proportional to the distance of their means. Overlaps
    do not depend on how many images a brand has, so neither do distances. The layout is classical scaling (Torgerson
    1952), refined to least stress by majorisation (de Leeuw 1977). It has no random start, and is rotated and mirrored
    by rule.
    """
    points = np.full((len(distinctiveness.images), 2), np.nan)
    shown = np.flatnonzero(~distinctiveness.withheld)
    if not len(shown):
        return BrandMap(points, np.nan)
    overlap = np.maximum(distinctiveness.overlap, _LEAST)[np.ix_(shown, shown)]
    own = np.sqrt(overlap.diagonal())
    distances = np.sqrt(-np.log(np.clip(overlap / own[:, None] / own[None, :], 1e-12, 1)))
    np.fill_diagonal(distances, 0)
    places = _turn(_settle(_scale(distances), distances))
    points[shown] = places
    upper = np.triu_indices(len(shown), 1)
    shown_distances = _between(places)[upper]
    varied = len(shown) > 2 and shown_distances.std() > 0 and distances[upper].std() > 0
    return BrandMap(points, float(np.corrcoef(shown_distances, distances[upper])[0, 1]) if varied else np.nan)


def _scale(distances: Floats) -> Floats:
    """Scale to two dimensions by classical scaling."""
    squares = distances**2
    centred = squares - squares.mean(axis=0) - squares.mean(axis=1)[:, None] + squares.mean()
    values, vectors = np.linalg.eigh(-centred / 2)
    places = np.zeros((len(distances), 2))
    largest = np.argsort(-values, kind="stable")[:2]
    places[:, : len(largest)] = vectors[:, largest] * np.sqrt(np.maximum(values[largest], 0))
    return places


def _settle(places: Floats, distances: Floats) -> Floats:
    """Fit the distances by least squares; each step is a Guttman transform, which never adds stress."""
    for _ in range(_STEPS):
        actual = _between(places)
        pull = np.divide(distances, actual, out=np.zeros_like(actual), where=actual > 1e-12)
        places = (pull.sum(axis=1)[:, None] * places - pull @ places) / len(places)
    return places


def _turn(places: Floats) -> Floats:
    """Centre, and turn the first of the farthest brands to (1, 0), the one farthest from that axis above it."""
    places = places - places.mean(axis=0)
    reach = np.hypot(*places.T)
    farthest = int(np.argmax(reach >= reach.max() * (1 - 1e-9)))
    if reach[farthest] < 1e-9:
        return np.zeros_like(places)
    x, y = places[farthest] / reach[farthest] ** 2
    places = places @ np.array([[x, -y], [y, x]])
    height = np.abs(places[:, 1])
    if places[int(np.argmax(height >= height.max() * (1 - 1e-9))), 1] < 0:
        places[:, 1] *= -1
    return np.asarray(places + 0.0)  # no negative zeros


def _between(places: Floats) -> Floats:
    return np.asarray(np.hypot(*(places[:, None] - places[None, :]).transpose(2, 0, 1)))
