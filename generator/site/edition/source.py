"""Read a finished report for an edition: its files, and the images, cells and borders of its map."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from generator.errors import SettingsError
from generator.maps.lattice import Lattice
from generator.mosaics.script import read_call, unpack
from generator.site.manifest import read_manifest

#: The mosaic whose tiles all others are composed from.
WHOLE = "all"
_PICTURE = re.compile(r"images/([0-9a-f]{16})\.jpg")
#: A script that reports of earlier versions lack.
_DOOR = "assets/page.js"


@dataclass(frozen=True, slots=True)
class Source:
    """A finished report.

    `files` are the paths of its files without the manifest, `pages` the text of its pages by path, `mosaics` the
    viewer's data of each mosaic. `pictures` and `borders` hold the name of each post's image and the colour of its
    border, if any; `lattice` and `cell` are those of the map. `shown` are the pictures on pages; the viewer shows all.
    """

    folder: Path
    files: tuple[str, ...]
    pages: Mapping[str, str]
    mosaics: Mapping[str, Mapping[str, Any]]
    lattice: Lattice
    cell: int
    pictures: tuple[str, ...]
    borders: tuple[str | None, ...]
    shown: frozenset[str]

    @property
    def all_pictures(self) -> frozenset[str]:
        """The pictures of posts, and of removed posts that pages still show."""
        return self.shown.union(self.pictures)

    def read(self, name: str) -> bytes:
        """Return the bytes of one file."""
        return (self.folder / name).read_bytes()


def read_source(site: Path) -> Source:
    """Read the report in `site`. Raises SettingsError if there is none, or it is too old."""
    manifest = read_manifest(site)
    if manifest is None:
        raise SettingsError(f"There is no report in {site}.", "Build one first: brandscape build posts.xlsx")
    files = tuple(sorted(manifest["files"]))
    if _DOOR not in files:
        raise SettingsError(f"The report in {site} is of an earlier version.", "Build it again, then make the edition.")

    def call(name: str) -> Any:
        return read_call((site / "data" / f"{name}.js").read_text(encoding="utf-8"))[0]

    names = [Path(name).stem for name in files if re.fullmatch(r"data/mosaic-[^/]+\.js", name)]
    mosaics = {name.removeprefix("mosaic-"): call(name) for name in names}
    posts, whole = call("posts"), mosaics[WHOLE]
    data = np.frombuffer(_decode(call("pictures")["pictures"]), np.uint8).reshape(-1, 8)
    cells = unpack(whole["cells"])
    colours = [cluster["colour"] for cluster in posts["clusters"]] + [None]
    pages = {name: (site / name).read_text(encoding="utf-8") for name in files if name.endswith(".html")}
    return Source(
        folder=site,
        files=files,
        pages=pages,
        mosaics=mosaics,
        lattice=Lattice(
            whole["columns"],
            whole["lines"],
            (cells % whole["columns"]).astype(np.int32),
            (cells // whole["columns"]).astype(np.int32),
        ),
        cell=whole["cell"],
        pictures=tuple(row.tobytes().hex() for row in data),
        borders=tuple(colours[cluster] for cluster in unpack(posts["cluster"]).tolist()),
        shown=frozenset(name for text in pages.values() for name in _PICTURE.findall(text)),
    )


def _decode(text: str) -> bytes:
    from base64 import b64decode

    return b64decode(text)
