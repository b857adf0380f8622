"""The maps of a collection: what its images look like, mixed as each map asks, laid out on a plane and into cells."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from generator.cache.store import Store
from generator.collection.image_cache import ImageCache
from generator.history.continuity import Continuity
from generator.maps.history import MapHistory
from generator.maps.lattice import Lattice
from generator.pipeline import map_stages, similarity_stages
from generator.progress import Progress
from generator.settings import Settings
from generator.similarity.mixes import Mix, plan_maps
from generator.similarity.neighbours import SHOWN

if TYPE_CHECKING:
    from generator.collection.collect import Collection
    from generator.embedding.engines import Embedded
    from generator.images.signature import Signatures
    from generator.similarity.metric_learning import LearnedMetric


@dataclass(frozen=True, slots=True, eq=False)
class MapLayout:
    """One map of n images."""

    mix: Mix
    key: str  # what its neighbours are kept under
    features: NDArray[np.float32]  # (n, k)
    near: NDArray[np.int32]  # (n, SHOWN) each image's nearest by these features
    points: NDArray[np.float64]  # (n, 2)
    trustworthiness: float
    versions: dict[str, str]
    lattice: Lattice
    lattice_trustworthiness: float
    history: MapHistory
    before: Continuity | None  # the earlier report, where it had this map


@dataclass(frozen=True, slots=True, eq=False)
class MapLayouts:
    """All maps of a collection, the main one first, and the clusters of that."""

    source: ImageSource
    features: similarity_stages.Features
    lesson: LearnedMetric | None  # what examples taught the main map; None where there are none
    charts: tuple[MapLayout, ...]
    clusters: map_stages.Clusters
    trust: map_stages.Trust

    @property
    def main(self) -> MapLayout:
        """The map that clusters and figures follow."""
        return self.charts[0]


class ImageSource:
    """What is kept of a collection's images, each kind read once, when it is first asked for."""

    def __init__(self, collection: Collection, image_cache: ImageCache) -> None:
        self._collection = collection
        self._gallery = image_cache

    @cached_property
    def signatures(self) -> Signatures:
        """The images' traits."""
        return self._gallery.signatures(self._collection.images)

    @cached_property
    def has_places(self) -> bool:
        """Whether the network says where in the images its numbers come from."""
        from generator.embedding.networks import NOWHERE

        if self._collection.vectors is not None:
            return False
        return bool((self._gallery.embeddings(self._collection.images[:1]).places != NOWHERE).any())

    @cached_property
    def embeddings(self) -> Embedded:
        """What the network, or the user, says of them; from nowhere in particular where the user does."""
        from generator.embedding.engines import embedded

        brought = self._collection.vectors
        return self._gallery.embeddings(self._collection.images) if brought is None else embedded(brought)


def lay_out(
    collection: Collection,
    image_cache: ImageCache,
    before: Continuity | None,
    settings: Settings,
    store: Store,
    built: datetime,
    progress: Progress,
) -> MapLayouts:
    """Map a collection as the settings ask; maps of the report `before` that are of the same kind stay."""
    source = ImageSource(collection, image_cache)
    features_key = similarity_stages.features_key(collection.key, settings.map)
    features = similarity_stages.describe_images(
        features_key,
        lambda: source.embeddings.vectors,
        collection.recipe.model == "builtin",
        source.signatures.pixels,
        settings.map,
        store,
        progress,
    )
    mixes = plan_maps(settings)
    lesson = None
    charts = []
    for place, mix in enumerate(mixes):
        is_main = place == 0
        earlier = (
            before
            if is_main or before is None
            else before.on_map(mix.key, similarity_stages.collection_basis(collection, settings, mix))
        )
        examples = collection.groups if is_main else None
        key = similarity_stages.mix_key(features_key, mix, examples)
        mixed = mix_images(features, mix)
        if examples and examples.groups:
            lesson = similarity_stages.learn_examples(key, mixed, examples, settings.map.seed, store, progress)
            if lesson.helps:
                mixed = lesson.extend(mixed, mixed)
        charts.append(_chart(key, mix, mixed, collection, earlier, is_main, settings, store, built, progress))
    main = charts[0]
    map_key = map_stages.map_key(main.key, settings.map, before)
    clusters_key = map_stages.clusters_key(map_key, settings.clusters)
    clusters = map_stages.find_clusters(clusters_key, main.points, settings.clusters, before, store, progress)
    trust = map_stages.measure_trust(clusters_key, main.near, main.points, clusters, settings.map.seed, store)
    return MapLayouts(source, features, lesson, tuple(charts), clusters, trust)


def mix_images(features: similarity_stages.Features, mix: Mix) -> NDArray[np.float32]:
    """The features (n, k) that a mix makes of the images' facets."""
    from generator.similarity.facets import mix_facets

    return mix_facets(features.facets, mix.weights)


def _chart(
    key: str,
    mix: Mix,
    features: NDArray[np.float32],
    collection: Collection,
    before: Continuity | None,
    is_main: bool,
    settings: Settings,
    store: Store,
    built: datetime,
    progress: Progress,
) -> MapLayout:
    wanted = map_stages.count_neighbours(len(features), settings.map)
    nearest = map_stages.find_neighbours(map_stages.neighbours_key(key, wanted), features, wanted, store, progress)
    map_key = map_stages.map_key(key, settings.map, before)
    image_map = map_stages.make_map(map_key, features, nearest, settings.map, before, store, progress)
    lattice_key = map_stages.lattice_key(map_key, settings.mosaic.fill)
    cells = map_stages.place_cells(lattice_key, image_map, features, settings.mosaic.fill, before, store, progress)
    history = MapHistory(
        basis=similarity_stages.collection_basis(collection, settings, mix, is_main),
        made=built,
        posts=len(collection.posts),
        trustworthiness=image_map.trustworthiness,
        placed=0,
        columns=cells.lattice.columns,
        lines=cells.lattice.lines,
        fill=settings.mosaic.fill,
        numbers=0,
    )
    return MapLayout(
        mix=mix,
        key=key,
        features=features,
        near=nearest[:, :SHOWN],
        points=image_map.points,
        trustworthiness=image_map.trustworthiness,
        versions=image_map.versions,
        lattice=cells.lattice,
        lattice_trustworthiness=cells.trustworthiness,
        history=before.continue_from(history) if before else history,
        before=before,
    )


def keep_images(
    chart: MapLayout, kept: NDArray[np.bool_], omitted: Iterable[str], store: Store, progress: Progress
) -> MapLayout:
    """The chart of the images `kept` (n,), each at its place; `omitted` are the ids of the others."""
    key = map_stages.neighbours_key(chart.key, SHOWN, *sorted(omitted))
    features, cells = chart.features[kept], chart.lattice
    return replace(
        chart,
        features=features,
        near=map_stages.find_neighbours(key, features, SHOWN, store, progress),
        points=chart.points[kept],
        lattice=replace(cells, column=cells.column[kept], line=cells.line[kept]),
    )
