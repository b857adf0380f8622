"""Match posts and clusters of this build to those of the previous report."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from generator.digests import digest_of
from generator.history.previous import PreviousGroup, PreviousPost, PreviousReport
from generator.maps.history import MapHistory, Why
from generator.maps.incremental_dbscan import UNKNOWN, pair_clusters
from generator.maps.lattice import Lattice
from generator.spreadsheet.posts import Post
from generator.text import make_slugs

#: A map stays if at least this share of the posts was on it; with fewer, it would be a map of something else.
LEAST_KNOWN = 0.5

#: Bits of a perceptual hash, of 64, that may change when a picture is saved anew; see `generator.insights.duplicates`.
_MOST_BITS = 8


@dataclass(frozen=True, slots=True, eq=False)
class Continuity:
    """The positions of n posts of now in an earlier report, and whether its map stays.

    `why` is the reason for a new map: it is "asked" for, the "features" or settings of the map are others, or too "few"
    of the posts were on it; "" if the map stays.
    """

    previous: PreviousReport
    ids: tuple[str, ...]  # of the n posts
    positions: NDArray[np.intp]  # (n,) in previous.posts, -1 for new posts
    why: Why

    @property
    def stays(self) -> bool:
        """Whether the map stays, so that old posts keep their points."""
        return not self.why

    def keeps_cells(self, fill: float) -> bool:
        """Return whether old posts keep their cells too: the map stays, and its lattice was made with this `fill`."""
        return self.stays and self.previous.history.fill == fill

    @property
    def points(self) -> NDArray[np.float64]:
        """Every post's point on the earlier map, (n, 2); NaN for new ones."""
        return self._take([(post.x, post.y) for post in self.previous.posts], (np.nan, np.nan), np.float64)

    @property
    def labels(self) -> NDArray[np.int32]:
        """Every post's earlier cluster, (n,): a position in previous.clusters, -1 for none, UNKNOWN for new posts."""
        indices = {cluster.key: index for index, cluster in enumerate(self.previous.clusters)}
        known = [-1 if post.cluster is None else indices[post.cluster] for post in self.previous.posts]
        return self._take(known, UNKNOWN, np.int32)

    @property
    def territories(self) -> NDArray[np.int32]:
        """Every post's earlier territory, as `labels` has its cluster: a position in previous.territories."""
        indices = {territory.key: index for index, territory in enumerate(self.previous.territories)}
        of_cluster = {cluster: indices[key] for cluster, key in self.previous.territory_of.items()}
        known = [of_cluster.get(post.cluster or "", -1) for post in self.previous.posts]
        return self._take(known, UNKNOWN, np.int32)

    @property
    def lattice(self) -> Lattice:
        """Every post's cell on the earlier map; column -1 for new posts."""
        cells = self._take([(post.column, post.line) for post in self.previous.posts], (-1, -1), np.int32)
        history = self.previous.history
        return Lattice(history.columns, history.lines, cells[:, 0].copy(), cells[:, 1].copy())

    @property
    def key(self) -> str:
        """A digest of everything that the map of these posts takes from the earlier one."""
        if not self.stays:
            return ""
        cells = self.lattice
        arrays = (self.points, self.labels, self.territories, cells.column, cells.line)
        cut = f"{self.previous.eps} {self.previous.min_samples} {self.previous.history.fill}"
        return digest_of(cut, f"{cells.columns} {cells.lines}", *(array.tobytes() for array in arrays))

    def on_map(self, key: str, bases: Collection[str]) -> Continuity | None:
        """Return the same for the further map `key`; None if the earlier report has no such map.

        That map stays if its recorded basis is one of `bases`.
        """
        previous = self.previous.on_map(key)
        if previous is None:
            return None
        why = self.why
        if why in ("", "features"):
            why = "" if previous.history.basis in bases else "features"
        return replace(self, previous=previous, why=why)

    def find_positions(self) -> dict[str, int]:
        """Return the position in previous.posts of every post that is there, by its id of now."""
        return {post: int(position) for post, position in zip(self.ids, self.positions, strict=True) if position >= 0}

    def number_clusters(self, labels: NDArray[np.integer]) -> tuple[int, ...]:
        """Return the numbers of the clusters of `labels` (n,): the earlier ones if they continue, else unused ones."""
        pairs = pair_clusters(self.labels, labels)
        return _number(self.previous.clusters, pairs, labels, self.previous.history.numbers)

    def number_territories(self, territory: NDArray[np.integer]) -> tuple[int, ...]:
        """Return the numbers of territories, given that of each post, (n,), -1 for none, as clusters are numbered."""
        pairs = pair_clusters(self.territories, territory)
        return _number(self.previous.territories, pairs, territory, self.previous.history.territories)

    def keep_territories(self, labels: NDArray[np.integer]) -> NDArray[np.intp] | None:
        """Return the earlier territory of each cluster of `labels` (n,), -1 for a new one.

        None if the map is new, or no territory is left.
        """
        pairs = pair_clusters(self.labels, labels)
        indices = {territory.key: index for index, territory in enumerate(self.previous.territories)}
        known = np.full(int(labels.max(initial=-1)) + 1, -1, np.intp)
        for label, earlier in pairs.items():
            key = self.previous.territory_of.get(self.previous.clusters[earlier].key)
            known[label] = -1 if key is None else indices[key]
        return known if self.stays and known.max(initial=-1) >= 0 else None

    def name_groups(self, lang: str) -> dict[str, str]:
        """Return the earlier names of clusters and territories by key; none if the report was in another language."""
        if self.previous.lang != lang:
            return {}
        return {group.key: group.found_name for group in (*self.previous.clusters, *self.previous.territories)}

    def continue_from(self, history: MapHistory) -> MapHistory:
        """Return `history` if the map is new, else the earlier map's with the posts placed since."""
        earlier = self.previous.history
        numbers = max(earlier.numbers, history.numbers)
        territories = max(earlier.territories, history.territories)
        if not self.stays:
            return replace(history, numbers=numbers, territories=territories)
        return replace(
            history,
            made=earlier.made,
            posts=earlier.posts,
            trustworthiness=earlier.trustworthiness,
            placed=earlier.placed + int((self.positions < 0).sum()),
            numbers=numbers,
            territories=territories,
        )

    def _take(self, values: Sequence[object], missing: object, kind: type) -> NDArray:  # type: ignore[type-arg]
        return np.array([*values, missing], dtype=kind)[self.positions]


def _number(
    earlier: Sequence[PreviousGroup], pairs: Mapping[int, int], labels: NDArray[np.integer], free: int
) -> tuple[int, ...]:
    """Return the number of each group of `labels` (n,): its pair's among the `earlier`, else one above `free`."""
    numbers = []
    for label in range(int(labels.max(initial=-1)) + 1):
        if label in pairs:
            numbers.append(int(earlier[pairs[label]].key[1:]))
        else:
            free += 1
            numbers.append(free)
    return tuple(numbers)


def match_reports(
    previous: PreviousReport,
    posts: Sequence[Post],
    images: Sequence[str],
    hash_of: Callable[[str], int],
    bases: Collection[str],
    fresh: bool,
) -> Continuity | None:
    """Match `posts`, whose image files are `images`, to those of `previous`; None if they have no post in common.

    A post is the same by its id and image, even if the host saved the picture anew: then `hash_of` the image, a
    perceptual hash, is close to the earlier one. A post with another id is the same by its brand and image. The map
    stays if its recorded basis, all that it depends on besides its posts, is one of `bases`, most of the posts were on
    it and no `fresh` map is asked for.
    """
    positions = _match_posts(previous.posts, posts, images, hash_of)
    known = int((positions >= 0).sum())
    if not known:
        return None
    why: Why = ""
    if fresh:
        why = "asked"
    elif previous.history.basis not in bases:
        why = "features"
    elif known < max(2, LEAST_KNOWN * len(posts)):
        why = "few"
    return Continuity(previous, tuple(post.id for post in posts), positions, why)


def _match_posts(
    earlier: Sequence[PreviousPost], posts: Sequence[Post], images: Sequence[str], hash_of: Callable[[str], int]
) -> NDArray[np.intp]:
    """Return the position of each post among the `earlier` ones, (n,), -1 for new posts."""
    of_id = {post.id: index for index, post in enumerate(earlier)}
    positions = np.full(len(posts), -1, np.intp)
    for index, (post, image) in enumerate(zip(posts, images, strict=True)):
        candidate = of_id.get(post.id, -1)
        if candidate >= 0 and _is_same(earlier[candidate], image, hash_of):
            positions[index] = candidate
    slugs = make_slugs(post.brand for post in posts)
    left: dict[tuple[str, str], list[int]] = {}
    for index in sorted(set(range(len(earlier))) - set(positions.tolist()), reverse=True):
        left.setdefault((earlier[index].brand, earlier[index].image), []).append(index)
    for index in np.flatnonzero(positions < 0).tolist():
        if same := left.get((slugs[posts[index].brand], images[index])):
            positions[index] = same.pop()
    return positions


def _is_same(before: PreviousPost, image: str, hash_of: Callable[[str], int]) -> bool:
    """Return whether the post shows the picture it showed before."""
    return before.image == image or (before.hash ^ hash_of(image)).bit_count() <= _MOST_BITS
