"""Images inside zip files that a report is made from: pictures in workbooks, and archives of accounts."""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

from generator.images.file_finder import NoFile

#: How many times as large as packed a file may be. Deflate reaches 1032; flat colour in a bitmap, about 300.
_MOST_RATIO = 400
#: Below this many bytes the ratio does not matter.
_SMALL = 1_000_000
#: The only ways of packing that workbooks and archives use; others may ask for any memory.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1


class PackedFiles:
    """Files in `containers`, zip files by the names that addresses call them: `posts.xlsx#xl/media/image1.png`.

    Nothing larger than `max_bytes` is unpacked.
    """

    def __init__(self, containers: Mapping[str, Path], max_bytes: int) -> None:
        self._containers = containers
        self._max_bytes = max_bytes
        self._open: dict[str, _Container | NoFile] = {}

    def split(self, text: str) -> tuple[str, str] | None:
        """Return the container's name and that of the file inside; None if the text names no such place."""
        place = text.find("#")
        while place >= 0:
            if text[:place] in self._containers:
                return text[:place], text[place + 1 :]
            place = text.find("#", place + 1)
        return None

    def place_of(self, text: str) -> tuple[str, int, int] | None:
        """Return the path of what `text` names, unique on this computer, with its container's size and time.

        None if there is no such container.
        """
        parts = self.split(text)
        if parts is None:
            return None
        path = self._containers[parts[0]]
        try:
            stat = path.stat()
        except OSError:
            return None
        return f"{os.path.realpath(path)}#{parts[1]}", stat.st_size, stat.st_mtime_ns

    def look(self, text: str) -> zipfile.ZipInfo | NoFile:
        """Return what the container says of the file that `text` names, or the reason why it cannot be read."""
        parts = self.split(text)
        if parts is None:
            return NoFile("missing_file", f"there is no file {text[:200]}")
        container = self._find(parts[0])
        if isinstance(container, NoFile):
            return container
        info = container.members.get(parts[1]) or container.members.get(parts[1].lower())
        if info is None or info.is_dir():
            return NoFile("missing_file", f"{parts[0]} has no {parts[1][:200]}")
        return self._refuse(info) or info

    def read(self, text: str) -> bytes | NoFile:
        """Return the bytes of the file that `text` names, or the reason why it cannot be read."""
        info = self.look(text)
        if isinstance(info, NoFile):
            return info
        parts = self.split(text)
        container = self._find(parts[0]) if parts else None
        assert isinstance(container, _Container)
        if not container.admit(info):
            return NoFile("damaged_image", "its parts lie over each other")
        try:
            # zipfile unpacks no more than a file claims, and compares its checksum
            data = container.archive.read(info)
        except (OSError, ValueError, RuntimeError, EOFError, zlib.error, zipfile.BadZipFile) as error:
            return NoFile("damaged_image", (str(error).splitlines() or [""])[0][:120])
        return data if data else NoFile("empty_file", "")

    def close(self) -> None:
        """Let other programs use the containers again."""
        for container in self._open.values():
            if isinstance(container, _Container):
                container.archive.close()
        self._open.clear()

    def _find(self, name: str) -> _Container | NoFile:
        if name not in self._open:
            try:
                self._open[name] = _Container(self._containers[name])
            except (OSError, ValueError, RuntimeError, zipfile.BadZipFile):
                self._open[name] = NoFile("missing_file", f"{name} is not a file that holds others")
        return self._open[name]

    def _refuse(self, info: zipfile.ZipInfo) -> NoFile | None:
        if info.file_size == 0:
            return NoFile("empty_file", "")
        if info.file_size > self._max_bytes:
            return NoFile("too_large", f"{info.file_size:,} bytes; at most {self._max_bytes:,} are read")
        if info.compress_type not in _METHODS:
            return NoFile("damaged_image", "it is packed in a way that no such file is")
        if info.flag_bits & _ENCRYPTED:
            return NoFile("damaged_image", "it is protected by a password")
        if info.file_size > max(_SMALL, _MOST_RATIO * info.compress_size):
            return NoFile(
                "damaged_image", f"it unpacks to {info.file_size // max(1, info.compress_size):,} times its size"
            )
        return None


class _Container:
    """A zip file that stays open while its files are read."""

    def __init__(self, path: Path) -> None:
        self.archive = zipfile.ZipFile(path)
        self.members = {info.filename.lower(): info for info in self.archive.infolist()}
        self.members.update({info.filename: info for info in self.archive.infolist()})
        self._size = path.stat().st_size
        self._offsets: set[int] = set()  # where the files begin that were read
        self._read = 0  # their packed bytes

    def admit(self, info: zipfile.ZipInfo) -> bool:
        """Return whether the files that were read still fit beside each other into the container."""
        if info.header_offset not in self._offsets:
            self._offsets.add(info.header_offset)
            self._read += info.compress_size
        return self._read <= self._size
