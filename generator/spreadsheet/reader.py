"""Files read into posts, refusals, remarks and notices.

Reading happens in a process of its own, since a file of a few kilobytes can unpack to more than any memory holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import partial

from generator.errors import BrandscapeError, SettingsError, SpreadsheetError
from generator.processes import ProcessPool, TaskFailed
from generator.settings import BrandSettings, ReadSettings
from generator.settings.sizes import format_size
from generator.spreadsheet.accounts import assign_posts, find_accounts
from generator.spreadsheet.brand_folders import BrandFolders
from generator.spreadsheet.brand_notices import describe_brands
from generator.spreadsheet.brand_rows import BrandNames
from generator.spreadsheet.brand_sources import find_brands
from generator.spreadsheet.brands import merge_spellings
from generator.spreadsheet.doubtful_values import tell_coarse, tell_unread, withhold_placeholders
from generator.spreadsheet.extra_fields import check_kinds, find_fields
from generator.spreadsheet.fields import FieldValue
from generator.spreadsheet.headers import column_letters, is_month_first_header
from generator.spreadsheet.ids import PostKey, name_posts
from generator.spreadsheet.notices import Notice, list_examples, sort_notices, tell_summaries
from generator.spreadsheet.phrases import Phrase, Where, _, phrase
from generator.spreadsheet.post_formats import find_format
from generator.spreadsheet.post_rows import find_fault, join_rows
from generator.spreadsheet.posts import Place, Post, PostTable, Refusal, Remark, TableRead
from generator.spreadsheet.rows import Column, SheetRows, collect_rows
from generator.spreadsheet.sheets import Sheet, explain_unusable, open_sheets
from generator.spreadsheet.sources import Inputs
from generator.spreadsheet.unnamed_images import tell_unnamed
from generator.spreadsheet.values.addresses import find_link_texts, read_permalink
from generator.spreadsheet.values.cells import Cell, cell_text
from generator.spreadsheet.values.counts import header_unit, read_shown_count
from generator.spreadsheet.values.dates import DateOrder, is_month_first, is_year_first, read_date
from generator.spreadsheet.values.local_paths import start_path
from generator.text import clean_caption

#: Limits of reading; 100,000 posts take a tenth of each.
_MEMORY = 3_000_000_000
_SECONDS = 1_200.0

_NO_ALIASES = BrandSettings()
_NO_KINDS: Mapping[str, str] = {}


def read_apart(
    inputs: Inputs, settings: ReadSettings, brands: BrandSettings = _NO_ALIASES, fields: Mapping[str, str] = _NO_KINDS
) -> PostTable:
    """Return `read_posts` of a child process. Raises SpreadsheetError beyond 3 GB or 20 minutes."""
    with closing(ProcessPool(partial(read_posts, inputs, brands=brands, fields=fields), _SECONDS, _MEMORY)) as reader:
        try:
            return reader.run(settings)
        except (TaskFailed, MemoryError) as error:
            timed_out = isinstance(error, TaskFailed) and error.timed_out
            limit = f"{_SECONDS / 60:g} minutes" if timed_out else f"{format_size(_MEMORY)} of memory"
            raise SpreadsheetError(
                f"{inputs.name} cannot be read: it takes more than {limit}, far more than a spreadsheet of posts does.",
                "Copy the rows and columns of the posts into a new spreadsheet.",
            ) from None


@dataclass(frozen=True, slots=True)
class _Named:
    """The rows of a sheet, with the brand of each as it is written."""

    rows: SheetRows
    brands: BrandNames


@dataclass(frozen=True, slots=True)
class _Draft:
    """A row that becomes a post: its position among the rows of its sheet."""

    rows: SheetRows
    row: int
    key: PostKey
    more_images: tuple[str, ...]


def read_posts(
    inputs: Inputs, settings: ReadSettings, brands: BrandSettings = _NO_ALIASES, fields: Mapping[str, str] = _NO_KINDS
) -> PostTable:
    """Return the posts of files, the refused rows, the unreadable values, and notices of all that was not read.

    `fields` is what the settings say of columns without a known header, by header. Raises SpreadsheetError if no post
    can be read, and SettingsError if the settings name an unknown field or header.
    """
    check_kinds(fields)
    notices = list(inputs.notices)
    named = _name_rows(_open_sheets(inputs, settings, notices), notices, settings, inputs, fields)
    accounts = find_accounts((sheet.rows, sheet.brands.names) for sheet in named)
    named = [_assign_posts(sheet, notices) for sheet in named]
    merging = merge_spellings(Counter(_list_names(named)), accounts, brands.aliases)
    folders = BrandFolders(inputs.images)
    drafts, refusals, remarks = _sort_rows(named, merging.names, folders)
    notices += folders.notices(inputs.name)
    where = named[0].rows.sheet.where if len(named) == 1 else inputs.name
    extra = find_fields([(draft.rows, draft.row) for draft in drafts], [sheet.rows for sheet in named], fields, where)
    joined, refusals = join_rows(_make_posts(drafts, extra.values, remarks), refusals)
    posts, withheld = withhold_placeholders(joined)
    notices += [*withheld, *tell_unread(remarks, lambda remark: _name_column(named, remark))]
    notices += tell_coarse(posts, lambda table: named[table].rows.sheet.where)
    notices += describe_brands(
        merging, Counter(post.brand for post in posts), {name for sheet in named for name in sheet.brands.broken}
    )
    for sheet in named:
        notices += [*sheet.rows.notices, *sheet.rows.sheet.table.notices()]
    notices += extra.notices
    addresses = [address for post in posts for address in (post.thumbnail, *post.more_images)]
    notices += tell_unnamed(inputs.name, inputs.images, [*addresses, *(refusal.thumbnail for refusal in refusals)])
    return PostTable(
        source=inputs.name,
        tables=tuple(_describe(sheet) for sheet in named),
        posts=posts,
        refusals=tuple(refusals),
        remarks=tuple(sorted(remarks, key=lambda remark: remark.place)),
        notices=sort_notices(notices),
        fields=extra.fields,
    )


def _open_sheets(inputs: Inputs, settings: ReadSettings, notices: list[Notice]) -> list[Sheet]:
    """Return the sheets of all files that hold posts; of several files, one that cannot be used gives a notice."""
    sheets: list[Sheet] = []
    failures: list[BrandscapeError] = []
    for source in inputs.sources:
        try:
            found, unread = open_sheets(source, settings)
        except (SpreadsheetError, SettingsError) as error:  # such as a column that only others have
            failures.append(error)
            notices.append(Notice("unread_source", {"where": source.name, "message": error.message.rstrip(".")}))
            continue
        sheets += found
        notices += unread
    if not sheets:
        raise failures[0]
    return sheets


def _name_rows(
    sheets: Sequence[Sheet],
    notices: list[Notice],
    settings: ReadSettings,
    inputs: Inputs,
    fields: Mapping[str, str],
) -> list[_Named]:
    """Return the sheets that have rows with a brand; notices say why others are not read."""
    tables: list[SheetRows] = []
    for sheet in sheets:
        rows = collect_rows(sheet, len(tables), settings, fields)
        if rows.numbers:
            tables.append(rows)
        else:
            why = phrase(_("it has headers in row %(row)s and no rows"), row=sheet.header_row)
            notices.append(Notice("unread_table", {"where": sheet.where, "why": why}))
    if not tables:
        first = sheets[0]
        raise SpreadsheetError(
            f"{first.where} has headers in row {first.header_row} but no rows under them.",
            "It needs a row for each post.",
        )
    named: list[_Named] = []
    folder = inputs.name if inputs.name == inputs.folder.name else ""
    for rows, brands in zip(tables, find_brands(tables, folder, settings.brand), strict=True):
        if isinstance(brands, Phrase):
            notices.append(Notice("unread_table", {"where": rows.sheet.where, "why": brands}))
            continue
        if brands.notes:
            notices.append(tell_summaries(rows.sheet.where, [rows.numbers[row] for row in sorted(brands.notes)]))
        named.append(_Named(replace(rows, table=len(named)), brands))
    if not named:
        raise explain_unusable(tables[0].sheet, settings)
    return named


def _assign_posts(sheet: _Named, notices: list[Notice]) -> _Named:
    """Return a sheet with the brands of the accounts that its posts were asked for."""
    names, moved = assign_posts(sheet.rows, sheet.brands.names)
    if moved:
        values = {"where": sheet.rows.sheet.where, "examples": list_examples(moved)}
        notices.append(Notice("co_posts", {**values, "count": sum(moved.values())}))
    return replace(sheet, brands=replace(sheet.brands, names=names))


def _list_names(named: Iterable[_Named]) -> Iterator[str]:
    for sheet in named:
        yield from (sheet.brands.names[row] for row in sheet.brands.posts)


def _name_column(named: Sequence[_Named], remark: Remark) -> tuple[Where, str]:
    rows = named[remark.table].rows
    column = next(c for c in rows.columns[remark.field] if column_letters(c.column) == remark.column)
    return rows.sheet.where, f"{remark.column} ({column.header})" if column.header else remark.column


def _describe(sheet: _Named) -> TableRead:
    return TableRead(
        file=sheet.rows.sheet.source.name,
        sheet=sheet.rows.sheet.name,
        rows=len(sheet.brands.posts),
        columns={
            field: ", ".join(dict.fromkeys(column.header for column in columns))
            for field, columns in sheet.rows.columns.items()
        },
        brand_from=sheet.brands.origin,
    )


def _sort_rows(
    named: Sequence[_Named], spelling: Mapping[str, str], folders: BrandFolders
) -> tuple[list[_Draft], list[Refusal], list[Remark]]:
    """Return drafts of posts, refusals of the other rows, and remarks on unreadable permalinks."""
    drafts: list[_Draft] = []
    refusals: list[Refusal] = []
    remarks: list[Remark] = []
    first_places: dict[PostKey, Place] = {}
    for sheet in named:
        rows, source = sheet.rows, sheet.rows.sheet.source
        addresses = {row: rows.images(row) for row in sheet.brands.posts}
        labels = find_link_texts(texts[0] for texts in addresses.values() if texts)
        for row in sheet.brands.posts:
            number, brand = rows.numbers[row], spelling[sheet.brands.names[row]]
            images = [
                folders.place(address, start_path(address, source.folder, source.name), brand)
                for address in addresses[row]
            ]
            thumbnail = images[0] if images else ""
            row_remarks: list[Remark] = []
            key = PostKey(
                brand, thumbnail, rows.read("permalink", row, lambda cell, _: read_permalink(cell), row_remarks)
            )
            reason, detail = find_fault(key, first_places, rows.table)
            if addresses[row][:1] and addresses[row][0] in labels and reason in (None, "duplicate"):
                reason, detail = "link_text", addresses[row][0]
            if reason is not None:
                refusals.append(Refusal(number, reason, detail, brand, thumbnail, key.permalink, rows.table))
            else:
                first_places[key] = rows.table, number
                drafts.append(_Draft(rows, row, key, tuple(images[1:])))
                remarks += row_remarks
    return drafts, refusals, remarks


def _make_posts(
    drafts: Sequence[_Draft], values: Sequence[tuple[FieldValue, ...]], remarks: list[Remark]
) -> tuple[Post, ...]:
    """Return the posts with the `values` of their fields; add a remark to `remarks` for each unreadable value."""
    tables = {draft.rows.table: draft.rows for draft in drafts}
    orders = {table: _find_date_order(rows) for table, rows in tables.items()}
    ids = name_posts([draft.key for draft in drafts])
    return tuple(
        replace(_make_post(draft, name, orders[draft.rows.table], remarks), fields=row)
        for draft, name, row in zip(drafts, ids, values, strict=True)
    )


def _find_date_order(rows: SheetRows) -> DateOrder:
    columns = rows.columns.get("published", ())
    dates = [rows.pick("published", row)[0] for row in range(len(rows.numbers))]
    month_first = is_month_first(dates, any(is_month_first_header(column.header) for column in columns))
    return DateOrder(month_first, is_year_first(dates), rows.sheet.table.days_from_1904)


def _read_shown(field: str, cell: Cell, column: Column) -> int | None:
    count = read_shown_count(cell, field, header_unit(column.header))
    return None if field == "followers" and count == 0 else count


def _make_post(draft: _Draft, name: str, order: DateOrder, remarks: list[Remark]) -> Post:
    rows, row = draft.rows, draft.row
    published = rows.read("published", row, lambda cell, _: read_date(cell, order), remarks)
    return Post(
        id=name,
        row=rows.numbers[row],
        brand=draft.key.brand,
        thumbnail=draft.key.thumbnail,
        caption=clean_caption(cell_text(rows.pick("caption", row)[0])),
        likes=rows.read("likes", row, partial(_read_shown, "likes"), remarks),
        comments=rows.read("comments", row, partial(_read_shown, "comments"), remarks),
        published=published.time if published else None,
        permalink=draft.key.permalink,
        table=rows.table,
        precision=published.precision if published else "second",
        more_images=draft.more_images,
        followers=rows.read("followers", row, partial(_read_shown, "followers"), remarks),
        format=find_format(rows.all_of("format", row), draft.key.permalink, bool(draft.more_images)),
    )
