"""Find what changed since the previous report: posts, clusters, shares and brands."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.history.fates import compare_clusters, compare_territories
from generator.history.moved_shares import compare_shares
from generator.report.changes import (
    BrandChange,
    ChangedPost,
    Changes,
    Named,
    decode_changes,
)

if TYPE_CHECKING:
    from generator.history.continuity import Continuity
    from generator.history.previous import PreviousReport
    from generator.report.model import Group, Report

#: Pictures shown of one cluster or brand, and of posts that are gone.
_SHOWN, _GONE_SHOWN = 6, 24

_PICTURE = re.compile(r"images/[0-9a-f]{16}\.jpg")


def tell_changes(before: Continuity | None, report: Report, hidden: Collection[str]) -> Changes | None:
    """Return what changed since the report `before`, or if nothing did, the changes that it showed; None without any.

    Nothing is shown of posts that are `hidden`, by id.
    """
    if before is None:
        return None
    changes = find_changes(before, report)
    if not changes.is_empty:
        return changes
    try:
        return _repeat_changes(before.previous.changes, report, hidden) if before.previous.changes else None
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _repeat_changes(earlier: Mapping[str, Any], report: Report, hidden: Collection[str]) -> Changes:
    """Return the changes in `earlier`, without posts and pictures that `report` does not show."""
    changes = decode_changes(earlier)
    ids, pictures = {post.id for post in report.posts}, {post.picture for post in report.posts}

    def shown(candidates: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(picture for picture in candidates if picture in pictures)

    return dataclasses.replace(
        changes,
        new=tuple(post for post in changes.new if post.id in ids),
        moved=tuple(post for post in changes.moved if post.id in ids),
        gone=tuple(post for post in changes.gone if post.id not in hidden),
        clusters=tuple(dataclasses.replace(row, pictures=shown(row.pictures)) for row in changes.clusters),
        territories=tuple(dataclasses.replace(row, pictures=shown(row.pictures)) for row in changes.territories),
        brands=tuple(dataclasses.replace(row, pictures=shown(row.pictures)) for row in changes.brands),
    )


def keep_pictures(changes: Changes, previous: PreviousReport, folder: Path) -> Changes:
    """Copy the pictures of posts that are gone into the site in `folder`; changes lose those that cannot be read."""

    def keep(post: ChangedPost) -> ChangedPost:
        path = folder / post.picture
        if not post.picture or path.is_file():
            return post
        try:
            if not _PICTURE.fullmatch(post.picture):
                raise ValueError("it is not a picture of a report")
            path.write_bytes(previous.files.read(post.picture))
        except (OSError, LookupError, ValueError):
            return dataclasses.replace(post, picture="")
        return post

    return dataclasses.replace(changes, gone=tuple(keep(post) for post in changes.gone))


def find_changes(before: Continuity, report: Report) -> Changes:
    """Return what changed in `report` since the one `before`, without posts that were withdrawn since."""
    previous = before.previous
    positions = before.find_positions()
    now = {positions[post.id]: index for index, post in enumerate(report.posts) if post.id in positions}
    brands, clusters = _name_groups(previous, report)
    new = tuple(
        ChangedPost(
            post.id, brands[report.brands[post.brand].key], post.picture, None, _cluster_of(report, index, clusters)
        )
        for index, post in enumerate(report.posts)
        if post.id not in positions
    )
    # posts of the spreadsheet that the report does not show
    hidden = set(before.positions.tolist()) - now.keys()
    gone: list[ChangedPost] = []
    moved: list[ChangedPost] = []
    for position, post in enumerate(previous.posts):
        former = clusters[post.cluster] if post.cluster else None
        if position not in now:
            if post.id and not post.is_further and position not in hidden:  # see `redact_posts`
                picture = post.picture if len(gone) < _GONE_SHOWN else ""
                gone.append(ChangedPost(post.id, brands[post.brand], picture, former, None))
            continue
        shown, cluster = report.posts[now[position]], _cluster_of(report, now[position], clusters)
        if (cluster.key if cluster else None) != post.cluster:
            moved.append(ChangedPost(shown.id, brands[post.brand], shown.picture, former, cluster))
    return Changes(
        since=previous.built,
        why=before.why,
        posts_before=sum(not post.is_further for post in previous.posts),
        posts=len(report.posts),
        new=new,
        gone=tuple(gone),
        moved=tuple(moved),
        clusters=compare_clusters(previous, report, now, clusters),
        territories=compare_territories(previous, report, now),
        shares=compare_shares(previous, report, positions, brands, clusters),
        brands=tuple(_compare_brands(previous, report, new, gone, brands)),
        relaid=before.stays and not before.keeps_cells(report.history.fill),
    )


def _name_groups(previous: PreviousReport, report: Report) -> tuple[dict[str, Named], dict[str, Named]]:
    """Return all brands and all clusters of either report by key, with their names of now if they have one."""
    brands = {group.key: Named(group.key, group.name, group.colour) for group in previous.brands}
    brands |= {group.key: Named(group.key, group.name, None) for group in report.brands}
    clusters = {group.key: Named(group.key, group.name, group.colour) for group in previous.clusters}
    clusters |= {group.key: Named(group.key, group.name, group.colour) for group in report.clusters}
    return brands, clusters


def _cluster_of(report: Report, index: int, clusters: dict[str, Named]) -> Named | None:
    position = report.posts[index].cluster
    return None if position is None else clusters[report.clusters[position].key]


def _compare_brands(
    previous: PreviousReport,
    report: Report,
    new: Sequence[ChangedPost],
    gone: Sequence[ChangedPost],
    brands: dict[str, Named],
) -> Iterable[BrandChange]:
    came, went = (Counter(post.brand.key for post in posts) for posts in (new, gone))
    had = {group.key: group.posts for group in previous.brands}
    has: dict[str, Group] = {group.key: group for group in report.brands}
    for position, key in enumerate([*has, *(key for key in had if key not in has)]):
        yield BrandChange(
            brand=brands[key],
            posts_before=had.get(key, 0),
            posts=len(has[key].posts) if key in has else 0,
            new=came[key],
            gone=went[key],
            distinct_before=previous.distinctiveness.get(key),
            distinct=_distinctiveness(report, position) if key in has else None,
            pictures=tuple(dict.fromkeys(post.picture for post in new if post.brand.key == key))[:_SHOWN],
        )


def _distinctiveness(report: Report, brand: int) -> tuple[float, float, float] | None:
    if report.insights is None or report.insights.distinctiveness.withheld[brand]:
        return None
    figures = report.insights.distinctiveness
    return float(figures.ratio[brand]), float(figures.low[brand]), float(figures.high[brand])
