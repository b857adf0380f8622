"""The stages of a map: nearest images, points, clusters, cells, and how far all of it can be trusted."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray

from generator.history.continuity import Continuity
from generator.maps.lattice import Lattice
from generator.pipeline.run import Run
from generator.pipeline.stages import CELLS, CLUSTERS, MAP, NEIGHBOURS, TERRITORIES, TRUST, Arrays, load_arrays
from generator.settings import ClusterSettings, Settings
from generator.similarity.neighbours import SHOWN, leave_out_own


@dataclass(frozen=True, slots=True)
class ImageMap:
    """The points of a map, (n, 2) float64, and the key that they are cached under."""

    key: str
    points: NDArray[np.float64]
    trustworthiness: float
    versions: dict[str, str]  # of the libraries that made it


@dataclass(frozen=True, slots=True)
class Clusters:
    """The labels of DBSCAN, (n,) int32 with -1 for noise, and the parameters that gave them."""

    key: str
    labels: NDArray[np.int32]
    eps: float
    min_samples: int


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of all posts, and how well cells keep the neighbours that the features have."""

    lattice: Lattice
    trustworthiness: float


@dataclass(frozen=True, slots=True)
class Trust:
    """How stable the clusters are, and how much of the images' likeness the map and its clusters keep."""

    together: NDArray[np.float64]  # (clusters,) share of pairs that stay together under resampling
    set_apart: NDArray[np.bool_]  # (clusters,) whether they are groups in the features, not only on the map
    reference: float  # share of nearest images that clusters would keep if there were no groups; NaN if untold
    stability: float  # their mean; NaN without clusters
    neighbours_kept: float
    neighbours_in_cluster: float  # NaN without clusters


def count_shown(owner: NDArray[np.intp], settings: Settings) -> int:
    """Return how many nearest images are needed of each, to show those of other posts; `owner` (n,) is each's post."""
    own = 0 if settings.similarity.same_post else int(np.bincount(owner).max(initial=1)) - 1
    return SHOWN + own


def count_neighbours(owner: NDArray[np.intp], settings: Settings) -> int:
    """Return how many nearest images are needed of each: to show them, or more for a large map."""
    from generator.maps.tsne import map_neighbours

    return max(count_shown(owner, settings), map_neighbours(settings.map.perplexity, len(owner)))


def choose_shown(run: Run, near: NDArray[np.int32], owner: NDArray[np.intp]) -> NDArray[np.int32]:
    """Return which of the nearest images `near` (n, m) are shown: those of other posts, unless others are asked for."""
    return near[:, :SHOWN] if run.settings.similarity.same_post else leave_out_own(near, owner)


def neighbours_key(run: Run, mix_key: str, count: int, *omitted: str) -> str:
    """Return the key of the `count` nearest of each image, leaving out posts of the ids `omitted`."""
    return NEIGHBOURS.key(run.settings, mix_key, str(count), *omitted)


def find_neighbours(run: Run, key: str, features: NDArray[np.float32], count: int, name: str) -> NDArray[np.int32]:
    """Return the positions of each post's nearest others by `features` (n, k), nearest first: (n, min(count, n - 1)).

    `name` is that of the map.
    """

    def compute() -> Arrays:
        from generator.similarity.neighbours import nearest_images

        with run.progress.step(f"Finding similar images: {name}"):
            return {"near": nearest_images(features, count)}

    near: NDArray[np.int32] = load_arrays(NEIGHBOURS, key, run.store, compute)["near"]
    return near


def map_key(run: Run, mix_key: str, before: Continuity | None) -> str:
    """Return the key of a map of the features that `mix_key` stands for, which continues the report `before`."""
    return MAP.key(run.settings, mix_key, before.key if before else "")


def make_map(
    run: Run, key: str, features: NDArray[np.float32], near: NDArray[np.int32], before: Continuity | None, name: str
) -> ImageMap:
    """Return a t-SNE map of `features` (n, k); on a map that stays, place only the new posts.

    `near` are the neighbours that `find_neighbours` returns.
    """
    settings = run.settings.map

    def compute() -> Arrays:
        from generator.maps.placement import place_new
        from generator.maps.tsne import LARGE_MAP, project_map, trustworthiness

        with run.progress.step(f"Laying out the map: {name}"):
            if before is not None and before.stays:
                points = place_new(features, before.points, settings.perplexity, settings.seed)
            else:
                points = project_map(features, settings.perplexity, settings.seed, near)
            # as the next report will read them
            points = points.round(6)
            libraries = ("numpy", "scikit-learn", *(("openTSNE",) if len(features) >= LARGE_MAP else ()))
            versions = {library: version(library) for library in libraries}
            return {
                "points": points,
                "trustworthiness": np.array(trustworthiness(features, points)),
                "versions": np.array(json.dumps(versions)),
            }

    arrays = load_arrays(MAP, key, run.store, compute)
    return ImageMap(key, arrays["points"], float(arrays["trustworthiness"]), json.loads(str(arrays["versions"])))


def clusters_key(run: Run, map_key: str, owner: NDArray[np.intp]) -> str:
    """Return the key of the clusters of the map that is cached under `map_key`."""
    return CLUSTERS.key(run.settings, map_key, *(["images of posts"] if _have_several(owner) else []))


def _have_several(owner: NDArray[np.intp]) -> bool:
    """Return whether a post has several images; `owner` (n,) is the post of each."""
    return int(owner.max(initial=-1)) + 1 < len(owner)


def find_clusters(run: Run, image_map: ImageMap, before: Continuity | None, owner: NDArray[np.intp]) -> Clusters:
    """Return the clusters of a map by DBSCAN; on a map that stays, by its parameters and from its clusters.

    `owner` (n,) is the post of each image. A cluster holds at least as many posts as it needs images.
    """
    settings = run.settings.clusters

    def compute() -> Arrays:
        from generator.maps.dbscan import Clustering, cluster_map, drop_few
        from generator.maps.incremental_dbscan import recluster_map

        with run.progress.step("Finding clusters"):
            parameters = earlier_parameters(settings, before)
            if parameters is not None and before is not None:
                clustering = Clustering(recluster_map(image_map.points, before.labels, *parameters), *parameters)
            else:
                clustering = cluster_map(image_map.points, settings.eps, settings.min_samples)
        labels = clustering.labels
        if _have_several(owner):
            labels = drop_few(labels, owner, clustering.min_samples)
        return {
            "labels": labels,
            "eps": np.array(clustering.eps),
            "min_samples": np.array(clustering.min_samples),
        }

    key = clusters_key(run, image_map.key, owner)
    arrays = load_arrays(CLUSTERS, key, run.store, compute)
    return Clusters(key, arrays["labels"], float(arrays["eps"]), int(arrays["min_samples"]))


def earlier_parameters(settings: ClusterSettings, before: Continuity | None) -> tuple[float, int] | None:
    """Return eps and min_samples of the clusters that stay; None if clusters are found anew."""
    if before is None or not before.stays or not before.previous.clusters:
        return None
    eps, min_samples = before.previous.eps, before.previous.min_samples
    if eps is None or min_samples is None:
        return None
    same = settings.eps in ("auto", eps) and settings.min_samples in ("auto", min_samples)
    return (eps, min_samples) if same else None


def place_cells(
    run: Run, image_map: ImageMap, features: NDArray[np.float32], before: Continuity | None, name: str
) -> Cells:
    """Return one lattice cell for each post; on a map that stays, earlier posts keep theirs.

    They get others if the earlier lattice was made with another `fill`, and the progress says so.
    """
    fill = run.settings.mosaic.fill
    kept = before if before is not None and before.keeps_cells(fill) else None
    if before is not None and before.stays and kept is None:
        run.progress.say(
            f"The mosaic ({name}) is laid out anew, since {fill:.0%} of its cells are to hold an image and"
            f" {before.previous.history.fill:.0%} did. Images have other cells, but the same map and clusters."
        )

    def compute() -> Arrays:
        from generator.maps.cell_exchange import exchange_cells
        from generator.maps.lattice import assign_cells, extend_cells
        from generator.maps.tsne import trustworthiness

        with run.progress.step(f"Giving images their cells: {name}"):
            if kept is not None:
                lattice = extend_cells(image_map.points, kept.lattice, fill)
                lattice = exchange_cells(lattice, features, movable=kept.lattice.column < 0)
            else:
                lattice = exchange_cells(assign_cells(image_map.points, fill), features)
            positions = np.stack([lattice.column, lattice.line], axis=1).astype(np.float64)
            return {
                "size": np.array([lattice.columns, lattice.lines]),
                "column": lattice.column,
                "line": lattice.line,
                "trustworthiness": np.array(trustworthiness(features, positions)),
            }

    arrays = load_arrays(CELLS, CELLS.key(run.settings, image_map.key), run.store, compute)
    columns, lines = (int(value) for value in arrays["size"])
    return Cells(Lattice(columns, lines, arrays["column"], arrays["line"]), float(arrays["trustworthiness"]))


def measure_trust(
    run: Run, image_map: ImageMap, clusters: Clusters, features: NDArray[np.float32], near: NDArray[np.int32]
) -> Trust:
    """Return how far the clusters and the map of `features` can be trusted; `near` as `find_neighbours` returns it."""

    def compute() -> Arrays:
        from generator.maps.stability import measure_stability, neighbours_kept
        from generator.maps.structure import measure_structure

        stability = measure_stability(
            image_map.points, clusters.labels, clusters.eps, clusters.min_samples, run.settings.map.seed
        )
        shares = [stability.overall, *neighbours_kept(near, image_map.points, clusters.labels)]
        structure = measure_structure(features, clusters.labels, run.settings.map.seed)
        return {
            "together": stability.together,
            "set_apart": structure.set_apart,
            "kept": np.array([structure.overall_reference, *shares]),
        }

    arrays = load_arrays(TRUST, TRUST.key(run.settings, clusters.key), run.store, compute)
    return Trust(arrays["together"], arrays["set_apart"], *(float(value) for value in arrays["kept"]))


def find_territories(
    run: Run, image_map: ImageMap, clusters: Clusters, features: NDArray[np.float32], before: Continuity | None
) -> NDArray[np.intp]:
    """Return the territory of each cluster, (clusters,), empty without territories; on a map that stays, theirs stay.

    `features` (n, k) are those that the map was made from.
    """
    earlier = before.keep_territories(clusters.labels) if before else None

    def compute() -> Arrays:
        from generator.maps.territories import extend_territories, join_clusters

        found = (image_map.points, clusters.labels, features)
        joined = join_clusters(*found) if earlier is None else extend_territories(*found, earlier)
        return {"territories": joined}

    key = TERRITORIES.key(run.settings, clusters.key, b"" if earlier is None else earlier.tobytes())
    territories: NDArray[np.intp] = load_arrays(TERRITORIES, key, run.store, compute)["territories"]
    return territories
