"""Work kept between runs: one file per piece of work, named by what it was made from.

Every entry is written beside its place and moved there in one step, so a run that is
killed leaves whole entries or none. Every entry ends in its own digest: one that was
cut short or altered is reported, removed, and counts as never written.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_DIGEST_BYTES = 16
_counter = itertools.count()

#: What was made of single images; their keys are `image_key`'s.
IMAGE_KINDS = frozenset({"pictures", "cells", "traits", "embeddings", "refused"})
#: What remains known of images that were taken out, see `generator.withdrawal`.
WITHDRAWN_KIND = "withdrawn"
#: Kinds that cannot be made again once an image link has expired.
PRECIOUS_KINDS = frozenset({"images", "links", WITHDRAWN_KIND})


def digest_of(*parts: str | bytes) -> str:
    """A 64-character key for these parts; no two different sequences of parts share one."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "big"))
        total.update(data)
    return total.hexdigest()


@lru_cache(1 << 17)
def mark_image(sha256: str) -> str:
    """A name for an image, 32 characters, from which the sha256 of its bytes cannot be told."""
    return digest_of("image", sha256)[:32]


def image_key(sha256: str, made: str) -> str:
    """A key for what was made of one image, `made` a digest of how. It begins with the image's mark, to be found by."""
    return f"{mark_image(sha256)}-{made[:24]}"


def hash_file(path: Path) -> str:
    """sha256 of a file's bytes, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_alive(process: int) -> bool:
    """Whether there is a process of that number; on Windows, where asking would end it, always."""
    if os.name == "nt":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def _seal(value: bytes) -> bytes:
    return hashlib.blake2b(value, digest_size=_DIGEST_BYTES).digest()


@dataclass(frozen=True, slots=True)
class KindSize:
    """How much one kind of work takes in the cache."""

    kind: str
    entries: int
    bytes: int


class Store:
    """A content-addressed cache in a folder. Safe to share between threads and processes.

    An entry is `(kind, key)`: `kind` a short name such as ``pictures``, `key` a hexadecimal
    digest of all that the value depends on, or an `image_key`.
    """

    def __init__(self, root: Path, warn: Callable[[str], None] | None = None) -> None:
        self.root = root
        self._folder = os.fspath(root)
        self._warn = warn or (lambda message: None)

    def path(self, kind: str, key: str) -> Path:
        """Where the entry lies, whether or not it exists."""
        return Path(self._place(kind, key))

    def _place(self, kind: str, key: str) -> str:
        # as text: a build asks for several entries of every image
        return f"{self._folder}/{kind}/{key[:2]}/{key[2:]}"

    def has(self, kind: str, key: str) -> bool:
        """Whether the entry is there; its content is only checked by `get`."""
        return os.path.isfile(self._place(kind, key))

    def get(self, kind: str, key: str) -> bytes | None:
        """The value, or None where it was never kept or is no longer whole."""
        try:
            with open(self._place(kind, key), "rb") as file:
                data = file.read()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            path = self.path(kind, key)
            self._warn(f"A cache entry cannot be read and will be made again: {path} ({error.strerror}).")
            return None
        value, seal = data[:-_DIGEST_BYTES], data[-_DIGEST_BYTES:]
        if len(seal) == _DIGEST_BYTES and seal == _seal(value):
            return value
        path = self.path(kind, key)
        self._warn(f"A damaged cache entry was removed and will be made again: {path}.")
        path.unlink(missing_ok=True)
        return None

    def put(self, kind: str, key: str, value: bytes) -> None:
        """Keep `value`, replacing whatever was there."""
        path = self.path(kind, key)
        path.parent.mkdir(parents=True, exist_ok=True)
        # thread and process in the name: two runs may write the same entry at once
        spare = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}-{next(_counter)}.part")
        try:
            with open(spare, "wb") as file:
                file.write(value)
                file.write(_seal(value))
            os.replace(spare, path)
        finally:
            spare.unlink(missing_ok=True)

    def put_image(self, data: bytes) -> str:
        """Keep an image's bytes under their own sha256, which is returned."""
        sha256 = hashlib.sha256(data).hexdigest()
        if not self.has("images", sha256):
            self.put("images", sha256, data)
        return sha256

    def keys(self, kind: str, start: str = "") -> list[str]:
        """The keys of a kind that begin with `start` (two characters or more, or none), in no order.

        Half-written entries are among them; their keys go on after that of the entry.
        """
        folder = self.root / kind / start[:2]
        return [key for path in self._files(folder) if (key := path.parent.name + path.name).startswith(start)]

    def remove(self, kind: str, key: str) -> None:
        """Remove an entry, if it is there."""
        self.path(kind, key).unlink(missing_ok=True)

    def kinds(self) -> list[str]:
        """The kinds of work that are kept, in order."""
        return sorted(entry.name for entry in self.root.iterdir() if entry.is_dir()) if self.root.is_dir() else []

    def sweep(self) -> None:
        """Remove every entry that is damaged."""
        for kind in self.kinds():
            for key in self.keys(kind):
                if not key.endswith(".part"):
                    self.get(kind, key)

    def tidy(self) -> None:
        """Remove half-written entries of runs that were killed."""
        for path in self._files(self.root):
            _, _, writer = path.name.removesuffix(".part").rpartition(".")
            process = writer.partition("-")[0]
            if path.name.endswith(".part") and process.isdigit() and not is_alive(int(process)):
                path.unlink(missing_ok=True)

    def sizes(self) -> list[KindSize]:
        """What each kind takes, largest first."""
        found = []
        for kind in self.kinds():
            files = [entry.stat().st_size for entry in self._files(self.root / kind)]
            found.append(KindSize(kind, len(files), sum(files)))
        return sorted(found, key=lambda size: -size.bytes)

    def prune(self, kinds: Iterable[str]) -> int:
        """Remove every entry of these kinds; returns the bytes freed."""
        freed = 0
        for kind in kinds:
            folder = self.root / kind
            if folder.is_dir():
                freed += sum(entry.stat().st_size for entry in self._files(folder))
                shutil.rmtree(folder)
        return freed

    @staticmethod
    def _files(folder: Path) -> Iterator[Path]:
        return (path for path in folder.rglob("*") if path.is_file())
