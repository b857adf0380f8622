"""The table of the values of fields: other columns of the spreadsheet, brand by brand."""

from __future__ import annotations

from collections.abc import Iterator

from generator.report.model import Report
from generator.site.tables.compared import COUNTED, JUDGED, count_cell, judge_cell
from generator.site.tables.table import Table
from generator.site.tables.values import Row


def _tabulate_fields(report: Report) -> Iterator[Row]:
    """List every brand with every value that is compared. Withheld ratios and an infinite over-index are left out."""
    for found in report.insights.field_shares if report.insights else ():
        field = report.find_field(found.field)
        for row, brand in enumerate(report.brands):
            for column, value in enumerate(found.values):
                yield (
                    *(brand.name, brand.key, field.name, field.key, field.categories[value]),
                    *count_cell(found.shares, row, column),
                    *judge_cell(report, found.shares, row, column, found.field),
                )


FIELDS = (
    Table(
        "field_shares",
        ("brand", "brand_key", "field", "field_key", "value", *COUNTED, *JUDGED),
        _tabulate_fields,
        (22, 18, 18, 12, 18),
    ),
)
