"""Folders of images read as tables: a row for each image, or for the images of one post."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from generator.spreadsheet.formats.tables import Row, Table
from generator.spreadsheet.headers import known_fields
from generator.spreadsheet.notices import Notice, list_examples
from generator.spreadsheet.place_names import find_name, says_something
from generator.spreadsheet.values.cells import Cell, is_blank

HEADERS = ("Brand", "Image", "Caption", "Date", "Folder")
#: Above images that lie beside records; it goes before every address in them.
_LOCAL = "Thumbnail"
_LONGEST_CAPTION = 100_000
#: A date that a name begins with, and the time behind it that instaloader and 4K Stogram write, in UTC. Other numbers
#: may be anything. When an image was taken, as its EXIF says, is not when it was posted.
_DATE = re.compile(r"(\d{4})([-_.])(\d\d)\2(\d\d)(?:[_ T](\d\d)[-.:](\d\d)[-.:](\d\d)(?:_UTC|Z)?)?(?![\d])")
#: A date anywhere in a name, which may be when the image was taken or saved.
_LIKELY_DATE = re.compile(
    r"(?<!\d)(?:20\d\d([-_.]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])|(?:0[1-9]|[12]\d|3[01])[-_.](?:0[1-9]|1[0-2])[-_.]20\d\d)(?!\d)"
)
#: What the name of a loose image begins with, if that may be a brand, and so many images at least that begin so.
_BEGINNING = re.compile(r"([^\W\d_][^\d_]{1,40}?)\s*[-_–]?\s*\d{1,8}\Z")
_OFTEN = 2


def read_image_folder(
    folder: Path, posts: Mapping[str, Sequence[str]], captions: Collection[str], loose: str, where: str, top: str = ""
) -> list[Table]:
    """Return the one table of `posts`, each a name and its images: paths from `folder`, or behind the # of an archive.

    Images of one post are one row, whose image is the first. The brand is the first folder on the way that may be named
    after one, below the folder `top` if all lie in that; "images" or "2025" is not. Other images are of the brand
    `loose`. Further folders that say something make the column "Folder". The date is the one that a name begins with,
    and the caption a text of the same name, one of `captions`. Notices name dates elsewhere in names, and what names of
    loose images begin with.
    """
    places = {paths[0]: _name_folders(paths[0], top) for paths in posts.values()}
    headers = HEADERS if any(further for _, further in places.values()) else HEADERS[:-1]

    def rows() -> Iterator[Row]:
        yield 1, list(headers)
        for number, (post, paths) in enumerate(posts.items(), 2):
            brand, further = places[paths[0]]
            text = _find_caption(folder, post, paths[0], captions)
            cells = [brand or loose, list_images(paths), text, read_name_date(_name(paths[0])), further or None]
            yield number, cells[: len(headers)]

    return [Table("", False, rows, notices=lambda: tuple(_tell_names(places, loose, where)))]


def _name_folders(path: str, top: str) -> tuple[str, str]:
    """Return the brand that the folders of an image name, and those of the other folders that say something."""
    parts = path.rpartition("#")[2].split("/")[1 if top else 0 : -1]
    place = next((place for place, part in enumerate(parts) if find_name(part)), len(parts))
    further = [part for at, part in enumerate(parts) if at != place and says_something(part)]
    return (find_name(parts[place]) if place < len(parts) else ""), " / ".join(further)


def _tell_names(places: Mapping[str, tuple[str, str]], loose: str, where: str) -> Iterator[Notice]:
    names = {path: _name(path) for path in places}
    dated = [name for name in names.values() if _LIKELY_DATE.search(name) and read_name_date(name) is None]
    if dated:
        yield Notice("name_dates", {"where": where, "count": len(dated), "examples": list_examples(dated)})
    free = [os.path.splitext(name)[0] for path, name in names.items() if not places[path][0]]
    begun = Counter(match[1].strip(" -_–") for stem in free if (match := _BEGINNING.match(stem)))
    found = [begin for begin, count in begun.most_common() if count >= _OFTEN and find_name(begin)]
    if len(found) > 1 and sum(begun[begin] for begin in found) * 2 >= len(free):
        yield Notice(
            "name_beginnings", {"where": where, "brand": loose, "count": len(free), "examples": list_examples(found)}
        )


def _name(path: str) -> str:
    return re.split("[/#]", path)[-1]


def read_name_date(name: str) -> Cell:
    """Return the date, or the moment in UTC, that a file's name begins with; None if it begins with none."""
    match = _DATE.match(name)
    if match is None:
        return None
    numbers = [int(part) for place, part in enumerate(match.groups()) if part is not None and place != 1]
    try:
        found = datetime(*numbers) if len(numbers) == 6 else date(*numbers)  # type: ignore[arg-type]
    except ValueError:
        return None
    return found if 1990 <= found.year < 2100 else None


def list_images(paths: Sequence[str]) -> str:
    """Return a cell that holds one or several paths."""
    return paths[0] if len(paths) == 1 else json.dumps(list(paths), ensure_ascii=False)


def add_images(table: Table, images: Sequence[Sequence[str]]) -> Table:
    """Return a table of records with a first column for `images`, those of each row.

    The addresses in records expire within days, and files stay, which take their place. A table with other rows stays
    as it is.
    """

    def rows() -> Iterator[Row]:
        fits = sum(1 for _ in table.rows()) == len(images) + 1
        replaced: list[int] = []
        for place, (number, cells) in enumerate(table.rows()):
            if place == 0:
                replaced = [at for at, name in enumerate(cells) if known_fields((str(name),), {}) == {"thumbnail"}]
            # what has no record, such as a story, has no row
            own = images[place - 1] if fits and place and not all(map(is_blank, cells)) else ()
            if own:
                cells = [None if at in replaced else cell for at, cell in enumerate(cells)]
            yield number, [*([_LOCAL if place == 0 else list_images(own) if own else None] if fits else []), *cells]

    return replace(table, rows=rows)


def _find_caption(folder: Path, post: str, image: str, captions: Collection[str]) -> str | None:
    for stem in (post, os.path.splitext(image)[0], image):
        if f"{stem}.txt" in captions:
            try:
                with open(folder / f"{stem}.txt", encoding="utf-8-sig", errors="replace") as file:
                    return file.read(_LONGEST_CAPTION)
            except OSError:
                return None
    return None
