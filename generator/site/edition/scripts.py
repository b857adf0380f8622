"""Gather what the pages of an edition load: scripts as one text, data by name, and tables."""

from __future__ import annotations

import re

from generator.mosaics.script import encode_mosaic, encode_share
from generator.resources import find_resources
from generator.site.assets import BUNDLES
from generator.site.edition.budget import Grade
from generator.site.edition.images import Images
from generator.site.edition.source import WHOLE, Source
from generator.site.viewer_data import leave_out_marks

_DATA = re.compile(r"data/([^/]+)\.js")
_MOSAIC = "mosaic-"
_WORKBOOK = "data/report.xlsx"
#: Bytes of a table above which the workbook, which holds it too, is enough.
_LARGE = 200_000


def join_scripts(source: Source, last: str) -> str:
    """Join the report's scripts in the order its pages load them, then the file `last` of static/edition."""
    return "\n".join([*(source.read(f"assets/{name}").decode() for name in BUNDLES), read_own(last)])


def encode_data(source: Source, images: Images, grade: Grade) -> dict[str, str]:
    """Return the viewer's data by name: the map over the edition's own tiles, other mosaics over the map's."""
    names = [found[1] for name in source.files if (found := _DATA.fullmatch(name))]
    scripts = {}
    for name in names:
        mosaic = name.removeprefix(_MOSAIC)
        if not name.startswith(_MOSAIC):
            scripts[name] = source.read(f"data/{name}.js").decode()
        elif mosaic == WHOLE:
            names = source.mosaics[mosaic]["names"]
            scripts[name] = encode_mosaic(images.pyramid, source.lattice, range(len(source.pictures)), names)
        else:
            scripts[name] = encode_share(mosaic, WHOLE, source.mosaics[mosaic])
    return scripts if grade.has_marks else leave_out_marks(scripts)


def choose_tables(source: Source, has_workbook: bool) -> frozenset[str]:
    """Return the tables that stay: the small ones, and the workbook, which holds them all."""
    small = [
        name
        for name in source.files
        if re.fullmatch(r"data/[^/]+\.csv", name) and (source.folder / name).stat().st_size <= _LARGE
    ]
    return frozenset([*small, *([_WORKBOOK] if has_workbook and _WORKBOOK in source.files else [])])


def read_own(name: str) -> str:
    """Return the text of a script or style sheet that only editions have."""
    return (find_resources("static") / "edition" / name).read_text(encoding="utf-8")
