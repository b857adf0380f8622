"""The command `brandscape check`: say what a report of a spreadsheet would hold, before anything is downloaded."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from generator.commands.context import load_chosen, open_inputs
from generator.commands.options import Brand, Config, Debug, Exclude, Json, Panel, Posts, Sheet, Verbose, setting
from generator.commands.output import print_json
from generator.settings import Settings

if TYPE_CHECKING:
    from generator.spreadsheet.field_summaries import FieldSummary
    from generator.spreadsheet.posts import PostTable, Remark, TableRead
    from generator.spreadsheet.sources import Inputs

#: Letters of a field's name.
_WIDEST = 30
#: Rows of each kind shown when not all are asked for.
_SHOWN = 5


def check(
    posts: Posts,
    sheet: Sheet = None,
    brand: Brand = None,
    images_root: Annotated[Path | None, setting("images_root", Panel.IMAGES)] = None,
    exclude: Exclude = None,
    benchmark: Annotated[Path | None, setting("benchmark", Panel.REPORT, "FILE|SITE")] = None,
    write: Annotated[
        Path | None,
        typer.Option(
            "--write",
            metavar="FILE",
            help="Write what was recognised (sheets, columns, brands) as settings into a new file, ready to correct.",
            rich_help_panel=Panel.READ,
        ),
    ] = None,
    config: Config = None,
    as_json: Json = False,
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """Read a spreadsheet and say what a report would hold. Download no image, and write only what --write names."""
    from generator.spreadsheet.mapping_file import refuse_existing, write_mapping
    from generator.spreadsheet.reader import read_apart

    chosen = {"sheet": sheet, "brand": brand, "images_root": images_root, "exclude": exclude, "benchmark": benchmark}
    settings = load_chosen(config, **chosen)
    if write is not None:
        refuse_existing(write)
    inputs = open_inputs(posts, settings)
    table = read_apart(inputs, settings.read, settings.brands, settings.fields)
    findings = add_benchmark(check_posts(table, inputs, settings), check_benchmark(settings))
    if write is not None:
        write_mapping(write, table, settings.read, settings.brands.aliases)
    if as_json:
        print_json(dataclasses.asdict(findings))
    else:
        print(describe_findings(findings, verbose))
        if write is not None:
            print(f"\nWrote {write}: what was recognised, to be corrected there.")


@dataclass(frozen=True, slots=True)
class Findings:
    """What `brandscape check` found."""

    source: str
    tables: tuple[TableRead, ...]
    rows: int
    posts: int
    brands: Mapping[str, int]  # posts by brand, largest first
    fields: tuple[FieldSummary, ...]  # columns beside the known ones
    links: int  # images to fetch from the network
    files: int  # images on disk
    missing_files: tuple[str, ...]
    carousels: int  # posts of several images
    carousel_images: int  # of those posts, the first included
    with_likes: int
    with_date: int
    formats: Mapping[str, int]  # posts by format, in the order of FORMATS; those of none are left out
    first_date: str
    last_date: str
    refused: Mapping[str, int]  # rows by reason
    refused_rows: tuple[str, ...]
    remarks: tuple[str, ...]
    notices: tuple[str, ...]  # what is not used, or not as it stands there
    unused: tuple[str, ...]  # entries of [posts] exclude that name no row, or several files
    benchmark: Findings | str | None = None  # in a spreadsheet that brands are compared with, or what the report is


def add_benchmark(findings: Findings, benchmark: Findings | str | None) -> Findings:
    """Return the findings with those of a benchmark. An entry of [posts] exclude is unused if it is so in both."""
    if not isinstance(benchmark, Findings):
        return dataclasses.replace(findings, benchmark=benchmark)
    unused = tuple(entry for entry in findings.unused if entry in benchmark.unused)
    return dataclasses.replace(findings, unused=unused, benchmark=dataclasses.replace(benchmark, unused=()))


def check_benchmark(settings: Settings) -> Findings | str | None:
    """Return what a benchmark would hold: what was found in its spreadsheet, or of which report it is; None for none.

    Raises SpreadsheetError, and SettingsError if it cannot be read.
    """
    from generator.history.benchmark import open_benchmark
    from generator.pipeline.benchmark_posts import find_benchmark_inputs, read_adapted
    from generator.spreadsheet.reader import read_apart

    if settings.compare.benchmark is None:
        return None
    inputs = find_benchmark_inputs(settings)
    if inputs is None:
        report = open_benchmark(settings.compare.benchmark)
        return f"the report {report.title!r}, {len(report.tags):,} posts of {len(report.brands)} brands"
    table, adapted = read_adapted(settings, lambda one: read_apart(inputs, one.read, one.brands, one.fields))
    return check_posts(table, inputs, adapted)


def check_posts(table: PostTable, inputs: Inputs, settings: Settings) -> Findings:
    """Return what a report of `table`, read from `inputs`, would hold; looks which local images exist."""
    from generator.collection.exclusion import exclude_posts
    from generator.collection.image_places import find_places
    from generator.images.file_finder import FileFinder, FoundFile, NoFile, locate_by
    from generator.images.packed_files import PackedFiles
    from generator.insights.posting.group_shares import LEAST_MEMBERS
    from generator.report.within import list_faults
    from generator.spreadsheet.field_summaries import summarise_fields
    from generator.spreadsheet.notices import tell_found_by_name
    from generator.spreadsheet.post_formats import FORMATS

    places = find_places(inputs, settings)
    locate = locate_by(FileFinder(places, [post.thumbnail for post in table.posts]))
    excluded = exclude_posts(table, settings.posts.exclude, places.folder.resolve(), locate=locate)
    table = excluded.table
    links = [post for post in table.posts if urlsplit(post.thumbnail).scheme in ("http", "https")]
    is_link = {post.id for post in links}
    local = [post for post in table.posts if post.id not in is_link]
    finder = FileFinder(places, [post.thumbnail for post in local])
    with closing(PackedFiles(places.containers, settings.fetch.max_bytes)) as packed:
        files = [
            (post, packed.look(post.thumbnail) if packed.split(post.thumbnail) else finder.find(post.thumbnail))
            for post in local
        ]
    moved = [
        (post.thumbnail, found.path.relative_to(finder.root).as_posix())
        for post, found in files
        if isinstance(found, FoundFile) and found.elsewhere
    ]
    notices = [*table.notices, *([tell_found_by_name(moved)] if moved else [])]
    dates = sorted(
        (
            post.published,
            f"{post.published:%Y-%m}" if post.precision in ("week", "month") else f"{post.published:%Y-%m-%d}",
        )
        for post in table.posts
        if post.published is not None
    )
    return Findings(
        source=table.source,
        tables=table.tables,
        rows=table.rows,
        posts=len(table.posts),
        fields=summarise_fields(table),
        brands=dict(Counter(post.brand for post in table.posts).most_common()),
        links=len(links),
        files=len(local),
        missing_files=tuple(
            f"{table.name_row(post.place)}: {found.detail}" for post, found in files if isinstance(found, NoFile)
        ),
        carousels=sum(bool(post.more_images) for post in table.posts),
        carousel_images=sum(1 + len(post.more_images) for post in table.posts if post.more_images),
        with_likes=sum(post.likes is not None for post in table.posts),
        with_date=len(dates),
        formats={name: count for name in FORMATS if (count := sum(post.format == name for post in table.posts))},
        first_date=dates[0][1] if dates else "",
        last_date=dates[-1][1] if dates else "",
        refused=dict(Counter(refusal.reason for refusal in table.refusals).most_common()),
        refused_rows=tuple(
            f"{table.name_row(refusal.place)}: {refusal.reason}" + (f" ({refusal.detail})" if refusal.detail else "")
            for refusal in table.refusals
        ),
        remarks=tuple(
            f"{_name_cell(table, remark)}: {remark.field} {remark.value!r} cannot be read" for remark in table.remarks
        ),
        notices=(
            *(notice.text for notice in notices),
            *settings.brands.groups.list_faults({post.brand for post in table.posts}, LEAST_MEMBERS),
            *list_faults(settings, table),
        ),
        unused=(*excluded.unmatched, *excluded.unclear),
    )


def _name_cell(table: PostTable, remark: Remark) -> str:
    cell = f"cell {remark.column}{remark.row}"
    return f"{table.name_table(remark.table)}, {cell}" if len(table.tables) > 1 else cell


def describe_findings(findings: Findings, verbose: bool) -> str:
    """Return the findings as text for a terminal; with every row of them if `verbose`."""
    from generator.spreadsheet.brand_sources import BRAND_SOURCES

    name = findings.tables[0].name if len(findings.tables) == 1 else findings.source
    lines = [f"{name}: {findings.rows:,} rows, {findings.posts:,} posts"]
    for table in findings.tables:
        lines += ["", "Columns" if len(findings.tables) == 1 else f"Columns of {table.name} ({table.rows:,} rows)"]
        if table.brand_from != "column":
            lines.append(f"  {'brand':<12} ({BRAND_SOURCES[table.brand_from]})")
        lines += [
            f"  {field:<12} {header}"
            for field, header in table.columns.items()
            if field != "brand" or table.brand_from in ("column", "above")
        ]
    if findings.fields:
        lines += ["", "Fields: other columns, shown with each post; [fields] in brandscape.toml says otherwise"]
        width = max(12, *(len(field.name[:_WIDEST]) for field in findings.fields))
        lines += [f"  {field.name[:_WIDEST]:<{width}} {field.describe()}" for field in findings.fields]
    lines += ["", f"Brands ({len(findings.brands)})"]
    lines += [f"  {count:>7,}  {name}" for name, count in findings.brands.items()]
    lines += [
        "",
        "Images",
        f"  {findings.links:>7,}  to fetch from the network",
        f"  {findings.files:>7,}  files on disk",
    ]
    lines += [f"  {len(findings.missing_files):>7,}  of them not found"] * bool(findings.missing_files)
    if findings.carousels:
        lines.append(f"  {findings.carousels:>7,}  posts of several images, {findings.carousel_images:,} in all")
    lines += ["", "Figures", f"  {findings.with_likes:>7,}  posts with likes"]
    span = f", {findings.first_date} to {findings.last_date}" if findings.with_date else ""
    lines += [f"  {findings.with_date:>7,}  posts with a date{span}"]
    if findings.formats:
        named = ", ".join(f"{count:,} {name}" for name, count in findings.formats.items())
        lines += [f"  {sum(findings.formats.values()):>7,}  posts with a format: {named}"]
    if findings.notices:
        lines += ["", "Not used, or not as it stands there", *(f"  {line}" for line in findings.notices)]
    for title, found in (
        ("Rows refused", findings.refused_rows),
        ("Files not found", findings.missing_files),
        ("Values that cannot be read (their posts are kept)", findings.remarks),
        ("Entries of [posts] exclude that name no row, or several files", findings.unused),
    ):
        if found:
            shown = found if verbose else found[:_SHOWN]
            lines += ["", f"{title} ({len(found):,})", *(f"  {line}" for line in shown)]
            if len(shown) < len(found):
                lines.append(f"  … and {len(found) - len(shown):,} more; --verbose shows all")
    return "\n".join([*lines, *_describe_benchmark(findings.benchmark, verbose)])


def _describe_benchmark(benchmark: Findings | str | None, verbose: bool) -> list[str]:
    if benchmark is None:
        return []
    return ["", f"Benchmark: {benchmark if isinstance(benchmark, str) else describe_findings(benchmark, verbose)}"]
