"""A report as one archive that extracts the same everywhere."""

from __future__ import annotations

import zipfile
from pathlib import Path

from generator.errors import SettingsError
from generator.staging import read_manifest

#: The earliest time a zip archive can hold, so that the same report gives the same bytes.
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
#: Already compressed; squeezing them again costs time and gains nothing.
_STORED = {".jpg", ".jpeg", ".png", ".xlsx", ".zip"}


def zip_site(site: Path, output: Path) -> Path:
    """Pack the report in `site` into `output`, in one folder named after the archive.

    Entries are sorted and carry a fixed time. Only files of the report go in. Raises SettingsError
    where there is no report.
    """
    manifest = read_manifest(site)
    if manifest is None:
        raise SettingsError(f"There is no report in {site}.", "Build one first: brandscape build posts.xlsx")
    names = sorted([*manifest["files"], "data/manifest.json"])
    output.parent.mkdir(parents=True, exist_ok=True)
    spare = output.with_name(output.name + ".part")
    try:
        with zipfile.ZipFile(spare, "w") as archive:
            for name in names:
                entry = zipfile.ZipInfo(f"{output.stem}/{name}", _FIXED_TIME)
                entry.external_attr = 0o644 << 16
                entry.create_system = 3  # the same on every system
                stored = Path(name).suffix.lower() in _STORED
                entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
                archive.writestr(entry, (site / name).read_bytes())
        spare.replace(output)
    finally:
        spare.unlink(missing_ok=True)
    return output
