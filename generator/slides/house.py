"""A template of the user's own: its layouts found by their placeholders, and the grid fitted into it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from generator.errors import SettingsError
from generator.slides import grid
from generator.slides.records import Box, Kind

_TEMPLATE = b"presentationml.template.main+xml"
_PRESENTATION = b"presentationml.presentation.main+xml"
_EMU = 914_400
#: What a layout needs, by what the message calls it: one placeholder of each group of types.
_TITLES, _TEXTS = ("TITLE", "CENTER_TITLE"), ("BODY", "OBJECT", "SUBTITLE")


def open_house(path: Path) -> tuple[Any, dict[Kind, Any]]:
    """Return the presentation of a template, its own slides taken out, and its layouts by kind of slide.

    A title slide takes a layout with a title and a subtitle or text; other slides one with a title alone, or with a
    title and text. Raises SettingsError if the file cannot be read or lacks one of them.
    """
    presentation = _open(path)
    _drop_slides(presentation)
    layouts = list(presentation.slide_layouts)
    covers = [layout for layout in layouts if _has(layout, _TITLES) and _has(layout, ("SUBTITLE",))]
    plain = [layout for layout in layouts if _types(layout) & set(_TITLES) and not _types(layout) & set(_TEXTS)]
    plain = [layout for layout in plain if "PICTURE" not in _types(layout)]
    texts = [layout for layout in layouts if _has(layout, ("TITLE",)) and _has(layout, ("BODY", "OBJECT"))]
    cover = next(iter(covers or texts), None)
    text = next(iter(texts), None)
    only = next(iter(plain), text)
    for layout, needed in (
        (cover, "a title slide: a layout with a title and a subtitle"),
        (text, "a layout with a title and a text"),
    ):
        if layout is None:
            found = "; ".join(
                f"{each.name}: {', '.join(sorted(_types(each))).lower() or 'nothing'}" for each in layouts
            )
            raise SettingsError(
                f"--template: {path} has no {needed.removeprefix('a ')}. Its layouts have: {found or 'nothing'}.",
                "Add it in PowerPoint under View > Slide Master, with Insert Placeholder.",
            )
    return presentation, {kind: cover if kind == "title" else text if kind == "text" else only for kind in grid.LAYOUTS}


def find_area(presentation: Any, layout: Any) -> Box:
    """Return where content has room in a layout, in inches: between its title and its footers."""
    width, height = presentation.slide_width / _EMU, presentation.slide_height / _EMU
    left, top, right, bottom = 0.06 * width, 0.25 * height, 0.94 * width, 0.92 * height
    for place in layout.placeholders:
        if place.top is None or place.height is None:
            continue
        kind = _type_of(place)
        first, last = place.top / _EMU, (place.top + place.height) / _EMU
        if kind in _TITLES and last < 0.5 * height:
            top = last + 0.15
            if place.width > 0.5 * presentation.slide_width:
                left, right = place.left / _EMU, (place.left + place.width) / _EMU
        elif kind in ("FOOTER", "SLIDE_NUMBER", "DATE") and first > 0.7 * height:
            bottom = min(bottom, first - 0.05)
    return Box(left, top, right - left, bottom - top)


def fit_box(box: Box, own: Box, area: Box, even: bool = False) -> Box:
    """Return `box` of the area `own` of the grid, carried into `area`; its proportions stay if `even`."""
    across, down = area.width / own.width, area.height / own.height
    if even:
        across = down = min(across, down)
    return Box(
        area.x + (box.x - own.x) * across, area.y + (box.y - own.y) * down, box.width * across, box.height * down
    )


def surround(boxes: Iterable[Box]) -> Box:
    """Return the smallest box around all boxes."""
    listed = list(boxes)
    left, top = min(box.x for box in listed), min(box.y for box in listed)
    right, bottom = max(box.x + box.width for box in listed), max(box.y + box.height for box in listed)
    return Box(left, top, right - left, bottom - top)


def _open(path: Path) -> Any:
    from pptx import Presentation

    hint = "Give a .pptx or .potx that PowerPoint opens."
    if not path.is_file():
        raise SettingsError(f"--template: there is no file {path}.", hint)
    try:
        packed = io.BytesIO()
        with zipfile.ZipFile(path) as source, zipfile.ZipFile(packed, "w") as target:
            for name in source.namelist():
                data = source.read(name)
                # a .potx differs in this name alone
                target.writestr(name, data.replace(_TEMPLATE, _PRESENTATION) if name == "[Content_Types].xml" else data)
        packed.seek(0)
        return Presentation(packed)
    except SettingsError:
        raise
    except Exception as error:  # whatever a damaged file makes python-pptx raise
        raise SettingsError(f"--template: {path} cannot be read ({str(error)[:120]}).", hint) from error


def _drop_slides(presentation: Any) -> None:
    listed = presentation.slides._sldIdLst
    for slide in list(listed):
        presentation.part.drop_rel(slide.rId)
        listed.remove(slide)


def _types(layout: Any) -> set[str]:
    return {_type_of(place) for place in layout.placeholders}


def _has(layout: Any, kinds: Iterable[str]) -> bool:
    return bool(_types(layout) & set(kinds))


def _type_of(place: Any) -> str:
    return str(place.placeholder_format.type.name)
