"""Work kept between runs: one file per piece of work, named by what it was made from.

Every entry is written in one step (see `generator.cache.folders`), so a run that is killed
leaves whole entries or none. Every entry ends in its own digest: one that was
cut short or altered is reported, removed, and counts as never written.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from platformdirs import user_cache_path

from generator.cache.folders import is_url, open_folder
from generator.digests import digest_of

_DIGEST_BYTES = 16

#: What was made of single images; their keys are `image_key`'s.
IMAGE_KINDS = frozenset({"pictures", "cells", "traits", "embeddings", "disturbed", "refused"})
#: What remains known of images that were taken out, see `generator.collection.withdrawal`.
WITHDRAWN_KIND = "withdrawn"
#: Kinds that cannot be made again once an image link has expired.
PRECIOUS_KINDS = frozenset({"images", "links", WITHDRAWN_KIND})


@lru_cache(1 << 17)
def mark_image(sha256: str) -> str:
    """A name for an image, 32 characters, from which the sha256 of its bytes cannot be told."""
    return digest_of("image", sha256)[:32]


def image_key(sha256: str, made: str) -> str:
    """A key for what was made of one image, `made` a digest of how. It begins with the image's mark, to be found by."""
    return f"{mark_image(sha256)}-{made[:24]}"


def _seal(value: bytes) -> bytes:
    return hashlib.blake2b(value, digest_size=_DIGEST_BYTES).digest()


@dataclass(frozen=True, slots=True)
class KindSize:
    """How much one kind of work takes in the cache."""

    kind: str
    entries: int
    bytes: int


class Store:
    """A content-addressed cache in a folder, or behind an fsspec URL. Safe to share between threads and processes.

    An entry is `(kind, key)`: `kind` a short name such as ``pictures``, `key` a hexadecimal
    digest of all that the value depends on, or an `image_key`.
    """

    def __init__(self, place: Path | str, warn: Callable[[str], None] | None = None, asks: bool = False) -> None:
        """The cache at a path or URL; for `asks` see `generator.cache.folders`. Raises SettingsError for a bad URL."""
        self.place = place if is_url(place) else Path(place)
        self._folder = open_folder(place, asks)
        self._warn = warn or (lambda message: None)

    @cached_property
    def local(self) -> Path:
        """A folder on this machine for what no other one needs: the cache's own, or the platform's cache folder."""
        folder = self.place if isinstance(self.place, Path) else user_cache_path("brandscape", appauthor=False)
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def path(self, kind: str, key: str) -> Path:
        """Where the entry lies in a folder of this machine, whether or not it exists."""
        return Path(self.place, self._name(kind, key))

    @staticmethod
    def _name(kind: str, key: str) -> str:
        return f"{kind}/{key[:2]}/{key[2:]}"

    def has(self, kind: str, key: str) -> bool:
        """Whether the entry is there; its content is only checked by `get`."""
        return self._folder.has(f"{kind}/{key[:2]}/{key[2:]}")

    def lacks(self, entries: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
        """Those of `entries`, each (kind, key), that are not there, as `has` tells."""
        names = [f"{kind}/{key[:2]}/{key[2:]}" for kind, key in entries]
        return [entry for entry, there in zip(entries, self._folder.has_many(names), strict=True) if not there]

    def refresh(self) -> None:
        """Let `has` know of what other machines have written meanwhile."""
        self._folder.refresh()

    def get(self, kind: str, key: str) -> bytes | None:
        """The value, or None where it was never kept or is no longer whole."""
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
        """As `get` for each of `keys`, in order; where each would wait for a network, many at a time."""
        if not is_url(self.place):
            yield from (self.get(kind, key) for key in keys)
            return
        names = [self._name(kind, key) for key in keys]
        for name, data in zip(names, self._folder.read_many(names), strict=True):
            yield self._open(name, data)

    def _open(self, name: str, data: bytes | None) -> bytes | None:
        """The value in an entry's bytes; one that is damaged is removed."""
        if data is None:
            return None
        value, seal = data[:-_DIGEST_BYTES], data[-_DIGEST_BYTES:]
        if len(seal) == _DIGEST_BYTES and seal == _seal(value):
            return value
        self._warn(f"A damaged cache entry was removed and will be made again: {self.place}/{name}.")
        self._folder.remove(name)
        return None

    def put(self, kind: str, key: str, value: bytes) -> None:
        """Keep `value`, replacing whatever was there."""
        self._folder.write(self._name(kind, key), value, _seal(value))

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
        folder = f"{kind}/{start[:2]}" if start else kind
        keys = (name.removeprefix(f"{kind}/").replace("/", "", 1) for name, _ in self._folder.walk(folder))
        return [key for key in keys if key.startswith(start)]

    def remove(self, kind: str, key: str) -> None:
        """Remove an entry, if it is there."""
        self._folder.remove(self._name(kind, key))

    def kinds(self) -> list[str]:
        """The kinds of work that are kept, in order."""
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
        """What each kind takes, largest first."""
        found = []
        for kind in self.kinds():
            files = [size for _, size in self._folder.walk(kind)]
            if files:
                found.append(KindSize(kind, len(files), sum(files)))
        return sorted(found, key=lambda size: -size.bytes)

    def prune(self, kinds: Iterable[str]) -> int:
        """Remove every entry of these kinds; returns the bytes freed."""
        freed = 0
        for kind in kinds:
            freed += sum(size for _, size in self._folder.walk(kind))
            self._folder.remove_folder(kind)
        return freed
