"""What was recognised in files of posts, written as settings that a person can correct."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from generator.errors import SettingsError
from generator.settings import ReadSettings
from generator.spreadsheet.fields import KIND_NAMES, LEAVE_OUT
from generator.spreadsheet.headers import FIELDS, as_toml
from generator.spreadsheet.posts import PostTable
from generator.text import clean_line, write_text

#: Brands that are listed.
_MOST_BRANDS = 200


def refuse_existing(path: Path) -> None:
    """Raise SettingsError if there is such a file already: what a person wrote must not be lost."""
    if path.exists() or path.is_symlink():
        raise SettingsError(
            f"{path} exists already.", "Write to another name, and copy what you need; nothing is replaced."
        )


def write_mapping(path: Path, table: PostTable, settings: ReadSettings, aliases: Mapping[str, str]) -> None:
    """Write `describe_mapping` into a new file. Raises SettingsError if the file exists."""
    refuse_existing(path)
    write_text(path, describe_mapping(table, settings, aliases))


def describe_mapping(table: PostTable, settings: ReadSettings, aliases: Mapping[str, str]) -> str:
    """Return the settings that read `table` again, with what else could be said as comments.

    Fields that all tables take from one column are set. The others are comments, since one header would say less.
    """
    lines = [
        f"# What was recognised in {_comment(table.source)}, to be corrected here. Lines behind a # have no effect.",
        "# Build with it: brandscape build FILE --config THIS_FILE; brandscape.toml is found without --config.",
        "",
        "[read]",
        *_describe_sheets(table, settings),
        "",
        "# Header of each field's column.",
        *(line for field in FIELDS for line in _describe_field(field, table, settings)),
        *_describe_near(table),
        "",
        *_describe_brand(table, settings),
        "",
        "# Rows hidden by a filter or by hand: keep, or skip.",
        f"hidden = {as_toml(settings.hidden)}",
        "",
        *_describe_aliases(table, aliases),
        "",
        *_describe_fields(table),
    ]
    return "\n".join(lines) + "\n"


def _describe_sheets(table: PostTable, settings: ReadSettings) -> Iterator[str]:
    names = list(dict.fromkeys(read.sheet for read in table.tables if read.sheet))
    if settings.sheet is not None:
        yield f"sheet = {as_toml(settings.sheet)}"
    elif names:
        yield "# By default all sheets with posts are read; name one to read it alone."
        yield from (f"#sheet = {as_toml(name)}" for name in names)
    for notice in table.notices:
        if notice.code == "unread_table":
            yield f"# {_comment(notice.text)}"


def _describe_field(field: str, table: PostTable, settings: ReadSettings) -> Iterator[str]:
    """Yield the lines of a field: what the settings say, the one column it comes from, or each of several."""
    if field in settings.columns:
        yield f"columns.{field} = {as_toml(settings.columns[field])}"
        return
    headers = list(dict.fromkeys(read.columns[field] for read in table.tables if field in read.columns))
    everywhere = all(field in read.columns for read in table.tables)
    by_column = field != "brand" or all(read.brand_from == "column" for read in table.tables)
    if len(headers) == 1 and everywhere and by_column and _is_one(headers[0], field, table):
        yield f"columns.{field} = {as_toml(headers[0])}"
    elif headers:
        yield f"# {field} comes from several columns, or not in every table; one of them can be set for all:"
        yield from (f"#columns.{field} = {as_toml(header)}" for header in _split(headers))
    else:
        yield f'#columns.{field} = "…"'


def _is_one(header: str, field: str, table: PostTable) -> bool:
    """Return whether a header stands for one column, whose cells no other field needs."""
    others = (read.columns[other] for read in table.tables for other in read.columns if other != field)
    return bool(header) and ", " not in header and header not in others


def _split(headers: list[str]) -> list[str]:
    return list(dict.fromkeys(part for header in headers for part in header.split(", ") if part))


def _describe_near(table: PostTable) -> Iterator[str]:
    for notice in table.notices:
        if notice.code == "near_column":
            field, column = str(notice.values["field"]), str(notice.values["column"])
            yield f"# Looks like {field} and is not used:"
            yield f"#columns.{field} = {as_toml(column)}"
        elif notice.code == "unused_columns":
            yield f"# {_comment(notice.text)}"


def _describe_brand(table: PostTable, settings: ReadSettings) -> Iterator[str]:
    yield "# Brand of posts for which no column, sheet or row names one."
    yield f"{'' if settings.brand else '#'}brand = {as_toml(settings.brand)}"
    for read in table.tables:
        if read.brand_from != "column":
            yield f"# {_comment(read.name)}: its brands come from the {_comment(read.brand_from)}."


def _describe_aliases(table: PostTable, aliases: Mapping[str, str]) -> Iterator[str]:
    """Yield the section in which spellings of one brand are made one, and the brands as they are."""
    yield "# Spellings of one brand: what the file says = what the report shall say."
    yield "[brands.aliases]"
    yield from (f"{as_toml(spelling)} = {as_toml(name)}" for spelling, name in aliases.items())
    if not aliases:
        yield '#"Spelling in the file" = "Name in the report"'
    for notice in table.notices:
        if "lines" in notice.values and notice.code == "likely_brands":
            yield "# Brands that may be the same:"
            yield from (f"#{_comment(line)}" for line in str(notice.values["lines"]).splitlines() if line.strip())
    brands = Counter(post.brand for post in table.posts).most_common()
    yield f"# The brands, with their posts ({len(brands)}):"
    yield from (f"#   {_comment(name)} ({posts})" for name, posts in brands[:_MOST_BRANDS])
    if len(brands) > _MOST_BRANDS:
        yield f"#   and {len(brands) - _MOST_BRANDS} more"


def _describe_fields(table: PostTable) -> Iterator[str]:
    """Yield the section that says what other columns hold."""
    yield f"# What other columns hold: {', '.join(KIND_NAMES)} or {LEAVE_OUT}."
    yield "[fields]"
    kinds = {kind: name for name, kind in KIND_NAMES.items()}
    yield from (f"{as_toml(field.name)} = {as_toml(kinds[field.kind])}" for field in table.fields)
    yield from (f"# {_comment(notice.text)}" for notice in table.notices if notice.code.startswith("columns_"))


def _comment(text: str) -> str:
    """Return a text that cannot end the comment that it stands in."""
    return clean_line(text)
