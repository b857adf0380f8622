"""What a report says of similarity: its maps, what images share, what examples taught, and how robust it all is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from generator.language import open_language
from generator.pipeline import similarity_stages
from generator.pipeline.layouts import MapLayout, MapLayouts, mix_images
from generator.pipeline.run import Run
from generator.report.map_facts import LearnedFacts, ShownFacet, ShownMap, SimilarityFacts
from generator.report.wording import facet_label
from generator.settings import FACETS
from generator.similarity.explanation import Explainer, Explanations
from generator.similarity.facets import mix_facets, score_images
from generator.similarity.robustness import Robustness, measure_robustness

if TYPE_CHECKING:
    from generator.collection.collect import Collection
    from generator.collection.image_cache import ImageCache


def explain_all(run: Run, maps: MapLayouts, layouts: Sequence[MapLayout], kept: NDArray[np.bool_]) -> Explanations:
    """Return what the posts `kept` (n,) share with their nearest among them on each of `layouts`, their maps."""
    rows = np.flatnonzero(kept)
    seed = run.settings.map.seed

    @cache
    def explainer() -> Explainer:
        embedded = maps.source.embeddings if maps.source.has_peaks else None
        learned = maps.applied.learn(mix_images(maps.features, maps.main.mix)) if maps.applied else None
        return Explainer(maps.features.facets, embedded, maps.source.signatures.pixels, learned, seed)

    records = []
    with run.progress.step("Explaining likeness"):
        for layout in layouts:
            describe = partial(lambda near: explainer().describe(rows, near), rows[layout.near])
            records.append(similarity_stages.explain_features(run, describe, layout.key, maps.main.key, rows.tobytes()))
    return Explanations(FACETS if maps.source.has_peaks else FACETS[1:], tuple(records))


def describe_maps(layouts: Sequence[MapLayout], numbers: tuple[int, int], lang: str) -> tuple[ShownMap, ...]:
    """Return the maps as a report shows them; `numbers` are the highest of clusters and territories."""
    language = open_language(lang)
    maps = []
    for position, layout in enumerate(layouts):
        history = layout.history
        if position == 0:
            clusters, territories = max(history.numbers, numbers[0]), max(history.territories, numbers[1])
            history = replace(history, numbers=clusters, territories=territories)
        name = layout.mix.name or language.gettext("Overall")
        image_map = layout.image_map
        shown = (image_map.points, layout.lattice, layout.near, image_map.trustworthiness, history)
        maps.append(ShownMap(layout.mix.key, name, layout.mix.weights, *shown))
    return tuple(maps)


def describe_similarity(
    run: Run, maps: MapLayouts, collection: Collection, image_cache: ImageCache, marked: Sequence[str]
) -> SimilarityFacts:
    """Return what counts as similar in a report, what examples taught, and how robust likeness is.

    `marked` are the facets for which regions of images are marked.
    """
    language = open_language(run.settings.site.lang)
    learned = maps.learned
    names = [*FACETS, *(["examples"] if maps.applied else [])]
    facets = tuple(ShownFacet(name, facet_label(name, language), name in marked) for name in names)
    facts = None
    if learned is not None:
        figures = (learned.posts, learned.groups, learned.before, learned.after, learned.gain, learned.error)
        facts = LearnedFacts(*figures, learned.helps)
    images = sorted(set(collection.perturbed))
    robustness: tuple[Robustness, ...] = ()
    if images and len(collection.posts) > 1:
        measure = partial(_measure, maps, collection, image_cache, images)
        robustness = similarity_stages.measure_robustness(run, maps.main.key, images, measure)
    return SimilarityFacts(facets, facts, len(images), robustness, run.settings.similarity.same_post)


def _measure(
    maps: MapLayouts, collection: Collection, image_cache: ImageCache, images: Sequence[str]
) -> Sequence[Robustness]:
    """Measure how many of the nearest of `images` stay when the images are perturbed."""
    signatures, vectors = image_cache.perturbed(images)
    main = maps.main
    scores = score_images(maps.features.facets, vectors, signatures.pixels)
    features = mix_facets(maps.features.facets, main.mix.weights, scores)
    if maps.applied:
        features = maps.applied.extend(features, mix_images(maps.features, main.mix))
    first = {image: position for position, image in reversed(list(enumerate(collection.images)))}
    positions = np.array([first[image] for image in images])
    copies = features.reshape(len(images), -1, features.shape[1])
    return measure_robustness(copies, main.features, main.nearest, positions)
