"""One pass over the rows of a sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice

from generator.spreadsheet.headers import normalise_header
from generator.spreadsheet.near_misses import SAMPLE
from generator.spreadsheet.sheets import Sheet
from generator.spreadsheet.spellings import find_handle
from generator.spreadsheet.summary_rows import is_address, is_bare, is_counted, is_sum_word, is_summary
from generator.spreadsheet.values.cells import Cell, cell_text, is_blank
from generator.text import clean_line

#: Of rows beyond this one only some are looked at for columns that are not used.
_SPARSE = 2000
#: Headers of columns that number the rows; pandas' "Unnamed: 0" among them.
_ROW_NUMBERS = frozenset({"", "unnamed0", "index", "row", "no", "nr", "num", "number", "lfdnr", "ligne"})
#: Characters kept of a text in a column that may be a field.
_KEPT = 400


class SheetReading:
    """The rows of a sheet while they are read. The lists have an entry for each row."""

    def __init__(self, sheet: Sheet, candidates: Mapping[str, Sequence[Sequence[int]]], others: Sequence[int]) -> None:
        self._fields = sorted({column for groups in candidates.values() for group in groups for column in group})
        self._others = others
        self.wanted = [*self._fields, *others]
        self._texts: dict[str, str] = {}  # each text of other columns once
        self.filled: Counter[int] = Counter()  # rows with a value, by column
        self.numbers: list[int] = []
        self.rows: list[list[Cell]] = []
        self.alone: list[str] = []
        self.sample: list[Sequence[Cell]] = []
        self.blank = list(range(len(sheet.headers)))  # columns in which no value was seen
        self._images = frozenset(column for group in candidates.get("thumbnail", ()) for column in group)
        self._brands = sorted({column for group in candidates.get("brand", ()) for column in group})
        self._names: set[str] = set()  # in the brand columns of rows that have an image
        self._suspects: dict[int, str] = {}  # places of rows that look like totals or notes: the name they would be
        self._bare: set[int] = set()  # places of rows of numbers alone
        self._last = -1  # place of the last row with an image

    def take(self, number: int, cells: Sequence[Cell]) -> None:
        """Read a row."""
        place, width = len(self.numbers), len(cells)
        row = [cells[column] if column < width else None for column in self._fields]
        row += [self._shorten(cells[column]) if column < width else None for column in self._others]
        if any(column < width and is_address(cells[column]) for column in self._images):
            suspect = False
        else:
            suspect = is_summary(cells, self._images)
        if suspect:
            first = next(cell for cell in cells if not is_blank(cell))
            self._suspects[place] = cell_text(first).casefold().strip() if is_sum_word(first) else ""
        else:
            for column, cell in zip(self._fields, row, strict=False):
                if not is_blank(cell):
                    self.filled[column] += 1
            if all(column >= width or is_blank(cells[column]) for column in self._images):
                self._bare.update([place] if is_bare(cells) else [])
            else:
                self._last = place
                self._names.update(
                    cell_text(cells[column]).casefold().strip() for column in self._brands if column < width
                )
            self._look(place, cells)
        self.numbers.append(number)
        self.rows.append(row)
        self.alone.append(_find_alone(cells))

    def _shorten(self, cell: Cell) -> Cell:
        """Return a cell that takes little memory: few characters, and equal texts once."""
        return self._texts.setdefault(text := str(cell)[:_KEPT], text) if isinstance(cell, str) else cell

    def _look(self, place: int, cells: Sequence[Cell]) -> None:
        """Keep some rows, and note which columns have values; later rows are only looked at now and then."""
        if len(self.sample) < SAMPLE and (place < SAMPLE // 2 or place % _SPARSE == 0):
            self.sample.append(cells)
        if place < _SPARSE or place % 10 == 0:
            self.blank = [column for column in self.blank if column >= len(cells) or is_blank(cells[column])]

    def counts_rows(self, column: int, header: str) -> bool:
        """Return whether a column holds the numbers of the rows, as pandas writes them, and says no more than that."""
        if header and normalise_header(header) not in _ROW_NUMBERS:
            return False
        values = [cell_text(row[column]) for row in self.sample[: SAMPLE // 2] if column < len(row)]
        return values[:1] in (["0"], ["1"]) and values == [str(int(values[0]) + place) for place in range(len(values))]

    def find_summaries(self) -> set[int]:
        """Return the places of rows of totals and notes.

        They are those that look so, and lone texts and numbers below all images.

        A name that has images elsewhere is a brand, even if it is "Total".
        """
        found = {place for place, name in self._suspects.items() if name not in self._names}
        if self._last >= 0:
            below = range(self._last + 1, len(self.alone))
            alone = (place for place in below if self.alone[place])
            found |= {place for place in alone if self.alone[place].casefold() not in self._names}
            found |= {place for place in self._bare if place > self._last}
        return found


def _find_alone(cells: Sequence[Cell]) -> str:
    """Return the only text of a row, beside which one may count posts or name an account; "" for other rows."""
    filled = list(islice((cell for cell in cells if not is_blank(cell)), 3))
    if not filled or len(filled) > 2:
        return ""
    if len(filled) == 2 and not (
        isinstance(filled[0], str) and (is_counted(filled[1]) or find_handle(cell_text(filled[1])[:300]))
    ):
        return ""
    return clean_line(cell_text(filled[0]))
