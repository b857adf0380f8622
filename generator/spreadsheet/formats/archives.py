"""ZIP archives read as tables: an account's own from Instagram, spreadsheets with images, or images alone."""

from __future__ import annotations

import json
import posixpath
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from generator.errors import SpreadsheetError
from generator.folders import is_image_name
from generator.spreadsheet.archive_files import is_instagram_archive, is_private
from generator.spreadsheet.folder_contents import post_of
from generator.spreadsheet.formats.image_folders import read_image_folder
from generator.spreadsheet.formats.instagram_archive import read_instagram_archive
from generator.spreadsheet.formats.packed import Packed, open_packed, resolve
from generator.spreadsheet.formats.tables import HeaderScore, Row, Table
from generator.spreadsheet.notices import Notice, list_examples, tell_found_by_name
from generator.spreadsheet.place_names import find_name
from generator.spreadsheet.values.cells import Cell
from generator.text import make_file_name

#: What opens a table that was taken out of an archive.
Opener = Callable[[Path, HeaderScore], list[Table]]

_TABLES = (
    ".xlsx",
    ".xlsm",
    ".xlsb",
    ".xls",
    ".ods",
    ".csv",
    ".tsv",
    ".tab",
    ".json",
    ".jsonl",
    ".ndjson",
    ".json5",
    ".har",
    ".parquet",
)
_ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2")
_MOST_TABLES = 500
#: Files of a post each, which are read with the images beside them from folders alone.
_POST_FILE = re.compile(r"(?:.*/)?\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d_UTC\.json(?:\.xz)?")
_LONGEST_PATH = 1000


def read_archive(path: Path, header_score: HeaderScore, opener: Opener, parts: Sequence[Path] = ()) -> list[Table]:
    """Return the tables in a ZIP archive, named after their files.

    Images inside are named by `<archive>#<member>`. `parts` are further ZIPs of one download. Raises
    SpreadsheetError for an archive that is too large, damaged or protected, or that holds neither a table of posts nor
    an image.
    """
    packed = open_packed(path)
    if is_instagram_archive(packed.members):
        return [read_instagram_archive(packed, header_score, [open_packed(part) for part in parts])]
    members = [name for name in packed.members if not is_private(name)]
    tables = [name for name in members if name.lower().endswith(_TABLES)]
    images = [name for name in members if is_image_name(name)]
    if any(map(_POST_FILE.fullmatch, members)) and images:
        raise SpreadsheetError(f"{path.name} holds a folder of instaloader.", "Unpack it, and give the folder.")
    used = {*tables, *images}
    unread = [name for name in members if name not in used]
    if len(tables) > _MOST_TABLES:
        raise SpreadsheetError(
            f"{path.name} holds more than {_MOST_TABLES} tables.",
            "Unpack it, and give the folder that holds the posts.",
        )
    packed.check_sizes(tables or images[:1])  # a password is of all
    found: list[Table] = []
    notices = [*_tell_unread(path, [*packed.unread, *unread])]
    failures: list[SpreadsheetError] = []
    titles = _shorten(tables)
    for name in tables:
        try:
            found += _read_member(packed, name, titles[name], images, header_score, opener)
        except SpreadsheetError as error:
            failures.append(error)
            where = f"{path.name}, {name}"
            notices.append(Notice("unread_source", {"where": where, "message": error.message.rstrip(".")}))
    if not found and failures:
        raise failures[0]
    if not found and not images:
        raise _explain_empty(path, packed)
    if not found:
        found = _read_images(packed, images)
    first = found[0]
    return [replace(first, notices=lambda: (*notices, *first.notices())), *found[1:]]


def _shorten(names: Sequence[str]) -> dict[str, str]:
    """Return what messages call files: their names if these differ, else their paths in the archive."""
    shared = Counter(map(posixpath.basename, names))
    common = posixpath.commonpath([posixpath.dirname(name) for name in names]) if names else ""
    return {
        name: posixpath.basename(name) if shared[posixpath.basename(name)] == 1 else name[len(common) :].strip("/")
        for name in names
    }


def _read_images(packed: Packed, images: Sequence[str]) -> list[Table]:
    """Return the table of an archive of nothing but images, in a folder for each brand."""
    posts: dict[str, list[str]] = {}
    for name in sorted(images):
        posts.setdefault(post_of(name), []).append(packed.address(name))
    tops = {name.partition("/")[0] if "/" in name else "" for name in images}
    top = tops.pop() if len(tops) == 1 else ""  # the folder that was packed
    loose = find_name(top) or find_name(packed.name)
    return read_image_folder(Path(), posts, (), loose, packed.name, top)


def _tell_unread(path: Path, names: Sequence[str]) -> Iterator[Notice]:
    if names:
        yield Notice("unread_files", {"where": path.name, "count": len(names), "examples": list_examples(names)})


def _explain_empty(path: Path, packed: Packed) -> SpreadsheetError:
    inner = next((name for name in packed.members if name.lower().endswith(_ARCHIVES)), "")
    if inner:
        return SpreadsheetError(f"{path.name} holds another archive, {inner}.", "Unpack it, and give what is inside.")
    return SpreadsheetError(
        f"{path.name} holds no spreadsheet and no image.",
        "Give an archive with a spreadsheet (.xlsx, .csv, .json or .parquet), or with a folder of images a brand.",
    )


@contextmanager
def _unpack(packed: Packed, name: str) -> Iterator[Path]:
    """Write a member to a file of its own for a while."""
    with tempfile.TemporaryDirectory(prefix="brandscape-") as folder:
        path = Path(folder) / make_file_name(posixpath.basename(name)[-60:], "table")
        path.write_bytes(packed.read(name))
        yield path


def _read_member(
    packed: Packed, name: str, title: str, images: Collection[str], header_score: HeaderScore, opener: Opener
) -> list[Table]:
    with _unpack(packed, name) as path:
        tables = opener(path, header_score)
    places = _ImagePlaces(packed.path.name, posixpath.dirname(name), frozenset(images))
    return [
        _Member(packed, name, index, (header_score, opener), places).as_table(table, title, len(tables))
        for index, table in enumerate(tables)
    ]


@dataclass(slots=True)
class _ImagePlaces:
    """The images of an archive as a table in it names them."""

    archive: str
    folder: str
    images: frozenset[str]
    found: list[tuple[str, str]] = field(default_factory=list)  # what a cell says, and the image of that name
    _by_name: Mapping[str, str] | None = None  # the only image of a name

    def rewrite(self, cell: Cell) -> Cell:
        """Return the address of the image in the archive that a cell names, else the cell."""
        if not isinstance(cell, str) or len(cell) < 3:
            return cell
        if cell.startswith('["') and cell.endswith('"]'):
            return self._rewrite_list(cell)
        if len(cell) > _LONGEST_PATH or "://" in cell or not is_image_name(cell):
            return cell
        member = next((name for name in resolve(cell, self.folder) if name in self.images), "")
        if not member:
            last = cell.replace("\\", "/").rpartition("/")[2]
            member = self._list_names().get(last, "")
            if member:
                self.found.append((cell, member))
        return f"{self.archive}#{member}" if member else cell

    def _rewrite_list(self, cell: str) -> str:
        try:
            entries = json.loads(cell)
        except (ValueError, RecursionError):
            return cell
        if not all(isinstance(entry, str) for entry in entries):
            return cell
        return json.dumps([self.rewrite(entry) for entry in entries if not entry.startswith("[")], ensure_ascii=False)

    def _list_names(self) -> Mapping[str, str]:
        if self._by_name is None:
            names: dict[str, str] = {}
            repeated = set()
            for image in self.images:
                last = image.rpartition("/")[2]
                repeated.update({last} & names.keys())
                names[last] = image
            self._by_name = {last: image for last, image in names.items() if last not in repeated}
        return self._by_name


@dataclass(slots=True)
class _Member:
    """A table of a file in an archive, which is unpacked each time that it is read."""

    packed: Packed
    name: str
    index: int
    opening: tuple[HeaderScore, Opener]
    places: _ImagePlaces
    notices: Sequence[Notice] = ()

    def as_table(self, table: Table, title: str, tables: int) -> Table:
        """Return the table, called after its file, and its sheet where there are several."""
        name = f"{title}, {table.name}" if tables > 1 and table.name else title
        return replace(table, name=name, rows=self._rows, notices=self._list_notices, hidden_rows=self._hidden)

    def _rows(self) -> Iterator[Row]:
        score, opener = self.opening
        self.places.found.clear()
        with _unpack(self.packed, self.name) as path:
            table = opener(path, score)[self.index]
            for number, cells in table.rows():
                yield number, [self.places.rewrite(cell) for cell in cells]
            self.notices = table.notices()

    def _hidden(self) -> frozenset[int]:
        score, opener = self.opening
        with _unpack(self.packed, self.name) as path:
            table = opener(path, score)[self.index]
            for _ in table.rows():
                pass
            return frozenset(table.hidden_rows())

    def _list_notices(self) -> Sequence[Notice]:
        found = [tell_found_by_name(self.places.found)] if self.places.found else []
        return (*self.notices, *found)
