"""Tables of a file: rows of plain cells, read from the start as often as needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

from generator.settings.sizes import format_size
from generator.spreadsheet.notices import Notice
from generator.spreadsheet.values.cells import Cell

Row = tuple[int, Sequence[Cell]]

#: Number of fields that a row names if it is a row of headers.
HeaderScore = Callable[[Sequence[Cell]], int]

#: The largest file that is read into memory: a packed workbook, or a .json.
_MOST_BYTES = 500_000_000


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a file. `rows()` reads it from the start: (row number, cells), the first row being 1.

    Row numbers are those that a spreadsheet program shows. In a .csv each record counts one, however many lines a
    quoted text spans, and so does each blank line. Records of .json and .parquet count from 2, as below headers, and so
    do posts of which several lie in a row.
    """

    name: str  # the sheet's; "" if the format has no sheets
    hidden: bool
    rows: Callable[[], Iterator[Row]]
    hidden_rows: Callable[[], Set[int]] = frozenset  # numbers of the rows that a filter or a person hid
    notices: Callable[[], Sequence[Notice]] = tuple  # what reading found; complete once `rows` was read
    days_from_1904: bool = False  # numbers that are dates count days from 1904, as old Excel for Mac wrote them
    pictures: Callable[[], Sequence[int]] = tuple  # columns in which pictures lie, those with most first


def read_whole(path: Path) -> bytes:
    """Return a file's bytes. Raises ValueError if they are too many for memory."""
    if path.stat().st_size > _MOST_BYTES:
        raise ValueError(f"it is larger than {format_size(_MOST_BYTES)}")
    return path.read_bytes()
