"""What every slide needs to speak: the report, the deck's language, and the brands it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TypeVar

from generator.language import Language
from generator.site.drawings import floor_ratio
from generator.slides.names import translate_terms
from generator.slides.records import Box, Line, Picture, Words
from generator.slides.source import Group, Post, ReportSource, Row, is_bound, number, read_day

Item = TypeVar("Item")

#: Letters of a caption in the alternative text of a picture.
_CAPTION = 90


@dataclass(frozen=True)
class Telling:
    """A report to be told in `language`; `chosen` are the brands the deck is about, none for all of them."""

    source: ReportSource
    language: Language
    chosen: tuple[Group, ...] = ()

    @property
    def brands(self) -> Sequence[Group]:
        """The brands with slides of their own."""
        return self.chosen or self.source.brands

    def is_about(self, brand: str | None) -> bool:
        """Return whether a brand's key, or None for no brand, belongs into the deck."""
        return brand is None or not self.chosen or any(group.key == brand for group in self.chosen)

    def name(self, key: str | None) -> str:
        """Return the name of a brand, cluster or territory by its key."""
        group = self.source.groups.get(key or "")
        return group.name if group else key or ""

    def term(self, key: str | None) -> str:
        """Return the name in the deck's language of what images show, by its key; "" for an unknown one."""
        return self._terms.get(key or "", "")

    @cached_property
    def _terms(self) -> Mapping[str, str]:
        return translate_terms(self.source, self.language)

    def picture(self, role: str, post: Post, box: Box | None = None) -> Picture:
        """Return a post's picture for a place, with its alternative text."""
        _ = self.language.gettext
        brand = self.name(post.brand)[:60]
        if not post.caption:
            return Picture(role, post.picture, _("Post by %(brand)s") % {"brand": brand}, box)
        said = post.caption if len(post.caption) <= _CAPTION else post.caption[: _CAPTION - 1].rstrip() + "…"
        return Picture(role, post.picture, _("Post by %(brand)s: %(caption)s") % {"brand": brand, "caption": said}, box)

    def sheet(self, lead: str, posts: Sequence[Post]) -> list[Picture]:
        """Return pictures for the places `lead`0, `lead`1 and on."""
        return [self.picture(f"{lead}{place}", post) for place, post in enumerate(posts)]

    def posts(self, count: int) -> str:
        """Return a number of posts in words."""
        told = self.language.ngettext("%(count)s post", "%(count)s posts", count)
        return told % {"count": self.language.number(count)}

    def times(self, ratio: float) -> str:
        """Return a ratio as a figure: 3.1×."""
        return self.language.gettext("%(ratio)s×") % {"ratio": self.language.ratio(ratio)}

    def floor(self, row: Row) -> float:
        """Return what a ratio is at least whose upper end is not known; of more than ten times no more is said."""
        return floor_ratio(number(row, "low_if_picked") or number(row, "low") or 0.0)

    def at_least(self, row: Row) -> str:
        """Return what a ratio is at least, as a figure: ≥ 10×, or > 1× if no more is known."""
        if self.floor(row) <= 1:
            return self.language.gettext("> %(ratio)s×") % {"ratio": self.language.number(1)}
        return self.language.gettext("≥ %(ratio)s×") % {"ratio": self.language.ratio(self.floor(row))}

    def ratio_of(self, row: Row, column: str) -> str:
        """Return a ratio with its interval, or what it is at least: 3.6× (2.7 to 4.9), ≥ 10×; "" without one."""
        ratio = number(row, column)
        if ratio is None:
            return ""
        if is_bound(row):
            return self.at_least(row)
        said = {"ratio": self.times(ratio), "ends": self.range_of(row)}
        return self.language.gettext("%(ratio)s (%(ends)s)") % said if said["ends"] else said["ratio"]

    def points(self, change: float) -> str:
        """Return a change of a share in percentage points, with its sign."""
        return self.language.points(change)

    def range_of(self, row: Row, shares: bool = False) -> str:
        """Return the interval of a row, its ends as ratios or as `shares`; "" without both ends."""
        low, high = number(row, "low"), number(row, "high")
        if low is None or high is None:
            return ""
        say = self.language.percent if shares else self.language.ratio
        return self.language.gettext("%(low)s to %(high)s") % {"low": say(low), "high": say(high)}


def name_period(telling: Telling, start: str, unit: str = "month") -> str:
    """Return the month or quarter that begins on the day `start`, in words."""
    day = read_day(start)
    if day is None:
        return start
    return telling.language.period((day.replace(tzinfo=None) - datetime(1970, 1, 1)).days, unit)


def words(role: str, *lines: Line | str) -> Words:
    """Return lines for a place; empty ones are left out."""
    made = [Line(line) if isinstance(line, str) else line for line in lines]
    return Words(role, tuple(line for line in made if line.text))


def split(items: Sequence[Item], size: int) -> list[Sequence[Item]]:
    """Return items in parts of `size`, the last one smaller."""
    return [items[start : start + size] for start in range(0, len(items), size)]


def spread(items: Sequence[Item], most: int) -> list[Sequence[Item]]:
    """Return items in as few parts of at most `most` as there can be, all about as large."""
    parts = -(-len(items) // most)
    return split(items, -(-len(items) // parts)) if parts else []
