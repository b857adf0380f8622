"""Lay out the report's figures as tables of one row a fact, for the CSV files, the workbook and report.json."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from generator.insights.timing import PART_HOURS
from generator.report.model import Report

if TYPE_CHECKING:
    from pandas import DataFrame

Value = str | int | float | None
Row = Sequence[Value]


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the report under its name: `<name>.csv`, a sheet, and for all but posts a list in report.json."""

    name: str
    columns: tuple[str, ...]
    rows: Callable[[Report], Iterable[Row]]
    widths: tuple[int, ...]  # of the sheet's first columns, in characters

    def frame(self, report: Report) -> DataFrame:
        """Return the table of `report`, in the form of `make_frame`."""
        return make_frame(self.columns, self.rows(report))


def make_frame(columns: Sequence[str], rows: Iterable[Row]) -> DataFrame:
    """Return rows as a frame of Python objects: integers stay integers, and a missing value stays None."""
    from pandas import DataFrame, Index

    # pandas' own texts are UTF-8, which cannot hold every text of Python's
    return DataFrame(list(rows), columns=Index(list(columns), dtype="object"), dtype=object)


def _tabulate_posts(report: Report) -> Iterator[Row]:
    """List every post, in the order of the report."""
    for post in report.posts:
        brand = report.brands[post.brand]
        cluster = None if post.cluster is None else report.clusters[post.cluster]
        yield (
            post.id,
            post.table,
            post.row,
            brand.name,
            brand.key,
            cluster.name if cluster else None,
            cluster.key if cluster else None,
            post.likes,
            post.comments,
            None if post.engagement is None else round(post.engagement, 4),
            write_time(post.published),
            post.precision if post.published else None,
            post.permalink,
            post.thumbnail,
            post.picture,
            post.image,
            round(post.x, 6),
            round(post.y, 6),
            post.column,
            post.line,
            round(post.brightness, 3),
            round(post.contrast, 3),
            post.copy,
            " ".join(report.posts[near].id for near in post.near),
            "; ".join(report.tags.terms[term].name for term in post.tags),
            post.caption,
        )


def _tabulate_shares(report: Report) -> Iterator[Row]:
    """List every brand in every cluster. Withheld ratios and an infinite over-index are left out."""
    if report.insights is None:
        return
    shares = report.insights.shares
    names = (*(brand.key for brand in report.brands), None)  # None at -1, for no rival
    for row, brand in enumerate(report.brands):
        for column, group in enumerate(report.groups):
            compared = (shares.typical, shares.typical_of, shares.lowest, shares.highest)
            ratios = (shares.over_index, shares.low, shares.high, shares.p)
            picked = (shares.picked, shares.picked_low, shares.picked_high)
            yield (
                brand.name,
                brand.key,
                group.name,
                group.key,
                int(shares.posts[row, column]),
                round(float(shares.share[row, column]), 6),
                int(shares.occasions[row, column]),
                shorten(shares.rate[row, column]),
                *(shorten(values[row, column]) for values in compared),
                int(shares.rank[row, column]) or None,
                names[shares.dominant[row, column]],
                *(shorten(values[row, column]) for values in ratios),
                _mark(shares.withheld[row, column]),
                _mark(shares.marked[row, column]),
                names[shares.rests_on[row, column]],
                _mark(shares.is_bound[row, column]),
                *(shorten(values[row, column]) for values in picked),
            )


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
                _mark((None, column) in significant),
            )
            for row, brand in enumerate(report.brands):
                if not effects.posts[row, column]:
                    continue
                own = (effects.ratio, effects.low, effects.high, effects.p)
                figures = (shorten(values[row, column]) for values in own)
                posts, marked = int(effects.posts[row, column]), _mark((row, column) in significant)
                yield measure, brand.name, brand.key, *named, posts, *figures, marked


def _tabulate_drift(report: Report) -> Iterator[Row]:
    """Count posts by brand, cluster and month or quarter, without empty ones; p and finding hold for the whole time."""
    drift = report.insights.drift if report.insights else None
    if drift is None:
        return
    moving = {(finding.brand, finding.cluster) for finding in drift.findings}
    starts = [
        (datetime(1970, 1, 1) + timedelta(days=float(start))).date().isoformat() for start in drift.periods.starts
    ]
    for row, brand in enumerate(report.brands):
        totals = drift.periods.counts[row].sum(axis=0)
        for column, cluster in enumerate(report.clusters):
            p, marked = shorten(drift.p[row, column]), _mark((row, column) in moving)
            for start, count, total in zip(starts, drift.periods.counts[row, column], totals, strict=True):
                if drift.posts[row, column] and total:
                    yield brand.name, brand.key, cluster.name, cluster.key, start, int(count), int(total), p, marked


def _tabulate_distinctiveness(report: Report) -> Iterator[Row]:
    """List every brand's distinctiveness and its point on the map of brands."""
    if report.insights is None:
        return
    distinct = report.insights.distinctiveness
    for row, brand in enumerate(report.brands):
        figures = (shorten(values[row]) for values in (distinct.ratio, distinct.low, distinct.high, distinct.p))
        most = None if distinct.withheld[row] else distinct.most
        point = (shorten(value) for value in report.insights.brand_map.points[row])
        yield brand.name, brand.key, int(distinct.images[row]), *figures, most, *point, _mark(distinct.withheld[row])


def _tabulate_overlap(report: Report) -> Iterator[Row]:
    """List every pair of brands once. Pairs that the report does not compare have no common share."""
    if report.insights is None:
        return
    distinct = report.insights.distinctiveness
    contrasts = {contrast.brands: contrast for contrast in report.insights.contrasts}
    for first, brand in enumerate(report.brands):
        for second in range(first + 1, len(report.brands)):
            other, contrast = report.brands[second], contrasts.get((first, second))
            figures = (distinct.overlap, distinct.overlap_low, distinct.overlap_high, distinct.overlap_p)
            common = (shorten(contrast.common), contrast.same_images) if contrast else (None, None)
            yield brand.name, brand.key, other.name, other.key, *(shorten(v[first, second]) for v in figures), *common


def _tabulate_looks(report: Report) -> Iterator[Row]:
    """List the look of every brand and cluster, then of all posts."""
    groups = [("brand", group) for group in report.brands] + [("cluster", group) for group in report.groups]
    looks = [(kind, group.name, group.key, group.look) for kind, group in groups]
    for kind, name, key, look in (*looks, ("all", None, None, report.look)):
        spreads = (look.brightness, look.contrast, look.colourfulness)
        figures = [shorten(value) for spread in spreads for value in (spread.median, spread.low, spread.high)]
        palette = " ".join(f"{tone.colour} {tone.share:.4f}" for tone in look.palette)
        yield kind, name, key, *figures, palette


def _tabulate_duplicates(report: Report) -> Iterator[Row]:
    """List every post of an image that was posted more than once."""
    for group in report.duplicates:
        for index in group.posts:
            post = report.posts[index]
            brand = report.brands[post.brand]
            yield (
                post.copy,
                len(group.posts),
                _mark(group.exact),
                brand.name,
                brand.key,
                post.id,
                write_time(post.published),
            )


def _tabulate_campaigns(report: Report) -> Iterator[Row]:
    """List the bursts of posts that count once, by brand and time."""
    for burst in report.insights.bursts.bursts if report.insights else ():
        brand = report.brands[burst.brand]
        cluster = None if burst.cluster < 0 else report.clusters[burst.cluster]
        yield (
            brand.name,
            brand.key,
            _write_day(burst.first_day),
            _write_day(burst.last_day),
            len(burst.posts),
            cluster.name if cluster else None,
            cluster.key if cluster else None,
            report.posts[burst.representative].id,
            " ".join(report.posts[index].id for index in burst.posts),
        )


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
                marked = _mark({(row, part), (None, part)} & significant)
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


def _write_day(days: float) -> str | None:
    """Return a day, given since 1970, in ISO 8601; None if it is not known."""
    return (datetime(1970, 1, 1) + timedelta(days=days)).date().isoformat() if math.isfinite(days) else None


def write_time(moment: datetime | None) -> str | None:
    """Return a time to the second in ISO 8601, or None."""
    return moment.replace(microsecond=0).isoformat() if moment else None


def _mark(is_so: object) -> str:
    return "yes" if is_so else ""


def shorten(value: float) -> float | None:
    """Return `value` to six significant digits; None if it is not finite."""
    return float(f"{float(value):.6g}") if math.isfinite(value) else None


_CELL = ("brand", "brand_key", "cluster", "cluster_key")

POSTS = Table(
    "posts",
    (
        "id", "table", "row", "brand", "brand_key", "cluster", "cluster_key",
        "likes", "comments", "likes_to_brand_median", "published", "published_precision",
        "permalink", "thumbnail", "picture", "image_sha256", "x", "y", "column", "line",
        "brightness", "contrast", "picture_code", "nearest", "tags",
        "caption",
    ),
    _tabulate_posts,
    (14, 14, 7, 22, 18, 14, 12),
)  # fmt: skip
#: The tables of figures; a table without rows is left out of a report.
INSIGHTS = (
    Table(
        "shares",
        (
            *(*_CELL, "posts", "share", "occasions", "share_of_occasions"),
            *("median_rival", "median_rival_occasions", "lowest_rival", "highest_rival", "rank", "dominant_rival_key"),
            *("over_index", "low", "high", "p_adjusted", "withheld", "marked", "rests_on_key", "bound_only"),
            *("over_index_if_picked", "low_if_picked", "high_if_picked"),
        ),
        _tabulate_shares,
        (22, 18, 18, 12),
    ),
    Table(
        "engagement",
        ("measure", *_CELL, "posts", "ratio", "low", "high", "p_adjusted", "finding"),
        _tabulate_engagement,
        (22, 18, 18, 12),
    ),
    Table(
        "drift",
        (*_CELL, "period", "posts", "brand_posts", "p_adjusted", "finding"),
        _tabulate_drift,
        (22, 18, 18, 12, 12),
    ),
    Table(
        "distinctiveness",
        ("brand", "brand_key", "images", "ratio", "low", "high", "p_adjusted", "most", "map_x", "map_y", "withheld"),
        _tabulate_distinctiveness,
        (22, 18),
    ),
    Table(
        "overlap",
        (
            *("brand", "brand_key", "other", "other_key", "overlap", "low", "high", "p_adjusted"),
            *("common_share", "same_images"),
        ),
        _tabulate_overlap,
        (22, 18, 22, 18),
    ),
    Table(
        "campaigns",
        (
            "brand", "brand_key", "first_day", "last_day", "posts", "cluster", "cluster_key", "representative", "ids",
        ),
        _tabulate_campaigns,
        (22, 18, 12, 12, 8, 18),
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
            *_CELL, "posts", "due", "rivals", "ratio", "average_low", "average_high", "low", "high", "likely_above_1",
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
    Table(
        "looks",
        (
            "kind", "name", "name_key",
            "brightness", "brightness_low", "brightness_high", "contrast", "contrast_low", "contrast_high",
            "colourfulness", "colourfulness_low", "colourfulness_high",
            "palette",
        ),
        _tabulate_looks,
        (10, 22, 18),
    ),
    Table(
        "duplicates",
        ("picture_code", "posts", "same_file", "brand", "brand_key", "id", "published"),
        _tabulate_duplicates,
        (12, 8, 10, 22, 18, 18, 20),
    ),
)  # fmt: skip


#: Spreadsheets read text that starts so as a formula; in CSV an apostrophe is put before it.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: Characters that XML 1.0 cannot hold.
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def finite(value: float | None) -> float | None:
    """Return `value`, or None if it is not finite, since neither JSON nor a workbook can hold it then."""
    return value if value is not None and math.isfinite(value) else None
