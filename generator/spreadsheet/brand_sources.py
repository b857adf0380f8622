"""Where the brand of each row comes from: the rows, what the sheet, file or folder is called, or the settings."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from generator.spreadsheet.brand_groups import Accounts
from generator.spreadsheet.brand_rows import BrandNames, find_notes, read_brand_rows
from generator.spreadsheet.brands import merge_spellings
from generator.spreadsheet.near_misses import find_near_misses
from generator.spreadsheet.phrases import Phrase, _, phrase
from generator.spreadsheet.place_names import find_name, is_archive_name
from generator.spreadsheet.rows import SheetRows
from generator.spreadsheet.sources import Source

#: Rows among which a column is looked for that may hold the brand: the first, and some of those after them.
_FIRST_ROWS = 100
_SOME_ROWS = 20_000
_EACH = 200


#: What a table's brands come from, in the order in which it is asked for them.
BRAND_SOURCES: Mapping[str, str] = {
    "column": _("a column"),
    "divider": _("rows between the posts"),
    "above": _("the name above, where a row has none"),
    "sheet": _("the name of the sheet"),
    "file": _("the name of the file"),
    "folder": _("the name of the folder"),
    "setting": _("the settings"),
}

#: Why a table is not read whose brands are not known.
_UNNAMED = phrase(_("nothing names its brand; add a column brand, name it after its brand, or add --brand NAME"))
_OTHER_COLUMN = phrase(_("a column that is not used may hold its brands; add --brand NAME if they are all of one"))
_UNLIKE_OTHERS = phrase(
    _(
        "nothing names its brand, as a column does in the other tables; name it after one of their brands, or add such "
        "a column, or --brand NAME"
    )
)


@dataclass(frozen=True, slots=True)
class _Place:
    """A name that a table may take its brand from."""

    origin: str
    name: str
    inside: str  # what it names a part of: of a sheet its file, of a file its folder


def find_brands(tables: Sequence[SheetRows], folder: str, brand: str) -> list[BrandNames | Phrase]:
    """Return the brands of each table's rows, or why nothing names them.

    The rows win, then `brand` (of the settings), then the names of sheet, file and folder; `folder` is the name of the
    folder of all inputs, "" if that says nothing. Beside tables whose rows name brands, others are read only if they
    are called as one of these, are an account's own archive, or lie in another file that was asked for by its name.
    The name of the only table counts unless a column that is not used may hold the brands.
    """
    return [
        replace(names, notes=find_notes(rows) - names.dividers) if isinstance(names, BrandNames) else names
        for rows, names in zip(tables, _name_tables(tables, folder, brand), strict=True)
    ]


def _name_tables(tables: Sequence[SheetRows], folder: str, brand: str) -> list[BrandNames | Phrase]:
    found: list[BrandNames | Phrase] = []
    for rows in tables:
        names = read_brand_rows(rows)
        if names is not None and brand:
            names = replace(names, names=_fill(names, rows, brand))
        elif names is None and brand:
            names = BrandNames([brand] * len(rows.numbers), "setting")
        found.append(names or _UNNAMED)
    nameless = [place for place, names in enumerate(found) if isinstance(names, Phrase)]
    if not nameless:
        return found
    places = [_find_places(tables[place], folder) for place in nameless]
    known = {name for names in found if isinstance(names, BrandNames) for name in names.names if name}
    chosen = _match_places(places, known) if known else _choose_places(places, [tables[place] for place in nameless])
    if known:
        named = {tables[place].sheet.source.name for place in range(len(tables)) if place not in nameless}
        own = [
            at
            for at, place in enumerate(nameless)
            if isinstance(chosen[at], Phrase) and _stands_alone(tables[place].sheet.source, named)
        ]
        parts = _choose_places([places[at] for at in own], [tables[nameless[at]] for at in own])
        for at, part in zip(own, parts, strict=True):
            chosen[at] = part if isinstance(part, _Place) else chosen[at]
    for place, name in zip(nameless, chosen, strict=True):
        rows = tables[place]
        if isinstance(name, _Place):
            found[place] = BrandNames([name.name] * len(rows.numbers), name.origin)
        elif "brand" in rows.columns:
            found[place] = BrandNames([""] * len(rows.numbers), "column")
        else:
            found[place] = name
    return found


def _stands_alone(source: Source, named: Collection[str]) -> bool:
    """Return whether a file's own name tells its brand, beside the files `named`, whose rows name theirs."""
    return source.name not in named and (source.asked_for or is_archive_name(source.name.rpartition("/")[2]))


def _fill(names: BrandNames, rows: SheetRows, brand: str) -> list[str]:
    """Return names with the one of the settings where a row has none, and instead of those on rows between posts."""
    if names.origin == "divider" and "brand" not in rows.columns:
        return [brand] * len(names.names)
    return [name or brand for name in names.names]


def _find_places(rows: SheetRows, folder: str) -> list[_Place]:
    """Return the names of a table's sheet, file and folders that may be of a brand, the nearest first."""
    source = rows.sheet.source
    *parents, file = source.name.split("/")
    if source.kind != "file":
        parents.append(file)
        file = ""
    inside = "/".join(parents)
    parts = [_Place("sheet", find_name(rows.sheet.name), source.name), _Place("file", find_name(file), inside)]
    while parents:
        name = find_name(parents.pop())
        parts.append(_Place("folder", name, "/".join(parents)))
    parts.append(_Place("folder", find_name(folder), ""))
    return [part for part in parts if part.name]


def _match_places(places: Sequence[Sequence[_Place]], known: Iterable[str]) -> list[_Place | Phrase]:
    """Return for each table the first of its names that is a brand of the other tables."""
    brands = dict.fromkeys(sorted(known), 1)
    names = {part.name for parts in places for part in parts} - brands.keys()
    merged = merge_spellings({**brands, **dict.fromkeys(sorted(names), 1)}, Accounts()).names
    shown = {merged[name] for name in brands}
    return [next((part for part in parts if merged[part.name] in shown), _UNLIKE_OTHERS) for parts in places]


def _choose_places(places: Sequence[Sequence[_Place]], tables: Sequence[SheetRows]) -> list[_Place | Phrase]:
    """Return for each table the name that stands for its brand, where none has a brand in its rows.

    Sheets of the same names in several files are parts of these files, as are those beside sheets that name a brand.
    """
    homes: dict[tuple[str, str], set[str]] = defaultdict(set)
    for parts in places:
        for part in parts:
            homes[part.origin, part.name.casefold()].add(part.inside)
    chosen: list[_Place | Phrase] = []
    for parts in places:
        shared = [
            part for part in parts if part.origin != "folder" and len(homes[part.origin, part.name.casefold()]) > 1
        ]
        own = [part for part in parts if part not in shared]
        chosen.append(next(iter(own or parts), _UNNAMED))
    chosen = _leave_siblings(places, tables, chosen)
    distinct = Counter(part.name.casefold() for part in chosen if isinstance(part, _Place))
    return [
        part if isinstance(part, _Place) and (len(distinct) > 1 or not _may_have_column(rows)) else _explain(part)
        for part, rows in zip(chosen, tables, strict=True)
    ]


def _leave_siblings(
    places: Sequence[Sequence[_Place]], tables: Sequence[SheetRows], chosen: Sequence[_Place | Phrase]
) -> list[_Place | Phrase]:
    """Return `chosen` without names of files and folders in which others have names of their own."""
    finer = {part.inside for part in chosen if isinstance(part, _Place) and part.origin == "sheet"}
    files = {part.inside for part in chosen if isinstance(part, _Place) and part.origin == "file"}
    result: list[_Place | Phrase] = []
    for part, rows in zip(chosen, tables, strict=True):
        name = rows.sheet.source.name
        parent = name.rpartition("/")[0]
        coarse = isinstance(part, _Place) and (
            (part.origin != "sheet" and name in finer) or (part.origin == "folder" and parent in files)
        )
        result.append(_UNNAMED if coarse else part)
    return result


def _explain(part: _Place | Phrase) -> Phrase:
    return _OTHER_COLUMN if isinstance(part, _Place) else _UNNAMED


def _may_have_column(rows: SheetRows) -> bool:
    """Return whether a column that is not used looks like brands: it is called so, or repeats a few short texts."""
    sheet = rows.sheet
    used = {column for groups in sheet.candidates.values() for group in groups for column in group}
    used |= {column.column for chosen in rows.evidence.values() for column in chosen}
    sample = [
        cells
        for place, (_, cells) in enumerate(islice(sheet.rows(), _SOME_ROWS))
        if place < _FIRST_ROWS or place % _EACH == 0
    ]
    return bool(find_near_misses(sheet.headers, sample, used, ["brand"]))
