"""Find what may open a report on one level, by territory or by cluster, each finding with what it is sorted by."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from generator.insights.levels import LevelInsights
from generator.insights.likes.engagement import Effect
from generator.insights.posting.field_shares import FieldShares
from generator.insights.posting.shares import Shares
from generator.insights.posting.tag_shares import TagShares
from generator.insights.subjects import SubjectInsights
from generator.report.finding import Finding
from generator.report.model import Level
from generator.report.post_fields import ShownField, name_values

#: Findings, each with what it is sorted by: the least first.
Ranked = Iterator[tuple[tuple[float, ...], Finding]]

#: Posts a group needs for a finding on shares, and a subject for one on likes.
_LEAST_POSTS = 20
#: What a ratio of shares surely reaches to open a report; less is true but tells no strategy.
_LEAST_RATIO = 1.25


def find_over_indexed(level: Level, figures: LevelInsights) -> Ranked:
    """Find groups that brands post far more than their median rival: the highest lower ends first."""
    shares = figures.shares
    owned = {(ground.brand, ground.cluster) for ground in figures.own_ground}
    for brand, group in np.argwhere(shares.marked[:, :-1] & (shares.picked_low[:, :-1] > _LEAST_RATIO)).tolist():
        cell = brand, group
        # own_ground tells it better
        if cell in owned or not _may_lead(level, figures, cell):
            continue
        picked, low, high = (float(values[cell]) for values in (shares.picked, shares.picked_low, shares.picked_high))
        counts, is_bound = (round(shares.posts[cell]), round(shares.occasions[cell])), bool(shares.is_bound[cell])
        finding = Finding("over_index", *cell, picked, low, high, is_bound=is_bound, counts=counts, level=level.name)
        yield (-low,), finding


def find_shown(found: TagShares | None) -> Iterator[Finding]:
    """Find what brands' images show far more often than their median rival's: the highest lower ends first."""
    if found is None:
        return
    for finding, column in sorted(_find_sure(found.shares, "shows"), key=lambda pair: -pair[0].low):
        yield replace(finding, term=found.terms[column])


def find_field_shares(found: Sequence[FieldShares], fields: Sequence[ShownField]) -> Iterator[Finding]:
    """Find values of fields that brands' posts have far more often than their median rival's, as `find_shown` does."""
    findings = [
        replace(finding, value=(one.field, name_values(one.field, fields)[one.values[column]]))
        for one in found
        for finding, column in _find_sure(one.shares, "field")
    ]
    yield from sorted(findings, key=lambda finding: -finding.low)


def _find_sure(shares: Shares, kind: Literal["shows", "field"]) -> Iterator[tuple[Finding, int]]:
    """Yield the cells of shares that may be headlines as findings, each with its column."""
    several = len(shares.posts) > 2
    sure = shares.marked & (shares.picked_low > _LEAST_RATIO) & ((shares.rests_on < 0) | (not several))
    for brand, column in np.argwhere(sure).tolist():
        cell = brand, column
        picked, low, high = (float(values[cell]) for values in (shares.picked, shares.picked_low, shares.picked_high))
        counts, is_bound = (round(shares.posts[cell]), round(shares.occasions[cell])), bool(shares.is_bound[cell])
        yield Finding(kind, brand, None, picked, low, high, is_bound=is_bound, counts=counts), column


def _may_lead(level: Level, figures: LevelInsights, cell: tuple[int, int]) -> bool:
    """Return whether a share may be a headline: of a large group, and resting on more than one rival of several."""
    several = len(figures.shares.posts) > 2
    is_large = len(level.groups[cell[1]].posts) >= _LEAST_POSTS
    return is_large and not (several and figures.shares.rests_on[cell] >= 0)


def find_engaging(level: Level, figures: LevelInsights) -> Ranked:
    """Find groups that get other likes than ordinary posts: general effects first, then the surest."""
    for effect in figures.engagement.findings if figures.engagement else ():
        rivals = effect.rivals.ratio if effect.rivals and effect.rivals.apart else math.nan
        ends, counts = (effect.picked_low, effect.picked_high), (effect.posts, effect.occasions)
        finding = Finding(
            *("engagement", effect.brand, effect.cluster, effect.picked, *ends),
            expected=rivals,
            counts=counts,
            level=level.name,
        )
        yield (effect.brand is not None, -abs(math.log(_near_end(*ends))), effect.p), finding


def find_subjects(found: SubjectInsights | None) -> Iterator[Finding]:
    """Find what gets other likes of what images show and captions say: in general first, then the surest."""
    effects = found.engagement.findings if found and found.engagement else ()

    def rank(effect: Effect) -> tuple[float, ...]:
        return effect.brand is not None, -abs(math.log(_near_end(effect.picked_low, effect.picked_high))), effect.p

    for effect in sorted(effects, key=rank):
        if effect.posts < _LEAST_POSTS:
            continue
        ends, counts = (effect.picked_low, effect.picked_high), (effect.posts, effect.occasions)
        yield Finding("subject", effect.brand, None, effect.picked, *ends, counts=counts, subject=effect.cluster)


def _near_end(low: float, high: float) -> float:
    """Return the end of a ratio's interval that is nearer to 1; 1 if it lies inside or is not known."""
    return low if low > 1 else high if 0 < high < 1 else 1.0


def find_drifting(level: Level, figures: LevelInsights) -> Ranked:
    """Find groups that a brand takes up or gives up, those that moved farthest for sure first."""
    for drift in figures.drift.findings if figures.drift else ():
        if drift.direction and drift.low * drift.high > 0:
            finding = Finding(
                *("drift", drift.brand, drift.cluster, drift.last.share, drift.picked_low, drift.picked_high),
                expected=drift.first.share,
                counts=(drift.posts, drift.occasions),
                level=level.name,
            )
            yield (-min(abs(drift.picked_low), abs(drift.picked_high)),), finding


def find_own_ground(level: Level, figures: LevelInsights) -> Ranked:
    """Find groups that are nearly one brand's: the surest first."""
    for ground in figures.own_ground:
        cell = ground.brand, ground.cluster
        if _may_lead(level, figures, cell):
            counts = ground.posts, ground.occasions
            finding = Finding(
                "own_ground", *cell, ground.share, ground.low, ground.high, counts=counts, level=level.name
            )
            yield (-ground.low,), finding


def find_white_space(level: Level, figures: LevelInsights) -> Ranked:
    """Find groups that brands lack and several rivals have: those first where the brand surely misses most."""
    alone = {ground.cluster for ground in figures.own_ground}
    for space in figures.white_space:
        cell = space.brand, space.cluster
        if space.rivals > 1 and space.cluster not in alone and _may_lead(level, figures, cell):
            finding = Finding(
                *("white_space", *cell, space.occasions, space.low, space.high),
                expected=space.expected,
                counts=(space.posts, space.occasions),
                level=level.name,
            )
            yield (-space.missing,), finding
