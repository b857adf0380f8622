"""Write the names of territories or clusters over a flat mosaic, as a picture for slides."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageFilter

from generator.maps.lattice import Lattice
from generator.mosaics.lettering import can_write, draw_lines
from generator.mosaics.name_places import LEADING, SIZES, NamePlace
from generator.mosaics.tiles import subsampling_for

#: Width in CSS pixels at which such a picture is looked at: that of a slide.
_SLIDE = 1280
#: Width of the halo in CSS pixels, and the colours of letters and halo.
_HALO = 3.0
_INK, _PAPER = (20, 20, 20), (255, 255, 255)


def write_named(flat: Path, target: Path, lattice: Lattice, names: Sequence[NamePlace], quality: int) -> None:
    """Write the flat mosaic in `flat` to `target` with those of `names` that have room when it fills a slide.

    Names of territories are written if there are any, else those of clusters; names in other scripts than Latin are
    left out.
    """
    with Image.open(flat, formats=("JPEG",)) as opened:
        picture = opened.convert("RGB")
    side = picture.width / lattice.columns
    zoom = picture.width / _SLIDE
    kind = "territory" if any(place.named.kind == "territory" for place in names) else "cluster"
    halo = max(1, round(_HALO * zoom))
    for place in names:
        image, least = place.wide
        if place.named.kind != kind or side / zoom < least or not all(map(can_write, place.lines)):
            continue
        ink = draw_lines(place.lines, max(SIZES[kind] * zoom, 1), LEADING, 2 * halo)
        middle = (float(lattice.column[image]) + 0.5) * side, (float(lattice.line[image]) + 0.5) * side
        left, top = (
            round(min(max(centre - length / 2, 0), max(whole - length, 0)))
            for centre, length, whole in zip(middle, ink.size, picture.size, strict=True)
        )
        wider = _widen(ink, 2 * halo - 1).filter(ImageFilter.GaussianBlur(halo / 3))
        around = wider.point(lambda value: min(255, value * 2))
        picture.paste(_PAPER, (left, top), around)
        picture.paste(_INK, (left, top), ink)
    picture.save(target, "JPEG", quality=quality, subsampling=subsampling_for(max(1, int(side))))


def _widen(ink: Image.Image, side: int) -> Image.Image:
    """Return the brightest value within a square of `side` pixels around each, as Pillow's MaxFilter does.

    Rows and then columns take a hundredth of the time of whole squares.
    """
    from scipy.ndimage import maximum_filter

    return Image.fromarray(maximum_filter(np.asarray(ink), side, mode="nearest"))
