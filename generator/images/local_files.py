"""Images on the user's own disk: each read and hashed once, while its size and time stay."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from generator.cache.store import Store
from generator.digests import digest_of, hash_file
from generator.images.decode import is_video
from generator.images.file_finder import FileFinder, NoFile, spell_path
from generator.images.file_names import group_by_name, split_name
from generator.images.packed_files import PackedFiles


class LocalFiles:
    """The images that `finder` finds; files of known size and time are not read again.

    Those inside other files are unpacked into the store, unless `keeps` is false.
    """

    def __init__(
        self,
        finder: FileFinder,
        max_bytes: int,
        store: Store,
        is_withdrawn: Callable[[str], bool] = lambda sha256: False,
        keeps: bool = True,
    ) -> None:
        self._finder = finder
        self._packed = PackedFiles(finder.containers, max_bytes)
        self._keeps = keeps
        self._max_bytes = max_bytes
        self._is_withdrawn = is_withdrawn
        self._store = store
        self._index_key = digest_of("files", str(finder.root))
        kept = store.get("files", self._index_key)
        self._known: dict[str, list[object]] = json.loads(kept) if kept else {}
        self._seen: dict[str, list[object]] = {}
        self.by_name: dict[str, str] = {}  # text -> path from the root of a file that lies elsewhere than the text says

    def find(self, text: str) -> tuple[str, Path | None] | tuple[str, str]:
        """Return (sha256, path) of the image that `text` names, or (reason, detail) for the ledger.

        The path of an image inside another file is None; its bytes are in the store. The detail of a withdrawn image is
        its sha256, which is not remembered.
        """
        if "#" in text and (place := self._packed.place_of(text)) is not None:
            return self._find_packed(text, *place)
        found = self._finder.find(text)
        if isinstance(found, NoFile):
            return found.reason, found.detail
        path = found.path
        try:
            stat = path.stat()
            if stat.st_size == 0:
                return "empty_file", ""
            if stat.st_size > self._max_bytes and not _is_video(path):
                return "too_large", f"{stat.st_size:,} bytes; at most {self._max_bytes:,} are read"
            seen = self._known.get(str(path))
            if seen is None or seen[:2] != [stat.st_size, stat.st_mtime_ns]:
                seen = [stat.st_size, stat.st_mtime_ns, hash_file(path)]
        except OSError as error:
            return "missing_file", error.strerror or ""
        sha256 = str(seen[2])
        if self._is_withdrawn(sha256):
            return "withdrawn", sha256
        self._seen[str(path)] = seen
        if found.elsewhere:
            self.by_name[text] = path.relative_to(self._finder.root).as_posix()
        return sha256, path

    def _find_packed(self, text: str, place: str, size: int, time: int) -> tuple[str, None] | tuple[str, str]:
        """Return as `find` for an image inside another file, of this size and time."""
        seen = self._known.get(place)
        if seen is None or seen[:2] != [size, time] or not self._store.has("images", str(seen[2])):
            data = self._packed.read(text)
            if isinstance(data, NoFile):
                return data.reason, data.detail
            seen = [size, time, hashlib.sha256(data).hexdigest()]
            if self._keeps and not self._is_withdrawn(str(seen[2])):
                self._store.put_image(data)
        sha256 = str(seen[2])
        if self._is_withdrawn(sha256):
            return "withdrawn", sha256
        self._seen[place] = seen
        return sha256, None

    def trace(self, text: str) -> set[str]:
        """Return every known sha256 of the image that `text` names: now, and when last seen, even if it is gone."""
        found = self.find(text)
        packed = self._packed.place_of(text)
        if not isinstance(found[1], str):
            now = {found[0]}
            places = {str(found[1])} if packed is None else {packed[0]}
        else:
            now = set()
            places = self._find_known(text)
        try:
            places |= {os.path.realpath(self._finder.root / form) for form in spell_path(text)}
        except (OSError, ValueError):
            return now
        return now | {str(self._known[place][2]) for place in places & self._known.keys()}

    def remember(self) -> None:
        """Keep size, time and sha256 of the files that were found, for the next run; let go of those that are open."""
        self._packed.close()
        if self._seen and self._seen != {name: self._known.get(name) for name in self._seen}:
            self._store.put("files", self._index_key, json.dumps({**self._known, **self._seen}).encode())

    def _find_known(self, text: str) -> set[str]:
        """Return the files that are gone and would have been found by the name in `text`: those of exactly its name."""
        parts, _ = split_name(text.replace("\\", "/"))
        alike = self._gone.get(parts[-1], []) if parts else []
        return set(alike) if len(alike) == 1 else set()

    @cached_property
    def _gone(self) -> dict[str, list[str]]:
        return group_by_name(path for path in self._known if not os.path.exists(path))


def _is_video(path: Path) -> bool:
    """Return whether a file is a video, of which only a part is read. Raises OSError."""
    with path.open("rb") as file:
        return is_video(file.read(32))


def forget_files(is_gone: Callable[[str, str], bool], store: Store) -> None:
    """Remove what is remembered of files in any folder for whose path and sha256 `is_gone` is true."""
    for key in store.keys("files"):
        known = json.loads(store.get("files", key) or b"{}")
        kept = {path: seen for path, seen in known.items() if not is_gone(path, str(seen[2]))}
        if kept != known:
            store.put("files", key, json.dumps(kept).encode())
