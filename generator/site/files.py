"""Read a report's files in a folder or a zip, in place and without trust in either."""

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

#: A report's pictures hardly shrink: an archive whose files claim to be this many times its size is not a report.
_MOST_SHRUNK = 100
#: Size limit of one unpacked file; report.json of 100,000 posts takes a fifth of it.
_MOST_BYTES = 500_000_000
_CHUNK = 1 << 20
_ENCRYPTED = 0x1
#: Stands for the size of a file that cannot be read.
UNREADABLE = -1
#: What zipfile raises for a broken, an encrypted or an oddly packed entry.
_BROKEN = (EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError)


class SiteFiles:
    """The files of the one report in a folder or a zip, by their names in the report. Nothing is extracted.

    In a zip they may lie in a folder of their own. Raises SettingsError for a file that is not a zip, and for a zip
    bomb.
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
                "Ask its sender for another copy.",
            )
        tail = MANIFEST.as_posix()
        names = [entry.filename for entry in self._entries]
        roots = [name.removesuffix(tail) for name in names if f"/{name}".endswith(f"/{tail}")]
        self._root = min(roots, key=len, default="")

    @cached_property
    def sizes(self) -> dict[str, int]:
        """Sizes by name, UNREADABLE for a file that cannot be read; names outside the report begin with "../"."""
        if self._archive is None:
            paths = (path for path in self._place.rglob("*") if path.is_file())
            return {path.relative_to(self._place).as_posix(): path.stat().st_size for path in paths}
        sizes: dict[str, int] = {}
        for entry in self._entries:
            inside = entry.filename.startswith(self._root)
            name = entry.filename.removeprefix(self._root) if inside else f"../{entry.filename}"
            if name.startswith("../__MACOSX/"):  # what macOS adds when it packs a folder
                continue
            # if a name comes twice, it depends on the program which of the two is unpacked
            sizes[name] = UNREADABLE if name in sizes or entry.flag_bits & _ENCRYPTED else entry.file_size
        return sizes

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the file `name`, a megabyte at a time. Raises OSError if there is none, ValueError if it is broken."""
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
        """Return the file `name`. Raises OSError if there is none, ValueError if it is broken or too large."""
        data = bytearray()
        for chunk in self.chunks(name):
            data += chunk
            if len(data) > _MOST_BYTES:
                raise ValueError(f"{name} is too large")
        return bytes(data)

    def _open(self, name: str) -> IO[bytes]:
        return open(self._place / name, "rb") if self._archive is None else self._archive.open(self._root + name)

    def close(self) -> None:
        """Close the zip."""
        if self._archive is not None:
            self._archive.close()
