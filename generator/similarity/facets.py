"""The three ways in which images can be alike, each on its own scale, and how they are mixed.

So that equal weights mean equal say, each facet is divided by the square root of the Frobenius norm of its covariance
matrix, as STATIS weighs tables (Lavit et al. 1994; Abdi et al. 2012): then squared distances between images vary as
much in one facet as in another, and the order of an image's neighbours follows each as closely. On 2,088 photographs
with equal weights, mixed squared distances correlate with those of content, colour and composition by 0.65, 0.62 and
0.65; scaled to equal variance (0.51, 0.75, 0.60) or to an equal first component (0.69, 0.56, 0.67) one of them leads.

The default mix is content 1, colour 0.3, composition 0.7. On those photographs, whose garments are known, the nearest
five tell the garment for 0.71 of the images instead of 0.68 with content alone, clusters agree better with garments
(normalised mutual information 0.44 instead of 0.41), and more neighbours stay when images are compressed or cropped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from generator.embedding.pca import Components, as_unit_rows, fit_components
from generator.numerics import one_thread
from generator.settings import FACETS
from generator.similarity.colour import describe_colours
from generator.similarity.composition import describe_composition

#: Raised whenever the same input would give another result.
VERSION = 2

#: Principal components kept of the two facets that are measured from pixels: 0.94 and 0.82 of their variance.
_COLOUR_COMPONENTS, _COMPOSITION_COMPONENTS = 24, 32


@dataclass(frozen=True, slots=True, eq=False)
class Facet:
    """One facet of n images: their `scores` (n, k), float32, on its principal components."""

    scores: np.ndarray
    components: Components

    @property
    def norm(self) -> float:
        """What scores are divided by to have as much say as any other facet's; 0 where all images are alike."""
        return measure_say(self.scores)

    @property
    def scaled(self) -> np.ndarray:
        """Scores (n, k), float32, in which every facet has the same say."""
        return divide(self.scores, self.norm)


Facets = Mapping[str, Facet]


@one_thread
def measure_say(scores: np.ndarray) -> float:
    """The square root of the Frobenius norm of the covariance of `scores` (n, k): how much squared distances vary."""
    wide = scores.astype(np.float64)
    wide -= wide.mean(axis=0)
    return float(np.sqrt(np.linalg.norm(wide.T @ wide / max(1, len(wide) - 1))))


def divide(scores: np.ndarray, norm: float) -> np.ndarray:
    """`scores` over `norm`, float32; zeros where there is nothing but rounding to divide by."""
    return np.asarray(scores / norm if norm > 1e-9 else np.zeros_like(scores), np.float32)


def fit_facets(vectors: np.ndarray, pixels: np.ndarray, components: int, seed: int) -> Facets:
    """The facets of n images: content from `vectors` (n, d) at unit length, colour and composition from `pixels`."""
    content = fit_components(vectors, components, seed, as_unit_rows)
    found = {"content": Facet(content.project(vectors, as_unit_rows), content)}
    for name, rows, kept in (
        ("colour", describe_colours(pixels), _COLOUR_COMPONENTS),
        ("composition", describe_composition(pixels), _COMPOSITION_COMPONENTS),
    ):
        fitted = fit_components(rows, kept, seed)
        found[name] = Facet(fitted.project(rows), fitted)
    return found


def score_images(facets: Facets, vectors: np.ndarray, pixels: np.ndarray) -> dict[str, np.ndarray]:
    """The scores of other images on the same components, float32, by facet."""
    return {
        "content": facets["content"].components.project(vectors, as_unit_rows),
        "colour": facets["colour"].components.project(describe_colours(pixels)),
        "composition": facets["composition"].components.project(describe_composition(pixels)),
    }


def mix_facets(
    facets: Facets, weights: Mapping[str, float], scores: Mapping[str, np.ndarray] | None = None
) -> np.ndarray:
    """Features (m, k), float32: squared distances are the sum of the facets' own, each times its weight.

    Of the n images themselves, or of those whose `scores` are given. Only the weights' proportions count.
    """
    total = sum(weights.values())
    parts = []
    for name in FACETS:
        if weights.get(name, 0) > 0:
            own = facets[name].scores if scores is None else scores[name]
            parts.append(divide(own, facets[name].norm) * np.float32(np.sqrt(weights[name] / total)))
    return np.concatenate(parts, axis=1)
