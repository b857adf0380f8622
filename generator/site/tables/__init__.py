"""Lay out the report's figures as tables of one row a fact, for the CSV files, the workbook and report.json."""

from __future__ import annotations

from generator.site.tables.fields import FIELDS
from generator.site.tables.groups import GROUPS
from generator.site.tables.likes import LIKES
from generator.site.tables.looks import LOOKS
from generator.site.tables.looks_over_time import LOOKS_OVER_TIME
from generator.site.tables.over_time import OVER_TIME
from generator.site.tables.posts import IMAGES, POSTS
from generator.site.tables.shares import SHARES
from generator.site.tables.table import Table, make_frame
from generator.site.tables.tags import TAGS
from generator.site.tables.values import FORMULA_STARTS, NOT_XML, Row, Value, finite, shorten, write_field, write_time

__all__ = [
    "FORMULA_STARTS",
    "IMAGES",
    "INSIGHTS",
    "NOT_XML",
    "POSTS",
    "Row",
    "Table",
    "Value",
    "finite",
    "make_frame",
    "shorten",
    "write_field",
    "write_time",
]

#: The tables of figures; a table without rows is left out of a report.
INSIGHTS = (*SHARES, *TAGS, *FIELDS, *GROUPS, *LIKES, *OVER_TIME, *LOOKS_OVER_TIME, *LOOKS)
