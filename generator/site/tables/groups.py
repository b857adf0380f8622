"""The tables of brands beside others: the members of their groups, and the brands of a benchmark."""

from __future__ import annotations

from collections.abc import Iterator

from generator.insights.likes.rates import BesideRates
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
            yield (
                *(brand.name, brand.key, group.name, group.key, level.name, report.brand_groups[found.group[row]]),
                *(shorten(values[row, column]) for values in figures),
                mark(found.is_bound[row, column]),
                *_tell_rank(found.rank[row, column], found.ranked[row]),
                name_held(report),
            )


def _tabulate_rates(report: Report) -> Iterator[Row]:
    """List every brand's engagement rate beside the median of its group's other members."""
    return _list_rates(report, report.insights.group_rates if report.insights else None)


def _tabulate_benchmark_rates(report: Report) -> Iterator[Row]:
    """List every brand's engagement rate beside the median of the benchmark's."""
    return _list_rates(report, report.benchmark.rates if report.benchmark else None)


def _list_rates(report: Report, beside: BesideRates | None) -> Iterator[Row]:
    own = report.insights.rates if report.insights else None
    if beside is None or own is None:
        return
    for row, brand in enumerate(report.brands):
        if beside.rank[row]:
            figures = shorten(own.middle[row]), shorten(beside.median[row])
            yield brand.name, brand.key, *figures, *_tell_rank(beside.rank[row], beside.ranked[row])


def _tell_rank(rank: int, ranked: int) -> tuple[int | None, int | None, int | None]:
    """Return a rank, among how many, and as a percentile; None for none."""
    rank, ranked = int(rank), int(ranked)
    return rank or None, ranked or None, find_percentile(rank, ranked)


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
            yield (
                *(brand.name, brand.key, term.name, term.key),
                *(shorten(values[cell]) for values in figures),
                mark(shows.is_bound[cell]),
                *_tell_rank(beside.rank[cell], beside.ranked[row]),
            )


def _tabulate_refused(report: Report) -> Iterator[Row]:
    """List every row of a benchmark's spreadsheet that was left out."""
    ledger = report.benchmark.ledger if report.benchmark else None
    if ledger is None:
        return
    for row in ledger.refusals:
        yield ledger.tables[row.table].name, row.row, row.reason, row.detail, row.brand, row.thumbnail


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
    Table(
        "benchmark_refused",
        ("table", "row", "reason", "detail", "brand", "thumbnail"),
        _tabulate_refused,
        (22, 7, 18, 40, 22, 60),
    ),
)  # fmt: skip
