"""Tables of what brands post: shares, campaigns, distinctiveness and overlap."""

from __future__ import annotations

from collections.abc import Iterator

from generator.insights.likeness.distinctiveness import Distinctiveness
from generator.insights.posting.shares import Shares
from generator.report.model import Level, Report
from generator.site.tables.compared import COUNTED, JUDGED, count_cell, judge_cell, name_held, name_rival
from generator.site.tables.table import Table, each_level
from generator.site.tables.values import CELL, Row, mark, shorten, write_day


def _tabulate_shares(report: Report) -> Iterator[Row]:
    """List every brand in every territory and cluster. Withheld ratios and an infinite over-index are left out."""
    for level, figures in each_level(report):
        yield from _tabulate_level(report, level, figures.shares)


def _tabulate_level(report: Report, level: Level, shares: Shares) -> Iterator[Row]:
    for row, brand in enumerate(report.brands):
        for column, group in enumerate(level.rows):
            yield (
                *(brand.name, brand.key, group.name, group.key, level.name),
                *count_cell(shares, row, column),
                name_rival(report, int(shares.dominant[row, column])),
                *judge_cell(report, shares, row, column),
            )


def _tabulate_campaigns(report: Report) -> Iterator[Row]:
    """List the bursts of posts that count once, by brand and time."""
    for burst in report.insights.bursts.bursts if report.insights else ():
        brand = report.brands[burst.brand]
        cluster = None if burst.cluster < 0 else report.clusters[burst.cluster]
        yield (
            brand.name,
            brand.key,
            write_day(burst.first_day),
            write_day(burst.last_day),
            len(burst.posts),
            cluster.name if cluster else None,
            cluster.key if cluster else None,
            report.posts[burst.representative].id,
            " ".join(report.posts[index].id for index in burst.posts),
        )


def _tabulate_distinctiveness(report: Report) -> Iterator[Row]:
    """List every brand's distinctiveness and its point on the map of brands."""
    if report.insights is None:
        return
    distinct = report.insights.distinctiveness
    for row, brand in enumerate(report.brands):
        figures = (shorten(values[row]) for values in (distinct.ratio, distinct.low, distinct.high, distinct.p))
        picked = _list_picked(distinct, row, row)
        most = None if distinct.withheld[row] else distinct.most
        point = (shorten(value) for value in report.insights.brand_map.points[row])
        withheld = mark(distinct.withheld[row])
        yield (
            brand.name,
            brand.key,
            int(distinct.images[row]),
            *figures,
            *picked,
            most,
            *point,
            withheld,
            name_held(report),
        )


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
            named = (brand.name, brand.key, other.name, other.key)
            shown = (*(shorten(v[first, second]) for v in figures), *_list_picked(distinct, first, second))
            yield *named, *shown, *common, name_held(report)


def _list_picked(distinct: Distinctiveness, one: int, other: int) -> list[float | None]:
    """Return the ratio of what is nearer beyond chance, freed of the luck in that, with both its ends."""
    return [shorten(v[one, other]) for v in (distinct.picked, distinct.picked_low, distinct.picked_high)]


SHARES = (
    Table(
        "shares",
        (
            *CELL, *COUNTED, "dominant_rival_key", *JUDGED,
        ),
        _tabulate_shares,
        (22, 18, 18, 12, 10),
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
        "distinctiveness",
        (
            *("brand", "brand_key", "images", "ratio", "low", "high", "p_adjusted"),
            *("ratio_if_picked", "low_if_picked", "high_if_picked", "most", "map_x", "map_y", "withheld", "within"),
        ),
        _tabulate_distinctiveness,
        (22, 18),
    ),
    Table(
        "overlap",
        (
            *("brand", "brand_key", "other", "other_key", "overlap", "low", "high", "p_adjusted"),
            *("overlap_if_picked", "low_if_picked", "high_if_picked", "common_share", "same_images", "within"),
        ),
        _tabulate_overlap,
        (22, 18, 22, 18),
    ),
)  # fmt: skip
