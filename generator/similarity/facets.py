"""The three facets of similarity, each on its own scale, and how they are mixed.

Equal weights should have equal influence, so each facet is divided by the square root of the Frobenius norm of its
covariance matrix, as STATIS weighs tables (Lavit et al. 1994; Abdi et al. 2012). Then squared distances between images
vary as much in one facet as in another, and neighbours follow each as closely. On 2,088 photographs with equal weights,
mixed squared distances correlate with those of content, colour and composition by 0.65, 0.62 and 0.65. Scaled to equal
variance (0.51, 0.75, 0.60) or to an equal first component (0.69, 0.56, 0.67) one facet leads.

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
        """The number that scores are divided by, so that all facets have equal influence; 0 if all images are alike."""
        return measure_influence(self.scores)

    @property
    def scaled(self) -> np.ndarray:
        """Scores (n, k), float32, with the same influence as any other facet's."""
        return divide(self.scores, self.norm)


Facets = Mapping[str, Facet]


@one_thread
def measure_influence(scores: np.ndarray) -> float:
    """Return the square root of the Frobenius norm of the covariance of `scores` (n, k).

    It says how much squared distances vary.
    """
    wide = scores.astype(np.float64)
    wide -= wide.mean(axis=0)
    return float(np.sqrt(np.linalg.norm(wide.T @ wide / max(1, len(wide) - 1))))


def divide(scores: np.ndarray, norm: float) -> np.ndarray:
    """Return `scores` over `norm`, float32; zeros where `norm` is only a rounding error."""
    return np.asarray(scores / norm if norm > 1e-9 else np.zeros_like(scores), np.float32)


def fit_facets(vectors: np.ndarray, pixels: np.ndarray, components: int, seed: int) -> Facets:
    """Return the facets of n images: content from `vectors` (n, d) at unit length, the others from `pixels`."""
    content = fit_components(vectors, components, seed, as_unit_rows)
    facets = {"content": Facet(content.project(vectors, as_unit_rows), content)}
    for name, rows, kept in (
        ("colour", describe_colours(pixels), _COLOUR_COMPONENTS),
        ("composition", describe_composition(pixels), _COMPOSITION_COMPONENTS),
    ):
        fitted = fit_components(rows, kept, seed)
        facets[name] = Facet(fitted.project(rows), fitted)
    return facets


def score_images(facets: Facets, vectors: np.ndarray, pixels: np.ndarray) -> dict[str, np.ndarray]:
    """Return the scores of other images on the same components, float32, by facet."""
    return {
        "content": facets["content"].components.project(vectors, as_unit_rows),
        "colour": facets["colour"].components.project(describe_colours(pixels)),
        "composition": facets["composition"].components.project(describe_composition(pixels)),
    }


def mix_facets(
    facets: Facets, weights: Mapping[str, float], scores: Mapping[str, np.ndarray] | None = None
) -> np.ndarray:
    """Return features (m, k), float32, whose squared distances are the sum of the facets' own times their weights.

    They are those of the n images, or of the images whose `scores` are given. Only the weights' proportions count.
    """
    total = sum(weights.values())
    parts = []
    for name in FACETS:
        if weights.get(name, 0) > 0:
            own = facets[name].scores if scores is None else scores[name]
            parts.append(divide(own, facets[name].norm) * np.float32(np.sqrt(weights[name] / total)))
    return np.concatenate(parts, axis=1)
