"""The tables of brands beside others: the members of their groups, and the brands of a benchmark."""

from __future__ import annotations

from collections.abc import Iterator

from generator.insights.posting.beside import find_percentile
from generator.insights.posting.group_shares import GroupShares
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


def _tabulate_benchmark(report: Report) -> Iterator[Row]:
    """List every brand with every term that is compared, beside the median brand of the benchmark."""
    beside = report.benchmark
    if beside is None or beside.shows is None:
        return
    shows = beside.shows
    for row, brand in enumerate(report.brands):
        for column, position in enumerate(beside.terms):
            term, cell = report.tags.terms[position], (row, column)
            figures = (shows.rate, shows.median, shows.ratio, shows.low, shows.high)
            rank, ranked = int(beside.rank[cell]), int(beside.ranked[row])
            yield (
                *(brand.name, brand.key, term.name, term.key),
                *(shorten(values[cell]) for values in figures),
                mark(shows.is_bound[cell]),
                *(rank or None, ranked or None, find_percentile(rank, ranked)),
            )


def _tabulate_benchmark_rates(report: Report) -> Iterator[Row]:
    """List every brand's engagement rate beside the median of the benchmark's."""
    rates = report.benchmark.rates if report.benchmark else None
    for row, brand in enumerate(report.brands if rates else ()):
        assert rates is not None and report.insights is not None and report.insights.rates is not None
        if rank := int(rates.rank[row]):
            ranked, middle = int(rates.ranked[row]), report.insights.rates.middle[row]
            figures = shorten(middle), shorten(rates.median[row])
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
    Table(
        "benchmark",
        (
            *("brand", "brand_key", "term", "term_key", "share_of_occasions", "benchmark_median", "over_benchmark"),
            *("low", "high", "bound_only", "rank", "ranked", "percentile"),
        ),
        _tabulate_benchmark,
        (22, 18, 18, 12),
    ),
    Table(
        "benchmark_rates",
        ("brand", "brand_key", "rate", "benchmark_median", "rank", "ranked", "percentile"),
        _tabulate_benchmark_rates,
        (22, 18),
    ),
)  # fmt: skip
