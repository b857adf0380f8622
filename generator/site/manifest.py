"""Read and write the list of a report's files, with their sizes and hashes and facts about how it was made."""

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
    """Return the manifest of the report in `site`, or None if there is no usable one."""
    try:
        content = parse_manifest((site / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if all(map(is_inside, content["files"])) else None


def parse_manifest(text: str) -> dict[str, Any]:
    """Return the content of a manifest; each of its files has a size and a hash. Raises ValueError for any other text.

    The files' names are as they stand there: `is_inside` tells whether one is safe to use.
    """
    try:
        content = json.loads(text)
        for entry in content["files"].values():
            int(entry["bytes"]), str(entry["sha256"])
    except (AttributeError, KeyError, OverflowError, RecursionError, TypeError) as error:
        raise ValueError("this is not a manifest") from error
    return content  # type: ignore[no-any-return]  # subscripted by a text, so a dict


def is_inside(name: str) -> bool:
    """Return whether `name` is that of a file in a report: files are packed, reused and compared by these names."""
    parts = name.split("/")
    return not ("\\" in name or ":" in parts[0] or "\0" in name) and {"", ".", ".."}.isdisjoint(parts)


def write_manifest(site: Path, facts: dict[str, Any]) -> dict[str, Any]:
    """Write the sha256 and size of every file of a finished site, with `facts` about how it was made.

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
    """Return the bytes of a manifest's files. Raises SiteTooLargeError if they are more than `limit`."""
    size = sum(int(entry["bytes"]) for entry in files.values())
    if limit is None or size <= limit:
        return size
    parts: Counter[str] = Counter()
    for name, entry in files.items():
        parts[name.split("/")[0] + "/" if "/" in name else name] += entry["bytes"]
    largest = dict(parts.most_common(3))
    weights = ", ".join(f"{name} {format_size(weight)}" for name, weight in largest.items())
    raise SiteTooLargeError(
        f"The finished report is {format_size(size)}, more than the {format_size(limit)} that --max-report-size allows "
        f"({weights}).",
        "Make the mosaics smaller (cell_size, quality, flat_size and scatter_size under [mosaic]) "
        "or the posts' pictures (picture_size under [images]), or raise the limit.",
        {"bytes": size, "limit": limit, "largest": largest},
    )


def is_intact(site: Path, manifest: dict[str, Any]) -> bool:
    """Return whether every file that the manifest lists is there with its size."""
    try:
        return all((site / name).stat().st_size == entry["bytes"] for name, entry in manifest["files"].items())
    except OSError:
        return False
