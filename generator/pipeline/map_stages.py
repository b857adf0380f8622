"""The stages that look at all posts at once, each kept in the store under everything it depends on."""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from generator.cache.store import Store
from generator.digests import digest_of, hash_file
from generator.history.continuity import Continuity
from generator.maps.lattice import Lattice
from generator.progress import Progress
from generator.settings import ClusterSettings, MapSettings, ReadSettings
from generator.similarity.neighbours import SHOWN
from generator.spreadsheet.posts import Post, PostTable, Refusal, Remark
from generator.spreadsheet.reader import read_apart

if TYPE_CHECKING:
    from generator.collection.withdrawal import Withdrawal

#: One number a stage, raised whenever the same input would give another result.
_VERSIONS = {
    "table": "2",
    "map": "4",
    "clusters": "3",
    "lattice": "3",
    "neighbours": "3",
    "trust": "2",
}

#: Entries of [posts] exclude that took nothing out of a table, as `Exclusion` calls them.
_UNUSED = ("unmatched", "unclear")

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class ImageMap:
    """Every post's place on the map: `points` (n, 2) float64."""

    points: NDArray[np.float64]
    trustworthiness: float
    versions: dict[str, str]  # of the libraries that made it


@dataclass(frozen=True, slots=True)
class Clusters:
    """DBSCAN's labels, (n,) int32 with -1 for noise, and the parameters that gave them."""

    labels: NDArray[np.int32]
    eps: float
    min_samples: int


@dataclass(frozen=True, slots=True)
class Cells:
    """Every post's cell, and how well the cells keep the neighbours that the features have."""

    lattice: Lattice
    trustworthiness: float


def read_table(spreadsheet: Path, settings: ReadSettings, store: Store, withdrawal: Withdrawal) -> PostTable:
    """The spreadsheet's posts but those withdrawn; parsed again only when its bytes or the settings changed.

    Raises SpreadsheetError.
    """
    if not spreadsheet.is_file():
        return read_apart(spreadsheet, settings)  # which says what is wrong
    wanted = json.dumps([settings.sheet, sorted(settings.columns.items()), withdrawal.key])
    key = digest_of(_VERSIONS["table"], spreadsheet.name, hash_file(spreadsheet), wanted)
    kept = store.get("tables", key)
    if kept is not None:
        content = json.loads(kept)
        unmatched, unclear = ([withdrawal.entries[place] for place in content[name]] for name in _UNUSED)
        withdrawal.warn_of(unmatched, unclear)
        return _table_from_json(content["table"])
    found = withdrawal.take_out(read_apart(spreadsheet, settings), _kept_tables(store))
    if withdrawal.writes:
        # entries by their places: what names a withdrawn post is not kept
        places = {name: [withdrawal.entries.index(entry) for entry in getattr(found, name)] for name in _UNUSED}
        content = {"table": dataclasses.asdict(found.table), **places}
        store.put("tables", key, json.dumps(content, default=_as_text).encode())
    withdrawal.warn_of(found.unmatched, found.unclear)
    return found.table


def _kept_tables(store: Store) -> Iterator[PostTable]:
    """Every table in the cache that this version can read."""
    for key in store.keys("tables"):
        try:
            content = json.loads(store.get("tables", key) or b"{}")
            yield _table_from_json(content.get("table", content))
        except (ValueError, TypeError, KeyError):
            continue


def _as_text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)


def _table_from_json(content: dict[str, Any]) -> PostTable:
    def as_post(row: dict[str, Any]) -> Post:
        published = row["published"]
        return Post(**{**row, "published": datetime.fromisoformat(published) if published else None})

    return PostTable(
        **{
            **content,
            "posts": tuple(as_post(row) for row in content["posts"]),
            "refusals": tuple(Refusal(**row) for row in content["refusals"]),
            "remarks": tuple(Remark(**row) for row in content["remarks"]),
        }
    )


def map_basis(mix: str, settings: MapSettings) -> str:
    """All that a map depends on besides its posts: `mix` names the kind of features it was made of."""
    return digest_of(_VERSIONS["map"], mix, str(settings.perplexity), str(settings.seed))


def map_key(mix_key: str, settings: MapSettings, before: Continuity | None = None) -> str:
    """What the map of the features of `mix_key` is kept under; `before` is the report that it goes on from."""
    held = before.key if before else ""
    return digest_of(_VERSIONS["map"], mix_key, str(settings.perplexity), str(settings.seed), held)


def make_map(
    key: str,
    reduced: NDArray[np.float32],
    near: NDArray[np.int32],
    settings: MapSettings,
    before: Continuity | None,
    store: Store,
    progress: Progress,
) -> ImageMap:
    """t-SNE of reduced features (n, k) with their nearest neighbours; on a map that stays, only new posts are placed.

    `near` are those that `find_neighbours` finds.
    """

    def compute() -> Arrays:
        from generator.maps.placement import place_new
        from generator.maps.tsne import LARGE_MAP, project_map, trustworthiness

        with progress.step("Map"):
            if before is not None and before.stays:
                points = place_new(reduced, before.points, settings.perplexity, settings.seed)
            else:
                points = project_map(reduced, settings.perplexity, settings.seed, near)
            # as the next report will read them
            points = points.round(6)
            used = ("numpy", "scikit-learn", *(("openTSNE",) if len(reduced) >= LARGE_MAP else ()))
            versions = {name: version(name) for name in used}
            return {
                "points": points,
                "trustworthiness": np.array(trustworthiness(reduced, points)),
                "versions": np.array(json.dumps(versions)),
            }

    kept = kept_arrays("maps", key, store, compute)
    return ImageMap(kept["points"], float(kept["trustworthiness"]), json.loads(str(kept["versions"])))


def clusters_key(map_key: str, settings: ClusterSettings) -> str:
    """What the clusters of a map are kept under."""
    return digest_of(_VERSIONS["clusters"], map_key, str(settings.eps), str(settings.min_samples))


def find_clusters(
    key: str,
    points: NDArray[np.float64],
    settings: ClusterSettings,
    before: Continuity | None,
    store: Store,
    progress: Progress,
) -> Clusters:
    """DBSCAN on the map; on a map that stays, by the parameters it had, with the clusters it had."""

    def compute() -> Arrays:
        from generator.maps.dbscan import Clustering, cluster_map
        from generator.maps.incremental_dbscan import recluster_map

        with progress.step("Clusters"):
            held = kept_parameters(settings, before)
            if held is not None and before is not None:
                found = Clustering(recluster_map(points, before.labels, *held), *held)
            else:
                found = cluster_map(points, settings.eps, settings.min_samples)
        return {"labels": found.labels, "eps": np.array(found.eps), "min_samples": np.array(found.min_samples)}

    kept = kept_arrays("clusters", key, store, compute)
    return Clusters(kept["labels"], float(kept["eps"]), int(kept["min_samples"]))


def kept_parameters(settings: ClusterSettings, before: Continuity | None) -> tuple[float, int] | None:
    """eps and min_samples of the clusters that stay; None where clusters are found anew."""
    if before is None or not before.stays or not before.previous.clusters:
        return None
    eps, min_samples = before.previous.eps, before.previous.min_samples
    if eps is None or min_samples is None:
        return None
    same = settings.eps in ("auto", eps) and settings.min_samples in ("auto", min_samples)
    return (eps, min_samples) if same else None


def lattice_key(map_key: str, fill: float) -> str:
    """What the cells of a map are kept under."""
    return digest_of(_VERSIONS["lattice"], map_key, str(fill))


def place_cells(
    key: str,
    image_map: ImageMap,
    reduced: NDArray[np.float32],
    fill: float,
    before: Continuity | None,
    store: Store,
    progress: Progress,
) -> Cells:
    """One lattice cell for each post; on a map that stays, old posts keep theirs."""

    def compute() -> Arrays:
        from generator.maps.lattice import assign_cells, extend_cells
        from generator.maps.tsne import trustworthiness

        with progress.step("Cells"):
            if before is not None and before.stays and before.previous.history.fill == fill:
                lattice = extend_cells(image_map.points, before.lattice, fill)
            else:
                lattice = assign_cells(image_map.points, fill)
            cells = np.stack([lattice.column, lattice.line], axis=1).astype(np.float64)
            return {
                "size": np.array([lattice.columns, lattice.lines]),
                "column": lattice.column,
                "line": lattice.line,
                "trustworthiness": np.array(trustworthiness(reduced, cells)),
            }

    kept = kept_arrays("lattices", key, store, compute)
    columns, lines = (int(value) for value in kept["size"])
    return Cells(Lattice(columns, lines, kept["column"], kept["line"]), float(kept["trustworthiness"]))


def neighbours_key(mix_key: str, count: int, *omitted: str) -> str:
    """What the `count` nearest images of each post by features, without posts of the ids `omitted`, are kept under."""
    return digest_of(_VERSIONS["neighbours"], mix_key, str(count), *omitted)


def count_neighbours(posts: int, settings: MapSettings) -> int:
    """How many nearest images of each of so many posts are wanted: those a report shows, or more for a large map."""
    from generator.maps.tsne import map_neighbours

    return max(SHOWN, map_neighbours(settings.perplexity, posts))


def find_neighbours(
    key: str, reduced: NDArray[np.float32], count: int, store: Store, progress: Progress
) -> NDArray[np.int32]:
    """Each post's nearest others by its reduced features (n, d), nearest first: positions, (n, min(count, n - 1))."""

    def compute() -> Arrays:
        from generator.similarity.neighbours import nearest_images

        with progress.step("Neighbours"):
            return {"near": nearest_images(reduced, count)}

    near: NDArray[np.int32] = kept_arrays("neighbours", key, store, compute)["near"]
    return near


@dataclass(frozen=True, slots=True)
class Trust:
    """How steady the clusters are, and how much of the images' likeness the map and its clusters keep."""

    together: NDArray[np.float64]  # (clusters,) share of pairs that stay together under resampling
    stability: float  # their mean; NaN without clusters
    neighbours_kept: float
    neighbours_in_cluster: float  # NaN without clusters


def measure_trust(
    clusters_key: str, near: NDArray[np.int32], points: NDArray[np.float64], clusters: Clusters, seed: int, store: Store
) -> Trust:
    """Trust in the clusters that are kept under `clusters_key`; `near` as `find_neighbours` gives it."""

    def compute() -> Arrays:
        from generator.maps.stability import measure_stability, neighbours_kept

        steady = measure_stability(points, clusters.labels, clusters.eps, clusters.min_samples, seed)
        kept = [steady.overall, *neighbours_kept(near, points, clusters.labels)]
        return {"together": steady.together, "kept": np.array(kept)}

    found = kept_arrays("trust", digest_of(_VERSIONS["trust"], clusters_key, str(seed)), store, compute)
    return Trust(found["together"], *(float(value) for value in found["kept"]))


def kept_arrays(kind: str, key: str, store: Store, compute: Callable[[], Arrays]) -> Arrays:
    """The arrays that the store keeps under `key`, computed and kept where it has none."""
    kept = store.get(kind, key)
    if kept is not None:
        with np.load(io.BytesIO(kept), allow_pickle=False) as arrays:
            return dict(arrays)
    made = compute()
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **made)
    store.put(kind, key, buffer.getvalue())
    return made
