"""Put the slides of a plan into a presentation, as text, pictures, tables and charts that can be edited."""

from __future__ import annotations

import copy
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from generator.language import Language
from generator.report.address import address_page
from generator.slides import grid
from generator.slides.charts import add_chart
from generator.slides.marks import add_mark, add_palette
from generator.slides.measure import cut_text, fit_lines, hold_last_words
from generator.slides.plots import add_plot
from generator.slides.records import Line, Picture, Slide, Words
from generator.slides.source import tidy
from generator.slides.stage import Spot, Stage
from generator.slides.tables import add_table
from generator.slides.telling import Telling

#: Gives the bytes of a picture by its path; None for one that is not there.
Images = Callable[[str], bytes | None]
_EMU = 914_400
#: Insets of a template's title in inches, and how much wider its font may run than the one that is measured.
_INSETS, _WIDER = 0.2, 1.1


def write_slides(stage: Stage, slides: Sequence[Slide], telling: Telling, images: Images, address: str) -> None:
    """Add slides to the presentation of `stage`. With an `address`, each links to its page of the report there."""
    for slide in slides:
        shown = stage.presentation.slides.add_slide(stage.layouts[slide.kind])
        _fill_places(stage, slide, shown, telling, images, address)
        for palette in slide.palettes:
            add_palette(stage, slide, palette, shown)
        for mark in slide.marks:
            add_mark(stage, slide, mark, shown)
        if slide.table:
            add_table(shown, slide.table, stage.carry("table", grid.TABLE), stage.scale("table"))
        if slide.chart:
            add_chart(shown, slide.chart, stage.carry("chart", grid.CHART), stage.scale("chart"), telling.language)
        for plot in slide.plots:
            box = grid.PLOTS[plot.role]
            carried = stage.carry(slide.kind, box)
            add_plot(shown, plot, carried, min(1.0, carried.width / box.width), telling.language)
        _add_footers(shown, telling.source.title if slide.kind != "title" else "")
        _write_notes(shown, slide, telling)
        _name_language(shown, telling.language)


def _fill_places(stage: Stage, slide: Slide, shown: Any, telling: Telling, images: Images, address: str) -> None:
    """Write a slide's title, pictures and words, and take placeholders away that stay empty."""
    places = {place.placeholder_format.idx: place for place in shown.placeholders}
    used = _write_title(stage, slide, shown, places)
    for picture in slide.pictures:
        used |= _add_picture(stage, slide, picture, shown, places, images(picture.path))
    told = [*slide.words]
    if address and slide.page:
        page = address + slide.page if "#" in slide.page else address_page(address, slide.page)
        told.append(Words("link", (Line(telling.language.gettext("See it in the report"), "plain", page),)))
    sizes = _match_sizes(stage, slide)
    for words in told:
        used |= _add_words(stage, slide, words, shown, places, sizes.get(_name_lead(words), 1_000.0))
    for index, place in places.items():
        if index not in used:
            place.element.getparent().remove(place.element)


def _write_title(stage: Stage, slide: Slide, shown: Any, places: Mapping[int, Any]) -> set[int]:
    spot, title = stage.find(slide.kind, "title"), shown.shapes.title
    if spot is None or title is None:
        return set()
    style, box = spot.style, spot.box
    if not stage.is_own:
        box = replace(box, width=max(1.0, title.width / _EMU / _WIDER - _INSETS), height=max(0.5, title.height / _EMU))
        size = _find_size(title)
        style = replace(style, size=size, least=min(size, 14.0), leading=1.0)
    text = hold_last_words(tidy(slide.title), box.width, style.size)
    texts, size = fit_lines([text], box.width, box.height, style)
    _set_lines(title, [Line(text) for text in texts], size if size < style.size else None)
    return {0} | {index for index, place in places.items() if place.element is title.element}


def _find_size(title: Any) -> float:
    """Return the size of a template's title in points, as its layout or master sets it."""
    index = title.placeholder_format.idx
    layout = title.part.slide.slide_layout
    own = [place.element for place in layout.placeholders if place.placeholder_format.idx == index]
    found = [size for element in own for size in element.xpath("./p:txBody/a:lstStyle/a:lvl1pPr/a:defRPr/@sz")]
    found += layout.slide_master.element.xpath("./p:txStyles/p:titleStyle/a:lvl1pPr/a:defRPr/@sz")
    return int(found[0]) / 100 if found else 36.0


def _name_lead(words: Words) -> str:
    return words.role.rstrip("0123456789")


def _match_sizes(stage: Stage, slide: Slide) -> dict[str, float]:
    """Return the sizes at which words side by side, whose roles differ by a number alone, all fit; by that role."""
    sizes: dict[str, float] = {}
    for words in slide.words:
        spot = stage.find(slide.kind, words.role)
        if spot is not None and _name_lead(words) != words.role:
            _texts, size = fit_lines(_list_texts(words), spot.box.width, spot.box.height, spot.style)
            sizes[_name_lead(words)] = min(size, sizes.get(_name_lead(words), size))
    return sizes


def _list_texts(words: Words) -> list[str]:
    return [tidy(line.text) for line in words.lines]


def _add_words(
    stage: Stage, slide: Slide, words: Words, shown: Any, places: Mapping[int, Any], most: float
) -> set[int]:
    """Write words into their place, no larger than `most` points."""
    spot = stage.find(slide.kind, words.role)
    if spot is None or not words.lines:
        return set()
    place = places.get(spot.index) if spot.index is not None else _find_text(stage, slide, words, places)
    if place is not None and spot.index is None:
        spot = replace(spot, box=replace(spot.box, width=place.width / _EMU, height=place.height / _EMU))
    lines = [replace(line, text=text) for line, text in zip(words.lines, _list_texts(words), strict=True)]
    if words.role == "label":  # one line; its letters are spaced
        lines = [replace(lines[0], text=cut_text(lines[0].text, spot.box.width * 0.85, spot.style.size))]
    style = replace(spot.style, size=min(spot.style.size, most))
    texts, size = fit_lines([line.text for line in lines], spot.box.width, spot.box.height, style)
    texts = [hold_last_words(text, spot.box.width, size) for text in texts]
    lines = [replace(line, text=text) for line, text in zip(lines, texts, strict=False)]
    while lines and lines[-1].tone == "label" and len(lines) > 1:  # a heading whose lines had no room
        lines.pop()
    if place is None:
        place = _add_box(shown, spot)
        _set_lines(place, lines, size, spot)
        return set()
    _set_lines(place, lines, size if size < spot.style.size or not stage.is_own else None)
    return {place.placeholder_format.idx}


def _find_text(stage: Stage, slide: Slide, words: Words, places: Mapping[int, Any]) -> Any:
    """Return a template's own placeholder for the main text of a slide; None if a box must do."""
    if (slide.kind, words.role) not in (("title", "subtitle"), ("text", "text"), ("text", "more")):
        return None
    texts = [place for place in places.values() if place.placeholder_format.type.name in ("SUBTITLE", "BODY", "OBJECT")]
    position = 1 if words.role == "more" else 0
    # a lone text placeholder would be as wide as both columns
    if slide.kind == "text" and len(texts) < 2:
        return None
    return texts[position] if position < len(texts) else None


def _add_box(shown: Any, spot: Spot) -> Any:
    from pptx.enum.text import MSO_ANCHOR

    box = shown.shapes.add_textbox(*(round(value * _EMU) for value in _corners(spot)))
    frame = box.text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    frame.vertical_anchor = {"t": MSO_ANCHOR.TOP, "ctr": MSO_ANCHOR.MIDDLE, "b": MSO_ANCHOR.BOTTOM}[spot.style.anchor]
    return box


def _corners(spot: Spot) -> tuple[float, float, float, float]:
    return spot.box.x, spot.box.y, spot.box.width, spot.box.height


def _set_lines(shape: Any, lines: Sequence[Line], size: float | None, spot: Spot | None = None) -> None:
    """Write paragraphs into a shape. Without a `size` the placeholder's own holds; `spot` sets a plain box."""
    from pptx.enum.dml import MSO_THEME_COLOR
    from pptx.enum.text import MSO_AUTO_SIZE, PP_ALIGN
    from pptx.util import Pt

    frame = shape.text_frame
    frame.auto_size = MSO_AUTO_SIZE.TEXT_TO_FIT_SHAPE  # where another font stands in, LibreOffice shrinks text by this
    for number, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        run = paragraph.add_run()
        run.text = line.text
        if size is not None:
            run.font.size = Pt(size)
        if spot is not None:
            paragraph.alignment = {"l": PP_ALIGN.LEFT, "ctr": PP_ALIGN.CENTER, "r": PP_ALIGN.RIGHT}[spot.style.align]
            paragraph.line_spacing = spot.style.leading
            paragraph.space_after = Pt(spot.style.after)
        if spot is not None and spot.style.colour == "accent1":
            run.font.color.theme_color = MSO_THEME_COLOR.ACCENT_1
        if line.tone == "strong" or (line.tone == "label" and spot is not None):
            run.font.bold = True
        if line.tone in ("quiet", "label") and len(lines) > 1 and spot is None:  # a template may have any second colour
            run.font.color.theme_color = MSO_THEME_COLOR.TEXT_2
        if line.tone == "label":
            run.font._element.set("spc", "60")
            if number:
                paragraph.space_before = Pt(9)
        if line.link:
            run.hyperlink.address = line.link


def _add_picture(
    stage: Stage, slide: Slide, picture: Picture, shown: Any, places: Mapping[int, Any], data: bytes | None
) -> set[int]:
    spot = stage.find(slide.kind, picture.role)
    if spot is None or data is None:
        return set()
    box = stage.carry(slide.kind, picture.box) if picture.box else spot.box
    used: set[int] = set()
    place = places.get(spot.index) if spot.index is not None else None
    if place is not None:
        used, shape = {place.placeholder_format.idx}, place.insert_picture(io.BytesIO(data))
    else:
        shape = shown.shapes.add_picture(io.BytesIO(data), 0, 0)
        _crop(shape, box.width / box.height)
    if picture.box or place is None:
        shape.left, shape.top, shape.width, shape.height = (
            round(value * _EMU) for value in (box.x, box.y, box.width, box.height)
        )
    if picture.box:
        shape.crop_left = shape.crop_right = shape.crop_top = shape.crop_bottom = 0
    properties = shape._element.nvPicPr.cNvPr
    properties.set("descr", tidy(picture.alt))
    return used


def _crop(shape: Any, aspect: float) -> None:
    """Crop a picture, evenly on both sides, to a width of `aspect` heights."""
    own = shape.width / max(1, shape.height)
    if own > aspect:
        shape.crop_left = shape.crop_right = (1 - aspect / own) / 2
    else:
        shape.crop_top = shape.crop_bottom = (1 - own / aspect) / 2


def _add_footers(shown: Any, title: str) -> None:
    """Give a slide the footer and the number of its layout, which PowerPoint shows only on slides that have them."""
    present = {place.placeholder_format.type.name for place in shown.placeholders}
    for place in shown.slide_layout.placeholders:
        kind = place.placeholder_format.type.name
        if kind not in ("FOOTER", "SLIDE_NUMBER") or kind in present or (kind == "FOOTER" and not title):
            continue
        element = copy.deepcopy(place.element)
        properties = element.spPr
        for child in list(properties):  # its place is the layout's
            properties.remove(child)
        for style in element.xpath("./p:txBody/a:lstStyle/*"):
            style.getparent().remove(style)
        shown.shapes._spTree.append(element)
        element.nvSpPr.cNvPr.set("id", str(max(map(int, shown.shapes._spTree.xpath(".//p:cNvPr/@id"))) + 1))
        if kind == "FOOTER":
            shape = shown.shapes[len(shown.shapes) - 1]
            shape.text_frame.text = title if len(title) <= 80 else title[:79] + "…"


def _name_language(shown: Any, language: Language) -> None:
    """Tell spell checkers the language of a slide's text and notes."""
    trees = [shown._element, *([shown.notes_slide._element] if shown.has_notes_slide else [])]
    for run in (run for tree in trees for run in tree.xpath(".//a:r | .//a:fld")):
        run.get_or_add_rPr().set("lang", language.region)


def _write_notes(shown: Any, slide: Slide, telling: Telling) -> None:
    lines = [text for line in slide.notes if (text := tidy(line))]
    if slide.page:
        lines.append(telling.language.gettext("Page of the report: %(page)s") % {"page": slide.page})
    frame = shown.notes_slide.notes_text_frame if lines else None
    if frame is not None:
        frame.text = "\n".join(lines)
