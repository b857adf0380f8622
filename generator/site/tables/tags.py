"""The table of what brands' images show."""

from __future__ import annotations

from collections.abc import Iterator

from generator.report.model import Report
from generator.site.tables.compared import COUNTED, JUDGED, count_cell, judge_cell
from generator.site.tables.table import Table
from generator.site.tables.values import Row


def _tabulate_tags(report: Report) -> Iterator[Row]:
    """List every brand with every term that is compared. Withheld ratios and an infinite over-index are left out."""
    found = report.insights.tag_shares if report.insights else None
    if found is None:
        return
    shares = found.shares
    for row, brand in enumerate(report.brands):
        for column, position in enumerate(found.terms):
            term = report.tags.terms[position]
            yield (
                *(brand.name, brand.key, term.name, term.key),
                *count_cell(shares, row, column),
                *judge_cell(report, shares, row, column),
                term.measured.precision if term.measured else None,
            )


TAGS = (
    Table(
        "tag_shares",
        (
            *("brand", "brand_key", "term", "term_key"), *COUNTED, *JUDGED, "term_precision",
        ),
        _tabulate_tags,
        (22, 18, 18, 12),
    ),
)  # fmt: skip
