"""The columns of a brand's share beside its rivals', of clusters, territories and what images show alike."""

from __future__ import annotations

from generator.insights.posting.shares import Shares
from generator.report.model import Report
from generator.site.tables.values import Row, mark, shorten, write_field

#: What is counted, and what the median rival does.
COUNTED = (
    *("posts", "share", "occasions", "share_of_occasions"),
    *("median_rival", "median_rival_occasions", "lowest_rival", "highest_rival", "rank"),
)
#: How the two differ.
JUDGED = (
    *("over_index", "low", "high", "p_adjusted", "withheld", "marked", "rests_on_key", "bound_only"),
    *("over_index_if_picked", "low_if_picked", "high_if_picked", "within"),
)


def count_cell(shares: Shares, row: int, column: int) -> Row:
    """Return the values of COUNTED for one cell; a post of several images counts there in parts."""
    compared = (shares.typical, shares.typical_of, shares.lowest, shares.highest)
    return (
        write_field(shorten(shares.posts[row, column])),
        round(float(shares.share[row, column]), 6),
        write_field(shorten(shares.occasions[row, column])),
        shorten(shares.rate[row, column]),
        *(shorten(values[row, column]) for values in compared),
        int(shares.rank[row, column]) or None,
    )


def judge_cell(report: Report, shares: Shares, row: int, column: int, field: int | None = None) -> Row:
    """Return the values of JUDGED for one cell, of a value of the `field` if one is given."""
    ratios = (shares.over_index, shares.low, shares.high, shares.p)
    picked = (shares.picked, shares.picked_low, shares.picked_high)
    return (
        *(shorten(values[row, column]) for values in ratios),
        mark(shares.withheld[row, column]),
        mark(shares.marked[row, column]),
        name_rival(report, int(shares.rests_on[row, column])),
        mark(shares.is_bound[row, column]),
        *(shorten(values[row, column]) for values in picked),
        name_held(report, field),
    )


def name_held(report: Report, field: int | None = None) -> str | None:
    """Return the key of the field within which brands are compared; None for none, and for that `field` itself."""
    within = report.within
    return None if within is None or within.field == field else report.fields[within.field].key


def name_rival(report: Report, position: int) -> str | None:
    """Return the key of a brand; None for -1, no rival."""
    return report.brands[position].key if position >= 0 else None
