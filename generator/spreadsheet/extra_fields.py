"""Fields of the posts: the columns of all tables that no known header names, joined by name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from generator.errors import SettingsError, suggest_name
from generator.spreadsheet.field_kinds import judge_column
from generator.spreadsheet.fields import KIND_NAMES, LEAVE_OUT, MOST_CATEGORIES, Field, FieldKind, FieldValue
from generator.spreadsheet.header_lists import field_key
from generator.spreadsheet.headers import as_toml
from generator.spreadsheet.notices import Notice, list_examples
from generator.spreadsheet.phrases import Value, Where, list_values
from generator.spreadsheet.rows import Column, SheetRows
from generator.spreadsheet.values.cells import Cell, is_blank
from generator.spreadsheet.values.dates import DateOrder, is_month_first, is_year_first
from generator.spreadsheet.values.field_values import (
    field_text,
    fold_value,
    has_comma_decimals,
    read_day,
    read_number,
    read_yes_no,
)

#: Fields that are shown unless the settings name more.
MOST_FIELDS = 20
#: Columns and values that a notice names.
_NAMED = 20


@dataclass(frozen=True, slots=True)
class PostFields:
    """The fields of n posts: `values` has n rows, each with a value for every field."""

    fields: tuple[Field, ...]
    values: tuple[tuple[FieldValue, ...], ...]
    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True)
class _Series:
    """The cells of one field, for each of n posts."""

    name: str
    cells: list[Cell]


def check_kinds(chosen: Mapping[str, str]) -> None:
    """Raise SettingsError if [fields], header -> kind, names a kind that there is not."""
    kinds = (*KIND_NAMES, LEAVE_OUT)
    for name, kind in chosen.items():
        if kind not in kinds:
            raise SettingsError(
                f"[fields] {name}: {kind} is no kind of field.", suggest_name(kind, kinds, "The kinds are")
            )


def find_fields(
    places: Sequence[tuple[SheetRows, int]], tables: Sequence[SheetRows], chosen: Mapping[str, str], where: Where
) -> PostFields:
    """Return the fields of the posts at `places`, (table, position of the row in it), in the order of columns.

    `chosen` is what the settings say of columns, by header. `where` is what notices call the tables.
    """
    wishes = {field_key(name): kind for name, kind in chosen.items()}
    found: list[tuple[Field, list[FieldValue]]] = []
    notices: list[Notice] = []
    left_out: dict[str, list[str]] = {}
    series = _join_columns(places, tables)
    for key, one in series.items():
        wish = wishes.get(key)
        if wish == LEAVE_OUT:
            left_out.setdefault("chosen", []).append(one.name)
            continue
        verdict = judge_column(one.name, one.cells)
        kind = KIND_NAMES[wish] if wish else verdict.kind
        if kind is None:
            if verdict.reason != "empty":
                left_out.setdefault(str(verdict.reason), []).append(one.name)
            continue
        kind, values = _read_values(one, kind, places, where, notices)
        found.append((Field(one.name, kind), values))
    kept = _choose_fields(found, wishes)
    left_out.setdefault("many", []).extend(field.name for field, _ in found if field not in kept)
    found = [one for one in found if one[0] in kept]
    if unknown := [name for name in chosen if field_key(name) not in series]:
        notices.append(Notice("unknown_fields", {"names": list_values(unknown, _NAMED)}))
    rows = zip(*(values for _, values in found), strict=True) if found else (() for _ in places)
    return PostFields(tuple(field for field, _ in found), tuple(rows), (*notices, *_tell_left_out(left_out, where)))


def _join_columns(places: Sequence[tuple[SheetRows, int]], tables: Sequence[SheetRows]) -> dict[str, _Series]:
    """Return the cells of each field by its folded name; of columns of one name the first with a value wins."""
    columns: dict[str, dict[int, list[Column]]] = {}
    names: dict[str, str] = {}
    for rows in tables:
        for column in rows.others:
            key = field_key(column.header)
            names.setdefault(key, column.header)
            columns.setdefault(key, {}).setdefault(rows.table, []).append(column)
    return {
        key: _Series(names[key], [_pick(rows.cells[row], by_table.get(rows.table, ())) for rows, row in places])
        for key, by_table in columns.items()
    }


def _pick(cells: Sequence[Cell], columns: Iterable[Column]) -> Cell:
    return next((cell for column in columns if not is_blank(cell := cells[column.place])), None)


def _choose_fields(found: Sequence[tuple[Field, list[FieldValue]]], wishes: Mapping[str, str]) -> set[Field]:
    """Return the fields that are shown: those that the settings name, and of others those with most values."""
    named = {field for field, _ in found if field_key(field.name) in wishes}
    others = [(sum(value is not None for value in values), field) for field, values in found if field not in named]
    others.sort(key=lambda other: -other[0])
    return named | {field for _, field in others[: max(0, MOST_FIELDS - len(named))]}


def _read_values(
    series: _Series, kind: FieldKind, places: Sequence[tuple[SheetRows, int]], where: Where, notices: list[Notice]
) -> tuple[FieldKind, list[FieldValue]]:
    """Return the kind and the values of a field; categories beyond MOST_CATEGORIES make it text."""
    if kind == "category":
        values, spellings = _join_spellings(series.cells)
        if spellings:
            notices.append(_tell_values("joined_values", series, spellings, where))
        if len(set(values) - {None}) <= MOST_CATEGORIES:
            return kind, values
        many: dict[str, Value] = {"where": where, "field": series.name, "most": MOST_CATEGORIES}
        notices.append(Notice("many_categories", many))
        kind = "text"
    if kind == "text":
        return kind, [field_text(cell) or None for cell in series.cells]
    values = list(_read_plain(series.cells, kind, places))
    unread = [
        text for cell, value in zip(series.cells, values, strict=True) if value is None and (text := field_text(cell))
    ]
    if unread:
        notices.append(_tell_values(f"unread_{kind}", series, unread, where))
    return kind, values


def _tell_values(code: str, series: _Series, texts: Sequence[str], where: Where) -> Notice:
    return Notice(code, {"where": where, "field": series.name, "count": len(texts), "examples": list_examples(texts)})


def _read_plain(
    cells: Sequence[Cell], kind: FieldKind, places: Sequence[tuple[SheetRows, int]]
) -> Iterator[FieldValue]:
    """Yield the value of each cell as a number, date, yes or no; None if it is none."""
    if kind == "yes_no":
        yield from map(read_yes_no, cells)
    elif kind == "number":
        comma = has_comma_decimals(cells)
        yield from (read_number(cell, comma) for cell in cells)
    else:
        month_first, year_first = is_month_first(cells), is_year_first(cells)
        for cell, (rows, _) in zip(cells, places, strict=True):
            yield read_day(cell, DateOrder(month_first, year_first, rows.sheet.table.days_from_1904))


def _join_spellings(cells: Sequence[Cell]) -> tuple[list[FieldValue], list[str]]:
    """Return each cell's category by the most frequent of its spellings, and what was joined, "france → France"."""
    texts = [field_text(cell) for cell in cells]
    forms: dict[str, Counter[str]] = {}
    for text in filter(None, texts):
        forms.setdefault(fold_value(text), Counter())[text] += 1
    # of two as frequent ones the first in the alphabet, so that the order of rows does not count
    shown = {key: min(found, key=lambda text: (-found[text], text)) for key, found in forms.items()}
    joined = [f"{text} → {shown[key]}" for key, found in forms.items() for text in sorted(found) if text != shown[key]]
    return [shown[fold_value(text)] if text else None for text in texts], joined


def _tell_left_out(left_out: Mapping[str, Sequence[str]], where: Where) -> Iterator[Notice]:
    for reason, names in left_out.items():
        if names:
            values: dict[str, Value] = {
                "where": where,
                "columns": list_values([name[:60] for name in names], _NAMED),
            }
            if reason in ("personal", "many", "unique", "addresses", "constant"):
                values["line"] = f'{as_toml(names[0])} = "text"'
            yield Notice(f"columns_{reason}", values)
