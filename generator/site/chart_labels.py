"""Place names beside the points of a small drawing, so that none hides another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

#: Width of a letter and height of a line, in font sizes; on the wide side, since fonts differ.
_LETTER = 0.6
_LINE = 1.25
_GAP = 0.7


@dataclass(frozen=True, slots=True)
class Label:
    """The position of a name: its baseline, and which part of it (`start`, `middle` or `end`) lies at x."""

    x: float
    y: float
    anchor: str


def place_labels(
    points: Sequence[tuple[float, float]],
    names: Sequence[str],
    size: float,
    width: float,
    height: float,
    above: tuple[float, float] = (0, 0),
) -> list[Label]:
    """Return a label for each point of a drawing of `width` x `height`, all in pixels, in a font of `size`.

    `above` is the width and height of what stands above each name, aligned as the name is. Right, left, below and above
    are tried in this order. The first position that is inside and free of points and earlier labels is taken, else the
    one that covers least.
    """
    taken = [(x - size / 2, y - size / 2, x + size / 2, y + size / 2) for x, y in points]
    labels = []
    for index, (x, y) in enumerate(points):
        long, high = max(len(names[index]) * _LETTER * size, above[0]), above[1] + _LINE * size
        gap = _GAP * size
        others = taken[:index] + taken[index + 1 :]
        beside = y + above[1] / 2 + 0.35 * size
        places = [
            (Label(x + gap, beside, "start"), x + gap, y - high / 2),
            (Label(x - gap, beside, "end"), x - gap - long, y - high / 2),
            (Label(x, y + gap + above[1] + size, "middle"), x - long / 2, y + gap),
            (Label(x, y - gap, "middle"), x - long / 2, y - gap - high),
        ]
        costs = []
        for _, left, top in places:
            box = (left, top, left + long, top + high)
            outside = _area(box) - _overlap(box, (0, 0, width, height))
            costs.append(10 * outside + sum(_overlap(box, other) for other in others))
        best = costs.index(min(costs))
        label, left, top = places[best]
        taken.append((left, top, left + long, top + high))
        labels.append(label)
    return labels


_Box = tuple[float, float, float, float]


def _area(box: _Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _overlap(one: _Box, other: _Box) -> float:
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return max(across, 0) * max(down, 0)
