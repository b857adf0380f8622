"""Brandscape's own master: paper and ink, one accent, and a layout for each kind of slide."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from generator.language import Language
from generator.slides import grid
from generator.slides.grid import LAYOUTS, Place, Style
from generator.slides.records import Box, Kind

#: Colours of the theme, as on the report's pages. Fonts are those that every Office has, and whose widths free
#: programs imitate: Liberation Serif and Sans.
_COLOURS = {
    "dk1": "16150F", "lt1": "FBFAF7", "dk2": "5F5C52", "lt2": "EDEBE6", "accent1": "8A2B17", "accent2": "8B877B",
    "accent3": "B9B4A6", "accent4": "5B6E6A", "accent5": "A98B5D", "accent6": "3F4A57", "hlink": "8A2B17",
    "folHlink": "5F5C52",
}  # fmt: skip
_FONTS = {"major": "Times New Roman", "minor": "Arial"}
_EMU = 914_400
_FIRST_ID = 2_147_483_648  # of layouts and masters
#: Indices of the footer and the slide number, in every layout that has them.
FOOTER, NUMBER = 90, 91
_FOOTERS: Mapping[str, tuple[str, int, Box, Style]] = {
    "Footer": ("ftr", FOOTER, grid.FOOTER, grid.FOOTER_STYLE),
    "Number": ("sldNum", NUMBER, grid.NUMBER, grid.NUMBER_STYLE),
    "High number": ("sldNum", NUMBER, grid.HIGH_NUMBER, grid.NUMBER_STYLE),
}
_NAMESPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
#: Marks a field that PowerPoint fills with the slide's number; any fixed GUID does.
_FIELD = "{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}"


def name_layouts(language: Language) -> dict[Kind, str]:
    """Return what each layout is called in PowerPoint."""
    _ = language.gettext
    return {
        "title": _("Title slide"),
        "map": _("Map"),
        "brief": _("Findings in brief"),
        "finding": _("Finding"),
        "groups2": _("Two groups of images"),
        "groups3": _("Three groups of images"),
        "groups4": _("Four groups of images"),
        "table": _("Table"),
        "chart": _("Chart"),
        "curves": _("Curves"),
        "brand": _("Brand"),
        "pair": _("Two brands"),
        "changes": _("Changes"),
        "text": _("Text in two columns"),
    }


def make_presentation(language: Language) -> tuple[Any, dict[Kind, Any]]:
    """Return an empty presentation of 16:9 with Brandscape's master, and its layouts by kind of slide."""
    from pptx import Presentation
    from pptx.util import Emu

    presentation = Presentation()
    presentation.slide_width, presentation.slide_height = Emu(12_192_000), Emu(6_858_000)
    master = presentation.slide_master
    _set_theme(master)
    _fill(
        master.element,
        {"title": LAYOUTS["table"]["title"], "text": LAYOUTS["text"]["text"]},
        "bg1",
        language,
        ("Footer", "Number"),
    )
    _set_text_styles(master.element)
    names = name_layouts(language)
    for _position in range(len(presentation.slide_layouts), len(names)):
        _add_layout(presentation)
    spare = list(presentation.slide_layouts)
    layouts = dict(zip(names, spare, strict=False))
    for layout in spare[len(names) :]:
        presentation.slide_layouts.remove(layout)
    for kind, layout in layouts.items():
        element = layout.element
        for attribute in ("type", "preserve", "showMasterSp"):
            element.attrib.pop(attribute, None)
        if kind == "title":
            element.set("type", "title")
        element.set("preserve", "1")
        element.cSld.set("name", names[kind])
        _fill(element, LAYOUTS[kind], "bg2" if kind == "map" else None, language, _list_footers(kind))
    return presentation, layouts


def _list_footers(kind: Kind) -> Sequence[str]:
    """Return the footers of a layout; a map has its number above it."""
    return () if kind == "title" else ("High number",) if kind == "map" else ("Footer", "Number")


def _add_layout(presentation: Any) -> None:
    """Add a copy of the first layout, which python-pptx does not do by itself."""
    from pptx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
    from pptx.opc.packuri import PackURI
    from pptx.parts.slide import SlideLayoutPart

    first, master = presentation.slide_layouts[0].part, presentation.slide_master
    name = PackURI(f"/ppt/slideLayouts/slideLayout{len(presentation.slide_layouts) + 1}.xml")
    part = SlideLayoutPart.load(name, CONTENT_TYPE.PML_SLIDE_LAYOUT, first.package, first.blob)
    part.relate_to(master.part, RELATIONSHIP_TYPE.SLIDE_MASTER)
    listed = master.element.get_or_add_sldLayoutIdLst()
    entry = listed._add_sldLayoutId()
    entry.set("id", str(max(int(other.get("id") or _FIRST_ID) for other in listed) + 1))
    entry.rId = master.part.relate_to(part, RELATIONSHIP_TYPE.SLIDE_LAYOUT)


def write_box(box: Box) -> str:
    """Return the a:xfrm of a place."""
    x, y, width, height = (round(value * _EMU) for value in (box.x, box.y, box.width, box.height))
    return f'<a:xfrm><a:off x="{x}" y="{y}"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'


def _fill(
    element: Any, places: Mapping[str, Place], ground: str | None, language: Language, footers: Sequence[str] = ()
) -> None:
    """Replace the shapes of a master or layout by placeholders for `places`, and its background by `ground`."""
    from pptx.oxml import parse_xml

    tree = element.cSld.spTree
    for shape in list(tree)[2:]:
        tree.remove(shape)
    shapes = [_write_place(role, place, language) for role, place in places.items()]
    shapes += [_write_footer(name, *_FOOTERS[name]) for name in footers]
    for number, shape in enumerate(shapes, 2):
        shape = shape.replace('lang=""', f'lang="{language.region}"')
        tree.append(parse_xml(shape.replace('id="0"', f'id="{number}"', 1)))
    old = element.cSld.bg
    if old is not None:
        element.cSld.remove(old)
    if ground:
        fill = f'<a:solidFill><a:schemeClr val="{ground}"/></a:solidFill><a:effectLst/>'
        element.cSld.insert(0, parse_xml(f"<p:bg {_NAMESPACES}><p:bgPr>{fill}</p:bgPr></p:bg>"))


def _write_place(role: str, place: Place, language: Language) -> str:
    _ = language.gettext
    kinds = {"pic": _("Picture"), "title": _("Title"), "ctrTitle": _("Title")}
    name = f"{kinds.get(place.type, _('Text'))} ({role})"
    index = f' idx="{place.index}"' if place.index else ""
    size = ' sz="quarter"' if place.type in ("body", "pic") else ""
    return _write_shape(name, f'<p:ph type="{place.type}"{size}{index}/>', place.box, place.style, escape(name))


def _write_footer(name: str, kind: str, index: int, box: Box, style: Style) -> str:
    text = f'<a:fld id="{_FIELD}" type="slidenum"><a:rPr lang=""/><a:t>‹#›</a:t></a:fld>' if kind == "sldNum" else ""
    placeholder = f'<p:ph type="{kind}" sz="quarter" idx="{index}"/>'
    return _write_shape(name, placeholder, box, style, "", text)


def _write_shape(name: str, placeholder: str, box: Box, style: Style, prompt: str, runs: str = "") -> str:
    runs = runs or (f'<a:r><a:rPr lang=""/><a:t>{prompt}</a:t></a:r>' if prompt else '<a:endParaRPr lang=""/>')
    return (
        f'<p:sp {_NAMESPACES}><p:nvSpPr><p:cNvPr id="0" name={quoteattr(name)}/>'
        f'<p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr><p:nvPr>{placeholder}</p:nvPr></p:nvSpPr>'
        f"<p:spPr>{write_box(box)}</p:spPr><p:txBody>"
        f'<a:bodyPr vert="horz" wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" anchor="{style.anchor}">'
        f"<a:normAutofit/></a:bodyPr><a:lstStyle>{_write_style('a:lvl1pPr', style)}</a:lstStyle>"
        f"<a:p>{runs}</a:p></p:txBody></p:sp>"
    )


def _write_style(tag: str, style: Style) -> str:
    face = "+mj-lt" if style.face == "display" else "+mn-lt"
    return (
        f'<{tag} marL="0" indent="0" algn="{style.align}"><a:lnSpc><a:spcPct val="{round(style.leading * 100_000)}"/>'
        f'</a:lnSpc><a:spcBef><a:spcPts val="0"/></a:spcBef><a:spcAft><a:spcPts val="{round(style.after * 100)}"/>'
        f'</a:spcAft><a:buNone/><a:defRPr sz="{round(style.size * 100)}" b="0" i="0" kern="1200"><a:solidFill>'
        f'<a:schemeClr val="{style.colour}"/></a:solidFill><a:latin typeface="{face}"/><a:ea typeface="{face[:-2]}ea"/>'
        f'<a:cs typeface="{face[:-2]}cs"/></a:defRPr></{tag}>'
    )


def _set_text_styles(master: Any) -> None:
    from pptx.oxml import parse_xml

    title, body = LAYOUTS["table"]["title"].style, LAYOUTS["text"]["text"].style
    levels = "".join(_write_style(f"a:lvl{level}pPr", body) for level in range(1, 10))
    styles = (
        f"<p:txStyles {_NAMESPACES}><p:titleStyle>{_write_style('a:lvl1pPr', title)}</p:titleStyle>"
        f"<p:bodyStyle>{levels}</p:bodyStyle><p:otherStyle>{levels}</p:otherStyle></p:txStyles>"
    )
    old = next(child for child in master if child.tag.endswith("}txStyles"))
    master.replace(old, parse_xml(styles))


def _set_theme(master: Any) -> None:
    """Give the theme its colours and fonts."""
    from pptx.opc.constants import RELATIONSHIP_TYPE

    theme = master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    text = theme.blob.decode("utf-8")
    colours = "".join(f'<a:{name}><a:srgbClr val="{value}"/></a:{name}>' for name, value in _COLOURS.items())
    text = re.sub(
        r"(<a:clrScheme )name=\"[^\"]*\">.*?(</a:clrScheme>)", rf'\1name="Brandscape">{colours}\2', text, flags=re.S
    )
    for kind, font in _FONTS.items():
        faces = f'<a:latin typeface="{font}"/><a:ea typeface=""/><a:cs typeface=""/>'
        text = re.sub(rf"(<a:{kind}Font>).*?(</a:{kind}Font>)", rf"\g<1>{faces}\g<2>", text, flags=re.S)
    text = re.sub(r"(<a:fontScheme )name=\"[^\"]*\"", r'\1name="Brandscape"', text)
    text = re.sub(r"(<a:theme [^>]*?)name=\"[^\"]*\"", r'\1name="Brandscape"', text)
    theme._blob = text.encode("utf-8")
