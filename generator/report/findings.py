"""Choose the few findings that a report opens with: the clearest of each kind, with the images that show it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from generator.report.finding import Finding
from generator.report.level_findings import (
    Ranked,
    find_drifting,
    find_engaging,
    find_field_shares,
    find_over_indexed,
    find_own_ground,
    find_shown,
    find_subjects,
    find_white_space,
)
from generator.report.model import Level, drop_repeats

if TYPE_CHECKING:
    from generator.insights.compute import Insights
    from generator.insights.levels import LevelInsights
    from generator.report.model import Brand, Cluster, Group, ShownPost, Territory
    from generator.report.post_fields import ShownField
    from generator.report.subject_records import Subject


#: Findings that a report opens with at most.
_MOST = 8
#: Kinds that tell how much is posted in a cluster.
_SHARE_KINDS = {"over_index", "own_ground", "white_space", "largest_cluster"}
#: Of these, kinds of which one for a brand says what it posts much of; what its images show often says the same.
_MUCH_KINDS = {"over_index", "own_ground", "shows"}
#: What kinds are about.
_MATTERS = {
    **dict.fromkeys(("over_index", "shows", "own_ground", "white_space", "largest_cluster"), "posts"),
    **dict.fromkeys(("engagement", "subject"), "likes"),
    **dict.fromkeys(("distinct", "overlap"), "looks"),
    "drift": "time",
    "field": "fields",
}
#: Images that show a finding.
_IMAGES = 3


def choose_findings(
    insights: Insights,
    posts: Sequence[ShownPost],
    brands: Sequence[Brand],
    clusters: Sequence[Cluster],
    territories: Sequence[Territory] = (),
    subjects: Sequence[Subject] = (),
    fields: Sequence[ShownField] = (),
) -> tuple[Finding, ...]:
    """Return up to eight findings, in an order that reads well; no image shows two of them.

    The clearest of each kind come first: those whose interval keeps farthest from no effect. No brand comes twice
    within a kind, and no two findings say the same. What holds of a cluster as of its territory is told of the
    territory. Of neighbours no two are on the same matter while there is another.
    """
    levels = [Level("cluster", tuple(clusters), None, insights)]
    if insights.territories:
        levels.insert(0, Level("territory", tuple(territories), None, insights.territories))
    kinds = (
        (_rank(find_over_indexed, levels), 2),
        (find_shown(insights.tag_shares), 1),
        (find_field_shares(insights.field_shares, fields), 1),
        (_rank(find_engaging, levels), 2),
        (find_subjects(insights.subjects), 2),
        (_rank(find_drifting, levels), 1),
        (_find_distinct(insights), 1),
        (_find_overlap(insights), 1),
        (_rank(find_own_ground, levels), 1),
        (_rank(find_white_space, levels), 2),
        (_find_largest(levels[0]), 1),
    )

    def is_told(finding: Finding) -> bool:
        """Return whether likes of most of a subject's posts are told of a territory, a cluster or another subject.

        What is told of brands in general holds of one brand, too.
        """
        subject = subjects[finding.subject or 0]
        known = (other for other in (*chosen, *of_kind) if other.kind in ("engagement", "subject"))
        return any(
            2 * len({*subject.members}.intersection(_list_members(other, clusters, territories, subjects)))
            > len(subject.members)
            for other in known
            if other.brand in (None, finding.brand) and (other.figure > 1) == (finding.figure > 1)
        )

    chosen: list[Finding] = []
    of_kind: list[Finding] = []
    used: set[str] = set()
    for candidates, most in kinds:
        of_kind = []
        for finding in candidates:
            is_known = any(_say_the_same(finding, other, clusters) for other in (*chosen, *of_kind))
            is_same_brand = finding.brand is not None and any(other.brand == finding.brand for other in of_kind)
            groups = territories if finding.level == "territory" else clusters
            if is_known or is_same_brand or (finding.kind == "subject" and is_told(finding)):
                continue
            images = _show(finding, posts, brands, (groups, subjects), used)
            used.update(posts[index].image for index in images)
            of_kind.append(replace(finding, posts=images))
            if len(of_kind) == most:
                break
        chosen += of_kind
    return _alternate(chosen[:_MOST])


def _alternate(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return findings in their order, but the next one on another matter before one on the same as the last."""
    left = list(findings)
    ordered: list[Finding] = []
    while left:
        other = (finding for finding in left if not ordered or _MATTERS[finding.kind] != _MATTERS[ordered[-1].kind])
        ordered.append(next(other, left[0]))
        left.remove(ordered[-1])
    return tuple(ordered)


def _list_members(
    finding: Finding, clusters: Sequence[Group], territories: Sequence[Group], subjects: Sequence[Subject]
) -> tuple[int, ...]:
    """Return the posts of what a finding on likes is about."""
    if finding.subject is not None:
        return subjects[finding.subject].members
    return (territories if finding.level == "territory" else clusters)[finding.cluster or 0].posts


def _rank(find: Callable[[Level, LevelInsights], Ranked], levels: Sequence[Level]) -> list[Finding]:
    """Return the findings of one kind of all levels, the clearest first.

    One on a cluster is left out if the same holds of its territory: for the same brand, with an interval that overlaps.
    """
    found = [pair for level in levels if level.figures for pair in find(level, level.figures)]
    findings = [finding for _, finding in sorted(found, key=lambda pair: pair[0])]
    clusters = levels[-1].groups

    def is_told(finding: Finding) -> bool:
        return any(
            _lies_in(finding, wider, clusters)
            and finding.brand == wider.brand
            and finding.low <= wider.high
            and wider.low <= finding.high
            for wider in findings
        )

    return [finding for finding in findings if not is_told(finding)]


def _lies_in(one: Finding, other: Finding, clusters: Sequence[Group]) -> bool:
    """Return whether a finding is on a cluster of the territory that another one is on."""
    if one.cluster is None or (one.level, other.level) != ("cluster", "territory"):
        return False
    return getattr(clusters[one.cluster], "territory", None) == other.cluster


def _say_the_same(one: Finding, other: Finding, clusters: Sequence[Cluster]) -> bool:
    """Return whether two findings are about how much is posted in one cluster, or about one brand in it.

    Of a territory and one of its clusters, both must be about one brand and how much it posts, or of one kind.
    """
    if "shows" in (one.kind, other.kind):
        return one.brand == other.brand and {one.kind, other.kind} <= _MUCH_KINDS
    are_shares = {one.kind, other.kind} <= _SHARE_KINDS
    if _lies_in(one, other, clusters) or _lies_in(other, one, clusters):
        return one.brand == other.brand and (are_shares or one.kind == other.kind)
    if one.cluster is None or (one.level, one.cluster) != (other.level, other.cluster):
        return False
    return one.brand == other.brand or are_shares


def _show(
    finding: Finding,
    posts: Sequence[ShownPost],
    brands: Sequence[Brand],
    among: tuple[Sequence[Group], Sequence[Subject]],
    used: set[str],
) -> tuple[int, ...]:
    """Return images that show a finding, none of them `used`, representative ones first.

    For a cluster, territory or subject, one of those `among` which it is, they are the brand's own, or for a white
    space its rivals'; for two brands, images of both that are among each other's nearest.
    """
    groups, subjects = among
    candidates: Iterable[int]
    if finding.brand is not None and finding.other is not None:
        candidates = _find_alike(finding.brand, finding.other, posts, brands)
    elif finding.subject is not None:
        members = subjects[finding.subject].members
        candidates = (index for index in members if finding.brand in (None, posts[index].brand))
    elif finding.value is not None:
        brand, (field, value) = brands[finding.brand or 0], finding.value
        candidates = (i for i in (*brand.representatives, *brand.members) if posts[i].find_value(field) == value)
    elif finding.cluster is None:
        brand = brands[finding.brand or 0]
        candidates = (
            brand.representatives
            if finding.term is None
            else (i for i in (*brand.representatives, *brand.posts) if finding.term in posts[i].tags)
        )
    else:
        group = groups[finding.cluster]
        is_own = finding.kind != "white_space"
        candidates = (
            index
            for index in (*group.representatives, *group.posts)
            if finding.brand is None or (posts[index].brand == finding.brand) is is_own
        )
    return tuple([index for index in drop_repeats(candidates, posts) if posts[index].image not in used][:_IMAGES])


def _find_alike(one: int, other: int, posts: Sequence[ShownPost], brands: Sequence[Brand]) -> Iterator[int]:
    """Yield posts of two brands in turn, each followed by the other brand's nearest to it, the closest pairs first."""
    pairs = [
        (rank, index, near)
        for brand, rival in ((one, other), (other, one))
        for index in brands[brand].posts
        for rank, near in enumerate(posts[index].near)
        if posts[near].brand == rival
    ]
    for _, index, near in sorted(pairs):
        yield from (index, near)


def _find_distinct(insights: Insights) -> Iterator[Finding]:
    """Find brands whose images differ from all others: the highest lower ends first."""
    distinct = insights.distinctiveness
    figures = [values.diagonal() for values in (distinct.picked, distinct.picked_low, distinct.picked_high)]
    for brand in np.argsort(-np.nan_to_num(figures[1]), kind="stable"):
        if figures[1][brand] > 1:
            picked, low, high = (float(values[brand]) for values in figures)
            yield Finding("distinct", int(brand), None, picked, low, high)


def _find_overlap(insights: Insights) -> Iterator[Finding]:
    """Find brands that look more alike than by chance: the highest lower ends first."""
    distinct = insights.distinctiveness
    arrays = (distinct.picked, distinct.picked_low, distinct.picked_high)
    low = np.triu(np.nan_to_num(distinct.picked_low), 1)
    for one, other in np.argwhere(low > 1)[np.argsort(-low[low > 1], kind="stable")]:
        figure, least, most = (float(values[one, other]) for values in arrays)
        yield Finding("overlap", int(one), None, figure, least, most, other=int(other))


def _find_largest(level: Level) -> Iterator[Finding]:
    """Find the largest group."""
    if level.groups:
        at, largest = max(enumerate(level.groups), key=lambda pair: pair[1].share)
        yield Finding("largest_cluster", None, at, largest.share, math.nan, math.nan, level=level.name)
