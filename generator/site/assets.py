"""The style sheets, scripts and icon of a report."""

from __future__ import annotations

import shutil
from pathlib import Path

from generator.resources import find_resources

#: What of static/ goes into a site's assets/; the rest is for the repository.
_ASSETS = ("css/*.css", "js/*.js", "img/*.svg")


def write_assets(folder: Path) -> None:
    """Copy style sheets, scripts and the icon into `folder`/assets."""
    target = folder / "assets"
    target.mkdir(parents=True, exist_ok=True)
    static = find_resources("static")
    for pattern in _ASSETS:
        for path in sorted(static.glob(pattern)):
            shutil.copyfile(path, target / path.name)
