"""The tables of brands beside the other members of their groups."""

from __future__ import annotations

from collections.abc import Iterator

from generator.insights.posting.group_shares import GroupShares, find_percentile
from generator.report.model import Level, Report
from generator.site.tables.compared import name_held
from generator.site.tables.table import Table, each_level
from generator.site.tables.values import CELL, Row, mark, shorten


def _tabulate_shares(report: Report) -> Iterator[Row]:
    """List every brand of a group in every territory and cluster, beside the median of its group's other members."""
    for level, figures in each_level(report):
        if figures.group_shares:
            yield from _tabulate_level(report, level, figures.group_shares)


def _tabulate_level(report: Report, level: Level, found: GroupShares) -> Iterator[Row]:
    for row, brand in enumerate(report.brands):
        if found.group[row] < 0:
            continue
        for column, group in enumerate(level.rows):
            figures = (found.rate, found.median, found.ratio, found.low, found.high)
            rank, ranked = int(found.rank[row, column]), int(found.ranked[row])
            yield (
                *(brand.name, brand.key, group.name, group.key, level.name, report.brand_groups[found.group[row]]),
                *(shorten(values[row, column]) for values in figures),
                mark(found.is_bound[row, column]),
                *(rank or None, ranked or None, find_percentile(rank, ranked)),
                name_held(report),
            )


def _tabulate_rates(report: Report) -> Iterator[Row]:
    """List every brand's engagement rate beside the median of its group's other members."""
    found = report.insights.group_rates if report.insights else None
    for row, brand in enumerate(report.brands if found else ()):
        assert found is not None and report.insights is not None and report.insights.rates is not None
        if rank := int(found.rank[row]):
            ranked, middle = int(found.ranked[row]), report.insights.rates.middle[row]
            figures = shorten(middle), shorten(found.median[row])
            yield brand.name, brand.key, *figures, rank, ranked, find_percentile(rank, ranked)


GROUPS = (
    Table(
        "group_shares",
        (
            *CELL, "brand_group", "share_of_occasions", "group_median", "over_group", "low", "high", "bound_only",
            "rank", "ranked", "percentile", "within",
        ),
        _tabulate_shares,
        (22, 18, 18, 12, 10, 18),
    ),
    Table(
        "group_rates",
        ("brand", "brand_key", "rate", "group_median", "rank", "ranked", "percentile"),
        _tabulate_rates,
        (22, 18),
    ),
)  # fmt: skip
