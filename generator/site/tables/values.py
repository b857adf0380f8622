"""Write the values of tables: numbers, times and marks, as CSV, workbook and JSON can hold them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from generator.spreadsheet.fields import FieldValue

Value = str | int | float | None
Row = Sequence[Value]

#: Columns that name a brand and a cluster, or a territory if the level says so.
CELL = ("brand", "brand_key", "cluster", "cluster_key", "level")
#: Spreadsheets read text that starts so as a formula; in CSV an apostrophe is put before it.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
#: Characters that XML 1.0 cannot hold.
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def finite(value: float | None) -> float | None:
    """Return `value`, or None if it is not finite, since neither JSON nor a workbook can hold it then."""
    return value if value is not None and math.isfinite(value) else None


def shorten(value: float) -> float | None:
    """Return `value` to six significant digits; None if it is not finite."""
    return float(f"{float(value):.6g}") if math.isfinite(value) else None


def mark(is_so: object) -> str:
    """Return "yes", or nothing."""
    return "yes" if is_so else ""


def write_field(value: FieldValue) -> Value:
    """Return the value of a field; whole numbers without a fraction."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def write_time(moment: datetime | None) -> str | None:
    """Return a time to the second in ISO 8601, or None."""
    return moment.replace(microsecond=0).isoformat() if moment else None


def write_day(days: float) -> str | None:
    """Return a day, given since 1970, in ISO 8601; None if it is not known."""
    return (datetime(1970, 1, 1) + timedelta(days=days)).date().isoformat() if math.isfinite(days) else None
