"""What a report states of how its maps were made, and of how far they can be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from generator.embedding.precision import Agreement
    from generator.maps.history import MapHistory
    from generator.maps.lattice import Lattice
    from generator.similarity.robustness import Robustness


@dataclass(frozen=True, slots=True)
class Method:
    """The model and settings that made the map."""

    model: str
    weights_sha256: str | None
    pooling: str | None
    precision: str | None  # "float32", "bfloat16" or "mixed"
    network: str  # what the model is called
    agreement: Agreement | None  # of bfloat16 with float32, if they were compared
    pca: int
    perplexity: float
    eps: float | None
    min_samples: int | None
    seed: int
    versions: Mapping[str, str]
    dimensions: int  # of a feature vector before it was reduced
    fallback: str  # why `auto` chose the network that comes along, in a sentence, or ""
    repeats: str  # "each" or "once": how a brand's repeats of one picture count


@dataclass(frozen=True, slots=True)
class Quality:
    """Figures of the map's quality, each from 0 to 1; NaN if there are no clusters."""

    noise_share: float
    trustworthiness: float
    lattice_trustworthiness: float
    stability: float  # share of a cluster's pairs that stay together under resampling
    neighbours_kept: float  # share of an image's nearest that are its nearest on the map
    neighbours_in_cluster: float  # share of a clustered image's nearest that lie in its cluster
    reference: float  # what that share would be if the images had no groups; NaN if it cannot be told


@dataclass(frozen=True, slots=True, eq=False)
class ShownMap:
    """One map of the report's posts."""

    key: str
    name: str
    weights: Mapping[str, float]  # of the facets in its mix; they sum to 1
    points: NDArray[np.float64]  # (n, 2)
    lattice: Lattice
    near: NDArray[np.integer]  # (n, m) each post's nearest by this mix
    trustworthiness: float
    history: MapHistory


@dataclass(frozen=True, slots=True)
class ShownFacet:
    """A facet that images are compared by, as the viewer names it."""

    key: str  # of FACETS, or "examples"
    name: str
    marks: bool  # whether regions of images are marked for it


@dataclass(frozen=True, slots=True)
class LearnedFacts:
    """A metric learned from examples. Shares are of triples in which the two that belong together are nearer."""

    posts: int
    groups: int
    before: float  # NaN if too few examples could be held out
    after: float
    gain: float
    error: float  # standard error of the gain
    applied: bool


@dataclass(frozen=True, slots=True)
class SimilarityFacts:
    """The facets that images are compared by, and how robust their similarity is."""

    facets: tuple[ShownFacet, ...]
    learned: LearnedFacts | None  # None without examples
    perturbed: int  # images whose perturbed copies were looked up
    robustness: tuple[Robustness, ...]  # one per perturbation; empty if no image was perturbed
    same_post: bool = False  # whether an image's nearest may be of its own post
