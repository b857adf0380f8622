"""A new site beside the old one, put in its place only once it is whole."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from generator.cache.folders import is_alive
from generator.cache.store import hash_file
from generator.errors import SettingsError, SiteTooLargeError
from generator.settings.sizes import say_size

MANIFEST = Path("data") / "manifest.json"
#: What may lie in an output folder that Brandscape never wrote to.
HARMLESS = {"README.md", ".gitignore", ".gitkeep", ".nojekyll", "CNAME", ".DS_Store", "robots.txt", "404.html"}


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
    said = ", ".join(f"{name} {say_size(weight)}" for name, weight in largest.items())
    raise SiteTooLargeError(
        f"The finished report is {say_size(size)}, more than the {say_size(limit)} that --fail-over allows ({said}).",
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


def check_output(out: Path) -> None:
    """Refuse a folder that holds something other than a Brandscape site. Raises SettingsError."""
    if out.exists() and not out.is_dir():
        raise SettingsError(f"{out} is a file, not a folder.", "Give another folder with --out.")
    strange = sorted(entry.name for entry in out.iterdir() if entry.name not in HARMLESS) if out.is_dir() else []
    if strange and read_manifest(out) is None:
        raise SettingsError(
            f"The folder {out} holds other files ({', '.join(strange[:3])}{', …' if len(strange) > 3 else ''}) "
            "and no Brandscape report, so it will not be replaced.",
            "Give an empty or a new folder with --out.",
        )


class OldSite:
    """What the site in the output folder offers to the one that takes its place."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._manifest = read_manifest(folder) or {"files": {}}
        self._parts: dict[str, list[str]] = {}  # the first two parts of a name -> names
        for name in self._manifest["files"]:
            self._parts.setdefault("/".join(name.split("/")[:2]), []).append(name)

    def tell(self, fact: str) -> Any:
        """A fact that its manifest tells; None for none."""
        return self._manifest.get(fact)

    def find(self, part: str) -> list[str]:
        """The names of its files that are `part`, or lie in it: "images/x.jpg", "mosaics/all_files"."""
        return self._parts.get(part, [])

    def give(self, name: str, target: Path) -> bool:
        """Put its file `name` into the folder `target`, by a hard link where the disk has them.

        False where there is none, or where it is no longer as it was written: what was altered is not passed on.
        """
        entry = self._manifest["files"].get(name)
        source, place = self._folder / name, target / name
        try:
            if entry is None or hash_file(source) != entry["sha256"]:
                return False
            place.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(source, place)
            except OSError:
                shutil.copy2(source, place)
        except OSError:
            return False
        return True


@contextmanager
def staged_site(out: Path) -> Iterator[Path]:
    """An empty folder beside `out` that takes its place when the block ends without an error.

    The old site stays as it was until then, and after an error. Files of the new site that equal the
    old ones keep the old files' times; files in the old folder that Brandscape never wrote (a CNAME, a
    README) move along.
    """
    out = out.resolve()
    check_output(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    recover_site(out)
    staging = out.with_name(f".{out.name}.new-{os.getpid()}")
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir()
    try:
        yield staging
        _keep_unchanged(out, staging)
        _swap(out, staging)
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def recover_site(out: Path) -> None:
    """Put things right after a run that was killed: the old site back in its place, half-built ones removed."""
    out = out.resolve()
    retired = out.with_name(f".{out.name}.old")
    if retired.is_dir():
        if out.exists():
            shutil.rmtree(retired, ignore_errors=True)
        else:
            retired.rename(out)
    for folder in out.parent.glob(f".{out.name}.new-*"):
        process = folder.name.rpartition("-")[2]
        if process.isdigit() and not is_alive(int(process)):
            shutil.rmtree(folder, ignore_errors=True)


def _keep_unchanged(out: Path, staging: Path) -> None:
    """Give files whose content did not change their old modification times, so that a deploy skips them."""
    old, new = read_manifest(out), read_manifest(staging)
    if old is None or new is None:
        return
    for name, entry in new["files"].items():
        if old["files"].get(name) == entry and (out / name).is_file():
            stat = (out / name).stat()
            os.utime(staging / name, ns=(stat.st_atime_ns, stat.st_mtime_ns))


def _swap(out: Path, staging: Path) -> None:
    if out.is_dir():
        manifest = read_manifest(out)
        ours = {Path(name).parts[0] for name in manifest["files"]} | {"data"} if manifest else set()
        for entry in out.iterdir():
            if entry.name not in ours and not (staging / entry.name).exists():
                copy = shutil.copytree if entry.is_dir() else shutil.copy2
                copy(entry, staging / entry.name)
        retired = out.with_name(f".{out.name}.old")
        shutil.rmtree(retired, ignore_errors=True)
        out.rename(retired)
        staging.rename(out)
        shutil.rmtree(retired, ignore_errors=True)
    else:
        staging.rename(out)
