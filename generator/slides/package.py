"""Finish a presentation: sections, properties, and bytes that are the same for the same report."""

from __future__ import annotations

import io
import uuid
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from xml.sax.saxutils import quoteattr

from generator.slides.records import Slide

#: The earliest time that a zip can hold, for all parts.
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
_FIRST = ("[Content_Types].xml", "_rels/.rels")
_STORED = (".jpg", ".jpeg", ".png", ".xlsx")
#: What identifies the list of sections; see [MS-PPTX] 2.2.4.
_SECTIONS = "{521415D9-36F7-43E2-AB2F-B90AF26B5E84}"
_P = "http://schemas.openxmlformats.org/presentationml/2006/main"
_P14 = "http://schemas.microsoft.com/office/powerpoint/2010/main"


def encode_deck(presentation: Any, slides: Sequence[Slide], title: str, built: datetime) -> bytes:
    """Return a presentation as a .pptx with sections, its times those of the report."""
    _set_properties(presentation, title, built)
    _set_sections(presentation, slides)
    _drop_thumbnail(presentation)
    saved = io.BytesIO()
    presentation.save(saved)
    return _pack(saved)


def _set_properties(presentation: Any, title: str, built: datetime) -> None:
    plain = built.replace(tzinfo=None, microsecond=0)
    properties = presentation.core_properties
    properties.title, properties.author, properties.last_modified_by = title[:255], "Brandscape", "Brandscape"
    properties.created = properties.modified = plain
    properties.revision, properties.keywords, properties.comments, properties.subject = 1, "", "", ""


def _set_sections(presentation: Any, slides: Sequence[Slide]) -> None:
    """Gather slides into the sections that PowerPoint shows beside them."""
    from pptx.oxml import parse_xml

    element = presentation.part._element
    extensions = element.find(f"{{{_P}}}extLst")
    if extensions is None:
        extensions = parse_xml(f'<p:extLst xmlns:p="{_P}"/>')
        element.append(extensions)
    for extension in list(extensions):
        if extension.get("uri") == _SECTIONS:
            extensions.remove(extension)
    ids = [slide.get("id") for slide in presentation.slides._sldIdLst]
    parts: list[tuple[str, list[str]]] = []
    for slide, number in zip(slides, ids, strict=True):
        if not parts or parts[-1][0] != slide.section:
            parts.append((slide.section, []))
        parts[-1][1].append(number)
    listed = "".join(
        f'<p14:section name={quoteattr(name)} id="{_identify(position, name)}"><p14:sldIdLst>'
        + "".join(f'<p14:sldId id="{number}"/>' for number in numbers)
        + "</p14:sldIdLst></p14:section>"
        for position, (name, numbers) in enumerate(parts)
    )
    sections = f'<p14:sectionLst xmlns:p14="{_P14}">{listed}</p14:sectionLst>'
    extensions.append(parse_xml(f'<p:ext xmlns:p="{_P}" uri="{_SECTIONS}">{sections}</p:ext>'))


def _identify(position: int, name: str) -> str:
    return f"{{{str(uuid.uuid5(uuid.NAMESPACE_URL, f'brandscape:{position}:{name}')).upper()}}}"


def _drop_thumbnail(presentation: Any) -> None:
    """Drop the small picture of the file that the presentation began as."""
    relations = presentation.part.package._rels
    for key, relation in list(relations.items()):
        if relation.reltype.endswith("/thumbnail"):
            relations.pop(key)


def _pack(saved: io.BytesIO) -> bytes:
    """Return the package with its parts sorted, at a fixed time; the list of types comes first, as in PowerPoint's."""
    packed = io.BytesIO()
    with zipfile.ZipFile(saved) as source, zipfile.ZipFile(packed, "w") as target:
        names = sorted(source.namelist(), key=lambda name: (name not in _FIRST, name))
        for name in names:
            entry = zipfile.ZipInfo(name, _FIXED_TIME)
            entry.create_system = 0
            entry.compress_type = zipfile.ZIP_STORED if name.endswith(_STORED) else zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(name), compresslevel=9)
    return packed.getvalue()
