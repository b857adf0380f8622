"""A report, in a folder or zipped, held against the list of files it was built with."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from generator.errors import NotWholeError, SettingsError
from generator.site.files import UNREADABLE, SiteFiles
from generator.site.manifest import MANIFEST
from generator.site.staging import HARMLESS

#: Files of a kind that the message names where not all are asked for.
_SHOWN = 10


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


def verify_site(site: Path) -> Verdict:
    """Compare the report in `site`, a folder or a zip, with its manifest.

    A zip is read where it is; nothing is extracted, and a file is read only where its size is the one listed.
    Raises SettingsError where there is no report.
    """
    if not site.exists():
        raise SettingsError(f"There is no {site}.", "Give the folder of a report, or a zip of one.")
    with closing(SiteFiles(site)) as files:
        return _compare(site, files)


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
    """Whether a file that is not listed lies where the report's own files do."""
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
    """The size and sha256 of every file the manifest lists. Raises SettingsError where there is no usable manifest."""
    name = MANIFEST.as_posix()
    none = SettingsError(f"There is no report in {site}.", "A report has a data/manifest.json. Build one first.")
    if name not in files.sizes or files.sizes[name] == UNREADABLE:
        raise none
    try:
        content = json.loads(files.read(name).decode("utf-8"))
        listed = {str(name): (int(entry["bytes"]), str(entry["sha256"])) for name, entry in content["files"].items()}
    except (OSError, ValueError, AttributeError, KeyError, TypeError) as error:
        raise none from error
    for name in listed:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name or not path.parts:
            raise SettingsError(f"The manifest of {site} lists {name!r}, which is no file of a report.", none.hint)
    return listed
