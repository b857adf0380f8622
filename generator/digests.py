"""Keys of kept work, and hashes of files."""

from __future__ import annotations

import hashlib
from pathlib import Path


def digest_of(*parts: str | bytes) -> str:
    """A 64-character key for these parts; no two different sequences of parts share one."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "big"))
        total.update(data)
    return total.hexdigest()


def hash_file(path: Path) -> str:
    """sha256 of a file's bytes, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
