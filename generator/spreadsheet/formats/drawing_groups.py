"""Pictures in groups of shapes: which part of its anchor each takes (ECMA-376, part 1, 20.1.7)."""

from __future__ import annotations

from typing import Any, TypeAlias

from generator.spreadsheet.formats.workbook_parts import local_name

#: Left, top, width and height, in one unit.
Share: TypeAlias = tuple[float, float, float, float]
WHOLE: Share = (0.0, 0.0, 1.0, 1.0)


def find_share(picture: Any, anchor: Any) -> Share:
    """Return which part of its anchor a picture takes: less than all if it is one of a group."""
    x, y, width, height = _read_box(picture, "off", "ext")
    share = WHOLE
    for group in picture.iterancestors():
        if group is anchor:
            break
        if local_name(group.tag) != "grpSp":
            continue
        left, top, inner_width, inner_height = _read_box(group, "chOff", "chExt")
        if not (inner_width and inner_height and width and height):
            return WHOLE
        share = (x - left) / inner_width, (y - top) / inner_height, width / inner_width, height / inner_height
        left, top, outer_width, outer_height = _read_box(group, "off", "ext")
        x, width = left + share[0] * outer_width, share[2] * outer_width
        y, height = top + share[1] * outer_height, share[3] * outer_height
    return share


def _read_box(shape: Any, corner: str, size: str) -> Share:
    """Return left, top, width and height in a shape's own properties, of which groups have two sets."""
    for properties in shape:
        if local_name(properties.tag) in ("spPr", "grpSpPr"):
            parts = {local_name(part.tag): part for form in properties for part in form}
            if corner in parts and size in parts:
                place, extent = parts[corner], parts[size]
                x, y, width, height = place.get("x"), place.get("y"), extent.get("cx"), extent.get("cy")
                return as_int(x), as_int(y), as_int(width), as_int(height)
    return 0, 0, 0, 0


def as_int(text: object) -> int:
    """Return the whole number in an attribute; 0 for anything else."""
    try:
        return int(str(text).strip()[:20])
    except ValueError:
        return 0
