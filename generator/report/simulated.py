"""What simulations say of the figures: how often intervals hold, and how often anything is marked by chance.

They are what `tests/bench/bench_coverage.py` printed, no more and no less. Posts were drawn under these conditions: 2
brands of 300 posts, 5 of 120, 14 of 150, three of 900, 300 and 100, seven of 5 to 500; none, a quarter or half of the
posts in campaigns of 5 to 10 within five days; likes hidden in half of the posts, dates missing in a third, likes that
double in a year, campaigns of unlike images, and 30 clusters in place of 10. Bursts were those found. A condition's
coverage is over all intervals of all its draws.
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
    """Shares from 0 to 1 of draws; None for what was not simulated."""

    coverage: tuple[float, float] | None = None  # of nominal 95 % intervals, under the worst and the best condition
    shown: float | None = None  # of the intervals of what was found
    marked: float | None = None  # whole reports in which nothing differs, but this is marked
    note: str = ""


@dataclass(frozen=True, slots=True)
class NullReports:
    """Reports in which no brand differs and nothing changes, all figures computed together."""

    name: str
    reports: int
    false: int  # with any mark, or any headline but that of the largest cluster


#: Reports of each layout, a third each with no posts, a quarter and half of them in campaigns.
NULL_REPORTS: tuple[NullReports, ...] = ()

SIMULATED: Mapping[str, Simulated] = {}

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
        **TIME_BUDGET,
        **({"tags": BUDGET["tags"]} if "tags" in BUDGET else {}),
    }.items()
}


def tell_simulations() -> dict[str, Any]:
    """Return what the method page says of errors, by the names that its template uses."""
    return {"simulated": SIMULATED, "chances": CHANCES, "null_reports": NULL_REPORTS}
