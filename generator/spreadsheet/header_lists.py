"""Columns of a sheet that may be fields: those that no known header names."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from generator.spreadsheet.headers import normalise_header

#: Columns that are looked at, beside those that the settings name; exports have hundreds.
_MOST = 40
#: A place in a list, in the header of a nested record: `hashtags/3`.
_IN_LIST = re.compile(r"[/.\[_]\d{1,4}(?:[/.\]_]|$)")
_NESTED = re.compile(r"[/.]")


def field_key(header: str) -> str:
    """Return a header without case, accents, spaces and punctuation, by which columns of several tables are one."""
    return normalise_header(header) or header.strip()


def find_named(headers: Sequence[str], named: Collection[str]) -> list[int]:
    """Return the columns whose headers the settings name."""
    names = set(map(field_key, named))
    return [column for column, header in enumerate(headers) if header and field_key(header) in names]


def list_others(headers: Sequence[str], used: Collection[int], named: Collection[str]) -> list[int]:
    """Return the columns that may be fields, in the sheet's order: those named, plain ones, then those of records.

    Columns `used` hold known fields. They are looked at too, since of several for one field some are not taken. Places
    in lists, such as `hashtags/3`, are left alone unless they are named.
    """
    wanted = find_named(headers, named)
    free = [
        column
        for column, header in enumerate(headers)
        if header and column not in used and column not in wanted and not _IN_LIST.search(header)
    ]
    free.sort(key=lambda column: len(_NESTED.findall(headers[column])))
    return sorted(column for column in {*wanted, *free[:_MOST]} if column not in used)
