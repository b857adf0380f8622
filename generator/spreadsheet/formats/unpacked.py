"""An archive that was unpacked to a folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.spreadsheet.formats.tables import read_whole


@dataclass(frozen=True, slots=True)
class Unpacked:
    """The files of an archive that are read: paths from its folder. Its images are looked up as any on disk."""

    folder: Path
    members: tuple[str, ...]

    @property
    def name(self) -> str:
        """What messages call it."""
        return self.folder.resolve().name

    def read(self, name: str) -> bytes:
        """Return a file's bytes. Raises ValueError if they are too many."""
        return read_whole(self.folder / name)

    def check_sizes(self, names: Sequence[str]) -> None:
        """Do nothing: files on disk have the size that they have, and each is checked as it is read."""

    def address(self, name: str) -> str:
        """Return the address of an image, which is its path."""
        return name
