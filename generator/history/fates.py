"""Find the clusters and territories that are new or gone since the previous report, and where their posts come from."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from generator.history.previous import PreviousGroup, PreviousReport
from generator.report.changes import ClusterChange, Named
from generator.report.model import Group, Report

#: Pictures shown of one.
_SHOWN = 6
#: A group split from another, or merged into it, if more than this share of its posts was or is there.
_MOST_OF = 0.5

#: The keys of a post's groups, before and now; None for none.
Pair = tuple[str | None, str | None]


def compare_clusters(
    previous: PreviousReport, report: Report, now: Mapping[int, int], named: Mapping[str, Named]
) -> tuple[ClusterChange, ...]:
    """Return the clusters that are in one report and not in the other.

    `now` holds the position in `report` of each post that was at a position in `previous`; `named` the clusters of both
    by key.
    """
    keys = [group.key for group in report.clusters]
    pairs = [
        (previous.posts[position].cluster, _key_at(keys, report.posts[index].cluster))
        for position, index in now.items()
    ]
    return tuple(_compare(previous.clusters, report.clusters, pairs, report, named))


def compare_territories(previous: PreviousReport, report: Report, now: Mapping[int, int]) -> tuple[ClusterChange, ...]:
    """Return the territories that are in one report and not in the other; none if one of them has no territories."""
    if not previous.territories or not report.territories:
        return ()
    named = {group.key: Named(group.key, group.name, group.colour) for group in previous.territories}
    named |= {group.key: Named(group.key, group.name, group.colour) for group in report.territories}
    keys = [group.key for group in report.territories]
    pairs = [
        (
            previous.territory_of.get(previous.posts[position].cluster or ""),
            _key_at(keys, report.posts[index].territory),
        )
        for position, index in now.items()
    ]
    return tuple(_compare(previous.territories, report.territories, pairs, report, named))


def _key_at(keys: Sequence[str], position: int | None) -> str | None:
    return None if position is None else keys[position]


def _compare(
    before: Sequence[PreviousGroup],
    after: Sequence[Group],
    pairs: Sequence[Pair],
    report: Report,
    named: Mapping[str, Named],
) -> Iterator[ClusterChange]:
    """Yield the groups that are new, then those that are gone."""
    old_keys, new_keys = {group.key for group in before}, {group.key for group in after}
    of_id = {post.id: index for index, post in enumerate(report.images)}
    for group in after:
        if group.key not in old_keys:
            sources = Counter(old for old, new in pairs if new == group.key)
            source, count = max(sources.items(), key=lambda item: item[1], default=(None, 0))
            split = source is not None and count > _MOST_OF * len(group.posts)
            pictures = tuple(report.find_image(index).picture for index in group.representatives[:_SHOWN])
            other = named[source] if split and source else None
            yield ClusterChange(named[group.key], "split" if split else "new", len(group.posts), other, pictures)
    for gone in before:
        if gone.key not in new_keys:
            targets = Counter(new for old, new in pairs if old == gone.key)
            target, count = max(targets.items(), key=lambda item: item[1], default=(None, 0))
            merged = target is not None and count > _MOST_OF * gone.posts
            shown = [report.find_image(of_id[post]).picture for post in gone.representatives if post in of_id]
            other = named[target] if merged and target else None
            fate = "merged" if merged else "gone"
            yield ClusterChange(named[gone.key], fate, gone.posts, other, tuple(shown[:_SHOWN]))  # type: ignore[arg-type]
