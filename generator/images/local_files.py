"""Find images on the user's own disk, never outside the folder that was named."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

from generator.cache.store import Store
from generator.digests import digest_of, hash_file

#: Never looked for: Windows would log in to the server that such a path names.
_NETWORK_SHARE = re.compile(r"[\\/]{2}|[\\/]\?\?[\\/]")


class LocalFiles:
    """The images under one folder; files of known size and time are not read again."""

    def __init__(
        self, folder: Path, max_bytes: int, store: Store, is_withdrawn: Callable[[str], bool] = lambda sha256: False
    ) -> None:
        self._root = folder.resolve()
        self._max_bytes = max_bytes
        self._is_withdrawn = is_withdrawn
        self._store = store
        self._index_key = digest_of("files", str(self._root))
        kept = store.get("files", self._index_key)
        self._known: dict[str, list[object]] = json.loads(kept) if kept else {}
        self._seen: dict[str, list[object]] = {}

    def find(self, text: str) -> tuple[str, Path] | tuple[str, str]:
        """Return (sha256, path) of the image that `text` names, or (reason, detail) for the ledger.

        The detail of a withdrawn image is its sha256, which is not remembered.
        """
        if "://" in text or text.lower().startswith(("data:", "file:", "javascript:")):
            return "bad_address", f"{text[:40]} is neither http(s) nor a path"
        if _NETWORK_SHARE.match(text):
            return "outside_folder", "a share on the network is not in the images' folder"
        for form in spell_path(text):
            found = self._find_path(form)
            if found[0] != "missing_file":
                return found
        return "missing_file", f"there is no file {text[:200]}"

    def trace(self, text: str) -> set[str]:
        """Return every known sha256 of the image that `text` names: now, and when last seen, even if it is gone."""
        try:
            names = {os.path.realpath(self._root / form) for form in spell_path(text)}
        except (OSError, ValueError):
            return set()
        found = self.find(text)
        now = {found[0]} if isinstance(found[1], Path) else set()
        return now | {str(self._known[name][2]) for name in names & self._known.keys()}

    def remember(self) -> None:
        """Keep size, time and sha256 of the files that were found, for the next run."""
        if self._seen and self._seen != {name: self._known.get(name) for name in self._seen}:
            self._store.put("files", self._index_key, json.dumps({**self._known, **self._seen}).encode())

    def _find_path(self, text: str) -> tuple[str, Path] | tuple[str, str]:
        try:
            # resolved, so that neither .. nor a symbolic link leads out
            path = Path(os.path.realpath(self._root / text))
            if not path.is_relative_to(self._root):
                return "outside_folder", "the path leads out of the images' folder"
            stat = path.stat()
            if not path.is_file():
                return "missing_file", "it is a folder"
        except (OSError, ValueError):
            return "missing_file", ""
        if stat.st_size == 0:
            return "empty_file", ""
        if stat.st_size > self._max_bytes:
            return "too_large", f"{stat.st_size:,} bytes; at most {self._max_bytes:,} are read"
        name = str(path)
        seen = self._known.get(name)
        if seen is None or seen[:2] != [stat.st_size, stat.st_mtime_ns]:
            try:
                seen = [stat.st_size, stat.st_mtime_ns, hash_file(path)]
            except OSError as error:
                return "missing_file", error.strerror or ""
        sha256 = str(seen[2])
        if self._is_withdrawn(sha256):
            return "withdrawn", sha256
        self._seen[name] = seen
        return sha256, path


def spell_path(text: str) -> list[str]:
    """Return the paths that `text` may mean, the likeliest first."""
    return list(dict.fromkeys((text, unquote(text), text.replace("\\", "/"))))


def forget_files(is_gone: Callable[[str, str], bool], store: Store) -> None:
    """Remove what is remembered of files in any folder for whose path and sha256 `is_gone` is true."""
    for key in store.keys("files"):
        known = json.loads(store.get("files", key) or b"{}")
        kept = {path: seen for path, seen in known.items() if not is_gone(path, str(seen[2]))}
        if kept != known:
            store.put("files", key, json.dumps(kept).encode())
