"""The table of what brands' images show."""

from __future__ import annotations

from collections.abc import Iterator

from generator.report.model import Report
from generator.site.tables.table import Table
from generator.site.tables.values import Row, mark, shorten


def _tabulate_tags(report: Report) -> Iterator[Row]:
    """List every brand with every term that is compared. Withheld ratios and an infinite over-index are left out."""
    found = report.insights.tag_shares if report.insights else None
    if found is None:
        return
    shares = found.shares
    names = (*(brand.key for brand in report.brands), None)  # None at -1, for no rival
    for row, brand in enumerate(report.brands):
        for column, position in enumerate(found.terms):
            term = report.tags.terms[position]
            compared = (shares.typical, shares.typical_of, shares.lowest, shares.highest)
            ratios = (shares.over_index, shares.low, shares.high, shares.p)
            picked = (shares.picked, shares.picked_low, shares.picked_high)
            yield (
                brand.name,
                brand.key,
                term.name,
                term.key,
                int(shares.posts[row, column]),
                round(float(shares.share[row, column]), 6),
                int(shares.occasions[row, column]),
                shorten(shares.rate[row, column]),
                *(shorten(values[row, column]) for values in compared),
                int(shares.rank[row, column]) or None,
                *(shorten(values[row, column]) for values in ratios),
                mark(shares.withheld[row, column]),
                mark(shares.marked[row, column]),
                names[shares.rests_on[row, column]],
                mark(shares.is_bound[row, column]),
                *(shorten(values[row, column]) for values in picked),
                term.measured.precision if term.measured else None,
            )


TAGS = (
    Table(
        "tag_shares",
        (
            *("brand", "brand_key", "term", "term_key", "posts", "share", "occasions", "share_of_occasions"),
            *("median_rival", "median_rival_occasions", "lowest_rival", "highest_rival", "rank"),
            *("over_index", "low", "high", "p_adjusted", "withheld", "marked", "rests_on_key", "bound_only"),
            *("over_index_if_picked", "low_if_picked", "high_if_picked", "term_precision"),
        ),
        _tabulate_tags,
        (22, 18, 18, 12),
    ),
)  # fmt: skip
