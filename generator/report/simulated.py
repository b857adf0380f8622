"""What simulations say of the figures: how often intervals hold, and how often anything is marked by chance.

They are what the families of `tests/bench/bench_coverage.py` gave, no more and no less. Posts were drawn under these
conditions: 2 brands of 300 posts, 5 of 120, 14 of 150, three of 900, 300 and 100, seven of 5 to 500; none, a quarter
or half of the posts in campaigns of 5 to 10 within five days; likes hidden in half of the posts, dates missing in a
third, likes that double in a year, campaigns of unlike images, and 30 clusters in place of 10; each post taking on
the last one's theme with a chance of half; campaigns of sizes with a long tail, of which 60 % are near copies, or
none within ten days, or all of this at once. Bursts were those found. A condition's coverage is over all intervals of
all its draws.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generator.insights.inference import BUDGET, SIGNIFICANT
from generator.insights.likeness.distinctiveness import NOW
from generator.insights.likes.engagement import PARTS
from generator.insights.over_time.periods import TIME_BUDGET


@dataclass(frozen=True, slots=True)
class Simulated:
    """Shares from 0 to 1 of draws, and counts; None for what was not simulated."""

    coverage: tuple[float, float] | None = None  # of nominal 95 % intervals, under the worst and the best condition
    shown: float | None = None  # of the intervals of what was found
    marked: tuple[int, int] | None = None  # reports in which this is marked, of all those in which nothing differs


@dataclass(frozen=True, slots=True)
class NullReports:
    """Reports in which no brand differs and nothing changes, all figures computed together."""

    name: str
    reports: int
    false: int  # with any mark, or any headline but that of the largest cluster


#: Reports of each layout, a third each with none, a quarter and half of the posts in campaigns; clusters, territories,
#: what images show and captions say, all together. Of 32 reports each of 5 × 120 posts under the hardest conditions, 3
#: had a false mark if themes come in runs, 1 if ten days have other images, and none otherwise.
NULL_REPORTS = (
    NullReports("2 × 300", 96, 0),
    NullReports("5 × 120", 96, 2),
    NullReports("900 + 300 + 100", 24, 0),
    NullReports("500 + 250 + 120 + 60 + 30 + 15 + 5", 24, 1),
    NullReports("14 × 150", 21, 0),
    NullReports("40 × 60", 12, 0),
)
_ALL = sum(layout.reports for layout in NULL_REPORTS)

#: Reports of the family "varied_reports", 60 of 5 × 120 posts and 60 of 2 × 300: compared within three markets, of
#: which each brand has its own mix, with all images of posts (two in five have up to six), and both. A second column
#: says nothing. Where markets differ in what is posted and liked, likeness, which truly differs, is left out. Reports
#: of one seed are of the same posts, so their faults are not independent.
VARIED_REPORTS = (
    NullReports("within", 120, 4),
    NullReports("within, markets differ", 120, 0),
    NullReports("all images", 120, 1),
    NullReports("all images within", 120, 1),
    NullReports("all images within, markets differ", 120, 0),
)

#: Coverage of what images show and captions say is from 25 draws of each condition and of 40 brands of 60 posts, of
#: likes against the year before from 300, of changes of the market, voice and shares against the year before from 80,
#: and of all else over time from 70. Coverage of shares is from 548 draws, of likes from 588, of drift from 1,049, and
#: of looks, between brands that look the same, from 339. Posts over time span two years; those with likes that double
#: are no years without a change, and are left out there. Intervals of what brands could try are from 12,000 draws of 3
#: or 5 rivals, known to 0.1 or 0.2, that differ as is assumed; by how much they differ in truth, from 0 to 0.8 in
#: logarithms, intervals held in 100 to 87 %. What was found was planted: a share three times as large, likes 1.6 and
#: 2.5 times as many, a share that grows eightfold (129 of 136 intervals). Shares beside groups of brands are from 40
#: draws of each condition, in groups of every third brand. Comparison within categories is from `bench_within.py`:
#: 1,800 reports in which only markets differ, and 1,200 with a planted ratio. Changes of what is shown and said are
#: from 60 draws of each condition. Clusters called set apart are those of `bench_structure.py`: of 60 maps of data
#: without groups, four, all of a curved band. Engagement rates are from 200 draws of each condition. Shares of new
#: posts are from 60; of 30 clusters too few were told for a coverage. Reports with a cluster that is marked as new
#: count as ones in which the market is.
#: Themes in runs and campaigns with long tails (5 brands of 120 posts; all at once, six of 25 to 400) are from 80
#: draws of each condition for shares and drift, 30 of what else is over time, and 20 of what images show and captions
#: say. They are the hardest for shares (93.5, 94.0, 94.5 and, all at once, 92.5 %, each known to 0.7), voice (98.8,
#: 92.1, 87.4 and 93.2, known to 1.9), and curves of the market (95.7, 93.0, 95.0 and 90.7, known to 1.9). Of what was
#: marked of shares there, intervals held in 100, 93, 70 and 76 % of cases: few were, some because a large campaign lay
#: there by chance. Coverage under the other conditions was drawn when runs had to exceed chance by 2.5 standard errors
#: or did not count, so that intervals were rather narrower.
SIMULATED: Mapping[str, Simulated] = {
    "shares": Simulated((0.925, 0.965), shown=0.959, marked=(1, _ALL)),
    "groups": Simulated((0.933, 0.959)),
    "within": Simulated((0.950, 0.970), marked=(18, 1800)),
    "white space": Simulated(marked=(0, _ALL)),
    "tags": Simulated((0.926, 0.968), marked=(1, _ALL)),
    "fields": Simulated(marked=(0, sum(varied.reports for varied in VARIED_REPORTS))),
    "distinctiveness": Simulated((0.933, 0.975), marked=(0, _ALL)),
    "overlap": Simulated((0.933, 0.975), marked=(1, _ALL)),
    "look trends": Simulated(marked=(0, _ALL)),
    "likes": Simulated((0.951, 0.975), shown=0.959, marked=(0, _ALL)),
    "subjects": Simulated((0.955, 0.974), marked=(0, _ALL)),
    "rates": Simulated((0.935, 0.958)),
    "timing": Simulated(marked=(0, _ALL)),
    "openings": Simulated((0.947, 0.956)),
    "drift": Simulated((0.944, 0.964), shown=129 / 136, marked=(0, _ALL)),
    "subject drift": Simulated((0.946, 0.957), marked=(0, 1380)),
    "market": Simulated((0.934, 0.973), marked=(0, _ALL)),
    "new": Simulated(marked=(0, _ALL)),
    "curves": Simulated((0.907, 0.967)),
    "leads": Simulated(marked=(0, _ALL)),
    "voice": Simulated((0.874, 0.988)),
    "share years": Simulated((0.944, 0.974)),
    "like years": Simulated((0.942, 0.962)),
    "changes": Simulated((0.933, 0.967), marked=(1, 1380)),
    "steadiness": Simulated(marked=(4, 60)),
    "findings": Simulated(shown=0.959),
}

#: The chance of any false mark that each kind of figure may use; a report may use 5 % in all.
CHANCES = {
    name: SIGNIFICANT * part
    for name, part in {
        "shares": BUDGET["shares"],
        "looks": BUDGET["looks"] * NOW,
        "look trends": BUDGET["looks"] * (1 - NOW),
        "likes": BUDGET["likes"] * PARTS["clusters"],
        "comments": BUDGET["comments"] * PARTS["clusters"],
        "timing": BUDGET["likes"] * PARTS["timing"],
        "subjects": BUDGET["likes"] * PARTS["subjects"],
        "subject comments": BUDGET["comments"] * PARTS["subjects"],
        **TIME_BUDGET,
        "tags": BUDGET["tags"],
        "changes": BUDGET["changes"],
    }.items()
}


def tell_simulations() -> dict[str, Any]:
    """Return what the method page says of errors, by the names that its template uses."""
    # columns of the spreadsheet take half of what tags have, where both are compared
    chances = {**CHANCES, "fields": CHANCES["tags"] / 2}
    return {"simulated": SIMULATED, "chances": chances, "null_reports": NULL_REPORTS, "varied_reports": VARIED_REPORTS}
