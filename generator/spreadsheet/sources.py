"""The files that a report is made from."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.digests import digest_of, hash_file
from generator.errors import SpreadsheetError
from generator.spreadsheet.notices import Notice


@dataclass(frozen=True, slots=True)
class Source:
    """A file that is read."""

    path: Path
    name: str  # for messages, different for each source: its path from the folder of the inputs
    folder: str = ""  # where its images' local paths start: a path from the folder of the inputs


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything that one report is made from."""

    name: str  # of the file, the folder, or the first of several files
    folder: Path  # where local images are looked for, and the files that people write beside a spreadsheet
    sources: tuple[Source, ...]
    notices: tuple[Notice, ...] = ()  # files that are not read

    @property
    def digest(self) -> str:
        """A digest of everything that is read. Raises OSError for a file that cannot be opened."""
        return digest_of(*(part for source in self.sources for part in (source.name, hash_file(source.path))))


def find_inputs(paths: Sequence[Path]) -> Inputs:
    """Return what `paths` name: files. Raises SpreadsheetError if they lie in folders that share nothing."""
    folders = [path.absolute().parent for path in paths]
    folder = Path(os.path.commonpath(folders))
    if len(set(folders)) > 1 and folder == Path(folder.anchor):
        raise SpreadsheetError(
            "The files lie in folders that have nothing in common.", "Put them in one folder, and name that folder."
        )
    sources = []
    for path, home in zip(paths, folders, strict=True):
        sources.append(Source(path, path.absolute().relative_to(folder).as_posix(), _as_text(home.relative_to(folder))))
    return Inputs(paths[0].name, folder.resolve(), tuple(sources))


def _as_text(folder: Path) -> str:
    return "" if folder == Path() else folder.as_posix()
