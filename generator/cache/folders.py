"""Where the files of a cache lie: in a folder of this machine, or behind an fsspec URL that several machines share.

Files are named by paths with slashes, such as ``cells/ab/cdef``. A write leaves a whole file or none.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import itertools
import os
import platform
import shutil
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol

from generator.errors import SettingsError
from generator.processes import is_alive

_counter = itertools.count()
#: Whose half-written file it is: on a shared folder, process numbers alone say nothing.
_MACHINE = hashlib.sha256(platform.node().encode()).hexdigest()[:8]
#: A half-written file of another machine is given up after this long.
_GIVEN_UP_SECONDS = 86_400
#: Requests at a time where each waits for a network.
_AT_ONCE = 32


class Folder(Protocol):
    """Files by name; every method may be called from several threads at once, and raises OSError for other faults."""

    def has(self, name: str) -> bool:
        """Whether the file is there, as far as is known without reading it."""

    def has_many(self, names: Sequence[str]) -> list[bool]:
        """As `has` for each of `names`."""

    def read(self, name: str) -> bytes | None:
        """The file's bytes; None where there is no such file."""

    def read_many(self, names: Iterable[str]) -> Iterator[bytes | None]:
        """The bytes of many files, in order."""

    def write(self, name: str, *parts: bytes) -> None:
        """Write a file of these parts in one step, replacing whatever was there."""

    def remove(self, name: str) -> None:
        """Remove a file, if it is there."""

    def walk(self, start: str = "") -> Iterator[tuple[str, int]]:
        """Name and size of every file in the folder `start` and below, in no order."""

    def folders(self) -> list[str]:
        """The names of the folders right below."""

    def remove_folder(self, name: str) -> None:
        """Remove a folder with all that is in it, if it is there."""

    def tidy(self) -> None:
        """Remove half-written files of processes that were killed."""

    def refresh(self) -> None:
        """Let `has` know of what others have written meanwhile."""


def open_folder(place: Path | str, asks: bool = False) -> Folder:
    """The folder at a path or an fsspec URL; `asks` as RemoteFolder has it.

    Raises SettingsError where the URL cannot be used.
    """
    return RemoteFolder(str(place), asks) if is_url(place) else LocalFolder(Path(place))


def is_url(place: Path | str) -> bool:
    """Whether this is an fsspec URL, such as ``s3://bucket/cache``."""
    return isinstance(place, str) and "://" in place


class LocalFolder:
    """A folder that the system shows as one, a network drive too."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._text = os.fspath(root)  # as text: a build asks for several files of every image

    def has(self, name: str) -> bool:
        return os.path.isfile(f"{self._text}/{name}")

    def has_many(self, names: Sequence[str]) -> list[bool]:
        return [os.path.isfile(f"{self._text}/{name}") for name in names]

    def read(self, name: str) -> bytes | None:
        try:
            with open(f"{self._text}/{name}", "rb") as file:
                return file.read()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def read_many(self, names: Iterable[str]) -> Iterator[bytes | None]:
        return map(self.read, names)

    def write(self, name: str, *parts: bytes) -> None:
        path = self._root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        # machine, process and thread in the name: several may write the same file at once
        writer = f"{os.getpid()}-{threading.get_ident()}-{next(_counter)}-{_MACHINE}"
        spare = path.with_name(f"{path.name}.{writer}.part")
        try:
            with open(spare, "wb") as file:
                for part in parts:
                    file.write(part)
            os.replace(spare, path)
        finally:
            spare.unlink(missing_ok=True)

    def remove(self, name: str) -> None:
        (self._root / name).unlink(missing_ok=True)

    def walk(self, start: str = "") -> Iterator[tuple[str, int]]:
        for folder, _, names in os.walk(self._root / start):
            inner = Path(folder).relative_to(self._root).as_posix()
            for name in names:
                with contextlib.suppress(FileNotFoundError):  # another process removed it
                    yield f"{inner}/{name}", os.stat(f"{folder}/{name}").st_size

    def folders(self) -> list[str]:
        return [entry.name for entry in self._root.iterdir() if entry.is_dir()] if self._root.is_dir() else []

    def remove_folder(self, name: str) -> None:
        if (self._root / name).is_dir():
            shutil.rmtree(self._root / name)

    def tidy(self) -> None:
        for path in self._root.rglob("*.part"):
            process, *more = path.name.removesuffix(".part").rpartition(".")[2].split("-")
            with contextlib.suppress(FileNotFoundError):
                if more[2:] and more[2] != _MACHINE:
                    left = path.stat().st_mtime < time.time() - _GIVEN_UP_SECONDS
                else:
                    left = process.isdigit() and not is_alive(int(process))
                if left:
                    path.unlink()

    def refresh(self) -> None:
        pass


class RemoteFolder:
    """What fsspec reaches. Each folder right below is listed once, when its files are first asked for, and remembered.

    Then what others write is found by `read` alone, and by `has` after `refresh`. One that `asks` lists nothing and
    asks for every file: for a worker, which needs few of many.
    """

    def __init__(self, url: str, asks: bool = False) -> None:
        self._files, self._root = _open_url(url)
        self._asks = asks
        # beside and moved where writing goes on in place; elsewhere a file appears once it is whole
        self._moves = bool({"file", "local", "sftp", "ssh", "smb", "ftp"}.intersection(_protocols(self._files)))
        self._known: dict[str, set[str]] = {}
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(_AT_ONCE)  # starts threads as they are needed

    def has(self, name: str) -> bool:
        if self._asks:
            return bool(self._files.isfile(self._path(name)))
        return name in self._list_once(name.partition("/")[0])

    def has_many(self, names: Sequence[str]) -> list[bool]:
        return list((self._pool.map if self._asks else map)(self.has, names))

    def read(self, name: str) -> bytes | None:
        try:
            data: bytes = self._files.cat_file(self._path(name))
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        return data

    def read_many(self, names: Iterable[str]) -> Iterator[bytes | None]:
        rest = iter(names)
        while batch := list(itertools.islice(rest, 8 * _AT_ONCE)):
            yield from self._pool.map(self.read, batch)

    def write(self, name: str, *parts: bytes) -> None:
        path, data = self._path(name), b"".join(parts)
        if self._moves:
            self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
            spare = f"{path}.{os.getpid()}-{threading.get_ident()}-{next(_counter)}-{_MACHINE}.part"
            self._files.pipe_file(spare, data)
            self._files.mv(spare, path)
        else:
            self._files.pipe_file(path, data)
        with self._lock:
            known = self._known.get(name.partition("/")[0])
            if known is not None:
                known.add(name)

    def remove(self, name: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._files.rm_file(self._path(name))
        with self._lock:
            self._known.get(name.partition("/")[0], set()).discard(name)

    def walk(self, start: str = "") -> Iterator[tuple[str, int]]:
        self._files.invalidate_cache()
        try:
            found = self._files.find(self._path(start), detail=True)
        except FileNotFoundError:
            return
        for path, facts in found.items():
            yield path.lstrip("/").removeprefix(self._root.lstrip("/") + "/"), int(facts.get("size") or 0)

    def folders(self) -> list[str]:
        self._files.invalidate_cache()
        try:
            entries = self._files.ls(self._root, detail=True)
        except FileNotFoundError:
            return []
        return [entry["name"].rstrip("/").rpartition("/")[2] for entry in entries if entry["type"] == "directory"]

    def remove_folder(self, name: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            self._files.rm(self._path(name), recursive=True)
        with self._lock:
            self._known.pop(name, None)

    def tidy(self) -> None:
        old = (name for name, _ in self.walk() if name.endswith(".part"))
        for name in old:
            facts = self._files.info(self._path(name))
            written = facts.get("mtime") or 0
            seconds = written.timestamp() if hasattr(written, "timestamp") else float(written)
            if seconds < time.time() - _GIVEN_UP_SECONDS:
                self.remove(name)

    def refresh(self) -> None:
        with self._lock:
            self._known.clear()

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}" if name else self._root

    def _list_once(self, top: str) -> set[str]:
        known = self._known.get(top)
        if known is None:
            listed = {name for name, _ in self.walk(top)}
            with self._lock:
                known = self._known.setdefault(top, listed)
        return known


def _open_url(url: str) -> tuple[Any, str]:
    if importlib.util.find_spec("fsspec") is None:
        raise SettingsError(
            f"The cache {url} is a URL, and nothing is installed that reads one.",
            "Install it with: pip install 'brandscape[cluster]'",
        )
    import fsspec

    try:
        files, root = fsspec.core.url_to_fs(url)
    except ImportError as error:
        raise SettingsError(f"The cache {url} needs another package: {error}.", "Install it with pip.") from error
    except Exception as error:  # each file system raises its own kinds for addresses and names that do not fit
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise SettingsError(
            f"The cache {url} cannot be opened: {first}.",
            "Give a path, or a URL that fsspec knows, as s3://bucket/cache.",
        ) from error
    return files, str(root).rstrip("/")


def _protocols(files: Any) -> tuple[str, ...]:
    return (files.protocol,) if isinstance(files.protocol, str) else tuple(files.protocol)
