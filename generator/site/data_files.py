"""Write the whole result as data: report.json for programs, CSV files and report.xlsx for people."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from generator.maps.history import MapHistory
from generator.report.changes import encode_changes
from generator.report.cluster_notes import FILE_NAME as CLUSTER_NOTES
from generator.report.cluster_notes import draft_cluster_notes
from generator.report.map_facts import LearnedFacts, Method, Quality, ShownMap
from generator.report.model import Report
from generator.site.json_records import (
    describe_comparison,
    describe_fields,
    describe_findings,
    describe_group,
    describe_image,
    describe_post,
    describe_tags,
)
from generator.site.tables import (
    FORMULA_STARTS,
    IMAGES,
    INSIGHTS,
    NOT_XML,
    POSTS,
    Table,
    Value,
    finite,
    make_frame,
)
from generator.text import write_text, write_texts

if TYPE_CHECKING:
    from pandas import DataFrame

FORMAT = "brandscape-report/1"


def write_exports(report: Report, folder: Path) -> None:
    """Write the report as data into `folder`; the same report always gives the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    write_texts(folder / "report.json", encode_json(report))
    for table in (POSTS, IMAGES, *INSIGHTS):
        if table.has_rows(report):
            write_texts(folder / f"{table.name}.csv", encode_csv(table.frames(report)))
    if report.changes:
        write_text(folder / "changes.json", encode_changes(report.changes))
    if report.clusters:
        notes = draft_cluster_notes({group.key: group.found_name for level in report.levels for group in level.groups})
        write_text(folder / CLUSTER_NOTES, notes)
    from generator.site.workbook import encode_workbook

    (folder / "report.xlsx").write_bytes(encode_workbook(report))


def encode_json(report: Report) -> Iterator[str]:
    """Yield the parts of the report as JSON, one post a line.

    A post's `brand` and `cluster` are keys; its cluster may be null. Further images of posts, where all are shown,
    follow in a list of their own.
    """
    counts = report.counts
    head = {
        "format": FORMAT,
        "title": report.title,
        "lang": report.lang,
        "built": report.built.isoformat(),
        "generator": f"brandscape {report.generator}",
        "source": report.source,
        "tables": _describe_tables(report),
        "notices": [notice.text for notice in report.notices],
        "method": _describe_method(report.method),
        "map": _describe_history(report.history),
        "similarity": {
            "map": report.maps[0].key,
            "name": report.maps[0].name,
            "weights": dict(report.maps[0].weights),
            "taught": _describe_learned(report.similarity.learned),
            "disturbed_images": report.similarity.perturbed,
            "nearest_kept": {
                one.name: {"share": finite(one.kept), "low": finite(one.low), "high": finite(one.high)}
                for one in report.similarity.robustness
            },
        },
        "counts": {
            "rows": counts.rows,
            "posts": counts.posts,
            "images": counts.images,
            "refused": dict(counts.refused),
        },
        "quality": _describe_quality(report.quality),
        "findings": list(describe_findings(report)),
        "tags": describe_tags(report.tags),
        "fields": describe_fields(report),
        "compare": describe_comparison(report),
        "brands": [describe_group(group, report) for group in report.brands],
        "territories": [describe_group(group, report) for group in report.territories],
        "clusters": [describe_group(group, report) for group in report.clusters],
        **{table.name: _describe_table(table, report) for table in INSIGHTS},
        "refused": [
            {
                "table": report.name_table(row.table),
                "row": row.row,
                "reason": row.reason,
                "detail": row.detail,
                "brand": row.brand,
                "thumbnail": row.thumbnail,
            }
            for row in report.refusals
        ],
    }
    yield json.dumps(head, ensure_ascii=False, indent=1, allow_nan=False)[:-2]
    lists = [("posts", (describe_post(post, report) for post in report.posts))]
    if report.further:
        lists.append(("images", (describe_image(image, report) for image in report.further)))
    if report.maps[1:]:
        lists.append(("maps", (_describe_map(shown) for shown in report.maps[1:])))
    for name, entries in lists:
        yield f',\n "{name}": ['
        for place, entry in enumerate(entries):
            yield ("\n  " if place == 0 else ",\n  ") + json.dumps(entry, ensure_ascii=False, allow_nan=False)
        yield "\n ]"
    yield "\n}\n"


def _describe_tables(report: Report) -> list[dict[str, Any]]:
    return [
        {
            "file": table.file,
            "sheet": table.sheet,
            "rows": table.rows,
            "columns": dict(table.columns),
            "brand_from": table.brand_from,
        }
        for table in report.tables
    ]


def _describe_method(method: Method) -> dict[str, Any]:
    return {
        "model": method.model,
        "weights_sha256": method.weights_sha256,
        "pooling": method.pooling,
        "precision": method.precision,
        "dimensions": method.dimensions,
        "pca": method.pca,
        "perplexity": method.perplexity,
        "eps": finite(method.eps),
        "min_samples": method.min_samples,
        "seed": method.seed,
        "versions": dict(sorted(method.versions.items())),
        "fallback": method.fallback,
        "repeats": method.repeats,
    }


def _describe_quality(quality: Quality) -> dict[str, Any]:
    return {
        "noise_share": finite(quality.noise_share),
        "trustworthiness": finite(quality.trustworthiness),
        "lattice_trustworthiness": finite(quality.lattice_trustworthiness),
        "stability": finite(quality.stability),
        "neighbours_kept": finite(quality.neighbours_kept),
        "neighbours_in_cluster": finite(quality.neighbours_in_cluster),
        "neighbours_in_cluster_without_groups": finite(quality.reference),
    }


def _describe_history(history: MapHistory) -> dict[str, Any]:
    return {
        "basis": history.basis,
        "made": history.made.isoformat(),
        "posts": history.posts,
        "trustworthiness": history.trustworthiness,
        "placed": history.placed,
        "columns": history.columns,
        "lines": history.lines,
        "fill": history.fill,
        "numbers": history.numbers,
        "territories": history.territories,
    }


def _describe_map(shown: ShownMap) -> dict[str, Any]:
    """Return a map beside the main one; `places` holds x, y, column and line of every image, the posts' first."""
    cells = zip(shown.lattice.column.tolist(), shown.lattice.line.tolist(), strict=True)
    positions = [[*point, *cell] for point, cell in zip(shown.points.round(6).tolist(), cells, strict=True)]
    mix = {"key": shown.key, "name": shown.name, "weights": dict(shown.weights)}
    return {**mix, **_describe_history(shown.history), "places": positions}


def _describe_learned(learned: LearnedFacts | None) -> dict[str, Any] | None:
    if learned is None:
        return None
    return {
        "posts": learned.posts,
        "groups": learned.groups,
        "before": finite(learned.before),
        "after": finite(learned.after),
        "gain": finite(learned.gain),
        "error": finite(learned.error),
        "applied": learned.applied,
    }


def _describe_table(table: Table, report: Report) -> list[dict[str, Value]]:
    """Return rows as objects, without empty values and the names of what has a key."""
    frame = table.frame(report).drop(columns=[name for name in table.columns if f"{name}_key" in table.columns])
    return [
        {str(name): value for name, value in row.items() if value not in (None, "")} for row in frame.to_dict("records")
    ]


def encode_csv(frames: Iterable[DataFrame]) -> Iterator[str]:
    """Yield a table, whose rows come in several frames, as CSV, times in UTC.

    Text that a spreadsheet would run gets an apostrophe before it. It begins with a byte order mark, by which
    spreadsheets recognise UTF-8.
    """
    yield "\N{ZERO WIDTH NO-BREAK SPACE}"
    for place, frame in enumerate(frames):
        safe = make_frame(frame.columns.tolist(), _guard_cells(frame.to_numpy()))
        yield safe.to_csv(index=False, header=place == 0, lineterminator="\n")


def _guard(value: Value) -> Value:
    if not isinstance(value, str):
        return value
    text = NOT_XML.sub("", value)
    guarded = "'" + text if text.lstrip(" ").startswith(FORMULA_STARTS) else text
    # a lone carriage return ends a row for many readers, and the writer puts no quotation marks around it
    return guarded.replace("\r\n", "\n").replace("\r", "\n")


#: `_guard` for an array of cells. DataFrame.map would turn integers beside a missing value into floats.
_guard_cells = np.frompyfunc(_guard, 1, 1)
