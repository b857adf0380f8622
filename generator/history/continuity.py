"""What of an earlier report stays: which posts it had, where they lie, and which cluster goes on as which."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from generator.digests import digest_of
from generator.history.previous import PreviousPost, PreviousReport
from generator.maps.history import MapHistory, Why
from generator.maps.incremental_dbscan import UNKNOWN, pair_clusters
from generator.maps.lattice import Lattice
from generator.spreadsheet.posts import Post
from generator.text import make_slugs

#: A map stays where at least this share of the posts was on it; below, it would be a map of something else.
LEAST_KNOWN = 0.5

#: Bits of a perceptual hash, of 64, that a picture saved anew may change: `generator.insights.duplicates` measured it.
_MOST_BITS = 8


@dataclass(frozen=True, slots=True, eq=False)
class Continuity:
    """An earlier report beside n posts of now: where each stood in it.

    `why` says why the map is made anew: "asked" for, other "features" or settings of the map, or too "few" of the
    posts were on it; "" where it stays.
    """

    previous: PreviousReport
    ids: tuple[str, ...]  # of the n posts
    places: NDArray[np.intp]  # (n,) positions in previous.posts, -1 for new posts
    why: Why

    @property
    def stays(self) -> bool:
        """Whether old posts keep their places."""
        return not self.why

    @property
    def points(self) -> NDArray[np.float64]:
        """Every post's place on the earlier map, (n, 2); NaN for new ones."""
        return self._take([(post.x, post.y) for post in self.previous.posts], (np.nan, np.nan), np.float64)

    @property
    def labels(self) -> NDArray[np.int32]:
        """Every post's cluster then, (n,): a position in previous.clusters, -1 none, UNKNOWN for new ones."""
        position = {cluster.key: index for index, cluster in enumerate(self.previous.clusters)}
        known = [-1 if post.cluster is None else position[post.cluster] for post in self.previous.posts]
        return self._take(known, UNKNOWN, np.int32)

    @property
    def lattice(self) -> Lattice:
        """Every post's cell then; column -1 for new ones."""
        cells = self._take([(post.column, post.line) for post in self.previous.posts], (-1, -1), np.int32)
        history = self.previous.history
        return Lattice(history.columns, history.lines, cells[:, 0].copy(), cells[:, 1].copy())

    @property
    def key(self) -> str:
        """What the map of these posts takes from the earlier one, as one digest."""
        if not self.stays:
            return ""
        cells = self.lattice
        arrays = (self.points, self.labels, cells.column, cells.line)
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

    def find_places(self) -> dict[str, int]:
        """The position in previous.posts of every post that is there, by its id of now."""
        return {post: int(place) for post, place in zip(self.ids, self.places, strict=True) if place >= 0}

    def number_clusters(self, labels: NDArray[np.integer]) -> tuple[int, ...]:
        """What to call the clusters of `labels` (n,) by: the earlier number where one goes on, else one never used."""
        pairs = pair_clusters(self.labels, labels)
        free = self.previous.history.numbers
        numbers = []
        for label in range(int(labels.max(initial=-1)) + 1):
            if label in pairs:
                numbers.append(int(self.previous.clusters[pairs[label]].key[1:]))
            else:
                free += 1
                numbers.append(free)
        return tuple(numbers)

    def name_clusters(self, lang: str) -> dict[int, str]:
        """What the earlier report called its clusters, by number; nothing where it was in another language."""
        if self.previous.lang != lang:
            return {}
        return {int(cluster.key[1:]): cluster.found_name for cluster in self.previous.clusters}

    def continue_from(self, made: MapHistory) -> MapHistory:
        """The history of the map of now: as it was `made` where it is new, else the earlier one's, with what came."""
        earlier = self.previous.history
        numbers = max(earlier.numbers, made.numbers)
        if not self.stays:
            return replace(made, numbers=numbers)
        return replace(
            made,
            made=earlier.made,
            posts=earlier.posts,
            trustworthiness=earlier.trustworthiness,
            placed=earlier.placed + int((self.places < 0).sum()),
            numbers=numbers,
        )

    def _take(self, values: Sequence[object], missing: object, kind: type) -> NDArray:  # type: ignore[type-arg]
        return np.array([*values, missing], dtype=kind)[self.places]


def compare_reports(
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
    of_id = {post.id: index for index, post in enumerate(previous.posts)}
    places = np.full(len(posts), -1, np.intp)
    for index, (post, image) in enumerate(zip(posts, images, strict=True)):
        found = of_id.get(post.id, -1)
        if found >= 0 and _is_same(previous.posts[found], image, hash_of):
            places[index] = found
    slugs = make_slugs(post.brand for post in posts)
    left: dict[tuple[str, str], list[int]] = {}
    for index in sorted(set(range(len(previous.posts))) - set(places.tolist()), reverse=True):
        before = previous.posts[index]
        left.setdefault((before.brand, before.image), []).append(index)
    for index in np.flatnonzero(places < 0).tolist():
        if same := left.get((slugs[posts[index].brand], images[index])):
            places[index] = same.pop()
    known = int((places >= 0).sum())
    if not known:
        return None
    why: Why = ""
    if fresh:
        why = "asked"
    elif previous.history.basis not in bases:
        why = "features"
    elif known < max(2, LEAST_KNOWN * len(posts)):
        why = "few"
    return Continuity(previous, tuple(post.id for post in posts), places, why)


def _is_same(before: PreviousPost, image: str, hash_of: Callable[[str], int]) -> bool:
    """Whether the post shows the picture it showed before."""
    return before.image == image or (before.hash ^ hash_of(image)).bit_count() <= _MOST_BITS
