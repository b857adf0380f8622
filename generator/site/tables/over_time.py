"""Tables of what changes over time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from generator.insights.over_time.drift import Drift
from generator.report.model import Report
from generator.site.tables.compared import name_held
from generator.site.tables.table import Table, each_level
from generator.site.tables.values import CELL, Row, mark, shorten, write_day


def _tabulate_drift(report: Report) -> Iterator[Row]:
    """Count posts by brand, group and month or quarter, without empty ones; p and finding hold for the whole time."""
    for level, figures in each_level(report):
        if figures.drift is None:
            continue
        drift = figures.drift
        moving = {(finding.brand, finding.cluster) for finding in drift.findings}
        starts = [write_day(start) for start in drift.periods.starts]
        for row, column in np.argwhere(drift.posts > 0).tolist():
            brand, group = report.brands[row], level.groups[column]
            named = (brand.name, brand.key, group.name, group.key, level.name)
            p, marked = shorten(drift.p[row, column]), mark((row, column) in moving)
            totals = drift.periods.totals[row]
            for start, count, total in zip(starts, drift.periods.counts[row, column], totals, strict=True):
                if total:
                    yield *named, start, int(count), int(total), p, marked


def _tabulate_moves(report: Report) -> Iterator[Row]:
    """List the change of each group's share, for a brand, or for none: the mean of the brands' changes."""
    for level, found in each_level(report):
        if found.drift is None:
            continue
        findings = {(finding.brand, finding.cluster): finding for finding in found.drift.findings}
        for row, column in np.argwhere(~found.drift.withheld).tolist():
            brand, group = report.brands[row], level.groups[column]
            figures = (found.drift.change, found.drift.low, found.drift.high, found.drift.p)
            yield (
                *(brand.name, brand.key, group.name, group.key, level.name),
                int(found.drift.posts[row, column]),
                *(shorten(values[row, column]) for values in figures),
                *_tell_course(findings.get((row, column))),
                name_held(report),
                shorten(found.drift.runs),
            )
        market = found.momentum
        for column in np.flatnonzero(np.isfinite(market.change)).tolist() if market else ():
            assert market is not None
            figures = (market.change, market.low, market.high, market.p)
            direction = {1: "rise", -1: "fall"}.get(int(market.direction[column]))
            named = (None, None, level.groups[column].name, level.groups[column].key, level.name)
            changed = (shorten(values[column]) for values in figures)
            picked = (shorten(values[column]) for values in (market.picked_low, market.picked_high))
            yield *named, None, *changed, direction, *picked, None, shorten(found.drift.runs)


def _tell_course(finding: Drift | None) -> tuple[str | None, float | None, float | None]:
    """Return how a cluster moves, and the ends of its change that hold although it was picked."""
    if finding is None:
        return None, None, None
    if not finding.direction:
        return finding.course, None, None
    return finding.course, shorten(finding.picked_low), shorten(finding.picked_high)


def _tabulate_subject_moves(report: Report) -> Iterator[Row]:
    """List the change of how often each brand's images show something, or its captions say it."""
    level = report.subject_level
    found = level.figures.drift if level.figures else None
    if found is None:
        return
    findings = {(finding.brand, finding.cluster): finding for finding in found.findings}
    for row, column in np.argwhere(~found.withheld).tolist():
        brand, subject = report.brands[row], level.groups[column]
        figures = (found.change, found.low, found.high, found.p)
        yield (
            *(brand.name, brand.key, subject.kind, subject.name, subject.key, int(found.posts[row, column])),
            *(shorten(values[row, column]) for values in figures),
            *_tell_course(findings.get((row, column))),
            name_held(report),
            shorten(found.runs),
        )


def _tabulate_curves(report: Report) -> Iterator[Row]:
    """List each group's share over time with its band, for a brand, or for none: brands with the same weight."""
    for level, found in each_level(report):
        if found.momentum is None:
            continue
        times = [write_day(day) for day in found.momentum.times]
        for column, group in enumerate(level.groups):
            market, brands = found.momentum.market, found.momentum.brands
            drawn = [(None, None, market.share[column], market.low[column], market.high[column])]
            drawn += [
                (brand.name, brand.key, *(values[row, column] for values in (brands.share, brands.low, brands.high)))
                for row, brand in enumerate(report.brands)
            ]
            for name, key, share, low, high in drawn:
                for at in np.flatnonzero(np.isfinite(share)).tolist():
                    ends = (shorten(values[at]) for values in (share, low, high))
                    yield name, key, group.name, group.key, level.name, times[at], *ends


def _tabulate_voice(report: Report) -> Iterator[Row]:
    """List each brand's part of a group's posts by quarter, without empty ones."""
    for level, found in each_level(report):
        voice = found.voice
        for column, quarter, row in np.argwhere(voice.posts > 0).tolist() if voice else ():
            assert voice is not None
            brand, group = report.brands[row], level.rows[column]
            yield (
                *(brand.name, brand.key, group.name, group.key, level.name, write_day(voice.starts[quarter])),
                int(voice.posts[column, quarter, row]),
                *(shorten(values[column, quarter, row]) for values in (voice.share, voice.low, voice.high)),
            )


def _tabulate_leads(report: Report) -> Iterator[Row]:
    """List when each brand took up a group that rises for the brands together."""
    for level, found in each_level(report):
        for lead in found.momentum.leads if found.momentum else ():
            group = level.groups[lead.cluster]
            for taken in lead.take_ups:
                brand = report.brands[taken.brand]
                days = (write_day(taken.half), write_day(taken.low), write_day(taken.high))
                named = (brand.name, brand.key, group.name, group.key, level.name)
                yield *named, *days, mark(lead.leader == taken.brand)


def _tabulate_new_clusters(report: Report) -> Iterator[Row]:
    """List the groups whose first post is recent, once for each brand that posts in them, in the order they began."""
    for level, found in each_level(report):
        for new in found.momentum.new if found.momentum else ():
            group = level.groups[new.cluster]
            for place, brand in enumerate((report.brands[brand] for brand in new.brands), 1):
                named = (brand.name, brand.key, group.name, group.key, level.name)
                yield *named, place, write_day(new.first_day), new.occasions, shorten(new.p)


def _tabulate_share_years(report: Report) -> Iterator[Row]:
    """Compare each brand's share of a group with the same months of the year before."""
    for level, found in each_level(report):
        years = found.share_seasons
        for row, column in np.argwhere(~years.withheld).tolist() if years else ():
            assert years is not None
            brand, group = report.brands[row], level.groups[column]
            yield (
                *(brand.name, brand.key, group.name, group.key, level.name),
                *(int(values[row, column]) for values in (years.now, years.before)),
                *(shorten(values[row, column]) for values in (years.ratio, years.low, years.high, years.p)),
                mark(years.marked[row, column]),
            )


OVER_TIME = (
    Table(
        "drift",
        (*CELL, "period", "posts", "brand_posts", "p_adjusted", "finding"),
        _tabulate_drift,
        (22, 18, 18, 12, 10, 12),
    ),
    Table(
        "moves",
        (
            *(*CELL, "posts", "change", "low", "high", "p_adjusted", "course"),
            *("low_if_picked", "high_if_picked", "within", "runs"),
        ),
        _tabulate_moves,
        (22, 18, 18, 12, 10),
    ),
    Table(
        "subject_moves",
        (
            "brand", "brand_key", "seen_in", "subject", "subject_key",
            "posts", "change", "low", "high", "p_adjusted", "course",
            "low_if_picked", "high_if_picked", "within", "runs",
        ),
        _tabulate_subject_moves,
        (22, 18, 10, 28, 18),
    ),
    Table("curves", (*CELL, "day", "share", "low", "high"), _tabulate_curves, (22, 18, 18, 12, 10, 12)),
    Table("voice", (*CELL, "quarter", "posts", "share", "low", "high"), _tabulate_voice, (22, 18, 18, 12, 10, 12)),
    Table("leads", (*CELL, "halfway", "low", "high", "led"), _tabulate_leads, (22, 18, 18, 12, 10, 12)),
    Table(
        "new_clusters",
        (*CELL, "place", "first_day", "occasions", "p_adjusted"),
        _tabulate_new_clusters,
        (22, 18, 18, 12, 10, 8, 12),
    ),
    Table(
        "share_years",
        (*CELL, "occasions", "occasions_before", "ratio", "low", "high", "p_adjusted", "finding"),
        _tabulate_share_years,
        (22, 18, 18, 12, 10),
    ),
)  # fmt: skip
