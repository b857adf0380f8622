"""Pack a report into one archive that extracts the same everywhere."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import BinaryIO

from generator.cache.folders import replace_file
from generator.errors import SettingsError
from generator.site.manifest import MANIFEST, read_manifest
from generator.text import make_file_name

#: The earliest time that a zip can hold, for all entries, so that the same report gives the same bytes.
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
#: Already compressed: compressing them again takes time and gains nothing.
_STORED = {".jpg", ".jpeg", ".png", ".webp", ".xlsx", ".zip"}


def zip_site(site: Path, output: Path) -> Path:
    """Pack the report in `site` into `output`, in one folder named after the archive.

    Entries are sorted and carry a fixed time. Only files of the report go in. Raises SettingsError if there is no
    report.
    """
    manifest = read_manifest(site)
    if manifest is None:
        raise SettingsError(f"There is no report in {site}.", "Build one first: brandscape build posts.xlsx")
    return _write(output, [*manifest["files"], MANIFEST.as_posix()], lambda name: (site / name).read_bytes())


def write_archive(files: Mapping[str, bytes], output: Path) -> Path:
    """Pack `files`, bytes by path, into `output` as `zip_site` does."""
    return _write(output, files, files.__getitem__)


def measure_archive(files: Mapping[str, bytes], output: Path) -> dict[str, int]:
    """Return the bytes that each file takes in the archive of `write_archive`; "" stands for the archive's end."""
    buffer = io.BytesIO()
    entries = _pack(buffer, make_file_name(output.stem, "report"), files, files.__getitem__)
    sizes = {
        entry.filename.partition("/")[2]: entry.compress_size + 76 + 2 * len(entry.filename.encode())
        for entry in entries
    }
    return {**sizes, "": buffer.tell() - sum(sizes.values())}


def _write(output: Path, names: Iterable[str], read: Callable[[str], bytes]) -> Path:
    with replace_file(output) as spare, spare.open("wb") as file:
        _pack(file, make_file_name(output.stem, "report"), names, read)
    return output


def _pack(file: BinaryIO, folder: str, names: Iterable[str], read: Callable[[str], bytes]) -> list[zipfile.ZipInfo]:
    with zipfile.ZipFile(file, "w", compresslevel=9) as archive:
        for name in sorted(names):
            entry = zipfile.ZipInfo(f"{folder}/{name}", _FIXED_TIME)
            entry.external_attr = 0o644 << 16
            entry.create_system = 3  # the same on every system
            stored = Path(name).suffix.lower() in _STORED
            entry.compress_type = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
            archive.writestr(entry, read(name), compresslevel=9)
        return archive.infolist()
