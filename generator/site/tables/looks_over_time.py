"""Tables of how alike brands look, period by period."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from generator.report.model import Report
from generator.site.tables.table import Table
from generator.site.tables.values import Row, mark, shorten, write_day


def _tabulate_looks_over_time(report: Report) -> Iterator[Row]:
    """List how often the nearest image is the brand's own, or of a pair the other's, by period, and by chance."""
    looks = report.insights.looks_over_time if report.insights else None
    if looks is None:
        return
    found = {(trend.brand, trend.other) for trend in looks.findings}
    named = [(brand, None) for brand in range(len(report.brands))] + list(looks.pairs)
    shares, low, high = (
        np.concatenate(both)
        for both in (
            (looks.own, looks.mixed),
            (looks.own_low, looks.mixed_low),
            (looks.own_high, looks.mixed_high),
        )
    )
    p = np.concatenate([looks.own_p, looks.mixed_p])
    for row, (one, other) in enumerate(named):
        brand, second = report.brands[one], None if other is None else report.brands[other]
        for period in np.flatnonzero(np.isfinite(shares[row])).tolist():
            yield (
                *(brand.name, brand.key, second.name if second else None, second.key if second else None),
                *(write_day(looks.starts[period]), write_day(looks.starts[period + 1])),
                *(shorten(values[row, period]) for values in (shares, low, high)),
                shorten(looks.chance[one, period]) if other is None else 0.5,
                *(shorten(p[row]), mark((one, other) in found)),
            )


LOOKS_OVER_TIME = (
    Table(
        "looks_over_time",
        (
            "brand", "brand_key", "other", "other_key",
            "from", "to", "share", "low", "high", "chance", "p_adjusted", "finding",
        ),
        _tabulate_looks_over_time,
        (22, 18, 22, 18, 12, 12),
    ),
)  # fmt: skip
