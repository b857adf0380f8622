"""False marks and false headlines of whole reports, in which no brand differs from another and nothing changes.

All families are computed together from the posts alone, as a build does it: bursts are those that are found. A mark is
false in whichever table or chart it stands, and so is every headline but that of the largest cluster.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from types import SimpleNamespace
from typing import cast

import numpy as np

from generator.insights.compute import Insights, PostArrays, find_insights
from generator.insights.inference import SIGNIFICANT
from generator.insights.levels import LevelInsights
from generator.report.findings import choose_findings
from generator.report.model import Brand, Cluster, Finding, ShownPost
from tests.bench.coverage_rows import Row
from tests.support.simulated_posts import Drawn, Simulation, draw_posts

#: Comments for each like, and how much that differs from post to post, a standard deviation of logarithms.
_COMMENTS, _COMMENTS_SPREAD = 0.05, 0.5
#: Seeds of the largest reports at most, which take a second each; those of this many brands or more.
_FEW_SEEDS, _MANY_BRANDS = 60, 40
_REPRESENTATIVES = 6
#: Clusters that are joined to a territory.
_OF_TERRITORY = 4


def plant(simulation: Simulation) -> Simulation:
    return simulation


def measure(simulation: Simulation, seeds: Sequence[int]) -> Row:
    if len(simulation.posts) >= _MANY_BRANDS:
        seeds = seeds[:_FEW_SEEDS]
    found = [find_false(simulation, seed) for seed in seeds]
    kinds = Counter(kind for false in found for kind in false)
    note = f"{len(seeds)} reports: " + ", ".join(f"{kind} {number}" for kind, number in sorted(kinds.items()))
    return Row(marked=sum(bool(false) for false in found) / len(seeds), note=note)


def find_false(simulation: Simulation, seed: int) -> set[str]:
    """Return the names of all families that have a mark in the report of a seed, and of all headlines' kinds."""
    drawn = draw_posts(simulation, seed)
    insights = analyse(drawn, seed)
    headlines = {f"headline {finding.kind}" for finding in list_findings(drawn, insights)}
    return (list_marks(insights) | headlines) - {"headline largest_cluster"}


def analyse(drawn: Drawn, seed: int) -> Insights:
    """Return all insights of posts, which get comments, too."""
    noise = np.random.default_rng([seed, 1]).normal(0, _COMMENTS_SPREAD, len(drawn.likes))
    arrays = PostArrays(
        brand=drawn.brand,
        cluster=drawn.cluster,
        likes=drawn.likes,
        comments=np.round(_COMMENTS * drawn.likes * np.exp(noise)),
        days=drawn.days,
        features=drawn.features,
        near=drawn.near,
        image=drawn.image,
        territory=drawn.cluster // _OF_TERRITORY,
    )
    insights = find_insights(arrays)
    assert insights is not None
    return insights


def list_marks(insights: Insights) -> set[str]:
    """Return the names of all families in which something is marked, of clusters and of territories."""
    timing, distinct = insights.timing, insights.distinctiveness
    marks: dict[str, object] = {
        "timing": any(found and found.findings for found in (timing.weekday, timing.hour)),
        "distinct": (distinct.p < SIGNIFICANT).any(),
        "overlap": (distinct.overlap_p[np.triu_indices(len(distinct.p), 1)] < SIGNIFICANT).any(),
    }
    marks |= _list_marks_of(insights)
    if insights.territories:
        marks |= {f"{name} of territories": marked for name, marked in _list_marks_of(insights.territories).items()}
    return {name for name, is_marked in marks.items() if is_marked}


def _list_marks_of(level: LevelInsights) -> dict[str, object]:
    momentum = level.momentum
    return {
        "shares": level.shares.marked.any(),
        "likes": level.engagement and level.engagement.findings,
        "comments": level.comments and level.comments.findings,
        "drift": level.drift and level.drift.findings,
        "market": momentum and (momentum.direction.any() or momentum.new),
        "leads": momentum and any(lead.leader is not None for lead in momentum.leads),
        "years": level.share_seasons and level.share_seasons.marked.any(),
    }


def list_findings(drawn: Drawn, insights: Insights) -> tuple[Finding, ...]:
    """Return the headlines of a report, chosen from groups that hold only what choosing needs."""
    posts = [
        SimpleNamespace(brand=int(brand), image=str(place), near=tuple(near.tolist()))
        for place, (brand, near) in enumerate(zip(drawn.brand, drawn.near, strict=True))
    ]
    brands, clusters = (
        [
            SimpleNamespace(
                members=tuple(members.tolist()),
                representatives=tuple(members[:_REPRESENTATIVES].tolist()),
                share=len(members) / len(posts),
            )
            for members in (np.flatnonzero(code == group) for group in range(int(code.max()) + 1))
        ]
        for code in (drawn.brand, drawn.cluster)
    )
    return choose_findings(
        insights, cast(list[ShownPost], posts), cast(list[Brand], brands), cast(list[Cluster], clusters)
    )
