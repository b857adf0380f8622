"""The list of a report's files with their sizes and hashes, and facts about how it was made."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from generator.digests import hash_file
from generator.errors import SiteTooLargeError
from generator.settings.sizes import format_size

MANIFEST = Path("data") / "manifest.json"


def read_manifest(site: Path) -> dict[str, Any] | None:
    """The site's manifest, or None where there is no whole site."""
    try:
        content = json.loads((site / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    files = content.get("files") if isinstance(content, dict) else None
    return content if isinstance(files, dict) and all(map(_is_inside, files, files.values())) else None


def _is_inside(name: str, entry: object) -> bool:
    """Whether a manifest's entry names a file of the site: files are packed, passed on and compared by these names."""
    parts = name.split("/")
    odd = "\\" in name or ":" in parts[0] or "\0" in name or not {"", ".", ".."}.isdisjoint(parts)
    return not odd and isinstance(entry, dict) and {"bytes", "sha256"} <= entry.keys()


def write_manifest(site: Path, facts: dict[str, Any]) -> dict[str, Any]:
    """List every file of a finished site with its sha256 and size, beside `facts` about how it was made.

    Returns the files as listed.
    """
    files = {
        path.relative_to(site).as_posix(): {"bytes": path.stat().st_size, "sha256": hash_file(path)}
        for path in sorted(site.rglob("*"))
        if path.is_file() and path != site / MANIFEST
    }
    text = json.dumps({**facts, "files": files}, ensure_ascii=False, indent=1, sort_keys=True)
    (site / MANIFEST).write_text(text + "\n", encoding="utf-8", newline="\n")
    return files


def check_weight(files: Mapping[str, Mapping[str, Any]], limit: int | None) -> int:
    """The bytes of a manifest's files. Raises SiteTooLargeError where they are more than `limit`."""
    size = sum(int(entry["bytes"]) for entry in files.values())
    if limit is None or size <= limit:
        return size
    parts: Counter[str] = Counter()
    for name, entry in files.items():
        parts[name.split("/")[0] + "/" if "/" in name else name] += entry["bytes"]
    largest = dict(parts.most_common(3))
    said = ", ".join(f"{name} {format_size(weight)}" for name, weight in largest.items())
    raise SiteTooLargeError(
        f"The finished report is {format_size(size)}, more than the {format_size(limit)} that --max-report-size allows "
        f"({said}).",
        "Make the mosaics smaller (cell_size, quality, flat_size and scatter_size under [mosaic]) "
        "or the posts' pictures (picture_size under [images]), or raise the limit.",
        {"bytes": size, "limit": limit, "largest": largest},
    )


def is_intact(site: Path, manifest: dict[str, Any]) -> bool:
    """Whether every file the manifest lists is there with its size."""
    try:
        return all((site / name).stat().st_size == entry["bytes"] for name, entry in manifest["files"].items())
    except OSError:
        return False
