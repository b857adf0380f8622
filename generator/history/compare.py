"""Find what changed since the previous report: posts, clusters, shares and brands."""

from __future__ import annotations

import dataclasses
import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from generator.history.fates import compare_clusters, compare_territories
from generator.insights.inference import adjust
from generator.insights.posting.ratios import fisher_exact, ratio_interval
from generator.report.changes import (
    BrandChange,
    ChangedPost,
    Changes,
    Named,
    ShareChange,
    decode_changes,
)
from generator.spreadsheet.posts import FURTHER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from generator.history.continuity import Continuity
    from generator.history.previous import PreviousReport
    from generator.report.model import Group, Report

#: A brand's shares in a cluster are compared if this many of its new posts are there, or were to be expected there.
LEAST_POSTS = 5
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
        shares=_compare_shares(previous, report, positions, brands, clusters),
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


def _compare_shares(
    previous: PreviousReport,
    report: Report,
    positions: Mapping[str, int],
    brands: dict[str, Named],
    clusters: dict[str, Named],
) -> tuple[ShareChange, ...]:
    """Compare each brand's new posts with those it had, cluster by cluster, in the clusters of now.

    They are different posts, so the interval for a ratio of independent proportions holds. A post that is gone counts
    in the cluster it was in, and one of several images in parts.
    """
    rows, keys = [group.key for group in report.brands], [group.key for group in report.clusters]
    earlier, fresh = _count_posts(previous, report, positions)
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
    p[compared] = fisher_exact(
        *(np.rint(table[compared]).astype(np.int64) for table in (fresh, all_fresh, earlier, all_earlier))
    )
    p = adjust(p.ravel()).reshape(p.shape)
    current = _count_now(report, len(rows), len(keys))
    changes = [
        ShareChange(
            brand=brands[rows[i]],
            cluster=clusters[keys[j]],
            before=float(earlier[i, j] / all_earlier[i, j]),
            after=float(current[i, j] / max(1, current[i].sum())),
            of_new=float(fresh[i, j] / all_fresh[i, j]),
            new_posts=round(fresh[i, j]),
            ratio=float(ratio[i, j]),
            low=float(low[at]),
            high=float(high[at]),
            p=float(p[i, j]),
        )
        for at, (i, j) in enumerate(zip(*np.nonzero(shown_cells), strict=True))
    ]
    return tuple(sorted(changes, key=lambda share: (share.p, -abs(_log(share.ratio)))))


def _count_posts(
    previous: PreviousReport, report: Report, positions: Mapping[str, int]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Count earlier posts and new ones, (brands, clusters + 1) each; `positions` are those of images, by id of now.

    The last cell of a row holds posts without a cluster or in one that is gone.
    """
    clusters = {group.key: index for index, group in enumerate(report.clusters)}
    brands = {group.key: index for index, group in enumerate(report.brands)}
    earlier, fresh = (np.zeros((len(brands), len(clusters) + 1)) for _ in range(2))
    now = {positions[image.id]: image for image in report.images if image.id in positions}
    sizes = Counter(post.id.partition(FURTHER)[0] for post in previous.posts)
    for position, post in enumerate(previous.posts):
        shown = now.get(position)
        cluster = clusters.get(post.cluster or "") if shown is None else shown.cluster
        if post.brand in brands and (post.id or not post.is_further):  # see `redact_posts`
            part = 1 / sizes[post.id.partition(FURTHER)[0]] if post.id else 1.0
            earlier[brands[post.brand], -1 if cluster is None else cluster] += part
    for index, image in enumerate(report.images):
        first = report.posts[index if image.owner is None else image.owner]
        if first.id not in positions:
            fresh[image.brand, -1 if image.cluster is None else image.cluster] += image.part
    return earlier, fresh


def _count_now(report: Report, brands: int, clusters: int) -> NDArray[np.float64]:
    counts = np.zeros((brands, clusters + 1))
    for image in report.images:
        counts[image.brand, clusters if image.cluster is None else image.cluster] += image.part
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
