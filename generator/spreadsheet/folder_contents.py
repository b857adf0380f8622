"""What the files of a folder are: tables of posts, posts of a file each, images, or none of these."""

from __future__ import annotations

import os
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from generator.folders import is_image_name
from generator.spreadsheet.archive_files import belongs_to, find_archives, is_private

#: Endings of tables, beside texts, which may be anything.
_TABLES = frozenset(
    {
        ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".csv", ".tsv", ".tab", ".json", ".jsonl", ".ndjson", ".json5",
        ".har", ".parquet", ".zip",
    }
)  # fmt: skip
#: Written for Brandscape and read elsewhere.
_OWN = frozenset({"brandscape.toml", "clusters.toml", "similar.toml", "tags.toml", "notes.toml"})
#: Names that instaloader gives to the files of a post, https://instaloader.github.io/basic-usage.html#filename-specification
_POST = re.compile(r"\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d(_UTC)?")
#: What instaloader keeps beside the posts: the account's picture, its number, and where it stopped.
_ACCOUNT = re.compile(r".*_profile_pic\.\w+|id|iterator_.*\.json(\.xz)?|.*_UTC_location\.txt", re.IGNORECASE)
#: What it keeps of the account itself: name and followers.
_PROFILE = re.compile(r".+_\d{3,20}\.json(\.xz)?", re.IGNORECASE)
_PROFILE_BYTES = 2_000_000
_FILM = re.compile(r".*\.(?:mp4|mov|m4v|webm)", re.IGNORECASE)
#: The number of an image among those of its post.
_NUMBER = re.compile(r"_\d{1,2}\Z")
_PACKED = ".json.xz"
#: So many .json in one folder are of a post each, whatever they are called.
_MANY_RECORDS = 50
#: How images begin: JPEG, PNG, GIF, WebP, HEIC and AVIF.
_BEGINS = re.compile(rb"\xff\xd8\xff|\x89PNG|GIF8|RIFF.{4}WEBP|.{4}ftyp(?:heic|heix|mif1|avif)", re.DOTALL)
#: Bytes of a .txt that tell whether it is a table.
_SAMPLE = 4096


@dataclass(frozen=True, slots=True)
class FolderContents:
    """The files of a folder by what they are: paths from it with /."""

    tables: tuple[str, ...]
    records: dict[str, tuple[str, ...]]  # folder -> files of a post each
    images: tuple[str, ...]
    films: tuple[str, ...]  # without a still beside them
    captions: frozenset[str]  # texts that belong to an image of the same name
    unread: tuple[str, ...]
    archives: dict[str, tuple[str, ...]]  # folder of an account's own archive -> its lists, as paths from there


def sort_files(folder: Path, files: Sequence[str]) -> FolderContents:
    """Return what the `files` of a folder are; only texts, and files without an ending, are looked into.

    An account's own archive takes what belongs to it, which is more than posts.
    """
    files = [path for path in files if not is_private(path)]
    archives = find_archives(files)
    if archives:
        files = [path for path in files if not belongs_to(path, archives)]
    images = [path for path in files if _is_image(folder, path) and not _ACCOUNT.fullmatch(_name(path))]
    owners = {stem for path in images for stem in _owners(path)}
    jsons = Counter(_parent(path) for path in files if path.lower().endswith(".json"))
    kinds: dict[str, list[str]] = defaultdict(list)
    for path in files:
        kinds[_find_kind(folder, path, owners, jsons[_parent(path)] >= _MANY_RECORDS)].append(path)
    records: dict[str, list[str]] = {}
    for path in kinds["record"]:
        records.setdefault(_parent(path), []).append(path)
    for path in kinds["profile"]:
        records.get(_parent(path), kinds["unread"]).append(path)
    films = [path for path in kinds["film"] if _parent(path) not in records]
    unread = {*kinds["unread"], *kinds["film"]}.difference(films)
    return FolderContents(
        tuple(kinds["table"]),
        {place: tuple(paths) for place, paths in records.items()},
        tuple(images),
        tuple(films),
        frozenset(kinds["caption"]),
        tuple(sorted(unread)),
        archives,
    )


def _find_kind(folder: Path, path: str, owners: Collection[str], is_crowded: bool) -> str:
    """Return what a file is: "placed" for all that has its place already, and "unread" for what has none."""
    name = _name(path).lower()
    stem, suffix = os.path.splitext(path)
    if (path in owners and "." not in name) or is_image_name(path) or name in _OWN or _ACCOUNT.fullmatch(name):
        return "placed"
    if name.endswith((".json", _PACKED)):
        if _is_profile(folder / path):
            return "profile"
        if is_crowded or _is_record(path, owners):
            return "record"
        return "table" if name.endswith(".json") else "unread"
    if suffix.lower() == ".txt" and stem in owners:
        return "caption"
    if _FILM.fullmatch(path):
        return "placed" if stem in owners else "film"  # with a still, it is that post's
    return "table" if _is_table(folder / path) else "unread"


def _is_image(folder: Path, path: str) -> bool:
    """Return whether a file is an image by its ending, or without one by how it begins."""
    if "." in _name(path):
        return is_image_name(path)
    try:
        with (folder / path).open("rb") as file:
            return _BEGINS.match(file.read(12)) is not None
    except OSError:
        return False


def post_of(path: str, captions: Collection[str] = ()) -> str:
    """Return what the images of one post have in common: the dated name that instaloader numbers, else the path.

    Other names are numbered within a post if `captions` has a text for all of them.
    """
    stem = os.path.splitext(path)[0]
    match = re.fullmatch(r"(.*)_\d{1,2}", stem)
    if match and f"{match[1]}.txt" in captions:
        return match[1]
    if not _POST.match(_name(stem)):
        return path
    return match[1] if match and _POST.match(_name(match[1])) else stem


def find_beside(records: Sequence[str], images: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Return the images that belong to each record of a post, `a.jpg` and `a_1.jpg` to `a.json`, in their order."""
    stems = [_cut_json(record) for record in records]
    owned: dict[str, list[str]] = {stem: [] for stem in stems}
    for image in sorted(images, key=natural_order):
        owner = next((owner for owner in _owners(image) if owner in owned), None)
        if owner is not None:
            owned[owner].append(image)
    return tuple(tuple(owned[stem]) for stem in stems)


def natural_order(path: str) -> list[tuple[str, int]]:
    """Return a key that sorts names by their numbers: `a_2.jpg` before `a_10.jpg`."""
    parts = re.split(r"(\d{1,18})", path)
    return [(text, int(number)) for text, number in zip_longest(parts[::2], parts[1::2], fillvalue="0")]


def _owners(image: str) -> tuple[str, ...]:
    """Return the paths without ending of texts and records that belong to an image."""
    stem = os.path.splitext(image)[0]
    return image, stem, post_of(image), _NUMBER.sub("", stem)


def _is_record(path: str, owners: Collection[str]) -> bool:
    """Return whether a .json is of one post: it is called as an image is, or by a date."""
    stem = _cut_json(path)
    return stem in owners or _POST.match(_name(stem)) is not None


def _cut_json(path: str) -> str:
    return re.sub(r"\.json(\.xz)?$", "", path, flags=re.IGNORECASE)


def _is_profile(path: Path) -> bool:
    """Return whether a .json is of an account; a packed one whose name says so always is."""
    if not _PROFILE.fullmatch(path.name) or _POST.match(path.name):
        return False
    if path.suffix == ".xz":
        return True
    try:
        with path.open("rb") as file:
            start = file.read(_PROFILE_BYTES)
    except OSError:
        return False
    return b'"instaloader"' in start and b'"Profile"' in start


def _is_table(path: Path) -> bool:
    """Return whether a file is a table by its ending, or a text that begins with two lines of columns."""
    if path.suffix.lower() != ".txt":
        return path.suffix.lower() in _TABLES
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
