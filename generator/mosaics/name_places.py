"""Find where the names of clusters and territories stand on a mosaic, and from which zoom each has room.

A name is written in one size at every zoom. Each has one place and is shown from one scale on, so that none vanishes or
jumps while one zooms in: the active range of Been, K., Daiches, E. & Yap, C. (2006), Dynamic map labeling, IEEE Trans.
Visualization and Computer Graphics 12, 773-780. Scales are tried from the smallest on; at each, the largest group goes
first. A name gets a place over its own images if it covers few of them and no name that is there already.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.maps.lattice import Lattice

#: Scales that are tried, in CSS pixels a cell: from a mosaic of 100,000 images to one image a hand wide.
SCALES = tuple(round(2 ** (step / 4), 2) for step in range(-2, 29))
#: A name covers at most this share of the area of its group's images.
_COVERED = {"cluster": 0.3, "territory": 0.6}
#: Least share of the cells under a name that hold its own images.
_OWN = 0.4
#: Sizes of names in CSS pixels, and their lines; `static/js/draw/names.js` writes them so.
SIZES = {"cluster": 13, "territory": 17}
LEADING = 1.2
#: Room around a name, in CSS pixels.
_PADDING = 6
#: A name wider than this, in ems, breaks into two lines; a line is cut after so many letters.
_BREAKS_FROM, MOST_LETTERS = 9.0, 28
#: Cells that are tried as a name's middle.
_TRIED = 256
#: Widths of letters in ems, on the careful side for the fonts of systems.
_NARROW, _LOWER, _UPPER, _BROAD, _FULL = 0.36, 0.6, 0.72, 0.92, 1.05


@dataclass(frozen=True, slots=True)
class Named:
    """A group of images to be named on a mosaic."""

    kind: str  # "cluster" or "territory"
    position: int  # among its kind in the report
    name: str
    members: NDArray[np.intp]  # (n,) positions in the lattice


@dataclass(frozen=True, slots=True)
class NamePlace:
    """Where a name stands: over the middle of one image, from a scale on."""

    named: Named
    lines: tuple[str, ...]
    wide: tuple[int, float]  # position of the image in the lattice, and the least scale in CSS pixels a cell
    tall: tuple[int, float]  # the same where lines and columns of the lattice are swapped

    def encode(self, members: Sequence[int]) -> list[Any]:
        """Return it as the viewer reads it; `members` are the positions in the report of the lattice's posts."""
        places = ([members[image], scale] for image, scale in (self.wide, self.tall))
        return [self.named.kind, self.named.position, list(self.lines), *places]


def place_names(lattice: Lattice, groups: Sequence[Named]) -> list[NamePlace]:
    """Return the names that have room on a mosaic at some scale, whether it lies wide or tall, largest groups first.

    Kinds are never shown together, so each is placed by itself.
    """
    found = []
    for kind in SIZES:
        those = sorted((group for group in groups if group.kind == kind), key=lambda group: -len(group.members))
        wide = _place(lattice.column, lattice.line, those)
        tall = _place(lattice.line, lattice.column, those)
        found += [
            NamePlace(group, break_name(group.name), wide[index], tall[index])
            for index, group in enumerate(those)
            if index in wide and index in tall
        ]
    return found


def break_name(name: str) -> tuple[str, ...]:
    """Return the one or two lines that a name is written in; what is too long is cut."""
    words = name.split()
    lines = [" ".join(words)]
    if len(words) > 1 and _measure(lines[0]) > _BREAKS_FROM:
        halves = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]
        lines = list(min(halves, key=lambda half: max(map(_measure, half))))
    return tuple(line if len(line) <= MOST_LETTERS else line[: MOST_LETTERS - 1].rstrip() + "…" for line in lines)


def measure_box(lines: Sequence[str], kind: str) -> tuple[float, float]:
    """Return the width and height of a name in CSS pixels, its padding included."""
    size = SIZES[kind]
    width = max(_measure(line) for line in lines) * size
    return width + 2 * _PADDING, len(lines) * size * LEADING + 2 * _PADDING


def _measure(text: str) -> float:
    """Return the width of a line in ems."""
    return sum(_measure_letter(letter) for letter in text)


def _measure_letter(letter: str) -> float:
    if unicodedata.combining(letter):
        return 0.0
    if unicodedata.east_asian_width(letter) in "WF":
        return _FULL
    if letter in " .,;:!'’|()[]ijlftr-/":
        return _NARROW
    if letter in "mwMW@%&—…":
        return _BROAD
    return _UPPER if letter.isupper() else _LOWER


def _place(
    column: NDArray[np.integer], line: NDArray[np.integer], groups: Sequence[Named]
) -> dict[int, tuple[int, float]]:
    """Return image and least scale of each group that has room, by its position in `groups`."""
    boxes = [measure_box(break_name(group.name), group.kind) for group in groups]
    owns = [_sum_cells(column, line, group.members) for group in groups]
    placed: dict[int, tuple[int, float]] = {}
    for scale in SCALES:
        taken = np.array([(*_middle(column, line, image), *boxes[at]) for at, (image, _) in placed.items()])
        taken = taken.reshape(-1, 4)
        for at, group in enumerate(groups):
            width, height = boxes[at]
            if at in placed or width * height > _COVERED[group.kind] * len(group.members) * scale**2:
                continue
            image = _find_spot(column, line, group.members, owns[at], (width / scale, height / scale), taken, scale)
            if image is None:
                continue
            placed[at] = image, scale
            taken = np.vstack([taken, (*_middle(column, line, image), width, height)])
    return placed


def _middle(column: NDArray[np.integer], line: NDArray[np.integer], image: int) -> tuple[float, float]:
    return float(column[image]) + 0.5, float(line[image]) + 0.5


def _sum_cells(
    column: NDArray[np.integer], line: NDArray[np.integer], members: NDArray[np.intp]
) -> tuple[int, int, NDArray[np.int64]]:
    """Return the first column and line of a group, and how many of its images lie above and left of each corner."""
    left, top = int(column[members].min()), int(line[members].min())
    shape = int(line[members].max()) - top + 2, int(column[members].max()) - left + 2
    held = np.zeros(shape, np.int64)
    held[line[members] - top + 1, column[members] - left + 1] = 1
    return left, top, held.cumsum(0).cumsum(1)


def _find_spot(
    column: NDArray[np.integer],
    line: NDArray[np.integer],
    members: NDArray[np.intp],
    own: tuple[int, int, NDArray[np.int64]],
    box: tuple[float, float],
    taken: NDArray[np.float64],
    scale: float,
) -> int | None:
    """Return the image over whose middle a box, in cells, lies most over the group's own images and over no other box.

    `taken` (m, 4) holds the middles of the others, in cells, and their sizes, in pixels; None without such an image.
    """
    tried = members[:: -(-len(members) // _TRIED)]
    x, y = column[tried] + 0.5, line[tried] + 0.5
    left, top, held = own
    ends = []
    for middle, first, side, most in ((x, left, box[0], held.shape[1]), (y, top, box[1], held.shape[0])):
        ends += [np.clip(np.rint(middle + by * side / 2) - first, 0, most - 1).astype(int) for by in (-1, 1)]
    from_x, to_x, from_y, to_y = ends
    inside = held[to_y, to_x] - held[from_y, to_x] - held[to_y, from_x] + held[from_y, from_x]
    cells = np.maximum(box[0], 1) * np.maximum(box[1], 1)
    share = np.minimum(inside / cells, 1)
    centre = column[members].mean() + 0.5, line[members].mean() + 0.5
    away = np.hypot(x - centre[0], y - centre[1]) / max(len(members) ** 0.5, 1)
    sizes = (taken[:, 2:] / scale + np.array(box)) / 2
    apart = np.abs(np.stack([x, y], axis=1)[:, None] - taken[:, :2]) >= sizes
    free = apart.any(axis=2).all(axis=1) & (share >= _OWN)
    if not free.any():
        return None
    return int(tried[np.where(free, share - 0.3 * away, -np.inf).argmax()])
