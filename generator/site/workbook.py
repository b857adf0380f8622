"""Write the whole result as a workbook, report.xlsx: no cell can run, and the same report gives the same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from generator.report.model import Cluster, Group, Level, Report, Territory
from generator.site.tables import FORMULA_STARTS, IMAGES, INSIGHTS, NOT_XML, POSTS, Row, Table, finite

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
_MODIFIED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(?=</)")
#: Text that looks like the format's own escapes for characters.
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_LONGEST_CELL = 32_767


def encode_workbook(report: Report) -> bytes:
    """Return a workbook, without formulas: Posts, Brands, Territories, Clusters, each table, Refused and Method.

    Further images of posts follow these.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    _add_table(book, POSTS, report)
    _add_table(book, IMAGES, report)
    _add_sheet(book, "Brands", *_tabulate_brands(report), (28, 22))
    for level in report.levels:
        _add_sheet(book, _SHEETS[level.name], *_tabulate_groups(report, level), (18, 12))
    for table in INSIGHTS:
        _add_table(book, table, report)
    _add_sheet(book, "Refused", _REFUSED, _tabulate_refused(report), (7, 18, 40, 22, 60))
    _add_sheet(book, "Method", ("item", "value"), _tabulate_method(report), (26, 70))
    buffer = io.BytesIO()
    book.save(buffer)
    return _fix_times(buffer.getvalue(), report.built)


def _tabulate_brands(report: Report) -> tuple[Sequence[str], Iterator[Row]]:
    """Return the columns and rows of the brands, with the posts of each in each group."""
    counts = _count_posts(report, report.cluster_level).tolist()
    rows = (
        (brand.name, brand.key, len(brand.posts), round(brand.share, 6), brand.median_likes, *of_brand)
        for brand, of_brand in zip(report.brands, counts, strict=True)
    )
    groups = [group.name for group in report.groups]
    return ("brand", "brand_key", "posts", "share_of_posts", "median_likes", *groups), rows


def _tabulate_groups(report: Report, level: Level) -> tuple[Sequence[str], Iterator[Row]]:
    """Return the columns and rows of the territories or clusters, and of the unclustered, with each brand's posts."""
    counts = _count_posts(report, level).T.tolist()
    rows = (
        (group.name, group.key, len(group.posts), round(group.share, 6), *_place(report, level, group), *of_group)
        for group, of_group in zip(level.rows, counts, strict=True)
    )
    brands = [brand.name for brand in report.brands]
    return (level.name, f"{level.name}_key", "posts", "share_of_posts", *_PLACES[level.name], *brands), rows


_SHEETS = {"territory": "Territories", "cluster": "Clusters"}
#: Columns of a level that say how its groups and those of the other hang together, and how sure they are.
_PLACES = {"territory": ("clusters",), "cluster": ("stability", "territory_key")}


def _place(report: Report, level: Level, group: Group) -> Row:
    if isinstance(group, Territory):
        return (" ".join(report.clusters[position].key for position in group.clusters),)
    if isinstance(group, Cluster):
        return group.stability, None if group.territory is None else report.territories[group.territory].key
    return (None,) * len(_PLACES[level.name])


_REFUSED = ("table", "row", "reason", "detail", "brand", "thumbnail")


def _tabulate_refused(report: Report) -> Iterator[Row]:
    for row in report.refusals:
        yield report.name_table(row.table), row.row, row.reason, row.detail, row.brand, row.thumbnail


def _count_posts(report: Report, level: Level) -> NDArray[np.intp]:
    """Return the posts of each brand in each group of a level and unclustered, (brands, groups), by their positions."""
    counts = np.zeros((len(report.brands), len(level.rows)), int)
    for column, group in enumerate(level.rows):
        for crossing in group.crossings:
            counts[crossing.brand, column] = crossing.posts
    return counts


def _tabulate_method(report: Report) -> Iterator[Row]:
    method, quality, counts = report.method, report.quality, report.counts
    yield "title", report.title
    yield "built", report.built.isoformat()
    yield "generator", f"brandscape {report.generator}"
    yield "source", report.source
    yield from (("rows", counts.rows), ("posts", counts.posts), ("images", counts.images))
    yield "model", method.model
    yield "weights_sha256", method.weights_sha256
    yield "pooling", method.pooling
    yield "precision", method.precision
    yield from (("dimensions", method.dimensions), ("pca", method.pca), ("perplexity", method.perplexity))
    yield from (("eps", finite(method.eps)), ("min_samples", method.min_samples), ("seed", method.seed))
    yield "noise_share", finite(quality.noise_share)
    yield "trustworthiness", finite(quality.trustworthiness)
    yield "lattice_trustworthiness", finite(quality.lattice_trustworthiness)
    yield "stability", finite(quality.stability)
    yield "neighbours_kept", finite(quality.neighbours_kept)
    yield "neighbours_in_cluster", finite(quality.neighbours_in_cluster)
    yield "neighbours_in_cluster_without_groups", finite(quality.reference)
    yield "fallback", method.fallback
    yield "repeats", method.repeats
    yield from ((f"version of {name}", version) for name, version in sorted(method.versions.items()))


def _add_table(book: Any, table: Table, report: Report) -> None:
    if table.has_rows(report):
        _add_sheet(book, table.name.capitalize(), table.name_columns(report), table.rows(report), table.widths)


def _add_sheet(book: Any, title: str, columns: Sequence[str], rows: Iterable[Row], widths: Sequence[int]) -> None:
    """Append a sheet to a write-only `book`, row by row, since a frame would hold all cells at once."""
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for position, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(position)].width = width
    bold = Font(bold=True)
    sheet.append([_make_cell(sheet, name, bold) for name in columns])
    for values in rows:
        sheet.append([_make_cell(sheet, value) if isinstance(value, str) else value for value in values])


def _make_cell(sheet: Any, text: str, font: Any = None) -> Any:
    """Return a cell that holds `text` as text, even if it looks like a formula."""
    from openpyxl.cell import WriteOnlyCell

    safe = _ESCAPE.sub("_x005F_", NOT_XML.sub("", text))[:_LONGEST_CELL]
    risky = safe.startswith(FORMULA_STARTS)
    if font is None and not risky and not safe.startswith("#"):
        return safe  # openpyxl writes it as text, faster than a cell
    cell = WriteOnlyCell(sheet, safe)
    cell.data_type = "s"  # not a formula, nor an error like #N/A
    if risky:
        cell.quotePrefix = True  # stays text when someone edits it
    if font is not None:
        cell.font = font
    return cell


def _fix_times(workbook: bytes, built: datetime) -> bytes:
    """Return the workbook with the report's own time in its properties and a fixed one in its archive."""
    stamp = built.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    fixed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook)) as source, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "docProps/core.xml":
                content = _MODIFIED.sub(rb"\g<1>" + stamp, content)
            entry = zipfile.ZipInfo(name, _FIXED_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            target.writestr(entry, content)
    return fixed.getvalue()
