"""A spreadsheet read in a process of its own: a few kilobytes can be made to unpack to more than any machine holds."""

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

#: What reading may take: 100,000 posts take a tenth of either.
_MEMORY = 3_000_000_000
_SECONDS = 1_200.0


def read_apart(path: Path, settings: ReadSettings) -> PostTable:
    """As `read_posts`, held to 3 GB and 20 minutes. Raises SpreadsheetError beyond either."""
    with closing(ProcessPool(partial(read_posts, path), _SECONDS, _MEMORY)) as reader:
        try:
            return reader.run(settings)
        except (TaskFailed, MemoryError) as error:
            late = isinstance(error, TaskFailed) and error.timed_out
            most = f"{_SECONDS / 60:g} minutes" if late else f"{format_size(_MEMORY)} of memory"
            raise SpreadsheetError(
                f"{path.name} cannot be read: it takes more than {most}, far more than a spreadsheet of posts does.",
                "Copy the rows and columns of the posts into a new spreadsheet.",
            ) from None


#: Raised whenever the same spreadsheet would give other posts or refusals.
VERSION = 2

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Source:
    """Where a field's values stand: the column, and the place of its cells in the rows that were kept."""

    header: str
    column: int
    place: int


@dataclass(frozen=True, slots=True)
class _Rows:
    """The data rows, cut down to the cells that may be wanted."""

    numbers: list[int]
    cells: list[list[Cell]]
    sources: Mapping[str, Sequence[_Source]]  # by field; the first with a value wins


@dataclass(frozen=True, slots=True)
class _Draft:
    """A row that will be a post."""

    row: int
    cells: list[Cell]
    key: PostKey


def read_posts(path: Path, settings: ReadSettings) -> PostTable:
    """The posts of a spreadsheet (.xlsx, .csv, .json or .parquet), with the rows refused and the values not read.

    A brand written in several ways of case and space is one brand, in its most frequent spelling.
    Raises SpreadsheetError where no post can be read, and SettingsError where the settings name a
    field or header that does not exist.
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
    """Reads the sheet once, keeping only cells that may be wanted: exports have hundreds of columns more."""
    wanted = sorted({column for groups in sheet.candidates.values() for group in groups for column in group})
    filled: Counter[int] = Counter()
    numbers: list[int] = []
    kept: list[list[Cell]] = []
    for number, cells in sheet.rows():
        row = [cells[column] if column < len(cells) else None for column in wanted]
        filled.update(column for column, cell in zip(wanted, row, strict=True) if not is_blank(cell))
        numbers.append(number)
        kept.append(row)
    sources = {
        field: [_Source(sheet.headers[column], column, wanted.index(column)) for column in columns]
        for field, columns in choose_columns(sheet.candidates, filled).items()
    }
    return _Rows(numbers, kept, {field: _keep_winners(choice, kept) for field, choice in sources.items()})


def _keep_winners(sources: list[_Source], rows: Sequence[Sequence[Cell]]) -> list[_Source]:
    """The sources that any row takes its value from, at least the first."""
    if len(sources) == 1:
        return sources
    winners = {_pick(sources, cells)[1] for cells in rows}
    return [source for source in sources if source in winners] or sources[:1]


def _sort_rows(rows: _Rows) -> tuple[list[_Draft], list[Refusal], list[Remark]]:
    """Each row to a draft or a refusal, and remarks on unreadable permalinks."""
    written = [clean_line(cell_text(_pick(rows.sources["brand"], cells)[0])) for cells in rows.cells]
    spelling = _settle_spellings(written)
    drafts: list[_Draft] = []
    refusals: list[Refusal] = []
    remarks: list[Remark] = []
    first_row: dict[PostKey, int] = {}
    for number, cells, name in zip(rows.numbers, rows.cells, written, strict=True):
        brand = spelling[name.casefold()]
        thumbnail = clean_address(cell_text(_pick(rows.sources["thumbnail"], cells)[0]))
        noted: list[Remark] = []
        key = PostKey(brand, thumbnail, _read(rows, "permalink", number, cells, read_permalink, noted))
        reason, detail = _find_fault(key, first_row)
        if reason is not None:
            refusals.append(Refusal(number, reason, detail, brand, thumbnail, key.permalink))
        else:
            first_row[key] = number
            drafts.append(_Draft(number, cells, key))
            remarks += noted
    return drafts, refusals, remarks


def _find_fault(key: PostKey, first_row: Mapping[PostKey, int]) -> tuple[str | None, str]:
    """Why a row cannot be a post, and specifics; (None, "") where it can."""
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
    """The posts; values that cannot be read are added to `remarks`."""
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
    """The first value that is not blank, and where it stands."""
    for source in sources:
        if not is_blank(cells[source.place]):
            return cells[source.place], source
    return None, None


def _read(
    rows: _Rows, field: str, number: int, cells: Sequence[Cell], reader: Callable[[Cell], T], remarks: list[Remark]
) -> T | None:
    """A field's value by `reader`, or None and a remark where `reader` cannot make sense of it."""
    cell, source = _pick(rows.sources.get(field, ()), cells)
    if source is None:
        return None
    try:
        return reader(cell)
    except ValueError:
        remarks.append(Remark(number, field, clean_line(cell_text(cell))[:100], column_letters(source.column)))
        return None


def _settle_spellings(written: Sequence[str]) -> dict[str, str]:
    """Casefolded brand -> its most frequent spelling, the earliest of those that are as frequent."""
    spellings: dict[str, Counter[str]] = {}
    for name in written:
        spellings.setdefault(name.casefold(), Counter())[name] += 1
    return {folded: max(counts, key=counts.__getitem__) for folded, counts in spellings.items()}
