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
from numpy.typing import NDArray

from generator.insights.compute import Insights, PostArrays, find_insights
from generator.insights.inference import SIGNIFICANT
from generator.insights.levels import LevelInsights
from generator.insights.over_time.moves import Bools
from generator.report.finding import Finding
from generator.report.findings import choose_findings
from generator.report.model import Brand, Cluster, ShownPost, Territory
from generator.report.subject_records import Subject
from tests.bench.coverage_rows import Row
from tests.support.simulated_posts import Drawn, Simulation, draw_posts

#: Comments for each like, and how much that differs from post to post, a standard deviation of logarithms.
_COMMENTS, _COMMENTS_SPREAD = 0.05, 0.5
#: Seeds of the largest reports at most, which take a second each; those of this many brands or more.
_FEW_SEEDS, _MANY_BRANDS = 60, 40
_REPRESENTATIVES = 6
#: Clusters that are joined to a territory.
OF_TERRITORY = 4
#: Terms that images show, words that captions say, and how often a post of a campaign has its own.
SHOWN, _SAID, _OWN = 8, 12, 0.2
#: The term above each term that images show, -1 for none.
UNDER = np.array([-1, 0, 0, 0, -1, 4, 4, -1])


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
    return list_false(drawn, analyse(drawn, seed), seed)


def list_false(drawn: Drawn, insights: Insights, seed: int) -> set[str]:
    """Return the names of all families that have a mark, and of all headlines' kinds."""
    headlines = {f"headline {finding.kind}" for finding in list_findings(drawn, insights, seed)}
    return (list_marks(insights) | headlines) - {"headline largest_cluster"}


def analyse(drawn: Drawn, seed: int) -> Insights:
    """Return all insights of posts."""
    insights = find_insights(make_arrays(drawn, seed))
    assert insights is not None
    return insights


def make_arrays(drawn: Drawn, seed: int) -> PostArrays:
    """Return the posts with comments and with what their images show and captions say."""
    noise = np.random.default_rng([seed, 1]).normal(0, _COMMENTS_SPREAD, len(drawn.likes))
    terms = draw_terms(drawn, seed)
    return PostArrays(
        brand=drawn.brand,
        cluster=drawn.cluster,
        likes=drawn.likes,
        comments=np.round(_COMMENTS * drawn.likes * np.exp(noise)),
        days=drawn.days,
        features=drawn.features,
        near=drawn.near,
        image=drawn.image,
        territory=drawn.cluster // OF_TERRITORY,
        shown=terms[:, :SHOWN],
        under=UNDER,
        said=terms[:, SHOWN:],
    )


def draw_terms(drawn: Drawn, seed: int) -> Bools:
    """Return which terms each post's image shows, and then which words its caption says, (n, terms + words).

    They differ by cluster, as content does, and a campaign's posts mostly show and say the same; brands do not differ.
    A term comes with those above it.
    """
    random = np.random.default_rng([seed, 2])
    often = draw_rates(int(drawn.cluster.max()) + 1, random)
    of_campaign = random.random((int(drawn.campaign.max()) + 1, SHOWN + _SAID))[drawn.campaign]
    own = random.random(of_campaign.shape)
    return add_above(np.where(own < _OWN, own / _OWN, of_campaign) < often[drawn.cluster])


def draw_rates(clusters: int, random: np.random.Generator) -> NDArray[np.float64]:
    """Return how often images and captions of each cluster have each term, (clusters, terms + words)."""
    return random.uniform(0.02, 0.5, (clusters, SHOWN + _SAID))


def add_above(has: Bools) -> Bools:
    """Return which terms images show with those above each."""
    for term, above in ((term, above) for term, above in enumerate(UNDER) if above >= 0):
        has[:, above] |= has[:, term]
    return has


def list_marks(insights: Insights) -> set[str]:
    """Return the names of all families in which something is marked, of clusters and of territories."""
    timing, distinct, subjects = insights.timing, insights.distinctiveness, insights.subjects
    marks: dict[str, object] = {
        "timing": any(found and found.findings for found in (timing.weekday, timing.hour)),
        "distinct": (distinct.p < SIGNIFICANT).any(),
        "tags": insights.tag_shares and insights.tag_shares.shares.marked.any(),
        "subjects": subjects and subjects.engagement and subjects.engagement.findings,
        "subject comments": subjects and subjects.comments and subjects.comments.findings,
        "subject drift": subjects and subjects.drift and subjects.drift.findings,
        "overlap": (distinct.overlap_p[np.triu_indices(len(distinct.p), 1)] < SIGNIFICANT).any(),
    }
    looks = insights.looks_over_time
    marks["look trends"] = looks and looks.findings
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


def list_findings(drawn: Drawn, insights: Insights, seed: int) -> tuple[Finding, ...]:
    """Return the headlines of a report, chosen from groups that hold only what choosing needs."""
    terms = draw_terms(drawn, seed)
    posts = [
        SimpleNamespace(
            brand=int(brand), image=str(place), near=tuple(near.tolist()), tags=tuple(np.flatnonzero(shows).tolist())
        )
        for place, (brand, near, shows) in enumerate(zip(drawn.brand, drawn.near, terms[:, :SHOWN], strict=True))
    ]
    brands, clusters, territories = (
        [
            SimpleNamespace(
                members=tuple(members.tolist()),
                posts=tuple(members.tolist()),
                representatives=tuple(members[:_REPRESENTATIVES].tolist()),
                share=len(members) / len(posts),
                territory=group // OF_TERRITORY,
            )
            for group, members in ((group, np.flatnonzero(code == group)) for group in range(int(code.max()) + 1))
        ]
        for code in (drawn.brand, drawn.cluster, drawn.cluster // OF_TERRITORY)
    )
    found = insights.subjects
    columns = [*found.terms, *range(SHOWN, SHOWN + found.words)] if found else []
    subjects = [SimpleNamespace(members=tuple(np.flatnonzero(terms[:, column]).tolist())) for column in columns]
    return choose_findings(
        insights,
        cast(list[ShownPost], posts),
        cast(list[Brand], brands),
        cast(list[Cluster], clusters),
        cast(list[Territory], territories),
        cast(list[Subject], subjects),
    )
