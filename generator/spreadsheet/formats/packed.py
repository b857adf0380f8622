"""Members of ZIP archives, read within bounds."""

from __future__ import annotations

import posixpath
import re
import struct
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.errors import SpreadsheetError
from generator.settings.sizes import format_size

#: Bytes of an archive's list of members, the members, and the bytes that those which are read unpack to.
_MOST_LISTED, _MOST_MEMBERS, _MOST_UNPACKED = 25_000_000, 200_000, 1_000_000_000
_MOST_BYTES = 500_000_000
#: The end of an archive, with the longest comment: https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.16
_END = b"PK\x05\x06"
_END_LENGTH = 22 + 65_535
_IGNORED = re.compile(r"(?:^|/)(?:__MACOSX/|\.(?!\.?/)[^/]|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)
_ENCRYPTED = 0x1


@dataclass(frozen=True, slots=True)
class Packed:
    """An archive and its members by their names, apart from those of operating systems."""

    path: Path
    members: dict[str, zipfile.ZipInfo]
    unread: tuple[str, ...]  # names that lead out of a folder, or that a later member has too

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.path.name

    def address(self, name: str) -> str:
        """Return the address of a member; "" if there is none of this name."""
        return f"{self.path.name}#{name}" if name in self.members else ""

    def read(self, name: str) -> bytes:
        """Return a member's bytes. Raises ValueError if they are too many."""
        with zipfile.ZipFile(self.path) as archive, archive.open(self.members[name]) as stream:
            data = stream.read(_MOST_BYTES + 1)
        if len(data) > _MOST_BYTES:
            raise ValueError(f"{name} in it is larger than {format_size(_MOST_BYTES)}")
        return data

    def check_sizes(self, names: Sequence[str]) -> None:
        """Raise SpreadsheetError if members are protected, or claim to unpack to too much; no more is ever read."""
        if any(self.members[name].flag_bits & _ENCRYPTED for name in names):
            raise SpreadsheetError(f"{self.path.name} is protected by a password.", "Unpack it, and give the folder.")
        sizes = [self.members[name].file_size for name in names]
        if sum(sizes) > _MOST_UNPACKED or max(sizes, default=0) > _MOST_BYTES:
            raise SpreadsheetError(
                f"{self.path.name} claims to hold {format_size(sum(sizes))} of tables, more than posts take.",
                "Unpack it, and give the file that holds the posts.",
            )


def open_packed(path: Path) -> Packed:
    """Return an archive's members. Raises SpreadsheetError for one with too many, or that cannot be opened."""
    _check_list(path)
    try:
        with zipfile.ZipFile(path) as archive:
            infos = [info for info in archive.infolist() if not info.is_dir() and not _is_ignored(info.filename)]
    except (zipfile.BadZipFile, NotImplementedError) as error:
        raise _explain_damage(path) from error
    if len(infos) > _MOST_MEMBERS:
        raise _explain_many(path)
    members = {info.filename: info for info in infos if not _is_unsafe(info.filename)}
    # of members of one name the last counts, as for the programs that unpack them
    unread = tuple(info.filename for info in infos if members.get(info.filename) is not info)
    return Packed(path, members, unread)


def _check_list(path: Path) -> None:
    """Raise SpreadsheetError if the list of members is missing, or too long to be read into memory."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _END_LENGTH))
        end = file.read()
        place = end.rfind(_END)
        if place < 0 or len(end) < place + 16:
            raise _explain_damage(path)
        (listed,) = struct.unpack_from("<I", end, place + 12)
        if listed == 0xFFFFFFFF:  # told in the record of ZIP64 (4.3.14), which lies before
            wide = end.rfind(b"PK\x06\x06", 0, place)
            listed = struct.unpack_from("<Q", end, wide + 40)[0] if wide >= 0 and len(end) >= wide + 48 else listed
    if listed > _MOST_LISTED:
        raise _explain_many(path)


def _explain_damage(path: Path) -> SpreadsheetError:
    return SpreadsheetError(
        f"{path.name} is damaged or was not downloaded to its end.", "Download or copy it again, or give the folder."
    )


def _explain_many(path: Path) -> SpreadsheetError:
    return SpreadsheetError(
        f"{path.name} holds more than {_MOST_MEMBERS:,} files.", "Unpack it, and give the folder that holds the posts."
    )


def _is_ignored(name: str) -> bool:
    return _IGNORED.search(name.replace("\\", "/")) is not None


def _is_unsafe(name: str) -> bool:
    path = name.replace("\\", "/")
    return path.startswith("/") or re.match(r"[A-Za-z]:", path) is not None or ".." in path.split("/")


def resolve(address: str, folder: str) -> tuple[str, ...]:
    """Return the names that a path in a table of an archive may have: from the table's folder, and from the top."""
    path = address.replace("\\", "/").strip()
    both = (posixpath.normpath(posixpath.join(folder, path)), posixpath.normpath(path))
    return tuple(dict.fromkeys(name for name in both if not name.startswith(("/", ".."))))
