"""The few findings a report opens with: the clearest of each kind, each with the images that show it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from generator.insights.inference import SIGNIFICANT
from generator.insights.shares import LEAST_POSTS
from generator.report.model import drop_repeats

if TYPE_CHECKING:
    from generator.insights.compute import Insights
    from generator.report.model import Group, ShownPost
from generator.report.model import Finding

#: Posts a cluster needs before a finding on shares speaks of it.
_LEAST_POSTS = 20
#: Findings that a report opens with at most.
_MOST = 8
#: Images that show a finding.
_IMAGES = 3


def choose_findings(
    insights: Insights, posts: Sequence[ShownPost], brands: Sequence[Group], clusters: Sequence[Group]
) -> tuple[Finding, ...]:
    """Up to eight findings, in an order that reads well; no image shows two of them.

    Of each kind those come first that are farthest from saying nothing. Within a kind no brand comes twice, and no
    finding speaks of a brand and cluster that an earlier one has spoken of.
    """
    kinds = (
        (_find_over_indexed(insights, clusters), 2),
        (_find_what_works(insights), 2),
        (_find_what_moves(insights), 1),
        (_find_distinct(insights), 1),
        (_find_overlap(insights), 1),
        (_find_own_ground(insights), 1),
        (_find_white_space(insights, clusters), 2),
        (_find_largest(clusters), 1),
    )  # and of all no more than _MOST
    chosen: list[Finding] = []
    used: set[str] = set()
    for candidates, most in kinds:
        of_kind: list[Finding] = []
        for finding in candidates:
            about = (finding.brand, finding.cluster)
            said = finding.cluster is not None and any((other.brand, other.cluster) == about for other in chosen)
            again = finding.brand is not None and any(other.brand == finding.brand for other in of_kind)
            if said or again:
                continue
            images = _show(finding, posts, brands, clusters, used)
            used.update(posts[index].image for index in images)
            of_kind.append(replace(finding, posts=images))
            if len(of_kind) == most:
                break
        chosen += of_kind
    return tuple(chosen[:_MOST])


def _show(
    finding: Finding, posts: Sequence[ShownPost], brands: Sequence[Group], clusters: Sequence[Group], used: set[str]
) -> tuple[int, ...]:
    """Images that show a finding, none of them `used`, representative ones first.

    Of a cluster they are the brand's own, or for a white space its rivals'; of two brands, images of both that are
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


def _find_alike(one: int, other: int, posts: Sequence[ShownPost], brands: Sequence[Group]) -> Iterator[int]:
    """Posts of two brands in turn, each followed by the other brand's that lies nearest to it, the closest first."""
    pairs = [
        (rank, index, near)
        for brand, rival in ((one, other), (other, one))
        for index in brands[brand].members
        for rank, near in enumerate(posts[index].near)
        if posts[near].brand == rival
    ]
    for _, index, near in sorted(pairs):
        yield from (index, near)


def _find_over_indexed(insights: Insights, clusters: Sequence[Group]) -> Iterator[Finding]:
    """What brands post far more than their rivals: the highest lower ends first."""
    shares = insights.shares
    with np.errstate(invalid="ignore"):
        clear = (shares.p[:, :-1] < SIGNIFICANT) & (shares.low[:, :-1] > 1)
    # where rivals hardly post any, own_ground says it better
    rivals = shares.posts[:, :-1].sum(axis=0) - shares.posts[:, :-1]
    clear &= rivals >= LEAST_POSTS
    cells = [cell for cell in np.argwhere(clear) if len(clusters[cell[1]].members) >= _LEAST_POSTS]
    for brand, cluster in sorted(cells, key=lambda cell: -shares.low[tuple(cell)]):
        figure, low, high = (float(values[brand, cluster]) for values in (shares.over_index, shares.low, shares.high))
        yield Finding("over_index", int(brand), int(cluster), figure, low, high)


def _find_what_works(insights: Insights) -> Iterator[Finding]:
    """Clusters that get other likes than ordinary posts: the general first, then brands' own, the surest first."""
    effects = insights.engagement.findings if insights.engagement else ()
    for effect in sorted(effects, key=lambda effect: (effect.brand is not None, effect.p)):
        yield Finding("engagement", effect.brand, effect.cluster, effect.ratio, effect.low, effect.high)


def _find_what_moves(insights: Insights) -> Iterator[Finding]:
    """Clusters that a brand takes up or gives up: the surest first."""
    for drift in insights.drift.findings if insights.drift else ():
        last = drift.last
        yield Finding("drift", drift.brand, drift.cluster, last.share, last.low, last.high, expected=drift.first.share)


def _find_distinct(insights: Insights) -> Iterator[Finding]:
    """Brands whose images keep to themselves: the highest lower ends first."""
    found = insights.distinctiveness
    for brand in np.argsort(-np.nan_to_num(found.low), kind="stable"):
        if found.p[brand] < SIGNIFICANT and found.low[brand] > 1:
            figure, low, high = (float(values[brand]) for values in (found.ratio, found.low, found.high))
            yield Finding("distinct", int(brand), None, figure, low, high)


def _find_overlap(insights: Insights) -> Iterator[Finding]:
    """Brands that look more alike than chance would have it: the highest lower ends first."""
    found = insights.distinctiveness
    low = np.triu(np.nan_to_num(found.overlap_low), 1)
    for one, other in np.argwhere(low > 1)[np.argsort(-low[low > 1], kind="stable")]:
        figure, least, most = (float(v[one, other]) for v in (found.overlap, found.overlap_low, found.overlap_high))
        yield Finding("overlap", int(one), None, figure, least, most, other=int(other))


def _find_own_ground(insights: Insights) -> Iterator[Finding]:
    """Clusters that are nearly one brand's: the surest first."""
    for ground in sorted(insights.own_ground, key=lambda ground: -ground.low):
        yield Finding("own_ground", ground.brand, ground.cluster, ground.share, ground.low, ground.high)


def _find_white_space(insights: Insights, clusters: Sequence[Group]) -> Iterator[Finding]:
    """What brands surely lack and rivals have, no single one of them nearly alone: the most posts missed first."""
    alone = {ground.cluster for ground in insights.own_ground}
    for space in sorted(insights.white_space, key=lambda space: -space.missing):
        is_large = len(clusters[space.cluster].members) >= _LEAST_POSTS
        if is_large and space.p < SIGNIFICANT and space.rivals > 1 and space.cluster not in alone:
            yield Finding(
                "white_space", space.brand, space.cluster, space.posts, space.low, space.high, expected=space.expected
            )


def _find_largest(clusters: Sequence[Group]) -> Iterator[Finding]:
    if clusters:
        yield Finding("largest_cluster", None, 0, clusters[0].share, math.nan, math.nan)
