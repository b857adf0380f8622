"""Choose the few findings that a report opens with: the clearest of each kind, with the images that show it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from generator.insights.inference import SIGNIFICANT
from generator.report.model import Finding, drop_repeats

if TYPE_CHECKING:
    from generator.insights.compute import Insights
    from generator.report.model import Brand, Cluster, ShownPost

#: Posts a cluster needs for a finding on shares.
_LEAST_POSTS = 20
#: Findings that a report opens with at most.
_MOST = 8
#: What a ratio of shares surely reaches to open a report; less is true but tells no strategy.
_LEAST_RATIO = 1.25
#: Kinds that tell how much is posted in a cluster.
_SHARE_KINDS = {"over_index", "own_ground", "white_space", "largest_cluster"}
#: Images that show a finding.
_IMAGES = 3


def choose_findings(
    insights: Insights, posts: Sequence[ShownPost], brands: Sequence[Brand], clusters: Sequence[Cluster]
) -> tuple[Finding, ...]:
    """Return up to eight findings, in an order that reads well; no image shows two of them.

    The clearest of each kind come first: those whose interval keeps farthest from no effect. No brand comes twice
    within a kind, and no two findings say the same.
    """
    kinds = (
        (_find_over_indexed(insights, clusters), 2),
        (_find_engaging(insights), 2),
        (_find_drifting(insights), 1),
        (_find_distinct(insights), 1),
        (_find_overlap(insights), 1),
        (_find_own_ground(insights, clusters), 1),
        (_find_white_space(insights, clusters), 2),
        (_find_largest(clusters), 1),
    )
    chosen: list[Finding] = []
    used: set[str] = set()
    for candidates, most in kinds:
        of_kind: list[Finding] = []
        for finding in candidates:
            is_known = any(_say_the_same(finding, other) for other in chosen)
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


def _say_the_same(one: Finding, other: Finding) -> bool:
    """Return whether two findings are about how much is posted in one cluster, or about one brand in it."""
    if one.cluster is None or one.cluster != other.cluster:
        return False
    return one.brand == other.brand or {one.kind, other.kind} <= _SHARE_KINDS


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
    """Find clusters that brands post far more than their median rival: the highest lower ends first."""
    shares = insights.shares
    owned = {(ground.brand, ground.cluster) for ground in insights.own_ground}
    cells = np.argwhere(shares.marked[:, :-1] & (shares.picked_low[:, :-1] > _LEAST_RATIO)).tolist()
    for brand, cluster in sorted(cells, key=lambda cell: -shares.picked_low[tuple(cell)]):
        cell = brand, cluster
        # own_ground tells it better
        if cell in owned or not _may_lead(insights, cell, clusters):
            continue
        picked, low, high = (float(values[cell]) for values in (shares.picked, shares.picked_low, shares.picked_high))
        counts = int(shares.posts[cell]), int(shares.occasions[cell])
        yield Finding("over_index", *cell, picked, low, high, is_bound=bool(shares.is_bound[cell]), counts=counts)


def _may_lead(insights: Insights, cell: tuple[int, int], clusters: Sequence[Cluster]) -> bool:
    """Return whether a share may be a headline: of a large cluster, and resting on more than one rival of several."""
    several = len(insights.shares.posts) > 2
    return len(clusters[cell[1]].members) >= _LEAST_POSTS and not (several and insights.shares.rests_on[cell] >= 0)


def _find_engaging(insights: Insights) -> Iterator[Finding]:
    """Find clusters that get other likes than ordinary posts: general effects first, then the surest."""
    effects = insights.engagement.findings if insights.engagement else ()
    surest = [(abs(math.log(_near_end(effect.picked_low, effect.picked_high))), effect) for effect in effects]
    for _, effect in sorted(surest, key=lambda pair: (pair[1].brand is not None, -pair[0], pair[1].p)):
        rivals = effect.rivals.ratio if effect.rivals and effect.rivals.apart else math.nan
        ends, counts = (effect.picked_low, effect.picked_high), (effect.posts, effect.occasions)
        yield Finding("engagement", effect.brand, effect.cluster, effect.picked, *ends, expected=rivals, counts=counts)


def _near_end(low: float, high: float) -> float:
    """Return the end of a ratio's interval that is nearer to 1; 1 if it lies inside or is not known."""
    return low if low > 1 else high if 0 < high < 1 else 1.0


def _find_drifting(insights: Insights) -> Iterator[Finding]:
    """Find clusters that a brand takes up or gives up, those that moved farthest for sure first."""
    moving = [drift for drift in (insights.drift.findings if insights.drift else ()) if drift.low * drift.high > 0]
    for drift in sorted(moving, key=lambda drift: -min(abs(drift.low), abs(drift.high))):
        if drift.direction:
            first, last = drift.first.share, drift.last.share
            counts = drift.posts, drift.occasions
            yield Finding(
                "drift", drift.brand, drift.cluster, last, drift.low, drift.high, expected=first, counts=counts
            )


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


def _find_own_ground(insights: Insights, clusters: Sequence[Cluster]) -> Iterator[Finding]:
    """Find clusters that are nearly one brand's: the surest first."""
    for ground in sorted(insights.own_ground, key=lambda ground: -ground.low):
        if _may_lead(insights, (ground.brand, ground.cluster), clusters):
            counts = ground.posts, ground.occasions
            yield Finding(
                "own_ground", ground.brand, ground.cluster, ground.share, ground.low, ground.high, counts=counts
            )


def _find_white_space(insights: Insights, clusters: Sequence[Cluster]) -> Iterator[Finding]:
    """Find clusters that brands lack and several rivals have: those first where the brand surely misses most."""
    alone = {ground.cluster for ground in insights.own_ground}
    for space in sorted(insights.white_space, key=lambda space: -space.missing):
        cell = space.brand, space.cluster
        if space.rivals > 1 and space.cluster not in alone and _may_lead(insights, cell, clusters):
            counts, ends = (space.posts, space.occasions), (space.low, space.high)
            yield Finding("white_space", *cell, space.occasions, *ends, expected=space.expected, counts=counts)


def _find_largest(clusters: Sequence[Cluster]) -> Iterator[Finding]:
    if clusters:
        yield Finding("largest_cluster", None, 0, clusters[0].share, math.nan, math.nan)
