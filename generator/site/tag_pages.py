"""What pages tell of tags: a brand's terms in the order they are read, and how right terms were."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from generator.insights.posting.shares import Shares
from generator.report.model import Report
from generator.tags.calibration import Measured, load_calibration
from generator.tags.hierarchy import load_hierarchy

#: Rows of the table of what gets likes.
_MOST_SUBJECTS = 20


def list_tag_functions(report: Report) -> dict[str, Callable[..., Any]]:
    """Return what the templates call."""
    return {
        "told_subjects": lambda: order_subjects(report),
        "benchmark_columns": lambda brand: order_beside(report, brand),
        "told_terms": lambda brand: order_terms(report, brand),
        "largest_of": _find_widest,
        "tagged_posts": lambda: sum(1 for image in report.images if image.tags),
        "measured_terms": lambda: list_measured(report.lang),
    }


def order_terms(report: Report, brand: int) -> list[int]:
    """Return the columns of a brand's tag shares that are told: those that surely differ first, then the frequent."""
    found = report.insights.tag_shares if report.insights else None
    if found is None:
        return []
    shares = found.shares
    columns = np.flatnonzero(~shares.withheld[brand]).tolist()
    return sorted(columns, key=lambda column: (not shares.marked[brand, column], -shares.share[brand, column]))


def order_beside(report: Report, brand: int) -> list[int]:
    """Return the columns of a benchmark's terms that tell something of a brand, the most frequent first."""
    shows = report.benchmark.shows if report.benchmark else None
    if shows is None:
        return []
    columns = np.flatnonzero(~np.isnan(shows.ratio[brand])).tolist()
    return sorted(columns, key=lambda column: -shows.rate[brand, column])


def order_subjects(report: Report) -> list[int]:
    """Return the subjects whose likes are told of all brands: those found first, then the frequent, up to a limit."""
    figures = report.subject_level.figures
    if figures is None or figures.engagement is None:
        return []
    found = figures.engagement
    marked = {effect.cluster for effect in found.findings}
    shown = [at for at in range(len(report.subjects)) if not found.pooled_withheld[at] or at in marked]
    return sorted(shown, key=lambda at: (at not in marked, -found.pooled_posts[at]))[:_MOST_SUBJECTS]


def list_measured(lang: str) -> list[tuple[str, Measured]]:
    """Return the terms that were measured, by name, in the order of the tree."""
    measured = load_calibration().measured
    return [(term.name(lang), measured[term.key]) for term in load_hierarchy().terms if term.key in measured]


def _find_widest(shares: Shares, brand: int, columns: Sequence[int]) -> float:
    """Return the share that fills a bar."""
    return float(np.nanmax([shares.share[brand, columns], shares.typical[brand, columns]], initial=1e-9))
