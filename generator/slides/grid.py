"""The grid of a deck: which places each kind of slide has, and how text in them is set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from generator.slides.records import Box, Kind

#: A slide of 16:9, in inches.
WIDTH, HEIGHT = 13.333, 7.5
MARGIN = 0.75
_INNER = WIDTH - 2 * MARGIN
#: Where content begins below the title, and where it ends above the footer.
TOP, BOTTOM = 2.05, 6.75

Face = Literal["display", "text"]


@dataclass(frozen=True, slots=True)
class Style:
    """How text is set: face, size in points, the least size it may shrink to, colour of the theme, and alignment."""

    face: Face
    size: float
    least: float
    colour: str = "tx1"
    anchor: Literal["t", "ctr", "b"] = "t"
    align: Literal["l", "ctr", "r"] = "l"
    leading: float = 1.15
    after: float = 0.0  # points below a paragraph


@dataclass(frozen=True, slots=True)
class Place:
    """A placeholder of a layout. `type` is PowerPoint's: title, ctrTitle, subTitle, body or pic."""

    type: str
    index: int
    box: Box
    style: Style


_TITLE = Style("display", 30, 20, leading=1.0)
_COVER = Style("display", 54, 28, anchor="b", leading=0.95)
_STANDFIRST = Style("text", 15, 11, "tx2", after=4, leading=1.25)
_LABEL = Style("text", 10, 8, "tx2", anchor="b")
_FIGURE = Style("display", 88, 32, "accent1", leading=0.9)
_INTERVAL = Style("text", 16, 12, "tx2")
_BODY = Style("text", 14, 10, after=8, leading=1.2)
_SMALL = Style("text", 12, 9, after=2, leading=1.15)
_LIST = Style("text", 14, 9, after=2, leading=1.2)
_CAPTION = Style("text", 11, 9, "tx2", after=2)
_NAME = Style("text", 14, 9, after=2, leading=1.1)
_LINK = Style("text", 9, 8, "accent1", anchor="ctr", align="r")
_PICTURE = Style("text", 11, 9, "tx2")

_BIG = Box(7.1, TOP, 3.6, 4.5)
_SHEET = 1.45, 1.8125, 0.11  # width, height and gap of the pictures of a brand
_PAIR = 1.36, 1.7, 0.1


_TITLE_BOX = Box(MARGIN, 0.72, _INNER, 1.05)


def _frame(title: Box = _TITLE_BOX) -> dict[str, Place]:
    return {
        "title": Place("title", 0, title, _TITLE),
        "label": Place("body", 10, Box(MARGIN, 0.4, min(title.width, 8), 0.3), _LABEL),
        "link": Place("body", 11, Box(WIDTH - MARGIN - 5.0, 6.98, 4.3, 0.3), _LINK),
    }


def _spread(x: float, y: float, columns: int, count: int, size: tuple[float, float, float]) -> list[Box]:
    width, height, gap = size
    return [
        Box(x + (index % columns) * (width + gap), y + (index // columns) * (height + gap), width, height)
        for index in range(count)
    ]


def _pictures(boxes: list[Box], lead: str, first: int) -> dict[str, Place]:
    return {f"{lead}{number}": Place("pic", first + number, box, _PICTURE) for number, box in enumerate(boxes)}


def _lay_rows(rows: int) -> dict[str, Place]:
    """Return places for groups of images, one a row: its name and figures, and as many images as the row holds."""
    places: dict[str, Place] = {}
    gap = 0.22
    height = min(1.95, (BOTTOM - TOP + 0.1 - (rows - 1) * gap) / rows)
    style = replace(_NAME, size=12)
    left, room, space = MARGIN + 3.75, _INNER - 3.75, 0.1
    count = round((room + space) / (height * 0.8 + space))
    width = (room - (count - 1) * space) / count
    for row in range(rows):
        y = TOP + row * (height + gap)
        places |= _pictures(_spread(left, y, count, count, (width, height, space)), f"group{row}-", 40 + 12 * row)
        places[f"group{row}"] = Place("body", 20 + row, Box(MARGIN, y, 3.5, height), style)
    return places


def count_pictures(rows: int) -> int:
    """Return how many images a group has on a slide of so many rows."""
    return sum(role.startswith("group0-") for role in LAYOUTS[GROUP_KINDS[rows]])


def _curve_box(number: int, below: float = 0.0) -> Box:
    """Return the place of a curve on a slide of six, `below` its words."""
    width, height = (_INNER - 2 * 0.35) / 3, 2.05
    top = TOP - 0.15 + (number // 3) * (height + 0.15) + below
    return Box(MARGIN + (number % 3) * (width + 0.35), top, width, height - below)


def _lay_curves() -> dict[str, Place]:
    places: dict[str, Place] = {}
    for number in range(6):
        box = _curve_box(number)
        places[f"curve{number}"] = Place("body", 21 + number, Box(box.x, box.y, box.width, 0.55), _NAME)
    return places


def _lay_pair() -> dict[str, Place]:
    places: dict[str, Place] = {}
    width = 3 * _PAIR[0] + 2 * _PAIR[2]
    for number, x in enumerate((MARGIN, WIDTH - MARGIN - width)):
        places[f"name{number}"] = Place("body", 20 + number, Box(x, TOP - 0.2, width, 0.42), Style("display", 20, 12))
        places |= _pictures(_spread(x, TOP + 0.3, 3, 6, _PAIR), f"side{number}-", 40 + 6 * number)
        below = Box(x, TOP + 0.3 + 2 * _PAIR[1] + _PAIR[2] + 0.12, width, 0.8)
        places[f"side{number}"] = Place("body", 30 + number, below, _CAPTION)
    middle = MARGIN + width + 0.3, WIDTH - 2 * (MARGIN + width + 0.3)
    figure = Style("display", 54, 24, "accent1", anchor="b", align="ctr", leading=0.9)
    places["figure"] = Place("body", 22, Box(middle[0], TOP + 0.6, middle[1], 1.1), figure)
    text = Style("text", 12, 9, "tx2", align="ctr", after=6)
    places["text"] = Place("body", 23, Box(middle[0], TOP + 1.8, middle[1], 2.3), text)
    return places


def _lay_brief() -> dict[str, Place]:
    """Return places for eight findings in two columns: the figure of each, and its sentence."""
    places: dict[str, Place] = {}
    width, height = (_INNER - 0.5) / 2, (BOTTOM - TOP + 0.15) / (BRIEFS // 2)
    figure, claim = Style("display", 26, 12, "accent1", leading=1.0), Style("text", 14, 9, leading=1.15)
    for number in range(BRIEFS):
        x, y = MARGIN + number // (BRIEFS // 2) * (width + 0.5), TOP + number % (BRIEFS // 2) * height
        places[f"figure{number}"] = Place("body", 20 + number, Box(x, y, 1.75, 0.5), figure)
        places[f"claim{number}"] = Place("body", 30 + number, Box(x + 1.9, y + 0.08, width - 1.9, height - 0.2), claim)
    return places


def _lay_changes() -> dict[str, Place]:
    places: dict[str, Place] = {}
    width = _INNER / 4
    for number in range(4):
        box = Box(MARGIN + number * width, TOP, width - 0.3, 0.95)
        places[f"figure{number}"] = Place("body", 20 + number, box, Style("display", 48, 24, "accent1", leading=0.9))
        below = Box(box.x, TOP + 0.85, box.width, 0.4)
        places[f"caption{number}"] = Place("body", 30 + number, below, _CAPTION)
    places |= _pictures(_spread(MARGIN, 3.75, 8, 8, (1.3, 1.625, 0.2042)), "picture", 40)
    places["text"] = Place("body", 24, Box(MARGIN, 5.6, _INNER, 1.15), _SMALL)
    return places


#: Most findings in brief.
BRIEFS = 8
_RIGHT = Box(9.45, TOP, WIDTH - MARGIN - 9.45, BOTTOM - TOP)
_TEXT_COLUMN = (_INNER - 0.7) / 2

#: The places of each kind of slide by role.
LAYOUTS: Mapping[Kind, Mapping[str, Place]] = {
    "title": {
        "title": Place("ctrTitle", 0, Box(MARGIN, 1.7, 5.5, 2.9), _COVER),
        "subtitle": Place(
            "subTitle", 1, Box(MARGIN, 4.85, 5.5, 1.5), Style("text", 15, 11, "tx2", after=4, leading=1.25)
        ),
        "label": Place("body", 10, Box(MARGIN, 0.62, 5.5, 0.3), _LABEL),
        "link": Place("body", 11, Box(MARGIN, 6.98, 5.5, 0.3), Style("text", 9, 8, "accent1", anchor="ctr")),
        "picture": Place("pic", 40, Box(WIDTH / 2, 0, WIDTH / 2, HEIGHT), _PICTURE),
    },
    "map": {
        "title": Place("title", 0, Box(MARGIN, 0.22, 3.4, 0.5), Style("display", 26, 18, anchor="ctr", leading=1.0)),
        "text": Place("body", 20, Box(4.3, 0.22, 6.6, 0.5), Style("text", 11, 9, "tx2", anchor="ctr", leading=1.15)),
        "link": Place("body", 11, Box(WIDTH - MARGIN - 2.3, 0.32, 1.6, 0.3), _LINK),
        "picture": Place("pic", 40, Box(0.1, 0.85, WIDTH - 0.2, HEIGHT - 0.95), _PICTURE),
    },
    "brief": {**_frame(), **_lay_brief()},
    "finding": {
        **_frame(),
        "figure": Place("body", 20, Box(MARGIN, TOP - 0.05, 5.9, 1.45), _FIGURE),
        "interval": Place("body", 21, Box(MARGIN, TOP + 1.42, 5.6, 0.6), _INTERVAL),
        "text": Place("body", 22, Box(MARGIN, TOP + 2.2, 5.2, 2.3), Style("text", 16, 11, after=8, leading=1.15)),
        **_pictures([_BIG, Box(10.85, TOP, 1.733, 2.175), Box(10.85, TOP + 2.325, 1.733, 2.175)], "picture", 40),
    },
    "groups2": {**_frame(), **_lay_rows(2)},
    "groups3": {**_frame(), **_lay_rows(3)},
    "groups4": {**_frame(), **_lay_rows(4)},
    "table": {**_frame(), "text": Place("body", 20, Box(MARGIN, 6.42, _INNER, 0.4), _CAPTION)},
    "chart": {**_frame(), "text": Place("body", 20, _RIGHT, _BODY)},
    "curves": {**_frame(), "text": Place("body", 20, Box(MARGIN, 6.3, _INNER, 0.5), _CAPTION), **_lay_curves()},
    "brand": {
        **_frame(Box(MARGIN, 0.72, _INNER, 0.7)),
        "subtitle": Place("body", 20, Box(MARGIN, 1.42, _INNER, 0.38), Style("text", 13, 10, "tx2")),
        **_pictures(_spread(MARGIN, TOP, 4, 8, _SHEET), "picture", 40),
        "caption": Place("body", 21, Box(MARGIN, TOP + 3.86, 6.13, 0.26), _CAPTION),
        "text": Place("body", 22, Box(7.5, TOP + 2.75, WIDTH - MARGIN - 7.5, BOTTOM - TOP - 2.75), _LIST),
    },
    "pair": {**_frame(), **_lay_pair()},
    "changes": {**_frame(), **_lay_changes()},
    "text": {
        **_frame(),
        "text": Place("body", 20, Box(MARGIN, TOP, _TEXT_COLUMN, BOTTOM - TOP), _BODY),
        "more": Place("body", 21, Box(WIDTH - MARGIN - _TEXT_COLUMN, TOP, _TEXT_COLUMN, BOTTOM - TOP), _BODY),
    },
}

#: Kinds of slides of groups by how many they hold.
GROUP_KINDS: Mapping[int, Kind] = {2: "groups2", 3: "groups3", 4: "groups4"}
#: Places of what has no placeholder.
PALETTES: Mapping[str, Box] = {"palette": Box(MARGIN, TOP + 4.15, 6.13, 0.32)}
PLOTS: Mapping[str, Box] = {
    "shares": Box(7.4, TOP - 0.12, WIDTH - MARGIN - 7.4, 2.8),
    **{f"curve{number}": _curve_box(number, 0.55) for number in range(6)},
}
TABLE = Box(MARGIN, TOP - 0.15, _INNER, 4.45)
CHART = Box(MARGIN - 0.1, TOP - 0.15, 8.4, BOTTOM - TOP + 0.2)
FOOTER = Box(MARGIN, 6.98, 6.0, 0.3)
NUMBER = Box(WIDTH - MARGIN - 0.6, 6.98, 0.6, 0.3)
HIGH_NUMBER = Box(WIDTH - MARGIN - 0.6, 0.32, 0.6, 0.3)
FOOTER_STYLE = Style("text", 9, 8, "tx2", anchor="ctr")
NUMBER_STYLE = Style("text", 9, 8, "tx2", anchor="ctr", align="r")
#: Most rows of a table, its header apart, and their height in inches.
TABLE_ROWS, ROW_HEIGHT = 14, 0.29
#: A table of few rows has higher ones, and larger text.
TALLEST_ROW = 0.58
