"""The brands, clusters and unclustered posts of a report, each measured and shown by its images."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from generator.colour import distinct_colours, family_colour, shade_colour
from generator.insights.looks import Look, Tints, measure_looks
from generator.insights.representatives import choose_medoids, rank_least_typical
from generator.report.group_names import name_groups, tell_apart
from generator.report.model import Brand, Cluster, Crossing, Group, ShownPost, Territory, drop_repeats

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from generator.language import Language
    from generator.report.cluster_notes import ClusterNotes
    from generator.report.group_names import Naming
    from generator.report.mapped_posts import MappedPosts

#: Images shown of a group at most.
_REPRESENTATIVES = 12
_LEAST_TYPICAL = 6
_MOST_ENGAGING = 6


@dataclass(frozen=True, slots=True, eq=False)
class GroupSource:
    """The n images of a report with the arrays and counts that describe groups of them."""

    images: tuple[ShownPost, ...]
    owner: NDArray[np.intp]  # (n,) position of each one's post
    features: NDArray[np.float32]  # (n, k)
    pixels: NDArray[np.uint8]  # (n, side, side, 3)
    tints: Tints
    crossings: tuple[Crossing, ...]  # with clusters
    territories: tuple[Crossing, ...]  # with territories; empty without any

    def find_looks(self, groups: Sequence[Sequence[int]]) -> tuple[Look, ...]:
        """Return the look of each of `groups`, positions of images; a post speaks by the first of its images there."""
        return measure_looks(self.pixels, self.tints, [self.list_posts(members) for members in groups])

    def list_posts(self, members: Sequence[int]) -> list[int]:
        """Return each post once, by the first of its images among the `members`, in rising order."""
        owners = self.owner[np.asarray(members, np.intp)]
        return [members[place] for place in np.unique(owners, return_index=True)[1]]

    def describe(self, members: Sequence[int], look: Look) -> dict[str, Any]:
        """Return the fields of a Group that follow from its `members`, positions of images; crossings apart."""
        posts = self.list_posts(members)
        return {
            "look": look,
            "members": tuple(members),
            "posts": tuple(posts),
            "share": math.fsum(self.images[member].part for member in members) / (int(self.owner.max()) + 1),
            "representatives": self._choose(choose_medoids, posts, _REPRESENTATIVES),
            "least_typical": self._choose(rank_least_typical, posts, _LEAST_TYPICAL),
            "most_engaging": _rank_engaging(posts, self.images),
        }

    def cross_cluster(self, cluster: int | None) -> tuple[Crossing, ...]:
        """Return the crossings of `cluster` (None: unclustered) with brands."""
        return tuple(crossing for crossing in self.crossings if crossing.cluster == cluster)

    def cross_brand(self, brand: int) -> tuple[Crossing, ...]:
        """Return the crossings of `brand` with clusters."""
        return tuple(crossing for crossing in self.crossings if crossing.brand == brand)

    def cross_territory(self, territory: int) -> tuple[Crossing, ...]:
        """Return the crossings of `territory` with brands."""
        return tuple(crossing for crossing in self.territories if crossing.cluster == territory)

    def _choose(
        self, choose: Callable[[NDArray[np.float32], int], list[int]], members: Sequence[int], count: int
    ) -> tuple[int, ...]:
        # an image posted twice is shown once
        different = drop_repeats(members, self.images)
        return tuple(different[index] for index in choose(self.features[different], count))


def make_brands(source: GroupSource, keys: Mapping[str, str], medians: Sequence[float | None]) -> tuple[Brand, ...]:
    """Return the brands, given their `keys` by name and their median likes, both in the brands' order."""
    members = _gather((post.brand for post in source.images), len(keys))
    looks = source.find_looks(members)
    return tuple(
        Brand(
            key=key,
            name=name,
            found_name=name,
            note="",
            crossings=source.cross_brand(position),
            median_likes=medians[position],
            territories=tuple(crossing for crossing in source.territories if crossing.brand == position),
            **source.describe(members[position], looks[position]),
        )
        for position, (name, key) in enumerate(keys.items())
    )


def make_clusters(source: GroupSource, mapped: MappedPosts, naming: Naming) -> tuple[Cluster, ...]:
    """Return the clusters of `mapped`."""
    numbers = mapped.cluster_numbers
    colours = _colour_clusters(mapped)
    keys = [f"c{number:02d}" for number in numbers]
    members = _gather((post.cluster for post in source.images), len(numbers))
    looks = source.find_looks(members)
    return tuple(
        Cluster(
            **naming.describe(key, found),
            crossings=source.cross_cluster(label),
            colour=colours[label],
            territory=mapped.territories[label] if mapped.territories else None,
            stability=float(mapped.together[label]),
            is_set_apart=bool(mapped.set_apart[label]),
            **source.describe(members[label], looks[label]),
        )
        for label, (key, found) in enumerate(zip(keys, name_groups(naming, mapped.labels, keys, looks), strict=True))
    )


def _colour_clusters(mapped: MappedPosts) -> list[str]:
    """Return the colour of each cluster: by its number, so that it stays if others are gone.

    The clusters of a territory are of one hue.
    """
    numbers = mapped.cluster_numbers
    if not mapped.territories:
        colours = distinct_colours(max(numbers, default=0))
        return [colours[number - 1] for number in numbers]
    families = [mapped.territory_numbers[territory] for territory in mapped.territories]
    return [shade_colour(family, number) for family, number in zip(families, numbers, strict=True)]


def make_territories(
    source: GroupSource, mapped: MappedPosts, clusters: Sequence[Cluster], naming: Naming
) -> tuple[Territory, ...]:
    """Return the territories of `mapped`; those with several clusters are called unlike each of them."""
    if mapped.territory is None:
        return ()
    numbers = mapped.territory_numbers
    keys = [f"t{number:02d}" for number in numbers]
    members = _gather((post.territory for post in source.images), len(numbers))
    held = _gather(mapped.territories, len(numbers))
    looks = source.find_looks(members)
    names = name_groups(naming, mapped.territory, keys, looks)
    taken: list[set[str]] = [
        set() if len(labels) < 2 or key in naming.known_names else {clusters[label].name.casefold() for label in labels}
        for key, labels in zip(keys, held, strict=True)
    ]
    return tuple(
        Territory(
            **naming.describe(key, found),
            crossings=source.cross_territory(position),
            colour=family_colour(numbers[position]),
            clusters=tuple(held[position]),
            **source.describe(members[position], looks[position]),
        )
        for position, (key, found) in enumerate(
            zip(keys, tell_apart(names, taken, looks, naming.language), strict=True)
        )
    )


def make_unclustered(source: GroupSource, notes: ClusterNotes, language: Language) -> Group | None:
    """Return the unclustered posts as a group; None if there are none."""
    members = [index for index, post in enumerate(source.images) if post.cluster is None]
    if not members:
        return None
    name = language.gettext("Unclustered")
    return Group(
        key="noise",
        name=notes.names.get("noise", name),
        found_name=name,
        note=notes.notes.get("noise", ""),
        crossings=source.cross_cluster(None),
        **source.describe(members, source.find_looks([members])[0]),
    )


def count_crossings(images: Sequence[ShownPost], group: Sequence[int | None]) -> tuple[Crossing, ...]:
    """Return every brand × group that has images, the largest share of its brand first.

    `group` (n,) is the cluster or territory of each image.
    """
    parts: dict[tuple[int, int | None], float] = {}
    shown: dict[tuple[int, int | None], set[int]] = {}
    of_brand: Counter[int] = Counter()
    for position, (image, of) in enumerate(zip(images, group, strict=True)):
        cell = image.brand, of
        parts[cell] = parts.get(cell, 0.0) + image.part
        shown.setdefault(cell, set()).add(position if image.owner is None else image.owner)
        of_brand[image.brand] += image.owner is None
    of_group: dict[int | None, float] = {}
    for (_, of), part in parts.items():
        of_group[of] = of_group.get(of, 0.0) + part
    crossings = [
        Crossing(
            brand=brand,
            cluster=of,
            posts=len(shown[brand, of]),
            of_brand=part / of_brand[brand],
            of_cluster=part / of_group[of],
        )
        for (brand, of), part in parts.items()
    ]
    return tuple(sorted(crossings, key=lambda crossing: (-crossing.of_brand, -crossing.posts, crossing.brand)))


def _gather(keys: Iterable[int | None], count: int) -> list[list[int]]:
    """Return the positions at which each of the keys 0 to `count` - 1 stands."""
    positions: list[list[int]] = [[] for _ in range(count)]
    for index, key in enumerate(keys):
        if key is not None:
            positions[key].append(index)
    return positions


def _rank_engaging(members: Sequence[int], posts: Sequence[ShownPost]) -> tuple[int, ...]:
    """Return the members with most likes against their brand's median, of those above it."""
    ranked = sorted((-(posts[member].engagement or 0.0), member) for member in members)
    return tuple(drop_repeats((member for rank, member in ranked if rank < -1), posts)[:_MOST_ENGAGING])
