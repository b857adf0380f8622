"""Folders of images read as tables: a row for each image, or for the images of one post."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from generator.spreadsheet.formats.tables import Row, Table
from generator.spreadsheet.values.cells import Cell

HEADERS = ("Brand", "Image", "Caption", "Date")
#: Above images that lie beside records; it goes before every address in them.
_LOCAL = "Thumbnail"
_LONGEST_CAPTION = 100_000
#: A date that a name begins with, and the time behind it that instaloader and 4K Stogram write, in UTC. Other numbers
#: may be anything. When an image was taken, as its EXIF says, is not when it was posted.
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[_ T](\d\d)[-.:](\d\d)[-.:](\d\d)(?:_UTC|Z)?)?(?![\d])")


def read_image_folder(
    folder: Path,
    posts: Mapping[str, Sequence[str]],
    captions: Collection[str],
    brand_of: Callable[[str], str],
) -> list[Table]:
    """Return the one table of `posts`, each a name and its images: paths from `folder`.

    Images of one post are one row, whose image is the first. The brand is what `brand_of` says of a path. The date is
    the one that a name begins with, and the caption a text of the same name, one of `captions`.
    """

    def rows() -> Iterator[Row]:
        yield 1, list(HEADERS)
        for number, (post, paths) in enumerate(posts.items(), 2):
            cell = list_images(paths)
            text = _find_caption(folder, post, paths[0], captions)
            yield number, [brand_of(paths[0]), cell, text, read_name_date(paths[0].rpartition("/")[2])]

    return [Table("", False, rows)]


def read_name_date(name: str) -> Cell:
    """Return the date, or the moment in UTC, that a file's name begins with; None if it begins with none."""
    match = _DATE.match(name)
    if match is None:
        return None
    numbers = [int(part) for part in match.groups() if part is not None]
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

    The addresses in records expire within days, and files stay. A table with other rows stays as it is.
    """

    def rows() -> Iterator[Row]:
        fits = sum(1 for _ in table.rows()) == len(images) + 1
        for place, (number, cells) in enumerate(table.rows()):
            own = images[place - 1] if fits and place else ()
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
