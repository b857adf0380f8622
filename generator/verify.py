"""A report, in a folder or zipped, held against the list of files it was built with."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from generator.amounts import say_size
from generator.errors import NotWholeError, SettingsError
from generator.staging import HARMLESS, MANIFEST

#: A manifest larger than this is none: 100,000 posts take 30 MB.
_MOST_MANIFEST = 200_000_000
#: An archive whose files claim to be so many times its own size is no report, whose pictures hardly shrink.
_MOST_SHRUNK = 100
#: Files of a kind that the message names where not all are asked for.
_SHOWN = 10
_CHUNK = 1 << 20
_ENCRYPTED = 0x1
#: In the place of a size, so that it equals none.
_UNREADABLE = -1


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a report's files; names are relative to the report, sorted."""

    site: str
    files: int  # that the manifest lists
    bytes: int  # of those
    missing: tuple[str, ...]
    altered: tuple[str, ...]
    extra: tuple[str, ...]  # in the report's folders, though it does not list them

    @property
    def whole(self) -> bool:
        """Whether nothing is missing, altered or extra."""
        return not (self.missing or self.altered or self.extra)

    def as_facts(self) -> dict[str, Any]:
        """The verdict as JSON can hold it."""
        return {"whole": self.whole, **dataclasses.asdict(self)}


@dataclass(frozen=True, slots=True)
class _Holder:
    """Where a report's files lie: the size of every file in reach, by its name in the report, and how to read one."""

    sizes: Mapping[str, int]
    open: Callable[[str], IO[bytes]]


def verify_site(site: Path) -> Verdict:
    """Compare the report in `site`, a folder or a zip, with its manifest.

    A zip is read where it is; nothing is extracted, and a file is read only where its size is the one listed.
    Raises SettingsError where there is no report.
    """
    if not site.exists():
        raise SettingsError(f"There is no {site}.", "Give the folder of a report, or a zip of one.")
    if site.is_dir():
        return _compare(site, _look_into_folder(site))
    try:
        with zipfile.ZipFile(site) as archive:
            return _compare(site, _look_into_archive(archive, site))
    except (zipfile.BadZipFile, OSError) as error:
        raise SettingsError(f"{site} cannot be read as a zip: {error}.", "Copy or download it again.") from error


def refuse_faults(verdict: Verdict, verbose: bool = False) -> None:
    """Raise NotWholeError where a report is not whole; its message names ten files of a kind, all where `verbose`."""
    if verdict.whole:
        return
    kinds = {"missing": verdict.missing, "altered": verdict.altered, "extra": verdict.extra}
    counts = ", ".join(f"{len(names):,} {kind}" for kind, names in kinds.items() if names)
    lines = [f"{verdict.site} is not as it was built: of {verdict.files:,} files, {counts}."]
    for kind, names in kinds.items():
        shown = names if verbose else names[:_SHOWN]
        lines += [f"  {kind:<8} {ascii(name)[1:-1] if not name.isprintable() else name}" for name in shown]
        if len(shown) < len(names):
            lines.append(f"  … and {len(names) - len(shown):,} more {kind}; --verbose shows all")
    harm = verdict.missing or verdict.altered
    mend = "Build it again, or copy it again from where it is whole." if harm else "Take the extra files away."
    raise NotWholeError("\n".join(lines), mend, verdict.as_facts())


def _look_into_folder(site: Path) -> _Holder:
    sizes = {path.relative_to(site).as_posix(): path.stat().st_size for path in site.rglob("*") if path.is_file()}
    return _Holder(sizes, lambda name: open(site / name, "rb"))


def _look_into_archive(archive: zipfile.ZipFile, path: Path) -> _Holder:
    """The one report that a zip holds, in a folder of its own or not in any. Raises SettingsError for a zip bomb."""
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    claimed, packed = sum(entry.file_size for entry in entries), path.stat().st_size
    if claimed > _MOST_SHRUNK * packed:
        raise SettingsError(
            f"{path} claims to hold {say_size(claimed)} in {say_size(packed)}; no report does.",
            "Ask whoever made it for another.",
        )
    tail = MANIFEST.as_posix()
    roots = [entry.filename.removesuffix(tail) for entry in entries if f"/{entry.filename}".endswith(f"/{tail}")]
    root = min(roots, key=len, default="")
    sizes: dict[str, int] = {}
    for entry in entries:
        inside = entry.filename.startswith(root)
        name = entry.filename.removeprefix(root) if inside else f"../{entry.filename}"
        if name.startswith("../__MACOSX/"):  # what macOS adds when it packs a folder
            continue
        # of a name that comes twice, which is unpacked depends on the program
        sizes[name] = _UNREADABLE if name in sizes or entry.flag_bits & _ENCRYPTED else entry.file_size
    return _Holder(sizes, lambda name: archive.open(root + name))


def _compare(site: Path, holder: _Holder) -> Verdict:
    listed = _read_listed(site, holder)
    ours = {PurePosixPath(name).parts[0] for name in listed if "/" in name}
    known = {*listed, MANIFEST.as_posix()}
    return Verdict(
        site=str(site),
        files=len(listed),
        bytes=sum(size for size, _ in listed.values()),
        missing=tuple(sorted(name for name in listed if name not in holder.sizes)),
        altered=tuple(
            sorted(name for name, entry in listed.items() if name in holder.sizes and not _equals(holder, name, *entry))
        ),
        extra=tuple(sorted(name for name in holder.sizes if name not in known and _is_extra(name, ours))),
    )


def _is_extra(name: str, ours: Iterable[str]) -> bool:
    """Whether a file that is not listed lies where the report's own files do."""
    parts = PurePosixPath(name).parts
    return parts[-1] not in HARMLESS and (len(parts) == 1 or parts[0] in ours or parts[0] in ("..", "/"))


def _equals(holder: _Holder, name: str, size: int, sha256: str) -> bool:
    if holder.sizes[name] != size:
        return False
    digest = hashlib.sha256()
    try:
        with holder.open(name) as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    # what zipfile raises for a broken, an encrypted or an oddly packed entry
    except (OSError, EOFError, zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError):
        return False
    return digest.hexdigest() == sha256


def _read_listed(site: Path, holder: _Holder) -> dict[str, tuple[int, str]]:
    """The size and sha256 of every file the manifest lists. Raises SettingsError where there is no usable manifest."""
    name = MANIFEST.as_posix()
    none = SettingsError(f"There is no report in {site}.", "A report has a data/manifest.json. Build one first.")
    if not 0 < holder.sizes.get(name, 0) <= _MOST_MANIFEST:
        raise none
    try:
        with holder.open(name) as file:
            content = json.loads(file.read(_MOST_MANIFEST).decode("utf-8"))
        listed = {str(name): (int(entry["bytes"]), str(entry["sha256"])) for name, entry in content["files"].items()}
    except (OSError, EOFError, zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError) as error:
        raise none from error
    except (AttributeError, KeyError, TypeError) as error:
        raise none from error
    for name in listed:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name or not path.parts:
            raise SettingsError(f"The manifest of {site} lists {name!r}, which is no file of a report.", none.hint)
    return listed
