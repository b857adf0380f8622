"""Folders listed within bounds: never out of them, and without what programs leave in them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

#: Endings of the images that are read.
IMAGE_SUFFIXES = frozenset(
    {
        ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".gif", ".webp", ".avif", ".heic", ".heif", ".bmp", ".tif", ".tiff",
    }
)  # fmt: skip
#: The same as a pattern, for texts whatever their case.
IMAGE_ENDING = rf"\.(?:{'|'.join(sorted((suffix[1:] for suffix in IMAGE_SUFFIXES), reverse=True))})"

#: Entries that are gone through at most, and levels of folders.
MOST_ENTRIES = 500_000
DEEPEST = 16

#: Written by systems and programs for themselves: hidden files, previews, lock files, and remains of archives.
_LEFT_BEHIND = re.compile(
    r"\..*|~\$.*|__MACOSX|@eaDir|#recycle|\$RECYCLE\.BIN|System Volume Information|node_modules|__pycache__"
    r"|Thumbs\.db|ehthumbs\.db|desktop\.ini|Icon\r?",
    re.IGNORECASE | re.DOTALL,
)
#: Files that make a folder a report of Brandscape, which is no input.
_REPORT = (Path("index.html"), Path("data", "manifest.json"))


@dataclass(frozen=True, slots=True)
class Listing:
    """The files in a folder and below it."""

    files: tuple[str, ...]  # paths from the folder with /, sorted
    is_whole: bool = True  # False if there are more entries or levels than the limits


def list_files(folder: Path, most: int = MOST_ENTRIES, deepest: int = DEEPEST) -> Listing:
    """Return the files in a folder and below it.

    Symbolic links to folders are not followed, and those to files only inside the folder. Names that are not text, and
    folders that may not be read, are passed over. Raises OSError if `folder` itself cannot be read.
    """
    root = os.path.realpath(folder)
    files: list[str] = []
    waiting = [("", 1)]
    seen = 0
    is_whole = True
    while waiting:
        place, depth = waiting.pop()
        try:
            entries = _scan(os.path.join(root, place), most - seen)
        except OSError:
            if not place:
                raise
            continue
        seen += len(entries)
        if seen >= most:
            return Listing(tuple(sorted(files)), False)
        for entry in entries:
            if _LEFT_BEHIND.fullmatch(entry.name) or not _is_text(entry.name):
                continue
            path = f"{place}/{entry.name}" if place else entry.name
            if not _is_folder(entry):
                files += [path] * _is_file_inside(entry, root)
            elif depth >= deepest:
                is_whole = False
            elif not _is_report(entry.path):
                waiting.append((path, depth + 1))
    return Listing(tuple(sorted(files)), is_whole)


def _scan(folder: str, most: int) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return list(islice(entries, most))


def is_left_behind(name: str) -> bool:
    """Return whether a file of this name is a system's or a program's own."""
    return _LEFT_BEHIND.fullmatch(name) is not None


def is_image_name(name: str) -> bool:
    """Return whether a file of this name should be an image."""
    return os.path.splitext(name)[1].lower() in IMAGE_SUFFIXES


def parents_of(path: str) -> Iterator[str]:
    """Yield the folders that hold a path with /, the nearest first, without the empty one."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def _is_text(name: str) -> bool:
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:  # bytes that are no text in the system's encoding
        return False
    return True


def _is_folder(entry: os.DirEntry[str]) -> bool:
    # a junction is Windows' own kind of link
    return entry.is_dir(follow_symlinks=False) and not getattr(entry, "is_junction", bool)()


def _is_file_inside(entry: os.DirEntry[str], root: str) -> bool:
    try:
        if not entry.is_file():
            return False
    except OSError:
        return False
    return not entry.is_symlink() or os.path.realpath(entry.path).startswith(os.path.join(root, ""))


def _is_report(folder: str) -> bool:
    return all(os.path.isfile(os.path.join(folder, part)) for part in _REPORT)
