"""Tables of what posts get: by cluster, weekday and hour, what brands could try, and against the year before."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from generator.insights.likes.engagement import Engagement
from generator.insights.likes.timing import PART_HOURS
from generator.report.model import Level, Report
from generator.site.tables.table import Table, each_level
from generator.site.tables.values import CELL, Row, mark, shorten


def _tabulate_engagement(report: Report) -> Iterator[Row]:
    """Compare likes, then comments, with those of ordinary posts: for a group, then for each brand in it."""
    for level, figures in each_level(report):
        for measure, effects in (("likes", figures.engagement), ("comments", figures.comments)):
            if effects:
                yield from _tabulate_effects(report, level, measure, effects)


def _tabulate_effects(report: Report, level: Level, measure: str, effects: Engagement) -> Iterator[Row]:
    significant = {(finding.brand, finding.cluster) for finding in effects.findings}
    for column, group in enumerate(level.groups):
        named = (group.name, group.key, level.name)
        figures = (effects.pooled_ratio, effects.pooled_low, effects.pooled_high, effects.pooled_p)
        yield (
            *(measure, None, None, *named),
            int(effects.pooled_posts[column]),
            *(shorten(values[column]) for values in figures),
            mark((None, column) in significant),
        )
        for row in np.flatnonzero(effects.posts[:, column]).tolist():
            brand, figures = report.brands[row], (effects.ratio, effects.low, effects.high, effects.p)
            yield (
                *(measure, brand.name, brand.key, *named),
                int(effects.posts[row, column]),
                *(shorten(values[row, column]) for values in figures),
                mark((row, column) in significant),
            )


def _tabulate_subjects(report: Report) -> Iterator[Row]:
    """Compare likes, then comments, of what images show and captions say: for all brands, then for each."""
    level = report.subject_level
    if level.figures is None:
        return
    for measure, effects in (("likes", level.figures.engagement), ("comments", level.figures.comments)):
        significant = {(finding.brand, finding.cluster) for finding in effects.findings} if effects else set()
        for column, subject in enumerate(level.groups if effects else ()):
            assert effects is not None
            named = (subject.kind, subject.name, subject.key)
            pooled = (effects.pooled_ratio, effects.pooled_low, effects.pooled_high, effects.pooled_p)
            counts = int(effects.pooled_posts[column]), int(effects.pooled_occasions[column])
            marked = mark((None, column) in significant)
            yield measure, None, None, *named, *counts, *(shorten(values[column]) for values in pooled), marked
            for row in np.flatnonzero(~effects.withheld[:, column]).tolist():
                brand, cell = report.brands[row], (row, column)
                figures = (shorten(values[cell]) for values in (effects.ratio, effects.low, effects.high, effects.p))
                counts, marked = (int(effects.posts[cell]), int(effects.occasions[cell])), mark(cell in significant)
                yield measure, brand.name, brand.key, *named, *counts, *figures, marked


def _tabulate_timing(report: Report) -> Iterator[Row]:
    """Compare likes by weekday, Monday being 1, and by part of the day, given by its first hour."""
    if report.insights is None:
        return
    timing = report.insights.timing
    for kind, found in (("weekday", timing.weekday), ("hour", timing.hour)):
        if found is None:
            continue
        significant = {(finding.brand, finding.cluster) for finding in found.findings}
        for row, brand in enumerate(report.brands):
            for part in np.flatnonzero(~found.withheld[row]).tolist():
                figures = (shorten(values[row, part]) for values in (found.ratio, found.low, found.high, found.p))
                when = part + 1 if kind == "weekday" else part * PART_HOURS
                marked = mark({(row, part), (None, part)} & significant)
                yield brand.name, brand.key, kind, when, int(found.posts[row, part]), *figures, marked


def _tabulate_openings(report: Report) -> Iterator[Row]:
    """List what each brand could try, and what it may get there, in times its ordinary likes."""
    for level, opening in ((level, opening) for level, figures in each_level(report) for opening in figures.openings):
        brand, cluster = report.brands[opening.brand], level.groups[opening.cluster]
        figures = (opening.ratio, opening.average_low, opening.average_high, opening.low, opening.high, opening.likely)
        yield (
            brand.name,
            brand.key,
            cluster.name,
            cluster.key,
            level.name,
            opening.posts,
            shorten(opening.due),
            " ".join(report.brands[rival].key for rival in opening.rivals),
            *map(shorten, figures),
        )


def _tabulate_years(report: Report) -> Iterator[Row]:
    """Compare each brand's likes with those of the same months of the year before."""
    for season in report.insights.seasons if report.insights else ():
        brand = report.brands[season.brand]
        figures = (season.ratio, season.low, season.high)
        yield brand.name, brand.key, " ".join(season.months), season.posts, season.before, *map(shorten, figures)


def _tabulate_rates(report: Report) -> Iterator[Row]:
    """List each brand's likes and comments for each follower, in the middle of its posts; a campaign counts once."""
    rates = report.insights.rates if report.insights else None
    for row, brand in enumerate(report.brands if rates else ()):
        assert rates is not None
        if rates.occasions[row]:
            figures = (rates.middle[row], rates.low[row], rates.high[row])
            yield brand.name, brand.key, int(rates.occasions[row]), *map(shorten, figures)


LIKES = (
    Table("rates", ("brand", "brand_key", "occasions", "rate", "low", "high"), _tabulate_rates, (22, 18, 12)),
    Table(
        "engagement",
        ("measure", *CELL, "posts", "ratio", "low", "high", "p_adjusted", "finding"),
        _tabulate_engagement,
        (22, 18, 18, 12, 10),
    ),
    Table(
        "subjects",
        (
            "measure", "brand", "brand_key", "seen_in", "subject", "subject_key",
            "posts", "occasions", "ratio", "low", "high", "p_adjusted", "finding",
        ),
        _tabulate_subjects,
        (10, 22, 18, 10, 28, 18),
    ),
    Table(
        "timing",
        ("brand", "brand_key", "by", "from", "posts", "ratio", "low", "high", "p_adjusted", "finding"),
        _tabulate_timing,
        (22, 18, 12),
    ),
    Table(
        "openings",
        (
            *CELL, "posts", "due", "rivals", "ratio", "average_low", "average_high", "low", "high", "likely_above_1",
        ),
        _tabulate_openings,
        (22, 18, 18, 12, 10),
    ),
    Table(
        "years",
        ("brand", "brand_key", "months", "posts", "posts_before", "ratio", "low", "high"),
        _tabulate_years,
        (22, 18, 30),
    ),
)  # fmt: skip
