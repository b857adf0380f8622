"""Build a new site beside the old one, and put it in its place only when it is whole."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from generator.cache.held_files import insist, remove_tree
from generator.digests import hash_file
from generator.errors import BusyError, SettingsError, is_held
from generator.processes import is_alive
from generator.site.manifest import read_manifest

#: Files that may lie in an output folder that Brandscape never wrote to.
HARMLESS = {"README.md", ".gitignore", ".gitkeep", ".nojekyll", "CNAME", ".DS_Store", "robots.txt", "404.html"}


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
    """The site in the output folder, from which the new site reuses facts and files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._manifest = read_manifest(folder) or {"files": {}}
        self._parts: dict[str, list[str]] = {}  # the first two parts of a name -> names
        for name in self._manifest["files"]:
            self._parts.setdefault("/".join(name.split("/")[:2]), []).append(name)

    def fact(self, name: str) -> Any:
        """Return a fact of its manifest, or None."""
        return self._manifest.get(name)

    def find(self, part: str) -> list[str]:
        """Return the names of its files that are `part` or lie in it: "images/x.jpg", "mosaics/all_files"."""
        return self._parts.get(part, [])

    def reuse(self, name: str, target: Path) -> bool:
        """Put its file `name` into the folder `target`, by a hard link if the disk has them.

        Returns False if there is none, or if it was altered since it was written.
        """
        entry = self._manifest["files"].get(name)
        source, copy = self._folder / name, target / name
        try:
            if entry is None or hash_file(source) != entry["sha256"]:
                return False
            copy.parent.mkdir(parents=True, exist_ok=True)
            try:
                os.link(source, copy)
            except OSError:
                shutil.copy2(source, copy)
        except OSError:
            return False
        return True


@contextmanager
def staged_site(out: Path) -> Iterator[Path]:
    """Yield an empty folder beside `out`, which takes its place when the block ends without an error.

    The old site stays as it was until then, and after an error. Files of the new site that equal old ones keep their
    times. Files in the old folder that Brandscape never wrote (a CNAME, a README) move along.
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
    """Recover from a run that was killed: put the old site back in its place and remove half-built ones."""
    out = out.resolve()
    retired = out.with_name(f".{out.name}.old")
    if retired.is_dir():
        if out.exists():
            shutil.rmtree(retired, ignore_errors=True)
        else:
            _move(retired, out)
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
        with _explained(retired):
            remove_tree(retired)
        _move(out, retired)
        try:
            _move(staging, out)
        except BaseException:
            # if this is refused too, the next build does it
            with suppress(OSError, BusyError):
                _move(retired, out)
            raise
        shutil.rmtree(retired, ignore_errors=True)
    else:
        _move(staging, out)


def _move(source: Path, target: Path) -> None:
    """Give a folder another name. Raises BusyError if another program holds it or a file in it, as Windows allows."""
    with _explained(source):
        insist(lambda: source.rename(target))


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    """Raise BusyError where Windows refuses to change a folder since it or a file in it is open."""
    try:
        yield
    except OSError as error:
        if not is_held(error):
            raise
        raise BusyError(
            f"Another program has {folder} or a file in it open, so the new report cannot take its place.",
            "Close what has it open, such as Excel with report.xlsx or a terminal in that folder, and run the same "
            "command again. Finished work is kept.",
        ) from error
