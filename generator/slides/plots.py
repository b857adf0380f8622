"""Small charts of a deck: shares side by side as bars, and shares over time as curves with their bands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from generator.language import Language
from generator.slides.charts import CHART, count_axes, parse_chart, write_workbook
from generator.slides.measure import cut_text
from generator.slides.records import Box, Compared, Curve
from generator.slides.source import tidy

_EMU = 914_400
_SIZE = 11.0
#: Names take this part of a chart's width.
_NAMES = 0.4


def add_plot(shown: Any, plot: Compared | Curve, box: Box, scale: float, language: Language) -> None:
    """Add a small chart; `scale`, at most 1, is how much smaller its text is set."""
    if isinstance(plot, Compared):
        _add_compared(shown, plot, box, _SIZE * scale, language)
    else:
        _add_curve(shown, plot, box, _SIZE * scale, language)


def _add_compared(shown: Any, plot: Compared, box: Box, size: float, language: Language) -> None:
    from pptx.dml.color import RGBColor
    from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
    from pptx.enum.dml import MSO_THEME_COLOR
    from pptx.util import Pt

    names = [cut_text(tidy(name), box.width * _NAMES, size) for name in plot.names]
    # a legend that does not fit takes the chart's room
    series_names = [cut_text(tidy(name), box.width * _NAMES, size) for name, _ in plot.series]
    drawn = [(name, values) for name, (_name, values) in zip(series_names, plot.series, strict=True)]
    made = _add(shown, XL_CHART_TYPE.BAR_CLUSTERED, names, drawn, box, plot.alt)
    made.font.size = Pt(size)
    made.has_legend = True
    made.legend.position, made.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    values, categories = made.value_axis, made.category_axis
    values.minimum_scale, values.visible, values.has_major_gridlines = 0, False, False
    categories.reverse_order = True
    _name_each(categories)
    categories.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    categories.format.line.color.rgb = RGBColor(0xB9, 0xB4, 0xA6)
    _hide_ticks(categories)
    bars = made.plots[0]
    bars.gap_width, bars.overlap, bars.vary_by_categories = 45, 0, False
    for series, colour in zip(bars.series, (MSO_THEME_COLOR.ACCENT_1, MSO_THEME_COLOR.ACCENT_3), strict=False):
        series.invert_if_negative = False
        series.format.fill.solid()
        series.format.fill.fore_color.theme_color = colour
        labels = series.data_labels
        labels.show_value, labels.position = True, XL_LABEL_POSITION.OUTSIDE_END
        labels.number_format, labels.number_format_is_linked = _percent_format(language), False
        labels.font.size = Pt(max(7.0, size - 1.5))
    _embed(made, names, drawn)


def _add_curve(shown: Any, plot: Curve, box: Box, size: float, language: Language) -> None:
    """Add a curve over its band: two stacked areas, of which the lower one is not painted, and a line on them."""
    from pptx.dml.color import RGBColor
    from pptx.enum.chart import XL_CHART_TYPE, XL_TICK_LABEL_POSITION
    from pptx.util import Pt

    _ = language.gettext
    series = (
        (_("low"), plot.lows),
        (_("band"), tuple(high - low for low, high in zip(plot.lows, plot.highs, strict=True))),
        (_("share"), plot.shares),
    )
    made = _add(shown, XL_CHART_TYPE.AREA_STACKED, plot.times, series, box, plot.alt)
    made.has_legend = False
    made.font.size = Pt(max(8.0, size - 1))
    values, categories = made.value_axis, made.category_axis
    values.minimum_scale, values.maximum_scale, values.major_unit = 0, plot.top, plot.top / 2
    values.tick_labels.number_format, values.tick_labels.number_format_is_linked = _percent_format(language), False
    values.format.line.fill.background()
    values.major_gridlines.format.line.width = Pt(0.5)
    values.major_gridlines.format.line.color.rgb = RGBColor(0xDD, 0xD9, 0xCE)
    categories.format.line.color.rgb = RGBColor(0xB9, 0xB4, 0xA6)
    _hide_ticks(values)
    _hide_ticks(categories)
    categories.tick_label_position = XL_TICK_LABEL_POSITION.NONE  # the slide says from when to when
    _paint_curve(made)
    _embed(made, plot.times, series)


def _paint_curve(made: Any) -> None:
    from pptx.enum.dml import MSO_THEME_COLOR

    areas = made.plots[0]
    low, band = areas.series[0], areas.series[1]
    low.format.fill.background()
    band.format.fill.solid()
    band.format.fill.fore_color.theme_color = MSO_THEME_COLOR.ACCENT_1
    colour = band._element.xpath("./c:spPr/a:solidFill/a:schemeClr")[0]
    colour.append(parse_chart('<a:alpha val="22000"/>'))
    chart = areas._element
    line = chart.findall(f"{{{CHART}}}ser")[2]
    chart.remove(line)
    ids = [axis.get("val") for axis in chart.findall(f"{{{CHART}}}axId")]
    drawn = parse_chart(
        '<c:lineChart><c:grouping val="standard"/><c:varyColors val="0"/><c:marker val="1"/>'
        + "".join(f'<c:axId val="{number}"/>' for number in ids)
        + "</c:lineChart>"
    )
    for child in line.findall(f"{{{CHART}}}spPr"):
        line.remove(child)
    paint = (
        '<c:spPr><a:ln w="22225" cap="rnd"><a:solidFill><a:schemeClr val="accent1"/></a:solidFill>'
        "<a:round/></a:ln></c:spPr>"
    )
    text = line.find(f"{{{CHART}}}tx")
    text.addnext(parse_chart('<c:marker><c:symbol val="none"/></c:marker>'))
    text.addnext(parse_chart(paint))
    line.append(parse_chart('<c:smooth val="0"/>'))
    drawn.insert(2, line)
    chart.addnext(drawn)


def _add(
    shown: Any, kind: Any, names: Sequence[str], series: Sequence[tuple[str, Sequence[float]]], box: Box, alt: str
) -> Any:
    from pptx.chart.data import CategoryChartData

    data = CategoryChartData(number_format="0%")
    data.categories = names
    for name, values in series:
        data.add_series(tidy(name), values)
    frame = shown.shapes.add_chart(
        kind, *(round(value * _EMU) for value in (box.x, box.y, box.width, box.height)), data
    )
    frame._element.nvGraphicFramePr.cNvPr.set("descr", tidy(alt)[:2_000])
    made = frame.chart
    made.has_title = False
    count_axes(made)
    return made


def _name_each(categories: Any) -> None:
    """Let an axis name each category: where names are long, programs leave some out."""
    offset = categories._element.find(f"{{{CHART}}}lblOffset")
    offset.addnext(parse_chart('<c:tickLblSkip val="1"/>'))


def _hide_ticks(axis: Any) -> None:
    from pptx.enum.chart import XL_TICK_MARK

    axis.major_tick_mark = axis.minor_tick_mark = XL_TICK_MARK.NONE


def _percent_format(language: Language) -> str:
    return "0\N{NO-BREAK SPACE}%" if language.code == "fr" else "0%"


def _embed(made: Any, names: Sequence[str], series: Sequence[tuple[str, Sequence[float]]]) -> None:
    made.part.chart_workbook.update_from_xlsx_blob(write_workbook(names, series))
