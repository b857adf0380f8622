"""What a report says of similarity: its maps, what images share, what examples taught, and how steady it all is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from generator.cache.store import Store
from generator.collection.image_cache import ImageCache
from generator.digests import digest_of
from generator.images.perturb import PERTURBATIONS
from generator.language import open_language
from generator.pipeline import similarity_stages
from generator.pipeline.layouts import MapLayout, MapLayouts, mix_images
from generator.progress import Progress
from generator.report.model import LearnedFacts, ShownFacet, ShownMap, SimilarityFacts
from generator.report.wording import facet_label
from generator.settings import FACETS, Settings
from generator.similarity.explanation import Explainer
from generator.similarity.facets import mix_facets, score_images
from generator.similarity.robustness import Robustness, measure_robustness

if TYPE_CHECKING:
    from generator.collection.collect import Collection
from generator.similarity.explanation import Explanations


def explain_all(
    atlas: MapLayouts,
    charts: Sequence[MapLayout],
    kept: NDArray[np.bool_],
    seed: int,
    store: Store,
    progress: Progress,
) -> Explanations:
    """What the posts `kept` (n,) of an atlas share with their nearest among them on each of `charts`, their maps."""
    rows = np.flatnonzero(kept)
    learnt = None
    if atlas.lesson is not None and atlas.lesson.helps:
        learnt = atlas.lesson.learn(mix_images(atlas.features, atlas.main.mix))
    made: list[Explainer] = []

    def sharing() -> Explainer:
        if not made:
            pixels = atlas.source.signatures.pixels
            embedded = atlas.source.embeddings if atlas.source.has_places else None
            made.append(Explainer(atlas.features.facets, embedded, pixels, learnt, seed))
        return made[0]

    records = []
    with progress.step("Why alike"):
        for chart in charts:
            key = digest_of(chart.key, atlas.main.key, rows.tobytes(), str(seed))
            describe = partial(lambda near: sharing().describe(rows, near), rows[chart.near])
            records.append(similarity_stages.explain_features(key, describe, store))
    return Explanations(FACETS if atlas.source.has_places else FACETS[1:], tuple(records))


def describe_maps(charts: Sequence[MapLayout], numbers: int, lang: str) -> tuple[ShownMap, ...]:
    """The maps as a report shows them; `numbers` is the highest that a cluster of the main one is called by."""
    language = open_language(lang)
    maps = []
    for place, chart in enumerate(charts):
        history = chart.history
        if place == 0:
            history = replace(history, numbers=max(history.numbers, numbers))
        name = chart.mix.name or language.gettext("Overall")
        shown = (chart.points, chart.lattice, chart.near, chart.trustworthiness, history)
        maps.append(ShownMap(chart.mix.key, name, chart.mix.weights, *shown))
    return tuple(maps)


def describe_similarity(
    atlas: MapLayouts,
    collection: Collection,
    image_cache: ImageCache,
    marked: Sequence[str],
    settings: Settings,
    store: Store,
) -> SimilarityFacts:
    """What counts as similar in a report of this atlas, what examples taught, and how steady likeness is."""
    language = open_language(settings.site.lang)
    lesson = atlas.lesson
    names = [*FACETS, *(["examples"] if lesson is not None and lesson.helps else [])]
    facets = tuple(ShownFacet(name, facet_label(name, language), name in marked) for name in names)
    taught = None
    if lesson is not None:
        figures = (lesson.posts, lesson.groups, lesson.before, lesson.after, lesson.gain, lesson.error)
        taught = LearnedFacts(*figures, lesson.helps)
    asked = sorted(set(collection.disturbed))
    robustness: tuple[Robustness, ...] = ()
    if asked and len(collection.posts) > 1:
        robustness = similarity_stages.measure_robustness(
            atlas.main.key, asked, lambda: _measure(atlas, collection, image_cache, asked), store
        )
    return SimilarityFacts(facets, taught, len(asked), robustness)


def _measure(
    atlas: MapLayouts, collection: Collection, image_cache: ImageCache, asked: Sequence[str]
) -> Sequence[Robustness]:
    signatures, vectors = image_cache.disturbed(asked)
    if atlas.features.combination is not None:
        vectors = atlas.features.combination.combine(vectors)
    main = atlas.main
    scores = score_images(atlas.features.facets, vectors, signatures.pixels)
    features = mix_facets(atlas.features.facets, main.mix.weights, scores)
    if atlas.lesson is not None and atlas.lesson.helps:
        features = atlas.lesson.extend(features, mix_images(atlas.features, main.mix))
    first = {image: place for place, image in reversed(list(enumerate(collection.images)))}
    places = np.array([first[image] for image in asked])
    copies = features.reshape(len(asked), len(PERTURBATIONS), -1)
    return measure_robustness(copies, main.features, main.near, places)
