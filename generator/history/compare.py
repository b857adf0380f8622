"""`data/changes.json`: what changed, for programs, and for the next report where nothing has changed since."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.report.changes import ChangedPost, Changes

if TYPE_CHECKING:
    from generator.history.continuity import Continuity
    from generator.history.previous import PreviousReport
    from generator.report.model import Report
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from generator.history.continuity import Continuity
from generator.report.changes import decode_changes

if TYPE_CHECKING:
    from generator.history.previous import PreviousReport
    from generator.report.model import Group, Report
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from generator.history.continuity import Continuity
    from generator.history.previous import PreviousReport
    from generator.report.model import Report
from generator.report.changes import BrandChange, ClusterChange, Named, ShareChange

_PICTURE = re.compile(r"images/[0-9a-f]{16}\.jpg")


def tell_changes(before: Continuity | None, report: Report, hidden: Collection[str]) -> Changes | None:
    """What is other than in the report before; where nothing is, what that one had to say. None without either.

    Of posts that are `hidden`, by id, nothing is said.
    """
    if before is None:
        return None
    changes = find_changes(before, report)
    if not changes.is_empty:
        return changes
    try:
        return _say_again(before.previous.changes, report, hidden) if before.previous.changes else None
    except (KeyError, TypeError, ValueError, AttributeError):
        return None


def _say_again(told: Mapping[str, Any], report: Report, hidden: Collection[str]) -> Changes:
    """What the report before said, without posts and pictures that this one does not show."""
    changes = decode_changes(told)
    ids, pictures = {post.id for post in report.posts}, {post.picture for post in report.posts}

    def shown(found: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(picture for picture in found if picture in pictures)

    return dataclasses.replace(
        changes,
        new=tuple(post for post in changes.new if post.id in ids),
        moved=tuple(post for post in changes.moved if post.id in ids),
        gone=tuple(post for post in changes.gone if post.id not in hidden),
        clusters=tuple(dataclasses.replace(row, pictures=shown(row.pictures)) for row in changes.clusters),
        brands=tuple(dataclasses.replace(row, pictures=shown(row.pictures)) for row in changes.brands),
    )


def keep_pictures(changes: Changes, previous: PreviousReport, folder: Path) -> Changes:
    """Copy the pictures of posts that are gone into the site in `folder`; one that cannot be had is not shown."""

    def keep(post: ChangedPost) -> ChangedPost:
        path = folder / post.picture
        if not post.picture or path.is_file():
            return post
        try:
            if not _PICTURE.fullmatch(post.picture):
                raise ValueError("it is no picture of ours")
            path.write_bytes(previous.files.read(post.picture))
        except (OSError, LookupError, ValueError):
            return dataclasses.replace(post, picture="")
        return post

    return dataclasses.replace(changes, gone=tuple(keep(post) for post in changes.gone))


#: Posts in which a brand's share is compared: so many new ones in a cluster, or as many as were to be expected there.
LEAST_POSTS = 5


#: Pictures shown of one thing, and of posts that are gone.
_SHOWN, _GONE_SHOWN = 6, 24


#: A cluster comes from another, or goes into it, with more than this share of its posts.
_MOST_OF = 0.5


def find_changes(before: Continuity, report: Report) -> Changes:
    """What is other in `report` than in the one `before`; of posts that were withdrawn since nothing is said."""
    previous = before.previous
    places = before.find_places()
    now = {places[post.id]: index for index, post in enumerate(report.posts) if post.id in places}
    brands, clusters = _name_groups(previous, report)
    new = tuple(
        ChangedPost(
            post.id, brands[report.brands[post.brand].key], post.picture, None, _cluster_of(report, index, clusters)
        )
        for index, post in enumerate(report.posts)
        if post.id not in places
    )
    # those that are still there, but not to be shown
    hidden = set(before.places.tolist()) - now.keys()
    gone: list[ChangedPost] = []
    moved: list[ChangedPost] = []
    for place, post in enumerate(previous.posts):
        was = clusters[post.cluster] if post.cluster else None
        if place not in now:
            if post.id and place not in hidden:  # see `redact_posts`
                picture = post.picture if len(gone) < _GONE_SHOWN else ""
                gone.append(ChangedPost(post.id, brands[post.brand], picture, was, None))
            continue
        shown, cluster = report.posts[now[place]], _cluster_of(report, now[place], clusters)
        if (cluster.key if cluster else None) != post.cluster:
            moved.append(ChangedPost(shown.id, brands[post.brand], shown.picture, was, cluster))
    return Changes(
        since=previous.built,
        why=before.why,
        posts_before=len(previous.posts),
        posts=len(report.posts),
        new=new,
        gone=tuple(gone),
        moved=tuple(moved),
        clusters=tuple(_compare_clusters(previous, report, now, clusters)),
        shares=_compare_shares(previous, report, now, brands, clusters),
        brands=tuple(_compare_brands(previous, report, new, gone, brands)),
    )


def _name_groups(previous: PreviousReport, report: Report) -> tuple[dict[str, Named], dict[str, Named]]:
    """Every brand and every cluster of either report by key; those of now with their names of now."""
    brands = {group.key: Named(group.key, group.name, group.colour) for group in previous.brands}
    brands |= {group.key: Named(group.key, group.name, None) for group in report.brands}
    clusters = {group.key: Named(group.key, group.name, group.colour) for group in previous.clusters}
    clusters |= {group.key: Named(group.key, group.name, group.colour) for group in report.clusters}
    return brands, clusters


def _cluster_of(report: Report, index: int, clusters: dict[str, Named]) -> Named | None:
    position = report.posts[index].cluster
    return None if position is None else clusters[report.clusters[position].key]


def _compare_clusters(
    previous: PreviousReport, report: Report, now: dict[int, int], clusters: dict[str, Named]
) -> Iterable[ClusterChange]:
    """The clusters that are in one report and not in the other."""
    pairs = [(previous.posts[place].cluster, _key_of(report, index)) for place, index in now.items()]
    old_keys, new_keys = {group.key for group in previous.clusters}, {group.key for group in report.clusters}
    of_id = {post.id: index for index, post in enumerate(report.posts)}
    for group in report.clusters:
        if group.key not in old_keys:
            sources = Counter(old for old, new in pairs if new == group.key)
            source, count = max(sources.items(), key=lambda item: item[1], default=(None, 0))
            split = source is not None and count > _MOST_OF * len(group.members)
            pictures = tuple(report.posts[index].picture for index in group.representatives[:_SHOWN])
            other = clusters[source] if split and source else None
            yield ClusterChange(clusters[group.key], "split" if split else "new", len(group.members), other, pictures)
    for gone in previous.clusters:
        if gone.key not in new_keys:
            targets = Counter(new for old, new in pairs if old == gone.key)
            target, count = max(targets.items(), key=lambda item: item[1], default=(None, 0))
            merged = target is not None and count > _MOST_OF * gone.posts
            shown = [report.posts[of_id[post]].picture for post in gone.representatives if post in of_id]
            other = clusters[target] if merged and target else None
            yield ClusterChange(
                clusters[gone.key], "merged" if merged else "gone", gone.posts, other, tuple(shown[:_SHOWN])
            )


def _key_of(report: Report, index: int) -> str | None:
    position = report.posts[index].cluster
    return None if position is None else report.clusters[position].key


def _compare_shares(
    previous: PreviousReport,
    report: Report,
    now: dict[int, int],
    brands: dict[str, Named],
    clusters: dict[str, Named],
) -> tuple[ShareChange, ...]:
    """Each brand's new posts beside those it had, cluster by cluster, in the clusters as they are cut now.

    The two are different posts, so that the interval for a ratio of independent proportions holds. A post that is gone
    counts in the cluster it was in.
    """
    from generator.insights.inference import adjust
    from generator.insights.shares import ratio_interval, fisher_exact

    keys = [group.key for group in report.clusters]
    column = {key: index for index, key in enumerate(keys)}
    rows = [group.key for group in report.brands]
    row = {key: index for index, key in enumerate(rows)}
    # one column more for posts without a cluster, or in one that is gone
    earlier, fresh = (np.zeros((len(rows), len(keys) + 1), np.int64) for _ in range(2))
    for place, post in enumerate(previous.posts):
        key = _key_of(report, now[place]) if place in now else post.cluster
        if post.brand in row:
            earlier[row[post.brand], column.get(key or "", len(keys))] += 1
    known = set(now.values())
    for index, shown in enumerate(report.posts):
        if index not in known:
            fresh[shown.brand, len(keys) if shown.cluster is None else shown.cluster] += 1
    all_earlier, all_fresh = (np.broadcast_to(t.sum(axis=1, keepdims=True), t.shape) for t in (earlier, fresh))
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = all_fresh * earlier / all_earlier
        shown_cells = (np.maximum(fresh, np.nan_to_num(expected)) >= LEAST_POSTS) & (all_earlier > 0) & (all_fresh > 0)
        shown_cells[:, -1] = False
        ratio = (fresh / all_fresh) / (earlier / all_earlier)
    if not shown_cells.any():
        return ()
    counts = tuple(table[shown_cells] for table in (fresh, all_fresh, earlier, all_earlier))
    low, high = ratio_interval(*counts)
    compared = (all_earlier > 0) & (all_fresh > 0)
    compared[:, -1] = False
    p = np.full(earlier.shape, np.nan)
    p[compared] = fisher_exact(*(table[compared] for table in (fresh, all_fresh, earlier, all_earlier)))
    p = adjust(p.ravel()).reshape(p.shape)
    current = _count_now(report, len(rows), len(keys))
    found = [
        ShareChange(
            brand=brands[rows[i]],
            cluster=clusters[keys[j]],
            before=float(earlier[i, j] / all_earlier[i, j]),
            after=float(current[i, j] / max(1, current[i].sum())),
            of_new=float(fresh[i, j] / all_fresh[i, j]),
            new_posts=int(fresh[i, j]),
            ratio=float(ratio[i, j]),
            low=float(low[at]),
            high=float(high[at]),
            p=float(p[i, j]),
        )
        for at, (i, j) in enumerate(zip(*np.nonzero(shown_cells), strict=True))
    ]
    return tuple(sorted(found, key=lambda share: (share.p, -abs(_log(share.ratio)))))


def _count_now(report: Report, brands: int, clusters: int) -> np.ndarray:
    counts = np.zeros((brands, clusters + 1), np.int64)
    for post in report.posts:
        counts[post.brand, clusters if post.cluster is None else post.cluster] += 1
    return counts


def _log(ratio: float) -> float:
    return math.log(ratio) if 0 < ratio < math.inf else math.inf


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
            posts=len(has[key].members) if key in has else 0,
            new=came[key],
            gone=went[key],
            distinct_before=previous.distinctiveness.get(key),
            distinct=_distinctiveness(report, position) if key in has else None,
            pictures=tuple(dict.fromkeys(post.picture for post in new if post.brand.key == key))[:_SHOWN],
        )


def _distinctiveness(report: Report, brand: int) -> tuple[float, float, float] | None:
    if report.insights is None or report.insights.distinctiveness.withheld[brand]:
        return None
    found = report.insights.distinctiveness
    return float(found.ratio[brand]), float(found.low[brand]), float(found.high[brand])
