"""Read and write the files of a cache in a folder of this machine.

Files are named by paths with slashes, such as ``cells/ab/cdef``. A write leaves a whole file or none.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import platform
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from generator.cache.held_files import insist, remove_tree
from generator.processes import is_alive

_counter = itertools.count()
#: Part of the names of half-written files: in a shared folder, process numbers alone say nothing.
_MACHINE = hashlib.sha256(platform.node().encode()).hexdigest()[:8]
#: A half-written file of another machine is removed after this long.
GIVEN_UP_SECONDS = 86_400
#: Seconds for which reading is tried again: on Windows a file that is being replaced cannot be opened for an instant.
_READ_PATIENCE = 1.0


class Folder(Protocol):
    """Files by name; every method may be called from several threads at once, and raises OSError where it fails."""

    def has(self, name: str) -> bool:
        """Return whether the file exists, as far as is known without reading it."""

    def has_many(self, names: Sequence[str]) -> list[bool]:
        """Return what `has` returns, for each of `names`."""

    def read(self, name: str) -> bytes | None:
        """Return the file's bytes; None if there is no such file."""

    def read_many(self, names: Iterable[str]) -> Iterator[bytes | None]:
        """Yield the bytes of many files, in order, or None."""

    def write(self, name: str, *parts: bytes | memoryview) -> None:
        """Write a file of these parts in one step, replacing an earlier one."""

    def remove(self, name: str) -> None:
        """Remove a file, if it exists."""

    def walk(self, start: str = "") -> Iterator[tuple[str, int]]:
        """Yield name and size of every file in the folder `start` and below, in no order."""

    def folders(self) -> list[str]:
        """Return the names of the folders right below."""

    def remove_folder(self, name: str) -> None:
        """Remove a folder with its contents, if it exists."""

    def tidy(self) -> None:
        """Remove half-written files of processes that were killed."""

    def refresh(self) -> None:
        """Let `has` know about files that others have written meanwhile."""


def is_url(place: Path | str) -> bool:
    """Return whether this is an fsspec URL, such as ``s3://bucket/cache``."""
    return isinstance(place, str) and "://" in place


@contextlib.contextmanager
def replace_file(path: Path, writer: str = "") -> Iterator[Path]:
    """Give the path of a `.part` file to write beside `path`, which replaces it at the end of the `with` block.

    If the block fails, `path` stays as it was. With several writers at once, each has its own name, `writer`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    spare = path.with_name(f"{path.name}.{writer}.part" if writer else f"{path.name}.part")
    try:
        yield spare
        insist(lambda: os.replace(spare, path))
    finally:
        insist(lambda: spare.unlink(missing_ok=True))


def writer_name() -> str:
    """Return a name for one write of one thread, which `tidy` can tell from others."""
    return f"{os.getpid()}-{threading.get_ident()}-{next(_counter)}-{_MACHINE}"


def _read(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


class LocalFolder:
    """A folder of the file system, which may be a network drive."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._text = os.fspath(root)  # as text: a build asks for several files of every image

    def has(self, name: str) -> bool:
        """Return whether the file exists, as far as is known without reading it."""
        return os.path.isfile(f"{self._text}/{name}")

    def has_many(self, names: Sequence[str]) -> list[bool]:
        """Return what `has` returns, for each of `names`."""
        return [os.path.isfile(f"{self._text}/{name}") for name in names]

    def read(self, name: str) -> bytes | None:
        """Return the file's bytes; None if there is no such file."""
        try:
            return insist(lambda: _read(f"{self._text}/{name}"), _READ_PATIENCE)
        except (FileNotFoundError, NotADirectoryError):
            return None

    def read_many(self, names: Iterable[str]) -> Iterator[bytes | None]:
        """Yield the bytes of many files, in order, or None."""
        return map(self.read, names)

    def write(self, name: str, *parts: bytes | memoryview) -> None:
        """Write a file of these parts in one step, replacing an earlier one."""
        with replace_file(self._root / name, writer_name()) as spare, open(spare, "wb") as file:
            for part in parts:
                file.write(part)

    def remove(self, name: str) -> None:
        """Remove a file, if it exists."""
        insist(lambda: (self._root / name).unlink(missing_ok=True))

    def walk(self, start: str = "") -> Iterator[tuple[str, int]]:
        """Yield name and size of every file in the folder `start` and below, in no order."""
        for folder, _, names in os.walk(self._root / start):
            inner = Path(folder).relative_to(self._root).as_posix()
            for name in names:
                with contextlib.suppress(FileNotFoundError):  # another process removed it
                    yield f"{inner}/{name}", os.stat(f"{folder}/{name}").st_size

    def folders(self) -> list[str]:
        """Return the names of the folders right below."""
        return [entry.name for entry in self._root.iterdir() if entry.is_dir()] if self._root.is_dir() else []

    def remove_folder(self, name: str) -> None:
        """Remove a folder with its contents, if it exists."""
        remove_tree(self._root / name)

    def tidy(self) -> None:
        """Remove half-written files of processes that were killed."""
        for path in self._root.rglob("*.part"):
            process, *more = path.name.removesuffix(".part").rpartition(".")[2].split("-")
            # removed by another process, or open elsewhere and left to the next time
            with contextlib.suppress(FileNotFoundError, PermissionError):
                if more[2:] and more[2] != _MACHINE:
                    left = path.stat().st_mtime < time.time() - GIVEN_UP_SECONDS
                else:
                    left = process.isdigit() and not is_alive(int(process))
                if left:
                    path.unlink()

    def refresh(self) -> None:
        """Do nothing: `has` always asks the file system."""
