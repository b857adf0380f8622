"""Pick what figures of both levels, territories and clusters, say of one brand, without saying it twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Literal

from generator.insights.likes.openings import Opening
from generator.insights.posting.group_shares import LEAST_MEMBERS
from generator.insights.posting.white_space import OwnGround, WhiteSpace
from generator.report.model import Group, Level, Report
from generator.report.subject_records import SubjectLevel

Cell = WhiteSpace | OwnGround | Opening


def list_levels(report: Report, record: Literal["engagement", "drift"], brand: int) -> list[Level | SubjectLevel]:
    """Return the levels in which a record of figures compares something of a brand, subjects last."""
    found: list[Level | SubjectLevel] = []
    for level in report.levels:
        figures = getattr(level.figures, record) if level.figures else None
        if figures is not None and not figures.withheld[brand].all():
            found.append(level)
    subjects = report.subject_level
    figures = getattr(subjects.figures, record) if subjects.figures else None
    if figures is not None and not figures.withheld[brand].all():
        found.append(subjects)
    return found


def list_grouped(report: Report) -> list[Level]:
    """Return the levels in which brands are set beside their groups."""
    return [level for level in report.levels if level.figures and level.figures.group_shares]


def list_told_groups(report: Report) -> list[int]:
    """Return the positions of the groups of brands that are large enough to have a median brand."""
    levels = list_grouped(report)
    found = levels[0].figures.group_shares if levels and levels[0].figures else None
    return sorted({int(place) for place in found.group if place >= 0}) if found else []


def count_small_groups(report: Report) -> dict[int, int]:
    """Return the number of brands of each group that is too small for a brand to be set beside it, by its position."""
    sizes = Counter(place for place in report.group_of if place >= 0)
    return {place: size for place, size in sorted(sizes.items()) if size < LEAST_MEMBERS}


def list_cells(
    report: Report, record: Literal["white_space", "own_ground", "openings"], brand: int
) -> list[tuple[Group, Cell]]:
    """Return what a record has on a brand, with the group of each: territories, then clusters in none of these."""
    told: set[int] = set()
    found: list[tuple[Group, Cell]] = []
    for level in report.levels:
        for cell in _of_brand(level, record, brand):
            if level.name == "territory":
                told.add(cell.cluster)
            elif report.clusters[cell.cluster].territory in told:
                continue
            found.append((level.groups[cell.cluster], cell))
    return found


def _of_brand(level: Level, record: str, brand: int) -> Iterator[Cell]:
    for cell in getattr(level.figures, record) if level.figures else ():
        if cell.brand == brand:
            yield cell
