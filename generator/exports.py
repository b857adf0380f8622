"""The whole result as data: report.json for programs; posts.csv, shares.csv and report.xlsx for people."""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from generator.report import Group, Report, ShownPost

FORMAT = "brandscape-report/1"
#: What a spreadsheet takes for the start of a formula; CSV cells that begin so get an apostrophe before it.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# what XML 1.0 has no place for
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

Value = str | int | float | None


def write_exports(report: Report, folder: Path) -> None:
    """Write the report as data into `folder`; the same report always gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / "report.json", encode_json(report))
    write_text(folder / "posts.csv", encode_csv(POST_COLUMNS, tabulate_posts(report)))
    if report.insights:
        write_text(folder / "shares.csv", encode_csv(SHARE_COLUMNS, tabulate_shares(report)))
        write_text(folder / "engagement.csv", encode_csv(ENGAGEMENT_COLUMNS, tabulate_engagement(report)))
        write_text(folder / "drift.csv", encode_csv(DRIFT_COLUMNS, tabulate_drift(report)))
    from generator.workbook import encode_workbook

    (folder / "report.xlsx").write_bytes(encode_workbook(report))


def write_text(path: Path, text: str) -> None:
    """Write a text file as all of a site's are: UTF-8, lines ended by a line feed."""
    path.write_text(text, encoding="utf-8", newline="\n")


def encode_json(report: Report) -> str:
    """The report as JSON, one post a line. A post's `brand` and `cluster` are keys; its cluster may be null."""
    method, quality, counts = report.method, report.quality, report.counts
    head = {
        "format": FORMAT,
        "title": report.title,
        "lang": report.lang,
        "built": report.built.isoformat(),
        "generator": f"brandscape {report.generator}",
        "source": report.source,
        "method": {
            "model": method.model,
            "weights_sha256": method.weights_sha256,
            "pooling": method.pooling,
            "dimensions": method.dimensions,
            "pca": method.pca,
            "perplexity": method.perplexity,
            "eps": finite(method.eps),
            "min_samples": method.min_samples,
            "seed": method.seed,
            "versions": dict(sorted(method.versions.items())),
            "fallback": method.fallback,
        },
        "counts": {
            "rows": counts.rows,
            "posts": counts.posts,
            "images": counts.images,
            "refused": dict(counts.refused),
        },
        "quality": {
            "noise_share": finite(quality.noise_share),
            "trustworthiness": finite(quality.trustworthiness),
            "lattice_trustworthiness": finite(quality.lattice_trustworthiness),
        },
        "brands": [_describe_group(group, report) for group in report.brands],
        "clusters": [_describe_group(group, report) for group in report.clusters],
        "shares": _describe_table(SHARE_COLUMNS, tabulate_shares(report)) if report.insights else [],
        "engagement": _describe_table(ENGAGEMENT_COLUMNS, tabulate_engagement(report)),
        "drift": _describe_table(DRIFT_COLUMNS, tabulate_drift(report)),
        "refused": [
            {"row": row.row, "reason": row.reason, "detail": row.detail, "brand": row.brand, "thumbnail": row.thumbnail}
            for row in report.refusals
        ],
    }
    opening = json.dumps(head, ensure_ascii=False, indent=1, allow_nan=False)[:-2]
    rows = (json.dumps(_describe_post(post, report), ensure_ascii=False, allow_nan=False) for post in report.posts)
    return opening + ',\n "posts": [\n  ' + ",\n  ".join(rows) + "\n ]\n}\n"


def finite(value: float | None) -> float | None:
    """`value`, or None where it is not a number that JSON or a workbook can hold."""
    return value if value is not None and math.isfinite(value) else None


def _describe_group(group: Group, report: Report) -> dict[str, Any]:
    return {
        "key": group.key,
        "name": group.name,
        "posts": len(group.members),
        "share": round(group.share, 6),
        "colour": group.colour,
        "median_likes": group.median_likes,
        "representatives": [report.posts[index].id for index in group.representatives],
    }


def _describe_post(post: ShownPost, report: Report) -> dict[str, Any]:
    return {
        "id": post.id,
        "row": post.row,
        "thumbnail": post.thumbnail,
        "brand": report.brands[post.brand].key,
        "cluster": None if post.cluster is None else report.clusters[post.cluster].key,
        "x": round(post.x, 6),
        "y": round(post.y, 6),
        "column": post.column,
        "line": post.line,
        "likes": post.likes,
        "comments": post.comments,
        "published": _iso(post.published),
        "permalink": post.permalink,
        "caption": post.caption,
        "picture": post.picture,
        "image_sha256": post.image,
    }


def _describe_table(columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> list[dict[str, Value]]:
    """Rows as objects, without what only repeats a key or is empty."""
    kept = [position for position, name in enumerate(columns) if f"{name}_key" not in columns]
    return [{columns[at]: row[at] for at in kept if row[at] not in (None, "")} for row in rows]


def _iso(moment: datetime | None) -> str | None:
    return moment.replace(microsecond=0).isoformat() if moment else None


#: One row a post, in posts.csv and in the workbook.
POST_COLUMNS = (
    "id", "row", "brand", "brand_key", "cluster", "cluster_key", "likes", "comments", "likes_to_brand_median",
    "published", "permalink", "thumbnail", "picture", "image_sha256", "x", "y", "column", "line", "caption",
)  # fmt: skip


def tabulate_posts(report: Report) -> Iterator[Sequence[Value]]:
    """Every post as a row of POST_COLUMNS."""
    for post in report.posts:
        brand = report.brands[post.brand]
        cluster = None if post.cluster is None else report.clusters[post.cluster]
        yield (
            post.id,
            post.row,
            brand.name,
            brand.key,
            cluster.name if cluster else None,
            cluster.key if cluster else None,
            post.likes,
            post.comments,
            None if post.engagement is None else round(post.engagement, 4),
            _iso(post.published),
            post.permalink,
            post.thumbnail,
            post.picture,
            post.image,
            round(post.x, 6),
            round(post.y, 6),
            post.column,
            post.line,
            post.caption,
        )


#: One row a brand and cluster, in shares.csv and in the workbook. Ratios are left out where they are withheld.
SHARE_COLUMNS = (
    "brand", "brand_key", "cluster", "cluster_key", "posts", "share", "share_of_others", "over_index", "low", "high",
    "p_adjusted", "withheld",
)  # fmt: skip


def tabulate_shares(report: Report) -> Iterator[Sequence[Value]]:
    """Every brand in every cluster as a row of SHARE_COLUMNS; an endless over-index is left out too."""
    assert report.insights is not None
    shares = report.insights.shares
    for row, brand in enumerate(report.brands):
        for column, group in enumerate(report.groups):
            ratios = (shares.over_index, shares.low, shares.high, shares.p)
            yield (
                brand.name,
                brand.key,
                group.name,
                group.key,
                int(shares.posts[row, column]),
                round(float(shares.share[row, column]), 6),
                _shorten(float(shares.others[row, column])),
                *(_shorten(float(ratio[row, column])) for ratio in ratios),
                "yes" if shares.withheld[row, column] else "",
            )


#: One row a brand and cluster with posts that show likes, and one without a brand for all of them together.
ENGAGEMENT_COLUMNS = (
    "brand", "brand_key", "cluster", "cluster_key", "posts_with_likes", "ratio", "low", "high", "p_adjusted", "finding",
)  # fmt: skip


def tabulate_engagement(report: Report) -> Iterator[Sequence[Value]]:
    """Likes against those of ordinary posts, as rows of ENGAGEMENT_COLUMNS; none where no post shows its likes."""
    found = report.insights.engagement if report.insights else None
    if found is None:
        return
    effects = {(effect.brand, effect.cluster) for effect in found.findings}
    for column, cluster in enumerate(report.clusters):
        pooled = (found.pooled_ratio, found.pooled_low, found.pooled_high, found.pooled_p)
        said = "yes" if (None, column) in effects else ""
        figures = (_shorten(float(values[column])) for values in pooled)
        yield None, None, cluster.name, cluster.key, int(found.pooled_posts[column]), *figures, said
        for row, brand in enumerate(report.brands):
            if not found.posts[row, column]:
                continue
            own = (found.ratio, found.low, found.high, found.p)
            said = "yes" if (row, column) in effects else ""
            figures = (_shorten(float(values[row, column])) for values in own)
            yield brand.name, brand.key, cluster.name, cluster.key, int(found.posts[row, column]), *figures, said


#: One row a brand, cluster and period, in drift.csv and in the workbook. p and finding speak of the whole time.
DRIFT_COLUMNS = (
    "brand", "brand_key", "cluster", "cluster_key", "period", "posts", "brand_posts", "p_adjusted", "finding",
)  # fmt: skip


def tabulate_drift(report: Report) -> Iterator[Sequence[Value]]:
    """Posts by brand, cluster and month or quarter, as rows of DRIFT_COLUMNS; empty cells and periods are left out."""
    found = report.insights.drift if report.insights else None
    if found is None:
        return
    moving = {(drift.brand, drift.cluster) for drift in found.findings}
    starts = [
        (datetime(1970, 1, 1) + timedelta(days=float(start))).date().isoformat() for start in found.periods.starts
    ]
    for row, brand in enumerate(report.brands):
        totals = found.periods.counts[row].sum(axis=0)
        for column, cluster in enumerate(report.clusters):
            p, said = _shorten(float(found.p[row, column])), "yes" if (row, column) in moving else ""
            for start, count, total in zip(starts, found.periods.counts[row, column], totals, strict=True):
                if found.posts[row, column] and total:
                    yield brand.name, brand.key, cluster.name, cluster.key, start, int(count), int(total), p, said


def _shorten(value: float) -> float | None:
    """Six significant digits; None where it is no number that a table can hold."""
    return float(f"{value:.6g}") if math.isfinite(value) else None


def encode_csv(columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> str:
    """A table, comma separated, times in UTC. Text that a spreadsheet would run gets an apostrophe before it.

    It begins with the mark by which spreadsheets know that it is UTF-8.
    """
    buffer = io.StringIO(newline="")
    buffer.write("\N{ZERO WIDTH NO-BREAK SPACE}")
    table = csv.writer(buffer, lineterminator="\n")
    table.writerow(columns)
    for values in rows:
        table.writerow([_guard(value) if isinstance(value, str) else value for value in values])
    return buffer.getvalue()


def _guard(text: str) -> str:
    text = NOT_XML.sub("", text)
    return "'" + text if text.lstrip(" ").startswith(FORMULA_STARTS) else text
