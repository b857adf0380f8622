"""Folders of images read as tables: a row for each image, or for the images of one post."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import date, datetime
from itertools import zip_longest
from pathlib import Path

from generator.spreadsheet.formats.tables import Row, Table
from generator.spreadsheet.values.cells import Cell

HEADERS = ("Brand", "Image", "Caption", "Date")
_LONGEST_CAPTION = 100_000
#: A date that a name begins with, and the time behind it that instaloader and 4K Stogram write, in UTC. Other numbers
#: may be anything. When an image was taken, as its EXIF says, is not when it was posted.
_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:[_ T](\d\d)[-.:](\d\d)[-.:](\d\d)(?:_UTC|Z)?)?(?![\d])")


def read_image_folder(
    folder: Path,
    images: Sequence[str],
    captions: Collection[str],
    brand_of: Callable[[str], str],
    post_of: Callable[[str], str],
) -> list[Table]:
    """Return the one table of `images`, paths from `folder`.

    Images of one post are one row, whose image is the first. The brand is what `brand_of` says of a path. The date is
    the one that a name begins with, and the caption a text of the same name, one of `captions`.
    """

    def rows() -> Iterator[Row]:
        yield 1, list(HEADERS)
        for number, (post, paths) in enumerate(_group_posts(images, post_of).items(), 2):
            cell = paths[0] if len(paths) == 1 else json.dumps(paths, ensure_ascii=False)
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


def _group_posts(images: Sequence[str], post_of: Callable[[str], str]) -> dict[str, list[str]]:
    """Return the images of each post in the order of their numbers: `a_2.jpg` before `a_10.jpg`."""
    posts: dict[str, list[str]] = {}
    for path in sorted(images, key=_natural_order):
        posts.setdefault(post_of(path), []).append(path)
    return posts


def _natural_order(path: str) -> list[tuple[str, int]]:
    parts = re.split(r"(\d{1,18})", path)
    return [(text, int(number)) for text, number in zip_longest(parts[::2], parts[1::2], fillvalue="0")]


def _find_caption(folder: Path, post: str, image: str, captions: Collection[str]) -> str | None:
    for stem in (post, os.path.splitext(image)[0], image):
        if f"{stem}.txt" in captions:
            try:
                with open(folder / f"{stem}.txt", encoding="utf-8-sig", errors="replace") as file:
                    return file.read(_LONGEST_CAPTION)
            except OSError:
                return None
    return None
