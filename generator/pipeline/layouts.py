"""The maps of a collection: facets mixed as each map asks, laid out on a plane and into cells."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from generator.history.continuity import Continuity
from generator.maps.history import MapHistory
from generator.maps.lattice import Lattice
from generator.pipeline import map_stages, similarity_stages, stages
from generator.pipeline.run import Run
from generator.similarity.mixes import Mix
from generator.similarity.neighbours import SHOWN

if TYPE_CHECKING:
    from generator.collection.collect import Collection
    from generator.collection.image_cache import ImageCache
    from generator.embedding.interface import Embedded
    from generator.images.signature import Signatures
    from generator.similarity.metric_learning import LearnedMetric


@dataclass(frozen=True, slots=True, eq=False)
class MapLayout:
    """One map of n images."""

    mix: Mix
    key: str  # of its features
    features: NDArray[np.float32]  # (n, k)
    near: NDArray[np.int32]  # (n, SHOWN) positions of each image's nearest by these features that are shown
    nearest: NDArray[np.int32]  # the same with images of its own post
    image_map: map_stages.ImageMap
    cells: map_stages.Cells
    history: MapHistory
    before: Continuity | None  # the earlier report, if it had this map

    @property
    def lattice(self) -> Lattice:
        """The cells of its images."""
        return self.cells.lattice


@dataclass(frozen=True, slots=True, eq=False)
class MapLayouts:
    """All maps of a collection, the main one first, with the clusters and territories of the main one."""

    source: ImageSource
    features: similarity_stages.Features
    learned: LearnedMetric | None  # what examples taught the main map; None without examples
    layouts: tuple[MapLayout, ...]
    clusters: map_stages.Clusters
    trust: map_stages.Trust
    territories: NDArray[np.intp]  # (clusters,); empty without territories

    @property
    def main(self) -> MapLayout:
        """The map that clusters and figures follow."""
        return self.layouts[0]

    @property
    def applied(self) -> LearnedMetric | None:
        """The learned metric if it is used; None without examples, or if they did not help."""
        return self.learned if self.learned is not None and self.learned.helps else None


class ImageSource:
    """The cached results of a collection's images, each kind read once, when it is first needed."""

    def __init__(self, collection: Collection, image_cache: ImageCache) -> None:
        self._collection = collection
        self._image_cache = image_cache

    @cached_property
    def signatures(self) -> Signatures:
        """The signatures of the images."""
        return self._image_cache.signatures(self._collection.images)

    @cached_property
    def has_peaks(self) -> bool:
        """Whether the network tells where in an image each feature peaks."""
        from generator.embedding.networks import NO_PEAK

        if self._collection.vectors is not None:
            return False
        return bool((self._image_cache.embeddings(self._collection.images[:1]).peaks != NO_PEAK).any())

    @cached_property
    def embeddings(self) -> Embedded:
        """The vectors of the network, or those that the user brought, which peak nowhere."""
        from generator.embedding.interface import pair_outputs

        vectors = self._collection.vectors
        return self._image_cache.embeddings(self._collection.images) if vectors is None else pair_outputs(vectors)


def lay_out(run: Run, collection: Collection, image_cache: ImageCache, before: Continuity | None) -> MapLayouts:
    """Map a collection as the settings ask; maps that the report `before` has on the same basis stay."""
    source = ImageSource(collection, image_cache)
    features = similarity_stages.describe_images(
        run, collection, lambda: source.embeddings.vectors, source.signatures.pixels
    )
    learned = None
    layouts = []
    for mix in run.maps:
        is_main = mix == run.maps[0]
        earlier = before
        if before is not None and not is_main:
            earlier = before.on_map(mix.key, stages.map_bases(run, collection, mix))
        key = stages.mix_key(run, collection, mix)
        mixed = mix_images(features, mix)
        if is_main and collection.groups.groups:
            learned = similarity_stages.learn_from_examples(run, key, mixed, collection.groups)
            if learned.helps:
                mixed = learned.extend(mixed, mixed)
        layouts.append(_lay_out_map(run, mix, key, mixed, collection, earlier))
    main = layouts[0]
    clusters = map_stages.find_clusters(run, main.image_map, before, collection.owner)
    trust = map_stages.measure_trust(run, main.image_map, clusters, main.features, main.nearest)
    territories = map_stages.find_territories(run, main.image_map, clusters, main.features, before)
    return MapLayouts(source, features, learned, tuple(layouts), clusters, trust, territories)


def mix_images(features: similarity_stages.Features, mix: Mix) -> NDArray[np.float32]:
    """Return the features (n, k) that a mix makes of the images' facets."""
    from generator.similarity.facets import mix_facets

    return mix_facets(features.facets, mix.weights)


def _lay_out_map(
    run: Run, mix: Mix, key: str, features: NDArray[np.float32], collection: Collection, before: Continuity | None
) -> MapLayout:
    name = mix.name or "overall"
    count = map_stages.count_neighbours(collection.owner, run.settings)
    near = map_stages.find_neighbours(run, map_stages.neighbours_key(run, key, count), features, count, name)
    image_map = map_stages.make_map(run, map_stages.map_key(run, key, before), features, near, before, name)
    cells = map_stages.place_cells(run, image_map, features, before, name)
    history = MapHistory(
        basis=stages.map_basis(run, collection, mix),
        made=run.built,
        posts=len(collection.posts),
        trustworthiness=image_map.trustworthiness,
        placed=0,
        columns=cells.lattice.columns,
        lines=cells.lattice.lines,
        fill=run.settings.mosaic.fill,
        numbers=0,
    )
    history = before.continue_from(history) if before else history
    shown = map_stages.choose_shown(run, near, collection.owner)
    # copies, since a map needs nine times as many of each image as are shown
    return MapLayout(mix, key, features, shown.copy(), near[:, :SHOWN].copy(), image_map, cells, history, before)


def keep_images(
    run: Run, layout: MapLayout, kept: NDArray[np.bool_], owner: NDArray[np.intp], omitted: Iterable[str]
) -> MapLayout:
    """Return the layout of the images `kept` (n,), each at its place.

    `owner` is the post of each image that is kept, `omitted` are the ids of the posts that are not.
    """
    count = map_stages.count_shown(owner, run.settings)
    key = map_stages.neighbours_key(run, layout.key, count, *sorted(omitted))
    features, cells = layout.features[kept], layout.lattice
    near = map_stages.find_neighbours(run, key, features, count, layout.mix.name or "overall")
    return replace(
        layout,
        features=features,
        near=map_stages.choose_shown(run, near, owner),
        nearest=near[:, :SHOWN],
        image_map=replace(layout.image_map, points=layout.image_map.points[kept]),
        cells=replace(layout.cells, lattice=replace(cells, column=cells.column[kept], line=cells.line[kept])),
    )
