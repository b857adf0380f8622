"""Make the edition for e-mail: a small zip without any file that mail systems refuse."""

from __future__ import annotations

import html
import re
import zlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from generator.mosaics.pyramid import plan_pyramid
from generator.progress import Progress
from generator.site.archive import measure_archive, write_archive
from generator.site.edition.budget import Edition, Grade, fit_edition
from generator.site.edition.images import Images, encode_images, guess_images, shrink_overviews
from generator.site.edition.markup import Change, Drop, Unwrap, edit_page, resolve, set_attribute
from generator.site.edition.scripts import choose_tables, encode_data, join_scripts
from generator.site.edition.source import WHOLE, Source, read_source

SCRIPTS = "assets/viewer.txt"
#: Bytes that an entry of an archive takes beside its content and its name, which stands there twice.
_ENTRY = 30 + 46


def write_email_edition(site: Path, output: Path, limit: int, progress: Progress) -> Edition[Mapping[str, bytes]]:
    """Write the richest edition of the report in `site` that takes at most `limit` bytes as the archive `output`.

    Raises SettingsError if there is no report or the limit is too low. The same report gives the same bytes.
    """
    source = read_source(site)
    adapt = cache(lambda has_workbook: adapt_pages(source, choose_tables(source, has_workbook)))
    pages = cache(lambda overview, has_workbook: shrink_overviews(adapt(has_workbook), overview))

    def gather(grade: Grade, images: Images) -> dict[str, bytes]:
        files = {name: text.encode() for name, text in pages(grade.overview, grade.has_workbook).items()}
        files[SCRIPTS] = join_scripts(source, "email.js").encode()
        files |= {f"data/{name}.txt": text.encode() for name, text in encode_data(source, images, grade).items()}
        assets = [name for name in source.files if name.startswith("assets/") and not name.endswith(".js")]
        files |= {name: source.read(name) for name in [*assets, *choose_tables(source, grade.has_workbook)]}
        files |= {f"mosaics/{WHOLE}_files/{key}.webp": data for key, data in images.tiles.items()}
        return files | {f"images/{name}.webp": data for name, data in images.pictures.items()}

    def guess(grade: Grade) -> float:
        none = Images(plan_pyramid(WHOLE, source.lattice, min(grade.cell, source.cell)), {}, {})
        files = gather(grade, none)
        count = len(source.all_pictures) + sum(int(level.sum()) for level in none.pyramid.tiles.values())
        texts = sum(_ENTRY + 2 * len(name) + _squeeze(name, data) for name, data in files.items())
        return texts + count * (_ENTRY + 80) + guess_images(source, grade)

    def make(grade: Grade) -> Edition[Mapping[str, bytes]]:
        files = gather(grade, encode_images(source, grade, progress))
        sizes = measure_archive(files, output)
        parts: dict[str, int] = {}
        for name, size in sizes.items():
            parts[_part_of(name)] = parts.get(_part_of(name), 0) + size
        return Edition(grade, files, sum(sizes.values()), parts)

    edition = fit_edition(limit, guess, make, "The email edition")
    write_archive(edition.content, output)
    return edition


def adapt_pages(source: Source, tables: frozenset[str]) -> dict[str, str]:
    """Return the report's pages by path, which load WebP and one file of scripts and link to nothing left out."""
    kept = {*source.pages, *tables}
    return {path: _adapt_page(path, text, kept) for path, text in source.pages.items()}


def _adapt_page(path: str, text: str, kept: set[str]) -> str:
    data: list[str] = []
    root = "../" * path.count("/")

    def edit(tag: str, attributes: Mapping[str, str], written: str) -> Change:
        if any(name not in kept for name in attributes.get("data-with", "").split()):
            return Drop()
        if tag == "script" and "src" in attributes:
            found = re.search(r"data/([^/]+)\.js$", attributes["src"])
            data.extend([found[1]] if found else [])
            return Drop()
        if tag == "img":
            return _adapt_image(attributes, written)
        if tag == "a" and (target := resolve(path, attributes.get("href", ""))) and target[0] not in kept:
            return Unwrap()
        return None

    adapted = edit_page(text, edit)
    mosaic = f"mosaic-{WHOLE}"
    names = [*dict.fromkeys([name for name in data if name == "posts"] + [mosaic] + data)] if data else []
    places = [SCRIPTS, *(f"data/{name}.txt" for name in names)]
    scripts = "".join(f'<script src="{html.escape(root + place)}" defer></script>\n' for place in places)
    return adapted.replace("</body>", f"{scripts}</body>")


def _adapt_image(attributes: Mapping[str, str], written: str) -> Change:
    address = attributes.get("src", "")
    if attributes.get("class") == "viewer__flat":
        # the small picture of the mosaic stands in for the flat one, which is left out
        return '<i class="viewer__still" hidden></i>'
    if re.search(r"(^|/)images/[0-9a-f]{16}\.jpg$", address):
        return set_attribute(written, "src", address.removesuffix("jpg") + "webp")
    return None


def _part_of(name: str) -> str:
    folder, _, ending = name.partition("/")[0], *name.rpartition(".")[1:]
    if folder in ("mosaics", "images"):
        return {"mosaics": "map tiles", "images": "pictures"}[folder]
    if name == SCRIPTS:
        return "scripts"
    return {"txt": "data", "xlsx": "workbook", "csv": "tables"}.get(ending, "pages")


def _squeeze(name: str, data: bytes) -> int:
    return len(data) if name.endswith(".xlsx") else len(zlib.compress(data, 9))
