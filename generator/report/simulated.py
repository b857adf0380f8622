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
#: what images show and captions say, all together. Of 64 reports each under the hardest conditions, 2 had a false mark
#: if themes come in runs, 2 if campaigns have a long tail, 1 if ten days have other images, and 3 with all at once.
NULL_REPORTS = (
    NullReports("2 × 300", 120, 0),
    NullReports("5 × 120", 120, 1),
    NullReports("900 + 300 + 100", 120, 0),
    NullReports("500 + 250 + 120 + 60 + 30 + 15 + 5", 120, 0),
    NullReports("14 × 150", 48, 0),
    NullReports("40 × 60", 24, 0),
)
_ALL = sum(layout.reports for layout in NULL_REPORTS)

#: Reports of the family "varied_reports", 40 of 5 × 120 posts and 40 of 2 × 300: compared within three markets, of
#: which each brand has its own mix, with all images of posts (two in five have up to six), and both. A second column
#: says nothing. Where markets differ in what is posted and liked, likeness, which truly differs, is left out. Reports
#: of one seed are of the same posts, so their faults are not independent.
VARIED_REPORTS = (
    NullReports("within", 80, 2),
    NullReports("within, markets differ", 80, 0),
    NullReports("all images", 80, 0),
    NullReports("all images within", 80, 1),
    NullReports("all images within, markets differ", 80, 0),
)

#: Each condition was drawn 120 times; 150 times for what images show and captions say, 200 for engagement rates, 300
#: for likes against the year before, 60 for changes of what is shown and said. Posts over time span two years; those
#: with likes that double are no years without a change, and are left out there. Intervals of what brands could try are
#: from 12,000 draws of 3 or 5 rivals, known to 0.1 or 0.2, that differ as is assumed; by how much they differ in truth,
#: from 0 to 0.8 in logarithms, intervals held in 100 to 87 %. Where every brand posts another mix (`--family
#: unlike_brands`, 60 draws), shares over the median rival's held in 92.3 to 96.5 %, the least of brands of 5 to 500
#: posts, and no mark was on the wrong side; where brands look different (`--family unlike_looks`, 80 draws), looks held
#: in 96.0 to 97.3 %.
#: What was found was planted, and all conditions are taken together: a share three times as large (1,292 intervals),
#: likes 1.6 and 2.5 times as many (3,353), a share that grows eightfold (686), and looks apart by 0.3 or 0.7 standard
#: deviations (4,690). Where little is found, chance has a larger part in that: of shares, 85 % of 35 with everything
#: hard at once. Shares beside groups of brands are from groups of every third brand. Comparison within categories is
#: from `bench_within.py`: 1,800 reports in which only markets differ, and 1,200 with a planted ratio. Clusters called
#: set apart are those of `bench_structure.py`: of 60 maps of data without groups, four, all of a curved band. Reports
#: with a cluster that is marked as new count as ones in which the market is.
#: The hardest conditions are themes in runs, campaigns with long tails, ten days of other images and all at once. For
#: shares these gave 93.4, 95.6, 95.3 and 94.7 %, each known to 0.6; for curves of the market 96.2, 96.7, 96.0 and 94.7;
#: for voice 98.1, 93.6, 91.6 and 91.1; for looks 92.2, 95.9, 95.3 and 96.7; for shares of new posts 81, 90, 89 and 96,
#: of which few are told there, 42 to 768 intervals in 120 draws.
SIMULATED: Mapping[str, Simulated] = {
    "shares": Simulated((0.934, 0.967), shown=0.950, marked=(1, _ALL)),
    "groups": Simulated((0.923, 0.959)),
    "within": Simulated((0.953, 0.977), marked=(13, 1800)),
    "white space": Simulated(marked=(0, _ALL)),
    "tags": Simulated((0.942, 0.961), marked=(0, _ALL)),
    "fields": Simulated(marked=(0, sum(varied.reports for varied in VARIED_REPORTS))),
    "distinctiveness": Simulated((0.922, 0.976), shown=0.964, marked=(0, _ALL)),
    "overlap": Simulated((0.922, 0.976), shown=0.964, marked=(0, _ALL)),
    "look trends": Simulated(marked=(0, _ALL)),
    "likes": Simulated((0.946, 0.971), shown=0.956, marked=(0, _ALL)),
    "subjects": Simulated((0.960, 0.972), marked=(0, _ALL)),
    "rates": Simulated((0.935, 0.958)),
    "timing": Simulated(marked=(0, _ALL)),
    "openings": Simulated((0.947, 0.956)),
    "drift": Simulated((0.947, 0.968), shown=0.955, marked=(0, _ALL)),
    "subject drift": Simulated((0.946, 0.957), marked=(0, 1380)),
    "market": Simulated((0.941, 0.977), marked=(0, _ALL)),
    "new": Simulated(marked=(0, _ALL)),
    "curves": Simulated((0.945, 0.972)),
    "leads": Simulated(marked=(0, _ALL)),
    "voice": Simulated((0.911, 0.981)),
    "share years": Simulated((0.949, 0.969)),
    "like years": Simulated((0.942, 0.962)),
    "changes": Simulated((0.81, 0.977), marked=(0, 3240)),
    "steadiness": Simulated(marked=(4, 60)),
    "findings": Simulated(shown=0.956),
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
