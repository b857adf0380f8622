"""The viewer's scripts as one text, and its data by name."""

from __future__ import annotations

import re

from generator.edition.images import Images
from generator.edition.source import WHOLE, Source
from generator.resources import find_resources
from generator.viewer_data import encode_mosaic, encode_share

_SCRIPT = re.compile(r'<script src="(?:\.\./)*assets/([^"]+\.js)"')
_DATA = re.compile(r"data/([^/]+)\.js")
_MOSAIC = "mosaic-"


def join_scripts(source: Source, door: str, last: str = "") -> str:
    """All scripts of the report in the order its pages load them, with `door` where an edition puts its own places.

    `door` and `last` name files of static/edition; `last` comes after all others.
    """
    order: list[str] = []
    for page in sorted(source.pages.values(), key=lambda text: -len(_SCRIPT.findall(text))):
        order += [name for name in _SCRIPT.findall(page) if name not in order]
    parts = []
    for name in order:
        parts.append(source.read(f"assets/{name}").decode())
        if name == "files.js":
            parts.append(_read_own(door))
    return "\n".join([*parts, *([_read_own(last)] if last else [])])


def encode_data(source: Source, images: Images) -> dict[str, str]:
    """What the viewer reads, by name: the map over the edition's own tiles, every other mosaic over the map's."""
    names = [found[1] for name in source.files if (found := _DATA.fullmatch(name))]
    scripts = {}
    for name in names:
        mosaic = name.removeprefix(_MOSAIC)
        if not name.startswith(_MOSAIC):
            scripts[name] = source.read(f"data/{name}.js").decode()
        elif mosaic == WHOLE:
            scripts[name] = encode_mosaic(images.pyramid, source.lattice, range(len(source.pictures)))
        else:
            scripts[name] = encode_share(mosaic, WHOLE, source.mosaics[mosaic])
    return scripts


def _read_own(name: str) -> str:
    return (find_resources("static") / "edition" / name).read_text(encoding="utf-8")
