"""Where the brand of each row comes from: a column, or what the sheet or the file is called."""

from __future__ import annotations

from dataclasses import dataclass

from generator.spreadsheet.rows import SheetRows
from generator.spreadsheet.values.cells import cell_text
from generator.text import clean_line


@dataclass(frozen=True, slots=True)
class BrandNames:
    """The brand of each row as it is written, "" where none is."""

    names: list[str]
    origin: str  # "column", "sheet", "divider", "above", "file", "folder" or "setting"
    dividers: frozenset[int] = frozenset()  # positions of rows that only name the brand of the rows below


def find_brands(rows: SheetRows) -> BrandNames | None:
    """Return the brand of each row; None if nothing names it."""
    if "brand" not in rows.columns:
        return None
    return BrandNames([clean_line(cell_text(rows.pick("brand", row)[0])) for row in range(len(rows.numbers))], "column")
