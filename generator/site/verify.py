"""Compare a report, in a folder or zipped, with the list of files that it was built with."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from generator.errors import NotWholeError, SettingsError
from generator.site.files import UNREADABLE, SiteFiles
from generator.site.manifest import MANIFEST, is_inside, parse_manifest
from generator.site.staging import HARMLESS

#: Files of a kind that the message names without --verbose.
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Verdict:
    """Faults of a report's files; names are relative to the report, sorted."""

    site: str
    files: int  # that the manifest lists
    bytes: int  # of those files
    missing: tuple[str, ...]
    altered: tuple[str, ...]
    extra: tuple[str, ...]  # in the report's folders, but not listed

    @property
    def whole(self) -> bool:
        """Whether nothing is missing, altered or extra."""
        return not (self.missing or self.altered or self.extra)

    def as_facts(self) -> dict[str, Any]:
        """Return the verdict as facts for JSON."""
        return {"whole": self.whole, **dataclasses.asdict(self)}


def verify_site(site: Path) -> Verdict:
    """Compare the report in `site`, a folder or a zip, with its manifest.

    A zip is read in place; nothing is extracted, and a file is read only if its size is the one listed.
    Raises SettingsError if there is no report.
    """
    if not site.exists():
        raise SettingsError(f"There is no {site}.", "Give the folder of a report, or a zip of one.")
    with closing(SiteFiles(site)) as files:
        return _compare(site, files)


def refuse_faults(verdict: Verdict, verbose: bool = False) -> None:
    """Raise NotWholeError if a report is not whole; its message names ten files of a kind, or all if `verbose`."""
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
    fix = "Build it again, or copy it again from where it is whole." if harm else "Remove the extra files."
    raise NotWholeError("\n".join(lines), fix, verdict.as_facts())


def _compare(site: Path, files: SiteFiles) -> Verdict:
    listed = _read_listed(site, files)
    ours = {PurePosixPath(name).parts[0] for name in listed if "/" in name}
    known = {*listed, MANIFEST.as_posix()}
    return Verdict(
        site=str(site),
        files=len(listed),
        bytes=sum(size for size, _ in listed.values()),
        missing=tuple(sorted(name for name in listed if name not in files.sizes)),
        altered=tuple(
            sorted(name for name, entry in listed.items() if name in files.sizes and not _equals(files, name, *entry))
        ),
        extra=tuple(sorted(name for name in files.sizes if name not in known and _is_extra(name, ours))),
    )


def _is_extra(name: str, ours: Iterable[str]) -> bool:
    """Return whether a file that is not listed lies where the report's own files do."""
    parts = PurePosixPath(name).parts
    return parts[-1] not in HARMLESS and (len(parts) == 1 or parts[0] in ours or parts[0] in ("..", "/"))


def _equals(files: SiteFiles, name: str, size: int, sha256: str) -> bool:
    if files.sizes[name] != size:
        return False
    digest = hashlib.sha256()
    try:
        for chunk in files.chunks(name):
            digest.update(chunk)
    except (OSError, ValueError):
        return False
    return digest.hexdigest() == sha256


def _read_listed(site: Path, files: SiteFiles) -> dict[str, tuple[int, str]]:
    """Return the size and sha256 of every file that the manifest lists. Raises SettingsError for no usable manifest."""
    path = MANIFEST.as_posix()
    none = SettingsError(f"There is no report in {site}.", "A report has a data/manifest.json. Build one first.")
    if files.sizes.get(path, UNREADABLE) == UNREADABLE:
        raise none
    try:
        listed = parse_manifest(files.read(path).decode("utf-8"))["files"]
    except (OSError, ValueError) as error:
        raise none from error
    for name in listed:
        if not is_inside(name):
            raise SettingsError(f"The manifest of {site} lists {name!r}, which is no file of a report.", none.hint)
    return {name: (int(entry["bytes"]), str(entry["sha256"])) for name, entry in listed.items()}
