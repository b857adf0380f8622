"""Tables of what posts get: by cluster, weekday and hour, what brands could try, and against the year before."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from generator.insights.likes.timing import PART_HOURS
from generator.report.model import Report
from generator.site.tables.table import Table
from generator.site.tables.values import CELL, Row, mark, shorten


def _tabulate_engagement(report: Report) -> Iterator[Row]:
    """Compare likes, then comments, with those of ordinary posts: for a cluster, then for each brand in it."""
    if report.insights is None:
        return
    for measure, effects in (("likes", report.insights.engagement), ("comments", report.insights.comments)):
        if effects is None:
            continue
        significant = {(finding.brand, finding.cluster) for finding in effects.findings}
        for column, cluster in enumerate(report.clusters):
            pooled = (effects.pooled_ratio, effects.pooled_low, effects.pooled_high, effects.pooled_p)
            figures = (shorten(values[column]) for values in pooled)
            named = (cluster.name, cluster.key)
            yield (
                measure,
                None,
                None,
                *named,
                int(effects.pooled_posts[column]),
                *figures,
                mark((None, column) in significant),
            )
            for row, brand in enumerate(report.brands):
                if not effects.posts[row, column]:
                    continue
                own = (effects.ratio, effects.low, effects.high, effects.p)
                figures = (shorten(values[row, column]) for values in own)
                posts, marked = int(effects.posts[row, column]), mark((row, column) in significant)
                yield measure, brand.name, brand.key, *named, posts, *figures, marked


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
    for opening in report.insights.openings if report.insights else ():
        brand, cluster = report.brands[opening.brand], report.clusters[opening.cluster]
        figures = (opening.ratio, opening.average_low, opening.average_high, opening.low, opening.high, opening.likely)
        yield (
            brand.name,
            brand.key,
            cluster.name,
            cluster.key,
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


LIKES = (
    Table(
        "engagement",
        ("measure", *CELL, "posts", "ratio", "low", "high", "p_adjusted", "finding"),
        _tabulate_engagement,
        (22, 18, 18, 12),
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
        (22, 18, 18, 12),
    ),
    Table(
        "years",
        ("brand", "brand_key", "months", "posts", "posts_before", "ratio", "low", "high"),
        _tabulate_years,
        (22, 18, 30),
    ),
)  # fmt: skip
