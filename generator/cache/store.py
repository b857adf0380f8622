"""Keep work between runs: one file for each piece, named by everything that the piece was made from.

Every entry is written in one step (see `generator.cache.folders`), so a run that is killed leaves whole entries or
none. Every entry ends in its own digest: one that was cut short or altered is reported, removed, and counts as missing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from platformdirs import user_cache_path

from generator.cache.folders import Folder, LocalFolder, is_url
from generator.cache.remote import RemoteFolder
from generator.digests import digest_of

_DIGEST_BYTES = 16

#: Kinds of work on single images; their keys are `image_key`'s.
IMAGE_KINDS = frozenset(
    {"pictures", "cells", "traits", "embeddings", "logits", "meanings", "shots", "disturbed", "refused", "videos"}
)
#: Marks of images that were withdrawn, see `generator.collection.withdrawal`.
WITHDRAWN_KIND = "withdrawn"
#: Kinds that cannot be made again once an image link has expired.
PRECIOUS_KINDS = frozenset({"images", "links", WITHDRAWN_KIND})


@lru_cache(1 << 17)
def mark_image(sha256: str) -> str:
    """Return a name for an image, 32 characters, which does not reveal the sha256 of its bytes."""
    return digest_of("image", sha256)[:32]


def image_key(sha256: str, method: str) -> str:
    """Return the key of work on one image: the image's mark, then `method`, a digest of how the work is done."""
    return f"{mark_image(sha256)}-{method[:24]}"


def _seal(value: bytes | memoryview) -> bytes:
    return hashlib.blake2b(value, digest_size=_DIGEST_BYTES).digest()


@dataclass(frozen=True, slots=True)
class KindSize:
    """The space that one kind of work takes in the cache."""

    kind: str
    entries: int
    bytes: int


class Store:
    """A content-addressed cache in a folder, or behind an fsspec URL. Safe to share between threads and processes.

    An entry is named by (kind, key): `kind` is a short name such as ``pictures``, `key` a hexadecimal digest of
    everything that the value depends on, or an `image_key`.
    """

    def __init__(self, place: Path | str, warn: Callable[[str], None] | None = None, asks: bool = False) -> None:
        """Open the cache at a path or URL; for `asks` see RemoteFolder. Raises SettingsError for a bad URL."""
        self.place = place if is_url(place) else Path(place)
        self._folder: Folder = RemoteFolder(str(place), asks) if is_url(place) else LocalFolder(Path(place))
        self._warn = warn or (lambda message: None)

    @cached_property
    def local(self) -> Path:
        """A folder for files that only this machine needs: the cache's own, or the platform's cache folder."""
        folder = self.place if isinstance(self.place, Path) else user_cache_path("brandscape", appauthor=False)
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def path(self, kind: str, key: str) -> Path:
        """Return the entry's path in a folder of this machine, whether or not it exists."""
        return Path(self.place, self._name(kind, key))

    @staticmethod
    def _name(kind: str, key: str) -> str:
        return f"{kind}/{key[:2]}/{key[2:]}"

    def has(self, kind: str, key: str) -> bool:
        """Return whether the entry exists; only `get` checks its content."""
        return self._folder.has(f"{kind}/{key[:2]}/{key[2:]}")

    def lacks(self, entries: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """Return those of `entries`, each (kind, key), that do not exist."""
        names = [f"{kind}/{key[:2]}/{key[2:]}" for kind, key in entries]
        return [entry for entry, there in zip(entries, self._folder.has_many(names), strict=True) if not there]

    def refresh(self) -> None:
        """Let `has` know about entries that other machines have written meanwhile."""
        self._folder.refresh()

    def get(self, kind: str, key: str) -> bytes | None:
        """Return the value, or None if the entry is missing or damaged."""
        name = self._name(kind, key)
        try:
            data = self._folder.read(name)
        except OSError as error:
            self._warn(
                f"A cache entry cannot be read and will be made again: {self.place}/{name} ({error.strerror or error})."
            )
            return None
        return self._open(name, data)

    def get_many(self, kind: str, keys: Iterable[str]) -> Iterator[bytes | None]:
        """Yield what `get` returns for each of `keys`, in order; behind a URL, many are read at a time."""
        if not is_url(self.place):
            yield from (self.get(kind, key) for key in keys)
            return
        names = [self._name(kind, key) for key in keys]
        for name, data in zip(names, self._folder.read_many(names), strict=True):
            yield self._open(name, data)

    def _open(self, name: str, data: bytes | None) -> bytes | None:
        """Return the value in an entry's bytes; remove the entry if it is damaged."""
        if data is None:
            return None
        value, seal = data[:-_DIGEST_BYTES], data[-_DIGEST_BYTES:]
        if len(seal) == _DIGEST_BYTES and seal == _seal(value):
            return value
        self._warn(f"A damaged cache entry was removed and will be made again: {self.place}/{name}.")
        self._folder.remove(name)
        return None

    def put(self, kind: str, key: str, value: bytes | memoryview) -> None:
        """Write an entry, replacing an earlier one."""
        self._folder.write(self._name(kind, key), value, _seal(value))

    def put_image(self, data: bytes) -> str:
        """Write an image's bytes under their own sha256, which is returned."""
        sha256 = hashlib.sha256(data).hexdigest()
        if not self.has("images", sha256):
            self.put("images", sha256, data)
        return sha256

    def keys(self, kind: str, start: str = "") -> list[str]:
        """Return the keys of a kind that begin with `start` (two characters or more, or none), in no order.

        Half-written entries are among them; their keys are longer than that of the entry.
        """
        folder = f"{kind}/{start[:2]}" if start else kind
        keys = (name.removeprefix(f"{kind}/").replace("/", "", 1) for name, _ in self._folder.walk(folder))
        return [key for key in keys if key.startswith(start)]

    def remove(self, kind: str, key: str) -> None:
        """Remove an entry, if it exists."""
        self._folder.remove(self._name(kind, key))

    def kinds(self) -> list[str]:
        """Return the kinds of work in the cache, in order."""
        return sorted(self._folder.folders())

    def sweep(self) -> None:
        """Remove every entry that is damaged."""
        for kind in self.kinds():
            for _ in self.get_many(kind, [key for key in self.keys(kind) if not key.endswith(".part")]):
                pass

    def tidy(self) -> None:
        """Remove half-written entries of runs that were killed."""
        self._folder.tidy()

    def sizes(self) -> list[KindSize]:
        """Return the size of each kind, largest first."""
        sizes = []
        for kind in self.kinds():
            files = [size for _, size in self._folder.walk(kind)]
            if files:
                sizes.append(KindSize(kind, len(files), sum(files)))
        return sorted(sizes, key=lambda size: -size.bytes)

    def prune(self, kinds: Iterable[str]) -> int:
        """Remove every entry of these kinds and return the bytes freed."""
        freed = 0
        for kind in kinds:
            freed += sum(size for _, size in self._folder.walk(kind))
            self._folder.remove_folder(kind)
        return freed
