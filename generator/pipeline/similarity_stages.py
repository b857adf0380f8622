"""The stages that say what is similar in a collection: features, learned metric, robustness, explanations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from generator.pipeline.run import Run
from generator.pipeline.stages import EXPLANATION, FEATURES, LEARNED, ROBUSTNESS, Arrays, load_arrays
from generator.settings import FACETS

if TYPE_CHECKING:
    from generator.collection.collect import Collection
    from generator.embedding.pca import Components
    from generator.similarity.examples import ExampleGroups
    from generator.similarity.facets import Facets
    from generator.similarity.metric_learning import LearnedMetric
    from generator.similarity.robustness import Robustness


@dataclass(frozen=True, slots=True)
class Features:
    """The facets of n images."""

    facets: Facets
    dimensions: int  # of content before it was reduced


def describe_images(
    run: Run, collection: Collection, vectors: Callable[[], NDArray[np.float32]], pixels: NDArray[np.uint8]
) -> Features:
    """Return the facets of n images. `vectors` gives (n, d) and is called only if they are not cached."""
    settings = run.settings.map

    def compute() -> Arrays:
        from generator.similarity.facets import fit_facets

        with run.progress.step("Describing images"):
            content = vectors()
            arrays: Arrays = {}
            for name, facet in fit_facets(content, pixels, settings.pca, settings.seed).items():
                arrays |= _pack_components(name, facet.components) | {f"{name}.scores": facet.scores}
        return arrays | {"dimensions": np.array(content.shape[1])}

    from generator.similarity.facets import Facet

    key = FEATURES.key(run.settings, collection.key)
    arrays = load_arrays(FEATURES, key, run.store, compute)
    facets = {name: Facet(arrays[f"{name}.scores"], _unpack_components(name, arrays)) for name in FACETS}
    return Features(facets, int(arrays["dimensions"]))


def _pack_components(name: str, components: Components) -> Arrays:
    return {f"{name}.mean": components.mean, f"{name}.axes": components.axes}


def _unpack_components(name: str, arrays: Arrays) -> Components:
    from generator.embedding.pca import Components

    return Components(arrays[f"{name}.mean"], arrays[f"{name}.axes"])


def learn_from_examples(
    run: Run, mix_key: str, features: NDArray[np.float32], examples: ExampleGroups
) -> LearnedMetric:
    """Return the metric that `examples` teach about `features` (n, k), which `mix_key` stands for."""
    from generator.similarity.metric_learning import LearnedMetric, learn_metric

    def compute() -> Arrays:
        with run.progress.step("Learning from examples"):
            learned = learn_metric(features, examples, run.settings.map.seed)
        figures = [learned.posts, learned.groups, learned.before, learned.after, learned.gain, learned.error]
        return {"figures": np.array(figures, np.float64), "directions": learned.directions}

    arrays = load_arrays(LEARNED, LEARNED.key(run.settings, mix_key), run.store, compute)
    posts, groups, before, after, gain, error = (float(value) for value in arrays["figures"])
    return LearnedMetric(int(posts), int(groups), before, after, gain, error, arrays["directions"])


def measure_robustness(
    run: Run, mix_key: str, images: Sequence[str], compute: Callable[[], Sequence[Robustness]]
) -> tuple[Robustness, ...]:
    """Return how robust the likeness of `images` (sha256) is by the features that `mix_key` stands for."""
    from generator.similarity.robustness import Robustness

    def as_arrays() -> Arrays:
        rows = compute()
        return {
            "names": np.array([row.name for row in rows]),
            "figures": np.array([[row.kept, row.low, row.high] for row in rows]),
        }

    arrays = load_arrays(ROBUSTNESS, ROBUSTNESS.key(run.settings, mix_key, *images), run.store, as_arrays)
    rows = zip(arrays["names"].tolist(), arrays["figures"].tolist(), strict=True)
    return tuple(Robustness(name, *figures) for name, figures in rows)


def explain_features(run: Run, compute: Callable[[], NDArray[np.uint8]], *given: str | bytes) -> NDArray[np.uint8]:
    """Return what images share with their neighbours, (n, m, bytes), as `generator.similarity.explanation` encodes it.

    `given` is what the explanation depends on besides the settings.
    """
    key = EXPLANATION.key(run.settings, *given)
    return load_arrays(EXPLANATION, key, run.store, lambda: {"records": compute()})["records"]
