"""The stages that say what is similar in a collection, each kept in the store under everything it depends on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from generator.cache.store import Store
from generator.digests import digest_of
from generator.pipeline.map_stages import Arrays, kept_arrays, map_basis
from generator.progress import Progress
from generator.settings import FACETS, MapSettings, Settings

if TYPE_CHECKING:
    from generator.collection.collect import Collection
    from generator.embedding.builtin import Combination
    from generator.embedding.pca import Components
    from generator.similarity.examples import ExampleGroups
    from generator.similarity.facets import Facets
    from generator.similarity.metric_learning import LearnedMetric
    from generator.similarity.mixes import Mix
    from generator.similarity.robustness import Robustness

#: One number a stage, raised whenever the same input would give another result.
_VERSIONS = {"features": "2", "mix": "1", "steadiness": "1", "sharing": "1"}


@dataclass(frozen=True, slots=True)
class Features:
    """What n images look like."""

    facets: Facets
    dimensions: int  # of content before it was reduced
    combination: Combination | None  # how descriptors became content, where the built-in features were used


def features_key(collection: str, settings: MapSettings) -> str:
    """What the facets of a collection of images are kept under."""
    return digest_of(_VERSIONS["features"], collection, str(settings.pca), str(settings.seed))


def describe_images(
    key: str,
    vectors: Callable[[], NDArray[np.float32]],
    combines: bool,
    pixels: NDArray[np.uint8],
    settings: MapSettings,
    store: Store,
    progress: Progress,
) -> Features:
    """The facets of n images; `vectors` (n, d) are only asked for when they are not kept.

    Where the built-in features were used, these are descriptors that must be combined: `combines`.
    """

    def compute() -> Arrays:
        from generator.embedding.builtin import fit_combination
        from generator.similarity.facets import fit_facets

        with progress.step("Features"):
            whole = vectors()
            arrays: Arrays = {}
            if combines:
                combination = fit_combination(whole, settings.seed)
                for name, part in (("edges", combination.edges), ("colours", combination.colours)):
                    arrays |= _pack_components(name, part.components) | {f"{name}.spread": part.spread}
                whole = combination.combine(whole)
            for name, facet in fit_facets(whole, pixels, settings.pca, settings.seed).items():
                arrays |= _pack_components(name, facet.components) | {f"{name}.scores": facet.scores}
        return arrays | {"dimensions": np.array(whole.shape[1])}

    from generator.embedding.builtin import Combination, HalfWhitening
    from generator.similarity.facets import Facet

    kept = kept_arrays("features", key, store, compute)
    facets = {name: Facet(kept[f"{name}.scores"], _unpack_components(name, kept)) for name in FACETS}
    combination = None
    if combines:
        parts = (HalfWhitening(_unpack_components(name, kept), kept[f"{name}.spread"]) for name in ("edges", "colours"))
        combination = Combination(*parts)
    return Features(facets, int(kept["dimensions"]), combination)


def _pack_components(name: str, components: Components) -> Arrays:
    return {f"{name}.mean": components.mean, f"{name}.axes": components.axes}


def _unpack_components(name: str, arrays: Arrays) -> Components:
    from generator.embedding.pca import Components

    return Components(arrays[f"{name}.mean"], arrays[f"{name}.axes"])


def mix_key(features_key: str, mix: Mix, examples: ExampleGroups | None) -> str:
    """What the features of one mix of facets, taught by examples, are known by."""
    taught = examples.said if examples and examples.groups else ""
    return digest_of(_VERSIONS["mix"], features_key, mix.said, taught)


def learn_examples(
    mix_key: str, mixed: NDArray[np.float32], examples: ExampleGroups, seed: int, store: Store, progress: Progress
) -> LearnedMetric:
    """What `examples` teach about the features `mixed` (n, k)."""
    from generator.similarity.metric_learning import LearnedMetric, learn_metric

    def compute() -> Arrays:
        with progress.step("Examples"):
            lesson = learn_metric(mixed, examples, seed)
        figures = [lesson.posts, lesson.groups, lesson.before, lesson.after, lesson.gain, lesson.error]
        return {"figures": np.array(figures, np.float64), "directions": lesson.directions}

    kept = kept_arrays("lessons", mix_key, store, compute)
    posts, groups, before, after, gain, error = (float(value) for value in kept["figures"])
    return LearnedMetric(int(posts), int(groups), before, after, gain, error, kept["directions"])


def mix_basis(features: str, mix: Mix, examples: str, settings: MapSettings) -> str:
    """All that the features of a mix depend on besides the images: `features` names the kind of embedding."""
    chosen = mix.said, examples, str(settings.pca), str(settings.seed)
    return digest_of(_VERSIONS["features"], _VERSIONS["mix"], features, *chosen)


def collection_basis(collection: Collection, settings: Settings, mix: Mix, is_main: bool = False) -> str:
    """What a map of such posts depends on besides which they are: maps of another basis have nothing in common.

    Only the main map is taught by examples.
    """
    # a file of vectors is another file whenever posts are added
    vectors = collection.vectors
    kind = f"vectors {vectors.shape[1]}" if vectors is not None else collection.recipe.key
    taught = collection.examples.said if is_main else ""
    return map_basis(mix_basis(kind, mix, taught, settings.map), settings.map)


def measure_robustness(
    key: str, asked: Sequence[str], compute: Callable[[], Sequence[Robustness]], store: Store
) -> tuple[Robustness, ...]:
    """How steady the likeness of the images `asked` (sha256) is by the features of `key`."""
    from generator.similarity.robustness import Robustness

    def as_arrays() -> Arrays:
        found = compute()
        return {
            "names": np.array([one.name for one in found]),
            "figures": np.array([[one.kept, one.low, one.high] for one in found]),
        }

    kept = kept_arrays("steadiness", digest_of(_VERSIONS["steadiness"], key, *asked), store, as_arrays)
    rows = zip(kept["names"].tolist(), kept["figures"].tolist(), strict=True)
    return tuple(Robustness(name, *figures) for name, figures in rows)


def explain_features(key: str, compute: Callable[[], NDArray[np.uint8]], store: Store) -> NDArray[np.uint8]:
    """What images share with their neighbours, as `generator.similarity.explanation` tells it: (n, m, bytes)."""
    return kept_arrays("sharing", digest_of(_VERSIONS["sharing"], key), store, lambda: {"records": compute()})[
        "records"
    ]
