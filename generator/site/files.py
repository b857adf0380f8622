"""A report's files, in a folder or in a zip, read where they are and without trusting either."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import IO

from generator.errors import SettingsError
from generator.settings.sizes import format_size
from generator.site.manifest import MANIFEST

#: An archive whose files claim to be so many times its own size is no report, whose pictures hardly shrink.
_MOST_SHRUNK = 100
#: Of one file, unpacked: the largest, the report of 100,000 posts, takes a fifth of it.
_MOST_BYTES = 500_000_000
_CHUNK = 1 << 20
_ENCRYPTED = 0x1
#: In the place of a size, so that it equals none.
UNREADABLE = -1
#: What zipfile raises for a broken, an encrypted or an oddly packed entry.
_BROKEN = (EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError)


class SiteFiles:
    """The files of the one report in a folder or a zip, by their names in the report. Nothing is extracted.

    In a zip they may lie in a folder of their own. Raises SettingsError for a file that is no zip, or a zip bomb.
    """

    def __init__(self, place: Path) -> None:
        self._place = place
        self._archive: zipfile.ZipFile | None = None
        if not place.is_file():
            return
        try:
            self._archive = zipfile.ZipFile(place)
        except (*_BROKEN, OSError, ValueError) as error:
            raise SettingsError(f"{place} cannot be read as a zip: {error}.", "Copy or download it again.") from error
        self._entries = [entry for entry in self._archive.infolist() if not entry.is_dir()]
        claimed, packed = sum(entry.file_size for entry in self._entries), place.stat().st_size
        if claimed > _MOST_SHRUNK * packed:
            raise SettingsError(
                f"{place} claims to hold {format_size(claimed)} in {format_size(packed)}; no report does.",
                "Ask whoever made it for another.",
            )
        tail = MANIFEST.as_posix()
        names = [entry.filename for entry in self._entries]
        roots = [name.removesuffix(tail) for name in names if f"/{name}".endswith(f"/{tail}")]
        self._root = min(roots, key=len, default="")

    @cached_property
    def sizes(self) -> dict[str, int]:
        """The size of every file, UNREADABLE where it cannot be read; names of those beside it begin with ../"""
        if self._archive is None:
            paths = (path for path in self._place.rglob("*") if path.is_file())
            return {path.relative_to(self._place).as_posix(): path.stat().st_size for path in paths}
        sizes: dict[str, int] = {}
        for entry in self._entries:
            inside = entry.filename.startswith(self._root)
            name = entry.filename.removeprefix(self._root) if inside else f"../{entry.filename}"
            if name.startswith("../__MACOSX/"):  # what macOS adds when it packs a folder
                continue
            # of a name that comes twice, which is unpacked depends on the program
            sizes[name] = UNREADABLE if name in sizes or entry.flag_bits & _ENCRYPTED else entry.file_size
        return sizes

    def chunks(self, name: str) -> Iterator[bytes]:
        """The file `name`, a megabyte at a time. Raises OSError where there is none, ValueError where it is broken."""
        if ".." in PurePosixPath(name).parts or name.startswith("/"):
            raise ValueError(f"{name} leads out of the report")
        try:
            with self._open(name) as file:
                while chunk := file.read(_CHUNK):
                    yield chunk
        except KeyError:
            raise FileNotFoundError(f"it has no {name}") from None
        except _BROKEN as error:
            raise ValueError(f"{name} cannot be unpacked") from error

    def read(self, name: str) -> bytes:
        """The file `name`. Raises OSError where there is none, ValueError where it is broken or no file of a report."""
        data = bytearray()
        for chunk in self.chunks(name):
            data += chunk
            if len(data) > _MOST_BYTES:
                raise ValueError(f"{name} is too large")
        return bytes(data)

    def _open(self, name: str) -> IO[bytes]:
        return open(self._place / name, "rb") if self._archive is None else self._archive.open(self._root + name)

    def close(self) -> None:
        """Let go of the zip."""
        if self._archive is not None:
            self._archive.close()
