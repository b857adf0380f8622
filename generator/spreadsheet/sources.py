"""The files and folders that a report is made from."""

from __future__ import annotations

import glob
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Literal

from generator.digests import digest_of, hash_file
from generator.errors import SpreadsheetError
from generator.folders import DEEPEST, MOST_ENTRIES, list_files
from generator.spreadsheet.archive_files import is_instagram_archive, is_part
from generator.spreadsheet.folder_contents import FolderContents, find_beside, sort_files
from generator.spreadsheet.formats.packed import open_packed
from generator.spreadsheet.notices import Notice, list_examples

#: Files that one pattern may stand for.
_MOST_MATCHES = 10_000


@dataclass(frozen=True, slots=True)
class Source:
    """A file that is read, or files of a folder that are read as one table."""

    path: Path
    name: str  # for messages, different for each source: its path from the folder of the inputs
    folder: str = ""  # where its images' local paths start: a path from the folder of the inputs
    home: str = ""  # the folder that its images' local paths may not leave: another such path
    kind: Literal["file", "images", "records", "archive"] = "file"
    files: tuple[str, ...] = ()  # of a folder, as paths from it: the images, the .json of a post each, or the lists
    captions: frozenset[str] = frozenset()  # texts beside images, each of the same name as one
    beside: tuple[tuple[str, ...], ...] = ()  # images that lie beside each .json
    parts: tuple[Path, ...] = ()  # further zips in its folder, of the same download
    asked_for: bool = False  # by its own name or address, and not as one of a folder

    @property
    def contents(self) -> Iterator[Path]:
        """The files that it consists of."""
        if self.kind == "file":
            yield self.path
        yield from (self.path / name for name in self.files)


@dataclass(frozen=True)
class Inputs:
    """Everything that one report is made from."""

    name: str  # of the file, the folder, or the first of several files
    folder: Path  # where local images are looked for, and the files that people write beside a spreadsheet
    sources: tuple[Source, ...]
    notices: tuple[Notice, ...] = ()  # files that are not read
    images: tuple[str, ...] = ()  # images beside spreadsheets in a folder that was named: paths from it

    @property
    def digest(self) -> str:
        """A digest of everything that is read. Raises OSError for a file that cannot be opened.

        Of images their names, sizes and times count, since reading looks no further.
        """
        return digest_of(*self._parts())

    @cached_property
    def containers(self) -> Mapping[str, Path]:
        """The files that may hold pictures, by the names of their sources."""
        files = [source for source in self.sources if source.kind == "file"]
        parts = {_join(source.folder, part.name): part for source in files for part in source.parts}
        return {**parts, **{source.name: source.path for source in files}}

    @property
    def homes(self) -> tuple[str, ...]:
        """The folders that local paths may lead into, as paths from `folder`: "" is the folder itself."""
        homes = dict.fromkeys(source.home for source in self.sources)
        return ("",) if "" in homes or not homes else tuple(homes)

    def _parts(self) -> Iterator[str]:
        for source in self.sources:
            yield from (source.name, source.folder, source.home, source.kind, str(source.asked_for))
            if source.kind == "file":
                yield from map(hash_file, (source.path, *source.parts))
            elif source.kind in ("records", "archive"):
                yield from (part for name in source.files for part in (name, hash_file(source.path / name)))
                yield from ("\0".join(images) for images in source.beside)
            else:
                for name in source.files:
                    stat = (source.path / name).stat()
                    yield f"{name}\0{stat.st_size}\0{stat.st_mtime_ns}"
                yield from (part for name in sorted(source.captions) for part in (name, hash_file(source.path / name)))
        yield from self.images
        yield from (f"{notice.code}{sorted(notice.values.items())}" for notice in self.notices)


def find_inputs(paths: Sequence[Path], linked: Sequence[Source] = ()) -> Inputs:
    """Return what `paths` name: files, folders, and patterns such as *.csv that no shell replaced.

    `linked` are files that were read from addresses. Their images' local paths start from the current folder. A folder
    stands for the spreadsheets in it and below, else for its images. Raises SpreadsheetError if there is nothing to
    read, or if the paths lie in folders that share nothing.
    """
    named = list({os.path.realpath(path): path for text in paths for path in _expand(text)}.values())
    homes = [path.absolute() if path.is_dir() else path.absolute().parent for path in named]
    homes += [Path.cwd()] * bool(linked)
    folder = _find_common(homes)
    sources: list[Source] = []
    notices: list[Notice] = []
    images: list[str] = []
    for path, home in zip(named, homes, strict=False):
        start = _as_text(home.relative_to(folder))
        if not path.is_dir():
            if path.exists() and not path.is_file():  # a pipe or a device, which may have no end
                raise SpreadsheetError(f"{path} is neither a file nor a folder.", "Save the posts as a file.")
            sources.append(Source(path, _join(start, path.name), start, start, asked_for=True))
            continue
        contents = _look_into(path)
        found = list(_sort_sources(path, start, contents))
        if not found:
            raise _explain_empty(path, contents)
        sources += found
        if unread := sorted([*contents.unread, *(contents.films if contents.tables else ())]):
            notices.append(_tell_unread(_join(start, "") or _name_folder(path), unread))
        if contents.tables:
            images += [_join(start, image) for image in contents.images]
    known = {os.path.realpath(source.path) for source in sources if source.kind == "file"}
    start = _as_text(Path.cwd().relative_to(folder)) if linked else ""
    for source in linked:
        if os.path.realpath(source.path) not in known:
            sources.append(Source(source.path, source.name, start, start, asked_for=True))
    name = (_name_folder(named[0]) if named[0].is_dir() else named[0].name) if named else linked[0].name
    return Inputs(name, folder.resolve(), tuple(_join_parts(_without_repeats(sources))), tuple(notices), tuple(images))


def _expand(path: Path) -> list[Path]:
    """Return the files that a path names, more than one if it is a pattern. Raises SpreadsheetError."""
    text = str(path)
    if "\0" in text:
        raise SpreadsheetError("No file has a zero byte in its name.", "Check the name of the file.")
    if text == "-":
        raise SpreadsheetError(
            "Brandscape does not read from standard input.", "Save the posts as a file, and give its name."
        )
    try:
        if path.exists() or not glob.has_magic(text):
            return [path]
        found = sorted(islice(glob.iglob(text), _MOST_MATCHES))
    except (OSError, ValueError):  # a name that no file can have
        return [path]
    if not found:
        raise SpreadsheetError(f"There is no file that fits {text}.", "Check the folder, and the ending of the names.")
    return [Path(name) for name in found]


def _find_common(folders: Sequence[Path]) -> Path:
    try:
        common = Path(os.path.commonpath(folders))
    except ValueError:  # drives of Windows have nothing in common
        common = None
    if common is None or (len(set(folders)) > 1 and common == Path(common.anchor)):
        raise SpreadsheetError(
            "The files lie in folders that have nothing in common.", "Put them in one folder, and name that folder."
        )
    return common


def _look_into(folder: Path) -> FolderContents:
    """Return what is in a folder. Raises SpreadsheetError if that is too much."""
    try:
        listing = list_files(folder)
    except OSError as error:
        raise SpreadsheetError(
            f"The folder {folder} cannot be read: {error.strerror}.", "Check its permissions, or copy it."
        ) from error
    if not listing.is_whole:
        raise SpreadsheetError(
            f"The folder {folder} has more than {MOST_ENTRIES:,} files, or folders {DEEPEST} deep in each other.",
            "Name the folder that holds nothing but the posts.",
        )
    return sort_files(folder, listing.files)


def _sort_sources(folder: Path, start: str, contents: FolderContents) -> Iterator[Source]:
    """Yield the sources in a folder: its spreadsheets win over its images, and so do records of posts."""
    for path in contents.tables:
        yield Source(folder / path, _join(start, path), _join(start, _parent(path)), start)
    for place, lists in contents.archives.items():
        where = _join(start, place)
        yield Source(folder / place, where or _name_folder(folder), where, start, "archive", lists)
    for place, files in contents.records.items():
        where = _join(start, place)
        names = tuple(path[len(place) + 1 :] if place else path for path in files)
        own = [image[len(place) + 1 :] if place else image for image in contents.images if _parent(image) == place]
        yield Source(
            folder / place,
            where or _name_folder(folder),
            where,
            start,
            "records",
            names,
            beside=find_beside(names, own),
        )
    if contents.tables:
        return
    free = tuple(path for path in contents.images if _parent(path) not in contents.records) + contents.films
    if free:
        name = start or _name_folder(folder)
        name += " (images)" if contents.records or contents.archives else ""
        yield Source(folder, name, start, start, "images", free, contents.captions)


def _explain_empty(folder: Path, contents: FolderContents) -> SpreadsheetError:
    there = f" It has {list_examples(contents.unread)}." if contents.unread else ""
    return SpreadsheetError(
        f"The folder {folder} holds no spreadsheet and no image.{there}",
        "Give a spreadsheet (.xlsx, .csv, .json or .parquet), or a folder with a folder of images for each brand.",
    )


def _tell_unread(where: str, paths: Sequence[str]) -> Notice:
    return Notice("unread_files", {"where": where, "count": len(paths), "examples": list_examples(paths)})


def _without_repeats(sources: Sequence[Source]) -> list[Source]:
    """Return each file once, though a folder that holds it was named too."""
    return list({(os.path.realpath(source.path), source.kind): source for source in sources}.values())


def _join_parts(sources: Sequence[Source]) -> list[Source]:
    """Return the sources with zips of one folder as one, if they are parts of accounts' own archives.

    Each archive looks for its images in all of them, since their addresses differ between accounts.
    """
    zips: dict[Path, list[Source]] = {}
    for source in sources:
        if source.kind == "file" and source.path.suffix.lower() == ".zip":
            zips.setdefault(source.path.parent, []).append(source)
    joined = {source.name: source for source in sources}
    for together in zips.values():
        if len(together) < 2:
            continue
        own = {source: names for source in together if is_instagram_archive(names := _list_members(source.path))}
        media = {source for source, names in own.items() if is_part(names)}
        for source in own.keys() - media if len(own) > 1 else ():
            others = tuple(other.path for other in own if other is not source)
            joined[source.name] = replace(source, parts=others)
        if media < own.keys():
            for source in media:
                del joined[source.name]
    return list(joined.values())


def _list_members(path: Path) -> Collection[str]:
    try:
        return open_packed(path).members
    except (SpreadsheetError, OSError):  # said when it is read
        return ()


def _name_folder(folder: Path) -> str:
    return folder.resolve().name or str(folder)


def _parent(path: str) -> str:
    return path.rpartition("/")[0]


def _join(start: str, path: str) -> str:
    return f"{start}/{path}".strip("/")


def _as_text(folder: Path) -> str:
    return "" if folder == Path() else folder.as_posix()
