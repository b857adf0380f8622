"""Where the templates and static files lie: in the installed package, or beside pyproject.toml in a checkout."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from generator.digests import digest_of

_PACKAGE = Path(__file__).resolve().parent
_IGNORED = {"__pycache__", ".mypy_cache", ".ruff_cache"}


def find_resources(name: str) -> Path:
    """The folder `name`: "templates", "static", "translations" or "workflows".

    Raises FileNotFoundError where the installation is broken.
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
    """One digest of the program, its templates and its static files: what a site depends on besides its input."""
    parts: list[str | bytes] = []
    for folder in (_PACKAGE, find_resources("templates"), find_resources("static")):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and not _IGNORED.intersection(path.parts) and path.suffix != ".pyc":
                parts += [path.relative_to(folder).as_posix(), path.read_bytes()]
    return digest_of(*parts)
