"""Turn figures into what charts show: places on scales, shades, and the map of brands."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from generator.report.model import Group, Report
from generator.site.chart_labels import Label, place_labels
from generator.text import cut_excerpt

#: Over-indexes at which a cell of the share table gets a shade darker.
_HEAT = (1.25, 1.6, 2.2, 3.2, 5.0)
#: The same for overlaps, 1 being what chance gives.
OVERLAP_HEAT = (0.2, 0.4, 0.7, 1.0, 1.5)
#: The most that "at least so many times" says. What rivals hardly post has no ratio worth telling.
_AT_LEAST = 10.0
#: Height and greatest width of the map of brands, in pixels, and the margins kept free for names and pictures.
_MAP_HEIGHT, _MAP_WIDTH = 480, 960
_MAP_MARGIN = (170, 44)
#: Pictures of a brand on that map where it has at most so many brands, the width of one, and what parts two.
_PICTURES = ((8, 3, 52), (20, 1, 36))
_PARTING = 2


@dataclass(frozen=True, slots=True)
class BrandDrawing:
    """The map of brands, in pixels: each brand with its point, the position of its name and of its pictures.

    `strip` is the width and height of `pictures` pictures side by side, the corner of which is a mark's last part.
    """

    width: float
    height: float
    pictures: int
    strip: tuple[float, float]
    marks: Sequence[tuple[Group, float, float, Label, tuple[float, float]]]


def place_on_scale(ratio: float, least: float = 0.25, most: float = 4) -> str:
    """Return the position of a ratio on a logarithmic line from `least` to `most`, from 0 to 1."""
    position = math.log(ratio / least, most / least) if ratio > 0 else 0
    return f"{min(max(position, 0), 1):.4f}"


def floor_ratio(ratio: float) -> float:
    """Return what a ratio is at least, in as many digits as are shown; of more than ten times no more is said."""
    return min(math.floor(ratio * 10) / 10, _AT_LEAST)


def grade_heat(ratio: float, steps: Sequence[float] = _HEAT) -> int:
    """Return the shade of a cell, 0 to 5: the number of steps that `ratio` reaches."""
    return sum(ratio >= step for step in steps)


def draw_brand_map(report: Report) -> BrandDrawing:
    """Draw the brands that have a point on the map of brands, on as wide a drawing as they need."""
    assert report.insights is not None
    points = report.insights.brand_map.points
    shown = [index for index in range(len(points)) if math.isfinite(points[index, 0])]
    across, down = (float(abs(points[shown, axis]).max(initial=0)) for axis in (0, 1))
    # one scale for both directions, so that distances are true
    scale = min(
        (_MAP_WIDTH / 2 - _MAP_MARGIN[0]) / max(across, 1e-9), (_MAP_HEIGHT / 2 - _MAP_MARGIN[1]) / max(down, 1e-9)
    )
    width, height = 2 * (scale * across + _MAP_MARGIN[0]), 2 * (scale * down + _MAP_MARGIN[1])
    positions = [(width / 2 + scale * points[index, 0], height / 2 - scale * points[index, 1]) for index in shown]
    names = [cut_excerpt(report.brands[index].name, 28) for index in shown]
    pictures, wide = next((kind[1:] for kind in _PICTURES if len(shown) <= kind[0]), (0, 0))
    strip = (pictures * (wide + _PARTING) - _PARTING, 1.25 * wide) if pictures else (0.0, 0.0)
    labels = place_labels(positions, names, 13, width, height, strip)
    marks = [
        (report.brands[index], *position, label, _place_strip(label, strip))
        for index, position, label in zip(shown, positions, labels, strict=True)
    ]
    return BrandDrawing(width, height, pictures, strip, marks)


def _place_strip(label: Label, strip: tuple[float, float]) -> tuple[float, float]:
    """Return the corner of the pictures above a name of 13 pixels."""
    left = label.x - {"start": 0, "middle": strip[0] / 2, "end": strip[0]}[label.anchor]
    return left, label.y - 13 - strip[1]
