"""Texts of a table that were decoded wrongly before they came into its file, repaired row by row."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from generator.mojibake import is_suspicious, looks_misdecoded, repair_text
from generator.spreadsheet.formats.tables import Row, Table
from generator.spreadsheet.notices import Notice, list_examples
from generator.spreadsheet.values.cells import Cell, LinkedText

_ADDRESS = re.compile(r"\S*(?:://|[\\/]|\.[A-Za-z0-9]{3,4}$)")
#: Examples that are kept for the notices.
_KEPT = 20


@dataclass(slots=True)
class TextRepair:
    """The texts of one table, with the wrongly decoded ones repaired where that is certain.

    An address is repaired only if another text of its row was: a file may really have a name that was decoded wrongly,
    as in an archive unpacked by the wrong program, and then its row names it rightly.
    """

    table: Table
    where: str
    _repaired: int = 0
    _doubtful: int = 0
    _examples: dict[str, list[str]] = field(default_factory=lambda: {"repaired_text": [], "doubtful_text": []})

    def rows(self) -> Iterator[Row]:
        """Yield the rows of the table."""
        self._repaired = self._doubtful = 0
        for number, cells in self.table.rows():
            suspects = [
                place
                for place, cell in enumerate(cells)
                if isinstance(cell, str) and not cell.isascii() and ("\ufffd" in cell or is_suspicious(cell))
            ]
            yield number, self._repair_row(list(cells), suspects) if suspects else cells

    def notices(self) -> Sequence[Notice]:
        """Return the notices of the table, and those of its texts."""
        found = [*self.table.notices()]
        for code, count in (("repaired_text", self._repaired), ("doubtful_text", self._doubtful)):
            if count:
                examples = list_examples(self._examples[code])
                found.append(Notice(code, {"where": self.where, "count": count, "examples": examples}))
        return found

    def _repair_row(self, cells: list[Cell], suspects: Sequence[int]) -> list[Cell]:
        texts = {place: str(cells[place]) for place in suspects}
        addresses = {place for place, text in texts.items() if _ADDRESS.match(text)}
        evident = False
        for place, text in texts.items():
            if place not in addresses and (repaired := repair_text(text)) is not None:
                evident = True
                self._put(cells, place, repaired)
            elif place not in addresses and looks_misdecoded(text):
                self._doubtful += 1
                self._note("doubtful_text", text)
        for place in sorted(addresses):
            if evident and (repaired := repair_text(texts[place])) is not None:
                self._put(cells, place, repaired)
        return cells

    def _put(self, cells: list[Cell], place: int, repaired: str) -> None:
        cell = cells[place]
        self._repaired += 1
        self._note("repaired_text", f"{cell} → {repaired}" if len(repaired) < 25 else repaired)
        cells[place] = LinkedText(repaired, cell.address) if isinstance(cell, LinkedText) else repaired

    def _note(self, code: str, text: str) -> None:
        if len(self._examples[code]) < _KEPT:
            self._examples[code].append(" ".join(text.split()))
