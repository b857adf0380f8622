"""Local paths of images, which start from the folder of their spreadsheet."""

from __future__ import annotations

import re

#: What does not start from a folder: addresses with a scheme or a drive, and paths from a root or of a share.
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|[\\/]")


def start_path(address: str, folder: str, container: str) -> str:
    """Return an image's address from the folder of the inputs, if it is a path from `folder`; else as it is.

    `container` is the file that the address stands in; pictures inside it have its name already. Fetching checks where
    a path leads: with another folder for images, one with `..` may be right.
    """
    if not address or not folder or _ABSOLUTE.match(address) or address.startswith(f"{container}#"):
        return address
    return f"{folder}/{address}"
