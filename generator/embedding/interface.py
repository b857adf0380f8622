"""The interface of engines: they take prepared images and give vectors with their peaks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generator.embedding.networks import NO_PEAK

Prepared = NDArray[Any]
Preparation = Callable[[Image.Image], Prepared]
Vectors = NDArray[np.float32]


class Embedded(NamedTuple):
    """The embeddings of n images."""

    vectors: Vectors  # (n, d)
    peaks: NDArray[np.uint8]  # (n, d): where in the image each number comes from, see `add_peaks`, or NO_PEAK
    logits: NDArray[np.float16] | None = None  # (n, 1000) of ImageNet's classes, where the network has its classifier


class Engine(Protocol):
    """Embeds images. Every method may be called from several threads at once."""

    #: Number of images to hand over at a time; may change.
    batch: int
    #: Whether it computes on a GPU or on threads of its own, so that its caller only waits.
    apart: bool

    @property
    def prepare(self) -> Preparation:
        """A function that turns one RGB image into the engine's input, which is small. It can be pickled."""

    def embed(self, prepared: Sequence[Prepared]) -> Embedded:
        """Return the embeddings of prepared images."""


#: What a network gives, in this order; only the first is there always.
OUTPUTS = ("vectors", "peaks", "logits")


def pair_outputs(
    vectors: Vectors, peaks: NDArray[np.integer] | None = None, logits: NDArray[np.floating] | None = None
) -> Embedded:
    """Return `vectors` (n, d) with their `peaks` (n, d), or with none where a network does not tell them.

    `logits` are (n, 1000), of ImageNet's classes, if the network gives them.
    """
    found = np.full(vectors.shape, NO_PEAK, np.uint8) if peaks is None else peaks.astype(np.uint8)
    return Embedded(vectors, found, None if logits is None else logits.astype(np.float16))


def vectors_of(outputs: Any) -> Vectors:
    """Return the vectors among a network's outputs: these alone, or these and their peaks."""
    return np.asarray(outputs[0] if isinstance(outputs, list | tuple) else outputs)
