"""What the rows of an export say of accounts: whose posts they are, and for which account they were asked for."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from generator.spreadsheet.brand_groups import Accounts
from generator.spreadsheet.rows import SheetRows
from generator.spreadsheet.spellings import as_handle, find_handle
from generator.spreadsheet.values.cells import Cell, cell_text
from generator.text import clean_line

#: Share of the posts found for an account that are its own; a search for a word finds those of many.
_OWN = 0.5


def read_handle(cell: Cell) -> str:
    """Return the account that a cell names by its handle or the address of its profile, in lower case; "" if none."""
    return _read_handle(cell_text(cell)[:300], _address(cell)[:300]) if cell is not None else ""


@lru_cache(maxsize=10_000)
def _read_handle(shown: str, address: str) -> str:
    text = clean_line(shown)
    return find_handle(address) or find_handle(text) or as_handle(text.lower())


def find_accounts(tables: Iterable[tuple[SheetRows, Sequence[str]]]) -> Accounts:
    """Return the names beside each account in tables, each with the brand of its rows as it is written."""
    owners: dict[str, Counter[str]] = defaultdict(Counter)
    beside: dict[str, Counter[str]] = defaultdict(Counter)
    for rows, names in tables:
        brands = rows.columns.get("brand", ())
        own = _is_own(rows)
        for row, name in enumerate(names):
            linked = next((find_handle(_address(rows.cells[row][column.place])) for column in brands), "")
            handle = linked or read_handle(rows.pick("handle", row)[0]) if name else ""
            if handle and handle != find_handle(name):
                (owners if own or linked else beside)[handle][name] += 1
    return Accounts(owners, beside)


def _address(cell: Cell) -> str:
    return str(getattr(cell, "address", ""))


def _is_own(rows: SheetRows) -> bool:
    """Return whether brands are names that accounts give themselves, and no column that a person added."""
    own = {column.column for kind in ("handle", "full_name") for column in rows.evidence.get(kind, ())}
    return own.issuperset(column.column for column in rows.columns.get("brand", ()))


def assign_posts(rows: SheetRows, names: Sequence[str]) -> tuple[list[str], dict[str, int]]:
    """Return the brand of each row by the account that it was asked for, and how many others each change concerns.

    A post that two accounts publish together names one of them as its owner. It counts for the account whose posts
    were asked for, if most of the posts found for that are its own.
    """
    if "account" not in rows.evidence or not _is_own(rows):
        return list(names), {}
    asked = [read_handle(rows.pick("account", row)[0]) for row in range(len(names))]
    handles = [read_handle(rows.pick("handle", row)[0]) for row in range(len(names))]
    found = _name_accounts(asked, handles, names)
    changed: Counter[str] = Counter()
    result = []
    for account, name in zip(asked, names, strict=True):
        brand = found.get(account, name)
        if name and brand != name:
            changed[f"{name} → {brand}"] += 1
        result.append(brand)
    return result, changed


def _name_accounts(asked: Sequence[str], handles: Sequence[str], names: Sequence[str]) -> Mapping[str, str]:
    """Return account -> the name that it gives itself, of accounts that most of their rows belong to."""
    totals: Counter[str] = Counter()
    own: dict[str, Counter[str]] = defaultdict(Counter)
    all_names: dict[str, Counter[str]] = defaultdict(Counter)
    for account, handle, name in zip(asked, handles, names, strict=True):
        if account and name:
            totals[account] += 1
            all_names[account][name] += 1
            if handle == account:
                own[account][name] += 1
    result = {}
    claimed = Counter(counts.most_common(1)[0][0] for counts in all_names.values())
    for account, total in totals.items():
        counts = own[account] if any(handles) else all_names[account]
        if not counts:
            continue
        name, count = counts.most_common(1)[0]
        share = counts.total() if any(handles) else count
        if share > total * _OWN and (any(handles) or claimed[name] == 1):
            result[account] = name
    return result
