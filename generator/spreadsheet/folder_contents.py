"""What the files of a folder are: tables of posts, posts of a file each, images, or none of these."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from generator.folders import is_image_name
from generator.spreadsheet.archive_files import belongs_to, find_archives

#: Endings of tables, beside texts, which may be anything.
_TABLES = frozenset(
    {
        ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".csv", ".tsv", ".tab", ".json", ".jsonl", ".ndjson", ".parquet",
        ".zip",
    }
)  # fmt: skip
#: Written for Brandscape and read elsewhere.
_OWN = frozenset({"brandscape.toml", "clusters.toml", "similar.toml", "tags.toml", "notes.toml"})
#: Names that instaloader gives to the files of a post, https://instaloader.github.io/basic-usage.html#filename-specification
_POST = re.compile(r"\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d(_UTC)?")
#: What instaloader keeps beside the posts: the account's picture, its number, and where it stopped.
_ACCOUNT = re.compile(r".*_profile_pic\.\w+|id|iterator_.*\.json(\.xz)?")
_PACKED = ".json.xz"
#: So many .json in one folder are of a post each, whatever they are called.
_MANY_RECORDS = 50
#: Bytes of a .txt that tell whether it is a table.
_SAMPLE = 4096


@dataclass(frozen=True, slots=True)
class FolderContents:
    """The files of a folder by what they are: paths from it with /."""

    tables: tuple[str, ...]
    records: dict[str, tuple[str, ...]]  # folder -> files of a post each
    images: tuple[str, ...]
    captions: frozenset[str]  # texts that belong to an image of the same name
    unread: tuple[str, ...]
    archives: dict[str, tuple[str, ...]]  # folder of an account's own archive -> its lists, as paths from there


def sort_files(folder: Path, files: Sequence[str]) -> FolderContents:
    """Return what the `files` of a folder are; only texts are looked into.

    An account's own archive takes what belongs to it, which is more than posts.
    """
    archives = find_archives(files)
    if archives:
        files = [path for path in files if not belongs_to(path, archives)]
    images = [path for path in files if is_image_name(path) and not _ACCOUNT.fullmatch(_name(path))]
    owners = {stem for path in images for stem in _owners(path)}
    jsons = Counter(_parent(path) for path in files if path.lower().endswith(".json"))
    tables: list[str] = []
    records: dict[str, list[str]] = {}
    captions: set[str] = set()
    unread: list[str] = []
    for path in files:
        name = _name(path).lower()
        stem, suffix = os.path.splitext(path)
        if is_image_name(path) or name in _OWN or _ACCOUNT.fullmatch(name):
            continue
        if name.endswith((".json", _PACKED)):
            post = stem.removesuffix(".json") if name.endswith(_PACKED) else stem
            if post in owners or _POST.match(_name(post)) or jsons[_parent(path)] >= _MANY_RECORDS:
                records.setdefault(_parent(path), []).append(path)
            elif name.endswith(".json"):
                tables.append(path)
            else:
                unread.append(path)
        elif suffix.lower() == ".txt" and stem in owners:
            captions.add(path)
        elif suffix.lower() in _TABLES or (suffix.lower() == ".txt" and _is_table(folder / path)):
            tables.append(path)
        else:
            unread.append(path)
    return FolderContents(
        tuple(tables),
        {place: tuple(paths) for place, paths in records.items()},
        tuple(images),
        frozenset(captions),
        tuple(unread),
        archives,
    )


def post_of(path: str) -> str:
    """Return what the images of one post have in common: the dated name that instaloader numbers, else the path."""
    stem = os.path.splitext(path)[0]
    match = re.fullmatch(r"(.*)_\d{1,2}", stem)
    if not _POST.match(_name(stem)):
        return path
    return match[1] if match and _POST.match(_name(match[1])) else stem


def find_beside(records: Sequence[str], images: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Return the images that belong to each record of a post, `a.jpg` and `a_1.jpg` to `a.json`, in their order."""
    owned: dict[str, list[str]] = {}
    for image in sorted(images, key=natural_order):
        for owner in dict.fromkeys(_owners(image)):
            owned.setdefault(owner, []).append(image)
    stems = (re.sub(r"\.json(\.xz)?$", "", record, flags=re.IGNORECASE) for record in records)
    return tuple(tuple(owned.get(stem, ())) for stem in stems)


def natural_order(path: str) -> list[tuple[str, int]]:
    """Return a key that sorts names by their numbers: `a_2.jpg` before `a_10.jpg`."""
    parts = re.split(r"(\d{1,18})", path)
    return [(text, int(number)) for text, number in zip_longest(parts[::2], parts[1::2], fillvalue="0")]


def _owners(image: str) -> tuple[str, ...]:
    """Return the paths without ending of texts and records that belong to an image."""
    return image, os.path.splitext(image)[0], post_of(image)


def _is_table(path: Path) -> bool:
    """Return whether a text begins with two lines of columns."""
    try:
        with path.open("rb") as file:
            start = file.read(_SAMPLE)
    except OSError:
        return False
    lines = start.replace(b"\0", b"").replace(b"\r", b"\n").split(b"\n")
    filled = [line for line in lines if line.strip()][:2]
    return len(filled) == 2 and any(
        all(line.count(sign) >= least for line in filled) for sign, least in ((b"\t", 1), (b";", 2), (b"|", 2))
    )


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _parent(path: str) -> str:
    return path.rpartition("/")[0]
