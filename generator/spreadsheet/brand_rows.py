"""The brand of each row as the rows themselves give it: in a column, once for each group, or on rows between."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile

from generator.spreadsheet.place_names import find_name
from generator.spreadsheet.rows import SheetRows
from generator.spreadsheet.summary_rows import is_address
from generator.spreadsheet.values.cells import Cell, cell_text, is_blank
from generator.text import clean_line

#: Groups of which each may have as few as two posts.
_FEWEST_PAIRS = 3
_LONGEST_NAME = 60
_MOST_WORDS = 8
#: What spreadsheets and programs write where there is nothing.
_NOTHING = frozenset(
    "- – — ? n/a nan null undefined #n/a #nv #n/d #ref! #bezug! #value! #wert! #valeur! #name? #nom? "  # noqa: SIM905
    "(blank) (vide)".split()
)


@dataclass(frozen=True, slots=True)
class BrandNames:
    """The brand of each row as it is written, "" where none is."""

    names: list[str]
    origin: str  # a key of brand_sources.BRAND_SOURCES
    dividers: frozenset[int] = frozenset()  # positions of rows that only name the brand of the rows below
    broken: frozenset[str] = frozenset()  # names that have several lines where they stand
    notes: frozenset[int] = frozenset()  # positions of rows of one text in the column of images, which is no image

    @property
    def posts(self) -> list[int]:
        """The positions of rows that are to be posts."""
        return [row for row in range(len(self.names)) if row not in self.dividers and row not in self.notes]


def read_brand_rows(rows: SheetRows) -> BrandNames | None:
    """Return the brand of each row; None if no row says it.

    A name on a row of its own, or beside the first post of a group, stands for the posts below it if most of these have
    none, and no name comes back later. Blank cells of a column that is mostly full stay blank.
    """
    written = [_read_name(rows.pick("brand", row)[0]) for row in range(len(rows.numbers))]
    dividers = _find_dividers(rows, written)
    posts = [row for row in range(len(written)) if row not in dividers]
    if not dividers and not any(written[row] for row in posts):
        return None
    broken = frozenset(_find_broken(rows)) if "brand" in rows.columns else frozenset()
    blank = sum(not written[row] for row in posts)
    groups = len(posts) - blank + len(dividers)
    if not blank or blank < groups + (groups < _FEWEST_PAIRS):
        origin = "folder" if rows.sheet.source.kind == "images" else "column"
        return BrandNames(written, origin, frozenset(dividers), broken)
    title = _find_title(rows) if dividers else ""
    if len(dividers) == 1 and posts[0] < min(dividers) and not title and not any(written):
        return None  # a remark as likely as a brand
    filled = _fill_down(written, dividers, title)
    if filled is None:
        return BrandNames(written, "column", frozenset(dividers), broken)
    return BrandNames(filled, "divider" if dividers else "above", frozenset(dividers), broken)


def find_notes(rows: SheetRows) -> frozenset[int]:
    """Return the positions of rows whose only cell is a text in the column of images, where all others are addresses.

    Such rows head groups of posts: "January", "New".
    """
    alone = [row for row, text in enumerate(rows.alone) if text]
    if not alone:
        return frozenset()
    cells = [rows.pick("thumbnail", row)[0] for row in range(len(rows.numbers))]
    found = frozenset(row for row in alone if not is_blank(cells[row]) and not is_address(cells[row]))
    others = [cell for row, cell in enumerate(cells) if row not in found and not is_blank(cell)]
    return found if others and all(map(is_address, others)) else frozenset()


def _read_name(cell: Cell) -> str:
    name = clean_line(cell_text(cell))
    return "" if name.casefold() in _NOTHING else name


def _find_broken(rows: SheetRows) -> Iterator[str]:
    for row in range(len(rows.numbers)):
        cell = rows.pick("brand", row)[0]
        if isinstance(cell, str) and "\n" in cell.strip():
            yield _read_name(cell)


def _find_dividers(rows: SheetRows, written: Sequence[str]) -> dict[int, str]:
    """Return position -> name of rows whose only cell is a brand's name, right above a post that has none."""
    candidates = {row: name for row, text in enumerate(rows.alone) if text and (name := _as_divider(rows, row, text))}
    if not candidates:
        return {}
    thumbnails = [rows.pick("thumbnail", row)[0] for row in range(len(written))]
    others = [cell for row, cell in enumerate(thumbnails) if row not in candidates and not is_blank(cell)]
    if not all(map(is_address, others)):  # texts in the column of images may be images too
        candidates = {row: name for row, name in candidates.items() if is_blank(thumbnails[row])}
    return {
        row: name
        for row, name in candidates.items()
        if row + 1 < len(written)
        and row + 1 not in candidates
        and not is_blank(thumbnails[row + 1])
        and not written[row + 1]
    }


def _as_divider(rows: SheetRows, row: int, text: str) -> str:
    """Return the brand that a row's only text names; "" if it is an image, a sentence or says nothing."""
    thumbnail = rows.pick("thumbnail", row)[0]
    short = len(text) <= _LONGEST_NAME and len(text.split()) <= _MOST_WORDS and not text.endswith((".", ":", "…"))
    if not short or is_address(thumbnail) or is_address(text):
        return ""
    return find_name(text)


def _find_title(rows: SheetRows) -> str:
    """Return the brand that the last line above the headers names, for the posts above the first divider."""
    above = takewhile(lambda row: row[0] < rows.sheet.header_row, rows.sheet.table.rows())
    titles = [clean_line(cell_text(filled[0])) for _, cells in above if len(filled := _filled(cells)) == 1]
    return find_name(titles[-1]) if titles and len(titles[-1]) <= _LONGEST_NAME else ""


def _filled(cells: Sequence[Cell]) -> list[Cell]:
    return [cell for cell in cells if not is_blank(cell)]


def _fill_down(written: Sequence[str], dividers: dict[int, str], title: str) -> list[str] | None:
    """Return the brand of each row by the nearest name above it.

    None if the names are not of groups: the first post has none above it, or one that stands beside a post comes back.
    """
    current = title
    seen = {title.casefold()}
    filled: list[str] = []
    for row, name in enumerate(written):
        found = dividers.get(row) or name
        if found and found.casefold() != current.casefold():
            if found.casefold() in seen and row not in dividers:
                return None
            seen.add(found.casefold())
            current = found
        if not current and not dividers:
            return None
        filled.append(found if row in dividers else name or current)
    return filled
