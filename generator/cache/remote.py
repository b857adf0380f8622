"""Read and write the files of a cache behind an fsspec URL, which several machines share."""

from __future__ import annotations

import contextlib
import importlib.util
import itertools
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from generator.cache.folders import GIVEN_UP_SECONDS, writer_name
from generator.errors import SettingsError

#: Requests at a time when each waits for a server.
_AT_ONCE = 32


class RemoteFolder:
    """A folder behind an fsspec URL. Each folder right below it is listed once, on first use.

    Files that others write later are found by `read`, and by `has` only after `refresh`. With `asks`, nothing is listed
    and each file is asked for, which suits a worker that needs few of many.
    """

    def __init__(self, url: str, asks: bool = False) -> None:
        self._files, self._root = _open_url(url)
        self._asks = asks
        # these show a file while it is written, so it is written beside and moved; others show it once it is whole
        self._moves = bool({"file", "local", "sftp", "ssh", "smb", "ftp"}.intersection(_protocols(self._files)))
        self._known: dict[str, set[str]] = {}
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(_AT_ONCE)  # starts threads as they are needed

    def has(self, name: str) -> bool:
        """Return whether the file exists, as far as is known without reading it."""
        if self._asks:
            return bool(self._files.isfile(self._path(name)))
        return name in self._list_once(name.partition("/")[0])

    def has_many(self, names: Sequence[str]) -> list[bool]:
        """Return what `has` returns, for each of `names`."""
        return list((self._pool.map if self._asks else map)(self.has, names))

    def read(self, name: str) -> bytes | None:
        """Return the file's bytes; None if there is no such file."""
        try:
            data: bytes = self._files.cat_file(self._path(name))
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        return data

    def read_many(self, names: Iterable[str]) -> Iterator[bytes | None]:
        """Yield the bytes of many files, in order, or None."""
        rest = iter(names)
        while batch := list(itertools.islice(rest, 8 * _AT_ONCE)):
            yield from self._pool.map(self.read, batch)

    def write(self, name: str, *parts: bytes | memoryview) -> None:
        """Write a file of these parts in one step, replacing an earlier one."""
        path, data = self._path(name), b"".join(parts)
        if self._moves:
            self._files.makedirs(path.rpartition("/")[0], exist_ok=True)
            spare = f"{path}.{writer_name()}.part"
            self._files.pipe_file(spare, data)
            self._files.mv(spare, path)
        else:
            self._files.pipe_file(path, data)
        with self._lock:
            known = self._known.get(name.partition("/")[0])
            if known is not None:
                known.add(name)

    def remove(self, name: str) -> None:
        """Remove a file, if it exists."""
        with contextlib.suppress(FileNotFoundError):
            self._files.rm_file(self._path(name))
        with self._lock:
            self._known.get(name.partition("/")[0], set()).discard(name)

    def walk(self, start: str = "") -> Iterator[tuple[str, int]]:
        """Yield name and size of every file in the folder `start` and below, in no order."""
        self._files.invalidate_cache()
        try:
            files = self._files.find(self._path(start), detail=True)
        except FileNotFoundError:
            return
        for path, facts in files.items():
            yield path.lstrip("/").removeprefix(self._root.lstrip("/") + "/"), int(facts.get("size") or 0)

    def folders(self) -> list[str]:
        """Return the names of the folders right below."""
        self._files.invalidate_cache()
        try:
            entries = self._files.ls(self._root, detail=True)
        except FileNotFoundError:
            return []
        return [entry["name"].rstrip("/").rpartition("/")[2] for entry in entries if entry["type"] == "directory"]

    def remove_folder(self, name: str) -> None:
        """Remove a folder with its contents, if it exists."""
        with contextlib.suppress(FileNotFoundError):
            self._files.rm(self._path(name), recursive=True)
        with self._lock:
            self._known.pop(name, None)

    def tidy(self) -> None:
        """Remove half-written files that are a day old, since other machines may still be writing newer ones."""
        old = (name for name, _ in self.walk() if name.endswith(".part"))
        for name in old:
            facts = self._files.info(self._path(name))
            written = facts.get("mtime") or 0
            seconds = written.timestamp() if hasattr(written, "timestamp") else float(written)
            if seconds < time.time() - GIVEN_UP_SECONDS:
                self.remove(name)

    def refresh(self) -> None:
        """Let `has` know about files that others have written meanwhile."""
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
            f"The cache {url} is a URL, and no installed package reads it.",
            'Install it with: pip install "brandscape[cluster]"',
        )
    import fsspec

    try:
        files, root = fsspec.core.url_to_fs(url)
    except ImportError as error:
        raise SettingsError(f"The cache {url} needs another package: {error}.", "Install it with pip.") from error
    except Exception as error:  # file systems raise errors of many kinds for malformed addresses
        first = (str(error).splitlines() or [type(error).__name__])[0]
        raise SettingsError(
            f"The cache {url} cannot be opened: {first}.",
            "Give a path, or a URL that fsspec knows, as s3://bucket/cache.",
        ) from error
    return files, str(root).rstrip("/")


def _protocols(files: Any) -> tuple[str, ...]:
    return (files.protocol,) if isinstance(files.protocol, str) else tuple(files.protocol)
