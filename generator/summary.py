"""What a build did, told within 80 columns or as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from generator.edition.budget import Edition
    from generator.pipeline import Summary


def print_summary(summary: Summary, as_json: bool, quiet: bool, verbose: bool) -> None:
    """Print what a build did: for reading, as JSON for scripts, or not at all where `quiet`."""
    index = summary.site.resolve() / "index.html"
    if as_json:
        print(
            json.dumps(
                {
                    "index": str(index),
                    "changed": summary.changed,
                    "seconds": round(summary.seconds, 2),
                    "bytes": summary.bytes,
                    **summary.figures,
                },
                indent=2,
                ensure_ascii=False,
            )
        )
        return
    if quiet:
        return
    figures = summary.figures
    refused = figures["refused"]
    print()
    print(f"{figures['title']}")
    print(f"  {figures['posts']:,} posts of {figures['brands']} brands, from {figures['rows']:,} rows")
    print(f"  {figures['clusters']} clusters; {figures['noise_share']:.1%} of the images belong to none")
    if refused:
        print(f"  {sum(refused.values()):,} rows refused (data.html lists them)")
        for reason, count in refused.items():
            print(f"    {count:>7,}  {reason}")
    if verbose:
        print(f"  network {figures['model']}; trustworthiness {figures['trustworthiness']:.3f}")
        report = json.loads((summary.site / "data" / "report.json").read_text(encoding="utf-8"))
        for row in report["refused"]:
            said = f" ({row['detail']})" if row["detail"] else ""
            print(f"  row {row['row']}: {row['reason']}{said}")
    done = "" if summary.changed else " (nothing new: the report was already up to date)"
    print(f"  {summary.seconds:.1f} s, {megabytes(summary.bytes)}{done}")
    print(f"\nOpen {index}")


def print_edition(edition: Edition[Any], limit: int, output: Path) -> None:
    """Print what an edition holds, what each part of it takes, and how it is opened."""
    grade = edition.grade
    said = {
        "map tiles": f"{grade.cell} pixels an image at most, quality {grade.tile_quality}",
        "pictures": f"{grade.shown} pixels on pages, {grade.other} elsewhere, quality {grade.picture_quality}",
        "workbook": "" if grade.has_workbook else "left out",
    }
    for part, size in sorted({"workbook": 0, **edition.parts}.items(), key=lambda entry: -entry[1]):
        print(f"  {part:<10}{_say_size(size):>10}  {said.get(part, '')}".rstrip())
    print(f"  {'total':<10}{megabytes(edition.total):>10}  of {megabytes(limit)}")
    mend = "Extract it all, then open index.html." if output.suffix.lower() == ".zip" else "It opens by a double click."
    print(f"{output}. {mend}")


def _say_size(size: int) -> str:
    return megabytes(size) if size >= 1e6 else f"{size / 1e3:,.0f} KB"


def megabytes(size: int) -> str:
    """A number of bytes as people read it."""
    return f"{size / 1e6:,.1f} MB"
