"""Find the shares of brands' posts in clusters that moved since the previous report."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from generator.insights.posting.new_posts import compare_new_posts
from generator.report.changes import Named, ShareChange
from generator.spreadsheet.posts import FURTHER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from generator.history.previous import PreviousReport
    from generator.report.model import Report

#: An image: its brand, its cluster (-1 for none), its campaign, its post, and the part of the post that it is.
_Part = tuple[int, int, int, str | int, float]


def compare_shares(
    previous: PreviousReport,
    report: Report,
    positions: Mapping[str, int],
    brands: Mapping[str, Named],
    clusters: Mapping[str, Named],
) -> tuple[ShareChange, ...]:
    """Compare each brand's new posts with those it had, cluster by cluster, in the clusters of now.

    `positions` are those of images in the previous report, by id of now. A post that is gone counts in the cluster it
    was in, one of several images in parts, and a campaign once among the new posts and once among the earlier ones.
    """
    rows, keys = [group.key for group in report.brands], [group.key for group in report.clusters]
    shape = len(rows), len(keys) + 1
    earlier, earlier_occasions = _count(_list_earlier(previous, report, positions), shape)
    fresh, fresh_occasions = _count(_list_new(report, positions), shape)
    drift = None if report.insights is None else report.insights.drift
    found = compare_new_posts(earlier_occasions, fresh_occasions, drift.runs if drift else 1.0)
    now = earlier * 0
    for image in report.images:
        now[image.brand, -1 if image.cluster is None else image.cluster] += image.part
    changes = [
        ShareChange(
            brand=brands[rows[i]],
            cluster=clusters[keys[j]],
            before=float(earlier[i, j] / earlier[i].sum()),
            after=float(now[i, j] / max(1, now[i].sum())),
            of_new=float(fresh[i, j] / fresh[i].sum()),
            new_posts=round(fresh[i, j]),
            ratio=float(found.ratio[i, j]),
            low=float(found.low[i, j]),
            high=float(found.high[i, j]),
            p=float(found.p[i, j]),
        )
        for i, j in np.argwhere(found.is_told).tolist()
    ]
    return tuple(sorted(changes, key=lambda share: (share.p, -abs(_log(share.ratio)))))


def _list_earlier(previous: PreviousReport, report: Report, positions: Mapping[str, int]) -> Iterable[_Part]:
    """Yield the images that the previous report had; those in no cluster of now, or of one that is gone, in none."""
    clusters = {group.key: index for index, group in enumerate(report.clusters)}
    brands = {group.key: index for index, group in enumerate(report.brands)}
    campaigns = _list_campaigns(report)
    now = {positions[image.id]: index for index, image in enumerate(report.images) if image.id in positions}
    sizes = Counter(post.id.partition(FURTHER)[0] for post in previous.posts)
    for position, post in enumerate(previous.posts):
        index = now.get(position)
        cluster = clusters.get(post.cluster or "") if index is None else report.images[index].cluster
        if post.brand in brands and (post.id or not post.is_further):  # see `redact_posts`
            name = post.id.partition(FURTHER)[0]
            # what is gone is in no campaign of now
            campaign = -1 - position if index is None else campaigns[_find_post(report, index)]
            part = 1 / sizes[name] if name else 1.0
            yield brands[post.brand], -1 if cluster is None else cluster, campaign, name or position, part


def _list_new(report: Report, positions: Mapping[str, int]) -> Iterable[_Part]:
    campaigns = _list_campaigns(report)
    for index, image in enumerate(report.images):
        post = _find_post(report, index)
        if report.posts[post].id not in positions:
            yield image.brand, -1 if image.cluster is None else image.cluster, campaigns[post], post, image.part


def _find_post(report: Report, index: int) -> int:
    """Return the position of the post that an image is of."""
    owner = report.images[index].owner
    return index if owner is None else owner


def _list_campaigns(report: Report) -> list[int]:
    """Return a code for each post, equal for those of one campaign; without insights none were looked for."""
    return list(range(len(report.posts))) if report.insights is None else report.insights.burst.tolist()


def _count(parts: Iterable[_Part], shape: tuple[int, int]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return counts of posts and of occasions, (brands, clusters + 1).

    A campaign is so much of an occasion in a cluster as the post of it that has the largest part there.
    """
    posts, occasions = np.zeros(shape), np.zeros(shape)
    of_post: dict[tuple[int, int, int, str | int], float] = {}
    for brand, cluster, campaign, post, part in parts:
        posts[brand, cluster] += part
        of_post[brand, cluster, campaign, post] = of_post.get((brand, cluster, campaign, post), 0.0) + part
    largest: dict[tuple[int, int, int], float] = {}
    for (brand, cluster, campaign, _), part in of_post.items():
        largest[brand, cluster, campaign] = max(largest.get((brand, cluster, campaign), 0.0), part)
    for (brand, cluster, _), part in largest.items():
        occasions[brand, cluster] += part
    return posts, occasions


def _log(ratio: float) -> float:
    return math.log(ratio) if 0 < ratio < math.inf else math.inf
