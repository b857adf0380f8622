"""What lies on slides beside text and pictures: bands of colours, and names on a map."""

from __future__ import annotations

from typing import Any

from generator.slides import grid
from generator.slides.measure import STAND_IN, measure
from generator.slides.opening import NAME_SIZE
from generator.slides.records import Box, Mark, Palette, Slide
from generator.slides.source import tidy
from generator.slides.stage import Stage

_EMU = 914_400
_INSET = 0.04  # inches, on either side of a name
_LEAST_NAME = 6.0  # points, of a name on a map
_P = "http://schemas.openxmlformats.org/presentationml/2006/main"


def add_palette(stage: Stage, slide: Slide, palette: Palette, shown: Any) -> None:
    """Add a band of colours, each as wide as its share, as shapes that can be recoloured."""
    from pptx.dml.color import RGBColor
    from pptx.enum.shapes import MSO_SHAPE

    box = stage.carry(slide.kind, grid.PALETTES[palette.role])
    total = sum(share for _, share in palette.tones) or 1
    group = shown.shapes.add_group_shape()
    left = box.x
    for colour, share in palette.tones:
        width = box.width * share / total
        band = group.shapes.add_shape(
            MSO_SHAPE.RECTANGLE, *(round(value * _EMU) for value in (left, box.y, width, box.height))
        )
        band.fill.solid()
        band.fill.fore_color.rgb = RGBColor.from_string(colour[1:].upper())
        band.line.fill.background()
        band._element.remove(band._element.find(f"{{{_P}}}style"))  # whose theme may cast a shadow
        band.name = colour
        left += width
    told = ", ".join(f"{colour} {round(100 * share / total)}%" for colour, share in palette.tones)
    group._element.nvGrpSpPr.cNvPr.set("descr", told)


def add_mark(stage: Stage, slide: Slide, mark: Mark, shown: Any) -> None:
    """Write a name on a picture, on a strip of paper that lets a little of it through."""
    from pptx.enum.dml import MSO_THEME_COLOR
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
    from pptx.oxml import parse_xml
    from pptx.util import Emu, Pt

    at = stage.carry(slide.kind, Box(mark.x, mark.y, 1, 1))
    size = max(_LEAST_NAME, NAME_SIZE * min(1.0, at.width))
    width, height = measure(mark.text) * STAND_IN * size / 72 + 2 * _INSET, 0.185 * size / NAME_SIZE
    place = (at.x - width / 2, at.y - height / 2, width, height)
    box = shown.shapes.add_textbox(*(round(value * _EMU) for value in place))
    box.fill.solid()
    box.fill.fore_color.theme_color = MSO_THEME_COLOR.BACKGROUND_1
    colour = box._element.spPr.xpath("./a:solidFill/a:schemeClr")[0]
    namespace = "http://schemas.openxmlformats.org/drawingml/2006/main"
    colour.append(parse_xml(f'<a:alpha xmlns:a="{namespace}" val="88000"/>'))
    frame = box.text_frame
    frame.margin_left = frame.margin_right = Emu(round(_INSET * _EMU))
    frame.margin_top = frame.margin_bottom = 0
    frame.word_wrap, frame.vertical_anchor = False, MSO_ANCHOR.MIDDLE
    paragraph = frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.CENTER
    run = paragraph.add_run()
    run.text, run.font.size = tidy(mark.text), Pt(size)
    run.font.color.theme_color = MSO_THEME_COLOR.TEXT_1
