"""Templates and static files: in the installed package, or beside pyproject.toml in a checkout."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from generator.digests import digest_of

_PACKAGE = Path(__file__).resolve().parent
_IGNORED_FOLDERS = {"__pycache__", ".mypy_cache", ".ruff_cache"}
#: Documents are no part of what a report is made with.
_IGNORED_SUFFIXES = {".pyc", ".md"}


def find_resources(name: str) -> Path:
    """Return the folder `name`: "templates", "static", "translations" or "workflows".

    Raises FileNotFoundError if the installation is broken.
    """
    checkout = _PACKAGE.parent
    places = [_PACKAGE / name]
    if (checkout / "pyproject.toml").is_file():
        places.append(checkout / name)
    for place in places:
        if place.is_dir():
            return place
    raise FileNotFoundError(f"Brandscape's {name} are missing from {_PACKAGE}; install it again.")


@cache
def source_digest() -> str:
    """Return one digest of the program, its templates and its static files.

    A site depends on these and on its input. Documents (*.md) are left out, so that editing one rebuilds no report.
    """
    return _digest_folders(_PACKAGE, find_resources("templates"), find_resources("static"))


@cache
def package_digest(name: str) -> str:
    """Return one digest of the code of a package: what `spreadsheet` reads depends on nothing else of the program."""
    return _digest_folders(_PACKAGE / name)


def _digest_folders(*folders: Path) -> str:
    parts: list[str | bytes] = []
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            ignored = path.suffix in _IGNORED_SUFFIXES or _IGNORED_FOLDERS.intersection(path.parts)
            if path.is_file() and not ignored:
                parts += [path.relative_to(folder).as_posix(), path.read_bytes()]
    return digest_of(*parts)
