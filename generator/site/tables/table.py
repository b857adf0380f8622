"""A table of the report, for the CSV files, the workbook and report.json."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from generator.insights.levels import LevelInsights
from generator.report.model import Level, Report
from generator.site.tables.values import Row

if TYPE_CHECKING:
    from pandas import DataFrame


#: Rows to a frame, where a table comes in several.
_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the report under its name: `<name>.csv`, a sheet, and for all but posts a list in report.json."""

    name: str
    columns: tuple[str, ...]
    rows: Callable[[Report], Iterable[Row]]
    widths: tuple[int, ...]  # of the sheet's first columns, in characters
    further: Callable[[Report], tuple[str, ...]] = lambda report: ()  # columns that only some reports have, the last

    def name_columns(self, report: Report) -> tuple[str, ...]:
        """Return the columns that the table has in `report`."""
        return (*self.columns, *self.further(report))

    def has_rows(self, report: Report) -> bool:
        """Return whether the table of `report` holds anything."""
        return next(iter(self.rows(report)), None) is not None

    def frame(self, report: Report) -> DataFrame:
        """Return the table of `report`, in the form of `make_frame`."""
        return make_frame(self.name_columns(report), self.rows(report))

    def frames(self, report: Report) -> Iterator[DataFrame]:
        """Yield the table of `report` in frames of a few rows each, since that of all images is large."""
        rows = iter(self.rows(report))
        while block := list(islice(rows, _ROWS)):
            yield make_frame(self.name_columns(report), block)


def each_level(report: Report) -> Iterator[tuple[Level, LevelInsights]]:
    """Yield the divisions of the posts that have figures: by territory, if there are any, and by cluster."""
    for level in report.levels:
        if level.figures:
            yield level, level.figures


def make_frame(columns: Sequence[str], rows: Iterable[Row]) -> DataFrame:
    """Return rows as a frame of Python objects: integers stay integers, and a missing value stays None."""
    from pandas import DataFrame, Index

    # pandas' own texts are UTF-8, which cannot hold every text of Python's
    return DataFrame(list(rows), columns=Index(list(columns), dtype="object"), dtype=object)
