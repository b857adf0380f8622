"""Tables of a deck: PowerPoint's own, with hairlines instead of boxes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from generator.slides import grid
from generator.slides.measure import STAND_IN, break_text, cut_text, measure
from generator.slides.records import Box, Cell, Grid
from generator.slides.source import tidy

#: "No Style, No Grid" of every PowerPoint.
_BARE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
_SIZE, _HEAD_SIZE, _LEAST = 13.0, 11.0, 8.0
_LEAST_CUT = 11.0  # a text that is still too wide at this size is cut instead
_MOST_WIDTH = 0.36  # of the table, of a column that is wider than it was to be
_LONGEST = 200  # letters that are measured
_GROWN = 1.25  # most that text grows in a table of few rows
_INSET = 0.06
_FIRST, _FIGURES = 5.5, 2.2  # most inches of the first column, and of each other one
_EMU = 914_400
_NAMESPACE = "http://schemas.openxmlformats.org/drawingml/2006/main"


def add_table(shown: Any, table: Grid, box: Box, scale: float) -> None:
    """Add a table at the top of `box`; `scale`, at most 1, is how much smaller its text is set."""
    width = min(box.width, _FIRST + _FIGURES * (len(table.widths) - 1))
    room = (box.height - 2 * grid.ROW_HEIGHT) / max(1, len(table.rows) - 1)
    grown = max(1.0, min(grid.TALLEST_ROW, room) / grid.ROW_HEIGHT)
    # text grows less than its row
    scale, row_height = scale * min(_GROWN, 1 + (grown - 1) / 2), grid.ROW_HEIGHT * grown
    widths = _share_width(table, width, max(_LEAST, _SIZE * scale))
    sizes = [max(_LEAST, _HEAD_SIZE * scale), _find_size(table, widths, max(_LEAST, _SIZE * scale))]
    rooms = [(width - 2 * _INSET) / STAND_IN for width in widths]
    lines = _count_lines(table, rooms, sizes[0])
    while lines > 2 and sizes[0] > _LEAST:
        sizes[0] = max(_LEAST, sizes[0] - 0.5)
        lines = _count_lines(table, rooms, sizes[0])
    head = grid.ROW_HEIGHT + 0.05 if lines == 1 else 0.2 + 0.35 * scale
    height = min(row_height, (box.height - head) / max(1, len(table.rows) - 1))
    frame = shown.shapes.add_table(
        len(table.rows),
        len(widths),
        *(round(value * _EMU) for value in (box.x, box.y, width, head + height * (len(table.rows) - 1))),
    )
    frame._element.nvGraphicFramePr.cNvPr.set("descr", tidy(table.alt))
    made = frame.table
    properties = made._tbl.tblPr
    properties.set("bandRow", "0")
    properties.xpath("./a:tableStyleId")[0].text = _BARE
    for column, share in zip(made.columns, widths, strict=True):
        column.width = round(share * _EMU)
    for number, row in enumerate(table.rows):
        made.rows[number].height = round((height if number else head) * _EMU)
        for place, cell in enumerate(row):
            kind = number == 0, place > 0 and place not in table.texts
            _fill_cell(made.cell(number, place), cell, sizes[min(number, 1)], rooms[place], kind)


def _share_width(table: Grid, width: float, size: float) -> list[float]:
    """Return the columns' widths in inches: as the table has them, or as their texts need if one of them needs more.

    Heads may take two lines, and no column may ask for more than its part of the table.
    """
    shares = [share / sum(table.widths) for share in table.widths]
    needs = [
        min(longest * STAND_IN * size / 72 + 2 * _INSET, _MOST_WIDTH * width)
        for longest in (
            max(measure(tidy(cell.text)[:_LONGEST]) for cell in column) for column in zip(*table.rows[1:], strict=True)
        )
    ]
    spare = width - sum(needs)
    if spare < 0:
        return [width * need / sum(needs) for need in needs]
    if all(need <= width * share for need, share in zip(needs, shares, strict=True)):
        return [width * share for share in shares]
    return [need + spare * share for need, share in zip(needs, shares, strict=True)]


def _count_lines(table: Grid, rooms: Sequence[float], size: float) -> int:
    """Return how many lines the head takes."""
    heads = zip(table.rows[0], rooms, strict=True)
    return max(len(break_text(cell.text[:_LONGEST], room, size)) for cell, room in heads)


def _find_size(table: Grid, widths: Sequence[float], size: float) -> float:
    """Return the size in points at which each cell below the head fits one line, between the least one and `size`."""
    most = max(
        measure(tidy(cell.text)[:_LONGEST]) / (width - 2 * _INSET)
        for row in table.rows[1:]
        for cell, width in zip(row, widths, strict=True)
    )
    return max(min(size, _LEAST_CUT), min(size, 72 / (most * STAND_IN) // 0.5 * 0.5)) if most else size


def _fill_cell(shape: Any, cell: Cell, size: float, room: float, at: tuple[bool, bool]) -> None:
    """Write one cell, in inches of `room`; `at` says whether it is in the head, and whether it holds a figure."""
    from pptx.enum.dml import MSO_THEME_COLOR
    from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
    from pptx.util import Emu, Pt

    is_head, is_figure = at
    shape.margin_left = shape.margin_right = Emu(round(_INSET * _EMU))
    shape.margin_top, shape.margin_bottom = 0, Emu(round(0.05 * _EMU)) if is_head else 0
    shape.vertical_anchor = MSO_ANCHOR.BOTTOM if is_head else MSO_ANCHOR.MIDDLE
    paragraph = shape.text_frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.RIGHT if is_figure else PP_ALIGN.LEFT
    run = paragraph.add_run()
    run.text = cut_text(tidy(cell.text), room, size, 2 if is_head else 1)
    run.font.size = Pt(size)
    run.font.bold = cell.marked
    colour = MSO_THEME_COLOR.ACCENT_1 if cell.marked else MSO_THEME_COLOR.TEXT_2 if is_head else MSO_THEME_COLOR.TEXT_1
    run.font.color.theme_color = colour
    _draw_line(shape, "tx1" if is_head else "accent3")


def _draw_line(shape: Any, colour: str) -> None:
    """Draw a hairline below a cell, and no other edge."""
    from pptx.oxml import parse_xml

    properties = shape._tc.get_or_add_tcPr()
    for edge in ("lnL", "lnR", "lnT"):
        properties.append(parse_xml(f'<a:{edge} xmlns:a="{_NAMESPACE}" w="0"><a:noFill/></a:{edge}>'))
    fill = f'<a:solidFill><a:schemeClr val="{colour}"/></a:solidFill>'
    properties.append(parse_xml(f'<a:lnB xmlns:a="{_NAMESPACE}" w="6350">{fill}</a:lnB>'))
