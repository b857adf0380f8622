"""What a build did, told within 80 columns or as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generator.errors import EXIT_MEANINGS, BrandscapeError
from generator.settings.sizes import format_size

if TYPE_CHECKING:
    from generator.pipeline.build import Summary
    from generator.site.edition.budget import Edition


def print_summary(summary: Summary, warnings: Sequence[str], as_json: bool, quiet: bool, verbose: bool) -> None:
    """Print what a build did: for reading, as JSON for scripts, or not at all where `quiet`."""
    index = summary.site.resolve() / "index.html"
    if as_json:
        from generator.collection.missing import count_missing

        told = {
            "index": str(index),
            "changed": summary.changed,
            "seconds": round(summary.seconds, 2),
            "bytes": summary.bytes,
            **summary.figures,
            "missing_images": count_missing(summary.figures["refused"]),
            "warnings": list(warnings),
        }
        print_outcome(told, 0)
        return
    if quiet:
        return
    figures = summary.figures
    refused = figures["refused"]
    print()
    print(f"{figures['title']}")
    print(f"  {figures['posts']:,} posts of {figures['brands']} brands, from {figures['rows']:,} rows")
    print(f"  {figures['clusters']} clusters; {figures['noise_share']:.1%} of the images belong to none")
    print_benchmark(figures["benchmark"])
    if changes := figures["changes"]:
        counts = f"{changes['new']:,} posts are new, {changes['gone']:,} gone, {changes['moved']:,} in another cluster"
        print(f"  since {changes['since'][:10]}: {counts} (changes.html)")
    if taught := figures["examples"]:
        before, after = taught["before"], taught["after"]
        shares = "" if after is None else f": {after:.0%} of triples right, {before:.0%} without"
        used = "used" if taught["applied"] else "left out, since they do not help"
        print(f"  {taught['posts']} examples in {taught['groups']} groups, {used}{shares}")
    if figures["map"]["fresh_would_be_better"]:
        placed = figures["map"]["placed_since"]
        print(f"  {placed:,} posts came after the map was made; --fresh-map makes a better one")
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


def print_benchmark(figures: Mapping[str, Any] | None) -> None:
    """Print what brands are compared with, if with anything."""
    if figures:
        left_out = sum(figures["refused"].values())
        rows = f"; {left_out:,} rows refused (data.html lists them)" if left_out else ""
        print(f"  benchmark: {figures['posts']:,} posts of {figures['brands']} brands{rows}")


def print_edition(edition: Edition[Any], limit: int, output: Path) -> None:
    """Print what an edition holds, what each part of it takes, and how it is opened."""
    grade = edition.grade
    said = {
        "map tiles": f"{grade.cell} pixels an image at most, quality {grade.tile_quality}",
        "pictures": f"{grade.shown} pixels on pages, {grade.other} elsewhere, quality {grade.picture_quality}",
        "data": "" if grade.has_marks else "without the regions that near images share",
        "workbook": "" if grade.has_workbook else "left out",
    }
    for part, size in sorted({"workbook": 0, **edition.parts}.items(), key=lambda entry: -entry[1]):
        print(f"  {part:<10}{format_size(size):>10}  {said.get(part, '')}".rstrip())
    print(f"  {'total':<10}{megabytes(edition.total):>10}  of {megabytes(limit)}")
    hint = "Extract it all, then open index.html." if output.suffix.lower() == ".zip" else "It opens by a double click."
    print(f"{output}. {hint}")


def print_outcome(told: dict[str, Any], exit_code: int) -> None:
    """Print one JSON object for scripts, with the code the command leaves with and what that means."""
    print_json({**told, "exit_code": exit_code, "meaning": EXIT_MEANINGS.get(exit_code, "failure")})


def print_json(value: Any) -> None:
    """Print a value as JSON in ASCII: some shells take what a program prints apart by an old code page."""
    print(json.dumps(value, indent=2))


def print_failure(error: BrandscapeError) -> None:
    """Print why a command failed as one JSON object, for scripts."""
    print_outcome({"error": error.message, "hint": error.hint, **error.facts}, error.exit_code)


def megabytes(size: int) -> str:
    """Return a number of bytes as people read it."""
    return f"{size / 1e6:,.1f} MB"
