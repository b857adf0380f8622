"""Robustness of similarity: how many of an image's nearest stay its nearest when the image is perturbed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from generator.images.perturb import PERTURBATIONS
from generator.numerics import row_blocks

#: Raised whenever the same input would give another result.
VERSION = 1

#: Standard deviations on either side that hold 95 % of a normal distribution.
_NORMAL = 1.96


@dataclass(frozen=True, slots=True)
class Robustness:
    """The share of images' nearest that stay under one perturbation, and its 95 % interval over images."""

    name: str
    kept: float
    low: float
    high: float


def measure_robustness(
    perturbed: NDArray[np.float32],
    features: NDArray[np.float32],
    near: NDArray[np.integer],
    sample: NDArray[np.integer],
) -> tuple[Robustness, ...]:
    """Return how many of the nearest `near` (n, m) stay for the images `sample` (k,), one perturbation after the other.

    `perturbed` (k, perturbations, d) are the features of their perturbed copies, `features` (n, d) those of all images.
    A copy is compared with all other images as they are, as if it had been posted in the image's place.
    """
    count = near.shape[1]
    kept = np.zeros((len(sample), len(PERTURBATIONS)))
    wide = features.astype(np.float64)
    squares = np.square(wide).sum(axis=1)
    rounding = 1e-6 * float(squares.max(initial=0))
    for place in range(len(PERTURBATIONS)):
        for block in row_blocks(len(sample), len(features)):
            own = sample[block]
            distances = squares - 2 * (perturbed[block, place].astype(np.float64) @ wide.T)
            distances[np.arange(len(own)), own] = np.inf
            limit = np.partition(distances, count - 1, axis=1)[:, count - 1 : count]
            before = np.take_along_axis(distances, near[own].astype(np.intp), axis=1)
            # any of several images equally far may be among the nearest: files are often posted again
            kept[block, place] = (before <= limit + rounding).mean(axis=1)
    means = kept.mean(axis=0)
    reach = np.full(len(means), np.nan)
    if len(sample) > 1:
        spread = kept.std(axis=0, ddof=1)
        # the rule of three where all images agree (Hanley & Lippman-Hand 1983)
        reach = np.where(spread > 0, _NORMAL * spread / np.sqrt(len(sample)), 3 / len(sample))
    return tuple(
        Robustness(name, float(mean), float(max(0, mean - far)), float(min(1, mean + far)))
        for name, mean, far in zip(PERTURBATIONS, means, reach, strict=True)
    )
