"""Spreadsheets read into posts, refusals and remarks.

Reading happens in a process of its own, since a file of a few kilobytes can unpack to more than any memory holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from generator.errors import SpreadsheetError
from generator.processes import ProcessPool, TaskFailed
from generator.settings import ReadSettings
from generator.settings.sizes import format_size
from generator.spreadsheet.cells import Cell, cell_text, is_blank, read_count, read_permalink, why_invalid
from generator.spreadsheet.dates import is_month_first, read_date
from generator.spreadsheet.headers import choose_columns, column_letters, is_month_first_header
from generator.spreadsheet.ids import PostKey, name_posts
from generator.spreadsheet.posts import Post, PostTable, Refusal, Remark
from generator.spreadsheet.sheets import Sheet, open_sheet
from generator.text import clean_address, clean_caption, clean_line

#: Raise it when the same spreadsheet gives other posts or refusals.
VERSION = 2

#: Limits of reading; 100,000 posts take a tenth of each.
_MEMORY = 3_000_000_000
_SECONDS = 1_200.0

T = TypeVar("T")


def read_apart(path: Path, settings: ReadSettings) -> PostTable:
    """Return `read_posts` of a child process. Raises SpreadsheetError beyond 3 GB or 20 minutes."""
    with closing(ProcessPool(partial(read_posts, path), _SECONDS, _MEMORY)) as reader:
        try:
            return reader.run(settings)
        except (TaskFailed, MemoryError) as error:
            timed_out = isinstance(error, TaskFailed) and error.timed_out
            limit = f"{_SECONDS / 60:g} minutes" if timed_out else f"{format_size(_MEMORY)} of memory"
            raise SpreadsheetError(
                f"{path.name} cannot be read: it takes more than {limit}, far more than a spreadsheet of posts does.",
                "Copy the rows and columns of the posts into a new spreadsheet.",
            ) from None


@dataclass(frozen=True, slots=True)
class _Source:
    """A column of a field's values; `place` is its position in the rows of _Rows."""

    header: str
    column: int
    place: int


@dataclass(frozen=True, slots=True)
class _Rows:
    """The data rows, reduced to the cells of fields."""

    numbers: list[int]
    cells: list[list[Cell]]
    sources: Mapping[str, Sequence[_Source]]  # by field; the first with a value wins


@dataclass(frozen=True, slots=True)
class _Draft:
    """A row that becomes a post."""

    row: int
    cells: list[Cell]
    key: PostKey


def read_posts(path: Path, settings: ReadSettings) -> PostTable:
    """Return the posts of a spreadsheet (.xlsx, .csv, .json or .parquet), the refused rows and the unreadable values.

    Spellings of a brand that differ in case and spaces are one brand; it gets the most frequent one. Raises
    SpreadsheetError if no post can be read, and SettingsError if the settings name an unknown field or header.
    """
    sheet = open_sheet(path, settings)
    rows = _collect_rows(sheet)
    if not rows.numbers:
        where = f"{path.name}, sheet {sheet.name}," if sheet.name else path.name
        raise SpreadsheetError(
            f"{where} has headers in row {sheet.header_row} but no rows under them.", "It needs a row for each post."
        )
    drafts, refusals, remarks = _sort_rows(rows)
    posts = _make_posts(drafts, rows, remarks)
    return PostTable(
        source=path.name,
        sheet=sheet.name,
        rows=len(rows.numbers),
        columns={
            field: ", ".join(dict.fromkeys(source.header for source in sources))
            for field, sources in rows.sources.items()
        },
        posts=posts,
        refusals=tuple(refusals),
        remarks=tuple(sorted(remarks, key=lambda remark: remark.row)),
    )


def _collect_rows(sheet: Sheet) -> _Rows:
    """Read the sheet once and keep only the cells of fields; exports have hundreds of further columns."""
    wanted = sorted({column for groups in sheet.candidates.values() for group in groups for column in group})
    filled: Counter[int] = Counter()
    numbers: list[int] = []
    rows: list[list[Cell]] = []
    for number, cells in sheet.rows():
        row = [cells[column] if column < len(cells) else None for column in wanted]
        filled.update(column for column, cell in zip(wanted, row, strict=True) if not is_blank(cell))
        numbers.append(number)
        rows.append(row)
    sources = {
        field: [_Source(sheet.headers[column], column, wanted.index(column)) for column in columns]
        for field, columns in choose_columns(sheet.candidates, filled).items()
    }
    return _Rows(numbers, rows, {field: _keep_winners(choice, rows) for field, choice in sources.items()})


def _keep_winners(sources: list[_Source], rows: Sequence[Sequence[Cell]]) -> list[_Source]:
    """Return the sources that any row takes its value from, at least the first."""
    if len(sources) == 1:
        return sources
    winners = {_pick(sources, cells)[1] for cells in rows}
    return [source for source in sources if source in winners] or sources[:1]


def _sort_rows(rows: _Rows) -> tuple[list[_Draft], list[Refusal], list[Remark]]:
    """Return drafts of posts, refusals of the other rows, and remarks on unreadable permalinks."""
    written = [clean_line(cell_text(_pick(rows.sources["brand"], cells)[0])) for cells in rows.cells]
    spelling = _settle_spellings(written)
    drafts: list[_Draft] = []
    refusals: list[Refusal] = []
    remarks: list[Remark] = []
    first_row: dict[PostKey, int] = {}
    for number, cells, name in zip(rows.numbers, rows.cells, written, strict=True):
        brand = spelling[name.casefold()]
        thumbnail = clean_address(cell_text(_pick(rows.sources["thumbnail"], cells)[0]))
        row_remarks: list[Remark] = []
        key = PostKey(brand, thumbnail, _read(rows, "permalink", number, cells, read_permalink, row_remarks))
        reason, detail = _find_fault(key, first_row)
        if reason is not None:
            refusals.append(Refusal(number, reason, detail, brand, thumbnail, key.permalink))
        else:
            first_row[key] = number
            drafts.append(_Draft(number, cells, key))
            remarks += row_remarks
    return drafts, refusals, remarks


def _find_fault(key: PostKey, first_row: Mapping[PostKey, int]) -> tuple[str | None, str]:
    """Return the reason why a row cannot be a post, and its detail; (None, "") if it can."""
    if not key.brand:
        return "no_brand", ""
    if not key.thumbnail:
        return "no_thumbnail", ""
    if fault := why_invalid(key.thumbnail):
        return "bad_address", fault
    if key in first_row:
        return "duplicate", f"same as row {first_row[key]}"
    return None, ""


def _make_posts(drafts: Sequence[_Draft], rows: _Rows, remarks: list[Remark]) -> tuple[Post, ...]:
    """Return the posts, and add a remark to `remarks` for each value that cannot be read."""
    dates = rows.sources.get("published", ())
    month_first = is_month_first(
        (_pick(dates, cells)[0] for cells in rows.cells), any(is_month_first_header(source.header) for source in dates)
    )
    ids = name_posts([draft.key for draft in drafts])
    return tuple(
        Post(
            id=name,
            row=draft.row,
            brand=draft.key.brand,
            thumbnail=draft.key.thumbnail,
            caption=clean_caption(cell_text(_pick(rows.sources.get("caption", ()), draft.cells)[0])),
            likes=_read(rows, "likes", draft.row, draft.cells, read_count, remarks),
            comments=_read(rows, "comments", draft.row, draft.cells, read_count, remarks),
            published=_read(
                rows, "published", draft.row, draft.cells, lambda cell: read_date(cell, month_first), remarks
            ),
            permalink=draft.key.permalink,
        )
        for draft, name in zip(drafts, ids, strict=True)
    )


def _pick(sources: Sequence[_Source], cells: Sequence[Cell]) -> tuple[Cell, _Source | None]:
    """Return the first value that is not blank, and its source."""
    for source in sources:
        if not is_blank(cells[source.place]):
            return cells[source.place], source
    return None, None


def _read(
    rows: _Rows, field: str, number: int, cells: Sequence[Cell], reader: Callable[[Cell], T], remarks: list[Remark]
) -> T | None:
    """Return a field's value by `reader`; None, with a remark, if `reader` raises ValueError."""
    cell, source = _pick(rows.sources.get(field, ()), cells)
    if source is None:
        return None
    try:
        return reader(cell)
    except ValueError:
        remarks.append(Remark(number, field, clean_line(cell_text(cell))[:100], column_letters(source.column)))
        return None


def _settle_spellings(written: Sequence[str]) -> dict[str, str]:
    """Return casefolded brand -> its most frequent spelling, of equal ones the earliest."""
    spellings: dict[str, Counter[str]] = {}
    for name in written:
        spellings.setdefault(name.casefold(), Counter())[name] += 1
    return {folded: max(counts, key=counts.__getitem__) for folded, counts in spellings.items()}
