"""Tables of what changes over time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from generator.report.model import Report
from generator.site.tables.table import Table
from generator.site.tables.values import CELL, Row, mark, shorten, write_day


def _tabulate_drift(report: Report) -> Iterator[Row]:
    """Count posts by brand, cluster and month or quarter, without empty ones; p and finding hold for the whole time."""
    drift = report.insights.drift if report.insights else None
    if drift is None:
        return
    moving = {(finding.brand, finding.cluster) for finding in drift.findings}
    starts = [write_day(start) for start in drift.periods.starts]
    for row, brand in enumerate(report.brands):
        totals = drift.periods.counts[row].sum(axis=0)
        for column, cluster in enumerate(report.clusters):
            p, marked = shorten(drift.p[row, column]), mark((row, column) in moving)
            for start, count, total in zip(starts, drift.periods.counts[row, column], totals, strict=True):
                if drift.posts[row, column] and total:
                    yield brand.name, brand.key, cluster.name, cluster.key, start, int(count), int(total), p, marked


def _tabulate_moves(report: Report) -> Iterator[Row]:
    """List the change of each cluster's share, for a brand, or for none: the mean of the brands' changes."""
    insights = report.insights
    if insights is None or insights.drift is None:
        return
    courses = {(finding.brand, finding.cluster): finding.course for finding in insights.drift.findings}
    for row, brand in enumerate(report.brands):
        for column in np.flatnonzero(~insights.drift.withheld[row]).tolist():
            named = (brand.name, brand.key, report.clusters[column].name, report.clusters[column].key)
            figures = (insights.drift.change, insights.drift.low, insights.drift.high, insights.drift.p)
            course = courses.get((row, column))
            yield *named, int(insights.drift.posts[row, column]), *(shorten(v[row, column]) for v in figures), course
    market = insights.momentum
    if market is None:
        return
    for column in np.flatnonzero(np.isfinite(market.change)).tolist():
        figures = (market.change, market.low, market.high, market.p)
        direction = {1: "rise", -1: "fall"}.get(int(market.direction[column]))
        cluster = report.clusters[column]
        yield None, None, cluster.name, cluster.key, None, *(shorten(v[column]) for v in figures), direction


def _tabulate_curves(report: Report) -> Iterator[Row]:
    """List each cluster's share over time with its band, for a brand, or for none: brands with the same weight."""
    momentum = report.insights.momentum if report.insights else None
    if momentum is None:
        return
    times = [write_day(day) for day in momentum.times]
    for column, cluster in enumerate(report.clusters):
        named = [(None, None, column)] + [(brand.name, brand.key, row) for row, brand in enumerate(report.brands)]
        for place, (name, key, row) in enumerate(named):
            curves, cell = (momentum.brands, (row, column)) if place else (momentum.market, (row,))
            for index, time in enumerate(times):
                share, low, high = (float(values[(*cell, index)]) for values in (curves.share, curves.low, curves.high))
                if np.isfinite(share):
                    yield name, key, cluster.name, cluster.key, time, shorten(share), shorten(low), shorten(high)


def _tabulate_voice(report: Report) -> Iterator[Row]:
    """List each brand's part of a cluster's posts by quarter, without empty ones."""
    voice = report.insights.voice if report.insights else None
    if voice is None:
        return
    for column, cluster in enumerate(report.groups[: len(voice.posts)]):
        for quarter, start in enumerate(voice.starts):
            for row, brand in enumerate(report.brands):
                if voice.posts[column, quarter, row]:
                    figures = (voice.share, voice.low, voice.high)
                    yield (
                        *(brand.name, brand.key, cluster.name, cluster.key, write_day(start)),
                        int(voice.posts[column, quarter, row]),
                        *(shorten(values[column, quarter, row]) for values in figures),
                    )


def _tabulate_leads(report: Report) -> Iterator[Row]:
    """List when each brand took up a cluster that rises for the brands together."""
    momentum = report.insights.momentum if report.insights else None
    for lead in momentum.leads if momentum else ():
        cluster = report.clusters[lead.cluster]
        for taken in lead.take_ups:
            brand = report.brands[taken.brand]
            days = (write_day(taken.half), write_day(taken.low), write_day(taken.high))
            yield brand.name, brand.key, cluster.name, cluster.key, *days, mark(lead.leader == taken.brand)


def _tabulate_share_years(report: Report) -> Iterator[Row]:
    """Compare each brand's share of a cluster with the same months of the year before."""
    years = report.insights.share_seasons if report.insights else None
    if years is None:
        return
    for row, column in np.argwhere(~years.withheld).tolist():
        brand, cluster = report.brands[row], report.clusters[column]
        figures = (years.ratio, years.low, years.high, years.p)
        yield (
            *(brand.name, brand.key, cluster.name, cluster.key),
            *(int(values[row, column]) for values in (years.now, years.before)),
            *(shorten(values[row, column]) for values in figures),
            mark(years.marked[row, column]),
        )


OVER_TIME = (
    Table(
        "drift",
        (*CELL, "period", "posts", "brand_posts", "p_adjusted", "finding"),
        _tabulate_drift,
        (22, 18, 18, 12, 12),
    ),
    Table(
        "moves",
        (*CELL, "posts", "change", "low", "high", "p_adjusted", "course"),
        _tabulate_moves,
        (22, 18, 18, 12),
    ),
    Table("curves", (*CELL, "day", "share", "low", "high"), _tabulate_curves, (22, 18, 18, 12, 12)),
    Table("voice", (*CELL, "quarter", "posts", "share", "low", "high"), _tabulate_voice, (22, 18, 18, 12, 12)),
    Table("leads", (*CELL, "halfway", "low", "high", "led"), _tabulate_leads, (22, 18, 18, 12, 12)),
    Table(
        "share_years",
        (*CELL, "occasions", "occasions_before", "ratio", "low", "high", "p_adjusted", "finding"),
        _tabulate_share_years,
        (22, 18, 18, 12),
    ),
)  # fmt: skip
