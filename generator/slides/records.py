"""Records of a deck: what each slide holds, before PowerPoint's own objects are made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

#: Kinds of slides; each has a layout of its own in `grid.LAYOUTS`.
Kind = Literal[
    "title", "map", "brief", "finding", "groups2", "groups3", "groups4", "table", "chart", "curves", "brand", "pair",
    "changes", "text",
]  # fmt: skip
#: How the text of a run looks beside what its place gives it.
Tone = Literal["plain", "label", "quiet", "strong"]


@dataclass(frozen=True, slots=True)
class Box:
    """A place on a slide of 13⅓ × 7½ inches, in inches."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph. `link` is an address, or "" for none."""

    text: str
    tone: Tone = "plain"
    link: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """Paragraphs for the place `role` of the slide's layout."""

    role: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the site, by its path, in the place `role`; it is cropped to fill its place.

    With a `box` it lies there instead.
    """

    role: str
    path: str
    alt: str
    box: Box | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """A name written on a picture, centred at a point of the slide, in inches."""

    text: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table; one that is `marked` stands out."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. The first row holds the headers; `widths` are relative.

    All columns but the first are figures, and those whose positions are in `texts`.
    """

    alt: str
    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[float, ...]
    texts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar with its interval. One that is not `marked` could be chance.

    `told` is its figure, if it is no plain ratio.
    """

    name: str
    value: float
    low: float
    high: float
    marked: bool
    told: str = ""


@dataclass(frozen=True, slots=True)
class Bars:
    """A chart of ratios: bars from 1 on a logarithmic scale, each with its interval."""

    alt: str
    series: str
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """A chart of shares in the place `role`: bars of two or more `series` beside each other, by name."""

    role: str
    alt: str
    names: tuple[str, ...]
    series: tuple[tuple[str, tuple[float, ...]], ...]


@dataclass(frozen=True, slots=True)
class Curve:
    """A chart of shares over time in the place `role`, with their band; `top` ends its scale, alike for all curves."""

    role: str
    alt: str
    times: tuple[str, ...]
    shares: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]
    top: float


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours, "#rrggbb", with their shares, as a band in the place `role`."""

    role: str
    tones: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Slide:
    """One slide. `page` is the path of the report's page that it stands for, "" if there is none."""

    kind: Kind
    section: str
    title: str
    words: Sequence[Words] = ()
    pictures: Sequence[Picture] = ()
    marks: Sequence[Mark] = ()
    table: Grid | None = None
    chart: Bars | None = None
    plots: Sequence[Compared | Curve] = ()
    palettes: Sequence[Palette] = ()
    notes: Sequence[str] = ()
    page: str = ""
