"""Draw values over time, with their bands, as the paths of a small SVG."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

#: Size of a drawing, in its own units.
WIDTH, HEIGHT = 320, 96
#: A point by itself is drawn as a stroke of this length.
_DOT = 3.0

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Curve:
    """A line and the band about it, as SVG path data in a box of WIDTH × HEIGHT."""

    line: str
    band: str
    width: int = WIDTH
    height: int = HEIGHT


def draw_curve(middle: Sequence[float], low: Sequence[float], high: Sequence[float], top: float) -> Curve:
    """Return the curve through t values, evenly apart in time, from 0 at the lower edge to `top` at the upper.

    A value that is not finite is a gap. Ends of the band beyond the edges are cut off.
    """
    runs = list(_find_runs(middle))
    if not top > 0 or not runs:
        return Curve("", "")
    line = " ".join(_trace(_place(middle, run, top)) for run in runs)
    bands = []
    for run in runs:
        upper = _place(high, [index for index in run if math.isfinite(high[index])], top)
        lower = _place(low, [index for index in run if math.isfinite(low[index])], top)
        if len(upper) > 1 and len(lower) > 1:
            bands.append(f"{_trace([*upper, *reversed(lower)])}Z")
    return Curve(line, " ".join(bands))


def _find_runs(values: Sequence[float]) -> Iterator[list[int]]:
    """Yield the positions of finite values that follow one another."""
    run: list[int] = []
    for index, value in enumerate(values):
        if math.isfinite(value):
            run.append(index)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _place(values: Sequence[float], run: Sequence[int], top: float) -> list[Point]:
    step = WIDTH / max(len(values) - 1, 1)
    return [(index * step, HEIGHT * (1 - min(max(values[index] / top, 0), 1))) for index in run]


def _trace(points: Sequence[Point]) -> str:
    if len(points) == 1:
        x, y = points[0]
        left = min(max(x - _DOT / 2, 0), WIDTH - _DOT)
        points = [(left, y), (left + _DOT, y)]
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
