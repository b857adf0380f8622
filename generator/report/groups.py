"""The brands, clusters and unclustered posts of a report, each measured and shown by its images."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from generator.colour import distinct_colours
from generator.insights.colour_names import describe_look
from generator.insights.looks import Look, Tints, measure_looks
from generator.insights.representatives import choose_medoids, rank_least_typical
from generator.insights.words.names import Content, name_clusters
from generator.report.model import Brand, Cluster, Crossing, Group, ShownPost, drop_repeats
from generator.report.wording import colour_label

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from generator.language import Language
    from generator.report.cluster_notes import ClusterNotes
    from generator.report.mapped_posts import MappedPosts
    from generator.tags.model import Tags

#: Images shown of a group at most.
_REPRESENTATIVES = 12
_LEAST_TYPICAL = 6
_MOST_ENGAGING = 6


@dataclass(frozen=True, slots=True, eq=False)
class GroupSource:
    """The n posts of a report with the arrays and counts that describe groups of them."""

    posts: tuple[ShownPost, ...]
    features: NDArray[np.float32]  # (n, k)
    pixels: NDArray[np.uint8]  # (n, side, side, 3)
    tints: Tints
    crossings: tuple[Crossing, ...]
    tags: Tags

    @property
    def content(self) -> Content:
        """What the posts' images show, as names are made from it."""
        pairs = np.array([(row, tag) for row, post in enumerate(self.posts) for tag in post.tags], np.int64).reshape(
            -1, 2
        )
        terms = self.tags.terms
        shown, under = tuple(term.name for term in terms), tuple(term.under for term in terms)
        return Content(pairs[:, 0], pairs[:, 1], shown, under)

    def find_looks(self, groups: Sequence[Sequence[int]]) -> tuple[Look, ...]:
        """Return the look of each of `groups`, positions of posts."""
        return measure_looks(self.pixels, self.tints, groups)

    def describe(self, members: Sequence[int], look: Look) -> dict[str, Any]:
        """Return the fields of a Group that follow from its `members`, positions of posts; crossings apart."""
        return {
            "look": look,
            "members": tuple(members),
            "share": len(members) / len(self.posts),
            "representatives": self._choose(choose_medoids, members, _REPRESENTATIVES),
            "least_typical": self._choose(rank_least_typical, members, _LEAST_TYPICAL),
            "most_engaging": _rank_engaging(members, self.posts),
        }

    def cross_cluster(self, cluster: int | None) -> tuple[Crossing, ...]:
        """Return the crossings of `cluster` (None: unclustered) with brands."""
        return tuple(crossing for crossing in self.crossings if crossing.cluster == cluster)

    def cross_brand(self, brand: int) -> tuple[Crossing, ...]:
        """Return the crossings of `brand` with clusters."""
        return tuple(crossing for crossing in self.crossings if crossing.brand == brand)

    def _choose(
        self, choose: Callable[[NDArray[np.float32], int], list[int]], members: Sequence[int], count: int
    ) -> tuple[int, ...]:
        # an image posted twice is shown once
        different = drop_repeats(members, self.posts)
        return tuple(different[index] for index in choose(self.features[different], count))


def make_brands(source: GroupSource, keys: Mapping[str, str], medians: Sequence[float | None]) -> tuple[Brand, ...]:
    """Return the brands, given their `keys` by name and their median likes, both in the brands' order."""
    members = _gather((post.brand for post in source.posts), len(keys))
    looks = source.find_looks(members)
    return tuple(
        Brand(
            key=key,
            name=name,
            found_name=name,
            note="",
            crossings=source.cross_brand(position),
            median_likes=medians[position],
            **source.describe(members[position], looks[position]),
        )
        for position, (name, key) in enumerate(keys.items())
    )


def make_clusters(
    source: GroupSource,
    mapped: MappedPosts,
    brand_names: Sequence[str],
    notes: ClusterNotes,
    known_names: Mapping[int, str],
    language: Language,
) -> tuple[Cluster, ...]:
    """Return the clusters of `mapped`; those whose number is in `known_names` keep the name given there."""
    numbers = mapped.cluster_numbers
    # by number, so that a cluster keeps its colour if others are gone
    colours = distinct_colours(max(numbers, default=0))
    members = _gather((post.cluster for post in source.posts), len(numbers))
    looks = source.find_looks(members)
    descriptions = [_describe_colours(look, language) for look in looks]
    names = name_clusters(
        [post.caption for post in source.posts],
        mapped.labels,
        np.array([post.brand for post in source.posts]),
        brand_names,
        descriptions,
        {label: known_names[number] for label, number in enumerate(numbers) if number in known_names},
        source.content,
    )
    clusters = []
    for label, number in enumerate(numbers):
        found_name = names[label].name or _capitalise(f"{descriptions[label]} {number}")
        key = f"c{number:02d}"
        clusters.append(
            Cluster(
                key=key,
                name=notes.names.get(key, found_name),
                found_name=found_name,
                note=notes.notes.get(key, ""),
                crossings=source.cross_cluster(label),
                colour=colours[number - 1],
                words=names[label].words,
                content=names[label].content,
                stability=float(mapped.together[label]),
                is_set_apart=bool(mapped.set_apart[label]),
                **source.describe(members[label], looks[label]),
            )
        )
    return tuple(clusters)


def make_unclustered(source: GroupSource, notes: ClusterNotes, language: Language) -> Group | None:
    """Return the unclustered posts as a group; None if there are none."""
    members = [index for index, post in enumerate(source.posts) if post.cluster is None]
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


def count_crossings(posts: Sequence[ShownPost], brands: int) -> tuple[Crossing, ...]:
    """Return every brand × cluster that has posts, the largest share of its brand first."""
    pairs = Counter((post.brand, post.cluster) for post in posts)
    of_brand = Counter(post.brand for post in posts)
    of_cluster = Counter(post.cluster for post in posts)
    crossings = [
        Crossing(
            brand=brand,
            cluster=cluster,
            posts=count,
            of_brand=count / of_brand[brand],
            of_others=(of_cluster[cluster] - count) / (len(posts) - of_brand[brand]) if brands > 1 else 0.0,
            of_cluster=count / of_cluster[cluster],
        )
        for (brand, cluster), count in pairs.items()
    ]
    return tuple(sorted(crossings, key=lambda crossing: (-crossing.of_brand, -crossing.posts, crossing.brand)))


def _gather(keys: Iterable[int | None], count: int) -> list[list[int]]:
    """Return the positions at which each of the keys 0 to `count` - 1 stands."""
    positions: list[list[int]] = [[] for _ in range(count)]
    for index, key in enumerate(keys):
        if key is not None:
            positions[key].append(index)
    return positions


def _describe_colours(look: Look, language: Language) -> str:
    """Return the one or two colours of a look in words."""
    _ = language.gettext
    first, *second = (colour_label(name, language) for name in describe_look(look))
    return _("%(one)s and %(two)s") % {"one": first, "two": second[0]} if second else first


def _capitalise(text: str) -> str:
    return text[:1].upper() + text[1:]


def _rank_engaging(members: Sequence[int], posts: Sequence[ShownPost]) -> tuple[int, ...]:
    """Return the members with most likes against their brand's median, of those above it."""
    ranked = sorted((-(posts[member].engagement or 0.0), member) for member in members)
    return tuple(drop_repeats((member for rank, member in ranked if rank < -1), posts)[:_MOST_ENGAGING])
