"""Choose the few findings that a report opens with: the clearest of each kind, with the images that show it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from generator.insights.inference import SIGNIFICANT
from generator.insights.shares import LEAST_POSTS
from generator.report.model import Finding, drop_repeats

if TYPE_CHECKING:
    from generator.insights.compute import Insights
    from generator.report.model import Brand, Cluster, ShownPost

#: Posts a cluster needs for a finding on shares.
_LEAST_POSTS = 20
#: Findings that a report opens with at most.
_MOST = 8
#: Images that show a finding.
_IMAGES = 3


def choose_findings(
    insights: Insights, posts: Sequence[ShownPost], brands: Sequence[Brand], clusters: Sequence[Cluster]
) -> tuple[Finding, ...]:
    """Return up to eight findings, in an order that reads well; no image shows two of them.

    The clearest of each kind come first. No brand comes twice within a kind, and no two findings are about the same
    brand and cluster.
    """
    kinds = (
        (_find_over_indexed(insights, clusters), 2),
        (_find_engaging(insights), 2),
        (_find_drifting(insights), 1),
        (_find_distinct(insights), 1),
        (_find_overlap(insights), 1),
        (_find_own_ground(insights), 1),
        (_find_white_space(insights, clusters), 2),
        (_find_largest(clusters), 1),
    )
    chosen: list[Finding] = []
    used: set[str] = set()
    for candidates, most in kinds:
        of_kind: list[Finding] = []
        for finding in candidates:
            topic = (finding.brand, finding.cluster)
            is_known = finding.cluster is not None and any((other.brand, other.cluster) == topic for other in chosen)
            is_same_brand = finding.brand is not None and any(other.brand == finding.brand for other in of_kind)
            if is_known or is_same_brand:
                continue
            images = _show(finding, posts, brands, clusters, used)
            used.update(posts[index].image for index in images)
            of_kind.append(replace(finding, posts=images))
            if len(of_kind) == most:
                break
        chosen += of_kind
    return tuple(chosen[:_MOST])


def _show(
    finding: Finding, posts: Sequence[ShownPost], brands: Sequence[Brand], clusters: Sequence[Cluster], used: set[str]
) -> tuple[int, ...]:
    """Return images that show a finding, none of them `used`, representative ones first.

    For a cluster they are the brand's own, or for a white space its rivals'; for two brands, images of both that are
    among each other's nearest.
    """
    candidates: Iterable[int]
    if finding.brand is not None and finding.other is not None:
        candidates = _find_alike(finding.brand, finding.other, posts, brands)
    elif finding.cluster is None:
        candidates = brands[finding.brand or 0].representatives
    else:
        group = clusters[finding.cluster]
        is_own = finding.kind != "white_space"
        candidates = (
            index
            for index in (*group.representatives, *group.members)
            if finding.brand is None or (posts[index].brand == finding.brand) is is_own
        )
    return tuple([index for index in drop_repeats(candidates, posts) if posts[index].image not in used][:_IMAGES])


def _find_alike(one: int, other: int, posts: Sequence[ShownPost], brands: Sequence[Brand]) -> Iterator[int]:
    """Yield posts of two brands in turn, each followed by the other brand's nearest to it, the closest pairs first."""
    pairs = [
        (rank, index, near)
        for brand, rival in ((one, other), (other, one))
        for index in brands[brand].members
        for rank, near in enumerate(posts[index].near)
        if posts[near].brand == rival
    ]
    for _, index, near in sorted(pairs):
        yield from (index, near)


def _find_over_indexed(insights: Insights, clusters: Sequence[Cluster]) -> Iterator[Finding]:
    """Find clusters that brands post far more than their rivals: the highest lower ends first."""
    shares = insights.shares
    with np.errstate(invalid="ignore"):
        clear = (shares.p[:, :-1] < SIGNIFICANT) & (shares.low[:, :-1] > 1)
    # if rivals hardly post any, own_ground tells it better
    rivals = shares.posts[:, :-1].sum(axis=0) - shares.posts[:, :-1]
    clear &= rivals >= LEAST_POSTS
    cells = [cell for cell in np.argwhere(clear) if len(clusters[cell[1]].members) >= _LEAST_POSTS]
    for brand, cluster in sorted(cells, key=lambda cell: -shares.low[tuple(cell)]):
        figure, low, high = (float(values[brand, cluster]) for values in (shares.over_index, shares.low, shares.high))
        yield Finding("over_index", int(brand), int(cluster), figure, low, high)


def _find_engaging(insights: Insights) -> Iterator[Finding]:
    """Find clusters that get other likes than ordinary posts: general effects first, then the surest."""
    effects = insights.engagement.findings if insights.engagement else ()
    for effect in sorted(effects, key=lambda effect: (effect.brand is not None, effect.p)):
        yield Finding("engagement", effect.brand, effect.cluster, effect.ratio, effect.low, effect.high)


def _find_drifting(insights: Insights) -> Iterator[Finding]:
    """Find clusters that a brand takes up or gives up, those that moved farthest for sure first."""
    moving = [drift for drift in (insights.drift.findings if insights.drift else ()) if drift.low * drift.high > 0]
    for drift in sorted(moving, key=lambda drift: -min(abs(drift.low), abs(drift.high))):
        if drift.direction:
            first, last = drift.first.share, drift.last.share
            yield Finding("drift", drift.brand, drift.cluster, last, drift.low, drift.high, expected=first)


def _find_distinct(insights: Insights) -> Iterator[Finding]:
    """Find brands whose images differ from all others: the highest lower ends first."""
    distinct = insights.distinctiveness
    for brand in np.argsort(-np.nan_to_num(distinct.low), kind="stable"):
        if distinct.p[brand] < SIGNIFICANT and distinct.low[brand] > 1:
            figure, low, high = (float(values[brand]) for values in (distinct.ratio, distinct.low, distinct.high))
            yield Finding("distinct", int(brand), None, figure, low, high)


def _find_overlap(insights: Insights) -> Iterator[Finding]:
    """Find brands that look more alike than by chance: the highest lower ends first."""
    distinct = insights.distinctiveness
    alike = distinct.overlap_p < SIGNIFICANT
    low = np.triu(np.where(alike, np.nan_to_num(distinct.overlap_low), 0), 1)
    arrays = (distinct.overlap, distinct.overlap_low, distinct.overlap_high)
    for one, other in np.argwhere(low > 1)[np.argsort(-low[low > 1], kind="stable")]:
        figure, least, most = (float(values[one, other]) for values in arrays)
        yield Finding("overlap", int(one), None, figure, least, most, other=int(other))


def _find_own_ground(insights: Insights) -> Iterator[Finding]:
    """Find clusters that are nearly one brand's: the surest first."""
    for ground in sorted(insights.own_ground, key=lambda ground: -ground.low):
        yield Finding("own_ground", ground.brand, ground.cluster, ground.share, ground.low, ground.high)


def _find_white_space(insights: Insights, clusters: Sequence[Cluster]) -> Iterator[Finding]:
    """Find clusters that brands lack and several rivals have: the most posts missed first."""
    alone = {ground.cluster for ground in insights.own_ground}
    for space in sorted(insights.white_space, key=lambda space: -space.missing):
        is_large = len(clusters[space.cluster].members) >= _LEAST_POSTS
        if is_large and space.p < SIGNIFICANT and space.rivals > 1 and space.cluster not in alone:
            yield Finding(
                "white_space", space.brand, space.cluster, space.posts, space.low, space.high, expected=space.expected
            )


def _find_largest(clusters: Sequence[Cluster]) -> Iterator[Finding]:
    if clusters:
        yield Finding("largest_cluster", None, 0, clusters[0].share, math.nan, math.nan)
