"""All bytes of a folder, those inside archives and base64 too, for tests that look for what must not be there."""

from __future__ import annotations

import base64
import io
import re
import zipfile
from pathlib import Path


def read_files(folder: Path) -> dict[str, bytes]:
    """Every file below; as NAME!ENTRY what is in those that are archives, as NAME#0 what they hold as base64."""
    found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    for name, data in list(found.items()):
        if data.startswith(b"PK\x03\x04"):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                for entry in archive.namelist():
                    found[f"{name}!{entry}"] = inner = archive.read(entry)
                    if inner.startswith(b"PK\x03\x04"):
                        with zipfile.ZipFile(io.BytesIO(inner)) as nested:
                            found.update({f"{name}!{entry}!{each}": nested.read(each) for each in nested.namelist()})
    for name, data in list(found.items()):
        for number, text in enumerate(re.findall(rb"[A-Za-z0-9+/]{80,}={0,2}", data)):
            if len(text) % 4 == 0:
                found[f"{name}#{number}"] = base64.b64decode(text)
    return found
