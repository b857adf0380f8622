"""Where things go on a slide: in Brandscape's own layouts, or in those of a template."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from generator.language import Language
from generator.slides import grid
from generator.slides.grid import LAYOUTS, Style
from generator.slides.house import find_area, fit_box, open_house, surround
from generator.slides.master import make_presentation
from generator.slides.records import Box, Kind

#: Roles that a template has no room for above its titles.
_ABOVE = frozenset({"label"})
#: Kinds whose pictures keep their proportions.
_PICTURED = frozenset({"map", "finding", "groups2", "groups3", "groups4", "brand", "pair", "changes"})
#: Height of the line with the link, at the foot of a template's slide, in inches.
_LINK_HEIGHT = 0.28


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on a slide: its box, how its text is set, and its placeholder's index, None for a plain box."""

    box: Box
    style: Style
    index: int | None


@dataclass(frozen=True, slots=True)
class Stage:
    """A presentation to put slides into, and its layouts by kind; `is_own` for Brandscape's own."""

    presentation: Any
    layouts: Mapping[Kind, Any]
    is_own: bool
    areas: dict[Kind, tuple[Box, Box]] = field(default_factory=dict)

    def find(self, kind: Kind, role: str) -> Spot | None:
        """Return the place of a role; None if it has none here."""
        place = LAYOUTS[kind].get(role)
        if place is None:
            return None
        if self.is_own:
            return Spot(place.box, place.style, place.index)
        if role in _ABOVE or (kind == "title" and role in ("picture", "link")):
            return None
        if role == "link":
            area = find_area(self.presentation, self.layouts[kind])
            box = Box(area.x, area.y + area.height - _LINK_HEIGHT, area.width, _LINK_HEIGHT)
            return Spot(box, place.style, None)
        box = self.carry(kind, place.box)
        scale = min(1.0, box.width / place.box.width, box.height / place.box.height)
        size, least = (max(9.0, round(value * scale)) for value in (place.style.size, place.style.least))
        return Spot(box, replace(place.style, size=size, least=min(size, least)), None)

    def carry(self, kind: Kind, box: Box) -> Box:
        """Return a box of the grid as it lies on this stage; places of pictures keep their proportions."""
        if self.is_own:
            return box
        if kind not in self.areas:
            area = find_area(self.presentation, self.layouts[kind])
            area = replace(area, height=area.height - _LINK_HEIGHT)
            self.areas[kind] = surround(_list_boxes(kind)), area
        return fit_box(box, *self.areas[kind], even=kind in _PICTURED)

    def scale(self, kind: Kind) -> float:
        """Return how much smaller the text of a table or chart must be here, at most 1."""
        box = grid.TABLE if kind == "table" else grid.CHART
        carried = self.carry(kind, box)
        return min(1.0, carried.width / box.width, carried.height / box.height)


def open_stage(template: Path | None, language: Language) -> Stage:
    """Return a stage with Brandscape's own layouts, or those of `template`.

    Raises SettingsError if the template lacks one that is needed.
    """
    if template is None:
        return Stage(*make_presentation(language), is_own=True)
    return Stage(*open_house(template), is_own=False)


def _list_boxes(kind: Kind) -> list[Box]:
    """Return all boxes of a kind below its title."""
    above = {"title", "label", "link", *(("subtitle",) if kind == "title" else ())}
    boxes = [place.box for role, place in LAYOUTS[kind].items() if role not in above]
    boxes += [grid.TABLE] if kind == "table" else [grid.CHART] if kind == "chart" else []
    if kind == "brand":
        boxes += [*grid.PALETTES.values(), grid.PLOTS["shares"]]
    if kind == "curves":
        boxes += [box for role, box in grid.PLOTS.items() if role.startswith("curve")]
    return boxes or [grid.TABLE]
