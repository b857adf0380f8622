"""Charts of a deck: PowerPoint's own bars, with intervals as error bars, and the workbook they are edited in."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from generator.language import Language
from generator.slides.measure import cut_text, measure
from generator.slides.records import Bars, Box
from generator.slides.source import tidy

_EMU = 914_400
_SIZE, _LARGE, _FEW = 12.0, 13.0, 8
_LEAST_SIZE, _LONGEST = 10.5, 120  # points, below which names are cut, and letters of them that are measured
_AXIS, _TALLEST = 0.75, 0.62  # inches, of the scale and of a bar with its gap
#: Names take this part of a chart's width.
_NAMES = 0.46
#: Steps of the scale on either side of 1, at most; a step of a tenfold scale counts for three.
_MOST_STEPS, _LEAST_STEPS = 6, 4
_FIXED_TIME = datetime(2000, 1, 1)
CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
_NAMESPACES = (
    'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
)


def add_chart(shown: Any, chart: Bars, box: Box, scale: float, language: Language) -> None:
    """Add a chart of ratios; `scale`, at most 1, is how much smaller its text is set."""
    from pptx.chart.data import CategoryChartData
    from pptx.enum.chart import XL_CHART_TYPE

    size = (_LARGE if len(chart.bars) <= _FEW else _SIZE) * scale
    # few bars lie close together at the top
    box = replace(box, height=min(box.height, scale * (_AXIS + _TALLEST * len(chart.bars))))
    room = box.width * _NAMES - 0.7
    longest = max(measure(tidy(bar.name)[:_LONGEST]) for bar in chart.bars)
    size = max(min(size, _LEAST_SIZE), min(size, room * 72 / longest // 0.5 * 0.5)) if longest else size
    names = [
        f"{cut_text(tidy(bar.name), room, size)}  {bar.told or f'{language.ratio(bar.value)}×'}" for bar in chart.bars
    ]
    data = CategoryChartData(number_format="0.0")
    data.categories = names
    data.add_series(tidy(chart.series), [bar.value for bar in chart.bars])
    frame = shown.shapes.add_chart(
        XL_CHART_TYPE.BAR_CLUSTERED, *(round(value * _EMU) for value in (box.x, box.y, box.width, box.height)), data
    )
    frame._element.nvGraphicFramePr.cNvPr.set("descr", tidy(chart.alt)[:2_000])
    made = frame.chart
    made.has_legend = made.has_title = False
    count_axes(made)
    _set_axes(made, chart, size, language)
    _paint_bars(made, chart)
    _add_intervals(made, chart)
    made.part.chart_workbook.update_from_xlsx_blob(write_workbook(names, _list_columns(chart, language)))


def _set_axes(made: Any, chart: Bars, size: float, language: Language) -> None:
    from pptx.dml.color import RGBColor
    from pptx.enum.chart import XL_AXIS_CROSSES, XL_TICK_LABEL_POSITION, XL_TICK_MARK
    from pptx.oxml import parse_xml
    from pptx.util import Pt

    lowest = min(min(bar.low, bar.value) for bar in chart.bars)
    highest = max(max(bar.high, bar.value) for bar in chart.bars)
    # steps that double, or tenfold steps where those would be too many
    base = 2 if highest <= min(2**_MOST_STEPS, 2**_MOST_STEPS * lowest * 2) else 10
    if base == 2 and math.log2(highest / lowest) > _MOST_STEPS:  # whose names would lie on each other
        base = 4
    farthest = _MOST_STEPS if base == 2 else _MOST_STEPS // 2
    first, last = (math.log(value) / math.log(base) for value in (lowest, highest))
    made.font.size = Pt(size)
    values, categories = made.value_axis, made.category_axis
    values.minimum_scale = float(base) ** max(min(math.floor(first), 0), -(_LEAST_STEPS if base == 2 else 2))
    values.maximum_scale = float(base) ** min(max(math.ceil(last), 0 if first < 0 else 1), farthest)
    values._element.find(f"{{{CHART}}}scaling").insert(0, parse_xml(f'<c:logBase {_NAMESPACES} val="{base}"/>'))
    values.major_unit = base
    values.crosses_at = 1
    values.tick_labels.number_format, values.tick_labels.number_format_is_linked = _ratio_format(language), False
    values.format.line.fill.background()
    values.major_gridlines.format.line.width = Pt(0.5)
    values.major_gridlines.format.line.color.rgb = RGBColor(0xDD, 0xD9, 0xCE)
    values.major_tick_mark = categories.major_tick_mark = XL_TICK_MARK.NONE
    categories.reverse_order = True
    categories.crosses = XL_AXIS_CROSSES.MAXIMUM
    categories.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    categories.format.line.width = Pt(0.75)
    categories.format.line.color.rgb = RGBColor(0x16, 0x15, 0x0F)


def _ratio_format(language: Language) -> str:
    """Return the format of a scale of ratios; LibreOffice takes the decimal separator from its language."""
    return '[$-40C]0.##"×"' if language.code == "fr" else '0.##"×"'


def _paint_bars(made: Any, chart: Bars) -> None:
    from pptx.enum.dml import MSO_THEME_COLOR

    plot = made.plots[0]
    plot.gap_width = 70
    plot.vary_by_categories = False
    series = plot.series[0]
    series.invert_if_negative = False
    series.format.fill.solid()
    series.format.fill.fore_color.theme_color = MSO_THEME_COLOR.ACCENT_1
    for number, bar in enumerate(chart.bars):
        if not bar.marked:
            point = series.points[number].format.fill
            point.solid()
            point.fore_color.theme_color = MSO_THEME_COLOR.ACCENT_3


def _add_intervals(made: Any, chart: Bars) -> None:
    """Add each bar's interval as error bars, which the workbook holds in its columns "below" and "above"."""
    from pptx.oxml import parse_xml

    below = [max(0.0, bar.value - bar.low) for bar in chart.bars]
    above = [max(0.0, bar.high - bar.value) for bar in chart.bars]
    line = '<a:ln w="12700"><a:solidFill><a:schemeClr val="tx1"/></a:solidFill></a:ln>'
    bars = parse_xml(
        f'<c:errBars {_NAMESPACES}><c:errBarType val="both"/><c:errValType val="cust"/><c:noEndCap val="1"/>'
        f"<c:plus>{_refer('D', above)}</c:plus><c:minus>{_refer('C', below)}</c:minus>"
        f"<c:spPr>{line}</c:spPr></c:errBars>"
    )
    series = made.plots[0].series[0]._element
    series.find(f"{{{CHART}}}cat").addprevious(bars)


def _refer(column: str, values: list[float]) -> str:
    points = "".join(f'<c:pt idx="{number}"><c:v>{value:.6g}</c:v></c:pt>' for number, value in enumerate(values))
    return (
        f"<c:numRef><c:f>Sheet1!${column}$2:${column}${len(values) + 1}</c:f><c:numCache>"
        f'<c:formatCode>General</c:formatCode><c:ptCount val="{len(values)}"/>{points}</c:numCache></c:numRef>'
    )


def count_axes(made: Any) -> None:
    """Give axes ids as the schema wants them: python-pptx's own are below 0."""
    known: dict[str, str] = {}
    for element in made._chartSpace.xpath(".//c:axId | .//c:crossAx"):
        element.set("val", known.setdefault(element.get("val"), str(len(known) + 1)))


def parse_chart(markup: str) -> Any:
    """Return an element of a chart from markup with the prefixes c and a."""
    from pptx.oxml import parse_xml

    tag = markup[1 : min(place for place in map(markup.find, " />") if place > 0)]
    return parse_xml(markup.replace(f"<{tag}", f"<{tag} {_NAMESPACES}", 1))


def _list_columns(chart: Bars, language: Language) -> list[tuple[str, list[float]]]:
    """Return a chart's figures by column. The first one lies where python-pptx refers to."""
    _, bars = language.gettext, chart.bars
    return [
        (chart.series, [bar.value for bar in bars]),
        (_("below"), [max(0.0, bar.value - bar.low) for bar in bars]),
        (_("above"), [max(0.0, bar.high - bar.value) for bar in bars]),
        (_("low"), [bar.low for bar in bars]),
        (_("high"), [bar.high for bar in bars]),
    ]


def write_workbook(names: Sequence[str], columns: Sequence[tuple[str, Sequence[float]]]) -> bytes:
    """Return the workbook behind a chart: a row for each name, with a figure in each column."""
    from xlsxwriter import Workbook

    data = io.BytesIO()
    # no formula can come from a name
    with Workbook(data, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"created": _FIXED_TIME})
        sheet = book.add_worksheet("Sheet1")
        sheet.set_column(0, 0, 40)
        for row, name in enumerate(names, 1):
            sheet.write_string(row, 0, name)
        for column, (head, values) in enumerate(columns, 1):
            sheet.write_string(0, column, tidy(head))
            for row, value in enumerate(values, 1):
                sheet.write_number(row, column, value)
    return data.getvalue()
