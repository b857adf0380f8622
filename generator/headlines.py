"""The few plain figures a report opens with, each with the images that show it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from generator.report import Crossing, Group, ShownPost

#: Posts a group needs before a headline speaks of it.
_LEAST_HEADLINE = 20
#: Share of a cluster that makes it one brand's own.
_LEAST_OWNED = 0.5


@dataclass(frozen=True, slots=True)
class Headline:
    """One figure worth opening with. `brand` and `cluster` are positions, `posts` three that show it."""

    kind: Literal["largest_cluster", "most_focused_brand", "most_owned_cluster"]
    share: float
    brand: int
    cluster: int
    posts: tuple[int, ...]


def find_headlines(
    posts: Sequence[ShownPost],
    brands: Sequence[Group],
    clusters: Sequence[Group],
    crossings: Sequence[Crossing],
) -> tuple[Headline, ...]:
    """Up to three plain facts of the whole: no estimates, so they need no intervals. No image shows two of them."""
    placed = [(crossing, crossing.cluster) for crossing in crossings if crossing.cluster is not None]
    if not placed or len(brands) < 2:
        return ()

    used: set[str] = set()

    def shown(brand: int | None, cluster: int) -> tuple[int, ...]:
        group = clusters[cluster]
        candidates = [
            member
            for member in drop_repeats((*group.representatives, *group.members), posts)
            if (brand is None or posts[member].brand == brand) and posts[member].image not in used
        ][:3]
        used.update(posts[member].image for member in candidates)
        return tuple(candidates)

    first = max(clusters[0].crossings, key=lambda crossing: crossing.posts)
    found = [Headline("largest_cluster", clusters[0].share, first.brand, 0, shown(None, 0))]
    focused = [pair for pair in placed if len(brands[pair[0].brand].members) >= _LEAST_HEADLINE]
    if focused:
        top, cluster = max(focused, key=lambda pair: pair[0].of_brand)
        found.append(Headline("most_focused_brand", top.of_brand, top.brand, cluster, shown(top.brand, cluster)))
    owned = [pair for pair in placed if len(clusters[pair[1]].members) >= _LEAST_HEADLINE]
    if owned:
        top, cluster = max(owned, key=lambda pair: pair[0].of_cluster)
        if top.of_cluster >= _LEAST_OWNED and (top.brand, cluster) != (found[-1].brand, found[-1].cluster):
            found.append(Headline("most_owned_cluster", top.of_cluster, top.brand, cluster, shown(top.brand, cluster)))
    return tuple(found)


def drop_repeats(members: Iterable[int], posts: Sequence[ShownPost]) -> list[int]:
    """The members in their order, the first of those that show the same image."""
    first: dict[str, int] = {}
    for member in members:
        first.setdefault(posts[member].image, member)
    return list(first.values())
