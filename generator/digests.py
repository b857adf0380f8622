"""Digests: keys of cached results, and hashes of files."""

from __future__ import annotations

import hashlib
from pathlib import Path


def digest_of(*parts: str | bytes) -> str:
    """Return the sha256 of a sequence of parts, in hexadecimal; each part's length counts too."""
    total = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        total.update(len(data).to_bytes(8, "big"))
        total.update(data)
    return total.hexdigest()


def hash_file(path: Path) -> str:
    """Return the sha256 of a file's bytes, in hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
