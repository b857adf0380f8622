"""Find the richest edition within a limit: try grades from rich to lean, by estimates of their sizes first."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar

from generator.errors import SettingsError

Content = TypeVar("Content")


@dataclass(frozen=True, slots=True)
class Grade:
    """A degree of richness: sizes in pixels, qualities of WebP from 0 to 100.

    `cell` is an image's side at the map's deepest level. The others are longest sides: `shown` of pictures on pages,
    `other` of pictures that only the viewer shows, `overview` of the small picture of a mosaic. Without marks the
    viewer still tells how near two images are, but does not light up where they are alike.
    """

    cell: int
    tile_quality: int
    shown: int
    other: int
    picture_quality: int
    overview: int
    has_marks: bool = True
    has_workbook: bool = True


#: From rich to lean, each about a tenth smaller than the one before. Pictures on pages shrink last, since readers look
#: at them longest; the workbook is left out only in the leanest.
GRADES = (
    Grade(128, 85, 400, 400, 85, 600),
    Grade(128, 82, 400, 400, 80, 600),
    Grade(128, 80, 400, 400, 75, 600),
    Grade(128, 78, 400, 360, 72, 600),
    Grade(128, 75, 360, 360, 70, 560),
    Grade(128, 72, 360, 320, 68, 560),
    Grade(128, 70, 360, 320, 64, 520),
    Grade(128, 70, 320, 320, 62, 520),
    Grade(128, 68, 320, 288, 60, 480),
    Grade(128, 65, 320, 256, 58, 480),
    Grade(128, 62, 288, 256, 55, 480),
    Grade(128, 58, 288, 240, 52, 440),
    Grade(128, 54, 272, 208, 50, 440),
    Grade(64, 80, 288, 240, 55, 440, has_marks=False),
    Grade(64, 78, 288, 224, 52, 400, has_marks=False),
    Grade(64, 76, 272, 208, 50, 400, has_marks=False),
    Grade(64, 74, 256, 208, 48, 400, has_marks=False),
    Grade(64, 72, 256, 192, 45, 360, has_marks=False),
    Grade(64, 70, 240, 176, 44, 360, has_marks=False),
    Grade(64, 68, 224, 160, 42, 360, has_marks=False),
    Grade(64, 65, 208, 144, 40, 320, has_marks=False),
    Grade(64, 62, 192, 128, 38, 320, has_marks=False),
    Grade(64, 58, 176, 112, 36, 320, has_marks=False),
    Grade(64, 52, 160, 96, 34, 280, has_marks=False),
    Grade(64, 46, 144, 96, 30, 280, has_marks=False),
    Grade(64, 40, 128, 80, 28, 240, has_marks=False),
    Grade(64, 36, 120, 72, 26, 200, has_marks=False),
    Grade(64, 30, 112, 64, 24, 200, has_marks=False),
    Grade(32, 60, 112, 64, 24, 200, has_marks=False),
    Grade(32, 55, 112, 64, 24, 200, has_marks=False, has_workbook=False),
    Grade(32, 48, 104, 64, 22, 200, has_marks=False, has_workbook=False),
    Grade(32, 42, 96, 64, 20, 200, has_marks=False, has_workbook=False),
    Grade(32, 35, 80, 48, 16, 160, has_marks=False, has_workbook=False),
)


@dataclass(frozen=True, slots=True)
class Edition(Generic[Content]):
    """A finished edition: its grade, content and size in bytes, and the bytes that each part takes."""

    grade: Grade
    content: Content
    total: int
    parts: Mapping[str, int]


def fit_edition(
    limit: int, guess: Callable[[Grade], float], make: Callable[[Grade], Edition[Any]], title: str
) -> Edition[Any]:
    """Return the richest edition of at most `limit` bytes.

    Makes the richest grade whose estimated size fits. Then goes down until the real size fits, or up while estimates,
    corrected by the last real size, fit. Raises SettingsError, which calls the edition `title`, if the leanest does
    not fit.
    """
    guess = cache(guess)
    first = bisect_left(GRADES, -limit, hi=len(GRADES) - 1, key=lambda grade: -int(guess(grade)))
    for position in range(first, len(GRADES)):
        edition = make(GRADES[position])
        if edition.total <= limit:
            # after the first, the grade above was just too large
            return edition if position > first else _enrich(edition, limit, guess, make)
    least = _round_up(edition.total)
    raise SettingsError(
        f"{title} of this report takes at least {least}; --max-size allows {_round_up(limit)}.",
        f"Allow more with --max-size {least.replace(' ', '')}, or build a report of fewer posts.",
    )


def _enrich(
    edition: Edition[Any], limit: int, guess: Callable[[Grade], float], make: Callable[[Grade], Edition[Any]]
) -> Edition[Any]:
    for richer in reversed(GRADES[: GRADES.index(edition.grade)]):
        # sizes are whole bytes
        if round(guess(richer) * edition.total / max(1, guess(edition.grade))) > limit:
            break
        tried = make(richer)
        if tried.total > limit:
            break
        edition = tried
    return edition


def _round_up(size: int) -> str:
    """Return a size as people read it and --max-size takes it, rounded up."""
    return f"{-(-size // 100_000) / 10} MB" if size >= 1_000_000 else f"{-(-size // 1_000)} KB"
